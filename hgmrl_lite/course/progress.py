"""Check answers, and keep what is done in a small file beside the work, which never leaves the machine.

The file has one line of JSON for each step forward and is only ever appended to: two notebooks that are open
at once cannot lose each other's lines.
"""

import errno
import html
import json
import os
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from hgmrl_lite.course.exercise import SYMBOLS, CheckResult, Exercise, State, all_exercises, examine, find
from hgmrl_lite.course.page import signed, table

FILE = "progress.jsonl"
"""The file's name, in the folder of the notebooks; ``$HGMRL_LITE_PROGRESS`` names another place."""
# A Jupyter kernel starts in the notebook's folder, and a lesson imports this in its first cell: a later `%cd`
# must not begin a second file.
try:
    _STARTED_IN = Path.cwd()
except FileNotFoundError:
    # The folder was deleted while the Jupyter kernel ran; `remember` will say so.
    _STARTED_IN = Path()
_WORDS: dict[State, str] = {"Correct": "done", "Not yet": "begun", "Not attempted": "open"}


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


def progress_file() -> Path:
    """Return where the progress is kept: ``$HGMRL_LITE_PROGRESS``, or a file beside the notebook."""
    return _STARTED_IN / (os.environ.get("HGMRL_LITE_PROGRESS") or FILE)


def remember(result: CheckResult) -> str:
    """Note a step forward in the file; what is done stays done.

    Parameters
    ----------
    result : CheckResult
        What a check found.

    Returns
    -------
    str
        Empty, or why it could not be noted. A full disk must not take the verdict from the student.
    """
    if result.state == "Not attempted" or not _has_a_student():
        return ""
    id, file = result.exercise.id, progress_file()
    try:
        if read_states(file)[0].get(id) in ("Correct", result.state):
            return ""
        file.parent.mkdir(parents=True, exist_ok=True)
        # One write of one line in append mode: lines of two notebooks do not mix. The leading line break
        # keeps a line that was cut short, by a full disk say, from swallowing this one.
        line = f"\n{json.dumps({'exercise': id, 'state': result.state})}\n".encode()
        with file.open("ab", buffering=0) as stream:
            # A disk that becomes full takes the beginning of a line without an error.
            if stream.write(line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as error:
        return f"Your progress could not be noted in {file}: {error.strerror or error}."
    return ""


def _has_a_student() -> bool:
    """Tell whether this is a notebook, or a file was named: a script or a test leaves no trace."""
    if os.environ.get("HGMRL_LITE_PROGRESS"):
        return True
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")


def reset_progress() -> str:
    """Forget which exercises are done; the answers in the notebooks stay.

    Returns
    -------
    str
        What was done. The old file is kept beside the new one until the next reset.
    """
    file = progress_file()
    kept = file.with_name(f"{file.stem}.before-reset{file.suffix}")
    try:
        file.replace(kept)
    except FileNotFoundError:
        return "There is no progress to forget."
    except OSError as error:
        return f"The progress stays as it is: {file} could not be renamed ({error.strerror or error})."
    return f"The progress begins anew. What was noted so far is kept in {kept.name}."


def read_states(file: Path) -> tuple[dict[str, State], int]:
    """Return the best states by exercise, and how many lines mean nothing."""
    states: dict[str, State] = {}
    unreadable = 0
    lines = file.read_bytes().splitlines() if file.exists() else []
    for line in filter(None, map(bytes.strip, lines)):
        try:
            entry = json.loads(line)
            id, state = entry["exercise"], entry["state"]
        except (ValueError, TypeError, KeyError):
            unreadable += 1
            continue
        if not isinstance(id, str) or state not in ("Correct", "Not yet"):
            unreadable += 1
        elif states.get(id) != "Correct":
            states[id] = state
    return states, unreadable


@dataclass(frozen=True, eq=False)
class Progress:
    """How far a student has come.

    Parameters
    ----------
    exercises : tuple of Exercise
        All exercises, in order.
    states : dict
        The best state of each exercise by id: "Correct" once it was correct, "Not yet" when it was tried.
    file : Path
        Where it is kept.
    complaint : str, optional
        What could not be read of it.
    """

    exercises: tuple[Exercise, ...]
    states: dict[str, State]
    file: Path
    complaint: str = ""

    @property
    def done(self) -> int:
        """How many exercises are done."""
        return sum(self.state(exercise) == "Correct" for exercise in self.exercises)

    def state(self, exercise: Exercise) -> State:
        """Return the best state of an exercise."""
        return self.states.get(exercise.id, "Not attempted")

    @property
    def summary(self) -> str:
        """The progress in one sentence, and what could not be read of it."""
        return f"{self.done} of {len(self.exercises)} exercises done. {self.complaint}".strip()

    def __repr__(self) -> str:
        """Give the map as plain text: a line a lesson."""
        lines = [self.summary]
        for lesson, exercises in self._lessons():
            marks = " ".join(f"{SYMBOLS[self.state(one)]} {one.id}" for one in exercises)
            lines.append(f"{lesson}: {marks}")
        return "\n".join([*lines, "✓ done   ✗ begun   ○ open"])

    def _repr_html_(self) -> str:
        """Give the map as a table, a row a lesson; states are words as well as signs."""
        rows = []
        for lesson, exercises in self._lessons():
            states = [self.state(one) for one in exercises]
            items = "".join(
                f'<li style="margin:0">{signed(SYMBOLS[state], one.id)} {html.escape(one.title)} '
                f"({_WORDS[state]})</li>"
                for one, state in zip(exercises, states, strict=True)
            )
            listed = f'<ul style="list-style:none;margin:0;padding:0">{items}</ul>'
            # The lesson's notebook, where it lies beside the file.
            notebook = next(iter(sorted(self.file.parent.glob(f"{lesson}_*.ipynb"))), None)
            link = f'<a href="{html.escape(notebook.name)}">{lesson}</a>' if notebook else lesson
            rows.append((link, f"{states.count('Correct')} of {len(states)}", listed))
        caption = (
            f"<strong>{html.escape(self.summary)}</strong> Kept in {html.escape(self.file.name)}, on this "
            "machine only."
        )
        return table(caption, ("Lesson", "Done", "Exercises"), rows)

    def _lessons(self) -> list[tuple[str, list[Exercise]]]:
        """Return the two digits of each lesson, and its exercises."""
        return [(lesson, list(those)) for lesson, those in groupby(self.exercises, lambda one: one.id[:2])]


def progress() -> Progress:
    """Return the map of the exercises: done, begun and open.

    Returns
    -------
    Progress
        In a notebook, a table.
    """
    file, complaint = progress_file(), ""
    try:
        states, unreadable = read_states(file)
        if unreadable:
            complaint = f"{unreadable} lines of {file} could not be read and are left out."
    except OSError as error:
        states, complaint = {}, f"{file} could not be read: {error.strerror or error}."
    return Progress(all_exercises(), states, file, complaint)
