"""The figures of the experiments show the results' numbers, with labels, a legend and the protocol below."""

import numpy as np
import pytest

from hgmrl_lite import plots
from hgmrl_lite.envs import circle_tasks, navigation, training_tasks
from hgmrl_lite.experiments import (
    AGENTS,
    Adaptation,
    Breaking,
    Coverage,
    CoverageCase,
    RegretByDistance,
    RotationError,
    Trial,
    published,
)
from hgmrl_lite.meta import AgentResult, Protocol

PROTOCOL = Protocol(navigation(test=circle_tasks(6)), episodes=4, contexts=3)


def agent_result(name, mean=1.0, *, contexts=3, goals=None, seeds=3):
    goals = PROTOCOL.family.test if goals is None else goals
    rng = np.random.default_rng(len(name))
    regret = mean + 0.1 * rng.normal(size=(seeds, len(goals), contexts, 4))
    return AgentResult(
        name, 1000, 20, False, goals, regret, regret < 5, np.zeros((len(goals), 1, 101, 2), np.float32)
    )


def by_distance(protocol=PROTOCOL):
    seeds = len(protocol.seeds)
    results = [agent_result(name, 30.0 * k, seeds=seeds) for k, name in enumerate(AGENTS[:-1])]
    few = agent_result(AGENTS[-1], 0.0, contexts=1, goals=PROTOCOL.family.test[:2], seeds=seeds)
    reference = agent_result("greedy reference", 0.0, contexts=1, seeds=seeds)
    return RegretByDistance(protocol, (*results, few), reference)


def coverage_result():
    cases = [
        CoverageCase(
            "CCM", "even", circle_tasks(n, phase=0.1), agent_result("CCM", 100.0 / n), agent_result("CCM")
        )
        for n in (4, 8, 16)
    ]
    for agent, tasks in (("CCM", 4), ("geometric", 2), ("geometric", 4)):
        goals = training_tasks()[:tasks]
        cases.append(CoverageCase(agent, "experiment 1", goals, agent_result(agent), agent_result(agent)))
    return Coverage(PROTOCOL, tuple(cases))


def rotation_result():
    rng = np.random.default_rng(0)
    errors = np.array([0.0, 5.0, 20.0])
    names = ("disc, base goal 135°", "box, base goal −18°")
    return RotationError(PROTOCOL, errors, names, rng.uniform(size=(2, 3, 3, 2, 6)))


def adaptation_result():
    rng = np.random.default_rng(0)
    shape = (2, 3, 3, 4, 6)
    return Adaptation(
        PROTOCOL, np.array([1, 5, 20, 100]), np.array([0.0, 0.1]), rng.uniform(0.1, 90.0, shape),
        rng.uniform(0.0, 9.0, shape), rng.uniform(size=shape) < 0.5,
    )  # fmt: skip


def breaking_result():
    rng = np.random.default_rng(0)

    def trials(case, conditions, other=None):
        made = []
        for value, condition in enumerate(conditions):
            verdicts = rng.integers(3, size=(3, 3, 6))
            made.append(
                Trial(case, "geometric", condition, float(value), rng.uniform(0, 9, (3, 3, 6)), verdicts)
            )
            if other:
                made.append(Trial(case, other, condition, float(value), rng.uniform(0, 9, (3, 1, 6))))
        return made

    return Breaking(
        PROTOCOL,
        (
            *trials("action set", ["disc, base goal 135°", "box, base goal 135°"]),
            *trials("off the circle", ["radius 0", "radius 1"], "true translation"),
            *trials("wind", ["0 a step", "1 a step"]),
            *trials("reflection", ["reflected tasks"], "true reflection"),
        ),
        rng.normal(size=(50, 2)),
        rng.normal(size=(50, 2)),
    )


MADE = {
    "regret_by_distance": by_distance,
    "coverage": coverage_result,
    "rotation_error": rotation_result,
    "adaptation": adaptation_result,
    "breaking": breaking_result,
}


