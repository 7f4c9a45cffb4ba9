"""The base policy: learned from rewards, cached by its settings."""

import logging

import numpy as np
import pytest

from hgmrl_lite.agents import PPOSettings, train_base_policy
from hgmrl_lite.cache import cache_directory
from hgmrl_lite.envs import navigation
from hgmrl_lite.meta import evaluate

SHORT = PPOSettings(total_steps=4096)
GOAL = np.array([0.6, -0.8])
FAMILY = navigation(train=[GOAL], test=[GOAL])


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HGMRL_LITE_CACHE", str(tmp_path))


def train(**options):
    return train_base_policy(FAMILY, settings=SHORT, progress=False, **options)


def test_training_is_reproducible_and_cached_by_its_settings(monkeypatch):
    first = train(seed=1)
    assert len(list(cache_directory().iterdir())) == 1
    monkeypatch.setattr("hgmrl_lite.agents.ppo._train", lambda *_: pytest.fail("the cache was not used"))
    again = train(seed=1)
    for ours, theirs in zip(first.weights, again.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    monkeypatch.undo()
    monkeypatch.setenv("HGMRL_LITE_CACHE", str(cache_directory()))
    retrained = train(seed=1, refresh=True)
    other = train(seed=2)
    np.testing.assert_array_equal(first.weights[0], retrained.weights[0])
    assert not np.array_equal(first.weights[0], other.weights[0])


def test_the_policy_of_a_task_is_the_same_whatever_else_the_family_holds():
    alone = train()
    among = navigation(train=[[1.0, 0.0], GOAL], test=[[0.0, 1.0]], base_index=1, reward_noise=0.3)
    assert len(list(cache_directory().iterdir())) == 1
    for family, task in ((among, None), (navigation(), GOAL)):
        policy = train_base_policy(family, task, settings=SHORT, progress=False)
        np.testing.assert_array_equal(policy.weights[0], alone.weights[0])
    assert len(list(cache_directory().iterdir())) == 1


def test_a_damaged_policy_is_named_and_trained_again(caplog):
    first = train()
    (path,) = cache_directory().iterdir()
    path.write_bytes(b"garbage")
    with caplog.at_level(logging.WARNING):
        again = train()
    assert path.name in caplog.text
    np.testing.assert_array_equal(first.weights[-1], again.weights[-1])


def test_a_few_updates_learn_something_and_a_full_training_solves_the_task():
    before = evaluate(FAMILY, train(), episodes=50).regret.mean()
    after = evaluate(FAMILY, train_base_policy(FAMILY, progress=False), episodes=50).regret.mean()
    assert after < 0.2
    assert after < 0.1 * before


@pytest.mark.parametrize("goal", [[1.0], [1.0, 2.0, 3.0], [np.nan, 0.0], "north", [9.0, 0.0]])
def test_bad_goals(goal):
    with pytest.raises(ValueError, match="task must"):
        train_base_policy(FAMILY, goal, settings=SHORT, progress=False)
