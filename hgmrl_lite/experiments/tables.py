"""Tables of the experiments' results, as text and as HTML."""

import html
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Rows of words and numbers under a heading, with the protocol below.

    Parameters
    ----------
    title : str
        What the table shows.
    header : tuple of str
        Names of the columns.
    rows : sequence of sequence of str
        One entry a column.
    caption : str
        How it was measured.
    """

    title: str
    header: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    caption: str

    def text(self) -> str:
        """Return the table as lines of even columns."""
        lines = [self.header, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.header))]
        body = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines
        ]
        return "\n".join([self.title, *(line.rstrip() for line in body), self.caption])

    def html(self) -> str:
        """Return the table for a notebook."""
        head = "".join(f'<th style="text-align:left">{html.escape(name)}</th>' for name in self.header)
        body = "".join(
            "<tr>"
            + "".join(f'<td style="text-align:left">{html.escape(cell)}</td>' for cell in row)
            + "</tr>"
            for row in self.rows
        )
        return (
            f"<div><table><caption><b>{html.escape(self.title)}</b></caption><thead><tr>{head}</tr></thead>"
            f'<tbody>{body}</tbody></table><div style="max-width:60em;font-size:smaller">'
            f"{html.escape(self.caption)}</div></div>"
        )


class Tabled(ABC):
    """A result that prints as its table."""

    @property
    @abstractmethod
    def table(self) -> Table:
        """The result as a table."""

    def __repr__(self) -> str:
        """Give the table as text."""
        return self.table.text()

    def _repr_html_(self) -> str:
        """Give the table for a notebook."""
        return self.table.html()
