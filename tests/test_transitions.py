"""Transitions: where episodes begin, the same motion under another reward, and whose the arrays are."""

import copy
import dataclasses
import pickle

import numpy as np
import pytest
from exploring import explore

from hgmrl_lite.transitions import Transitions

NAMES = ("states", "actions", "rewards", "next_states", "terminated")


def test_starts_are_the_states_after_a_reset():
    data = explore((0.3, 0.0), 400, seed=3, max_steps=20)
    ended, steps = [], 0
    for terminated in data.terminated:
        steps += 1
        ended.append(terminated or steps == 20)
        if ended[-1]:
            steps = 0
    begins = np.concatenate([[True], ended[:-1]])
    assert begins.sum() > 20
    np.testing.assert_array_equal(data.starts, data.states[begins])


def test_the_same_motion_may_have_other_rewards():
    data = explore((1.0, 0.0), 50, seed=0)
    other = dataclasses.replace(data, rewards=data.next_states[:, 0])
    np.testing.assert_array_equal(other.rewards, data.next_states[:, 0])
    for name in set(NAMES) - {"rewards"}:
        np.testing.assert_array_equal(getattr(other, name), getattr(data, name))
    with pytest.raises(ValueError, match="rewards must have shape"):
        dataclasses.replace(data, rewards=data.next_states)


def test_a_lone_transition_begins_an_episode():
    assert len(explore((1.0, 0.0), 1, seed=0).starts) == 1


def buffers(number=6):
    rng = np.random.default_rng(0)
    return {
        "states": rng.normal(size=(number, 2)),
        "actions": rng.normal(size=(number, 2)),
        "rewards": rng.normal(size=number),
        "next_states": rng.normal(size=(number, 2)),
        "terminated": np.zeros(number, dtype=bool),
    }


def test_a_callers_buffers_may_be_filled_again():
    arrays = buffers()
    before = copy.deepcopy(arrays)
    # A view that is read-only, of a buffer that is not, is the buffer by another name.
    shown = arrays["states"].view()
    shown.flags.writeable = False
    data = Transitions(**{**arrays, "states": shown})
    for name, array in arrays.items():
        array[:] = 1
        np.testing.assert_array_equal(getattr(data, name), before[name])


@pytest.mark.parametrize(
    "derive",
    [
        lambda data: data,
        lambda data: data[1:4],
        lambda data: data[np.array([2, 0])],
        lambda data: dataclasses.replace(data, rewards=data.next_states[:, 0]),
        copy.copy,
        copy.deepcopy,
        lambda data: pickle.loads(pickle.dumps(data)),
    ],
    ids=["itself", "slice", "index array", "other rewards", "copy", "deepcopy", "pickle"],
)
def test_its_own_arrays_are_read_only(derive):
    data = derive(Transitions(**buffers()))
    for name in NAMES:
        with pytest.raises(ValueError, match="read-only"):
            getattr(data, name)[:] = 1


def test_what_is_read_only_already_is_not_copied(tmp_path):
    arrays = buffers()
    for array in arrays.values():
        array.flags.writeable = False
    np.save(tmp_path / "states.npy", arrays["states"])
    arrays["states"] = np.load(tmp_path / "states.npy", mmap_mode="r")
    data = Transitions(**arrays)
    half, other = data[:3], dataclasses.replace(data, rewards=data.next_states[:, 1])
    for name in NAMES:
        assert np.shares_memory(getattr(data, name), arrays[name])
        assert np.shares_memory(getattr(half, name), arrays[name])
        assert np.shares_memory(getattr(other, name), arrays[name]) == (name != "rewards")


def test_it_is_found_in_a_list_and_can_be_a_key():
    first, second = Transitions(**buffers()), Transitions(**buffers())
    assert first in [second, first]
    assert second not in [first]
    assert {first: 1, second: 2}[second] == 2


@pytest.mark.parametrize(
    "flags", [[np.nan, 0.0], ["no", "yes"], [2, 0], np.ma.array([True, False], mask=True)]
)
def test_what_is_neither_true_nor_false_does_not_end_a_task(flags):
    with pytest.raises(ValueError, match="terminated must"):
        Transitions(**{**buffers(2), "terminated": flags})


def test_flags_as_a_replay_buffer_keeps_them():
    data = Transitions(**{**buffers(2), "terminated": np.array([0.0, 1.0], dtype=np.float32)})
    assert data.terminated.dtype == bool
    assert data.terminated.tolist() == [False, True]


def test_a_single_transition_is_taken_by_a_slice():
    assert len(Transitions(**buffers())[2:3]) == 1
    with pytest.raises(ValueError, match="states must have shape"):
        Transitions(**buffers())[2]
