"""Charts found from transitions: what they undo, what they say, and the way back."""

from dataclasses import replace

import numpy as np
import pytest

from hgmrl_lite import envs
from hgmrl_lite.hereditary import discover_geometry, find_chart
from hgmrl_lite.hereditary.spline_map import SplineInverse


def waves(places):
    """Return what a lens of waves shows of places (..., 2), which nobody has tuned anything to."""
    x = places[..., 0] + 0.3 * np.sin(1.5 * places[..., 1])
    return np.stack([x, places[..., 1] + 0.4 * np.sin(1.5 * x)], axis=-1)


def explored(family, number=3000):
    return [family.explore(task, number, seed=k) for k, task in enumerate(family.train)]


def through(lens, tasks):
    return [replace(one, states=lens(one.states), next_states=lens(one.next_states)) for one in tasks]


def seen_by(tasks):
    return np.concatenate([task.next_states for task in tasks])


def off(chart, seen, places):
    """Return how far a chart is off from places (N, 2), affine maps set aside, as a share of their spread."""
    columns = np.column_stack([chart(seen), np.ones(len(seen))])
    left = places - columns @ np.linalg.lstsq(columns, places)[0]
    return np.linalg.norm(left) / np.linalg.norm(places - places.mean(axis=0))


@pytest.fixture(scope="module")
def plain():
    """Transitions of the plane itself."""
    return explored(envs.navigation())


@pytest.mark.parametrize("kind", ["parabola", "fisheye"])
def test_a_lens_is_undone(kind):
    family = envs.lens(kind)
    tasks = explored(family)
    chart, seen = find_chart(tasks), seen_by(tasks)
    places = family.place(seen)
    assert chart.verdict == "yes"
    assert off(lambda states: states, seen, places) > 0.15
    assert off(chart, seen, places) < 3.0 * chart.error < 0.12


def test_a_lens_that_was_tuned_to_nothing_is_undone(plain):
    tasks = through(waves, plain)
    chart = find_chart(tasks)
    assert chart.verdict == "yes"
    assert off(chart, seen_by(tasks), seen_by(plain)) < 0.05


def test_units_do_not_matter():
    family = envs.lens()
    tasks, unit = explored(family), np.array([1.0, 1024.0])
    stretched = [
        replace(task, states=task.states * unit, next_states=task.next_states * unit) for task in tasks
    ]
    plainly, otherwise = (discover_geometry(some, chart=find_chart(some)) for some in (tasks, stretched))
    np.testing.assert_allclose(otherwise.left_actions, plainly.left_actions, atol=1e-4)
    assert otherwise.data.chart.verdict == "yes"


def test_without_a_lens_the_chart_is_nearly_linear(plain):
    chart, seen = find_chart(plain), seen_by(plain)
    assert chart.verdict == "yes"
    assert off(chart, seen, seen) < 0.02
    assert np.linalg.norm(chart(seen) - seen) < 0.05 * np.linalg.norm(seen)


def test_the_mean_start_is_the_origin_and_steps_are_as_long_one_way_as_another():
    tasks = explored(envs.ellipse())
    chart = find_chart(tasks)
    starts = np.concatenate([task.starts for task in tasks])
    assert np.abs(chart(starts).mean(axis=0)).max() < 1e-12
    increments = np.concatenate([chart(task.next_states) - chart(task.states) for task in tasks])
    spread = np.linalg.svd(np.cov(increments.T), compute_uv=False)
    assert spread[0] < 1.02 * spread[1]


@pytest.mark.parametrize(
    "family",
    [envs.lens(twist=0.7), envs.lens("fisheye", twist=-0.7), envs.mass(), envs.car()],
    ids=["parabola", "fisheye", "mass", "car"],
)
def test_what_no_chart_undoes_is_told(family):
    chart = find_chart(explored(family))
    assert chart.verdict == "no"
    assert chart.bounds[0] > 0.01


