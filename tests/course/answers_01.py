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


def hits(elements, point):
    """Return True for each element that fixes the point."""
    return fixing_mask(elements, point)


def adjugate(matrix):
    """Return the adjugate of a 2 × 2 matrix."""
    return np.array([[matrix[1, 1], -matrix[0, 1]], [-matrix[1, 0], matrix[0, 0]]])


def moved_for_one(function, matrix):
    """Handle one point only."""

    def new(point):
        x, y = np.linalg.inv(matrix) @ point
        return function(np.array([x, y]))

    return new


def turn_of(linear):
    """Return the rotation by the angle of the first column."""
    angle = np.arctan2(linear[1, 0], linear[0, 0])
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def polar_of(linear):
    """Return the nearest orthogonal matrix."""
    left, _, right = np.linalg.svd(linear)
    return left @ right


def carried_with(action_matrix):
    """Move actions by a matrix that is made of the linear part."""

    def carried(policy, matrix):
        return lambda states: policy(inverse(matrix, states)) @ action_matrix(matrix[:2, :2]).T

    return carried


def carried_back_by_transpose(policy, matrix):
    """Take the transposed matrix for the inverse."""
    linear, shift = matrix[:2, :2], matrix[:2, 2]
    return lambda states: policy((states - shift) @ linear) @ linear.T


