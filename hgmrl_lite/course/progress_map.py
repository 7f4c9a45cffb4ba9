"""The map of a course: which exercises are done, begun and open."""

import html
from dataclasses import dataclass
from pathlib import Path

from hgmrl_lite.course.exercise import Exercise, all_exercises
from hgmrl_lite.course.progress import progress_file, read_states
from hgmrl_lite.course.report import SYMBOLS, State, signed, table

_WORDS: dict[State, str] = {"Correct": "done", "Not yet": "begun", "Not attempted": "open"}


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
    unreadable : int
        Lines of the file that mean nothing.
    error : str
        Why the file could not be read at all; empty when it could, or when there is none.
    """

    exercises: tuple[Exercise, ...]
    states: dict[str, State]
    file: Path
    unreadable: int = 0
    error: str = ""

    @property
    def done(self) -> int:
        """How many exercises are done."""
        return sum(self.state(exercise) == "Correct" for exercise in self.exercises)

    def state(self, exercise: Exercise) -> State:
        """Return the best state of an exercise."""
        return self.states.get(exercise.id, "Not attempted")

    @property
    def lessons(self) -> dict[str, list[Exercise]]:
        """The exercises of each lesson, by its two digits."""
        lessons: dict[str, list[Exercise]] = {}
        for exercise in self.exercises:
            lessons.setdefault(exercise.id[:2], []).append(exercise)
        return lessons

    @property
    def summary(self) -> str:
        """The progress in one sentence."""
        text = f"{self.done} of {len(self.exercises)} exercises done."
        if self.unreadable:
            text += f" {self.unreadable} lines of {self.file} could not be read and are left out."
        if self.error:
            text += f" {self.file} could not be read: {self.error}."
        return text

    def __repr__(self) -> str:
        """Give the map as plain text: a line a lesson."""
        lines = [self.summary]
        for lesson, exercises in self.lessons.items():
            marks = " ".join(f"{SYMBOLS[self.state(one)]} {one.id}" for one in exercises)
            lines.append(f"{lesson}: {marks}")
        return "\n".join([*lines, "✓ done   ✗ begun   ○ open"])

    def _repr_html_(self) -> str:
        """Give the map as a table, a row a lesson; states are words as well as signs."""
        rows = []
        for lesson, exercises in self.lessons.items():
            states = [self.state(one) for one in exercises]
            items = "".join(
                f'<li style="margin:0">{signed(SYMBOLS[state], one.id)} {html.escape(one.title)} '
                f"({_WORDS[state]})</li>"
                for one, state in zip(exercises, states, strict=True)
            )
            listed = f'<ul style="list-style:none;margin:0;padding:0">{items}</ul>'
            rows.append((self._link(lesson), f"{states.count('Correct')} of {len(states)}", listed))
        caption = (
            f"<strong>{html.escape(self.summary)}</strong> Kept in {html.escape(self.file.name)}, on this "
            "machine only."
        )
        return table(caption, ("Lesson", "Done", "Exercises"), rows)

    def _link(self, lesson: str) -> str:
        """Link to the lesson's notebook where it lies beside the file."""
        notebook = next(iter(sorted(self.file.parent.glob(f"{lesson}_*.ipynb"))), None)
        return f'<a href="{html.escape(notebook.name)}">{lesson}</a>' if notebook else lesson


def progress() -> Progress:
    """Return the map of the exercises: done, begun and open.

    Returns
    -------
    Progress
        In a notebook, a table.
    """
    file = progress_file()
    try:
        states, unreadable = read_states(file)
    except OSError as error:
        return Progress(all_exercises(), {}, file, error=error.strerror or str(error))
    return Progress(all_exercises(), states, file, unreadable)
