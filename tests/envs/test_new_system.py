"""A new system is one file: it goes through the whole loop, and no other file knows of it."""

import copy
import importlib.util
import pickle
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from hgmrl_lite.agents import PPOSettings, train_base_policy
from hgmrl_lite.cache import cache_directory
from hgmrl_lite.envs import circle_tasks
from hgmrl_lite.meta import evaluate, meta_test, meta_train

FILE = Path(__file__).with_name("buoy.py")
TINY = PPOSettings(num_envs=16, total_steps=2048, batch_size=256, n_epochs=4)
MARKS = circle_tasks(3, radius=0.7, phase=0.4)


@pytest.fixture(scope="module")
def buoy():
    """The file as a module that can be imported, as a package of a user's would be."""
    with pytest.MonkeyPatch.context() as patch:
        spec = importlib.util.spec_from_file_location("buoy_of_a_user", FILE)
        module = importlib.util.module_from_spec(spec)
        patch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
        yield module


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HGMRL_LITE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def family(buoy):
    return buoy.GuidedBuoyTasks(buoy.Buoy(max_steps=40), MARKS, circle_tasks(2, radius=0.7))


def test_it_is_one_file_of_at_most_60_lines():
    assert len(FILE.read_text().splitlines()) <= 60


def test_it_goes_through_the_loop(family, buoy):
    agent = meta_train(family, transitions=1500, settings=TINY, progress=False)
    assert agent.geometry.verdict == "yes"
    result = meta_test(agent, family, context_size=60, episodes=5)
    assert (result.paired, result.regret.shape) == ("same noise", (2, 5))
    # The element that was inferred carries the base mark to the new one.
    for task, inference in zip(family.test, result.inferences, strict=True):
        np.testing.assert_allclose(inference.left[:2, :2] @ family.base_task, task, atol=0.2)
    best = [family.reference(task) for task in family.test]
    np.testing.assert_array_equal(evaluate(family, best, episodes=5).regret, 0.0)
    assert evaluate(family, best, episodes=5).success.all()
    # An agent of other water is refused.
    calm = buoy.GuidedBuoyTasks(buoy.Buoy(drag=0.0, max_steps=40), MARKS, family.test)
    with pytest.raises(ValueError, match="agent must have been trained in the family's system"):
        meta_test(agent, calm)


def test_without_a_reference_one_is_trained_on_each_of_four_tasks_at_most(buoy, family):
    alone = buoy.BuoyTasks(family.system, MARKS, family.test)
    agent = meta_train(alone, transitions=400, settings=TINY, progress=False)
    result = meta_test(agent, alone, episodes=5, settings=TINY)
    trained = [train_base_policy(alone, task, settings=TINY, progress=False) for task in alone.test]
    np.testing.assert_array_equal(evaluate(alone, trained, episodes=5, settings=TINY).regret, 0.0)
    assert np.isfinite(result.regret).all()
    # A task that is there twice counts once.
    twice = evaluate(alone, trained[0], alone.test[[0, 1, 1, 0, 1]], episodes=5, settings=TINY)
    np.testing.assert_array_equal(twice.regret[0], twice.regret[3])
    five = buoy.BuoyTasks(family.system, MARKS, circle_tasks(5))
    with pytest.raises(ValueError, match=r"tasks must be at most 4 .* got 5"):
        meta_test(agent, five, settings=TINY)


def test_its_environment_is_gymnasiums(family):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # The states have no bound, which the checker would like them to have.
        warnings.filterwarnings("ignore", message=".*Box observation space (minimum|maximum) value is.*")
        check_env(family.env(MARKS[0]), skip_render_check=True)
    with pytest.raises(
        ValueError, match=r"render_mode must be one of \(None,\) for the tasks of buoy, got 'rgb_array'"
    ):
        family.env(MARKS[0], render_mode="rgb_array")


def play(env, steps, seed):
    """Return all states and rewards of random actions in a vectorised environment."""
    actions = np.random.default_rng(seed).uniform(-1.5, 1.5, (steps, env.num_envs, 2))
    return [np.column_stack(env.step(action)[:2]) for action in actions]


def test_its_rows_are_single_environments(family):
    rows, singles = family.vector_env(MARKS, 3), [family.env(mark) for mark in MARKS]
    states, _ = rows.reset(seed=5)
    np.testing.assert_array_equal(states, [env.reset(seed=5 + row)[0] for row, env in enumerate(singles)])
    # Longer than wide, as only this system starts.
    starts = np.array([singles[0].reset(seed=seed)[0] for seed in range(200)])
    assert 1.5 < starts[:, 0].std() / starts[:, 1].std() < 2.6
    singles[0].reset(seed=5)
    ended = 0
    for actions in np.random.default_rng(0).uniform(-1.5, 1.5, (150, 3, 2)):
        states, rewards, terminated, truncated, infos = rows.step(actions)
        for row, env in enumerate(singles):
            state, reward, *ends, _ = env.step(actions[row])
            assert (reward, *ends) == (rewards[row], terminated[row], truncated[row])
            if any(ends):
                np.testing.assert_array_equal(infos["final_obs"][row], state)
                state, ended = env.reset()[0], ended + 1
            np.testing.assert_array_equal(states[row], state)
    assert ended > 5


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
def test_its_environments_can_be_copied(family, duplicate):
    env = family.vector_env(MARKS, 3)
    env.reset(seed=1)
    play(env, 30, seed=0)
    twin = duplicate(env)
    np.testing.assert_array_equal(play(twin, 60, seed=1), play(env, 60, seed=1))


def test_it_is_cached_on_disk_where_it_can_be_imported_and_in_the_session_where_not(family, buoy):
    class Inline(buoy.BuoyTasks):
        """A family as one writes it in a notebook."""

    inline = Inline(family.system, MARKS, MARKS)
    for each, files in ((family, 1), (inline, 0)):
        before = set(cache_directory().glob("*"))
        first, again = (train_base_policy(each, seed=7, settings=TINY, progress=False) for _ in range(2))
        np.testing.assert_array_equal(first.weights[0], again.weights[0])
        assert len(set(cache_directory().glob("*")) - before) == files
    # Another drag is another policy.
    other = buoy.BuoyTasks(buoy.Buoy(drag=0.1, max_steps=40), MARKS, MARKS)
    policy = train_base_policy(other, seed=7, settings=TINY, progress=False)
    assert not np.array_equal(policy.weights[0], first.weights[0])
