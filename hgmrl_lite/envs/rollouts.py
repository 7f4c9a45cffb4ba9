"""What policies did on tasks, over many noisy episodes that are the same for every policy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgmrl_lite._validate import Array


@dataclass(frozen=True, eq=False)
class Rollouts:
    """What policies did on k tasks in E episodes each.

    Parameters
    ----------
    tasks : ndarray, shape (k, d)
        The tasks; in navigation their goals.
    returns : ndarray, shape (k, E)
        Sum of the rewards, not discounted.
    lengths : ndarray of int, shape (k, E)
        Steps.
    success : ndarray of bool, shape (k, E)
        Whether the task ended the episode before the time was up.
    seeds : tuple of int, length E
        In a family that simulates, ``family.env(task).reset(seed=seeds[j])`` meets the noise of episode j.
    trajectories : ndarray, shape (k, E, max_steps + 1, n), or None
        States, start first; NaN after an episode's end.
    """

    tasks: Array
    returns: Array
    lengths: NDArray[np.int_]
    success: NDArray[np.bool_]
    seeds: tuple[int, ...]
    trajectories: Array | None = None

    @property
    def mean_return(self) -> Array:
        """Mean return on each task, shape (k,)."""
        return np.asarray(self.returns.mean(axis=1))

    def __repr__(self) -> str:
        """Tell the mean return, the share of successes and the mean length."""
        tasks, episodes = self.returns.shape
        return (
            f"Rollouts({tasks} tasks × {episodes} episodes: return {self.returns.mean():.3f}, "
            f"goal reached in {100 * self.success.mean():.1f} %, {self.lengths.mean():.1f} steps)"
        )

    def _repr_html_(self) -> str:
        """Show one line a task."""
        lines = "".join(
            f"<tr><td>({', '.join(f'{number:.2f}' for number in task)})</td><td>{returns.mean():.3f}</td>"
            f"<td>{returns.std():.3f}</td><td>{100 * success.mean():.1f} %</td>"
            f"<td>{lengths.mean():.1f}</td></tr>"
            for task, returns, success, lengths in zip(
                self.tasks, self.returns, self.success, self.lengths, strict=True
            )
        )
        return (
            "<table><thead><tr><th>task</th><th>mean return</th><th>standard deviation</th><th>reached</th>"
            f"<th>mean steps</th></tr></thead><tbody>{lines}</tbody></table>"
        )
