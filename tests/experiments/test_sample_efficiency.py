"""Experiment 6 in small: three methods on the same samples."""

from importlib import import_module

import numpy as np
import pytest

from hgmrl_lite.experiments import sample_efficiency
from hgmrl_lite.experiments.sample_efficiency import METHODS

# The package's name of the module is the function's.
MODULE = import_module("hgmrl_lite.experiments.sample_efficiency")


def measured(sizes):
    """Return the quick form with one draw of other sizes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MODULE, "QUICK", (sizes, 1, 300))
        return sample_efficiency(quick=True, jobs=1, progress=False)


@pytest.fixture(scope="module")
def result():
    return measured((60, 600))


def test_every_method_finds_the_rotation_from_enough_samples(result):
    assert result.error_deg.shape == (2, 2, 1, len(METHODS))
    assert (result.error_deg[:, 1] < 5.0).all()


def test_without_noise_more_samples_leave_the_closed_form_a_smaller_error(result):
    few, many = result.error_deg[0, :, 0, METHODS.index("closed form")]
    assert many < 0.3 * few


def test_fewer_samples_are_the_first_of_more(result):
    np.testing.assert_allclose(measured((60,)).error_deg[:, 0], result.error_deg[:, 0], rtol=1e-6)


def test_it_prints_a_table_with_how_it_was_measured(result):
    text = repr(result)
    for part in (*METHODS, "600", "1 draws a point", "the best of 8 starts by its own loss"):
        assert part in text
