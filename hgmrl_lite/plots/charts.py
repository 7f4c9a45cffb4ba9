"""What a step does in different places: as it is seen, and in a chart."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from matplotlib.figure import Figure
from scipy.spatial import cKDTree

from hgmrl_lite._validate import Array
from hgmrl_lite.plots.style import COLOURS, in_style, legend_outside, panels
from hgmrl_lite.transitions import Transitions

#: Places along each side of the grid, and neighbours from which a mean step is read.
SIDE: Final = 7
NEAR: Final = 300
#: How many units of action an arrow stands for, so that it can be seen.
UNITS: Final = 2.0


@in_style
def local_steps(worlds: Mapping[str, Sequence[Transitions]]) -> Figure:
    """Draw what the actions (1, 0) and (0, 1) do in different places, each world in a panel.

    Parameters
    ----------
    worlds : mapping of str to sequence of Transitions
        Transitions of each world, with states and actions of the plane, by the title of its panel.

    Returns
    -------
    matplotlib.figure.Figure
        The mean steps around places of a grid, by a linear fit to the 300 nearest transitions, drawn twice
        as long as they are; places with too few data near by are left out.

    Raises
    ------
    ValueError
        When there is no world, its states or actions are not of the plane, or it has too few transitions.
    """
    if not worlds:
        raise ValueError("worlds must hold the transitions of at least one world, got none")
    figure, row = panels(len(worlds), (4.2 * len(worlds), 4.4))
    for axes, (title, tasks) in zip(row, worlds.items(), strict=True):
        places, responses = mean_steps(title, tasks)
        for column, name in enumerate(("action (1, 0)", "action (0, 1)")):
            axes.quiver(
                *places.T,
                *UNITS * responses[:, :, column].T,
                color=COLOURS[column],
                label=name,
                angles="xy",
                scale_units="xy",
                scale=1.0,
                width=0.006 if column else 0.009,
            )
        # Arrows do not count for the limits by themselves: their tips do.
        tips = (places[:, :, None] + UNITS * responses).swapaxes(1, 2).reshape(-1, 2)
        axes.update_datalim(np.vstack([places, tips]))
        axes.autoscale_view()
        axes.set(aspect="equal", title=title)
        axes.locator_params(nbins=5)
        axes.tick_params(labelsize=8)
    legend_outside(figure, "lower", 2)
    return figure


def mean_steps(name: str, tasks: Sequence[Transitions]) -> tuple[Array, Array]:
    """Return places (P, 2) and how a unit of action moves the state there on average, (P, 2, 2)."""
    states, actions, moved = (
        np.concatenate([getattr(task, part) for task in tasks])
        for part in ("states", "actions", "next_states")
    )
    if states.shape[1] != 2 or actions.shape[1] != 2:
        raise ValueError(f"worlds[{name!r}] must have states and actions of the plane, got {tasks[0]!r}")
    if len(states) < NEAR:
        raise ValueError(f"worlds[{name!r}] must hold at least {NEAR} transitions, got {len(states)}")
    low, high = np.quantile(states, [0.02, 0.98], axis=0)
    lines = np.linspace(low, high, SIDE).T
    grid = np.stack(np.meshgrid(*lines), axis=-1).reshape(-1, 2)
    distance, nearest = cKDTree(states).query(grid, k=NEAR)
    known = distance[:, -1] < 0.75 * float(np.max(lines[:, 1] - lines[:, 0]))
    responses = []
    for rows in nearest[known]:
        columns = np.column_stack([np.ones(NEAR), actions[rows]])
        responses.append(np.linalg.lstsq(columns, moved[rows] - states[rows])[0][1:].T)
    return grid[known], np.array(responses).reshape(-1, 2, 2)
