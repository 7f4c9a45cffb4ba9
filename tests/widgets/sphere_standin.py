"""An agent of the sphere for widget tests: learned from transitions but the policy, a least-squares fit."""

import functools

from standin import fitted_network

from hgmrl_lite.agents import GeometricAgent
from hgmrl_lite.envs import sphere
from hgmrl_lite.hereditary import RewardModel, discover_geometry


@functools.cache
def sphere_agent(transitions=1500):
    """Return the agent for the four training tasks, the first of them the base task."""
    family = sphere()
    tasks = [family.explore(goal, transitions, seed=index) for index, goal in enumerate(family.train)]
    return GeometricAgent(
        fitted_network(family.reference(family.base_task), family),
        discover_geometry(tasks),
        RewardModel.fit(tasks[0].next_states, tasks[0].rewards),
    )
