"""The open model picker: what is searched, the lines that are shown of it, and the one that Enter would choose."""

from typing import Annotated, Literal

import reflex as rx
from annotated_types import MaxLen

from chatapp import words
from chatapp.catalog import service as catalog
from chatapp.catalog.choices import Catalog
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.model_lines import model_lines
from chatapp.ui.state.screen import announce, assign
from chatapp.ui.state.views import ModelOption
from chatapp.web.guard import principal_of
from chatapp.web.handlers import handler

SHOWN_MODELS = 500
"""How many models are shown at once, and added by each press of "Show more": Chromium needs 0.1 s for so many."""

SEARCH_MAX_CHARACTERS = 100
Search = Annotated[str, MaxLen(SEARCH_MAX_CHARACTERS)]
Step = Literal[-10, -1, 1, 10]


class PickerState(rx.State):
    """`active` is the place among `options` that the arrow keys have come to; `more` counts models that are not shown.
    `searched` is the text that they were found by.

    It is kept here, so that what is typed, moved and chosen in quick succession happens in that order.
    """

    options: list[ModelOption] = []
    more: int = 0
    active: int = 0
    searched: str = ""

    _most: int = SHOWN_MODELS
    _always: str = ""  # the model that is shown however many stand before it

    @handler
    async def search(self, text: Search) -> None:
        """Show the models that have these words in their names, unless a key has done so since they were typed."""
        if text != self.searched:
            search_for(self, catalog.known_models(principal_of(self)), text)
            said = words.SAID_MODELS_FOUND.format(count=len(_places(self)) + self.more)
            announce(await self.get_state(ConversationState), said)

    @handler
    async def show_more(self) -> None:
        """Show as many models again."""
        self._most += SHOWN_MODELS
        _show(self, catalog.known_models(principal_of(self)))

    @handler
    async def move(self, step: Step, search: Search) -> None:
        """Go on by so many models, as far as there are any; from the first of a search that is not shown yet."""
        if search != self.searched:
            search_for(self, catalog.known_models(principal_of(self)), search)
        places = _places(self)
        if places:
            now = next((n for n, place in enumerate(places) if place >= self.active), len(places) - 1)
            self.active = places[min(max(now + step, 0), len(places) - 1)]


def search_for(picker: PickerState, found: Catalog, text: str, *, always: str = "") -> None:
    """Show what of the catalogue has these words, from its beginning; the first is the one that Enter chooses.

    The model `always` is shown however many stand before it.
    """
    picker.searched, picker._most, picker._always = text, SHOWN_MODELS, always
    _show(picker, found)
    picker.active = next(iter(_places(picker)), 0)


def renew(picker: PickerState, found: Catalog) -> None:
    """Show the catalogue as it is by now, searched as before. Whoever has moved keeps their place at the same model."""
    key = active_key(picker)
    _show(picker, found)
    activate(picker, key)


def activate(picker: PickerState, key: str) -> None:
    """Go to this model if it is shown, else to the first."""
    keys = [option.key for option in picker.options]
    assign(picker, active=keys.index(key) if key and key in keys else next(iter(_places(picker)), 0))


def active_key(picker: PickerState) -> str:
    """The model that Enter would choose; "" for none."""
    return picker.options[picker.active].key if picker.active < len(picker.options) else ""


def _show(picker: PickerState, found: Catalog) -> None:
    options, more = model_lines(found, picker.searched, picker._most, picker._always)
    assign(picker, options=options, more=more)


def _places(picker: PickerState) -> list[int]:
    return [place for place, option in enumerate(picker.options) if option.key]
