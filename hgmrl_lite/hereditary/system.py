"""Symmetries of the system itself: the null space of J_s W_S s + J_a W_A a − W_S T(s, a) = 0."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.discovery import CLEAR, NEARLY
from hgmrl_lite.hereditary.motion import FOLDS, LawOfMotion
from hgmrl_lite.transitions import Transitions

#: How far the starts may move under a generator of unit speed, in their own standard deviations, and the most
#: that their number may excuse.
KEPT, KEPT_AT_MOST = 0.25, 0.6


@dataclass(frozen=True, repr=False)
class CompactSymmetries:
    """System symmetries that keep the law of the starts: the group that tasks are looked for in.

    Attributes
    ----------
    generators_states : ndarray, shape (d, n + 1, n + 1)
        Homogeneous, skew in the inner product about the fixed point.
    generators_actions : ndarray, shape (d, m, m)
        The same elements as they move actions.
    inner_product : ndarray, shape (n, n)
        What all of them keep, of determinant 1; where they leave a choice, the nearest to the inverse
        covariance of the starts.
    """

    generators_states: Array
    generators_actions: Array
    inner_product: Array

    @property
    def dimension(self) -> int:
        """Number d of generators."""
        return len(self.generators_states)

    @property
    def linear(self) -> Array:
        """The generators' linear parts, shape (d, n, n)."""
        return self.generators_states[:, :-1, :-1]

    def in_units(self, scale: Array) -> "CompactSymmetries":
        """Return the same for states whose numbers are ``scale`` (n,) times as large."""
        lifted = np.append(scale, 1.0)
        size = np.exp(np.log(scale).mean())
        return replace(
            self,
            generators_states=self.generators_states * (lifted[:, None] / lifted),
            inner_product=self.inner_product * np.outer(size / scale, size / scale),
        )

    def __repr__(self) -> str:
        """Tell the dimension."""
        return f"CompactSymmetries(dimension {self.dimension} on R^{len(self.inner_product)})"


