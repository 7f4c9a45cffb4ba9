"""A system whose own group is smaller than all rotations: the tasks are looked for in it."""

import numpy as np
import pytest

from hgmrl_lite import lie
from hgmrl_lite.envs import bent_valley, sample_transitions
from hgmrl_lite.hereditary import check_left_actions, discover_geometry

ANGLES = np.radians([0.0, 100.0, -60.0])
ABOUT_Z = np.zeros((3, 3))
ABOUT_Z[1, 0], ABOUT_Z[0, 1] = 1.0, -1.0
ABOUT_DIAGONAL = np.array([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]]) / np.sqrt(3.0)


def valley(points):
    """Return a reward of space with no symmetry of its own."""
    return bent_valley(points[:, :2]) - 0.8 * (points[:, 2] - 0.3 - 0.2 * points[:, 0]) ** 2


@pytest.fixture(scope="module")
def geometry():
    """Discover the geometry of valleys turned about the axis along which a wind blows."""
    tasks = []
    for index, angle in enumerate(ANGLES):
        back = lie.exp(-angle * ABOUT_Z)
        tasks.append(
            sample_transitions(
                lambda points, back=back: valley(points @ back.T), 4000, seed=index, n=3, wind=(0, 0, 0.05)
            )
        )
    return discover_geometry(tasks)


def test_the_system_leaves_one_axis(geometry):
    compact = geometry.system.compact
    assert compact.dimension == 1
    assert np.degrees(lie.principal_angles(compact.linear, ABOUT_Z[None])[0]) < 3.0


def test_the_tasks_are_turned_about_it(geometry):
    assert geometry.dimension == 1
    for left, angle in zip(geometry.left_actions, ANGLES, strict=True):
        np.testing.assert_allclose(left, lie.exp(angle * ABOUT_Z), atol=0.03)
    np.testing.assert_allclose(np.abs(geometry.thetas[:, 0]), np.abs(ANGLES), atol=0.03)
    # Elements of the group keep its inner product exactly.
    form, left = geometry.inner_product, geometry.left_actions
    kept = left.swapaxes(-1, -2) @ form @ left
    np.testing.assert_allclose(kept, np.broadcast_to(form, kept.shape), atol=1e-9)
    assert geometry.report["inherited"].verdict == "yes"


@pytest.mark.parametrize(
    ("turn", "inherited", "connected"),
    [(lie.exp(0.5 * np.pi * ABOUT_Z), "yes", "no"), (lie.exp(0.25 * np.pi * ABOUT_DIAGONAL), "no", "yes")],
    ids=["quarter", "slanted"],
)
def test_a_cube_of_actions_keeps_quarter_turns_that_no_exponential_reaches(turn, inherited, connected):
    tasks = [
        sample_transitions(
            lambda points, back=back: valley(points @ back.T), 4000, seed=index, n=3, action_set="box"
        )
        for index, back in enumerate((np.eye(3), turn.T))
    ]
    report = check_left_actions(tasks, [np.eye(3), turn])
    assert report["inherited"].verdict == inherited, repr(report)
    assert report["connected"].verdict == connected, repr(report)
    unreached = "positive determinant, but no exponential of the system's algebra reaches it."
    assert (unreached in report["connected"].text) == (connected == "no")
