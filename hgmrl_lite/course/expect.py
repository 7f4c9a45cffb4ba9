"""Building blocks of an exercise's check: each looks at one thing and, where it is wrong, says so in words.

A check compares with `expect_close`, `expect_shape`, `expect_choice` or `expect`. All of them raise `NotYet`
with a sentence for the student, never anything else. What calls the student's function is in
`hgmrl_lite.course.calling`, what goes through a table of cases in `hgmrl_lite.course.cases`.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence, Sized
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_numpy, masked_entries

Mistakes = Mapping[str, Any]
"""What typical mistakes lead to: for each hint the wrong value, or several of them along a first axis."""

# No exercise asks for so many numbers; a view of one number can claim to be more than the memory holds.
_MOST = 10_000_000
_SHORT = 120


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


def expect(condition: bool | np.bool_, message: str, hint: str | None = None) -> None:
    """Raise `NotYet` with ``message`` unless ``condition`` holds."""
    if not condition:
        raise NotYet(message, hint)


def as_numbers(got: Any, what: str, not_a_mask: str | None = None) -> Array:
    """Return ``got`` as a finite float64 array, or raise `NotYet` that says why that cannot be.

    ``not_a_mask`` is the hint for True and False in place of numbers.
    """
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
        raise NotYet(f"{what} should be numbers, but holds True and False.", not_a_mask)
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
    mistakes: Mistakes | Callable[[], Mistakes] | None = None,
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
    mistakes : mapping of str to array_like, or callable that returns one, optional
        Hints, each with the value that a typical mistake leads to. The first that fits is told.
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
    table = mistakes() if callable(mistakes) else mistakes or {}
    hint = next((text for text, wrong in table.items() if _is_one_of(numbers, wrong, tolerance)), None)
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


def expect_entry(answer: Any, name: str) -> Any:
    """Return an entry of the dictionary that a student fills in, or raise `NotYet` when it is open."""
    expect(isinstance(answer, dict), "The answer should be the dictionary of the cell, filled in.")
    expect(name in answer, f'The entry "{name}" is missing from the dictionary.')
    expect(answer[name] is not None and answer[name] is not Ellipsis, f'"{name}" is still open.')
    return answer[name]


def expect_choice(
    got: Any, right: str, options: Sequence[str], what: str, mistakes: str | Mapping[str, str]
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
    mistakes : str or mapping of str to str
        A hint for every wrong option, or for each its own.

    Raises
    ------
    NotYet
        When it is no text, no option, or the wrong one.
    """
    chosen = got.strip().casefold() if isinstance(got, str) else None
    if chosen not in [option.casefold() for option in options]:
        listed = ", ".join(f'"{option}"' for option in options)
        raise NotYet(f"{what} should be one of {listed}, not {describe(got)}.")
    if chosen != right.casefold():
        hints = dict.fromkeys(options, mistakes) if isinstance(mistakes, str) else mistakes
        hint = next((text for option, text in hints.items() if option.casefold() == chosen), None)
        raise NotYet(f"{what} is not {describe(got).removeprefix('the text ')}.", hint)


def _close(got: Array, want: Array, tolerance: float) -> bool:
    """Compare two arrays of one shape."""
    return got.shape == want.shape and bool(np.all(np.abs(got - want) <= tolerance * (1 + np.abs(want))))


def _is_one_of(got: Array, wrong: Any, tolerance: float) -> bool:
    """Compare with one value, or with several along a first axis."""
    values = np.asarray(wrong, dtype=np.float64)
    return any(_close(got, value, tolerance) for value in (values if values.ndim > got.ndim else [values]))


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


def shorten(text: str) -> str:
    """Cut a text that would not fit a sentence."""
    return text if len(text) <= _SHORT else text[: _SHORT - 2] + " …"
