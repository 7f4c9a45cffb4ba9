"""Families of environments from outside: what they are made to be, in every form in which they may come."""

import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import RescaleAction, TimeLimit

from hgmrl_lite.agents import CCMAgent, CCMSettings, PPOSettings, train_base_policy
from hgmrl_lite.cache import cache_directory
from hgmrl_lite.envs import TaskFamily, circle_tasks, navigation, training_tasks
from hgmrl_lite.meta import Protocol, evaluate, meta_test, meta_train

OWN = navigation(max_steps=25)
GOALS = training_tasks()
NEAR = np.array([[0.3, 0.0], [0.0, -0.4]])
TINY = PPOSettings(num_envs=8, total_steps=1024, batch_size=32, n_epochs=2)


def make_own(goal):
    return TimeLimit(OWN.env(goal), 25)


def rows_of(mode, number=5):
    """Return a maker of so many rows of our own environment, in one of Gymnasium's autoreset modes."""
    return lambda goal: SyncVectorEnv([lambda: make_own(goal)] * number, autoreset_mode=mode)


#: The same environments in every form in which they may come from outside.
MAKERS = {
    "single": make_own,
    "next step": rows_of(AutoresetMode.NEXT_STEP),
    "same step": rows_of(AutoresetMode.SAME_STEP),
    "no autoreset": rows_of(AutoresetMode.DISABLED),
}
every_form = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def foreign(make=make_own, **options):
    given = {"train": GOALS, "test": NEAR, "project": OWN.system.project, "max_steps": 25} | options
    return TaskFamily.from_gymnasium(make, **given)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HGMRL_LITE_CACHE", str(tmp_path))


def scatter(t, rows, states):
    """Raw actions that depend on row and time, often beyond what is admissible."""
    angles = 0.7 * rows + 0.3 * t
    return 2.0 * np.stack([np.cos(angles), np.sin(angles)], axis=1) - states


@every_form
def test_episodes_are_those_of_the_family_that_is_simulated(make):
    # Twelve rows of two tasks, in rows of five: some end by the task, some by time, some rows are to spare.
    tasks, seeds = np.repeat(NEAR, 6, axis=0), list(range(40, 52))
    ours, theirs = (family.play(tasks, seeds, scatter) for family in (OWN, foreign(make)))
    assert 0 < ours.terminated.sum() < 12
    np.testing.assert_array_equal(theirs.lengths, ours.lengths)
    np.testing.assert_array_equal(theirs.terminated, ours.terminated)
    # The environment takes actions in single precision; what the policy gave is kept.
    for name, tolerance in (("states", 1e-5), ("rewards", 1e-5), ("actions", 1e-4)):
        np.testing.assert_allclose(getattr(theirs, name), getattr(ours, name), atol=tolerance, err_msg=name)
    assert np.nanmax(np.linalg.norm(theirs.actions, axis=-1)) > 1.5


@every_form
def test_exploration_has_true_terminal_states_and_raw_actions(make):
    family = foreign(make)
    data = family.explore(NEAR[0], 300, seed=3)
    np.testing.assert_allclose(data.rewards, -np.linalg.norm(data.next_states - NEAR[0], axis=1), atol=1e-12)
    assert data.terminated.sum() > 3
    np.testing.assert_array_equal(data.terminated, data.rewards > -0.1 * 2**0.5)
    # The random policy is that of any family, and fewer transitions are the first of more.
    far, ours = (each.explore([2.0, 0.0], 40, seed=3).actions for each in (family, OWN))
    np.testing.assert_array_equal(far, ours)
    np.testing.assert_array_equal(family.explore(NEAR[0], 40, seed=3).next_states, data.next_states[:40])
    noise = data.next_states - OWN.system.mean_next_state(data.states, data.actions)
    assert np.abs(noise).max() < 6 * OWN.system.noise
    # Every step follows the one before, or begins near the origin.
    begins = (data.states[1:] != data.next_states[:-1]).any(axis=1)
    assert np.abs(data.states[1:][begins]).max() < 0.3
    assert begins[data.terminated[:-1]].all()


