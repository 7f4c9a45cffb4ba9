"""Sample answers to the exercises of lesson 02."""

import numpy as np
from scipy.linalg import expm

J = np.array([[0.0, -1.0], [1.0, 0.0]])


def flow_by_power(generator, point, time, steps):
    """Take the power of one step's matrix."""
    step = np.eye(2) + time / steps * np.asarray(generator)
    return np.linalg.matrix_power(step, steps) @ point


def flow_by_midpoints(generator, point, time, steps):
    """Take the velocity in the middle of each step."""
    h = time / steps
    for _ in range(steps):
        middle = point + h / 2 * (generator @ point)
        point = point + h * (generator @ middle)
    return point


def flow_exactly(generator, point, time, steps):
    """Take no steps at all."""
    return expm(time * np.asarray(generator)) @ point


def flow_implicitly(generator, point, time, steps):
    """Take the velocity at the end of each step."""
    step = np.linalg.inv(np.eye(2) - time / steps * np.asarray(generator))
    return np.linalg.matrix_power(step, steps) @ point


def flow_by_list(generator, point, time, steps):
    """Keep every place on the way, and return the last one as a list."""
    places = [np.asarray(point, dtype=float)]
    for _ in range(steps):
        places.append(places[-1] + (time / steps) * np.einsum("ij,j", generator, places[-1]))
    return places[-1].tolist()


def flow_in_steps(change):
    """Use another number of steps of the right length."""

    def flow(generator, point, time, steps):
        step = np.eye(2) + time / steps * np.asarray(generator)
        return np.linalg.matrix_power(step, steps + change) @ point

    return flow


def flow_transposed(generator, point, time, steps):
    """Leave the planted error in."""
    for _ in range(steps):
        point = point + time / steps * (point @ generator)
    return point


def flow_from_the_start(generator, point, time, steps):
    """Use the velocity of the start all the way."""
    velocity = generator @ point
    for _ in range(steps):
        point = point + time / steps * velocity
    return point


def flow_with_steps_of(length):
    """Use steps of another length than time / steps."""

    def flow(generator, point, time, steps):
        for _ in range(steps):
            point = point + length(time, steps) * (generator @ point)
        return point

    return flow


def flow_in_a_fixed_number(generator, point, time, steps):
    """Always take 500 steps."""
    return flow_by_power(generator, point, time, 500)


def flow_in_place(generator, point, time, steps):
    """Overwrite the point."""
    for _ in range(steps):
        point += time / steps * (generator @ point)
    return point


def about(centre):
    """Carry J to the centre by a shift."""
    shift = np.eye(3)
    shift[:2, 2] = centre
    origin = np.zeros((3, 3))
    origin[:2, :2] = J
    return shift @ origin @ np.linalg.inv(shift)


def about_in_full(centre):
    """Write all nine entries."""
    x, y = centre
    return [[0, -1, y], [1, 0, -x], [0, 0, 0]]


def with_shift(shift, linear=J, last=(0.0, 0.0, 0.0)):
    """Put a generator together from a function of the centre."""
    return lambda centre: np.vstack([np.column_stack([linear, shift(centre)]), last])


TYPES = {"A": "elliptic", "B": "parabolic", "C": "hyperbolic", "D": "elliptic", "returns": "A"}

