"""Regret of every agent by the fixed protocol, and the time the experiments take from an empty cache."""

import tempfile

from benchmarks.timing import in_fresh_process

_FULL = """
import json
from hgmrl_lite.experiments import regret_by_distance
result = regret_by_distance(progress=False)
figures = {}
for agent in result.agents:
    name = agent.name.replace(" ", "_").replace("-", "_")
    figures[f"regret.{name}.mean"] = float(agent.mean.mean)
    figures[f"regret.{name}.half_width"] = float(agent.mean.half_width)
    figures[f"regret.{name}.slope"] = float(agent.slope(result.distances(agent.name)).mean)
    figures[f"regret.{name}.worst_goal"] = float(agent.by_task.mean.max())
    figures[f"regret.{name}.env_steps"] = agent.env_steps
print(json.dumps(figures))
"""

_QUICK = """
import json
from hgmrl_lite.experiments import regret_by_distance
result = regret_by_distance(quick=True, progress=False)
print(json.dumps({f"regret.quick.{agent.name}": float(agent.mean.mean) for agent in result.agents}))
"""

# After the full experiment, in its cache: what it trained is not trained again.
_MORE = """
import json
from hgmrl_lite.envs import navigation, training_tasks
from hgmrl_lite.experiments import breaking, contenders, coverage, regret_by_distance, task_number, units
from hgmrl_lite.meta import AgentResult, Protocol
box = [
    regret_by_distance(
        Protocol(navigation(action_set="box", base_index=base_index)), agents=["geometric"], progress=False
    )["geometric"].mean.mean
    for base_index in (0, 1)
]
def measured(goals, on):
    family = navigation(goals) if on is None else navigation(goals, on)
    work = contenders.contender_units("CCM", Protocol(family))
    return AgentResult.from_seeds(units.run_units(work, description="CCM", progress=False))
sixteen = task_number.even_goals(16)
broken = breaking(progress=False)
said = [trial for trial in broken.trials if trial.agent == "geometric"]
print(json.dumps({
    "regret.geometric.box_mean": float(max(box)),
    "regret.ccm4.train": float(measured(training_tasks(), training_tasks()).mean.mean),
    "regret.ccm16.train": float(measured(sixteen, sixteen).mean.mean),
    "regret.ccm16.test": float(measured(sixteen, None).mean.mean),
    "regret.geometric.trusted_and_bad": max(trial.trusted_and_bad for trial in said),
    "regret.geometric.trusted_unbroken": broken.of("action set")[0].share("yes"),
}))
"""


def run(quick: bool = False) -> dict[str, float]:
    """Return regrets and seconds of the lesson's form and of the full one; the lesson's alone when quick."""
    with tempfile.TemporaryDirectory() as cache:
        figures: dict[str, float]
        seconds, figures = in_fresh_process(_QUICK, cache)
    figures["regret.quick_seconds"] = seconds
    if quick:
        return figures
    with tempfile.TemporaryDirectory() as cache:
        seconds, full = in_fresh_process(_FULL, cache)
        figures |= full | {"regret.seconds": seconds} | in_fresh_process(_MORE, cache)[1]
    # CCM by the number of its training tasks; the sign of the geometric agent's slope says nothing.
    for name in [name for name in figures if name.startswith("regret.CCM.")]:
        figures[name.replace("CCM", "ccm4")] = figures.pop(name)
    figures["regret.ccm4.test"] = figures.pop("regret.ccm4.mean")
    figures["regret.geometric.slope"] = abs(figures["regret.geometric.slope"])
    return figures
