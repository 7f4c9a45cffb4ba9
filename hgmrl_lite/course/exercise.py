"""Exercises: what a lesson asks, how an answer is checked, and what the student reads.

A lesson's exercises live in ``hgmrl_lite/course/lesson_NN.py`` as a tuple ``EXERCISES``. The check of each is
a generator: it yields in words what it is about to test, then tests it with the blocks of
`hgmrl_lite.course.expect`, so that the report can name everything that was tested and the first thing that
is wrong:

>>> import numpy as np
>>> from hgmrl_lite.course.calling import call
>>> from hgmrl_lite.course.exercise import examine, exercise, hints
>>> from hgmrl_lite.course.expect import expect_close
>>> @exercise("99.1", "Doubling", lambda p: 2 * p)
... @hints("Add the point to itself.")
... def double(answer):
...     yield "a point of the plane"
...     expect_close(call(answer, np.array([1.0, 2.0])), [2, 4], "`double([1, 2])`")
>>> examine(double, double.reference)
✓ Correct · Exercise 99.1, Doubling
  passed: a point of the plane
>>> examine(double, lambda p: p)
✗ Not yet · Exercise 99.1, Doubling
  failed: a point of the plane
  `double([1, 2])` should be [2, 4], but is [1, 2].
>>> examine(double, ...)
○ Not attempted · Exercise 99.1, Doubling
  Put your own code in place of `...`; nothing that follows depends on it.
"""

import importlib
import pkgutil
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from hgmrl_lite.course.expect import NotAttempted, NotYet
from hgmrl_lite.course.inspection import describe, is_blank
from hgmrl_lite.course.progress import remember
from hgmrl_lite.course.report import CheckResult, Hints, State
from hgmrl_lite.course.watchdog import TookTooLong, run_with_limit

_UNTOUCHED = "Put your own code in place of `...`; nothing that follows depends on it."

# How many hints of each exercise were shown in this Jupyter kernel.
_shown: dict[str, int] = {}


Check = Callable[[Any], Iterator[str]]


@dataclass(frozen=True, eq=False)
class Exercise:
    """One exercise of a lesson.

    Parameters
    ----------
    id : str
        Lesson and number: ``"01.2"``.
    title : str
        A few words, as in the lesson's heading.
    hints : tuple of str
        From a nudge to nearly all of it, a sentence or two each; none gives the answer away. Backquotes
        mark code, dollar signs mathematics.
    check : callable
        A generator function of the answer; yields in words what it tests next, raises `NotYet` when it fails.
    reference : object
        An answer that passes.
    seconds : float, optional
        Time limit of the whole check.

    Raises
    ------
    ValueError
        When the id is malformed or there is no hint.
    """

    id: str
    title: str
    hints: tuple[str, ...]
    check: Check
    reference: Any
    seconds: float = 10.0

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\d\d\.\d+", self.id):
            raise ValueError(f'id must be a lesson and a number such as "01.2", got {self.id!r}')
        if not isinstance(self.hints, tuple) or not self.hints or not all(self.hints):
            raise ValueError(f"hints of exercise {self.id} must be a tuple of texts, got {self.hints!r}")


def hints(*texts: str) -> Callable[[Check], tuple[Check, tuple[str, ...]]]:
    """Put the hints of an exercise, from a nudge to nearly all of it, above its check."""
    return lambda check: (check, texts)


def exercise(
    id: str, title: str, reference: Any, *, seconds: float = 10.0
) -> Callable[[tuple[Check, tuple[str, ...]]], Exercise]:
    """Make a check and its `hints` an `Exercise`; the decorator above both."""
    return lambda hinted: Exercise(id, title, hinted[1], hinted[0], reference, seconds)


def exercises_of(lesson: str) -> tuple[Exercise, ...]:
    """Return the exercises of a lesson given by its two digits; none when it has no module."""
    name = f"hgmrl_lite.course.lesson_{lesson}"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return ()
    exercises: tuple[Exercise, ...] = module.EXERCISES
    return exercises


def all_exercises() -> tuple[Exercise, ...]:
    """Return the exercises of every lesson, in order."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    lessons = [name.removeprefix("lesson_") for name in names if re.fullmatch(r"lesson_\d\d", name)]
    return tuple(exercise for lesson in lessons for exercise in exercises_of(lesson))


def find(id: str) -> Exercise:
    """Return an exercise by its id.

    Raises
    ------
    ValueError
        When there is none; the message lists the ids of that lesson.
    """
    known = exercises_of(str(id)[:2]) if re.fullmatch(r"\d\d\.\d+", str(id)) else ()
    for exercise in known:
        if exercise.id == id:
            return exercise
    listed = ", ".join(exercise.id for exercise in known) or 'none there; an id looks like "01.2"'
    raise ValueError(f"id must name an exercise, got {id!r}; known: {listed}")


def check(id: str, answer: Any) -> CheckResult:
    """Check an answer to an exercise of a lesson, and note a step forward in the student's progress.

    Parameters
    ----------
    id : str
        The exercise: ``"01.2"``.
    answer : object
        A function, a number, an array or a text, as the exercise asks.

    Returns
    -------
    CheckResult
        "Correct", "Not yet" with what is wrong, or "Not attempted". Nothing about the answer raises.

    Raises
    ------
    ValueError
        When there is no such exercise.
    """
    result = examine(find(id), answer)
    return replace(result, note=remember(result))


def examine(exercise: Exercise, answer: Any) -> CheckResult:
    """Check an answer to ``exercise``; the work behind `check`."""
    tested: list[str] = []

    def work() -> None:
        # A student's division by zero is told as the NaN it makes, not as a warning beside the verdict.
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for step in exercise.check(answer):
                tested.append(step)

    message, hint = "", ""
    state: State = "Not yet"
    try:
        if is_blank(answer):
            raise NotAttempted
        run_with_limit(work, exercise.seconds)
        state = "Correct"
    except NotAttempted:
        state, message = "Not attempted", _UNTOUCHED
    except NotYet as error:
        message, hint = error.message, error.hint or ""
    except TookTooLong:
        message = f"It took longer than {exercise.seconds:g} s and was stopped."
        hint = "Is there a loop that does not end, or one that NumPy could do at once?"
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # What comes here was raised while looking at the answer, such as an object whose methods are broken.
        message = f"The answer, {_safely(answer)}, could not be examined: {type(error).__name__}."
    return CheckResult(exercise, state, tuple(tested), message, hint)


def hint(id: str, level: int | None = None) -> Hints:
    """Show one more hint of an exercise at each call.

    Parameters
    ----------
    id : str
        The exercise: ``"01.2"``.
    level : int, optional
        Show this many hints instead, and leave the count as it is.

    Returns
    -------
    Hints
        The hints so far; in a notebook each one opens by a click.

    Raises
    ------
    ValueError
        When there is no such exercise or no such level.
    """
    exercise = find(id)
    total = len(exercise.hints)
    if level is None:
        level = _shown[exercise.id] = min(_shown.get(exercise.id, 0) + 1, total)
    elif isinstance(level, bool) or not isinstance(level, int) or not 1 <= level <= total:
        raise ValueError(f"level must be a whole number from 1 to {total}, got {level!r}")
    return Hints(exercise, level)


def _safely(answer: Any) -> str:
    """Describe an answer that may be broken."""
    try:
        return describe(answer)
    except Exception:
        return f"an object of type {type(answer).__name__}"
