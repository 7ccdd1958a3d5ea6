"""The figures as one table of plain text: a line for each figure, a column for each scenario. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from bench.figures import FIGURES, Figure
from bench.results import Measured

GAP = "  "


def lines_of(measured: Measured) -> Iterator[str]:
    """The table, line by line. A figure that only some scenarios have leaves the others blank."""
    cells = {name: _column(measured.median(name), measured.worst(name)) for name in measured.runs}
    present = [figure for figure in FIGURES if any(figure.key in column for column in cells.values())]
    yield from _laid_out(
        [
            ["", *cells],
            *([figure.label, *(column.get(figure.key, "") for column in cells.values())] for figure in present),
        ]
    )


def note_of(measured: Measured) -> str:
    """What the reader of the table should know, in a few lines."""
    machine, counts = measured.machine, {len(runs) for runs in measured.runs.values()}
    runs = "-".join(str(count) for count in sorted({min(counts, default=0), max(counts, default=0)}))
    return "\n".join(
        (
            f"Medians of {runs} runs, behind a slash the worst run. Commit {measured.commit}, {measured.at}.",
            f"{machine.cores} cores, {machine.processor}, Python {machine.python}, {machine.browser}. "
            "Model, clients and browser ran on them too.",
        )
    )


def _column(median: Mapping[str, float], worst: Mapping[str, float]) -> dict[str, str]:
    return {
        figure.key: _cell(figure, median[figure.key], worst[figure.key]) for figure in FIGURES if figure.key in median
    }


def _cell(figure: Figure, median: float, worst: float) -> str:
    words = number(median)
    return f"{words}/{number(worst)}" if figure.by_run and number(worst) != words else words


def number(value: float) -> str:
    """A number with as many digits as say something: 1,234, 12.3, 0.12."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _laid_out(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        cells = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        yield GAP.join((first.ljust(widths[0]), *cells)).rstrip()
