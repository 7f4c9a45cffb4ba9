"""The loader of the widgets' JavaScript: scopes, order, and an error with its line for anything else."""

import json
import shutil
import subprocess

import pytest

from hgmrl_lite.widgets.modules import bundle

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(
    NODE is None, reason="Node.js is not installed: nothing else here runs JavaScript"
)


@pytest.fixture
def write(tmp_path):
    """Return write(name=text, ...), which returns the first file's path."""

    def write(**files):
        paths = [tmp_path / f"{name}.js" for name in files]
        for path, text in zip(paths, files.values(), strict=True):
            path.write_text(text)
        return paths[0]

    return write


def exports(path):
    """Return what a module exports, as Node reads it; functions are called without arguments."""
    script = (
        f"const lib = await import({json.dumps(path.as_uri())});"
        "const show = (value) => (typeof value === 'function' ? value() : value);"
        "console.log(JSON.stringify(Object.fromEntries(Object.entries(lib).map(([k, v]) => [k, show(v)]))));"
    )
    done = subprocess.run(
        [NODE, "--input-type=module", "--eval", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def same_in_node(path):
    """Return what a file exports, once Node has read it as it is and bundled, with equal results."""
    whole = path.with_name("bundled.mjs")
    whole.write_text(bundle(path))
    (path.parent / "package.json").write_text('{"type": "module"}')
    assert exports(whole) == exports(path)
    return exports(path)


@needs_node
def test_two_files_may_have_private_names_alike(write):
    entry = write(
        entry='import { one } from "./one.js";\nimport { two } from "./two.js";\n'
        "const secret = 3;\nexport const all = [one(), two(), secret];\n",
        one="const secret = 1;\nexport function one() { return secret; }\n",
        two="const secret = 2;\nexport const two = () => secret;\n",
    )
    assert same_in_node(entry) == {"all": [1, 2, 3]}


@needs_node
def test_a_file_that_two_import_runs_once_and_before_both(write):
    entry = write(
        entry='import { left } from "./left.js";\nimport { right } from "./right.js";\n'
        "export const seen = [left, right];\n",
        left='import { next as count } from "./shared.js";\nexport const left = count();\n',
        right='import { next, } from "./shared.js"\nexport const right = next();\n',
        shared="let number = 0;\nfunction next() { return (number += 1); }\nexport { next };\n",
    )
    assert same_in_node(entry) == {"seen": [1, 2]}


@needs_node
def test_an_import_holds_from_the_first_line_on(write):
    entry = write(
        entry='export const early = one + 1;\nimport { one } from "./one.js";\n',
        one="export const one = 1;\n",
    )
    assert same_in_node(entry) == {"early": 2}


@needs_node
def test_every_form_of_export(write):
    entry = write(
        entry='import { Shape, later, steps, area as size } from "./parts.js";\n'
        "export const text = `${new Shape().name} ${size(2)} ${[...steps()]}`;\n"
        "export async function wait() { return later(); }\n"
        "function ready() { return 7; }\nexport { ready as default, ready as made };\n",
        parts='export class Shape { name = "disc"; }\nexport async function later() {}\n'
        "export function* steps() { yield 1; yield 2; }\nexport const area = (r) => r * r;\n",
    )
    assert same_in_node(entry) == {"text": "disc 4 1,2", "wait": {}, "default": 7, "made": 7}


# Each line holds words or signs that a careless reader takes for code.
TRICKS = r"""
// import { a } from "./nowhere.js"; export { b };
/* export default 1;
import "./nowhere.js"; */
const double = "import { a } from './nowhere.js'; // \" export";
const single = 'export * from "./nowhere.js" \' /* ';
const template = `import { a } from "./nowhere.js";
export { ${["`", '}', `inner ${"export " + 1}`].join("{")} } \${ \` `;
const regex = [/import\s*{[/}"'`]*}/.source, /[/]export"/g.source, "a/b".split(/\//).length];
const half = (1 + 1) / 2 / 1, list = [8][0] / 2; let step = 2; const part = step++ / 2;
const inIf = (() => { if (half) /"/.test("x"); return typeof /'/; })();
const object = { import: 1, export: 2 }, sum = object.import + object?.export / 2;
const of = 4, quotient = object.of / 2 || .5/.25;
export const found = { double, single, template, regex, half, list, part, inIf, sum, of, quotient };
"""


@needs_node
def test_strings_comments_templates_and_regular_expressions_are_left_alone(write):
    found = same_in_node(write(entry=TRICKS))["found"]
    assert found["template"] == 'import { a } from "./nowhere.js";\nexport { `{}{inner export 1 } ${ ` '
    assert found["regex"] == [r"import\s*{[/}\"'`]*}".replace('\\"', '"'), '[/]export"', 2]
    assert (found["half"], found["list"], found["part"], found["sum"], found["quotient"]) == (1, 4, 1, 2, 2)


def test_every_line_stays_where_it_was_after_its_file_begins(write):
    text = 'import {\n  a,\n  b,\n} from "./parts.js";\n\nexport const sum =\n  a + b; // here\n'
    entry = write(entry=text, parts="export const a = 1;\nexport const b = 2;\n")
    lines = bundle(entry).splitlines()
    # One line says which file begins, one for each of its imports takes the names.
    begin = next(number for number, line in enumerate(lines) if line.endswith("entry.js"))
    assert lines.index("  a + b; // here") - begin == 1 + text.splitlines().index("  a + b; // here") + 1


BAD = {
    "default import": ('\n\nimport plane from "./parts.js";', 3, "import as in"),
    "namespace import": ('\nimport * as parts from "./parts.js";', 2, "import as in"),
    "import for its effect": ('\nimport "./parts.js";', 2, "import as in"),
    "no names": ('import {} from "./parts.js";', 1, "import as in"),
    "string as a name": ('import { "a" as b } from "./parts.js";', 1, "import as in"),
    "dynamic import": ('\n\n\nconst late = () => import("./parts.js");', 4, "import as in"),
    "dynamic import in a function": (
        "\nfunction f() {\n  return import /* late */ ('./parts.js');\n}",
        3,
        "import as in",
    ),
    "import.meta": ("\nconst here = import.meta.url;", 2, "import as in"),
    "a package": ('import { select } from "d3";', 1, "only own files"),
    "an address": ('import { select } from "https://example.org/d3.js";', 1, "only own files"),
    "no such file": ('\nimport { one } from "./nowhere.js";', 2, "there is no file"),
    "no such name": ('/*\n*/ import { two } from "./parts.js";', 2, "parts.js exports no two"),
    "private name": ('import { hidden } from "./parts.js";', 1, "parts.js exports no hidden"),
    "default export": ("\nexport default 1;", 2, "export a function"),
    "export all": ('\nexport * from "./parts.js";', 2, "export a function"),
    "passing on": ('\nexport { one } from "./parts.js";', 2, "of this file"),
    "export let": ("\nexport let a = 1;", 2, "export a function"),
    "export of a pattern": ("\nexport const { a } = { a: 1 };", 2, "export a function"),
    "export of nothing": ("\n\nexport { nothing };", 3, "nothing is exported"),
    "doubtful slash": ("\n{ }\n/a/.test('a');", 3, "a slash after }"),
    "open template": ("\nconst a = `one ${2}", 2, "this template does not end"),
    "open regular expression": ("\nconst a = /one", 2, "this regular expression does not end"),
    "wrong bracket": ("\nconst a = 1];", 2, "this ] closes nothing"),
}


@pytest.mark.parametrize("name", BAD)
def test_anything_else_is_an_error_with_file_and_line(write, name):
    text, line, message = BAD[name]
    entry = write(entry=text, parts="export const one = 1;\nconst hidden = 2;\n")
    with pytest.raises(ValueError, match=rf"entry\.js, line {line}: .*{message}"):
        bundle(entry)


def test_an_error_names_the_file_that_has_it(write):
    entry = write(entry='import { one } from "./one.js";', one="\n\nexport default 1;")
    with pytest.raises(ValueError, match=r"one\.js, line 3: export a function"):
        bundle(entry)


@pytest.mark.parametrize("last", ["entry", "middle", "last"])
def test_files_that_import_each_other_are_an_error(write, last):
    entry = write(
        entry='import { b } from "./middle.js";\nexport const a = 1;',
        middle='import { c } from "./last.js";\nexport const b = 1;',
        last=f'\nimport {{ x }} from "./{last}.js";\nexport const c = 1;',
    )
    circle = " → ".join(
        f"{name}.js" for name in ["entry", "middle", "last"][["entry", "middle", "last"].index(last) :]
    )
    with pytest.raises(
        ValueError, match=rf"last\.js, line 2: files import each other: {circle} → {last}\.js"
    ):
        bundle(entry)