@every_form
def test_rows_for_a_learner_reset_in_the_step_that_ends_them(make):
    family = foreign(make)
    rows, ours = family.vector_env(NEAR[0], 5), OWN.vector_env(NEAR[0], 5)
    assert rows.metadata["autoreset_mode"] == AutoresetMode.SAME_STEP
    np.testing.assert_array_equal(rows.reset(seed=[3, 1, 4, 1, 5])[0], ours.reset(seed=[3, 1, 4, 1, 5])[0])
    ended = 0
    for actions in np.random.default_rng(0).uniform(-1.0, 1.0, (80, 5, 2)).astype(np.float32):
        one, other = rows.step(actions), ours.step(actions)
        for left, right in zip(one[:4], other[:4], strict=True):
            np.testing.assert_allclose(left, right, atol=1e-6)
        assert bool(one[4]) == bool(other[4])
        for row in np.flatnonzero(one[2] | one[3]):
            ended += 1
            np.testing.assert_allclose(one[4]["final_obs"][row], other[4]["final_obs"][row], atol=1e-6)
    assert ended > 15
    rows.close()


def test_a_shorter_limit_than_the_environments_own_is_kept():
    for make in MAKERS.values():
        rows = foreign(make, max_steps=7).vector_env([2.0, 0.0], 5)
        rows.reset(seed=[0] * 5)
        cuts = [rows.step(np.zeros((5, 2)))[3] for _ in range(21)]
        np.testing.assert_array_equal(np.flatnonzero(np.all(cuts, axis=1)), [6, 13, 20])
        assert np.any(cuts, axis=1).sum() == 3


def test_the_limit_is_that_of_a_wrapper_or_of_the_registration():
    class Registered(gymnasium.Wrapper):
        """It names its limit, and no wrapper keeps it."""

        spec = gymnasium.envs.registration.EnvSpec("Registered-v0", max_episode_steps=17)

    assert foreign(make_own, max_steps=None).system.max_steps == 25
    assert foreign(lambda goal: Registered(OWN.env(goal)), max_steps=None).system.max_steps == 17


def test_random_actions_are_spread_over_lopsided_bounds():
    family = foreign(
        lambda goal: RescaleAction(make_own(goal), np.float32(-0.2), np.float32(1.0)), project=None
    )
    actions = family.explore(NEAR[0], 2000, seed=0, policy="uniform").actions
    np.testing.assert_allclose(actions.min(axis=0), -0.2, atol=0.02)
    np.testing.assert_allclose(actions.max(axis=0), 1.0, atol=0.02)


def test_rows_say_what_they_are():
    rows = foreign().vector_env(NEAR[0], 3)
    assert rows.observation_space.shape == (3, 2)
    assert rows.observation_space.contains(rows.reset(seed=0)[0])


def test_rows_that_cannot_be_reset_alone_are_refused():
    class AllAtOnce(SyncVectorEnv):
        """Rows that do not know of a mask."""

        def reset(self, *, seed=None, options=None):
            return super().reset(seed=seed)

    def make(goal):
        return AllAtOnce([lambda: make_own(goal)] * 3, autoreset_mode=AutoresetMode.NEXT_STEP)

    with pytest.raises(ValueError, match="make must give rows that reset at once, or by reset"):
        foreign(make).explore(NEAR[0], 300, seed=0)


def test_its_environment_is_gymnasiums():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # It is wrapped, and of what is seen of a state no bound is known.
        warnings.filterwarnings("ignore", message=r".*(unwrapped|Box observation space .* value is).*")
        check_env(foreign().env(NEAR[0]), skip_render_check=True)


def test_it_says_what_it_is_and_what_it_cannot():
    family = foreign(name="a foreign plane")
    assert not family.simulates
    assert (family.system.name, family.state_dim, family.action_dim) == ("a foreign plane", 2, 2)
    assert family.system.describe() == "an environment from outside, sampled"
    assert "paired by their seeds" in Protocol(family).caption()
    for act in (lambda: family.system.mean_next_state(NEAR, NEAR), lambda: family.outcome(NEAR, NEAR)):
        with pytest.raises(ValueError, match=r"of a foreign plane (is|are) not known"):
            act()
    with pytest.raises(ValueError, match="render_mode must be set in make"):
        family.env(NEAR[0], render_mode="rgb_array")
    with pytest.raises(ValueError, match="make gives 5 rows, no single environment"):
        foreign(MAKERS["same step"]).env(NEAR[0])
    with pytest.raises(ValueError, match="num_envs must be the 5 rows that make gives, all of one task"):
        foreign(MAKERS["same step"]).vector_env(NEAR[[0, 0, 1, 0, 0]], 5)


