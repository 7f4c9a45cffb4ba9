"""The student's copy of the lessons is never overwritten, and JupyterLab starts on it without the network."""

import errno
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "notebooks" / "open_lab.py"
DEFAULTS = "labconfig/default_setting_overrides.json"
SPEC = importlib.util.spec_from_file_location("open_lab", SCRIPT)
open_lab = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(open_lab)


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    folder = tmp_path / "notebooks"
    (folder / "solutions").mkdir(parents=True)
    (folder / "00_start_here.ipynb").write_text("lesson 00, first version")
    (folder / "01_next.ipynb").write_text("lesson 01, first version")
    (folder / "solutions" / "01_next.ipynb").write_text("solutions 01")
    return folder


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


def notebooks(work: Path) -> dict[str, str]:
    """Return the notebooks of a folder."""
    return {path.name[:2]: path.read_text() for path in sorted(work.rglob("*.ipynb"))}


def test_the_first_copy_has_the_lessons_without_solutions(lessons, work):
    assert open_lab.copy_lessons(lessons, work) == []
    assert notebooks(work) == {"00": "lesson 00, first version", "01": "lesson 01, first version"}


def test_changed_is_kept_untouched_is_refreshed_new_is_added(lessons, work):
    open_lab.copy_lessons(lessons, work)
    (work / "00_start_here.ipynb").write_text("my answers")
    (lessons / "00_start_here.ipynb").write_text("lesson 00, second version")
    (lessons / "01_next.ipynb").write_text("lesson 01, second version")
    (lessons / "02_new.ipynb").write_text("lesson 02")
    news = open_lab.copy_lessons(lessons, work)
    assert notebooks(work) == {"00": "my answers", "01": "lesson 01, second version", "02": "lesson 02"}
    assert len(news) == 2
    assert re.search("00_start_here.ipynb.* stays", news[0])
    assert re.search("01_next.ipynb.* newest version", news[1])


def test_nothing_is_said_when_only_the_student_made_changes(lessons, work):
    open_lab.copy_lessons(lessons, work)
    (work / "00_start_here.ipynb").write_text("my answers")
    assert open_lab.copy_lessons(lessons, work) == []
    assert notebooks(work)["00"] == "my answers"


def test_changes_survive_every_later_version(lessons, work):
    open_lab.copy_lessons(lessons, work)
    (work / "00_start_here.ipynb").write_text("my answers")
    for version in ("second", "third"):
        (lessons / "00_start_here.ipynb").write_text(f"lesson 00, {version} version")
        assert len(open_lab.copy_lessons(lessons, work)) == 1
        assert notebooks(work)["00"] == "my answers"


def test_a_deleted_or_renamed_file_comes_anew(lessons, work):
    open_lab.copy_lessons(lessons, work)
    (work / "00_start_here.ipynb").write_text("my answers")
    (work / "00_start_here.ipynb").rename(work / "99_mine.ipynb")
    assert open_lab.copy_lessons(lessons, work) == []
    assert notebooks(work) == {
        "00": "lesson 00, first version",
        "01": "lesson 01, first version",
        "99": "my answers",
    }


@pytest.mark.parametrize("damage", [None, "", "{", "[1]", '{"00_start_here.ipynb": 7}', "\xff"])
def test_a_lost_or_damaged_manifest_costs_no_work(lessons, work, damage):
    open_lab.copy_lessons(lessons, work)
    (work / "00_start_here.ipynb").write_text("my answers")
    manifest = work / open_lab.MANIFEST
    if damage is None:
        manifest.unlink()
    else:
        manifest.write_bytes(damage.encode("latin-1"))
    (lessons / "01_next.ipynb").write_text("lesson 01, second version")
    open_lab.copy_lessons(lessons, work)
    assert notebooks(work) == {"00": "my answers", "01": "lesson 01, first version"}


def test_an_interruption_between_lesson_and_manifest_is_mended(lessons, work):
    open_lab.copy_lessons(lessons, work)
    manifest = (work / open_lab.MANIFEST).read_bytes()
    (lessons / "00_start_here.ipynb").write_text("lesson 00, second version")
    open_lab.copy_lessons(lessons, work)
    (work / open_lab.MANIFEST).write_bytes(manifest)
    (lessons / "01_next.ipynb").write_text("lesson 01, second version")
    open_lab.copy_lessons(lessons, work)
    (lessons / "00_start_here.ipynb").write_text("lesson 00, third version")
    open_lab.copy_lessons(lessons, work)
    assert notebooks(work) == {"00": "lesson 00, third version", "01": "lesson 01, second version"}


def test_two_that_are_started_at_once_do_not_meet(work, monkeypatch):
    work.mkdir()
    replace, second = Path.replace, []

    def replace_after_the_other(part, target):
        if not second:
            second.append(True)
            open_lab.write_whole(target, b"the same")
        return replace(part, target)

    monkeypatch.setattr(Path, "replace", replace_after_the_other)
    open_lab.write_whole(work / "00_start_here.ipynb", b"the same")
    assert [path.name for path in work.iterdir()] == ["00_start_here.ipynb"]


