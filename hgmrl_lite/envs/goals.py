"""Tasks that are goals: come near a place."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_real
from hgmrl_lite.envs.family import TaskFamily
from hgmrl_lite.envs.system import norms_of
from hgmrl_lite.envs.tasks import Policy


@dataclass(frozen=True, eq=False)
class GoalTasks(TaskFamily):
    """Goals to be reached: the reward is −‖p' − goal‖, and an episode ends nearer than ``radius``.

    A subclass says where in a state the place p stands, if it is not all of it (:meth:`place`).

    Attributes
    ----------
    radius : float
        Distance from the goal within which an episode ends.

    See Also
    --------
    TaskFamily : the parameters.
    """

    # The paper's: large actions are rare, so that a polynomial law follows the clipping where the data are.
    exploration = "gaussian"
    radius: ClassVar[float] = 0.1 * 2**0.5

    def place(self, states: Array) -> Array:
        """Return the places (..., d) of states (..., n)."""
        return states

    def outcome(self, next_states: Array, tasks: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Return −‖p' − goal‖ and whether the goal is reached, each (B,)."""
        gaps = norms_of(self.place(next_states) - tasks)
        return -gaps, gaps < self.radius


@dataclass(frozen=True, eq=False)
class PointGoals(GoalTasks):
    """Goals of a point with T(p, a) = p + B · proj(a), for which the best policy is known.

    Attributes
    ----------
    response : ndarray, shape (n, n)
        B.
    """

    response: ClassVar[Array]

    def reference(self, task: ArrayLike) -> Policy:
        """Return the greedy policy of a known goal: the admissible action nearest to B⁻¹ (goal − p)."""
        goal, project, inverse = self.as_task(task), self.system.project, np.linalg.inv(self.response)
        return lambda observations: project((goal - as_real("observations", observations)) @ inverse.T)

    @property
    def reference_name(self) -> str:
        """What a figure calls the reference."""
        return "the greedy reference"
