"""Symmetries of the system itself: the null space of J_s W_S s + J_a W_A a − W_S T(s, a) = 0."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy.linalg
from numpy.typing import ArrayLike

from hgmrl_lite._spans import null_space
from hgmrl_lite._validate import Array, as_array
from hgmrl_lite._verdict import Verdict
from hgmrl_lite.discovery.finite import FiniteGroup, told
from hgmrl_lite.discovery.finite_search import find_finite_group
from hgmrl_lite.hereditary.evidence import BOUND, ERRORS, Defect, Told, squared
from hgmrl_lite.hereditary.frame import form_in_units, in_units, skew_parts
from hgmrl_lite.hereditary.motion import FOLDS, LawOfMotion
from hgmrl_lite.hereditary.moved_law import MovedLaw
from hgmrl_lite.transitions import Transitions

#: Up to this score a pair counts as a symmetry; from ``BOUND`` on it is clearly none.
NEARLY = 0.1
#: Standard errors by which the effect of an action must exceed zero.
SEEN = 4.0
#: How far the starts may move under a generator of unit speed, in their own standard deviations, and the most
#: that their number may excuse.
KEPT, KEPT_AT_MOST = 0.25, 0.6
#: Share of a generator that may lead away from the set on which the states live.
AWAY = 1e-5
#: Spread that starts in one point are given, in that of the states.
POINT = 0.05
#: Share of a generator's size from which on its imaginary eigenvalues count.
TURNS = 0.1


@dataclass(frozen=True, eq=False, repr=False)
class CompactSymmetries:
    """System symmetries that keep the law of the starts: the group that tasks are looked for in.

    Attributes
    ----------
    generators_states : ndarray, shape (d, n + 1, n + 1)
        Homogeneous, skew in the inner product about the fixed point.
    generators_actions : ndarray, shape (d, m, m)
        The same elements as they move actions, skew in an inner product of the actions.
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
        return replace(
            self,
            generators_states=in_units(self.generators_states, scale),
            inner_product=form_in_units(self.inner_product, scale),
        )

    def __repr__(self) -> str:
        """Tell the dimension."""
        return f"CompactSymmetries(dimension {self.dimension} on R^{len(self.inner_product)})"


