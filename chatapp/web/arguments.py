"""What an event handler takes: the type and the greatest length of each argument, read from its annotations.

Anybody who is signed in can send any JSON to a handler. Texts, numbers and forms in it are checked once, before the
handler runs; then it may trust its annotations.
"""

import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any, NotRequired, get_type_hints

from annotated_types import MaxLen
from pydantic import AfterValidator, BeforeValidator, ConfigDict, TypeAdapter, ValidationError, with_config
from reflex_base.utils.form import form_data_as_dict
from typing_extensions import TypedDict, is_typeddict

from chatapp.errors import Invalid

KEY_MAX_CHARACTERS = 100
EXACTLY = ConfigDict(strict=True, extra="forbid")
"""A number is no text, and nothing comes along that was not declared."""

TOO_LONG = frozenset({"too_long", "string_too_long"})


def _must_be_printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("holds what cannot be printed")
    return value


def _in_any_characters(value: str) -> str:
    return value


Printable = Annotated[str, AfterValidator(_must_be_printable)]
Key = Annotated[Printable, MaxLen(KEY_MAX_CHARACTERS)]
"""An id, or the name of something: what a page was told and sends back."""

Typed = Annotated[str, AfterValidator(_in_any_characters)]
"""What somebody types; wants a `MaxLen`. It may hold half a surrogate pair, which `str` with a length may not: browsers
make such text, and services clean it."""


class Arguments:
    """Those of one handler. `max_characters` is the length of the longest text that can be among them."""

    def __init__(self, types: Mapping[str, Any], optional: Collection[str] = ()) -> None:
        """Raises TypeError when one of the types has no greatest length."""
        self._names = frozenset(types)
        self._required = self._names.difference(optional)
        fields = {name: _as_sent(kind) for name, kind in types.items()}
        fields |= {name: NotRequired[fields[name]] for name in optional}
        self._adapter = TypeAdapter[Any](with_config(EXACTLY)(TypedDict("Arguments", fields)))  # type: ignore[operator]
        schema = self._adapter.json_schema()
        self.max_characters = _max_characters(schema, schema.get("$defs", {}))

    @classmethod
    def of(cls, handler: Callable[..., Any]) -> "Arguments":
        """What the annotations of a handler say. Raises TypeError when they leave something open."""
        hints = get_type_hints(handler, include_extras=True)
        _, *parameters = inspect.signature(handler).parameters.values()
        optional = {parameter.name for parameter in parameters if parameter.default is not parameter.empty}
        return cls({parameter.name: hints.get(parameter.name) for parameter in parameters}, optional)

    def have_names_of(self, payload: Mapping[str, Any]) -> bool:
        """Whether the payload of an event has all arguments that there must be, and no others."""
        return self._required <= payload.keys() <= self._names

    def check(self, payload: Mapping[str, Any]) -> None:
        """Raises Invalid unless each argument is what its annotation says."""
        try:
            self._adapter.validate_python(payload)
        except ValidationError as error:
            for found in error.errors(include_url=False, include_input=False):
                if found["type"] in TOO_LONG:
                    limit = found["ctx"]["max_length"]
                    raise Invalid("argument_too_long", code="too_long", limit=limit) from None
            raise Invalid("page_out_of_date") from None


def _as_sent(kind: Any) -> Any:
    """The type with the way in which Reflex's pages send it: a form comes as a list of its fields."""
    return Annotated[kind, BeforeValidator(form_data_as_dict)] if is_typeddict(kind) else kind


def _max_characters(part: Mapping[str, Any], named: Mapping[str, Any]) -> int:
    """Of the longest text in what a JSON schema describes. Raises TypeError when it describes something endless."""
    match part:
        case {"$ref": str(name)}:
            return _max_characters(named[name.rpartition("/")[2]], named)
        case {"type": "object", "additionalProperties": False}:
            return max((_max_characters(inner, named) for inner in part.get("properties", {}).values()), default=0)
        case {"type": "array", "maxItems": int()}:
            return _max_characters(part["items"], named)
        case {"type": "string", "maxLength": int(most)}:
            return most
        case {"enum": _} | {"const": _} | {"type": "boolean" | "integer"}:
            return 0
    raise TypeError("an argument has no type, or no greatest length")
