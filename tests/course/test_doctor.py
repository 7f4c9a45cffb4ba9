"""The doctor finds what is missing and says what to do about it."""

import html
import importlib.metadata
from types import SimpleNamespace

import pytest

from hgmrl_lite import course
from hgmrl_lite.course.doctor import Handshake

# The function has the module's name in the package.
doctor_module = importlib.import_module("hgmrl_lite.course.doctor")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Let it write to a folder of its own."""
    monkeypatch.setenv("HGMRL_LITE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def problem():
    """Return the one thing that the doctor finds."""
    (found,) = course.doctor().problems
    return found


def test_this_environment_is_ready(cache):
    diagnosis = course.doctor()
    assert not diagnosis.problems, diagnosis
    assert repr(diagnosis) == "Everything is ready."
    assert "<table>" not in diagnosis._repr_html_()
    assert not list(cache.iterdir())


def test_it_looks_at_every_package_a_student_needs(monkeypatch):
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "0.0.1")
    names = {found.name for found in course.doctor().problems}
    assert {"numpy", "torch", "jupyterlab", "anywidget"} <= names
    assert "pytest" not in names


@pytest.mark.parametrize(
    ("version", "fits"), [("1.26.0", True), ("2.4.6", True), ("1.25.9", False), ("0.1", False)]
)
def test_package_versions(monkeypatch, version, fits):
    real = importlib.metadata.version
    monkeypatch.setattr(
        importlib.metadata, "version", lambda name: version if name == "numpy" else real(name)
    )
    assert [found.name for found in course.doctor().problems] == ([] if fits else ["numpy"])
    if not fits:
        assert problem().found == version
        assert 'pip install "numpy>=' in problem().remedy


def test_missing_parts_of_the_page(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor_module.sys, "prefix", str(tmp_path))
    folder = tmp_path / "share" / "jupyter" / "labextensions" / "anywidget"
    folder.mkdir(parents=True)
    (folder / "package.json").write_text("{broken")
    manager, anywidget = course.doctor().problems
    assert manager.name == "page part of jupyterlab_widgets"
    assert "--force-reinstall --no-deps anywidget" in anywidget.remedy


def test_handshake_answers_what_it_is_asked():
    line = Handshake()
    line.question = "0.25"
    assert line.answered == "0.25"


def test_in_place_of_a_handshake_that_cannot_be_shown_stands_what_to_do():
    data, _ = Handshake()._repr_mimebundle_()
    assert "Widgets are not live here" in data["text/plain"]
    assert data["text/plain"].endswith("reload the page.")


def test_missing_package(monkeypatch):
    real = importlib.metadata.version

    def missing(name):
        if name == "torch":
            raise importlib.metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    assert (problem().name, problem().found) == ("torch", "not installed")
    assert course.doctor().summary == "Things that need attention: 1. See the remedies."


def test_old_python(monkeypatch):
    monkeypatch.setattr(doctor_module.platform, "python_version", lambda: "3.9.18")
    assert problem().name == "Python"
    assert "environment anew with Python >=3.11" in problem().remedy


def test_package_not_installed(monkeypatch):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)
    assert problem().name == "hgmrl-lite"
    assert "pip install -e ." in problem().remedy


@pytest.mark.parametrize(("free", "enough"), [(8.0, True), (2.0, True), (1.0, False)])
def test_memory(monkeypatch, free, enough):
    memory = SimpleNamespace(available=free * 2**30)
    monkeypatch.setattr(doctor_module.psutil, "virtual_memory", lambda: memory)
    assert [found.name for found in course.doctor().problems] == ([] if enough else ["memory"])
    if not enough:
        assert problem().found == f"{free:.1f} GiB free"


def test_cache_that_cannot_be_written(monkeypatch, tmp_path):
    file = tmp_path / "a_file"
    file.write_text("")
    monkeypatch.setenv("HGMRL_LITE_CACHE", str(file / "cache"))
    assert problem().name == "cache"
    assert str(file / "cache") in problem().found
    assert "HGMRL_LITE_CACHE" in problem().remedy


def test_both_forms_say_the_same(monkeypatch):
    monkeypatch.setattr(doctor_module.shutil, "disk_usage", lambda _: SimpleNamespace(free=1e6))
    monkeypatch.setattr(doctor_module.platform, "python_version", lambda: "3.9.18")
    diagnosis = course.doctor()
    plain, rich = repr(diagnosis), html.unescape(diagnosis._repr_html_())
    assert [found.name for found in diagnosis.problems] == ["Python", "cache"]
    assert rich.count("<tr>") == 3
    for found in diagnosis.problems:
        for text in (diagnosis.summary, found.name, found.found, found.needed, found.remedy):
            assert text in plain
            assert text in rich
    assert 'scope="row"' in rich
    assert "color" not in rich
