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


def normals_of_moved_tangents(matrix, normals):
    """Move the tangents, and turn them by 90°, whatever the sign."""
    along = np.stack([-normals[:, 1], normals[:, 0]], axis=1) @ np.asarray(matrix).T
    return _unit(np.stack([along[:, 1], -along[:, 0]], axis=1))


def normals_by_cofactors(matrix, normals):
    """Leave out the determinant, which only changes length and sign."""
    (a, b), (c, d) = np.asarray(matrix)
    return _unit(normals @ np.array([[d, -c], [-b, a]]).T)


def normals_with_mixed_signs(matrix, normals):
    """Let every normal point to the right."""
    moved = normals_by_solve(matrix, normals)
    return np.where(moved[:, :1] < 0, -moved, moved)


def tangents_of_moved(matrix, normals):
    """Return the moved tangents."""
    return _unit(np.stack([-normals[:, 1], normals[:, 0]], axis=1) @ np.asarray(matrix).T)


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


def gradient_by_pseudoinverse(points, values, place, k):
    """Use the pseudoinverse of the centred offsets."""
    near = np.argsort(np.linalg.norm(points - place, axis=1))[:k]
    centred = points[near] - points[near].mean(axis=0)
    return np.linalg.pinv(centred) @ values[near]


def gradient_of_a_part(part):
    """Choose other neighbours from the order of the distances."""

    def gradient(points, values, place, k):
        near = np.argsort(np.hypot(*(points - place).T))[part(k)]
        return gradient_by_normal_equations(points[near], values[near], place, len(near))

    return gradient


def gradient_of_a_paraboloid(points, values, place, k):
    """Fit the second order as well."""
    x, y = (points - place).T
    near = np.argsort(np.hypot(x, y))[:k]
    design = np.column_stack([np.ones(len(points)), x, y, x * x, x * y, y * y])[near]
    return np.linalg.lstsq(design, values[near], rcond=None)[0][1:3]


