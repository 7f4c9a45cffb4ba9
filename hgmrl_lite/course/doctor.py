"""Is this machine ready for the lessons? One line when it is, a remedy for each thing that is not."""

import html
import importlib.metadata
import json
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psutil
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from hgmrl_lite.cache import cache_directory
from hgmrl_lite.course.report import signed, table

State = Literal["OK", "Slow", "Problem"]
_DISTRIBUTION = "hgmrl-lite"
_SYMBOLS: dict[State, str] = {"OK": "✓", "Slow": "!", "Problem": "✗"}
_GIB = 2**30
# A lesson stays below 0.9 GB; the browser and JupyterLab want as much again.
_MEMORY_NEEDED = 2.0
# The cached policies of all lessons take a few MB.
_DISK_NEEDED = 0.1
# What the page needs beside the Python packages: the extension's folder, and the package that brings it.
_PAGE_PARTS = {"@jupyter-widgets/jupyterlab-manager": "jupyterlab_widgets", "anywidget": "anywidget"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    name : str
        What was looked at.
    state : {"OK", "Slow", "Problem"}
        "Slow" means that everything works, but takes longer.
    found : str
        What is there.
    needed : str
        What the lessons need.
    remedy : str, optional
        What to do about it.
    """

    name: str
    state: State
    found: str
    needed: str
    remedy: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """All findings of `doctor`.

    Parameters
    ----------
    findings : tuple of Finding
        In the order of the table.
    details : bool, optional
        Whether what is in order is listed as well.
    """

    findings: tuple[Finding, ...]
    details: bool = False

    @property
    def ready(self) -> bool:
        """Whether no finding is a problem."""
        return all(finding.state != "Problem" for finding in self.findings)

    @property
    def summary(self) -> str:
        """The diagnosis in one sentence."""
        problems = sum(finding.state == "Problem" for finding in self.findings)
        if not problems:
            return "Everything is ready."
        return f"{problems} of {len(self.findings)} things need attention: see the remedies."

    @property
    def _listed(self) -> tuple[Finding, ...]:
        """The findings that are shown: all of them, or those that are not in order."""
        return tuple(finding for finding in self.findings if self.details or finding.state != "OK")

    @property
    def _unlisted(self) -> str:
        """How many findings are not shown, in one sentence; empty when all are."""
        count = len(self.findings) - len(self._listed)
        return f"{count} checks are OK; `course.doctor(details=True)` lists them." if count else ""

    def __repr__(self) -> str:
        """Give what is listed as plain text."""
        lines = [self.summary]
        for finding in self._listed:
            line = f"{_SYMBOLS[finding.state]} {finding.state}: {finding.name} {finding.found}"
            lines.append(line + f" (needed: {finding.needed})")
            if finding.remedy:
                lines.append(f"    {finding.remedy}")
        if self._unlisted:
            lines.append(self._unlisted)
        return "\n".join(lines)

    def _ipython_display_(self) -> None:
        """Show what is listed, and below it the one line that only the page itself can write."""
        # Slow to import, and not needed by who asks from a script.
        from IPython import display as ipython

        from hgmrl_lite.course.handshake import Handshake

        show: Callable[..., Any] = ipython.display
        show({"text/html": self._repr_html_(), "text/plain": repr(self)}, raw=True)
        show(Handshake())

    def _repr_html_(self) -> str:
        """Give what is listed as HTML; states are words, the colours are the notebook's own."""
        summary = f"<strong>{self.summary}</strong> {html.escape(self._unlisted).replace('`', '')}"
        if not self._listed:
            return f"<p>{summary}</p>"
        rows = (
            (
                html.escape(finding.name),
                signed(_SYMBOLS[finding.state], finding.state),
                *map(html.escape, (finding.found, finding.needed, finding.remedy)),
            )
            for finding in self._listed
        )
        return table(summary, ("What", "State", "Found", "Needed", "Remedy"), rows)


def doctor(details: bool = False) -> Diagnosis:
    """Look at Python, the packages, the page's parts, the machine and the cache folder.

    Parameters
    ----------
    details : bool, optional
        Whether to list also what is in order.

    Returns
    -------
    Diagnosis
        One finding each; in a notebook a table of those that need attention, and a line in which the page
        and the Jupyter kernel say whether they reach each other.
    """
    return Diagnosis((*_packages(), *_page_parts(), *_machine(), _cache()), details)


def _finding(
    name: str, fits: bool, found: str, needed: str, remedy: str, else_: State = "Problem"
) -> Finding:
    """Judge one thing; a remedy is named for what does not fit only."""
    return Finding(name, "OK" if fits else else_, found, needed, "" if fits else remedy)


def _packages() -> Iterable[Finding]:
    """Compare Python and every package with the ranges that the distribution asks for."""
    try:
        distribution = importlib.metadata.distribution(_DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        remedy = "Run `pip install -e .` in the workbook's folder with this Python, then restart."
        yield _finding(_DISTRIBUTION, False, "not installed", "an installation", remedy)
        return
    needed = SpecifierSet(distribution.metadata["Requires-Python"] or "")
    found = platform.python_version()
    remedy = f"Make the environment anew with Python {needed} and choose its Jupyter kernel."
    yield _finding("Python", needed.contains(found, prereleases=True), found, str(needed) or "any", remedy)
    tested = _tested_versions()
    for text in distribution.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield _package(requirement, tested.get(requirement.name.lower(), ""))


def _tested_versions() -> dict[str, str]:
    """Return the versions the workbook was tested with; none when it is not run from its own folder."""
    file = Path(__file__).resolve().parents[2] / "constraints.txt"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    pairs = [re.split("==", line.split("#")[0].strip()) for line in lines]
    return {pair[0].lower(): pair[1] for pair in pairs if len(pair) == 2}


def _package(requirement: Requirement, tested: str) -> Finding:
    """Compare one installed package with the range it must lie in, and name the tested version if another."""
    try:
        found = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        found = "not installed"
    fits = found != "not installed" and requirement.specifier.contains(found, prereleases=True)
    remedy = f'Run `pip install "{requirement}"`, then restart the Jupyter kernel.'
    needed = str(requirement.specifier) or "any"
    # Without the local part, which tells builds of one version apart: 2.13.0+cpu.
    if tested and found.partition("+")[0] != tested:
        needed += f"; tested with {tested}"
    return _finding(requirement.name, fits, found, needed, remedy)


def _page_parts() -> Iterable[Finding]:
    """Look for the parts of widgets that run in the page: without them a widget is an error message there."""
    folder = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
    for name, package in _PAGE_PARTS.items():
        remedy = f"Run `pip install --force-reinstall --no-deps {package}`, then reload the page."
        try:
            found = str(json.loads((folder / name / "package.json").read_text(encoding="utf-8"))["version"])
        except (OSError, ValueError, KeyError):
            found = ""
        yield _finding(f"page part of {package}", bool(found), found or "not there", "the extension", remedy)


def _machine() -> Iterable[Finding]:
    """Look at processors and memory."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    remedy = "Everything works; training takes about twice the time named in a lesson."
    yield _finding("processors", usable >= 2, str(usable), "2", remedy, "Slow")
    free = psutil.virtual_memory().available / _GIB
    remedy = "Close programs, or shut down the Jupyter kernels of lessons you have left."
    needed = f"{_MEMORY_NEEDED:g} GiB"
    yield _finding("memory", free >= _MEMORY_NEEDED, f"{free:.1f} GiB free", needed, remedy)


def _cache() -> Finding:
    """Write to the folder of cached results and look at the room there."""
    folder = cache_directory()
    fits, needed = False, f"a folder to write to, {_DISK_NEEDED:g} GiB"
    remedy = "Set the environment variable HGMRL_LITE_CACHE to a folder you may write to, with room in it."
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"written by hgmrl_lite")
        free = shutil.disk_usage(folder).free / _GIB
        fits, found = free >= _DISK_NEEDED, f"{folder}, {free:.1f} GiB free"
    except OSError as error:
        found = f"{folder}: {error.strerror or error}"
    return _finding("cache", fits, found, needed, remedy)
