"""Every law over every algebra and batch shape; elements near 0 and near a half turn are drawn on purpose."""

import laws
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hgmrl_lite import lie

SKEWED = np.array([[1.0, 0.5, 0.0], [0.0, 1.0, -0.3], [0.2, 0.0, 1.5]])
TURNS = np.zeros((1, 4, 4))
TURNS[0, :2, :2], TURNS[0, 2:, 2:] = lie.J, 2.0 * lie.J

ALGEBRAS = {
    "so(2)": lie.so(2),
    "so(3)": lie.so(3),
    "so(4)": lie.so(4),
    "se(2)": lie.se(2),
    "se(3)": lie.se(3),
    "gl(1)": laws.general(1),
    "gl(2)": laws.general(2),
    "gl(3)": laws.general(3),
    "sl(2)": laws.special(2),
    "sl(3)": laws.special(3),
    "aff(1)": laws.affine(1),
    "aff(2)": laws.affine(2),
    "translations(2)": lie.translations(2),
    "translations(3)": lie.translations(3),
    "scalings(2)": lie.scalings(2),
    "axis scalings(3)": lie.LieAlgebra(np.eye(3)[:, :, None] * np.eye(3)[:, None, :]),
    "so(2) about a point": lie.rotations_about([1.0, -2.0]),
    "so(3) about a point": lie.rotations_about([1.0, -2.0, 0.5]),
    "so(2) conjugated": laws.conjugated(lie.so(2), SKEWED[:2, :2]),
    "so(3) conjugated": laws.conjugated(lie.so(3), SKEWED),
    "diag(J, 2J)": lie.LieAlgebra(TURNS),
    "none": lie.LieAlgebra(np.zeros((0, 2, 2))),
}
SHAPES = [(), (1,), (3, 1, 2)]
REGIMES = ["zero", "near zero", "generic", "near a half turn", "half turn"]

every_algebra = pytest.mark.parametrize("algebra", ALGEBRAS.values(), ids=ALGEBRAS)
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)
some = settings(max_examples=8, deadline=None, derandomize=True)


def coordinates(algebra: lie.LieAlgebra, shape: tuple[int, ...], regime: str, seed: int) -> np.ndarray:
    """Return coordinates (*shape, d) of elements of a regime."""
    rng = np.random.default_rng(seed)
    theta = rng.uniform(-1.0, 1.0, (*shape, algebra.dimension))
    if regime == "zero":
        return np.zeros_like(theta)
    if regime == "near zero":
        return theta * 10.0 ** rng.uniform(-12.0, -3.0)
    if regime == "generic":
        return theta
    turn = np.abs(np.linalg.eigvals(algebra.matrix(theta)).imag).max(axis=-1, initial=0.0)
    short = 0.0 if regime == "half turn" else rng.choice([-1.0, 1.0]) * 10.0 ** rng.uniform(-12.0, -2.0)
    # A slow turn would need a huge element: such a draw stays generic.
    factor = np.where(turn > 0.3, (np.pi - short) / np.maximum(turn, 0.3), 1.0)
    return theta * factor[..., None]


def elements(count: int):
    """Return the strategy of ``count`` sets of coordinates, as functions of the algebra and the shape."""
    one = st.builds(
        lambda regime, seed: lambda algebra, shape: coordinates(algebra, shape, regime, seed),
        st.sampled_from(REGIMES),
        st.integers(0, 2**32 - 1),
    )
    return st.tuples(*[one] * count)


@every_algebra
@every_shape
@some
@given(draw=elements(1))
def test_identity(algebra, shape, draw):
    laws.identity(algebra, *(x(algebra, shape) for x in draw))


@every_algebra
@every_shape
@some
@given(draw=elements(1))
def test_inverse(algebra, shape, draw):
    laws.inverse(algebra, *(x(algebra, shape) for x in draw))


@every_algebra
@every_shape
@some
@given(draw=elements(3))
def test_associativity(algebra, shape, draw):
    laws.associativity(algebra, *(x(algebra, shape) for x in draw))


@every_algebra
@every_shape
@some
@given(draw=elements(1))
def test_exp_log_round_trip(algebra, shape, draw):
    x = draw[0](algebra, shape)
    # Of general matrices beyond the plane only principal logarithms are computed.
    principal = algebra in (ALGEBRAS["gl(3)"], ALGEBRAS["sl(3)"])
    laws.exp_log_round_trip(algebra, 0.9 * x if principal else x)


@every_algebra
@every_shape
@some
@given(draw=elements(2))
def test_adjoint(algebra, shape, draw):
    laws.adjoint(algebra, *(x(algebra, shape) for x in draw))


@every_algebra
@every_shape
@some
@given(draw=elements(3))
def test_jacobi_identity(algebra, shape, draw):
    laws.jacobi(algebra, *(x(algebra, shape) for x in draw))


@every_algebra
@every_shape
@some
@given(draw=elements(2))
def test_derivative_of_exp(algebra, shape, draw):
    laws.derivative_of_exp(algebra, *(x(algebra, shape) for x in draw))


@every_algebra
@every_shape
@some
@given(draw=elements(2), seed=st.integers(0, 2**32 - 1))
def test_actions_compose(algebra, shape, draw, seed):
    points = np.random.default_rng(seed).normal(size=(*shape, algebra.state_dim))
    laws.actions_compose(algebra, *(x(algebra, shape) for x in draw), points)
