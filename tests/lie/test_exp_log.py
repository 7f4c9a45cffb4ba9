"""Exp and log: against SciPy where it is right, and near a half turn against the known answer."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from hgmrl_lite import lie

J = lie.J
seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=25, deadline=None, derandomize=True)


def unit_vectors(count: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, 3))
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def rotation_blocks(*angles: float) -> np.ndarray:
    return scipy.linalg.block_diag(*lie.so2_exp(np.array(angles)))


# ---- exp


@some
@given(seed=seeds, scale=st.sampled_from([1e-300, 1e-12, 1e-4, 1.0, 5.0]))
def test_exp_agrees_with_scipy(seed, scale):
    rng = np.random.default_rng(seed)
    for matrix in (
        scale * rng.normal(size=(3, 1, 2, 2, 2)),
        scale * rng.normal(size=(4, 1, 1)),
        scale * rng.normal(size=(2, 4, 4)),
        scale * lie.so3_hat(rng.normal(size=(4, 3))),
        scale * lie.se(2).matrix(rng.normal(size=(4, 3))),
        scale * np.pad(rng.normal(size=(4, 2, 3)), ((0, 0), (0, 1), (0, 0))),
    ):
        expected = scipy.linalg.expm(matrix)
        assert np.abs(lie.exp(matrix) - expected).max() <= 1e-11 * np.abs(expected).max()


def test_closed_forms_take_coordinates():
    theta = np.random.default_rng(0).uniform(-3.0, 3.0, (5, 3))
    assert np.allclose(lie.so2_exp(theta), scipy.linalg.expm(theta[..., None, None] * J), atol=1e-14)
    assert np.allclose(lie.so3_exp(theta), scipy.linalg.expm(lie.so3_hat(theta)), atol=1e-14)


def test_exp_of_2x2_neither_overflows_nor_divides_by_zero():
    assert np.array_equal(lie.exp(np.diag([0.0, -2000.0])), np.diag([1.0, 0.0]))
    assert np.array_equal(lie.exp([[0.0, 3.0], [0.0, 0.0]]), [[1.0, 3.0], [0.0, 1.0]])
    assert np.array_equal(lie.exp(np.zeros((2, 2))), np.eye(2))


def test_exp_keeps_the_last_row_of_affine_maps_exact():
    matrix = np.pad(np.random.default_rng(0).normal(size=(20, 3, 4)), ((0, 0), (0, 1), (0, 0)))
    assert np.array_equal(lie.exp(matrix)[:, -1], np.tile([0.0, 0.0, 0.0, 1.0], (20, 1)))


# ---- log of rotations


def test_so3_log_agrees_with_scipy_on_random_rotations():
    matrices = Rotation.random(500, random_state=0).as_matrix()
    assert np.allclose(lie.so3_log(matrices), Rotation.from_matrix(matrices).as_rotvec(), atol=1e-13)


@pytest.mark.parametrize("short", [1e-1, 1e-2, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12, 1e-14, 0.0])
def test_so3_log_finds_the_axis_near_a_half_turn(short):
    axes = unit_vectors(300)
    omega = lie.so3_log(lie.so3_exp((np.pi - short) * axes))
    # At a half turn, up to rounding, both signs are logarithms.
    agree = np.sign(np.sum(omega * axes, axis=-1, keepdims=True)) if short < 1e-14 else 1.0
    assert np.abs(agree * omega - (np.pi - short) * axes).max() <= 1e-13


def test_so3_log_of_a_half_turn_has_its_largest_entry_positive():
    special = np.array([[1, 0, 0], [0, -1, 0], [0, 0, -1], [-1, 2, 0], [1, -3, 2]], dtype=float)
    axes = np.concatenate([special / np.linalg.norm(special, axis=-1, keepdims=True), unit_vectors(300)])
    outer = axes[:, :, None] * axes[:, None, :]
    omega = lie.so3_log(2.0 * outer - np.eye(3))
    assert np.allclose(np.abs(np.sum(omega * axes, axis=-1)), np.pi, atol=1e-14)
    assert (omega[np.arange(len(omega)), np.abs(omega).argmax(axis=-1)] > 0.0).all()


@pytest.mark.parametrize("size", [1e-3, 1e-8, 1e-15, 1e-30, 1e-200])
def test_logs_of_tiny_rotations_keep_their_digits(size):
    omega = size * unit_vectors(50)
    assert np.allclose(lie.so3_log(lie.so3_exp(omega)), omega, rtol=1e-14, atol=0.0)
    assert np.allclose(lie.so2_log(lie.so2_exp(omega)), omega, rtol=1e-14, atol=0.0)


def test_a_half_turn_of_the_plane_is_plus_pi_from_both_sides():
    angles = lie.so2_log(lie.so2_exp([np.pi, -np.pi, np.pi - 1e-9, -np.pi + 1e-9]))
    assert np.allclose(angles, [np.pi, np.pi, np.pi - 1e-9, -np.pi + 1e-9], rtol=0.0, atol=1e-15)
    motion = lie.se(2).log(lie.se(2).exp([-np.pi, 1.0, 2.0]))
    assert np.allclose(motion, [np.pi, -1.0, -2.0], atol=1e-13)


def test_so3_takes_any_layout_and_any_number_of_elements():
    omega = np.random.default_rng(0).uniform(-2.0, 2.0, (40_000, 3))
    rotations = lie.so3_exp(omega)
    assert np.array_equal(rotations[::4001], [lie.so3_exp(row) for row in omega[::4001]])
    assert np.array_equal(lie.so3_exp(np.asfortranarray(omega)), rotations)
    logs = lie.so3_log(rotations)
    assert np.array_equal(lie.so3_log(rotations[::4001]), logs[::4001])
    assert np.array_equal(lie.so3_log(np.asfortranarray(rotations)), logs)
    assert np.allclose(lie.so3_log(rotations.astype(np.float32)), logs, atol=2e-4)
    assert lie.so3_exp(np.zeros((0, 3))).shape == (0, 3, 3)
    assert lie.so3_log(np.zeros((2, 0, 3, 3))).shape == (2, 0, 3)


# ---- log of anything


@some
@given(seed=seeds, n=st.integers(1, 5))
def test_log_agrees_with_scipy_where_it_is_principal(seed, n):
    rng = np.random.default_rng(seed)
    generator = rng.normal(size=(n, n))
    turn = np.abs(np.linalg.eigvals(generator).imag).max()
    generator *= min(1.0, 2.5 / max(turn, 1e-9))
    element = scipy.linalg.expm(generator)
    scale = np.linalg.cond(element) * np.linalg.norm(generator)
    assert np.abs(lie.log(element) - generator).max() <= 1e-12 * max(1.0, scale)
    assert np.abs(lie.log(element) - scipy.linalg.logm(element)).max() <= 1e-12 * max(1.0, scale)


@pytest.mark.parametrize(
    ("n", "short"),
    [*((2, short) for short in (1e-2, 1e-5, 1e-9, 1e-12, 0.0)), (3, 1e-2), (4, 1e-2), (5, 1e-2)],
)
def test_log_of_any_turn_near_pi_in_any_basis(short, n):
    rng = np.random.default_rng(n)
    basis = rng.normal(size=(n, n))
    block = np.eye(n)
    block[:2, :2] = 2.0 * lie.so2_exp(np.pi - short)
    block[2:, 2:] = scipy.linalg.expm(0.5 * rng.normal(size=(n - 2, n - 2)))
    element = basis @ block @ np.linalg.inv(basis)
    logarithm = lie.log(element)
    assert logarithm.dtype == np.float64
    assert np.abs(scipy.linalg.expm(logarithm) - element).max() <= 1e-11 * np.linalg.cond(basis)
    assert np.abs(np.linalg.eigvals(logarithm).imag).max() <= np.pi + 1e-6


@pytest.mark.parametrize(
    "angles",
    [
        (np.pi, np.pi),
        (np.pi - 1e-9, np.pi),
        (np.pi - 1e-9, np.pi - 1e-9),
        (3.0, -3.0),
        (1.0, 1.0),
        (0.0, np.pi),
    ],
)
def test_log_of_an_orthogonal_matrix_is_skew(angles):
    basis = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 5)))[0]
    element = basis @ scipy.linalg.block_diag(rotation_blocks(*angles), [[1.0]]) @ basis.T
    logarithm = lie.log(element)
    assert np.array_equal(logarithm, -logarithm.T)
    assert np.abs(scipy.linalg.expm(logarithm) - element).max() <= 1e-13
    assert np.linalg.norm(logarithm, 2) <= np.pi + 1e-12


@pytest.mark.parametrize("factor", [1.0, 2.0, 1e-3])
def test_log_of_a_negative_multiple_of_the_identity_of_the_plane(factor):
    assert np.allclose(lie.log(-factor * np.eye(2)), np.log(factor) * np.eye(2) + np.pi * J, atol=1e-15)


def test_log_of_a_half_turn_about_a_point_is_affine():
    centre = np.array([2.0, -1.0])
    element = np.block([[-np.eye(2), 2.0 * centre[:, None]], [np.zeros(2), 1.0]])
    assert np.allclose(lie.log(element), np.pi * lie.rotations_about(centre).basis[0], atol=1e-14)


JORDAN = np.array([[-1.0, 1.0], [0.0, -1.0]])
ROW = np.array([[1.0, 2.0, 0.0, 1.0], [0.0, 1.0, 1.0, -1.0], [1.0, 0.0, 2.0, 0.0], [0.0, 1.0, 0.0, 1.0]])


@pytest.mark.parametrize("factor", [1.0, 2.0, 1e-3])
@pytest.mark.parametrize("angles", [(np.pi, np.pi), (3.1, 3.1), (np.pi - 1e-9, np.pi - 1e-5), (np.pi, 1.0)])
def test_log_of_a_multiple_of_a_rotation(angles, factor):
    basis = np.linalg.qr(ROW)[0]
    element = factor * basis @ rotation_blocks(*angles) @ basis.T
    logarithm = lie.log(element)
    assert np.abs(scipy.linalg.expm(logarithm) - element).max() <= 1e-13
    skew = logarithm - np.log(factor) * np.eye(4)
    assert np.abs(skew + skew.T).max() <= 1e-14


@pytest.mark.parametrize("basis", [np.eye(4), ROW], ids=["plain", "conjugated"])
@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ([np.diag([-1.0, -2.0]), np.eye(2)], "eigenvalue -2 occurs once"),
        ([-np.eye(3), [[1.0]]], "eigenvalue -1 occurs 3 times"),
        ([-2.0 * np.eye(2), np.diag([3.0, 4.0])], "eigenvalue -2 is not that of a multiple of a rotation"),
        ([JORDAN, np.diag([2.0, 3.0])], "no real logarithm"),
        ([np.diag([0.0, 1.0, 2.0, 3.0])], "singular"),
    ],
)
def test_log_names_the_eigenvalue_that_forbids_it(blocks, message, basis):
    element = basis @ scipy.linalg.block_diag(*blocks) @ np.linalg.inv(basis)
    with pytest.raises(ValueError, match=message):
        lie.log(element)


@pytest.mark.parametrize(
    ("element", "message"),
    [
        (np.diag([-1.0, -2.0]), "eigenvalue -2 occurs once"),
        (JORDAN, "Jordan blocks of the negative eigenvalue -1"),
        (np.diag([1.0, -1.0]), "eigenvalue -1 occurs once"),
        (np.ones((2, 2)), "singular"),
        (np.zeros((2, 2)), "singular"),
        ([[-3.0]], "-3"),
        ([[0.0]], "0"),
        ([np.eye(2), np.diag([-1.0, -2.0])], r"index \(1,\)"),
        (np.diag([-1.0, 1.0, 1.0]), "eigenvalue -1 occurs once"),
        (np.diag([1.0, 1.0, -1.0]), "eigenvalue -1 occurs once"),
    ],
)
def test_log_of_small_matrices_without_one(element, message):
    with pytest.raises(ValueError, match=message):
        lie.log(element)


def test_tiny_determinants_are_not_singular():
    assert np.allclose(lie.log(np.diag([1e-20, 1.0])), np.diag([np.log(1e-20), 0.0]))
    assert np.allclose(lie.log(1e-160 * np.eye(2)), np.log(1e-160) * np.eye(2))
