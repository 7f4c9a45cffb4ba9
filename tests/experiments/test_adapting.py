"""Adaptation from more and more transitions."""

import numpy as np
import pytest

from hgmrl_lite.envs import circle_tasks, navigation
from hgmrl_lite.experiments import Adaptation, adaptation
from hgmrl_lite.meta import Protocol

SMALL = Protocol(navigation(test=circle_tasks(5)), episodes=10, contexts=2, seeds=(0,))


@pytest.fixture(scope="module")
def result():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hgmrl_lite.experiments.adapting.QUICK_SIZES", (1, 20, 200))
        patch.setattr("hgmrl_lite.experiments.adapting.QUICK_NOISES", (0.0, 0.1))
        return adaptation(SMALL, quick=True, jobs=1, progress=False)


def test_it_has_an_entry_for_each_noise_seed_draw_size_and_goal(result):
    for name in ("angle_error", "regret", "decided"):
        assert getattr(result, name).shape == (2, 1, 2, 3, 5)
    assert result.mean_regret.mean.shape == (2, 3)


def test_more_transitions_help_and_twenty_are_enough_without_noise(result):
    assert result.quantile(0.5)[0, 1] < 0.3
    assert result.quantile(0.5)[0, 2] <= result.quantile(0.5)[0, 0]
    assert result.mean_regret.mean[0, 1] < 0.2
    # Noise in the reward costs accuracy at the same number of transitions.
    assert result.quantile(0.5)[1, 1] > result.quantile(0.5)[0, 1]


def test_one_transition_is_not_called_decided(result):
    assert result.decided_share[0, 0] < 0.5
    assert result.decided_share[0, 1] > 0.9


def test_shares_are_those_of_the_entries():
    rng = np.random.default_rng(0)
    shape = (1, 2, 3, 1, 4)
    error = rng.uniform(0.0, 20.0, shape)
    decided = rng.uniform(size=shape) < 0.5
    made = Adaptation(Protocol(), np.array([20]), np.zeros(1), error, np.zeros(shape), decided)
    assert made.decided_share[0, 0] == pytest.approx(decided.mean())
    assert made.wrong_when_decided[0, 0] == pytest.approx((error[decided] > 8.0).mean())
    none = Adaptation(Protocol(), np.array([20]), np.zeros(1), error, np.zeros(shape), np.zeros(shape, bool))
    assert none.wrong_when_decided[0, 0] == 0.0


def test_it_prints_a_table_with_its_protocol(result):
    assert "reward noise" in repr(result)
    assert "5000 transitions" in repr(result)
    assert result._repr_html_().count("<tr>") == 7
