"""What a descent tells."""

import numpy as np
import pytest
from planar import POINTS, STRETCH

from hgmrl_lite import descent, lie


def test_quartiles_count_runs_that_never_arrive():
    angles = np.full((11, 4), 45.0)
    for run, step in enumerate((2, 4, 8)):
        angles[step:, run] = 0.5
    radians = np.radians(angles)
    path = np.cos(radians)[..., None, None] * lie.J + np.sin(radians)[..., None, None] * STRETCH
    reference, options = lie.J[None] / np.sqrt(2), ("differential", 0.1, 8, "free", 0.0)
    result = descent.Descent(path, np.zeros((11, 4)), reference, *options)
    np.testing.assert_array_equal(result.steps_to(), [2, 4, 8, np.inf])
    np.testing.assert_allclose(result.quartiles(), [3.5, 6.0, np.inf])
    assert result.reached() == 3
    assert "3 of 4 runs arrive" in repr(result)
    assert "never" in result._repr_html_()


def test_no_angle_without_reference():
    run = descent.descend(descent.Differential(POINTS, POINTS), steps=1, runs=1)
    assert "steps to" not in repr(run)
    with pytest.raises(ValueError, match="reference"):
        run.steps_to()
