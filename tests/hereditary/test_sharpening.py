"""Charts that rewards make more exact, and rewards that must not."""

from dataclasses import replace

import numpy as np
import pytest

from hgmrl_lite import envs, lie
from hgmrl_lite.actions import Chart
from hgmrl_lite.hereditary import discover_geometry, find_chart
from hgmrl_lite.hereditary.increments import Increments
from hgmrl_lite.hereditary.sharpening import sharpened


def explored(family, number=3000):
    return [family.explore(task, number, seed=k) for k, task in enumerate(family.train)]


def off_deg(family, geometry):
    """Return by what angle the group is off as it carries places of the unit circle (root mean square)."""
    chart, generator = geometry.data.chart, geometry.generators_states[0]
    generator = generator * np.sign(generator[1, 0])
    places, straight = envs.circle_tasks(36), family.system.straight
    angles = []
    for degrees in (40.0, 150.0, -120.0):
        turn = np.radians(degrees)
        moved = straight(chart.back(chart(straight.back(places)) @ lie.exp(turn * generator).T))
        true = places @ lie.so2_exp(turn).T
        cross = true[:, 0] * moved[:, 1] - true[:, 1] * moved[:, 0]
        angles.append(np.arctan2(cross, (true * moved).sum(axis=1)))
    return np.degrees(np.sqrt(np.square(angles).mean()))


@pytest.fixture(scope="module", params=["parabola", "fisheye"])
def case(request):
    """A family, its tasks, the chart from motion alone, and the geometry in it before it is sharpened."""
    family = envs.lens(request.param)
    tasks = explored(family)
    chart = find_chart(tasks)
    # A chart of which nobody says that it was found is taken as it is.
    return family, tasks, chart, discover_geometry(tasks, chart=Chart(chart.forward, chart.inverse))


def test_rewards_make_the_chart_more_exact(case):
    family, tasks, chart, before = case
    after = discover_geometry(tasks, chart=chart)
    assert after.data.chart.sharpened
    assert after.data.chart.verdict == "yes"
    assert off_deg(family, after) < 0.6 * off_deg(family, before)
    assert after.report["same rewards"].figure < 0.7 * before.report["same rewards"].figure


@pytest.mark.parametrize("case", ["parabola"], indirect=True)
@pytest.mark.parametrize("broken", ["farther", "stretched"])
def test_rewards_that_are_not_carried_along_are_not_hidden(case, broken):
    family, tasks, chart, _ = case
    goal, scale = (
        (1.15 * family.train[2], [1.0, 1.0]) if broken == "farther" else (family.train[2], [1.0, 1.3])
    )
    rewards = -np.linalg.norm((family.place(tasks[2].next_states) - goal) * scale, axis=1)
    geometry = discover_geometry([*tasks[:2], replace(tasks[2], rewards=rewards), tasks[3]], chart=chart)
    assert geometry.data.chart is chart
    assert geometry.report["same rewards"].verdict == "no"


@pytest.mark.parametrize("case", ["parabola"], indirect=True)
def test_motion_holds_the_chart_against_rewards_that_do_not_fit(case):
    family, tasks, chart, before = case
    bent = [
        replace(task, rewards=np.sin(3.0 * (k + 1) * task.next_states[:, 0]) + task.next_states[:, 1])
        for k, task in enumerate(tasks)
    ]
    related = before.left_actions, before.generators_states
    found, _ = sharpened(chart, bent, 0, *related)
    assert found.verdict == "yes"
    places = family.place(np.concatenate([task.next_states for task in tasks]))
    columns = np.column_stack([found(family.system.straight.back(places)), np.ones(len(places))])
    left = places - columns @ np.linalg.lstsq(columns, places)[0]
    assert np.linalg.norm(left) < 4.0 * chart.error * np.linalg.norm(places)


@pytest.mark.parametrize("case", ["parabola"], indirect=True)
def test_what_is_exact_stays_as_it_is(case):
    _, tasks, chart, before = case
    related = before.left_actions, before.generators_states
    alone, _ = sharpened(chart, [tasks[0]] * 2, 0, np.stack([np.eye(2)] * 2), related[1])
    seen = tasks[1].next_states[::20]
    np.testing.assert_allclose(alone(seen), chart(seen), atol=0.02)


@pytest.mark.parametrize("case", ["parabola"], indirect=True)
def test_increments_leave_affine_maps_open_and_nothing_else(case):
    _, tasks, chart, _ = case
    increments = Increments.of(tasks)
    known = increments.information(chart.coefficients, 0.0)
    mixed = chart.coefficients @ [[0.3, 1.0], [-0.5, 0.2]]
    other = np.random.default_rng(0).normal(size=mixed.shape) * chart.coefficients.std()
    inside, outside = (np.trace(one.T @ known @ one) for one in (mixed, other))
    assert inside < 1e-2 * outside
    assert np.linalg.eigvalsh(known).min() > -1e-6 * np.linalg.eigvalsh(known).max()


def test_without_a_lens_nothing_is_lost():
    family = envs.navigation()
    tasks = explored(family)
    plain, found = discover_geometry(tasks), discover_geometry(tasks, chart=find_chart(tasks))
    assert plain.verdict == found.verdict == "yes"
    turned = [
        np.degrees(np.arctan2(one.left_actions[:, 1, 0], one.left_actions[:, 0, 0])) for one in (plain, found)
    ]
    np.testing.assert_allclose(*turned, atol=1.0)
