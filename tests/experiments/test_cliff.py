"""The cliff: where it is by geometry, and that regret climbs it there."""

import numpy as np
import pytest

from hgmrl_lite.envs import GOAL_RADIUS, circle_tasks, navigation
from hgmrl_lite.experiments import CLIFF_DEG, rotation_error
from hgmrl_lite.meta import Protocol

SMALL = Protocol(navigation(test=circle_tasks(4)), episodes=20, seeds=(0,))


@pytest.fixture(scope="module")
def result():
    return rotation_error(SMALL, errors_deg=[0.0, 5.0, 20.0], cases=[("disc", 135.0)], jobs=1, progress=False)


def test_at_the_cliff_the_goal_aimed_at_is_as_far_as_the_terminal_disc_reaches():
    assert 2.0 * np.sin(0.5 * np.radians(CLIFF_DEG)) == pytest.approx(GOAL_RADIUS)
    assert 8.0 < CLIFF_DEG < 8.2


def test_regret_is_small_before_the_cliff_and_large_beyond(result):
    assert result.cases == ("disc, base goal 135°",)
    assert result.regret.shape == (1, 1, 3, 2, 4)
    none, small, large = result.mean.mean[0]
    assert none < 0.15
    assert small < 0.5
    assert large > 15.0


def test_without_an_error_both_sides_are_the_same(result):
    np.testing.assert_array_equal(result.regret[0, :, 0, 0], result.regret[0, :, 0, 1])


def test_it_prints_a_table_with_its_protocol(result):
    assert "disc, base goal 135°" in repr(result)
    assert "8.1°" in repr(result)
    assert result._repr_html_().count("<tr>") == 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"errors_deg": [-1.0]}, "errors_deg must be one or more angles from 0 to 180"),
        ({"errors_deg": []}, "errors_deg must be one or more angles"),
        ({"cases": []}, "the number of cases must be a whole number of at least 1, got 0"),
        ({"cases": [("ball", 0.0)]}, "action_set must be one of"),
    ],
)
def test_bad_input_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        rotation_error(SMALL, progress=False, **options)
