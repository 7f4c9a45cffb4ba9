"""Policies conditioned on a code, the environment they are trained in, and PPO's settings."""

import random

import numpy as np
import pytest

from hgmrl_lite.agents import GoalConditionedAgent, MLPPolicy, PPOSettings
from hgmrl_lite.agents.conditioned import at_code, train_conditioned
from hgmrl_lite.agents.ppo import layers_of, run_ppo
from hgmrl_lite.envs import navigation, training_tasks
from hgmrl_lite.envs.sb3 import ConditionedVecEnv, StableBaselinesVecEnv
from hgmrl_lite.meta import evaluate

GOALS = np.array([[0.25, 0.0], [1.0, 0.5], [0.0, -0.3]])


def network(inputs=5):
    rng = np.random.default_rng(0)
    return MLPPolicy(
        (rng.normal(size=(8, inputs)), rng.normal(size=(2, 8))), (rng.normal(size=8), rng.normal(size=2))
    )


@pytest.mark.parametrize("batch", [(), (4,), (3, 1, 5)])
def test_a_conditioned_policy_is_the_network_with_the_code_behind_the_state(batch):
    rng = np.random.default_rng(1)
    code, states = rng.normal(size=3), rng.normal(size=(*batch, 2))
    policy = at_code(network(), code)
    both = np.concatenate([states, np.broadcast_to(code, (*batch, 3))], axis=-1)
    np.testing.assert_allclose(policy(states), network()(both), atol=1e-12)
    assert (policy.state_dim, policy.action_dim) == (2, 2)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ([], "code must have 1 to 4 entries for a network of 5 inputs, got 0"),
        (np.zeros(5), "code must have 1 to 4 entries for a network of 5 inputs, got 5"),
        ([[1.0, 2.0]], "code must have shape"),
        ([np.nan, 1.0], "code must be finite"),
    ],
)
def test_bad_codes(code, message):
    with pytest.raises(ValueError, match=message):
        at_code(network(), code)


def test_the_code_stays_for_an_episode_and_is_redrawn_with_the_next():
    counter = iter(range(10**6))
    env = ConditionedVecEnv(
        navigation(max_steps=12).vector_env(GOALS, 3),
        2,
        lambda rows: np.array([[row, next(counter)] for row in rows], dtype=float),
    )
    plain = StableBaselinesVecEnv(navigation(max_steps=12).vector_env(GOALS, 3))
    env.seed(4)
    plain.seed(4)
    observations = env.reset()
    np.testing.assert_array_equal(observations[:, :2], plain.reset())
    codes = observations[:, 2:].copy()
    ended = 0
    for actions in np.random.default_rng(0).uniform(-1.0, 1.0, (100, 3, 2)):
        observations, rewards, dones, infos = env.step(actions)
        states, expected_rewards, expected_dones, expected_infos = plain.step(actions)
        assert observations.dtype == np.float32
        assert all(observation in env.observation_space for observation in observations)
        np.testing.assert_array_equal(observations[:, :2], states)
        np.testing.assert_array_equal(rewards, expected_rewards)
        np.testing.assert_array_equal(dones, expected_dones)
        for row in range(3):
            assert observations[row, 2] == row
            if not dones[row]:
                np.testing.assert_array_equal(observations[row, 2:], codes[row])
                continue
            ended += 1
            final = infos[row]["terminal_observation"]
            np.testing.assert_array_equal(final[:2], expected_infos[row]["terminal_observation"])
            np.testing.assert_array_equal(final[2:], codes[row])
            assert observations[row, 3] > codes[:, 1].max() - 3
            assert observations[row, 3] != codes[row, 1]
        codes = observations[:, 2:].copy()
    assert ended > 10


def test_codes_of_the_wrong_shape():
    env = ConditionedVecEnv(navigation().vector_env(GOALS, 3), 2, lambda rows: np.zeros((len(rows), 3)))
    with pytest.raises(ValueError, match=r"the codes that draw_codes returns must have shape \(3, 2\)"):
        env.reset()
    with pytest.raises(ValueError, match="code_dim must be a whole number of at least 1"):
        ConditionedVecEnv(navigation().vector_env(GOALS, 3), 0, lambda rows: np.zeros((len(rows), 0)))


def test_every_task_is_played_with_its_own_codes(tiny_ppo):
    asked = []

    def draw(tasks):
        asked.extend(tasks)
        return tasks[:, None].astype(float)

    train_conditioned(
        navigation(train=GOALS),
        1,
        draw,
        seed=0,
        settings=tiny_ppo,
        progress=False,
    )
    assert set(asked) == {0, 1, 2}
    with pytest.raises(ValueError, match="num_envs of at least 3, one row a task, got 2"):
        train_conditioned(
            navigation(train=GOALS),
            1,
            draw,
            seed=0,
            settings=PPOSettings(num_envs=2),
            progress=False,
        )


def test_training_leaves_the_global_generators_alone_and_takes_the_steps_it_says():
    import torch

    settings = PPOSettings(num_envs=8, total_steps=300, n_steps=16, batch_size=64, n_epochs=1)
    environment = StableBaselinesVecEnv(navigation().vector_env(GOALS[1], 8))
    np.random.seed(1)  # noqa: NPY002
    random.seed(1)
    torch.manual_seed(1)
    expected = (np.random.get_state()[1].copy(), random.getstate(), torch.get_rng_state())  # noqa: NPY002
    layers = run_ppo(environment, settings, seed=0, label="test", progress=False)
    np.testing.assert_array_equal(np.random.get_state()[1], expected[0])  # noqa: NPY002
    assert random.getstate() == expected[1]
    assert torch.equal(torch.get_rng_state(), expected[2])
    assert settings.env_steps == 384
    assert MLPPolicy(*layers_of(layers), "box")(np.zeros((5, 2))).shape == (5, 2)
    with pytest.raises(ValueError, match="environment must have num_envs = 64 rows, got 8"):
        run_ppo(environment, PPOSettings(), seed=0, label="test")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("num_envs", 0),
        ("total_steps", 1.5),
        ("n_steps", -1),
        ("batch_size", True),
        ("n_epochs", 0),
        ("hidden", (64, 0)),
        ("learning_rate", 0.0),
        ("gamma", 1.1),
        ("gae_lambda", -0.1),
        ("log_std", np.nan),
    ],
)
def test_bad_ppo_settings(name, value):
    with pytest.raises(ValueError, match=name):
        PPOSettings(**{name: value})


def test_a_goal_conditioned_policy_learns_the_training_tasks_together(tmp_path, monkeypatch):
    monkeypatch.setenv("HGMRL_LITE_CACHE", str(tmp_path))
    goals = training_tasks()[:2]
    settings = PPOSettings(total_steps=40_960)
    family = navigation(train=goals, test=goals)
    agent = GoalConditionedAgent(family, settings=settings, progress=False)
    regret = evaluate(family, [agent.adapt(None, goal) for goal in goals], episodes=50).regret_by_task
    # Going to the other task's goal costs about 195.
    assert regret.max() < 10.0
