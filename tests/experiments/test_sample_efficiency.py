"""Experiment 6 in small: three methods on the same samples, and what is refused."""

import numpy as np
import pytest

from hgmrl_lite.experiments import sample_efficiency
from hgmrl_lite.experiments.sample_efficiency import METHODS


@pytest.fixture(scope="module")
def result():
    return sample_efficiency(quick=True, sizes=(60, 600), draws=1, jobs=1, progress=False)


def test_every_method_finds_the_rotation_from_enough_samples(result):
    assert result.error_deg.shape == (2, 2, 1, len(METHODS))
    assert (result.error_deg[:, 1] < 5.0).all()


def test_without_noise_more_samples_leave_the_closed_form_a_smaller_error(result):
    few, many = result.error_deg[0, :, 0, METHODS.index("closed form")]
    assert many < 0.3 * few


def test_fewer_samples_are_the_first_of_more(result):
    alone = sample_efficiency(quick=True, sizes=(60,), noises=[0.05], draws=1, jobs=1, progress=False)
    np.testing.assert_allclose(alone.error_deg[0, 0], result.error_deg[1, 0], rtol=1e-6)


def test_it_prints_a_table_with_how_it_was_measured(result):
    text = repr(result)
    for part in (*METHODS, "600", "1 draws a point", "the best of 8 starts by its own loss"):
        assert part in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sizes": (200, 100)}, r"sizes must ascend, got \[200, 100\]"),
        ({"sizes": (10,)}, "sizes must be a whole number of at least 30, got 10"),
        ({"noises": [-0.1]}, "noises must be one or more numbers of at least 0"),
        ({"draws": 0}, "draws must be a whole number of at least 1, got 0"),
    ],
)
def test_bad_input_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        sample_efficiency(progress=False, **options)
