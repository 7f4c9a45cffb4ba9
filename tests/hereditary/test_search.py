"""The refinement of the one search: flat and dependent directions."""

import numpy as np

from benchmarks.discovery import REWARD_NOISE, discover_circle
from hgmrl_lite.hereditary.search import refine


def moved(elements, step):
    return elements + step[:, :, None]


def test_directions_that_depend_on_each_other_or_do_nothing_leave_no_singular_step():
    def twice_the_same(elements):
        value = elements[:, 0, 0] + elements[:, 1, 0] - 1.0
        slope = np.array([[1.0, 1.0, 0.0]])
        return value[:, None], np.broadcast_to(slope, (len(elements), 1, 3))

    found, _, residuals, _ = refine(twice_the_same, np.zeros((2, 3, 1)), moved, 3, 1.0)
    np.testing.assert_allclose(residuals, 0.0, atol=1e-9)
    np.testing.assert_allclose(found[:, 2], 0.0)


def test_without_any_slope_it_stays():
    def flat(elements):
        return np.ones((len(elements), 2)), np.zeros((len(elements), 2, 3))

    found, way, _, _ = refine(flat, np.ones((1, 3, 1)), moved, 3, 1.0)
    np.testing.assert_array_equal(found, 1.0)
    np.testing.assert_array_equal(way, 0.0)


def test_few_noisy_transitions_end_in_an_answer_and_no_singular_step():
    # One of these searches loses its damping in rounding, where two directions depend on each other.
    geometry, _ = discover_circle(19, 300, 1, REWARD_NOISE)
    assert geometry.verdict == "undecided"
