"""Sample answers to the exercises of lesson 00."""

import numpy as np

from hgmrl_lite.course.lesson_00 import rotate as turn


def rotate(points, angle):
    """Turn by complex multiplication."""
    points = np.asarray(points)
    turned = (points[..., 0] + 1j * points[..., 1]) * np.exp(1j * angle)
    return np.stack([turned.real, turned.imag], axis=-1)


def rotate_rows(points, angle):
    """Write out both coordinates."""
    x, y = np.moveaxis(np.asarray(points), -1, 0)
    return np.stack([x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)], axis=-1)


def rotate_in_degrees(points, angle):
    """Take the angle for degrees."""
    return rotate(points, np.radians(angle))


def rotate_columns_only(points, angle):
    """Multiply rows by the matrix that is meant for columns."""
    cosine, sine = np.cos(angle), np.sin(angle)
    matrix = np.array([[cosine, -sine], [sine, cosine]])
    return matrix @ points if points.ndim == 1 else points @ matrix


def rotate_in_place(points, angle):
    """Overwrite the points."""
    points[...] = rotate(points, angle)
    return points


def rotate_by_unpacking(points, angle):
    """Take the two coordinates of one point."""
    x, y = points
    return np.array([x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)])


def rotate_by_first_length(points, angle):
    """Take two points for one."""
    cosine, sine = np.cos(angle), np.sin(angle)
    matrix = np.array([[cosine, -sine], [sine, cosine]])
    return matrix @ points if len(points) == 2 else points @ matrix.T


def rotate_a_little(points, angle):
    """Take the first terms of the series for the whole."""
    return rotate(points, 0.0) + angle * rotate(points, np.pi / 2)


def rotate_about_the_mean(points, angle):
    """Turn about the middle of the points."""
    middle = points.mean(axis=0) if points.ndim == 2 else np.zeros(2)
    return rotate(points - middle, angle) + middle


def matrix_of(angle):
    """Return the matrix of a rotation."""
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def transformed_by_matrix(policy, angle):
    """Write the matrix; its inverse is its transpose."""
    return lambda states: policy(states @ matrix_of(angle)) @ matrix_of(angle).T


def transformed_for_one(policy, angle):
    """Handle one state only."""
    return lambda states: matrix_of(angle) @ policy(matrix_of(angle).T @ states)


def transformed_by_unpacking(policy, angle):
    """Handle one state only, by its coordinates."""

    def new_policy(states):
        x, y = states
        return rotate(policy(rotate(np.array([x, y]), -angle)), angle)

    return new_policy


def transformed(policy, angle):
    """Use a named inner function."""

    def new_policy(states):
        return rotate(policy(rotate(states, -angle)), angle)

    return new_policy


ANSWERS = {
    "00.1": {
        "correct": [190.6, 191, np.array(190.0), 15.5 + 180 - 4.5, 192, 189],
        "mistakes": [
            (2, "cost of one step"),
            (200, "the first ten steps are nearer than 2"),
            (195.5, "the straight walk's cost comes off"),
            (195, "the first ten steps are nearer than 2"),
            (187, "too far from what comes out"),
            (202.2, "the first ten steps are nearer than 2"),
            (15.5, "Add up the distances"),
            (-191, "Regret is not negative"),
            (100, "Add up the distances"),
            ([191, 191], "One number is needed"),
            ("191", "should be numbers"),
        ],
    },
    "00.2": {
        "correct": [
            rotate,
            rotate_rows,
            lambda p, t: (matrix_of(t) @ p.T).T,
            lambda p, t: np.einsum("ij,...j->...i", matrix_of(t), p),
            lambda p, t: (np.asarray(p) @ matrix_of(-t)).tolist(),
        ],
        "mistakes": [
            (lambda p, t: rotate(p, -t), "This turns clockwise"),
            (rotate_in_degrees, "in radians already"),
            (rotate_columns_only, "rows come out turned the other way"),
            (rotate_in_place, "changes its argument `points` in place"),
            (
                lambda p, t: matrix_of(t) @ p,
                "works for one point, of shape (2,), but not for several in the rows",
            ),
            (rotate_by_unpacking, "works for one point, of shape (2,), but not for several in the rows"),
            (rotate_by_first_length, "it mixes the points"),
            (rotate_a_little, "`rotate([1, 0], π/2)` should be [0, 1]"),
            (rotate_about_the_mean, "`rotate` of a (5, 2) array should be"),
            (lambda p, t: rotate(p, abs(t)), "rows come out turned the other way"),
            (lambda p, t: rotate(p, np.clip(t, -np.pi, np.pi)), "`rotate([-2000.0, 0.001], 40)` should be"),
            (lambda p, t: np.linalg.inv(p), "raised LinAlgError"),
            (lambda p: p, "should take 2 arguments"),
        ],
    },
    "00.3": {
        "correct": [
            transformed,
            transformed_by_matrix,
            lambda policy, t: lambda s: rotate(policy(rotate(s, -t)), t),
        ],
        "mistakes": [
            (lambda policy, t: lambda s: policy(rotate(s, -t)), "turn it into the new task as well"),
            (lambda policy, t: lambda s: rotate(policy(s), t), "has to be turned back"),
            (lambda policy, t: lambda s: rotate(policy(rotate(s, t)), t), "The state is turned by the angle"),
            (lambda policy, t: lambda s: rotate(policy(rotate(s, t)), -t), "Both turns go the wrong way"),
            (lambda policy, t: lambda s: rotate(policy(rotate(s, -t)), -t), "The action is turned back"),
            (lambda policy, t: policy, "nothing is turned"),
            (lambda policy, t: rotate(policy(np.zeros(2)), t), "returned values"),
            (lambda policy, t: turn(policy, t), "a function not called"),
            (transformed_for_one, "`the new policy` works for one point, of shape (2,)"),
            (transformed_by_unpacking, "`the new policy` works for one point, of shape (2,)"),
            (
                lambda policy, t: lambda s: rotate(policy(rotate(s, -t)), t)[..., 0],
                "should have shape (3, 2)",
            ),
            (lambda policy, t: lambda s, a: s, "`the new policy` should take 1 argument"),
        ],
    },
}
