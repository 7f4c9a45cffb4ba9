"""Exercises of lesson 03: symmetries of a function, residuals, covectors, local gradients, neighbours."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import envs, tangents
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
        expect_choice(answer[name], right, _LETTERS, f"The symmetry of {name}", wrong)


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
    cases = {
        "0 for ellipses and their own generator": symmetry,
        "not 0 for ellipses and a squeeze": squeeze,
        "nor for a generator without any symmetry": general,
    }
    for words, matrix in cases.items():
        yield words
        signed = (normals * (points @ matrix.T)).sum(axis=1)
        expect_close(
            call(answer, normals, matrix, points),
            np.abs(signed),
            "The residual",
            mistakes=[
                (
                    differential_residual(normals, matrix.T, points),
                    "This is n · (Wᵀ p). For rows, W p is `p @ W.T`. Have normal and point changed places?",
                ),
                (signed, "Residuals of both signs would cancel in a mean: take the absolute value."),
                (np.square(signed), "This is the square; the exercise asks for the absolute value."),
            ],
        )


def moved_normals(matrix: ArrayLike, normals: ArrayLike) -> Array:
    """Return L^{-T} n, made unit vectors, for normals n in rows (N, 2) and a matrix L (2, 2)."""
    moved = np.asarray(normals, dtype=float) @ np.linalg.inv(np.asarray(matrix, dtype=float))
    return moved / np.linalg.norm(moved, axis=-1, keepdims=True)


def _unit(vectors: Array) -> Array:
    """Return vectors (..., 2) made unit vectors."""
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def _check_normals(answer: Any) -> Iterator[str]:
    normals = _unit(np.random.default_rng(4).normal(size=(6, 2)))
    along = np.stack([-normals[:, 1], normals[:, 0]], axis=1)
    angle = 0.8
    cases = {
        "a shear": [[1.0, 0.8], [0.0, 1.0]],
        "a stretch": [[2.0, 0.0], [0.0, 0.5]],
        "a matrix without any symmetry, with a reflection in it": [[0.3, 1.4], [0.6, -0.5]],
        "a rotation, where the faulty code was right": [
            [np.cos(angle), -np.sin(angle)],
            [np.sin(angle), np.cos(angle)],
        ],
    }
    for words, entries in cases.items():
        yield words
        matrix = np.array(entries)
        inverse = np.linalg.inv(matrix)
        got = expect_shape(call(answer, matrix, normals), (6, 2), "`moved_normals` of 6 normals")
        right = moved_normals(matrix, normals)
        length = np.linalg.norm(got, axis=1)
        if np.abs(length - 1.0).max() > 1e-6 and np.allclose(got, normals @ inverse):
            raise NotYet("The directions are right, but the normals are not unit vectors.")
        expect_close(
            got,
            right,
            "The moved normals",
            mistakes=[
                (_unit(normals @ matrix.T), "This is still L n: a normal is moved as if it were a tangent."),
                (_unit(normals @ inverse.T), "This is L⁻¹ n. A transpose is missing."),
                (_unit(normals @ matrix), "This is Lᵀ n. The inverse is missing."),
                (-right, "The line is right, but each normal points the wrong way."),
            ],
        )
        yield "and the moved tangents are orthogonal to them"
        expect_close((got * (along @ matrix.T)).sum(axis=1), np.zeros(6), "n · (L t)")


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
        ],
    )
    yield "a curved function: only the k nearest points count"
    curved = np.exp(points[:, 0]) * np.cos(2.0 * points[:, 1])
    right = local_gradient(points, curved, place, 12)
    everywhere = local_gradient(points, curved, place, len(points))
    # The farthest points in place of the nearest: the order of the sort.
    far = np.argsort(-((points - place) ** 2).sum(axis=1))[:12]
    expect_close(
        call(answer, points, curved, place, 12),
        right,
        "The gradient from 12 neighbours",
        mistakes=[
            (everywhere, "All 300 points are in the fit. Only the k nearest should be."),
            (
                local_gradient(points[:12], curved[:12], place, 12),
                "These are the first k points, not the nearest.",
            ),
            (local_gradient(points[far], curved[far], place, 12), "These are the points farthest away."),
            (
                local_gradient(points, curved, 0 * place, 12),
                "The points nearest to the origin are used, not those nearest to `place`.",
            ),
        ],
    )
    yield "another place, and more neighbours"
    expect_close(
        call(answer, points, curved, np.array([-0.5, 0.4]), 30),
        local_gradient(points, curved, [-0.5, 0.4], 30),
        "The gradient from 30 neighbours at (−0.5, 0.4)",
    )


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
    goal = envs.training_tasks()[2]
    seen = envs.explore(goal, 5000, seed=11)
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
