"""Transitions of navigation tasks for tests, whatever else their system is."""

from hgmrl_lite.envs import navigation


def explore(goal, number, *, seed, policy="uniform", reward_noise=0.0, **system):
    """Explore a goal of navigation in a system with these options, as `TaskFamily.explore` does."""
    family = navigation(reward_noise=reward_noise, **system)
    return family.explore(goal, number, seed=seed, policy=policy)
