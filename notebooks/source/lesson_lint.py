"""What makes a lesson complete and honest, beyond a source that can be built.

    python notebooks/source/lesson_lint.py          name everything that a lesson or a document still lacks

Each rule takes the cells of a source and yields complaints. The header is the first cell; it has
``**You will be able to**``, ``**Prerequisites**``, ``**Minutes** 60`` and ``**Run time** {{run_time}}``. The
last sections are "Key points" and "Further reading", with a section "Next" after them where that is wanted;
the last text leads to the next lesson by a link, as soon as there is one. A cell that makes a figure
(it calls ``plots...`` or ``plt...``) describes it: ``course.figure(plots.orbits(...), alt="...")``. What the
builder itself refuses, such as a long cell or an exercise without its check, is in ``lesson_reader.py``.
"""

import ast
import json
import re
import symtable
import sys
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import build
from lesson_reader import Cell, SourceError, defined_names, parse, read

_HEADER = {
    "the objectives": r"\*\*You will be able to\*\*",
    "the prerequisites": r"\*\*Prerequisites\*\*\s*[^\s*]",
    "the minutes": r"\*\*Minutes\*\*\D{0,10}\d",
    "the run time": r"\*\*Run time\*\*\s*{{run_time}}",
}
_CLOSING = ["key points", "further reading"]
_IMAGE = re.compile(r"!\[([^\]]*)\]\(|<img\b([^>]*)>", re.IGNORECASE)
# NumPy's own generator needs a seed; the old functions and those of the standard library share one state.
_SEEDED_CLASSES = ("default_rng", "RandomState", "SeedSequence", "Random")
_TITLE = re.compile(r"(?<!\*)\*(?!\*)([^*]+)\*(?!\*)")
# A year, but not the first half of an arXiv number.
_YEAR = re.compile(r"\b(?:19|20)\d\d\b(?!\.\d)")
# "Fu et al. 2021", "Fu and Li (2021)", "Bochner, 1945".
_CITATION = re.compile(
    r"\b([A-Z]\w+)(?: et al\.,? \(?|(?: and [A-Z]\w+)?(?:, | \())((?:19|20)\d\d)\b(?!\.\d)"
)
_TORCH_DRAWS = ("rand", "randn", "randint", "randperm", "normal", "bernoulli", "multinomial")


def header(cells: list[Cell]) -> Iterator[str]:
    """The first cell says what the lesson is for, what it needs and how long it takes."""
    for name, pattern in _HEADER.items():
        if not re.search(pattern, cells[0].text):
            yield f"line {cells[0].line}: missing in the header: {name}"


def first_figure(cells: list[Cell]) -> Iterator[str]:
    """The first code cell alone makes the figure to drag: of two, the second may run before the first."""
    first = next((cell for cell in cells if cell.kind == "code"), None)
    if first is None:
        return
    tree = parse(first)
    last = tree.body[-1] if tree.body else None
    shown = last.value.func if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) else None
    name = shown.id if isinstance(shown, ast.Name) else ""
    if not _imports(tree).get(name, "").startswith("hgmrl_lite.widgets."):
        yield f"line {first.line}: the first code cell must end with the lesson's first widget"


def headings(cells: list[Cell]) -> Iterator[str]:
    """One title, levels without gaps, and the closing sections in their order."""
    found = [
        (cell, *heading) for cell in cells if cell.kind == "markdown" for heading in _headings(cell.text)
    ]
    before = 0
    for position, (cell, level, text) in enumerate(found):
        if position and level == 1:
            yield f'line {cell.line}: "{text}" is a second title'
        if level > before + 1:
            yield f'line {cell.line}: "{text}" has level {level} right after level {before}'
        before = level
    last = [text.casefold() for _, level, text in found if level == 2]
    if last and last[-1].startswith("next"):
        last.pop()
    if last[-2:] != _CLOSING:
        yield f"the last sections must be {' and '.join(_CLOSING)}, not {', '.join(last[-2:]) or 'none'}"


def bridge(cells: list[Cell], following: str | None) -> Iterator[str]:
    """The last text leads to the notebook of the following lesson."""
    last = [cell.text for cell in cells if cell.kind == "markdown"][-1]
    if following and f"]({following})" not in last:
        yield f"the last text has no link to the next lesson, {following}"


def alternatives(cells: list[Cell]) -> Iterator[str]:
    """Every image and every static figure has a description."""
    for cell in cells:
        if cell.kind == "markdown":
            for image in _IMAGE.finditer(cell.text):
                described = image[1] or re.search(r"""\balt=(["'])\s*\S.*?\1""", image[2] or "")
                if not described:
                    yield f"line {cell.line}: an image has no alt text: {image[0]}"
            continue
        calls = [node for node in ast.walk(parse(cell)) if isinstance(node, ast.Call)]
        makers = [_dotted(node.func).split(".")[0] for node in calls]
        # Many calls of Matplotlib make one figure, each of the package's functions makes its own.
        figures = makers.count("plots") + ("plt" in makers)
        if sum(map(_describes, calls)) < figures:
            yield f'line {cell.line}: a figure has no description: course.figure(..., alt="...")'


