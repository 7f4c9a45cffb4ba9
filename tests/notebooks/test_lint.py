"""The lessons are complete and honest, and each rule that says so can say no."""

import json
from pathlib import Path

import lesson_lint as lint
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "notebooks" / "source"

HEADER = (
    "# 01 · A lesson\n\n**You will be able to** turn. **Prerequisites** vectors. **Minutes** about 30 · "
    "**Run time** {{run_time}}"
)
CLOSING = "## Key points\n\n- one\n\n## Further reading\n\n- a book\n\n## Next\n\n[Lesson 02](02_b.ipynb)"


def cells(*texts):
    """Make cells: a pair is a tag and code, a text after ``>>>`` is code, any other is Markdown."""
    made = []
    for number, text in enumerate(texts, start=1):
        tags, text = text if isinstance(text, tuple) else ((), text)
        tags = (tags,) if isinstance(tags, str) else tuple(tags)
        kind = "code" if tags or text.startswith(">>>") else "markdown"
        made.append(lint.Cell(kind, text.removeprefix(">>>").strip(), tags, number, 10 * number))
    return made


EXERCISE = (("exercise", "01.1"), "def turn(p):\n    ...")
SOLUTION = (("solution", "01.1"), "def turn(p):\n    return p")
CHECK = ("check", 'course.check("01.1", turn)')

GOOD = [
    (lint.header, [HEADER]),
    (
        lint.first_figure,
        [HEADER, ">>> from hgmrl_lite.widgets import OrbitExplorer\n\nOrbitExplorer()", ">>> 3"],
    ),
    (lint.headings, [HEADER, "## One\n\n### Two\n\n## Three", CLOSING]),
    (lint.headings, [HEADER, "```python\n# not a title\n```", CLOSING]),
    (lint.headings, [HEADER, CLOSING.split("## Next", maxsplit=1)[0]]),
    (lint.alternatives, [HEADER, "![An orbit](orbit.png)", '<img src="a.png" alt="A flow">']),
    (lint.alternatives, [HEADER, '>>> course.figure(plots.orbit(p), alt="A circle")', ">>> plots = 3"]),
    (lint.seeds, [HEADER, ">>> rng = np.random.default_rng(0)\nrng.normal()"]),
    (lint.seeds, [HEADER, ">>> torch.randn(3, generator=torch.Generator().manual_seed(0))"]),
    (lint.alternatives, [HEADER, '>>> plots.sphere_paths(p, alt="Two paths")']),
    (lint.alternatives, [HEADER, '>>> f, a = plt.subplots()\nplt.plot(x)\ncourse.figure(f, alt="A line")']),
    (lint.seeds, [HEADER, ">>> np.random.default_rng(np.random.SeedSequence(3))"]),
    (lint.seeds, [HEADER, ">>> from numpy.random import default_rng", ">>> default_rng(seed=0)"]),
    (lint.seeds, [HEADER, ">>> environment.reset(seed=0)\ncourse.reset_progress()\nrng.sample(3)"]),
    (lint.seeds, [HEADER, ">>> envs.explore(goal, 20, seed=seed)\nnormal(3)"]),
    (lint.independence, [HEADER, EXERCISE, SOLUTION, CHECK, ">>> lie.turn(p)"]),
    (lint.independence, [HEADER, EXERCISE, SOLUTION, CHECK, ">>> turn = lie.turn", ">>> turn(p)"]),
    (lint.independence, [HEADER, EXERCISE, SOLUTION, CHECK, ">>> from a import turn", ">>> turn(p)"]),
    (lint.independence, [HEADER, EXERCISE, SOLUTION, CHECK, ">>> def f(turn):\n    return turn(0)"]),
]

