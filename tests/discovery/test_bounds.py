"""Defects and their bounds: as documented, calibrated, and for the fields that are reported."""

import math

import numpy as np
import pytest
from sampled import C2, PLANE, angle_deg, noisy, sample

from benchmarks import verdicts
from hgmrl_lite.discovery import discover


def defect(function, points, generator):
    """Return the documented defect of a linear generator over points with unit second moment."""
    step = 1e-5
    gradients = np.stack(
        [(function(points + step * e) - function(points - step * e)) / (2 * step) for e in np.eye(2)], axis=1
    )
    field = points @ generator[:2, :2].T
    size, far = np.square(gradients).sum(axis=1), np.square(points).sum(axis=1)
    weights = np.minimum(1.0, np.median(size) / size) * np.minimum(1.0, np.median(far) / far)
    change = weights @ np.square((gradients * field).sum(axis=1))
    return math.sqrt(change / (weights @ (size * np.square(field).sum(axis=1))))


def test_the_defect_is_what_is_documented():
    # Exactly round data, so that the frame is the standard one.
    angles = np.random.default_rng(0).uniform(0.0, 2.0 * np.pi, 1500)
    radii = np.sqrt(np.random.default_rng(1).uniform(0.1, 3.0, 1500))
    points = np.concatenate(
        [
            radii[:, None] * np.stack([np.cos(a), np.sin(a)], axis=1)
            for a in angles + np.pi / 2 * np.arange(4)[:, None]
        ]
    )
    points = points / math.sqrt(np.square(points).mean())
    for depth in (0.02, 0.05, 0.1):

        def function(p, depth=depth):
            return np.hypot(*p.T) * (1.0 + depth * np.cos(3.0 * np.arctan2(p[:, 1], p[:, 0])))

        found = discover(points, function(points), algebra="linear")
        assert found.spectrum[0] == pytest.approx(defect(function, points, found.candidates[0]), rel=0.1)


def test_near_symmetry_depends_on_the_tolerance_that_is_stated():
    points = sample(4000)
    function = lambda p: np.hypot(*p.T) * (1.0 + 0.05 * np.cos(3.0 * np.arctan2(p[:, 1], p[:, 0])))  # noqa: E731
    values = function(points)
    best = discover(points, values).spectrum[0]
    assert 0.05 < best < 0.15
    assert discover(points, values, tolerance=1.5 * best).verdict == "yes"
    assert discover(points, values, tolerance=best / 1.5).verdict == "no"
    assert discover(points, values, tolerance=1.01 * best).verdict == "undecided"


def test_bounds_hold_the_estimate_and_the_verdict_follows_them():
    for case, (function, _) in PLANE.items():
        found = discover(sample(1500), noisy(function, sample(1500), 0.05))
        d = found.dimension
        assert (found.lower <= found.spectrum + 1e-12).all()
        assert (np.diff(found.upper) >= 0.0).all()
        if found.verdict == "yes":
            assert found.upper[d - 1] < found.tolerance, case
        if found.verdict == "no":
            assert found.lower[0] > found.tolerance, case


def test_spread_matches_the_error():
    errors, spreads = [], []
    for seed in range(8):
        points = sample(1500, seed=seed)
        found = discover(points, noisy(PLANE["distance"][0], points, 0.03, seed=seed + 100))
        errors.append(angle_deg(found.generators, PLANE["distance"][1]))
        spreads.append(found.angle_deg)
    ratio = math.sqrt(np.mean(np.square(errors)) / np.mean(np.square(spreads)))
    assert 0.35 < ratio < 1.6


@pytest.mark.parametrize("seed", range(6))
def test_every_estimate_is_within_its_bounds(seed):
    points = sample(200, seed=seed)
    found = discover(points, np.hypot(*(points - C2).T) + 0.02 * np.random.default_rng(seed).normal(size=200))
    assert (found.lower <= found.spectrum).all()
    assert (found.spectrum <= found.upper).all()
    assert (found.spectrum <= 1.0).all()


@pytest.mark.parametrize("seed", [50, 59, 63])
def test_the_reported_fields_are_those_the_bound_is_for(seed):
    # Several near-symmetries: what fits the precise places best mixes them with what is none.
    rng = np.random.default_rng([seed, 16_000, 20, *b"smooth_3", *b"sector"])
    points = verdicts.draw_points("sector", 2, 16_000, rng)
    case = verdicts.make("smooth_3", points, rng)
    values = verdicts.spoil(case.function(points), "sector", 0.2, rng)
    found = discover(points, values)
    assert found.verdict == "yes"
    worst = verdicts.defects(case.function, points, "affine", found.generators)[-1]
    assert worst < found.tolerance
