"""Polynomials in states and actions, on the set where the data live, and what vector fields do to them."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations_with_replacement

import numpy as np

from hgmrl_lite._spans import null_space
from hgmrl_lite._validate import Array

#: Singular values of unit monomials, and of quadratic functions of the states, that count as zero.
VANISHING = 1e-6
#: Rows that are decomposed together.
ROWS = 4096

Exponents = tuple[tuple[int, ...], ...]


def orthonormal(columns: Array) -> tuple[Array, Array, Array]:
    """Return an orthonormal basis (N, F) of the span of columns (N, E), and the ways (F, E) and (E, F).

    The basis takes the place of the columns, which may be hundreds of megabytes.
    """
    unit = np.sqrt(np.einsum("ne,ne->e", columns, columns))
    # A product of actions may be zero throughout.
    unit[unit == 0.0] = 1.0
    # Block by block: of many rows a whole decomposition would need several times their memory.
    blocks = np.array_split(columns, max(1, len(columns) // ROWS))
    triangle = np.linalg.qr(np.concatenate([np.linalg.qr(block, mode="r") for block in blocks]), mode="r")
    _, size, right = np.linalg.svd(triangle / unit)
    kept = size > VANISHING * size[0]
    size, right = size[kept], right[kept]
    back = right.T / size / unit[:, None]
    for block in blocks:
        block[:, : len(size)] = block @ back
    return columns[:, : len(size)], size[:, None] * right * unit, back


def affine_fields(
    exponents: Exponents, state_scale: Array, motion_scale: Array, away: Array, span: Array
) -> Array:
    """Return what affine fields do to polynomials, shape (t, E, E), for rows of ``span`` (t, n (n + 1)).

    The coordinates are those of `LawOfMotion.tangent`; ``away`` is the mean state less the mean start.
    """
    n = len(state_scale)
    derivative = np.array([[operator(exponents, i, j) for j in range(n)] for i in range(n)])
    shift = np.array([operator(exponents, i, None) for i in range(n)])
    to_states = np.linalg.solve(motion_scale, state_scale)
    linear = np.linalg.solve(to_states, span[:, : n * n].reshape(-1, n, n) @ to_states)
    moved = linear @ np.linalg.solve(state_scale, away) + span[:, n * n :]
    return np.tensordot(linear, derivative, axes=2) + np.tensordot(moved, shift, axes=1)


@dataclass(frozen=True, eq=False)
class Surface:
    """The set on which states live: where quadratic functions of them vanish, if any do.

    Parameters
    ----------
    quadrics : ndarray, shape (v, F)
        Coefficients of these functions in all monomials, up to the second degree, of whitened states.
    others : ndarray, shape (F − v, F)
        A basis of those that do not vanish.
    centre, root : ndarray, shape (n,) and (n, n)
        A state is centre + root · whitened state.
    """

    quadrics: Array
    others: Array
    centre: Array
    root: Array

    @classmethod
    def of(cls, states: Array) -> "Surface":
        """Return the set on which states (N, n) live."""
        centre = states.mean(axis=0)
        root = np.asarray(np.linalg.cholesky(np.cov(states.T, bias=True).reshape(len(centre), -1)))
        return cls.of_whitened(np.linalg.solve(root, (states - centre).T).T, centre, root)

    @classmethod
    def of_whitened(cls, states: Array, centre: Array, root: Array) -> "Surface":
        """Return the set on which states live that are given whitened (N, n)."""
        columns = monomials(states, exponents_up_to(states.shape[1], 0, ((2, 0),)))
        size, right = np.linalg.svd(np.linalg.qr(columns)[1])[1:]
        none = size <= VANISHING * size[0]
        return cls(right[none], right[~none], centre, root)

    def tangent(self, points: Array) -> Array:
        """Return the projections (N, n, n) on the directions along the set, at points (N, n) on it."""
        n = len(self.centre)
        if not len(self.quadrics):
            return np.broadcast_to(np.eye(n), (len(points), n, n))
        exponents, inverse = exponents_up_to(n, 0, ((2, 0),)), np.linalg.inv(self.root)
        slopes = np.array([self.quadrics @ operator(exponents, axis, None) for axis in range(n)])
        whitened = (points - self.centre) @ inverse.T
        normals = np.einsum("ivf,pf->pvi", slopes, monomials(whitened, exponents)) @ inverse
        return np.asarray(np.eye(n) - np.linalg.pinv(normals, rcond=np.sqrt(VANISHING)) @ normals)


def tangent_fields(states: Array, state_scale: Array, motion_scale: Array, away: Array) -> Array:
    """Return the affine fields along the set on which whitened states (N, n) live."""
    n = states.shape[1]
    surface = Surface.of_whitened(states, np.zeros(n), np.eye(n))
    everything = np.eye(n * (n + 1))
    if not len(surface.quadrics):
        return everything
    # A field is tangent when the derivative of each vanishing quadratic function vanishes as well.
    exponents = exponents_up_to(n, 0, ((2, 0),))
    fields = affine_fields(exponents, state_scale, motion_scale, away, everything)
    left = np.einsum("ve,uef,wf->uvw", surface.quadrics, fields, surface.others)
    left = left.reshape(len(everything), -1)
    return null_space(left.T, np.sqrt(VANISHING) * float(np.linalg.norm(left, ord=2)))


@lru_cache(maxsize=64)
def exponents_up_to(n: int, m: int, level: tuple[tuple[int, int], ...]) -> Exponents:
    """Return the monomials of all pairs of degrees, in the state and in the action, up to one of a level."""
    found: dict[tuple[int, ...], None] = {}
    for highest, action_highest in level:
        for order in range(highest + 1):
            for action_order in range(action_highest + 1):
                for factors in combinations_with_replacement(range(n), order):
                    for others in combinations_with_replacement(range(n, n + m), action_order):
                        row = np.bincount(factors + others, minlength=n + m)
                        found[tuple(row.tolist())] = None
    return tuple(found)


def monomials(inputs: Array, exponents: Exponents) -> Array:
    """Return the monomials (..., F) of inputs (..., n + m)."""
    powers = [np.ones_like(inputs)]
    for _ in range(max(map(max, exponents))):
        powers.append(powers[-1] * inputs)
    out = np.ones((*inputs.shape[:-1], len(exponents)))
    for column, row in enumerate(exponents):
        for axis, power in enumerate(row):
            if power:
                out[..., column] *= powers[power][..., axis]
    return out


def operator(exponents: Exponents, axis: int, factor: int | None) -> Array:
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
