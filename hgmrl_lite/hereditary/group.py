"""The closure of a group exp(span W) with a bounded orbit, and points that cover it.

Everything is done in a frame where the group is orthogonal, on states and actions at once.
"""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import block_diag
from scipy.spatial import cKDTree

from hgmrl_lite import lie
from hgmrl_lite._spans import null_space
from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.hereditary.closure import centre, closing_time, exactly_closed, resonant
from hgmrl_lite.hereditary.frame import Frame, skew
from hgmrl_lite.hereditary.reward_model import farthest_points

Index = NDArray[np.intp]

GRID = 72
"""Points on a circle: five degrees apart."""

NEW = 0.02
"""Relative error of generators that were estimated from transitions of several tasks."""
# Points that cover a group of two, three and more dimensions.
_COVER = {2: 288, 3: 720}
_LARGE_COVER = 1500
# Random points for each one kept, and factors of the random words behind them.
_CANDIDATES = 4
_ROUNDS = 4


@dataclass(frozen=True, eq=False, repr=False)
class CompactGroup:
    """A compact connected matrix group, as it moves states and actions. Made by `compact_group`.

    Parameters
    ----------
    generators_states : ndarray, shape (d, n, n)
        A basis of the algebra on states: what was given first, then what its closure adds.
    generators_actions : ndarray, shape (d, m, m), or None
        The same elements as they move actions.
    directions : ndarray, shape (d, n, n)
        Another basis, orthonormal in the bi-invariant metric ½ tr(AᵀA) of the frame: of a rotation the length
        is its angle. Updates and Gauss-Newton matrices are in these.
    frame : Frame
        Where the group is orthogonal on states.
    period : float
        For d = 1, the T with exp(TW) = I; NaN for other d.
    """

    generators_states: Array
    generators_actions: Array | None
    directions: Array
    frame: Frame
    period: float

    @property
    def dimension(self) -> int:
        """Dimension d of the group."""
        return len(self.generators_states)

    def conjugated(self, change: Array) -> "CompactGroup":
        """Return C G C⁻¹ on states for a matrix C (n, n); actions are as they were."""
        inverse = np.linalg.inv(change)
        return replace(
            self,
            generators_states=change @ self.generators_states @ inverse,
            directions=change @ self.directions @ inverse,
            frame=Frame(self.frame.root @ inverse, change @ self.frame.inverse),
        )

    @cached_property
    def _change(self) -> Array:
        """The (d, d) matrix of θ ↦ coordinates in ``directions``."""
        return _in_basis(self.directions, self.generators_states)

    @cached_property
    def _skew(self) -> Array:
        """The orthonormal basis in the frame, exactly skew."""
        return skew(self.frame.inside(self.directions))

    @cached_property
    def abelian(self) -> bool:
        """Whether all elements commute."""
        skew = self._skew
        return self.dimension < 2 or float(np.abs(lie.bracket(skew[:, None], skew[None])).max()) < NEW

    def exp(self, coordinates: Array) -> Array:
        """Return the elements exp(Σ ξ_k directions_k), shape (G, n, n), for coordinates (G, d)."""
        return self.frame.outside(_exp_skew(np.tensordot(coordinates, self._skew, axes=1)))

    def log(self, left: Array) -> Array:
        """Return θ (G, d) with exp(Σ θ_k W_k) = L for elements (G, n, n), on the principal branch.

        Raises
        ------
        ValueError
            When the principal logarithm of an element is not in the algebra.
        """
        if not self.dimension:
            return np.zeros((len(left), 0))
        return self._algebra.log(left, tol=1e-6)

    @cached_property
    def _algebra(self) -> lie.LieAlgebra:
        return lie.LieAlgebra(self.generators_states)

    def right(self, theta: Array) -> Array | None:
        """Return the elements K (G, m, m) on actions with coordinates θ (G, d), or None."""
        if self.generators_actions is None:
            return None
        return lie.exp(np.tensordot(theta, self.generators_actions, axes=1))

    def unit(self, theta: Array) -> Array:
        """Return the coordinates in ``directions`` of coordinates θ (..., d) in the generators."""
        return np.asarray(theta @ self._change.T)

    def theta(self, coordinates: Array) -> Array:
        """Return the coordinates θ in the generators of coordinates (..., d) in ``directions``."""
        return np.asarray(np.linalg.solve(self._change, coordinates[..., None])[..., 0])

    def adjoint(self, left: Array) -> Array:
        """Return the matrices (..., d, d) of X ↦ L X L⁻¹ in ``directions``, for elements L (..., n, n)."""
        inside = self.frame.inside(left)[..., None, :, :]
        moved = inside @ self._skew @ inside.swapaxes(-1, -2)
        # Directions have the length √2.
        return np.asarray(0.5 * np.einsum("iab,...jab->...ij", self._skew, moved))

    def across(self, left: Array, free: Array) -> Array:
        """Return an orthonormal basis (d − f, d) of the directions of left updates of L that matter.

        They are normal to those that stay in L H, for the subgroup H that ``free`` (f, d) generates: left
        updates move H along with the element.
        """
        return null_space((self.adjoint(left) @ free.T).T, 1e-9)

    def speed(self, coordinates: Array) -> Array:
        """Return how fast the fastest plane turns, (G,), along coordinates (G, d) in ``directions``."""
        states = np.tensordot(coordinates, self._skew, axes=1)
        return np.asarray(np.linalg.norm(states, ord=2, axis=(-2, -1)))

    def wrap(self, theta: Array) -> Array:
        """Return θ in one period, [-T/2, T/2), where the group is a circle; else as it is."""
        if not np.isfinite(self.period):
            return theta
        return (theta + 0.5 * self.period) % self.period - 0.5 * self.period

    @cached_property
    def cover(self) -> "Cover":
        """Points spread evenly over the group: a grid on a circle, else well-spread random words."""
        if not self.dimension:
            identity = np.zeros((1, 0))
            return Cover(self.exp(identity), identity, np.zeros((1, 0), dtype=np.intp), 0.0)
        if self.dimension == 1:
            turns = self.period * float(np.abs(np.linalg.eigvals(self.generators_states[0])).max())
            count = GRID * max(1, round(turns / (2.0 * np.pi)))
            theta = np.linspace(-0.5, 0.5, count, endpoint=False)[:, None] * self.period
            ring = np.arange(count)
            neighbours = np.stack([np.roll(ring, 1), np.roll(ring, -1)], axis=1)
            coordinates = self.unit(theta)
            return Cover(
                self.exp(coordinates), coordinates, neighbours, float(abs(coordinates[1] - coordinates[0])[0])
            )
        return self._random_cover()

    def _random_cover(self) -> "Cover":
        rng = np.random.default_rng(0)
        d = self.dimension
        count = _COVER.get(d, _LARGE_COVER)
        # Long factors wind around every torus of the group; a few of them mix to the uniform law.
        reach = 2e3 if self.abelian else 2e2
        rounds = 1 if self.abelian else _ROUNDS
        coordinates = rng.uniform(-reach, reach, (rounds, _CANDIDATES * count, d))
        words = self.exp(coordinates[0])
        for factor in coordinates[1:]:
            words = self.exp(factor) @ words
        flat = self.frame.inside(words).reshape(len(words), -1)
        kept = farthest_points(flat, count)
        found, near = cKDTree(flat[kept]).query(flat[kept], k=2 * d + 1)
        # Chords between orthogonal matrices, ‖Q - Q'‖_F = √2 · length to first order.
        spacing = float(np.median(np.asarray(found)[:, 1])) / np.sqrt(2.0)
        return Cover(words[kept], coordinates[0][kept], np.asarray(near)[:, 1:], spacing)

    def __repr__(self) -> str:
        """Tell the dimension and what it acts on."""
        n = self.generators_states.shape[-1]
        return f"CompactGroup(dimension {self.dimension}, on R^{n})"