def gradient_weighted(points, values, place, k):
    """Let nearer points count more."""
    offsets = points - place
    distance = np.hypot(*offsets.T)
    near = np.argsort(distance)[:k]
    weight = np.sqrt(np.exp(-distance[near] / distance[near].max()))[:, None]
    design = np.column_stack([np.ones(k), offsets[near]])
    return np.linalg.lstsq(weight * design, weight[:, 0] * values[near], rcond=None)[0][1:]


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
            {**RIGHT, "f5": None},
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
            ({**RIGHT, "f1": None}, "Which flow stays on circles?"),
            ({**RIGHT, "f4": None}, "df_p = (2x, 8y)"),
            ({**RIGHT, "f2": "D"}, "Along which field does xy stay as it is?"),
            (list(RIGHT.values()), "should be the dictionary"),
        ],
    },
    "03.2": {
        "correct": [
            residual_by_einsum,
            residual_in_a_loop,
            lambda n, w, p: np.abs(np.diagonal(n @ w @ p.T)),
            lambda n, w, p: np.sqrt(((n * (p @ w.T)).sum(axis=1)) ** 2),
        ],
        "mistakes": [
            (lambda n, w, p: (n * (p @ w.T)).sum(axis=1), "take the absolute value"),
            (lambda n, w, p: (n * (p @ w.T)).sum(axis=1) ** 2, "This is the square"),
            (lambda n, w, p: np.abs((n * (p @ w)).sum(axis=1)), "This is n · (Wᵀ p)"),
            (lambda n, w, p: residual_by_einsum(p, w, n), "Have normal and point changed places"),
            (residual_mean, "should have shape (7,), but is a single number"),
            (lambda n, w, p: np.abs(n * (p @ w.T)).sum(axis=1), "comes after the sum"),
            (
                lambda n, w, p: residual_by_einsum(n, w, p) / np.linalg.norm(p @ w.T, axis=1),
                "does not divide by the speed",
            ),
            (lambda n, w, p: np.linalg.norm(p @ w.T, axis=1), "Which part of it is along n"),
            (lambda n, w, p: np.abs(n @ (w @ p.T)), "should have shape (7,), but has shape (7, 7)"),
            (lambda n, w, p: np.abs(n @ (w @ p)), "two sides of `@` do not fit"),
            (lambda n, w, p: np.minimum(residual_by_einsum(n, w, p), 1.0), "The residual should be"),
        ],
    },
    "03.3": {
        "correct": [
            normals_by_tangents,
            normals_by_solve,
            normals_of_moved_tangents,
            normals_by_cofactors,
            normals_with_mixed_signs,
            lambda m, n: -normals_by_solve(m, n),
        ],
        "mistakes": [
            (lambda m, n: _unit(n @ m.T), "moved as if it were a tangent"),
            (lambda m, n: _unit(n @ np.linalg.inv(m).T), "A transpose is missing"),
            (lambda m, n: _unit(n @ m), "The inverse is missing"),
            (normals_unscaled, "not unit vectors"),
            (lambda m, n: -normals_unscaled(m, n), "not unit vectors"),
            (tangents_of_moved, "These are the moved tangents"),
            (lambda m, n: -tangents_of_moved(m, n), "These are the moved tangents"),
            (lambda m, n: n, "These are the normals as they were"),
            (lambda m, n: -_unit(n @ m.T), "moved as if it were a tangent"),
            (lambda m, n: _unit(np.linalg.inv(m).T @ n.T), "should have shape (6, 2), but has shape (2, 6)"),
            (lambda m, n: np.linalg.inv(m).T @ n, "two sides of `@` do not fit"),
        ],
    },
    "03.4": {
        "correct": [
            gradient_by_normal_equations,
            gradient_in_place_coordinates,
            gradient_by_pseudoinverse,
        ],
        "mistakes": [
            (gradient_through_zero, "a column of ones"),
            (gradient_of_all, "Only the k nearest should be"),
            (gradient_of_the_first, "the first k points"),
            (gradient_of_the_farthest, "farthest away"),
            (gradient_with_constant, "should have shape (2,)"),
            (gradient_of_a_part(lambda k: slice(0, k + 1)), "one neighbour too many"),
            (gradient_of_a_part(lambda k: slice(1, k + 1)), "The nearest point is left out"),
            (gradient_of_a_part(lambda k: slice(0, k - 1)), "one neighbour too few"),
            (lambda *a: gradient_by_normal_equations(*a)[::-1], "have changed places"),
            (lambda *a: _unit(gradient_by_normal_equations(*a)[None])[0], "keeps its length"),
            (gradient_of_a_paraboloid, "The gradient from 12 neighbours"),
            (gradient_weighted, "The gradient from 12 neighbours"),
            (lambda p, v, c, k: gradient_by_normal_equations(p, v, 0 * c, k), "nearest to the origin"),
        ],
    },
    "03.5": {
        "correct": [
            {"clean": 45, "noisy": 400},
            {"clean": np.int64(16), "noisy": 220.0},
            {"clean": 12, "noisy": 500},
        ],
        "mistakes": [
            ({"clean": 30, "noisy": 30}, "this is variance"),
            ({"clean": 300, "noisy": 300}, "this is bias"),
            ({"clean": 3, "noisy": 300}, "out of range"),
            ({"clean": 30.5, "noisy": 300}, "one whole number"),
            ({"clean": 30, "noisy": ...}, '"noisy" is still open'),
            ({"clean": 30, "noisy": 1000}, "this is bias"),
            ({"clean": 150, "noisy": 150}, "this is bias"),
            ({"clean": 100, "noisy": 100}, "this is variance"),
            ({"clean": 5001, "noisy": 300}, "out of range"),
            ({"clean": -30, "noisy": 300}, "out of range"),
            ({"clean": "30", "noisy": 300}, "should be numbers"),
            ({"clean": [30], "noisy": 300}, "one whole number"),
            ((30, 300), "should be the dictionary"),
        ],
    },
}
