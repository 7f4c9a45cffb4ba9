"""Agents: the base policy, and the same policy carried along by a group element."""

from hgmrl_lite.agents.base import PPOSettings, train_base_policy
from hgmrl_lite.agents.geometric import GeometricAgent
from hgmrl_lite.agents.policy import MLPPolicy, Policy, TransformedPolicy, project_action

__all__ = [
    "GeometricAgent",
    "MLPPolicy",
    "PPOSettings",
    "Policy",
    "TransformedPolicy",
    "project_action",
    "train_base_policy",
]
