"""The protocol pairs what it says it pairs, asks an agent what it may, and counts what it spent."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from hgmrl_lite.envs import STEP, NavigationTasks, circle_tasks, navigation
from hgmrl_lite.meta import AgentResult, Protocol, evaluate_seed, goal_distances, mean_interval, run_protocol
from hgmrl_lite.meta.protocol import SHOWN, draw_contexts
from hgmrl_lite.streams import stream_seed

FOUR = navigation(test=circle_tasks(4))
SMALL = Protocol(FOUR, episodes=6, contexts=3, seeds=(0, 1))
FIRST, SECOND = SMALL.of_seeds()


@dataclass
class Toy:
    """An agent that goes to a goal it is told, or to one beside what its context has seen."""

    context_size: int = 0
    uses_goal: bool = True
    family: NavigationTasks = FOUR
    name: str = "toy"
    env_steps: int = 123
    contexts: list = field(default_factory=list)
    goals: list = field(default_factory=list)

    def adapt(self, context, task=None):
        self.contexts.append(context)
        self.goals.append(task)
        return self.family.reference((1.0, 0.0) if task is None else task)


@pytest.mark.parametrize("options", [{}, {"action_set": "box"}, {"wind": (0.02, -0.03)}, {"noise": 0.1}])
def test_an_agent_equal_to_the_reference_has_regret_exactly_zero(options):
    family = navigation(test=circle_tasks(4), **options)
    result = run_protocol(lambda seed: Toy(family=family), replace(SMALL, family=family), progress=False)
    assert result.regret.shape == (2, 4, 1, 6)
    np.testing.assert_array_equal(result.regret, 0.0)
    assert result.mean.half_width == 0.0


def test_the_noise_is_that_of_the_seed_and_another_seed_has_another():
    first, again, other = (evaluate_seed(Toy(), protocol)["paths"] for protocol in (FIRST, FIRST, SECOND))
    np.testing.assert_array_equal(first, again)
    assert not np.isclose(first, other).any()


def test_regret_is_the_return_of_the_reference_less_the_agents():
    goals = circle_tasks(4)
    parts = evaluate_seed(Toy(uses_goal=False), FIRST)
    # The first goal is the toy's own; the opposite one costs about its chord, 2, in each of 100 steps.
    np.testing.assert_array_equal(parts["regret"][0], 0.0)
    assert 170 < parts["regret"][2].mean() < 210
    assert parts["success"][0].all()
    assert not parts["success"][2].any()
    assert parts["paths"].shape == (4, 6, 101, 2)
    assert np.nanmin(np.linalg.norm(parts["paths"][0] - goals[0], axis=-1)) < 0.1414


def test_paths_are_those_of_the_first_episodes():
    parts = evaluate_seed(Toy(), replace(SECOND, episodes=SHOWN + 3))
    assert parts["paths"].shape[1] == SHOWN
    states = np.nan_to_num(np.linalg.norm(parts["paths"] - FOUR.test[:, None, None], axis=-1))
    returns = -states[:, :, 1:].sum(axis=-1)
    best = [FOUR.reference(goal) for goal in FOUR.test]
    expected = FOUR.rollout(best, FOUR.test, episodes=SHOWN + 3, seed=stream_seed(1, "evaluate")).returns
    np.testing.assert_allclose(returns, expected[:, :SHOWN], rtol=1e-5)


def test_an_agent_without_context_is_adapted_once_and_told_the_goal_only_if_it_may():
    told, untold = Toy(), Toy(uses_goal=False)
    evaluate_seed(told, FIRST)
    evaluate_seed(untold, FIRST)
    assert told.contexts == [None] * 4
    np.testing.assert_array_equal(told.goals, FOUR.test)
    assert untold.goals == [None] * 4


def test_an_agent_with_context_meets_a_new_one_for_each_draw_and_goal():
    toy = Toy(context_size=7, uses_goal=False)
    parts = evaluate_seed(toy, FIRST)
    assert parts["regret"].shape == (4, 3, 6)
    assert [len(context) for context in toy.contexts] == [7] * 12
    firsts = {tuple(context.states[0]) for context in toy.contexts}
    assert len(firsts) == 12


def test_agents_with_contexts_of_different_size_see_the_same_exploration():
    short, long = (draw_contexts(FOUR, 0, 2, size)[1] for size in (5, 50))
    np.testing.assert_array_equal(short.next_states, long.next_states[:5])
    np.testing.assert_array_equal(short.rewards, long.rewards[:5])


def test_more_draws_and_goals_change_no_context():
    few, more = Toy(context_size=5, uses_goal=False), Toy(context_size=5, uses_goal=False)
    evaluate_seed(few, FIRST)
    goals = np.vstack([FOUR.test, circle_tasks(16, phase=0.1)])
    evaluate_seed(more, replace(FIRST, contexts=4, family=navigation(test=goals)))
    for draw in range(3):
        for goal in range(4):
            one, other = few.contexts[4 * draw + goal], more.contexts[20 * draw + goal]
            np.testing.assert_array_equal(one.states, other.states)


def test_contexts_come_from_the_protocols_environment():
    windy = navigation(wind=(0.09, 0.0), noise=0.0)
    # The step less the admissible action is the wind, exactly, while the border of the arena is far.
    context = draw_contexts(windy, 0, 0, 40)[0]
    steps = context.next_states - context.states - STEP * windy.system.project(context.actions)
    np.testing.assert_allclose(steps, np.tile([0.09, 0.0], (40, 1)), atol=1e-12)


def test_the_result_gives_means_over_goals_and_the_slope_of_its_least_squares_line():
    rng = np.random.default_rng(0)
    regret = rng.normal(size=(3, 5, 4, 6))
    result = AgentResult(
        "a", 10, 20, False, circle_tasks(5), regret, regret > 0, np.zeros((5, 1, 101, 2), np.float32)
    )
    np.testing.assert_allclose(result.by_task.mean, regret.mean(axis=(0, 2, 3)))
    assert result.mean.mean == pytest.approx(regret.mean())
    distances = rng.uniform(size=5)
    slope = np.polyfit(distances, result.by_task.mean, 1)[0]
    assert result.slope(distances).mean == pytest.approx(slope)
    by_draw = [[np.polyfit(distances, unit, 1)[0] for unit in seed] for seed in result.units]
    assert result.slope(distances).low == pytest.approx(mean_interval(by_draw).low)
    with pytest.raises(ValueError, match="distances must differ"):
        result.slope(np.ones(5))


def test_parts_of_different_agents_are_not_put_together():
    one, other = evaluate_seed(Toy(), FIRST), evaluate_seed(Toy(name="other"), SECOND)
    with pytest.raises(ValueError, match=r"parts must agree in name, got \['toy', 'other'\]"):
        AgentResult.from_seeds([one, other])
    with pytest.raises(ValueError, match="at least one seed"):
        AgentResult.from_seeds([])
    assert AgentResult.from_seeds([one, one]).env_steps == 123


def test_distances_are_angles_to_the_nearest_training_goal():
    degrees = np.radians([10.0, 95.0, -170.0, 179.0])
    goals = 0.7 * np.stack([np.cos(degrees), np.sin(degrees)], axis=1)
    training = [[2.0, 0.0], [-1.0, 0.0]]
    np.testing.assert_allclose(np.degrees(goal_distances(goals, training)), [10, 85, 10, 1])
    with pytest.raises(ValueError, match="training_goals must be one or more points other than the origin"):
        goal_distances(goals, [[0.0, 0.0]])


def test_the_caption_has_the_numbers_and_says_how_intervals_are_made():
    text = Protocol().caption()
    for part in ("disc actions", "200 episodes", "3 training seeds", "10 context draws", "greedy reference"):
        assert part in text
    assert "the wider of Student's over the means of the 3 seeds" in text
    assert "another training seed" in Protocol.quick().caption()
    assert "wind (0.02, 0)" in Protocol(navigation(wind=(0.02, 0.0))).caption()
    assert "no interval" in Protocol(seeds=(1,), contexts=1).caption()
    assert "context" not in Protocol().caption(draws=False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"episodes": 0}, "episodes must be a whole number of at least 1, got 0"),
        ({"seeds": ()}, "seeds must be one or more different numbers"),
        ({"seeds": (1, 1)}, "seeds must be one or more different numbers"),
        ({"seeds": (-1,)}, "seeds must be a whole number of at least 0"),
        ({"contexts": -1}, "contexts must be a whole number of at least 1, got -1"),
    ],
)
def test_bad_settings_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        Protocol(**options)


def test_the_fixed_protocol_is_as_promised():
    protocol = Protocol()
    assert protocol.episodes >= 200
    assert protocol.contexts >= 10
    assert len(protocol.seeds) >= 3
    family = protocol.family
    assert len(family.test) == 20
    best = family.rollout([family.reference(goal) for goal in family.test], family.test, episodes=50)
    # ANCHORS: the greedy reference's mean return over 20 goals with disc actions.
    assert best.returns.mean() == pytest.approx(-4.78, abs=0.1)
