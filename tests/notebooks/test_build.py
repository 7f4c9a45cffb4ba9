"""The builder: same bytes every time, no solution on the student's side, every malformed source named."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import build as builder
import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]

LESSON = """# %% [markdown]
# # 01 · A lesson
#
# **Run time** {{run_time}}. After it comes [the next](02_next.ipynb#Start), see [lie](../hgmrl_lite/lie.py),
# [the paper](https://arxiv.org/abs/2603.00396) and [below](#Key-points).
# ![An orbit](images/orbit.png) <img src="images/flow.png" alt="A flow">

# %% tags=["folded"]
import numpy as np

from hgmrl_lite import course

# %% [markdown]
# ## Exercise 01.1 · Doubling

# %% tags=["exercise", "01.1"]
def double(point):
    ...  # your code here

# %% tags=["solution", "01.1"]
def double(point):
    return 2 * np.asarray(point)

# %% tags=["check"]
course.check("01.1", double)

# %%
print("same")

# %%
print("same")
"""


def one_hint(exercise: str) -> int | None:
    """Stand in for the package: lesson 01 has one exercise with hints, one without."""
    return {"01.1": 3, "01.2": 0}.get(exercise)


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """A source folder with one lesson, and the folder of its notebooks."""
    monkeypatch.setattr(builder, "read", lambda path, _: _read(path, one_hint))
    source = tmp_path / "notebooks" / "source"
    source.mkdir(parents=True)
    (source / "01_lesson.py").write_text(LESSON, encoding="utf-8")
    return source, tmp_path / "notebooks"


_read = builder.read


def sides(target: Path) -> tuple[dict, dict]:
    """Read both notebooks."""
    return tuple(
        json.loads((target / name).read_text(encoding="utf-8"))
        for name in ("01_lesson.ipynb", "solutions/01_lesson.ipynb")
    )


def text_of(notebook: dict) -> str:
    """Join all cells."""
    return "\n\n".join("".join(cell["source"]) for cell in notebook["cells"])


def test_both_sides(folders):
    source, target = folders
    assert builder.main([], source, target) == 0
    student, solutions = sides(target)
    assert "2 * np.asarray" not in json.dumps(student)
    assert "2 * np.asarray" in text_of(solutions)
    assert "your code here" in text_of(student)
    assert "your code here" not in text_of(solutions)
    assert 'course.hint("01.1")' in text_of(student)
    assert "course.hint" not in text_of(solutions)
    for notebook in (student, solutions):
        nbformat.validate(nbformat.from_dict(notebook))
        assert 'course.check("01.1", double)' in text_of(notebook)
        assert notebook["metadata"]["kernelspec"]["name"] == "python3"
        for cell in notebook["cells"]:
            assert not cell.get("outputs")
            assert cell.get("execution_count") is None
    folded = ["".join(c["source"]) for c in solutions["cells"] if c["metadata"].get("jupyter")]
    assert [text.split("\n")[0] for text in folded] == ["import numpy as np", "def double(point):"]


def test_student_keeps_the_order_of_the_source(folders):
    source, target = folders
    builder.main([], source, target)
    student, _ = sides(target)
    starts = [cell["source"][0].rstrip("\n") for cell in student["cells"]]
    expected = [
        "# 01 · A lesson",
        "import numpy as np",
        "## Exercise 01.1 · Doubling",
        "def double(point):",
        'course.check("01.1", double)',
        'course.hint("01.1")',
        'print("same")',
        'print("same")',
    ]
    assert starts == expected


def test_same_bytes_again_and_idempotent(folders, capsys):
    source, target = folders
    first = builder.build(source, target)
    assert first == builder.build(source, target)
    builder.main([], source, target)
    assert "written" in capsys.readouterr().out
    times = {path: path.stat().st_mtime_ns for path in first}
    builder.main([], source, target)
    assert capsys.readouterr().out == ""
    assert times == {path: path.stat().st_mtime_ns for path in first}
    for content in first.values():
        assert content.endswith(b"}\n")
        assert b"\r" not in content
        assert str(target).encode() not in content
        assert content.startswith(b'{\n "cells"')


def test_bytes_do_not_depend_on_line_ends_hash_seed_or_folder(folders, tmp_path):
    source, target = folders
    here = {path.relative_to(target): content for path, content in builder.build(source, target).items()}
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "01_lesson.py").write_bytes(LESSON.replace("\n", "\r\n").encode())
    assert {path.relative_to(other): content for path, content in builder.build(other, other).items()} == here
    assert len(here) == 2
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import build, pathlib, hashlib;"
        "folder = pathlib.Path(sys.argv[2]);"
        "built = build.build(folder, folder, hints=lambda exercise: 1);"
        "print(sorted(hashlib.sha256(content).hexdigest() for content in built.values()))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(ROOT / "notebooks" / "source"), str(source)],
        env={**os.environ, "PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert answer.strip() == str(sorted(hashlib.sha256(content).hexdigest() for content in here.values()))


def test_ids_are_unique_and_an_edit_changes_one(folders):
    source, target = folders
    builder.main([], source, target)
    before = [cell["id"] for cell in sides(target)[0]["cells"]]
    assert len(set(before)) == len(before)
    (source / "01_lesson.py").write_text(
        LESSON.replace("## Exercise 01.1 · Doubling", "## Exercise 01.1 · Twice")
    )
    builder.main([], source, target)
    after = [cell["id"] for cell in sides(target)[0]["cells"]]
    assert [old == new for old, new in zip(before, after, strict=True)].count(False) == 1


def test_links_of_the_solutions(folders):
    source, target = folders
    builder.main([], source, target)
    student, solutions = map(text_of, sides(target))
    assert "](02_next.ipynb#Start)" in student
    assert "](02_next.ipynb#Start)" in solutions
    assert "](../hgmrl_lite/lie.py)" in student
    assert "](../../hgmrl_lite/lie.py)" in solutions
    assert "](../images/orbit.png)" in solutions
    assert 'src="../images/flow.png"' in solutions
    assert "](#Key-points)" in solutions
    assert "](https://arxiv.org/abs/2603.00396)" in solutions
    assert "](../01_lesson.ipynb)" in solutions


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "about 5 s"), (5, "about 5 s"), (11, "about 15 s"), (90, "about 90 s"), (91, "about 2 min"),
     (200.5, "about 4 min")],
)  # fmt: skip
@pytest.mark.parametrize(("memory", "gigabytes"), [(180.4, "0.2"), (200, "0.2"), (1301, "1.4"), (901, "1")])
def test_run_time(folders, seconds, words, memory, gigabytes):
    source, target = folders
    taken = {"01": {"seconds": seconds, "memory_mb": memory}}
    (source / "run_times.json").write_text(json.dumps(taken))
    builder.main([], source, target)
    words = f"**Run time** {words}, {gigabytes} GB of memory. After"
    assert all(words in text_of(side) for side in sides(target))


def test_no_run_time(folders):
    builder.main([], *folders)
    assert all("**Run time** not yet measured. After" in text_of(side) for side in sides(folders[1]))


def test_check_writes_nothing_and_names_what_differs(folders, capsys):
    source, target = folders
    assert builder.main(["--check"], source, target) == 1
    message = capsys.readouterr().err
    assert "notebooks/01_lesson.ipynb: differs from its source" in message
    assert "notebooks/solutions/01_lesson.ipynb" in message
    assert not list(target.glob("*.ipynb"))
    builder.main([], source, target)
    assert builder.main(["--check"], source, target) == 0
    path = target / "01_lesson.ipynb"
    path.write_bytes(path.read_bytes() + b" ")
    assert builder.main(["--check"], source, target) == 1


def test_notebooks_without_source_go(folders, capsys):
    source, target = folders
    builder.main([], source, target)
    for folder in (target, target / "solutions"):
        (folder / "07_old.ipynb").write_text("{}")
        (folder / "notes.ipynb").write_text("{}")
    assert builder.main(["--check"], source, target) == 1
    assert "notebooks/solutions/07_old.ipynb: has no source" in capsys.readouterr().err
    assert builder.main(["01"], source, target) == 0
    assert (target / "07_old.ipynb").exists()
    assert builder.main([], source, target) == 0
    assert not (target / "07_old.ipynb").exists()
    assert not (target / "solutions" / "07_old.ipynb").exists()
    assert (target / "notes.ipynb").exists()


def test_selected_lessons_and_bad_file_names(folders, capsys):
    source, target = folders
    assert builder.main(["09"], source, target) == 1
    assert "lesson 09 has no source" in capsys.readouterr().err
    (source / "02-other.py").write_text(LESSON)
    assert builder.main([], source, target) == 1
    assert "02-other.py: call it NN_name.py" in capsys.readouterr().err
    (source / "02-other.py").rename(source / "01_other.py")
    assert builder.main([], source, target) == 1
    assert "lesson 01 has several sources" in capsys.readouterr().err


STUB = '# %% tags=["exercise", "01.1"]\ndef double(point):\n    ...  # your code here\n'
SOLUTION = '# %% tags=["solution", "01.1"]\ndef double(point):\n    return 2 * np.asarray(point)\n'
CHECK = '# %% tags=["check"]\ncourse.check("01.1", double)\n'
LONG = "\n".join(f"x{k} = {k}" for k in range(26))

# What is replaced in the lesson, by what, and the complaint: cell, line, words.
MALFORMED = [
    (SOLUTION, "", 4, 16, "exercise 01.1 has no solution right after it"),
    (CHECK, "", 4, 16, "exercise 01.1 has no check right after its solution"),
    (STUB, "", 4, 17, "solution 01.1 has no stub right before it"),
    (STUB, "", 5, 21, "this check has no exercise before it"),
    (SOLUTION, SOLUTION.replace("01.1", "01.2"), 5, 20, "solution 01.2 has no stub right before it"),
    (CHECK, CHECK.replace("01.1", "01.2"), 6, 24, 'must call course.check("01.1", ...)'),
    (CHECK, CHECK + STUB + SOLUTION + CHECK, 7, 26, "exercise 01.1 exists already"),
    ("01.1", "01.3", 4, 16, "exercise 01.3 is not defined in hgmrl_lite/course/lesson_01.py"),
    ("01.1", "01.2", 4, 16, "exercise 01.2 has no hints in hgmrl_lite/course/lesson_01.py"),
    ("01.1", "02.1", 4, 16, 'an exercise of this lesson is called "01.1"'),
    ("01.1", "01.one", 4, 16, 'an exercise of this lesson is called "01.1"'),
    ("    ...  # your code here", "    return point", 4, 16, "the stub of exercise 01.1 has no ..."),
    (SOLUTION, SOLUTION.replace("def double", "def twice"), 5, 20, "solution 01.1 does not define double"),
    ('["folded"]', '["fold"]', 2, 8, 'unknown tag "fold"'),
    ('["folded"]', '["exercise"]', 2, 8, 'must be ["exercise", "NN.k"], not'),
    ('["check"]', '["check", "01.1"]', 6, 24, 'must be ["check"], not'),
    ('tags=["folded"]', "tags=[folded]", 2, 8, "only [markdown] and tags="),
    ('tags=["folded"]', "folded", 2, 8, "only [markdown] and tags="),
    ("# %% [markdown]\n# ## Ex", "# %% [raw]\n# ## Ex", 3, 13, "only [markdown] and tags="),
    ("# ## Exercise", "# %%\n# ## Exercise", 3, 13, "the cell is empty"),
    ('[markdown]\n# ## Ex', '[markdown] tags=["folded"]\n# ## Ex', 3, 13, "a text cell has no tags"),
    ("# # 01 · A lesson", "# A lesson", 1, 1, "the first cell must be text that starts with the title"),
    ("import numpy as np", LONG, 2, 8, "the code has 28 lines, more than 25"),
    ("import numpy as np", "import numpy as", 2, 8, "not Python, "),
    ("import numpy as np", "x = (1,", 2, 8, "not Python, "),
    ("# %% [markdown]\n# # 01", "import os\n# %% [markdown]\n# # 01", 1, 1, "must start with a cell"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "cell", "line", "words"), MALFORMED)
def test_malformed_source(tmp_path, old, new, cell, line, words):
    assert old in LESSON
    path = tmp_path / "01_lesson.py"
    path.write_text(LESSON.replace(old, new), encoding="utf-8")
    with pytest.raises(builder.SourceError) as caught:
        builder.read(path, one_hint)
    complaints = str(caught.value).split("\n")
    place = f"{path.as_posix()}, cell {cell}, line {line}: "
    assert any(text.startswith(place) and words in text for text in complaints), complaints


def test_malformed_source_stops_the_build(folders, capsys):
    source, target = folders
    (source / "02_empty.py").write_text("")
    assert builder.main([], source, target) == 1
    assert "02_empty.py, cell 1, line 1: the file must start with a cell" in capsys.readouterr().err
    assert not list(target.glob("*.ipynb"))


def test_a_marker_in_a_string_and_magic_are_code(folders):
    source, target = folders
    text = LESSON + '\n# %%\n# %matplotlib inline\nprint("""\n# %% no cell\n""")\n'
    (source / "01_lesson.py").write_text(text)
    assert builder.main([], source, target) == 0
    last = "".join(sides(target)[0]["cells"][-1]["source"])
    assert last == '%matplotlib inline\nprint("""\n# %% no cell\n""")'


def test_committed_notebooks_are_what_the_sources_build(capsys):
    status = builder.main(["--check"])
    captured = capsys.readouterr()
    assert status == 0, captured.err
    committed = {path.name for path in (ROOT / "notebooks").glob(builder.NOTEBOOK_GLOB)}
    written = {f"{path.stem}.ipynb" for path in (ROOT / "notebooks" / "source").glob("[0-9][0-9]_*.py")}
    assert committed == written


def test_the_format_described_in_the_docstring_is_understood(tmp_path):
    example = re.search(r"lesson's title::\n\n(.*?)\n``{{run_time}}``", builder.__doc__, re.DOTALL)[1]
    path = tmp_path / "01_example.py"
    path.write_text(re.sub(r"(?m)^ {4}", "", example))
    roles = [cell.role for cell in builder.read(path, one_hint)]
    assert roles == ["", "", "", "exercise", "solution", "check"]
