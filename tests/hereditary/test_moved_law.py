"""Turns and mirrors of systems: the paper's box keeps four of each, and the report and the agent say so."""

from functools import cache

import numpy as np
import pytest

from hgmrl_lite.envs import bent_valley, sample_transitions
from hgmrl_lite.hereditary import check_left_actions, system_symmetries
from hgmrl_lite.lie import so2_exp
from hgmrl_lite.transitions import Transitions

THREE = so2_exp(2.0 * np.pi * np.arange(3) / 3)[:, :, 0]
#: What raw actions do, in units of a step, and how many turns and mirrors that keeps.
ENGINES = {
    "rectangle": (lambda a: np.clip(a, [-1.0, -0.5], [1.0, 0.5]), 2, 2),
    "thrusters": (lambda a: np.clip(a @ THREE.T, 0.0, 1.0) @ THREE, 3, 3),
}


@cache
def box(number=5000, **options):
    return sample_transitions(bent_valley, number, seed=0, action_set="box", spread=0.6, **options)


def test_the_box_keeps_four_turns_and_four_mirrors():
    found = system_symmetries([box()])
    group = found.finite
    assert found.compact.dimension == 0
    assert (group.verdict, group.order) == ("yes", 4)
    axes = np.degrees(group.mirrors) % 45.0
    assert np.minimum(axes, 45.0 - axes).max() < 2.0
    np.testing.assert_array_equal(group.centre, found.law.origin)
    assert group.turn_defect < 0.05 < 0.15 < group.control
    assert f"finite group: yes, {group.words}" in repr(found)


@pytest.mark.parametrize("name", ENGINES)
def test_turns_are_found_with_actions_in_other_axes_and_units_and_off_their_centre(name):
    engine, order, mirrors = ENGINES[name]
    rng = np.random.default_rng(5)
    states, inside = rng.normal(size=(5000, 2)), rng.normal([0.3, 0.4], 1.0, size=(5000, 2))
    motion = 0.1 * engine(inside) @ so2_exp(0.2).T
    next_states = states + motion + 0.01 * motion.std() * rng.normal(size=states.shape)
    actions = inside @ np.array([[2.0, 0.3], [-1.0, 0.7]])
    group = system_symmetries([Transitions(states, actions, states[:, 0], next_states)]).finite
    assert (group.verdict, group.order, len(group.mirrors)) == ("yes", order, mirrors), group
    off = np.angle(np.exp(2j * order * (group.mirrors - 0.2)))
    assert np.abs(off).max() < 2 * order * np.radians(1.0)


def test_wind_leaves_one_mirror():
    task = sample_transitions(bent_valley, 5000, seed=0, wind=(0.04, 0.03), noise=0.01)
    group = system_symmetries([task]).finite
    assert (group.verdict, group.order) == ("yes", 1)
    np.testing.assert_allclose(np.degrees(group.mirrors), np.degrees(np.arctan2(3, 4)), atol=2.0)


def test_none_is_looked_for_beside_a_continuous_one_or_beyond_the_plane():
    disc = system_symmetries([sample_transitions(bent_valley, 3000, seed=0, noise=0.01)])
    assert disc.compact.dimension == 1
    assert disc.finite is None
    assert "finite group" not in repr(disc)

    def flat(points):
        return points[:, 0]

    cube = system_symmetries([sample_transitions(flat, 20000, seed=0, n=3, action_set="box")])
    assert cube.finite is None
    assert "finite group: not looked for: that is done in the plane, and this is R^3" in repr(cube)


def test_the_report_says_that_a_turn_in_the_box_is_approximate_except_at_quarter_turns():
    turn = so2_exp(np.pi / 4)
    moved = sample_transitions(
        lambda points: bent_valley(points @ turn), 5000, seed=1, action_set="box", spread=0.6
    )
    finding = check_left_actions([box(), moved], [np.eye(2), turn])["inherited"]
    assert finding.verdict == "no"
    assert "What is left is finite: the turns by multiples of 90° about" in finding.text
    assert finding.text.endswith("Any other map carries a policy over only approximately.")


@pytest.mark.parametrize(("degrees", "inherited"), [(90.0, "yes"), (180.0, "yes"), (20.0, "no")])
def test_quarter_turns_of_the_box_are_symmetries_that_no_exponential_reaches(degrees, inherited):
    turn = so2_exp(np.radians(degrees))
    moved = sample_transitions(
        lambda points: bent_valley(points @ turn), 5000, seed=1, action_set="box", spread=0.6
    )
    report = check_left_actions([box(), moved], [np.eye(2), turn])
    assert report["inherited"].verdict == inherited
    assert report["connected"].verdict == ("no" if inherited == "yes" else "yes")
    assert report.verdict == "no"
