"""The solution notebooks with their outputs, each executed once and then remembered.

What is remembered hangs on the notebook and on the package's Python and data. The widgets' JavaScript and
styles do not count: a widget's state carries a copy of them, which :func:`refresh_widgets` brings up to date,
so that a change of a widget's looks does not execute a lesson again.
"""

import hashlib
import importlib
import json
from pathlib import Path
from typing import Any

import nbformat
from tqdm.auto import tqdm

from hgmrl_lite.cache import cache_directory, whole_file
from website.execution import NOTEBOOKS, ROOT, execute

CELL_SECONDS = 600.0
STATE_TYPE = "application/vnd.jupyter.widget-state+json"
_COUNTED = (".py", ".csv")


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
