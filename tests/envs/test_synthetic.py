"""Independent transitions in R^n, and a reward without a symmetry."""

import numpy as np
import pytest

from hgmrl_lite.discovery import discover
from hgmrl_lite.envs import bent_valley, project_action, sample_transitions


def height(points):
    return points[:, -1]


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("action_set", ["disc", "box", None])
def test_motion_is_the_one_stated(n, action_set):
    wind = np.linspace(0.1, 0.2, n)
    data = sample_transitions(height, 500, seed=1, n=n, action_set=action_set, noise=0.0, wind=wind)
    admissible = data.actions if action_set is None else project_action(data.actions, action_set)
    np.testing.assert_allclose(data.next_states, data.states + 0.1 * admissible + wind, atol=1e-15)
    np.testing.assert_array_equal(data.rewards, data.next_states[:, -1])
    assert not data.terminated.any()
    np.testing.assert_array_equal(data.starts, data.states)


def test_noise_has_the_stated_size_and_the_seed_fixes_all():
    data = sample_transitions(
        height, 20_000, seed=2, spread=0.0, noise=0.3, action_set=None, reward_noise=0.7
    )
    again = sample_transitions(
        height, 20_000, seed=2, spread=0.0, noise=0.3, action_set=None, reward_noise=0.7
    )
    np.testing.assert_array_equal(data.rewards, again.rewards)
    assert (data.next_states - 0.1 * data.actions).std() == pytest.approx(0.3, rel=0.02)
    assert (data.rewards - height(data.next_states)).std() == pytest.approx(0.7, rel=0.03)


def test_bent_valley_has_no_affine_symmetry():
    points = np.random.default_rng(0).normal(size=(5000, 2))
    found = discover(points, bent_valley(points))
    assert found.dimension == 0
    assert found.verdict == "no"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"number": 0}, "number must be a whole number of at least 1, got 0"),
        ({"n": 0}, "n must be a whole number of at least 1, got 0"),
        ({"noise": -1.0}, "noise must be a standard deviation of at least 0, got -1"),
        ({"spread": np.nan}, "spread must be finite"),
        ({"wind": [1.0, 2.0, 3.0]}, "wind must have shape"),
        ({"action_set": "ball"}, "action_set must be one of"),
        ({"reward": lambda points: points}, "the rewards must have shape"),
    ],
)
def test_bad_input(change, message):
    arguments = {"reward": height, "number": 10, "seed": 0} | change
    with pytest.raises(ValueError, match=message):
        sample_transitions(**arguments)
