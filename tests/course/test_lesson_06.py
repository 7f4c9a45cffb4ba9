"""What lesson 06 says of inner products and of singular values holds on data other than its own."""

import numpy as np
import pytest
from exploring import explore
from scipy.linalg import block_diag

from hgmrl_lite import hereditary, lie
from hgmrl_lite.course.lesson_06 import connected_one, solve_intertwiner
from hgmrl_lite.transitions import Transitions

GOAL = np.array([0.4, -1.1])
TURNS = np.radians([0.0, 20.0, 35.0, -30.0])


def family(units, stretch):
    """Explore tasks that are rotations of one elliptic reward, in other units."""
    tasks = []
    for seed, turn in enumerate(TURNS):
        seen = explore([1.0, 0.0], 3000, seed=40 + seed)
        x, y = (seen.next_states @ lie.so2_exp(turn) - GOAL).T
        rewards = -np.hypot(x, stretch * y)
        tasks.append(Transitions(seen.states * units, seen.actions, rewards, seen.next_states * units))
    return tasks


def left_actions(tasks):
    """Return the own symmetries, and the left actions by exercises 06.1 and 06.2."""
    own = [hereditary.task_generator(task)[0] for task in tasks]
    maps = []
    for other in own[1:]:
        candidates, residuals = [], []
        for sign in (1, -1):
            lifted = np.eye(3)
            lifted[:2, :2] = solve_intertwiner(own[0], other, sign)
            candidates.append(lifted[:2, :2])
            residuals.append(np.linalg.norm(lifted @ own[0] - sign * other @ lifted))
        maps.append(connected_one(candidates, residuals))
    return own, maps


@pytest.mark.parametrize(("units", "stretch"), [([1.0, 3.0], 1.0), ([1.0, 1.0], 2.0), ([1.0, 3.0], 2.0)])
def test_the_inner_product_is_that_of_the_relating_group(units, stretch):
    tasks = family(np.array(units), stretch)
    own, maps = left_actions(tasks)
    scale = np.diag(units)
    true = [scale @ lie.so2_exp(turn) @ np.linalg.inv(scale) for turn in TURNS[1:]]

    def error(form):
        return max(
            float(np.abs(lie.polar_factor(found, form) - right).max())
            for found, right in zip(maps, true, strict=True)
        )

    assert max(float(np.abs(f - t).max()) for f, t in zip(maps, true, strict=True)) < 5e-3
    group = np.linalg.inv(scale) @ np.linalg.inv(scale)
    assert error(group) < 5e-3
    # The system tells it to the accuracy of its fitted law of motion.
    assert error(hereditary.system_symmetries(tasks).compact.inner_product) < 0.15
    of_the_task = np.eye(2) + own[0][:2, :2].T @ own[0][:2, :2]
    assert (error(of_the_task) < 5e-3) == (stretch == 1.0)
    assert (error(np.eye(2)) < 5e-3) == (units == [1.0, 1.0])


def dimension(maps):
    """Count the singular values of the stacked logarithms above the errors."""
    logs = [lie.log(lie.polar_factor(matrix)) for matrix in maps]
    return int((np.linalg.svd(np.reshape(logs, (len(logs), -1)), compute_uv=False) > 0.3).sum())


@pytest.mark.parametrize("seed", range(5))
def test_after_the_projection_the_dimension_is_tested_beyond_the_plane_only(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(-2.5, 2.5, (2, 6))
    plane = [matrix if np.linalg.det(matrix) > 0 else matrix[::-1] for matrix in rng.normal(size=(6, 2, 2))]
    assert dimension(plane) == 1
    cases = {
        2: [block_diag(lie.so2_exp(x), lie.so2_exp(y)) for x, y in zip(a, b, strict=True)],
        1: [block_diag(lie.so2_exp(x), lie.so2_exp(0.5 * x)) for x in a],
        3: lie.so3_exp(rng.normal(size=(6, 3))),
    }
    for expected, maps in cases.items():
        assert dimension(maps + 0.01 * rng.normal(size=np.shape(maps))) == expected
