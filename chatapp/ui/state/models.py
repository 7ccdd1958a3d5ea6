"""The models a person can pick, and the one they picked."""

import reflex as rx

from chatapp.accounts import service as accounts
from chatapp.accounts.principal import Principal
from chatapp.catalog import service as catalog
from chatapp.catalog.service import Catalog
from chatapp.conversations import service as conversations
from chatapp.ui.guard import current_principal, principal_of
from chatapp.ui.state.boundary import shows_errors, text_argument
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.person import PersonState
from chatapp.ui.state.views import ModelOption


class ModelsState(rx.State):
    """`selected` is what the next question of this tab goes to, as `endpoint/model`."""

    options: list[ModelOption] = []
    selected: str = ""
    selected_name: str = ""
    loading: bool = True

    @rx.event(background=True)
    async def load(self) -> None:
        """List what the endpoints offer. In the background: one that hangs must not hold up the page."""
        async with self:
            principal = await current_principal(self)
        found = await catalog.list_models(principal)
        async with self:
            await fill(self, principal, found)

    @rx.event
    @shows_errors
    async def select(self, key: str) -> None:
        """Answer with this model from now on, here and in new conversations."""
        key = text_argument(key, max_characters=300)
        option = next((o for o in self.options if o.key == key), None)
        if option is None:
            return
        self.selected, self.selected_name = option.key, option.name
        principal = principal_of(self)
        await accounts.set_preferred_model(principal, option.key)
        conversation = await self.get_state(ConversationState)
        if conversation.conversation_id:
            await conversations.set_model(principal, conversation.conversation_id, option.key)


async def selected_model(state: rx.State, principal: Principal) -> str:
    """What the next question goes to, also when it is sent before the models are listed."""
    models = await state.get_state(ModelsState)
    if not models.selected:
        await fill(state, principal, await catalog.list_models(principal))
    return models.selected


async def fill(state: rx.State, principal: Principal, found: Catalog) -> None:
    """Show the catalogue and preselect: this conversation's model, else this person's, else the best default.

    A conversation keeps its model while that one's endpoint is down: another one is a person's choice, not ours.
    """
    models, person = await state.get_state(ModelsState), await state.get_state(PersonState)
    own = (await state.get_state(ConversationState)).model
    names = {choice.key: choice.name for choice in found.models}
    is_away = any(group.error and own.startswith(f"{group.name}/") for group in found.groups)
    key = own if own in names or is_away else ""
    key = key or catalog.default_model(principal, found, await accounts.get_preferred_model(principal))
    values = {
        "options": options(found),
        "selected": key,
        "selected_name": names.get(key, key.partition("/")[2]),
        "loading": False,
    }
    for name, value in values.items():
        if getattr(models, name) != value:
            setattr(models, name, value)
    if person.only_demo != found.only_demo:
        person.only_demo = found.only_demo


def options(found: Catalog) -> list[ModelOption]:
    """The catalogue as lines; an endpoint that is down gets one that says so."""
    lines = []
    for group in found.groups:
        heading = group.name
        for model in group.models:
            lines.append(ModelOption(model.key, model.name, heading=heading))
            heading = ""
        if group.error:
            lines.append(ModelOption("", "", heading=heading, error=group.error))
    return lines
