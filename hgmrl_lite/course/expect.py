"""Building blocks of an exercise's check: each looks at one thing and, where it is wrong, says so in words.

A check calls the student's function through `call`, and compares with `expect_close`, `expect_shape`,
`expect_choice` or `expect`. All of them raise `NotYet` with a sentence for the student, never anything else.
"""

import copy
import inspect
from collections.abc import Mapping, Sequence, Sized
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_numpy, masked_entries
from hgmrl_lite.course.inspection import gaps, is_stub, message, parameters, raised, shorten, unchanged
from hgmrl_lite.course.watchdog import Stop

# No exercise asks for so many numbers; a view of one number can claim to be more than the memory holds.
_MOST = 10_000_000


class NotYet(Exception):
    """The answer is not right yet; the message is a sentence for the student.

    Parameters
    ----------
    message : str
        The first thing that is wrong.
    hint : str, optional
        What to think about, for a mistake that is recognised.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class NotAttempted(Exception):
    """The answer is still the untouched stub."""


def describe(value: Any) -> str:
    """Say in a few words what ``value`` is, whatever it is."""
    if value is None:
        return "None"
    if value is Ellipsis:
        return "`...`"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and type {value.dtype}"
    if isinstance(value, int) and value.bit_length() > 64:
        return "a whole number of very many digits"
    if isinstance(value, (bool, np.bool_, int, float, complex, np.number)):
        return f"{type(value).__name__} {value}"
    if isinstance(value, str):
        return f"the text {shorten(repr(value))}"
    if isinstance(value, (list, tuple, set, dict)):
        return f"a {type(value).__name__} of length {len(value)}"
    if inspect.isclass(value):
        return f"the class {value.__name__}"
    if callable(value):
        return f"the function {getattr(value, '__name__', type(value).__name__)}"
    return f"an object of type {type(value).__name__}"


def show(value: ArrayLike, digits: int = 4) -> str:
    """Write numbers for a sentence: few digits, rounding errors as 0, long arrays shortened."""
    array = np.asarray(value, dtype=np.float64)
    noise = 1e-12 * max(1.0, float(np.abs(array).max(initial=0.0)))
    clean = np.where(np.abs(array) < noise, 0.0, array)
    with np.printoptions(threshold=12, edgeitems=2, formatter={"float_kind": f"{{:.{digits}g}}".format}):
        text = np.array2string(clean, separator=", ")
    return shorten(" ".join(text.split()))


def expect(condition: bool, message: str, hint: str | None = None) -> None:
    """Raise `NotYet` with ``message`` unless ``condition`` holds."""
    if not condition:
        raise NotYet(message, hint)


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
    """Call the student's function of points with many of them in rows.

    Parameters
    ----------
    student : object
        What the student handed in, hopefully a function.
    points : ndarray, shape (N, n)
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


def as_numbers(got: Any, what: str) -> Array:
    """Return ``got`` as a finite float64 array, or raise `NotYet` that says why that cannot be."""
    if got is None or got is Ellipsis:
        raise NotYet(f"{what} should be a number or an array of numbers, not {describe(got)}.")
    try:
        count = got.size if isinstance(got, np.ndarray) else len(got) if isinstance(got, Sized) else 1
        if count > _MOST:
            raise NotYet(f"{what} holds {count:,} entries, far more than are asked for.")
        masked = masked_entries(got)
        if masked:
            raise NotYet(f"{what} should be numbers without a mask, but {masked} entries are masked.")
        array = as_numpy(what, got)
    except NotYet:
        raise
    except Exception:
        raise NotYet(f"{what} should be numbers; {describe(got)} cannot be read as an array.") from None
    if array.dtype.kind == "b":
        raise NotYet(f"{what} should be numbers, but holds True and False.")
    if array.dtype.kind == "c":
        raise NotYet(f"{what} should be real numbers, but holds complex ones.")
    if array.dtype.kind not in "iuf":
        raise NotYet(f"{what} should be numbers, not {describe(got)}.")
    numbers = array.astype(np.float64)
    bad = numbers.size - int(np.isfinite(numbers).sum())
    if bad:
        raise NotYet(f"{what} holds NaN or infinity ({bad} of {numbers.size} entries).")
    return numbers


