"""Exploration: its transitions are those of the environment, in order, with the terminal ones intact."""

import numpy as np
import pytest

from hgmrl_lite.envs import NOISE, NavigationTasks, circle_tasks, navigation

NEAR = (0.3, 0.0)


def play_in_sequence(env, actions):
    """Yield s' and terminated of the single environment, its episodes one after the other."""
    running = False
    for action in actions:
        if not running:
            env.reset()
        following, _, terminated, truncated, _ = env.step(action)
        yield following, terminated
        running = not (terminated or truncated)


@pytest.mark.parametrize("action_set", ["disc", "box"])
@pytest.mark.parametrize("goal", [NEAR, (-0.6, 0.8)])
@pytest.mark.parametrize("law", ["uniform", "gaussian"])
def test_transitions_obey_the_dynamics(goal, action_set, law):
    goal = np.array(goal)
    data = navigation(action_set=action_set).explore(goal, 3000, seed=1, policy=law)
    assert len(data) == 3000
    np.testing.assert_allclose(data.rewards, -np.linalg.norm(data.next_states - goal, axis=1), rtol=1e-12)
    np.testing.assert_array_equal(data.terminated, data.rewards > -0.1 * 2**0.5)
    system = navigation(action_set=action_set).system
    noise = data.next_states - system.mean_next_state(data.states, data.actions)
    assert np.abs(noise).max() < 6 * NOISE
    assert abs(noise.std() / NOISE - 1.0) < 5 / 6000**0.5
    # Each state is where the last step led, except after an episode's end, where it is near the origin.
    continues = (data.states[1:] == data.next_states[:-1]).all(axis=1)
    assert not (continues & data.terminated[:-1]).any()
    assert np.abs(data.states[1:][~continues]).max() < 6 * 0.05
    breaks = np.flatnonzero(~continues & ~data.terminated[:-1])
    starts = np.concatenate([[0], np.flatnonzero(~continues) + 1])
    lengths = np.diff(starts)
    assert set(lengths[np.isin(starts[1:] - 1, breaks)]) <= {100}
    assert lengths.max() <= 100


def test_terminal_transitions_keep_their_own_next_state():
    data = navigation().explore(NEAR, 2000, seed=0)
    ends = np.flatnonzero(data.terminated)
    assert len(ends) > 20
    gaps = np.linalg.norm(data.next_states[ends] - NEAR, axis=1)
    assert (gaps < 0.1 * 2**0.5).all()
    # The start after the reset is another point, and would not have been inside the goal.
    after = data.states[ends[ends < len(data) - 1] + 1]
    assert (np.linalg.norm(after - NEAR, axis=1) > 0.1 * 2**0.5).mean() > 0.9


@pytest.mark.parametrize("goal", [NEAR, (1.0, 0.0), (0.0, 0.0)])
def test_fewer_transitions_are_the_first_of_more(goal):
    family = navigation(reward_noise=0.1)
    many = family.explore(goal, 1500, seed=4)
    for n in (1, 20, 101, 700):
        few = family.explore(goal, n, seed=4)
        for name in ("states", "actions", "rewards", "next_states", "terminated"):
            np.testing.assert_array_equal(getattr(few, name), getattr(many, name)[:n])


def test_has_the_law_of_one_environment_in_sequence():
    ours = [navigation().explore(NEAR, 150, seed=seed) for seed in range(150)]
    theirs = []
    rng = np.random.default_rng(0)
    for seed in range(150):
        env = navigation().env(NEAR)
        env.reset(seed=seed)
        theirs.append(list(play_in_sequence(env, rng.uniform(-1.0, 1.0, (150, 2)))))
    counts = [
        np.array([data.terminated.sum() for data in ours]),
        np.array([sum(terminated for _, terminated in steps) for steps in theirs]),
    ]
    spreads = [
        np.array([np.square(data.next_states).sum(axis=1).mean() for data in ours]),
        np.array([np.mean([np.square(state).sum() for state, _ in steps]) for steps in theirs]),
    ]
    for one, other in (counts, spreads):
        error = np.hypot(one.std(), other.std()) / 150**0.5
        assert abs(one.mean() - other.mean()) < 4 * error


@pytest.mark.parametrize("law", ["uniform", "gaussian"])
def test_actions_are_raw_and_of_the_named_law(law):
    actions = navigation().explore((2.0, 0.0), 4000, seed=0, policy=law).actions
    deviation = {"uniform": 3**-0.5, "gaussian": 1.0}[law]
    assert np.abs(actions.mean(axis=0)).max() < 5 * deviation / 4000**0.5
    np.testing.assert_allclose(actions.std(axis=0), deviation, rtol=0.06)
    assert (np.abs(actions) <= 1.0).all() == (law == "uniform")
    assert (np.linalg.norm(actions, axis=1) > 1.0).mean() > 0.15


