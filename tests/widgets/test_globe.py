"""GoalDrag on a globe: its Python side, and Node's numbers beside Python's."""

import numpy as np
import pytest
from sphere_standin import sphere_agent
from standin import standin_agent

from hgmrl_lite.envs import navigation, sphere
from hgmrl_lite.widgets import GoalDrag
from hgmrl_lite.widgets.goal_drag.scenes import apart, direction

QUESTIONS = [
    {"goal_degrees": longitude, "goal_latitude": latitude, "draw": draw, "context_size": size}
    for longitude, latitude, draw, size in [
        (60.0, 20.0, 0, 20),
        (-97.5, -30.0, 0, 20),
        (180.0, 5.0, 3, 40),
        (-18.0, 88.0, 7, 6),
        (101.25, -1.0, 2, 4),
    ]
]
# Near the antipode of the base goal, where the smallest rotation hangs on rounding.
OPPOSITE = {"goal_degrees": 14.0, "goal_latitude": -66.0, "draw": 1, "context_size": 20}
ALL = [*QUESTIONS, OPPOSITE]


def make(**options):
    return GoalDrag(sphere_agent(), sphere(), **options)


@pytest.fixture(scope="module")
def drag():
    return make(episodes=5, seed=4)


def put(drag, question):
    for name, value in question.items():
        setattr(drag, name, value)


@pytest.fixture(scope="module")
def answers(drag, in_node):
    """Return what Node computes for each question: exactly, and as under the hand."""
    found = in_node(drag, [{**question, "quick": quick} for quick in (False, True) for question in ALL])
    return found[: len(ALL)], found[len(ALL) :]


