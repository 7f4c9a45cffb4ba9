"""Exercises of lesson 03: symmetries of a function, residuals, covectors, local gradients, neighbours."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import envs, lie, tangents
from hgmrl_lite._validate import Array
from hgmrl_lite.course.calling import call
from hgmrl_lite.course.cases import each_case, each_choice, unit
from hgmrl_lite.course.exercise import exercise, hints
from hgmrl_lite.course.expect import (
    Mistakes,
    NotYet,
    as_numbers,
    describe,
    expect,
    expect_close,
    expect_entry,
    expect_shape,
    show,
)

_LETTERS = ("A", "B", "C", "D", "none")
_SYMMETRIES = {"f1": "A", "f2": "B", "f3": "C", "f4": "D", "f5": "none"}
_SYMMETRY_HINTS = {
    "f1": "The level sets of −‖p‖³ are those of ‖p‖. Which flow stays on circles?",
    "f2": "exp(xy) is constant where xy is, on hyperbolas. Along which field does xy stay as it is?",
    "f3": "sin y does not depend on x. Which of the fields moves every point sideways only?",
    "f4": "df_p = (2x, 8y). Multiply it with each of the four velocities and see which one gives 0.",
    "f5": "df_p = (1, 2y). Multiply it with each velocity: does one of them give 0 at every point?",
}


@exercise("03.1", "Predict the symmetries", _SYMMETRIES)
@hints(
    "W is a symmetry of f when f does not change along its flow: Wp lies along the level set.",
    "Write df_p as a row of two derivatives, Wp as a column of two entries, and multiply. The "
    "product must be 0 at every p.",
    "An increasing function of f has the level sets of f: exp(xy) can be replaced by xy.",
)
def _exercise_1(answer: Any) -> Iterator[str]:
    if isinstance(answer, dict):
        answer = {name: "none" if choice is None else choice for name, choice in answer.items()}
    yield from each_choice(answer, _SYMMETRIES, _LETTERS, "The symmetry of {}", _SYMMETRY_HINTS)


def differential_residual(normals: ArrayLike, generator: ArrayLike, points: ArrayLike) -> Array:
    """Return |n · (W p)| for normals and points (N, 2) and a generator (2, 2), shape (N,)."""
    velocities = np.asarray(points, dtype=float) @ np.asarray(generator, dtype=float).T
    return np.asarray(np.abs((np.asarray(normals, dtype=float) * velocities).sum(axis=-1)))


def _residual_mistakes(n: Array, W: Array, p: Array) -> Mistakes:
    velocity = p @ W.T
    products, speed = n * velocity, np.linalg.norm(velocity, axis=1)
    signed, summed = products.sum(axis=1), np.abs(products).sum(axis=1)
    return {
        "This is n · (Wᵀ p). For rows, W p is `p @ W.T`. Have normal and point changed "
        "places?": differential_residual(n, W.T, p),
        "Residuals of both signs would cancel in a mean: take the absolute value.": signed,
        "This is the square; the exercise asks for the absolute value.": np.square(signed),
        "The absolute value comes after the sum: the two products of n · (W p) may cancel.": summed,
        "The exercise does not divide by the speed |W p|.": np.abs(signed) / speed,
        "This is the speed |W p|, whatever its direction. Which part of it is along n?": speed,
    }


@exercise("03.2", "The differential residual", differential_residual)
@hints(
    "All velocities W p, then each one's inner product with its normal, then the absolute value.",
    "Points are rows, so all velocities at once are `points @ W.T`.",
    "The inner products row by row are `(normals * velocities).sum(axis=1)`.",
)
def _exercise_2(answer: Any) -> Iterator[str]:
    # Ellipses: for circles n is parallel to p, and W and its transpose give the same residual.
    symmetry, squeeze = np.array([[0.0, -2.0], [0.5, 0.0]]), np.diag([1.0, -1.0])
    general = np.array([[0.3, -1.4], [0.6, -0.5]])
    p = np.random.default_rng(3).normal(size=(7, 2))
    n = unit(p * [2.0, 8.0])
    yield "one number for each point"
    expect_shape(call(answer, n, symmetry, p), (7,), "`differential_residual` of 7 normals and 7 points")
    yield from each_case(
        answer,
        differential_residual,
        "The residual",
        {
            "0 for ellipses and their own generator": (n, symmetry, p),
            "not 0 for ellipses and a squeeze": (n, squeeze, p),
            "nor for a generator without any symmetry": (n, general, p),
            "a strong generator, with points far out and near": (n, 400.0 * general, p * [1e3, 1e-3]),
            "two points": (n[:2], general, p[:2]),
        },
        _residual_mistakes,
    )


def moved_normals(matrix: ArrayLike, normals: ArrayLike) -> Array:
    """Return L^{-T} n, made unit vectors, for normals n in rows (N, 2) and a matrix L (2, 2)."""
    moved = np.asarray(normals, dtype=float) @ np.linalg.inv(np.asarray(matrix, dtype=float))
    return unit(moved)


def _on_the_side_of(those: Array, vectors: Array) -> Array:
    """Return vectors (N, 2), each with the sign that leaves it on the side of its partner in ``those``."""
    return np.where((vectors * those).sum(axis=1, keepdims=True) < 0.0, -vectors, vectors)


@exercise("03.3", "Find the planted error", moved_normals)
@hints(
    "It is right for the rotation. Which other matrix equals L for a rotation, but not for a shear?",
    "n · t = 0 has to become n' · (L t) = 0. Try n' = M n and ask what MᵀL must be.",
    "M = L^{-T}. For normals in rows, n' = n Mᵀ, so a single inverse is enough.",
)
def _exercise_3(answer: Any) -> Iterator[str]:
    normals = unit(np.random.default_rng(4).normal(size=(6, 2)))
    along = np.stack([-normals[:, 1], normals[:, 0]], axis=1)
    turn = lie.so2_exp(0.8)
    cases = {
        "a shear": np.array([[1.0, 0.8], [0.0, 1.0]]),
        "a stretch": np.diag([2.0, 0.5]),
        "a matrix without any symmetry, with a reflection in it": np.array([[0.3, 1.4], [0.6, -0.5]]),
        "a matrix that stretches far one way and hardly the other": np.diag([300.0, 0.01]) @ turn,
        "a rotation, where the faulty code was right": turn,
    }
    for words, L in cases.items():
        yield words
        got = expect_shape(call(answer, L, normals), (6, 2), "`moved_normals` of 6 normals")
        length = np.linalg.norm(got, axis=1, keepdims=True)
        right, tangents = moved_normals(L, normals), unit(along @ L.T)
        # A unit normal has no sign: both are right, row by row.
        got = _on_the_side_of(right, got)
        if np.abs(length - 1.0).max() > 1e-6 and np.allclose(got, length * right):
            raise NotYet("The directions are right, but the normals are not unit vectors.")
        mistakes = {
            "This is still L n: a normal is moved as if it were a tangent.": normals @ L.T,
            "This is L⁻¹ n. A transpose is missing.": normals @ np.linalg.inv(L).T,
            "This is Lᵀ n. The inverse is missing.": normals @ L,
            "These are the moved tangents. What is at right angles to them?": tangents,
            "These are the normals as they were.": normals,
        }
        expect_close(
            got,
            right,
            "The moved normals, up to sign,",
            mistakes={hint: _on_the_side_of(got, unit(wrong)) for hint, wrong in mistakes.items()},
        )
        yield "and the moved tangents are orthogonal to them"
        expect_close((got * tangents).sum(axis=1), np.zeros(6), "n · (L t)")


def local_gradient(points: ArrayLike, values: ArrayLike, place: ArrayLike, k: int) -> Array:
    """Return the gradient (2,) of the plane fitted to the k points (N, 2) nearest to ``place`` (2,)."""
    points, values = np.asarray(points, dtype=float), np.asarray(values, dtype=float)
    offsets = points - np.asarray(place, dtype=float)
    near = np.argsort((offsets**2).sum(axis=1))[:k]
    design = np.column_stack([np.ones(k), offsets[near]])
    return np.asarray(np.linalg.lstsq(design, values[near], rcond=None)[0][1:])


def _gradient_mistakes(points: Array, values: Array, place: Array, k: int) -> Mistakes:
    order = np.argsort(((points - place) ** 2).sum(axis=1))
    from_the_origin = np.argsort((points**2).sum(axis=1))
    chosen = {
        "All the points are in the fit. Only the k nearest should be.": order,
        "These are the first k points, not the nearest.": np.arange(k),
        "These are the points farthest away.": order[::-1][:k],
        "The points nearest to the origin are used, not those nearest to `place`.": from_the_origin[:k],
        "This is one neighbour too many.": order[: k + 1],
        "The nearest point is left out. It counts as a neighbour, too.": order[1 : k + 1],
        "This is one neighbour too few.": order[: k - 1],
    }
    return {
        hint: local_gradient(points[which], values[which], place, len(which))
        for hint, which in chosen.items()
        if len(which) > 2
    }


def _without_constant(points: Array, values: Array, place: Array, k: int) -> Array:
    """Fit without a constant: a typical mistake."""
    offsets = points - place
    near = np.argsort((offsets**2).sum(axis=1))[:k]
    return np.asarray(np.linalg.lstsq(offsets[near], values[near], rcond=None)[0], dtype=np.float64)


@exercise("03.4", "Fit a local gradient", local_gradient)
@hints(
    "Three steps: the k nearest points, their offsets from `place`, and the plane that fits best.",
    "`np.argsort(distances)[:k]` gives the nearest. The plane c + g · (p − place) has 3 unknowns.",
    "`np.linalg.lstsq(design, values, rcond=None)[0]`, with a column of ones and the two columns of "
    "offsets, returns c and then g.",
)
def _exercise_4(answer: Any) -> Iterator[str]:
    rng = np.random.default_rng(5)
    points = rng.uniform(-1.0, 1.0, (300, 2))
    place, other = np.array([0.3, -0.2]), np.array([-0.5, 0.4])
    plane = 7.0 + points @ [2.0, -3.0]
    yield "a plane with a large offset: exact"
    expect_close(
        call(answer, points, plane, place, 12),
        [2.0, -3.0],
        "The gradient of 7 + 2x − 3y",
        mistakes={
            "The fitted plane is forced through 0: add a constant to it, a column of ones.": [
                _without_constant(points, plane, centre, 12) for centre in (place, 0.0 * place)
            ],
            "This is the unit normal: the gradient keeps its length.": unit(np.array([2.0, -3.0])),
            "The two derivatives have changed places.": [-3.0, 2.0],
        },
    )
    curved = np.exp(points[:, 0]) * np.cos(2.0 * points[:, 1])
    noisy = curved + 0.3 * rng.standard_normal(len(points))
    small = 10.0 + 0.01 * points
    yield from each_case(
        answer,
        local_gradient,
        lambda points, values, place, k: f"The gradient from {k} neighbours at {show(place)}",
        {
            "a curved function: only the k nearest points count": (points, curved, place, 12),
            "another place, and more neighbours": (points, curved, other, 30),
            "noisy values": (points, noisy, place, 12),
            "small distances far from the origin, and large values": (small, 1e4 * noisy, small[7], 40),
            "as few points as a plane has coefficients": (points, noisy, place, 3),
        },
        _gradient_mistakes,
    )


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
    return seen.next_states, seen.rewards + noise * float(seen.rewards.std()) * jitter, unit(toward)


def median_angle_error(noise: float, neighbours: int) -> float:
    """Return the median angle error in degrees of a local linear regression in exercise 03.5's task."""
    points, values, true = _exploration(noise)
    fit = tangents.local_regression(points, values, degree=1, neighbours=neighbours, standard_errors=False)
    cosine = np.abs((fit.normals * true[fit.index]).sum(axis=1))
    return float(np.degrees(np.median(np.arccos(np.minimum(cosine, 1.0)))))


