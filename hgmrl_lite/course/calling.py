"""Call a student's function: with copies, in words when it fails, with one point or many in rows."""

import copy
from typing import Any

from hgmrl_lite._validate import Array
from hgmrl_lite.course.expect import NotAttempted, NotYet
from hgmrl_lite.course.inspection import describe, gaps, is_stub, message, parameters, raised, unchanged
from hgmrl_lite.course.watchdog import Stop


def call(student: Any, *arguments: Any, what: str | None = None) -> Any:
    """Call the student's function and return what it returns.

    Parameters
    ----------
    student : object
        What the student handed in, hopefully a function.
    *arguments : object
        What it is called with. It gets copies, and must leave them as they are.
    what : str, optional
        What the function is called in messages; its own name when left out.

    Returns
    -------
    object
        The returned value, neither None nor Ellipsis.

    Raises
    ------
    NotAttempted
        When the body is still the stub.
    NotYet
        When it is no function, takes other arguments, raises, changes an argument or returns nothing.
    """
    name = _named(student, what)
    if not callable(student):
        raise NotYet(f"A function is needed for `{name}`, but this is {describe(student)}.")
    names = parameters(student, len(arguments))
    if isinstance(names, str):
        word = "argument" if len(arguments) == 1 else "arguments"
        raise NotYet(f"`{name}` should take {len(arguments)} {word}, but takes `{names}`.")
    given = copy.deepcopy(arguments)
    try:
        result = student(*given)
    except (NotYet, NotAttempted, KeyboardInterrupt, Stop):
        # The student's own interrupt ends the cell, as everywhere; the time limit ends the check.
        raise
    except BaseException as error:
        unfinished = "value" in gaps(student) or "ellipsis" in message(error).lower()
        if unfinished or isinstance(error, NotImplementedError):
            raise NotAttempted from None
        raise NotYet(raised(student, error, name)) from None
    for parameter, before, after in zip(names, arguments, given, strict=True):
        if not unchanged(before, after):
            raise NotYet(
                f"`{name}` changes its argument `{parameter}` in place.",
                "Make a new array, or start from a copy, so that the caller's array stays as it was.",
            )
    if result is Ellipsis or (result is None and is_stub(student)):
        raise NotAttempted
    if result is None:
        raise NotYet(f"`{name}` returns None.", "Is a `return` missing?")
    return result


def call_rows(student: Any, points: Array, *arguments: Any, what: str | None = None) -> Any:
    """Call the student's function of points with one of them, or with many in rows.

    Parameters
    ----------
    student : object
        What the student handed in, hopefully a function.
    points : ndarray, shape (n,) or (N, n)
        Its first argument.
    *arguments : object
        The other arguments.
    what : str, optional
        As in `call`.

    Returns
    -------
    object
        The returned value.

    Raises
    ------
    NotAttempted, NotYet
        As in `call`; a function that fails on the rows together and not on each alone is told just that.
    """
    try:
        return call(student, points, *arguments, what=what)
    except NotYet:
        if points.ndim == 1:
            raise
        try:
            for row in points:
                call(student, row, *arguments, what=what)
        except NotYet:
            pass
        else:
            name = _named(student, what)
            raise NotYet(
                f"`{name}` works for one point, of shape {points[0].shape}, but not for several in the rows "
                f"of an array of shape {points.shape}.",
                "`L @ p` for a column becomes `points @ L.T` for rows; `points[..., 0]` is the first "
                "coordinate of one point and of many.",
            ) from None
        raise


def _named(student: Any, what: str | None) -> str:
    """Return what a student's function is called in messages."""
    return what or str(getattr(student, "__name__", "your answer")).replace("<lambda>", "your function")
