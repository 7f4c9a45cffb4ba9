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
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil  # type: ignore[import-untyped]
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from hgmrl_lite.cache import cache_directory

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
        from IPython.display import display

        from hgmrl_lite.course.handshake import Handshake

        display({"text/html": self._repr_html_(), "text/plain": repr(self)}, raw=True)
        display(Handshake())

    def _repr_html_(self) -> str:
        """Give what is listed as HTML; states are words, the colours are the notebook's own."""
        more = html.escape(self._unlisted).replace("`", "")
        if not self._listed:
            return f"<p><strong>{self.summary}</strong> {more}</p>"
        left = 'style="text-align:left"'
        head = "".join(f'<th scope="col" {left}>{name}</th>' for name in _COLUMNS)
        rows = ""
        for finding in self._listed:
            cells = (finding.found, finding.needed, finding.remedy)
            rows += (
                f'<tr><th scope="row" {left}>{html.escape(finding.name)}</th>'
                f'<td {left}><span aria-hidden="true">{_SYMBOLS[finding.state]}</span> {finding.state}</td>'
                + "".join(f"<td {left}>{html.escape(text)}</td>" for text in cells)
                + "</tr>"
            )
        caption = f'<caption style="text-align:left"><strong>{self.summary}</strong> {more}</caption>'
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


_COLUMNS = ("What", "State", "Found", "Needed", "Remedy")


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


def _packages() -> Iterable[Finding]:
    """Compare Python and every package with the ranges that the distribution asks for."""
    try:
        distribution = importlib.metadata.distribution(_DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        remedy = "Run `pip install -e .` in the workbook's folder with this Python, then restart."
        yield Finding(_DISTRIBUTION, "Problem", "not installed", "an installation", remedy)
        return
    needed = SpecifierSet(distribution.metadata["Requires-Python"] or "")
    found = platform.python_version()
    fits = needed.contains(found, prereleases=True)
    remedy = "" if fits else f"Make the environment anew with Python {needed} and choose its Jupyter kernel."
    yield Finding("Python", "OK" if fits else "Problem", found, str(needed) or "any", remedy)
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
    return Finding(requirement.name, "OK" if fits else "Problem", found, needed, "" if fits else remedy)


def _page_parts() -> Iterable[Finding]:
    """Look for the parts of widgets that run in the page: without them a widget is an error message there."""
    folder = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
    for name, package in _PAGE_PARTS.items():
        remedy = f"Run `pip install --force-reinstall --no-deps {package}`, then reload the page."
        try:
            found = str(json.loads((folder / name / "package.json").read_text(encoding="utf-8"))["version"])
        except (OSError, ValueError, KeyError):
            yield Finding(f"page part of {package}", "Problem", "not there", "the extension", remedy)
        else:
            yield Finding(f"page part of {package}", "OK", found, "the extension")


def _machine() -> Iterable[Finding]:
    """Look at processors and memory."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    remedy = "" if usable >= 2 else "Everything works; training takes about twice the time named in a lesson."
    yield Finding("processors", "OK" if usable >= 2 else "Slow", str(usable), "2", remedy)
    free = psutil.virtual_memory().available / _GIB
    state: State = "OK" if free >= _MEMORY_NEEDED else "Problem"
    remedy = (
        "" if state == "OK" else "Close programs, or shut down the Jupyter kernels of lessons you have left."
    )
    yield Finding("memory", state, f"{free:.1f} GiB free", f"{_MEMORY_NEEDED:g} GiB", remedy)


def _cache() -> Finding:
    """Write to the folder of cached results and look at the room there."""
    folder = cache_directory()
    needed = f"a folder to write to, {_DISK_NEEDED:g} GiB"
    remedy = "Set the environment variable HGMRL_LITE_CACHE to a folder you may write to, with room in it."
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"written by hgmrl_lite")
        free = shutil.disk_usage(folder).free / _GIB
    except OSError as error:
        return Finding("cache", "Problem", f"{folder}: {error.strerror or error}", needed, remedy)
    enough = free >= _DISK_NEEDED
    found = f"{folder}, {free:.1f} GiB free"
    return Finding("cache", "OK" if enough else "Problem", found, needed, "" if enough else remedy)
