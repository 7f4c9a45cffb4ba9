"""Rounded, huge and tiny matrices: logarithms near a half turn, small elements, and exponentials in range."""

import laws
import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from hgmrl_lite import lie

seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=40, deadline=None, derandomize=True)
AXIS = np.array([1.0, 2.0, 3.0]) / np.sqrt(14.0)


def turned(rng: np.random.Generator, n: int, short: float) -> np.ndarray:
    """Return a rotation of R^n with one turn by almost π, and others at, near or far from π."""
    others = rng.choice([np.pi, np.pi - short, short - np.pi, 1.0, 0.0], size=n // 2 - 1)
    block = np.eye(n)
    for k, angle in enumerate([np.pi - short, *others]):
        block[2 * k : 2 * k + 2, 2 * k : 2 * k + 2] = lie.so2_exp(angle)
    basis = np.linalg.qr(rng.normal(size=(n, n)))[0]
    return basis @ block @ basis.T


@some
@given(
    seed=seeds, n=st.integers(2, 6), short=st.sampled_from([0.0, 1e-10, 1e-8, 1e-7, 1e-6, 1e-4, 1e-2, 0.1])
)
def test_rounded_rotations_near_a_half_turn_have_skew_logarithms(seed, n, short):
    rng = np.random.default_rng(seed)
    exact = turned(rng, n, short)
    rounded = exact.astype(np.float32)
    noisy = exact + 1e-10 * rng.uniform(-1.0, 1.0, (n, n))
    for element, rounding in ((exact, 1e-14), (rounded, 1e-7), (rounded.astype(float), 1e-7), (noisy, 2e-10)):
        logarithm = lie.log(element)
        assert np.array_equal(logarithm, -logarithm.T)
        assert np.linalg.norm(logarithm, 2) == pytest.approx(np.pi, abs=max(short, 1e-6) + 1e-6)
        assert np.abs(scipy.linalg.expm(logarithm) - element).max() <= 2.0 * rounding
        # The closed form of so(3) magnifies by up to 20 what is not orthogonal.
        algebra = lie.so(n)
        assert np.abs(algebra.exp(algebra.log(element)) - element).max() <= 20.0 * rounding


@pytest.mark.parametrize("short", [0.0, 1e-8, 1e-6, 1e-3, 1.0, 2.0])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_rigid_motions_rounded_to_float32(short, kind):
    motion = np.eye(4)
    motion[:3, :3] = lie.so3_exp((np.pi - short) * AXIS)
    motion[:3, 3] = [1.0, 2.0, 3.0]
    motion = motion.astype(np.float32).astype(kind)
    for tol in ({}, {"tol": 1e-2}):
        theta = lie.se(3).log(motion, **tol)
        assert np.allclose(np.abs(theta[:3]), (np.pi - short) * AXIS, atol=1e-6)
        assert np.abs(lie.se(3).exp(theta) - motion).max() <= 1e-6


def test_a_batch_may_mix_rounded_half_turns_with_anything():
    parts = [
        lie.so3_exp(np.pi * AXIS).astype(np.float32).astype(float),
        lie.so3_exp(AXIS),
        np.diag([2.0, 3.0, 4.0]),
        np.eye(3) + 1e-13 * np.arange(9.0).reshape(3, 3),
        np.diag([2.0, 3.0, 1.0]),
        1e200 * np.eye(3),
    ]
    logarithms = lie.log(parts)
    assert np.abs(logarithms - [lie.log(part) for part in parts]).max() <= 1e-12
    assert np.allclose(logarithms[1], lie.so3_hat(AXIS), atol=1e-14)
    with pytest.raises(ValueError, match=r"index \(1, 0\).*eigenvalue -1 occurs once"):
        lie.log([[np.eye(3)], [np.diag([1.0, 1.0, -1.0])]])
    with pytest.raises(ValueError, match=r"index \(1,\).*eigenvalue -1 occurs once"):
        lie.log([np.diag([5.0, 1.0, 1.0]), np.diag([-1.0, 1.0, 1.0])])


def test_a_pair_that_rounding_has_split():
    pair = lie.log(np.diag([-1.0, -1.0 - 1e-7]))
    assert np.allclose(pair, np.pi * lie.J, atol=1e-7)
    with pytest.raises(ValueError, match="no real logarithm"):
        lie.log(np.diag([-1.0, -1.0 - 1e-5]))


def test_a_slow_spiral_is_no_rounded_rotation():
    spiral = 2.5 * lie.J + 1e-8 * np.eye(2)
    assert np.allclose(lie.log(lie.exp(spiral)), spiral, rtol=0.0, atol=1e-15)


@pytest.mark.parametrize("size", [1e-9, 1e-11, 1e-13, 1e-15, 1e-17, 1e-100])
@pytest.mark.parametrize(
    "algebra",
    [
        lie.so(2),
        lie.so(3),
        lie.so(4),
        laws.conjugated(lie.so(4), np.diag([1.0, 2.0, 3.0, 4.0])),
        lie.LieAlgebra([[[0.0, 1.0], [1.0, 0.0]]]),
        lie.LieAlgebra(np.eye(9).reshape(9, 3, 3)[[1, 2, 3, 5, 6, 7]]),
        lie.se(3),
    ],
    ids=["so(2)", "so(3)", "so(4)", "conjugated", "boost", "off the diagonal", "se(3)"],
)
def test_logs_of_small_elements_keep_their_digits(algebra, size):
    theta = size * np.random.default_rng(0).uniform(0.5, 1.0, algebra.dimension)
    assert np.allclose(algebra.log(algebra.exp(theta)), theta, rtol=1e-8, atol=0.0)


# ---- exp


def test_exp_of_the_plane_keeps_the_small_entries():
    growth = lie.exp(np.diag([18.0, -18.0]))
    assert np.allclose(np.diag(growth), np.exp([18.0, -18.0]), rtol=1e-14, atol=0.0)
    assert np.linalg.det(growth) == pytest.approx(1.0, abs=1e-13)
    assert np.allclose(
        np.diag(lie.exp(np.diag([-400.0, 400.0]))), np.exp([-400.0, 400.0]), rtol=1e-13, atol=0
    )
    assert np.allclose(lie.exp([[0.0, 1e300], [-1e-300, 0.0]])[0], [np.cos(1.0), 1e300 * np.sin(1.0)])


@some
@given(seed=seeds)
def test_exp_of_the_plane_has_the_determinant_of_its_trace(seed):
    rng = np.random.default_rng(seed)
    # Entries of one sign off the diagonal: then nothing cancels in the determinant of a small exponential.
    matrix = rng.uniform(-20.0, 20.0, (50, 2, 2))
    matrix[:, 1, 0] = 0.0
    both = np.diagonal(lie.exp(matrix), axis1=-2, axis2=-1)
    assert np.allclose(both, np.exp(np.diagonal(matrix, axis1=-2, axis2=-1)), rtol=1e-13, atol=0.0)


def test_an_entry_that_overflows_is_infinite_and_spoils_no_other():
    big, usual = np.diag([800.0, 1.0]), np.array([[3.0, 4.0], [5.0, -6.0]])
    out = lie.exp([usual, big, lie.J])
    assert np.array_equal(out[1], [[np.inf, 0.0], [0.0, np.exp(1.0)]])
    assert np.array_equal(out[[0, 2]], lie.exp([usual, lie.J]))
    assert np.array_equal(lie.exp(np.diag([800.0, 1.0, 2.0])), np.diag([np.inf, *np.exp([1.0, 2.0])]))
    assert np.array_equal(np.sign(lie.exp([[800.0, 5.0], [-5.0, 800.0]])), [[1.0, -1.0], [1.0, 1.0]])
    with pytest.raises(ValueError, match="exponential in range"):
        lie.exp(1e160 * lie.so(4).basis[0])


# ---- huge and tiny entries


@pytest.mark.parametrize("size", [1e-300, 1e-170, 1e160, 1e300])
def test_the_size_of_a_matrix_is_no_obstacle(size):
    for n in (2, 3):
        generator = np.random.default_rng(n).normal(size=(n, n))
        expected = generator + np.log(size) * np.eye(n)
        assert np.allclose(lie.log(size * scipy.linalg.expm(generator)), expected, rtol=1e-11, atol=1e-11)
    algebra = lie.LieAlgebra(size * lie.so(3).basis)
    assert algebra.invariant_inner_product() is not None
    assert algebra.closure() is algebra
    assert lie.LieAlgebra(size * lie.so(3).basis[:2]).closure().dimension == 3
    assert lie.principal_angles(size * lie.J[None], lie.so(2))[0] == pytest.approx(0.0, abs=1e-15)
    kind = lie.planar_type(size * lie.J)
    assert (kind.kind, kind.is_compact) == ("elliptic", True)
    assert kind.period == pytest.approx(2.0 * np.pi / size)


def test_an_algebra_rounded_to_float32_is_closed_and_compact_as_before():
    stretch = np.array([[2.0, 0.3, 0.0], [0.1, 1.0, -0.4], [0.0, 0.2, 0.5]])
    basis = stretch @ lie.so(3).basis @ np.linalg.inv(stretch)
    rounded = lie.LieAlgebra(basis[:2].astype(np.float32)).closure()
    assert rounded.dimension == 3
    assert np.allclose(
        rounded.invariant_inner_product(), lie.LieAlgebra(basis).invariant_inner_product(), atol=1e-5
    )


def test_exp_in_the_plane_of_entries_whose_squares_overflow():
    assert np.array_equal(lie.exp(np.diag([-1e155, -2e155])), np.zeros((2, 2)))
    assert np.allclose(lie.exp([[0.0, -1e160], [1e160, 0.0]]), lie.so2_exp(1e160))
    assert np.isclose(
        lie.exp([[0.0, 1e-300], [0.0, 800.0]])[0, 1], 1e-300 / 800 * np.exp(400.0) * np.exp(400.0)
    )
