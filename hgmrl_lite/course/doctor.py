"""Is this machine ready for the lessons? One line when it is, a remedy for each thing that is not."""

import html
import importlib.metadata
import json
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anywidget
import psutil
import traitlets
from IPython import display
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from hgmrl_lite.cache import cache_directory
from hgmrl_lite.course.page import table

_DISTRIBUTION = "hgmrl-lite"
_GIB = 2**30
# A lesson stays below 0.9 GB; the browser and JupyterLab want as much again.
_MEMORY_NEEDED = 2.0
# The cached policies of all lessons take a few MB.
_DISK_NEEDED = 0.1
# What the page needs beside the Python packages: the extension's folder, and the package that brings it.
_PAGE_PARTS = {"@jupyter-widgets/jupyterlab-manager": "jupyterlab_widgets", "anywidget": "anywidget"}


@dataclass(frozen=True)
class Problem:
    """One thing that stands in the way of the lessons.

    Parameters
    ----------
    name : str
        What was looked at.
    found : str
        What is there.
    needed : str
        What the lessons need.
    remedy : str
        What to do about it.
    """

    name: str
    found: str
    needed: str
    remedy: str


@dataclass(frozen=True)
class Diagnosis:
    """What `doctor` found.

    Parameters
    ----------
    problems : tuple of Problem
        What needs attention; empty when everything is ready.
    """

    problems: tuple[Problem, ...]

    @property
    def summary(self) -> str:
        """The diagnosis in one sentence."""
        if not self.problems:
            return "Everything is ready."
        return f"Things that need attention: {len(self.problems)}. See the remedies."

    def __repr__(self) -> str:
        """Give summary and problems as plain text."""
        lines = [self.summary]
        for one in self.problems:
            lines += [f"✗ {one.name}: {one.found} (needed: {one.needed})", f"    {one.remedy}"]
        return "\n".join(lines)

    def _ipython_display_(self) -> None:
        """Show what was found, and below it the one line that only the page itself can write."""
        show: Callable[..., Any] = display.display
        show({"text/html": self._repr_html_(), "text/plain": repr(self)}, raw=True)
        show(Handshake())

    def _repr_html_(self) -> str:
        """Give the same as HTML."""
        summary = f"<strong>{self.summary}</strong>"
        if not self.problems:
            return f"<p>{summary}</p>"
        rows = [
            tuple(map(html.escape, (one.name, one.found, one.needed, one.remedy))) for one in self.problems
        ]
        return table(summary, ("Problem", "Found", "Needed", "Remedy"), rows)


class Handshake(anywidget.AnyWidget):
    """One line that says whether the page and the Jupyter kernel reach each other.

    The page sends a question as soon as it shows the line, and asks again on a click. The Jupyter kernel
    answers it when it has nothing else to do. Where no widget can be shown, its place says so.

    Attributes
    ----------
    question, answered : str
        What the page asked last, and what was answered last.
    """

    _esm = Path(__file__).with_name("handshake.js")

    question = traitlets.Unicode("").tag(sync=True)
    answered = traitlets.Unicode("").tag(sync=True)

    @traitlets.observe("question")
    def _answer(self, change: Any) -> None:
        self.answered = change["new"]

    def __repr__(self) -> str:
        """Say what stands in place of a widget that cannot be shown; anywidget cuts it at 110 letters."""
        return "✗ Widgets are not live here. Open the lesson with `make lab`; if you did so, reload the page."


def doctor() -> Diagnosis:
    """Look at Python, the packages, the page's parts, the memory and the cache folder.

    Returns
    -------
    Diagnosis
        What needs attention; in a notebook also a line in which the page and the Jupyter kernel say whether
        they reach each other.
    """
    return Diagnosis((*_packages(), *_page_parts(), *_memory(), *_cache()))


def _packages() -> Iterable[Problem]:
    """Compare Python and every package with the ranges that the distribution asks for."""
    try:
        distribution = importlib.metadata.distribution(_DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        remedy = "Run `pip install -e .` in the workbook's folder with this Python, then restart."
        yield Problem(_DISTRIBUTION, "not installed", "an installation", remedy)
        return
    needed, found = SpecifierSet(distribution.metadata["Requires-Python"] or ""), platform.python_version()
    if not needed.contains(found, prereleases=True):
        remedy = f"Make the environment anew with Python {needed} and choose its Jupyter kernel."
        yield Problem("Python", found, str(needed), remedy)
    for requirement in map(Requirement, distribution.requires or ()):
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = importlib.metadata.version(requirement.name)
            fits = requirement.specifier.contains(found, prereleases=True)
        except importlib.metadata.PackageNotFoundError:
            found, fits = "not installed", False
        if not fits:
            remedy = f'Run `pip install "{requirement}"`, then restart the Jupyter kernel.'
            yield Problem(requirement.name, found, str(requirement.specifier) or "any", remedy)


def _page_parts() -> Iterable[Problem]:
    """Look for the parts of widgets that run in the page: without them a widget is an error message there."""
    folder = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
    for name, package in _PAGE_PARTS.items():
        try:
            json.loads((folder / name / "package.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            remedy = f"Run `pip install --force-reinstall --no-deps {package}`, then reload the page."
            yield Problem(f"page part of {package}", "not there", "the extension", remedy)


def _memory() -> Iterable[Problem]:
    """Look at the memory that is free."""
    free = psutil.virtual_memory().available / _GIB
    if free < _MEMORY_NEEDED:
        remedy = "Close programs, or shut down the Jupyter kernels of lessons you have left."
        yield Problem("memory", f"{free:.1f} GiB free", f"{_MEMORY_NEEDED:g} GiB", remedy)


def _cache() -> Iterable[Problem]:
    """Write to the folder of cached results and look at the room there."""
    folder = cache_directory()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"written by hgmrl_lite")
        free = shutil.disk_usage(folder).free / _GIB
        if free >= _DISK_NEEDED:
            return
        found = f"{folder}, {free:.1f} GiB free"
    except OSError as error:
        found = f"{folder}: {error.strerror or error}"
    remedy = "Set the environment variable HGMRL_LITE_CACHE to a folder you may write to, with room in it."
    yield Problem("cache", found, f"a folder to write to, {_DISK_NEEDED:g} GiB", remedy)
