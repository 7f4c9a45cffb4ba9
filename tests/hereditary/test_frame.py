"""The frame of an inner product, and what generators and matrices are in it."""

import numpy as np
import pytest

from hgmrl_lite import lie
from hgmrl_lite.hereditary.frame import Frame, form_in_units, in_units, partners, symmetric_basis


def form_of(n):
    root = np.eye(n) + 0.2 * np.random.default_rng(n).normal(size=(n, n))
    return root.T @ root


@pytest.mark.parametrize("n", [2, 3, 4])
def test_turns_keep_the_form_and_close_after_a_full_one(n):
    form = form_of(n)
    basis = Frame.of(form).turns
    assert basis.shape == (n * (n - 1) // 2, n, n)
    np.testing.assert_allclose(basis.swapaxes(-1, -2) @ form + form @ basis, 0.0, atol=1e-12)
    np.testing.assert_allclose(
        lie.exp(2.0 * np.pi * basis), np.broadcast_to(np.eye(n), basis.shape), atol=1e-10
    )


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_strains_are_symmetric_and_keep_the_volume(n):
    basis = Frame.of(np.eye(n)).strains
    assert len(basis) == n * (n + 1) // 2 - 1
    np.testing.assert_allclose(basis, basis.swapaxes(-1, -2))
    np.testing.assert_allclose(np.trace(basis, axis1=-2, axis2=-1), 0.0, atol=1e-12)
    for part in (basis, symmetric_basis(n)):
        flat = part.reshape(len(part), n * n)
        np.testing.assert_allclose(flat @ flat.T, np.eye(len(part)), atol=1e-12)


def test_inside_is_orthogonal_what_keeps_the_form_and_outside_is_back():
    form = form_of(3)
    frame = Frame.of(form)
    left = lie.exp(1.2 * frame.turns[0])
    inside = frame.inside(left)
    np.testing.assert_allclose(inside.T @ inside, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(frame.outside(inside), left, atol=1e-12)
    assert frame.stretch(left) < 1e-25
    assert frame.stretch(1.5 * left) == pytest.approx(np.log(1.5) ** 2)
    # The part that keeps the form, and the scale that makes the frame.
    np.testing.assert_allclose(frame.skew_part(frame.turns + frame.strains[:3]), frame.turns, atol=1e-12)


def test_partners_make_the_same_of_actions():
    response = np.array([[2.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    matrix = np.diag([1.0, 2.0, 1.5])
    np.testing.assert_allclose(
        response.T @ response @ partners(matrix, response), response.T @ matrix @ response, atol=1e-12
    )


def test_units_change_matrices_and_forms_alike():
    scale, form = np.array([2.0, 1e-3]), form_of(2)
    form = form / np.sqrt(np.linalg.det(form))
    left = lie.exp(0.7 * Frame.of(form).turns[0])
    seen = Frame.of(form_in_units(form, scale))
    assert np.linalg.det(form_in_units(form, scale)) == pytest.approx(1.0)
    assert seen.stretch(in_units(left, scale)) < 1e-20
    lifted = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    np.testing.assert_allclose(in_units(lifted, scale)[:2, 2], scale)
