"""The widgets' JavaScript in Node, where it is installed: its own tests, and bundles beside plain files."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import hgmrl_lite.widgets as widgets
from hgmrl_lite.widgets.modules import bundle

NODE = shutil.which("node")
FOLDER = Path(__file__).parent / "js"
SOURCE = Path(widgets.__file__).parent
FILES = sorted(SOURCE.glob("*/*.js"))


def run(*arguments, **environment):
    """Run Node on modules that no package.json calls so; skip where there is no Node for it."""
    if NODE is None:
        pytest.skip("Node.js is not installed; the browser tests run the same numerics")
    flag = "--experimental-default-type=module"
    known = subprocess.run([NODE, flag, "--eval", "0"], capture_output=True, check=False).returncode == 0
    command = [NODE, *([flag] if known else []), *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


def test_the_numerics_keep_their_laws():
    done = run("--test", FOLDER / "numerics.test.mjs")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "tests 8" in done.stdout


def test_every_file_is_the_same_bundled_and_as_it_is(tmp_path):
    for file in FILES:
        (tmp_path / f"{file.parent.name}--{file.stem}.mjs").write_text(bundle(file))
    done = run("--test", FOLDER / "bundles.test.mjs", HGMRL_BUNDLES=str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"tests {len(FILES)}" in done.stdout
    assert len(FILES) > 40


def test_every_file_below_a_widget_is_used():
    used = "".join(str(getattr(widgets, name)._esm) for name in widgets.__all__ if name != "HgmrlWidget")
    assert [str(file) for file in FILES if f"// {file.parent.name}/{file.name}" not in used] == []


def test_the_types_hold_together():
    compiler = shutil.which("tsc")
    if compiler is None:
        pytest.skip("TypeScript's tsc is not installed: npm install --global typescript")
    done = subprocess.run(
        [compiler, "-p", FOLDER / "tsconfig.json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
