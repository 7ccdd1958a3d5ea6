"""The lines of the model picker: what of the catalogue is shown, whole or searched, and under which headings. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chatapp import words
from chatapp.catalog.choices import Catalog
from chatapp.ui.state.views import ModelOption
from chatapp.words import say, words_of


def model_lines(found: Catalog, search: str, most: int, always: str = "") -> tuple[list[ModelOption], int]:
    """The lines to show, at most so many models in them and the model `always`, and how many models more there are.

    A search finds every model with all its words anywhere in its own or its endpoint's name; the one that is called
    just so comes first.
    """
    lines = list(_matches(found, search) if search.strip() else _all(found))
    places = [place for place, (_, line) in enumerate(lines) if line.key]
    beyond = {place for place in places[most:] if lines[place][1].key != always}
    return _with_headings([line for place, line in enumerate(lines) if place not in beyond]), len(beyond)


def advice(found: Catalog) -> str:
    """Why there is no model at all, and what to do about it; "" where there is one, or may be in a moment."""
    return say("nothing_to_pick", {"problem": words_of(found.problem)}) if found.problem else ""


def _all(found: Catalog) -> Iterator[tuple[str, ModelOption]]:
    for group in found.groups:
        for model in group.models:
            yield group.name, ModelOption(model.key, model.name)
        if group.error:
            yield group.name, ModelOption(error=words_of(group.error))
        elif not group.models:
            yield group.name, ModelOption(note=words.LOOKING_FOR_MODELS if group.is_pending else words.NO_MODELS_YET)
    if found.problem:
        yield "", ModelOption(note=advice(found))


def _matches(found: Catalog, search: str) -> Iterator[tuple[str, ModelOption]]:
    asked, wanted = search.casefold().split(), search.strip().casefold()
    matches = [
        (group.name, model)
        for group in found.groups
        for model in group.models
        if all(word in model.key.casefold() for word in asked)
    ]
    matches.sort(key=lambda match: wanted not in (match[1].name.casefold(), match[1].model_id.casefold()))
    yield from ((name, ModelOption(model.key, model.name)) for name, model in matches)
    if not matches:
        yield "", ModelOption(note=words.NO_MODEL_FOUND)


def _with_headings(lines: Sequence[tuple[str, ModelOption]]) -> list[ModelOption]:
    above = ""
    headed = []
    for endpoint, line in lines:
        headed.append(line if endpoint == above else replace(line, heading=endpoint))
        above = endpoint
    return headed
