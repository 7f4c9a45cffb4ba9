"""Polynomials on the set where states live."""

import numpy as np
import pytest

from hgmrl_lite import envs
from hgmrl_lite.hereditary.polynomials import ROWS, Surface, exponents_up_to, monomials, orthonormal


def test_tangent_directions_of_an_arm_are_those_in_which_it_moves():
    family = envs.arm()
    states = family.explore(family.base_task, 500, seed=1).states
    projections = Surface.of(states).tangent(states[:50])
    step = 1e-6
    for action in np.eye(2):
        ahead, behind = (
            family.system.mean_next_state(states[:50], np.tile(sign * step * action, (50, 1)))
            for sign in (1, -1)
        )
        moved = (ahead - behind) / (2 * step)
        np.testing.assert_allclose(np.einsum("nij,nj->ni", projections, moved), moved, atol=1e-7)
    # Two joints, two directions.
    np.testing.assert_allclose(np.trace(projections, axis1=1, axis2=2), 2.0, atol=1e-9)


@pytest.mark.parametrize("away", [0.0, 1e4])
def test_states_that_fill_their_space_are_on_no_surface(away):
    rng = np.random.default_rng(0)
    states = away + rng.normal(size=(400, 3)) @ np.diag([1.0, 1e-2, 1e2])
    points = states[:5]
    np.testing.assert_array_equal(Surface.of(states).tangent(points), np.tile(np.eye(3), (5, 1, 1)))


def test_a_basis_is_orthonormal_and_leads_back_to_the_monomials():
    # More rows than are decomposed together, of a circle, on which monomials depend on each other.
    angles = np.random.default_rng(0).uniform(-np.pi, np.pi, 2 * ROWS + 7)
    columns = monomials(np.column_stack([np.cos(angles), np.sin(angles)]), exponents_up_to(2, 0, ((4, 0),)))
    columns *= np.logspace(-3, 3, columns.shape[1])
    basis, to_basis, from_basis = orthonormal(columns.copy())
    # As many as there are sines and cosines of up to four times the angle.
    assert basis.shape == (len(angles), 9)
    np.testing.assert_allclose(basis.T @ basis, np.eye(9), atol=1e-10)
    np.testing.assert_allclose(basis @ to_basis, columns, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(columns @ from_basis, basis, atol=1e-10)
