"""The law of motion T(s, a), fitted to transitions, and how infinitesimal maps of (s, a) change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtri, fdtrc, fdtri

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.hereditary.polynomials import (
    VANISHING,
    Exponents,
    affine_fields,
    exponents_up_to,
    monomials,
    operator,
    orthonormal,
    tangent_fields,
)
from hgmrl_lite.transitions import Transitions

#: Laws that are tried, simplest first: each the monomials up to these degrees in the state and in the action.
LADDER = (
    ((1, 0), (0, 1)),
    ((1, 0), (0, 3)),
    ((1, 1), (0, 3)),
    ((1, 0), (0, 5)),
    ((1, 3),),
    ((1, 3), (2, 1)),
    ((3, 0), (2, 1), (1, 2), (0, 5)),
)
#: A larger law is taken when the smaller one would leave so much more by chance once in so many cases.
CHANCE = 1e-4
#: Transitions that an affine law needs for each of its terms, and a higher one, whose derivatives are
#: noisier.
PER_TERM, PER_HIGHER_TERM = 20, 200
#: Share of Gaussian actions that is used, the smallest ones: the few largest would decide the high degrees
#: alone, and the folds would not tell how wrong they are. Of any actions at least the second share is used:
#: where most are zero, all others are large.
USUAL, MOST = 0.99, 0.97
#: Stretches of consecutive transitions, from whose disagreement the error of the fit is read.
FOLDS = 40
#: How many states and actions are kept.
SAMPLE = 500
#: A residual this small beside the motion is rounding: there is nothing left to explain.
_EXACT = 1e-20
#: Motion of this share of the spread of the states, or less, is rounding.
_ROUNDING = 1e-10


@dataclass(frozen=True, eq=False, repr=False)
class LawOfMotion:
    """A polynomial in the state and the raw action for the mean change of state D(s, a) = T(s, a) − s.

    States are centred and whitened, actions whitened about zero, and D is measured in units of its own
    spread: what is asked of the law does not depend on units or axes. Monomials up to a degree span a space
    that every linear change of variables keeps, so that a symmetry of T is one of its projection as long as
    the data's law has it too.

    Attributes
    ----------
    exponents : tuple of tuple of int
        The E monomials, each by its n + m exponents.
    coefficients : ndarray, shape (F, n)
        In an orthonormal basis of the F functions that the monomials span on the data: fewer than there are
        monomials where coordinates depend on each other, as cos and sin do.
    deviations : ndarray, shape (FOLDS, F, n)
        What each fold would add to the coefficients: their spread is the error of the fit.
    to_basis, from_basis : ndarray, shape (F, E) and (E, F)
        From coefficients of the monomials to the orthonormal basis, and back.
    tangent : ndarray, shape (t, n (n + 1))
        Orthonormal basis of the affine fields that keep the states where they live: all of them, unless some
        quadratic function vanishes on the states.
    centre, origin : ndarray, shape (n,)
        Mean state, and mean start: linear generators are taken about the latter.
    state_scale, action_scale, motion_scale : ndarray, shape (n, n), (m, m), (n, n)
        Square roots S of second moments S Sᵀ. A motion that is not visible beyond its error counts as none.
    sample : tuple of ndarray, shape (S, n) and (S, m)
        Some of the states and raw actions.
    """

    exponents: Exponents
    coefficients: Array
    deviations: Array
    to_basis: Array
    from_basis: Array
    tangent: Array
    centre: Array
    origin: Array
    state_scale: Array
    action_scale: Array
    motion_scale: Array
    sample: tuple[Array, Array]

    @property
    def n(self) -> int:
        """Dimension of the states."""
        return len(self.state_scale)

    @property
    def m(self) -> int:
        """Dimension of the actions."""
        return len(self.action_scale)

    @classmethod
    def fit(cls, tasks: Sequence[Transitions]) -> "LawOfMotion":
        """Fit the smallest law of the ladder beyond which nothing but noise is left.

        Parameters
        ----------
        tasks : sequence of Transitions
            Transitions of one system; the rewards are not looked at.

        Returns
        -------
        LawOfMotion

        Raises
        ------
        ValueError
            When there are too few transitions for an affine law, or states, actions or motions do not spread.
        """
        states, actions, change = (
            np.concatenate(parts)
            for parts in zip(*((t.states, t.actions, t.next_states - t.states) for t in tasks), strict=True)
        )
        number, n, m = len(states), states.shape[1], actions.shape[1]
        if number < PER_TERM * (n + m + 1):
            raise ValueError(
                f"tasks must hold at least {PER_TERM * (n + m + 1)} transitions in all for the law of motion "
                f"in n = {n} and m = {m}, got {number}"
            )
        size = np.linalg.norm(_whitened(actions, _root("actions", actions.T @ actions / number)), axis=1)
        usual = size**2 <= max(chdtri(m, 1.0 - USUAL), float(np.quantile(size, MOST)) ** 2)
        states, actions, change = states[usual], actions[usual], change[usual]
        number = len(states)
        centre = states.mean(axis=0)
        state_scale = _root("states", np.cov(states.T, bias=True).reshape(n, n))
        action_scale = _root("actions", actions.T @ actions / number)
        inputs = np.hstack([_whitened(states - centre, state_scale), _whitened(actions, action_scale)])
        chosen, left, terms = None, np.inf, 0
        for level in LADDER:
            exponents = exponents_up_to(n, m, level)
            if chosen is not None and number < PER_HIGHER_TERM * len(exponents):
                continue
            basis, *frames = orthonormal(monomials(inputs, exponents))
            coefficients = basis.T @ change
            rest = change - basis @ coefficients
            square = float(np.square(rest / _spread(change)).sum())
            if chosen is not None:
                more, freedom = n * (basis.shape[1] - terms), n * (number - basis.shape[1])
                ratio = (left - square) / max(more, 1) / max(square / freedom, np.finfo(float).tiny)
                exact = left <= _EXACT * number * n
                # Each larger law is held against the one in use; a higher degree may help where a lower did
                # not.
                if exact or more <= 0 or fdtrc(more, freedom, max(ratio, 0.0)) > CHANCE:
                    continue
            chosen, left, terms = (exponents, basis, frames, coefficients, rest), square, basis.shape[1]
        assert chosen is not None
        exponents, basis, (to_basis, from_basis), coefficients, rest = chosen
        fitted = basis @ coefficients
        freedom = number - terms
        visible, motion_scale = _visible_motion(fitted, rest, freedom, terms, state_scale)
        unit = visible @ np.linalg.inv(motion_scale).T / np.sqrt(number)
        rest = rest @ unit * np.sqrt(number / freedom)
        deviations = [FOLDS * basis[rows].T @ rest[rows] for rows in np.array_split(np.arange(number), FOLDS)]
        rows = np.unique(np.linspace(0, number - 1, min(number, SAMPLE)).astype(int))
        origin = np.concatenate([task.starts for task in tasks]).mean(axis=0)
        return cls(
            exponents,
            coefficients @ unit,
            np.array(deviations),
            to_basis,
            from_basis,
            tangent_fields(inputs[:, :n], state_scale, motion_scale, centre - origin),
            centre,
            origin,
            state_scale,
            action_scale,
            motion_scale,
            (states[rows], actions[rows]),
        )

    def __call__(self, states: ArrayLike, actions: ArrayLike) -> Array:
        """Return the mean change of state D(s, a), shape (N, n), in units of the states.

        Parameters
        ----------
        states, actions : array_like, shape (N, n) and (N, m)
            States and raw actions.
        """
        states = as_array("states", states, ("N", self.n))
        actions = as_array("actions", actions, (len(states), self.m))
        inputs = np.hstack(
            [_whitened(states - self.centre, self.state_scale), _whitened(actions, self.action_scale)]
        )
        scale = np.sqrt(self._number) * self.motion_scale.T
        return np.asarray(monomials(inputs, self.exponents) @ (self.from_basis @ self.coefficients) @ scale)

    @property
    def _number(self) -> float:
        """How many transitions the law rests on: the squared length of the constant monomial."""
        return float(np.square(self.to_basis[:, 0]).sum())

    @cached_property
    def operators(self) -> tuple[Array, Array, Array]:
        """What each unknown does, E_u(C) = X_u C − C A_uᵀ, and which generator it is.

        The unknowns are t tangent affine fields W_S and the m² entries of W_A (in units of the actions). W_S
        has n² entries for its linear part about the mean start (in units of the motion) and n for its
        translation (in units of the states).

        Returns
        -------
        substitutions : ndarray, shape (U, F, F)
            X_u: the derivative of a polynomial along the vector field (W_S s, W_A a), on coefficients.
        linear : ndarray, shape (U, n, n)
            A_u.
        generators : ndarray, shape (U, (n + 1)² + m²)
            (W_S, W_A) in the original units, flat.
        """
        n, m = self.n, self.m
        fields = affine_fields(
            self.exponents, self.state_scale, self.motion_scale, self.centre - self.origin, self.tangent
        )
        turned = np.array([[operator(self.exponents, n + i, n + j) for j in range(m)] for i in range(m)])
        raw = np.concatenate([fields, turned.reshape(m * m, *turned.shape[2:])])
        linear = np.zeros((len(raw), n, n))
        linear[: len(self.tangent)] = self.tangent[:, : n * n].reshape(-1, n, n)
        states = np.zeros((len(raw), n + 1, n + 1))
        inside = self.motion_scale @ linear @ np.linalg.inv(self.motion_scale)
        states[:, :n, :n], states[:, :n, n] = inside, -inside @ self.origin
        states[: len(self.tangent), :n, n] += self.tangent[:, n * n :] @ self.state_scale.T
        actions = np.zeros((len(raw), m, m))
        turns = np.eye(m * m).reshape(-1, m, m)
        actions[len(self.tangent) :] = self.action_scale @ turns @ np.linalg.inv(self.action_scale)
        generators = np.hstack([states.reshape(len(raw), -1), actions.reshape(len(raw), -1)])
        return self.to_basis @ raw.swapaxes(-1, -2) @ self.from_basis, linear, generators

    def coordinates(self, generator: Array) -> Array:
        """Return the n (n + 1) coordinates of an affine generator: those of the rows of ``tangent``."""
        n = self.n
        linear, shift = generator[:n, :n], generator[:n, n]
        inside = np.linalg.solve(self.motion_scale, linear @ self.motion_scale)
        return np.append(inside, np.linalg.solve(self.state_scale, shift + linear @ self.origin))

    @cached_property
    def changes(self) -> tuple[Array, Array]:
        """What each unknown changes, E_u(C), (U, F n), and what each fold's error adds, (FOLDS, U, F n)."""
        substitutions, linear, _ = self.operators
        coefficients = np.concatenate(
            [self.coefficients[None], self.deviations / np.sqrt(FOLDS * (FOLDS - 1))]
        )
        moved = np.einsum("ufg,kgi->kufi", substitutions, coefficients)
        moved -= np.einsum("kfl,uil->kufi", coefficients, linear)
        moved = moved.reshape(*moved.shape[:2], -1)
        return moved[0], moved[1:]

    def __repr__(self) -> str:
        """Tell the degree, the size and the noise."""
        return (
            f"LawOfMotion(n={self.n}, m={self.m}, degree {max(map(sum, self.exponents))}, "
            f"{len(self.exponents)} terms)"
        )