def expect_shape(got: Any, shape: tuple[int, ...], what: str) -> Array:
    """Return ``got`` as numbers of exactly this shape, or raise `NotYet`."""
    numbers = as_numbers(got, what)
    if numbers.shape != shape:
        need = f"have shape {shape}" if shape else "be a single number"
        have = f"has shape {numbers.shape}" if numbers.shape else "is a single number"
        raise NotYet(f"{what} should {need}, but {have}.")
    return numbers


def expect_close(
    got: Any,
    want: ArrayLike,
    what: str,
    tolerance: float = 1e-6,
    *,
    mistakes: Sequence[tuple[ArrayLike, str]] = (),
    reveal: bool = True,
) -> None:
    """Compare numbers, entry by entry.

    Parameters
    ----------
    got : object
        The student's value.
    want : array_like
        The right value; fixes the shape.
    what : str
        What the value is, as the subject of a sentence; code in single backquotes.
    tolerance : float, optional
        Largest allowed |got - want| / (1 + |want|).
    mistakes : sequence of (array_like, str), optional
        Values that typical mistakes lead to, each with its own hint.
    reveal : bool, optional
        Whether the message may show the right value; False where it is the answer itself.

    Raises
    ------
    NotYet
        When type, shape or value is wrong.
    """
    right = np.asarray(want, dtype=np.float64)
    numbers = expect_shape(got, right.shape, what)
    if _close(numbers, right, tolerance):
        return
    hint = next(
        (text for value, text in mistakes if _close(numbers, np.asarray(value, dtype=float), tolerance)), None
    )
    kind = as_numpy(what, got).dtype
    if hint is None and kind in (np.float16, np.float32) and _close(numbers, right, 1e-2):
        hint = f"It came as {kind}, which keeps few digits: compute in float64."
    if not reveal:
        raise NotYet(f"{what} is not right: {show(numbers)}.", hint)
    # A difference that four digits hide is shown with more.
    digits = 4 if show(right) != show(numbers) else 12
    message = f"{what} should be {show(right, digits)}, but is {show(numbers, digits)}."
    if right.size > 12:
        worst = np.unravel_index(np.argmax(np.abs(numbers - right)), right.shape)
        place = ", ".join(str(int(axis)) for axis in worst)
        message += f" Furthest off is index [{place}]: {numbers[worst]:.4g} instead of {right[worst]:.4g}."
    raise NotYet(message, hint)


def expect_choice(
    got: Any, right: str, options: Sequence[str], what: str, mistakes: Mapping[str, str] | None = None
) -> None:
    """Compare a chosen word with the right one, whatever its case and surrounding blanks.

    Parameters
    ----------
    got : object
        The student's choice.
    right : str
        The right option.
    options : sequence of str
        All options, ``right`` among them.
    what : str
        What is chosen, as the subject of a sentence.
    mistakes : mapping of str to str, optional
        A hint for each wrong option.

    Raises
    ------
    NotYet
        When it is no text, no option, or the wrong one.
    """
    listed = ", ".join(f'"{option}"' for option in options)
    if not isinstance(got, str):
        raise NotYet(f"{what} should be one of {listed}, not {describe(got)}.")
    chosen = got.strip().casefold()
    if chosen not in [option.casefold() for option in options]:
        raise NotYet(f"{what} should be one of {listed}, not {describe(got)}.")
    if chosen != right.casefold():
        hints = {option.casefold(): text for option, text in (mistakes or {}).items()}
        raise NotYet(f"{what} is not {describe(got).removeprefix('the text ')}.", hints.get(chosen))


def _named(student: Any, what: str | None) -> str:
    """Return what a student's function is called in messages."""
    return what or str(getattr(student, "__name__", "your answer")).replace("<lambda>", "your function")


def _close(got: Array, want: Array, tolerance: float) -> bool:
    """Compare two arrays of one shape."""
    return got.shape == want.shape and bool(np.all(np.abs(got - want) <= tolerance * (1 + np.abs(want))))
