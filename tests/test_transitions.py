"""Transitions: where episodes begin, and the same motion under another reward."""

import numpy as np
import pytest

from hgmrl_lite.envs import explore


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


def test_with_rewards_changes_the_rewards_only():
    data = explore((1.0, 0.0), 50, seed=0)
    other = data.with_rewards(lambda points: points[:, 0])
    np.testing.assert_array_equal(other.rewards, data.next_states[:, 0])
    for name in ("states", "actions", "next_states", "terminated"):
        np.testing.assert_array_equal(getattr(other, name), getattr(data, name))
    with pytest.raises(ValueError, match="the rewards must have shape"):
        data.with_rewards(lambda points: points)


def test_a_lone_transition_begins_an_episode():
    assert len(explore((1.0, 0.0), 1, seed=0).starts) == 1
