"""The Makefile makes the environment when it must, and only then; a script stands in for Python and pip."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
# What `make lint` calls, by its first two words: style, layout, direction of imports, types.
LINT = ["-m ruff", "-m ruff", "--no-logo --no-cache", "-m mypy"]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.search(r"^\.PHONY: (help .*)$", MAKEFILE, flags=re.MULTILINE)[1].split()
pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="make is not on this machine")

# What tells that it waits is what sleeps: between two commands a shell would let Ctrl-C pass.
WAIT = """
import pathlib, sys, time
here = pathlib.Path(sys.argv[1])
(here / "waiting").touch()
limit = time.monotonic() + 60
while (here / "wait").exists() and time.monotonic() < limit:
    time.sleep(0.02)
"""
# `-m venv DIR` puts the stand-in itself there, as Python and as import-linter's command; `-m pip` waits or
# fails when told so; `-c` is real Python.
STANDIN = f"""#!/bin/sh
here="$FAKE_FOLDER"
[ "$1" = -c ] && exec {sys.executable} "$@"
echo "$*" >> "$here/log"
case "$2" in
  venv) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && cp "$0" "$3/bin/lint-imports" ;;
  pip)
    [ -e "$here/fail" ] && exit 1
    [ -e "$here/wait" ] && exec {sys.executable} -c '{WAIT}' "$here" ;;
esac
exit 0
"""


class Clone:
    """A folder with what make needs, and the stand-in for Python."""

    def __init__(self, folder: Path) -> None:
        self.variables: dict[str, str] = {}
        self.root = folder / "clone"
        self.control = folder / "control"
        for path in (self.root, self.control):
            path.mkdir()
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, self.root)
        self.python = self.control / "python"
        self.python.write_text(STANDIN)
        self.python.chmod(0o755)

    @property
    def _environment(self) -> dict[str, str]:
        # Nothing of a make or a CI that runs these tests may reach the make under test.
        inherited = {
            "MAKEFLAGS",
            "MFLAGS",
            "MAKELEVEL",
            "MAKEOVERRIDES",
            "PYTHON",
            "PIP_ARGS",
            "LAB_ARGS",
            "TEST_ARGS",
        }
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in inherited and not name.startswith("HGMRL_")
        }
        return {**kept, **self.variables, "FAKE_FOLDER": str(self.control)}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start make in its own process group."""
        return subprocess.Popen(
            ["make", f"PYTHON={self.python}", "NPM=no-npm", *arguments],
            cwd=self.root,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def start_and_wait(self, target: str) -> "subprocess.Popen[str]":
        """Start make and return when pip is at work; it goes on when the file "wait" is gone."""
        (self.control / "wait").touch()
        process = self.start(target)
        limit = time.monotonic() + 30
        while not (self.control / "waiting").exists():
            assert time.monotonic() < limit, "pip was not called"
            time.sleep(0.02)
        return process

    def make(self, *arguments: str, fails: bool = False) -> list[str]:
        """Run make and return the calls of Python it made."""
        (self.control / "log").write_text("")
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=60)
        assert (process.returncode != 0) == fails, output
        return (self.control / "log").read_text().splitlines()

    def mark(self) -> Path:
        """Put a file into the environment that is gone when the environment is made anew."""
        mark = self.root / ".venv" / "mark"
        mark.touch()
        return mark


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    return Clone(tmp_path)


STUDENT = ["-m venv .venv", "-m pip install --editable . --constraint constraints.txt"]
DEV = ["-m pip install --editable .[dev,grading,robots] --constraint constraints.txt"]
# Where there is no environment yet, a developer's is made in one go.
AT_ONCE = [STUDENT[0], *DEV]
FOR_STUDENTS = {"install", "lab", "robots", "explore", "site"}


def test_the_first_run_installs_and_the_second_does_nothing(clone):
    assert clone.make("install") == STUDENT
    assert clone.make("install") == []
    assert clone.make("install-dev") == DEV
    assert clone.make("install-dev") == []
    assert clone.make("install") == []


def test_a_developer_who_begins_installs_once(clone):
    assert clone.make("install-dev") == AT_ONCE
    assert clone.make("install-dev") == []
    assert clone.make("install") == []


def test_robots_are_added_to_what_is_there(clone):
    added = "-m pip install --editable .[robots] --constraint constraints.txt"
    assert clone.make("robots") == [*STUDENT, added]
    assert clone.make("robots") == [added]
    assert clone.make("install") == []


def test_arguments_are_passed_on(clone):
    assert clone.make("install", "PIP_ARGS=--no-cache-dir -v")[1].startswith(
        "-m pip install --no-cache-dir -v "
    )
    assert clone.make("lab", "LAB_ARGS=--no-browser --port=8890") == [
        "notebooks/open_lab.py --no-browser --port=8890"
    ]


