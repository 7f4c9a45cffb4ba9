"""Exercises of lesson 03: symmetries of a function, residuals, covectors, local gradients, neighbours."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import envs, lie, tangents
from hgmrl_lite._validate import Array
from hgmrl_lite.course.exercise import Exercise
from hgmrl_lite.course.expect import (
    NotYet,
    as_numbers,
    call,
    describe,
    expect,
    expect_choice,
    expect_close,
    expect_shape,
    show,
)

_LETTERS = ("A", "B", "C", "D", "none")
_SYMMETRIES = {"f1": "A", "f2": "B", "f3": "C", "f4": "D", "f5": "none"}


def _check_symmetries(answer: Any) -> Iterator[str]:
    expect(isinstance(answer, dict), "The prediction should be the dictionary of the cell, filled in.")
    hints = {
        "f1": "The level sets of −‖p‖³ are those of ‖p‖. Which flow stays on circles?",
        "f2": "exp(xy) is constant where xy is, on hyperbolas. Along which field does xy stay as it is?",
        "f3": "sin y does not depend on x. Which of the fields moves every point sideways only?",
        "f4": "df_p = (2x, 8y). Multiply it with each of the four velocities and see which one gives 0.",
        "f5": "df_p = (1, 2y). Multiply it with each velocity: does one of them give 0 at every point?",
    }
    for name, right in _SYMMETRIES.items():
        yield f"the symmetry of {name}"
        expect(name in answer, f'The entry "{name}" is missing from the dictionary.')
        expect(answer[name] is not Ellipsis, f'"{name}" is still open.')
        wrong = dict.fromkeys(_LETTERS, hints[name])
        letter = "none" if answer[name] is None else answer[name]
        expect_choice(letter, right, _LETTERS, f"The symmetry of {name}", wrong)


def differential_residual(normals: ArrayLike, generator: ArrayLike, points: ArrayLike) -> Array:
    """Return |n · (W p)| for normals and points (N, 2) and a generator (2, 2), shape (N,)."""
    velocities = np.asarray(points, dtype=float) @ np.asarray(generator, dtype=float).T
    return np.abs((np.asarray(normals, dtype=float) * velocities).sum(axis=-1))


def _check_residual(answer: Any) -> Iterator[str]:
    # Ellipses: for circles n is parallel to p, and W and its transpose give the same residual.
    symmetry, squeeze = np.array([[0.0, -2.0], [0.5, 0.0]]), np.diag([1.0, -1.0])
    points = np.random.default_rng(3).normal(size=(7, 2))
    normals = _unit(points * [2.0, 8.0])
    yield "one number for each point"
    expect_shape(
        call(answer, normals, symmetry, points), (7,), "`differential_residual` of 7 normals and 7 points"
    )
    general = np.array([[0.3, -1.4], [0.6, -0.5]])
    cases = (
        ("0 for ellipses and their own generator", symmetry, points),
        ("not 0 for ellipses and a squeeze", squeeze, points),
        ("nor for a generator without any symmetry", general, points),
        ("a strong generator, with points far out and near", 400.0 * general, points * [1e3, 1e-3]),
        ("two points", general, points[:2]),
    )
    for words, matrix, where in cases:
        yield words
        across = normals[: len(where)]
        velocities = where @ matrix.T
        signed = (across * velocities).sum(axis=1)
        speed = np.linalg.norm(velocities, axis=1)
        expect_close(
            call(answer, across, matrix, where),
            np.abs(signed),
            "The residual",
            mistakes=[
                (
                    differential_residual(across, matrix.T, where),
                    "This is n · (Wᵀ p). For rows, W p is `p @ W.T`. Have normal and point changed places?",
                ),
                (signed, "Residuals of both signs would cancel in a mean: take the absolute value."),
                (np.square(signed), "This is the square; the exercise asks for the absolute value."),
                (
                    np.abs(across * velocities).sum(axis=1),
                    "The absolute value comes after the sum: the two products of n · (W p) may cancel.",
                ),
                (np.abs(signed) / speed, "The exercise does not divide by the speed |W p|."),
                (speed, "This is the speed |W p|, whatever its direction. Which part of it is along n?"),
            ],
        )


def moved_normals(matrix: ArrayLike, normals: ArrayLike) -> Array:
    """Return L^{-T} n, made unit vectors, for normals n in rows (N, 2) and a matrix L (2, 2)."""
    moved = np.asarray(normals, dtype=float) @ np.linalg.inv(np.asarray(matrix, dtype=float))
    return moved / np.linalg.norm(moved, axis=-1, keepdims=True)


def _unit(vectors: Array) -> Array:
    """Return vectors (..., 2) made unit vectors."""
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def _on_the_side_of(those: Array, vectors: Array) -> Array:
    """Return vectors (N, 2), each with the sign that leaves it on the side of its partner in ``those``."""
    return np.where((vectors * those).sum(axis=1, keepdims=True) < 0.0, -vectors, vectors)


def _check_normals(answer: Any) -> Iterator[str]:
    normals = _unit(np.random.default_rng(4).normal(size=(6, 2)))
    along = np.stack([-normals[:, 1], normals[:, 0]], axis=1)
    turn = lie.so2_exp(0.8)
    cases = {
        "a shear": np.array([[1.0, 0.8], [0.0, 1.0]]),
        "a stretch": np.diag([2.0, 0.5]),
        "a matrix without any symmetry, with a reflection in it": np.array([[0.3, 1.4], [0.6, -0.5]]),
        "a matrix that stretches far one way and hardly the other": np.diag([300.0, 0.01]) @ turn,
        "a rotation, where the faulty code was right": turn,
    }
    for words, matrix in cases.items():
        yield words
        inverse = np.linalg.inv(matrix)
        got = expect_shape(call(answer, matrix, normals), (6, 2), "`moved_normals` of 6 normals")
        length = np.linalg.norm(got, axis=1, keepdims=True)
        right = moved_normals(matrix, normals)
        # A unit normal has no sign: both are right, row by row.
        got = _on_the_side_of(right, got)
        if np.abs(length - 1.0).max() > 1e-6 and np.allclose(got, length * right):
            raise NotYet("The directions are right, but the normals are not unit vectors.")
        mistakes = (
            (_unit(normals @ matrix.T), "This is still L n: a normal is moved as if it were a tangent."),
            (_unit(normals @ inverse.T), "This is L⁻¹ n. A transpose is missing."),
            (_unit(normals @ matrix), "This is Lᵀ n. The inverse is missing."),
            (_unit(along @ matrix.T), "These are the moved tangents. What is at right angles to them?"),
            (normals, "These are the normals as they were."),
        )
        expect_close(
            got,
            right,
            "The moved normals, up to sign,",
            mistakes=[(_on_the_side_of(got, value), text) for value, text in mistakes],
        )
        yield "and the moved tangents are orthogonal to them"
        expect_close((got * _unit(along @ matrix.T)).sum(axis=1), np.zeros(6), "n · (L t)")


def local_gradient(points: ArrayLike, values: ArrayLike, place: ArrayLike, k: int) -> Array:
    """Return the gradient (2,) of the plane fitted to the k points (N, 2) nearest to ``place`` (2,)."""
    points, values = np.asarray(points, dtype=float), np.asarray(values, dtype=float)
    offsets = points - np.asarray(place, dtype=float)
    near = np.argsort((offsets**2).sum(axis=1))[:k]
    design = np.column_stack([np.ones(k), offsets[near]])
    return np.linalg.lstsq(design, values[near], rcond=None)[0][1:]


def _check_gradient(answer: Any) -> Iterator[str]:
    rng = np.random.default_rng(5)
    points = rng.uniform(-1.0, 1.0, (300, 2))
    place = np.array([0.3, -0.2])
    yield "a plane with a large offset: exact"
    plane = 7.0 + points @ [2.0, -3.0]
    got = call(answer, points, plane, place, 12)
    expect_close(
        expect_shape(got, (2,), "`local_gradient`"),
        [2.0, -3.0],
        "The gradient of 7 + 2x − 3y",
        mistakes=[
            (
                _without_constant(points, plane, place, 12),
                "The fitted plane is forced through 0: give it a constant, too, a column of ones.",
            ),
            (_without_constant(points, plane, 0 * place, 12), "A constant is missing: add a column of ones."),
            (_unit(np.array([2.0, -3.0])), "This is the unit normal: the gradient keeps its length."),
            ([-3.0, 2.0], "The two derivatives have changed places."),
        ],
    )
    curved = np.exp(points[:, 0]) * np.cos(2.0 * points[:, 1])
    noisy = curved + 0.3 * rng.standard_normal(len(points))
    small = 10.0 + 0.01 * points
    cases = (
        ("a curved function: only the k nearest points count", points, curved, place, 12),
        ("another place, and more neighbours", points, curved, np.array([-0.5, 0.4]), 30),
        ("noisy values", points, noisy, place, 12),
        ("small distances far from the origin, and large values", small, 1e4 * noisy, small[7], 40),
        ("as few points as a plane has coefficients", points, noisy, place, 3),
    )
    for words, where, values, centre, k in cases:
        yield words
        expect_close(
            call(answer, where, values, centre, k),
            local_gradient(where, values, centre, k),
            f"The gradient from {k} neighbours at {show(centre)}",
            mistakes=_gradient_mistakes(where, values, centre, k),
        )


def _gradient_mistakes(points: Array, values: Array, place: Array, k: int) -> list[tuple[Array, str]]:
    """Return the gradients that typical mistakes lead to, each with its hint."""
    order = np.argsort(((points - place) ** 2).sum(axis=1))
    chosen = (
        (order, "All the points are in the fit. Only the k nearest should be."),
        (np.arange(k), "These are the first k points, not the nearest."),
        (order[::-1][:k], "These are the points farthest away."),
        (
            np.argsort((points**2).sum(axis=1))[:k],
            "The points nearest to the origin are used, not those nearest to `place`.",
        ),
        (order[: k + 1], "This is one neighbour too many."),
        (order[1 : k + 1], "The nearest point is left out. It counts as a neighbour, too."),
        (order[: k - 1], "This is one neighbour too few."),
    )
    return [
        (local_gradient(points[which], values[which], place, len(which)), text)
        for which, text in chosen
        if len(which) > 2
    ]


def _without_constant(points: Array, values: Array, place: Array, k: int) -> Array:
    """Fit without a constant: a typical mistake."""
    offsets = points - place
    near = np.argsort((offsets**2).sum(axis=1))[:k]
    return np.asarray(np.linalg.lstsq(offsets[near], values[near], rcond=None)[0], dtype=np.float64)


#: Noise of exercise 03.5, in units of the standard deviation of the rewards, and what is asked about each.
NOISES = {"clean": 0.0, "noisy": 0.05}
_CANDIDATES = (12, 20, 30, 45, 200, 300, 450)
_GOOD = 1.4


@cache
def _exploration(noise: float) -> tuple[Array, Array, Array]:
    """Return 5000 points, rewards and true normals of an exploration that the lesson does not show."""
    family = envs.navigation()
    goal = family.train[2]
    seen = family.explore(goal, 5000, seed=11)
    jitter = np.random.default_rng(12).standard_normal(len(seen))
    toward = goal - seen.next_states
    return seen.next_states, seen.rewards + noise * float(seen.rewards.std()) * jitter, _unit(toward)


def median_angle_error(noise: float, neighbours: int) -> float:
    """Return the median angle error in degrees of a local linear regression in exercise 03.5's task."""
    points, values, true = _exploration(noise)
    fit = tangents.local_regression(points, values, degree=1, neighbours=neighbours, standard_errors=False)
    cosine = np.abs((fit.normals * true[fit.index]).sum(axis=1))
    return float(np.degrees(np.median(np.arccos(np.minimum(cosine, 1.0)))))


