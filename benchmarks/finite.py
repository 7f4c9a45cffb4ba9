"""Turns and mirrors of functions and of systems: how often what is named is what is there.

Every case is drawn anew from its seed: the axes, the centre, how far the data lie from it, and 1 % of noise.
At 0.67 standard deviations, the farthest, a cloud and its half turn share half of themselves.
"""

from collections.abc import Callable

import numpy as np

from hgmrl_lite._validate import Array
from hgmrl_lite.discovery import FiniteGroup, discover
from hgmrl_lite.hereditary import system_symmetries
from hgmrl_lite.lie import so2_exp
from hgmrl_lite.transitions import Transitions

Function = Callable[[Array], Array]

SEEDS, FIRST = 12, 70_000
SAMPLES, TRANSITIONS, NOISE = 3000, 5000, 0.01
FARTHEST = 0.67
THREE = so2_exp(0.5 * np.pi + 2.0 * np.pi * np.arange(3) / 3)[:, :, 0]
SKEW = np.array([[1.0, 0.4], [0.0, 0.6]])


def polar(function: Callable[[Array, Array], Array]) -> Function:
    """Return a function of radius and angle as one of points."""
    return lambda points: function(
        np.hypot(points[:, 0], points[:, 1]), np.arctan2(points[:, 1], points[:, 0])
    )


def rough(length: float) -> Callable[[np.random.Generator], Function]:
    """Return what draws a stationary Gaussian function of this length, by random Fourier features."""

    def drawn(rng: np.random.Generator) -> Function:
        waves, phases = rng.normal(size=(2, 300)) / length, rng.uniform(0.0, 2.0 * np.pi, 300)
        return lambda points: np.cos(points @ waves + phases).sum(axis=1)

    return drawn


def always(function: Function) -> Callable[[np.random.Generator], Function]:
    """Return what draws one and the same function."""
    return lambda rng: function


#: Name: a draw of a function about the origin, and how many turns and mirrors it has; None when all.
FUNCTIONS: dict[str, tuple[Callable[[np.random.Generator], Function], tuple[int, int] | None]] = {
    "petal": (always(polar(lambda r, t: r * (1.0 + 0.05 * np.cos(6.0 * t)))), (6, 6)),
    "wheel": (
        always(polar(lambda r, t: np.exp(-0.5 * r**2) * (1.0 + 0.3 * r**2 * np.cos(5.0 * t + 2.0 * r)))),
        (5, 0),
    ),
    "mirror": (always(lambda p: np.sin(1.3 * p[:, 0]) + (0.5 - 0.3 * p[:, 0]) * p[:, 1] ** 2), (1, 1)),
    "round": (always(lambda p: -np.linalg.norm(p, axis=1)), None),
    "quartic": (always(lambda p: np.power(p, 4).sum(axis=1) ** 0.25), (4, 4)),
    "bar": (always(lambda p: -np.hypot(np.maximum(np.abs(p[:, 0]) - 1.0, 0.0), p[:, 1])), (2, 2)),
    "rough": (rough(0.5), (1, 0)),
    "smooth1": (rough(1.0), (1, 0)),
    "smooth1.5": (rough(1.5), (1, 0)),
    "smooth3": (rough(3.0), (1, 0)),
}
#: Name: what raw actions do, in units of a step, and how many turns and mirrors that keeps.
SYSTEMS: dict[str, tuple[Function, tuple[int, int] | None]] = {
    "box": (lambda a: np.clip(a, -1.0, 1.0), (4, 4)),
    "rectangle": (lambda a: np.clip(a, [-1.0, -0.5], [1.0, 0.5]), (2, 2)),
    "skew": (lambda a: np.clip(a @ np.linalg.inv(SKEW).T, -1.0, 1.0) @ SKEW.T, (2, 0)),
    "thrusters": (lambda a: np.clip(a @ THREE.T, 0.0, 1.0) @ THREE, (3, 3)),
    "disc": (lambda a: a / np.maximum(1.0, np.linalg.norm(a, axis=1, keepdims=True)), None),
}


def away(rng: np.random.Generator) -> Array:
    """Return how far the middle of the data lies from the centre."""
    return np.asarray(rng.uniform(0.0, FARTHEST) * so2_exp(rng.uniform(0.0, 2.0 * np.pi))[:, 0])


def function_group(name: str, seed: int) -> tuple[bool, FiniteGroup | None]:
    """Return whether a continuous symmetry is found, and the turns and mirrors, of a function."""
    rng = np.random.default_rng([seed, *name.encode()])
    function, turned = FUNCTIONS[name][0](rng), so2_exp(rng.uniform(0.0, 2.0 * np.pi))
    points = rng.normal(size=(SAMPLES, 2))
    values = function((points - away(rng)) @ turned)
    found = discover(points, values + NOISE * values.std() * rng.normal(size=SAMPLES))
    return found.verdict == "yes", found.finite


def system_group(name: str, seed: int) -> tuple[bool, FiniteGroup | None]:
    """Return the same of a system: the agent's actions have axes and units of their own."""
    rng = np.random.default_rng([seed, *name.encode()])
    turned = so2_exp(rng.uniform(0.0, 2.0 * np.pi))
    units = so2_exp(rng.uniform(0.0, 2.0 * np.pi)) * rng.uniform(0.7, 1.4, size=2)
    states, inside = rng.normal(size=(TRANSITIONS, 2)), rng.normal(away(rng), 1.0, size=(TRANSITIONS, 2))
    motion = 0.1 * SYSTEMS[name][0](inside) @ turned.T
    next_states = states + motion + NOISE * motion.std() * rng.normal(size=states.shape)
    found = system_symmetries([Transitions(states, inside @ units.T, states[:, 0], next_states)])
    return found.compact.dimension > 0, found.finite


def is_right(name: str, truth: tuple[int, int] | None, continuous: bool, group: FiniteGroup | None) -> bool:
    """Tell whether the answer is the truth; of smooth random functions only no claim is asked for."""
    if name.startswith("smooth"):
        return group is None or group.verdict != "yes"
    if truth is None or group is None:
        return truth is None and continuous
    if truth == (1, 0):
        return group.verdict == "no"
    return (group.order, len(group.mirrors)) == truth


def is_false(truth: tuple[int, int] | None, group: FiniteGroup | None) -> bool:
    """Tell whether a turn or a mirror is claimed that is not there, or one of a continuous symmetry alone."""
    if group is None or group.verdict != "yes":
        return False
    return truth is None or truth[0] % group.order > 0 or len(group.mirrors) > truth[1]


def run(quick: bool = False) -> dict[str, float]:
    """Return the shares of right and false answers: 12 seeds a case, or 2."""
    seeds = range(FIRST, FIRST + (2 if quick else SEEDS))
    figures: dict[str, float] = {}
    false: list[bool] = []
    for kind, truths, find in (
        ("functions", {name: truth for name, (_, truth) in FUNCTIONS.items()}, function_group),
        ("systems", {name: truth for name, (_, truth) in SYSTEMS.items()}, system_group),
    ):
        right = []
        for name, truth in truths.items():
            answers = [find(name, seed) for seed in seeds]
            right += [is_right(name, truth, *answer) for answer in answers]
            false += [is_false(truth, group) for _, group in answers]
            figures[f"finite.{kind}.{name}"] = float(np.mean(right[-len(answers) :]))
        figures[f"finite.{kind}_right"] = float(np.mean(right))
    figures["finite.false"] = float(np.mean(false))
    return figures
