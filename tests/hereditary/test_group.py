"""The closure of a group: its dimension, its elements, its period, and points that cover it."""

import numpy as np
import pytest
import scipy.linalg

from hgmrl_lite import lie
from hgmrl_lite.hereditary.closure import closing_time, resonant
from hgmrl_lite.hereditary.group import GRID, compact_group

J = lie.J
SO3 = lie.so(3).basis


def planes(*speeds):
    """Return the generator that turns planes of coordinates at these speeds."""
    return scipy.linalg.block_diag(*(speed * J for speed in speeds))


def conjugated(generators, seed):
    """Return generators in other coordinates."""
    n = np.shape(generators)[-1]
    change = np.eye(n) + 0.3 * np.random.default_rng(seed).normal(size=(n, n))
    return change @ generators @ np.linalg.inv(change)


GROUPS = [
    (J, 1, True),
    (3.0 * J, 1, True),
    (SO3[:1], 1, True),
    (SO3[:2], 3, False),
    (SO3, 3, False),
    (planes(1.0, 2.0), 1, True),
    (planes(1.0, np.sqrt(2.0)), 2, True),
    ([planes(1.0, 0.0), planes(0.0, 1.0)], 2, True),
    (lie.so(4).basis, 6, False),
]


@pytest.mark.parametrize("seed", [None, 0])
@pytest.mark.parametrize(("generators", "dimension", "abelian"), GROUPS)
def test_the_closure_has_its_dimension(generators, dimension, abelian, seed):
    group = compact_group(generators if seed is None else conjugated(generators, seed))
    assert (group.dimension, group.abelian) == (dimension, abelian)
    assert group.directions.shape == group.generators_states.shape
    n = group.generators_states.shape[-1]
    assert repr(group) == f"CompactGroup(dimension {dimension}, on R^{n})"
    given = np.reshape(group.generators_states[0], -1)
    first = np.reshape(generators if seed is None else conjugated(generators, seed), (-1, n, n))[0]
    np.testing.assert_allclose(given, first.ravel(), atol=1e-12)


@pytest.mark.parametrize("seed", [None, 0])
@pytest.mark.parametrize("generators", [J, SO3, planes(1.0, np.sqrt(2.0))], ids=["circle", "so3", "torus"])
def test_elements_and_coordinates_belong_to_each_other(generators, seed):
    group = compact_group(generators if seed is None else conjugated(generators, seed))
    theta = 0.4 * np.random.default_rng(1).normal(size=(5, group.dimension))
    coordinates = group.unit(theta)
    np.testing.assert_allclose(group.theta(coordinates), theta, atol=1e-12)
    left = group.exp(coordinates)
    np.testing.assert_allclose(
        left, lie.exp(np.tensordot(theta, group.generators_states, axes=1)), atol=1e-10
    )
    np.testing.assert_allclose(group.log(group.exp(coordinates)), theta, atol=1e-8)
    inside = group.frame.inside(left)
    np.testing.assert_allclose(
        inside @ inside.swapaxes(-1, -2), np.eye(left.shape[-1])[None].repeat(5, 0), atol=1e-10
    )
    # Unit length is a turn of one radian of the fastest plane, for a rotation of one plane.
    speeds = np.abs(np.linalg.eigvals(np.tensordot(theta, group.generators_states, axes=1)).imag).max(axis=1)
    np.testing.assert_allclose(group.speed(coordinates), speeds, rtol=1e-8)
    adjoint = group.adjoint(left[0])
    moved = left[0] @ np.tensordot(coordinates[1], group.directions, axes=1) @ np.linalg.inv(left[0])
    np.testing.assert_allclose(
        moved, np.tensordot(adjoint @ coordinates[1], group.directions, axes=1), atol=1e-10
    )


@pytest.mark.parametrize(
    ("generator", "period"),
    [(J, 2 * np.pi), (4.0 * J, np.pi / 2), (planes(1.0, 2.0), 2 * np.pi), (planes(2.0, 3.0), 2 * np.pi)],
)
def test_a_circle_closes_after_its_period(generator, period):
    group = compact_group(generator)
    assert group.period == pytest.approx(period)
    assert closing_time(np.asarray(generator)) == pytest.approx(period)
    np.testing.assert_allclose(
        group.wrap(np.array([0.6, -0.6, 1.2]) * period), np.array([-0.4, 0.4, 0.2]) * period, atol=1e-12
    )


def test_only_a_circle_has_a_period():
    group = compact_group(SO3)
    assert np.isnan(group.period)
    np.testing.assert_array_equal(group.wrap(np.array([9.0])), [9.0])


@pytest.mark.parametrize("speeds", [(1.0, 1.0), (1.0, 2.0), (2.0, 3.0), (1.0, 0.0)])
def test_resonant_windings_are_closed_already(speeds):
    given = planes(*speeds)[None]
    np.testing.assert_allclose(resonant(given, given, 4, 0.02), given, atol=1e-12)


