"""Every bad input is a ValueError that names the argument and says what is needed."""

import numpy as np
import pytest

from hgmrl_lite import lie

J = lie.J
NAN = np.full((2, 2), np.nan)
TWO_AXES = lie.LieAlgebra(lie.so(3).basis[:2])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lie.exp(np.zeros((2, 3))), "matrix must be square"),
        (lambda: lie.exp(np.zeros(3)), "matrix must have shape"),
        (lambda: lie.exp(NAN), "matrix must be finite"),
        (lambda: lie.log(np.full((3, 3), np.inf)), "matrix must be finite"),
        (lambda: lie.log([["a"]]), "matrix must be an array of real numbers"),
        (lambda: lie.so2_exp(np.nan), "angle must be finite"),
        (lambda: lie.so2_log(np.diag([1.0, -1.0])), "rotation must be a rotation matrix"),
        (lambda: lie.so2_log(2.0 * np.eye(2)), "rotation must be a rotation matrix"),
        (lambda: lie.so2_log([[1.0, 0.1], [0.0, 1.0]]), "rotation must be a rotation matrix"),
        (lambda: lie.so3_exp([1.0, 2.0]), "omega must have shape"),
        (lambda: lie.so3_exp([1.0, 2.0, np.nan]), "omega must be finite"),
        (lambda: lie.so3_exp([1e200, 0.0, 0.0]), "omega must be shorter"),
        (lambda: lie.so3_log(1e200 * np.eye(3)), "rotation must be a rotation matrix"),
        (lambda: lie.so3_log(-np.eye(3)), "rotation must be a rotation matrix"),
        (lambda: lie.so3_log(np.full((5, 3, 3), np.nan)), "rotation must be finite"),
        (lambda: lie.so3_log(np.full((3, 3), np.inf)), "rotation must be finite"),
        (lambda: lie.so3_log(np.diag([1.0, 1.0, 1.001])), "0.001 away"),
        (lambda: lie.so3_log([[1.0, 0.01, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), "rotation must be"),
        (lambda: lie.so3_log(np.eye(2)), "rotation must have shape"),
        (lambda: lie.so3_log("turn"), "rotation must be an array of real numbers"),
        (lambda: lie.planar_type(np.eye(3)), "generator must have shape"),
        (lambda: lie.so(2).log(J, tol=-1.0), "tol must be at least 0"),
        (lambda: lie.bracket(np.eye(2), np.eye(3)), "one size"),
        (lambda: lie.polar_factor(np.diag([1.0, 0.0])), "matrix must be invertible"),
        (lambda: lie.polar_factor(J, -np.eye(2)), "inner_product must be positive definite"),
        (lambda: lie.polar_factor(J, [[1.0, 1.0], [0.0, 1.0]]), "inner_product must be symmetric"),
        (lambda: lie.polar_factor(J, np.eye(3)), "inner_product must have shape"),
        (lambda: lie.find_inner_product([J], tol=0.0), "tol must be positive"),
        (lambda: lie.principal_angles([J], [np.eye(3)]), "one size"),
        (lambda: lie.principal_angles([J, 2.0 * J], [J]), "first must be linearly independent"),
        (lambda: lie.principal_angles([J], [np.zeros((2, 2))]), "second must be linearly independent"),
        (lambda: lie.so(1), "n must be a whole number of at least 2"),
        (lambda: lie.scalings(2.0), "n must be a whole number"),
        (lambda: lie.rotations_about([1.0]), "centre must have at least 2"),
        (lambda: lie.LieAlgebra(J), "basis must have shape"),
        (lambda: lie.LieAlgebra(np.zeros((1, 2, 3))), "basis must be square"),
        (lambda: lie.LieAlgebra([NAN]), "basis must be finite"),
        (lambda: lie.LieAlgebra([J, 2.0 * J]), "2 generators of rank 1"),
        (lambda: lie.LieAlgebra([J, 1e-6 * (J + 1e-12)]), "linearly independent"),
        (lambda: lie.LieAlgebra([J, np.zeros((2, 2))]), "zero at 1"),
        (lambda: lie.LieAlgebra(np.random.default_rng(0).normal(size=(5, 2, 2))), "rank 4"),
        (lambda: lie.LieAlgebra([np.eye(3)], affine=True), "last row of zeros"),
        (lambda: lie.so(3).exp([1.0]), "theta must have shape"),
        (lambda: lie.se(2).exp([1.0]), "theta must have shape"),
        (lambda: lie.so(3).log(np.eye(2)), "element must have shape"),
        (
            lambda: lie.so(2).log(np.diag([1.0, 2.0])),
            "element must be in the group of LieAlgebra\\(so\\(2\\)",
        ),
        (lambda: lie.so(2).log(np.diag([1.0, -1.0])), "no real logarithm"),
        (lambda: lie.se(2).log(np.diag([1.0, 1.0, 2.0])), "element must be homogeneous"),
        (lambda: lie.se(2).log(np.diag([2.0, 1.0, 1.0])), "element must be in the group"),
        (lambda: lie.so(2).velocities([1.0, 2.0, 3.0]), "points must have shape"),
        (lambda: TWO_AXES.closure(tol=0.0), "tol must be positive"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
