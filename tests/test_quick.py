"""What a change reaches, near before far, and that `make quick` says what it has left out."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import quick  # noqa: E402


@pytest.fixture
def tests(tmp_path):
    """Make a folder of tests in reach of a change at different lengths."""
    folder = tmp_path / "tests"
    for name, text in {
        "lie/test_exp_log.py": "from hgmrl_lite import lie",
        "lie/test_other.py": "from hgmrl_lite.lie import J",
        "envs/test_envs.py": "import hgmrl_lite.envs",
        "course/test_course.py": "from helper import answer",
        "course/helper.py": "from hgmrl_lite.envs.tasks import circle_tasks\nanswer = 1",
        "site/test_site.py": "from website import pages",
        "test_makefile.py": "TEXT = open('Makefile')",
        "test_shell.py": "import subprocess\nCODE = 'import hgmrl_lite.lie.planar'",
        "lesson/test_lesson.py": 'FOLDER = "notebooks"',
        "test_node.py": "FILE = 'sums.test.mjs'",
        "test_nothing.py": "import json",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def reached(tests, changed, modules):
    lengths = quick.test_distances([tests.parent / name for name in changed], modules, tests)
    return {path.relative_to(tests).as_posix(): length for path, length in lengths.items()}


def test_a_test_is_as_far_as_its_imports_from_the_change(tests):
    modules = {
        "hgmrl_lite.lie.planar": 0,
        "hgmrl_lite.lie": 1,
        "hgmrl_lite.envs.tasks": 2,
        "hgmrl_lite.envs": 3,
    }
    assert reached(tests, ["hgmrl_lite/lie/planar.py"], modules) == {
        "test_shell.py": 1,
        "lie/test_exp_log.py": 2,
        "lie/test_other.py": 2,
        "course/test_course.py": 3,
        "envs/test_envs.py": 4,
    }


def test_a_changed_test_is_nearest_and_a_helper_reaches_the_tests_that_import_it(tests):
    assert reached(tests, ["tests/lie/test_other.py"], {}) == {"lie/test_other.py": 0}
    assert reached(tests, ["tests/course/helper.py"], {}) == {"course/test_course.py": 1}
    builder = tests.parent / "notebooks" / "source" / "build.py"
    builder.parent.mkdir(parents=True)
    builder.write_text("import json")
    (tests / "test_builder.py").write_text("import build")
    assert reached(tests, ["notebooks/source/build.py"], {}) == {"test_builder.py": 1}
    (tests / "lie" / "conftest.py").touch()
    assert reached(tests, ["tests/lie/conftest.py"], {}) == {"lie/test_exp_log.py": 1, "lie/test_other.py": 1}


def test_what_is_no_module_reaches_the_tests_that_name_it(tests):
    assert reached(tests, ["Makefile"], {}) == {"test_makefile.py": 1}
    assert reached(tests, ["notebooks/01_new.ipynb"], {}) == {"lesson/test_lesson.py": 1}
    assert reached(tests, ["tests/widgets/js/sums.test.mjs"], {}) == {"test_node.py": 1}


def test_of_equally_near_tests_those_named_like_the_change_come_first(tests):
    paths = [tests / name for name in ("envs/test_envs.py", "lie/test_exp_log.py", "lie/test_other.py")]
    changed = [tests.parent / "hgmrl_lite" / "lie" / "other.py"]
    assert quick.nearest_first(dict.fromkeys(paths, 1), changed) == [paths[2], paths[1], paths[0]]
    assert quick.nearest_first({paths[0]: 0, paths[2]: 1}, changed) == [paths[0], paths[2]]


def test_a_module_reaches_what_imports_it_in_functions_and_for_types_as_well():
    found = quick.module_distances([ROOT / "hgmrl_lite" / "lie" / "algebra.py"])
    assert found["hgmrl_lite.lie.algebra"] == 0
    assert found["hgmrl_lite.lie"] == 1
    assert 1 < found["hgmrl_lite.discovery"] <= found["hgmrl_lite.hereditary"]
    assert "benchmarks.speed" in found
    assert "hgmrl_lite._validate" not in found
    # What is imported by a name put together at run time.
    assert quick.module_distances([ROOT / "hgmrl_lite" / "course" / "lesson_01.py"])["hgmrl_lite.course"] == 1


def test_a_style_sheet_counts_for_its_package_and_a_package_for_all_that_is_in_it():
    assert quick.module_distances([ROOT / "website" / "static" / "style.css"])["website"] == 0
    assert quick.module_distances([ROOT / "hgmrl_lite" / "widgets" / "gone.js"])["hgmrl_lite.widgets"] == 0
    assert quick.module_distances([ROOT / "README.md"]) == {}
    whole = quick.module_distances([ROOT / "hgmrl_lite" / "__init__.py"])
    assert whole["hgmrl_lite._validate"] == 1


def test_the_files_that_differ_are_edited_new_and_gone_ones(tmp_path, monkeypatch):
    def git(*arguments):
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    monkeypatch.setattr(quick, "ROOT", tmp_path)
    git("init", "-q", "-b", "main")
    for name in ("kept.py", "edited.py", "gone.py", "committed.py"):
        (tmp_path / name).write_text("1")
    git("add", "-A")
    git("commit", "-qm", "first")
    git("checkout", "-qb", "branch")
    (tmp_path / "committed.py").write_text("2")
    git("commit", "-qam", "second")
    (tmp_path / "edited.py").write_text("2")
    (tmp_path / "new file.py").write_text("2")
    (tmp_path / "gone.py").unlink()
    _, changed = quick.changed_files()
    assert [path.name for path in changed] == ["committed.py", "edited.py", "gone.py", "new file.py"]
    _, changed = quick.changed_files("HEAD")
    assert [path.name for path in changed] == ["edited.py", "gone.py", "new file.py"]


def run(files, seconds):
    """Run files in a process of its own, as the command does; return whether it is fine, and what is left."""
    code = (
        "import sys, time; from pathlib import Path; import quick\n"
        f"fine, left = quick.run_tests([Path(name) for name in sys.argv[1:]], time.monotonic() + {seconds})\n"
        "print(fine, *(path.stem for path in left))"
    )
    command = [sys.executable, "-c", code, *map(str, files)]
    output = subprocess.run(command, cwd=ROOT / "tests", capture_output=True, text=True, check=True).stdout
    fine, *left = output.splitlines()[-1].split()
    return fine == "True", left


def files_of(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)
    return [folder / f"{name}.py" for name in texts]


PASSES = "def test():\n    pass\n"


def test_what_the_time_does_not_reach_is_named(tmp_path):
    slow = "import time\n\n\ndef test():\n    time.sleep(100)\n"
    files = files_of(tmp_path, test_a=PASSES, test_b=slow, test_c=PASSES, test_d=PASSES, test_e=PASSES)
    assert run(files, 15) == (True, ["test_b", "test_c", "test_d", "test_e"])


def test_a_file_whose_collection_took_too_long_is_named(tmp_path):
    slow = "import time\n\ntime.sleep(100)\n\n\ndef test():\n    pass\n"
    files = files_of(tmp_path, test_a=PASSES, test_b=slow, test_c=PASSES)
    assert run(files, 3) == (True, ["test_a", "test_b", "test_c"])


def test_a_failure_ends_the_run_and_browser_tests_are_not_run(tmp_path):
    browser = "import pytest\n\n\n@pytest.mark.browser\ndef test():\n    assert False\n"
    files = files_of(tmp_path, test_a=browser, test_b=PASSES)
    assert run(files, 60) == (True, [])
    files = files_of(
        tmp_path,
        test_a="def test():\n    assert False\n",
        test_b=PASSES,
        **{f"test_{k}": PASSES for k in "cdef"},
    )
    assert run(files, 60) == (False, ["test_e", "test_f"])