BAD = [
    (lint.header, [HEADER.replace("You will", "You may")], "line 10: missing in the header: the objectives"),
    (lint.header, [HEADER.replace("vectors.", "")], "missing in the header: the prerequisites"),
    (lint.header, [HEADER.replace("about 30", "some")], "missing in the header: the minutes"),
    (lint.header, [HEADER.replace("{{run_time}}", "10 s")], "missing in the header: the run time"),
    (lint.first_figure, [HEADER, ">>> import numpy as np", ">>> OrbitExplorer()"], "line 20: the first code"),
    (lint.first_figure, [HEADER, ">>> from hgmrl_lite.widgets import A\nA"], "must end with the lesson's"),
    (lint.headings, [HEADER, "# Two", CLOSING], 'line 20: "Two" is a second title'),
    (lint.headings, [HEADER, "### Deep", CLOSING], 'line 20: "Deep" has level 3 right after level 1'),
    (lint.headings, [HEADER, "## Key points"], "the last sections must be key points and further reading"),
    (lint.headings, [HEADER], "not none"),
    (lint.headings, [HEADER, CLOSING, "## Appendix"], "not next, appendix"),
    (lint.alternatives, [HEADER, "![](orbit.png)"], "line 20: an image has no alt text"),
    (lint.alternatives, [HEADER, '<img src="a.png" alt=" ">'], "an image has no alt text"),
    (lint.alternatives, [HEADER, '<img src="a.png">'], "an image has no alt text"),
    (lint.alternatives, [HEADER, ">>> plots.orbit(p)"], "line 20: a figure has no description"),
    (lint.alternatives, [HEADER, ">>> figure, axes = plt.subplots()"], "a figure has no description"),
    (lint.alternatives, [HEADER, '>>> course.figure(plots.a(p), alt=" ")'], "a figure has no description"),
    (lint.alternatives, [HEADER, '>>> plots.a(p, alt="A")\nplots.b(p)'], "a figure has no description"),
    (lint.seeds, [HEADER, ">>> np.random.default_rng()"], "line 20: np.random.default_rng(...) draws"),
    (lint.seeds, [HEADER, ">>> np.random.default_rng(None)"], "np.random.default_rng(...) draws"),
    (lint.seeds, [HEADER, ">>> np.random.default_rng(seed=None)"], "np.random.default_rng(...) draws"),
    (lint.seeds, [HEADER, ">>> from numpy.random import normal", ">>> normal(3)"], "normal(...) draws"),
    (lint.seeds, [HEADER, ">>> from numpy import random as r\nr.normal(3)"], "r.normal(...) draws"),
    (lint.seeds, [HEADER, ">>> import random as luck\nluck.random()"], "luck.random(...) draws"),
    (lint.seeds, [HEADER, ">>> envs.circle_tasks(3, seed=None)"], "envs.circle_tasks(...) draws"),
    (lint.seeds, [HEADER, ">>> environment.reset()"], "environment.reset(...) draws"),
    (lint.seeds, [HEADER, ">>> env.action_space.sample()"], "env.action_space.sample(...) draws"),
    (lint.seeds, [HEADER, ">>> np.random.normal(size=3)"], "np.random.normal(...) draws"),
    (lint.seeds, [HEADER, ">>> random.random()"], "random.random(...) draws"),
    (lint.seeds, [HEADER, ">>> torch.randn(3)"], "torch.randn(...) draws"),
    (lint.independence, [HEADER, EXERCISE, SOLUTION, CHECK, ">>> turn(p)"], "line 50: turn belongs to"),
    (lint.independence, [HEADER, EXERCISE, SOLUTION, CHECK, ">>> [turn(p) for p in q]"], "turn belongs to"),
    (lint.independence, [HEADER, EXERCISE, ">>> def f(p):\n    return turn(p)"], "line 30: turn belongs to"),
    (lint.independence, [HEADER, EXERCISE, SOLUTION, CHECK, CHECK], "line 50: turn belongs to an exercise"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "texts"), GOOD)
def test_a_rule_passes_what_is_right(rule, texts):
    assert list(rule(cells(*texts))) == []


@pytest.mark.parametrize(("rule", "texts", "words"), BAD)
def test_a_rule_names_what_is_wrong(rule, texts, words):
    complaints = list(rule(cells(*texts)))
    assert any(words in complaint for complaint in complaints), complaints


def test_number_of_exercises():
    asked = [HEADER, EXERCISE, SOLUTION, CHECK]
    assert list(lint.exercises(cells(*asked * 3), ("01.1",))) == []
    assert "3 to 5 exercises, this one has 1" in next(lint.exercises(cells(*asked), ("01.1",)))
    assert list(lint.exercises(cells(HEADER.replace("01", "00")), ())) == []
    assert list(lint.exercises(cells(HEADER.replace("A lesson", "Capstone: a project")), ())) == []
    assert "exercise 01.2 is defined" in next(lint.exercises(cells(*asked * 3), ("01.1", "01.2")))


def test_bridge():
    assert list(lint.bridge(cells(HEADER, CLOSING), "02_b.ipynb")) == []
    assert list(lint.bridge(cells(HEADER), None)) == []
    assert "no link to the next lesson, 03_c.ipynb" in next(lint.bridge(cells(HEADER, CLOSING), "03_c.ipynb"))


WORKS = (
    "# Works\n\n- A. Bo and C. Du, *A short\n  title*, Springer, 1988. Good. [01]\n"
    "- E. Fu, *One*, 2001; G. Ho, *Two*, Annals 65, 2002, [arXiv:2001.00001](https://x.org). Both. [02]\n"
)


