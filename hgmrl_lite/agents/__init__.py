"""Agents: one base policy carried along by a group element, and what that is compared with."""

from hgmrl_lite.agents.agent import Agent
from hgmrl_lite.agents.base import train_base_policy
from hgmrl_lite.agents.baselines import BaseAgent, NearestTaskAgent
from hgmrl_lite.agents.bounds import TestTaskAgent, TrueRotationAgent
from hgmrl_lite.agents.ccm import CCMAgent, CCMSettings
from hgmrl_lite.agents.conditioned import (
    CONDITIONED_PPO,
    QUICK_CONDITIONED_PPO,
    ConditionedPolicy,
    GoalConditionedAgent,
)
from hgmrl_lite.agents.geometric import GeometricAgent, Trust
from hgmrl_lite.agents.policy import MLPPolicy, TransformedPolicy
from hgmrl_lite.agents.ppo import PPOSettings

__all__ = [
    "CONDITIONED_PPO",
    "QUICK_CONDITIONED_PPO",
    "Agent",
    "BaseAgent",
    "CCMAgent",
    "CCMSettings",
    "ConditionedPolicy",
    "GeometricAgent",
    "GoalConditionedAgent",
    "MLPPolicy",
    "NearestTaskAgent",
    "PPOSettings",
    "TestTaskAgent",
    "TransformedPolicy",
    "TrueRotationAgent",
    "Trust",
    "train_base_policy",
]
