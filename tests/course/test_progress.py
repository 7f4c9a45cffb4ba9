"""Progress: noted when it is made, never lost, never in the way of a verdict."""

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hgmrl_lite import course
from hgmrl_lite.course import check, clear_cache, progress, reset_progress
from hgmrl_lite.course.exercise import all_exercises, examine
from hgmrl_lite.course.progress import progress_file, remember

FIRST, SECOND = all_exercises()[:2]


@pytest.fixture(autouse=True)
def own_file(tmp_path, monkeypatch):
    monkeypatch.setenv("HGMRL_LITE_PROGRESS", str(tmp_path / "work" / "progress.jsonl"))


def test_a_correct_answer_is_done_and_stays_done():
    assert progress().done == 0
    check(FIRST.id, "nonsense")
    assert progress().state(FIRST) == "Not yet"
    check(FIRST.id, FIRST.reference)
    assert progress().state(FIRST) == "Correct"
    check(FIRST.id, "nonsense again")
    check(FIRST.id, ...)
    assert progress().state(FIRST) == "Correct"
    assert progress().state(SECOND) == "Not attempted"
    assert progress().done == 1


def test_an_untouched_exercise_leaves_no_trace():
    check(FIRST.id, ...)
    assert not progress_file().exists()


def test_running_a_cell_again_does_not_make_the_file_grow():
    check(FIRST.id, FIRST.reference)
    size = progress_file().stat().st_size
    for _ in range(5):
        check(FIRST.id, FIRST.reference)
    assert progress_file().stat().st_size == size


def test_two_notebooks_at_once_lose_nothing():
    code = (
        "import sys; from hgmrl_lite.course.exercise import all_exercises\n"
        "from hgmrl_lite.course.progress import remember\n"
        "from hgmrl_lite.course.exercise import CheckResult\n"
        "mine = all_exercises()[int(sys.argv[1]) :: 3]\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "for one in mine: remember(CheckResult(one, 'Correct'))\n"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(k)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for k in range(3)
    ]
    # All wait at the start line, so that they write at the same time.
    assert [process.stdout.readline() for process in running] == ["ready\n"] * 3
    for process in running:
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.communicate(timeout=120) and process.returncode for process in running] == [0, 0, 0]
    found = progress()
    assert found.done == len(found.exercises)
    assert not found.complaint


def test_damaged_lines_are_counted_and_cost_nothing_else():
    check(FIRST.id, FIRST.reference)
    with progress_file().open("ab") as stream:
        stream.write(b'\xff\xfe\n[1, 2]\n{"exercise": 3, "state": "Correct"}\n{"exercise": "01.1", "sta')
    check(SECOND.id, SECOND.reference)
    found = progress()
    assert found.done == 2
    assert "4 lines" in repr(found)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="POSIX folders")
def test_a_folder_that_cannot_be_written_takes_no_verdict(tmp_path, monkeypatch):
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("HGMRL_LITE_PROGRESS", str(tmp_path / "a file" / "progress.jsonl"))
    result = check(FIRST.id, FIRST.reference)
    assert result.state == "Correct"
    assert "could not be noted" in repr(result)
    assert "could not be noted" in result._repr_html_()


def test_a_disk_that_becomes_full_in_the_middle_of_a_line_is_told(monkeypatch):
    class Full(io.FileIO):
        def write(self, line):
            return super().write(line[:10])

    monkeypatch.setattr(Path, "open", lambda path, mode, buffering: Full(path, "ab"))
    result = check(FIRST.id, FIRST.reference)
    assert result.state == "Correct"
    assert "could not be noted" in result.note
    assert os.strerror(errno.ENOSPC) in result.note


def test_a_folder_in_place_of_the_file_stops_no_cell():
    progress_file().mkdir(parents=True)
    assert "could not be read" in progress().summary
    assert "could not be read" in progress()._repr_html_()
    assert check(FIRST.id, FIRST.reference).state == "Correct"


