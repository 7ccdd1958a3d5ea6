"""Filling the model picker: what is there, and which one the next question goes to."""

import reflex as rx

from chatapp.accounts import service as accounts
from chatapp.accounts.principal import Principal
from chatapp.catalog import service as catalog
from chatapp.ui.state.models import ModelsState, options
from chatapp.ui.state.person import PersonState


async def fill(state: rx.State, principal: Principal, conversation_model: str) -> None:
    """Read the catalogue and preselect: this conversation's model, else this person's, else the best default."""
    models, person = await state.get_state(ModelsState), await state.get_state(PersonState)
    found = await catalog.list_models(principal)
    lines = options(found)
    if models.options != lines:
        models.options = lines
    if person.only_demo != found.only_demo:
        person.only_demo = found.only_demo
    preferred = conversation_model or await accounts.get_preferred_model(principal)
    selected = next((choice for choice in found.models if choice.key == conversation_model), None)
    key = selected.key if selected else catalog.default_model(principal, found, preferred)
    if models.selected != key:
        models.selected = key
        models.selected_name = next((choice.name for choice in found.models if choice.key == key), "")
