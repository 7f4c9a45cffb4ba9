"""Where no symmetry of the system is left that could relate the tasks, the report says why."""

from dataclasses import replace

import numpy as np
import pytest

from hgmrl_lite import envs
from hgmrl_lite.envs import sample_transitions
from hgmrl_lite.envs.arm import Arm
from hgmrl_lite.hereditary import discover_geometry
from hgmrl_lite.hereditary.inheritance import LEAST, with_least_spread


class Facing(Arm):
    """Its base stands near one angle at the start."""

    def start_state(self, normals):
        facing = np.array([1.0, 0.0]) + 0.1 * normals[..., :2]
        return super().start_state(np.concatenate([facing, normals[..., 2:]], axis=-1))


class Rubbing(Arm):
    """Both joints turn less far on one of their sides."""

    def _moved(self, states, angles):
        return super()._moved(states, angles * (1.0 + 0.5 * states[..., [0, 2]]))


@pytest.mark.parametrize(
    ("system", "broken", "text"),
    [
        (Facing(), ["start law"], "none of the system's 2 symmetries keeps the law of the"),
        (Rubbing(), ["inherited"], "no continuous symmetry that could relate the tasks: the best pair"),
    ],
)
def test_the_report_says_what_breaks(system, broken, text):
    family = replace(envs.arm(), system=system)
    geometry = discover_geometry([family.explore(goal, 5000, seed=i) for i, goal in enumerate(family.train)])
    assert geometry.dimension == 0
    assert geometry.report.verdict == "no"
    against = [finding for finding in geometry.report.findings if finding.verdict == "no"]
    assert [finding.name for finding in against] == broken
    assert text in against[-1].text
    assert all(finding.figure > finding.bound for finding in against)


@pytest.mark.parametrize("seed", [0, 2])
def test_a_map_that_may_be_the_identity_is_reached_from_it(seed):
    # A point moved in a cube: nothing continuous turns it, and both tasks are one.
    def away(points):
        return -np.linalg.norm(points - [1.0, 0.0, 0.0], axis=1)

    tasks = [sample_transitions(away, 3000, seed=seed + i, n=3, action_set="box") for i in range(2)]
    report = discover_geometry(tasks).report
    assert (report["inherited"].verdict, report["connected"].verdict) == ("yes", "yes")


def test_starts_at_rest_are_measured_by_the_spread_of_the_states():
    unit = np.array([[2.0, 0.0, 0.0], [0.5, 1.0, 0.0], [0.0, 0.3, 0.4]])
    rest = np.diag([1.0, 0.0, 0.0])
    floored = with_least_spread(np.stack([rest, unit @ unit.T]), unit)
    np.testing.assert_allclose(floored[1], unit @ unit.T, atol=1e-12)
    inside = np.linalg.eigvalsh(np.linalg.inv(unit) @ floored[0] @ np.linalg.inv(unit).T)
    np.testing.assert_allclose(inside[:2], LEAST**2, rtol=1e-9)
    np.testing.assert_allclose(
        inside[2], np.linalg.eigvalsh(np.linalg.inv(unit) @ rest @ np.linalg.inv(unit).T)[2]
    )
