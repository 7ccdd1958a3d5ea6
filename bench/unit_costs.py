"""Measures what each unit of work costs: `python -m bench.unit_costs`, two minutes a run, writes bench/costs.json.

Every unit runs alone, with the real code against real servers: a demo model, a Redis and a PostgreSQL of its own. What
the writing of an answer costs is measured in this very process, its two ends in a worker; what a page costs, in a web
process that does nothing else. All figures are CPU time and not elapsed time. They are those of this machine, and a
busy one inflates them.
"""

import argparse
import asyncio
import os
import platform
import tempfile
from pathlib import Path
from statistics import median

from bench.costs import FILE, Costs, Measured
from bench.metered import serving
from bench.unit_answers import measure_answers, measure_sqlite
from bench.unit_pages import measure_pages
from chatapp.clock import now


def main() -> None:
    """Measure everything and write it down; what was fitted to earlier costs is left out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, default=FILE)
    parser.add_argument("--runs", type=int, default=3, help="of which the medians count")
    given = parser.parse_args()
    runs = [asyncio.run(measure()) for _ in range(given.runs)]
    costs = Costs(**{name: round(median(run[name] for run in runs), 2) for name in runs[0]})
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    machine += f", load average {os.getloadavg()[1]:.0f}"  # 1 is a quiet machine: one unit after the other
    Measured(f"{now():%Y-%m-%d %H:%M}", machine, costs).save(given.to)


async def measure() -> dict[str, float]:
    """All costs, one after the other."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with serving(folder) as servers:
            answers = await measure_answers(servers, folder)
            pages = await measure_pages(servers, folder, answers)
            return answers | pages | await measure_sqlite(servers, folder)


if __name__ == "__main__":
    main()
