"""Dimension, verdict and generators from samples of values, what is refused, and what the answer tells."""

import numpy as np
import pytest
from sampled import BAD, C2, C3, CLOUD, PLANE, U, about, angle_deg, noisy, sample

from hgmrl_lite.discovery import discover
from hgmrl_lite.lie import J, principal_angles, so


def test_a_ripple_finer_than_the_resolution_is_not_seen_and_the_answer_says_so():
    points = sample(2000)
    radius, angle = np.hypot(*points.T), np.arctan2(points[:, 1], points[:, 0])
    found = discover(points, radius * (1.0 + 0.002 * np.cos(60.0 * angle)))
    # The true defect is 0.085, from bends of a tenth of the radius.
    assert 2.0 * np.pi / 60.0 < 2.0 * found.resolution < 2.0
    assert "finer bends are not seen" in repr(found)


def test_the_reason_says_why_a_small_bound_is_no_claim():
    points = np.random.default_rng(3).normal(size=(6000, 2))
    found = discover(points, np.round(np.hypot(*points.T) / 0.75) * 0.75)
    assert found.verdict == "undecided"
    assert found.upper[0] < found.tolerance
    assert "neighbourhoods of other sizes do not confirm this" in found.reason


def test_result_tells_its_story():
    points = sample(1500)
    found = discover(points, PLANE["distance"][0](points))
    for text in ("symmetric: yes, one field", "dimension: 1 of 6", "centre", "W_1", "95 %", "resolution"):
        assert text in repr(found)
    assert "<table>" in found._repr_html_()
    nothing = discover(points, np.random.default_rng(0).normal(size=1500))
    assert "undecided" in repr(nothing)
    assert "dimension: a guess: " in repr(nothing)
    assert nothing._repr_html_().count("<table>") == 2
    # A rotation about the mean of round data has entries ±1.
    assert np.abs(found.generators[0, 0, 1]) == pytest.approx(1.0, abs=0.25)
    assert (
        principal_angles(found.candidates, np.pad(np.eye(6).reshape(6, 2, 3), ((0, 0), (0, 1), (0, 0)))).max()
        < 1e-6
    )


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize("case", PLANE)
def test_dimension_verdict_and_angle_in_the_plane(case, noise):
    function, truth = PLANE[case]
    points = sample(3000)
    found = discover(points, noisy(function, points, noise))
    assert found.verdict == ("yes" if truth else "no")
    assert found.dimension == len(truth) == len(found.generators)
    assert found.exact
    if truth:
        assert angle_deg(found.generators, truth) < (2.5 if noise == 0.05 else 0.1)
        assert found.upper[len(truth) - 1] < found.tolerance
    assert found.lower[len(truth)] > found.tolerance
    centre = {"coordinate": None, "none": None, "nearly": None, "scaling": np.zeros(2)}.get(case, C2)
    if centre is None:
        assert found.centre is None
    else:
        np.testing.assert_allclose(found.centre, centre, atol=0.03)


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_rotations_about_a_centre_in_space(noise):
    points = sample(4000, 3)
    found = discover(points, noisy(lambda p: -np.linalg.norm(p - C3, axis=1), points, noise))
    truth = [about(generator, C3) for generator in so(3).basis]
    assert (found.verdict, found.dimension) == ("yes", 3)
    assert angle_deg(found.generators, truth) < 1.0
    np.testing.assert_allclose(found.centre, C3, atol=0.03)


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_two_planes(noise):
    points = sample(5000, 4, spread=0.5)
    found = discover(
        points, noisy(lambda p: np.hypot(*p[:, :2].T) + np.hypot(*p[:, 2:].T) ** 4, points, noise)
    )
    truth = [about(np.kron(np.diag(which), J), np.zeros(4)) for which in ([1.0, 0.0], [0.0, 1.0])]
    assert (found.verdict, found.dimension) == ("yes", 2)
    assert angle_deg(found.generators, truth) < 2.0


@pytest.mark.parametrize(
    ("points", "options", "message"),
    [
        (CLOUD, {"values": CLOUD}, "values must have shape"),
        (CLOUD, {"values": CLOUD[1:, 0]}, "values must have shape"),
        (CLOUD, {"values": np.full(200, np.nan)}, "values must be finite"),
        (CLOUD, {"values": np.full(200, 3.0)}, "values must vary"),
        (BAD, {"values": CLOUD[:, 0]}, "points must be finite"),
        (CLOUD[:, 0], {"values": CLOUD[:, 0]}, "points must have shape"),
        (CLOUD[:, :1], {"values": CLOUD[:, 0]}, "at least 2 coordinates"),
        (CLOUD[:5], {"values": CLOUD[:5, 0]}, "points must number at least 48"),
        (CLOUD, {"values": CLOUD[:, 0], "tolerance": 0.0}, "tolerance must lie between 0 and"),
        (CLOUD, {"values": CLOUD[:, 0], "tolerance": 0.8}, "tolerance must lie between 0 and"),
        (CLOUD[:20], {"values": CLOUD[:20, 0]}, "points must number at least"),
        (CLOUD[:, [0, 0]], {"values": CLOUD[:, 0]}, "points must spread over all 2 dimensions"),
        (np.ones((200, 2)), {"values": CLOUD[:, 0]}, "points must spread over all 2 dimensions"),
        (CLOUD, {"values": CLOUD[:, 0], "algebra": "conformal"}, "algebra must be one of"),
        (CLOUD, {"values": CLOUD[:, 0], "bootstrap": 10}, "bootstrap must be"),
    ],
)
def test_bad_input(points, options, message):
    with pytest.raises(ValueError, match=message):
        discover(points, **options)


@pytest.mark.parametrize("seed", range(4))
def test_clusters_and_sectors_do_not_invent_fields(seed):
    rng = np.random.default_rng(seed)
    clouds = 0.35 * rng.normal(size=(4000, 2)) + rng.choice([-1.2, 1.2], size=4000)[:, None] * U
    ellipse, truth = PLANE["ellipse"]
    # Seen in two clouds, a second field has a true defect of 0.08: a stricter tolerance tells it apart.
    found = discover(clouds, noisy(ellipse, clouds, 0.01, seed), tolerance=0.05)
    assert (found.verdict, found.dimension) == ("yes", 1)
    assert angle_deg(found.generators, truth) < 2.0


@pytest.mark.parametrize(("number", "noise"), [(300, 0.6), (2000, 5.0), (120, 0.3)])
def test_drowned_in_noise_is_undecided(number, noise):
    points = sample(number)
    assert discover(points, noisy(PLANE["bump"][0], points, noise)).verdict == "undecided"


def test_same_seed_same_answer():
    points = sample(800)
    values = noisy(PLANE["bump"][0], points, 0.03)
    one, two, other = (discover(points, values, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.upper, two.upper)
    np.testing.assert_array_equal(one.generators, two.generators)
    assert one.angle_deg == two.angle_deg != other.angle_deg
    assert one.verdict == other.verdict
