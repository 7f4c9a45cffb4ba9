"""The stand-in agent lies beside the widgets' tests, and a copy of the JavaScript for Node."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import hgmrl_lite.widgets as widgets

if str(Path(__file__).parent) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parent))


@dataclass(frozen=True)
class NodeCopy:
    """Node, the folder of the scripts that it runs, and the address of the widgets' files."""

    node: str
    scripts: Path
    address: str


@pytest.fixture(scope="session")
def node_copy(tmp_path_factory):
    """Return a copy of the widgets' files that a package.json calls modules, or skip without Node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed; the browser tests run the same numerics")
    copy = tmp_path_factory.mktemp("node")
    for file in sorted(Path(widgets.__file__).parent.glob("*/*.js")):
        (copy / file.parent.name).mkdir(exist_ok=True)
        shutil.copy(file, copy / file.parent.name)
    (copy / "package.json").write_text('{"type": "module"}')
    return NodeCopy(node, Path(__file__).parent / "js", f"{copy.as_uri()}/")