class Swing(gymnasium.Wrapper):
    """Gymnasium's pendulum with a task: hold it at an angle."""

    def __init__(self, angle):
        super().__init__(gymnasium.make("Pendulum-v1"))
        self.angle = angle

    def step(self, action):
        observation, _, terminated, truncated, info = self.env.step(action)
        gap = np.hypot(observation[0] - np.cos(self.angle), observation[1] - np.sin(self.angle))
        return observation, -float(gap), terminated, truncated, info


def swing(task):
    return Swing(task[0])


def angle_and_speed(observations):
    return np.stack([np.arctan2(observations[:, 1], observations[:, 0]), observations[:, 2] / 8.0], axis=1)


def halves(actions):
    return 0.5 * actions


def test_an_environment_of_gymnasium_observed_and_driven_as_one_says():
    angles = np.array([[0.0], [1.0]])
    family = TaskFamily.from_gymnasium(
        swing, train=angles, test=angles, observe=angle_and_speed, project=halves
    )
    assert (family.system.name, family.state_dim, family.action_dim) == ("Pendulum-v1", 2, 1)
    assert family.system.max_steps == 200
    np.testing.assert_allclose(family.system.project([[1.0], [7.0], [-7.0]]), [[0.5], [2.0], [-2.0]])
    data = family.explore([1.0], 450, seed=0)
    # Uniform within the bounds, and raw; the torque that moved the pendulum is half of it.
    assert 1.9 < np.abs(data.actions).max() <= 2.0
    np.testing.assert_allclose(
        data.rewards, -2.0 * np.abs(np.sin((data.next_states[:, 0] - 1.0) / 2)), atol=1e-5
    )
    speeds = 8.0 * np.column_stack([data.states[:, 1], data.next_states[:, 1]])
    torque = 0.5 * data.actions[:, 0]
    expected = speeds[:, 0] + (15.0 * np.sin(data.states[:, 0]) + 3.0 * torque) * 0.05
    np.testing.assert_allclose(speeds[:, 1], np.clip(expected, -8.0, 8.0), atol=1e-5)
    assert len(data.starts) == 3
    assert not data.terminated.any()
    # The same through Gymnasium's interface.
    env = family.env([1.0])
    state, _ = env.reset(seed=0)
    assert state.shape == (2,)
    moved = env.step(np.array([1.0]))[0]
    assert 8.0 * (moved - state)[1] == pytest.approx((15.0 * np.sin(state[0]) + 1.5) * 0.05, abs=1e-5)


def matrix_actions():
    env = make_own(NEAR[0])
    env.action_space = gymnasium.spaces.Box(-1.0, 1.0, (2, 1))
    return env


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (
            lambda task: gymnasium.make("CartPole-v1"),
            {},
            r"actions in a Box of vectors, got .* Discrete\(2\)",
        ),
        (lambda task: gymnasium.make("FrozenLake-v1"), {}, r"observations in a Box .* got Discrete\(16\)"),
        (lambda task: gymnasium.make("Blackjack-v1"), {}, r"observations in a Box .* got Tuple"),
        (
            lambda task: RescaleAction(make_own(task), np.float32(-100.0), np.float32(100.0)),
            {},
            r"^make must give actions of about one unit, .*: wrap it by gymnasium.wrappers.RescaleAction",
        ),
        (lambda task: matrix_actions(), {}, r"a Box of vectors, got .*\(2, 1\)"),
        (lambda task: OWN.env(task), {"max_steps": None}, "max_steps must be given: .* names no limit"),
        (make_own, {"max_steps": 0}, "max_steps must be a whole number of at least 1, got 0"),
        (
            make_own,
            {"observe": lambda seen: seen[:, 0]},
            r"states that are observed must have shape \(1, n\)",
        ),
        (make_own, {"observe": lambda seen: seen * np.nan}, "states that are observed must be finite"),
        (make_own, {"train": np.zeros((0, 2))}, "^train must hold at least one task, got none$"),
        (make_own, {"train": [1.0, 0.0]}, r"train must have shape \(k, d\)"),
        (make_own, {"test": [[1.0, 0.0, 0.0]]}, r"test must have shape \(k, 2\), got \(1, 3\)"),
        (make_own, {"base_index": 4}, "base_index must name one of the 4 training tasks, got 4"),
    ],
)
def test_what_cannot_be_a_family_is_told_when_it_is_made(make, options, message):
    with pytest.raises(ValueError, match=message):
        foreign(make, **options)


