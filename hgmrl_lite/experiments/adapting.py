"""Experiment 4: what the number of transitions and noise in the reward do to adaptation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from hgmrl_lite._validate import Array
from hgmrl_lite.experiments.units import Tabled, run_groups, seed_units, stacked
from hgmrl_lite.meta import Interval, Protocol, evaluate, mean_interval, meta_train
from hgmrl_lite.meta.protocol import draw_contexts

SIZES: Final = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500)
"""Numbers of transitions N from which the agent adapts."""
REWARD_NOISES: Final = (0.0, 0.05, 0.1)
"""Standard deviations of the noise on observed rewards."""
QUICK_SIZES: Final = (3, 10, 50, 200)
QUICK_NOISES: Final = (0.0, 0.05)
"""The sizes and noises of the quick form."""


@dataclass(frozen=True, eq=False, repr=False)
class Adaptation(Tabled):
    """Angle error and regret of the geometric agent against the number of transitions it adapts from.

    Parameters
    ----------
    protocol : Protocol
        What was the same for all.
    sizes : ndarray of int, shape (N,)
        Numbers of transitions.
    reward_noises : ndarray, shape (R,)
        Standard deviations of the noise on observed rewards.
    angle_error : ndarray, shape (R, S, C, N, k)
        Angle in degrees between where the inferred element carries the base goal and the true goal.
    regret : ndarray, shape (R, S, C, N, k)
        Mean over the episodes.
    decided : ndarray of bool, shape (R, S, C, N, k)
        Whether the inference was decided, its verdict "yes".
    """

    title: ClassVar = "Adaptation from N transitions"

    protocol: Protocol
    sizes: NDArray[np.int_]
    reward_noises: Array
    angle_error: Array
    regret: Array
    decided: NDArray[np.bool_]

    @property
    def mean_regret(self) -> Interval:
        """Mean regret over the goals with its interval, arrays of shape (R, N)."""
        return mean_interval(np.moveaxis(self.regret.mean(axis=-1), 0, 2))

    def quantile(self, share: float) -> Array:
        """Return a quantile of the angle error over seeds, draws and goals in degrees, shape (R, N)."""
        values: Array = np.quantile(self.angle_error, share, axis=(1, 2, 4))
        return values

    @property
    def decided_share(self) -> Array:
        """Share of inferences that the agent called decided, shape (R, N)."""
        share: Array = self.decided.mean(axis=(1, 2, 4))
        return share

    @property
    def wrong_when_decided(self) -> Array:
        """Share of the decided inferences that are off by more than 8°, where the cliff is, shape (R, N)."""
        wrong = (self.decided & (self.angle_error > 8.0)).sum(axis=(1, 2, 4))
        decided = self.decided.sum(axis=(1, 2, 4))
        # Where none was decided, none was decided wrongly.
        return np.asarray(wrong / np.maximum(decided, 1))

    def caption(self) -> str:
        """Return how it was measured."""
        trials = self.angle_error[0, :, :, 0].size
        return (
            "The geometric agent, discovered from 5000 transitions of each of 4 training tasks; noise on the "
            "rewards that it observes there and in the new task (the base policy is trained without it); "
            f"{len(self.protocol.family.test)} test goals, {trials} inferences a point. "
            f"{self.protocol.caption()}"
        )

    def rows(self) -> list[tuple[str, ...]]:
        """Return one row a noise and a number of transitions."""
        mean, median, high = self.mean_regret, self.quantile(0.5), self.quantile(0.9)
        return [
            (
                "reward noise",
                "transitions",
                "angle error, median / 90 %",
                "decided",
                "off by over 8° of these",
                "regret [95 %]",
            ),
            *(
                (
                    f"{noise:g}",
                    str(size),
                    f"{median[r, n]:.2f}° / {high[r, n]:.2f}°",
                    f"{self.decided_share[r, n]:.0%}",
                    f"{self.wrong_when_decided[r, n]:.1%}",
                    repr(mean[r, n]),
                )
                for r, noise in enumerate(self.reward_noises)
                for n, size in enumerate(self.sizes)
            ),
        ]


def adaptation(
    protocol: Protocol | None = None, *, quick: bool = False, jobs: int = 2, progress: bool = True
) -> Adaptation:
    """Adapt the geometric agent from more and more transitions, under noise in the observed reward.

    Fewer transitions of a draw are the first of more.

    Parameters
    ----------
    protocol : Protocol, optional
        What is fixed; ``Protocol()``, or ``Protocol.quick()`` in the quick form.
    quick : bool, optional
        The form for a lesson, with fewer sizes, noises and episodes.
    jobs, progress
        As in :func:`~hgmrl_lite.experiments.regret_by_distance`.

    Returns
    -------
    Adaptation
    """
    protocol = protocol or (Protocol.quick(contexts=2, episodes=20) if quick else Protocol())
    sizes, noises = (QUICK_SIZES, QUICK_NOISES) if quick else (SIZES, REWARD_NOISES)
    groups = [
        seed_units(
            f"reward noise {noise:g}",
            _adapt_from_prefixes,
            protocol.of_family(reward_noise=noise),
            sizes=sizes,
        )
        for noise in noises
    ]
    found = run_groups(groups, description="adaptation", jobs=jobs, progress=progress)
    # By noise, then by seed.
    return Adaptation(
        protocol, np.array(sizes), np.array(noises), **stacked([stacked(parts) for parts in found])
    )


def _adapt_from_prefixes(sizes: Sequence[int], protocol: Protocol) -> dict[str, NDArray[Any]]:
    """Return angle error, regret and whether decided, (C, N, k), of the geometric agent of one seed."""
    family, seed = protocol.family, protocol.seed
    agent = meta_train(family, seed=seed, progress=False)
    shape = (protocol.contexts, len(sizes), len(family.test))
    error, regret, decided = np.empty(shape), np.empty(shape), np.empty(shape, dtype=bool)
    for draw in range(protocol.contexts):
        contexts = draw_contexts(family, seed, draw, max(sizes))
        for number, size in enumerate(sizes):
            inferences = [agent.infer(context[:size]) for context in contexts]
            policies = [agent.policy_for(inference) for inference in inferences]
            aims = np.array([inference.left @ family.base_task for inference in inferences])
            error[draw, number] = np.degrees(_angles_between(aims, family.test))
            decided[draw, number] = [inference.verdict == "yes" for inference in inferences]
            played = evaluate(family, policies, episodes=protocol.episodes, seed=seed)
            regret[draw, number] = played.regret_by_task
    return {"angle_error": error, "regret": regret, "decided": decided}


def _angles_between(first: Array, second: Array) -> Array:
    """Return the angle from 0 to π between planar vectors (..., 2), shape (...)."""
    cross = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    return np.asarray(np.abs(np.arctan2(cross, (first * second).sum(axis=-1))))