def test_the_test_command_lints_and_tests(clone):
    calls = clone.make("test", "TEST_ARGS=-x")
    assert calls[:2] == AT_ONCE
    assert [" ".join(call.split()[:2]) for call in calls[2:]] == [*LINT, "-m pytest"]
    assert calls[-1].endswith(" -x")


def test_the_check_command_lints_and_leaves_browser_and_lessons_out(clone):
    clone.make("install-dev")
    *linters, tests = clone.make("check", "TEST_ARGS=-x")
    assert [" ".join(call.split()[:2]) for call in linters] == LINT
    assert tests.startswith("-m pytest")
    assert tests.endswith("-m not browser and not notebook --ignore=tests/browser -x")


def test_the_quick_command_is_told_what_to_compare_with(clone):
    clone.make("install-dev")
    (call,) = clone.make("quick", "BASE=HEAD~3")
    assert call.startswith("tests/quick.py --base HEAD~3 ")
    assert call.endswith(" lint")


@pytest.mark.parametrize(("covered", "code"), [(190, 0), (189, 1)])
def test_coverage_fails_below_its_threshold(tmp_path, covered, code):
    report = tmp_path / "coverage.json"
    report.write_text(json.dumps({"totals": {"covered_branches": covered, "num_branches": 200}}))
    command = [sys.executable, ROOT / "tests" / "branches.py", report]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == code
    assert f"{covered / 2:.1f} % of 200 branches" in done.stdout + done.stderr


def with_node(clone):
    """Give a clone a lock, and stand-ins that tell how npm and what it fetches are called."""
    for name in ("package.json", "package-lock.json"):
        (clone.root / name).write_text("{}")
    tool, npm = clone.control / "tool", clone.control / "npm"
    tool.write_text('#!/bin/sh\necho "$(basename "$0") $*" >> "$FAKE_FOLDER/log"\n')
    tools = "".join(f' && cp "{tool}" node_modules/.bin/{name}' for name in ("oxlint", "tsc"))
    npm.write_text(f'#!/bin/sh\necho "npm $1" >> "$FAKE_FOLDER/log"\nmkdir -p node_modules/.bin{tools}\n')
    for path in (tool, npm):
        path.chmod(0o755)
    return f"NPM={npm}"


def test_where_node_is_the_javascript_is_linted(clone):
    clone.make("install-dev")
    node = with_node(clone)
    checked = [
        "oxlint --deny-warnings --allow unicorn/no-new-array hgmrl_lite website/static tests",
        "tsc --project jsconfig.json",
    ]
    assert clone.make("lint", node)[len(LINT) :] == ["npm ci", *checked]
    assert clone.make("lint", node)[len(LINT) :] == checked
    # Another lock fetches anew.
    (clone.root / "package-lock.json").write_text("{ }")
    assert clone.make("lint-js", node) == ["npm ci", *checked]


def test_without_node_a_line_says_so_and_ci_fails(clone):
    process = clone.start("lint-js")
    said, _ = process.communicate(timeout=30)
    assert said == "Node.js is not on this machine: the JavaScript is not linted.\n"
    assert process.returncode == 0
    clone.variables["HGMRL_REQUIRE_NODE"] = "1"
    clone.make("lint-js", fails=True)


def test_the_hooks_before_a_commit_are_the_linters():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0][
        "hooks"
    ]
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", MAKEFILE, flags=re.MULTILINE)[1]
    for here, there in {"$(BIN)": ".venv/bin", "@$(MAKE)": "make", "\t": ""}.items():
        recipe = recipe.replace(here, there)
    linters = recipe.splitlines()
    assert [hook["entry"] for hook in hooks] == linters


@pytest.mark.parametrize("target", sorted({*TARGETS} - {"help", "clean"}))
def test_every_target_that_needs_the_environment_makes_it(clone, target):
    assert clone.make(target)[:2] == (STUDENT if target in FOR_STUDENTS else AT_ONCE)


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_changed_content_makes_it_anew_whatever_the_file_times_say(clone, name):
    clone.make("install-dev")
    mark = clone.mark()
    path = clone.root / name
    os.utime(path, (time.time() + 100, time.time() + 100))
    assert clone.make("install-dev") == []
    assert mark.exists()
    path.write_text(path.read_text() + "\n")
    os.utime(path, (1, 1))
    assert clone.make("install") == STUDENT
    assert not mark.exists()
    assert clone.make("install-dev") == DEV