def test_wrong_shapes_later_on():
    family = foreign(project=lambda actions: actions[..., :1])
    with pytest.raises(ValueError, match=r"project\(actions\) must have shape"):
        family.explore(NEAR[0], 10, seed=0)
    with pytest.raises(ValueError, match=r"task must have shape \(2\), got \(3,\)"):
        foreign().explore([1.0, 0.0, 0.0], 10, seed=0)
    with pytest.raises(ValueError, match=r"the policy's actions must have shape \(1, 2\), got \(1, 1\)"):
        foreign().explore(NEAR[0], 10, seed=0, policy=lambda states: states[:, :1])

    class Unbounded(gymnasium.ActionWrapper):
        """An environment without bounds of its actions."""

        action_space = gymnasium.spaces.Box(-np.inf, np.inf, (2,))

        def action(self, action):
            return action

    free = foreign(lambda goal: Unbounded(make_own(goal)))
    with pytest.raises(
        ValueError, match="policy must be 'gaussian' or a callable: the actions have no bounds"
    ):
        free.explore(NEAR[0], 10, seed=0)
    assert len(free.explore(NEAR[0], 10, seed=0, policy="gaussian")) == 10


# What the other forms play and give a learner is the same, as the tests above show.
@pytest.mark.parametrize("form", ["single", "next step"])
def test_the_whole_loop_runs_on_what_is_sampled(form):
    family = foreign(MAKERS[form])
    agent = meta_train(family, transitions=400, settings=TINY, progress=False)
    # What a learner took, with as many rows as the maker gives.
    rows = {"single": 8, "next step": 5}[form]
    assert agent.env_steps == -(-1024 // (rows * 32)) * rows * 32 + 4 * 400
    assert agent.geometry.verdict == "yes"
    result = meta_test(agent, family, episodes=6, settings=TINY)
    assert result.paired == "paired by seeds"
    assert "paired by seeds" in repr(result)
    assert result.regret.shape == (2, 6)
    # The reference is the policy that is trained on the task itself.
    trained = [train_base_policy(family, task, settings=TINY, progress=False) for task in family.test]
    np.testing.assert_array_equal(evaluate(family, trained, episodes=6, settings=TINY).regret, 0.0)
    with pytest.raises(ValueError, match=r"tasks must be at most 4 .* got 5"):
        evaluate(family, agent.base_policy, circle_tasks(5), settings=TINY)


def test_regret_is_against_the_reference_that_is_given():
    family = foreign(reference=OWN.reference)
    best = [OWN.reference(goal) for goal in NEAR]
    np.testing.assert_array_equal(evaluate(family, best, episodes=5).regret, 0.0)
    assert evaluate(family, best[::-1], episodes=5).regret.mean() > 1.0


def test_an_agent_of_other_dimensions_is_refused():
    angles = np.array([[0.0], [1.0]])
    swings = TaskFamily.from_gymnasium(swing, train=angles, test=angles, observe=angle_and_speed)
    agent = meta_train(foreign(), transitions=100, settings=TINY, progress=False)
    with pytest.raises(
        ValueError, match="agent must be one of Pendulum-v1, with states of dimension 2 and act"
    ):
        meta_test(agent, swings)


@pytest.mark.parametrize(("make", "files"), [(make_own, 1), (lambda goal: make_own(goal), 0)])
def test_what_was_trained_is_kept_on_disk_or_for_the_session(make, files):
    family = foreign(make, project=None)
    first, again = (train_base_policy(family, settings=TINY, progress=False) for _ in range(2))
    assert first.weights[0] is not again.weights[0] or not files
    np.testing.assert_array_equal(first.weights[0], again.weights[0])
    assert len(list(cache_directory().glob("*.npz"))) == files
    # Another function of the same text is another environment.
    other = train_base_policy(
        foreign(lambda goal: make_own(-goal), project=None), settings=TINY, progress=False
    )
    assert not np.array_equal(other.weights[0], first.weights[0])


def test_rows_of_one_task_cannot_serve_an_agent_of_several():
    settings = CCMSettings(transitions=200, context_size=50, encoder_steps=2, codes=4, ppo=TINY)
    assert (
        CCMAgent(foreign(), settings, progress=False)
        .adapt(foreign().explore(NEAR[0], 50, seed=0))(NEAR)
        .shape
    )
    with pytest.raises(ValueError, match="num_envs must be the 5 rows that make gives, all of one task"):
        CCMAgent(foreign(MAKERS["same step"]), settings, progress=False)


def test_an_environment_that_is_given_twice_is_refused():
    one = make_own(training_tasks()[0])
    with pytest.raises(ValueError, match="make must make a new environment each time"):
        foreign(lambda task: one).vector_env(training_tasks()[0], 3)
