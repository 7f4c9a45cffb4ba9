"""What a page needs in the browser: MathJax, and the manager that gives widgets life without Jupyter.

The parts come by npm, at the versions of ``package-lock.json``, and are kept in a folder of their own until
the lock changes. The half of anywidget and of Plotly that runs in a browser is in their Python packages.
"""

import hashlib
import importlib.resources
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOW_TO_GET_NODE = (
    "npm was not found. The pages' browser parts (MathJax and the widget manager) come by npm: install "
    "Node.js 18 or newer (https://nodejs.org; Debian, Ubuntu: `sudo apt-get install npm`)"
)
# The name beside the pages, and the file of the npm package.
NPM_PARTS = {
    "mathjax.js": "mathjax/es5/tex-svg-full.js",
    "require.js": "requirejs/require.js",
    "widgets.js": "@jupyter-widgets/html-manager/dist/embed-amd.js",
}
# The same of Python packages: package, file.
PYTHON_PARTS = {
    "anywidget.js": ("anywidget", "nbextension/index.js"),
    "plotly.js": ("plotly", "package_data/plotly.min.js"),
}
OWN_PARTS = ("style.css", "dark.css", "page.js")


class NodeMissing(RuntimeError):
    """There is no npm on this machine, and the parts were not fetched before."""


def fetch(store: Path, parts: Mapping[str, str] = NPM_PARTS, *, development: bool = False) -> Path:
    """Return the folder with the parts that come by npm; ask the registry only when they are not there yet.

    Parameters
    ----------
    store : Path
        Where such folders are kept.
    parts : mapping of str to str, optional
        The name of each part's file, and which file of an npm package it is.
    development : bool, optional
        Whether packages that only the tests need are fetched as well.

    Returns
    -------
    Path
        A folder with these files.

    Raises
    ------
    NodeMissing
        When there is no npm.
    RuntimeError
        When npm fails, with what it said.
    """
    lock = HERE / "package-lock.json"
    wanted = hashlib.sha256(lock.read_bytes() + repr(sorted(parts.items())).encode()).hexdigest()[:16]
    folder = store / f"frontend-{wanted}"
    if folder.exists():
        return folder
    npm = shutil.which("npm")
    if npm is None:
        raise NodeMissing(HOW_TO_GET_NODE)
    store.mkdir(parents=True, exist_ok=True)
    # The manager's dependencies are many and already inside its one file: only the parts stay.
    with tempfile.TemporaryDirectory(dir=store) as place:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, place)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
        if not development:
            command.append("--omit=dev")
        outcome = subprocess.run(command, cwd=place, capture_output=True, text=True)
        if outcome.returncode:
            raise RuntimeError(f"`npm ci` failed in website/:\n{outcome.stdout}{outcome.stderr}")
        ready = Path(place) / "ready"
        ready.mkdir()
        for name, source in parts.items():
            shutil.copyfile(Path(place) / "node_modules" / source, ready / name)
        try:
            ready.rename(folder)
        except OSError:
            # Another process was quicker, with the same parts.
            if not folder.exists():
                raise
    return folder


def install(assets: Path, store: Path) -> None:
    """Put all parts and the pages' own style into a folder, which is made if need be.

    Parameters
    ----------
    assets : Path
        The folder that the pages refer to.
    store : Path
        Where what npm has fetched is kept.

    Raises
    ------
    NodeMissing, RuntimeError
        As :func:`fetch`.
    """
    fetched = fetch(store)
    assets.mkdir(parents=True, exist_ok=True)
    for name in NPM_PARTS:
        shutil.copyfile(fetched / name, assets / name)
    for name, (package, file) in PYTHON_PARTS.items():
        (assets / name).write_bytes(importlib.resources.files(package).joinpath(file).read_bytes())
    for name in OWN_PARTS:
        shutil.copyfile(HERE / "static" / name, assets / name)
