"""The figures as a picture: how late text is, what an answer costs the browser and the server, how a crowd fares."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from bench.results import Measured

INCHES = (13, 9)
Bars = Sequence[tuple[str, str]]
"""Key and name of each kind of bar."""

LATE: Bars = (
    ("first_text_ms", "first text"),
    ("part_p50_ms", "median"),
    ("part_p95_ms", "p95"),
    ("last_text_ms", "last"),
)
BROWSER: Bars = (("script_s", "script"), ("layout_s", "layout"), ("style_s", "style"), ("main_thread_s", "all"))
SERVER: Bars = (("chatapp_cpu_ms_per_1000_tokens", "chatapp"), ("all_cpu_ms_per_1000_tokens", "all, the model too"))
CROWD: Bars = (
    ("delay_p50_ms", "text: median"),
    ("delay_p95_ms", "text: p95"),
    ("click_p95_ms", "model asked: p95"),
    ("spread_delay_p95_ms", "one by one, text: p95"),
    ("spread_click_p95_ms", "one by one, model asked: p95"),
)


def draw(measured: Measured, file: Path) -> None:
    """Write the picture; the file's ending says in which format."""
    mpl.use("Agg")  # there need not be a screen
    figure, axes = plt.subplots(2, 2, figsize=INCHES, layout="constrained")
    panels = (
        ("How late text is on the page, ms", LATE),
        ("Main thread of the page, s", BROWSER),
        ("Server CPU for 1,000 tokens, ms", SERVER),
        ("Many people: how late, ms", CROWD),
    )
    for axis, (title, bars) in zip(axes.flat, panels, strict=True):
        axis.set_title(title)
        _draw_bars(axis, measured, bars)
    figure.suptitle(f"chatapp {measured.commit}, {measured.at}, {measured.machine.cores} cores")
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file)
    plt.close(figure)


def _draw_bars(axis: Axes, measured: Measured, bars: Bars) -> None:
    medians = {name: measured.median(name) for name in measured.runs}
    shown = {name: median for name, median in medians.items() if any(key in median for key, _ in bars)}
    width = 0.8 / len(bars)
    for place, (key, name) in enumerate(bars):
        values = [median.get(key, 0) for median in shown.values()]
        axis.bar([number + place * width for number in range(len(shown))], values, width, label=name)
    middle = width * (len(bars) - 1) / 2
    axis.set_xticks([number + middle for number in range(len(shown))], list(shown), rotation=20)
    axis.legend(fontsize="small")
