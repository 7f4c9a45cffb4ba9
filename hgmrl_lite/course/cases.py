"""Checks of many cases: a table of arguments, or of choices, and of what typical mistakes make of them.

Below are what the checks try answers on: maps, functions and policies without symmetry, so that mistakes
show.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.course.calling import call, call_rows
from hgmrl_lite.course.expect import Mistakes, expect, expect_choice, expect_close, expect_entry

Cases = Mapping[str, tuple[Any, ...] | list[tuple[Any, ...]]]


def each_case(
    answer: Any,
    right: Callable[..., Any],
    what: str | Callable[..., str],
    cases: Cases,
    mistakes: Callable[..., Mistakes] | None = None,
    *,
    tolerance: float = 1e-6,
    ask: Callable[..., Any] = call,
    makes: str | None = None,
) -> Iterator[str]:
    """Compare the student's function with the right one, case by case; yield each case's name before it.

    Parameters
    ----------
    answer : object
        What the student handed in, hopefully a function.
    right : callable
        Returns the right values for the same arguments.
    what : str or callable
        What the values are, as the subject of a sentence; a callable is asked with the case's arguments.
    cases : mapping of str to tuple, or to a list of them
        The arguments to call both functions with, by what is tested with them.
    mistakes : callable, optional
        Returns for a case's arguments what typical mistakes lead to, as `expect_close` takes it.
    tolerance : float, optional
        As in `expect_close`.
    ask : callable, optional
        How the student's function is called: `call_rows` where its first argument may be points in rows.
    makes : str, optional
        Given when ``answer`` and ``right`` return a function of points: its name. Both are asked for it with
        all arguments but the last, and it is called with the last.

    Raises
    ------
    NotAttempted, NotYet
        As `call` and `expect_close` do.
    """
    for words, inputs in cases.items():
        yield words
        for given in inputs if isinstance(inputs, list) else [inputs]:
            if makes:
                *parts, points = given
                want, made = right(*parts)(points), call(answer, *parts)
                expect(callable(made), f"It should return a function, {makes}, but it returned values.")
                got = call_rows(made, points, what=makes)
            else:
                want = right(*given)
                got = ask(answer, *given)
            name = what(*given) if callable(what) else what
            table = partial(mistakes, *given) if mistakes else None
            expect_close(got, want, name, tolerance, mistakes=table)


def each_choice(
    answer: Any,
    right: Mapping[str, str],
    options: Sequence[str],
    what: str,
    mistakes: Mapping[str, str | Mapping[str, str]],
) -> Iterator[str]:
    """Compare the words in a dictionary that the student filled in; yield before each what it is.

    Parameters
    ----------
    answer : object
        The student's dictionary.
    right : mapping of str to str
        The right option for each entry.
    options : sequence of str
        All options.
    what : str
        What is chosen, as the subject of a sentence, with the entry's name in place of ``{}``.
    mistakes : mapping
        For each entry one hint, or one for each wrong option.

    Raises
    ------
    NotYet
        When an entry is missing, open or wrong.
    """
    for name, option in right.items():
        subject = what.format(name)
        yield subject[0].lower() + subject[1:]
        expect_choice(expect_entry(answer, name), option, options, subject, mistakes[name])


def turn(degrees: float) -> Array:
    """Return the rotation (2, 2) by an angle in degrees."""
    return np.asarray(lie.so2_exp(np.radians(degrees)), dtype=np.float64)


def unit(vectors: Array) -> Array:
    """Return vectors (..., n) made unit vectors."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def affine(linear: ArrayLike, shift: ArrayLike = (0.0, 0.0)) -> Array:
    """Return the affine map (3, 3) with this linear part (2, 2) and shift (2,)."""
    element = np.eye(3)
    element[:2, :2], element[:2, 2] = linear, shift
    return element


def about(linear: ArrayLike, centre: ArrayLike) -> Array:
    """Return the affine map (3, 3) that does a linear map (2, 2) about ``centre`` instead of the origin."""
    return affine(linear, np.asarray(centre) - np.asarray(linear) @ centre)


def eleven_maps(point: Array) -> Array:
    """Return eleven affine maps; six fix ``point``: rigid ones, a scaling, a shear, a reflection."""
    rotation, mirror, slant = lie.so2_exp, np.diag([1.0, -1.0]), np.array([[1.0, 0.4], [0.0, 1.0]])
    origin, still = np.zeros(2), np.eye(2)
    return np.array(
        [
            about(rotation(0.9), origin),
            affine(still, origin),
            affine(still, [0.3, 0.0]),
            about(rotation(0.7), point),
            about(slant, origin),
            about(rotation(2.1), point),
            about(rotation(2.1), point + np.array([0.0, 0.01])),
            about(2.0 * still, point),
            about(rotation(1.0) @ mirror, origin),
            about(rotation(1.0) @ mirror, point),
            about(slant, point),
        ]
    )


def bump(points: ArrayLike) -> Array:
    """Return the values (...) of a function of the plane."""
    x, y = np.moveaxis(np.asarray(points, dtype=np.float64), -1, 0)
    return np.asarray(np.exp(-((x - 1.0) ** 2) - 2.0 * (y - 0.5) ** 2) + 0.1 * x * y + 0.05 * x)


def uneven_policy(states: ArrayLike) -> Array:
    """Return the actions (..., 2) of a policy of the plane."""
    x, y = np.moveaxis(np.asarray(states, dtype=np.float64), -1, 0)
    return np.stack([0.5 - y**2, 0.2 + x], axis=-1)
