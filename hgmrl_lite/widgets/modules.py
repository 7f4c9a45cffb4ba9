"""The widgets' JavaScript files as the one ES module that anywidget takes, their imports resolved.

Each file keeps a scope of its own: it becomes a function that is called once, after the files that it
imports, and returns what it exports. Node is needed neither to install nor to run this. Named imports from
own files and named exports are resolved; everything else is an error with file and line.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

_TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<number>\.?\d[\w.]*)
    |(?P<name>[\w$]+)
    |(?P<sign>\+\+|--|\?\.(?!\d)|.)""",
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/\w*")
_TEMPLATE = re.compile(r"(?:\\.|\$(?!\{)|[^\\`$])*(?:`|\$\{)", re.DOTALL)
# A slash after one of these begins a regular expression; after any other name, or a value, it divides.
_BEFORE_VALUE = {
    "await", "case", "delete", "do", "else", "in", "instanceof", "new", "of", "return", "throw", "typeof",
    "void", "yield",
}  # fmt: skip
_BEFORE_CONDITION = {"if", "while", "for", "with"}
_IMPORT_FORM = 'import as in: import { a, b as c } from "./file.js";'
_EXPORT_FORM = "export a function, a class, one const, or { a, b as c }"


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int
    # How many brackets are open around it.
    depth: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass
class _File:
    """One file: what it imports and exports, by the names there and here, and the changes of its text."""

    path: Path
    text: str
    imports: list[tuple[_Token, Path, list[tuple[str, str]]]] = field(default_factory=list)
    exports: dict[str, str] = field(default_factory=dict)
    stated: list[tuple[str, int]] = field(default_factory=list)
    pieces: list[tuple[int, int, str]] = field(default_factory=list)

    def fail(self, place: int, message: str) -> NoReturn:
        raise ValueError(f"{self.path}, line {self.text.count(chr(10), 0, place) + 1}: {message}")


def bundle(*entries: Path) -> str:
    """Return files with all that they import as one ES module, which exports what they export.

    Parameters
    ----------
    *entries : Path
        JavaScript files. Each may import names from files by relative paths, before all other code, and
        export functions, classes and single constants by name, the one that anywidget takes ``as default``.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        With file and line: an import or export of another form, a file or a name that is not there, files
        that import each other, or text in which a bracket or a slash has no clear meaning.
    """
    files: dict[Path, _File] = {}
    for entry in entries:
        _collect(entry.resolve(), files, ())
    name_of = {path: f"$file{number}" for number, path in enumerate(files)}
    parts = []
    for path, file in files.items():
        text = file.text
        for start, end, new in sorted(file.pieces, reverse=True):
            # Every line keeps its place in the file, for a browser's messages.
            text = text[:start] + new + "\n" * text.count("\n", start, end) + text[end:]
        takes = [f"const {{ {_pairs(names)} }} = {name_of[source]};" for _, source, names in file.imports]
        gives = f"return {{ {_pairs(file.exports.items())} }};"
        head = f"const {name_of[path]} = (() => {{ // {path.parent.name}/{path.name}"
        parts.append("\n".join([head, *takes, text, gives, "})();"]))
    for entry in entries:
        for name in files[entry.resolve()].exports:
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
    for token, source, names in file.imports:
        if source in (*above, path):
            circle = [each.name for each in (*above, path)[(*above, path).index(source) :]]
            file.fail(token.start, f"files import each other: {' → '.join([*circle, circle[0]])}")
        if not source.is_file():
            file.fail(token.start, f"there is no file {source}")
        _collect(source, files, (*above, path))
        for name, _ in names:
            if name not in files[source].exports:
                file.fail(token.start, f"{source.name} exports no {name}")
    files[path] = file


def _read(path: Path) -> _File:
    """Return a file with its imports and exports taken apart."""
    file = _File(path, path.read_text(encoding="utf-8"))
    tokens = _tokens(file)
    texts = [token.text for token in tokens]
    declared = set[str]()
    code = False
    at = 0
    while at < len(tokens):
        token = tokens[at]
        before = texts[at - 1] if at else ""
        after = texts[at + 1] if at + 1 < len(texts) else ""
        word = token.text if token.kind == "name" and before not in (".", "?.") else ""
        if word == "import" and (token.depth == 0 or after in ("(", ".")):
            at = _read_import(file, tokens, at, code)
            continue
        if word == "export" and token.depth == 0:
            at = _read_export(file, tokens, at)
        elif word and token.depth == 0 and before in ("const", "let", "function", "*", "class"):
            declared.add(word)
        code = True
        at += 1
    declared |= {here for _, _, names in file.imports for _, here in names}
    for here, place in file.stated:
        if here not in declared:
            file.fail(place, f"{here} is exported, and is no function, class or const of the file")
    return file