@dataclass(frozen=True, eq=False, repr=False)
class SystemSymmetry(Told):
    """Pairs (W_S, W_A) under which the law of motion does not change.

    Attributes
    ----------
    generators_states : ndarray, shape (D, n + 1, n + 1)
        W_S, affine, homogeneous.
    generators_actions : ndarray, shape (D, m, m)
        W_A, linear: the raw actions have an origin of their own.
    spectrum : ndarray, shape (U,)
        Scores of all candidates, ascending: 0 for a symmetry, about 1 for a random pair. The regression's own
        error is subtracted; what falls below zero is set to zero. U = n (n + 1) + m², less where the states
        live on a smaller set, such as a circle. NaN where the actions are not seen to move the states.
    verdict : {"yes", "no", "undecided"}
        Whether the system is symmetric.
    reason : str
        Why, in words.
    law : LawOfMotion
        The fitted law T.
    starts : ndarray, shape (k, n)
        States that begin an episode.
    open_states : ndarray, shape (D', n + 1, n + 1)
        W_S of the next pairs: those of which the data do not exclude that they are symmetries.
    tasks : tuple of Transitions
        What it was found in.
    """

    generators_states: Array
    generators_actions: Array
    spectrum: Array
    verdict: Verdict
    reason: str
    law: LawOfMotion
    starts: Array
    open_states: Array
    tasks: tuple[Transitions, ...]

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
        # About the mean start: far from its centre a scaling is nearly a shift.
        scaling[:, -1] = np.append(-self.law.origin, 0.0)
        found = self.defect(scaling)[1]
        return self.known and found.square < NEARLY**2 + ERRORS * found.error

    @property
    def known(self) -> bool:
        """Whether every action is seen to move the states. If not, no K is known and nothing is claimed."""
        return not np.isnan(self.spectrum).all()

    @cached_property
    def compact(self) -> CompactSymmetries:
        """The subalgebra that keeps mean and covariance of the starts: a second stage, inside the first."""
        n, m = self.law.n, self.law.m
        kept, scale = self._keeping
        states = np.tensordot(kept, self.generators_states, axes=1)
        actions = np.tensordot(kept, self.generators_actions, axes=1)
        # What is not skew in a common inner product is estimation error.
        states[:, :n, :n], form = skew_parts(states[:, :n, :n], scale)
        actions, _ = skew_parts(actions.reshape(-1, m, m), self.law.action_scale)
        form = form * np.exp(-np.linalg.slogdet(form)[1] / n)
        return CompactSymmetries(states, actions, form)

    @cached_property
    def possible(self) -> Array:
        """W_S (D + D', n + 1, n + 1) of all pairs that are symmetries or may be some."""
        return np.concatenate([self.generators_states, self.open_states])

    @cached_property
    def least_start_move(self) -> float:
        """How far, of all possible symmetries, that moves the starts which moves them least."""
        return float(np.sqrt(max(self._start_moves(self.possible)[0].min(initial=np.inf), 0.0)))

    @property
    def broken(self) -> bool:
        """Whether surely no symmetry keeps the law of the starts, as far as a connected group goes."""
        if not self.known or self.least_start_move < self._kept:
            return False
        pairs, combinations = self._about_starts(self.possible)
        return all(_excluded(self.defect(pair)[1]) for pair in np.tensordot(combinations, pairs, axes=1))

    @cached_property
    def turning(self) -> bool:
        """Whether some possible symmetry turns the states, so that other starts might have been kept."""
        inside = np.linalg.inv(self.law.state_scale) @ self.possible[:, :-1]
        linear = inside[..., :-1] @ self.law.state_scale
        shift = linear @ np.linalg.solve(self.law.state_scale, self.law.centre) + inside[..., -1]
        size = np.hypot(np.linalg.norm(linear, axis=(1, 2)), np.linalg.norm(shift, axis=1))
        return bool((np.abs(np.linalg.eigvals(linear).imag).max(axis=1, initial=0.0) > TURNS * size).any())

    @cached_property
    def _keeping(self) -> tuple[Array, Array]:
        """Which combinations (d, D) of the generators keep the law of the starts, and a frame of these."""
        squares, vectors, scale = self._start_moves(self.generators_states)
        kept = vectors[:, squares < self._kept**2].T
        pairs, others = self._about_starts(self.generators_states)
        found = [self.defect(pair)[1] for pair in np.tensordot(others, pairs, axes=1)]
        others = others[np.array([one.square + ERRORS * one.error < BOUND**2 for one in found], dtype=bool)]
        if len(others) > len(kept):
            kept = others
        return kept, scale

    @property
    def _kept(self) -> float:
        """How far starts may move and count as kept: of k their covariance is known to a share of √(2/k)."""
        return float(np.sqrt(min(KEPT**2 + 4.0 / len(self.starts), KEPT_AT_MOST**2)))

    def _about_starts(self, generators: Array) -> tuple[Array, Array]:
        """Return W_S (D, n + 1, n + 1) about the mean start, and which combinations (d, D) keep the starts.

        The place of a centre is known only roughly: from starts in one point it may look far away.
        """
        n, pairs = self.law.n, generators.copy()
        pairs[:, :n, n] = -pairs[:, :n, :n] @ self.starts.mean(axis=0)
        if not pairs.any():
            return pairs, np.zeros((0, len(pairs)))
        inside = np.linalg.inv(self.law.state_scale) @ pairs[:, :n, :n] @ self.law.state_scale
        axes, sizes, _ = np.linalg.svd(inside.reshape(len(pairs), -1), full_matrices=False)
        # Of a shift nothing but its error is left.
        linear = axes[:, sizes > TURNS * sizes[0]].T
        squares, vectors, _ = self._start_moves(np.tensordot(linear, pairs, axes=1))
        return pairs, vectors[:, squares < self._kept**2].T @ linear

    def _start_moves(self, generators: Array) -> tuple[Array, Array, Array]:
        """Return squares (D,) of how far combinations (D, D) of W_S move the starts, and a frame of these."""
        n, dimension = self.law.n, len(generators)
        mean = self.starts.mean(axis=0)
        # In units of the states' spread; starts in one place, or at rest, leave directions without any.
        unit = self.law.state_scale
        away = np.linalg.solve(unit, (self.starts - mean).T)
        values, axes = np.linalg.eigh(away @ away.T / len(self.starts) + POINT**2 * np.eye(n))
        scale = unit @ (axes * np.sqrt(values)) @ axes.T
        if not dimension:
            return np.zeros(0), np.zeros((0, 0)), scale
        inverse = np.linalg.inv(scale)
        linear = inverse @ generators[:, :n, :n] @ scale
        shift = (generators[:, :n, :n] @ mean + generators[:, :n, n]) @ inverse.T
        strain = 0.5 * (linear + linear.swapaxes(-1, -2)).reshape(dimension, n * n)
        moved = np.hstack([strain, shift])
        whole = np.hstack([linear.reshape(dimension, n * n), shift])
        gram = whole @ whole.T
        ridge = 1e-12 * np.trace(gram) * np.eye(dimension)
        return *scipy.linalg.eigh(moved @ moved.T, gram + ridge), scale

    @cached_property
    def certain(self) -> bool:
        """Whether the compact symmetries surely are symmetries, whatever else may be one."""
        # As the law of motion has them: the step to a common inner product adds an error that the tasks mend.
        pairs = np.tensordot(self._keeping[0], self.generators_states, axes=1)
        found = [self.defect(pair)[1] for pair in pairs]
        return self.known and all(one.square + ERRORS * one.error < BOUND**2 for one in found)

    @cached_property
    def finite(self) -> FiniteGroup | None:
        """Turns and mirrors of the plane about the mean start under which the law does not change.

        Each has a partner K on actions, the one that suits the law best. Computed when first asked for. None
        where a continuous symmetry keeps the law of the starts, where the states are not of the plane, and
        where no K is known.
        """
        if self.compact.dimension or self.law.n != 2 or not self.known:
            return None
        return find_finite_group(MovedLaw(self.law, self.tasks), self.law.origin, None)

    def defect(self, generator: ArrayLike) -> tuple[Array, Defect]:
        """Return the best partner W_A of one W_S, and by how much the pair fails to be a symmetry.

        Parameters
        ----------
        generator : array_like, shape (n + 1, n + 1)
            W_S, homogeneous.

        Returns
        -------
        actions : ndarray, shape (m, m)
            W_A.
        defect : Defect
            Its squared score, the regression's error subtracted: it may be negative.
        """
        law = self.law
        generator = as_array("generator", generator, (law.n + 1, law.n + 1))
        whole = law.coordinates(generator)
        given = law.tangent @ whole
        split = len(given)
        change, deviations = law.changes
        pair = self._with_partner(given)
        found = squared(pair @ change, pair @ deviations)
        # What leads away from the set on which the states live breaks the law altogether.
        away = max(float(whole @ whole - given @ given), 0.0)
        size = float(pair @ pair) + away + np.finfo(float).tiny
        actions = (pair[split:] @ law.operators[2][split:])[-(law.m**2) :].reshape(law.m, law.m)
        return actions, Defect((found.square + away) / size, found.error / size)

    def _with_partner(self, given: Array) -> Array:
        """Return coordinates of W_S along ``law.tangent``, and behind them those of the best W_A."""
        change, split = self.law.changes[0], len(given)
        form = change[split:] @ change.T
        free = form[:, split:]
        ridge = 1e-12 * np.trace(free) + np.finfo(float).tiny
        partner = -np.linalg.solve(free + ridge * np.eye(len(free)), form[:, :split] @ given)
        return np.concatenate([given, partner])

    def partners(self, generators: Array) -> Array:
        """Return the best W_A (d, m, m) of linear parts W_S (d, n, n)."""
        lifted = np.pad(generators, ((0, 0), (0, 1), (0, 1)))
        found = [self.defect(generator)[0] for generator in lifted]
        return np.array(found).reshape(-1, self.law.m, self.law.m)

    def losses(self, generators: Array) -> tuple[Array, Array]:
        """Return what the law loses by generators near given ones with their best W_A, and its errors.

        Parameters
        ----------
        generators : ndarray, shape (d, n, n)
            Linear parts of W_S.

        Returns
        -------
        rows : ndarray, shape (d, R, n²)
            For each generator, rows on the entries of one that is near to it, in units of the root mean
            square error.
        errors : ndarray, shape (d, FOLDS, R)
            What each fold of the data adds to what the generator loses.
        """
        law, n = self.law, self.law.n
        change, deviations = law.changes
        split = len(law.tangent)
        entries = np.zeros((n * n, n + 1, n + 1))
        entries[:, :n, :n] = np.eye(n * n).reshape(n * n, n, n)
        whole = np.array([law.coordinates(entry) for entry in entries])
        given = whole @ law.tangent.T
        # What W_A can make good is no loss.
        made_good = null_space(change[split:], 1e-9 * float(np.linalg.norm(change[split:])))
        rows = (given @ change[:split] @ made_good.T).T
        # What leads away from the set on which the states live is.
        away = (whole - given @ law.tangent).T / AWAY
        of_rows, of_errors = [], []
        for flat in np.reshape(generators, (-1, n * n)):
            errors = self._with_partner(flat @ given) @ deviations @ made_good.T
            typical = np.sqrt(np.square(errors).sum() / len(rows)) + np.finfo(float).tiny
            size = np.linalg.norm(flat @ whole) + np.finfo(float).tiny
            of_rows.append(np.concatenate([rows / typical, away / size]))
            of_errors.append(np.pad(errors / typical, ((0, 0), (0, len(away)))))
        return np.array(of_rows), np.array(of_errors)

    def _facts(self) -> list[tuple[str, str]]:
        shown = self.spectrum[: self.dimension + 3]
        scores = " ".join(
            f"{score:.3f}" + (" |" if index == self.dimension - 1 else "")
            for index, score in enumerate(shown)
        )
        left = []
        if self.known and not self.compact.dimension:
            left.append(("finite group", told(self.finite, self.law.n)))
        return [
            ("symmetric", f"{self.verdict}, {self.reason}"),
            ("dimension", f"{self.dimension}, of which {self.compact.dimension} keep the law of the starts"),
            ("spectrum", scores + (" ..." if len(self.spectrum) > len(shown) else "")),
            *left,
            ("law of motion", f"degree {max(map(sum, self.law.exponents))}, {len(self.law.exponents)} terms"),
        ]


