"""A notebook executed from top to bottom in a fresh Jupyter kernel, and what that took."""

import os
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import psutil
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"


@dataclass(frozen=True)
class Execution:
    """An executed notebook, and what it took.

    Parameters
    ----------
    notebook : NotebookNode
        With its outputs.
    seconds : float
        Wall seconds of its cells, without the start of the Jupyter kernel.
    peak_mb : float
        Peak RSS of the Jupyter kernel's process, in units of 10⁶ bytes.
    cpu_seconds : float
        CPU seconds of that process and of all that it has started.
    all_mb : float
        Sum of the peaks of that process and of those it has started, of what lives at the end of a cell.
    """

    notebook: Any
    seconds: float
    peak_mb: float
    cpu_seconds: float
    all_mb: float


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
    peaks, totals, cpu = [0.0], [0.0], [0.0]

    def start(**_: Any) -> None:
        marks.append(time.perf_counter())

    def complete(**_: Any) -> None:
        marks.append(time.perf_counter())
        process: int = manager.provisioner.pid  # type: ignore[union-attr]
        peaks.append(peak_megabytes(process))
        family = [process, *(child.pid for child in psutil.Process(process).children(recursive=True))]
        totals.append(sum(_if_alive(peak_megabytes, member) for member in family))
        cpu.append(sum(_if_alive(_cpu_seconds, member) for member in family))

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
    return Execution(notebook, marks[-1] - marks[0] if marks else 0.0, max(peaks), max(cpu), max(totals))


def _if_alive(measure: Callable[[int], float], process: int) -> float:
    """Return what is measured of a process, 0 when it has just ended."""
    try:
        return measure(process)
    except (psutil.NoSuchProcess, FileNotFoundError):
        return 0.0


def _cpu_seconds(process: int) -> float:
    """Return the CPU seconds of a process and of the children that it has seen end."""
    return float(sum(psutil.Process(process).cpu_times()[:4]))


def peak_megabytes(process: int) -> float:
    """Return the peak RSS of a process so far, or its RSS now where the system keeps no peak."""
    status = Path(f"/proc/{process}/status")
    if status.exists():
        peak = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if peak:
            return int(peak[1]) * 1024 / 1e6
    memory = psutil.Process(process).memory_info()
    return float(getattr(memory, "peak_wset", memory.rss)) / 1e6
