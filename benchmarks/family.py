"""Families beyond the plane, end to end: generators, left actions, inference and regret, over three seeds."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.actions import Chart
from hgmrl_lite.agents import GeometricAgent
from hgmrl_lite.envs import TaskFamily, circle_tasks
from hgmrl_lite.envs.arm import arm
from hgmrl_lite.envs.car import car
from hgmrl_lite.envs.ellipse import SHAPE, ellipse
from hgmrl_lite.envs.lens import LensGoals, lens
from hgmrl_lite.envs.mass import mass
from hgmrl_lite.envs.sphere import sphere, sphere_goals
from hgmrl_lite.envs.two_turns import torus_goals, two_turns
from hgmrl_lite.hereditary import FoundChart, HereditaryGeometry, discover_geometry, find_chart
from hgmrl_lite.meta import evaluate, meta_test, meta_train
from hgmrl_lite.streams import stream_seed
from hgmrl_lite.transitions import Transitions

Tasks = Callable[[int, int], Array]

#: Regrets below this are not told from zero by 50 episodes on each task.
SMALLEST = 0.02


@dataclass(frozen=True)
class Case:
    """A family, what is true of it, and how much is seen of it.

    Parameters
    ----------
    family : TaskFamily
        The family.
    generators : ndarray, shape (d, n, n)
        What really relates its tasks; none where nothing does.
    tasks : callable
        From a number and a seed to new tasks.
    transitions, context : int
        Transitions of each training task and of a new one.
    """

    family: TaskFamily
    generators: Array
    tasks: Tasks
    transitions: int = 5000
    context: int = 20

    def geometry(self, tasks: list[Transitions]) -> HereditaryGeometry:
        """Return the geometry of the training tasks."""
        return discover_geometry(tasks, self.family.base_index)

    def agent(self, seed: int) -> GeometricAgent:
        """Return the agent of a seed."""
        return meta_train(self.family, transitions=self.transitions, seed=seed, progress=False)

    def generator_deg(self, geometry: HereditaryGeometry) -> float:
        """Return the largest angle between the generators found and the true ones."""
        if len(self.generators) != geometry.dimension:
            return float("nan")
        angles = lie.principal_angles(self.generators, geometry.generators_states)
        return float(np.degrees(np.max(angles)))

    def error_deg(self, left: Array, task: Array, chart: Chart | None) -> float:
        """Return by what angle an element (n, n) is off that carries the base task to another.

        Where the base task leaves elements open the angle is that between goals.
        """
        base = self.family.base_task
        if len(self.generators) == 3:
            moved = left @ base
            return float(np.degrees(np.arccos(np.clip(moved @ task / np.linalg.norm(moved), -1.0, 1.0))))
        truth = lie.exp(np.tensordot(self._angles(task), self.generators, axes=1))
        away = np.linalg.solve(self._frame, (left @ np.linalg.inv(truth) - np.eye(len(left))) @ self._frame)
        return float(np.degrees(np.linalg.norm(away) / np.sqrt(2.0)))

    @property
    def _frame(self) -> Array:
        """A frame in which the group is orthogonal."""
        return SHAPE if self.family.system.name == "ellipse" else np.eye(self.family.state_dim)

    def _angles(self, task: Array) -> Array:
        """Return the angles by which a task is turned from the base task, plane by plane."""
        places = [
            np.linalg.solve(self._frame, x) if len(x) == 2 == len(self._frame) else x
            for x in (task, self.family.base_task)
        ]
        polar = [np.arctan2(place[1::2], place[::2]) for place in places]
        return np.asarray(polar[0] - polar[1])


@dataclass(frozen=True)
class Behind(Case):
    """A case behind a lens, of which the chart is found: errors are those of what happens behind it."""

    family: LensGoals

    def geometry(self, tasks: list[Transitions]) -> HereditaryGeometry:
        """Return the geometry of the training tasks, in the chart that is found."""
        return discover_geometry(tasks, self.family.base_index, chart=find_chart(tasks))

    def agent(self, seed: int) -> GeometricAgent:
        """Return the agent of a seed."""
        return meta_train(
            self.family, transitions=self.transitions, seed=seed, chart=find_chart, progress=False
        )

    def generator_deg(self, geometry: HereditaryGeometry) -> float:
        """Return the angle between the fields, found and true, on the unit circle."""
        places, chart = circle_tasks(72), geometry.data.chart
        if geometry.dimension != 1 or chart is None:
            return float("nan")
        step, straight = 1e-3, self.family.system.straight
        moved = chart(straight.back(places)) @ lie.exp(step * geometry.generators_states[0]).T
        found, true = straight(chart.back(moved)) - places, step * places @ self.generators[0].T
        cosine = abs(np.sum(found * true)) / np.linalg.norm(found) / np.linalg.norm(true)
        return float(np.degrees(np.arccos(min(cosine, 1.0))))

    def error_deg(self, left: Array, task: Array, chart: Chart | None) -> float:
        """Return the angle between a goal and where an element carries the base goal."""
        assert chart is not None
        straight = self.family.system.straight
        moved = straight(chart.back(left @ chart(straight.back(self.family.base_task))))
        return float(np.degrees(np.arccos(np.clip(moved @ task / np.linalg.norm(moved), -1.0, 1.0))))


def cases() -> dict[str, Case]:
    """Return the families by the names of their figures."""
    rotations = np.asarray(lie.so(3).basis, dtype=np.float64)
    planes = np.array([np.kron(np.diag(row), lie.J) for row in np.eye(2)])
    both = np.asarray(np.kron(np.eye(2), lie.J)[None], dtype=np.float64)
    base_joint = np.asarray(np.kron(np.diag([1.0, 0.0, 1.0]), lie.J)[None], dtype=np.float64)
    turn = np.asarray(lie.J[None], dtype=np.float64)
    bent = (SHAPE @ lie.J @ np.linalg.inv(SHAPE))[None]

    def circle(number: int, seed: int) -> Array:
        return circle_tasks(number, seed=seed)

    own = sphere()
    outside = TaskFamily.from_gymnasium(
        own.env,
        train=own.train,
        test=own.test,
        project=own.system.project,
        reference=own.reference,
        max_steps=own.system.max_steps,
    )
    return {
        "sphere_gymnasium": Case(outside, rotations, lambda number, seed: sphere_goals(number, seed=seed)),
        "sphere": Case(sphere(), rotations, lambda number, seed: sphere_goals(number, seed=seed)),
        "sphere_noisy": Case(
            sphere(reward_noise=0.01), rotations, lambda number, seed: sphere_goals(number, seed=seed)
        ),
        "ellipse": Case(ellipse(), bent, lambda number, seed: circle(number, seed) @ SHAPE.T),
        "mass": Case(mass(), both, circle, transitions=8000),
        "car": Case(car(), both, circle),
        "arm": Case(arm(), base_joint, lambda number, seed: 0.8 * circle(number, seed)),
        "two_turns": Case(
            two_turns(), planes, lambda number, seed: torus_goals(number, seed=seed), context=30
        ),
        "lens": Behind(lens(), turn, circle),
        "lens_fisheye": Behind(lens("fisheye"), turn, circle),
        "lens_twisted": Behind(lens(twist=0.5), np.empty((0, 2, 2)), circle),
    }


def run(quick: bool = False) -> dict[str, float]:
    """Return the figures of each family: means of shares and regrets over seeds, the worst of the others."""
    figures: dict[str, float] = {}
    for name, case in cases().items():
        seeds = [_seed(case, seed, 10 if quick else 40) for seed in range(1 if quick else 3)]
        for key in seeds[0]:
            values = [found[key] for found in seeds]
            averaged = key.startswith(("infer_", "chart_")) or key.endswith("regret") or key == "connected"
            figures[f"family.{name}.{key}"] = float(np.mean(values) if averaged else max(values))
        # Regret that chance makes negative is none.
        regret = max(figures[f"family.{name}.regret"], SMALLEST)
        figures[f"family.{name}.gain"] = figures[f"family.{name}.base_regret"] / regret
    return figures


def _seed(case: Case, seed: int, tasks: int) -> dict[str, float]:
    """Return the figures of one seed."""
    family = case.family
    agent = case.agent(seed)
    explored = [
        family.explore(task, case.transitions, seed=stream_seed(seed, "explore", index))
        for index, task in enumerate(family.train)
    ]
    begun = time.process_time()
    geometry = case.geometry(explored)
    figures = {"geometry_s": time.process_time() - begun}
    chart = geometry.data.chart
    if isinstance(chart, FoundChart):
        figures["chart_share"] = chart.share
        figures["chart_right"] = float(chart.verdict == ("yes" if len(case.generators) else "no"))
    if len(case.generators):
        figures["connected"] = float(geometry.report["connected"].verdict == "yes")
        figures |= {"dimension": float(geometry.dimension), "generator_deg": case.generator_deg(geometry)}
        errors = zip(geometry.left_actions, family.train, strict=True)
        figures["left_deg"] = max(case.error_deg(left, task, chart) for left, task in errors)
        figures |= _inferred(case, agent, seed, tasks)
    tested = meta_test(agent, family, context_size=case.context, episodes=50, seed=seed, progress=False)
    alone = evaluate(family, [agent.base_policy] * len(family.test), episodes=50, seed=seed, progress=False)
    if not len(case.generators):
        trusted = [agent.trust(one).verdict == "yes" for one in tested.inferences]
        figures["infer_trusted"] = float(np.mean(trusted))
    figures["regret"] = float(np.mean(tested.regret_by_task))
    figures["base_regret"] = float(np.mean(alone.regret_by_task))
    return figures


def _inferred(case: Case, agent: GeometricAgent, seed: int, tasks: int) -> dict[str, float]:
    """Return how new tasks are inferred."""
    errors, decided, times = [], [], []
    for index, task in enumerate(case.tasks(tasks, 100 + seed)):
        context = case.family.explore(task, case.context, seed=10_000 + index)
        begun = time.process_time()
        answer = agent.infer(context)
        times.append(time.process_time() - begun)
        errors.append(case.error_deg(answer.left, task, agent.chart))
        decided.append(answer.verdict == "yes")
    wrong = np.array(decided) & (np.array(errors) > 8.0)
    return {
        "infer_median_deg": float(np.median(errors)),
        "infer_decided": float(np.mean(decided)),
        "infer_wrong": float(np.mean(wrong)),
        "infer_ms": 1e3 * float(np.median(times)),
    }
