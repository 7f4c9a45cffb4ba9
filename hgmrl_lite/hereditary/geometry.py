"""Hereditary geometry: the group that carries one task to the others, found from transitions alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.hereditary.closed_form import left_actions, task_generator
from hgmrl_lite.transitions import Transitions

# A further direction counts when it is this large beside the leading one.
_DIRECTION = 0.05


@dataclass(frozen=True)
class HereditaryGeometry:
    """The group that relates a family of tasks, as it acts on states and on actions.

    Parameters
    ----------
    left_actions : ndarray, shape (k, n, n)
        L_k: how the group moves the base task's states onto task k's.
    generators_states : ndarray, shape (d, n, n)
        W_S, a basis of the algebra on states, each scaled so that exp(2πW) = I.
    generators_actions : ndarray, shape (d, m, m)
        W_A, the same elements as they move actions.
    thetas : ndarray, shape (k, d)
        Coordinates of the log L_k.
    task_generators : ndarray, shape (k, n + 1, n + 1)
        Each task's own symmetry X_k (affine): conjugate to the group, not equal to it.
    residuals : ndarray, shape (k,)
        How far each task is from being an image of the base task.
    spectrum : ndarray
        Singular values of the stacked logarithms; those that count give the dimension d.
    inner_product : ndarray, shape (n, n)
        What the group keeps.
    action_defect : float
        Size of the part of W_A that no bounded group could have, relative to W_A.
    base_index : int
        Which task the others are images of.
    """

    left_actions: Array
    generators_states: Array
    generators_actions: Array
    thetas: Array
    task_generators: Array
    residuals: Array
    spectrum: Array
    inner_product: Array
    action_defect: float
    base_index: int

    @property
    def dimension(self) -> int:
        """Dimension d of the group."""
        return len(self.generators_states)

    @property
    def centres(self) -> Array:
        """Fixed points of the tasks' own symmetries, shape (k, n): the goals, as far as the data tell."""
        n = self.left_actions.shape[-1]
        linear, shift = self.task_generators[:, :n, :n], self.task_generators[:, :n, n:]
        return np.asarray(-np.linalg.solve(linear, shift)[..., 0], dtype=np.float64)

    def element(self, theta: ArrayLike) -> tuple[Array, Array]:
        """Return (L_g, K_g) for g = exp(Σ θ_k W_k).

        Parameters
        ----------
        theta : array_like, shape (..., d), or a scalar when d = 1
            Coordinates in the basis.

        Returns
        -------
        tuple of ndarray, shapes (..., n, n) and (..., m, m)
        """
        theta = as_array("theta", theta)
        if theta.ndim == 0:
            theta = theta[None]
        if theta.shape[-1] != self.dimension:
            raise ValueError(f"theta must have shape (..., {self.dimension}), got {theta.shape}")
        return (
            lie.exp(np.einsum("...d,dij->...ij", theta, self.generators_states)),
            lie.exp(np.einsum("...d,dij->...ij", theta, self.generators_actions)),
        )

    def __repr__(self) -> str:
        """Tell the dimension, the generator and the tasks' places."""
        angles = ", ".join(f"{angle:.2f}°" for angle in np.degrees(self.thetas[:, 0]))
        generator = np.array2string(self.generators_states[0], precision=4, suppress_small=True)
        return (
            f"HereditaryGeometry(dimension={self.dimension}, tasks at {angles} from task {self.base_index}, "
            f"largest residual {self.residuals.max():.2g},\n  generator {generator})".replace("\n ", " ")
        )


