"""GoalDrag with everything: rivals, training goals that move, and what Python does with them."""

import numpy as np
import pytest
from rival_standin import standin_rivals
from standin import standin_agent

from hgmrl_lite.agents import GeometricAgent
from hgmrl_lite.envs import navigation, training_tasks
from hgmrl_lite.hereditary import discover_geometry
from hgmrl_lite.widgets import GoalDrag


def again(goals):
    """Discover the geometry anew, with the policy and the reward model of before."""
    agent = standin_agent()
    tasks = [navigation().explore(goal, 1000, seed=index) for index, goal in enumerate(goals)]
    return GeometricAgent(agent.base_policy, discover_geometry(tasks), agent.reward_model)


def make(**options):
    return GoalDrag(
        standin_agent(),
        navigation(),
        **{"rivals": standin_rivals(), "rediscover": again, **options},
    )


def test_everything_is_off_by_default():
    settings = GoalDrag(standin_agent(), navigation()).settings
    assert settings["rivals"] == []
    assert [settings[name] for name in ("movable", "ring", "replay")] == [False] * 3


def test_regrets_of_the_rivals_are_theirs():
    drag = make(goal_degrees=60.0, evaluation_episodes=20)
    drag.asked = {"regrets": [60.0, 0, 20]}
    assert set(drag.regrets) == {"geometric", "base", "nearest task", "goal-conditioned"}
    nearest = standin_rivals()[0].nearest(drag.context)
    degrees = np.degrees(np.arctan2(*training_tasks()[nearest][::-1])) - 60.0
    # It stays at a training goal: the chord, a hundred times.
    assert drag.regrets["nearest task"] == pytest.approx(
        200.0 * abs(np.sin(np.radians(degrees / 2))), rel=0.1
    )
    assert drag.regrets["goal-conditioned"] < 5.0


def test_moved_training_goals_make_the_geometry_stale_until_it_is_discovered_again():
    drag = make(evaluation_episodes=0)
    before = drag.agent
    moved = [*drag.training_degrees[:-1], 20.0]
    drag.training_degrees = moved
    assert drag.stale
    assert "have moved" in drag.describe()
    assert drag.agent is before
    np.testing.assert_allclose(drag.training_goals[-1], [np.cos(np.radians(20)), np.sin(np.radians(20))])
    data = drag.array_data
    drag.asked = {"geometry": moved}
    assert not drag.stale
    assert drag.discovered == moved
    assert drag.agent is not before
    assert drag.array_data != data
    np.testing.assert_allclose(drag.agent.geometry.centres[-1], drag.training_goals[-1], atol=0.02)


def test_regrets_are_measured_again_after_a_discovery():
    drag = make(evaluation_episodes=5)
    drag.asked = {"regrets": [60.0, 0, 20]}
    before = drag.answers["regrets"]
    drag.training_degrees = [135.0, 0.0, -96.5, -144.5]
    drag.asked = {**drag.asked, "geometry": drag.training_degrees}
    assert drag.answers["regrets"] is not before
    assert drag.answered == [60.0, 0, 20]
    assert drag.regrets["geometric"] < 5.0


def test_a_discovery_that_fails_is_shown_and_raised():
    def fail(goals):
        raise RuntimeError("no discovery today")

    drag = make(rediscover=fail)
    drag.training_degrees = [100.0, -18.0, -96.5, -144.5]
    with pytest.raises(RuntimeError, match="no discovery today"):
        drag.asked = {**drag.asked, "geometry": drag.training_degrees}
    assert drag.answers["geometry"]["error"] == "RuntimeError: no discovery today"
    assert drag.stale


def test_the_picture_and_its_legend_name_the_rivals():
    drag = make(evaluation_episodes=0)
    names = {text.get_text() for text in drag.figure().legends[0].get_texts()}
    assert {"nearest task", "goal-conditioned", "geometric agent"} <= names
    drag.shown_rivals = ["goal-conditioned"]
    drag.show_geometric = False
    names = {text.get_text() for text in drag.figure().legends[0].get_texts()}
    assert "goal-conditioned" in names
    assert not {"nearest task", "geometric agent"} & names


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("training_degrees", [1.0, 2.0], r"training_degrees must have shape \(4\)"),
        ("training_degrees", [1.0, 2.0, 3.0, np.nan], "training_degrees must be finite"),
        ("shown_rivals", ["CCM"], r"shown_rivals must name rivals of \['nearest task'"),
    ],
)
def test_bad_values_of_traits_are_refused(trait, value, message):
    drag = make(evaluation_episodes=0)
    with pytest.raises(ValueError, match=message):
        setattr(drag, trait, value)


def test_rivals_of_another_kind_are_refused():
    with pytest.raises(
        ValueError, match="rivals must be NearestTaskAgent or GoalConditionedAgent, got GeometricAgent"
    ):
        make(rivals=[standin_agent()])
    with pytest.raises(ValueError, match="rivals must have different names"):
        make(rivals=[standin_rivals()[1]] * 2)
    with pytest.raises(ValueError, match="admissible actions, 'disc'; 'nearest task' has 'box'"):
        make(rivals=standin_rivals("box"))


def test_angles_of_training_goals_wrap():
    drag = make(evaluation_episodes=0)
    drag.training_degrees = [190.0, -18.0, 540.0, -144.5]
    assert drag.training_degrees == [-170.0, -18.0, 180.0, -144.5]
