"""One question evaluated twice: carelessly on the left, as it should be on the right."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.plots.regret import wrong_goal_regret
from hgmrl_lite.plots.style import look


def evaluations(
    careless: Mapping[str, ArrayLike],
    honest: Mapping[str, ArrayLike],
    distances: ArrayLike,
    *,
    titles: tuple[str, str] = ("carelessly evaluated", "honestly evaluated"),
    quantity: str = "regret",
) -> Figure:
    """Draw the same agents by two evaluations, against the distance to the nearest training goal.

    Parameters
    ----------
    careless, honest : mapping of str to array_like, shape (k,) or (k, C)
        What each evaluation measured on k goals, an entry an agent, by the name to show. With C context draws
        the draws are drawn small and faint behind their mean.
    distances : array_like, shape (k,)
        Distance of each goal to the nearest training goal, in radians.
    titles : tuple of str, optional
        What stands above the two halves.
    quantity : str, optional
        What was measured; beside "regret" stands the law of going to the nearest training goal.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        When there is no agent, or an entry does not have one row a goal.
    """
    distances = as_array("distances", distances, ("k",))
    degrees = np.degrees(distances)
    figure = Figure(figsize=(9.0, 3.6), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    # An agent has the same colour and mark on both sides, also where it is on one of them only.
    names = list(dict.fromkeys([*careless, *honest]))
    for axes, title, part, measured in zip(
        panels, titles, ("careless", "honest"), (careless, honest), strict=True
    ):
        if not measured:
            raise ValueError(f"{part} must hold at least one agent, got none")
        for name, values in measured.items():
            rows = _rows(f"{part}[{name!r}]", values, len(distances))
            colour, marker = look(name, names.index(name))
            style = {"color": colour, "ls": "none", "marker": marker}
            if rows.shape[1] > 1:
                axes.plot(degrees, rows, ms=2.5, alpha=0.35, **style)
            # Hollow and larger after the first, so that marks that coincide are seen as two.
            shape = {"ms": 9, "mfc": "none", "mew": 1.6} if names.index(name) else {"ms": 6}
            axes.plot(degrees, rows.mean(axis=1), label=name, **shape, **style)
        if quantity == "regret":
            law = np.linspace(0.0, distances.max(), 91)
            axes.plot(np.degrees(law), wrong_goal_regret(law), color="0.6", lw=1, label="200 sin(δ/2)")
        axes.set(title=title, xlabel="distance δ to the nearest training goal (degrees)")
        axes.grid(alpha=0.25)
    panels[0].set_ylabel(quantity)
    # What is on one side only is in the legend as well, and what is on both is there once.
    entries = {
        label: handle
        for axes in panels
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(entries.values(), entries, loc="outside lower center", ncols=4, frameon=False)
    return figure


def _rows(name: str, values: ArrayLike, count: int) -> Array:
    """Return values as (k, C)."""
    array = as_array(name, values)
    if array.ndim not in (1, 2) or len(array) != count:
        raise ValueError(f"{name} must have shape ({count},) or ({count}, C), got {array.shape}")
    return array.reshape(count, -1)
