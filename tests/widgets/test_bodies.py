"""GoalDrag with a car and an arm: its Python side, and Node's numbers beside Python's."""

from dataclasses import replace

import numpy as np
import pytest
from body_standin import arm_agent, car_agent
from standin import standin_agent

from hgmrl_lite import lie
from hgmrl_lite.envs import arm, car, navigation
from hgmrl_lite.hereditary import RewardModel
from hgmrl_lite.widgets import GoalDrag
from hgmrl_lite.widgets.base import wrap_degrees
from hgmrl_lite.widgets.goal_drag.circle import harmonics

QUESTIONS = [
    {"goal_degrees": degrees, "draw": draw, "context_size": size}
    for degrees, draw, size in [(60.0, 0, 20), (-97.5, 0, 20), (180.0, 3, 40), (-18.0, 7, 6), (101.25, 2, 2)]
]
MADE = {"car": (car_agent, car), "arm": (arm_agent, arm)}


@pytest.fixture(scope="module", params=MADE)
def drag(request):
    agent, family = (made() for made in MADE[request.param])
    return GoalDrag(agent, family, episodes=5, seed=4)


@pytest.fixture(scope="module")
def answers(drag, in_node):
    return list(zip(QUESTIONS, in_node(drag, QUESTIONS), strict=True))


def put(drag, question):
    for name, value in question.items():
        setattr(drag, name, value)


class TestJavaScript:
    def test_explorations_are_python_s(self, drag, answers):
        for question, got in answers:
            put(drag, question)
            points = np.reshape(got["context"]["points"], (-1, drag.family.state_dim))
            np.testing.assert_allclose(points, drag.context.next_states, atol=1e-12)
            np.testing.assert_allclose(got["context"]["rewards"], drag.context.rewards, atol=1e-12)

    def test_the_inference_is_python_s(self, drag, answers):
        n = drag.family.state_dim
        for question, got in answers:
            put(drag, question)
            expected, found = drag.inference, got["inferred"]
            assert found["theta"] == pytest.approx(expected.angle, abs=1e-6)
            np.testing.assert_allclose(np.reshape(found["left"], (n, n)), expected.left, atol=1e-6)
            np.testing.assert_allclose(found["right"], np.ravel(expected.right), atol=1e-6)
            assert found["residual"] == pytest.approx(expected.residual, abs=1e-6)
            # Of a minimum that does not matter Python knows no more digits.
            assert float(found["runnerUpResidual"]) == pytest.approx(expected.runner_up_residual, rel=1e-3)
            assert float(found["standardError"]) == pytest.approx(expected.standard_error, rel=1e-3)
            assert found["decided"] == (expected.verdict == "yes")
            assert got["aim"] == pytest.approx(drag.inferred_degrees, abs=1e-4)
            assert got["ending"].replace("−", "-") == drag._scene.ending(drag)

    def test_episodes_are_python_s(self, drag, answers):
        n = drag.family.state_dim
        for question, got in answers:
            put(drag, question)
            for name, policy in (("geometric", drag.policy), ("base", drag.agent.base_policy)):
                played = drag.family.rollout(policy, drag.goal[None], episodes=5, seed=4, trajectories=True)
                lengths = got[name]["lengths"] or [len(path) // n for path in got[name]["paths"]]
                assert lengths == [int(length) + 1 for length in played.lengths[0]]
                shown = zip(got[name]["paths"], lengths, played.trajectories[0], strict=True)
                for path, length, states in shown:
                    np.testing.assert_allclose(np.reshape(path, (-1, n))[:length], states[:length], atol=1e-4)


@pytest.mark.parametrize("question", QUESTIONS[:3])
def test_the_inferred_policy_reaches_the_goal(drag, question):
    put(drag, question)
    assert abs(wrap_degrees(drag.inferred_degrees - question["goal_degrees"])) < 1.0
    assert drag.family.rollout(drag.policy, drag.goal[None], episodes=20, seed=1).success.all()


def test_at_rest_regret_is_against_the_base_policy_turned_truly():
    for agent, family in MADE.values():
        drag = GoalDrag(agent(), family(), goal_degrees=-60.0)
        drag.asked = {"regrets": [-60.0, 0, 20]}
        assert drag.regrets["geometric"] == pytest.approx(0.0, abs=0.3)
        # Staying at the base goal costs the chord at every step.
        chord = np.linalg.norm(drag.goal - drag.family.base_task)
        assert drag.regrets["base"] == pytest.approx(100.0 * chord, rel=0.15)


def test_words_and_picture_follow_the_state(drag):
    put(drag, QUESTIONS[0])
    first, seen = repr(drag), drag.png()
    assert first.startswith("GoalDrag: test goal at 60.0°; geometric agent: policy at the inferred angle ")
    assert "trained for the goal at 135.0°" in first
    drag.goal_degrees = -60.0
    assert repr(drag) != first
    assert drag.png() != seen
    assert len(seen) < 150_000
    names = {text.get_text() for text in drag.figure().legends[0].get_texts()}
    assert {"geometric agent", "base policy, unchanged", "other training goals", "test goal"} <= names


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ring": True}, "ring must be left out for a car, got True"),
        ({"rivals": [3]}, "rivals must be left out for a car"),
        ({"rediscover": len}, "rediscover must be left out for a car"),
        ({"context_size": 1}, "context_size must be a whole number of at least 2, got 1"),
    ],
)
def test_bad_input_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        GoalDrag(car_agent(), car(), **options)


def test_an_agent_of_another_family_is_refused():
    with pytest.raises(ValueError, match=r"must map states of dimension 4 .* got dimensions 2 to 2"):
        GoalDrag(standin_agent(), car())
    with pytest.raises(ValueError, match=r"must map states of dimension 2 .* got dimensions 4 to 2"):
        GoalDrag(car_agent(), navigation())


def test_a_group_or_a_reward_model_that_it_cannot_show_is_named():
    agent, family = car_agent(), car()
    both = {
        name: np.tile(getattr(agent.geometry, name), (2, 1, 1))
        for name in ("generators_states", "generators_actions")
    }
    with pytest.raises(ValueError, match=r"agent\.geometry must be of dimension 1, got 2"):
        GoalDrag(replace(agent, geometry=replace(agent.geometry, **both)), family)
    seen = agent.geometry.data.tasks[0]
    model = RewardModel.fit(seen.next_states, seen.rewards, along=np.eye(4))
    with pytest.raises(ValueError, match=r"agent\.reward_model must .* got dimension 4 and 4"):
        GoalDrag(replace(agent, reward_model=model), family)


@pytest.mark.parametrize(
    "generator",
    [
        np.kron(np.diag([1.0, 0.0, 1.0]), lie.J),
        np.kron(np.diag([1.0, 2.0]), lie.J),
        np.array([[0.0, -4.0], [0.25, 0.0]]),
        np.zeros((3, 3)),
    ],
)
def test_harmonics_make_up_the_group(generator):
    parts, frequencies = harmonics(generator)
    for theta in (0.7, -2.0):
        waves = np.stack([np.cos(frequencies * theta), np.sin(frequencies * theta)], axis=1).ravel()
        expected = lie.exp(theta * generator)
        np.testing.assert_allclose(np.tensordot(waves, parts, axes=1), expected, atol=1e-9)


def test_a_generator_without_harmonics_is_named():
    with pytest.raises(ValueError, match="generator must keep an inner product"):
        harmonics(np.array([[1.0, 0.0], [0.0, -1.0]]))
