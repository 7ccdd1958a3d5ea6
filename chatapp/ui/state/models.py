"""The model that a person's next question goes to, and how it is picked."""

import time
from contextlib import aclosing
from typing import Annotated, Any

import reflex as rx
from annotated_types import MaxLen

from chatapp.accounts import service as accounts
from chatapp.accounts.principal import Principal
from chatapp.catalog import service as catalog
from chatapp.catalog.choices import Catalog
from chatapp.conversations import service as conversations
from chatapp.errors import Invalid, NotFound
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.model_lines import advice
from chatapp.ui.state.model_picker import PickerState, Search, activate, active_key, renew, search_for
from chatapp.ui.state.person import PersonState
from chatapp.ui.state.screen import assign
from chatapp.web.arguments import Printable
from chatapp.web.guard import current_principal, principal_of
from chatapp.web.handlers import handler
from chatapp.web.page_errors import shows_errors, take_back
from chatapp.words import words_of

MODEL_MAX_CHARACTERS = 300
"""Of the name of an endpoint and the id of a model."""


class ModelsState(rx.State):
    """`selected` is what the next question of this tab goes to, as `endpoint/model`; `advice` says what to do where
    there is none, `away` that its server is down.

    While it is not settled it is still that of the conversation before.
    """

    selected: str = ""
    selected_name: str = ""
    advice: str = ""
    away: str = ""
    loading: bool = True

    _is_settled: bool = False
    _fresh_until: float = 0.0  # in seconds since the epoch

    @handler(automatic=True, chained=True, background=True)
    async def load(self) -> None:
        """List what the endpoints offer, each as soon as it answers. In the background: one that hangs holds up nothing
        else."""
        async with self:
            principal = await current_principal(self)
        async with aclosing(catalog.list_models(principal)) as lists:
            async for found in lists:
                async with self:
                    await fill(self, principal, found)

    @handler
    async def unfold(self) -> Any:
        """The picker opens: with all models, at the one that is selected. The lists are looked up again."""
        picker = await self.get_state(PickerState)
        search_for(picker, catalog.known_models(principal_of(self)), "", always=self.selected)
        activate(picker, self.selected)
        return ModelsState.load

    @handler
    @shows_errors
    async def select(self, key: Annotated[Printable, MaxLen(MODEL_MAX_CHARACTERS)]) -> None:
        """Answer with this model from now on, here and in new conversations."""
        await _select(self, key)

    @handler
    @shows_errors
    async def choose(self, search: Search) -> None:
        """The same with the model that the keys have come to; the first of a search that is not shown yet."""
        picker = await self.get_state(PickerState)
        if search != picker.searched:
            search_for(picker, catalog.known_models(principal_of(self)), search)
        await _select(self, active_key(picker))


async def selected_model(state: rx.State, principal: Principal) -> str:
    """What the next question goes to. It is known at once unless nothing is known yet; then the first endpoint that
    answers decides. Raises Invalid when there is no model at all, and ProviderError when its server is down, so that
    nothing is stored that could only fail."""
    models = await state.get_state(ModelsState)
    if not models._is_settled:
        async with aclosing(catalog.list_models(principal)) as lists:
            async for found in lists:
                await fill(state, principal, found)
                if models.selected:
                    break
    if not models.selected:
        problem = catalog.known_models(principal).problem or NotFound("no_models")
        raise Invalid("nothing_to_pick", problem=words_of(problem))
    await catalog.check_reachable(principal, models.selected)
    return models.selected


def is_fresh(models: ModelsState) -> bool:
    """Whether a list has been shown so short a time ago that asking for it again would bring the same."""
    return models._is_settled and time.time() < models._fresh_until


async def show_own(state: rx.State, principal: Principal) -> None:
    """Select the model of the conversation that is shown now, unless its endpoint is there and does not have it.

    Which one it is otherwise has to be looked up: by `load`, or by a question that is faster.
    """
    models, own = await state.get_state(ModelsState), (await state.get_state(ConversationState)).model
    if not own or own != models.selected or not models._is_settled:
        known = catalog.known_models(principal)
        is_own = bool(own) and known.may_have(own)
        assign(models, _is_settled=is_own)
        if is_own:
            assign(models, selected=own, selected_name=known.name_of(own))
    _show_away(models, principal)


async def fill(state: rx.State, principal: Principal, found: Catalog) -> None:
    """Show the catalogue and preselect: this conversation's model, else this person's, else the best default.

    A conversation keeps its model while that one's endpoint is down: another one is a person's choice, not ours.
    """
    models, person = await state.get_state(ModelsState), await state.get_state(PersonState)
    own = (await state.get_state(ConversationState)).model
    key = own if own and found.may_have(own) else ""
    if not key:
        chosen = models.selected if models._is_settled else ""
        preferred = await accounts.get_preferred_model(principal)
        key = catalog.default_model(principal, found, preferred, chosen)
    assign(models, selected=key, selected_name=found.name_of(key), _is_settled=bool(key))
    assign(models, advice=advice(found), loading=found.is_pending and not key)
    _show_away(models, principal)
    assign(models, _fresh_until=time.time() + found.fresh_seconds)
    assign(person, only_demo=found.only_demo)
    renew(await state.get_state(PickerState), found)


async def show_changes(state: rx.State, principal: Principal) -> None:
    """Show that an endpoint has gone or come back. What was refused because of it can be asked again."""
    found = catalog.known_models(principal)
    await fill(state, principal, found)
    if not (await state.get_state(ModelsState)).away:
        await take_back(state, "server_away", "server_away_at", *(["nothing_to_pick"] if not found.problem else []))


def _show_away(models: ModelsState, principal: Principal) -> None:
    away = catalog.why_away(principal, models.selected)
    assign(models, away=words_of(away) if away else "")


async def _select(state: rx.State, key: str) -> None:
    principal, conversation = principal_of(state), await state.get_state(ConversationState)
    if not any(model.key == key for model in catalog.known_models(principal).models):
        return
    await accounts.set_preferred_model(principal, key)
    if conversation.conversation_id:
        await conversations.set_model(principal, conversation.conversation_id, key)
    conversation.model = key  # a list that is being looked up is filled in by this
    await show_own(state, principal)
