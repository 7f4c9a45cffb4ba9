"""Results that print as a table, as text and as HTML."""

import html
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar


class Tabled(ABC):
    """A result that prints as its table: a title, rows of words and numbers under a heading, a caption."""

    title: ClassVar[str]
    """What the table shows."""

    @abstractmethod
    def rows(self) -> Sequence[Sequence[str]]:
        """Return the names of the columns, and then one row a line."""

    @abstractmethod
    def caption(self) -> str:
        """Return how it was measured."""

    def __repr__(self) -> str:
        """Give the table as lines of even columns."""
        rows = self.rows()
        widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
        body = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        return "\n".join([self.title, *(line.rstrip() for line in body), self.caption()])

    def _repr_html_(self) -> str:
        """Give the table for a notebook."""
        header, *rows = self.rows()
        body = "".join(_row("td", row) for row in rows)
        return (
            f"<div><table><caption><b>{html.escape(self.title)}</b></caption><thead>{_row('th', header)}"
            f'</thead><tbody>{body}</tbody></table><div style="max-width:60em;font-size:smaller">'
            f"{html.escape(self.caption())}</div></div>"
        )


def _row(tag: str, cells: Sequence[str]) -> str:
    """Return a row of HTML."""
    marked = (f'<{tag} style="text-align:left">{html.escape(cell)}</{tag}>' for cell in cells)
    return f"<tr>{''.join(marked)}</tr>"
