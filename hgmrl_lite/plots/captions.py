"""What the figures of the experiments share: a caption below."""

import textwrap

from matplotlib.figure import Figure


def add_caption(figure: Figure, text: str, *, columns: int | None = None) -> None:
    """Print a caption under a figure with constrained layout, at its left edge.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure.
    text : str
        The caption; it is wrapped to the figure's width.
    columns : int, optional
        Characters a line; from the figure's width when left out.
    """
    # About 17 characters of 7.5 points go into an inch.
    width = columns or int(17.5 * figure.get_figwidth())
    figure.supxlabel(textwrap.fill(text, width), x=0.01, ha="left", fontsize=7.5, color="0.3")
