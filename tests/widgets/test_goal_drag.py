import dataclasses

import numpy as np
import pytest
from exploring import explore
from standin import fitted_policy, standin_agent

from hgmrl_lite.actions import Chart
from hgmrl_lite.agents import GeometricAgent, MLPPolicy
from hgmrl_lite.envs import Navigation, circle_tasks, navigation
from hgmrl_lite.hereditary import RewardModel, discover_geometry
from hgmrl_lite.hereditary.task_data import TaskData
from hgmrl_lite.widgets import GoalDrag
from hgmrl_lite.widgets.base import context_seed, wrap_degrees


def make(family=None, **options):
    return GoalDrag(standin_agent(), family or navigation(), **options)


@pytest.fixture(scope="module")
def drag():
    return make()


def unpack(widget):
    return {
        name: np.frombuffer(
            widget.array_data, "<f8", int(np.prod(place["shape"])), 8 * place["offset"]
        ).reshape(place["shape"])
        for name, place in widget.array_index.items()
    }


@pytest.mark.parametrize(
    ("degrees", "wrapped"),
    [(0, 0), (180, 180), (-180, 180), (181, -179), (540, 180), (-721, -1), (359.5, -0.5)],
)
def test_degrees_wrap_to_the_half_open_turn(degrees, wrapped):
    assert wrap_degrees(degrees) == pytest.approx(wrapped)


def test_an_angle_in_range_comes_back_as_it_is():
    # A value that Python changed would be sent back, and the handle would jump under the hand.
    assert wrap_degrees(0.1 + 0.2) == 0.1 + 0.2


@pytest.mark.parametrize("degrees", np.linspace(-165.0, 180.0, 8))
def test_the_inferred_policy_reaches_the_goal(drag, degrees):
    drag.goal_degrees = degrees
    assert abs(wrap_degrees(drag.inferred_degrees - degrees)) < 2.0
    assert drag.inference.verdict == "yes"
    reached = drag.family.rollout(drag.policy, drag.goal[None], episodes=20, seed=1).success
    assert reached.all()


def test_the_widget_explores_as_the_package_does(drag):
    drag.set_trait("draw", 3)
    seed = context_seed(0, 3)
    expected = explore(drag.goal, 20, seed=seed)
    np.testing.assert_array_equal(drag.context.next_states, expected.next_states)
    drag.draw = 0


def test_arrays_hold_the_noise_of_the_package_s_episodes(drag):
    arrays = unpack(drag)
    policy = drag.agent.base_policy
    paths = drag.family.rollout(policy, drag.goal[None], episodes=12, seed=0, trajectories=True).trajectories[
        0
    ]
    states = arrays["starts"]
    dynamics = Navigation()
    for t in range(1, 6):
        states = dynamics.mean_next_state(states, policy(states)) + arrays["noise"][:, t - 1]
        np.testing.assert_allclose(states, paths[:, t], atol=1e-12)


def test_explorations_hold_enough_episodes_for_early_arrivals():
    # A goal that is reached at once and a long context: the exploration goes through several episodes.
    goals = circle_tasks(4, radius=0.2)
    drag = GoalDrag(standin_agent(), navigation(goals), context_size=60)
    episodes = unpack(drag)["explore_starts"].shape[1]
    ended = [explore(goal, 60, seed=context_seed(0, d)).terminated.sum() for goal in goals for d in range(8)]
    assert max(ended) >= 1
    assert episodes > max(ended)


class TestEvaluation:
    def test_rest_is_answered_with_the_regrets_of_both_policies(self):
        drag = make(goal_degrees=-60.0)
        drag.asked = {"regrets": [-60.0, 0, 20]}
        assert drag.answered == [-60.0, 0, 20]
        assert drag.regrets["geometric"] < 1.0
        # Going to the base goal costs the chord at every step: 100 · 2 sin(195° / 2).
        assert drag.regrets["base"] == pytest.approx(200.0 * np.sin(np.radians(97.5)), rel=0.1)

    def test_a_failing_evaluation_is_shown_and_raised(self, monkeypatch):
        def fail(*_, **__):
            raise RuntimeError("no evaluation today")

        monkeypatch.setattr("hgmrl_lite.meta.evaluate", fail)
        drag = make()
        with pytest.raises(RuntimeError, match="no evaluation today"):
            drag.asked = {"regrets": [60.0, 0, 20]}
        assert drag.answers["regrets"]["error"] == "RuntimeError: no evaluation today"
        assert drag.regrets == {}
        assert drag.answered == [60.0, 0, 20]

    def test_it_can_be_left_out(self):
        drag = make(evaluation_episodes=0)
        assert not drag.evaluates
        drag.asked = {"regrets": [60.0, 0, 20]}
        assert drag.regrets == {}


