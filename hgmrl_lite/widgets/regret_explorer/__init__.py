"""RegretExplorer: regret against distance as a figure to move in, with the episodes behind each number."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from hgmrl_lite._looks import look
from hgmrl_lite._validate import Array, as_count
from hgmrl_lite.widgets.base import HgmrlWidget, css, esm, pack_arrays
from hgmrl_lite.widgets.traits import Flag, Whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hgmrl_lite.experiments import RegretByDistance
    from hgmrl_lite.meta import AgentResult


#: Episodes of each goal that are drawn.
EPISODES = 4


class RegretExplorer(HgmrlWidget):
    """Experiment 1 under the hand: regret against distance, around the circle, and episode by episode.

    On the left each mark is one agent's mean regret on one test goal, against the angular distance to the
    nearest training goal, with a 95 % interval. On the right the same regrets stand around the circle of
    goals, and in its middle the chosen agents' episodes on the goal in focus, all in the same noise. Moving
    the pointer over either figure, the arrow keys or the slider bring a goal into focus. Everything travels
    to the page once; what follows the hand is computed there.

    Parameters
    ----------
    result : RegretByDistance
        The experiment's result.
    focus : int, optional
        Index of the test goal in focus; the one farthest from all training goals when left out.
    chosen : iterable of str, optional
        Names of the agents that are shown; all of them when left out.
    show_published : bool, optional
        Draw the published points beside ours. They were measured for other training goals and by another
        protocol: only their distances can be compared.
    stretched : bool, optional
        Draw regrets by asinh, so that small ones can be told apart.

    Attributes
    ----------
    focus : int
        Index of the goal in focus.
    chosen : list of str
        Which agents are shown.
    show_published, stretched : bool
        As above.

    Raises
    ------
    ValueError
        When the focus is no goal, or a chosen name is no agent.
    """

    _esm, _css = esm("regret_explorer"), css("regret_explorer")

    # No echo of every move; what Python sets is sent.
    focus = Whole(0).tag(sync=True, echo_update=False)
    chosen: traitlets.List[str] = traitlets.List(traitlets.Unicode()).tag(sync=True)
    show_published = Flag(False).tag(sync=True)
    stretched = Flag(False).tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        result: "RegretByDistance",
        *,
        focus: int | None = None,
        chosen: Iterable[str] | None = None,
        show_published: bool = False,
        stretched: bool = False,
    ) -> None:
        from hgmrl_lite.experiments import published

        self.result, self.published = result, published()
        arrays = regret_arrays(result)
        data, index = pack_arrays(
            {
                "goals": result.goals,
                "training_goals": result.training_goals,
                "distance": result.distances(),
                **arrays,
                "published_distance": self.published.distance,
                "published_regret": np.array(list(self.published.regret.values())),
            }
        )
        super().__init__(
            focus=int(np.argmax(result.distances())) if focus is None else focus,
            chosen=list(result.names) if chosen is None else list(chosen),
            show_published=show_published,
            stretched=stretched,
            array_data=data,
            array_index=index,
            settings={
                "agents": [
                    {
                        "name": agent.name,
                        "kind": look(agent.name).kind,
                        "mark": look(agent.name).marker,
                        "steps": _thousands(agent.env_steps),
                        "told_goal": agent.uses_goal,
                    }
                    for agent in result.agents
                ],
                "base_index": result.base_index,
                "published": list(self.published.regret),
                # The frame holds the law up to its end, whatever was measured.
                "range": {
                    "bottom": min(0.0, float(arrays["low"].min())),
                    "top": max(205.0, float(arrays["high"].max())),
                },
                "caption": result.caption(),
                "differences": self.published.differences,
            },
        )

    @traitlets.validate("focus")
    def _valid_focus(self, proposal: Any) -> int:
        focus = as_count("focus", proposal["value"], 0)
        if focus >= len(self.result.goals):
            raise ValueError(f"focus must be one of the {len(self.result.goals)} test goals, got {focus}")
        return focus

    @traitlets.validate("chosen")
    def _valid_chosen(self, proposal: Any) -> list[str]:
        names: list[str] = list(proposal["value"])
        unknown = [name for name in names if name not in self.result.names]
        if unknown:
            raise ValueError(f"chosen must name agents of {', '.join(self.result.names)}, got {unknown}")
        return names

    def describe(self) -> str:
        """Return in words what is on screen."""
        goal = self.result.goals[self.focus]
        degrees = np.degrees(np.arctan2(goal[1], goal[0]))
        away = np.degrees(self.result.distances()[self.focus])
        here = {name: regret_at(self.result[name], goal) for name in self.chosen}
        regrets = [f"{name} {regret:.2f}" for name, regret in here.items() if regret is not None]
        return (
            f"regret of {len(self.chosen)} agents on {len(self.result.goals)} test goals; in focus the "
            f"goal at {degrees:.0f}°, {away:.0f}° from the nearest training goal; "
            f"regret there: {', '.join(regrets) or 'no agent chosen'}"
        )

    def figure(self) -> "Figure":
        """Return the chosen agents' regrets as a Matplotlib figure: that of the experiment."""
        from hgmrl_lite.plots import regret_by_distance

        agents = tuple(agent for agent in self.result.agents if agent.name in self.chosen)
        return regret_by_distance(replace(self.result, agents=agents))


