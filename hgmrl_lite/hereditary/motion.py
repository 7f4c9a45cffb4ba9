"""The law of motion T(s, a), fitted to transitions, and how infinitesimal maps of (s, a) change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtri, fdtrc

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.transitions import Transitions

#: Degree in the action alone, and in state and action together, of the laws that are tried, simplest first.
LADDER = ((1, 1), (3, 1), (5, 1), (5, 3))
#: A larger law is taken when the smaller one would leave so much more by chance once in so many cases.
CHANCE = 1e-4
#: Transitions that an affine law needs for each of its terms, and a higher one, whose derivatives are
#: noisier.
PER_TERM, PER_HIGHER_TERM = 20, 200
#: Share of Gaussian actions that is used, the smallest ones: the few largest would decide the high degrees
#: alone, and the folds would not tell how wrong they are.
USUAL = 0.99
#: Stretches of consecutive transitions, from whose disagreement the error of the fit is read.
FOLDS = 40
#: How many states and actions are kept.
SAMPLE = 500
#: A residual this small beside the motion is rounding: there is nothing left to explain.
_EXACT = 1e-20

Exponents = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, repr=False)
class LawOfMotion:
    """A polynomial in the state and the raw action for the mean change of state D(s, a) = T(s, a) − s.

    States are centred and whitened, actions whitened about zero, and D is measured in units of its own
    spread: what is asked of the law does not depend on units or axes. Monomials up to a degree span a space
    that every linear change of variables keeps, so that a symmetry of T is one of its projection as long as
    the data's law has it too.

    Attributes
    ----------
    exponents : tuple of tuple of int
        The F monomials, each by its n + m exponents.
    coefficients : ndarray, shape (F, n)
        In an orthonormal basis of the monomials' span on the data.
    deviations : ndarray, shape (FOLDS, F, n)
        What each fold would add to the coefficients: their spread is the error of the fit.
    triangle : ndarray, shape (F, F)
        From monomials to the orthonormal basis.
    centre, origin : ndarray, shape (n,)
        Mean state, and mean start: linear generators are taken about the latter.
    state_scale, action_scale, motion_scale : ndarray, shape (n, n), (m, m), (n, n)
        Square roots of second moments.
    noise : float
        Standard deviation of what the law leaves over, in units of the spread of D.
    sample : tuple of ndarray, shape (S, n) and (S, m)
        Some of the states and raw actions.
    """

    exponents: Exponents
    coefficients: Array
    deviations: Array
    triangle: Array
    centre: Array
    origin: Array
    state_scale: Array
    action_scale: Array
    motion_scale: Array
    noise: float
    sample: tuple[Array, Array]

    @property
    def n(self) -> int:
        """Dimension of the states."""
        return len(self.state_scale)

    @property
    def m(self) -> int:
        """Dimension of the actions."""
        return len(self.action_scale)

    @property
    def affine(self) -> bool:
        """Whether an affine law explains the data."""
        return max(map(sum, self.exponents)) == 1

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
        size = np.linalg.norm(actions @ np.linalg.inv(_root("actions", actions.T @ actions / number)), axis=1)
        usual = size**2 <= chdtri(m, 1.0 - USUAL)
        states, actions, change = states[usual], actions[usual], change[usual]
        number = len(states)
        centre = states.mean(axis=0)
        state_scale = _root("states", np.cov(states.T, bias=True).reshape(n, n))
        action_scale = _root("actions", actions.T @ actions / number)
        inputs = np.hstack(
            [(states - centre) @ np.linalg.inv(state_scale), actions @ np.linalg.inv(action_scale)]
        )
        chosen, left, terms = None, np.inf, 0
        for degrees in LADDER:
            exponents = _exponents(n, m, *degrees)
            if number < (PER_TERM if chosen is None else PER_HIGHER_TERM) * len(exponents):
                break
            basis, triangle = np.linalg.qr(_monomials(inputs, exponents))
            coefficients = basis.T @ change
            rest = change - basis @ coefficients
            square = float(np.square(rest).sum())
            if chosen is not None:
                more, freedom = n * (len(exponents) - terms), n * (number - len(exponents))
                ratio = (left - square) / more / max(square / freedom, np.finfo(float).tiny)
                exact = left <= _EXACT * float(np.square(change).sum())
                # Each larger law is held against the one in use; a higher degree may help where a lower did
                # not.
                if exact or fdtrc(more, freedom, max(ratio, 0.0)) > CHANCE:
                    continue
            chosen, left, terms = (exponents, basis, triangle, coefficients, rest), square, len(exponents)
        assert chosen is not None
        exponents, basis, triangle, coefficients, rest = chosen
        fitted = basis @ coefficients
        motion_scale = _root("motions", np.cov(fitted.T, bias=True).reshape(n, n))
        unit = np.linalg.inv(motion_scale) / np.sqrt(number)
        rest = rest @ unit * np.sqrt(number / (number - terms))
        deviations = [FOLDS * basis[rows].T @ rest[rows] for rows in np.array_split(np.arange(number), FOLDS)]
        rows = np.unique(np.linspace(0, number - 1, min(number, SAMPLE)).astype(int))
        return cls(
            exponents,
            coefficients @ unit,
            np.array(deviations),
            triangle,
            centre,
            np.concatenate([task.starts for task in tasks]).mean(axis=0),
            state_scale,
            action_scale,
            motion_scale,
            float(np.sqrt(np.square(rest).sum() / n)),
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
            [
                (states - self.centre) @ np.linalg.inv(self.state_scale),
                actions @ np.linalg.inv(self.action_scale),
            ]
        )
        scale = np.sqrt(self._number) * self.motion_scale
        return _monomials(inputs, self.exponents) @ np.linalg.solve(self.triangle, self.coefficients) @ scale

    @property
    def response(self) -> Array:
        """B, the mean response of the state to a unit of action, shape (n, m): the law's linear part in a."""
        at = [self.exponents.index(tuple(row)) for row in np.eye(self.n + self.m, dtype=int)[self.n :]]
        linear = self._linear_projection[:, at]
        return self.motion_scale @ linear @ np.linalg.inv(self.action_scale)

    @property
    def _number(self) -> float:
        """How many transitions the law rests on: the squared length of the constant monomial."""
        return float(np.square(self.triangle[:, 0]).sum())

    @cached_property
    def _linear_projection(self) -> Array:
        """Coefficients (n, F) of the affine law nearest to this one on the data; zero beyond degree one."""
        low = [index for index, row in enumerate(self.exponents) if sum(row) <= 1]
        # Monomials are columns of the triangle in the orthonormal basis.
        fit = np.linalg.lstsq(self.triangle[:, low], self.coefficients * np.sqrt(self._number))[0]
        out = np.zeros((self.n, len(self.exponents)))
        out[:, low] = fit.T
        return out

    @cached_property
    def operators(self) -> tuple[Array, Array, Array]:
        """What each unknown does, E_u(C) = X_u C − C A_uᵀ, and which generator it is.

        The unknowns are the n² entries of W_S's linear part about the mean start (in units of the motion),
        the n of its translation (in units of the states) and the m² of W_A (in units of the actions).

        Returns
        -------
        substitutions : ndarray, shape (U, F, F)
            X_u: the derivative of a polynomial along the vector field (W_S s, W_A a), on coefficients.
        linear : ndarray, shape (U, n, n)
            A_u.
        generators : ndarray, shape (U, (n + 1)² + m²)
            (W_S, W_A) in the original units, flat.
        """
        n, m, terms = self.n, self.m, len(self.exponents)
        derivative = np.array([[_operator(self.exponents, i, j) for j in range(n + m)] for i in range(n + m)])
        shift = np.array([_operator(self.exponents, i, None) for i in range(n)])
        to_states = np.linalg.solve(self.motion_scale, self.state_scale)
        away = np.linalg.solve(self.state_scale, self.centre - self.origin)
        raw, linear, generators = [], [], []
        for unit in np.eye(n * n).reshape(-1, n, n):
            inside = np.linalg.solve(to_states, unit @ to_states)
            turned = np.einsum("ij,ijfg->fg", inside, derivative[:n, :n])
            raw.append(turned + np.einsum("i,ifg->fg", inside @ away, shift))
            linear.append(unit)
            states = self.motion_scale @ unit @ np.linalg.inv(self.motion_scale)
            generators.append(_flat(states, -states @ self.origin, np.zeros((m, m))))
        for axis, unit in enumerate(np.eye(n)):
            raw.append(shift[axis])
            linear.append(np.zeros((n, n)))
            generators.append(_flat(np.zeros((n, n)), self.state_scale @ unit, np.zeros((m, m))))
        for unit in np.eye(m * m).reshape(-1, m, m):
            raw.append(np.einsum("ij,ijfg->fg", unit, derivative[n:, n:]))
            linear.append(np.zeros((n, n)))
            actions = self.action_scale @ unit @ np.linalg.inv(self.action_scale)
            generators.append(_flat(np.zeros((n, n)), np.zeros(n), actions))
        moved = self.triangle @ np.array(raw).reshape(-1, terms, terms).swapaxes(-1, -2)
        substitutions = np.linalg.solve(self.triangle.T, moved.swapaxes(-1, -2)).swapaxes(-1, -2)
        return substitutions, np.array(linear), np.array(generators)

    def changes(self, coefficients: Array) -> Array:
        """Return E_u(C) for every unknown, shape (..., U, F n), for coefficients (..., F, n)."""
        substitutions, linear, _ = self.operators
        moved = np.einsum("ufg,...gk->...ufk", substitutions, coefficients)
        moved -= np.einsum("...fl,ukl->...ufk", coefficients, linear)
        return moved.reshape(*moved.shape[:-2], -1)

    def __repr__(self) -> str:
        """Tell the degree, the size and the noise."""
        return (
            f"LawOfMotion(n={self.n}, m={self.m}, degree {max(map(sum, self.exponents))}, "
            f"{len(self.exponents)} terms, noise {self.noise:.2g} of the motion)"
        )


