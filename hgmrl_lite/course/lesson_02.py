"""Exercises of lesson 02: generators, small steps, types, rotations about a point, logarithms."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.course.calling import call
from hgmrl_lite.course.cases import each_case, each_choice
from hgmrl_lite.course.exercise import exercise, hints
from hgmrl_lite.course.expect import (
    Mistakes,
    NotYet,
    expect,
    expect_choice,
    expect_close,
    expect_entry,
    expect_shape,
    show,
)

#: The generator of exercise 02.1's group e^(-t/2) [[cos 2t, -4 sin 2t], [sin 2t / 4, cos 2t]].
SPIRAL: Array = np.array([[-0.5, -8.0], [0.5, -0.5]])


@exercise("02.1", "Find the generator", SPIRAL)
@hints(
    "The generator is $g'(0)$: differentiate each entry, then put t = 0.",
    "Each entry is a product of e^(-t/2) and something else: two terms come out.",
    "At t = 0 every sine is 0 and every cosine is 1, so few terms are left. The "
    "derivative of sin 2t is 2 cos 2t.",
)
def _exercise_1(answer: Any) -> Iterator[str]:
    yield "a 2 × 2 matrix"
    matrix = expect_shape(answer, (2, 2), "The generator")
    yield "the derivative of the group at t = 0"
    expect_close(
        matrix,
        SPIRAL,
        "The generator",
        reveal=False,
        mistakes={
            "The factor e^(-t/2) depends on t as well: use the product rule.": [[0.0, -8.0], [0.5, 0.0]],
            "The derivative of sin 2t at 0 is not 1: use the chain rule.": [[-0.5, -4.0], [0.25, -0.5]],
            "The entries are right, but off the diagonal they have changed places.": SPIRAL.T,
            "This is the group at t = 0, the identity. Differentiate first, then put t = 0.": np.eye(2),
            "The signs are all turned round: this is the generator of the group run backwards.": -SPIRAL,
        },
    )


def euler_flow(generator: ArrayLike, point: ArrayLike, time: float, steps: int) -> Array:
    """Follow the field p ↦ Wp in straight steps of equal time; return where the point ends, shape (2,)."""
    matrix, place = np.asarray(generator, dtype=np.float64), np.asarray(point, dtype=np.float64)
    for _ in range(steps):
        place = place + time / steps * (matrix @ place)
    return place


def _flow_mistakes(W: Array, point: Array, time: float, steps: int) -> Mistakes:
    h, identity = time / steps, np.eye(2)

    def end(step: ArrayLike, number: int = steps) -> Array:
        return np.asarray(np.linalg.matrix_power(np.asarray(step), number) @ point)

    faulty, implicit = identity + h * W.T, np.linalg.inv(identity - h * W)
    middle = identity + h * W + h * h / 2 * W @ W
    other_numbers = [end(identity + h * W, steps - 1), end(identity + h * W, steps + 1)]
    other_numbers += [end(identity + time / n * W, n) for n in (10, 100, 500, 1000, 10_000)]
    return {
        "This is still what the faulty code does. On which side of W does the point stand?": end(faulty),
        "Is the velocity computed anew at each new place?": point + time * W @ point,
        "This is the flow itself, with no step at all. Straight steps end a little off it: the exercise asks "
        "where.": lie.exp(time * W) @ point,
        "These steps take the velocity at their middle; straight steps take it at their start.": end(middle),
        "These steps take the velocity at their end; straight steps take it at their start.": end(implicit),
        "The flow runs backwards in time.": [end(identity - h * W), lie.exp(-time * W) @ point],
        _STEP_LENGTH: [end(identity + factor * W) for factor in (1 / steps, time, steps)],
        "Does the loop run `steps` times?": other_numbers,
    }


_STEP_LENGTH = "How long is one step, if all together take `time`?"


def _finite_flow(answer: Any, *given: Any) -> Any:
    """Call the student's function, and tell apart what grows out of range."""
    got = call(answer, *given)
    point_like = isinstance(got, np.ndarray) and got.shape == (2,) and got.dtype.kind == "f"
    expect(not point_like or np.isfinite(got).all(), "The point ends at infinity.", _STEP_LENGTH)
    return got


