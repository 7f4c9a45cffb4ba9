"""What every experiment is made of: units of work, each cached when finished, and a result with a table."""

import hashlib
import html
import logging
import sys
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import joblib
import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from hgmrl_lite._validate import as_count
from hgmrl_lite.cache import load_arrays, store_arrays, warn_not_stored
from hgmrl_lite.meta import Protocol

Arrays = dict[str, NDArray[Any]]

# What every experiment's figures are made by; plots, widgets and lessons only show them.
_SOURCES = (
    "_validate.py", "transitions.py", "streams.py", "lie", "actions", "tangents", "discovery", "hereditary",
    "envs", "agents", "meta", "experiments/contenders.py",
)  # fmt: skip


@dataclass(frozen=True)
class Unit:
    """One piece of work: a function of its settings alone, so that they name its result in the cache.

    Parameters
    ----------
    name : str
        What the progress bar says.
    compute : callable
        A function of a module, called with the settings as keyword arguments; returns arrays by name.
    settings : mapping
        What :func:`~hgmrl_lite.cache.cached_arrays` can name: JSON values, protocols, families.
    """

    name: str
    compute: Callable[..., Mapping[str, NDArray[Any]]]
    settings: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """Beginning of the cached file's name."""
        return f"unit-{self.compute.__name__.strip('_').replace('_', '-')}"


def seed_units(
    name: str, compute: Callable[..., Mapping[str, NDArray[Any]]], protocol: Protocol, **settings: Any
) -> list[Unit]:
    """Return one unit a training seed of a protocol, which the function gets beside the settings."""
    return [
        Unit(f"{name}, seed {part.seed}", compute, {**settings, "protocol": part})
        for part in protocol.of_seeds()
    ]


def run_groups(groups: Sequence[Sequence[Unit]], **options: Any) -> list[list[Arrays]]:
    """Return the arrays of groups of units, all run beside each other by :func:`run_units`."""
    parts = iter(run_units([unit for group in groups for unit in group], **options))
    return [[next(parts) for _ in group] for group in groups]


def stacked(parts: Sequence[Arrays]) -> Arrays:
    """Return arrays by name, those of all parts along a new first axis."""
    return {name: np.stack([part[name] for part in parts]) for name in parts[0]}


def run_units(
    units: Sequence[Unit], *, description: str, jobs: int = 2, progress: bool = True
) -> list[Arrays]:
    """Return each unit's arrays, from the cache where it was finished before, computing the others.

    A finished unit is in the cache at once: when the run ends early, by an error or by Ctrl-C, the next one
    computes only what is missing. What was made by other code than today's is not used: a fingerprint of the
    modules that make the figures is part of the key. A unit that cannot be kept is returned all the same, and
    a warning says why.

    Parameters
    ----------
    units : sequence of Unit
        The work; the first are started first.
    description : str
        What the progress bar is for.
    jobs : int, optional
        Processes that work beside each other, each on one thread; 1 works in this process.
    progress : bool, optional
        Show a progress bar over all units.

    Returns
    -------
    list of dict of str to ndarray
        In the order of ``units``.
    """
    jobs = as_count("jobs", jobs)
    keys = [_key(unit) for unit in units]
    found = [load_arrays(unit.kind, key) for unit, key in zip(units, keys, strict=True)]
    missing = [index for index, arrays in enumerate(found) if arrays is None]
    done = len(units) - len(missing)
    with tqdm(total=len(units), initial=done, desc=description, unit="unit", disable=not progress) as bar:
        work = _computed([(units[index], keys[index]) for index in missing], jobs)
        for index, (arrays, not_stored) in zip(missing, work, strict=True):
            found[index] = arrays
            warn_not_stored(not_stored)
            bar.set_postfix_str(units[index].name, refresh=False)
            bar.update()
    return [arrays for arrays in found if arrays is not None]


def _computed(work: Sequence[tuple[Unit, dict[str, Any]]], jobs: int) -> Iterator[tuple[Arrays, str]]:
    """Return an iterator over what `_compute` gives for each unit, in their order."""
    if jobs == 1 or len(work) < 2:
        return (_compute(unit, key) for unit, key in work)
    # loky takes it for a leak when a later unit is the first to import torch, and starts the process anew: no
    # unit is lost, and nobody need hear of it.
    warnings.filterwarnings("ignore", "A worker stopped while some jobs were given to the executor")
    # One thread a process: networks this small run slower on several, and the processes share the cores.
    with joblib.parallel_config("loky", inner_max_num_threads=1):
        parallel = joblib.Parallel(n_jobs=min(jobs, len(work)), batch_size=1, return_as="generator")
        return iter(parallel(joblib.delayed(_compute_elsewhere)(unit, key) for unit, key in work))


def _compute(unit: Unit, key: dict[str, Any]) -> tuple[Arrays, str]:
    """Compute a unit and put it into the cache; return its arrays, and why they could not be kept."""
    arrays = {name: np.asarray(value) for name, value in unit.compute(**unit.settings).items()}
    return arrays, store_arrays(unit.kind, key, arrays)


def _compute_elsewhere(unit: Unit, key: dict[str, Any]) -> tuple[Arrays, str]:
    """Do the same in a helper process, which leaves it to the process that asked to warn, once for all."""
    logging.getLogger("hgmrl_lite.cache").setLevel(logging.ERROR)
    return _compute(unit, key)


def _key(unit: Unit) -> dict[str, Any]:
    """Return what the result depends on."""
    module = unit.compute.__module__
    return {
        "function": f"{module}.{unit.compute.__qualname__}",
        "code": code_fingerprint(module),
        **unit.settings,
    }


@cache
def code_fingerprint(module: str) -> str:
    """Return a hash of the source that a module's units are made by, as it was when first asked for."""
    package = Path(__file__).parents[1]
    files = [package / source for source in _SOURCES]
    files = [file for path in files for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
    own = getattr(sys.modules[module], "__file__", None)
    digest = hashlib.sha256()
    for file in [*files, *([Path(own)] if own else [])]:
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


class Tabled(ABC):
    """A result that prints as its table: a title, rows of words and numbers under a heading, a caption."""

    title: ClassVar[str]
    """What the table shows."""

    @abstractmethod
    def rows(self) -> Sequence[Sequence[str]]:
        """Return the names of the columns, and then one row a line."""

    @abstractmethod
    def caption(self) -> str:
        """Return how it was measured."""

    def __repr__(self) -> str:
        """Give the table as lines of even columns."""
        rows = self.rows()
        widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
        body = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        return "\n".join([self.title, *(line.rstrip() for line in body), self.caption()])

    def _repr_html_(self) -> str:
        """Give the table for a notebook."""
        header, *rows = self.rows()
        body = "".join(_row("td", row) for row in rows)
        return (
            f"<div><table><caption><b>{html.escape(self.title)}</b></caption><thead>{_row('th', header)}"
            f'</thead><tbody>{body}</tbody></table><div style="max-width:60em;font-size:smaller">'
            f"{html.escape(self.caption())}</div></div>"
        )


def _row(tag: str, cells: Sequence[str]) -> str:
    """Return a row of HTML."""
    marked = (f'<{tag} style="text-align:left">{html.escape(cell)}</{tag}>' for cell in cells)
    return f"<tr>{''.join(marked)}</tr>"