def test_seeds_tell_explorations_apart():
    first, again, other = (navigation().explore((1.0, 0.0), 50, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.states, again.states)
    assert (first.states != other.states).all()
    assert (first.actions != other.actions).all()


def test_a_given_policy_is_followed():
    greedy = navigation().reference((1.0, 0.0))
    data = navigation().explore((1.0, 0.0), 300, seed=0, policy=greedy)
    np.testing.assert_array_equal(data.actions, greedy(data.states))
    assert data.terminated.sum() > 20


def test_reward_noise_is_on_the_rewards_alone():
    clean, noisy = (navigation(reward_noise=value).explore((1.0, 0.0), 1000, seed=0) for value in (0.0, 0.05))
    np.testing.assert_array_equal(clean.next_states, noisy.next_states)
    assert abs((noisy.rewards - clean.rewards).std() / 0.05 - 1.0) < 0.15


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"task": (9.0, 0.0)}, "task must lie in the arena"),
        ({"task": (1.0, 0.0, 0.0)}, r"task must have shape \(2\), got \(3,\)"),
        ({"n_transitions": 0}, "n_transitions must be a whole number of at least 1, got 0"),
        ({"seed": None}, "seed must be a whole number of at least 0, got None"),
        ({"policy": "greedy"}, r"policy must be a callable or one of .*uniform.*got 'greedy'"),
        (
            {"policy": lambda states: states[:, :1]},
            r"policy's actions must have shape \(1, 2\), got \(1, 1\)",
        ),
        ({"policy": lambda states: states * np.nan}, "policy's actions must be finite"),
    ],
)
def test_bad_explorations(arguments, message):
    with pytest.raises(ValueError, match=message):
        navigation().explore(**{"task": (1.0, 0.0), "n_transitions": 10, "seed": 0, **arguments})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"train": [[1.0, 0.0, 0.0]]}, r"train must have shape \(k, 2\), got \(1, 3\)"),
        ({"train": [[np.nan, 0.0]] * 2}, "train must be finite, got 2 NaN"),
        ({"train": "north"}, "train must be an array of real numbers"),
        ({"train": np.zeros((0, 2))}, "train must hold at least one task, got none"),
        ({"test": [1.0, 0.0]}, r"test must have shape \(k, 2\), got \(2,\)"),
        ({"test": [[0.0, -5.1]]}, r"test must lie in the arena.*got \[0.0, -5.1\]"),
        ({"base_index": 4}, "base_index must name one of the 4 training tasks, got 4"),
        ({"base_index": -5}, "base_index must name one of the 4 training tasks, got -5"),
        ({"reward_noise": -1.0}, "reward_noise must be a standard deviation of at least 0, got -1"),
    ],
)
def test_bad_families(arguments, message):
    with pytest.raises(ValueError, match=message):
        navigation(**arguments)


def test_tasks_are_copied_and_checked_wherever_they_come_in():
    train = np.array([[1.0, 0.0], [0.0, 1.0]])
    family = navigation(train=train)
    train[:] = 9.0
    np.testing.assert_array_equal(family.train, np.eye(2))
    one = family.as_task(family.train[0])
    one[:] = 9.0
    np.testing.assert_array_equal(family.train, np.eye(2))
    np.testing.assert_array_equal(family.tasks_of_rows([1.0, 2.0], 3), [[1.0, 2.0]] * 3)
    np.testing.assert_array_equal(family.tasks_of_rows(np.eye(2), 2), np.eye(2))


@pytest.mark.parametrize(
    ("rewards", "ended"),
    [
        (np.zeros(3), np.zeros(3, dtype=int)),
        (np.zeros(3), np.zeros((3, 1), dtype=bool)),
        (np.zeros((3, 1)), np.zeros(3, dtype=bool)),
        (0.0, np.zeros(3, dtype=bool)),
        (np.zeros(3), False),
        (np.array([0.0, np.nan, 0.0]), np.zeros(3, dtype=bool)),
    ],
)
def test_an_outcome_of_another_kind_is_refused_wherever_it_is_played(rewards, ended):
    class Odd(NavigationTasks):
        def outcome(self, next_states, tasks):
            return rewards, ended

    family = Odd()
    with pytest.raises(ValueError, match=r"outcome must return rewards, finite numbers of shape \(3,\)"):
        family.rollout(family.reference([1.0, 0.0]), [[1.0, 0.0]], episodes=3)
    rows = family.vector_env([1.0, 0.0], 3)
    rows.reset(seed=0)
    with pytest.raises(ValueError, match="outcome must return rewards"):
        rows.step(np.zeros((3, 2)))


def test_the_tasks_of_a_family_cannot_be_written_into():
    family = navigation()
    with pytest.raises(ValueError, match="read-only"):
        family.base_task[0] = 5.0


def test_a_training_depends_on_the_system_and_its_task_alone():
    one, two = navigation(base_index=0), navigation(base_index=1, reward_noise=0.1, train=circle_tasks(3))
    assert one.rule([1.0, 0.0]).keys() == two.rule([1.0, 0.0]).keys() == {"family", "system", "chart", "task"}
    assert one.rule()["system"] == two.rule()["system"] != navigation(action_set="box").rule()["system"]