@exercise("02.2", "Find the planted error", euler_flow)
@hints(
    "It is right for the saddle and for every scaling, wrong for the rotation and the shear. "
    "What have the first ones in common as matrices?",
    "They are symmetric: $W^T = W$. So the code may use $W^T$ where it should use W.",
    "For a one-dimensional array, `point @ W` is the row vector times W. Which order gives W p?",
)
def _exercise_2(answer: Any) -> Iterator[str]:
    saddle, turn, shear = np.diag([1.0, -1.0]), lie.J, np.array([[0.0, 1.0], [0.0, 0.0]])
    general, strong = np.array([[0.3, -1.4], [0.6, -0.5]]), np.array([[3.0, 500.0], [-2.0, 40.0]])
    start = np.array([-0.7, 0.4])
    yield from each_case(
        answer,
        euler_flow,
        lambda W, point, time, steps: (
            f"`flow` for W = {W.tolist()} over t = {time:g} in {steps} step{'s' * (steps > 1)}"
        ),
        {
            "a saddle, where the faulty code was right": (saddle, np.array([0.5, 1.0]), 1.2, 40),
            "a rotation turns anticlockwise": (turn, np.array([1.0, 0.0]), 1.0, 40),
            "a shear moves points along the x axis": (shear, np.array([0.3, 0.8]), 2.0, 40),
            "a generator without any symmetry, and negative time": (general, start, -1.5, 40),
            "a strong generator for a short time": (strong, np.array([0.02, -30.0]), 0.01, 8),
            "one step, p + t W p": (general, start, 0.8, 1),
            "many steps": (general, start, 2.0, 2000),
        },
        _flow_mistakes,
        ask=_finite_flow,
    )


#: The four generators of exercise 02.3.
FOUR = {
    "A": [[0.0, -4.0], [1.0, 0.0]],
    "B": [[3.0, -1.0], [1.0, 1.0]],
    "C": [[3.0, 1.0], [0.0, 1.0]],
    "D": [[-1.0, -1.0], [2.0, -1.0]],
}
_KINDS = ("elliptic", "hyperbolic", "parabolic")


_TYPE_HINTS = {
    "A": {
        "hyperbolic": "det W = 4 and tr W = 0. What is det W - (tr W)² / 4?",
        "parabolic": "det W - (tr W)² / 4 is not 0 here.",
    },
    "B": {
        "elliptic": "det W > 0 is not enough. The trace is 4: take (tr W)² / 4 away.",
        "hyperbolic": "tr W = 4 and det W = 3 + 1. What is left of det W after taking (tr W)² / 4 away?",
    },
    "C": {
        "elliptic": "det W = 3 is positive, but det W₀ = det W - (tr W)² / 4 is not.",
        "parabolic": "A zero in the corner is not what counts: compute det W - (tr W)² / 4.",
    },
    "D": {
        "hyperbolic": "The determinant is (-1)(-1) - (-1)(2). Mind the signs.",
        "parabolic": "tr W = -2 and det W = 3: is 3 - 1 zero?",
    },
}
_RETURN_HINTS = {
    **dict.fromkeys("BC", "Its flow does not turn at all: the type says so."),
    "D": "D turns, but its trace is -2: after each turn everything is smaller.",
}


@exercise(
    "02.3",
    "Predict the type",
    {"A": "elliptic", "B": "parabolic", "C": "hyperbolic", "D": "elliptic", "returns": "A"},
)
@hints(
    "Write down the trace and the determinant of each.",
    "The type is the sign of det W₀ = det W - (tr W)² / 4.",
    "A flow returns only when it turns (elliptic) and neither grows nor shrinks (trace 0).",
)
def _exercise_3(answer: Any) -> Iterator[str]:
    kinds = {name: str(lie.planar_type(matrix).kind) for name, matrix in FOUR.items()}
    yield from each_choice(answer, kinds, _KINDS, "The type of {}", _TYPE_HINTS)
    yield "the one whose flow returns"
    returns = expect_entry(answer, "returns")
    expect_choice(returns, "A", tuple(FOUR), "The generator whose flow returns", _RETURN_HINTS)


def generator_about(centre: ArrayLike) -> Array:
    """Return the generator [[J, -Jc], [0, 0]] of the rotations about ``centre`` (2,), shape (3, 3)."""
    return np.asarray(lie.rotations_about(centre).basis[0])


