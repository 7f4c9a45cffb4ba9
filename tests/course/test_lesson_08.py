"""What lesson 08 says of training goals on the sphere holds on goals and data other than its own."""

from dataclasses import replace

import numpy as np
import pytest

from hgmrl_lite import envs, hereditary, lie
from hgmrl_lite.course.lesson_08 import DIMENSIONS, generated_dimension, least_rotation
from hgmrl_lite.envs.sphere import Space

TURNS = np.radians([0.0, 70.0, -95.0])[:, None]


def sets(base, others):
    """Return the sets of exercise 08.2 for another base goal."""
    sideways = np.cross(base, [0.0, 1.0, 0.0])
    great = lie.so3_exp(TURNS * sideways / np.linalg.norm(sideways)) @ base
    latitude = lie.so3_exp(TURNS * [0.0, 0.0, 1.0]) @ base
    return dict(
        zip(
            DIMENSIONS,
            ([base, others[0]], great, latitude, [base, *others], [base, base, base]),
            strict=True,
        )
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_dimensions_are_those_of_the_smallest_rotations(seed):
    base, *others = envs.sphere_goals(3, seed=20 + seed)
    for name, goals in sets(base, others).items():
        logs = [lie.so3_log(least_rotation(base, goal)) for goal in goals]
        assert generated_dimension(lie.so3_hat(logs)) == DIMENSIONS[name], name


class Windy(Space):
    """A point in space, pushed along z in every step."""

    def mean_next_state(self, states, actions):
        return super().mean_next_state(states, actions) + np.array([0.0, 0.0, 0.03])


@pytest.mark.parametrize(
    ("name", "system", "dimension"),
    [
        ("three on a great circle", Space(), 1),
        ("three on a circle of latitude", Space(), 3),
        ("three on a circle of latitude", Windy(), 1),
    ],
)
def test_the_dimension_is_found_in_data(name, system, dimension):
    family = replace(envs.sphere(), system=system)
    goals = sets(np.array([0.8, 0.0, 0.6]), envs.sphere_goals(2, seed=5))[name]
    tasks = [family.explore(goal, 5000, seed=70 + number) for number, goal in enumerate(goals)]
    geometry = hereditary.discover_geometry(tasks)
    assert geometry.dimension == dimension
    assert geometry.system.compact.dimension == (1 if isinstance(system, Windy) else 3)
    if isinstance(system, Windy):
        axis = lie.so3_vee(geometry.generators_states[0])
        assert abs(axis[2]) > 0.999 * np.linalg.norm(axis)
