"""The report is right on families that have or lack one property by construction."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from exploring import explore

from benchmarks.report import CASES, YES, goal_tasks
from hgmrl_lite.envs import training_tasks
from hgmrl_lite.hereditary import Finding, check_left_actions, discover_geometry
from hgmrl_lite.hereditary.evidence import (
    BOUND,
    Defect,
    overall,
    squared,
    strain_defect,
    worst,
)
from hgmrl_lite.hereditary.inheritance import resampled_moments, start_defect


@cache
def reported(name):
    return CASES[name].report(0)


# `python -m benchmarks report` counts how often over many seeds.
@pytest.mark.parametrize("name", CASES)
def test_every_case_is_reported_right(name):
    report = reported(name)
    found = {finding: report[finding].verdict for finding in CASES[name].right}
    assert found == CASES[name].right, repr(report)


# What a reader is told, and how the figure stands in it: as it is, as an angle, as a growth.
TOLD = [
    ("rotations", "aligned", "carried along, are those of every task to within {angle:.1f}°."),
    ("rotations", "same rewards", "R_z(L p) = R_0(p) for every task, to within {figure:.1%} of"),
    ("rotations", "inherited", "Every map is a symmetry of the system (defect {figure:.2f} of"),
    ("rotations", "start law", "keep their mean and covariance, to within {figure:.2f} standard"),
    ("rotations", "linearizable", "Matrices align the tasks in this chart"),
    ("translations", "linearizable", "Affine maps align the tasks in this chart"),
    (
        "translations",
        "linearizable",
        "no common fixed point: a chart in which they are matrices leaves out 0",
    ),
    ("rotations", "connected", "(Round goals fit a reflection as well; the rotation was taken.)"),
    ("rotations", "compact", "keep an inner product to within {figure:.1%} of stretch"),
    ("rotations", "closed", "The logarithms span 1 dimension, closed under the bracket."),
    ("unrelated", "aligned", "{angle:.0f}° off those of task 1."),
    ("relabelled", "same rewards", "R_z(L p) and R_0(p) differ by {figure:.1%} of the rewards'"),
    ("relabelled", "same rewards", "a policy need not carry over."),
    ("wind", "inherited", "The system does not move alike before and after the map to task"),
    ("wind", "inherited", "the defect is {figure:.2f} of its motion."),
    ("unclipped", "inherited", "no raw action in these data was seen to meet the bound"),
    ("translations", "start law", "moves the starts by {figure:.1f} of their standard deviations"),
    ("translations", "compact", "The maps have no common fixed point: combined, they run away."),
    ("scalings", "compact", "stretches or shrinks lengths by {growth:.0%}: it is in no group that"),
    ("reflections", "connected", "reverses orientation: no product of exponentials reaches a"),
    ("bent", "linearizable", "much better than any matrix: the action is bent in this chart."),
    ("noisy_few", "compact", " is not known well enough."),
    ("noisy_few", "aligned", " But the "),
]


@pytest.mark.parametrize(("name", "finding", "words"), TOLD)
def test_a_finding_says_what_was_found_in_words(name, finding, words):
    found = reported(name)[finding]
    angle = np.degrees(2.0 * np.arcsin(min(0.5 * found.figure, 1.0)))
    assert words.format(figure=found.figure, angle=angle, growth=np.expm1(found.figure)) in found.text


@pytest.fixture(scope="module")
def report():
    return discover_geometry([task[slice(0, 1500)] for task in goal_tasks(3)]).report


def test_report_names_its_findings_in_order_and_prints_them(report):
    assert tuple(finding.name for finding in report.findings) == tuple(YES)
    for name in YES:
        assert isinstance(report[name], Finding)
        assert name in repr(report)
        assert f">{name}</th>" in report._repr_html_()
    assert ">✓</span> yes" in report._repr_html_()
    with pytest.raises(KeyError, match="no finding 'round'; there are aligned, same rewards"):
        report["round"]


def test_a_wrong_rotation_is_not_aligned_and_its_figure_is_the_sine():
    tasks = [explore(goal, 3000, seed=k) for k, goal in enumerate(training_tasks()[:2])]
    turn = np.deg2rad(-153.0)
    found = {}
    for off in (0.0, 0.5):
        maps = [
            np.eye(2),
            [[np.cos(turn + off), -np.sin(turn + off)], [np.sin(turn + off), np.cos(turn + off)]],
        ]
        found[off] = check_left_actions(tasks, maps)
    assert found[0.0]["aligned"].verdict == "yes"
    assert found[0.5]["aligned"].verdict == "no"
    assert found[0.0]["aligned"].figure < 0.02
    assert 0.25 < found[0.5]["aligned"].figure < 1.0


@pytest.mark.parametrize(
    ("maps", "message"),
    [
        (np.zeros((3, 2, 2)), r"maps must have shape \(2, n, n\), got \(3, 2, 2\)"),
        (np.zeros((2, 4, 4)), r"maps must have shape \(2, 2, 2\), or \(2, 3, 3\) when homogeneous"),
        (np.zeros((2, 2, 2)), "maps must be invertible, got smallest stretch 0"),
        (np.ones((2, 3, 3)), "maps must be homogeneous, with last row"),
    ],
    ids=["too many", "too large", "singular", "not homogeneous"],
)
def test_bad_maps(maps, message):
    tasks = [explore(goal, 100, seed=k) for k, goal in enumerate(training_tasks()[:2])]
    with pytest.raises(ValueError, match=message):
        check_left_actions(tasks, maps)


@pytest.mark.parametrize(
    ("square", "error", "verdict"),
    [
        (0.0, 0.0, "yes"),
        (-0.01, 0.001, "yes"),
        (BOUND**2 + 0.001, 0.0, "no"),
        (BOUND**2, 0.001, "undecided"),
        (0.0, 1.0, "undecided"),
        (np.nan, np.nan, "undecided"),
    ],
)
def test_a_defect_is_held_against_its_bound_with_its_error(square, error, verdict):
    assert Defect(square, error).verdict(BOUND) == verdict


def test_the_worst_defect_speaks_for_all():
    assert overall(["yes", "undecided", "no"]) == "no"
    assert overall(["yes", "undecided"]) == "undecided"
    assert overall([]) == "yes"
    verdict, defect, place = worst([Defect(0.0, 0.0), Defect(1.0, 0.1), Defect(4.0, 9.0)], BOUND)
    assert (verdict, defect.square, place) == ("no", 1.0, 1)


def test_squared_subtracts_what_noise_adds():
    rng = np.random.default_rng(0)
    spread = np.diag([0.5, 1.0, 2.0])
    truth = np.array([1.0, -1.0, 0.5])
    drawn = rng.multivariate_normal(np.zeros(3), spread, (4000, 40)) / np.sqrt(40.0)
    found = [squared(truth + rng.multivariate_normal(np.zeros(3), spread), errors) for errors in drawn]
    squares = np.array([defect.square for defect in found])
    assert abs(squares.mean() - truth @ truth) < 5.0 * squares.std() / np.sqrt(len(squares))
    assert np.sqrt(np.mean([defect.error**2 for defect in found])) == pytest.approx(squares.std(), rel=0.15)


#: The error covariance of a map that is given.
EXACT = np.zeros((4, 4))


def test_strain_is_none_for_a_rotation_and_the_logarithm_of_a_scaling():
    assert strain_defect(np.eye(3), EXACT, np.eye(3)).figure == 0.0
    assert strain_defect(1.5 * np.eye(3), EXACT, np.eye(3)).figure == pytest.approx(np.log(1.5))
    form = np.diag([4.0, 1.0])
    turn = np.array([[0.0, -0.5], [2.0, 0.0]])
    assert strain_defect(turn, EXACT, form).figure < 1e-7
    assert strain_defect(turn, EXACT, np.eye(2)).figure > 0.5


def test_models_that_know_nothing_do_not_pass_for_aligned():
    # Independent noise as rewards: the halves agree on nothing, so they miss nothing together.
    rng = np.random.default_rng(0)
    tasks = [
        replace(task, rewards=rng.normal(size=len(task)))
        for task in (explore(goal, 1000, seed=k) for k, goal in enumerate(training_tasks()[:2]))
    ]
    report = check_left_actions(tasks, [np.eye(2), np.eye(2)])
    assert report["aligned"].verdict == report["same rewards"].verdict == "undecided"
    assert "too rough or too noisy" in report["aligned"].text


def test_start_law_knows_a_shift_from_a_turn():
    starts = np.random.default_rng(0).normal(size=(400, 2))
    turned, shifted = np.diag([-1.0, -1.0, 1.0]), np.eye(3)
    shifted[0, 2] = 1.0
    moments = resampled_moments(starts)
    np.testing.assert_allclose(moments[0][0], starts.mean(axis=0))
    np.testing.assert_allclose(moments[1][0], np.cov(starts.T))
    # The mean of many starts is known to 1 / k, drawn in groups or not.
    many = resampled_moments(np.random.default_rng(1).normal(size=(5000, 2)))
    np.testing.assert_allclose(5000 * np.cov(many[0][1:].T), np.eye(2), atol=0.3)
    assert start_defect(turned, *moments).figure < 0.3
    assert start_defect(shifted, *moments).figure == pytest.approx(1.0, abs=0.1)


def test_a_few_starts_tell_nothing_of_their_law():
    tasks = [explore(goal, 1000, seed=k) for k, goal in enumerate(training_tasks()[:2])]
    # One episode a task: the next state is the start of the next transition.
    walks = [replace(task, states=np.vstack([task.states[:1], task.next_states[:-1]])) for task in tasks]
    found = check_left_actions(walks, [np.eye(2), np.eye(2)])["start law"]
    assert found.verdict == "undecided"
    assert "are too few to know their law" in found.text
