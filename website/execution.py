"""A notebook executed from top to bottom in a fresh Jupyter kernel; the lessons, executed once and kept.

What is remembered hangs on the notebook and on the package's Python and data. The widgets' JavaScript and
styles do not count: a widget's state carries a copy of them, which :func:`refresh_widgets` brings up to date,
so that a change of a widget's looks does not execute a lesson again.
"""

import hashlib
import importlib
import json
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
from tqdm.auto import tqdm

from hgmrl_lite.cache import cache_directory, whole_file

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
CELL_SECONDS = 600.0
STATE_TYPE = "application/vnd.jupyter.widget-state+json"
_COUNTED = (".py", ".csv")


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


def fingerprint(notebook: Path, package: Path = ROOT / "hgmrl_lite") -> str:
    """Return what an execution of a notebook hangs on, as a short hash of file names and contents."""
    sources = sorted(path for path in package.rglob("*") if path.suffix in _COUNTED)
    total = hashlib.sha256()
    for path in (notebook, *sources):
        name = path.relative_to(package).as_posix() if path.is_relative_to(package) else path.name
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()[:16]


def executed(notebook: Path, store: Path) -> Any:
    """Return a notebook with outputs and widget state, from the store or by executing it now.

    Parameters
    ----------
    notebook : Path
        The notebook; the file stays as it is.
    store : Path
        The folder of what was executed before. An execution of an earlier version of the notebook is removed.

    Returns
    -------
    nbformat.NotebookNode

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        When a cell raises.
    """
    kept = store / f"{notebook.stem}-{fingerprint(notebook)}.ipynb"
    if not kept.exists():
        store.mkdir(parents=True, exist_ok=True)
        done = execute(notebook, cache_directory(), CELL_SECONDS).notebook
        for outdated in store.glob(f"{notebook.stem}-*.ipynb"):
            outdated.unlink(missing_ok=True)
        # nbformat itself would sort what a widget lists in order.
        with whole_file(kept) as stream:
            stream.write(json.dumps(done, ensure_ascii=False).encode())
    return refresh_widgets(nbformat.read(kept, as_version=4))


def solution_lessons(store: Path) -> dict[str, Any]:
    """Return every lesson's executed solution notebook by name, such as ``"00_start_here"``, in order."""
    paths = sorted((NOTEBOOKS / "solutions").glob("[0-9][0-9]_*.ipynb"))
    return {path.stem: executed(path, store) for path in tqdm(paths, desc="lessons", unit="lesson")}


def widget_states(notebook: Any) -> dict[str, Any]:
    """Return the stored state of a notebook's widgets by model id; empty when there are none."""
    stored: dict[str, dict[str, Any]] = notebook.metadata.get("widgets", {}).get(STATE_TYPE, {})
    return stored.get("state", {})


def refresh_widgets(notebook: Any) -> Any:
    """Give the stored widgets the JavaScript and styles that their classes have now; return the notebook."""
    for model in widget_states(notebook).values():
        state = model["state"]
        module, _, name = state.get("_anywidget_id", "").rpartition(".")
        if module.startswith("hgmrl_lite."):
            made_of = getattr(importlib.import_module(module), name)
            state |= {text: str(getattr(made_of, text)) for text in ("_esm", "_css") if text in state}
    return notebook
