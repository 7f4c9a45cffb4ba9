"""Agents: one base policy carried along by a group element, and what that is compared with."""

from hgmrl_lite.agents.baselines import BaseAgent, NearestTaskAgent, TestTaskAgent, TrueRotationAgent
from hgmrl_lite.agents.ccm import CCMAgent
from hgmrl_lite.agents.conditioned import QUICK_CONDITIONED_PPO, GoalConditionedAgent
from hgmrl_lite.agents.contrastive import CCMSettings
from hgmrl_lite.agents.geometric import GeometricAgent
from hgmrl_lite.agents.policy import Agent, MLPPolicy, TransformedPolicy
from hgmrl_lite.agents.ppo import PPOSettings, train_base_policy

__all__ = [
    "QUICK_CONDITIONED_PPO",
    "Agent",
    "BaseAgent",
    "CCMAgent",
    "CCMSettings",
    "GeometricAgent",
    "GoalConditionedAgent",
    "MLPPolicy",
    "NearestTaskAgent",
    "PPOSettings",
    "TestTaskAgent",
    "TransformedPolicy",
    "TrueRotationAgent",
    "train_base_policy",
]