@cache
def _best_error(noise: float) -> float:
    return min(median_angle_error(noise, k) for k in _CANDIDATES)


@exercise("03.5", "Choose k", {"clean": 20, "noisy": 250}, seconds=60.0)
@hints(
    "Look at the curves of degree 1 in the figure above: where is each one lowest?",
    "The curves are flat near their lowest point: half or twice the best k costs little.",
    "Without noise only the bend of f matters, so few neighbours do. With noise, many more are "
    "needed: somewhere in the hundreds.",
)
def _exercise_5(answer: Any) -> Iterator[str]:
    for name, noise in NOISES.items():
        yield f"k for the {name} rewards: a whole number from 4 to 1000"
        choice = expect_entry(answer, name)
        number = as_numbers(choice, f'"{name}"')
        expect(
            number.shape == () and float(number).is_integer(),
            f'"{name}" should be one whole number, not {describe(choice)}.',
        )
        k = int(number)
        expect(
            4 <= k <= 1000,
            f"k = {float(number):g} is out of range.",
            "A plane has three coefficients, so fewer than 4 points leave nothing to tell the error from."
            if k < 4
            else "There are 5000 points in all: so many neighbours reach across the whole picture.",
        )
        yield f"its median error is at most {_GOOD} times the best there is"
        error, best = median_angle_error(noise, k), _best_error(noise)
        if error <= _GOOD * best:
            continue
        fewer = median_angle_error(noise, max(4, k // 2))
        raise NotYet(
            f"With k = {k} the median error is {error:.2g}°; {best:.2g}° is possible.",
            "Half as many neighbours do better: this is bias. The plane is too stiff to reach so far."
            if fewer < error
            else "More neighbours do better: this is variance. Too few values are averaged.",
        )
