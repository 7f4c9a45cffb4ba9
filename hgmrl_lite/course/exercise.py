"""Exercises: what a lesson asks, how an answer is checked, and what the student reads.

A lesson's exercises live in ``hgmrl_lite/course/lesson_NN.py``. The check of each is a generator: it yields
in words what it is about to test, then tests it with the blocks of `hgmrl_lite.course.expect` and the tables
of `hgmrl_lite.course.cases`, so that the report can name everything that was tested and the first thing that
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
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from hgmrl_lite.course.calling import TookTooLong, is_blank, run_with_limit
from hgmrl_lite.course.expect import NotAttempted, NotYet, describe
from hgmrl_lite.course.page import box, prose, signed

State = Literal["Correct", "Not yet", "Not attempted"]
SYMBOLS: dict[State, str] = {"Correct": "✓", "Not yet": "✗", "Not attempted": "○"}
Check = Callable[[Any], Iterator[str]]

_UNTOUCHED = "Put your own code in place of `...`; nothing that follows depends on it."
# How many hints of each exercise were shown in this Jupyter kernel.
_shown: dict[str, int] = {}


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
    """

    id: str
    title: str
    hints: tuple[str, ...]
    check: Check
    reference: Any
    seconds: float = 10.0


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
    note : str, optional
        What else went wrong, such as a progress file that cannot be written.
    """

    exercise: Exercise
    state: State
    tested: tuple[str, ...] = ()
    message: str = ""
    hint: str = ""
    note: str = ""

    def __repr__(self) -> str:
        """Give the verdict and its grounds as plain text."""
        title = f"{SYMBOLS[self.state]} {self.state} · Exercise {self.exercise.id}, {self.exercise.title}"
        lines = [f"{word}: {text}" for word, text in self._steps()]
        return "\n  ".join([title, *lines, *self._told()])

    def _repr_html_(self) -> str:
        """Give the same as a box that takes its colours from the notebook's theme."""
        name = f"Exercise {self.exercise.id}, {self.exercise.title}"
        items = "".join(f"<li><em>{word}:</em> {prose(text)}</li>" for word, text in self._steps())
        body = f'<ul style="margin:0.3em 0;padding-left:1.2em">{items}</ul>' if items else ""
        body += "".join(f"<div>{prose(text)}</div>" for text in self._told())
        if self.state == "Not yet":
            body += f'<div>For help: <code>course.hint("{self.exercise.id}")</code></div>'
        return box(f"<strong>{signed(SYMBOLS[self.state], self.state)}</strong> · {prose(name)}{body}")

    def _steps(self) -> list[tuple[str, str]]:
        """Pair how it went with what was tested."""
        words = ["passed"] * len(self.tested)
        if words and self.state == "Not yet":
            words[-1] = "failed"
        return list(zip(words, self.tested, strict=True)) if self.state != "Not attempted" else []

    def _told(self) -> list[str]:
        """Return what there is to say beside the steps."""
        return [text for text in (self.message, self.hint, self.note) if text]


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
            f'<div style="margin:0.2em 0 0.4em 1.2em">{prose(text)}</div></details>'
            for name, text in self._named()
        )
        return box(f"{folded}<div>{prose(self._more())}</div>")

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
    return tuple(value for value in vars(module).values() if isinstance(value, Exercise))


def all_exercises() -> tuple[Exercise, ...]:
    """Return the exercises of every lesson, in order."""
    lessons = sorted(path.stem[-2:] for path in Path(__file__).parent.glob("lesson_[0-9][0-9].py"))
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


def examine(exercise: Exercise, answer: Any) -> CheckResult:
    """Check an answer to ``exercise``; the work behind `hgmrl_lite.course.check`."""
    tested: list[str] = []

    def work() -> None:
        # A student's division by zero is told as the NaN it makes, not as a warning beside the verdict.
        with np.errstate(all="ignore"):
            tested.extend(exercise.check(answer))

    message, hint = "", ""
    state: State = "Not yet"
    try:
        if is_blank(answer):
            raise NotAttempted
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
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


def hint(id: str) -> Hints:
    """Show one more hint of an exercise at each call.

    Parameters
    ----------
    id : str
        The exercise: ``"01.2"``.

    Returns
    -------
    Hints
        The hints so far; in a notebook each one opens by a click.

    Raises
    ------
    ValueError
        When there is no such exercise.
    """
    exercise = find(id)
    _shown[id] = min(_shown.get(id, 0) + 1, len(exercise.hints))
    return Hints(exercise, _shown[id])


def _safely(answer: Any) -> str:
    """Describe an answer that may be broken."""
    try:
        return describe(answer)
    except Exception:
        return f"an object of type {type(answer).__name__}"
