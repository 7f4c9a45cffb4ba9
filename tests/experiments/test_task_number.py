"""Coverage: which agents are trained on which tasks, and on which goals each is evaluated."""

import numpy as np
import pytest

from hgmrl_lite.envs import circle_tasks, navigation, training_tasks
from hgmrl_lite.experiments import coverage
from hgmrl_lite.experiments.task_number import even_goals
from hgmrl_lite.meta import Protocol

SMALL = Protocol(navigation(test=circle_tasks(3)), episodes=4, contexts=2, seeds=(0, 1))


def stand_in(unit):
    """Return what a unit would measure of an agent whose regret is its number of training tasks."""
    protocol = unit.settings["protocol"]
    tasks = protocol.family.test
    shape = (len(tasks), protocol.contexts, protocol.episodes)
    return {
        "name": np.array(unit.settings["agent"]),
        "env_steps": np.array(1000),
        "context_size": np.array(20),
        "uses_goal": np.array(False),
        "tasks": tasks,
        "regret": np.full(shape, float(len(protocol.family.train))),
        "success": np.ones(shape, dtype=bool),
        "paths": np.zeros((len(tasks), 1, 101, 2)),
    }


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr(
        "hgmrl_lite.experiments.task_number.run_groups",
        lambda groups, **_: [[stand_in(unit) for unit in group] for group in groups],
    )
    return lambda **options: coverage(SMALL, progress=False, **options)


@pytest.mark.parametrize("quick", [True, False])
def test_each_agent_is_evaluated_on_the_test_goals_and_on_its_own(run, quick):
    result = run(quick=quick)
    plan = [("geometric", tasks, "experiment 1") for tasks in (2, 3, 4)]
    plan += [("CCM", 4, "even")] if quick else [("CCM", 4, "even"), ("CCM", 4, "experiment 1")]
    plan += [("CCM", tasks, "even") for tasks in ((8, 16) if quick else (8, 16, 32))]
    assert [(case.agent, case.tasks, case.spacing) for case in result.cases] == plan
    for case in result.cases:
        goals = even_goals(case.tasks) if case.spacing == "even" else training_tasks()[: case.tasks]
        np.testing.assert_array_equal(case.training_goals, goals)
        np.testing.assert_array_equal(case.train.tasks, goals)
        np.testing.assert_array_equal(case.test.tasks, SMALL.family.test)
        assert case.test.mean.mean == case.train.mean.mean == case.tasks


def test_even_goals_lie_half_a_spacing_off_angle_zero_and_the_table_names_them(run):
    angles = np.degrees(np.arctan2(*even_goals(4).T[::-1])) % 360.0
    np.testing.assert_allclose(angles, [45.0, 135.0, 225.0, 315.0])
    result = run(quick=True)
    assert "8, evenly spaced" in repr(result)
    assert result._repr_html_().count("<tr>") == 1 + len(result.cases)
