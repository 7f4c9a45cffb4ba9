"""Build the lessons: for each source here, the student's notebook and the one with solutions.

    python notebooks/source/build.py            build every lesson, remove notebooks whose source is gone
    python notebooks/source/build.py 01 04      build these lessons only
    python notebooks/source/build.py --check    write nothing; fail when a notebook differs from its source

``notebooks/source/NN_name.py`` becomes ``notebooks/NN_name.ipynb`` (student) and
``notebooks/solutions/NN_name.ipynb``, byte for byte the same on every machine. A lesson is changed in its
source and nowhere else.

A source is text in the py:percent format: ``# %%`` begins a code cell, ``# %% [markdown]`` a text cell whose
lines start with ``# ``. The first cell is text and starts with the lesson's title::

    # %% [markdown]
    # # 01 · Group actions on the plane
    #
    # **You will be able to** ... **Prerequisites** ... **Minutes** 60 · **Run time** {{run_time}}

    # %%
    from hgmrl_lite import course

    # %% [markdown]
    # ## Exercise 01.1 · Turn a point

    # %% tags=["exercise", "01.1"]
    def turn(point, angle):
        ...  # your code here

    # %% tags=["solution", "01.1"]
    def turn(point, angle):
        return lie.rotation(angle) @ point

    # %% tags=["check"]
    course.check("01.1", turn)

``{{run_time}}`` in a text becomes the seconds and the memory that the lesson was measured to take, from
``run_times.json`` beside the sources (written by ``python -m benchmarks lessons``).

Tags, in the first line of a code cell:

``tags=["exercise", "NN.k"]``
    The stub: what the student starts from. NN is the lesson. It runs as it stands, and has ``...`` where the
    student's work goes.
``tags=["solution", "NN.k"]``
    Comes right after its stub and defines at least the same names. The solutions notebook has it, folded, in
    the stub's place; the student's notebook does not have it.
``tags=["check"]``
    Comes right after the solution and calls ``course.check("NN.k", ...)`` on its last line. In the student's
    notebook a cell ``course.hint("NN.k")`` follows by itself.
``tags=["folded"]``
    A code cell that is folded at first, in both notebooks.

The exercise itself (title, hints, check, reference) is an ``Exercise`` in
``hgmrl_lite/course/lesson_NN.py``. Cells that follow must not use what an exercise defines, so that the
lesson runs without it. A code cell has at most 25 lines. Links are written as seen from ``notebooks/``; the
builder adapts them for the solutions. What is malformed is reported with file, cell and line.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from lesson_reader import Cell, SourceError, hints_of, read

HERE = Path(__file__).resolve().parent
SOURCE_NAME = re.compile(r"\d\d_[a-z0-9_]+\.py")
NOTEBOOK_GLOB = "[0-9][0-9]_*.ipynb"

# A link or image of Markdown, or an attribute of HTML: what stands before the target, and the target.
TARGET = re.compile(r"""(\]\(|(?:src|href)=["'])([^\s)"']+)""")
_LESSON_LINK = re.compile(r"\d\d_[a-z0-9_]+\.ipynb(#.*)?")
_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_FOLDED = {"jupyter": {"source_hidden": True}}


def student(cells: list[Cell], run_time: str) -> dict[str, Any]:
    """Return the student's notebook: stubs, checks, hints."""
    entries: list[tuple[str, str, dict[str, Any]]] = []
    name = ""
    for cell in cells:
        if cell.role == "exercise":
            name = cell.tags[1]
        if cell.role != "solution":
            entries.append((cell.kind, _fill(cell, run_time), _cell_metadata(cell)))
        if cell.role == "check":
            entries.append(("code", f'course.hint("{name}")', {"tags": ["hint"]}))
    return as_notebook(entries)


def solutions(cells: list[Cell], run_time: str, lesson_file: str) -> dict[str, Any]:
    """Return the notebook with solutions in place of the stubs; links are adapted to its folder."""
    note = (
        f"*These are the solutions. Try the exercises [in the lesson](../{lesson_file}) first. "
        "Each solution is folded: click the bar with the three dots to open it.*"
    )
    entries: list[tuple[str, str, dict[str, Any]]] = []
    for cell in cells:
        if cell.role != "exercise":
            text = _fill(cell, run_time)
            entries.append(
                (cell.kind, _from_subfolder(text) if cell.kind == "markdown" else text, _cell_metadata(cell))
            )
        if cell.number == 1:
            entries.append(("markdown", note, {}))
    return as_notebook(entries)


def _fill(cell: Cell, run_time: str) -> str:
    """Put the measured run time into a text cell."""
    return cell.text.replace("{{run_time}}", run_time) if cell.kind == "markdown" else cell.text


def _cell_metadata(cell: Cell) -> dict[str, Any]:
    """Return the metadata that a cell has in the notebook."""
    folded = _FOLDED if cell.role in ("solution", "folded") else {}
    return {**folded, **({"tags": list(cell.tags)} if cell.tags else {})}


def _from_subfolder(text: str) -> str:
    """Adapt relative links for a notebook one folder deeper; lessons lead to their solutions."""

    def adapt(match: re.Match[str]) -> str:
        before, target = match.groups()
        absolute = re.match(r"[a-z][a-z0-9+.-]*:|[#/]", target)
        return match[0] if absolute or _LESSON_LINK.fullmatch(target) else f"{before}../{target}"

    return TARGET.sub(adapt, text)


def as_notebook(entries: Iterable[tuple[str, str, dict[str, Any]]]) -> dict[str, Any]:
    """Make a notebook; an id hangs on its own cell alone, so that an edit changes no other."""
    cells: list[dict[str, Any]] = []
    counts: dict[str, int] = {}
    for kind, text, metadata in entries:
        digest = hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest()[:12]
        counts[digest] = counts.get(digest, 0) + 1
        cell = {
            "cell_type": kind,
            "id": f"{digest}-{counts[digest]}",
            "metadata": metadata,
            "source": text.splitlines(keepends=True),
        }
        cells.append({**cell, "execution_count": None, "outputs": []} if kind == "code" else cell)
    return {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}


def to_bytes(notebook: Mapping[str, Any]) -> bytes:
    """Write a notebook in the one form that is committed."""
    return (json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode("utf-8")


def run_times(path: Path) -> dict[str, dict[str, float]]:
    """Return the measured ``seconds`` and ``memory_mb`` of each lesson; empty when nothing was measured."""
    times: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return times


def in_words(taken: dict[str, float] | None) -> str:
    """Say what a lesson takes as the header does, rounded up so that a small change changes no notebook."""
    if taken is None:
        return "not yet measured"
    seconds, gigabytes = int(taken["seconds"]), -(-int(taken["memory_mb"]) // 100) / 10
    time = f"{max(5, -(-seconds // 5) * 5)} s" if seconds <= 90 else f"{-(-seconds // 60)} min"
    return f"about {time}, {gigabytes:g} GB of memory"


def sources(folder: Path, only: Iterable[str] = ()) -> list[Path]:
    """Return the lessons' sources in order, all or those whose number is in ``only``."""
    found = sorted(path for path in folder.glob("[0-9][0-9]*.py") if path.is_file())
    problems = [
        f"{path.as_posix()}: call it NN_name.py" for path in found if not SOURCE_NAME.fullmatch(path.name)
    ]
    numbers = [path.name[:2] for path in found]
    problems += [
        f"lesson {n} has several sources" for n in sorted({n for n in numbers if numbers.count(n) > 1})
    ]
    problems += [f"lesson {n} has no source in {folder.as_posix()}" for n in only if n not in numbers]
    if problems:
        raise SourceError("\n".join(problems))
    return [path for path in found if not only or path.name[:2] in only]


def build(
    folder: Path, target: Path, only: Iterable[str] = (), hints: Callable[[str], int | None] = hints_of
) -> dict[Path, bytes]:
    """Return what each notebook under ``target`` must contain."""
    times = run_times(folder / "run_times.json")
    built: dict[Path, bytes] = {}
    problems: list[str] = []
    for path in sources(folder, list(only)):
        try:
            cells = read(path, hints)
        except SourceError as error:
            problems.append(str(error))
            continue
        run_time, name = in_words(times.get(path.name[:2])), f"{path.stem}.ipynb"
        built[target / name] = to_bytes(student(cells, run_time))
        built[target / "solutions" / name] = to_bytes(solutions(cells, run_time, name))
    if problems:
        raise SourceError("\n".join(problems))
    return built


def left_over(target: Path, built: Iterable[Path]) -> list[Path]:
    """Return the lesson notebooks under ``target`` that no source makes."""
    there = [*target.glob(NOTEBOOK_GLOB), *(target / "solutions").glob(NOTEBOOK_GLOB)]
    return sorted(set(there) - set(built))


def main(arguments: list[str] | None = None, folder: Path = HERE, target: Path = HERE.parent) -> int:
    """Build, or check what is there; return the exit status."""
    parser = argparse.ArgumentParser(description="Build the lessons' notebooks from their sources.")
    parser.add_argument("lessons", nargs="*", metavar="NN", help="build only these lessons")
    parser.add_argument("--check", action="store_true", help="write nothing; fail on a difference")
    options = parser.parse_args(arguments)
    try:
        built = build(folder, target, options.lessons)
    except SourceError as error:
        print(error, file=sys.stderr)
        return 1
    changed = [path for path, content in built.items() if not path.exists() or path.read_bytes() != content]
    gone = [] if options.lessons else left_over(target, built)
    for path in changed:
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(built[path])
    for path in gone:
        if not options.check:
            path.unlink()
    stream = sys.stderr if options.check else sys.stdout
    words = ("differs from its source", "has no source") if options.check else ("written", "removed")
    for paths, word in ((changed, words[0]), (gone, words[1])):
        for path in paths:
            print(f"{path.relative_to(target.parent).as_posix()}: {word}", file=stream)
    if options.check and (changed or gone):
        print("run: python notebooks/source/build.py", file=stream)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