def _spread(values: Array) -> Array:
    """Return the root mean square of each column, and 1 where it is zero."""
    size = np.sqrt(np.square(values).mean(axis=0))
    return np.where(size > 0.0, size, 1.0)


def _whitened(rows: Array, root: Array) -> Array:
    """Return S⁻¹ x for each row x of (N, n)."""
    return np.asarray(np.linalg.solve(root, rows.T).T)


def _root(name: str, moment: Array) -> Array:
    """Return S with S Sᵀ a second moment, or raise a ValueError when it is singular in any units."""
    size = np.sqrt(np.diag(moment))
    unit = np.where(size > 0.0, size, 1.0)
    values, axes = np.linalg.eigh(moment / np.outer(unit, unit))
    if not values[0] > 1e-8 * values[-1]:
        which = (
            f"coordinates that depend on each other linearly (root mean squares {size})"
            if size.all()
            else f"a constant coordinate {int(np.argmin(size))}"
        )
        raise ValueError(
            f"tasks must hold {name} that spread in every direction to show the law of motion, got {which}"
        )
    return np.asarray(unit[:, None] * (axes * np.sqrt(values)) @ axes.T)


def _visible_motion(
    fitted: Array, rest: Array, freedom: int, terms: int, state_scale: Array
) -> tuple[Array, Array]:
    """Return what of a fitted motion (N, n) exceeds its error, as a projection (n, n), and its scale (n, n).

    Directions in which chance alone would make the fit as large are taken to stand still. So that they have
    a scale, they get that of the states times the mean ratio of motion to state of the other directions.
    """
    number, n = fitted.shape
    size = np.sqrt(np.diag(state_scale @ state_scale.T))
    squares, directions = np.linalg.eigh(rest.T @ rest / freedom / np.outer(size, size))
    # Rounding is noise as well.
    floor = max(_ROUNDING, VANISHING * float(np.sqrt(max(squares[-1], 0.0))))
    root = directions * np.sqrt(np.maximum(squares, floor**2))
    mean = fitted.mean(axis=0)
    spread = np.cov(fitted.T, bias=True).reshape(n, n)

    def projection(moment: Array) -> tuple[Array, int]:
        whitened = np.linalg.solve(root, np.linalg.solve(root, moment / np.outer(size, size)).T)
        values, axes = np.linalg.eigh(whitened)
        axes = axes[:, values > terms / number * fdtri(terms, freedom, 1.0 - CHANCE)]
        back = np.linalg.solve(root.T, axes) @ axes.T @ root.T
        return back * (size / size[:, None]), axes.shape[1]

    varied, rank = projection(spread)
    constant = np.eye(n) - varied
    spread = varied.T @ spread @ varied
    ratio = float((np.diag(spread) / size**2).sum() / rank) if rank else 1.0
    filled = ratio * state_scale @ state_scale.T + np.outer(mean, mean)
    scale = _root("motions", spread + constant.T @ filled @ constant)
    return projection(fitted.T @ fitted / number)[0], scale
