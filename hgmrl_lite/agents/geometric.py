"""The geometric agent: one base policy, carried to a new task by the group element the data tell."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array
from hgmrl_lite._verdict import Verdict
from hgmrl_lite.actions import Chart
from hgmrl_lite.agents.policy import MLPPolicy, TransformedPolicy, needed_context
from hgmrl_lite.envs import TaskFamily
from hgmrl_lite.hereditary import FoundChart, HereditaryGeometry, Inference, RewardModel, infer
from hgmrl_lite.hereditary.task_data import in_chart
from hgmrl_lite.transitions import Transitions

# What rounding may add to the difference of two states.
_ROUNDING: Final = 1e-9
# An agent is refused whose transitions are so many standard deviations away from replays in a system.
_DEVIATIONS: Final = 8.0
_REPLAYS: Final = 40
#: Findings of the geometry's report without which a transformed policy need not be a good one.
REQUIRED = ("same rewards", "inherited", "start law", "linearizable", "connected", "compact")


@dataclass(frozen=True)
class Trust:
    """Whether the agent may be relied on in a task, and why not.

    Parameters
    ----------
    verdict : {"yes", "no", "undecided"}
        Whether it is trusted.
    reasons : tuple of str
        One sentence for each thing that speaks against it; empty when trusted.
    """

    verdict: Verdict
    reasons: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Tell the verdict, and each reason on a line of its own."""
        return "\n  - ".join([f"trusted: {self.verdict}", *self.reasons])


