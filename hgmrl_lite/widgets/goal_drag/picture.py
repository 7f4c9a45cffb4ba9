"""GoalDrag as a still picture, for places where no widget runs."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from hgmrl_lite._validate import Array
from hgmrl_lite.agents.policy import Policy
from hgmrl_lite.envs import rollout
from hgmrl_lite.looks import BLUE, GREY, PURPLE, VERMILLION, look
from hgmrl_lite.widgets.base import plane_axes

if TYPE_CHECKING:
    from hgmrl_lite.widgets.goal_drag import GoalDrag


def goal_picture(drag: "GoalDrag") -> Figure:
    """Draw what the widget shows: the goals, both agents' episodes and the exploration."""
    goals, base_goal = drag.training_goals, drag.training_goals[drag.base_index]
    radius = float(np.linalg.norm(base_goal))
    figure = Figure(figsize=(5.0, 5.6), layout="constrained")
    axes = plane_axes(figure, 1.7 * max(radius, float(np.abs(goals).max())))
    turn = np.linspace(0.0, 2.0 * np.pi, 181)
    axes.plot(radius * np.cos(turn), radius * np.sin(turn), color="0.6", lw=1)

    def draw(policy: Policy, name: str, colour: str, dashes: tuple[float, ...], alpha: float) -> None:
        paths = _paths(drag, policy)
        axes.plot(*paths.T, color=colour, lw=0.8, alpha=alpha)
        axes.plot(*_mean(paths).T, color=colour, lw=2.5, dashes=dashes, label=name)

    if drag.show_base:
        draw(drag.agent.base_policy, "base policy, unchanged", VERMILLION, (2, 2), 0.15)
    for rival in drag.rivals:
        if rival.name in drag.shown_rivals:
            draw(rival.adapt(drag.context, drag.goal), rival.name, look(rival.name).colour, (5, 2), 0.25)
    inferred = drag.inference
    if drag.show_geometric:
        draw(drag.agent.policy_at(inferred.angle), "geometric agent", BLUE, (), 0.32)
    if drag.show_exploration:
        axes.plot(*drag.context.next_states.T, ".", color=PURPLE, ms=4, label="random steps it learned from")
    others = np.delete(goals, drag.base_index, axis=0)
    axes.plot(*others.T, "D", mfc="white", mec=GREY, mew=1.6, ms=7, label="other training goals")
    axes.plot(*base_goal, "s", mfc=VERMILLION, mec="black", ms=9, label="base goal")
    axes.plot(*drag.goal, "o", mfc="white", mec="black", mew=2, ms=13, label="test goal")
    axes.plot(*drag.aim(inferred.angle), "x", color=BLUE, ms=7, mew=2, label="where the policy aims")
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return figure


def _paths(drag: "GoalDrag", policy: Policy) -> Array:
    """Return the episodes on screen, shape (E, T, 2); NaN after an episode's end."""
    paths = rollout(
        policy,
        drag.goal[None],
        episodes=drag.episodes,
        seed=drag.seed,
        action_set=drag.agent.base_policy.action_set,
        trajectories=True,
    ).trajectories
    assert paths is not None
    return np.asarray(paths[0])


def _mean(paths: Array) -> Array:
    """Return the mean path (T, 2); an episode that has ended stays where it ended."""
    held = paths[:, ~np.isnan(paths[..., 0]).all(axis=0)].copy()
    for t in range(1, held.shape[1]):
        ended = np.isnan(held[:, t, 0])
        held[ended, t] = held[ended, t - 1]
    return np.asarray(held.mean(axis=0))
