"""The widgets' JavaScript in Node, where it is installed: its own tests, and bundles beside plain files."""

import os
import subprocess
from pathlib import Path

import pytest

import hgmrl_lite.widgets as widgets
from hgmrl_lite.widgets.modules import bundle

SOURCE = Path(widgets.__file__).parent
FILES = sorted(SOURCE.glob("*/*.js"))


@pytest.fixture
def run(node_copy):
    """Return run(file, **environment): Node's tests on the copy."""

    def run(file, **environment):
        environment = {**os.environ, "HGMRL_WIDGETS": node_copy.address, **environment}
        command = [node_copy.node, "--test", str(node_copy.scripts / file)]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    return run


def test_the_numerics_keep_their_laws(run):
    done = run("numerics.test.mjs")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "tests 8" in done.stdout


def test_the_globe_keeps_its_laws(run):
    done = run("globe.test.mjs")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "tests 6" in done.stdout


def test_every_file_is_the_same_bundled_and_as_it_is(run, tmp_path):
    for file in FILES:
        (tmp_path / f"{file.parent.name}--{file.stem}.mjs").write_text(bundle(file))
    done = run("bundles.test.mjs", HGMRL_BUNDLES=str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"tests {len(FILES)}" in done.stdout
    assert len(FILES) > 40


def test_every_file_below_a_widget_is_used():
    used = "".join(str(getattr(widgets, name)._esm) for name in widgets.__all__ if name != "HgmrlWidget")
    assert [str(file) for file in FILES if f"// {file.parent.name}/{file.name}" not in used] == []