@pytest.mark.parametrize("seed", range(3))
def test_few_transitions_claim_nothing(seed):
    family = envs.lens()
    chart = find_chart([family.explore(task, 200, seed=4 * seed + k) for k, task in enumerate(family.train)])
    assert chart.verdict == "undecided"
    assert chart.bounds[0] < 0.01 < chart.bounds[1]


def test_tasks_that_share_their_noise_are_no_further_evidence():
    family = envs.lens()
    same = [family.explore(task, 3000, seed=0) for task in family.train]
    all_of_them = find_chart(same)
    assert 3000 <= len(all_of_them.increments.states) < 12_000
    assert all_of_them.verdict != "no"


def test_wind_is_no_matter_of_the_place(plain):
    windy = explored(envs.navigation(wind=(0.03, 0.02)))
    assert find_chart(through(waves, windy)).verdict == "yes"


def test_the_chart_does_not_depend_on_units(plain):
    tasks = through(waves, plain)
    chart, larger = find_chart(tasks), find_chart(through(lambda states: 1000.0 * states, tasks))
    seen = seen_by(tasks)[::50]
    np.testing.assert_allclose(larger(1000.0 * seen), 1000.0 * chart(seen), rtol=1e-5, atol=1e-2)
    assert larger.share == pytest.approx(chart.share, abs=1e-6)


def test_the_way_back_is_exact_where_there_are_data(plain):
    tasks = through(waves, plain)
    chart, seen = find_chart(tasks), seen_by(tasks)
    np.testing.assert_allclose(chart.back(chart(seen)), seen, atol=1e-7)
    np.testing.assert_allclose(chart.back(chart(seen[0])), seen[0], atol=1e-7)
    assert chart.back(chart(seen[:6].reshape(2, 3, 2))).shape == (2, 3, 2)


def test_the_way_back_from_what_is_no_image_is_the_nearest_found():
    def fold(points):
        return np.stack([points[..., 0], points[..., 1] - 0.3 * points[..., 1] ** 3], axis=-1)

    class Fold:
        """A map of which images beyond 0.7 come from far away only."""

        def __call__(self, points):
            return fold(points)

        def jacobian(self, points):
            slope = 1.0 - 0.9 * points[:, 1] ** 2
            return np.stack([np.diag([1.0, one]) for one in slope])

    states = np.random.default_rng(0).uniform(-0.9, 0.9, size=(500, 2))
    back = SplineInverse.of(Fold(), states)
    np.testing.assert_allclose(back(fold(states)), states, atol=1e-8)
    found = back(np.array([[0.2, 0.9]]))
    assert np.isfinite(found).all()
    assert np.linalg.norm(fold(found) - [0.2, 0.9]) < 0.3


def test_the_tasks_are_related_by_rotations_in_the_chart_and_not_outside():
    tasks = explored(envs.lens())
    blind, geometry = discover_geometry(tasks), discover_geometry(tasks, chart=find_chart(tasks))
    assert blind.report["inherited"].verdict == blind.report["linearizable"].verdict == "no"
    assert {finding.verdict for finding in geometry.report.findings} <= {"yes", "undecided"}
    assert geometry.dimension == 1


def test_a_chart_tells_what_it_found():
    chart = find_chart(explored(envs.lens(), 500))
    assert "an action moves all places alike" in repr(chart)
    assert "<table" in chart._repr_html_()
    assert len(chart.increments.states) == 2000


def test_bad_input_is_refused(plain):
    with pytest.raises(ValueError, match="at least one batch of transitions, got none"):
        find_chart([])
    with pytest.raises(ValueError, match="at least 600 different transitions, got 599"):
        find_chart([plain[0][:599]])
    with pytest.raises(ValueError, match="one state and one action dimension"):
        find_chart([plain[0], explored(envs.sphere(), 50)[0]])
    flat = through(lambda states: states * [1.0, 0.0], plain)
    with pytest.raises(ValueError, match="got a constant coordinate 1: leave it out"):
        find_chart(flat)
