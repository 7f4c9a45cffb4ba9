"""Left actions keep the inner product of the group that relates the tasks, not of a task's own symmetry."""

import numpy as np
import pytest

from hgmrl_lite import lie
from hgmrl_lite.hereditary import discover_geometry, infer
from hgmrl_lite.hereditary.left_actions import LeftActions
from hgmrl_lite.hereditary.reward_model import RewardModel
from hgmrl_lite.transitions import Transitions

ANGLES = (0.0, 50.0, 100.0, -120.0)
STRETCH = np.array([[1.5, 0.4], [0.0, 0.8]])
ROUND = np.eye(2)
LONG = np.diag([1.0, 2.0])
MIRROR = np.diag([1.0, -1.0])


def family(angles=ANGLES, shape=LONG, system=ROUND, mirror=False, units=(1.0, 1.0), noise=0.0, number=4000):
    """Return tasks and true maps: a reward −|shape (p − (1, 0))|, turned by the group of the system.

    The system moves alike under A R A⁻¹ for rotations R and A = ``system``; states are seen in ``units``.
    """
    tasks, maps = [], []
    for index, angle in enumerate(angles):
        rng = np.random.default_rng(index)
        states, actions = rng.normal(size=(2, number, 2))
        states = states @ system.T
        clipped = actions / np.maximum(1.0, np.linalg.norm(actions, axis=1))[:, None]
        next_states = states + 0.1 * clipped @ system.T
        turn = lie.so2_exp(np.radians(angle)) @ (MIRROR if mirror and index else np.eye(2))
        left = system @ turn @ np.linalg.inv(system)
        back = next_states @ np.linalg.inv(left).T
        rewards = -np.linalg.norm((back - [1.0, 0.0]) @ shape.T, axis=1) + noise * rng.normal(size=number)
        tasks.append(Transitions(states * units, actions, rewards, next_states * units))
        maps.append(left * np.divide.outer(units, units))
    return tasks, np.array(maps)


def errors_deg(geometry, maps, units=(1.0, 1.0), system=ROUND):
    """Return by how many degrees each left action is turned too far, in the frame where the group rotates."""
    frame = np.linalg.inv(np.diag(units) @ system)
    relative = frame @ geometry.left_actions @ np.linalg.inv(maps) @ np.linalg.inv(frame)
    sine, cosine = relative[:, 1, 0] - relative[:, 0, 1], np.trace(relative, axis1=1, axis2=2)
    return np.degrees(np.abs(np.arctan2(sine, cosine)))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"shape": np.diag([1.0, 6.0])},
        {"shape": np.diag([1.0, 1.03])},
        {"shape": LONG @ lie.so2_exp(0.5)},
        {"shape": np.eye(2), "system": STRETCH},
        {"shape": LONG, "system": STRETCH},
        {"shape": np.linalg.inv(STRETCH), "system": STRETCH},
        {"angles": (0.0, 180.0)},
        {"units": (1.0, 1e3)},
        {"units": (1e-6, 1e-6)},
        {"units": (1e8, 1.0)},
    ],
    ids=[
        "elliptic in round", "needles in round", "hardly elliptic", "tilted", "round in elliptic",
        "elliptic in elliptic", "stretched world", "half turn", "millimetres", "small numbers", "units 1e8",
    ],
)  # fmt: skip
def test_tasks_are_related_whatever_their_own_symmetry_keeps(options):
    tasks, maps = family(**options)
    geometry = discover_geometry(tasks)
    assert geometry.verdict == "yes", repr(geometry.report)
    assert geometry.report.verdict == "yes", repr(geometry.report)
    seen = {name: options[name] for name in ("units", "system") if name in options}
    assert errors_deg(geometry, maps, **seen).max() < 0.1
    units, system = (np.diag(options.get("units", (1.0, 1.0))), options.get("system", np.eye(2)))
    # The generator is the group's as well: a rotation in the frame of the system.
    frame = np.linalg.inv(units @ system)
    inside = frame @ geometry.generators_states[0] @ np.linalg.inv(frame)
    np.testing.assert_allclose(inside * np.sign(inside[1, 0]), lie.J, atol=0.1)


def test_a_reflection_is_taken_where_the_rotation_would_leave_the_group():
    tasks, maps = family(shape=LONG @ lie.so2_exp(0.5), mirror=True)
    geometry = discover_geometry(tasks)
    np.testing.assert_allclose(geometry.left_actions, maps, atol=2e-3)
    assert geometry.verdict == "yes"
    assert geometry.report["connected"].verdict == "no"


def test_noisy_elliptic_rewards_are_related():
    tasks, maps = family(noise=0.05)
    geometry = discover_geometry(tasks)
    assert geometry.verdict == "yes"
    assert errors_deg(geometry, maps).max() < 1.0


def test_maps_found_in_other_units_are_the_same_maps():
    rng = np.random.default_rng(0)
    scale = np.array([2.0, 1e-3])
    form = np.array([[2.0, 0.5], [0.5, 0.625]])
    raw = rng.normal(size=(3, 2, 2))
    spread = rng.normal(size=(3, 4, 4))
    found = LeftActions(
        left_actions=raw,
        standard_errors=np.zeros(3),
        raw_left_actions=raw,
        covariance=spread @ spread.swapaxes(-1, -2),
        residuals=np.zeros(3),
        inner_product=form,
        form_error=0.01,
        task_generators=rng.normal(size=(3, 3, 3)),
        freedom=0,
        doubts=(),
        method="intertwiner",
        algebra_error=None,
    )
    seen = found.in_units(scale)
    unit = np.diag(scale)
    np.testing.assert_allclose(seen.raw_left_actions, unit @ raw @ np.linalg.inv(unit))
    kron = np.kron(unit, np.linalg.inv(unit))
    np.testing.assert_allclose(seen.covariance, kron @ found.covariance @ kron.T)
    expected = np.linalg.inv(unit) @ form @ np.linalg.inv(unit)
    np.testing.assert_allclose(seen.inner_product, expected / np.sqrt(np.linalg.det(expected)))
    lifted = np.diag([*scale, 1.0])
    np.testing.assert_allclose(seen.task_generators, lifted @ found.task_generators @ np.linalg.inv(lifted))
    for name in ("raw_left_actions", "covariance", "inner_product", "task_generators"):
        np.testing.assert_allclose(getattr(seen.in_units(1.0 / scale), name), getattr(found, name))


def test_inference_takes_the_system_s_own_generators():
    tasks, _ = family(shape=np.eye(2))
    compact = discover_geometry(tasks).system.compact
    model = RewardModel.fit(tasks[0].next_states, tasks[0].rewards)
    found = infer(compact.linear, model, tasks[1][slice(0, 30)], action_generators=compact.generators_actions)
    for part in (found.left, found.right):
        np.testing.assert_allclose(part, lie.so2_exp(np.radians(50.0)), atol=0.1)


def test_inference_takes_estimated_generators_of_a_torus():
    rng = np.random.default_rng(3)
    turns = np.array([np.kron(np.diag(row), lie.J) for row in np.eye(2)])
    error = 1e-4 * rng.normal(size=turns.shape)
    points = rng.normal(size=(2000, 4))
    rewards = -np.hypot(points[:, 0] - 1.0, points[:, 1]) - 1.5 * np.hypot(points[:, 2], points[:, 3] - 1.0)
    context = Transitions(points[:50], points[:50], rewards[:50], points[:50])
    found = infer(turns + error - error.swapaxes(-1, -2), RewardModel.fit(points, rewards), context)
    np.testing.assert_allclose(found.left, np.eye(4), atol=0.02)
