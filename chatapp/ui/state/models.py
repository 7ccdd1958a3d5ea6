"""The models a person can pick, and the one they picked."""

import time

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
from chatapp.ui.state.screen import assign
from chatapp.ui.state.views import ModelOption


class ModelsState(rx.State):
    """`selected` is what the next question of this tab goes to, as `endpoint/model`.

    While it is not settled it is still that of the conversation before.
    """

    options: list[ModelOption] = []
    selected: str = ""
    selected_name: str = ""
    loading: bool = True

    _is_settled: bool = False
    _fresh_until: float = 0.0  # in seconds since the epoch

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
        principal, conversation = principal_of(self), await self.get_state(ConversationState)
        await accounts.set_preferred_model(principal, option.key)
        if conversation.conversation_id:
            await conversations.set_model(principal, conversation.conversation_id, option.key)
        conversation.model = option.key  # a list that is being looked up is filled in by this
        await show_own(self)


async def selected_model(state: rx.State, principal: Principal) -> str:
    """What the next question goes to, also when it is sent before the models are listed."""
    models = await state.get_state(ModelsState)
    if not models._is_settled:
        await fill(state, principal, await catalog.list_models(principal))
    return models.selected


def is_fresh(models: ModelsState) -> bool:
    """Whether a list has been shown so short a time ago that asking for it again would bring the same."""
    return models._is_settled and time.time() < models._fresh_until


async def show_own(state: rx.State) -> None:
    """Select the model of the conversation that is shown now, if the list has it.

    Which one it is otherwise has to be looked up: by `load`, or by a question that is faster.
    """
    models, own = await state.get_state(ModelsState), (await state.get_state(ConversationState)).model
    option = next((o for o in models.options if own and o.key == own), None)
    assign(models, _is_settled=option is not None)
    if option:
        assign(models, selected=option.key, selected_name=option.name)


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
    assign(models, options=options(found), loading=False)
    assign(models, _fresh_until=time.time() + found.fresh_seconds)
    assign(models, selected=key, selected_name=names.get(key, key.partition("/")[2]))
    assign(models, _is_settled=bool(key))
    assign(person, only_demo=found.only_demo)


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
