"""What the figures of the experiments share: the looks of the agents, and a caption under the figure."""

import textwrap
from typing import Final

from matplotlib.figure import Figure

from hgmrl_lite.plots.style import COLOURS

LOOKS: Final = {
    "geometric": (COLOURS[0], "o"),
    "base policy": (COLOURS[1], "s"),
    "nearest task": (COLOURS[2], "^"),
    "goal-conditioned": (COLOURS[3], "D"),
    "CCM": (COLOURS[4], "v"),
    "true rotation": ("#7A5CC0", "P"),
    "trained on the test task": ("#4D4D4D", "X"),
    "true translation": (COLOURS[2], "^"),
    "true reflection": ("#7A5CC0", "P"),
}
"""Colour and marker of each agent, the same in every figure."""


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
