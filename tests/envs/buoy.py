"""A system of its own in one file: a buoy on a spring, pulled about, that starts in an ellipse."""

from dataclasses import dataclass

import numpy as np

from hgmrl_lite.envs import System, TaskFamily

REACHED = 0.15


@dataclass(frozen=True)
class Buoy(System):
    """A point with drag: s' = (1 − drag) s + 0.1 · proj(a) + noise · z; its starts are longer than wide."""

    name = "buoy"
    state_dim = action_dim = 2
    drag: float = 0.05
    noise: float = 0.03

    def mean_next_state(self, states, actions):
        return (1.0 - self.drag) * np.asarray(states) + 0.1 * self.project(actions)

    def start_state(self, normals):
        return self.start_std * normals * [1.0, 0.5]


@dataclass(frozen=True, eq=False)
class BuoyTasks(TaskFamily):
    """Marks to be reached; nobody says by which policy."""

    def outcome(self, next_states, tasks):
        gaps = np.linalg.norm(next_states - tasks, axis=1)
        return -gaps, gaps < REACHED


@dataclass(frozen=True, eq=False)
class GuidedBuoyTasks(BuoyTasks):
    """The same with a reference: the step that ends nearest to the mark."""

    def reference(self, task):
        return lambda states: (task - (1.0 - self.system.drag) * np.asarray(states)) / 0.1
