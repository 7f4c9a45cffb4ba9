"""Export lessons for Otter Grader: the same exercises, graded by the same checks.

    python notebooks/source/grading.py              export every lesson to build/grading
    python notebooks/source/grading.py 01 04        export these lessons only

Each lesson becomes a master notebook of Otter Assign, ``build/grading/NN_name/NN_name.ipynb``, and Otter
Assign makes two folders of it: ``student`` with the notebook to hand out, ``autograder`` with the zip file for
Gradescope or for ``otter run``. An exercise is one question of one point. Its test calls ``course.check`` on
the student's answer, as the lesson does: what is correct for a student at home is correct for the grader.

Otter Grader is an optional extra: ``pip install -e ".[grading]" --constraint constraints.txt``.
"""

import argparse
import ast
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import build
from lesson_reader import Cell, SourceError, parse, read

TARGET = build.HERE.parents[1] / "build" / "grading"
# No name, so that a student may hand in the copy from the folder work. Hidden tests and no first cell: the student's notebook needs no Otter and keeps the lesson's own checks. No
# PDF: it would need LaTeX or a browser.
_ASSIGNMENT = """# ASSIGNMENT CONFIG
init_cell: false
export_cell: false
check_all_cell: false
generate:
  pdf: false
  zips: false
tests:
  ok_format: false
solutions_pdf: false
"""
_QUESTION = """# BEGIN QUESTION
name: "q{name}"
points: 1
"""
_SOLUTION = '''""" # BEGIN PROMPT
{stub}
""" # END PROMPT
# BEGIN SOLUTION NO PROMPT
{solution}
# END SOLUTION'''
_TEST = '''""" # BEGIN TEST CONFIG
hidden: true
""" # END TEST CONFIG
def test_{function}(env):
    from hgmrl_lite import course

    result = course.check("{name}", eval({answer!r}, env))
    assert result.state == "Correct", repr(result)'''


def master(cells: list[Cell]) -> dict[str, Any]:
    """Return the master notebook of a lesson.

    Parameters
    ----------
    cells : list of Cell
        The cells of its source.

    Returns
    -------
    dict
        A notebook; raw cells say where a question, its solution and its test begin and end.
    """
    entries = [("raw", _ASSIGNMENT)]
    stub = ""
    for cell in cells:
        if cell.role == "exercise":
            stub = cell.text
        elif cell.role == "solution":
            solution = _SOLUTION.format(stub=stub, solution=cell.text)
            entries += [
                ("raw", _QUESTION.format(name=cell.tags[1].replace(".", "_"))),
                ("raw", "# BEGIN SOLUTION"),
                ("code", solution),
                ("raw", "# END SOLUTION"),
            ]
        elif cell.role == "check":
            exercise, answer = checked(cell)
            test = _TEST.format(function=exercise.replace(".", "_"), name=exercise, answer=answer)
            entries += [
                ("raw", "# BEGIN TESTS"),
                ("code", test),
                ("raw", "# END TESTS"),
                ("raw", "# END QUESTION"),
                ("code", cell.text),
            ]
        else:
            entries.append((cell.kind, cell.text.replace("{{run_time}}", "see the lesson")))
    return build.as_notebook([(kind, text.rstrip(), {}) for kind, text in entries])


def checked(cell: Cell) -> tuple[str, str]:
    """Return the exercise that a check cell names, and the expression that is checked."""
    for node in ast.walk(parse(cell)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "course.check":
            return ast.literal_eval(node.args[0]), ast.unparse(node.args[1])
    raise SourceError(f"cell {cell.number}, line {cell.line}: no call of course.check")


def export(path: Path, target: Path) -> Path:
    """Write a lesson's master notebook and let Otter Assign make the student's and the grader's part.

    Parameters
    ----------
    path : Path
        The lesson's source.
    target : Path
        The folder in which the lesson gets one of its own, made anew.

    Returns
    -------
    Path
        The lesson's folder.

    Raises
    ------
    RuntimeError
        When Otter Assign fails; the message ends with what it printed.
    """
    folder = target / path.stem
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    notebook = folder / f"{path.stem}.ipynb"
    notebook.write_bytes(build.to_bytes(master(read(path))))
    # Assign leaves its work in the folder it runs in, so it gets one to throw away.
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "otter", "assign", "--no-run-tests", str(notebook), str(folder)]
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"otter assign failed on {path.name}:\n{done.stdout}{done.stderr}")
    return folder


def main() -> int:
    """Export the lessons named on the command line, or all."""
    parser = argparse.ArgumentParser(description="Export lessons for Otter Grader.")
    parser.add_argument("lessons", nargs="*", metavar="NN", help="export only these lessons")
    options = parser.parse_args()
    try:
        for path in build.sources(build.HERE, options.lessons):
            print(export(path, TARGET).relative_to(TARGET.parents[1]).as_posix())
    except (SourceError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
