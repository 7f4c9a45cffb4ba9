"""What a student reads: the verdict of a check, and the hints."""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

State = Literal["Correct", "Not yet", "Not attempted"]
SYMBOLS: dict[State, str] = {"Correct": "✓", "Not yet": "✗", "Not attempted": "○"}


class Titled(Protocol):
    """What a report says of an exercise."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def hints(self) -> tuple[str, ...]: ...  # noqa: D102


@dataclass(frozen=True)
class CheckResult:
    """What a check found.

    Parameters
    ----------
    exercise : Titled
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

    exercise: Titled
    state: State
    tested: tuple[str, ...] = ()
    message: str = ""
    hint: str = ""
    note: str = ""

    def __repr__(self) -> str:
        """Give the verdict and its grounds as plain text."""
        title = f"{SYMBOLS[self.state]} {self.state} · Exercise {self.exercise.id}, {self.exercise.title}"
        lines = [f"{word}: {text}" for word, text in self._steps()]
        lines += [text for text in (self.message, self.hint, self.note) if text]
        return "\n  ".join([title, *lines])

    def _repr_html_(self) -> str:
        """Give the same as a box that takes its colours from the notebook's theme."""
        name = f"Exercise {self.exercise.id}, {self.exercise.title}"
        items = "".join(f"<li><em>{word}:</em> {_prose(text)}</li>" for word, text in self._steps())
        body = f'<ul style="margin:0.3em 0;padding-left:1.2em">{items}</ul>' if items else ""
        body += "".join(f"<div>{_prose(text)}</div>" for text in (self.message, self.hint, self.note) if text)
        if self.state == "Not yet":
            body += f'<div>For help: <code>course.hint("{self.exercise.id}")</code></div>'
        return _box(f"<strong>{signed(SYMBOLS[self.state], self.state)}</strong> · {_prose(name)}{body}")

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
    exercise : Titled
        The exercise.
    level : int
        How many hints are shown.
    """

    exercise: Titled
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


def signed(symbol: str, word: str) -> str:
    """Write a sign before a word in HTML; a screen reader reads the word alone."""
    return f'<span aria-hidden="true">{symbol}</span> {word}'


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table in HTML, whose parts are HTML already; the first cell of each row is its head."""
    left = 'style="text-align:left;vertical-align:top"'
    head = "".join(f'<th scope="col" {left}>{name}</th>' for name in columns)
    body = ""
    for first, *rest in rows:
        cells = "".join(f"<td {left}>{cell}</td>" for cell in rest)
        body += f'<tr><th scope="row" {left}>{first}</th>{cells}</tr>'
    caption = f'<caption style="text-align:left">{caption}</caption>'
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _prose(text: str) -> str:
    """Escape a text for HTML; backquoted parts become code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def _box(content: str) -> str:
    """Frame a piece of HTML in the text's own colour."""
    style = "border:1px solid currentColor;border-radius:4px;padding:0.5em 0.8em;max-width:60em"
    return f'<div style="{style}">{content}</div>'
