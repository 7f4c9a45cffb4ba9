"""Cached results: computed once, told apart by their settings, and recomputed when the file is damaged."""

import logging

import numpy as np
import pytest

from hgmrl_lite.cache import cache_directory, cached_arrays


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HGMRL_LITE_CACHE", str(tmp_path / "cache"))


class Counted:
    """A computation that counts its calls."""

    def __init__(self):
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return {"a": np.arange(3.0) + self.calls, "b": np.eye(2)}


def test_computed_once_and_the_same_when_read_back():
    compute = Counted()
    first = cached_arrays("thing", {"seed": 0}, compute)
    second = cached_arrays("thing", {"seed": 0}, compute)
    assert compute.calls == 1
    for name in ("a", "b"):
        np.testing.assert_array_equal(first[name], second[name])


def test_other_settings_another_kind_and_a_refresh_compute_anew():
    compute = Counted()
    cached_arrays("thing", {"seed": 0}, compute)
    cached_arrays("thing", {"seed": 1}, compute)
    cached_arrays("other", {"seed": 0}, compute)
    assert cached_arrays("thing", {"seed": 0}, compute, refresh=True)["a"][0] == 4
    assert cached_arrays("thing", {"seed": 0}, compute)["a"][0] == 4
    assert compute.calls == 4


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def replace_values(path):
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    np.savez(path, **{**arrays, "a": np.zeros(3)})


def drop_digest(path):
    np.savez(path, a=np.zeros(3))


@pytest.mark.parametrize(
    "damage",
    [truncate, replace_values, drop_digest, lambda path: path.write_text("not an archive")],
    ids=["cut short", "other values", "no digest", "no archive"],
)
def test_a_damaged_file_is_named_and_computed_again(damage, caplog):
    compute = Counted()
    cached_arrays("thing", {"seed": 0}, compute)
    (path,) = cache_directory().iterdir()
    damage(path)
    with caplog.at_level(logging.WARNING, logger="hgmrl_lite.cache"):
        again = cached_arrays("thing", {"seed": 0}, compute)
    assert compute.calls == 2
    assert again["a"][0] == 2
    assert str(path) in caplog.text
    caplog.clear()
    cached_arrays("thing", {"seed": 0}, compute)
    assert compute.calls == 2
    assert not caplog.text


def test_nothing_is_left_behind_when_the_computation_fails():
    def fail():
        raise RuntimeError("no luck")

    with pytest.raises(RuntimeError, match="no luck"):
        cached_arrays("thing", {"seed": 0}, fail)
    assert not cache_directory().exists() or not list(cache_directory().iterdir())
