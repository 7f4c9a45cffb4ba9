"""How elements move points and everything on them: linear, affine and charted, alone and composed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hgmrl_lite import actions, lie
from hgmrl_lite.agents.policy import MLPPolicy, TransformedPolicy

some = settings(max_examples=25, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)


def bend(points):
    """Return a chart of the plane that is defined everywhere: parabolas become lines."""
    x, y = np.moveaxis(np.asarray(points), -1, 0)
    return np.stack([x, y - 0.5 * x**2], axis=-1)


def unbend(points):
    """Return the inverse of ``bend``."""
    x, y = np.moveaxis(np.asarray(points), -1, 0)
    return np.stack([x, y + 0.5 * x**2], axis=-1)


def hill(points):
    """Return a smooth function without symmetry."""
    x, y = np.moveaxis(np.asarray(points), -1, 0)
    return np.sin(1.3 * x) + 0.5 * y**2 + 0.3 * x * y


def near_identity(rng: np.random.Generator, affine: bool) -> np.ndarray:
    generator = rng.uniform(-0.7, 0.7, (2, 2 + affine))
    return lie.exp(np.pad(generator, ((0, affine), (0, 0))))


MAKERS = {
    "linear": lambda rng: actions.LinearAction(near_identity(rng, False)),
    "affine": lambda rng: actions.AffineAction(near_identity(rng, True)),
    "charted": lambda rng: actions.ChartedAction(bend, unbend, near_identity(rng, False)),
}
#: Elements that have a product: charted ones in one chart, or given by matrices.
PAIRS = [(one, two) for one in MAKERS for two in MAKERS if (one == "charted") == (two == "charted")]
every_pair = pytest.mark.parametrize(
    ("make", "second"), [(MAKERS[one], MAKERS[two]) for one, two in PAIRS], ids=map(" @ ".join, PAIRS)
)
every_kind = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
every_shape = pytest.mark.parametrize("shape", [(), (1,), (3, 1, 2)], ids=str)


def close(left, right, tolerance=1e-10):
    assert np.shape(left) == np.shape(right)
    assert np.abs(np.asarray(left) - np.asarray(right)).max() <= tolerance * (1.0 + np.abs(right).max())


@every_pair
@every_shape
def test_a_product_acts_as_its_factors_one_after_the_other(make, second, shape):
    rng = np.random.default_rng(0)
    g, h = make(rng), second(rng)
    points, vectors = rng.normal(size=(2, *shape, 2))
    product = g @ h
    close(product(points), g(h(points)))
    close(product.inverse()(product(points)), points)
    close(product.jacobian(points), g.jacobian(h(points)) @ h.jacobian(points))
    close(product.push_tangent(points, vectors), g.push_tangent(h(points), h.push_tangent(points, vectors)))
    close(
        product.push_covector(points, vectors), g.push_covector(h(points), h.push_covector(points, vectors))
    )


def test_products_keep_the_simplest_form():
    rng = np.random.default_rng(0)
    linear, affine, charted = (MAKERS[kind](rng) for kind in ("linear", "affine", "charted"))
    assert type(linear @ linear) is actions.LinearAction
    assert {type(linear @ affine), type(affine @ linear)} == {actions.AffineAction}
    shared = charted @ actions.ChartedAction(bend, unbend, near_identity(rng, False))
    assert isinstance(shared, actions.ChartedAction)
    for other in (linear, affine, actions.ChartedAction(unbend, bend, np.eye(2))):
        with pytest.raises(TypeError):
            charted @ other


@every_kind
@every_shape
def test_the_jacobian_is_the_derivative_of_the_action(make, shape):
    rng = np.random.default_rng(1)
    g, points = make(rng), rng.normal(size=(*shape, 2))
    close(g.jacobian(points), actions.numerical_jacobian(g, points), 1e-9)


@every_kind
@every_shape
def test_covectors_keep_their_pairing_with_tangents(make, shape):
    rng = np.random.default_rng(2)
    g = make(rng)
    points, tangents, normals = rng.normal(size=(3, *shape, 2))
    moved = (g.push_tangent(points, tangents) * g.push_covector(points, normals)).sum(axis=-1)
    close(moved, (tangents * normals).sum(axis=-1))


@every_kind
def test_the_gradient_of_a_moved_function_is_the_moved_gradient(make):
    rng = np.random.default_rng(3)
    g, points = make(rng), rng.normal(size=(20, 2))
    moved = actions.numerical_gradient(g.on_function(hill), g(points))
    close(moved, g.push_covector(points, actions.numerical_gradient(hill, points)), 1e-8)


@every_pair
def test_functions_and_policies_are_moved_by_a_left_action(make, second):
    rng = np.random.default_rng(4)
    g, h = make(rng), second(rng)
    points = rng.normal(size=(7, 2))
    close((g @ h).on_function(hill)(points), g.on_function(h.on_function(hill))(points))
    close((g @ h).on_function(hill)((g @ h)(points)), hill(points))
    first, then = near_identity(rng, False), near_identity(rng, False)
    both = (g @ h).on_policy(bend, first @ then)
    close(both(points), g.on_policy(h.on_policy(bend, then), first)(points))


@pytest.mark.parametrize("affine", [False, True])
def test_on_policy_agrees_with_the_transformed_policy_of_the_agents(affine):
    rng = np.random.default_rng(6)
    policy = MLPPolicy((rng.normal(size=(8, 2)), rng.normal(size=(2, 8))), (rng.normal(size=8), np.zeros(2)))
    left, right = near_identity(rng, affine), lie.so2_exp(0.7)
    g = (actions.AffineAction if affine else actions.LinearAction)(left)
    states = rng.normal(size=(5, 1, 2))
    expected = TransformedPolicy(policy, left, right)(states)
    close(g.on_policy(policy, right)(states), expected)
    close(g.on_policy(policy, actions.LinearAction(right))(states), expected)
    close(g.on_policy(policy)(states), TransformedPolicy(policy, left, np.eye(2))(states))


@pytest.mark.parametrize("algebra", [lie.so(2), lie.se(2)], ids=repr)
def test_a_batch_of_elements_acts_on_a_batch_of_points(algebra):
    rng = np.random.default_rng(7)
    theta, points = rng.normal(size=(4, 1, algebra.dimension)), rng.normal(size=(3, 2))
    g = actions.action_of(algebra, theta)
    moved = g(points)
    assert moved.shape == (4, 3, 2)
    close(moved[2], actions.action_of(algebra, theta[2, 0])(points))
    assert g.jacobian(points).shape == (4, 3, 2, 2)
    close(g.inverse()(moved), np.broadcast_to(points, moved.shape))
    close((g @ g)(points), g(moved))


def test_a_one_dimensional_chart():
    squared = actions.ChartedAction(np.log, np.exp, [[2.0]])
    close(squared([[3.0], [0.5]]), [[9.0], [0.25]])
    close(squared.jacobian([[3.0]]), [[[6.0]]], 1e-9)
    close(squared.inverse()([[9.0]]), [[3.0]])


# ---- derivatives


def test_shifts_are_linear_in_a_chart_onto_a_quadrant():
    points, shift = np.random.default_rng(0).normal(size=(2, 50, 2))
    for b in shift:
        action = actions.ChartedAction(np.exp, np.log, np.diag(np.exp(b)))
        np.testing.assert_allclose(action(points), points + b, atol=1e-12)
    # The image does not hold 0, where a matrix has a fixed point and a shift has none.
    with pytest.raises(ValueError, match="chart_inverse"):
        actions.ChartedAction(np.exp, np.log, np.diag([1.0, -1.0]))(points)


def test_no_chart_about_its_fixed_point_makes_the_twist_linear():
    def twist(t, points):
        angle = t * np.square(points).sum(axis=-1)
        return np.einsum("...ij,...j->...i", lie.so2_exp(angle), points)

    point = np.array([0.9, -0.6])
    np.testing.assert_allclose(twist(0.7, twist(0.4, point)), twist(1.1, point), atol=1e-14)
    for t in (0.3, 1.0, 10.0):
        # M = I would have to hold in any chart, and the twist would have to move nothing.
        derivative = actions.numerical_jacobian(lambda p, t=t: twist(t, p), np.zeros(2))
        np.testing.assert_allclose(derivative, np.eye(2), atol=1e-9)
        assert np.linalg.norm(twist(t, point) - point) > 0.1


@pytest.mark.parametrize("power", [2, 3])
def test_the_average_over_a_compact_group_is_a_chart_but_need_not_be_the_one_put_in(power):
    def bend(p, sign=-0.4):
        return np.stack([p[..., 0], p[..., 1] + sign * p[..., 0] ** power], axis=-1)

    def element(angle):
        return actions.ChartedAction(bend, lambda q: bend(q, 0.4), lie.so2_exp(angle))

    elements = [element(angle) for angle in np.linspace(0.0, 2.0 * np.pi, 60, endpoint=False)]

    def averaged(s):
        return np.mean([g(s) @ np.linalg.inv(g.jacobian(np.zeros(2))).T for g in elements], axis=0)

    points = np.random.default_rng(1).normal(size=(20, 2))
    moved = averaged(element(1.0)(points))
    np.testing.assert_allclose(moved, averaged(points) @ lie.so2_exp(1.0).T, atol=1e-9)
    assert np.allclose(averaged(points), bend(points), atol=1e-9) == (power == 2)


def test_numerical_derivatives_are_of_fourth_order():
    points = np.random.default_rng(0).normal(size=(4, 1, 3))
    gradient = actions.numerical_gradient(lambda p: np.sin(p).sum(axis=-1), points)
    assert np.abs(gradient - np.cos(points)).max() < 1e-11
    matrix = np.arange(6.0).reshape(2, 3)
    jacobian = actions.numerical_jacobian(lambda p: np.exp(0.1 * p @ matrix.T), points)
    exact = 0.1 * np.exp(0.1 * points @ matrix.T)[..., None] * matrix
    assert jacobian.shape == (4, 1, 2, 3)
    assert np.abs(jacobian - exact).max() < 1e-10 * np.abs(exact).max()
    errors = [
        np.abs(
            actions.numerical_gradient(lambda p: np.sin(p[..., 0]), points, h)[..., 0]
            - np.cos(points[..., 0])
        ).max()
        for h in (0.2, 0.1)
    ]
    assert 12.0 < errors[0] / errors[1] < 20.0


# ---- orbits and stabilisers


def test_the_orbit_of_one_generator_is_in_the_order_of_time():
    circle = actions.orbit(lie.so(2), [2.0, 0.0], count=9)
    angle = np.linspace(-np.pi, np.pi, 9)
    close(circle, 2.0 * np.stack([np.cos(angle), np.sin(angle)], axis=-1))
    line = actions.orbit(
        lie.LieAlgebra(lie.translations(2).basis[:1], affine=True), [0.0, 1.0], 5, extent=2.0
    )
    close(line, [[-2, 1], [-1, 1], [0, 1], [1, 1], [2, 1]])


@pytest.mark.parametrize(
    ("algebra", "point", "dimension"),
    [
        (lie.so(2), [1.0, 0.0], 1),
        (lie.so(2), [0.0, 0.0], 0),
        (lie.so(3), [0.0, 0.0, 1e-3], 2),
        (lie.so(4), [1.0, 2.0, 3.0, 4.0], 3),
        (lie.se(2), [5.0, -7.0], 2),
        (lie.LieAlgebra(np.eye(4).reshape(4, 2, 2)), [1.0, 1.0], 2),
        (lie.scalings(3), [1.0, 2.0, 3.0], 1),
        (lie.LieAlgebra(np.eye(3)[:, :, None] * np.eye(3)[:, None, :]), [1.0, 0.0, 3.0], 2),
        (lie.translations(3), [0.0, 0.0, 0.0], 3),
        (lie.rotations_about([1.0, 2.0]), [1.0, 2.0], 0),
        (lie.LieAlgebra(np.zeros((0, 2, 2))), [1.0, 2.0], 0),
        (lie.LieAlgebra(1e-8 * lie.so(3).basis), [0.0, 0.0, 1.0], 2),
    ],
    ids=repr,
)
def test_orbit_and_stabiliser_share_the_dimension_of_the_group(algebra, point, dimension):
    assert actions.orbit_dimension(algebra, point) == dimension
    fixing = actions.stabiliser(algebra, point)
    assert fixing.dimension == algebra.dimension - dimension
    assert fixing.affine == algebra.affine
    np.testing.assert_allclose(algebra.matrix(algebra.coordinates(fixing.basis)), fixing.basis, atol=1e-12)
    assert fixing.closure() is fixing
    theta = np.random.default_rng(0).normal(size=(5, fixing.dimension))
    close(actions.action_of(fixing, theta)(point), np.broadcast_to(point, (5, len(point))))


@some
@given(seed=seeds)
def test_the_stabiliser_of_a_point_under_rigid_motions_is_the_turn_about_it(seed):
    point = np.random.default_rng(seed).normal(size=2)
    fixing = actions.stabiliser(lie.se(2), point)
    assert lie.principal_angles(fixing, lie.rotations_about(point)) < 1e-12
    # The stabiliser of g p is the conjugate of that of p.
    g = lie.se(2).exp(np.random.default_rng(seed + 1).normal(size=3))
    moved = actions.stabiliser(lie.se(2), actions.AffineAction(g)(point))
    assert lie.principal_angles(moved.basis, g @ fixing.basis @ np.linalg.inv(g)) < 1e-12


# ---- residuals

POINTS = np.random.default_rng(0).normal(size=(400, 2))
CENTRE = np.array([0.5, -0.3])


def distance(points):
    return -np.linalg.norm(points - CENTRE, axis=-1)


def test_invariance_residual_is_0_for_a_symmetry_and_only_then():
    about = lie.rotations_about(CENTRE)
    turn = actions.action_of(about, [1.0])
    assert actions.invariance_residual(distance, turn, POINTS) < 1e-14
    assert actions.invariance_residual(distance, about, POINTS).shape == (1,)
    assert actions.invariance_residual(distance, about, POINTS)[0] < 1e-8
    assert actions.invariance_residual(distance, actions.LinearAction(lie.so2_exp(1.0)), POINTS) > 0.2
    assert actions.invariance_residual(distance, lie.so(2), POINTS)[0] > 0.2


def test_invariance_residual_does_not_depend_on_the_scale_of_anything():
    for symmetry in (actions.LinearAction(lie.so2_exp(1.0)), lie.so(2)):
        plain = actions.invariance_residual(distance, symmetry, POINTS)
        changed = actions.invariance_residual(lambda p: 5.0 - 1e-6 * distance(p), symmetry, POINTS)
        assert changed == pytest.approx(plain, rel=1e-4)
    faster = lie.LieAlgebra(1e3 * lie.so(2).basis)
    assert actions.invariance_residual(distance, faster, POINTS) == pytest.approx(plain)


def test_invariance_residual_of_what_has_nothing_to_do_with_it():
    rng = np.random.default_rng(1)
    points = rng.normal(size=(4000, 5))
    # The gradient of one coordinate beside turns of all of space: a random angle.
    scores = actions.invariance_residual(
        lambda p: p[..., 0], lie.LieAlgebra(rng.normal(size=(20, 5, 5))), points
    )
    assert 0.8 < np.sqrt(np.mean(scores**2)) < 1.2
    spread = actions.LinearAction(7.0 * np.eye(5))
    residual = actions.invariance_residual(lambda p: np.sin(4.0 * p.sum(axis=-1)), spread, points)
    assert residual == pytest.approx(np.sqrt(2.0), rel=0.05)


@pytest.mark.parametrize("value", [0.0, 3.7, -1e9])
def test_a_constant_function_is_invariant_under_everything(value):
    def constant(points):
        # Not exactly constant: the rounding of a real computation.
        return value * (np.cos(points).sum(axis=-1) ** 2 / np.square(np.cos(points).sum(axis=-1)))

    assert actions.invariance_residual(constant, actions.LinearAction(np.diag([2.0, 3.0])), POINTS) == 0.0
    assert np.array_equal(
        actions.invariance_residual(constant, lie.LieAlgebra(np.eye(4).reshape(4, 2, 2)), POINTS), np.zeros(4)
    )


def test_equivariance_residual_tells_the_disc_from_the_box():
    turn = actions.LinearAction(lie.so2_exp(0.6))
    disc = lambda p: p / np.maximum(1.0, np.linalg.norm(p, axis=-1, keepdims=True))  # noqa: E731
    box = lambda p: np.clip(p, -1.0, 1.0)  # noqa: E731
    assert actions.equivariance_residual(disc, turn, turn, POINTS) < 1e-15
    assert 0.01 < actions.equivariance_residual(box, turn, turn, POINTS) < 0.5
    quarter = actions.LinearAction(lie.J)
    assert actions.equivariance_residual(box, quarter, quarter, POINTS) < 1e-15
    assert actions.equivariance_residual(lambda p: 0.0 * p, turn, turn, POINTS) == 0.0
    scaled = actions.equivariance_residual(lambda p: 1e5 * box(p), turn, turn, POINTS)
    assert scaled == pytest.approx(actions.equivariance_residual(box, turn, turn, POINTS))


# ---- bad input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: actions.LinearAction([[1.0, 0.0], [2.0, 0.0]]), "matrix must be invertible"),
        (lambda: actions.LinearAction(np.zeros((2, 2))), "matrix must be invertible"),
        (lambda: actions.LinearAction(np.ones((2, 3))), "matrix must be square"),
        (lambda: actions.LinearAction([[np.nan]]), "matrix must be finite"),
        (lambda: actions.LinearAction([np.eye(2), np.zeros((2, 2))]), "matrix must be invertible"),
        (lambda: actions.AffineAction(2.0 * np.eye(3)), "last row"),
        (lambda: actions.AffineAction([[1.0]]), "homogeneous"),
        (lambda: actions.ChartedAction(bend, unbend, np.zeros((2, 2))), "matrix must be invertible"),
        (lambda: actions.ChartedAction(np.log, np.exp, [[2.0]])([-1.0]), "chart\\(points\\) must be finite"),
        (lambda: actions.ChartedAction(np.sum, np.exp, np.eye(2))([1.0, 2.0]), "chart must map points"),
        (lambda: actions.ChartedAction(bend, unbend, np.eye(2))([1.0]), "points must have shape"),
        (lambda: actions.ChartedAction(bend, unbend, [np.eye(2)]), "matrix must have shape"),
        (lambda: actions.LinearAction(np.eye(2))([1.0, 2.0, 3.0]), "points must have shape"),
        (lambda: actions.LinearAction(np.eye(2))([np.inf, 0.0]), "points must be finite"),
        (lambda: actions.LinearAction(np.eye(2)) @ actions.LinearAction(np.eye(3)), "one space"),
        (lambda: actions.LinearAction(np.eye(2)).push_tangent([0.0, 0.0], [1.0]), "vectors must have shape"),
        (lambda: actions.LinearAction(np.eye(2)).push_covector([0.0, 0.0], [1.0]), "covectors must have"),
        (lambda: actions.LinearAction(np.eye(2)).on_policy(bend, np.zeros((2, 2))), "action_map must be inv"),
        (
            lambda: actions.LinearAction(np.eye(2)).on_policy(bend, np.eye(3))([1.0, 2.0]),
            "policy\\(states\\)",
        ),
        (lambda: actions.orbit(lie.so(2), [1.0]), "point must have shape"),
        (lambda: actions.orbit(lie.so(2), [1.0, 0.0], count=0), "count must be a whole number"),
        (lambda: actions.orbit(lie.so(2), [1.0, 0.0], extent=0.0), "extent must be positive"),
        (lambda: actions.orbit(lie.so(3), [1.0, 0.0, 0.0]), "algebra must have one generator"),
        (lambda: actions.orbit_dimension(lie.so(2), [1.0]), "point must have shape"),
        (lambda: actions.stabiliser(lie.so(2), [1.0]), "point must have shape"),
        (lambda: actions.stabiliser(lie.so(2), [[1.0, 2.0]]), "point must have shape"),
        (lambda: actions.numerical_gradient(hill, [1.0, 2.0], step=0.0), "step must be positive"),
        (lambda: actions.numerical_gradient(bend, [1.0, 2.0]), "function must map points"),
        (lambda: actions.invariance_residual(hill, lie.so(2), np.zeros((0, 2))), "at least one point"),
        (lambda: actions.invariance_residual(bend, lie.so(2), POINTS), "function must map points"),
        (lambda: actions.invariance_residual(hill, np.eye(2), POINTS), "symmetry must be an Action"),
        (
            lambda: actions.invariance_residual(lambda p: np.nan * hill(p), lie.so(2), POINTS),
            "must be finite",
        ),
        (lambda: actions.invariance_residual(hill, lie.so(3), POINTS), "points must have shape"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_composing_with_something_else_is_a_type_error():
    with pytest.raises(TypeError):
        actions.LinearAction(np.eye(2)) @ "g"


@pytest.mark.parametrize("size", [1e160, 1e300])
def test_far_points_have_orbits_too(size):
    assert actions.orbit_dimension(lie.so(2), [size, 0.0]) == 1
    assert actions.stabiliser(lie.so(3), [size, 0.0, 0.0]).dimension == 1


def test_units_are_no_singularity():
    far = actions.AffineAction([[1.0, 0.0, 1e20], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert np.array_equal(far.inverse()(far([0.0, 1.0])), [0.0, 1.0])
    assert np.array_equal(actions.LinearAction(np.diag([1e-20, 1e200]))([1.0, 1.0]), [1e-20, 1e200])
    for singular in (np.ones((2, 2)), np.diag([1e-20, 0.0]), 1e-20 * np.ones((2, 2))):
        with pytest.raises(ValueError, match="must be invertible"):
            actions.LinearAction(singular)
    with pytest.raises(ValueError, match="must be invertible"):
        actions.AffineAction(np.diag([1.0, 0.0, 1.0]))
