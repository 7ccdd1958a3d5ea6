"""Measures chatapp: `python -m bench`, or `make bench`. One table as text; the runs as JSON and a plot beside it.

Without arguments each scenario is run three times, in about half an hour, on a machine that should do
nothing else meanwhile. Exits with 1 when a run broke, or when something got worse than the baseline.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from bench import compare, plot, results, table
from bench.devtools import DevToolsError, fresh_browser
from bench.real_page import NotShown
from bench.results import Measured
from bench.scenarios import SCENARIOS, Scenario, chosen

BASELINE = Path(__file__).with_name("baseline.json")
FOLDER = Path("data/bench")
BROKEN = (NotShown, DevToolsError, AssertionError, TimeoutError, OSError)
"""What a run may end with that says nothing about the next scenario."""


def main() -> int:
    """Parse the arguments, measure, print, compare; returns the exit code."""
    given = _arguments()
    if given.list:
        for scenario in SCENARIOS:
            print(f"{scenario.name:12} {'quick' if scenario.is_quick else '     '}  {scenario.title}")
        return 0
    try:
        wanted = chosen(given.only, quick=given.quick)
        baseline = results.load(given.compare) if given.compare else None
    except (ValueError, KeyError, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    measured = results.begin(asyncio.run(_browser_version()))
    broken = [scenario for scenario in wanted if not _is_measured(measured, scenario, given)]
    _show(measured, given.out)
    if given.save:
        older = results.load(given.save) if given.save.exists() else measured
        results.save(results.together(older, measured), given.save)
    for line in compare.report(baseline, measured) if baseline else ():
        print(line)
    is_worse = baseline is not None and any(change.is_worse for change in compare.changes(baseline, measured))
    return 1 if broken or is_worse else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--list", action="store_true", help="name the scenarios and stop")
    parser.add_argument("--only", default="", metavar="NAMES", help="some scenarios, separated by commas")
    parser.add_argument("--quick", action="store_true", help="the quick ones: under ten minutes")
    parser.add_argument("--runs", type=int, default=3, help="of each scenario (default: 3)")
    parser.add_argument("--trial", action="store_true", help="small numbers: shows that it works, and nothing else")
    parser.add_argument("--port", type=int, default=3000, help="where chatapp listens (default: 3000)")
    parser.add_argument("--out", type=Path, default=FOLDER, help=f"folder for JSON and plot (default: {FOLDER})")
    name = BASELINE.relative_to(results.ROOT)
    parser.add_argument(
        "--compare", type=Path, nargs="?", const=BASELINE, help=f"say what got worse than a baseline ({name})"
    )
    parser.add_argument("--save", type=Path, nargs="?", const=BASELINE, help=f"make this the baseline ({name})")
    given = parser.parse_args()
    if given.trial and (given.save or given.compare):
        parser.error("a trial's figures mean nothing: it is no baseline, and none of its business")
    return given


def _is_measured(measured: Measured, scenario: Scenario, given: argparse.Namespace) -> bool:
    """Run a scenario, each on a deployment of its own; whether that went well."""
    if given.trial:
        scenario = scenario.as_trial()
    try:
        with scenario.deployment(given.port) as served:
            asyncio.run(served.warm_up())
            for run in range(1, given.runs + 1):
                print(f"{scenario.title}: run {run} of {given.runs}", file=sys.stderr, flush=True)
                measured.runs.setdefault(scenario.name, []).append(asyncio.run(scenario.plan.measure(served)))
    except BROKEN as error:
        print(f"{scenario.title}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return False
    return True


def _show(measured: Measured, folder: Path) -> None:
    print(table.note_of(measured), *table.lines_of(measured), sep="\n")
    results.save(measured, folder / "results.json")
    plot.draw(measured, folder / "results.png")
    print(f"All runs: {folder / 'results.json'}. Plot: {folder / 'results.png'}")


async def _browser_version() -> str:
    async with fresh_browser() as browser:
        return await browser.version()


if __name__ == "__main__":
    sys.exit(main())
