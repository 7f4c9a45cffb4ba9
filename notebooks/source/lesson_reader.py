"""Read a lesson's source, and say in words what is wrong with it. The format is described in ``build.py``."""

import ast
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import jupytext

LONGEST_CODE = 25

# What jupytext notes about a cell's layout in the text, beside what its first line says.
_LAYOUT = ("cell_marker", "lines_to_next_cell", "lines_to_end_of_cell_marker")
_MARKER = re.compile(r"#\s*%%")
_EXERCISE_ID = re.compile(r"(\d\d)\.\d+")


@dataclass(frozen=True)
class Cell:
    """One cell of a source: its kind ("markdown" or "code"), text, tags, number from 1, and first line."""

    kind: str
    text: str
    tags: tuple[str, ...]
    number: int
    line: int

    @property
    def role(self) -> str:
        """The first tag, or nothing."""
        return self.tags[0] if self.tags else ""


class SourceError(ValueError):
    """A source is malformed; the message has one line for each problem: file, cell, line, what is wrong."""


def hints_of(exercise: str) -> int | None:
    """Return how many hints the package has for an exercise; None when it has no such exercise."""
    from hgmrl_lite.course.exercise import exercises_of

    found = [len(known.hints) for known in exercises_of(exercise[:2]) if known.id == exercise]
    return found[0] if found else None


def read(path: Path, hints: Callable[[str], int | None] = hints_of) -> list[Cell]:
    """Return the cells of a source, or raise a SourceError that lists everything wrong with it."""
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    lines = _marker_lines(text)
    cells: list[Cell] = []
    problems: list[tuple[int, int, str]] = []
    parsed = jupytext.reads(text, fmt="py:percent").cells if lines else []
    if not lines or len(parsed) != len(lines):
        problems.append((1, 1, 'the file must start with a cell: "# %%" or "# %% [markdown]"'))
        parsed = []
    for number, (line, entry) in enumerate(zip(lines, parsed, strict=False), start=1):
        metadata = {key: value for key, value in entry.metadata.items() if key not in _LAYOUT}
        tags = metadata.pop("tags", [])
        known = entry.cell_type in ("markdown", "code") and not metadata
        if not known or not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            problems.append(
                (number, line, 'after "# %%" only [markdown] and tags=["...", ...] are understood')
            )
            tags = []
        kind = "markdown" if entry.cell_type == "markdown" else "code"
        cells.append(Cell(kind, entry.source, tuple(tags), number, line))
    if not problems:
        problems = [
            (cell.number, cell.line, message) for cell, message in _problems(cells, path.name[:2], hints)
        ]
    if problems:
        raise SourceError(
            "\n".join(
                f"{path.as_posix()}, cell {number}, line {line}: {message}"
                for number, line, message in sorted(problems)
            )
        )
    return cells


def _marker_lines(text: str) -> list[int]:
    """Return the lines on which a cell begins; a marker inside a string is none."""
    try:
        tokens = list(tokenize.generate_tokens(StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        # A lesson that is not Python is reported for its cell; the markers are found without the tokens.
        return [number for number, line in enumerate(text.split("\n"), start=1) if _MARKER.match(line)]
    return [
        token.start[0]
        for token in tokens
        if token.type == tokenize.COMMENT and token.start[1] == 0 and _MARKER.match(token.string)
    ]


def _problems(
    cells: list[Cell], lesson: str, hints: Callable[[str], int | None]
) -> Iterator[tuple[Cell, str]]:
    """Yield what is wrong with a lesson, each with the cell it is in."""
    first = cells[0]
    if first.kind != "markdown" or not first.text.startswith("# "):
        yield first, 'the first cell must be text that starts with the title: "# # NN · Title"'
    for cell in cells:
        yield from ((cell, message) for message in _cell_problems(cell))
    seen: set[str] = set()
    for cell in cells:
        if cell.role != "exercise" or len(cell.tags) != 2:
            continue
        name = cell.tags[1]
        if name in seen:
            yield cell, f"exercise {name} exists already"
        seen.add(name)
        if "..." not in cell.text:
            yield cell, f"the stub of exercise {name} has no ... where the student's work goes"
        if not _EXERCISE_ID.fullmatch(name) or not name.startswith(lesson):
            yield cell, f'an exercise of this lesson is called "{lesson}.1", "{lesson}.2", ..., not "{name}"'
        elif not (count := hints(name)):
            what = "is not defined" if count is None else "has no hints"
            yield cell, f"exercise {name} {what} in hgmrl_lite/course/lesson_{lesson}.py"
    yield from _order_problems(cells)


def _cell_problems(cell: Cell) -> Iterator[str]:
    """Yield what is wrong with one cell on its own."""
    needed = {"": 0, "exercise": 2, "solution": 2, "check": 1, "folded": 1}
    if cell.role not in needed:
        yield f'unknown tag "{cell.role}"; known are exercise, solution, check, folded'
    elif len(cell.tags) != needed[cell.role]:
        form = f'["{cell.role}", "NN.k"]' if needed[cell.role] == 2 else f'["{cell.role}"]'
        yield f"the tags of this cell must be {form}, not {list(cell.tags)}"
    if not cell.text.strip():
        yield "the cell is empty"
    if cell.kind == "markdown":
        if cell.tags:
            yield "a text cell has no tags"
        return
    length = cell.text.count("\n") + 1
    if length > LONGEST_CODE:
        yield f"the code has {length} lines, more than {LONGEST_CODE}: move work to the package, or split it"
    try:
        parse(cell)
    except SyntaxError as error:
        yield f"not Python, {error.msg} in line {cell.line + (error.lineno or 1)}"


def _order_problems(cells: list[Cell]) -> Iterator[tuple[Cell, str]]:
    """Yield where stub, solution and check do not follow each other."""
    stub: Cell | None = None
    solution: Cell | None = None
    for cell in [*cells, Cell("markdown", "", (), len(cells) + 1, 0)]:
        name = stub.tags[-1] if stub else ""
        if cell.role == "solution":
            if stub is None or solution is not None or cell.tags[-1] != name:
                yield cell, f"solution {cell.tags[-1]} has no stub right before it"
                continue
            solution = cell
            missing = sorted(set(defined_names(stub)) - set(defined_names(cell)))
            if missing:
                yield cell, f"solution {name} does not define {', '.join(missing)}, as its stub does"
            continue
        if stub is not None and solution is None:
            yield stub, f"exercise {name} has no solution right after it"
        if cell.role == "check":
            if stub is None:
                yield cell, "this check has no exercise before it"
            elif not re.search(rf"course\.check\(\s*[\"']{re.escape(name)}[\"']", cell.text):
                yield cell, f'the check of exercise {name} must call course.check("{name}", ...)'
        elif stub is not None:
            yield stub, f"exercise {name} has no check right after its solution"
        stub, solution = (cell if cell.role == "exercise" else None), None


def parse(cell: Cell) -> ast.Module:
    """Parse a code cell; lines of IPython's magic count as ``pass``."""
    return ast.parse(re.sub(r"(?m)^[%!].*$", "pass", cell.text))


def defined_names(cell: Cell) -> Iterator[str]:
    """Yield the names that a code cell defines at its top level."""
    try:
        tree = parse(cell)
    except SyntaxError:
        return
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name))
