"""The adapter to Stable-Baselines3: what its DummyVecEnv gives for the same environments, and PPO on it."""

import gymnasium
import numpy as np
import pytest

from hgmrl_lite.envs import navigation
from hgmrl_lite.envs.sb3 import StableBaselinesVecEnv

GOALS = np.array([[0.25, 0.0], [1.0, 0.5], [0.0, -0.3]])


def adapter():
    return StableBaselinesVecEnv(navigation(max_steps=12).vector_env(GOALS, 3))


def test_gives_what_dummy_vec_env_gives():
    from stable_baselines3.common.vec_env import DummyVecEnv

    ours = adapter()
    theirs = DummyVecEnv([lambda goal=goal: navigation(max_steps=12).env(goal) for goal in GOALS])
    assert ours.seed(11) == theirs.seed(11)
    np.testing.assert_array_equal(ours.reset(), theirs.reset().astype(np.float32))
    kinds = {True: 0, False: 0}
    for actions in np.random.default_rng(0).uniform(-1.0, 1.0, (300, 3, 2)).astype(np.float32):
        observations, rewards, dones, infos = ours.step(actions)
        expected, expected_rewards, expected_dones, expected_infos = theirs.step(actions)
        assert observations.dtype == rewards.dtype == np.float32
        np.testing.assert_array_equal(observations, expected.astype(np.float32))
        np.testing.assert_array_equal(rewards, expected_rewards)
        np.testing.assert_array_equal(dones, expected_dones)
        assert all(observation in ours.observation_space for observation in observations)
        for done, info, expected_info in zip(dones, infos, expected_infos, strict=True):
            if not done:
                assert info == {}
                continue
            assert info.keys() == expected_info.keys()
            assert info["TimeLimit.truncated"] is expected_info["TimeLimit.truncated"]
            kinds[info["TimeLimit.truncated"]] += 1
            np.testing.assert_array_equal(
                info["terminal_observation"], expected_info["terminal_observation"].astype(np.float32)
            )
            assert info["terminal_observation"].dtype == np.float32
    assert min(kinds.values()) > 10
    # A seed is used once: the next reset goes on with the generators.
    np.testing.assert_array_equal(ours.reset(), theirs.reset().astype(np.float32))


def test_infos_are_new_dictionaries_each_step():
    env = adapter()
    env.reset()
    first = env.step(np.zeros((3, 2)))[3]
    first[0]["mine"] = 1
    assert all("mine" not in info for info in first[1:] + env.step(np.zeros((3, 2)))[3])


def test_attributes_by_row():
    env = adapter()
    assert env.get_attr("render_mode") == [None] * 3
    assert env.get_attr("system", indices=[2, 0]) == [env.env.system] * 2
    assert env.has_attr("task")
    assert not env.has_attr("colour")
    with pytest.raises(AttributeError, match=r"'task' of the rows of a .* cannot be set"):
        env.set_attr("task", (0.0, 2.0))
    with pytest.raises(AttributeError, match="none has a method 'reset'"):
        env.env_method("reset")
    assert env.env_is_wrapped(gymnasium.wrappers.TimeLimit, indices=[0, 1]) == [False, False]


def test_it_draws_nothing_and_closes():
    env = adapter()
    assert list(env.get_images()) == [None] * 3
    env.close()


def test_bad_input():
    with pytest.raises(TypeError, match=r"env must be a gymnasium\.vector\.VectorEnv, got TaskEnv"):
        StableBaselinesVecEnv(navigation().env((1.0, 0.0)))
    with pytest.raises(ValueError, match=r"autoreset mode SAME_STEP and a Box, got AutoresetMode.NEXT_STEP"):
        StableBaselinesVecEnv(gymnasium.make_vec("CartPole-v1", 2, vectorization_mode="sync"))
    env = adapter()
    env.set_options({"start": 1})
    with pytest.raises(ValueError, match=r"options must be empty, got \['start'\]"):
        env.reset()


@pytest.mark.parametrize("wrapped", [False, True])
def test_ppo_runs_on_it(wrapped):
    import torch
    from stable_baselines3 import PPO
    from stable_baselines3.common.vec_env import VecMonitor

    torch.set_num_threads(1)
    returns = []
    for _ in range(2):
        env = StableBaselinesVecEnv(navigation(max_steps=20).vector_env((0.4, 0.0), 16))
        env = VecMonitor(env) if wrapped else env
        model = PPO("MlpPolicy", env, n_steps=16, batch_size=64, n_epochs=2, gamma=0.9, seed=0, device="cpu")
        before = [parameter.detach().clone() for parameter in model.policy.parameters()]
        model.learn(768)
        assert model.num_timesteps == 768
        assert any((old != new).any() for old, new in zip(before, model.policy.parameters(), strict=True))
        returns.append(model.policy.action_net.weight.detach().numpy().copy())
        if wrapped:
            assert len(model.ep_info_buffer) > 10
            assert all(-40.0 < episode["r"] < 0.0 and episode["l"] <= 20 for episode in model.ep_info_buffer)
    # The seed of the model is the seed of the environments.
    np.testing.assert_array_equal(*returns)