def test_progress_that_cannot_be_put_away_stays(monkeypatch):
    check(FIRST.id, FIRST.reference)

    def refuse(path, target):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "replace", refuse)
    message = reset_progress()
    assert "stays as it is" in message
    assert "Permission denied" in message
    assert progress().done == 1


def test_another_folder_in_the_middle_of_a_lesson_begins_no_second_file(tmp_path):
    """In a process of its own, which stands for a Jupyter kernel that starts in the notebook's folder."""
    code = (
        "import os, IPython, types; IPython.get_ipython = lambda: types.SimpleNamespace(kernel=1)\n"
        "from hgmrl_lite import course\n"
        "from hgmrl_lite.course.exercise import all_exercises\n"
        "first, second = all_exercises()[:2]\n"
        "course.check(first.id, first.reference)\n"
        "os.makedirs('elsewhere/deeper'); os.chdir('elsewhere/deeper')\n"
        "course.check(second.id, second.reference)\n"
        "print(course.progress().done)\n"
    )
    for name in ({}, {"HGMRL_LITE_PROGRESS": "mine.jsonl"}):
        folder = tmp_path / str(len(name))
        folder.mkdir()
        kept = {key: value for key, value in os.environ.items() if key != "HGMRL_LITE_PROGRESS"}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=folder, env={**kept, **name}, capture_output=True, text=True
        )
        assert done.stdout == "2\n", done.stderr
        assert [path.parent for path in folder.rglob("*.jsonl")] == [folder]


def test_a_folder_that_is_deleted_under_a_lesson_takes_no_verdict(tmp_path):
    code = (
        "import os; os.rmdir(os.getcwd())\n"
        "import IPython, types; IPython.get_ipython = lambda: types.SimpleNamespace(kernel=1)\n"
        "from hgmrl_lite import course\n"
        "from hgmrl_lite.course.exercise import all_exercises\n"
        "print(course.check(all_exercises()[0].id, all_exercises()[0].reference))\n"
    )
    folder = tmp_path / "deleted"
    folder.mkdir()
    kept = {key: value for key, value in os.environ.items() if key != "HGMRL_LITE_PROGRESS"}
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=kept, capture_output=True, text=True)
    assert "Correct" in done.stdout, done.stderr
    assert "could not be noted" in done.stdout


def test_a_script_leaves_no_trace(tmp_path, monkeypatch):
    monkeypatch.delenv("HGMRL_LITE_PROGRESS")
    monkeypatch.chdir(tmp_path)
    assert remember(examine(FIRST, FIRST.reference)) == ""
    assert not list(tmp_path.iterdir())


def test_reset_keeps_the_old_file():
    assert reset_progress() == "There is no progress to forget."
    check(FIRST.id, FIRST.reference)
    assert "progress.before-reset.jsonl" in reset_progress()
    assert progress().done == 0
    kept = progress_file().with_name("progress.before-reset.jsonl").read_text()
    assert json.loads(kept)["exercise"] == FIRST.id


def test_the_map_names_every_exercise_and_links_to_lessons_beside_it():
    check(FIRST.id, FIRST.reference)
    (progress_file().parent / f"{FIRST.id[:2]}_a_lesson.ipynb").write_text("{}")
    found = course.progress()
    page = found._repr_html_()
    for exercise in found.exercises:
        assert f"{exercise.id} " in page
        assert exercise.id in repr(found)
    assert f'<a href="{FIRST.id[:2]}_a_lesson.ipynb">' in page
    assert page.count("(done)") == 1


def test_clear_cache_deletes_results_and_nothing_else(tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    cache.mkdir()
    monkeypatch.setenv("HGMRL_LITE_CACHE", str(cache))
    (cache / "base-policy-1.npz").write_bytes(b"x" * 2_000_000)
    (cache / "notes.txt").write_text("mine")
    assert clear_cache() == "1 cached results deleted, 2.0 MB."
    assert [file.name for file in cache.iterdir()] == ["notes.txt"]
