"""The widgets' JavaScript files as the one ES module that anywidget takes, their imports resolved.

Each file keeps a scope of its own: it becomes a function that is called once, after the files that it
imports, and returns what it exports. Node is needed neither to install nor to run this. Named imports from
own files and named exports are resolved; everything else is an error with file and line.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NoReturn

_PIECE = re.compile(
    r"""(?P<blank>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<word>\.?\d[\w.]*|[\w$]+)
    |(?P<sign>\+\+|--|.)""",
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/\w*")
_TEMPLATE = re.compile(r"[`}](?:\\.|\$(?!\{)|[^\\`$])*(?:`|\$\{)", re.DOTALL)
# A slash after one of these begins a regular expression; after any other word, or a value, it divides.
_BEFORE_VALUE = {
    "await", "case", "delete", "do", "else", "in", "instanceof", "new", "of", "return", "throw", "typeof",
    "void", "yield",
}  # fmt: skip
_BEFORE_CONDITION = {"if", "while", "for", "with"}
_NAMES = r"\{\s*([\w$]+(?:\s+as\s+[\w$]+)?(?:\s*,\s*[\w$]+(?:\s+as\s+[\w$]+)?)*)\s*,?\s*\}"
_IMPORT = re.compile(rf"import\s*{_NAMES}\s*from\s*([\"'])\s*\2;?")
_EXPORT_NAMES = re.compile(rf"export\s*{_NAMES}(?!\s*from\b);?")
_EXPORT = re.compile(r"export\s+(?=(?:(?:async\s+)?function\b\s*\*?|class\b|const\b)\s*([\w$]+))")
# import(…) and import.meta, wherever they stand.
_LATE = re.compile(r"\s*[(.]")
_DECLARED = re.compile(r"\b(?:function\b\s*\*?|class\b|const\b|let\b)\s*([\w$]+)")
_IMPORT_FORM = 'import as in: import { a, b as c } from "./file.js";'
_EXPORT_FORM = "export a function, a class, one const, or { a, b as c } of this file"

_Names = list[tuple[str, str]]


@dataclass
class _File:
    """One file: what it imports and exports, by the names there and here, and the changes of its text."""

    path: Path
    text: str
    imports: list[tuple[int, Path, _Names]] = field(default_factory=list)
    exports: _Names = field(default_factory=list)
    pieces: list[tuple[int, int]] = field(default_factory=list)

    def fail(self, place: int, message: str) -> NoReturn:
        raise ValueError(f"{self.path}, line {self.text.count(chr(10), 0, place) + 1}: {message}")


def bundle(*entries: Path) -> str:
    """Return files with all that they import as one ES module, which exports what they export.

    Parameters
    ----------
    *entries : Path
        JavaScript files. Each may import names from files by relative paths, and export functions, classes
        and single constants by name, the one that anywidget takes ``as default``.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        With file and line: an import or export of another form, a file or a name that is not there, files
        that import each other, or a slash or a bracket of which it is not clear what it means.
    """
    files: dict[Path, _File] = {}
    for entry in entries:
        _collect(entry.resolve(), files, ())
    name_of = {path: f"$file{number}" for number, path in enumerate(files)}
    parts = []
    for path, file in files.items():
        text = file.text
        for start, end in reversed(file.pieces):
            # Every line keeps its place in the file, for a browser's messages.
            text = text[:start] + "\n" * text.count("\n", start, end) + text[end:]
        takes = [f"const {{ {_pairs(names)} }} = {name_of[source]};" for _, source, names in file.imports]
        gives = f"return {{ {_pairs(file.exports)} }};"
        head = f"const {name_of[path]} = (() => {{ // {path.parent.name}/{path.name}"
        parts.append("\n".join([head, *takes, text, gives, "})();"]))
    for entry in entries:
        for name, _ in files[entry.resolve()].exports:
            target = "default" if name == "default" else f"const {name} ="
            parts.append(f"export {target} {name_of[entry.resolve()]}.{name};")
    return "\n".join(parts) + "\n"


def _pairs(names: Iterable[tuple[str, str]]) -> str:
    return ", ".join(there if there == here else f"{there}: {here}" for there, here in names)


def _collect(path: Path, files: dict[Path, _File], above: tuple[Path, ...]) -> None:
    """Read a file into ``files``, behind those that it imports."""
    if path in files:
        return
    file = _read(path)
    for place, source, names in file.imports:
        if source in (*above, path):
            circle = [each.name for each in (*above, path)[(*above, path).index(source) :]]
            file.fail(place, f"files import each other: {' → '.join([*circle, circle[0]])}")
        if not source.is_file():
            file.fail(place, f"there is no file {source}")
        _collect(source, files, (*above, path))
        for name, _ in names:
            if name not in dict(files[source].exports):
                file.fail(place, f"{source.name} exports no {name}")
    files[path] = file


@cache
def _read(path: Path) -> _File:
    """Return a file with its imports and exports taken apart; each is read once, for all widgets."""
    file = _File(path, path.read_text(encoding="utf-8"))
    code = _mask(file)
    declared = set[str]()
    stated: list[tuple[int, str]] = []
    depth = seen = 0
    for match in re.finditer(r"(?<![\w$.])(import|export|function|class|const|let)(?![\w$])", code):
        start = match.start()
        depth += sum(code.count(one, seen, start) for one in "([{")
        depth -= sum(code.count(one, seen, start) for one in ")]}")
        seen = start
        late = match[1] == "import" and _LATE.match(code, match.end())
        if depth and not late:
            continue
        if match[1] == "import":
            found = _IMPORT.match(code, start) or file.fail(start, _IMPORT_FORM)
            source = file.text[slice(*found.span())].split(found[2])[1]
            if not source.startswith(("./", "../")):
                file.fail(start, f"only own files can be imported, as ./file.js; got {source}")
            file.pieces.append(found.span())
            file.imports.append((start, (path.parent / source).resolve(), _pairs_of(found[1])))
            declared |= {here for _, here in file.imports[-1][2]}
        elif match[1] == "export" and (clause := _EXPORT_NAMES.match(code, start)):
            names = _pairs_of(clause[1])
            file.pieces.append(clause.span())
            file.exports += [(there, here) for here, there in names]
            stated += [(start, here) for here, _ in names]
        elif match[1] == "export":
            found = _EXPORT.match(code, start) or file.fail(start, _EXPORT_FORM)
            file.pieces.append(found.span())
            file.exports.append((found[1], found[1]))
        elif made := _DECLARED.match(code, start):
            declared.add(made[1])
    for place, here in stated:
        if here not in declared:
            file.fail(place, f"{here} is exported, and is no function, class or const of the file")
    return file


def _pairs_of(names: str) -> _Names:
    """Read ``a, b as c`` as (a, a), (b, c)."""
    words = [name.split() for name in names.split(",")]
    return [(one[0], one[-1]) for one in words]


def _mask(file: _File) -> str:
    """Return the text with blanks for what stands in comments, strings, templates and regular expressions."""
    text = file.text
    code: list[str] = []
    # Each open bracket with the word before it; a template's ${ is one too.
    brackets: list[tuple[str, str]] = []
    last = before = ";"
    condition = False
    at = 0
    while at < len(text):
        match = _PIECE.match(text, at)
        assert match is not None
        piece, kind = match[0], match.lastgroup
        inside = piece == "}" and bool(brackets) and brackets[-1][0] == "${"
        if piece == "`" or inside:
            piece = (_TEMPLATE.match(text, at) or file.fail(at, "this template does not end"))[0]
            kind = "value"
            if inside:
                brackets.pop()
        elif piece == "/":
            if last == "}":
                file.fail(at, "a slash after } may divide or begin a regular expression: write it otherwise")
            divides = last in ('"', "]", "++", "--") or (last == ")" and not condition)
            divides |= bool(re.match(r"[\w$.]*[\w$]$", last)) and (before == "." or last not in _BEFORE_VALUE)
            if not divides:
                piece = (_REGEX.match(text, at) or file.fail(at, "this regular expression does not end"))[0]
                kind = "value"
        elif piece in "([{":
            brackets.append((piece, "" if before == "." else last))
        elif piece in ")]}":
            if not brackets:
                file.fail(at, f"this {piece} closes nothing")
            condition = brackets.pop()[1] in _BEFORE_CONDITION
        if kind in ("word", "sign"):
            code.append(piece)
            before, last = last, piece
        else:
            hidden = re.sub(r"[^\n]", " ", piece)
            if kind == "string":
                hidden = piece[0] + hidden[1:-1] + piece[0]
            if inside:
                hidden = ")" + hidden[1:]
            if kind == "value" and piece.endswith("${"):
                hidden = hidden[:-1] + "("
                brackets.append(("${", ""))
            code.append(hidden)
            if kind != "blank":
                before, last = last, "(" if hidden.endswith("(") else '"'
        at += len(piece)
    return "".join(code)
