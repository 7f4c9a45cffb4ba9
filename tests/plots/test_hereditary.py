import numpy as np
import pytest

from hgmrl_lite import lie, plots

DEGREES = np.arange(0, 360, 90)
GOAL = np.array([0.6, 0.8])
TURN = lie.so2_exp(2.0)
MIRROR = np.diag([1.0, -1.0])


def test_carried_regret_draws_each_way_in_both_panels():
    regrets = {"turned": np.zeros(4), "shifted": np.array([0.0, 1.0, 2.0, 1.0])}
    asked = {name: np.full((5, 2), number) for number, name in enumerate(regrets)}
    left, right = plots.carried_regret(DEGREES, regrets, np.zeros((7, 2)), asked).axes
    for line, values in zip(left.lines, regrets.values(), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), DEGREES)
        np.testing.assert_array_equal(line.get_ydata(), values)
    known, *others = right.lines
    assert len(known.get_xdata()) == 7
    assert [line.get_label() for line in others] == ["turned", "shifted"]
    np.testing.assert_array_equal(others[1].get_ydata(), asked["shifted"][:, 1])


def test_a_search_marks_its_best_and_says_when_it_is_still_falling():
    times = np.linspace(-3.0, 3.0, 61)
    inside, away = plots.search_losses(times, {"bowl": (times - 1) ** 2, "slope": 5 - times}, 9.0).axes
    for axes, best, words in ((inside, 1.0, "best"), (away, 3.0, "still falling at the end")):
        _, mark = axes.lines
        assert mark.get_xdata()[0] == pytest.approx(best)
        assert mark.get_label() == words
    assert inside.get_ylim() == (0.0, 9.0)


def test_a_winding_has_the_slope_of_its_speeds_and_no_line_across_the_square():
    speeds = np.array([1.0, 1.7])
    short, long = plots.dense_winding(speeds, [3.0, 40.0]).axes
    for axes in (short, long):
        x, y = axes.lines[0].get_data()
        dx, dy = np.diff(x), np.diff(y)
        drawn = np.isfinite(dx) & np.isfinite(dy)
        assert np.abs(dx[drawn]).max() < 180.0
        np.testing.assert_allclose(dy[drawn], 1.7 * dx[drawn], atol=1e-6)
    # Each time an angle comes round, the line is cut.
    cuts = np.isnan(long.lines[0].get_xdata()).sum()
    assert cuts == sum(int(np.degrees(40.0 * speed) // 360) for speed in speeds)


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        (lambda: plots.carried_regret(DEGREES, {"a": [1.0]}, np.zeros((2, 2)), {}), r"regrets\['a'\]"),
        (lambda: plots.search_losses([0.0, 1.0], {"a": [1.0]}, 2.0), r"losses\['a'\]"),
        (lambda: plots.dense_winding([1.0], [3.0]), "speeds must have shape"),
    ],
)
def test_bad_input_is_named(figure, message):
    with pytest.raises(ValueError, match=message):
        figure()


def test_every_map_carries_goal_and_flag():
    figure = plots.maps_between_tasks(GOAL, [TURN, MIRROR], ["a turn", "a mirror"])
    assert [axes.get_title() for axes in figure.axes] == ["base task", "a turn", "a mirror"]
    base = figure.axes[0].patches[0].get_xy()
    for axes, matrix in zip(figure.axes, (np.eye(2), TURN, MIRROR), strict=True):
        goals = [line.get_xydata()[0] for line in axes.lines if len(line.get_xydata()) == 1]
        np.testing.assert_allclose(goals[0], matrix @ GOAL, atol=1e-12)
        np.testing.assert_allclose(axes.patches[0].get_xy(), base @ matrix.T, atol=1e-12)


def test_every_map_has_a_name():
    with pytest.raises(ValueError, match="names must hold one title a matrix, 2, got 1"):
        plots.maps_between_tasks(GOAL, [TURN, MIRROR], ["a turn"])


def test_the_dashed_lines_are_half_a_turn_from_the_truth():
    figure = plots.found_against_true([10.0, -100.0], {"lines": [10.0, 80.0], "arrows": [10.0, -100.0]})
    assert [axes.get_title() for axes in figure.axes] == ["lines", "arrows"]
    for axes, found in zip(figure.axes, ([10.0, 80.0], [10.0, -100.0]), strict=True):
        right, *opposite, points = (line.get_xydata() for line in axes.lines)
        np.testing.assert_array_equal(right[:, 0], right[:, 1])
        assert len(opposite) == 2
        for line in opposite:
            np.testing.assert_array_equal(np.abs(line[:, 0] - line[:, 1]), 180.0)
            assert np.abs(line).max() <= 180.0
        np.testing.assert_array_equal(points[:, 1], found)


def test_found_turns_need_one_answer_a_task():
    with pytest.raises(ValueError, match=r"found\['lines'\] must have shape"):
        plots.found_against_true([10.0, -100.0], {"lines": [10.0]})
