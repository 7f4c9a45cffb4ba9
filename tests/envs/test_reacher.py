"""README's example of an environment that a reader brings: MuJoCo's arm, which others wrote."""

import numpy as np
import pytest

from benchmarks.reacher import RADIUS, away_deg, example, generator, run_example, turn
from hgmrl_lite import lie
from hgmrl_lite.envs import TaskFamily
from hgmrl_lite.hereditary import discover_geometry

pytest.importorskip(
    "mujoco", reason="MuJoCo is not here: `make robots`, or python -m pip install --editable '.[robots]'"
)


@pytest.fixture(scope="module")
def example_names():
    return run_example()


def test_it_is_short():
    lines = [line for line in example().splitlines() if line.strip()]
    assert len(lines) <= 25


def test_goal_and_base_are_as_the_wrapper_says(example_names):
    family = example_names["family"]
    assert (family.state_dim, family.action_dim, family.system.max_steps) == (8, 2, 50)
    goal = family.test[1]
    data = family.explore(goal, 4000, seed=0)
    base = np.arctan2(data.starts[:, 2], data.starts[:, 0])
    assert len(base) == 80
    # The Kolmogorov-Smirnov distance from the uniform law, of which 1.63 / √80 is exceeded once in a hundred.
    away = np.sort(base) / (2.0 * np.pi) + 0.5 - (np.arange(80) + 0.5) / 80
    assert np.abs(away).max() < 1.63 / np.sqrt(80)
    # No action cost; but the simulator's own tip is late, which shows where the elbow meets its end.
    tips = data.next_states[:, 4:6] / 10.0
    late = np.abs(data.rewards + np.linalg.norm(tips - goal, axis=1))
    assert np.median(late) < 1e-5
    assert late.max() < 0.01
    assert np.linalg.norm(tips, axis=1).max() <= 0.21 + 1e-9


def test_turning_the_base_turns_the_motion(example_names):
    # The simulator's own law: an arm that is turned, moved by the same torques, ends up turned.
    robot, state = example_names["HiddenGoal"]([RADIUS, 0.0]), example_names["state"]
    arm = robot.unwrapped
    ends = []
    for base in (0.3, 0.3 + 2.0):
        robot.reset(seed=0)
        arm.set_state(np.array([base, 1.0, RADIUS, 0.0]), np.array([2.0, -3.0, 0.0, 0.0]))
        ends.append(state(robot.step(np.array([0.7, -0.4]))[0][None])[0])
    np.testing.assert_allclose(ends[1], turn(2.0) @ ends[0], atol=1e-9)


# Half a minute each: left out of the tests that are to be quick, as whole lessons are.
@pytest.mark.notebook
def test_the_example_finds_the_arms_symmetry_and_carries_its_policy():
    names = run_example(train=True)
    family, agent = names["family"], names["agent"]
    geometry = agent.geometry
    assert geometry.report.verdict == "yes"
    assert geometry.dimension == 1
    angle = lie.principal_angles(generator()[None], geometry.generators_states)
    assert np.degrees(angle).max() < 1.2
    np.testing.assert_allclose(geometry.action_maps, np.tile(np.eye(2), (4, 1, 1)), atol=0.02)
    inferences = [agent.infer(family.explore(goal, 20, seed=0)) for goal in family.test]
    for inference, goal in zip(inferences, family.test, strict=True):
        assert inference.verdict == "yes"
        assert away_deg(inference.left, goal, family.base_task) < 4.0
    carried = [agent.policy_for(inference) for inference in inferences]

    def mean_return(policies, tasks):
        return family.rollout(policies, tasks, episodes=20).returns.mean()

    own = mean_return(agent.base_policy, [family.base_task])
    assert mean_return(carried, family.test) > 1.2 * own
    assert mean_return(agent.base_policy, family.test) < 4.0 * own


@pytest.mark.notebook
def test_without_the_wrapper_the_report_names_the_starts(example_names):
    class AsItComes(example_names["HiddenGoal"]):
        """The goal is hidden, but the base starts where Gymnasium puts it."""

        def reset(self, *, seed=None, options=None):
            self.env.reset(seed=seed, options=options)
            arm = self.unwrapped
            arm.set_state(np.array([*arm.data.qpos[:2], *self.goal]), arm.data.qvel)
            return arm._get_obs(), {}

    names = ("train", "test")
    family = TaskFamily.from_gymnasium(
        AsItComes, observe=example_names["state"], **{name: example_names[name] for name in names}
    )
    geometry = discover_geometry(
        [family.explore(goal, 16_000, seed=i) for i, goal in enumerate(family.train)]
    )
    assert geometry.report["start law"].verdict == "no"
    assert "does not keep the law of the 1280 starts" in geometry.report["start law"].text
