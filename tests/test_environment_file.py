"""The lists of packages agree: pyproject.toml, environment.yml for conda, constraints.txt as tested."""

import ast
import re
import shlex
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# conda-forge's names where they differ.
CONDA_NAMES = {"torch": "pytorch-cpu", "matplotlib": "matplotlib-base", "mujoco": "mujoco-python"}
# Where a module is not called like its package.
PACKAGE_OF_MODULE = {
    "yaml": "pyyaml",
    "PIL": "pillow",
    "websocket": "websocket-client",
    "bs4": "beautifulsoup4",
}
CONDA_ENTRY = re.compile(r"([A-Za-z0-9._-]+)\s*(.*)")

Ranges = dict[str, SpecifierSet]


def requirements(texts: list[str]) -> Ranges:
    """Return name and range of each requirement."""
    return {canonicalize_name(r.name): r.specifier for r in map(Requirement, texts)}


def conda_entries(environment: str) -> tuple[Ranges, list[str]]:
    """Return the conda packages with their ranges, and what is left to pip."""
    entries = yaml.safe_load(environment)["dependencies"]
    conda: Ranges = {}
    for entry in entries:
        if isinstance(entry, str):
            match = CONDA_ENTRY.fullmatch(entry)
            assert match, entry
            # Conda's single = is a prefix, as Python's == with a star.
            conda[match[1]] = SpecifierSet(re.sub(r"^=([\d.]+)$", r"==\1.*", match[2]))
    return conda, [line for entry in entries if isinstance(entry, dict) for line in entry["pip"]]


def differences(wanted: Ranges, environment: str) -> list[str]:
    """Say in which packages and ranges the conda environment differs from pyproject's dependencies."""
    conda, _ = conda_entries(environment)
    found = {name: span for name, span in conda.items() if name not in ("python", "pip")}
    expected = {CONDA_NAMES.get(name, name): span for name, span in wanted.items()}
    return [
        f"{name}: {expected.get(name, 'missing')} in pyproject.toml, {found.get(name, 'missing')} for conda"
        for name in sorted(expected.keys() | found.keys())
        if expected.get(name) != found.get(name)
    ]


STUDENT = requirements(PROJECT["dependencies"])
DEV = requirements(PROJECT["optional-dependencies"]["dev"])
GRADING = requirements(PROJECT["optional-dependencies"]["grading"])
ROBOTS = requirements(PROJECT["optional-dependencies"]["robots"])
STRENGTH = requirements(PROJECT["optional-dependencies"]["strength"])
OPTIONAL = GRADING | ROBOTS | STRENGTH
ENVIRONMENT = (ROOT / "environment.yml").read_text(encoding="utf-8")
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()


def test_conda_names_the_same_packages_and_ranges():
    assert differences(STUDENT, ENVIRONMENT) == []


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("  - numpy>=1.26\n", "  - numpy>=1.27\n", "numpy"),
        ("  - numpy>=1.26\n", "  - numpy\n", "numpy"),
        ("  - jupyterlab>=4.2,<5\n", "  - jupyterlab>=4.2\n", "jupyterlab"),
        ("  - plotly>=5.20\n", "", "plotly"),
        ("  - tqdm>=4.66\n", "  - tqdm>=4.66\n  - pandas>=2\n", "pandas"),
        ("pytorch-cpu>=2.2", "pytorch>=2.2", "pytorch"),
    ],
)
def test_a_drift_would_be_caught(old, new, named):
    assert old in ENVIRONMENT
    assert any(line.startswith(named) for line in differences(STUDENT, ENVIRONMENT.replace(old, new)))


def test_conda_python_fits_and_pip_installs_the_workbook_alone():
    conda, pip = conda_entries(ENVIRONMENT)
    assert str(conda["python"]) == "==3.11.*"
    assert Version("3.11.9") in SpecifierSet(PROJECT["requires-python"])
    assert pip == ["-e ."]
    assert yaml.safe_load(ENVIRONMENT)["channels"][0] == "conda-forge"


def pinned() -> dict[str, Version]:
    """Return the exact version of each package in constraints.txt."""
    pins = {}
    for line in CONSTRAINTS:
        name, version = line.split("==")
        pins[canonicalize_name(name)] = Version(version)
    return pins


def test_constraints_are_exact_public_sorted_versions():
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*", line) for line in CONSTRAINTS)
    assert sorted(CONSTRAINTS, key=str.upper) == CONSTRAINTS
    assert len(pinned()) == len(CONSTRAINTS)
    assert pinned()["torch"] == Version("2.13.0")


@pytest.mark.parametrize("name", sorted(STUDENT | DEV | OPTIONAL))
def test_each_dependency_is_pinned_within_its_range(name):
    span = (STUDENT | DEV | OPTIONAL)[name]
    assert span, f"{name} has no range"
    assert pinned()[name] in span


def test_what_students_developers_and_graders_need_is_kept_apart():
    assert not STUDENT.keys() & DEV.keys()
    assert not OPTIONAL.keys() & (STUDENT.keys() | DEV.keys())
    assert all(OPTIONAL.values())


def test_conda_is_told_the_robots_in_the_same_ranges():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^conda install --channel conda-forge (.*)$", readme, flags=re.MULTILINE)
    (comment,) = re.findall(r"# For MuJoCo.*: (.*)\.\n", ENVIRONMENT)
    for told in (shlex.split(command), comment.split(" and ")):
        assert requirements(told) == {CONDA_NAMES.get(name, name): span for name, span in ROBOTS.items()}


def imported_packages(folder: Path) -> set[str]:
    """Return the packages that the Python files of a folder import and that Python does not bring."""
    modules = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                modules.add(node.module.split(".")[0])
    # Scripts and helpers that are no package import each other by their file's name.
    helpers = {path.stem for name in ("notebooks", "tests") for path in (ROOT / name).rglob("*.py")}
    ours = (
        {"hgmrl_lite"} if folder.name == "hgmrl_lite" else helpers | {"hgmrl_lite", "benchmarks", "website"}
    )
    foreign = modules - ours - sys.stdlib_module_names
    return {canonicalize_name(PACKAGE_OF_MODULE.get(name, name)) for name in foreign}


def test_the_package_imports_only_what_a_student_has():
    found = imported_packages(ROOT / "hgmrl_lite")
    assert {"numpy", "torch", "stable-baselines3"} <= found
    assert found <= STUDENT.keys()


@pytest.mark.parametrize("folder", ["notebooks", "tests", "benchmarks", "website"])
def test_everything_else_imports_only_declared_packages(folder):
    # ipykernel, Matplotlib and JupyterLab cannot be without these.
    come_along = {"jupyter-client", "jupyter-core", "pillow", "nbconvert", "beautifulsoup4", "jinja2"}
    assert imported_packages(ROOT / folder) <= STUDENT.keys() | DEV.keys() | come_along