def test_a_moved_folder_makes_it_anew(clone):
    clone.make("install")
    mark = clone.mark()
    clone.root = clone.root.rename(clone.root.with_name("moved"))
    assert clone.make("install") == STUDENT
    assert not (clone.root / ".venv" / mark.name).exists()


def test_an_interpreter_that_is_gone_makes_it_anew(clone):
    clone.make("install-dev")
    mark = clone.mark()
    (clone.root / ".venv" / "bin" / "python").unlink()
    assert clone.make("install-dev") == AT_ONCE
    assert not mark.exists()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda stop: stop.name)
@pytest.mark.parametrize(
    ("before", "target"), [(None, "install"), (None, "install-dev"), ("install", "install-dev")]
)
def test_an_interrupted_install_is_mended(clone, before, target, stop):
    if before:
        clone.make(before)
    process = clone.start_and_wait(target)
    os.killpg(process.pid, stop)
    process.communicate(timeout=30)
    assert process.returncode != 0
    (clone.control / "wait").unlink()
    mark = clone.mark()
    assert clone.make("install") == STUDENT
    assert not mark.exists()
    assert clone.make("install") == []


def test_a_failed_install_is_repeated_and_a_failed_addition_spares_the_student(clone):
    (clone.control / "fail").touch()
    assert clone.make("install", fails=True) == STUDENT
    assert clone.make("install-dev", fails=True) == AT_ONCE
    (clone.control / "fail").unlink()
    assert clone.make("install") == STUDENT
    (clone.control / "fail").touch()
    assert clone.make("install-dev", fails=True) == DEV
    (clone.control / "fail").unlink()
    assert clone.make("install") == []
    assert clone.make("install-dev") == DEV


def at_once(clone, first, second):
    """Start a second make while pip works in the first; return both their calls, and what the second said."""
    (clone.control / "log").write_text("")
    one = clone.start_and_wait(first)
    two = clone.start(second)
    said = two.stdout.readline()
    assert "Another make is at work on .venv" in said
    assert one.poll() is None
    (clone.control / "wait").unlink()
    outputs = [process.communicate(timeout=60)[0] for process in (one, two)]
    assert [one.returncode, two.returncode] == [0, 0], outputs
    return (clone.control / "log").read_text().splitlines(), said + outputs[1]


def test_a_student_who_waits_for_a_developers_install_has_all(clone):
    calls, _ = at_once(clone, "install-dev", "install")
    assert calls == AT_ONCE


def test_two_makes_at_once_install_once(clone):
    calls, said = at_once(clone, "install", "install")
    assert calls == STUDENT
    assert said.count("\n") == 1
    assert clone.make("install") == []


def test_a_lesson_opens_when_the_tools_that_another_make_adds_are_there(clone):
    clone.make("install")
    mark = clone.mark()
    calls, _ = at_once(clone, "install-dev", "lab")
    assert [call.strip() for call in calls] == [*DEV, "notebooks/open_lab.py"]
    assert mark.exists()


def test_the_tools_are_added_to_what_another_make_has_just_installed(clone):
    calls, _ = at_once(clone, "install", "install-dev")
    assert calls == [*STUDENT, *DEV]


def test_clean_waits_for_the_make_that_installs(clone):
    calls, _ = at_once(clone, "install", "clean")
    assert calls == STUDENT
    assert not (clone.root / ".venv").exists()
    assert clone.make("install") == STUDENT


def test_what_a_killed_make_leaves_at_work_is_waited_for(clone):
    process = clone.start_and_wait("install")
    # Only make itself, as an out-of-memory killer does it: pip goes on writing.
    process.kill()
    process.wait(timeout=30)
    second = clone.start("install")
    assert "Another make is at work" in second.stdout.readline()
    (clone.control / "wait").unlink()
    second.communicate(timeout=60)
    assert second.returncode == 0
    process.stdout.close()
    assert clone.make("install") == []


def test_without_locks_it_works_as_well(clone):
    # A folder in the lock's place stands for a file system that has none.
    (clone.root / ".venv.lock").mkdir()
    assert clone.make("install") == STUDENT
    assert clone.make("install") == []


def test_help_is_the_default_and_lists_every_target(clone):
    process = clone.start()
    output, _ = process.communicate(timeout=30)
    assert re.findall(r"^make ([a-z-]+) +\S", output, flags=re.MULTILINE) == TARGETS
    assert not (clone.root / ".venv").exists()


def test_clean_keeps_the_students_work(clone):
    clone.make("install")
    (clone.root / "work").mkdir()
    (clone.root / "work" / "00_start_here.ipynb").write_text("mine")
    clone.make("clean")
    assert not (clone.root / ".venv").exists()
    assert (clone.root / "work" / "00_start_here.ipynb").read_text() == "mine"