ANSWERS = {
    "02.1": {
        "correct": [
            np.array([[-0.5, -8.0], [0.5, -0.5]]),
            ((-1 / 2, -8), (1 / 2, -1 / 2)),
            2 * J @ np.diag([1 / 4, 4]) - np.eye(2) / 2,
        ],
        "mistakes": [
            ([[0, -8], [0.5, 0]], "product rule"),
            ([[-0.5, -4], [0.25, -0.5]], "chain rule"),
            ([[-0.5, 0.5], [-8, -0.5]], "changed places"),
            (np.eye(2), "the identity"),
            ([[0.5, 8], [-0.5, 0.5]], "run backwards"),
            ([[1, 2], [3, 4]], "is not right"),
            ([-0.5, -8, 0.5, -0.5], "should have shape (2, 2)"),
            ([[-0.5, 8], [-0.5, -0.5]], "is not right"),
            ([[-0.5, -8], [8, -0.5]], "is not right"),
            ([[-0.5, -8.01], [0.5, -0.5]], "is not right"),
            (lambda t: [[-0.5, -8], [0.5, -0.5]], "should be numbers"),
            ([["-1/2", "-8"], ["1/2", "-1/2"]], "should be numbers"),
        ],
    },
    "02.2": {
        "correct": [flow_by_power, flow_by_list],
        "mistakes": [
            (flow_transposed, "On which side of W"),
            (flow_from_the_start, "computed anew"),
            (flow_with_steps_of(lambda time, steps: 1 / steps), "How long is one step"),
            (flow_exactly, "This is the flow itself, with no step at all"),
            (flow_by_midpoints, "the velocity at their middle"),
            (flow_implicitly, "the velocity at their end"),
            (flow_in_steps(-1), "Does the loop run `steps` times"),
            (flow_in_steps(1), "Does the loop run `steps` times"),
            (flow_with_steps_of(lambda time, steps: time), "How long is one step"),
            (flow_with_steps_of(lambda time, steps: 1e300), "ends at infinity"),
            (flow_with_steps_of(lambda time, steps: -time / steps), "backwards in time"),
            (flow_in_a_fixed_number, "Does the loop run `steps` times"),
            (flow_in_place, "changes its argument `point` in place"),
            (lambda W, p, t, n: expm(t * W), "should have shape (2,)"),
        ],
    },
    "02.3": {
        "correct": [
            {name: value.upper() for name, value in TYPES.items()},
            {**TYPES, "returns": " a "},
        ],
        "mistakes": [
            ({**TYPES, "A": "hyperbolic"}, "det W = 4 and tr W = 0"),
            ({**TYPES, "B": "elliptic"}, "det W > 0 is not enough"),
            ({**TYPES, "C": "elliptic"}, "but det W₀"),
            ({**TYPES, "C": "parabolic"}, "zero in the corner"),
            ({**TYPES, "D": "hyperbolic"}, "Mind the signs"),
            ({**TYPES, "returns": "D"}, "everything is smaller"),
            ({**TYPES, "returns": "B"}, "does not turn at all"),
            ({**TYPES, "A": "parabolic"}, "is not 0 here"),
            ({**TYPES, "B": "hyperbolic"}, "What is left of det W"),
            ({**TYPES, "D": "parabolic"}, "is 3 - 1 zero?"),
            ({**TYPES, "returns": "C"}, "does not turn at all"),
            ({**TYPES, "returns": ["A"]}, "should be one of"),
            ({**TYPES, "D": ...}, '"D" is still open'),
            ({"A": "elliptic"}, '"B" is missing'),
            (["elliptic", "parabolic"], "should be the dictionary"),
        ],
    },
    "02.4": {
        "correct": [
            about,
            about_in_full,
            with_shift(lambda c: -J @ c),
            with_shift(lambda c: J.T @ c),
            lambda c: np.array([[0, -1, c[1]], [1, 0, -c[0]], [0, 0, 0]]),
        ],
        "mistakes": [
            (with_shift(lambda c: J @ c), "Which sign has b"),
            (with_shift(lambda c: -c), "J has to act on c first"),
            (with_shift(lambda c: c), "the one that cancels J c"),
            (with_shift(lambda c: 0 * c), "J c is not cancelled yet"),
            (with_shift(lambda c: -J @ c, last=(0.0, 0.0, 1.0)), "last row of a group element"),
            (with_shift(lambda c: -J @ c, last=(0.0, 1.0, 0.0)), "the last row should be [0, 0, 0]"),
            (with_shift(lambda c: J @ c, linear=-J), "turns clockwise"),
            (with_shift(lambda c: -c, linear=np.eye(2)), "it scales"),
            (with_shift(lambda c: 0 * c, linear=0 * J), "Nothing moves"),
            (with_shift(lambda c: -2 * np.pi * J @ c, linear=2 * np.pi * J), "The period is 1 here"),
            (with_shift(lambda c: -2 * J @ c, linear=2 * J), "the velocity at [2, 2] should be [0, 1]"),
            (lambda c: J, "should have shape (3, 3)"),
            (lambda c: expm(about(c)), "last row of a group element"),
            (lambda c: about([1.0, 2.0]) if np.any(c) else about(c), "generator_about([-0.4, 0.7])"),
            (lambda c: about(np.round(c, 2)), "generator_about([300, -0.002])"),
        ],
    },
    "02.5": {
        "correct": [
            [[-1, 1], [0, -1]],
            [[-1, 0], [5, -1]],
            np.diag([-0.25, -4.0]),
            np.diag([-1e6, -1e-6]),
            [[-1, 1e8], [0, -1]],
            [[-1, 1e-12], [0, -1]],
            [[-3, 2], [1, -1]],
            [[0, 1], [-1, -3]],
            [[0.6, -0.8], [0.8, 0.6]] @ np.diag([-3e5, -1 / 3e5]) @ [[0.6, 0.8], [-0.8, 0.6]],
        ],
        "mistakes": [
            ([[-1, 0], [0, -2]], "root of its determinant"),
            ([[-1, 1e8], [0, -2]], "The determinant is 2, not 1"),
            ([[-2, 0], [0, 0.5]], "Its eigenvalues have different signs"),
            ([[1, 1], [1, 1]], "presses the plane onto a line"),
            ([[-1, 0], [0, -1]], "logarithm πJ"),
            ([[0, -1], [1, 0]], "complex pair"),
            (expm(np.pi * J), "logarithm πJ"),
            ([[-1, -1], [1, 0]], "complex pair"),
            ([[2, 0], [0, 0.5]], "is the exponential of [[0.6931, 0], [0, -0.6931]]"),
            ([[1, 1], [0, 1]], "eigenvalues are positive"),
            (np.eye(3), "should have shape (2, 2)"),
            (np.diag([-2.0, -0.5 - 1e-6]), "not 1"),
            (lambda: np.diag([-2.0, -0.5]), "should be numbers"),
        ],
    },
}  # fmt: skip
