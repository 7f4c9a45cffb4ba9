"""The export for Otter Grader: all marks for the solutions, none for the untouched notebook."""

import json
import os
import re
import subprocess
import sys

import build
import grading
import nbformat
import pytest
from lesson_reader import read

SOURCES = build.sources(build.HERE)
LESSON = next(path for path in SOURCES if path.name.startswith("01"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_exercise_is_a_question_with_a_test(path):
    cells = read(path)
    names = [cell.tags[1] for cell in cells if cell.role == "exercise"]
    notebook = grading.master(cells)
    nbformat.validate(nbformat.from_dict(notebook))
    raw = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "raw"]
    assert raw[0].startswith("# ASSIGNMENT CONFIG")
    questions = [re.search(r'name: "q(\d\d)_(\d+)"', text) for text in raw if "BEGIN QUESTION" in text]
    assert [f"{found[1]}.{found[2]}" for found in questions] == names
    for mark in ("# BEGIN SOLUTION", "# END SOLUTION", "# BEGIN TESTS", "# END TESTS", "# END QUESTION"):
        assert raw.count(mark) == len(names)
    tests = ["".join(cell["source"]) for cell in notebook["cells"] if "def test_" in "".join(cell["source"])]
    assert all(f'course.check("{name}", ' in test for name, test in zip(names, tests, strict=True))


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    pytest.importorskip("otter", reason="Otter Grader is optional: pip install -e '.[grading]'")
    return grading.export(LESSON, tmp_path_factory.mktemp("grading"))


def marks(submission, exported, folder, cache):
    """Return the points of each question, graded as an instructor would on the command line."""
    (archive,) = exported.glob("autograder/*.zip")
    subprocess.run(
        [sys.executable, "-m", "otter", "run", "-a", str(archive), "-o", str(folder), str(submission)],
        cwd=folder,
        env={**os.environ, "HGMRL_LITE_CACHE": str(cache)},
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    results = json.loads((folder / "results.json").read_text())
    return {test["name"]: test["score"] for test in results["tests"] if "score" in test}


@pytest.mark.notebook
@pytest.mark.parametrize("answers", ["solutions", "none", "some"])
def test_marks(exported, tmp_path, lesson_cache, answers):
    cells = read(LESSON)
    names = [cell.tags[1] for cell in cells if cell.role == "exercise"]
    student = nbformat.read(exported / "student" / LESSON.with_suffix(".ipynb").name, as_version=4)
    assert not any("otter" in cell.source or "grader" in cell.source for cell in student.cells)
    solved = {"solutions": names, "none": [], "some": names[1:3]}[answers]
    stubs = {cell.text: cell.tags[1] for cell in cells if cell.role == "exercise"}
    solutions = {cell.tags[1]: cell.text for cell in cells if cell.role == "solution"}
    checked = dict(grading.checked(cell) for cell in cells if cell.role == "check")
    for cell in student.cells:
        name = stubs.get(cell.source)
        if name in solved:
            cell.source = solutions[name]
        elif answers == "some" and name == names[3]:
            cell.source = f"{checked[name]} = 'a wrong answer'"
    submission = tmp_path / LESSON.with_suffix(".ipynb").name
    nbformat.write(student, submission)
    found = marks(submission, exported, tmp_path, lesson_cache)
    assert found == {f"q{name.replace('.', '_')}": float(name in solved) for name in names}
