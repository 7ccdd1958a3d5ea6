"""What there is to pick from, as the page is shown it."""

from dataclasses import dataclass

from chatapp.catalog.model_lists import DOWN_SECONDS, FRESH_SECONDS
from chatapp.catalog.model_names import file_name
from chatapp.errors import ChatappError, NotFound, ProviderError


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model to choose; `name` is what people see of its id."""

    key: str
    name: str

    @property
    def model_id(self) -> str:
        """What its server knows it by."""
        return self.key.partition("/")[2]


@dataclass(frozen=True, slots=True)
class Group:
    """The models of one endpoint. `error` says why while it is down; its models are those of the last time then.

    `is_pending` says that it has not answered yet; its models are those of the last time then, too.
    """

    name: str
    models: tuple[ModelChoice, ...]
    error: ProviderError | None = None
    is_pending: bool = False


@dataclass(frozen=True, slots=True)
class Catalog:
    """All there is to pick from, in the order in which people see it."""

    groups: tuple[Group, ...]
    only_demo: bool

    @property
    def models(self) -> tuple[ModelChoice, ...]:
        """The models of all endpoints."""
        return tuple(model for group in self.groups for model in group.models)

    def name_of(self, key: str) -> str:
        """What people see of a model, listed or not; "" for none."""
        names = {model.key: model.name for model in self.models}
        return names.get(key, file_name(key.partition("/")[2]))

    @property
    def is_pending(self) -> bool:
        """Whether an endpoint has not answered yet."""
        return any(group.is_pending for group in self.groups)

    @property
    def problem(self) -> ChatappError | None:
        """Why there is no model at all; None where there is one, or may be in a moment."""
        if self.models or self.is_pending:
            return None
        return next((group.error for group in self.groups if group.error), NotFound("no_models"))

    @property
    def fresh_seconds(self) -> float:
        """For how long asking again would bring the same; not for long where an endpoint may soon be found."""
        if self.is_pending:
            return 0
        is_complete = not self.only_demo and not any(group.error for group in self.groups)
        return FRESH_SECONDS if is_complete else DOWN_SECONDS

    def may_have(self, key: str) -> bool:
        """Whether this model is there, or may be: its endpoint does not say just now."""
        group = next((group for group in self.groups if key.startswith(f"{group.name}/")), None)
        if group is None:
            return False
        return group.is_pending or bool(group.error) or any(model.key == key for model in group.models)
