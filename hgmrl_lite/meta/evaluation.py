"""Regret: what a policy loses on a task against the task's reference, in the same noise."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array
from hgmrl_lite.agents import PPOSettings, train_base_policy
from hgmrl_lite.envs import Policy, TaskFamily
from hgmrl_lite.hereditary import Inference
from hgmrl_lite.streams import stream_seed

MOST_TRAINED: Final = 4
"""On so many tasks at most a reference is trained: more would take hours that nobody asked for."""

# An experiment evaluates many policies on the same tasks in the same noise: the last returns of references,
# with the family itself, so that no other takes its place in memory.
_KEPT: Final = 32
_references: OrderedDict[tuple[Any, ...], tuple[TaskFamily, Array]] = OrderedDict()


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How one policy a task did against the task's reference in the same noise.

    Parameters
    ----------
    tasks : ndarray, shape (k, d)
        The tasks; in navigation their goals.
    regret : ndarray, shape (k, E)
        Return of the reference less the policy's, episode by episode in the same noise.
    success : ndarray of bool, shape (k, E)
        Whether the task ended the episode before the time was up.
    paired : str, optional
        What two policies share in one episode.
    trajectories : ndarray, shape (k, E, max_steps + 1, n), or None
        States, NaN after an episode's end.
    inferences : tuple of Inference
        What was inferred for each task; empty when nothing was.
    """

    tasks: Array
    regret: Array
    success: NDArray[np.bool_]
    paired: str = "same noise"
    trajectories: Array | None = None
    inferences: tuple[Inference, ...] = ()

    @property
    def regret_by_task(self) -> Array:
        """Mean regret of each task, shape (k,)."""
        return np.asarray(self.regret.mean(axis=1))

    def __repr__(self) -> str:
        """Tell the mean and the worst regret."""
        by_task = self.regret_by_task
        return (
            f"Evaluation({len(self.tasks)} tasks × {self.regret.shape[1]} episodes, {self.paired}: regret "
            f"mean {by_task.mean():.3f}, max {by_task.max():.3f}; goal reached in {self.success.mean():.1%})"
        )


def evaluate(
    family: TaskFamily,
    policies: Policy | Sequence[Policy],
    tasks: ArrayLike | None = None,
    *,
    episodes: int = 100,
    seed: int = 0,
    trajectories: bool = False,
    settings: PPOSettings | None = None,
    inferences: tuple[Inference, ...] = (),
    progress: bool = True,
) -> Evaluation:
    """Measure the regret of one policy a task (or one for all) in the system that the family has.

    Parameters
    ----------
    family : TaskFamily
        Where it is measured.
    policies : Policy or sequence of Policy
        One for all tasks, or one a task.
    tasks : array_like, shape (k, d), optional
        The tasks; the family's test tasks when left out.
    episodes : int, optional
        Episodes on each task.
    seed : int, optional
        Seed of the noise.
    trajectories : bool, optional
        Keep the states.
    settings : PPOSettings, optional
        How a reference is trained where the family gives none; then for at most four tasks.
    inferences : tuple of Inference, optional
        Kept with the result.
    progress : bool, optional
        Show a progress bar of each reference that is trained.

    Returns
    -------
    Evaluation

    Raises
    ------
    ValueError
        When tasks or policies are malformed, or more than four references would have to be trained.
    """
    tasks = family.test if tasks is None else family.as_tasks("tasks", tasks)
    noise = stream_seed(seed, "evaluate")
    own = family.rollout(policies, tasks, episodes=episodes, seed=noise, trajectories=trajectories)
    key = (id(family), tasks.tobytes(), tasks.shape, episodes, noise, settings)
    if key not in _references:
        references = _references_of(family, tasks, settings, progress)
        best = family.rollout(references, tasks, episodes=episodes, seed=noise)
        _references[key] = family, best.returns
        while len(_references) > _KEPT:
            _references.popitem(last=False)
    regret = _references[key][1] - own.returns
    paired = "same noise" if family.simulates else "paired by seeds"
    return Evaluation(own.tasks, regret, own.success, paired, own.trajectories, inferences)


def _references_of(
    family: TaskFamily, tasks: Array, settings: PPOSettings | None, progress: bool
) -> list[Policy]:
    """Return each task's reference, trained where the family gives none."""
    given = [family.reference(task) for task in tasks]
    missing = np.unique([task for task, policy in zip(tasks, given, strict=True) if policy is None], axis=0)
    if len(missing) > MOST_TRAINED:
        raise ValueError(
            f"tasks must be at most {MOST_TRAINED} where the family gives no reference, since a policy is "
            f"trained on each; got {len(missing)}: name fewer, or give the family a reference"
        )
    return [
        train_base_policy(family, task, settings=settings, progress=progress) if policy is None else policy
        for task, policy in zip(tasks, given, strict=True)
    ]