@pytest.mark.parametrize(
    ("text", "reading", "complaint"),
    [
        ("As Bo and Du (1988) say, and Fu, 2001.", "- A. Bo and C. Du, *A short title*, 1988: all.", None),
        ("Some people (Bo et al. 1988).", "- A. Bo, *A Short\n  Title*, 3rd edition, X, 1988.", None),
        ("It was so in May 2001.", "- G. Ho, *Two*, [arXiv:2001.00001](https://x.org), 2002", None),
        ("Of [arXiv:2003.00396](https://x.org), 2003.", "- E. Fu, *One*, 2001.", None),
        ("It is\nHa et\nal. 1988 who say.", "- E. Fu, *One*, 2001.", "Ha, 1988"),
        ("`Nobody (1990)` and 1990.", "- G. Ho, *Two*, 2002: for **2003**.\n- E. Fu, *One*, 2001.", None),
        ("Ha (1988) says.", "- E. Fu, *One*, 2001.", "Ha, 1988"),
        ("Text.", "- E. Fu, *Three*, 2001.", "Three, 2001"),
        ("Text.", "- E. Fu, *One*, 2003.", "One, 2003"),
        ("Text.", "- E. Fu, *One*, 2001.\n- G. Ho, *A longer\n  title*, 2002.", "A longer title, 2002"),
        ("Text.", "- The manual.", 'names no *title* and year: "The manual."'),
    ],
)
def test_citations(text, reading, complaint):
    ends = f"## Key points\n\n- one\n\n## Further reading\n\n{reading}\n\n## Next\n\n- go on"
    found = list(lint.citations(cells(HEADER, text, ends), WORKS))
    assert len(found) == (complaint is not None), found
    assert complaint is None or complaint in found[0]


def test_citations_of_one_work_are_not_mixed():
    mixed = cells(HEADER, "Fu (1988).", "## Further reading\n\n- E. Fu, *A short title*, 2001.")
    assert list(lint.citations(mixed, WORKS)) == [
        "not in BIBLIOGRAPHY.md: A short title, 2001",
        "not in BIBLIOGRAPHY.md: Fu, 1988",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[a](#One-two) [b](02_b.ipynb#Far-away) [c](notes.md#key-points-2) [d](02_b.ipynb)", None),
        ("[a](https://example.org/none.html#x) `[b](none.ipynb)` [m](mailto:a@example.org)", None),
        ('<a href="02_b.ipynb">b</a>', None),
        ("[a](03_none.ipynb)", "03_none.ipynb leads to no file"),
        ("![a](images/none.png)", "images/none.png leads to no file"),
        ('<img src="none.png" alt="a">', "none.png leads to no file"),
        ("[a](#Two)", "#Two leads to no heading"),
        ("[a](02_b.ipynb#Near)", "02_b.ipynb#Near leads to no heading"),
        ("[a](notes.md#Key)", "notes.md#Key leads to no heading"),
    ],
)
def test_links(tmp_path, text, words):
    cell = {"cell_type": "markdown", "source": ["## Far away"]}
    (tmp_path / "02_b.ipynb").write_text(json.dumps({"cells": [cell]}))
    (tmp_path / "notes.md").write_text("# Notes\n\n## Key points: 2\n")
    (tmp_path / "01_a.ipynb").write_text("{}")
    complaints = list(lint.links(tmp_path / "01_a.ipynb", ["## One *two*", text]))
    assert len(complaints) == (words is not None), complaints
    assert words is None or words in complaints[0]


@pytest.mark.parametrize("path", sorted(SOURCE.glob("[0-9][0-9]_*.py")), ids=lambda path: path.stem)
def test_every_lesson_is_complete(path):
    assert lint.lint(path, ROOT / "notebooks") == []


def test_run_time():
    assert list(lint.measured("01", {"01": 4})) == []
    assert "the run time is not measured" in next(lint.measured("02", {"01": 4}))


def test_outputs():
    code = {"cell_type": "code", "source": ["1"], "outputs": [], "execution_count": None}
    text = {"cell_type": "markdown", "source": ["a"]}
    assert list(lint.outputs({"cells": [text, code]})) == []
    run = {**code, "execution_count": 3}
    shown = {**code, "outputs": [{"output_type": "stream", "name": "stdout", "text": ["1"]}]}
    for cell in (run, shown):
        assert "cell 2 has an output" in next(lint.outputs({"cells": [text, cell]}))


def test_documents(tmp_path):
    (tmp_path / "notebooks").mkdir()
    guide = tmp_path / "notebooks" / "TEACHING.md"
    guide.write_text("# Teaching\n\n[how](../CONTRIBUTING.md#grade-by-machine) `[code](none.md)`\n")
    (tmp_path / "CONTRIBUTING.md").write_text(
        "# Contributing\n\n## Grade by machine\n\n[up](#contributing)\n"
    )
    assert lint.documents(tmp_path) == []
    (tmp_path / "CONTRIBUTING.md").write_text("# Contributing\n\n[gone](notebooks/GONE.md) [down](#below)\n")
    assert lint.documents(tmp_path) == [
        "CONTRIBUTING.md: notebooks/GONE.md leads to no file",
        "CONTRIBUTING.md: #below leads to no heading",
        "TEACHING.md: ../CONTRIBUTING.md#grade-by-machine leads to no heading",
    ]


def test_the_documents_lead_somewhere():
    assert lint.documents(ROOT) == []


@pytest.mark.parametrize(
    "path",
    [path for folder in ("", "solutions") for path in sorted((ROOT / "notebooks" / folder).glob("*.ipynb"))],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_no_output_is_committed(path):
    assert list(lint.outputs(json.loads(path.read_text(encoding="utf-8")))) == []
