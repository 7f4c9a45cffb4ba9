"""Lie algebras: coordinates, closure, compactness, angles; and what the functions beside them promise."""

import laws
import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from hgmrl_lite import lie

J = lie.J
seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=30, deadline=None, derandomize=True)


def invertible(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return a matrix with singular values between 1/3 and 3."""
    left, right = (np.linalg.qr(rng.normal(size=(n, n)))[0] for _ in range(2))
    return left @ np.diag(3.0 ** rng.uniform(-1.0, 1.0, n)) @ right


@pytest.mark.parametrize(
    ("algebra", "dimension", "affine", "compact"),
    [
        (lie.so(2), 1, False, True),
        (lie.so(5), 10, False, True),
        (lie.se(2), 3, True, False),
        (lie.se(3), 6, True, False),
        (laws.general(3), 9, False, False),
        (laws.special(3), 8, False, False),
        (laws.affine(2), 6, True, False),
        (lie.translations(3), 3, True, False),
        (lie.scalings(3), 1, False, False),
        (lie.rotations_about([1.0, 2.0]), 1, True, True),
        (lie.rotations_about([1.0, 2.0, 3.0]), 3, True, True),
        (lie.LieAlgebra(np.zeros((0, 2, 2))), 0, False, True),
        (lie.LieAlgebra(np.zeros((0, 3, 3)), affine=True), 0, True, True),
    ],
    ids=repr,
)
def test_families(algebra, dimension, affine, compact):
    assert (algebra.dimension, algebra.affine) == (dimension, affine)
    assert algebra.closure() is algebra
    assert (algebra.invariant_inner_product() is not None) == compact
    assert algebra.exp(np.zeros((2, dimension))).shape == (2, algebra.size, algebra.size)
    assert f"R^{algebra.state_dim}" in repr(algebra)


def test_families_are_what_their_names_say():
    theta = np.random.default_rng(0).normal(size=8)
    rotation = lie.so(4).exp(theta[:6])
    assert np.allclose(rotation.T @ rotation, np.eye(4))
    assert np.allclose(lie.scalings(2).exp([np.log(3.0)]), 3.0 * np.eye(2))
    assert np.allclose(lie.translations(2).exp([4.0, 5.0])[:2, 2], [4.0, 5.0])
    centre = np.array([1.0, 2.0, 3.0])
    assert np.allclose(lie.rotations_about(centre).exp(theta[:3]) @ [*centre, 1.0], [*centre, 1.0])
    assert np.allclose(lie.so(3).matrix([1.0, 2.0, 3.0]) @ [4.0, 5.0, 6.0], np.cross([1, 2, 3], [4, 5, 6]))
    # Axis 0 turns towards axis 1.
    assert np.allclose(lie.so(4).exp([np.pi / 2, 0, 0, 0, 0, 0])[:, 0], [0.0, 1.0, 0.0, 0.0])


@some
@given(seed=seeds)
def test_coordinates_and_projection(seed):
    rng = np.random.default_rng(seed)
    algebra = lie.LieAlgebra(rng.normal(size=(3, 3, 3)))
    theta, matrix = rng.normal(size=(2, 1, 3)), rng.normal(size=(5, 3, 3))
    assert np.allclose(algebra.coordinates(algebra.matrix(theta)), theta)
    # The remainder of a projection is orthogonal to the algebra.
    rest = matrix - algebra.matrix(algebra.coordinates(matrix))
    assert np.abs(np.einsum("kij,bij->bk", algebra.basis, rest)).max() < 1e-12


def test_velocities_are_the_derivative_of_the_action():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(4, 1, 2))
    for algebra in (laws.affine(2), laws.general(2)):
        homogeneous = np.concatenate([points, np.ones((4, 1, 1))], axis=-1) if algebra.affine else points
        for k, theta in enumerate(1e-6 * np.eye(algebra.dimension)):
            ahead, behind = (algebra.exp(sign * theta) @ homogeneous[..., None] for sign in (1.0, -1.0))
            difference = (ahead - behind)[..., :2, 0] / 2e-6
            assert np.allclose(algebra.velocities(points)[..., k, :], difference, atol=1e-9)


# ---- bracket and closure


@pytest.mark.parametrize("algebra", [lie.se(2), lie.so(3), laws.general(2)], ids=repr)
def test_the_bracket_is_the_gap_of_a_walk_with_the_sign_of_its_order(algebra):
    x, y = algebra.basis[0], algebra.basis[1]
    size = 1e-4
    first, second, third, fourth = (lie.exp(size * w) for w in (x, y, -x, -y))
    identity = np.eye(len(x))
    # Points meet the first move first, so that it stands on the right; in a moving frame, on the left.
    of_points = (fourth @ third @ second @ first - identity) / size**2
    of_a_frame = (first @ second @ third @ fourth - identity) / size**2
    np.testing.assert_allclose(of_points, -lie.bracket(x, y), atol=1e-3)
    np.testing.assert_allclose(of_a_frame, lie.bracket(x, y), atol=1e-3)
    # The bracket of the velocity fields, DY X - DX Y, is that of the walk of points.
    p = np.arange(1.0, len(x) + 1.0)
    np.testing.assert_allclose(y @ (x @ p) - x @ (y @ p), -lie.bracket(x, y) @ p, atol=1e-12)


def test_the_bracket_of_rotation_vectors_is_their_cross_product():
    left, right = np.random.default_rng(0).normal(size=(2, 5, 3))
    brackets = lie.bracket(lie.so(3).matrix(left), lie.so(3).matrix(right))
    assert np.allclose(lie.so(3).coordinates(brackets), np.cross(left, right))


def test_adjoint_of_a_rotation_rotates_rotation_vectors():
    rotation = lie.so3_exp(np.random.default_rng(0).normal(size=(4, 3)))
    assert np.allclose(laws.adjoint_matrix(lie.so(3), rotation), rotation)


@pytest.mark.parametrize(
    ("basis", "affine", "dimension"),
    [
        (lie.so(3).basis[:2], False, 3),
        (lie.so(5).basis[[0, 4, 7, 9]], False, 10),
        ([[[0, 1], [0, 0]], [[0, 0], [1, 0]]], False, 3),
        ([lie.se(2).basis[0], lie.se(2).basis[1]], True, 3),
        ([lie.rotations_about([0.0, 0.0]).basis[0], lie.rotations_about([1.0, 0.0]).basis[0]], True, 3),
        (lie.translations(2).basis, True, 2),
    ],
    ids=["two axes", "chain of planes", "two shears", "turn and shift", "two centres", "shifts"],
)
def test_closure(basis, affine, dimension):
    algebra = lie.LieAlgebra(basis, affine)
    closed = algebra.closure()
    assert closed.dimension == dimension
    assert closed.closure() is closed
    assert (closed is algebra) == (algebra.dimension == dimension)
    assert np.array_equal(closed.basis[: algebra.dimension], algebra.basis)
    brackets = lie.bracket(closed.basis[:, None], closed.basis)
    np.testing.assert_allclose(closed.matrix(closed.coordinates(brackets)), brackets, atol=1e-8)
    added = closed.basis[algebra.dimension :].reshape(dimension - algebra.dimension, algebra.size**2)
    assert np.allclose(added @ added.T, np.eye(len(added)), atol=1e-12)


def test_closure_of_noisy_generators_needs_their_noise_level():
    noisy = lie.LieAlgebra(lie.so(3).basis[:2] + 1e-4 * np.random.default_rng(0).normal(size=(2, 3, 3)))
    assert noisy.closure(tol=1e-2).dimension == 3
    assert noisy.closure(tol=1e-8).dimension == 9


# ---- compactness


@some
@given(seed=seeds, n=st.integers(2, 6))
def test_a_conjugated_skew_algebra_has_an_invariant_inner_product(seed, n):
    rng = np.random.default_rng(seed)
    change = invertible(rng, n)
    whole = lie.so(n).basis
    # Some of so(n): irreducible, reducible or abelian.
    chosen = rng.permutation(len(whole))[: rng.integers(1, len(whole) + 1)]
    algebra = laws.conjugated(lie.LieAlgebra(whole[chosen]), change)
    form = algebra.invariant_inner_product()
    assert form is not None
    assert np.trace(form) == pytest.approx(n)
    assert np.linalg.eigvalsh(form)[0] > 0.0
    moved = np.swapaxes(algebra.basis, -1, -2) @ form
    assert np.abs(moved + np.swapaxes(moved, -1, -2)).max() <= 1e-9 * np.abs(moved).max()
    if len(chosen) == len(whole):
        unique = np.linalg.inv(change @ change.T)
        assert np.allclose(form, unique * (n / np.trace(unique)), atol=1e-10)


def test_the_inner_product_of_skew_generators_is_the_standard_one():
    assert np.allclose(lie.so(4).invariant_inner_product(), np.eye(4))
    winding = lie.LieAlgebra([scipy.linalg.block_diag(J, np.sqrt(2.0) * J)])
    assert np.allclose(winding.invariant_inner_product(), np.eye(4))


@some
@given(seed=seeds)
def test_the_inner_product_is_the_average_over_the_group(seed):
    rng = np.random.default_rng(seed)
    change = invertible(rng, 4)
    generator = change @ scipy.linalg.block_diag(J, 3.0 * J) @ np.linalg.inv(change)
    algebra = lie.LieAlgebra([generator])
    g = algebra.exp(np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)[:, None])
    average = (np.swapaxes(g, -1, -2) @ g).mean(axis=0)
    assert np.allclose(algebra.invariant_inner_product(), average * (4.0 / np.trace(average)), atol=1e-10)


@pytest.mark.parametrize(
    "generators",
    [
        [[[0, 1], [0, 0]]],
        [[[1, 0], [0, -1]]],
        [[[0, 1], [1, 0]]],
        [[[0.01, -1], [1, 0.01]]],
        [scipy.linalg.block_diag(J, [[1.0]])],
        [np.block([[J, np.eye(2)], [np.zeros((2, 2)), J]])],
        # Each is compact; together they generate sl(2).
        [J, [[0, -4.0], [1.0, 0]]],
    ],
    ids=["shear", "hyperbolic", "boost", "spiral", "growth", "resonance", "two ellipses"],
)
def test_non_compact_generators_have_none(generators):
    assert lie.LieAlgebra(generators).invariant_inner_product() is None


def test_affine_compactness_needs_a_fixed_point():
    about = lie.rotations_about([1.0, -3.0])
    assert np.allclose(about.fixed_point(), [1.0, -3.0])
    assert about.invariant_inner_product() is not None
    assert lie.translations(2).fixed_point() is None
    screw = np.zeros((1, 4, 4))
    screw[0, :2, :2], screw[0, 2, 3] = J, 1.0
    assert lie.LieAlgebra(screw, affine=True).invariant_inner_product() is None
    assert lie.LieAlgebra(screw[:, :3, :3], affine=False).invariant_inner_product() is not None
    two = np.concatenate([about.basis, lie.rotations_about([0.0, 0.0]).basis])
    assert lie.LieAlgebra(two, affine=True).fixed_point() is None
    # A rotation of space about an axis fixes a line: the nearest point of it is returned.
    axis = lie.LieAlgebra(lie.rotations_about([1.0, 0.0, 5.0]).basis[2:], affine=True)
    assert np.allclose(axis.fixed_point(), [1.0, 0.0, 0.0])


# ---- logarithms inside an algebra


@pytest.mark.parametrize("short", [0.0, 1e-12, 1e-9, 1e-5])
@pytest.mark.parametrize("n", [2, 3, 4])
def test_log_of_a_half_turn_stays_in_a_conjugated_algebra(short, n):
    rng = np.random.default_rng(n)
    algebra = laws.conjugated(lie.so(n), invertible(rng, n))
    theta = rng.normal(size=algebra.dimension)
    theta *= (np.pi - short) / np.abs(np.linalg.eigvals(algebra.matrix(theta)).imag).max()
    element = algebra.exp(theta)
    # This near to a half turn, rounding decides whether it is one: an error as large as what is missing.
    assert np.abs(algebra.exp(algebra.log(element)) - element).max() < 1e-12 + 4.0 * min(short, 1e-12)


def test_log_of_one_generator_finds_the_branch():
    rng = np.random.default_rng(0)
    change = invertible(rng, 4)
    times = np.array([-3.1, -2.0, -0.5, 0.0, 1e-9, 1.0, 3.1])
    double = lie.LieAlgebra([change @ scipy.linalg.block_diag(J, 2.0 * J) @ np.linalg.inv(change)])
    assert np.allclose(double.log(double.exp(times[:, None]))[:, 0], times, atol=1e-10)
    winding = lie.LieAlgebra([scipy.linalg.block_diag(J, np.sqrt(2.0) * J)])
    assert winding.log(winding.exp([50.0]))[0] == pytest.approx(50.0)
    spiral = lie.LieAlgebra([J + 0.1 * np.eye(2)])
    assert spiral.log(spiral.exp([20.0]))[0] == pytest.approx(20.0)
    assert laws.conjugated(lie.so(2), invertible(rng, 2)).log(-np.eye(2))[0] == pytest.approx(np.pi)


# ---- principal angles


@some
@given(seed=seeds)
def test_principal_angles_agree_with_scipy_and_do_not_depend_on_the_basis(seed):
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=(2, 3, 3)), rng.normal(size=(4, 3, 3))
    angles = lie.principal_angles(first, second)
    expected = scipy.linalg.subspace_angles(first.reshape(2, 9).T, second.reshape(4, 9).T)[::-1]
    assert np.allclose(angles, expected, atol=1e-12)
    assert np.allclose(angles, lie.principal_angles(second, first), atol=1e-12)
    mixed = np.tensordot(rng.normal(size=(2, 2)) + 3.0 * np.eye(2), first, axes=1)
    assert np.allclose(angles, lie.principal_angles(mixed, second), atol=1e-12)


@pytest.mark.parametrize("angle", [0.0, 1e-12, 1e-8, 0.1, 1.5, np.pi / 2 - 1e-8, np.pi / 2])
def test_principal_angles_are_accurate_at_both_ends(angle):
    basis = np.cos(angle) * J + np.sin(angle) * np.eye(2)
    assert lie.principal_angles(lie.so(2), basis[None])[0] == pytest.approx(angle, abs=1e-15)


def test_principal_angles_of_batches():
    batch = np.random.default_rng(0).normal(size=(5, 1, 2, 2))
    angles = lie.principal_angles(batch, lie.so(2))
    assert angles.shape == (5, 1)
    assert np.allclose(angles[3], lie.principal_angles(batch[3], lie.so(2)))


# ---- type of a planar generator


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize(
    ("generator", "kind", "compact"),
    [
        (J, "elliptic", True),
        ([[0, -4], [1, 0]], "elliptic", True),
        ([[0.1, -1], [1, 0.1]], "elliptic", False),
        ([[1, 0], [0, -1]], "hyperbolic", False),
        ([[3, 0], [0, 1]], "hyperbolic", False),
        ([[0, 1], [0, 0]], "parabolic", False),
        ([[2, 1], [0, 2]], "parabolic", False),
        ([[2, 0], [0, 2]], "scalar", False),
        ([[0, 0], [0, 0]], "zero", True),
    ],
)
def test_planar_type(generator, kind, compact, scale):
    result = lie.planar_type(scale * np.asarray(generator, dtype=float))
    assert (result.kind, result.is_compact) == (kind, compact)
    if kind != "zero":
        assert compact == (lie.LieAlgebra([generator]).invariant_inner_product() is not None)
    if kind == "elliptic" and compact:
        assert np.allclose(lie.exp(result.period * scale * np.asarray(generator, dtype=float)), np.eye(2))


def test_trace_determinant_and_period_of_a_generator():
    turn, spiral = lie.planar_type([[0, -4], [1, 0]]), lie.planar_type([[1, -3], [2, 5]])
    assert (turn.trace, turn.determinant) == (0.0, 4.0)
    assert turn.period == pytest.approx(np.pi)
    assert (spiral.trace, spiral.determinant, spiral.period) == (6.0, 11.0, np.inf)
    assert lie.planar_type(np.zeros((2, 2))).period == 0.0


# ---- polar factor


@some
@given(seed=seeds, n=st.integers(1, 4))
def test_polar_factor_preserves_the_inner_product_and_is_nearest(seed, n):
    rng = np.random.default_rng(seed)
    root = invertible(rng, n)
    form = root.T @ root
    matrix = rng.normal(size=(3, 1, n, n))
    factor = lie.polar_factor(matrix, form)
    assert np.allclose(np.swapaxes(factor, -1, -2) @ form @ factor, form, atol=1e-10)
    assert np.allclose(np.sign(np.linalg.det(factor)), np.sign(np.linalg.det(matrix)))
    assert np.allclose(lie.polar_factor(factor, form), factor, atol=1e-10)
    assert np.allclose(lie.polar_factor(matrix)[1, 0], scipy.linalg.polar(matrix[1, 0])[0])

    def distance(candidate):
        return np.linalg.norm(root @ (candidate - matrix) @ np.linalg.inv(root), axis=(-2, -1))

    skew = rng.normal(size=(n, n))
    other = np.linalg.inv(root) @ scipy.linalg.expm(0.1 * (skew - skew.T)) @ root @ factor
    assert (distance(factor) <= distance(other) + 1e-12).all()


# ---- print


def test_printing_tells_the_story():
    assert repr(lie.se(2)) == "LieAlgebra(se(2), dimension 3, affine on R^2)"
    html = lie.LieAlgebra([J], name="<mine>")._repr_html_()
    assert "&lt;mine&gt;" in html
    assert html.count("<td") == 4


def test_the_basis_cannot_be_changed_behind_its_back():
    basis = np.array([[[0.0, -1.0], [1.0, 0.0]]])
    algebra = lie.LieAlgebra(basis)
    basis[:] = 7.0
    assert np.array_equal(algebra.basis[0], J)
    with pytest.raises(ValueError, match="read-only"):
        algebra.basis[0, 0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        lie.J[0, 0] = 1.0


def test_angles_between_a_linear_and_an_affine_algebra_have_no_meaning():
    with pytest.raises(ValueError, match="both be linear or both be affine"):
        lie.principal_angles(lie.so(3), lie.se(2))
