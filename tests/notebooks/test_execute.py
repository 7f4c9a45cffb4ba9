"""Run All never fails, on either side; an exercise says "Not attempted" here and "Correct" there."""

import json
from pathlib import Path

import build as builder
import pytest

from benchmarks.lessons import update_run_times
from website.execution import execute

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
ALL = [*sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")), *sorted(NOTEBOOKS.glob("solutions/[0-9][0-9]_*.ipynb"))]


# A lesson with its exercise in the first cell, where a real one has it in the package.
EXAMPLE = '''# %% [markdown]
# # 99 · An example

# %%
import sys
import types

import numpy as np

from hgmrl_lite import course
from hgmrl_lite.cache import cache_directory
from hgmrl_lite.course.exercise import Exercise
from hgmrl_lite.course.calling import call
from hgmrl_lite.course.expect import expect_close

def check_double(answer):
    yield "a point of the plane"
    expect_close(call(answer, np.array([1.0, 2.0])), [2, 4], "`double([1, 2])`")

module = types.ModuleType("hgmrl_lite.course.lesson_99")
module.double = Exercise("99.1", "Doubling", ("Add.", "Add it to itself."), check_double, None)
sys.modules[module.__name__] = module

# %% tags=["exercise", "99.1"]
def double(point):
    """Return the point, doubled."""
    ...  # your code here

# %% tags=["solution", "99.1"]
def double(point):
    """Return the point, doubled."""
    return 2 * point

# %% tags=["check"]
course.check("99.1", double)

# %%
print("the lesson goes on,", cache_directory().name)

# %%
def double(point):
    half = point / 2
    return half.sum() / len(7)

course.check("99.1", double)
'''


def timeout(number: str) -> float:
    """Return ten times the usual run time, against hangs only."""
    taken = builder.run_times(NOTEBOOKS / "source" / "run_times.json").get(number)
    return 600.0 if taken is None else max(60.0, 10 * taken["seconds"])


def plain(cell) -> str:
    """Join what a cell printed and showed as text."""
    return "".join(
        output.get("text", "") + output.get("data", {}).get("text/plain", "")
        for output in cell.get("outputs", ())
    )


def with_tag(notebook, tag: str):
    """Return the code cells with a tag."""
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", ())]


def assert_clean(notebook) -> None:
    """No cell failed, warned or left a traceback."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            assert output["output_type"] != "error", output
            if output.get("name") == "stderr":
                assert "Traceback" not in output["text"], output["text"]
                assert "Warning" not in output["text"], output["text"]


# One process runs them all: the first one fills the cache that the others use.
@pytest.mark.notebook
@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_lesson(path, lesson_cache):
    notebook = execute(path, lesson_cache, timeout(path.name[:2])).notebook
    assert_clean(notebook)
    expected = "✓ Correct" if path.parent.name == "solutions" else "○ Not attempted"
    for cell in with_tag(notebook, "check"):
        assert expected in plain(cell), f"{cell.source}\n{plain(cell)}"
    for cell in with_tag(notebook, "hint"):
        assert "Hint 1 of" in plain(cell)


@pytest.mark.notebook
@pytest.mark.parametrize(
    ("solved", "verdict"), [(False, "○ Not attempted"), (True, "✓ Correct")], ids=["student", "solutions"]
)
def test_mechanism_in_a_jupyter_kernel(tmp_path, lesson_cache, solved, verdict):
    source = tmp_path / "99_example.py"
    source.write_text(EXAMPLE, encoding="utf-8")
    cells = builder.read(source, lambda exercise: 2)
    built = builder.solutions(cells, "", "99_example.ipynb") if solved else builder.student(cells, "")
    path = tmp_path / "99_example.ipynb"
    path.write_bytes(builder.to_bytes(built))
    before = path.read_bytes()
    execution = execute(path, lesson_cache, 60)
    notebook = execution.notebook
    assert_clean(notebook)
    (check,) = with_tag(notebook, "check")
    assert verdict in plain(check)
    assert (
        [plain(cell).split("\n")[0] for cell in with_tag(notebook, "hint")] == []
        if solved
        else ["Hint 1 of 2: Add."]
    )
    (goes_on, own) = notebook.cells[-2:]
    assert plain(goes_on) == f"the lesson goes on, {lesson_cache.name}\n"
    # The line is that of the student's cell.
    assert "`double` raised TypeError: object of type 'int' has no len(), in line 3:" in plain(own)
    assert "`return half.sum() / len(7)`" in plain(own)
    assert path.read_bytes() == before
    assert execution.seconds > 0
    assert 20 < execution.peak_mb < 2000


@pytest.mark.notebook
def test_a_failing_lesson_is_noticed(tmp_path, lesson_cache):
    path = tmp_path / "99_failing.ipynb"
    source = tmp_path / "99_failing.py"
    source.write_text("# %% [markdown]\n# # 99 · Failing\n\n# %%\n1 / 0\n")
    path.write_bytes(builder.to_bytes(builder.student(builder.read(source), "")))
    with pytest.raises(Exception, match="ZeroDivisionError"):
        execute(path, lesson_cache, 60)


def test_run_times_change_only_when_they_changed(tmp_path):
    def taken(seconds, memory_mb=200.2):
        return {"seconds": seconds, "memory_mb": memory_mb}

    path = tmp_path / "run_times.json"
    first = {"00": taken(1, 200), "01": taken(10, 200)}
    assert update_run_times(path, {"01": taken(10.2), "00": taken(0.2)}) == first
    assert update_run_times(path, {"01": taken(12.5, 230.0)}) == first
    assert update_run_times(path, {"01": taken(12.5, 300.0)}) == first | {"01": taken(10, 300)}
    last = {"00": taken(1, 200), "01": taken(20, 300), "02": taken(3, 200)}
    assert update_run_times(path, {"01": taken(20.0, 300.0), "02": taken(3.0)}) == last
    assert builder.run_times(path) == last
    assert list(json.loads(path.read_text())) == ["00", "01", "02"]