def seeds(cells: list[Cell]) -> Iterator[str]:
    """Random numbers come from a seed that the reader sees."""
    imported: dict[str, str] = {}
    for cell in cells:
        if cell.kind != "code":
            continue
        tree = parse(cell)
        imported |= _imports(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                shown = _dotted(node.func)
                head, dot, rest = shown.partition(".")
                if not _seeded(imported.get(head, head) + dot + rest, node):
                    yield f"line {cell.line}: {shown}(...) draws without a seed of its own"


def _seeded(name: str, call: ast.Call) -> bool:
    """Tell whether a call by its full name draws no random numbers, or draws them from a seed."""
    module, _, function = name.rpartition(".")
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    values = [*call.args, *given.values()]
    if "seed" in given and _is_none(given["seed"]):
        return False
    if function in _SEEDED_CLASSES:
        return bool(values) and not _is_none(values[0])
    if module in ("np.random", "numpy.random", "random"):
        return False
    if module == "torch" and function in _TORCH_DRAWS:
        return "generator" in given
    # An environment of Gymnasium draws its start, and its spaces draw actions.
    if function == "sample" and module.endswith("_space"):
        return False
    return function != "reset" or "seed" in given


def independence(cells: list[Cell]) -> Iterator[str]:
    """No other cell uses what an exercise defines: the lesson goes on without the student's answer."""
    owned: set[str] = set()
    previous = ""
    for cell in cells:
        if cell.kind != "code":
            continue
        if cell.role in ("exercise", "solution"):
            owned |= set(defined_names(cell))
        elif not (cell.role == "check" and previous == "solution"):
            used, made = _global_names(cell)
            for name in sorted((used & owned) - made):
                yield f"line {cell.line}: {name} belongs to an exercise; use the package's own"
            owned -= made
        previous = cell.role


def exercises(cells: list[Cell], registered: tuple[str, ...]) -> Iterator[str]:
    """Three to five exercises (lesson 00 may have fewer, the capstone none), all that the package defines."""
    used = [cell.tags[1] for cell in cells if cell.role == "exercise"]
    free = re.match(r"#\s+(00\b|\d\d · Capstone)", cells[0].text)
    if not free and not 3 <= len(used) <= 5:
        yield f"a lesson has 3 to 5 exercises, this one has {len(used)}"
    for name in registered:
        if name not in used:
            yield f"exercise {name} is defined in the package, but the lesson does not ask it"


def citations(cells: list[Cell], bibliography: str) -> Iterator[str]:
    """Every work that is cited, in the text or as further reading, is in the bibliography."""
    known = [_one_line(entry) for entry in re.findall(r"(?ms)^- (.+?)(?=^- |^#|\Z)", bibliography)]
    titles = {(title.casefold(), entry) for entry in known for title in _TITLE.findall(entry)}
    text = "\n\n".join(cell.text for cell in cells if cell.kind == "markdown")
    before, _, rest = text.partition("## Further reading")
    reading, _, after = rest.partition("\n## ")
    for item in re.findall(r"(?ms)^- (.+?)(?=^- |\Z)", reading):
        item = _one_line(item)
        title, year = _TITLE.search(item), _YEAR.search(item)
        if not title or not year:
            yield f'further reading names no *title* and year: "{item[:50]}"'
        elif not any(name == title[1].casefold() and year[0] in entry for name, entry in titles):
            yield f"not in BIBLIOGRAPHY.md: {title[1]}, {year[0]}"
    for name, year in _CITATION.findall(_one_line(_without_code(before + after))):
        if not any(name in entry and year in entry for entry in known):
            yield f"not in BIBLIOGRAPHY.md: {name}, {year}"


def links(notebook: Path, texts: list[str]) -> Iterator[str]:
    """Every link to a file leads to one, every anchor to a heading. ``texts`` are the text cells."""
    for text in texts:
        for match in build.TARGET.finditer(_without_code(text)):
            target = urllib.parse.unquote(match[2])
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            file, _, anchor = target.partition("#")
            path = notebook.parent / file if file else notebook
            if not path.exists():
                yield f"{notebook.name}: {target} leads to no file"
            elif (
                anchor and path.suffix in (".ipynb", ".md") and anchor not in _anchors(path, notebook, texts)
            ):
                yield f"{notebook.name}: {target} leads to no heading"


def measured(lesson: str, times: dict[str, Any]) -> Iterator[str]:
    """The run time that stands in the header was measured."""
    if lesson not in times:
        yield "the run time is not measured: python -m benchmarks lessons"


def outputs(notebook: dict[str, Any]) -> Iterator[str]:
    """A notebook is committed as nobody has run it."""
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell.get("outputs") or cell.get("execution_count") is not None:
            yield f"cell {number} has an output: build the notebooks anew, they are not edited"


def documents(root: Path) -> list[str]:
    """Return every link of the repository's documents that leads nowhere."""
    paths = sorted([*root.glob("*.md"), *(root / "notebooks").glob("*.md")])
    return [complaint for path in paths for complaint in links(path, [path.read_text(encoding="utf-8")])]


def lint(path: Path, target: Path) -> list[str]:
    """Return everything that one lesson lacks; its notebooks lie under ``target``."""
    from hgmrl_lite.course.exercise import exercises_of

    cells = read(path)
    rules: tuple[Callable[[list[Cell]], Iterator[str]], ...] = (
        header,
        first_figure,
        headings,
        alternatives,
        seeds,
        independence,
    )
    complaints = [complaint for rule in rules for complaint in rule(cells)]
    after = f"{int(path.name[:2]) + 1:02}_*.py"
    complaints += bridge(cells, next((f"{source.stem}.ipynb" for source in path.parent.glob(after)), None))
    complaints += exercises(cells, tuple(exercise.id for exercise in exercises_of(path.name[:2])))
    complaints += citations(cells, (target / "BIBLIOGRAPHY.md").read_text(encoding="utf-8"))
    complaints += measured(path.name[:2], build.run_times(path.parent / "run_times.json"))
    name = f"{path.stem}.ipynb"
    for place, notebook in (
        (target / name, build.student(cells, "")),
        (target / "solutions" / name, build.solutions(cells, "", name)),
    ):
        complaints += links(place, _markdown(notebook))
        if place.exists():
            complaints += outputs(json.loads(place.read_text(encoding="utf-8")))
    return complaints


def _global_names(cell: Cell) -> tuple[set[str], set[str]]:
    """Return the global names that a code cell uses and those that it makes, imports included."""
    top = symtable.symtable(ast.unparse(parse(cell)), "cell", "exec")
    made = {one.get_name() for one in top.get_symbols() if one.is_assigned() or one.is_imported()}
    used = {one.get_name() for one in top.get_symbols() if one.is_referenced()}
    tables = list(top.get_children())
    while tables:
        table = tables.pop()
        used |= {one.get_name() for one in table.get_symbols() if one.is_referenced() and one.is_global()}
        tables += table.get_children()
    return used, made


def _headings(text: str) -> list[tuple[int, str]]:
    """Return level and text of the headings of a Markdown text."""
    found = re.findall(r"(?m)^(#{1,6})\s+(.+?)\s*#*$", _without_fences(text))
    return [(len(marks), title) for marks, title in found]


def _without_code(text: str) -> str:
    """Leave out fenced and inline code of a Markdown text."""
    return re.sub(r"`[^`\n]*`", "", _without_fences(text))


def _without_fences(text: str) -> str:
    """Leave out fenced code of a Markdown text."""
    return re.sub(r"(?ms)^```.*?^```", "", text)


def _imports(tree: ast.Module) -> dict[str, str]:
    """Return what the imported names of a cell stand for, such as "numpy" for np."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {one.asname: one.name for one in node.names if one.asname}
        elif isinstance(node, ast.ImportFrom):
            names |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return names


def _describes(call: ast.Call) -> bool:
    """Tell whether a call gives a description that is not blank."""
    alt = [keyword.value for keyword in call.keywords if keyword.arg == "alt"]
    return bool(alt) and not (isinstance(alt[0], ast.Constant) and not str(alt[0].value or "").strip())


def _one_line(text: str) -> str:
    """Return a text without its line breaks."""
    return " ".join(text.split())


def _is_none(node: ast.expr) -> bool:
    """Tell whether an expression is None."""
    return isinstance(node, ast.Constant) and node.value is None


def _dotted(node: ast.expr) -> str:
    """Return the dotted name that an expression is, or an empty text."""
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _markdown(notebook: dict[str, Any]) -> list[str]:
    """Return the text cells of a notebook."""
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]


def _anchors(path: Path, notebook: Path, texts: list[str]) -> set[str]:
    """Return the anchors of a file: JupyterLab's for a notebook, GitHub's for a Markdown file."""
    if path.suffix == ".md":
        titles = [title for _, title in _headings(path.read_text(encoding="utf-8"))]
        return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    if path.resolve() != notebook.resolve():
        texts = _markdown(json.loads(path.read_text(encoding="utf-8")))
    titles = [title for text in texts for _, title in _headings(text)]
    return {re.sub(r"[*_$`]", "", title).replace(" ", "-") for title in titles}


def main() -> int:
    """Check every lesson and document; return the exit status."""
    astray = documents(build.HERE.parents[1])
    for complaint in astray:
        print(complaint, file=sys.stderr)
    status = int(bool(astray))
    for path in build.sources(build.HERE):
        try:
            complaints = lint(path, build.HERE.parent)
        except SourceError as error:
            complaints = [str(error)]
        for complaint in complaints:
            print(f"{path.name}: {complaint}", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
