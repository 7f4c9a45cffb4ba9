"""Exercises: what a lesson asks, how an answer is checked, and what the student reads.

A lesson's exercises live in ``hgmrl_lite/course/lesson_NN.py`` as a tuple ``EXERCISES``. The check of each is
a generator: it yields in words what it is about to test, then tests it with the blocks of
`hgmrl_lite.course.expect`, so that the report can name everything that was tested and the first thing that
is wrong:

>>> import numpy as np
>>> from hgmrl_lite.course.exercise import Exercise, examine
>>> from hgmrl_lite.course.expect import call, expect_close
>>> def check_double(answer):
...     yield "a point of the plane"
...     expect_close(call(answer, np.array([1.0, 2.0])), [2, 4], "`double([1, 2])`")
>>> exercise = Exercise("99.1", "Doubling", ("Add the point to itself.",), check_double, lambda p: 2 * p)
>>> examine(exercise, exercise.reference)
✓ Correct · Exercise 99.1, Doubling
  passed: a point of the plane
>>> examine(exercise, lambda p: p)
✗ Not yet · Exercise 99.1, Doubling
  failed: a point of the plane
  `double([1, 2])` should be [2., 4.], but is [1., 2.].
>>> examine(exercise, ...)
○ Not attempted · Exercise 99.1, Doubling
  Put your own code in place of `...`; nothing that follows depends on it.
"""

import html
import importlib
import pkgutil
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

import hgmrl_lite.course
from hgmrl_lite.course.expect import NotAttempted, NotYet, describe, is_blank
from hgmrl_lite.course.watchdog import TookTooLong, run_with_limit

State = Literal["Correct", "Not yet", "Not attempted"]
_SYMBOLS: dict[State, str] = {"Correct": "✓", "Not yet": "✗", "Not attempted": "○"}
_UNTOUCHED = "Put your own code in place of `...`; nothing that follows depends on it."

# How many hints of each exercise were shown in this Jupyter kernel.
_shown: dict[str, int] = {}


@dataclass(frozen=True)
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
    check: Callable[[Any], Iterator[str]]
    reference: Any
    seconds: float = 10.0

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\d\d\.\d+", self.id):
            raise ValueError(f'id must be a lesson and a number such as "01.2", got {self.id!r}')
        if not isinstance(self.hints, tuple) or not self.hints or not all(self.hints):
            raise ValueError(f"hints of exercise {self.id} must be a tuple of texts, got {self.hints!r}")


@dataclass(frozen=True)
class CheckResult:
    """What a check found.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    state : {"Correct", "Not yet", "Not attempted"}
        The verdict.
    tested : tuple of str
        What was tested, in order; when the state is "Not yet" the last one failed.
    message : str, optional
        The first thing that is wrong.
    hint : str, optional
        What to think about, for a mistake that was recognised.
    """

    exercise: Exercise
    state: State
    tested: tuple[str, ...] = ()
    message: str = ""
    hint: str = ""

    def __repr__(self) -> str:
        """Give the verdict and its grounds as plain text."""
        title = f"{_SYMBOLS[self.state]} {self.state} · Exercise {self.exercise.id}, {self.exercise.title}"
        lines = [f"{word}: {text}" for word, text in self._steps()]
        lines += [text for text in (self.message, self.hint) if text]
        return "\n  ".join([title, *lines])

    def _repr_html_(self) -> str:
        """Give the same as a box that takes its colours from the notebook's theme."""
        name = f"Exercise {self.exercise.id}, {self.exercise.title}"
        items = "".join(f"<li><em>{word}:</em> {_prose(text)}</li>" for word, text in self._steps())
        body = f'<ul style="margin:0.3em 0;padding-left:1.2em">{items}</ul>' if items else ""
        body += "".join(f"<div>{_prose(text)}</div>" for text in (self.message, self.hint) if text)
        if self.state == "Not yet":
            body += f'<div>For help: <code>course.hint("{self.exercise.id}")</code></div>'
        return _box(
            f'<strong><span aria-hidden="true">{_SYMBOLS[self.state]}</span> {self.state}</strong>'
            f" · {_prose(name)}{body}"
        )

    def _steps(self) -> list[tuple[str, str]]:
        """Pair what was tested with how it went."""
        words = ["passed"] * len(self.tested)
        if words and self.state == "Not yet":
            words[-1] = "failed"
        return list(zip(words, self.tested, strict=True)) if self.state != "Not attempted" else []


@dataclass(frozen=True)
class Hints:
    """The first hints of an exercise; in a notebook each one opens by a click.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    level : int
        How many hints are shown.
    """

    exercise: Exercise
    level: int

    def __repr__(self) -> str:
        """List the hints as plain text."""
        return "\n".join([*(f"{name}: {text}" for name, text in self._named()), self._more()])

    def _repr_html_(self) -> str:
        """List the hints folded, so that Run All gives none away."""
        folded = "".join(
            f'<details><summary style="cursor:pointer">{name}</summary>'
            f'<div style="margin:0.2em 0 0.4em 1.2em">{_prose(text)}</div></details>'
            for name, text in self._named()
        )
        return _box(f"{folded}<div>{_prose(self._more())}</div>")

    def _named(self) -> list[tuple[str, str]]:
        """Pair each shown hint with its name."""
        total = len(self.exercise.hints)
        shown = self.exercise.hints[: self.level]
        return [(f"Hint {k} of {total}", text) for k, text in enumerate(shown, start=1)]

    def _more(self) -> str:
        """Say how to get the next one."""
        if self.level >= len(self.exercise.hints):
            return "These are all the hints."
        return "Run this cell again for the next hint."


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
    names = sorted(module.name for module in pkgutil.iter_modules(hgmrl_lite.course.__path__))
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
    """Check an answer to an exercise of a lesson.

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
    return examine(find(id), answer)


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
    except Exception as error:
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


def _prose(text: str) -> str:
    """Escape a text for HTML; backquoted parts become code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def _box(content: str) -> str:
    """Frame a piece of HTML in the text's own colour."""
    style = "border:1px solid currentColor;border-radius:4px;padding:0.5em 0.8em;max-width:60em"
    return f'<div style="{style}">{content}</div>'
