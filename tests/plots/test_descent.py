"""Figures of symmetry discovery show the descents', meshes' and spectra's own numbers."""

import numpy as np
import pytest

from hgmrl_lite import lie, plots
from hgmrl_lite.descent import Descent
from hgmrl_lite.discovery import discover

TURN = lie.J[None] / np.sqrt(2.0)
POINTS = np.random.default_rng(3).normal(size=(1500, 2))


def descent_at(angles_deg):
    """Return a descent whose runs stand at these angles from so(2), shape (steps + 1, runs)."""
    angles = np.radians(angles_deg)[..., None, None]
    path = np.cos(angles) * lie.J + np.sin(angles) * np.eye(2)
    return Descent(path, np.ones(path.shape[:2]), TURN, "a loss", 0.01, 64, "free", 0.1)


def test_descents_are_drawn_run_by_run_and_marked_where_they_arrive():
    arriving = descent_at(np.array([[40.0, 60.0, 80.0], [0.5, 20.0, 70.0], [0.2, 0.8, 60.0]]))
    never = descent_at(np.array([[50.0], [45.0]]))
    left, right = plots.descent_angles({"three": arriving, "one": never}).axes
    *runs, median, arrivals, _ = left.lines
    assert len(runs) == 3
    np.testing.assert_allclose(runs[1].get_ydata(), [60.0, 20.0, 0.8])
    np.testing.assert_allclose(median.get_ydata(), [60.0, 20.0, 0.8])
    # The axis is logarithmic, so the start stands at 1.
    np.testing.assert_array_equal(arrivals.get_xdata(), [2.0, 3.0])
    assert arrivals.get_label() == "below 1° first: 2 of 3 runs"
    assert right.lines[-2].get_label() == "below 1° first: 0 of 1 runs"
    assert [axes.get_title() for axes in (left, right)] == ["three", "one"]


def test_divided_landscape_shows_growth_and_turn_of_every_run():
    # Multiples of J, of I and of a reflection; the second run arrives at the end.
    path = np.array([[2 * np.eye(2), np.eye(2) + lie.J], [np.diag([1.0, -3.0]), -3 * lie.J]])
    runs = Descent(path, np.ones((2, 2)), TURN, "a loss", 0.01, 64, "free", 0.1)
    left, right, bar = plots.divided_landscape(runs).axes
    for axes, late, arrived in ((left, (1, 0), (0.5**0.5, 0.5**0.5)), (right, (0.2**0.5, 0), (0, 1))):
        np.testing.assert_allclose(axes.lines[0].get_xydata(), [late], atol=1e-12)
        np.testing.assert_allclose(axes.lines[1].get_xydata(), [arrived], atol=1e-12)
        assert [line.get_label() for line in axes.lines[:2]] == ["not arrived: 1", "arrived: 1"]
    assert (left.get_title(), right.get_title()) == ("starts", "after 1 steps")
    assert (left.get_ylabel(), bar.get_ylabel()) == ("turn", "divided loss")
    # The dashed line is det W = 0, where the plateau begins.
    np.testing.assert_allclose(np.linalg.norm(left.lines[2].get_xydata(), axis=1), 0.5**0.5)


def test_divided_landscape_is_one_of_the_plane():
    path = np.zeros((1, 1, 3, 3))
    with pytest.raises(ValueError, match=r"2 × 2 generators, got shape \(3, 3\)"):
        plots.divided_landscape(Descent(path, np.ones((1, 1)), None, "a loss", 0.01, 64, "free", 0.1))


def test_condition_meshes_share_one_scale_and_say_the_number_at_the_star():
    ticks = np.array([-1.0, 0.0, 1.0])
    low, high = np.full((3, 3), 2.0), np.arange(1.0, 10.0).reshape(3, 3) ** 2
    high[0, 0] = np.inf
    left, right, bar = plots.condition_meshes({"low": low, "high": high}, ticks, ("growth", "stretch")).axes
    for axes, title in ((left, "low: 2 at the star"), (right, "high: 25 at the star")):
        (mesh,) = axes.collections
        assert (mesh.norm.vmin, mesh.norm.vmax) == (1.0, 81.0)
        assert axes.get_title() == title
    np.testing.assert_array_equal(right.collections[0].get_array()[2], [49.0, 64.0, 81.0])
    assert (right.get_xlabel(), left.get_ylabel(), bar.get_ylabel()) == (
        "growth",
        "stretch",
        "condition number",
    )


def test_a_mesh_of_another_size_is_named():
    with pytest.raises(ValueError, match=r"conditions\['low'\] must have shape \(3, 3\), got \(2, 3\)"):
        plots.condition_meshes({"low": np.ones((2, 3))}, [-1.0, 0.0, 1.0], ("u", "v"))


def test_spectra_put_symmetries_apart_from_the_rest():
    found = {
        "distance": discover(POINTS, -np.linalg.norm(POINTS, axis=1)),
        "waves": discover(
            POINTS, np.sin(2 * POINTS[:, 0]) + 0.5 * np.cos(3 * POINTS[:, 1]) + 0.3 * POINTS.prod(axis=1)
        ),
    }
    (axes,) = plots.symmetry_spectra(found).axes
    assert [result.dimension for result in found.values()] == [1, 0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["distance", "waves"]
    for row, result in enumerate(found.values()):
        others, symmetries = axes.lines[2 * row : 2 * row + 2]
        np.testing.assert_array_equal(symmetries.get_xdata(), result.spectrum[: result.dimension])
        np.testing.assert_array_equal(others.get_xdata(), result.spectrum[result.dimension :])
        # A lane for each candidate, within the function's own strip.
        lanes = np.concatenate([symmetries.get_ydata(), others.get_ydata()])
        assert (np.diff(lanes) > 0.1).all()
        assert (np.abs(lanes - row) < 0.5).all()
    words = [text.get_text() for text in axes.texts]
    assert {"symmetric: yes", "dimension 1", "symmetric: no", "dimension 0"} <= set(words)
    bands = sorted(
        float(x) for patch in axes.patches for x in (patch.get_x(), patch.get_x() + patch.get_width())
    )
    np.testing.assert_allclose(bands, [0.0, found["distance"].tolerance])
    for bars, result in zip(axes.collections[:2], found.values(), strict=True):
        np.testing.assert_allclose(
            [path[:, 0] for path in (p.vertices for p in bars.get_paths())],
            np.stack([result.lower, result.upper], axis=1),
        )
