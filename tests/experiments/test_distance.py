"""Experiment 1 in small: pairing, steps, goals, names, and what is refused."""

import numpy as np
import pytest

from hgmrl_lite.agents import PPOSettings
from hgmrl_lite.cache import settings_text
from hgmrl_lite.envs import circle_tasks, goals_at, navigation, training_tasks
from hgmrl_lite.experiments import AGENTS, regret_by_distance
from hgmrl_lite.experiments.contenders import contender_units, evaluate_contender
from hgmrl_lite.meta import Protocol, goal_distances

SMALL = Protocol(navigation(test=circle_tasks(5)), episodes=10, contexts=2, seeds=(0,))
FEW = ("geometric", "base policy", "true rotation")


@pytest.fixture(scope="module")
def result():
    return regret_by_distance(SMALL, agents=FEW, jobs=1, progress=False)


def test_the_reference_has_regret_exactly_zero_and_paths_that_end_at_the_goals(result):
    np.testing.assert_array_equal(result.reference.regret, 0.0)
    paths = result.reference.paths
    assert paths.shape == (5, 8, 101, 2)
    last = np.isfinite(paths[..., 0]).sum(axis=2) - 1
    ends = np.take_along_axis(paths, last[..., None, None], axis=2)[:, :, 0]
    assert (np.linalg.norm(ends - result.goals[:, None], axis=-1) < 0.1415).all()


def test_the_table_has_the_steps_that_were_taken(result):
    policy = PPOSettings().env_steps
    assert result["base policy"].env_steps == policy
    assert result["true rotation"].env_steps == policy
    # 5000 transitions of each of four training tasks were explored for the geometry.
    assert result["geometric"].env_steps == policy + 4 * 5000
    rows = {row[0]: row for row in result.rows()}
    assert rows["geometric"][1] == "101 920"
    assert rows["geometric"][2:4] == ("20", "no")
    assert rows["true rotation"][2:4] == ("none", "yes")


def test_agents_without_context_are_not_evaluated_anew_for_each_draw(result):
    assert result["base policy"].regret.shape == (1, 5, 1, 10)
    assert result["geometric"].regret.shape == (1, 5, 2, 10)


def test_the_geometric_agent_does_nearly_as_well_as_the_true_rotation(result):
    assert result["geometric"].mean.mean < 0.15
    assert abs(result["geometric"].mean.mean - result["true rotation"].mean.mean) < 0.1
    assert result["base policy"].mean.mean > 50.0


def test_distances_are_to_the_nearest_of_the_training_goals(result):
    np.testing.assert_allclose(result.distances(), goal_distances(SMALL.family.test, training_tasks()))
    np.testing.assert_allclose(result.distances("geometric"), result.distances())


def test_results_are_found_by_name_and_tell_a_table(result):
    assert result.names == FEW
    with pytest.raises(KeyError, match="name must be one of geometric, base policy, true rotation"):
        result["CCM"]
    text = repr(result)
    assert "greedy reference" in text
    assert "training steps" in text
    html = result._repr_html_()
    assert html.count("<tr>") == 4
    assert "Regret: return of the greedy reference" in html


def test_a_unit_is_named_by_what_it_depends_on_and_no_more():
    def names(protocol):
        texts = [settings_text("", unit.settings) for unit in contender_units("CCM", protocol)]
        assert not any(unnamed for _, unnamed in texts)
        return [text for text, _ in texts]

    one, several = names(Protocol()), names(Protocol(seeds=(2, 0)))
    assert len(set(one)) == 3
    # Other seeds beside it do not change a seed's unit.
    assert several[0] == one[2]
    box, goals = navigation(action_set="box"), navigation(test=circle_tasks(5))
    for other in (
        Protocol(episodes=100),
        Protocol(box),
        Protocol(goals),
        Protocol(navigation(wind=(0.1, 0.0))),
    ):
        assert names(other)[0] != one[0]


def test_other_goals_are_those_asked_for():
    goals = goals_at([0.1, 0.2])
    parts = evaluate_contender("base policy", SMALL.of_family(test=goals))
    np.testing.assert_array_equal(parts["tasks"], goals)
    assert parts["regret"].shape == (2, 1, 10)


def test_the_agents_are_those_of_the_issue():
    assert len(AGENTS) == 7
    assert AGENTS[-2:] == ("true rotation", "trained on the test task")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"agents": ["CMM"]}, r"agents must be different ones of geometric.*got \['CMM'\]"),
        ({"agents": []}, "agents must be different ones"),
        ({"agents": ["CCM", "CCM"]}, "agents must be different ones"),
    ],
)
def test_bad_input_is_named_before_anything_is_trained(options, message):
    with pytest.raises(ValueError, match=message):
        regret_by_distance(SMALL, progress=False, **options)
