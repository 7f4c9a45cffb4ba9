"""The stand-in agent lies beside the widgets' tests, and a copy of the JavaScript for Node."""

import base64
import json
import os
import shutil
import subprocess
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


@pytest.fixture(scope="session")
def in_node(node_copy):
    """Return in_node(drag, questions): what Node computes of a GoalDrag for traits that are set in turn."""

    def in_node(drag, questions):
        names = [name for name in drag.keys if name != "array_data" and not name.startswith("_")]
        state = {name: getattr(drag, name) for name in names if name not in ("layout", "tooltip", "tabbable")}
        state["array_data"] = base64.b64encode(drag.array_data).decode()
        done = subprocess.run(
            [node_copy.node, str(node_copy.scripts / "scene.mjs")],
            input=json.dumps({"state": state, "questions": questions}),
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "HGMRL_WIDGETS": node_copy.address},
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return in_node