def test_a_full_disk_leaves_no_part_and_the_old_lesson(lessons, work, monkeypatch):
    open_lab.copy_lessons(lessons, work)
    before = sorted(work.iterdir())
    (lessons / "00_start_here.ipynb").write_text("lesson 00, second version")

    def write_half(path, content):
        path.write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        open_lab.copy_lessons(lessons, work)
    assert sorted(work.iterdir()) == before
    assert (work / "00_start_here.ipynb").read_text() == "lesson 00, first version"


@pytest.mark.parametrize("blocked", ["work", ".jupyter", None], ids=str)
def test_a_folder_that_cannot_be_written_is_named_with_a_way_out(lessons, work, blocked):
    # A file in the folder's place is in the way of root as well, for whom nothing is read-only.
    variables = {**os.environ, "HGMRL_LITE_WORK": ""}
    if blocked:
        (work.parent / blocked).write_text("")
    else:
        (work.parent / "file").write_text("")
        variables["HGMRL_LITE_WORK"] = str(work.parent / "file" / "mine")
    shutil.copy(SCRIPT, lessons)
    done = subprocess.run(
        [sys.executable, lessons / "open_lab.py"], env=variables, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert f"{work.parent}" in done.stderr
    assert "cannot be written" in done.stderr
    assert "HGMRL_LITE_WORK" in done.stderr


@pytest.mark.parametrize("inside", [True, False])
def test_another_folder_for_the_copy(lessons, tmp_path, monkeypatch, inside):
    # What is set for Jupyter is taken back at the end of the test.
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, "")
    started = []
    monkeypatch.setattr("jupyterlab.labapp.main", started.append)
    root = tmp_path / "checkout"
    root.mkdir()
    lessons.rename(root / "notebooks")
    before = sorted(path.name for path in root.iterdir())
    monkeypatch.setattr(open_lab, "ROOT", root)
    mine = root / "mine" if inside else tmp_path / "home" / "mine"
    monkeypatch.setenv("HGMRL_LITE_WORK", str(mine))
    open_lab.main(["--no-browser"])
    assert notebooks(mine) == {"00": "lesson 00, first version", "01": "lesson 01, first version"}
    top, page = (root, "mine/") if inside else (mine, "")
    assert f"--ServerApp.root_dir={top}" in started[0]
    assert f"--LabApp.default_url=/lab/tree/{page}{open_lab.FIRST_LESSON}" in started[0]
    assert started[0][-1] == "--no-browser"
    assert Path(os.environ["JUPYTER_RUNTIME_DIR"]).is_relative_to(mine)
    assert sorted(path.name for path in root.iterdir() if path != mine) == before


def listening(port: int) -> bool:
    """Say whether something on this machine listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_jupyterlab_opens_the_lesson_and_leaves_network_and_home_alone(tmp_path):
    root, home = tmp_path / "workbook", tmp_path / "home"
    (root / "notebooks").mkdir(parents=True)
    home.mkdir()
    shutil.copy(SCRIPT, root / "notebooks")
    shutil.copytree(open_lab.LAB, root / "notebooks" / "lab")
    nbformat.write(nbformat.v4.new_notebook(), root / "notebooks" / open_lab.FIRST_LESSON)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = [
        "--no-browser",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=secret",
    ]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON"))
    }
    log = tmp_path / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, root / "notebooks" / "open_lab.py", *arguments],
            env={**environment, "HOME": str(home)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )

    def get(path: str, put: str | None = None) -> str:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/{path}",
            headers={"Authorization": "token secret"},
            data=put.encode() if put else None,
            method="PUT" if put else "GET",
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()

    try:
        # The address is announced a moment before the server listens on it.
        limit = time.monotonic() + 90
        while not listening(port):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < limit, log.read_text()
            time.sleep(0.1)
        assert f":{port}/lab/tree/work/{open_lab.FIRST_LESSON}" in log.read_text()
        page = json.loads(
            re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', get("lab"), re.DOTALL)[1]
        )
        assert "@jupyterlab/apputils-extension:announcements" in page["disabledExtensions"]
        assert "@jupyterlab/extensionmanager-extension" in page["disabledExtensions"]
        assert page["news"] == {"disabled": True}
        assert page["extensionManager"]["name"] == "read-only"
        assert json.loads(get("lab/api/news")) == {"news": []}
        assert json.loads(get("lab/api/update")) == {"notification": None}
        assert json.loads(get("api/contents/work?content=1"))["content"][0]["name"] == open_lab.FIRST_LESSON
        assert json.loads(get("api/kernelspecs"))["default"] == "python3"
        # Figures are saved with a lesson, unless its reader chooses otherwise.
        assert [part["name"] for part in page["federated_extensions"]].count("hgmrl-lite") == 1
        assert "createNew" in get("lab/extensions/hgmrl-lite/static/extension.js")
        figures = "lab/api/settings/@jupyter-widgets/jupyterlab-manager:plugin"
        saved = json.loads(get(figures))
        assert saved["schema"]["properties"]["saveState"]["default"] is True
        assert saved["settings"] == {}
        get(figures, put=json.dumps({"raw": '{"saveState": false}'}))
        assert json.loads(get(figures))["settings"] == {"saveState": False}
        assert json.loads((open_lab.LAB / DEFAULTS).read_text()) == json.loads(
            (root / "notebooks" / "lab" / DEFAULTS).read_text()
        )
    finally:
        server.terminate()
        server.wait(timeout=30)
    assert list(home.iterdir()) == []
