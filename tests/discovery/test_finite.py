"""Turns and mirrors of sampled functions: what is there is named, what is not is not claimed."""

import numpy as np
import pytest
from sampled import C2, PLANE, noisy, sample

from hgmrl_lite.discovery import discover
from hgmrl_lite.discovery.finite import mirrors_through, turns_about
from hgmrl_lite.discovery.finite_search import find_finite_group
from hgmrl_lite.discovery.moved_function import MovedFunction
from hgmrl_lite.discovery.samples import gather
from hgmrl_lite.lie import so2_exp

TILT = 0.2


def polar(function):
    return lambda p: function(np.hypot(p[:, 0], p[:, 1]), np.arctan2(p[:, 1], p[:, 0]))


#: Name: a function about the origin, how many turns and mirrors it has.
FUNCTIONS = {
    "petal": (polar(lambda r, t: r * (1.0 + 0.05 * np.cos(6 * t))), 6, 6),
    "pinwheel": (polar(lambda r, t: np.exp(-0.5 * r**2) * (1.0 + 0.3 * r**2 * np.cos(3 * t + 2 * r))), 3, 0),
    "quartic": (lambda p: np.power(p, 4).sum(axis=1) ** 0.25, 4, 4),
    "bar": (lambda p: -np.hypot(np.maximum(np.abs(p[:, 0]) - 1.0, 0.0), p[:, 1]), 2, 2),
    "one mirror": (lambda p: np.sin(1.3 * p[:, 0]) + (0.5 - 0.3 * p[:, 0]) * p[:, 1] ** 2, 1, 1),
}


def placed(function, points):
    """Values of a function that was tilted and moved to C2."""
    return noisy(lambda p: function((p - C2) @ so2_exp(TILT)), points, 0.01)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_turns_and_mirrors_are_named_where_they_are(name):
    function, order, mirrors = FUNCTIONS[name]
    points = sample(2000)
    found = discover(points, placed(function, points))
    group = found.finite
    assert found.verdict != "yes"
    assert (group.verdict, group.order, len(group.mirrors)) == ("yes", order, mirrors), group
    if order > 1:
        np.testing.assert_allclose(group.centre, C2, atol=0.02)
    # Axes that differ by 180° / order are the same set.
    off = np.angle(np.exp(2j * order * (group.mirrors - TILT)))
    assert np.abs(off).max(initial=0.0) < 2 * order * np.radians(1.0)
    moved = [part[:, :2] for part in points[:300] @ group.elements[:, :2, :2].swapaxes(1, 2)]
    moved = [part + shift for part, shift in zip(moved, group.elements[:, :2, 2], strict=True)]
    values = [function((part - C2) @ so2_exp(TILT)) for part in moved]
    assert len(values) == order + mirrors
    assert np.sqrt(np.mean(np.square(np.array(values) - values[0]))) < 0.05 * np.std(values[0])
    assert max(np.nan_to_num([group.turn_defect, group.mirror_defect])) < 0.05 < group.control
    assert f"finite group: yes, {group.words}" in repr(found)


def test_without_any_turn_or_mirror_the_answer_is_no():
    points = sample(1500)
    group = discover(points, noisy(PLANE["none"][0], points, 0.01)).finite
    assert (group.verdict, group.order, len(group.mirrors), group.centre) == ("no", 1, 0, None)
    np.testing.assert_array_equal(group.elements, np.eye(3)[None])
    assert group.words == "no turn and no mirror"


def test_noise_is_no_group():
    points = sample(600)
    values = np.random.default_rng(3).normal(size=len(points))
    assert discover(points, values).finite.verdict == "undecided"


@pytest.mark.parametrize("name", ["heavy tails", "lattice", "few"])
def test_odd_data_give_no_wrong_answer(name):
    rng = np.random.default_rng(0)
    points = {
        "heavy tails": rng.standard_t(1.5, size=(3000, 2)),
        "lattice": rng.integers(-1, 2, size=(1000, 2)).astype(float),
        "few": rng.normal(size=(60, 2)),
    }[name]
    values = FUNCTIONS["quartic"][0](points) + 0.1 * points[:, 0] * (name == "lattice")
    samples = gather(points, values, "affine", rng)
    group = find_finite_group(MovedFunction(samples), samples.frame.shift, samples.frame.scale)
    assert (group.verdict, group.order) == (("yes", 4) if name == "heavy tails" else ("undecided", 1)), group


def test_a_round_function_is_not_taken_for_a_finite_group():
    points = sample(1500)
    values = placed(lambda p: -np.linalg.norm(p, axis=1), points)
    found = discover(points, values)
    assert found.verdict == "yes"
    assert found.finite is None
    assert "finite group" not in repr(found)
    # Nor if it is asked for all the same.
    samples = gather(points, values, "affine", np.random.default_rng(0))
    group = find_finite_group(MovedFunction(samples), samples.frame.shift, samples.frame.scale)
    assert group.verdict == "undecided"
    assert "a continuous symmetry, or too much noise" in group.reason


def test_beyond_the_plane_none_is_looked_for():
    points = sample(1500, n=3)
    found = discover(
        points, np.sin(2 * points[:, 0]) + np.cos(3 * points[:, 1]) + points[:, 0] * points[:, 2]
    )
    assert found.finite is None
    assert "finite group: not looked for: that is done in the plane, and this is R^3" in repr(found)


def test_linear_symmetries_keep_the_origin():
    points = sample(1500)
    function = FUNCTIONS["quartic"][0]
    about_it = discover(points, noisy(function, points, 0.01), algebra="linear").finite
    np.testing.assert_array_equal(about_it.centre, np.zeros(2))
    assert (about_it.order, len(about_it.mirrors)) == (4, 4)
    elsewhere = discover(points, placed(function, points), algebra="linear").finite
    assert elsewhere.order == 1


def test_the_elements_of_a_group_are_what_their_names_say():
    point = np.array([1.0, 2.0])
    turn, mirror = turns_about(point, np.array(0.5)), mirrors_through(point, np.array(0.3))
    np.testing.assert_allclose(turn[:2, :2], so2_exp(0.5))
    np.testing.assert_allclose(mirror[:2, :2] @ [np.cos(0.3), np.sin(0.3)], [np.cos(0.3), np.sin(0.3)])
    np.testing.assert_allclose(np.linalg.det(mirror), -1.0)
    for element in (turn, mirror):
        np.testing.assert_allclose(element @ [*point, 1.0], [*point, 1.0])