def carried_for_one(policy, matrix):
    """Handle one state only."""
    back = np.linalg.inv(matrix)
    return lambda state: matrix[:2, :2] @ policy((back @ np.append(state, 1.0))[:2])


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
            (predicted(A="transitive"), "Which translation, apart from the identity"),
            (predicted(C="free"), "Is there a point of the circle"),
            (predicted(D="free"), "What do they do to p"),
            (predicted(E="transitive"), "Can it carry (0, 0) to (0, 1)"),
            (predicted(B=None), '"B" is still open'),
        ],
    },
    "01.2": {
        "correct": [
            fixing,
            fixing_by_loop,
            lambda e, p: np.where(hits(e, p)),
            lambda e, p: np.argwhere(hits(e, p)),
            lambda e, p: set(np.flatnonzero(hits(e, p)).tolist()),
            lambda e, p: frozenset(fixing(e, p)),
            lambda e, p: tuple(fixing_by_loop(e, p))[::-1],
            lambda e, p: np.nonzero(hits(e, p))[0].astype(float),
        ],
        "mistakes": [
            (fixing_exactly, "seldom equal to the last digit"),
            (fixing_linearly, "the linear part alone"),
            (lambda elements, point: [1], "need not be the identity"),
            (fixing_widely, "your tolerance is too wide"),
            (fixing_mask, "holds True and False"),
            (lambda e, p: np.setdiff1d(np.arange(len(e)), fixing(e, p)), "the ones that move the point"),
            (lambda e, p: [1, 3, 5, 7, 9, 10], "should be the indices [0, 1, 4, 8]"),
            (lambda e, p: [0.5], "should be the indices"),
            (lambda e, p: fixing(e, p) + 1, "Python counts from 0"),
            (
                lambda e, p: [k for k in fixing(e, p) if np.linalg.det(e[k]) > 0],
                "so can scalings, shears and reflections",
            ),
            (
                lambda e, p: [
                    k for k in fixing(e, p) if np.allclose(e[k, :2, :2] @ e[k, :2, :2].T, np.eye(2))
                ],
                "so can scalings, shears and reflections",
            ),
            (
                lambda e, p: [k for k in fixing(e, p) if np.allclose(e[k, :2, :2], turn_of(e[k, :2, :2]))],
                "so can scalings, shears and reflections",
            ),
            (
                lambda e, p: np.flatnonzero(
                    np.isclose(e @ np.append(p, 1.0), np.append(p, 1.0))[:, :2].any(axis=1)
                ),
                "both have to stay",
            ),
            (lambda e, p: e[fixing(e, p)], "should be a list of indices, but has shape (6, 3, 3)"),
            (lambda e, p: len(fixing(e, p)), "should be a list of indices, but has shape ()"),
            (lambda e, p: (hits(e, p),), "holds True and False"),
            (lambda e, p: np.repeat(fixing(e, p), 2), "should be the indices"),
            (lambda e, p: set(map(str, fixing(e, p))), "should be numbers"),
        ],
    },
    "01.3": {
        "correct": [
            moved_by_solving,
            lambda f, m: lambda p: f(p @ np.linalg.inv(m).T),
            lambda f, m: lambda p: f(p @ adjugate(m).T / np.linalg.det(m)),
            lambda f, m: lambda p: f(np.einsum("ij,...j->...i", np.linalg.inv(m), p)),
        ],
        "mistakes": [
            (lambda f, m: lambda p: f(p @ m.T), "the inverse is missing"),
            (lambda f, m: lambda p: f(p @ m), "takes the transposed matrix for the inverse"),
            (lambda f, m: lambda p: f(p @ np.linalg.inv(m)), "the transposition is missing"),
            (lambda f, m: f(np.zeros(2)), "returned values"),
            (lambda f, m: lambda p: f(np.linalg.inv(m) @ p), "works for one point, of shape (2,)"),
            (moved_for_one, "`the moved function` works for one point, of shape (2,)"),
            (lambda f, m: np.linalg.inv(m) @ f, "a function not called"),
            (lambda f, m: f(np.linalg.inv(m)), "returned values"),
            (lambda f, m: f, "The moved function should be"),
            (
                lambda f, m: lambda p: f(p @ adjugate(m).T / abs(np.linalg.det(m))),
                "negative for a reflection",
            ),
            (lambda f, m: lambda p: f(p @ adjugate(m).T), "its adjugate divided by the determinant"),
            (lambda f, m: lambda p: f(p @ np.linalg.inv(m).T) / abs(np.linalg.det(m)), "keeps its values"),
            (lambda f, m: lambda p: f(p @ polar_of(m)), "The moved function should be"),
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
            (lambda pi, m: lambda s: pi(inverse(m, s)) @ m[:2, :2], "by L; for rows `actions @ L.T`"),
            (carried_with(lambda linear: np.linalg.inv(linear).T), "moved by L⁻ᵀ, as a normal would be"),
            (carried_with(np.linalg.inv), "by L; for rows `actions @ L.T`"),
            (carried_with(turn_of), "turned by the map's angle alone"),
            (carried_with(polar_of), "what stretches the plane stretches an arrow"),
            (carried_back_by_transpose, "That is the inverse for rotations only"),
            (
                lambda pi, m: lambda s: pi(s @ np.linalg.inv(m[:2, :2]).T - m[:2, 2]) @ m[:2, :2].T,
                "the order is the other way",
            ),
            (carried_for_one, "`the new policy` works for one point, of shape (2,)"),
            (lambda pi, m: pi(inverse(m, np.ones((3, 2)))), "returned values"),
        ],
    },
    "01.5": {
        "correct": [
            attempt((1, 1), 45),
            attempt((-1.0, 0.9), 300.0, (4.0, -1.0)),
            attempt((-1, 1), -405.0),
            attempt((1.0, 0.9), 225.0, (0.0, 3.0)),
        ],
        "mistakes": [
            (attempt((1, 1), 90), "A quarter turn carries the box to itself"),
            (attempt((0.7, 0.7), 45), "of length at most 1 stays in the box"),
            (attempt((2, 0), 45), "outside the box [-1, 1]²"),
            (attempt((1, 0.5), 30, (5.0, 0.0)), "the wall of the arena"),
            (attempt((1, 1), np.pi / 4), "The angle is in degrees"),
            (attempt((1, 1, 0), 45), "should have shape (2,)"),
            (attempt((1, 1), ...), '"degrees" is still open'),
            (attempt((1, 1), 0), "A quarter turn carries the box to itself"),
            (attempt((1, 1), -810.0), "A quarter turn carries the box to itself"),
            (attempt((1, 0), 45), "however it is turned"),
            (attempt((1.0, 0.05), 180.0 * 0.001), "differ by 0.0000 only"),
            (attempt((1, -1.0000001), 45), "outside the box [-1, 1]²"),
            (attempt((1, 1), np.nan), "holds NaN or infinity"),
            ([(0, 0), (1, 1), 45], "should be the dictionary of the cell"),
        ],
    },
}
