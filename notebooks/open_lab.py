"""Open JupyterLab on lesson 00, in the student's own copy of the lessons.

``make lab`` runs this file; without make, run it with the environment's Python::

    python notebooks/open_lab.py [arguments of jupyter lab]

The lessons in ``notebooks/`` are copied to ``work/``. A file that the student has changed is never
overwritten; one that is still as it was copied is refreshed when the lesson has a newer version. A small
manifest in ``work/`` remembers the checksum of each file as it was copied. Delete or rename a file in
``work/`` to get a new copy.

Where the workbook's folder cannot be written, the environment variable ``HGMRL_LITE_WORK`` names another folder
for the copy; Jupyter's settings then lie in it as well.
"""

import hashlib
import json
import os
import sys
import tempfile
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRST_LESSON = "00_start_here.ipynb"
MANIFEST = ".copied.json"
# The workbook's own part of JupyterLab: default settings, which a reader's own choice overrides, and an extension.
LAB = ROOT / "notebooks" / "lab"
# The front end's own parts that would ask for the network: news and updates, extensions to install.
OFFLINE_PAGE = {
    "disabledExtensions": {
        "@jupyterlab/apputils-extension:announcements": True,
        "@jupyterlab/extensionmanager-extension": True,
    }
}


def checksum(content: bytes) -> str:
    """Return the SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one step, so that an interruption leaves the old one or the new one."""
    # A name of its own, as two may be started at once.
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def read_manifest(path: Path) -> dict[str, str]:
    """Read what was copied; a missing or damaged manifest counts as empty, which keeps more files."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def copy_lessons(lessons: Path, work: Path) -> list[str]:
    """Bring the student's copy up to date without touching what the student has changed.

    Parameters
    ----------
    lessons : Path
        Folder with the lessons as they are published; its ``*.ipynb`` are copied.
    work : Path
        The student's folder; it is made when it is not there.

    Returns
    -------
    list of str
        One line for each file that was refreshed, or kept although a newer version exists.
    """
    work.mkdir(parents=True, exist_ok=True)
    manifest = read_manifest(work / MANIFEST)
    news = []
    for lesson in sorted(lessons.glob("*.ipynb")):
        name, mine, published = lesson.name, work / lesson.name, lesson.read_bytes()
        newest = checksum(published)
        current = checksum(mine.read_bytes()) if mine.exists() else None
        if current is not None and current not in (newest, manifest.get(name)):
            if manifest.get(name) != newest:
                news.append(
                    f"{work.name}/{name} has your changes and stays; the lesson has a newer version in "
                    f"{lessons.name}/{name} (rename yours to get it too)."
                )
            continue
        if current != newest:
            write_whole(mine, published)
            if current is not None:
                news.append(f"{work.name}/{name} was untouched and is now the lesson's newest version.")
        manifest[name] = newest
    write_whole(work / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode())
    return news


def keep_out_of_home(settings: Path) -> None:
    """Point Jupyter and IPython at a folder of this workbook, away from the user's own settings."""
    page = settings / "config" / "labconfig" / "page_config.json"
    if not page.exists():
        page.parent.mkdir(parents=True, exist_ok=True)
        write_whole(page, json.dumps(OFFLINE_PAGE, indent=1).encode())
    os.environ["JUPYTER_CONFIG_DIR"] = str(settings / "config")
    os.environ["JUPYTER_DATA_DIR"] = str(settings / "data")
    os.environ["JUPYTER_RUNTIME_DIR"] = str(settings / "runtime")
    os.environ["IPYTHONDIR"] = str(settings / "ipython")
    os.environ["JUPYTER_CONFIG_PATH"] = str(LAB)
    # These would take precedence over the folders above.
    for name in (
        "JUPYTERLAB_SETTINGS_DIR",
        "JUPYTERLAB_WORKSPACES_DIR",
        "JUPYTER_PATH",
    ):
        os.environ.pop(name, None)


def lab_arguments(root: Path, first: Path, extra: list[str]) -> list[str]:
    """Return the arguments of ``jupyter lab``; those of the user come last and win."""
    page = f"/lab/tree/{first.relative_to(root).as_posix()}" if first.exists() else "/lab"
    arguments = [
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url={page}",
        f"--LabApp.extra_labextensions_path={LAB / 'labextensions'}",
        # No request leaves the machine: no news, no check for updates, no list of extensions to install.
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        # No search for language servers, which would start npm; the lessons need none.
        "--LanguageServerManager.autodetect=False",
    ]
    # In a container one is often root, and Jupyter would refuse; it still listens on this machine only.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")
    return [*arguments, *extra]


def main(extra: list[str]) -> None:
    """Refresh the student's copy and run JupyterLab until it is stopped."""
    chosen = os.environ.get("HGMRL_LITE_WORK")
    work = Path(chosen).expanduser().absolute() if chosen else ROOT / "work"
    settings = (work if chosen else ROOT) / ".jupyter"
    try:
        for folder in (work, settings):
            folder.mkdir(parents=True, exist_ok=True)
            # Jupyter itself would find out much later, and say it in a traceback.
            tempfile.TemporaryFile(dir=folder).close()
        for line in copy_lessons(ROOT / "notebooks", work):
            print(line)
        keep_out_of_home(settings)
    except OSError as error:
        sys.exit(
            f"{work if chosen else ROOT} cannot be written: {error.strerror or error}. Your copy of the lessons needs a folder "
            "that you may write to, with room in it. Name one by the environment variable HGMRL_LITE_WORK: "
            "`HGMRL_LITE_WORK=~/workbook make lab`, for example."
        )
    try:
        from jupyterlab.labapp import main as run_lab
    except ImportError as error:
        sys.exit(f"JupyterLab is not in {sys.executable}: run `make lab`, or see README.md. ({error})")
    root = ROOT if work.is_relative_to(ROOT) else work
    run_lab(lab_arguments(root, work / FIRST_LESSON, extra))


if __name__ == "__main__":
    main(sys.argv[1:])