def discover_geometry(tasks: Sequence[Transitions], base_index: int = 0) -> HereditaryGeometry:
    """Find how the tasks are related, in closed form.

    Normals of each task's reward by local regression; each task's own affine symmetry as a null space; left
    actions as intertwiners of these symmetries in the identity component; the generator from their
    logarithms; its partner on actions from the system's law of motion, fitted to the same transitions. No
    goal, angle or generator is given.

    Parameters
    ----------
    tasks : sequence of Transitions
        One batch a task, at least two tasks, of one system in the plane.
    base_index : int, optional
        The base task's place in ``tasks``.

    Returns
    -------
    HereditaryGeometry

    Raises
    ------
    ValueError
        When the list is too short, dimensions disagree, there are fewer transitions than unknowns, a task
        has no rotation-like symmetry, or all tasks are the same one.
    """
    if len(tasks) < 2:
        raise ValueError(f"tasks must hold at least two tasks, the base task and another, got {len(tasks)}")
    if not -len(tasks) <= base_index < len(tasks):
        raise ValueError(f"base_index must name one of the {len(tasks)} tasks, got {base_index}")
    base_index %= len(tasks)
    shapes = {(task.states.shape[1], task.actions.shape[1]) for task in tasks}
    if len(shapes) > 1:
        raise ValueError(
            f"tasks must share one state and one action dimension, got (n, m) in {sorted(shapes)}"
        )
    generators = np.array([task_generator(task)[0] for task in tasks])
    left, residuals, form = left_actions(generators, base_index)
    logs = np.array([lie.log(matrix) for matrix in left])
    basis, spectrum = _algebra(logs)
    w_actions, defect = _action_generators(basis, tasks)
    flat = basis.reshape(len(basis), -1)
    thetas = np.linalg.lstsq(flat.T, logs.reshape(len(logs), -1).T)[0].T
    return HereditaryGeometry(
        left, basis, w_actions, thetas, generators, residuals, spectrum, form, defect, base_index
    )


def _algebra(logs: Array) -> tuple[Array, Array]:
    """Return the generators (d, 2, 2) that span the logarithms, and the singular values."""
    _, spectrum, rows = np.linalg.svd(logs.reshape(len(logs), -1), full_matrices=False)
    if spectrum[0] < 1e-3:
        raise ValueError(
            f"tasks must differ: the left actions are all the identity to within {spectrum[0]:.1g}"
        )
    dimension = int((spectrum > _DIRECTION * spectrum[0]).sum())
    basis = rows[:dimension].reshape(dimension, *logs.shape[1:])
    # Scale to eigenvalues ±i, and turn the first state axis towards the second.
    speed = np.sqrt(-0.5 * np.trace(basis @ basis, axis1=-2, axis2=-1))
    return basis / (speed * np.sign(basis[:, 1, 0]))[:, None, None], spectrum


def _action_generators(basis: Array, tasks: Sequence[Transitions]) -> tuple[Array, float]:
    """Return W_A with J_s W_S s + J_a W_A a = W_S T(s, a), for the affine law of motion fitted to all tasks.

    On average over its actions the law is affine in the raw action, s' ≈ A s + B a + b, so that the condition
    on the actions is B W_A = W_S B. The action set is normalised (the same bound along every axis), so that a
    group which maps it onto itself is orthogonal: the symmetric part of W_A is estimation error and goes.
    """
    states = np.concatenate([task.states for task in tasks])
    actions = np.concatenate([task.actions for task in tasks])
    targets = np.concatenate([task.next_states for task in tasks])
    design = np.hstack([states, actions, np.ones((len(states), 1))])
    n, m = states.shape[1], actions.shape[1]
    motion = np.linalg.lstsq(design, targets)[0].T[:, n : n + m]
    if np.linalg.matrix_rank(motion, tol=1e-3 * np.abs(states).max()) < m:
        raise ValueError(
            f"tasks must show how each of the {m} actions moves the state, got the response\n{motion}"
        )
    raw = np.array([np.linalg.lstsq(motion, generator @ motion)[0] for generator in basis])
    skew = 0.5 * (raw - np.swapaxes(raw, -1, -2))
    # Conjugate generators turn equally fast: dropping the symmetric part must not change the speed.
    speed = np.sqrt(np.einsum("dij,dji->d", raw, raw) / np.einsum("dij,dji->d", skew, skew))
    return skew * speed[:, None, None], float(np.linalg.norm(raw - skew) / np.linalg.norm(raw))