@pytest.mark.parametrize("name", MADE)
def test_every_figure_has_labels_a_legend_and_the_protocol_below(name):
    result = MADE[name]()
    figure = getattr(plots, name)(result)
    drawn = [axes for axes in figure.axes if axes.axison]
    assert drawn
    for axes in drawn:
        assert axes.get_ylabel()
        # A panel above another one has its numbers and its label below that one.
        assert axes.get_xlabel() or not any(
            tick.get_text() for tick in axes.get_xticklabels() if tick.get_visible()
        )
    assert any(axes.get_xlabel() for axes in drawn)
    assert figure.legends or any(axes.get_legend() for axes in figure.axes)
    caption = " ".join(figure.get_supxlabel().split())
    assert " ".join(result.caption().split()) in caption
    for part in ("4 episodes", "3 training seeds", "Student's", "greedy reference"):
        assert part in caption
    # It is drawn without a warning and the caption is inside.
    figure.canvas.draw()
    box = figure._supxlabel.get_window_extent()
    assert box.x0 >= 0.0
    assert box.x1 <= figure.bbox.x1
    assert box.y0 >= 0.0


def test_each_agent_stands_at_its_regret_and_distance_in_its_look():
    result = by_distance()
    whole = plots.regret_by_distance(result).axes[0]
    containers = {bars.get_label().split(" (")[0]: bars for bars in whole.containers}
    assert set(containers) == set(AGENTS)
    for agent in result.agents:
        x, y = containers[agent.name].lines[0].get_data()
        np.testing.assert_allclose(y, agent.by_task.mean)
        # Moved aside by less than a hundredth of the axis.
        np.testing.assert_allclose(x, result.distances(agent.name), atol=0.015 * result.distances().max())


def test_the_published_points_stand_beside_ours_with_the_differences_of_their_protocol():
    figure = plots.regret_by_distance(by_distance())
    lines = {line.get_label(): line for line in figure.axes[0].lines}
    points = published()
    for name in ("CCM", "geometric"):
        np.testing.assert_array_equal(lines[f"published: {name}"].get_ydata(), points.regret[name])
        np.testing.assert_array_equal(lines[f"published: {name}"].get_xdata(), points.distance)
        assert lines[f"published: {name}"].get_markerfacecolor() == "none"
    assert "by another protocol" in " ".join(figure.get_supxlabel().split())


def test_the_law_of_the_wrong_goal_is_drawn():
    line = plots.regret_by_distance(by_distance()).axes[0].lines[0]
    x, y = line.get_data()
    np.testing.assert_allclose(y, 100 * 2 * np.sin(x / 2))


def test_one_seed_without_context_is_drawn_without_an_interval():
    figure = plots.regret_by_distance(by_distance(Protocol.quick(family=navigation(test=circle_tasks(6)))))
    figure.canvas.draw()
    assert "another training seed" in " ".join(figure.get_supxlabel().split())


def test_regret_climbs_at_the_marked_angle():
    result = rotation_result()
    whole = plots.rotation_error(result).axes[0]
    np.testing.assert_allclose(whole.containers[0].lines[0].get_ydata(), result.mean.mean[0])
    (mark,) = [line for line in whole.lines if "terminal disc" in line.get_label()]
    assert mark.get_xdata()[0] == pytest.approx(8.1, abs=0.05)


def test_coverage_has_a_line_for_each_agent_and_its_training_goals():
    labels = plots.coverage(coverage_result()).axes[0].get_legend_handles_labels()[1]
    assert len(labels) == 5
    assert sum("training goals" in label for label in labels) == 2


def test_adaptation_shows_regret_with_intervals_and_the_share_of_decided():
    result = adaptation_result()
    _, regrets, shares = plots.adaptation(result).axes
    np.testing.assert_allclose(regrets.containers[1].lines[0].get_ydata(), result.mean_regret.mean[1])
    np.testing.assert_allclose(shares.lines[0].get_ydata(), 100 * result.decided_share[0])


def test_verdicts_are_stacked_to_a_hundred_percent():
    result = breaking_result()
    figure = plots.breaking(result)
    (said,) = [axes for axes in figure.axes if axes.get_label() == "wind said"]
    heights = np.array([[bar.get_height() for bar in bars] for bars in said.containers])
    np.testing.assert_allclose(heights.sum(axis=0), 100.0)
    trials = result.of("wind")
    np.testing.assert_allclose(heights[0], [100 * trial.share("yes") for trial in trials])