def _root(name: str, moment: Array) -> Array:
    """Return the symmetric square root of a second moment, or raise a ValueError when it is singular."""
    values, axes = np.linalg.eigh(moment)
    if not values[0] > 1e-8 * values[-1]:
        raise ValueError(
            f"tasks must hold {name} that spread in every direction to show the law of motion, got root mean "
            f"squares from {np.sqrt(max(values[0], 0.0)):.3g} to {np.sqrt(max(values[-1], 0.0)):.3g}"
        )
    return np.asarray((axes * np.sqrt(values)) @ axes.T)


def _exponents(n: int, m: int, action_degree: int, degree: int) -> Exponents:
    """Return all monomials up to ``degree`` in (s, a), and up to ``action_degree`` in a alone."""
    found: dict[tuple[int, ...], None] = {}
    for variables, highest in ((range(n + m), degree), (range(n, n + m), action_degree)):
        for order in range(highest + 1):
            for factors in combinations_with_replacement(variables, order):
                found[tuple(np.bincount(factors, minlength=n + m).tolist())] = None
    return tuple(found)


def _monomials(inputs: Array, exponents: Exponents) -> Array:
    """Return the monomials (N, F) of inputs (N, n + m)."""
    powers = [np.ones_like(inputs)]
    for _ in range(max(map(max, exponents))):
        powers.append(powers[-1] * inputs)
    out = np.ones((len(inputs), len(exponents)))
    for column, row in enumerate(exponents):
        for axis, power in enumerate(row):
            if power:
                out[:, column] *= powers[power][:, axis]
    return out


def _operator(exponents: Exponents, axis: int, factor: int | None) -> Array:
    """Return the matrix of f ↦ x_factor ∂f/∂x_axis (or ∂f/∂x_axis), row f to column g."""
    place = {row: index for index, row in enumerate(exponents)}
    out = np.zeros((len(exponents), len(exponents)))
    for index, row in enumerate(exponents):
        if row[axis]:
            image = list(row)
            image[axis] -= 1
            if factor is not None:
                image[factor] += 1
            # States and actions never mix: an image outside belongs to a product that is not asked for.
            target = place.get(tuple(image))
            if target is not None:
                out[index, target] = row[axis]
    return out


def _flat(linear: Array, shift: Array, actions: Array) -> Array:
    """Return (W_S, W_A) as one row."""
    n = len(linear)
    states = np.zeros((n + 1, n + 1))
    states[:n, :n], states[:n, n] = linear, shift
    return np.concatenate([states.ravel(), actions.ravel()])