@dataclass(frozen=True, eq=False)
class GeometricAgent:
    """Adapts to a task of the family without a gradient step: π_g(s) = K_g π_0(L_g⁻¹ s).

    Parameters
    ----------
    base_policy : MLPPolicy
        π_0, trained on the base task.
    geometry : HereditaryGeometry
        The group that relates the tasks, discovered from transitions.
    reward_model : RewardModel
        R_0, fitted to the base task's transitions, in the geometry's chart if there is one.
    env_steps : int, optional
        Environment steps that training took, exploration of the training tasks included.
    context_size : int, optional
        Transitions of a new task that it wants.

    Attributes
    ----------
    name : str
        What it is called in tables and figures.
    uses_goal : bool
        False: it is never told the task.

    Raises
    ------
    ValueError
        When the policy, the geometry and the reward model have different dimensions, or the geometry's chart
        has no inverse.
    """

    name: ClassVar[str] = "geometric"
    uses_goal: ClassVar[bool] = False

    base_policy: MLPPolicy
    geometry: HereditaryGeometry
    reward_model: RewardModel
    env_steps: int = 0
    context_size: int = 20

    def __post_init__(self) -> None:
        n = self.geometry.generators_states.shape[-1]
        m = self.geometry.generators_actions.shape[-1]
        if (self.base_policy.state_dim, self.base_policy.action_dim) != (n, m):
            raise ValueError(
                f"base_policy must map states of dimension {n} to actions of dimension {m}, as the geometry "
                f"does; got {self.base_policy.state_dim} and {self.base_policy.action_dim}"
            )
        if self.chart is not None and self.chart.inverse is None:
            raise ValueError(
                "geometry was found in a chart without an inverse, so that no policy can be carried through "
                "it; give discover_geometry a Chart(forward, inverse)"
            )
        if self.reward_model.along.shape[1] != n:
            raise ValueError(
                f"reward_model must take states of dimension {n}, got {self.reward_model.along.shape[1]}"
            )

    @property
    def generator_states(self) -> Array:
        """W_S, the first generator as it moves states, shape (n, n)."""
        return np.asarray(self.geometry.generators_states[0])

    @property
    def generator_actions(self) -> Array:
        """W_A, the first generator as it moves actions, shape (m, m)."""
        return np.asarray(self.geometry.generators_actions[0])

    @property
    def chart(self) -> Chart | None:
        """The chart in which the group acts by matrices; None where it acts so on the states themselves."""
        return self.geometry.data.chart

    def infer(self, context: Transitions, method: str = "functional") -> Inference:
        """Return the element that carries the base task to the context's, as `hereditary.infer` does."""
        return infer(
            self.geometry.generators_states,
            self.reward_model,
            in_chart(context, self.chart),
            action_generators=self.geometry.generators_actions,
            method=method,
        )

    def policy_at(self, theta: ArrayLike) -> TransformedPolicy:
        """Return K_g π_0(L_g⁻¹ ·) for g = exp(Σ θ_k W_k), with one coordinate a generator."""
        left, right = self.geometry.element(theta)
        return TransformedPolicy(self.base_policy, left, right, self.chart)

    def policy_for(self, inference: Inference) -> TransformedPolicy:
        """Return K_g π_0(L_g⁻¹ ·) for the element g that was inferred."""
        if inference.right is None:
            raise ValueError(
                "inference must tell how the element moves actions, as the agent's own infer does"
            )
        return TransformedPolicy(self.base_policy, inference.left, inference.right, self.chart)

    def adapt(self, context: Transitions | None, task: ArrayLike | None = None) -> TransformedPolicy:
        """Return the policy for the task that ``context`` was collected in; ``task`` is not looked at."""
        n, m = self.base_policy.state_dim, self.base_policy.action_dim
        return self.policy_for(self.infer(needed_context(self, context, n, m)))

    def trust(self, inference: Inference) -> Trust:
        """Tell whether the transformed policy may be relied on in the task that was inferred.

        It may not when the training tasks fail a property that carries a policy over (see
        ``geometry.report``), or when no element explains the new task's rewards. It is undecided when the
        data of either leave it open.

        Parameters
        ----------
        inference : Inference
            From `infer`, for the task in question.

        Returns
        -------
        Trust
        """
        findings = [self.geometry.report[name] for name in REQUIRED]
        against = [f"{finding.name}: {finding.text}" for finding in findings if finding.verdict == "no"]
        if isinstance(self.chart, FoundChart) and self.chart.verdict == "no":
            against.append(f"chart: in it the place makes {100.0 * self.chart.share:.1f} % of the motion")
        if inference.verdict == "no":
            against.append(
                "new task: no element of the group explains its rewards; the mean square of the trend that "
                f"the best leaves is {inference.excess:.2g} times what noise and the base model account for"
            )
        if against:
            return Trust("no", tuple(against))
        open_ = [f"{finding.name}: {finding.text}" for finding in findings if finding.verdict == "undecided"]
        if isinstance(self.chart, FoundChart) and self.chart.verdict == "undecided":
            open_.append(
                "chart: too few transitions to tell whether the place still makes a part of the motion"
            )
        if inference.verdict == "undecided":
            open_.append(f"new task: {inference.n_transitions} transitions do not decide which element it is")
        return Trust("undecided", tuple(open_)) if open_ else Trust("yes")

    def check_system(self, family: TaskFamily) -> None:
        """Raise a ValueError when the transitions that the agent rests on are not of the family's system.

        They are compared with replays of the same states and actions in that system: how far s' is from
        T(s, a), and how that goes with s, a and T(s, a). Where T is not known, or
        the geometry is in a chart, only dimensions are compared; the law of the starts never is.
        """
        tasks = self.geometry.data.tasks
        if (tasks[0].states.shape[1], tasks[0].actions.shape[1]) != (family.state_dim, family.action_dim):
            raise ValueError(
                f"agent must be one of {family.system.name}, with states of dimension {family.state_dim} and "
                f"actions of dimension {family.action_dim}; it was trained on {tasks[0]}"
            )
        if not family.simulates or self.chart is not None:
            return
        system, rng = family.system, np.random.default_rng(0)
        states, actions, next_states = (
            np.concatenate([getattr(task, name) for task in tasks])
            for name in ("states", "actions", "next_states")
        )
        mean = system.mean_next_state(states, actions)
        regressors, _ = np.linalg.qr(np.column_stack([np.ones(len(states)), states, actions, mean]))

        def moments(moved: Array) -> Array:
            off = moved - mean
            return np.vstack([np.sqrt(np.square(off).mean(axis=0)), regressors.T @ off / len(off) ** 0.5])

        replays = np.stack(
            [
                moments(system.next_state(states, actions, rng.standard_normal(states.shape)))
                for _ in range(_REPLAYS)
            ]
        )
        own, expected, deviation = moments(next_states), replays.mean(axis=0), replays.std(axis=0)
        # Written so that NaN counts as apart.
        if not (np.abs(own - expected) <= _DEVIATIONS * deviation + _ROUNDING).all():
            raise ValueError(
                f"agent must have been trained in the family's system, {system}: its transitions leave that "
                f"law of motion by {own[0].max():.3g} (root mean square), where the noise is "
                f"{expected[0].max():.3g}, or in a way that goes with states or actions"
            )
