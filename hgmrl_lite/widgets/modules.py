"""The widgets' JavaScript files as the one ES module that anywidget takes, their imports resolved.

Each file keeps a scope of its own: it becomes a function that is called once, after the files that it
imports, and returns what it exports. Node is needed neither to install nor to run this. Named imports from
own files and named exports are resolved, each at the beginning of a line, which nothing else may begin with
``import`` or ``export``; every other form is an error with file and line.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NoReturn

_NAMES = r"\{\s*([\w$]+(?:\s+as\s+[\w$]+)?(?:\s*,\s*[\w$]+(?:\s+as\s+[\w$]+)?)*)\s*,?\s*\}"
_IMPORT = re.compile(rf"import\s*{_NAMES}\s*from\s*([\"'])([^\"'\n]*)\2;?")
_EXPORT_NAMES = re.compile(rf"export\s*{_NAMES}(?!\s*from\b);?")
_EXPORT = re.compile(r"export\s+(?=(?:(?:async\s+)?function\b\s*\*?|class\b|const\b)\s*([\w$]+))")
# A line that begins with one of the words; import(…) and import.meta anywhere but in a comment's line.
_WORD = re.compile(
    r"^[^\S\n]*(import|export)\b(?!\s*:)|^(?![^\S\n]*(?://|/?\*)).*\b(import)\s*[(./]", re.MULTILINE
)
_FORM = {
    "import": 'import as in: import { a, b as c } from "./file.js";',
    "export": "export a function, a class, one const, or { a, b as c } of this file",
}

_Names = list[tuple[str, str]]


@dataclass(frozen=True)
class _File:
    """One file: its text, what it imports and exports, by the names there and here, and the text without."""

    path: Path
    text: str
    imports: list[tuple[int, Path, _Names]]
    exports: _Names
    body: str

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
        With file and line: an import or export of another form, a file or a name that is not there, or files
        that import each other.
    """
    files: dict[Path, _File] = {}
    for entry in entries:
        _collect(entry.resolve(), files, ())
    name_of = {path: f"$file{number}" for number, path in enumerate(files)}
    parts = []
    for path, file in files.items():
        takes = [f"const {{ {_pairs(names)} }} = {name_of[source]};" for _, source, names in file.imports]
        gives = f"return {{ {_pairs(file.exports)} }};"
        head = f"const {name_of[path]} = (() => {{ // {path.parent.name}/{path.name}"
        parts.append("\n".join([head, *takes, file.body, gives, "})();"]))
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
    text = path.read_text(encoding="utf-8")
    file = _File(path, text, [], [], text)
    body, end = [], 0
    for word in _WORD.finditer(text):
        start = word.start()
        if match := _IMPORT.match(text, start):
            if not match[3].startswith(("./", "../")):
                file.fail(start, f"only own files can be imported, as ./file.js; got {match[3]}")
            file.imports.append((start, (path.parent / match[3]).resolve(), _pairs_of(match[1])))
        elif match := _EXPORT_NAMES.match(text, start):
            file.exports.extend((there, here) for here, there in _pairs_of(match[1]))
        elif match := _EXPORT.match(text, start):
            file.exports.append((match[1], match[1]))
        else:
            file.fail(start, _FORM[word[1] or word[2]])
        # Every line keeps its place in the file, for a browser's messages.
        body += [text[end:start], "\n" * match[0].count("\n")]
        end = match.end()
    return replace(file, body="".join([*body, text[end:]]))


def _pairs_of(names: str) -> _Names:
    """Read ``a, b as c`` as (a, a), (b, c)."""
    words = [name.split() for name in names.split(",")]
    return [(one[0], one[-1]) for one in words]
