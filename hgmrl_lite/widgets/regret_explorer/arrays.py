"""What RegretExplorer's JavaScript shows: each agent's regret on every goal, and some of its episodes."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hgmrl_lite._validate import Array

if TYPE_CHECKING:
    from hgmrl_lite.experiments import RegretByDistance
    from hgmrl_lite.meta import AgentResult


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


def regret_arrays(result: "RegretByDistance", episodes: int) -> dict[str, Array]:
    """Return what is shown of A agents on k goals, whether or not each was evaluated on all of them.

    Parameters
    ----------
    result : RegretByDistance
        The experiment's result.
    episodes : int
        How many episodes of each goal, E; at most as many as were kept.

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
    lengths: Array = np.zeros((count, goals, episodes))
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
        for goal, paths in sorted(zip(own, agent.paths[:, :episodes], strict=True), key=lambda pair: pair[0]):
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
