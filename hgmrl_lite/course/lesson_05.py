"""Exercises of lesson 05: system symmetries, a learned policy, a mirror, a winding, the system's algebra."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import envs, lie
from hgmrl_lite._validate import Array
from hgmrl_lite.course.calling import call
from hgmrl_lite.course.cases import each_case
from hgmrl_lite.course.exercise import exercise, hints
from hgmrl_lite.course.expect import Mistakes, expect, expect_choice, expect_close, expect_shape

Step = Callable[[Any, Any], Any]


def symmetry_gap(
    step: Step, left: ArrayLike, right: ArrayLike, states: ArrayLike, actions: ArrayLike
) -> float:
    """Return the largest ‖T(L s, K a) − L T(s, a)‖ over states (N, n) and actions (N, m) in rows."""
    left, right = np.asarray(left), np.asarray(right)
    moved = step(np.asarray(states) @ left.T, np.asarray(actions) @ right.T)
    return float(np.linalg.norm(moved - step(states, actions) @ left.T, axis=1).max())


#: How a push moves the state in the check of exercise 05.1: not along itself, so that K is another matrix
#: than L.
_RESPONSE = np.array([[0.5, 0.3], [0.0, 0.4]])


def _linear_step(states: ArrayLike, actions: ArrayLike) -> Array:
    """Return 0.9 s + B a."""
    return np.asarray(0.9 * np.asarray(states) + np.asarray(actions) @ _RESPONSE.T)


def _gap_mistakes(step: Step, L: Array, K: Array, s: Array, a: Array) -> Mistakes:
    length, still = np.linalg.norm, step(s, a)
    by_one_matrix = symmetry_gap(step, L, L if K.shape == L.shape else K, s, a)
    transposed = symmetry_gap(step, L.T, K.T, s, a)
    moved = step(s @ L.T, a @ K.T)
    apart = moved - still @ L.T
    rows, columns = length(apart, axis=1), length(apart, axis=0)
    return {
        "The actions are moved by L here. They have a matrix of their own, K.": by_one_matrix,
        "States in rows are moved by L when they are multiplied by its *transpose* from the "
        "right.": symmetry_gap(step, L.T, K, s, a),
        "This is the mean over the rows; the largest is asked for.": rows.mean(),
        "This is the smallest of the rows; the largest is asked for.": rows.min(),
        "This is the square of the length.": np.square(rows).max(),
        "This is the largest entry; take the length of each row.": np.abs(apart).max(),
        "This is the length of all rows together; take each row by itself.": length(apart),
        "This takes the lengths of the columns; a row is one transition: axis=1.": columns.max(),
        "T(s, a) has to be moved by L as well.": length(moved - still, axis=1).max(),
        "Points in rows are multiplied by the *transpose* of a matrix from the right.": transposed,
    }


@exercise("05.1", "How far from a symmetry?", symmetry_gap)
@hints(
    "Two ways to the same place: move, then step; or step, then move. Compare where they end.",
    "Points in rows are moved by a matrix as `points @ matrix.T`.",
    "`np.linalg.norm(differences, axis=1)` has the length of each row.",
)
def _exercise_1(answer: Any) -> Iterator[str]:
    rng = np.random.default_rng(2)
    s, a = rng.normal(size=(2, 6, 2))
    L, mirror = lie.so2_exp(0.8), lie.so2_exp(0.7) @ np.diag([1.0, -1.0])
    box = envs.Navigation("box").mean_next_state
    neither = (np.array([[1.2, 0.5], [-0.3, 0.9]]), np.array([[0.7, -0.2], [0.4, 1.1]]))
    # Units of a thousand and of a thousandth, and one action for three coordinates.
    units = np.array([1e3, 1.0, 1e-3])
    flows = np.array([[0.9, 0.2, 0.0], [0.0, 0.8, 0.1], [0.3, 0.0, 1.1]]) * units[:, None] / units
    stretch = np.array([[1.0, 0.3, 0.0], [0.0, -0.5, 0.2], [0.4, 0.0, 2.0]])

    def mixed(states: ArrayLike, actions: ArrayLike) -> Array:
        return np.asarray(np.asarray(states) @ flows.T + np.tanh(actions) * units)

    solved = (_linear_step, L, np.linalg.solve(_RESPONSE, L @ _RESPONSE), s, a)
    unlike = (mixed, stretch, np.array([[-2.0]]), rng.normal(size=(6, 3)) * units, rng.normal(size=(6, 1)))
    yield from each_case(
        answer,
        symmetry_gap,
        "The gap",
        {
            "a symmetry of 0.9 s + B a, where K is B⁻¹ L B: nothing is left over": solved,
            "navigation in the box, under two matrices that are no symmetry": (box, *neither, s, a),
            "navigation in the box, under a tilted mirror": (box, mirror, mirror, s, a),
            "three coordinates in unlike units, one action": unlike,
        },
        _gap_mistakes,
    )


POLICIES = ("best turned", "best shifted", "learned turned", "learned shifted")


@exercise("05.2", "Predict: who loses?", "learned shifted")
@hints(
    "The proof holds for turns and shifts, and for any policy. What does it say of a policy that is "
    "not the best one at some states?",
    "Every episode of the new task starts near the origin. Where does L⁻¹ carry these starts?",
)
def _exercise_2(answer: Any) -> Iterator[str]:
    yield "which of the four loses"
    best = "The greedy policy is right at *every* state of the plane, and the proof needs no more."
    expect_choice(
        answer,
        "learned shifted",
        POLICIES,
        "The policy that loses",
        {
            "best turned": f"{best} A turn is a symmetry of the disc.",
            "best shifted": f"{best} A shift is a symmetry, too: T(s + b, a) = T(s, a) + b.",
            "learned turned": "An episode starts near the origin. At which states does L⁻¹ ask π_0?",
        },
    )


#: Goals of exercise 05.3.
MIRROR_FROM, MIRROR_TO = np.array([1.0, 0.0]), np.array([0.6, 0.8])


@exercise(
    "05.3", "Design a counterexample: a map that no exponential reaches", np.array([[0.6, 0.8], [0.8, -0.6]])
)
@hints(
    "The columns of a matrix are where (1, 0) and (0, 1) go. One column is given by the goals.",
    "A map that changes no distance has columns of length 1 at right angles.",
    "There are two such second columns; the sign of the determinant tells them apart.",
)
def _exercise_3(answer: Any) -> Iterator[str]:
    yield "a 2 × 2 matrix"
    matrix = expect_shape(answer, (2, 2), "The map")
    yield "it carries the base goal to the target's"
    reached = matrix @ MIRROR_FROM
    expect(
        np.abs(reached - MIRROR_TO).max() < 1e-6,
        f"It carries (1, 0) to ({reached[0]:.3g}, {reached[1]:.3g}), not to (0.6, 0.8).",
        "Where (1, 0) goes is the first column of the matrix.",
    )
    yield "it changes no distance: rewards, disc, noise and starts stay what they are"
    expect(
        np.abs(matrix.T @ matrix - np.eye(2)).max() < 1e-6,
        f"It stretches: LᵀL is {np.round(matrix.T @ matrix, 3).tolist()}, not the identity.",
        "The second column must be as long as the first, and at right angles to it. That leaves two choices.",
    )
    yield "no exponential reaches it"
    expect(
        np.linalg.det(matrix) < 0.0,
        "Its determinant is 1: it is a rotation, and exp(tJ) reaches it.",
        "Of the two possible second columns this is the other one.",
    )


#: The two speeds of exercise 05.4's winding.
SPEEDS = (1.0, float(np.sqrt(2.0)))
#: How near to the identity, from which time on, and until when an angle is known to many digits.
NEAR, AFTER, UNTIL = 0.1, 1.0, 1e9


def winding(t: float) -> Array:
    """Return exp(t diag(J, √2 J)), shape (4, 4)."""
    element = np.zeros((4, 4))
    element[:2, :2], element[2:, 2:] = (lie.so2_exp(speed * t) for speed in SPEEDS)
    return element


@exercise("05.4", "Almost back", 2.0 * np.pi * 29)
@hints(
    "The first block is back at t = 2πk. Where is the second block then?",
    "It is at the angle 2πk√2. So k√2 has to be nearly a whole number.",
    "Let the computer try k = 1, 2, 3, ... and print how far k√2 is from the nearest whole number.",
)
def _exercise_4(answer: Any) -> Iterator[str]:
    yield "a time t of at least 1"
    t = float(expect_shape(answer, (), "The time"))
    expect(t >= AFTER, f"t = {t:g} is before 1: near t = 0 everything is near the identity.")
    expect(
        t <= UNTIL,
        f"t = {t:g} is so late that rounding decides where the angles are. There are earlier times.",
    )
    yield "exp(tW) is within 0.1 of the identity, entry by entry"
    gap = np.abs(winding(t) - np.eye(4))
    first, second = gap[:2, :2].max(), gap[2:, 2:].max()
    hint = "Both blocks are away. Begin with times at which one of them is back: the multiples of 2π."
    if first <= NEAR < second:
        hint = "The first block is back, the second is not: √2 t has to be near a multiple of 2π as well."
    elif second <= NEAR < first:
        hint = "The second block is back, the first is not: t has to be near a multiple of 2π as well."
    expect(
        max(first, second) <= NEAR,
        f"At t = {t:g} the blocks are {first:.3f} and {second:.3f} from the identity.",
        hint,
    )


def system_rows(
    state: ArrayLike, action: ArrayLike, following: ArrayLike, by_state: ArrayLike, by_action: ArrayLike
) -> Array:
    """Return the equations of one transition for a system symmetry, shape (n, n (n + 1) + m²).

    The unknowns are the entries of W_S (n, n + 1), which acts on [s; 1], row by row, then those of W_A (m,
    m): J_s W_S [s; 1] + J_a W_A a − W_S [T; 1] = 0.
    """
    lifted, landed = np.append(state, 1.0), np.append(following, 1.0)
    n = len(landed) - 1
    states = np.kron(by_state, lifted) - np.kron(np.eye(n), landed)
    return np.hstack([states, np.kron(by_action, np.asarray(action))])


@exercise("05.5", "The system's algebra, by hand", system_rows)
@hints(
    "Which number multiplies the entry W_S[j, k] in row i? Write the three terms out with indices.",
    "Row i of J_s W_S [s; 1] is the sum of J_s[i, j] W_S[j, k] [s; 1][k]: products of an entry of "
    "J_s and an entry of [s; 1].",
    "`np.kron(matrix, vector)` has in row i all products matrix[i, j] · vector[k], ordered as "
    "`W.ravel()` has the W[j, k].",
)
def _exercise_5(answer: Any) -> Iterator[str]:
    rng = np.random.default_rng(3)
    state, action, following = rng.normal(size=(3, 2))
    by_state, by_action = rng.normal(size=(2, 2, 2))
    given = (state, action, following, by_state, by_action)
    right = system_rows(*given)
    lifted, landed = np.append(state, 1.0), np.append(following, 1.0)
    identity, kron = np.eye(2), np.kron
    yield "2 rows, 6 + 4 columns"
    got = expect_shape(call(answer, *given), (2, 10), "The equations in the plane")
    yield "the columns of W_S, six of them"
    change, columns = kron(by_state, lifted), kron(lifted, by_state) - kron(landed, identity)
    expect_close(
        got[:, :6],
        right[:, :6],
        "The part of W_S",
        mistakes={
            "W_S T comes from the right-hand side: it has a minus here.": change + kron(identity, landed),
            "This is J_s W_S s. The right-hand side, W_S T(s, a), is missing.": change,
            "The last term is W_S at T(s, a), the next state, not at s.": change - kron(identity, lifted),
            "Here W_S is written column by column. Row by row, the matrix comes first in `np.kron`.": columns,
        },
    )
    yield "the columns of W_A, four of them"
    expect_close(
        got[:, 6:],
        right[:, 6:],
        "The part of W_A",
        mistakes={
            "J_a W_A a stands on the left-hand side: no minus.": -right[:, 6:],
            "Here W_A is written column by column; row by row is asked for.": kron(action, by_action),
            "The change of the action reaches the next state through J_a.": kron(identity, action),
        },
    )
    yield "a rotation of the unbounded system solves them"
    rotation = np.append(np.hstack([lie.J, np.zeros((2, 1))]), lie.J)
    solves = call(answer, state, action, state + 0.1 * action, identity, 0.1 * identity)
    expect_close(np.asarray(solves) @ rotation, np.zeros(2), "Equations times rotation")
    units = np.array([1e3, 1.0, 1e-3])
    space = (
        units * rng.normal(size=3),
        rng.normal(size=1),
        units * rng.normal(size=3),
        rng.normal(size=(3, 3)) * units[:, None] / units,
        units[:, None] * rng.normal(size=(3, 1)),
    )
    words = "three coordinates in unlike units and one action: 3 rows, 12 + 1 columns"
    yield from each_case(answer, system_rows, "The equations in space", {words: space})
