"""Every lesson from top to bottom, both sides, each from an empty cache in a fresh Jupyter kernel.

``python -m benchmarks lessons`` also writes the seconds of the student's side to
``notebooks/source/run_times.json`` and builds the notebooks again: their headers name the run time.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import psutil  # type: ignore[import-untyped]
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
RUN_TIMES = NOTEBOOKS / "source" / "run_times.json"
REPEATS = 5
# A header keeps its time while a new measurement is within this factor of it: another machine is no news.
SAME_TIME = 1.3


@dataclass(frozen=True)
class Execution:
    """An executed notebook, its wall seconds without the start of the Jupyter kernel, and its peak memory."""

    notebook: Any
    seconds: float
    peak_mb: float


def execute(path: Path, cache: Path, timeout: float) -> Execution:
    """Run a notebook in a fresh Jupyter kernel, away from the user's settings.

    Parameters
    ----------
    path : Path
        The notebook; the file stays as it is.
    cache : Path
        The folder for the package's cached results.
    timeout : float
        Most seconds that one cell may take.

    Returns
    -------
    Execution
        The notebook with its outputs, the wall seconds of its cells, and the peak RSS of the Jupyter kernel
        process in units of 10⁶ bytes.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        When a cell raises.
    nbclient.exceptions.CellTimeoutError
        When a cell takes too long.
    """
    notebook = nbformat.read(path, as_version=4)
    # Without folders the only Jupyter kernel is the one of this Python.
    manager = AsyncKernelManager(
        kernel_name="python3",
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[], ensure_native_kernel=True),
    )
    marks: list[float] = []
    peaks = [0.0]

    def start(**_: Any) -> None:
        marks.append(time.perf_counter())

    def complete(**_: Any) -> None:
        marks.append(time.perf_counter())
        process: int = manager.provisioner.pid  # type: ignore[union-attr]
        peaks.append(peak_megabytes(process))

    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=timeout,
            resources={"metadata": {"path": folder}},
            on_cell_execute=start,
            on_cell_executed=complete,
            interrupt_on_timeout=False,
        )
        environment = {**os.environ, "HGMRL_LITE_CACHE": str(cache), "IPYTHONDIR": f"{folder}/.ipython"}
        client.execute(env=environment, cleanup_kc=True)
    return Execution(notebook, marks[-1] - marks[0] if marks else 0.0, max(peaks))


def peak_megabytes(process: int) -> float:
    """Return the peak RSS of a process so far, or its RSS now where the system keeps no peak."""
    status = Path(f"/proc/{process}/status")
    if status.exists():
        peak = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if peak:
            return int(peak[1]) * 1024 / 1e6
    memory = psutil.Process(process).memory_info()
    return float(getattr(memory, "peak_wset", memory.rss)) / 1e6


def lessons() -> list[str]:
    """Return the file names of the lessons, in order."""
    return sorted(path.name for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))


def update_run_times(path: Path, measured: dict[str, float]) -> dict[str, int]:
    """Write the run times in whole seconds; one that hardly changed stays."""
    known: dict[str, int] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for number, seconds in measured.items():
        before = known.get(number)
        if before is None or not 1 / SAME_TIME <= max(seconds, 1.0) / before <= SAME_TIME:
            known[number] = max(1, round(seconds))
    path.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n", encoding="utf-8")
    return known


def run(quick: bool = False) -> dict[str, float]:
    """Return seconds and peak memory of each lesson: medians, the worse of its two sides."""
    figures: dict[str, float] = {}
    student_seconds: dict[str, float] = {}
    for name in lessons():
        number = name[:2]
        seconds, peaks = [], []
        for path in (NOTEBOOKS / name, NOTEBOOKS / "solutions" / name):
            runs = []
            for _ in range(1 if quick else REPEATS):
                with tempfile.TemporaryDirectory() as cache:
                    runs.append(execute(path, Path(cache), timeout=600))
            seconds.append(statistics.median(one.seconds for one in runs))
            peaks.append(statistics.median(one.peak_mb for one in runs))
        student_seconds[number] = seconds[0]
        figures |= {f"lesson.{number}.seconds": max(seconds), f"lesson.{number}.peak_mb": max(peaks)}
    if not quick:
        update_run_times(RUN_TIMES, student_seconds)
        subprocess.run([sys.executable, str(NOTEBOOKS / "source" / "build.py")], check=True)
    return figures