def goal_indices(goals: Array, own: Array) -> NDArray[np.intp]:
    """Return where an agent's own goals (j, 2) stand among all goals (k, 2), shape (j,).

    Raises
    ------
    ValueError
        When one is not among them.
    """
    apart = np.linalg.norm(own[:, None, :] - goals[None, :, :], axis=2)
    if not (apart.min(axis=1) < 1e-9).all():
        raise ValueError("the goals of every agent must be among the test goals")
    indices: NDArray[np.intp] = apart.argmin(axis=1)
    return indices


def regret_arrays(result: "RegretByDistance") -> dict[str, Array]:
    """Return what is shown of A agents on k goals, whether or not each was evaluated on all of them.

    Parameters
    ----------
    result : RegretByDistance
        The experiment's result.

    Returns
    -------
    dict
        ``present`` (A, k), 1 where the agent was evaluated; there ``mean``, ``low``, ``high`` of the regret
        and ``success`` (A, k), elsewhere 0; ``interval`` (A,), 1 where ``low`` and ``high`` are an interval
        and not the mean again; ``all_goals`` (A, 3), mean over the agent's goals with its interval;
        ``path_lengths`` (A, k, E), 0 where there is no episode, and their states ``path_points`` (P, 2).
    """
    count, goals = len(result.agents), len(result.goals)
    arrays: dict[str, Array] = {
        name: np.zeros((count, goals)) for name in ("present", "mean", "low", "high", "success")
    }
    arrays["interval"], arrays["all_goals"] = np.zeros(count), np.zeros((count, 3))
    lengths: Array = np.zeros((count, goals, EPISODES))
    points = []
    for row, agent in enumerate(result.agents):
        own = goal_indices(result.goals, agent.tasks)
        by_goal, over_all = agent.by_task, agent.mean
        arrays["interval"][row] = np.isfinite(by_goal.half_width).all()
        arrays["present"][row, own] = 1.0
        arrays["success"][row, own] = agent.success.mean(axis=(0, 2, 3))
        for name in ("mean", "low", "high"):
            # One run has no interval: its ends are drawn where the mean is.
            values = getattr(by_goal, name)
            arrays[name][row, own] = np.where(np.isfinite(values), values, by_goal.mean)
        ends = [over_all.mean, over_all.low, over_all.high]
        arrays["all_goals"][row] = np.where(np.isfinite(ends), ends, over_all.mean)
        for goal, paths in sorted(zip(own, agent.paths[:, :EPISODES], strict=True), key=lambda pair: pair[0]):
            lived = np.isfinite(paths[..., 0])
            lengths[row, goal, : len(paths)] = lived.sum(axis=1)
            points.append(paths[lived])
    arrays["path_lengths"] = lengths
    arrays["path_points"] = np.concatenate(points).astype(np.float64)
    return arrays


def regret_at(agent: "AgentResult", goal: Array) -> float | None:
    """Return an agent's mean regret on one goal, or None where it was not evaluated on it."""
    at = np.flatnonzero(np.linalg.norm(agent.tasks - goal, axis=1) < 1e-9)
    return float(agent.by_task.mean[at[0]]) if len(at) else None


def _thousands(steps: int) -> str:
    """Write a number of environment steps for a narrow column."""
    return f"{steps / 1000:.0f}k" if steps >= 1000 else str(steps)
