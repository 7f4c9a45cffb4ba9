import numpy as np
import pytest

from hgmrl_lite import lie
from hgmrl_lite.envs import circle_tasks, training_tasks
from hgmrl_lite.hereditary import infer
from hgmrl_lite.widgets import TaskAligner
from hgmrl_lite.widgets.task_aligner import CURVE, NEIGHBOURS, RANGES


@pytest.fixture(scope="module")
def aligner():
    return TaskAligner()


@pytest.fixture(autouse=True)
def as_made(request):
    """Put the shared widget back after each test."""
    yield
    if "aligner" in request.fixturenames:
        shared = request.getfixturevalue("aligner")
        shared.set_trait("goal", (0.866, 0.5))
        fresh = {"turn_degrees": 0.0, "signed": False, "transitions": 20, "noise": 0.0, "draw": 0}
        for name, value in (fresh | {"revealed": False, "asked": {}, "answers": {}}).items():
            shared.set_trait(name, value)


@pytest.mark.parametrize("goal", circle_tasks(5, phase=0.3))
def test_at_the_true_turn_arrows_and_lines_agree(aligner, goal):
    aligner.goal = goal
    for signed in (False, True):
        assert aligner.mean_angle(aligner.true_turn, signed=signed) < 5.0
    best = CURVE[np.argmin(aligner.mean_angle(CURVE, signed=True))]
    assert abs((best - aligner.true_turn + 180.0) % 360.0 - 180.0) <= 5.0


def minima(values):
    """Return how many local minima a periodic curve has."""
    return int(((values < np.roll(values, 1)) & (values <= np.roll(values, -1))).sum())


@pytest.mark.parametrize("goal", circle_tasks(5, phase=0.3))
def test_the_antipode_is_a_valley_for_lines_and_a_mountain_for_arrows(aligner, goal):
    aligner.goal = goal
    lines, arrows = (aligner.mean_angle(CURVE, signed=signed) for signed in (False, True))
    assert minima(lines) >= 2
    assert minima(arrows) == 1
    opposite = aligner.true_turn + 180.0
    assert aligner.mean_angle(opposite, signed=True) > 120.0
    near = opposite + np.arange(-45.0, 46.0, 2.5)
    assert aligner.mean_angle(near, signed=False).min() < 40.0


def test_lines_never_stand_farther_apart_than_arrows(aligner):
    lines, arrows = (aligner.mean_angle(CURVE, signed=signed) for signed in (False, True))
    assert (lines <= arrows + 1e-9).all()
    assert lines.max() <= 90.0
    assert arrows.max() <= 180.0


def test_base_normals_are_the_turned_gradients(aligner):
    turn = lie.so2_exp(np.radians(40.0))
    points = aligner.context.next_states
    back = np.linalg.inv(turn) @ points.T
    expected = turn @ aligner.reward_model.gradient(back.T).T
    expected = (expected / np.linalg.norm(expected, axis=0)).T
    np.testing.assert_allclose(aligner.base_normals(40.0), expected, atol=1e-12)
    assert aligner.base_normals([0.0, 40.0]).shape == (2, len(points), 2)


def test_what_is_seen_is_the_reward_with_its_noise(aligner):
    seen = aligner.context
    np.testing.assert_allclose(seen.rewards, -np.linalg.norm(seen.next_states - aligner.goal, axis=1))
    aligner.noise = 0.1
    aligner.transitions = 100
    jitter = aligner.context.rewards + np.linalg.norm(aligner.context.next_states - aligner.goal, axis=1)
    assert 0.07 < jitter.std() < 0.13
    np.testing.assert_array_equal(aligner.context.next_states[:20], seen.next_states)
    aligner.draw = 1
    assert np.abs(aligner.context.next_states[:20] - seen.next_states).max() > 0.05
    assert len(aligner.normals) == 100


def test_directions_hardly_see_how_far_away_a_goal_is(aligner):
    on = aligner.mean_angle(CURVE, signed=True).min()
    aligner.goal = (0.26, 0.15)
    assert aligner.mean_angle(CURVE, signed=True).min() < on + 5.0
    # The rewards see it at once: the next test.


def test_the_answer_is_the_package_s(aligner):
    found = infer(lie.J, aligner.reward_model, aligner.context)
    aligner.asked = {"turn": [0, 20, 0.0, 0.866, 0.5]}
    answer = aligner.answers["turn"]["value"]
    assert aligner.answers["turn"]["question"] == [0, 20, 0.0, 0.866, 0.5]
    assert answer["degrees"] == pytest.approx(np.degrees(found.angle))
    assert answer["degrees"] == pytest.approx(aligner.true_turn, abs=1.0)
    assert answer["verdict"] == found.verdict == "yes"
    assert answer["bound"] == found.bound_deg
    aligner.goal = (0.3, 0.1)
    aligner.asked = {"turn": [0, 20, 0.0, 0.3, 0.1]}
    assert aligner.answers["turn"]["value"]["verdict"] == "no"
    assert aligner.answers["turn"]["value"]["bound"] is None


def test_the_base_goal_is_the_course_s(aligner):
    np.testing.assert_array_equal(aligner.base_goal, training_tasks()[0])
    x, y = training_tasks()[0]
    aligner.goal = (-y, x)
    assert aligner.true_turn == pytest.approx(90.0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"goal": (2.0, 0.0)}, "goal must be 0.3 to 1.4 from the origin"),
        ({"goal": (0.0, 0.0)}, "goal must be 0.3 to 1.4 from the origin"),
        ({"goal": (np.nan, 0.0)}, "goal must be finite"),
        ({"goal": (1.0, 0.0, 0.0)}, r"goal must have shape \(2\)"),
        ({"turn_degrees": 181.0}, "turn_degrees must be within ±180, got 181"),
        ({"transitions": NEIGHBOURS - 1}, "transitions must be from 8 to 100, got 7"),
        ({"noise": 0.2}, "noise must be from 0 to 0.1, got 0.2"),
        ({"noise": float("nan")}, "noise must be finite, got 1 NaN"),
    ],
)
def test_bad_input(options, message):
    with pytest.raises(ValueError, match=message):
        TaskAligner(**options)


def test_every_range_has_its_trait(aligner):
    assert set(RANGES) <= set(aligner.traits(sync=True))


def test_explorations_come_round(aligner):
    aligner.draw = 8
    assert aligner.draw == 0


class TestPicture:
    def test_words_follow_the_state(self, aligner):
        first = repr(aligner)
        assert first.startswith("TaskAligner: new goal at (0.87, 0.50), 20 transitions")
        assert "lines are" in first
        aligner.signed = True
        assert "arrows are" in repr(aligner)
        assert "the package" not in repr(aligner)
        aligner.revealed = True
        assert repr(aligner).endswith(" off; explains the rewards: yes")
        aligner.goal = (0.3, 0.1)
        assert "the package finds no turn that explains the rewards" in repr(aligner)

    def test_picture_follows_the_state_and_is_small(self, aligner):
        pictures = [aligner.png()]
        for name, value in (
            ("turn_degrees", 50.0),
            ("signed", True),
            ("revealed", True),
            ("goal", (0.0, 1.0)),
        ):
            aligner.set_trait(name, value)
            pictures.append(aligner.png())
        assert all(picture.startswith(b"\x89PNG") for picture in pictures)
        assert len(set(pictures)) == len(pictures)
        assert max(map(len, pictures)) < 200_000

    def test_mimebundle_keeps_the_live_view(self, aligner):
        data, _ = aligner._repr_mimebundle_()
        assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/plain", "image/png"}