def test_a_dense_winding_adds_what_its_closure_has():
    given = planes(1.0, np.sqrt(2.0))
    found = resonant(given[None], given[None], 4, 0.02)
    np.testing.assert_array_equal(found[0], given)
    torus = [planes(1.0, 0.0), planes(0.0, 1.0)]
    np.testing.assert_allclose(lie.principal_angles(found, np.array(torus)), 0.0, atol=1e-7)
    assert len(resonant(np.zeros((0, 4, 4)), np.zeros((0, 4, 4)), 4, 0.02)) == 0


def test_a_circle_that_was_estimated_closes():
    given = planes(1.0, 2.003)[None]
    (found,) = resonant(given, given, 4, 0.02)
    np.testing.assert_allclose(found, given[0], atol=3e-3)
    speeds = np.sort(np.linalg.eigvals(found).imag)[2:]
    assert speeds[1] / speeds[0] == pytest.approx(2.0, abs=1e-12)


@pytest.mark.parametrize(
    "generators",
    [SO3, np.array([planes(1.0, 0.0), planes(0.0, 1.0)]), np.array([np.kron(np.eye(2), w) for w in SO3])],
    ids=["so3", "torus", "so3 twice"],
)
def test_estimated_generators_are_moved_to_the_nearest_closed_ones(generators):
    rng = np.random.default_rng(3)
    error, other = 3e-3 * rng.normal(size=(2, *generators.shape))
    estimated = [generators + part - part.swapaxes(-1, -2) for part in (error, other)]
    group = compact_group(*estimated)
    np.testing.assert_allclose(group.generators_states, estimated[0], atol=0.03)
    # On states and actions at once: long words stay in the group.
    theta = rng.uniform(-300.0, 300.0, (2, 20, group.dimension))
    words = [group.exp(group.unit(part)) for part in theta]
    product = group.log(words[0] @ words[1])
    np.testing.assert_allclose(group.right(product), group.right(theta[0]) @ group.right(theta[1]), atol=1e-7)


@pytest.mark.parametrize(("generators", "radius"), [(J, 0.05), (planes(1.0, np.sqrt(2.0)), 0.5), (SO3, 0.6)])
def test_the_cover_leaves_no_hole(generators, radius):
    group = compact_group(generators)
    cover = group.cover
    elements = cover.elements
    n = elements.shape[-1]
    np.testing.assert_allclose(
        elements @ elements.swapaxes(-1, -2), np.eye(n)[None].repeat(len(elements), 0), atol=1e-9
    )
    drawn = group.exp(np.random.default_rng(3).uniform(-40, 40, (300, group.dimension)))
    chords = np.linalg.norm(drawn[:, None] - elements[None], axis=(-2, -1)) / np.sqrt(2.0)
    assert chords.min(axis=1).max() < radius
    assert 0.0 < cover.spacing < 2 * radius
    # Each point's neighbours are nearer than most, and it is not its own.
    rows = np.arange(len(elements))[:, None]
    assert (cover.neighbours != rows).all()
    near = np.linalg.norm(elements[rows] - elements[cover.neighbours], axis=(-2, -1)) / np.sqrt(2.0)
    assert np.median(near) < 3 * cover.spacing
    assert compact_group(generators) is group


def test_the_cover_of_a_circle_is_a_grid():
    cover = compact_group(2.0 * J).cover
    assert len(cover.elements) == GRID
    assert cover.spacing == pytest.approx(2 * np.pi / GRID)
    angles = np.sort(np.arctan2(cover.elements[:, 1, 0], cover.elements[:, 0, 0]))
    np.testing.assert_allclose(np.diff(angles), 2 * np.pi / GRID, atol=1e-9)
    np.testing.assert_array_equal(cover.neighbours[0], [GRID - 1, 1])


def test_actions_go_along():
    group = compact_group(J, -2.0 * J)
    np.testing.assert_allclose(
        group.right(np.array([[0.3], [1.0]])), lie.so2_exp(np.array([-0.6, -2.0])), atol=1e-12
    )
    assert compact_group(J).right(np.array([[0.3]])) is None


def test_the_group_of_the_identity():
    group = compact_group(np.zeros((0, 2, 2)), np.zeros((0, 3, 3)))
    assert group.dimension == 0
    np.testing.assert_array_equal(group.cover.elements, np.eye(2)[None])
    np.testing.assert_array_equal(group.right(np.zeros((1, 0))), np.eye(3)[None])
    assert group.log(group.cover.elements).shape == (1, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0],), r"^generators must have shape \(n, n\) or \(d, n, n\), got \(1,\)"),
        ((np.ones((2, 3)),), r"^generators must have shape \(n, n\) or \(d, n, n\), got \(2, 3\)"),
        ((J, np.ones((1, 2, 3))), r"^action_generators must have shape"),
        ((J, [J, J]), r"^action_generators must be as many as generators, 1, got 2"),
        (([J, 2 * J],), r"^generators must be linearly independent as they move states, got singular values"),
        ((np.eye(2),), r"^generators must generate a bounded group, one that keeps an inner product"),
        (([[0.0, 1.0], [0.0, 0.0]],), r"^generators must generate a bounded group"),
        ((J, np.eye(2)), r"^action_generators must generate a bounded group"),
    ],
)
def test_bad_generators(arguments, message):
    with pytest.raises(ValueError, match=message):
        compact_group(*arguments)