def system_symmetries(tasks: Sequence[Transitions]) -> SystemSymmetry:
    """Find the symmetries of the system that the tasks share, from their transitions with raw actions.

    The law of motion is fitted first (`LawOfMotion`); a pair (W_S, W_A) is scored by the root mean square of
    J_s W_S s + J_a W_A a − W_S T(s, a), in units of the motion, with the regression's error subtracted. Pairs
    below 0.1 are symmetries; the answer is "undecided" when the next one is below 0.15, or when two standard
    errors of the last or the next one reach across these bounds. Where some action is not seen to move the
    states, its partner K cannot be determined: "undecided" as well. The clipping of actions is part of T, so
    it is seen only where raw actions exceed it. Where the states satisfy a quadratic equation, as cos and sin
    of an angle do, only the fields along that set are asked for.

    In the plane, `SystemSymmetry.finite` tells which turns and mirrors are left where no continuous symmetry
    keeps the law of the starts: of the box of the paper's experiment, four of each.

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
    check_dimensions(tasks)
    law = LawOfMotion.fit(tasks)
    starts = np.concatenate([task.starts for task in tasks])
    change, deviations = law.changes
    unseen = _unseen_action(law)
    if unseen is not None:
        nothing = np.full(len(change), np.nan)
        none = np.zeros((0, law.n + 1, law.n + 1)), np.zeros((0, law.m, law.m))
        return SystemSymmetry(*none, nothing, "undecided", unseen, law, starts, none[0], tuple(tasks))
    bias = np.einsum("kuf,kvf->uv", deviations, deviations)
    squares, vectors = np.linalg.eigh(change @ change.T - bias)
    scores = np.sqrt(np.maximum(squares, 0.0))
    dimension = int((scores < NEARLY).sum())
    seen, errors = vectors.T @ change, vectors.T @ deviations
    verdict, reason = _claim(seen, errors, scores, dimension)
    possible = [
        place
        for place in range(dimension, len(scores))
        if not _excluded(squared(seen[place], errors[:, place]))
    ]
    generators = vectors.T @ law.operators[2]
    corner = (law.n + 1) ** 2
    states = generators[:, :corner].reshape(-1, law.n + 1, law.n + 1)
    return SystemSymmetry(
        states[:dimension],
        generators[:dimension, corner:].reshape(-1, law.m, law.m),
        scores,
        verdict,
        reason,
        law,
        starts,
        states[possible],
        tuple(tasks),
    )


def check_dimensions(tasks: Sequence[Transitions]) -> None:
    """Raise a ValueError unless all tasks have the same state and action dimension."""
    shapes = {(task.states.shape[1], task.actions.shape[1]) for task in tasks}
    if len(shapes) > 1:
        raise ValueError(
            f"tasks must share one state and one action dimension, got (n, m) in {sorted(shapes)}"
        )


def _excluded(found: Defect) -> bool:
    """Return whether a pair surely is no symmetry, as the first pair that is none must be."""
    return found.square > BOUND**2 and found.square - ERRORS * found.error > NEARLY**2


def _claim(changes: Array, deviations: Array, scores: Array, dimension: int) -> tuple[Verdict, str]:
    """Return verdict and reason for pairs in the order of their scores, of which ``dimension`` are small."""
    worst, best = (
        squared(changes[place], deviations[:, place]) if 0 <= place < len(scores) else None
        for place in (dimension - 1, dimension)
    )
    next_one = scores[dimension] if best else np.inf
    if next_one < BOUND:
        return "undecided", (
            f"pair {dimension + 1} scores {next_one:.3f}, neither below {NEARLY} nor above {BOUND}"
        )
    for place, found, bound, side in ((dimension, worst, BOUND, 1.0), (dimension + 1, best, NEARLY, -1.0)):
        if found and side * (found.square - bound**2) + ERRORS * found.error > 0.0:
            return "undecided", (
                f"pair {place} scores {scores[place - 1]:.3f}, but the error of the square is "
                f"{found.error:.3f}: too few transitions, or too much noise"
            )
    if not dimension:
        return "no", f"the best pair scores {next_one:.3f}, above {BOUND}"
    return (
        "yes",
        f"{dimension} pairs score at most {scores[dimension - 1]:.3f}; the next one {next_one:.3f}",
    )


def _unseen_action(law: LawOfMotion) -> str | None:
    """Return why no K can be known, when some direction of the actions is not seen to move the states."""
    m, split = law.m, len(law.tangent)
    change, deviations = law.changes
    # W_A moves actions along its i-th row's axis: all that a direction of the actions does, in one row.
    effect = change[split:].reshape(m, -1)
    errors = deviations[:, split:].reshape(FOLDS, m, -1)
    gram = effect @ effect.T - np.einsum("kif,kjf->ij", errors, errors)
    squares, axes = np.linalg.eigh(gram / m)
    weakest = squared(axes[:, 0] @ effect, axes[:, 0] @ errors)
    if weakest.square - SEEN * weakest.error > m * NEARLY**2:
        return None
    if squares[-1] <= NEARLY**2:
        which = "the actions are not seen to move the states"
    else:
        direction = law.action_scale @ axes[:, 0]
        direction = direction / np.linalg.norm(direction)
        which = f"actions along {np.array2string(direction, precision=2)} are not seen to move the states"
    return (
        f"K cannot be determined: {which}, beyond {NEARLY} of the motion and the error, in the law of "
        f"{len(law.exponents)} terms that the data support"
    )
