"""Sample answers to the exercises of lesson 00."""

import numpy as np


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


def transformed(policy, angle):
    """Use a named inner function."""

    def new_policy(states):
        return rotate(policy(rotate(states, -angle)), angle)

    return new_policy


ANSWERS = {
    "00.1": {
        "correct": [200, 190.0, np.array(196)],
        "mistakes": [
            (2, "cost of one step"),
            (-195, "Regret is not negative"),
            (100, "number of steps"),
            ([195, 195], "One number is needed"),
            ("195", "should be numbers"),
        ],
    },
    "00.2": {
        "correct": [rotate, rotate_rows],
        "mistakes": [
            (lambda p, t: rotate(p, -t), "This turns clockwise"),
            (rotate_in_degrees, "in radians already"),
            (rotate_columns_only, "rows come out turned the other way"),
            (rotate_in_place, "changes its argument `points` in place"),
            (lambda p: p, "should take 2 arguments"),
        ],
    },
    "00.3": {
        "correct": [transformed, lambda policy, t: lambda s: rotate(policy(rotate(s, -t)), t)],
        "mistakes": [
            (lambda policy, t: lambda s: policy(rotate(s, -t)), "turn it forth as well"),
            (lambda policy, t: lambda s: rotate(policy(s), t), "has to be turned back"),
            (lambda policy, t: lambda s: rotate(policy(rotate(s, t)), t), "The state is turned forth"),
            (lambda policy, t: lambda s: rotate(policy(rotate(s, t)), -t), "Both turns go the wrong way"),
            (lambda policy, t: rotate(policy(np.zeros(2)), t), "returned values"),
        ],
    },
}
