"""MuJoCo's arm, as README's example brings it, end to end; skipped where MuJoCo is missing."""

import re
import sys
import time
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.agents import GeometricAgent, GoalConditionedAgent, PPOSettings
from hgmrl_lite.agents.conditioned import CONDITIONED_PPO
from hgmrl_lite.envs import Policy, TaskFamily, circle_tasks
from hgmrl_lite.hereditary import discover_geometry
from hgmrl_lite.meta import meta_train

README = Path(__file__).resolve().parents[1] / "README.md"
#: Entries of the state that the base joint turns: cos θ₁ and sin θ₁, and the tip.
TURNED = ((0, 2), (4, 5))
#: Radius of the goals, in metres.
RADIUS = 0.15


def example() -> str:
    """Return README's example of an environment that a reader brings."""
    (code,) = re.findall(
        r"```python\n(import gymnasium\n.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    return str(code)


def run_example(*, train: bool = False) -> dict[str, Any]:
    """Return the names that README's example defines; unless told so, nothing is trained."""
    names: dict[str, Any] = {}
    code = example()
    exec(code if train else code[: code.index("settings = ")], names)
    return names


def turn(angle: float) -> Array:
    """Return how the state is moved when the base joint turns by an angle in radians, shape (8, 8)."""
    return np.asarray(lie.exp(angle * generator()))


def generator() -> Array:
    """Return the generator of the base joint's turns, shape (8, 8)."""
    turning = np.zeros((8, 8))
    for x, y in TURNED:
        turning[y, x], turning[x, y] = 1.0, -1.0
    return turning


def away_deg(left: Array, goal: Array, base: Array) -> float:
    """Return by what angle an element (8, 8) is off the turn that carries one goal to another."""
    truth = turn(np.arctan2(goal[1], goal[0]) - np.arctan2(base[1], base[0]))
    return float(np.degrees(np.linalg.norm(left @ truth.T - np.eye(8)) / 2.0))


def run(quick: bool = False) -> dict[str, float]:
    """Return the figures: the worst of three seeds, means of shares and returns."""
    if find_spec("mujoco") is None:
        print("MuJoCo is not here (make robots adds it): its arm is not measured.", file=sys.stderr)
        return {}
    family: TaskFamily = run_example()["family"]
    seeds = [_seed(family, seed, quick) for seed in range(1 if quick else 3)]
    averaged = ("infer_decided", "infer_wrong")
    return {
        f"family.reacher.{key}": float(
            (np.mean if key in averaged or key.endswith("_return") else np.max)([one[key] for one in seeds])
        )
        for key in seeds[0]
    }


def _seed(family: TaskFamily, seed: int, quick: bool) -> dict[str, float]:
    """Return the figures of one seed."""
    settings = PPOSettings(total_steps=8192) if quick else None
    agent = meta_train(family, transitions=20_000, seed=seed, settings=settings, progress=False)
    begun = time.process_time()
    geometry = discover_geometry(agent.geometry.data.tasks, family.base_index)
    figures = {"geometry_s": time.process_time() - begun, "dimension": float(geometry.dimension)}
    found = geometry.generators_states
    angles = lie.principal_angles(generator()[None], found) if geometry.dimension == 1 else [np.nan]
    figures["generator_deg"] = float(np.degrees(np.max(angles)))
    lefts = zip(geometry.left_actions, family.train, strict=True)
    figures["left_deg"] = max(away_deg(left, goal, family.base_task) for left, goal in lefts)
    figures["report_no"] = float(sum(finding.verdict == "no" for finding in geometry.report.findings))
    return (
        figures | _inferred(family, agent, seed, 10 if quick else 40) | _returns(family, agent, seed, quick)
    )


def _inferred(family: TaskFamily, agent: GeometricAgent, seed: int, number: int) -> dict[str, float]:
    """Return how well new tasks are inferred from 20 transitions."""
    errors, decided, times = [], [], []
    for index, goal in enumerate(RADIUS * circle_tasks(number, seed=100 + seed)):
        context = family.explore(goal, 20, seed=10_000 + index)
        begun = time.process_time()
        answer = agent.infer(context)
        times.append(time.process_time() - begun)
        errors.append(away_deg(answer.left, goal, family.base_task))
        decided.append(answer.verdict == "yes")
    wrong = np.array(decided) & (np.array(errors) > 8.0)
    return {
        "infer_median_deg": float(np.median(errors)),
        "infer_decided": float(np.mean(decided)),
        "infer_wrong": float(np.mean(wrong)),
        "infer_ms": 1e3 * float(np.median(times)),
    }


def _returns(family: TaskFamily, agent: GeometricAgent, seed: int, quick: bool) -> dict[str, float]:
    """Return mean returns: of the base policy on its own task, and of three policies on the test tasks."""

    def mean_return(policies: list[Policy], tasks: Array) -> float:
        return float(family.rollout(policies, tasks, episodes=50, seed=seed).returns.mean())

    carried = [agent.adapt(family.explore(task, 20, seed=seed)) for task in family.test]
    # As many goals of the circle as rows, and as many steps as the geometric agent took in all.
    circle = replace(family, train=RADIUS * circle_tasks(CONDITIONED_PPO.num_envs))
    steps = 16_384 if quick else agent.env_steps
    told = GoalConditionedAgent(
        circle, seed=seed, settings=replace(CONDITIONED_PPO, total_steps=steps), progress=False
    )
    return {
        "own_return": mean_return([agent.base_policy], family.base_task[None]),
        "carried_return": mean_return(list(carried), family.test),
        "base_return": mean_return([agent.base_policy] * len(family.test), family.test),
        "full_circle_return": mean_return([told.adapt(None, task) for task in family.test], family.test),
    }
