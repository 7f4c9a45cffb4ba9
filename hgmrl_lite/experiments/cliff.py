"""Experiment 3: regret against the error of the rotation, the cliff."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.agents import TransformedPolicy, train_base_policy
from hgmrl_lite.envs import GOAL_RADIUS, goals_at
from hgmrl_lite.experiments.units import Tabled, run_groups, seed_units, stacked
from hgmrl_lite.lie import so2_exp
from hgmrl_lite.meta import Interval, Protocol, evaluate, mean_interval

ERRORS_DEG: Final = (0.0, 2.0, 4.0, 6.0, 7.0, 8.0, 9.0, 10.0, 12.0, 15.0, 20.0, 30.0)
"""Errors of the rotation in degrees; each is made to both sides."""
CASES: Final = (("disc", 135.0), ("box", 135.0), ("box", -18.0))
"""Action set, and the base goal's polar angle in degrees."""

CLIFF_DEG: Final = float(np.degrees(2.0 * np.arcsin(0.5 * GOAL_RADIUS)))
"""At a larger error the goal aimed at is farther from the true one than where an episode terminates."""


@dataclass(frozen=True, eq=False, repr=False)
class RotationError(Tabled):
    """Regret of the base policy turned by the true angle plus an error.

    Parameters
    ----------
    protocol : Protocol
        What was the same for all; the action set is each case's.
    errors_deg : ndarray, shape (D,)
        The errors in degrees.
    cases : tuple of str
        Names of the cases, one an action set and base goal.
    regret : ndarray, shape (K, S, D, 2, k)
        Mean over the episodes, for each case, training seed, error, side (plus, minus) and test goal.
    """

    title: ClassVar = "Regret [95 %] against the error of the rotation"

    protocol: Protocol
    errors_deg: Array
    cases: tuple[str, ...]
    regret: Array

    @property
    def mean(self) -> Interval:
        """Mean regret over both sides and all goals, with its interval, arrays of shape (K, D)."""
        return mean_interval(self.regret.mean(axis=(3, 4)).swapaxes(0, 1)[:, None])

    def caption(self) -> str:
        """Return how it was measured."""
        fixed = self.protocol.caption(environment="actions as named", draws=False)
        return (
            "The base policy, turned by the true angle plus an error to either side; "
            f"{len(self.protocol.family.test)} test goals. Beyond {CLIFF_DEG:.1f}° the goal aimed at is "
            f"outside the true one's terminal disc. {fixed}"
        )

    def rows(self) -> list[tuple[str, ...]]:
        """Return one row an error."""
        mean = self.mean
        return [
            ("error", *self.cases),
            *(
                (f"{error:g}°", *(repr(mean[case, index]) for case in range(len(self.cases))))
                for index, error in enumerate(self.errors_deg)
            ),
        ]


def rotation_error(
    protocol: Protocol | None = None,
    *,
    quick: bool = False,
    errors_deg: ArrayLike = ERRORS_DEG,
    cases: Sequence[tuple[str, float]] = CASES,
    jobs: int = 2,
    progress: bool = True,
) -> RotationError:
    """Turn the base policy by the true angle plus an error, and measure what the error costs.

    Parameters
    ----------
    protocol : Protocol, optional
        What is fixed; ``Protocol()``, or ``Protocol.quick()`` in the quick form. The action set is each
        case's.
    quick : bool, optional
        The form for a lesson.
    errors_deg : array_like, shape (D,), optional
        Errors in degrees, from 0 to 180.
    cases : sequence of (str, float), optional
        Action set and polar angle of the base goal in degrees.
    jobs, progress
        As in :func:`~hgmrl_lite.experiments.regret_by_distance`.

    Returns
    -------
    RotationError

    Raises
    ------
    ValueError
        When an error is out of range, or there is no error or case.
    """
    protocol = protocol or (Protocol.quick() if quick else Protocol())
    errors = as_array("errors_deg", errors_deg, ("D",))
    if not len(errors) or (errors < 0.0).any() or (errors > 180.0).any():
        raise ValueError(f"errors_deg must be one or more angles from 0 to 180, got {errors.tolist()}")
    as_count("the number of cases", len(cases))
    names = tuple(f"{action_set}, base goal {degrees:g}°".replace("-", "−") for action_set, degrees in cases)
    groups = [
        seed_units(name, _turned, _of_case(protocol, action_set, degrees), errors_deg=errors)
        for name, (action_set, degrees) in zip(names, cases, strict=True)
    ]
    found = run_groups(groups, description="rotation error", jobs=jobs, progress=progress)
    return RotationError(protocol, errors, names, np.stack([stacked(parts)["regret"] for parts in found]))


def _of_case(protocol: Protocol, action_set: str, degrees: float) -> Protocol:
    """Return the protocol with other admissible actions, and one training goal at this polar angle."""
    system = replace(protocol.family.system, action_set=action_set)
    return protocol.of_family(system=system, train=goals_at(np.radians([degrees])), base_index=0)


def _turned(errors_deg: Array, protocol: Protocol) -> dict[str, NDArray[Any]]:
    """Return the regret (D, 2, k) of the turned base policy of one seed."""
    family, seed = protocol.family, protocol.seed
    policy = train_base_policy(family, seed=seed, progress=False)
    angle = np.arctan2(family.test[:, 1], family.test[:, 0])
    truth = angle - np.arctan2(family.base_task[1], family.base_task[0])
    regret = np.empty((len(errors_deg), 2, len(family.test)))
    for index, error in enumerate(errors_deg):
        for side, sign in enumerate((1.0, -1.0)):
            turns = so2_exp(truth + sign * np.radians(error))
            turned = [TransformedPolicy(policy, turn, turn) for turn in turns]
            played = evaluate(family, turned, episodes=protocol.episodes, seed=seed)
            regret[index, side] = played.regret_by_task
    return {"regret": regret}
