"""Sample answers to the exercises of lesson 04."""

import numpy as np
from scipy.linalg import expm, null_space


def functional_by_loop(generator, f, points, times):
    """Take one point after another."""
    changes = [f(expm(t * generator) @ p) - f(p) for t, p in zip(times, points, strict=True)]
    return np.mean(np.abs(changes))


def functional_by_einsum(generator, f, points, times):
    """Sum over indices."""
    moved = np.einsum("ijk,ik->ij", expm(times[:, None, None] * generator), points)
    return abs(f(moved) - f(points)).sum() / len(points)


def functional_signed(generator, f, points, times):
    """Forget the absolute value."""
    return np.mean(f(np.einsum("ijk,ik->ij", expm(times[:, None, None] * generator), points)) - f(points))


def functional_first_order(generator, f, points, times):
    """Take the beginning of the series for the exponential."""
    return np.mean(np.abs(f(points + times[:, None] * (points @ generator.T)) - f(points)))


def rows_of(points, normals):
    """Return the linear system."""
    return np.stack([np.outer(n, p).ravel() for n, p in zip(normals, points, strict=True)])


def null_by_eigenvectors(points, normals):
    """Use the smallest eigenvector of AᵀA."""
    rows = rows_of(points, normals)
    return np.linalg.eigh(rows.T @ rows)[1][:, 0].reshape(2, 2)


def null_by_scipy(points, normals):
    """Ask SciPy."""
    return -null_space(rows_of(points, normals), rcond=1e-8)[:, 0].reshape(2, 2)


def null_of_the_largest(points, normals):
    """Take the wrong end of the spectrum."""
    return np.linalg.svd(rows_of(points, normals))[2][0].reshape(2, 2)


def null_transposed(points, normals):
    """Swap point and normal."""
    return np.linalg.svd(rows_of(normals, points))[2][-1].reshape(2, 2)


def null_of_other_length(points, normals):
    """Scale the generator."""
    return 3.0 * null_by_eigenvectors(points, normals)


ANSWERS = {
    "04.1": {
        "correct": [functional_by_loop, functional_by_einsum],
        "mistakes": [
            (functional_signed, "Positive and negative changes cancel"),
            (functional_first_order, "only the beginning of exp(tW)"),
            (lambda w, f, p, t: functional_by_loop(w.T, f, p, t), "transposed matrix"),
            (lambda w, f, p, t: functional_by_loop(w, f, p, np.ones_like(t)), "its own time"),
            (lambda w, f, p, t: len(p) * functional_by_loop(w, f, p, t), "the loss is their mean"),
        ],
    },
    "04.2": {
        "correct": ["Functional", " functional "],
        "mistakes": [
            ("both", "What of them enters the differential loss"),
            ("differential", "Do the level sets change"),
            ("neither", "subtracts values of f"),
        ],
    },
    "04.3": {
        "correct": [[[0, 1], [1, 0]], np.array([[0.1, 0.9], [0.8, 0.1]])],
        "mistakes": [
            ([[0.1, 0.0], [0.6, 0.2]], "On which side is the plateau"),
            ([[1, -1], [1, 1]], "should be from 0 to 1"),
            (np.zeros((2, 2)), "no direction"),
            ([0.5, 0.5], "should have shape (2, 2)"),
        ],
    },
    "04.4": {
        "correct": [null_by_eigenvectors, null_by_scipy],
        "mistakes": [
            (null_of_the_largest, "*largest* singular value"),
            (null_transposed, "this is Wᵀ"),
            (null_of_other_length, "the norm should be 1"),
            (lambda p, n: np.zeros((2, 2)), "Ask for norm 1"),
        ],
    },
    "04.5": {
        "correct": [[1, 3, 1, 0], np.array([1.0, 3.0, 1.0, 0.0])],
        "mistakes": [
            ((1, 1, 1, 0), "along horizontal lines"),
            ((1, 3, 1, 1), "rounded corners"),
            ((1, 3, 0, 0), "shrink y by the same factor"),
            ((3, 3, 1, 0), "keep the circles about c"),
            ((1, 3), "should have shape (4,)"),
        ],
    },
}
