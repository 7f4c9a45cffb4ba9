import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.quiver import Quiver

from hgmrl_lite import envs, lie, plots, tangents

CIRCLE = np.random.default_rng(0).normal(size=(400, 2))


def vectors(axes):
    """Return the arrows (N, 2) of each quiver in a panel."""
    return [np.stack([q.U, q.V], axis=1) for q in axes.collections if isinstance(q, Quiver)]


def test_the_right_normals_are_orthogonal_to_the_moved_tangents_and_the_wrong_ones_are_not():
    before, wrong, right = plots.transformed_normals([[1.0, 0.9], [0.0, 1.0]]).axes
    for axes, zero in ((before, True), (wrong, False), (right, True)):
        along, normals = vectors(axes)
        largest = np.abs((along * normals).sum(axis=1)).max()
        assert (largest < 1e-12) == zero


def test_the_differential_constraint_is_a_line_and_the_functional_one_is_not():
    figure = plots.functional_and_differential(
        lambda q: -np.linalg.norm(q, axis=-1),
        lambda q: -q / np.linalg.norm(q, axis=-1, keepdims=True),
        (lie.J, np.diag([1.0, -1.0])),
        [1.0, 0.5],
        (0.5, 2.0),
    )
    left, right = figure.axes
    s, value = left.lines[0].get_data()
    np.testing.assert_allclose(np.diff(value, 2), 0.0, atol=1e-12)
    assert value[np.argmin(np.abs(s))] == pytest.approx(0.0, abs=1e-2)
    curves = [line.get_ydata() for line in right.lines if line.get_label().startswith("t =")]
    assert len(curves) == 2
    assert all(np.abs(np.diff(curve, 2)).max() > 1e-5 for curve in curves)


def test_rewards_scatter_against_everything_but_the_next_state():
    goal = envs.training_tasks()[0]
    seen = envs.navigation().explore(goal, 300, seed=0)
    expected = envs.Navigation().mean_next_state(seen.states, seen.actions)
    figure = plots.reward_as_a_function_of(seen, expected, goal)
    spread = [float(axes.get_title().rsplit(" ", 1)[1]) for axes in figure.axes]
    assert spread[0] == 0.0 < 0.03 < spread[1] < spread[2]
    with pytest.raises(ValueError, match=r"expected must have shape \(300, 2\)"):
        plots.reward_as_a_function_of(seen, expected[:10], goal)


def test_strokes_lie_along_the_level_sets():
    fit = tangents.local_regression(CIRCLE, -np.linalg.norm(CIRCLE, axis=1))
    figure = plots.level_set_tangents(fit, every=2, goal=(0.0, 0.0))
    (strokes,) = (c for c in figure.axes[0].collections if isinstance(c, LineCollection))
    ends = np.array(strokes.get_segments())
    assert len(ends) == len(fit.points[::2])
    middle, along = ends.mean(axis=1), np.diff(ends, axis=1)[:, 0]
    cosine = (middle * along).sum(axis=1) / np.linalg.norm(middle, axis=1) / np.linalg.norm(along, axis=1)
    assert np.median(np.abs(cosine)) < 0.02


def test_curves_are_those_given():
    errors = {"clean": {"a": {8: 1.0, 16: 0.5}}, "noisy": {"a": {8: 3.0}, "b": {8: 2.0, 30: 1.0}}}
    figure = plots.bias_and_variance(errors, unit="samples")
    shown = {
        axes.get_title(): {line.get_label(): dict(zip(*line.get_data(), strict=True)) for line in axes.lines}
        for axes in figure.axes
    }
    assert shown == errors


def test_calibration_counts_what_is_within_one_standard_error():
    figure = plots.calibration({"good": [0.1, -0.5, 2.0, 0.9], "bad": [9.0, -7.0]})
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["good\n75 % within one standard error", "bad\n0 % within one standard error"]
    # What lies beyond the ends is shown at the ends, not left out.
    assert sum(patch.get_height() for patch in figure.axes[1].patches) * 0.25 == pytest.approx(1.0)


def test_the_flow_leaves_the_level_set_only_outside_of_the_samples():
    points = np.random.default_rng(1).uniform([0.9, -0.6], [1.7, 0.6], (50, 2))
    points[0] = [1.2, -0.5]
    figure = plots.local_symmetry_only(
        lambda p: -np.abs(p).max(axis=-1), lie.translations(2).basis[1], points, time=2.4
    )
    t, value = figure.axes[1].lines[0].get_data()
    np.testing.assert_allclose(value[t < 1.7], -1.2)
    assert value[-1] == pytest.approx(-1.9)
