"""Rows that were written elsewhere, made to behave as our own."""

from collections.abc import Callable
from typing import Any

import numpy as np
from gymnasium.spaces import Box
from gymnasium.vector import AutoresetMode, VectorEnv, VectorWrapper
from gymnasium.vector.utils import batch_space
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array


class StateVectorEnv(VectorWrapper):
    """A vectorised environment whose observations are states, which takes raw actions and resets at once.

    A row that ends begins its next episode in the same step (``AutoresetMode.SAME_STEP``), whatever mode the
    environment has; ``infos["final_obs"]`` and its mask tell the state in which the old episode ended.

    Parameters
    ----------
    env : gymnasium.vector.VectorEnv
        The environment. Its reset takes one seed a row. Where it does not reset a row in the step that ends
        it, or has no limit of its own, it must know ``reset(options={"reset_mask": mask})``.
    observe : callable
        From a batch of observations (B, ...) to states (B, n).
    project : callable
        From raw actions (B, m) to admissible ones.
    state_dim : int
        Dimension n of the states.
    max_steps : int
        Longest episode.
    """

    def __init__(
        self,
        env: VectorEnv[Any, Any, Any],
        observe: Callable[[Any], Array],
        project: Callable[[ArrayLike], Array],
        *,
        state_dim: int,
        max_steps: int,
    ) -> None:
        super().__init__(env)
        self._observe, self._project, self._max_steps = observe, project, max_steps
        self._resets_at_once = env.metadata.get("autoreset_mode") == AutoresetMode.SAME_STEP
        self.metadata = {**env.metadata, "autoreset_mode": AutoresetMode.SAME_STEP}
        self.single_observation_space = Box(-np.inf, np.inf, (state_dim,), np.float64)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self._steps = np.zeros(self.num_envs, dtype=np.int64)

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Start an episode in every row, or in those of ``options["reset_mask"]``."""
        self._steps[(options or {}).get("reset_mask", slice(None))] = 0
        return self._observe(self.env.reset(seed=seed, options=options)[0]), {}

    def step(
        self, actions: ArrayLike
    ) -> tuple[Array, Array, NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Move every row by one raw action (num_envs, m); rows that end begin anew."""
        moves = self._project(actions).astype(self.single_action_space.dtype)
        observations, rewards, terminated, truncated, infos = self.env.step(moves)
        states = self._observe(observations)
        over, self._steps = terminated | truncated, self._steps + 1
        late = ~over & (self._steps >= self._max_steps)
        ended = over | late
        if not ended.any():
            return states, rewards, terminated, truncated, {}
        final = states.copy()
        if self._resets_at_once and over.any():
            final[over] = self._observe(np.stack(list(infos["final_obs"][over])))
        again = late if self._resets_at_once else ended
        if again.any():
            states = self._restart(again, states)
        self._steps[ended] = 0
        final_obs = np.empty(self.num_envs, dtype=object)
        for row in np.flatnonzero(ended):
            final_obs[row] = final[row]
        return states, rewards, terminated, truncated | late, {"final_obs": final_obs, "_final_obs": ended}

    def _restart(self, rows: NDArray[np.bool_], states: Array) -> Array:
        """Reset some rows and return all states, or raise a ValueError when the others did not stay."""
        restarted = self._observe(self.env.reset(options={"reset_mask": rows.copy()})[0])
        if not np.array_equal(restarted[~rows], states[~rows]):
            raise ValueError(
                f"make must give rows that reset at once, or by reset(options={{'reset_mask': mask}}), as "
                f"SyncVectorEnv does; {self.env} reset others as well"
            )
        return restarted
