"""Every lesson from top to bottom, both sides, each from an empty cache in a fresh Jupyter kernel.

``python -m benchmarks lessons`` also writes the seconds and the memory of the student's side to
``notebooks/source/run_times.json`` and builds the notebooks again: their headers name both.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from website.execution import NOTEBOOKS, Execution, execute

RUN_TIMES = NOTEBOOKS / "source" / "run_times.json"
# A notebook is repeated until it has run for so many seconds, but at most so many times.
ENOUGH_SECONDS = 30.0
REPEATS = 5
# A header keeps its figures while a new measurement is within this factor of it: another machine is no news.
SAME_TIME = 1.3


def lessons() -> list[str]:
    """Return the file names of the lessons, in order."""
    return sorted(path.name for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))


def update_run_times(path: Path, measured: dict[str, dict[str, float]]) -> dict[str, dict[str, int]]:
    """Write what lessons take, in whole seconds and megabytes; a figure that hardly changed stays."""
    known: dict[str, dict[str, int]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for number, taken in measured.items():
        kept = known.setdefault(number, {})
        for quantity, value in taken.items():
            before = kept.get(quantity)
            if before is None or not 1 / SAME_TIME <= max(value, 1.0) / before <= SAME_TIME:
                kept[quantity] = max(1, round(value))
    path.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n", encoding="utf-8")
    return known


def _repeated(path: Path, quick: bool) -> dict[str, float]:
    """Return the medians of what a notebook takes, each time from an empty cache."""
    runs: list[Execution] = []
    while not runs or (
        not quick and len(runs) < REPEATS and sum(one.seconds for one in runs) < ENOUGH_SECONDS
    ):
        with tempfile.TemporaryDirectory() as cache:
            runs.append(execute(path, Path(cache), timeout=600))
    return {
        quantity: statistics.median(getattr(one, quantity) for one in runs)
        for quantity in ("seconds", "peak_mb", "cpu_seconds", "all_mb")
    }


def run(quick: bool = False) -> dict[str, float]:
    """Return seconds and memory of each lesson, the worse of its two sides, and CPU seconds of the course.

    Medians of repeated runs; the course is both sides of all lessons, each from an empty cache.
    """
    figures: dict[str, float] = {}
    taken: dict[str, dict[str, float]] = {}
    cpu_seconds = []
    for name in lessons():
        number = name[:2]
        sides = [_repeated(NOTEBOOKS / name, quick), _repeated(NOTEBOOKS / "solutions" / name, quick)]
        taken[number] = {"seconds": sides[0]["seconds"], "memory_mb": sides[0]["all_mb"]}
        cpu_seconds += [side["cpu_seconds"] for side in sides]
        for quantity in ("seconds", "peak_mb", "all_mb"):
            figures[f"lesson.{number}.{quantity}"] = max(side[quantity] for side in sides)
    figures["course.cpu_seconds"] = sum(cpu_seconds)
    if not quick:
        update_run_times(RUN_TIMES, taken)
        subprocess.run([sys.executable, str(NOTEBOOKS / "source" / "build.py")], check=True)
    return figures
