"""The geometric agent: one base policy, carried to a new task by the group element the data tell."""

from dataclasses import dataclass

from hgmrl_lite._validate import Array
from hgmrl_lite.agents.policy import MLPPolicy, TransformedPolicy
from hgmrl_lite.hereditary import HereditaryGeometry, Inference, RewardModel, infer
from hgmrl_lite.transitions import Transitions


@dataclass(frozen=True)
class GeometricAgent:
    """Adapts to a task of the family without a gradient step: π_g(s) = K_g π_0(L_g⁻¹ s).

    Parameters
    ----------
    base_policy : MLPPolicy
        π_0, trained on the base task.
    geometry : HereditaryGeometry
        The group that relates the tasks, discovered from transitions.
    reward_model : RewardModel
        R_0, fitted to the base task's transitions.

    Raises
    ------
    ValueError
        When the policy, the geometry and the reward model have different dimensions.
    """

    base_policy: MLPPolicy
    geometry: HereditaryGeometry
    reward_model: RewardModel

    def __post_init__(self) -> None:
        n = self.geometry.generators_states.shape[-1]
        m = self.geometry.generators_actions.shape[-1]
        if (self.base_policy.state_dim, self.base_policy.action_dim) != (n, m):
            raise ValueError(
                f"base_policy must map states of dimension {n} to actions of dimension {m}, as the geometry "
                f"does; got {self.base_policy.state_dim} and {self.base_policy.action_dim}"
            )
        if self.reward_model.centres.shape[1] != n:
            raise ValueError(
                f"reward_model must take states of dimension {n}, got {self.reward_model.centres.shape[1]}"
            )

    @property
    def generator_states(self) -> Array:
        """W_S, the generator as it moves states, shape (n, n)."""
        return self.geometry.generators_states[0]

    @property
    def generator_actions(self) -> Array:
        """W_A, the generator as it moves actions, shape (m, m)."""
        return self.geometry.generators_actions[0]

    def infer(self, context: Transitions) -> Inference:
        """Return the coordinate θ of the element that carries the base task to the context's."""
        return infer(self.generator_states, self.reward_model, context)

    def policy_at(self, theta: float) -> TransformedPolicy:
        """Return K_g π_0(L_g⁻¹ ·) for g = exp(θ W)."""
        left, right = self.geometry.element(theta)
        return TransformedPolicy(self.base_policy, left, right)

    def adapt(self, context: Transitions) -> TransformedPolicy:
        """Return the policy for the task that ``context`` was collected in."""
        return self.policy_at(self.infer(context).theta)
