"""What a page shows: a figure with its description, and the pieces of HTML that reports are made of."""

import base64
import html
import io
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class DescribedFigure:
    """A figure as PNG and its description; a notebook shows the image with the description as alt text.

    Parameters
    ----------
    png : bytes
        The image.
    alt : str
        What is to be seen in it.
    """

    png: bytes
    alt: str

    def __repr__(self) -> str:
        """Give the description."""
        return f"Figure: {self.alt}"

    def _repr_html_(self) -> str:
        """Give an image with alt text that is never wider than the page."""
        data = base64.b64encode(self.png).decode("ascii")
        return (
            f'<img src="data:image/png;base64,{data}" alt="{html.escape(self.alt)}" style="max-width:100%">'
        )


def figure(figure: Any, alt: str) -> DescribedFigure:
    """Show a Matplotlib figure together with its description.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure; closed afterwards, so that it is not shown twice.
    alt : str
        What is to be seen, in one to three sentences.

    Returns
    -------
    DescribedFigure
        Leave it as the last line of a cell.

    Raises
    ------
    ValueError
        When ``figure`` is no Matplotlib figure or ``alt`` is empty.
    """
    if not hasattr(figure, "savefig"):
        raise ValueError(f"figure must be a Matplotlib figure, got {type(figure).__name__}")
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"alt must say what is to be seen in the figure, got {alt!r}")
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=100, bbox_inches="tight")
    # Only a figure that pyplot made is in its list; without pyplot there is nothing to close.
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(figure)
    return DescribedFigure(stream.getvalue(), alt.strip())


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


def prose(text: str) -> str:
    """Escape a text for HTML; backquoted parts become code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def box(content: str) -> str:
    """Frame a piece of HTML in the text's own colour."""
    style = "border:1px solid currentColor;border-radius:4px;padding:0.5em 0.8em;max-width:60em"
    return f'<div style="{style}">{content}</div>'
