"""Cached results: computed once, told apart by their settings, and never lost to the storage."""

import dataclasses
import errno
import logging
import os
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from hgmrl_lite import cache
from hgmrl_lite.cache import cache_directory, cached_arrays, clear_cache, load_arrays, store_arrays


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HGMRL_LITE_CACHE", str(tmp_path / "cache"))
    cache.warn_not_stored.cache_clear()


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


def test_no_flipped_bit_of_a_file_is_an_error_or_another_result():
    # The first header and the archive's table of contents: flags, methods, versions, sizes.
    arrays = Counted()()
    store_arrays("thing", {}, arrays)
    (path,) = cache_directory().iterdir()
    whole = path.read_bytes()
    for place in (*range(60), *range(whole.index(b"PK\x01\x02"), len(whole))):
        for bit in (1, 128):
            damaged = bytearray(whole)
            damaged[place] ^= bit
            path.write_bytes(damaged)
            found = load_arrays("thing", {})
            assert found is None or all((found[name] == arrays[name]).all() for name in arrays)


def full_disk(monkeypatch, error):
    """Let half a file be written, and then no more."""

    def write_half(stream, **arrays):
        stream.write(b"half of it")
        raise error

    monkeypatch.setattr(np, "savez", write_half)


@pytest.mark.parametrize("what", ["full disk", "folder in a file", "folder that the system refuses"])
def test_a_result_that_cannot_be_kept_is_returned_with_one_warning(what, monkeypatch, tmp_path, caplog):
    if what == "full disk":
        full_disk(monkeypatch, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    elif what == "folder in a file":
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("HGMRL_LITE_CACHE", str(tmp_path / "file" / "cache"))
    else:
        # As root one may write everywhere, and a test may be run as root.
        def refuse(*arguments, **options):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

        monkeypatch.setattr(Path, "mkdir", refuse)
        monkeypatch.setattr(np, "load", refuse)
    compute = Counted()
    with caplog.at_level(logging.WARNING, logger="hgmrl_lite.cache"):
        for seed in range(3):
            np.testing.assert_array_equal(cached_arrays("thing", {"seed": seed}, compute)["b"], np.eye(2))
    assert compute.calls == 3
    assert len(caplog.records) == 1
    assert str(cache_directory()) in caplog.text
    assert "HGMRL_LITE_CACHE" in caplog.text
    assert not list(tmp_path.rglob("*.npz"))


def test_an_interrupt_while_it_is_written_leaves_no_part(monkeypatch):
    full_disk(monkeypatch, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        cached_arrays("thing", {}, Counted())
    assert not list(cache_directory().iterdir())


def test_two_that_write_the_same_file_at_once_do_not_meet(monkeypatch):
    # Two threads of one process, which stand for two containers whose processes have the same number as well.
    write, both = np.savez, threading.Barrier(2, timeout=60)

    def write_together(stream, **arrays):
        both.wait()
        write(stream, **arrays)
        both.wait()

    monkeypatch.setattr(np, "savez", write_together)
    arrays, reasons = Counted()(), []
    threads = [
        threading.Thread(target=lambda: reasons.append(store_arrays("thing", {}, arrays))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert reasons == ["", ""]
    assert len(list(cache_directory().iterdir())) == 1
    np.testing.assert_array_equal(load_arrays("thing", {})["a"], arrays["a"])


def test_clearing_the_cache_twice_at_once_counts_each_file_once(monkeypatch):
    for seed in range(2):
        store_arrays("thing", {"seed": seed}, {"a": np.zeros(2)})
    unlink, answers = Path.unlink, []

    def unlink_second(path, *arguments, **options):
        # Between the list of files and the first deletion, the other one deletes them all.
        if not answers:
            answers.append(None)
            answers.append(clear_cache())
        unlink(path, *arguments, **options)

    monkeypatch.setattr(Path, "unlink", unlink_second)
    assert clear_cache().startswith("0 cached results deleted")
    assert answers[1].startswith("2 cached results deleted")


def test_what_cannot_be_deleted_is_told():
    store_arrays("thing", {}, {"a": np.zeros(2)})
    (cache_directory() / "folder.npz").mkdir()
    message = clear_cache()
    assert message.startswith("1 cached results deleted")
    assert "Others could not be deleted: " in message


def test_nothing_is_left_behind_when_the_computation_fails():
    def fail():
        raise RuntimeError("no luck")

    with pytest.raises(RuntimeError, match="no luck"):
        cached_arrays("thing", {"seed": 0}, fail)
    assert not cache_directory().exists() or not list(cache_directory().iterdir())


@dataclasses.dataclass(frozen=True)
class Wheel:
    """A setting that holds an array and a function."""

    spokes: np.ndarray
    turn: object = np.sin

    def turned(self):
        """Return the spokes after the turn."""
        return self.turn(self.spokes)


def roll():
    """A function with a lasting name."""


NAMED = [
    {"wheel": Wheel(np.arange(3.0))},
    {"wheel": Wheel(np.arange(4.0))},
    {"wheel": Wheel(np.arange(3.0), np.cos)},
    {"wheel": {"spokes": np.arange(3.0), "turn": np.sin}},
    {"make": roll},
    {"make": Wheel},
    {"number": np.float64(0.5)},
    {"numbers": (1, 2)},
]


def test_values_classes_and_functions_are_named_on_disk_each_by_its_own_name():
    for number, settings in enumerate(NAMED):
        store_arrays("thing", settings, {"a": np.array(number)})
    assert len(list(cache_directory().iterdir())) == len(NAMED)
    for number, settings in enumerate(NAMED):
        assert load_arrays("thing", settings)["a"] == number
    # What is equal has the same name, whoever made it.
    assert load_arrays("thing", {"wheel": Wheel(np.arange(3.0))})["a"] == 0


UNNAMED = {
    "function without a name": lambda: {"make": lambda: None},
    "class of a function": lambda: {"make": type("<locals>.Inner", (), {})},
    "method": lambda: {"make": Wheel(np.arange(3.0)).turned},
    "within a dataclass": lambda: {"wheel": Wheel(np.arange(3.0), lambda angle: angle)},
}


@pytest.mark.parametrize("make", UNNAMED.values(), ids=UNNAMED)
def test_what_has_no_lasting_name_is_kept_for_the_session(make):
    compute, settings = Counted(), make()
    first, again = (cached_arrays("thing", settings, compute)["a"] for _ in range(2))
    assert compute.calls == 1
    np.testing.assert_array_equal(first, again)
    assert not cache_directory().exists()
    # Another one like it is not the same, even when the first is gone from the caller.
    del settings
    assert cached_arrays("thing", make(), compute)["a"][0] == 2
    settings = make()
    assert cached_arrays("thing", settings, compute)["a"][0] == 3
    assert cached_arrays("thing", settings, compute, refresh=True)["a"][0] == 4
    assert cached_arrays("other", settings, compute)["a"][0] == 5


def test_a_function_whose_module_changed_is_another_setting(tmp_path, monkeypatch):
    module, file = type(sys)("rule_of_a_user"), tmp_path / "rule_of_a_user.py"
    module.__file__ = str(file)
    monkeypatch.setitem(sys.modules, module.__name__, module)

    def written(source):
        file.write_text(source)
        # As a new process would.
        cache._source_hash.cache_clear()
        exec(source, vars(module))
        return {"make": module.rule}

    compute, source = Counted(), "def rule():\n    return 1\n"
    for text, value in ((source, 1), (source, 1), (source + "# changed\n", 2), (source, 1)):
        assert cached_arrays("thing", written(text), compute)["a"][0] == value


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes"])
def test_what_cannot_be_named_is_refused(value):
    with pytest.raises(TypeError, match=f"values that can be named, got {type(value).__name__}"):
        cached_arrays("thing", {"value": value}, Counted())


def test_a_closure_has_no_lasting_name_and_a_base_class_counts():
    def scaled(factor):
        def call(value):
            return factor * value

        call.__qualname__ = "scaled"
        return call

    _, unnamed = cache.settings_text("", {"f": scaled(2)})
    assert len(unnamed) == 1
    text, unnamed = cache.settings_text("", {"kind of path": Path})
    assert not unnamed
    assert {"pathlib", "builtins"} <= set(text.replace('"', " ").split())
