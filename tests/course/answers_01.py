"""Sample answers to the exercises of lesson 01."""

import numpy as np

PREDICTION = {"A": "both", "B": "neither", "C": "both", "D": "transitive", "E": "free"}


def predicted(**changes):
    """Change some of the right predictions."""
    return {**PREDICTION, **changes}


def fixing(elements, point):
    """Compare homogeneous points with a tolerance."""
    homogeneous = np.append(point, 1.0)
    return np.flatnonzero(np.isclose(elements @ homogeneous, homogeneous).all(axis=1))


def fixing_by_loop(elements, point):
    """Go through the list, and return a list."""
    found = []
    for index, element in enumerate(elements):
        if np.linalg.norm(element[:2, :2] @ point + element[:2, 2] - point) < 1e-8:
            found.append(index)
    return found


def fixing_exactly(elements, point):
    """Compare to the last digit."""
    homogeneous = np.append(point, 1.0)
    return np.flatnonzero((elements @ homogeneous == homogeneous).all(axis=1))


def fixing_linearly(elements, point):
    """Forget the last column."""
    return np.flatnonzero(np.isclose(elements[:, :2, :2] @ point, point).all(axis=1))


def fixing_widely(elements, point):
    """Let too much through."""
    homogeneous = np.append(point, 1.0)
    return np.flatnonzero(np.isclose(elements @ homogeneous, homogeneous, atol=0.1).all(axis=1))


def fixing_mask(elements, point):
    """Return the mask."""
    homogeneous = np.append(point, 1.0)
    return np.isclose(elements @ homogeneous, homogeneous).all(axis=1)


def moved_by_solving(function, matrix):
    """Solve L q = p for each point."""

    def new(points):
        points = np.asarray(points)
        return function(np.linalg.solve(matrix, points.reshape(-1, 2).T).T.reshape(points.shape))

    return new


def carried(policy, matrix):
    """Go by homogeneous coordinates."""
    back = np.linalg.inv(matrix)

    def new(states):
        states = np.asarray(states)
        ones = np.ones((*states.shape[:-1], 1))
        origin = (np.concatenate([states, ones], axis=-1) @ back.T)[..., :2]
        return policy(origin) @ matrix[:2, :2].T

    return new


def carried_by_difference(policy, matrix):
    """Move the two ends of the action."""

    def move(points):
        return points @ matrix[:2, :2].T + matrix[:2, 2]

    def new(states):
        origin = (np.asarray(states) - matrix[:2, 2]) @ np.linalg.inv(matrix[:2, :2]).T
        return move(origin + policy(origin)) - move(origin)

    return new


def affine(matrix, points):
    """Move points by an affine map."""
    return np.asarray(points) @ matrix[:2, :2].T + matrix[:2, 2]


def inverse(matrix, points):
    """Move points back."""
    return affine(np.linalg.inv(matrix), points)


def attempt(action, degrees, state=(0.0, 0.0)):
    """Write down a counterexample."""
    return {"state": list(state), "action": list(action), "degrees": degrees}


ANSWERS = {
    "01.1": {
        "correct": [predicted(), {name: f" {kind.upper()}" for name, kind in PREDICTION.items()}],
        "mistakes": [
            (predicted(A="free"), "Is there a point that no translation reaches"),
            (predicted(B="free"), "Look at the origin: what fixes it"),
            (predicted(B="transitive"), "change how far a point is from the origin"),
            (predicted(C="neither"), "Only the circle counts now"),
            (predicted(D="both"), "Rotations about p are rigid motions too"),
            (predicted(E="both"), "leaves y as it is"),
            (predicted(E=...), '"E" is still open'),
            ({"A": "both"}, 'The entry "B" is missing'),
            (predicted(A="yes"), "should be one of"),
        ],
    },
    "01.2": {
        "correct": [fixing, fixing_by_loop],
        "mistakes": [
            (fixing_exactly, "seldom equal to the last digit"),
            (fixing_linearly, "the linear part alone"),
            (lambda elements, point: [1], "need not be the identity"),
            (fixing_widely, "your tolerance is too wide"),
            (fixing_mask, "holds True and False"),
            (lambda e, p: np.setdiff1d(np.arange(len(e)), fixing(e, p)), "the ones that move the point"),
            (lambda e, p: [1, 3, 5, 7], "should be the indices [0, 1, 4]"),
            (lambda e, p: [0.5], "should be the indices"),
        ],
    },
    "01.3": {
        "correct": [moved_by_solving, lambda f, m: lambda p: f(p @ np.linalg.inv(m).T)],
        "mistakes": [
            (lambda f, m: lambda p: f(p @ m.T), "the inverse is missing"),
            (lambda f, m: lambda p: f(p @ m), "takes the transposed matrix for the inverse"),
            (lambda f, m: lambda p: f(p @ np.linalg.inv(m)), "the transposition is missing"),
            (lambda f, m: f(np.zeros(2)), "returned values"),
            (lambda f, m: lambda p: f(np.linalg.inv(m) @ p), "raised ValueError"),
        ],
    },
    "01.4": {
        "correct": [carried, carried_by_difference],
        "mistakes": [
            (lambda pi, m: lambda s: affine(m, pi(inverse(m, s))), "An action is a displacement"),
            (lambda pi, m: lambda s: pi(inverse(m, s)), "still the base task's"),
            (lambda pi, m: lambda s: pi(s) @ m[:2, :2].T, "has to be taken back"),
            (
                lambda pi, m: lambda s: pi(s @ np.linalg.inv(m[:2, :2]).T) @ m[:2, :2].T,
                "but not shifted back",
            ),
            (lambda pi, m: lambda s: pi(inverse(m, s)) @ m[:2, :2], "turned the wrong way"),
        ],
    },
    "01.5": {
        "correct": [attempt((1, 1), 45), attempt((-1.0, 0.9), 300.0, (4.0, -1.0))],
        "mistakes": [
            (attempt((1, 1), 90), "A quarter turn carries the box to itself"),
            (attempt((0.7, 0.7), 45), "of length at most 1 stays in the box"),
            (attempt((2, 0), 45), "outside the box [-1, 1]²"),
            (attempt((1, 0.5), 30, (5.0, 0.0)), "the wall of the arena"),
            (attempt((1, 1), np.pi / 4), "The angle is in degrees"),
            (attempt((1, 1, 0), 45), "should have shape (2,)"),
            (attempt((1, 1), ...), '"degrees" is still open'),
        ],
    },
}