@dataclass(frozen=True, repr=False)
class SystemSymmetry:
    """Pairs (W_S, W_A) under which the law of motion does not change.

    Attributes
    ----------
    generators_states : ndarray, shape (D, n + 1, n + 1)
        W_S, affine, homogeneous.
    generators_actions : ndarray, shape (D, m, m)
        W_A, linear: the raw actions have an origin of their own.
    spectrum : ndarray, shape (n (n + 1) + m²,)
        Scores of all candidates, ascending: 0 for a symmetry, about 1 for a random pair. The regression's own
        error is subtracted; what falls below zero is set to zero.
    verdict : {"symmetric", "none", "undecided"}
        What is claimed.
    reason : str
        Why, in words.
    law : LawOfMotion
        The fitted law T.
    starts : ndarray, shape (k, n)
        States that begin an episode.
    """

    generators_states: Array
    generators_actions: Array
    spectrum: Array
    verdict: str
    reason: str
    law: LawOfMotion
    starts: Array

    @property
    def dimension(self) -> int:
        """Dimension D of the algebra."""
        return len(self.generators_states)

    @cached_property
    def unbounded_actions(self) -> bool:
        """Whether scaling states and actions is a symmetry, which no bounded action set with interior allows.

        Then no raw action in the data went beyond the admissible set, or there is no bound.
        """
        scaling = np.eye(self.law.n + 1)
        scaling[-1, -1] = 0.0
        _, square, error = self.defect(scaling)
        return square < NEARLY**2 + 2.0 * error

    @cached_property
    def compact(self) -> CompactSymmetries:
        """The subalgebra that keeps mean and covariance of the starts: a second stage, inside the first."""
        n, m = self.law.n, self.law.m
        mean = self.starts.mean(axis=0)
        covariance = np.cov(self.starts.T, bias=True).reshape(n, n)
        values, axes = np.linalg.eigh(covariance)
        scale = (axes * np.sqrt(np.maximum(values, 1e-12 * values[-1] + np.finfo(float).tiny))) @ axes.T
        inverse = np.linalg.inv(scale)
        linear = inverse @ self.generators_states[:, :n, :n] @ scale
        shift = (self.generators_states[:, :n, :n] @ mean + self.generators_states[:, :n, n]) @ inverse
        strain = 0.5 * (linear + linear.swapaxes(-1, -2)).reshape(self.dimension, n * n)
        moved = np.hstack([strain, shift])
        whole = np.hstack([linear.reshape(self.dimension, n * n), shift])
        kept = np.zeros((0, self.dimension))
        if self.dimension:
            gram = whole @ whole.T
            root = np.linalg.cholesky(gram + 1e-12 * np.trace(gram) * np.eye(self.dimension))
            squares, vectors = np.linalg.eigh(np.linalg.solve(root, np.linalg.solve(root, moved @ moved.T).T))
            # Of k starts the covariance is known to a share of about √(2/k) in each direction.
            bound = min(KEPT**2 + 4.0 / len(self.starts), KEPT_AT_MOST**2)
            kept = np.linalg.solve(root.T, vectors[:, squares < bound]).T
        states = np.tensordot(kept, self.generators_states, axes=1)
        actions = np.tensordot(kept, self.generators_actions, axes=1)
        form = _kept_form(inverse @ states[:, :n, :n] @ scale)
        form = inverse @ form @ inverse
        form = form / np.linalg.det(form) ** (1.0 / n)
        # What is not skew in the common inner product is estimation error.
        lifted = np.linalg.inv(form)
        states = states.copy()
        states[:, :n, :n] = 0.5 * (states[:, :n, :n] - lifted @ states[:, :n, :n].swapaxes(-1, -2) @ form)
        return CompactSymmetries(states, actions.reshape(-1, m, m), form)

    def defect(self, generator: ArrayLike) -> tuple[Array, float, float]:
        """Return the best partner W_A of one W_S, and by how much the pair fails to be a symmetry.

        Parameters
        ----------
        generator : array_like, shape (n + 1, n + 1)
            W_S, homogeneous.

        Returns
        -------
        actions : ndarray, shape (m, m)
            W_A.
        square : float
            Squared score, the regression's error subtracted: it may be negative.
        error : float
            Standard error of ``square``.
        """
        law = self.law
        generator = as_array("generator", generator, (law.n + 1, law.n + 1))
        _, _, units = law.operators
        split = law.n * (law.n + 1)
        flat = np.concatenate([generator.ravel(), np.zeros(law.m**2)])
        given = np.linalg.lstsq(units[:split].T, flat)[0]
        change, deviations = self._changes
        form = change @ change.T
        free = form[split:, split:]
        ridge = 1e-12 * np.trace(free) * np.eye(len(free))
        partner = -np.linalg.solve(free + ridge, form[split:, :split] @ given)
        pair = np.concatenate([given, partner])
        seen, errors = pair @ change, pair @ deviations
        size = float(pair @ pair) + np.finfo(float).tiny
        square = float(seen @ seen - np.square(errors).sum())
        # For x = |e + δ|² with δ of covariance S: Var x = 4 eᵀSe + 2 tr S²; products of two folds are
        # unbiased.
        products = np.square(errors @ errors.T)
        trace = max(float(products.sum() - np.trace(products)) * FOLDS / (FOLDS - 1), 0.0)
        variance = max(4.0 * float(np.square(errors @ seen).sum()) - 2.0 * trace, 2.0 * trace)
        actions = (partner @ units[split:])[-(law.m**2) :].reshape(law.m, law.m)
        return actions, square / size, float(np.sqrt(variance)) / size

    @cached_property
    def _changes(self) -> tuple[Array, Array]:
        """What each unknown changes, and what each fold's error adds to that."""
        return _changes(self.law)

    def _facts(self) -> list[tuple[str, str]]:
        shown = self.spectrum[: self.dimension + 3]
        scores = " ".join(
            f"{score:.3f}" + (" |" if index == self.dimension - 1 else "")
            for index, score in enumerate(shown)
        )
        return [
            ("verdict", f"{self.verdict}: {self.reason}"),
            ("dimension", f"{self.dimension}, of which {self.compact.dimension} keep the law of the starts"),
            ("spectrum", scores + (" ..." if len(self.spectrum) > len(shown) else "")),
            ("law of motion", f"degree {max(map(sum, self.law.exponents))}, {len(self.law.exponents)} terms"),
        ]

    def __repr__(self) -> str:
        """Tell the dimension, the spectrum and the compact part."""
        return "SystemSymmetry(\n" + "\n".join(f"  {name}: {text}" for name, text in self._facts()) + "\n)"

    def _repr_html_(self) -> str:
        """Tell the same as a table."""
        rows = "".join(
            f"<tr><th style='text-align:left'>{name}</th><td style='text-align:left'>{text}</td></tr>"
            for name, text in self._facts()
        )
        return f"<table><caption>Symmetries of the system</caption>{rows}</table>"


