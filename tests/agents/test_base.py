"""The base policy: learned from rewards, cached by its settings."""

import logging

import numpy as np
import pytest

from hgmrl_lite.agents import PPOSettings, train_base_policy
from hgmrl_lite.cache import cache_directory
from hgmrl_lite.meta import evaluate

SHORT = PPOSettings(total_steps=4096)
GOAL = np.array([0.6, -0.8])


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HGMRL_LITE_CACHE", str(tmp_path))


def train(**options):
    return train_base_policy(GOAL, settings=SHORT, progress=False, **options)


def test_training_is_reproducible_and_cached_by_its_settings(monkeypatch):
    first = train(seed=1)
    assert len(list(cache_directory().iterdir())) == 1
    monkeypatch.setattr("hgmrl_lite.agents.base._train", lambda *_: pytest.fail("the cache was not used"))
    again = train(seed=1)
    for ours, theirs in zip(first.weights, again.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    monkeypatch.undo()
    monkeypatch.setenv("HGMRL_LITE_CACHE", str(cache_directory()))
    retrained = train(seed=1, refresh=True)
    other = train(seed=2)
    np.testing.assert_array_equal(first.weights[0], retrained.weights[0])
    assert not np.array_equal(first.weights[0], other.weights[0])


def test_a_damaged_policy_is_named_and_trained_again(caplog):
    first = train()
    (path,) = cache_directory().iterdir()
    path.write_bytes(b"garbage")
    with caplog.at_level(logging.WARNING):
        again = train()
    assert path.name in caplog.text
    np.testing.assert_array_equal(first.weights[-1], again.weights[-1])


def test_a_few_updates_learn_something_and_a_full_training_solves_the_task():
    before = evaluate(train(), GOAL[None], episodes=50).regret.mean()
    after = evaluate(train_base_policy(GOAL, progress=False), GOAL[None], episodes=50).regret.mean()
    assert after < 0.2
    assert after < 0.1 * before


@pytest.mark.parametrize("goal", [[1.0], [1.0, 2.0, 3.0], [np.nan, 0.0], "north", [9.0, 0.0]])
def test_bad_goals(goal):
    with pytest.raises(ValueError, match="goal"):
        train_base_policy(goal, settings=SHORT, progress=False)
