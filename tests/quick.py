"""Linters, types and the tests that a change reaches, nearest first, within a time: ``make quick``.

    python tests/quick.py make lint                 what differs from the main branch or is not committed
    python tests/quick.py --base HEAD~3 make lint   what differs from another commit

Nothing hangs on an earlier run. grimp, which import-linter is built on, reads which module imports which. A
test file is as far from a change as the chain of imports between them is long; where a file that is no module
has changed, such as a document, a test that names it is near. What is reached and was not run is listed.
"""

import argparse
import ast
import contextlib
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("hgmrl_lite", "website", "benchmarks")
# What is at work then is stopped; 40 seconds are promised, and starting and ending take some.
SECONDS = 37.0
# Files are collected a few at a time: collecting all of them takes longer than there is.
BATCH = 4
_PYTEST_OPTIONS = ("-q", "--no-header", "-rNfE", "-m", "not browser and not notebook")
_DOTTED = re.compile(rf"\b(?:{'|'.join(PACKAGES)})(?:\.\w+)*")
_APART = re.compile(r"^pytestmark = .*\bmark\.(?:browser|notebook)\b", re.MULTILINE)
_PARTLY_APART = re.compile(r"^@pytest\.mark\.(?:browser|notebook)\b", re.MULTILINE)


def changed_files(base: str | None = None) -> tuple[str, list[Path]]:
    """Return what was compared with, and the files that differ from it, are new, or are gone.

    Parameters
    ----------
    base : str, optional
        A commit. Left out, it is where this branch left the main branch; on the main branch, its last commit.
    """

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(ROOT), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    for main in () if base else ("origin/main", "main"):
        with contextlib.suppress(subprocess.CalledProcessError):
            base = git("merge-base", main, "HEAD").strip()
            break
    base = base or "HEAD"
    differ = git("diff", "--name-only", "--no-renames", "-z", base).split("\0")
    new = git("ls-files", "--others", "--exclude-standard", "-z").split("\0")
    return base, [ROOT / name for name in sorted({*differ, *new} - {""})]


def module_distances(changed: Iterable[Path], root: Path = ROOT) -> dict[str, int]:
    """Return every module that a change reaches, with the length of the chain of imports.

    Parameters
    ----------
    changed : iterable of Path
        Files that changed. One that is no module, such as a style sheet, counts for the package it lies in.
    root : Path, optional
        The folder of the packages.

    Returns
    -------
    dict of str to int
        0 for a module that changed itself.
    """
    import grimp

    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    found: dict[str, int] = {}
    for path in changed:
        parts = list(path.relative_to(root).with_suffix("").parts)
        package_itself = parts[-1] == "__init__"
        while parts and ".".join(parts) not in graph.modules:
            parts.pop()
        if parts:
            name = ".".join(parts)
            found[name] = 0
            # Who imports a module runs the packages around it as well.
            found |= {
                inner: 1 for inner in graph.find_descendants(name) if package_itself and inner not in found
            }
    edge = set(found)
    while edge:
        # A package may import what is in it by name, at run time; all do at the root.
        around = {name.rpartition(".")[0] for name in edge if name.count(".") > 1}
        importers = {one for name in edge for one in graph.find_modules_that_directly_import(name)}
        step = max(found[name] for name in edge) + 1
        edge = (around | importers) - found.keys()
        found |= dict.fromkeys(edge, step)
    return found


@cache
def _words(path: Path) -> tuple[frozenset[str], str]:
    """Return the modules that a Python file imports or names, and its text."""
    text = path.read_text(encoding="utf-8")
    names = set(_DOTTED.findall(text))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(names), text


def test_distances(changed: Collection[Path], modules: Mapping[str, int], tests: Path) -> dict[Path, int]:
    """Return the test files that a change reaches, with their distance from it.

    Parameters
    ----------
    changed : collection of Path
        Files that changed.
    modules : mapping of str to int
        As of :func:`module_distances`.
    tests : Path
        The folder of the tests. Files in it that are no tests, and the builder of the notebooks beside it,
        are helpers, which tests import by their stem.
    """
    root = tests.parent
    files = [path for folder in (tests, root / "notebooks") for path in folder.rglob("[a-z]*.py")]
    helpers = {path.stem: path for path in files if not path.stem.startswith("test_")}
    # What no import leads to: it is reached by its own name, or by that of its folder.
    named = {
        (path.name, *([f'"{path.parent.name}"'] if path.parent != root else []))
        for path in changed
        if path.relative_to(root).parts[0] not in (*PACKAGES, tests.name) or path.suffix not in (".py", "")
    }

    def needs(path: Path, seen: set[Path]) -> Iterator[int]:
        seen.add(path)
        if path in changed:
            yield 0
        names, text = _words(path)
        yield from (1 + modules[name] for name in names if name in modules)
        yield from (1 for words in named if any(word in text for word in words))
        conftests = (folder / "conftest.py" for folder in path.parents if folder.is_relative_to(tests))
        for helper in {*(helpers[name] for name in names if name in helpers), *conftests} - seen:
            if helper.exists():
                yield from (max(1, length) for length in needs(helper, seen))

    lengths = {path: min(needs(path, set()), default=None) for path in sorted(tests.rglob("test_*.py"))}
    return {path: length for path, length in lengths.items() if length is not None}


