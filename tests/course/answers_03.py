"""Sample answers to the exercises of lesson 03."""

import numpy as np


def residual_by_einsum(normals, generator, points):
    """Contract all indices at once."""
    return np.abs(np.einsum("ni,ij,nj->n", normals, generator, points))


def residual_in_a_loop(normals, generator, points):
    """Go point by point, and return a list."""
    return [abs(float(n @ (np.asarray(generator) @ p))) for n, p in zip(normals, points, strict=True)]


def residual_mean(normals, generator, points):
    """Return one number for all points."""
    return residual_by_einsum(normals, generator, points).mean()


def _unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def normals_by_tangents(matrix, normals):
    """Move the tangents, and take what is orthogonal, on the side of the old normal."""
    along = np.stack([-normals[:, 1], normals[:, 0]], axis=1) @ matrix.T
    across = np.stack([along[:, 1], -along[:, 0]], axis=1)
    return _unit(across * np.sign(np.linalg.det(matrix)))


def normals_by_solve(matrix, normals):
    """Solve Lᵀ n' = n."""
    return _unit(np.linalg.solve(np.asarray(matrix).T, normals.T).T)


def normals_unscaled(matrix, normals):
    """Leave the length as it comes out."""
    return normals @ np.linalg.inv(matrix)


def gradient_by_normal_equations(points, values, place, k):
    """Centre the neighbours instead of fitting a constant."""
    distance = np.hypot(*(points - place).T)
    near = np.argpartition(distance, k - 1)[:k]
    offsets = points[near] - points[near].mean(axis=0)
    return np.linalg.solve(offsets.T @ offsets, offsets.T @ (values[near] - values[near].mean()))


def gradient_in_place_coordinates(points, values, place, k):
    """Fit in absolute coordinates; sort by the squared distance."""
    near = np.argsort(((points - place) ** 2).sum(axis=1), kind="stable")[:k]
    design = np.hstack([points[near], np.ones((k, 1))])
    return np.linalg.lstsq(design, values[near], rcond=None)[0][:2].tolist()


def gradient_through_zero(points, values, place, k):
    """Forget the constant."""
    offsets = points - place
    near = np.argsort(np.hypot(*offsets.T))[:k]
    return np.linalg.lstsq(offsets[near], values[near], rcond=None)[0]


def gradient_of_all(points, values, place, k):
    """Use every point."""
    return gradient_by_normal_equations(points, values, place, len(points))


def gradient_of_the_first(points, values, place, k):
    """Use the first k points."""
    return gradient_by_normal_equations(points[:k], values[:k], place, k)


def gradient_of_the_farthest(points, values, place, k):
    """Sort the wrong way round."""
    far = np.argsort(-np.hypot(*(points - place).T))[:k]
    return gradient_by_normal_equations(points[far], values[far], place, k)


def gradient_with_constant(points, values, place, k):
    """Return the constant as well."""
    offsets = points - place
    near = np.argsort(np.hypot(*offsets.T))[:k]
    return np.linalg.lstsq(np.column_stack([np.ones(k), offsets[near]]), values[near], rcond=None)[0]


RIGHT = {"f1": "A", "f2": "B", "f3": "C", "f4": "D", "f5": "none"}

ANSWERS = {
    "03.1": {
        "correct": [
            {**RIGHT, "f5": "None"},
            {name: letter.lower() for name, letter in RIGHT.items()},
        ],
        "mistakes": [
            ({**RIGHT, "f1": "none"}, "Which flow stays on circles?"),
            ({**RIGHT, "f2": "A"}, "Along which field does xy stay as it is?"),
            ({**RIGHT, "f3": "none"}, "does not depend on x"),
            ({**RIGHT, "f4": "A"}, "df_p = (2x, 8y)"),
            ({**RIGHT, "f5": "C"}, "df_p = (1, 2y)"),
            ({**RIGHT, "f4": ...}, '"f4" is still open'),
            ({"f1": "A"}, 'The entry "f2" is missing'),
            ({**RIGHT, "f1": "E"}, "should be one of"),
        ],
    },
    "03.2": {
        "correct": [residual_by_einsum, residual_in_a_loop],
        "mistakes": [
            (lambda n, w, p: (n * (p @ w.T)).sum(axis=1), "take the absolute value"),
            (lambda n, w, p: (n * (p @ w.T)).sum(axis=1) ** 2, "This is the square"),
            (lambda n, w, p: np.abs((n * (p @ w)).sum(axis=1)), "This is n · (Wᵀ p)"),
            (lambda n, w, p: residual_by_einsum(p, w, n), "Have normal and point changed places"),
            (residual_mean, "should have shape (7,), but is a single number"),
        ],
    },
    "03.3": {
        "correct": [normals_by_tangents, normals_by_solve],
        "mistakes": [
            (lambda m, n: _unit(n @ m.T), "moved as if it were a tangent"),
            (lambda m, n: _unit(n @ np.linalg.inv(m).T), "A transpose is missing"),
            (lambda m, n: _unit(n @ m), "The inverse is missing"),
            (lambda m, n: -normals_by_solve(m, n), "points the wrong way"),
            (normals_unscaled, "not unit vectors"),
        ],
    },
    "03.4": {
        "correct": [gradient_by_normal_equations, gradient_in_place_coordinates],
        "mistakes": [
            (gradient_through_zero, "a column of ones"),
            (gradient_of_all, "Only the k nearest should be"),
            (gradient_of_the_first, "the first k points"),
            (gradient_of_the_farthest, "farthest away"),
            (gradient_with_constant, "should have shape (2,)"),
        ],
    },
    "03.5": {
        "correct": [{"clean": 45, "noisy": 400}, {"clean": np.int64(16), "noisy": 220.0}],
        "mistakes": [
            ({"clean": 30, "noisy": 30}, "this is variance"),
            ({"clean": 300, "noisy": 300}, "this is bias"),
            ({"clean": 3, "noisy": 300}, "out of range"),
            ({"clean": 30.5, "noisy": 300}, "one whole number"),
            ({"clean": 30, "noisy": ...}, '"noisy" is still open'),
        ],
    },
}