@cache
def _best_error(noise: float) -> float:
    return min(median_angle_error(noise, k) for k in _CANDIDATES)


def _check_neighbours(answer: Any) -> Iterator[str]:
    expect(isinstance(answer, dict), "The choice should be the dictionary of the cell, filled in.")
    for name, noise in NOISES.items():
        yield f"k for the {name} rewards: a whole number from 4 to 1000"
        expect(name in answer, f'The entry "{name}" is missing from the dictionary.')
        expect(answer[name] is not Ellipsis, f'"{name}" is still open.')
        k = as_numbers(answer[name], f'"{name}"')
        expect(
            k.shape == () and float(k).is_integer(),
            f'"{name}" should be one whole number, not {describe(answer[name])}.',
        )
        expect(
            bool(4 <= k <= 1000),
            f"k = {float(k):g} is out of range.",
            "A plane has three coefficients, so fewer than 4 points leave nothing to tell the error from."
            if k < 4
            else "There are 5000 points in all: so many neighbours reach across the whole picture.",
        )
        yield f"its median error is at most {_GOOD} times the best there is"
        error, best = median_angle_error(noise, int(k)), _best_error(noise)
        if error <= _GOOD * best:
            continue
        fewer = median_angle_error(noise, max(4, int(k) // 2))
        raise NotYet(
            f"With k = {int(k)} the median error is {error:.2g}°; {best:.2g}° is possible.",
            "Half as many neighbours do better: this is bias. The plane is too stiff to reach so far."
            if fewer < error
            else "More neighbours do better: this is variance. Too few values are averaged.",
        )


EXERCISES = (
    Exercise(
        "03.1",
        "Predict the symmetries",
        (
            "W is a symmetry of f when f does not change along its flow: Wp lies along the level set.",
            "Write df_p as a row of two derivatives, Wp as a column of two entries, and multiply. The "
            "product must be 0 at every p.",
            "An increasing function of f has the level sets of f: exp(xy) can be replaced by xy.",
        ),
        _check_symmetries,
        _SYMMETRIES,
    ),
    Exercise(
        "03.2",
        "The differential residual",
        (
            "All velocities W p, then each one's inner product with its normal, then the absolute value.",
            "Points are rows, so all velocities at once are `points @ W.T`.",
            "The inner products row by row are `(normals * velocities).sum(axis=1)`.",
        ),
        _check_residual,
        differential_residual,
    ),
    Exercise(
        "03.3",
        "Find the planted error",
        (
            "It is right for the rotation. Which other matrix equals L for a rotation, but not for a shear?",
            "n · t = 0 has to become n' · (L t) = 0. Try n' = M n and ask what MᵀL must be.",
            "M = L^{-T}. For normals in rows, n' = n Mᵀ, so a single inverse is enough.",
        ),
        _check_normals,
        moved_normals,
    ),
    Exercise(
        "03.4",
        "Fit a local gradient",
        (
            "Three steps: the k nearest points, their offsets from `place`, and the plane that fits best.",
            "`np.argsort(distances)[:k]` gives the nearest. The plane c + g · (p − place) has 3 unknowns.",
            "`np.linalg.lstsq(design, values, rcond=None)[0]`, with a column of ones and the two columns of "
            "offsets, returns c and then g.",
        ),
        _check_gradient,
        local_gradient,
    ),
    Exercise(
        "03.5",
        "Choose k",
        (
            "Look at the curves of degree 1 in the figure above: where is each one lowest?",
            "The curves are flat near their lowest point: half or twice the best k costs little.",
            "Without noise only the bend of f matters, so few neighbours do. With noise, many more are "
            "needed: somewhere in the hundreds.",
        ),
        _check_neighbours,
        {"clean": 20, "noisy": 250},
        seconds=60.0,
    ),
)