@dataclass(frozen=True, eq=False)
class Cover:
    """Elements (S, n, n) spread over a group, their coordinates (S, d) on a circle, neighbours, spacing."""

    elements: Array
    coordinates: Array
    neighbours: Index
    spacing: float


def compact_group(
    generators: ArrayLike, action_generators: ArrayLike | None = None, *, tol: float = NEW
) -> CompactGroup:
    """Return the closure of the group that linear generators generate.

    The bracket closure of the span, and what a dense winding adds: diag(J, √2 J) alone generates a line that
    comes arbitrarily near to every element of a torus, and the closure is that torus. Generators that were
    estimated are closed only nearly; they are moved to the nearest ones that are closed exactly, so that long
    products stay in the group. The same generators give the same object, whose cover is computed once.

    Parameters
    ----------
    generators : array_like, shape (n, n) or (d, n, n)
        W_S, as they move states; linearly independent. None of them (d = 0) make the group of the identity.
    action_generators : array_like, shape (m, m) or (d, m, m), optional
        W_A, the same elements as they move actions.
    tol : float, optional
        A bracket adds a generator, and a frequency is not a resonance, when this much of it is new.

    Returns
    -------
    CompactGroup

    Raises
    ------
    ValueError
        When shapes disagree, generators are dependent, no inner product is kept, so that the group is
        unbounded, or the group moves actions where no state moves.

    Examples
    --------
    >>> compact_group(lie.J)
    CompactGroup(dimension 1, on R^2)
    >>> compact_group(np.kron(np.diag([1.0, 2**0.5]), lie.J))
    CompactGroup(dimension 2, on R^4)
    """
    states = _as_generators("generators", generators)
    actions = (
        np.zeros((len(states), 0, 0))
        if action_generators is None
        else _as_generators("action_generators", action_generators)
    )
    if len(actions) != len(states):
        raise ValueError(
            f"action_generators must be as many as generators, {len(states)}, got {len(actions)}"
        )
    n, size = states.shape[-1], states.shape[-1] + actions.shape[-1]
    blocks = np.zeros((len(states), size, size))
    blocks[:, :n, :n], blocks[:, n:, n:] = states, actions
    return _compact_group(blocks.tobytes(), blocks.shape, n, tol)