@exercise("02.4", "Turn about a point", generator_about)
@hints(
    "A homogeneous generator [[A, b], [0, 0]] moves p with the velocity A p + b.",
    "Turning about any point looks the same up to a shift, so A = J. What is left is b.",
    "The centre does not move: J c + b = 0.",
)
def _exercise_4(answer: Any) -> Iterator[str]:
    for centre in ([1.0, 2.0], [0.0, 0.0], [-0.4, 0.7], [300.0, -0.002]):
        name = f"`generator_about({show(centre)})`"
        place = np.array(centre)
        yield f"the centre {show(centre)}: a homogeneous generator, 3 × 3, with a last row of zeros"
        matrix = expect_shape(call(answer, place), (3, 3), name)
        expect_close(
            matrix[2],
            np.zeros(3),
            f"{name}: the last row",
            mistakes={
                "That is the last row of a group element. What is its derivative in t?": [0.0, 0.0, 1.0]
            },
        )
        yield "the centre stands still"
        turned = lie.J @ place
        expect_close(
            _velocity(matrix, place),
            np.zeros(2),
            f"{name}: the velocity of the centre",
            mistakes={
                "The velocity at c is J c + b, and it must vanish. Which sign has b?": 2.0 * turned,
                "b is a velocity: J has to act on c first.": turned - place,
                "b is a velocity: the one that cancels J c.": turned + place,
                "J c is not cancelled yet: what must b be?": turned,
            },
        )
        yield "all other points turn about it, with period 2π"
        for offset in np.array([[1.0, 0.0], [0.0, 1.0], [-2.0, 0.5]]):
            right = lie.J @ offset
            expect_close(
                _velocity(matrix, place + offset),
                right,
                f"{name}: the velocity at {show(place + offset)}",
                mistakes={
                    "This turns clockwise.": -right,
                    "This does not turn, it scales: points move away from the centre.": offset,
                    "Nothing moves. Which matrix turns an arrow by 90°?": np.zeros(2),
                    "The period is 1 here. With period 2π the speed is the distance.": 2.0 * np.pi * right,
                },
            )


def _velocity(generator: Array, point: Array) -> Array:
    """Return the velocity A p + b of a homogeneous generator (3, 3) at a point (2,)."""
    return generator[:2, :2] @ point + generator[:2, 2]


@exercise("02.5", "Design a counterexample", np.diag([-2.0, -0.5]))
@hints(
    "The lesson has a matrix with positive determinant and no real logarithm. What keeps its "
    "determinant from being 1?",
    "Two different negative eigenvalues whose product is 1 will do.",
    "There is another kind: the eigenvalue −1 twice, but with only one eigenvector.",
)
def _exercise_5(answer: Any) -> Iterator[str]:
    yield "a real 2 × 2 matrix"
    matrix = expect_shape(answer, (2, 2), "The matrix")
    yield "its determinant is 1"
    (a, b), (c, d) = matrix
    determinant, size = a * d - b * c, abs(a * d) + abs(b * c)
    if determinant < 0:
        hint = "Its eigenvalues have different signs. Take two of the same sign."
    elif determinant == 0:
        hint = "It presses the plane onto a line, which no exponential does."
    else:
        hint = "Divide the matrix by the root of its determinant, and the determinant is 1."
    # The rounding of the entries, as long as that leaves a determinant to speak of.
    tolerance = min(1e-9 + 4e-15 * size, 1e-3)
    expect(abs(determinant - 1.0) <= tolerance, f"The determinant is {determinant:.6g}, not 1.", hint)
    yield "no real matrix has it as its exponential"
    # Exactly: negative eigenvalues, no multiple of the identity. What is so up to rounding is for lie.log.
    if a + d < 0 and (a - d) ** 2 + 4 * b * c >= 0 and (b != 0 or c != 0 or a != d):
        return
    try:
        logarithm = lie.log(matrix)
    except ValueError:
        return
    values = np.linalg.eigvals(matrix)
    if np.abs(matrix + np.eye(2)).max() < 1e-9:
        hint = "−I has the logarithm πJ: its negative eigenvalue comes twice, with two eigenvectors."
    elif np.abs(values.imag).max() > 0:
        hint = "Its eigenvalues are a complex pair, so it turns; a turn can be halved again and again."
    else:
        hint = "Its eigenvalues are positive: each has a real logarithm. What if they were not?"
    raise NotYet(f"It is the exponential of {show(logarithm)}, a real logarithm.", hint)