class TestPicture:
    def test_words_follow_the_state(self, drag):
        drag.goal_degrees = 41.0
        first = repr(drag)
        assert first.startswith(
            "GoalDrag: test goal at 41.0°; geometric agent: policy at the inferred angle 4"
        )
        assert "trained for the goal at 135.0°" in first
        drag.goal_degrees = -41.0
        assert repr(drag) != first

    def test_picture_follows_the_state_and_is_small(self, drag):
        drag.goal_degrees = 41.0
        first = drag.png()
        drag.goal_degrees = -41.0
        second = drag.png()
        assert first.startswith(b"\x89PNG")
        assert first != second
        assert len(second) < 150_000

    def test_picture_shows_both_agents_and_every_goal(self, drag):
        names = {text.get_text() for text in drag.figure().legends[0].get_texts()}
        assert {
            "geometric agent",
            "base policy, unchanged",
            "base goal",
            "other training goals",
            "test goal",
        } <= names
        drag.show_base = False
        names = {text.get_text() for text in drag.figure().legends[0].get_texts()}
        assert "base policy, unchanged" not in names
        drag.show_base = True

    def test_mimebundle_keeps_the_live_view(self, drag):
        data, _ = drag._repr_mimebundle_()
        assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/plain", "image/png"}


def three_to_two():
    policy = MLPPolicy((np.ones((2, 3)),), (np.zeros(2),))
    agent = standin_agent()
    # Past the agent's own check, as an agent of another kind could be.
    return _Plain(policy, agent.generator_states, agent.generator_actions, agent.reward_model)


@dataclasses.dataclass
class _Plain:
    base_policy: MLPPolicy
    generator_states: np.ndarray
    generator_actions: np.ndarray
    reward_model: object


def with_generator(generator):
    agent = standin_agent()
    return _Plain(agent.base_policy, generator, agent.generator_actions, agent.reward_model)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"family": navigation([[0.01, 0.0]])},
            r"base goal farther than 0.141 from the origin, got \[0.01, 0.0\]",
        ),
        ({"family": 3}, "family must be one of NavigationTasks, CarGoals, ArmGoals, SphereGoals, got int"),
        ({"goal_degrees": np.nan}, r"goal_degrees must be finite"),
        ({"goal_degrees": np.inf}, r"goal_degrees must be finite"),
        ({"goal_degrees": "east"}, r"goal_degrees must be an array of real numbers"),
        ({"episodes": 0}, r"episodes must be a whole number of at least 1, got 0"),
        ({"context_size": 1}, r"context_size must be a whole number of at least 2, got 1"),
        ({"seed": -1}, r"seed must be a whole number of at least 0, got -1"),
        ({"evaluation_episodes": 2.5}, r"evaluation_episodes must be a whole number of at least 0, got 2.5"),
    ],
)
def test_bad_input_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        make(**options)


def test_a_policy_of_other_dimensions_is_refused():
    with pytest.raises(ValueError, match=r"agent\.base_policy must map .* got dimensions 3 to 2"):
        GoalDrag(three_to_two(), navigation())


@pytest.mark.parametrize(
    ("generator", "message"),
    [
        (np.eye(2), "must close after 2π"),
        (np.eye(3), r"agent.generator_states must have shape \(2, 2\), got \(3, 3\)"),
        (np.full((2, 2), np.nan), "agent.generator_states must be finite"),
    ],
)
def test_a_generator_that_is_no_rotation_of_the_plane_is_refused(generator, message):
    with pytest.raises(ValueError, match=message):
        GoalDrag(with_generator(generator), navigation())


def test_an_agent_in_a_chart_is_refused():
    agent = standin_agent()
    charted = TaskData(agent.geometry.data.tasks, chart=Chart(np.asarray, np.asarray))
    geometry = dataclasses.replace(agent.geometry, data=charted)
    with pytest.raises(ValueError, match="agent must have its group act on states as they are"):
        GoalDrag(dataclasses.replace(agent, geometry=geometry), navigation())


@pytest.mark.parametrize(
    ("trait", "value"), [("goal_degrees", np.nan), ("context_size", 1), ("context_size", 41)]
)
def test_bad_values_of_traits_are_refused(drag, trait, value):
    before = getattr(drag, trait)
    with pytest.raises(ValueError, match=trait):
        setattr(drag, trait, value)
    assert getattr(drag, trait) == before


def test_actions_are_those_of_the_family():
    drag = GoalDrag(standin_agent("box"), navigation(action_set="box"), goal_degrees=45.0)
    assert drag.settings["constants"]["action_set"] == "box"
    drag.asked = {"regrets": [45.0, 0, 20]}
    assert drag.regrets["base"] > 50.0 > drag.regrets["geometric"]


@pytest.fixture(scope="module")
def windy():
    """Return a family of a wind, and an agent of it."""
    family = navigation(wind=(0.05, 0.0))
    tasks = [family.explore(goal, 1000, seed=k) for k, goal in enumerate(family.train)]
    agent = GeometricAgent(
        fitted_policy(family.train[0]),
        discover_geometry(tasks),
        RewardModel.fit(tasks[0].next_states, tasks[0].rewards),
    )
    return family, agent


def test_an_agent_is_shown_in_the_system_it_was_trained_in(windy):
    family, agent = windy
    drag = GoalDrag(agent, family, context_size=40)
    seen = drag.context
    drift = seen.next_states - Navigation().mean_next_state(seen.states, seen.actions)
    assert drift.mean(axis=0) == pytest.approx([0.05, 0.0], abs=0.03)
    assert drag.settings["constants"]["wind"] == [0.05, 0.0]


def test_an_agent_of_another_system_is_refused(windy):
    with pytest.raises(ValueError, match="trained in the family's system"):
        GoalDrag(windy[1], navigation())
