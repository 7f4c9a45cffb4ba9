"""What a fresh clone promises: light import, one version, true documents, CI with README's test command."""

import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest
import yaml

import hgmrl_lite

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "notebooks/TEACHING.md",
    "notebooks/GLOSSARY.md",
    "notebooks/BIBLIOGRAPHY.md",
]
# What the commands of the documents make; not there in a fresh clone.
MADE = {".venv", "work", ".jupyter"}


def test_import_is_light():
    code = "import sys, hgmrl_lite; print(*{name.split('.')[0] for name in sys.modules})"
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(output.stdout.split())
    assert "hgmrl_lite" in loaded
    heavy = {"torch", "matplotlib", "plotly", "anywidget", "ipywidgets", "stable_baselines3"}
    assert not loaded & heavy


def test_the_version_stands_in_the_package_and_the_documents_follow():
    assert "version" not in PROJECT
    assert PROJECT["dynamic"] == ["version"]
    assert PYPROJECT["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "hgmrl_lite.__version__"}
    # setuptools reads it without importing the package, which it can only where it is written out.
    source = Path(hgmrl_lite.__file__).read_text(encoding="utf-8")
    version = hgmrl_lite.__version__
    assert f'\n__version__ = "{version}"\n' in source
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"] == version
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"version = {{{version}}}" in README


def test_the_package_tells_that_it_is_typed():
    assert (ROOT / "hgmrl_lite" / "py.typed").exists()
    assert "py.typed" in PYPROJECT["tool"]["setuptools"]["package-data"]["hgmrl_lite"]


def test_citation_has_what_its_format_requires():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= citation.keys()
    paper = citation["references"][0]
    assert {"type", "title", "authors"} <= paper.keys()
    assert paper["title"] in " ".join(README.split())
    assert paper["identifiers"][0]["value"] == "arXiv:2603.00396"


def test_licence_file_holds_both_licences():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert PROJECT["license"] == "MIT AND CC-BY-4.0"
    assert "Permission is hereby granted, free of charge" in text
    assert "https://creativecommons.org/licenses/by/4.0/" in text


def repository_files() -> list[Path]:
    """Return the files that are tracked, or would be by ``git add``."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def test_no_large_file_is_tracked():
    assert [path for path in repository_files() if path.stat().st_size > 1_000_000] == []


def test_no_package_registry_is_named():
    # Put together here, so that this file does not name them either.
    names = ("pypi", "pythonhosted", "registry.npmjs", "anaconda", "deb.debian", "unpkg", "jsdelivr")
    hosts = re.compile("|".join(rf"{re.escape(name)}\.(?:org|com|net)" for name in names))
    found = {}
    for path in repository_files():
        hit = hosts.search(path.read_bytes().decode("utf-8", errors="ignore"))
        if hit:
            found[path.relative_to(ROOT).as_posix()] = hit[0]
    assert found == {}


def named_paths(text: str) -> set[str]:
    """Return the repository's paths in a document: targets of its links, and files named in its code."""
    links = {target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target}
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, flags=re.DOTALL))
    files = re.findall(r"(?<![\w./\\])[\w.][\w./\\-]*\.(?:py|js|yml|txt|toml|ipynb|md|cff)\b", code)
    folders = re.findall(r"`([\w./-]+/)`", text)
    return {path.replace("\\", "/") for path in links.union(files, folders) if path}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_named_exists(document):
    folder = (ROOT / document).parent
    paths = named_paths((ROOT / document).read_text(encoding="utf-8"))
    assert paths or document in ("CHANGELOG.md", "notebooks/GLOSSARY.md", "notebooks/BIBLIOGRAPHY.md")
    # Names of files yet to be written, such as NN_name.py, are patterns and no paths.
    patterns = re.compile(r"(^|/)(lesson_NN|answers_NN|NN_name|name)\.")
    checked = {path for path in paths if path.split("/")[0] not in MADE and not patterns.search(path)}
    assert sorted(path for path in checked if not (folder / path).exists()) == []


def test_a_path_that_is_not_there_would_be_caught():
    links = "[a](gone/a.md#top) [b](https://example.org/b.md)"
    text = f"{links} `make it` `gone/b.py`\n```sh\npython gone\\c.py x\n```"
    assert named_paths(text) == {"gone/a.md", "gone/b.py", "gone/c.py"}


def test_readme_lists_every_module_and_lesson():
    modules = {module.name for module in pkgutil.iter_modules(hgmrl_lite.__path__)}
    listed = set(re.findall(r"^\| \[`(\w+)`\]\(hgmrl_lite/\1(?:\.py)?\) \|", README, flags=re.MULTILINE))
    assert listed == {name for name in modules if not name.startswith("_")}
    lessons = re.findall(r"^\| (\d\d) \| \[[^]]+\]\(notebooks/(\w+)\.ipynb\)", README, flags=re.MULTILINE)
    sources = sorted(path.stem for path in (ROOT / "notebooks" / "source").glob("[0-9][0-9]_*.py"))
    assert [name for _, name in lessons] == sources
    assert all(name.startswith(number) for number, name in lessons)


@pytest.mark.parametrize("node", [None, "npm"])
@pytest.mark.parametrize("browser", [None, "chromium", "google-chrome"])
def test_ci_gets_what_is_missing_and_runs_the_readme_test_command(tmp_path, browser, node):
    log = tmp_path / "log"
    for tool in ("bash", "dirname", "id"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or pytest.skip(f"{tool} is not on this machine"))
    for command in filter(None, ("apt-get", "make", "sudo", browser, node)):
        # sudo runs what follows it; the others only tell that they were called.
        told = f'echo "{command} $* requires=$HGMRL_REQUIRE_BROWSER$HGMRL_REQUIRE_NODE" >> "{log}"'
        (tmp_path / command).write_text(
            f"#!{tmp_path}/bash\n" + ('"$@"' if command == "sudo" else told) + "\n"
        )
        (tmp_path / command).chmod(0o755)
    environment = {**os.environ, "PATH": str(tmp_path)}
    for name in ("HGMRL_REQUIRE_BROWSER", "HGMRL_REQUIRE_NODE"):
        environment.pop(name, None)
    subprocess.run(
        [tmp_path / "bash", ROOT / ".ci" / "run"], env=environment, check=True, capture_output=True
    )
    *setup, last = log.read_text().splitlines()
    command, _, required = last.rpartition(" requires=")
    assert required == "11"
    assert [line.split("#")[0].strip() for line in README.splitlines()].count(command) == 1
    called = [line.split(" requires=")[0].split() for line in setup]
    missing = ([] if browser else ["chromium"]) + ([] if node else ["nodejs", "npm"])
    assert [words[:2] for words in called] == (
        [["apt-get", "update"], ["apt-get", "install"]] if missing else []
    )
    assert not missing or called[1][-len(missing) :] == missing


def test_no_module_imports_a_package_that_it_lies_in():
    """Together with the linter's rule on neighbours: no circle of imports is left."""
    graph = grimp.build_graph("hgmrl_lite", "website", "benchmarks", cache_dir=None)
    imports = [
        (one, other) for one in graph.modules for other in graph.find_modules_directly_imported_by(one)
    ]
    assert len(imports) > 500
    assert not [(one, other) for one, other in imports if one.startswith(f"{other}.")]