class TestJavaScript:
    def test_explorations_are_python_s(self, drag, answers):
        for question, got in zip(QUESTIONS, answers[0], strict=False):
            put(drag, question)
            points = np.reshape(got["context"]["points"], (-1, 3))
            np.testing.assert_allclose(points, drag.context.next_states, atol=1e-12)
            np.testing.assert_allclose(got["context"]["rewards"], drag.context.rewards, atol=1e-12)

    def test_the_inference_is_python_s(self, drag, answers):
        for question, got in zip(QUESTIONS, answers[0], strict=False):
            put(drag, question)
            expected, found = drag.inference, got["inferred"]
            np.testing.assert_allclose(np.reshape(found["left"], (3, 3)), expected.left, atol=1e-4)
            np.testing.assert_allclose(np.reshape(found["right"], (3, 3)), expected.right, atol=1e-4)
            assert found["residual"] == pytest.approx(expected.residual, rel=1e-2)
            assert float(found["standardError"]) == pytest.approx(expected.standard_error, rel=1e-2)
            assert found["decided"] == (expected.verdict == "yes")
            assert got["error"] == pytest.approx(apart(drag.aim, drag.goal), abs=0.01)

    def test_opposite_to_the_base_goal_it_leads_to_the_same_goal(self, drag, answers):
        put(drag, OPPOSITE)
        assert answers[0][-1]["turned"] > 175.0
        assert apart(np.array(answers[0][-1]["aimPoint"]), drag.aim) < 0.5

    def test_episodes_are_python_s(self, drag, answers):
        for question, got in zip(QUESTIONS, answers[0], strict=False):
            put(drag, question)
            for name, policy in (("geometric", drag.policy), ("base", drag.agent.base_policy)):
                played = drag.family.rollout(policy, drag.goal[None], episodes=5, seed=4, trajectories=True)
                lengths = got[name]["lengths"] or [len(path) // 3 for path in got[name]["paths"]]
                assert lengths == [int(length) + 1 for length in played.lengths[0]]
                shown = zip(got[name]["paths"], lengths, played.trajectories[0], strict=True)
                for path, length, states in shown:
                    np.testing.assert_allclose(np.reshape(path, (-1, 3))[:length], states[:length], atol=1e-3)

    def test_the_answer_under_the_hand_is_nearly_the_exact_one(self, answers):
        for exact, quick in zip(*answers, strict=True):
            assert quick["quick"]
            assert apart(np.array(exact["aimPoint"]), np.array(quick["aimPoint"])) < 2.0


@pytest.mark.parametrize("question", ALL)
def test_the_inferred_policy_reaches_the_goal(drag, question):
    put(drag, question)
    assert apart(drag.aim, drag.goal) < 3.0
    assert drag.family.rollout(drag.policy, drag.goal[None], episodes=20, seed=1).success.all()


@pytest.mark.parametrize(
    ("place", "both"), [((60.0, 20.0), True), ((100.0, -40.0), True), ((15.0, -67.9), False)]
)
def test_at_first_the_goals_are_in_front(place, both):
    drag = make(goal_degrees=place[0], goal_latitude=place[1])
    seen = direction(drag.view_longitude, drag.view_latitude)
    assert seen @ drag.goal > 0.0
    # Of two opposite goals only one can be.
    assert (seen @ drag.family.base_task > 0.0) == both


def test_places_lead_to_goals_and_back(drag):
    scene = drag._scene
    for place in [(60.0, 20.0), (-120.0, -80.0), (180.0, 0.0)]:
        assert scene.degrees(scene.goal(*place)) == pytest.approx(place)
    assert apart(direction(0.0, 0.0), direction(0.0, 90.0)) == pytest.approx(90.0)


def test_rest_is_answered_with_the_regrets_of_both_policies():
    drag = make(goal_degrees=100.0, goal_latitude=-40.0, evaluation_episodes=50)
    drag.asked = {"regrets": [100.0, -40.0, 0, 20]}
    assert drag.answered == [100.0, -40.0, 0, 20]
    assert drag.regrets["geometric"] < 5.0
    # Staying at the base goal costs the chord at every step.
    chord = np.linalg.norm(drag.goal - drag.family.base_task)
    assert drag.regrets["base"] == pytest.approx(100.0 * chord, rel=0.15)


def test_words_and_picture_follow_the_state(drag):
    put(drag, QUESTIONS[0])
    drag.view_longitude, drag.view_latitude = 0.0, 20.0
    first, seen = repr(drag), drag.png()
    assert first.startswith(
        "GoalDrag: test goal at longitude 60.0°, latitude 20.0°; geometric agent: base policy rotated by "
    )
    assert "trained for the goal at longitude -165.0°, latitude 67.9°" in first
    drag.view_longitude = 90.0
    turned = drag.png()
    assert turned != seen
    assert repr(drag) == first
    drag.view_longitude, drag.goal_latitude = 0.0, -20.0
    assert repr(drag) != first
    names = {text.get_text() for text in drag.figure().legends[0].get_texts()}
    assert {"geometric agent", "base policy, unchanged", "other training goals", "test goal"} <= names
    assert "base goal (behind)" in names
    assert "its antipode" in names
    assert len(seen) < 200_000
    data, _ = drag._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/plain", "image/png"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ring": True}, "ring must be left out for goals on a sphere"),
        ({"rivals": [3]}, "rivals must be left out for goals on a sphere"),
        ({"rediscover": len}, "rediscover must be left out for goals on a sphere"),
        ({"context_size": 3}, "context_size must be a whole number of at least 4, got 3"),
        ({"goal_latitude": 91.0}, "goal_latitude must be within ±90, got 91"),
        ({"goal_latitude": np.nan}, "goal_latitude must be finite"),
    ],
)
def test_bad_input_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        make(**options)


def test_an_agent_of_the_plane_is_refused():
    with pytest.raises(ValueError, match="agent must be one of space, with states of dimension 3"):
        GoalDrag(standin_agent(), sphere())
    with pytest.raises(ValueError, match=r"agent\.base_policy must map .* got dimensions 3 to 3"):
        GoalDrag(sphere_agent(), navigation())


def test_traits_keep_within_bounds(drag):
    drag.goal_degrees = 270.0
    assert drag.goal_degrees == -90.0
    with pytest.raises(ValueError, match="goal_latitude"):
        drag.goal_latitude = -100.0
    with pytest.raises(ValueError, match="context_size"):
        drag.context_size = 3
