"""The doctor finds what is missing and says what to do about it."""

import html
import importlib.metadata
import os
import re
from types import SimpleNamespace

import pytest

from hgmrl_lite import course
from hgmrl_lite.course.handshake import Handshake

# The function has the module's name in the package.
doctor_module = importlib.import_module("hgmrl_lite.course.doctor")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Let it write to a folder of its own."""
    monkeypatch.setenv("HGMRL_LITE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def finding(name):
    """Return what the doctor found about one thing."""
    return next(found for found in course.doctor().findings if found.name == name)


def test_this_environment_is_ready(cache):
    diagnosis = course.doctor()
    assert diagnosis.ready, diagnosis
    assert diagnosis.summary == "Everything is ready."
    assert not any(found.remedy for found in diagnosis.findings if found.state == "OK")
    assert not list(cache.iterdir())


def test_when_all_is_well_it_says_so_in_two_lines_and_lists_everything_on_request():
    short, long = course.doctor(), course.doctor(details=True)
    assert repr(short).splitlines() == [
        "Everything is ready.",
        f"{len(short.findings)} checks are OK; `course.doctor(details=True)` lists them.",
    ]
    assert "<table>" not in short._repr_html_()
    assert len(repr(long).splitlines()) == len(long.findings) + 1
    assert long._repr_html_().count("<tr>") == len(long.findings) + 1


def test_every_problem_is_listed_in_full_without_what_is_in_order(monkeypatch):
    monkeypatch.setattr(doctor_module.shutil, "disk_usage", lambda _: SimpleNamespace(free=1e6))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    diagnosis = course.doctor()
    plain, rich = repr(diagnosis), html.unescape(diagnosis._repr_html_())
    assert diagnosis.summary.startswith("1 of ")
    for found in diagnosis.findings:
        listed = found.state != "OK"
        assert (f"{found.state}: {found.name} " in plain) == listed
        assert (f">{found.name}</th>" in rich) == listed
        assert found.remedy in plain
        assert found.remedy in rich
    assert f"{len(diagnosis.findings) - 2} checks are OK" in plain
    assert f"{len(diagnosis.findings) - 2} checks are OK" in rich


def test_it_looks_at_every_package_a_student_needs():
    names = {found.name for found in course.doctor().findings}
    assert {"Python", "numpy", "torch", "jupyterlab", "anywidget", "processors", "memory", "cache"} <= names
    assert "pytest" not in names


@pytest.mark.parametrize(
    ("version", "state"), [("1.26.0", "OK"), ("2.4.6", "OK"), ("1.25.9", "Problem"), ("0.1", "Problem")]
)
def test_package_versions(monkeypatch, version, state):
    real = importlib.metadata.version
    monkeypatch.setattr(
        importlib.metadata, "version", lambda name: version if name == "numpy" else real(name)
    )
    found = finding("numpy")
    assert (found.state, found.found) == (state, version)
    assert ('pip install "numpy>=' in found.remedy) == (state == "Problem")


def test_another_version_than_the_tested_one_is_named(monkeypatch):
    tested = doctor_module._tested_versions()
    assert {"numpy", "torch", "jupyterlab"} <= tested.keys()
    real = importlib.metadata.version
    versions = {"numpy": "99.0", "torch": tested["torch"] + "+cpu"}
    monkeypatch.setattr(importlib.metadata, "version", lambda name: versions.get(name) or real(name))
    assert f"tested with {tested['numpy']}" in finding("numpy").needed
    assert "tested" not in finding("torch").needed


def test_missing_parts_of_the_page(monkeypatch, tmp_path):
    parts = ["page part of jupyterlab_widgets", "page part of anywidget"]
    assert [finding(name).state for name in parts] == ["OK", "OK"]
    monkeypatch.setattr(doctor_module.sys, "prefix", str(tmp_path))
    folder = tmp_path / "share" / "jupyter" / "labextensions" / "anywidget"
    folder.mkdir(parents=True)
    (folder / "package.json").write_text("{broken")
    assert [finding(name).state for name in parts] == ["Problem", "Problem"]
    assert "--force-reinstall --no-deps anywidget" in finding(parts[1]).remedy


def test_handshake_answers_what_it_is_asked():
    line = Handshake()
    line.question = "0.25"
    assert line.answered == "0.25"
    assert "widgets are not live here" in repr(line)


def test_missing_package(monkeypatch):
    real = importlib.metadata.version

    def missing(name):
        if name == "torch":
            raise importlib.metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    found = finding("torch")
    assert (found.state, found.found) == ("Problem", "not installed")
    diagnosis = course.doctor()
    assert not diagnosis.ready
    assert re.match(r"1 of \d+ things need attention", diagnosis.summary)


def test_old_python(monkeypatch):
    monkeypatch.setattr(doctor_module.platform, "python_version", lambda: "3.9.18")
    found = finding("Python")
    assert found.state == "Problem"
    assert "environment anew with Python >=3.11" in found.remedy


def test_package_not_installed(monkeypatch):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)
    assert "pip install -e ." in finding("hgmrl-lite").remedy


@pytest.mark.parametrize(("free", "state"), [(8.0, "OK"), (2.0, "OK"), (1.0, "Problem")])
def test_memory(monkeypatch, free, state):
    memory = SimpleNamespace(available=free * 2**30)
    monkeypatch.setattr(doctor_module.psutil, "virtual_memory", lambda: memory)
    found = finding("memory")
    assert found.state == state
    assert found.found == f"{free:.1f} GiB free"


@pytest.mark.parametrize(("count", "state"), [(1, "Slow"), (2, "OK"), (64, "OK")])
def test_processors(monkeypatch, count, state):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(count)), raising=False)
    assert finding("processors").state == state
    assert course.doctor().ready


def test_cache_that_cannot_be_written(monkeypatch, tmp_path):
    file = tmp_path / "a_file"
    file.write_text("")
    monkeypatch.setenv("HGMRL_LITE_CACHE", str(file / "cache"))
    found = finding("cache")
    assert found.state == "Problem"
    assert str(file / "cache") in found.found
    assert "HGMRL_LITE_CACHE" in found.remedy


def test_cache_on_a_full_disk(monkeypatch):
    monkeypatch.setattr(doctor_module.shutil, "disk_usage", lambda _: SimpleNamespace(free=1e6))
    assert finding("cache").state == "Problem"


def test_both_forms_say_the_same(monkeypatch):
    monkeypatch.setattr(doctor_module.shutil, "disk_usage", lambda _: SimpleNamespace(free=1e6))
    diagnosis = course.doctor(details=True)
    plain, rich = repr(diagnosis), html.unescape(diagnosis._repr_html_())
    assert rich.count("<tr>") == len(diagnosis.findings) + 1
    for found in diagnosis.findings:
        for text in (found.name, found.state, found.found, found.needed, found.remedy):
            assert text in plain
            assert text in rich
    assert 'scope="row"' in rich
    assert "color" not in rich