def _read_import(file: _File, tokens: list[_Token], at: int, code: bool) -> int:
    """Take ``import { … } from "…";`` apart; return the place behind it."""
    first = tokens[at]
    names, at = _read_names(file, tokens, at + 1, _IMPORT_FORM)
    rest = tokens[at : at + 2]
    if len(rest) < 2 or rest[0].text != "from" or rest[1].kind != "string":
        file.fail(first.start, _IMPORT_FORM)
    source = rest[1].text[1:-1]
    if not source.startswith(("./", "../")):
        file.fail(first.start, f"only own files can be imported, as ./file.js; got {source}")
    if code:
        file.fail(first.start, "imports stand before all other code")
    at, end = _semicolon(tokens, at + 2)
    file.pieces.append((first.start, end, ""))
    file.imports.append((first, (file.path.parent / source).resolve(), names))
    return at


def _read_export(file: _File, tokens: list[_Token], at: int) -> int:
    """Take an export apart; return the place of its last token that is no code."""
    first = tokens[at]
    words = [token.text for token in tokens[at + 1 : at + 5]]
    if words[:1] == ["{"]:
        names, at = _read_names(file, tokens, at + 1, _EXPORT_FORM)
        if at < len(tokens) and tokens[at].text == "from":
            file.fail(first.start, f"{_EXPORT_FORM}, of this file")
        at, end = _semicolon(tokens, at)
        file.pieces.append((first.start, end, ""))
        file.exports |= {there: here for here, there in names}
        file.stated += [(here, first.start) for here, _ in names]
        return at - 1
    signature = [word for word in words if word not in ("async", "*")]
    if (
        len(signature) < 2
        or signature[0] not in ("function", "class", "const")
        or not re.fullmatch(r"[\w$]+", signature[1])
    ):
        file.fail(first.start, _EXPORT_FORM)
    file.pieces.append((first.start, tokens[at + 1].start, ""))
    file.exports[signature[1]] = signature[1]
    return at


def _read_names(file: _File, tokens: list[_Token], at: int, form: str) -> tuple[list[tuple[str, str]], int]:
    """Read ``{ a, b as c }`` as (a, a), (b, c); return it with the place behind it."""
    ends = [k for k in range(at, len(tokens)) if tokens[k].text == "}"]
    if tokens[at : at + 1] and tokens[at].text == "{" and ends:
        inside = " ".join(token.text for token in tokens[at + 1 : ends[0]])
        pairs = [re.fullmatch(r"([\w$]+)(?: as ([\w$]+))?", part.strip()) for part in inside.split(" ,")]
        if pairs and pairs[-1] is None and inside.endswith(","):
            pairs.pop()
        if all(pairs):
            return [(pair[1], pair[2] or pair[1]) for pair in pairs if pair], ends[0] + 1
    file.fail(tokens[at - 1].start, form)


def _semicolon(tokens: list[_Token], at: int) -> tuple[int, int]:
    """Return the place behind an optional semicolon, and where the statement ends in the text."""
    if at < len(tokens) and tokens[at].text == ";":
        at += 1
    return at, tokens[at - 1].end


def _tokens(file: _File) -> list[_Token]:
    """Cut a text into tokens; comments are left out, strings, templates and regular expressions are whole."""
    text, tokens = file.text, list[_Token]()
    # Each open bracket with the word before it; a template's ${ stands here too.
    brackets: list[tuple[str, str]] = []
    condition = False
    at = 0
    while at < len(text):
        last = tokens[-1] if tokens else _Token("sign", ";", 0, 0)
        member = len(tokens) > 1 and tokens[-2].text in (".", "?.")
        match = _TOKEN.match(text, at)
        assert match is not None
        kind = str(match.lastgroup)
        if match[0] == "`" or (match[0] == "}" and brackets and brackets[-1][0] == "${"):
            if match[0] == "}":
                brackets.pop()
            match = _TEMPLATE.match(text, at + 1) or file.fail(at, "this template does not end")
            kind = "template"
            tokens.append(_Token(kind, text[at : match.end()], at, len(brackets)))
            if match[0].endswith("${"):
                brackets.append(("${", ""))
                tokens.append(_Token("sign", "(", match.end(), len(brackets)))
            at = match.end()
            continue
        if match[0] == "/" and kind == "sign":
            if last.text == "}":
                file.fail(at, "a slash after } may divide or begin a regular expression: write it otherwise")
            value = last.kind in ("string", "number", "template", "regex") or last.text in ("]", "++", "--")
            value |= last.kind == "name" and (member or last.text not in _BEFORE_VALUE)
            value |= last.text == ")" and not condition
            if not value:
                match = _REGEX.match(text, at) or file.fail(at, "this regular expression does not end")
                kind = "regex"
        if kind == "sign" and match[0] in "([{":
            brackets.append((match[0], "" if member else last.text))
        if kind == "sign" and match[0] in ")]}":
            if not brackets or brackets[-1][0] + match[0] not in ("()", "[]", "{}"):
                file.fail(at, f"this {match[0]} closes nothing")
            condition = brackets.pop()[1] in _BEFORE_CONDITION
        if kind != "blank":
            tokens.append(_Token(kind, match[0], at, len(brackets)))
        at = match.end()
    if brackets:
        file.fail(len(text), f"a {brackets[-1][0]} is not closed")
    return tokens