@lru_cache(maxsize=16)
def _compact_group(given: bytes, shape: tuple[int, ...], n: int, tol: float) -> CompactGroup:
    """Do the work of `compact_group`; the blocks that move states and actions come as bytes, to be looked up.

    The first n rows and columns are those of states.
    """
    blocks = np.frombuffer(given).reshape(shape)
    states, with_actions = blocks[:, :n, :n], shape[-1] > n
    if not len(states):
        actions = blocks[:, n:, n:] if with_actions else None
        return CompactGroup(states, actions, states, Frame(np.eye(n), np.eye(n)), float("nan"))
    size = np.linalg.svd(states.reshape(len(states), -1), compute_uv=False)
    if len(states) > states[0].size or not size[-1] > 1e-9 * size[0]:
        raise ValueError(
            f"generators must be linearly independent as they move states, got singular values {size}"
        )
    frame = both = _frame("generators", states)
    if with_actions:
        other = _frame("action_generators", blocks[:, n:, n:])
        both = Frame(block_diag(frame.root, other.root), block_diag(frame.inverse, other.inverse))
    blocks = skew(both.inside(blocks))
    if len(blocks) > 1:
        blocks = exactly_closed(lie.LieAlgebra(blocks).closure(tol).basis, tol)
    blocks = resonant(blocks, centre(blocks, tol), n, tol)
    inner = blocks[:, :n, :n]
    flat = inner.reshape(len(inner), -1) / np.sqrt(2.0)
    if np.linalg.matrix_rank(flat) < len(flat):
        raise ValueError(
            "action_generators must belong to the generators of the states: brackets of these move actions "
            "where no state moves. Estimated generators that do so are not those of one group; the report of "
            "their geometry says what the data leave open"
        )
    # The orthonormal basis nearest to the given one: a single generator keeps its direction.
    left, _, rows = np.linalg.svd(flat, full_matrices=False)
    unit = np.sqrt(2.0) * (left @ rows).reshape(inner.shape)
    found = both.outside(blocks)
    return CompactGroup(
        generators_states=found[:, :n, :n],
        generators_actions=found[:, n:, n:] if with_actions else None,
        directions=frame.outside(unit),
        frame=frame,
        period=closing_time(inner[0]) if len(blocks) == 1 else float("nan"),
    )


def _as_generators(name: str, value: ArrayLike) -> Array:
    """Return generators as a (d, k, k) array."""
    array = as_array(name, value)
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3 or array.shape[1] != array.shape[2] or not array.shape[1]:
        raise ValueError(f"{name} must have shape (n, n) or (d, n, n), got {np.shape(value)}")
    return array


def _frame(name: str, generators: Array) -> Frame:
    """Return the frame in which every generator is skew."""
    form = lie.find_inner_product(generators, tol=1e-6)
    if form is None:
        raise ValueError(
            f"{name} must generate a bounded group, one that keeps an inner product (Wᵀ P + P W = 0); got\n"
            f"{generators}"
        )
    return Frame.of(form)


def _in_basis(basis: Array, matrices: Array) -> Array:
    """Return the coordinates (d, k) of matrices (k, n, n) in a basis (d, n, n), by columns."""
    size = basis.shape[-1] ** 2
    return np.asarray(np.linalg.lstsq(basis.reshape(-1, size).T, matrices.reshape(-1, size).T)[0])


def _exp_skew(matrices: Array) -> Array:
    """Return the exponentials of exactly skew matrices (G, n, n)."""
    if matrices.shape[-1] <= 3:
        return lie.exp(matrices)
    values, vectors = np.linalg.eigh(1j * matrices)
    return np.asarray(
        ((vectors * np.exp(-1j * values)[..., None, :]) @ np.conj(vectors.swapaxes(-1, -2))).real
    )