def system_symmetries(tasks: Sequence[Transitions]) -> SystemSymmetry:
    """Find the symmetries of the system that the tasks share, from their transitions with raw actions.

    The law of motion is fitted first (`LawOfMotion`); a pair (W_S, W_A) is scored by the root mean square of
    J_s W_S s + J_a W_A a − W_S T(s, a), in units of the motion, with the regression's error subtracted. Pairs
    below 0.1 are symmetries; the answer is "undecided" when the next one is below 0.15: the bounds of
    `discovery`. The clipping of actions is part of T, so it is seen only where raw actions exceed it.

    Parameters
    ----------
    tasks : sequence of Transitions
        Transitions of one system, of any number of tasks; their rewards are not looked at.

    Returns
    -------
    SystemSymmetry

    Raises
    ------
    ValueError
        When there are too few transitions, dimensions disagree, or the data do not spread.
    """
    if not len(tasks):
        raise ValueError("tasks must hold at least one batch of transitions, got none")
    shapes = {(task.states.shape[1], task.actions.shape[1]) for task in tasks}
    if len(shapes) > 1:
        raise ValueError(
            f"tasks must share one state and one action dimension, got (n, m) in {sorted(shapes)}"
        )
    law = LawOfMotion.fit(tasks)
    change, deviations = _changes(law)
    bias = np.einsum("kuf,kvf->uv", deviations, deviations)
    squares, vectors = np.linalg.eigh(change @ change.T - bias)
    scores = np.sqrt(np.maximum(squares, 0.0))
    dimension = int((scores < NEARLY).sum())
    generators = vectors[:, :dimension].T @ law.operators[2]
    corner = (law.n + 1) ** 2
    next_one = scores[dimension] if dimension < len(scores) else np.inf
    if next_one < CLEAR:
        verdict, reason = (
            "undecided",
            f"pair {dimension + 1} scores {next_one:.3f}, neither below {NEARLY} nor above {CLEAR}",
        )
    elif dimension:
        verdict = "symmetric"
        reason = f"{dimension} pairs score at most {scores[dimension - 1]:.3f}; the next one {next_one:.3f}"
    else:
        verdict, reason = "none", f"the best pair scores {next_one:.3f}, above {CLEAR}"
    return SystemSymmetry(
        generators[:, :corner].reshape(-1, law.n + 1, law.n + 1),
        generators[:, corner:].reshape(-1, law.m, law.m),
        scores,
        verdict,
        reason,
        law,
        np.concatenate([task.starts for task in tasks]),
    )


def _changes(law: LawOfMotion) -> tuple[Array, Array]:
    """Return E_u(C), shape (U, F n), and what each fold's error adds to it, shape (FOLDS, U, F n)."""
    deviations = law.changes(law.deviations) / np.sqrt(FOLDS * (FOLDS - 1))
    return law.changes(law.coefficients), deviations


def _kept_form(generators: Array) -> Array:
    """Return the inner product nearest to I that linear generators (d, n, n) keep, or I if there is none."""
    n = generators.shape[-1] if generators.ndim == 3 else 1
    rows, columns = np.triu_indices(n)
    basis = np.zeros((len(rows), n, n))
    basis[np.arange(len(rows)), rows, columns] = basis[np.arange(len(rows)), columns, rows] = np.where(
        rows == columns, 1.0, np.sqrt(0.5)
    )
    moved = np.einsum("dji,bjk->dbik", generators, basis)
    moved = moved + moved.swapaxes(-1, -2)
    gram = np.einsum("dbik,dcik->bc", moved, moved)
    values, vectors = np.linalg.eigh(gram)
    small = vectors[:, values <= KEPT**2 * max(float(values[-1]), np.finfo(float).tiny)]
    nearest = small @ (small.T @ np.einsum("bii->b", basis))
    form = np.tensordot(nearest, basis, axes=1)
    return form if len(small) and np.linalg.eigvalsh(form)[0] > 0.0 else np.eye(n)
