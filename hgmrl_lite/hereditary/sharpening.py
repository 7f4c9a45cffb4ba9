"""A chart that was found from motion, made more exact by the rewards of tasks that are related in it."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.linalg import block_diag

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.chart import FoundChart
from hgmrl_lite.hereditary.reward_model import RewardModel
from hgmrl_lite.hereditary.spline_map import SplineInverse, SplineMap, features
from hgmrl_lite.hereditary.task_data import measured_in
from hgmrl_lite.transitions import Transitions

#: Gauss-Newton's steps, and about how many transitions of each task they look at. More steps follow the
#: model of the base task into its own errors.
ROUNDS: Final = 2
LOOKED_AT: Final = 2500
#: From so many times the usual misfit on a reward counts for less: near a goal, say, where R_0 has an edge.
FAR: Final = 3.0
#: How near φ⁻¹ must have come to what it was asked for.
_FOUND: Final = 1e-6
#: What keeps elements from moving where rewards do not tell.
_IDLE: Final = 1e-6


def sharpened(
    chart: FoundChart,
    tasks: Sequence[Transitions],
    base_index: int,
    left_actions: Array,
    generators: Array,
) -> tuple[FoundChart, Array]:
    """Return a chart in which the tasks' rewards are images of one another more exactly, and how they are.

    Motion is noisy: a chart that was found from it is off by a percent or two. In the right one every reward
    is R_k(s) = R_0(φ⁻¹(L_k⁻¹ φ(s))). Gauss-Newton corrects the coefficients of φ and the elements L_k
    together. What the increments tell of φ counts as well; it decides where rewards say nothing, because a
    map that commutes with the group changes none.

    Test the rewards before: a chart can be bent until rewards that are no images of one another fit a little
    better. If they fit no better at all, the chart stays as it is.

    Parameters
    ----------
    chart : FoundChart
        The chart.
    tasks : sequence of Transitions
        The tasks as they are seen, outside the chart.
    base_index : int
        The base task's place.
    left_actions, generators : ndarray, shape (k, n, n) and (d, n, n)
        How the tasks are related in the chart, and the algebra in which the L_k may be corrected.

    Returns
    -------
    tuple of (FoundChart, ndarray of shape (k, n, n))
        The chart, and the left actions in it.
    """
    increments, (d, n) = chart.increments, generators.shape[:2]
    tasks = [measured_in(task, increments.unit) for task in tasks]
    base, others = tasks[base_index], [index for index in range(len(tasks)) if index != base_index]
    model = RewardModel.fit(base.next_states, base.rewards)
    first, elements = chart.coefficients, left_actions.copy()
    known = np.kron(increments.information(first, chart.ridge), np.eye(n))
    found, tried = first, []
    for _ in range(ROUNDS + 1):
        forward = SplineMap(increments.basis, found, increments.origin @ found)
        inverse = SplineInverse.of(forward, increments.moved)
        matrix = block_diag(known, _IDLE * np.eye(d * len(others)))
        vector = np.append(-known @ (found - first).ravel(), np.zeros(d * len(others)))
        misfit = 0.0
        for place, index in enumerate(others):
            design, left, weights = _linearised(
                model, forward, inverse, tasks[index], elements[index], generators, increments.origin
            )
            which = np.append(np.arange(first.size), first.size + d * place + np.arange(d))
            matrix[np.ix_(which, which)] += design.T @ (weights[:, None] * design)
            vector[which] -= design.T @ (weights * left)
            misfit += float(np.median(np.abs(left)))
        tried.append((misfit, found, elements.copy()))
        step = np.linalg.solve(matrix, vector)
        found = found + step[: first.size].reshape(first.shape)
        for index, turn in zip(others, step[first.size :].reshape(-1, d), strict=True):
            elements[index] = elements[index] @ lie.exp(np.tensordot(turn, generators, axes=1))
    _, best, related = min(tried, key=lambda one: one[0])
    told = {"correlations": chart.correlations, "error": chart.error, "sharpened": True}
    return FoundChart.made(increments, best, chart.ridge, **told), related


def _linearised(
    model: RewardModel,
    forward: SplineMap,
    inverse: SplineInverse,
    task: Transitions,
    element: Array,
    generators: Array,
    origin: Array,
) -> tuple[Array, Array, Array]:
    """Return how R_0(φ⁻¹(L⁻¹ φ(s))) − r depends on the coefficients of φ and on L, what it is, and weights.

    Shapes (N, P n + d), (N,) and (N,); transitions that lead out of the reach of R_0 are left out.
    """
    some = slice(None, None, max(1, len(task) // LOOKED_AT))
    states, rewards, back = task.next_states[some], task.rewards[some], np.linalg.inv(element)
    pulled = forward(states) @ back.T
    own = inverse(pulled)
    misfit = model.local_misfit(own)
    kept = np.isfinite(misfit) & (np.linalg.norm(forward(own) - pulled, axis=1) < _FOUND)
    states, own, pulled, misfit = states[kept], own[kept], pulled[kept], misfit[kept]
    values, gradients = model.value_and_gradient(own)
    left = values - rewards[kept]
    # The slope of R_0 along the chart, at φ⁻¹(L⁻¹ φ(s)), and as φ(s) changes.
    slopes = np.linalg.solve(forward.jacobian(own).swapaxes(1, 2), gradients[..., None])[..., 0]
    here, there = features(forward.basis, states) - origin, features(forward.basis, own) - origin
    design = here[:, :, None] * (slopes @ back)[:, None, :] - there[:, :, None] * slopes[:, None, :]
    turned = -np.einsum("ni,dij,nj->nd", slopes, generators, pulled)
    shared = np.square(misfit) + float(np.median(np.square(misfit)))
    noise = model.reward_noise**2 + np.finfo(float).tiny
    away = np.abs(left) / np.sqrt(shared + noise)
    usual = max(float(np.median(away)), 1.0)
    # The misfit of R_0 is one around each of its centres, however many transitions see it; noise is not.
    repeated = max(1.0, len(left) / len(model.centres))
    weights = 1.0 / (repeated * shared + noise) / usual**2 / (1.0 + np.square(away / (FAR * usual)))
    return np.hstack([design.reshape(len(left), -1), turned]), left, weights
