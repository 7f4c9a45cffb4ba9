"""The style of every figure: colours, the look of each agent, panels, legends, intervals, captions."""

import textwrap
from collections.abc import Callable, Iterable
from typing import Any, Final, Literal

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from numpy.typing import ArrayLike

from hgmrl_lite import _looks
from hgmrl_lite._validate import Array
from hgmrl_lite.meta import Interval

# Okabe and Ito's palette holds with every common form of colour blindness; markers and dashes differ too.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)))

LOOKS: Final = {name: (one.colour, one.marker) for name, one in _looks.LOOKS.items()}
"""Colour and marker of each agent, the same in every figure."""

in_style = rc_context(
    {
        "figure.constrained_layout.use": True,
        "axes.titlesize": 10,
        "legend.fontsize": 9,
        "legend.frameon": False,
    }
)
"""Decorator of every function that makes a figure: sizes and layout, whatever the notebook has set."""


def look(agent: str, index: int) -> tuple[str, str]:
    """Return colour and marker of an agent; who has none of its own gets those of its place."""
    own = COLOURS[index % len(COLOURS)], MARKERS[index % len(MARKERS)]
    return LOOKS.get(agent.removesuffix(" agent"), own)


def curve(index: int) -> dict[str, Any]:
    """Return colour, marker and dashes of the curve in this place, as keyword arguments of `Axes.plot`."""
    place = index % len(COLOURS)
    return {"color": COLOURS[place], "marker": MARKERS[place], "ls": DASHES[place]}


def panels(
    count: int, size: tuple[float, float], *, grid: bool = True, **options: Any
) -> tuple[Figure, list[Axes]]:
    """Return a new figure and its panels, side by side.

    Parameters
    ----------
    count : int
        How many panels.
    size : tuple of float
        Width and height of the figure, in inches.
    grid : bool, optional
        Whether the panels have a light grid.
    **options : object
        As of `Figure.subplots`: ``sharey``, ``width_ratios``.
    """
    figure = Figure(figsize=size)
    row = list(figure.subplots(1, count, squeeze=False, **options)[0])
    for axes in row if grid else ():
        axes.grid(alpha=0.25)
    return figure, row


def square(axes: Axes, half: float, ticks: bool = True) -> None:
    """Make axes the window [-half, half]² of the plane, with few numbers or none."""
    numbers: list[float] = list(np.arange(np.ceil(-half), np.floor(half) + 1)) if ticks else []
    axes.set(aspect="equal", xlim=(-half, half), ylim=(-half, half), xticks=numbers, yticks=numbers)
    axes.tick_params(labelsize=8)


def plane(half: float, count: int) -> Array:
    """Return a grid of points of [-half, half]², shape (count, count, 2)."""
    line = np.linspace(-half, half, count)
    return np.stack(np.meshgrid(line, line), axis=-1)


def circle(count: int = 121) -> Array:
    """Return points once round the unit circle, shape (count, 2)."""
    turn = np.linspace(0.0, 2.0 * np.pi, count)
    return np.stack([np.cos(turn), np.sin(turn)], axis=1)


def intervals(axes: Axes, x: ArrayLike, means: Interval | Iterable[Interval], **style: Any) -> None:
    """Draw means with their 95 % intervals, or alone where there is no interval.

    Parameters
    ----------
    axes : Axes
        Where.
    x : array_like, shape (k,)
        Horizontal places.
    means : Interval of shape (k,), or k of them
        What is drawn.
    **style : object
        As of `Axes.errorbar`.
    """
    if not isinstance(means, Interval):
        ends = [[one.mean, one.low, one.high] for one in means]
        means = Interval(*np.array(ends, dtype=np.float64).T)
    style.setdefault("elinewidth", 0.9)
    axes.errorbar(x, means.mean, np.nan_to_num(means.half_width), **style)


def zero_line(axes: Axes) -> None:
    """Draw a faint line at 0."""
    axes.axhline(0.0, color="0.75", lw=0.8, zorder=0)


def write_ticks(axis: Axis, numbers: Iterable[float], unit: str = "") -> None:
    """Write these numbers at an axis, and nothing between them."""
    chosen = list(numbers)
    axis.set_ticks(chosen, [f"{number:g}{unit}" for number in chosen])
    axis.set_minor_locator(NullLocator())


def legend_outside(
    figure: Figure, side: Literal["upper", "lower"], columns: int, order: Callable[[str], Any] | None = None
) -> None:
    """Put one legend for all panels above or below them; what stands in several panels is in it once.

    Parameters
    ----------
    figure : Figure
        The figure.
    side : {"upper", "lower"}
        Where.
    columns : int
        Entries in a row.
    order : callable, optional
        Sorts the entries by what it returns for their labels.
    """
    entries: dict[str, Any] = {}
    for axes in figure.axes:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    labels = sorted(entries, key=order) if order else list(entries)
    handles = [entries[label] for label in labels]
    outside: dict[str, Any] = {"loc": f"outside {side} center", "ncols": columns}
    figure.legend(handles, labels, **outside)


def caption(figure: Figure, text: str) -> None:
    """Print a caption under a figure, at its left edge, wrapped to its width."""
    # About 17 characters of 7.5 points go into an inch.
    columns = int(17.5 * figure.get_figwidth())
    figure.supxlabel(textwrap.fill(text, columns), x=0.01, ha="left", fontsize=7.5, color="0.3")
