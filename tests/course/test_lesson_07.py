"""The keys of lesson 07 agree with what the lesson itself measures."""

import numpy as np
import pytest
from exploring import explore

from hgmrl_lite import actions, envs, hereditary, meta
from hgmrl_lite.course import lesson_07
from hgmrl_lite.course.exercise import find

FAMILY = envs.navigation()
GOALS = FAMILY.train
MIRRORS = [np.array([[np.cos(a), np.sin(a)], [np.sin(a), -np.cos(a)]]) for a in (0.6, 2.0, 3.5)]


def explored(**options):
    """Explore the training tasks."""
    return [explore(goal, 5000, seed=k, **options) for k, goal in enumerate(GOALS)]


def reflected():
    """Return tasks that mirrors relate."""
    valleys = [actions.LinearAction(m).on_function(envs.bent_valley) for m in (np.eye(2), *MIRRORS)]
    return [envs.sample_transitions(valley, 2000, seed=k) for k, valley in enumerate(valleys)]


@pytest.mark.parametrize("index", [0, 1])
def test_walking_to_a_training_goal_costs_what_the_key_says(index):
    goal = envs.goals_at(np.radians(30.0))
    key = find("07.1").reference[index]
    measured = meta.evaluate(FAMILY, FAMILY.reference(GOALS[index]), [goal]).regret.mean()
    assert measured == pytest.approx(key, rel=0.1)
    # The other one of the two goals is not within the tolerance.
    assert abs(find("07.1").reference[1 - index] - key) > 0.2 * key


def test_the_nearest_goal_is_the_one_that_the_key_takes():
    away = np.abs((np.degrees(np.arctan2(*GOALS.T[::-1])) - 30.0 + 180.0) % 360.0 - 180.0)
    assert away[0] == pytest.approx(105.0)
    assert away.min() == pytest.approx(48.0)


@pytest.mark.parametrize(
    ("place", "tasks"),
    [
        (0, lambda: explored(action_set="box")),
        (1, lambda: explored(action_set="box", policy="gaussian")),
        (3, lambda: explored(wind=(0.03, 0.0))),
        (4, reflected),
        (2, explored),
        (5, explored),
    ],
)
def test_the_report_says_no_where_the_key_says_geometry(place, tasks):
    says_no = hereditary.discover_geometry(tasks()).report.verdict == "no"
    assert says_no == (lesson_07.NOTICES[place] == "geometry")


@pytest.mark.parametrize("radius", [1.0, 0.6])
def test_the_inference_says_no_off_the_circle_only(radius):
    base = explored()[0]
    model = hereditary.RewardModel.fit(base.next_states, base.rewards)
    goal = radius * envs.goals_at(np.radians(54.0))
    found = hereditary.infer(np.array([[0.0, -1.0], [1.0, 0.0]]), model, explore(goal, 20, seed=0))
    assert (found.verdict == "no") == (radius != 1.0)
    assert lesson_07.NOTICES[2] == "inference"
