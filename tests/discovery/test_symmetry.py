"""What the answer tells."""

import numpy as np
import pytest
from sampled import PLANE, sample

from hgmrl_lite.discovery import discover
from hgmrl_lite.lie import principal_angles


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
    for text in ("verdict: symmetric", "dimension: 1 of 6", "centre", "W_1", "95 %", "resolution"):
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