def nearest_first(lengths: Mapping[Path, int], changed: Iterable[Path]) -> list[Path]:
    """Return files by their distance; of equal ones, those first whose name or folder is a changed file's."""
    words = {word for path in changed for word in (path.stem, path.parent.name)}

    def place(path: Path) -> tuple[int, int, Path]:
        alike = (path.stem.removeprefix("test_") in words) + (path.parent.name in words)
        return lengths[path], -alike, path

    return sorted(lengths, key=place)


class Unfinished:
    """A plugin of pytest that knows which files still have tests to run when the time is over at ``end``."""

    def __init__(self, files: Iterable[Path], end: float) -> None:
        self.files = list(files)
        self._end = end
        self._left: dict[str, Path] = {}

    def pytest_collection_finish(self, session: Any) -> None:
        """Note which tests will run; a file without any is done."""
        # pytest calls this after an interrupted collection too, which says nothing of the files.
        if time.monotonic() >= self._end:
            return
        self._left = {item.nodeid: item.path for item in session.items}
        self._settle(session.config.args)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Note that a test has run."""
        path = self._left.pop(nodeid)
        self._settle([str(path)])

    def _settle(self, names: Iterable[str]) -> None:
        ended = {Path(name) for name in names} - set(self._left.values())
        self.files = [path for path in self.files if path not in ended]


def run_tests(files: list[Path], end: float) -> tuple[bool, list[Path]]:
    """Run test files until one fails or the time is over.

    Parameters
    ----------
    files : list of Path
        What to run, in this order.
    end : float
        When to stop, on the clock of :func:`time.monotonic`.

    Returns
    -------
    bool, list of Path
        Whether nothing failed, and the files that were not run to their end.
    """
    import pytest

    progress = Unfinished(files, end)
    for start in range(0, len(files), BATCH):
        left = end - time.monotonic()
        if left <= 0:
            break
        if hasattr(signal, "setitimer"):
            # Ctrl-C is what pytest knows as the end of a run.
            signal.signal(signal.SIGALRM, signal.default_int_handler)
            signal.setitimer(signal.ITIMER_REAL, left)
        batch = [str(path) for path in files[start : start + BATCH]]
        # Called again in one process: its files do not change meanwhile, and nothing is imported twice.
        code = pytest.main([*_PYTEST_OPTIONS, *batch], plugins=[progress])
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        if code == pytest.ExitCode.INTERRUPTED and time.monotonic() >= end:
            break
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            return False, progress.files
    return True, progress.files


def named(files: Iterable[Path]) -> str:
    """Name files, a line for each folder."""
    folders: dict[str, list[str]] = {}
    for path in files:
        folders.setdefault(path.parent.relative_to(ROOT).as_posix(), []).append(path.name)
    return "\n".join(f"  {folder}: {', '.join(names)}" for folder, names in folders.items())


def reached_files(changed: list[Path]) -> list[Path]:
    """Return the files of tests, and the modules with examples, that a change reaches, the nearest first."""
    lengths = test_distances(changed, module_distances(changed), ROOT / "tests")
    package = ROOT / PACKAGES[0]
    modules = [path for path in changed if path.suffix == ".py" and path.is_relative_to(package)]
    return nearest_first(lengths | {path: 0 for path in modules if path.exists()}, changed)


def main() -> int:
    """Run what a change reaches and say what was left out; return 1 when something is wrong."""
    parser = argparse.ArgumentParser(description="Linters, types and the tests that a change reaches.")
    parser.add_argument("--base", help="compare with this commit; left out, with the main branch")
    parser.add_argument("lint", nargs=argparse.REMAINDER, help="the command that checks style and types")
    options = parser.parse_args()
    end = time.monotonic() + SECONDS
    try:
        base, changed = changed_files(options.base)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"What has changed is known in a git clone only, and by a commit that is there: {error}")
    with tempfile.TemporaryFile("w+") as said:
        # Beside the tests: each has a processor.
        lint = subprocess.Popen(options.lint, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)
        try:
            reached = reached_files(changed)
            apart = [path for path in reached if _APART.search(_words(path)[1])]
            partly = [path for path in reached if path not in apart and _PARTLY_APART.search(_words(path)[1])]
            print(
                f"{len(changed)} files differ from {base[:12]} and reach {len(reached)} of tests.", flush=True
            )
            passed, missed = run_tests([path for path in reached if path not in apart], end - 1)
            with contextlib.suppress(subprocess.TimeoutExpired):
                lint.wait(max(0.1, end - time.monotonic()))
        finally:
            unfinished = lint.poll() is None
            lint.terminate()
            lint.wait()
        said.seek(0)
        print(said.read(), end="")
    if apart or partly:
        print(f"Left out, for they need a browser or run lessons (make test):\n{named(apart + partly)}")
    if missed:
        print(f"Not run to their end {'in this time' if passed else 'after the failure'}:\n{named(missed)}")
    if unfinished:
        print("Style and types were not checked to the end in this time, as in the first run: make lint.")
    fine = passed and (unfinished or lint.returncode == 0)
    print("All that was run is fine." if fine else "Something above is wrong.")
    return 0 if fine else 1


if __name__ == "__main__":
    # So that the tests find the packages beside them, as with `python -m pytest`.
    sys.path[0] = str(ROOT)
    sys.exit(main())
