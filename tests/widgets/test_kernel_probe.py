import numpy as np
import pytest

from hgmrl_lite import tangents
from hgmrl_lite.widgets import KernelProbe
from hgmrl_lite.widgets.kernel_probe import FUNCTIONS, GOAL, RANGES

REGRESSION, PCA = "local regression", "local PCA"


def error(probe, name):
    """Return by how many degrees an estimate is off."""
    return probe.angle_error(probe.estimates[name][0])


def test_at_the_goal_there_is_no_gradient():
    probe = KernelProbe("distance", GOAL)
    assert np.isnan(probe.angle_error(np.array([1.0, 0.0])))
    assert probe.png().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_without_noise_the_regression_is_right(name):
    probe = KernelProbe(name, (1.1, 0.4), samples=5000, noise=0.0)
    assert error(probe, REGRESSION) < 0.5
    assert error(probe, PCA) < 8.0


def test_the_estimates_are_the_package_s_at_the_probe():
    probe = KernelProbe("bump", (0.3, -0.6), noise=0.05, neighbours=40, degree=1)
    fit = tangents.local_regression(probe.points, probe.values, degree=1, neighbours=40)
    at = list(fit.index).index(probe.samples)
    np.testing.assert_array_equal(fit.points[at], probe.probe)
    normal, standard_error = probe.estimates[REGRESSION]
    np.testing.assert_array_equal(normal, fit.normals[at])
    assert standard_error == pytest.approx(np.degrees(fit.standard_error[at]))
    # The bump falls away from its goal.
    true = np.array(GOAL) - probe.probe
    np.testing.assert_allclose(probe.gradient[0] * true[1] - probe.gradient[1] * true[0], 0.0, atol=1e-8)
    cosine = abs(fit.normals[at] @ true) / np.linalg.norm(true)
    assert error(probe, REGRESSION) == pytest.approx(np.degrees(np.arccos(cosine)), abs=1e-6)


def test_errors_scatter_as_predicted():
    # Many probes on one noisy sample: the ratio of error to standard error is of order 1.
    probe = KernelProbe("distance", samples=3000, noise=0.05, neighbours=40, degree=2)
    ratios = []
    for x in np.linspace(0.2, 1.7, 6):
        for y in np.linspace(-1.7, -0.2, 6):
            probe.probe = (x, y)
            normal, standard_error = probe.estimates[REGRESSION]
            ratios.append(probe.angle_error(normal) / standard_error)
    assert 0.6 < np.sqrt(np.mean(np.square(ratios))) < 1.6


def test_noise_and_samples_enter_the_values():
    probe = KernelProbe("saddle", samples=300, noise=0.0)
    np.testing.assert_allclose(probe.values, probe.points.prod(axis=1))
    assert probe.points.shape == (301, 2)
    few = probe.points[:200]
    probe.samples = 200
    np.testing.assert_array_equal(probe.points[:200], few)
    probe.noise = 0.1
    spread = FUNCTIONS["saddle"].value(np.random.default_rng(0).uniform(-2, 2, (5000, 2))).std()
    assert np.std(probe.values - probe.points.prod(axis=1)) == pytest.approx(0.1 * spread, rel=0.2)


def test_what_is_dropped_is_said():
    probe = KernelProbe("distance", samples=200, radius=0.06, noise=0.0)
    assert probe.estimates[PCA] is None
    assert probe.describe().endswith("local PCA dropped the probe")
    assert probe.png().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"function": "cone"}, "function must be one of .*'cone'"),
        ({"probe": (3.0, 0.0)}, "every entry of probe must be within ±1.9"),
        ({"probe": (np.nan, 0.0)}, "probe must be finite"),
        ({"probe": (1.0, 2.0, 3.0)}, r"probe must have shape \(2\)"),
        ({"samples": 100}, "samples must be from 200 to 5000, got 100"),
        ({"noise": -0.1}, "noise must be from 0 to 0.3"),
        ({"noise": float("nan")}, "noise must be finite, got 1 NaN"),
        ({"neighbours": 5}, "neighbours must be from 12 to 200, got 5"),
        ({"degree": 4}, "degree must be from 1 to 3, got 4"),
        ({"radius": 0.0}, "radius must be from 0.05 to 1, got 0.0"),
        ({"level_width": 2.0}, "level_width must be from 0.005 to 0.5"),
    ],
)
def test_bad_input(options, message):
    with pytest.raises(ValueError, match=message):
        KernelProbe(**options)


def test_a_refused_value_leaves_the_state_as_it_was():
    probe = KernelProbe()
    with pytest.raises(ValueError, match="neighbours"):
        probe.neighbours = 1000
    assert probe.neighbours == 24


def test_every_range_has_its_trait():
    assert set(RANGES) <= set(KernelProbe().traits(sync=True))


def test_one_seed_gives_one_sample():
    np.testing.assert_array_equal(KernelProbe(seed=3).values, KernelProbe(seed=3).values)
    assert not np.array_equal(KernelProbe(seed=3).values, KernelProbe(seed=4).values)


class TestPicture:
    def test_words_follow_the_state(self):
        probe = KernelProbe("saddle", (1.0, 0.5))
        first = repr(probe)
        assert first.startswith(
            "KernelProbe: f = xy (saddle) from 1000 samples with noise 2.0 %; probe at (1.00, 0.50)"
        )
        probe.noise = 0.2
        assert repr(probe) != first

    def test_picture_follows_the_state_and_is_small(self):
        probe = KernelProbe()
        first = probe.png()
        probe.probe = (-1.0, -1.0)
        assert first.startswith(b"\x89PNG")
        assert probe.png() != first
        assert len(first) < 200_000

    def test_mimebundle_keeps_the_live_view(self):
        data, _ = KernelProbe()._repr_mimebundle_()
        assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/plain", "image/png"}
