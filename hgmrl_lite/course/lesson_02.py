"""Exercises of lesson 02: generators, small steps, types, rotations about a point, logarithms."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.course.exercise import Exercise
from hgmrl_lite.course.expect import (
    NotYet,
    call,
    expect,
    expect_choice,
    expect_close,
    expect_shape,
    show,
)

#: The generator of exercise 02.1's group e^(-t/2) [[cos 2t, -4 sin 2t], [sin 2t / 4, cos 2t]].
SPIRAL: Array = np.array([[-0.5, -8.0], [0.5, -0.5]])
SPIRAL.flags.writeable = False


def spiral_group(t: float) -> Array:
    """Return the group element of exercise 02.1 at time ``t``, shape (2, 2)."""
    cosine, sine = np.cos(2.0 * t), np.sin(2.0 * t)
    return np.exp(-0.5 * t) * np.array([[cosine, -4.0 * sine], [0.25 * sine, cosine]])


def _check_generator(answer: Any) -> Iterator[str]:
    yield "a 2 × 2 matrix"
    matrix = expect_shape(answer, (2, 2), "The generator")
    yield "the derivative of the group at t = 0"
    expect_close(
        matrix,
        SPIRAL,
        "The generator",
        reveal=False,
        mistakes=[
            ([[0.0, -8.0], [0.5, 0.0]], "The factor e^(-t/2) depends on t as well: use the product rule."),
            ([[-0.5, -4.0], [0.25, -0.5]], "The derivative of sin 2t at 0 is not 1: use the chain rule."),
            (SPIRAL.T, "The entries are right, but off the diagonal they have changed places."),
            (
                spiral_group(0.0),
                "This is the group at t = 0, the identity. Differentiate first, then put t = 0.",
            ),
            (-SPIRAL, "The signs are all turned round: this is the generator of the group run backwards."),
        ],
    )


def euler_flow(generator: ArrayLike, point: ArrayLike, time: float, steps: int) -> Array:
    """Follow the field p ↦ Wp in straight steps of equal time; return where the point ends, shape (2,)."""
    matrix, place = np.asarray(generator, dtype=np.float64), np.asarray(point, dtype=np.float64)
    for _ in range(steps):
        place = place + time / steps * (matrix @ place)
    return place


def faulty_flow(generator: ArrayLike, point: ArrayLike, time: float, steps: int) -> Array:
    """Follow a field in straight steps, with the mistake that exercise 02.2 asks for."""
    matrix, place = np.asarray(generator, dtype=np.float64), np.asarray(point, dtype=np.float64)
    for _ in range(steps):
        place = place + time / steps * (place @ matrix)
    return place


def _check_flow(answer: Any) -> Iterator[str]:
    general = [[0.3, -1.4], [0.6, -0.5]]
    cases = (
        ("a saddle, where the faulty code was right", [[1.0, 0.0], [0.0, -1.0]], [0.5, 1.0], 1.2, 40),
        ("a rotation turns anticlockwise", [[0.0, -1.0], [1.0, 0.0]], [1.0, 0.0], 1.0, 40),
        ("a shear moves points along the x axis", [[0.0, 1.0], [0.0, 0.0]], [0.3, 0.8], 2.0, 40),
        ("a generator without any symmetry, and negative time", general, [-0.7, 0.4], -1.5, 40),
        ("a strong generator for a short time", [[3.0, 500.0], [-2.0, 40.0]], [0.02, -30.0], 0.01, 8),
        ("one step, p + t W p", general, [-0.7, 0.4], 0.8, 1),
        ("many steps", general, [-0.7, 0.4], 2.0, 2000),
    )
    for words, generator, start, time, steps in cases:
        yield words
        matrix, point = np.array(generator), np.array(start)
        got = call(answer, matrix, point, time, steps)
        point_like = isinstance(got, np.ndarray) and got.shape == (2,) and got.dtype.kind == "f"
        if point_like and not np.isfinite(got).all():
            raise NotYet("The point ends at infinity.", "How long is one step, if all together take `time`?")
        expect_close(
            got,
            euler_flow(matrix, point, time, steps),
            f"`flow` for W = {generator} over t = {time:g} in {steps} step{'s' * (steps > 1)}",
            mistakes=_flow_mistakes(matrix, point, time, steps),
        )


def _flow_mistakes(matrix: Array, point: Array, time: float, steps: int) -> list[tuple[Array, str]]:
    """Return where typical mistakes in following a field end, each with its hint."""
    h = time / steps
    identity = np.eye(2)
    power = np.linalg.matrix_power
    # The hints on the length of a step: all steps together take `time`.
    length = "How long is one step, if all together take `time`?"
    count = "Does the loop run `steps` times?"
    return [
        (
            faulty_flow(matrix, point, time, steps),
            "This is still what the faulty code does. On which side of W does the point stand?",
        ),
        (point + time * matrix @ point, "Is the velocity computed anew at each new place?"),
        (
            lie.exp(time * matrix) @ point,
            "This is the flow itself, with no step at all. Straight steps end a little off it: the exercise "
            "asks where.",
        ),
        (
            power(identity + h * matrix + h * h / 2 * matrix @ matrix, steps) @ point,
            "These steps take the velocity at their middle. Straight steps take the one at their start.",
        ),
        (
            power(np.linalg.inv(identity - h * matrix), steps) @ point,
            "These steps take the velocity at their end. Straight steps take the one at their start.",
        ),
        (power(identity - h * matrix, steps) @ point, "The flow runs backwards in time."),
        (lie.exp(-time * matrix) @ point, "The flow runs backwards in time."),
        (power(identity + matrix / steps, steps) @ point, length),
        (power(identity + time * matrix, steps) @ point, length),
        (power(identity + steps * matrix, steps) @ point, length),
        (power(identity + h * matrix, steps - 1) @ point, count),
        (power(identity + h * matrix, steps + 1) @ point, count),
        *((power(identity + time / n * matrix, n) @ point, count) for n in (10, 100, 500, 1000, 10_000)),
    ]


#: The four generators of exercise 02.3.
FOUR = {
    "A": [[0.0, -4.0], [1.0, 0.0]],
    "B": [[3.0, -1.0], [1.0, 1.0]],
    "C": [[3.0, 1.0], [0.0, 1.0]],
    "D": [[-1.0, -1.0], [2.0, -1.0]],
}
_KINDS = ("elliptic", "hyperbolic", "parabolic")


def _check_types(answer: Any) -> Iterator[str]:
    expect(isinstance(answer, dict), "The prediction should be the dictionary of the cell, filled in.")
    hints = {
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
    for name, matrix in FOUR.items():
        yield f"the type of {name}"
        _expect_filled(answer, name)
        kind = str(lie.planar_type(matrix).kind)
        expect_choice(answer[name], kind, _KINDS, f"The type of {name}", hints[name])
    yield "the one whose flow returns"
    _expect_filled(answer, "returns")
    away = dict.fromkeys(("B", "C"), "Its flow does not turn at all: the type says so.")
    away["D"] = "D turns, but its trace is -2: after each turn everything is smaller."
    expect_choice(answer["returns"], "A", tuple(FOUR), "The generator whose flow returns", away)


def _expect_filled(answer: Any, name: str) -> None:
    """Raise NotYet where an entry is missing or still open."""
    expect(name in answer, f'The entry "{name}" is missing from the dictionary.')
    expect(answer[name] is not Ellipsis, f'"{name}" is still open.')


def generator_about(centre: ArrayLike) -> Array:
    """Return the generator [[J, -Jc], [0, 0]] of the rotations about ``centre`` (2,), shape (3, 3)."""
    matrix = np.zeros((3, 3))
    matrix[:2, :2] = lie.J
    matrix[:2, 2] = -lie.J @ np.asarray(centre, dtype=float)
    return matrix


def _check_about(answer: Any) -> Iterator[str]:
    for centre in ([1.0, 2.0], [0.0, 0.0], [-0.4, 0.7], [300.0, -0.002]):
        name = f"`generator_about({show(centre)})`"
        place = np.array(centre)
        yield f"the centre {show(centre)}: a homogeneous generator, 3 × 3, with a last row of zeros"
        matrix = expect_shape(call(answer, place), (3, 3), name)
        if np.allclose(matrix[2], [0.0, 0.0, 1.0]):
            raise NotYet(
                f"{name}: the last row is (0, 0, 1).",
                "That is the last row of a group element. What is its derivative in t?",
            )
        expect_close(matrix[2], np.zeros(3), f"{name}: the last row")
        yield "the centre stands still"
        turned = lie.J @ place
        expect_close(
            _velocity(matrix, place),
            np.zeros(2),
            f"{name}: the velocity of the centre",
            mistakes=[
                (2.0 * turned, "The velocity at c is J c + b, and it must vanish. Which sign has b?"),
                (turned - place, "b is a velocity: J has to act on c first."),
                (turned + place, "b is a velocity: the one that cancels J c."),
                (turned, "J c is not cancelled yet: what must b be?"),
            ],
        )
        yield "all other points turn about it, with period 2π"
        for offset in ([1.0, 0.0], [0.0, 1.0], [-2.0, 0.5]):
            right = lie.J @ offset
            expect_close(
                _velocity(matrix, place + offset),
                right,
                f"{name}: the velocity at {show(place + offset)}",
                mistakes=[
                    (-right, "This turns clockwise."),
                    (offset, "This does not turn, it scales: points move away from the centre."),
                    (np.zeros(2), "Nothing moves. Which matrix turns an arrow by 90°?"),
                    (2.0 * np.pi * right, "The period is 1 here. With period 2π the speed is the distance."),
                ],
            )


def _velocity(generator: Array, point: Array) -> Array:
    """Return the velocity A p + b of a homogeneous generator (3, 3) at a point (2,)."""
    return generator[:2, :2] @ point + generator[:2, 2]


def _check_no_logarithm(answer: Any) -> Iterator[str]:
    yield "a real 2 × 2 matrix"
    matrix = expect_shape(answer, (2, 2), "The matrix")
    yield "its determinant is 1"
    # In fractions, since two large products may leave a small difference.
    (a, b), (c, d) = ([Fraction(float(entry)) for entry in row] for row in matrix)
    determinant, size = a * d - b * c, abs(a * d) + abs(b * c)
    if determinant < 0:
        hint = "Its eigenvalues have different signs. Take two of the same sign."
    elif determinant == 0:
        hint = "It presses the plane onto a line, which no exponential does."
    else:
        hint = "Divide the matrix by the root of its determinant, and the determinant is 1."
    # The rounding of the entries, as long as that leaves a determinant to speak of.
    tolerance = min(Fraction(1, 10**9) + size * Fraction(4, 10**15), Fraction(1, 1000))
    shown = float(max(Fraction(-(10**300)), min(determinant, Fraction(10**300))))
    expect(bool(abs(determinant - 1) <= tolerance), f"The determinant is {shown:.6g}, not 1.", hint)
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


EXERCISES = (
    Exercise(
        "02.1",
        "Find the generator",
        (
            "The generator is $g'(0)$: differentiate each entry, then put t = 0.",
            "Each entry is a product of e^(-t/2) and something else: two terms come out.",
            "At t = 0 every sine is 0 and every cosine is 1, so few terms are left. The "
            "derivative of sin 2t is 2 cos 2t.",
        ),
        _check_generator,
        SPIRAL,
    ),
    Exercise(
        "02.2",
        "Find the planted error",
        (
            "It is right for the saddle and for every scaling, wrong for the rotation and the shear. "
            "What have the first ones in common as matrices?",
            "They are symmetric: $W^T = W$. So the code may use $W^T$ where it should use W.",
            "For a one-dimensional array, `point @ W` is the row vector times W. Which order gives W p?",
        ),
        _check_flow,
        euler_flow,
    ),
    Exercise(
        "02.3",
        "Predict the type",
        (
            "Write down the trace and the determinant of each.",
            "The type is the sign of det W₀ = det W - (tr W)² / 4.",
            "A flow returns only when it turns (elliptic) and neither grows nor shrinks (trace 0).",
        ),
        _check_types,
        {"A": "elliptic", "B": "parabolic", "C": "hyperbolic", "D": "elliptic", "returns": "A"},
    ),
    Exercise(
        "02.4",
        "Turn about a point",
        (
            "A homogeneous generator [[A, b], [0, 0]] moves p with the velocity A p + b.",
            "Turning about any point looks the same up to a shift, so A = J. What is left is b.",
            "The centre does not move: J c + b = 0.",
        ),
        _check_about,
        generator_about,
    ),
    Exercise(
        "02.5",
        "Design a counterexample",
        (
            "The lesson has a matrix with positive determinant and no real logarithm. What keeps its "
            "determinant from being 1?",
            "Two different negative eigenvalues whose product is 1 will do.",
            "There is another kind: the eigenvalue −1 twice, but with only one eigenvector.",
        ),
        _check_no_logarithm,
        np.diag([-2.0, -0.5]),
    ),
)
