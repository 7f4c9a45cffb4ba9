"""Differential and functional descent: the flow, the losses, the runs, the conditioning."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hgmrl_lite import descent, lie
from hgmrl_lite.descent.flow import flow
from hgmrl_lite.descent.losses import mean_length
from hgmrl_lite.descent.result import Descent
from hgmrl_lite.hereditary import RewardModel

POINTS = np.random.default_rng(0).normal(size=(1000, 2))
CIRCLE = np.stack([np.cos(a := np.arange(360) * np.pi / 180), np.sin(a)], axis=1)
IDENTITY, STRETCH = np.eye(2), np.diag([1.0, -1.0])
MATRICES = arrays(np.float64, (2, 2), elements=st.floats(-2.0, 2.0))


def distance(points):
    return -((points[..., 0] ** 2 + points[..., 1] ** 2) ** 0.5)


def square(points):
    return -(points[..., 0] ** 2 + points[..., 1] ** 2)


def value(loss, generator, times=None):
    """Return the loss of one generator over all points."""
    count = len(loss.points)
    index = torch.arange(count)[None]
    times = torch.from_numpy(np.full((1, count), 1.0) if times is None else times)
    weights = torch.tensor(np.asarray(generator, dtype=float))[None]
    return float(mean_length(loss.residuals(weights, index, times))[0])


# ---- the flow


@pytest.mark.parametrize("n", [2, 3, 4])
def test_flow_is_the_exponential_applied(n):
    rng = np.random.default_rng(n)
    generators, points = rng.normal(size=(5, n, n)), rng.normal(size=(5, 7, n))
    times = rng.uniform(0.0, 3.0, size=(5, 7))
    want = np.einsum("rbij,rbj->rbi", lie.exp(times[..., None, None] * generators[:, None]), points)
    got = flow(*(torch.from_numpy(a) for a in (generators, times, points)))
    np.testing.assert_allclose(got.numpy(), want, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    "generator",
    [
        lie.J,
        IDENTITY,
        STRETCH,
        [[0.0, 1.0], [0.0, 0.0]],
        [[0.3, 1.0], [0.0, 0.3]],
        np.zeros((2, 2)),
        1e-4 * lie.J,
    ],
    ids=["elliptic", "scaling", "hyperbolic", "parabolic", "shear and scaling", "zero", "small"],
)
def test_flow_and_its_derivative_at_every_type(generator):
    weights = torch.tensor(np.asarray(generator, dtype=float))[None]
    times = torch.tensor([[0.0, 0.5, 2.0, 6.0]], dtype=torch.float64)
    points = torch.tensor([[[1.0, 0.0], [0.2, -1.0], [0.5, 0.5], [-1.0, 0.3]]], dtype=torch.float64)
    want = lie.exp(times.numpy()[0, :, None, None] * weights.numpy()) @ points.numpy()[0, :, :, None]
    np.testing.assert_allclose(flow(weights, times, points).numpy()[0], want[..., 0], rtol=1e-9, atol=1e-12)
    weights.requires_grad_()
    assert torch.autograd.gradcheck(lambda w: flow(w, times, points), (weights,), atol=1e-4, rtol=1e-4)


# ---- the losses


def test_both_losses_vanish_at_the_symmetry_and_only_the_functional_one_at_zero():
    differential = descent.Differential(POINTS, POINTS)
    for f in (distance, square):
        functional = descent.Functional(POINTS, f)
        for generator in (lie.J, -0.3 * lie.J):
            assert value(differential, generator) < 1e-12
            assert value(functional, generator) < 1e-12
        assert value(functional, np.zeros((2, 2))) == 0.0
    # At W = 0 nothing is spanned: the second residual is all of D^f_p, of length 1.
    assert value(differential, np.zeros((2, 2))) == pytest.approx(1.0)


def test_losses_by_hand():
    # W = I moves along the normal: the first residual is ‖p‖, the second the whole tangent.
    speed = np.linalg.norm(POINTS, axis=1)
    assert value(descent.Differential(POINTS, POINTS), IDENTITY) == pytest.approx(speed.mean() + 1.0)
    assert value(descent.Differential(POINTS, POINTS, relative=True), 5 * IDENTITY) == pytest.approx(2.0)
    # exp(I) multiplies the distance by e.
    assert value(descent.Functional(POINTS, distance), IDENTITY) == pytest.approx((np.e - 1.0) * speed.mean())


@given(left=MATRICES, right=MATRICES, share=st.floats(0.0, 1.0))
@settings(max_examples=50, deadline=None)
def test_first_residual_is_convex(left, right, share):
    loss = descent.Differential(POINTS[:50], POINTS[:50])
    index = torch.arange(50)[None]

    def first(generator):
        return float(mean_length(loss.residuals(torch.from_numpy(generator)[None], index)[:1])[0])

    middle = first(share * left + (1.0 - share) * right)
    assert middle <= share * first(left) + (1.0 - share) * first(right) + 1e-9


@given(generator=MATRICES)
@settings(max_examples=50, deadline=None)
def test_the_relative_loss_of_circles_is_flat_where_the_determinant_is_negative(generator):
    # In (n · W p, t · W p) the origin is inside the circle that W p runs along, and sees it evenly all round.
    determinant = generator[0, 0] * generator[1, 1] - generator[0, 1] * generator[1, 0]
    # Far from singular, where 20,000 points on the circle do not resolve how fast W p turns.
    assume(abs(determinant) > 1e-2 * np.sum(np.square(generator)))
    angle = (np.arange(20_000) + 0.5) * np.pi / 10_000
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    found = value(descent.Differential(circle, circle, relative=True), generator)
    if determinant < 0:
        assert found == pytest.approx(4 / np.pi, abs=1e-3)
    elif abs(generator[1, 0] - generator[0, 1]) > abs(np.trace(generator)):
        # More turn than growth: below the plateau, up to the small parts of higher frequency.
        assert found < 4 / np.pi + 0.05
    # The plain loss is not flat along W: its first part doubles with W, its second stays.
    plain = descent.Differential(circle, circle)
    assert value(plain, 2 * generator) - value(plain, generator) == pytest.approx(
        value(plain, generator) - found / 2, abs=1e-9
    )


def test_nearly_all_runs_of_the_relative_loss_that_do_not_arrive_end_on_the_plateau():
    options = {"runs": 64, "steps": 400, "reference": lie.J}
    plain = descent.descend(descent.Differential(POINTS, POINTS), **options)
    relative = descent.descend(descent.Differential(POINTS, POINTS, relative=True), **options)
    begun, ended = np.linalg.det(relative.start), np.linalg.det(relative.generators)
    late = ~np.isfinite(relative.steps_to())
    assert plain.reached() == 64
    # From either sign of the determinant most runs are lost, and end where it is negative.
    assert late[begun < 0].mean() > 0.5
    assert late[begun > 0].mean() > 0.5
    assert (ended[late] < 0).mean() > 0.9


def test_in_three_dimensions_one_generator_cannot_fill_the_level_sets():
    points = np.random.default_rng(1).normal(size=(200, 3))
    rotation = np.zeros((3, 3))
    rotation[:2, :2] = lie.J
    assert value(descent.Differential(points, points), rotation) == pytest.approx(np.sqrt(0.5))


def test_affine_generator_acts_about_its_centre():
    centre = np.array([0.7, -0.4])
    about = lie.rotations_about(centre).basis[0][:2]
    differential = descent.Differential(POINTS, POINTS - centre)
    functional = descent.Functional(POINTS, lambda p: distance(p - torch.from_numpy(centre)))
    assert value(differential, about) < 1e-12
    assert value(functional, about) < 1e-12
    assert value(differential, np.hstack([lie.J, np.zeros((2, 1))])) > 0.1


# ---- the runs


@pytest.fixture(scope="module")
def differential():
    return descent.descend(descent.Differential(POINTS, POINTS), steps=320, runs=16, reference=lie.J)


@pytest.fixture(scope="module")
def functional():
    return descent.descend(descent.Functional(POINTS, distance), steps=320, runs=16, reference=lie.so(2))


def test_same_data_start_and_budget(differential, functional):
    np.testing.assert_array_equal(differential.start, functional.start)
    assert differential.path.shape == functional.path.shape == (321, 16, 2, 2)
    assert (differential.start >= 0).all()
    assert (differential.start <= 1).all()


def test_differential_arrives_from_every_start_and_before_functional(differential, functional):
    assert differential.reached() == 16
    assert (differential.quartiles() < 0.75 * functional.quartiles()).all()
    assert functional.reached() >= 1
    assert np.isfinite(functional.path).all()


def test_recorded_angle_and_norm(differential):
    for step, run in ((0, 0), (7, 3), (320, 15)):
        generator = differential.path[step, run]
        want = np.degrees(lie.principal_angles(generator[None], lie.J[None]))[0]
        assert differential.angle_deg[step, run] == pytest.approx(want, abs=1e-6)
        assert differential.norm[step, run] == pytest.approx(np.linalg.norm(generator))


def test_a_run_depends_on_its_own_seed_alone(differential):
    loss = descent.Differential(POINTS, POINTS)
    fewer = descent.descend(loss, steps=100, runs=3)
    np.testing.assert_array_equal(fewer.path, differential.path[:101, :3])
    other = descent.descend(loss, steps=0, runs=3, seed=1)
    assert np.abs(other.start - fewer.start).max() > 0.1


def test_unit_runs_stay_on_the_sphere_and_arrive():
    for loss, steps in (
        (descent.Differential(POINTS, POINTS), 250),
        (descent.Functional(POINTS, square), 50),
    ):
        run = descent.descend(loss, steps=steps, runs=4, normalisation="unit", reference=lie.J)
        np.testing.assert_allclose(run.norm, 1.0, atol=1e-12)
        if loss.name == "differential":
            assert run.reached() == 4


def test_start_of_all_runs_or_of_each():
    loss = descent.Differential(POINTS, POINTS)
    same = descent.descend(loss, start=STRETCH, steps=1, runs=3)
    assert (same.start == STRETCH).all()
    each = np.random.default_rng(2).normal(size=(3, 2, 2))
    np.testing.assert_array_equal(descent.descend(loss, start=each, steps=1, runs=3).start, each)


def test_stop_once_all_have_arrived():
    loss = descent.Differential(POINTS, POINTS)
    run = descent.descend(loss, steps=2000, runs=4, reference=lie.J, stop_below_deg=1.0)
    full = descent.descend(loss, steps=320, runs=4, reference=lie.J)
    assert run.reached() == 4
    assert run.steps < 2000
    assert run.steps % 64 == 0
    np.testing.assert_array_equal(run.steps_to(), full.steps_to())


def test_affine_descent_finds_a_rotation_about_another_centre():
    centre = np.array([0.5, -0.3])
    run = descent.descend(
        descent.Differential(POINTS, POINTS - centre),
        algebra="affine",
        steps=600,
        runs=4,
        reference=lie.rotations_about(centre),
    )
    assert run.reached() == 4


def test_in_three_dimensions_it_finds_the_axis():
    points = np.random.default_rng(3).normal(size=(1000, 3))
    # x² + y² + z⁴: rotations about the z axis, nothing else that is linear.
    normals = np.stack([2 * points[:, 0], 2 * points[:, 1], 4 * points[:, 2] ** 3], axis=1)
    axis = np.zeros((3, 3))
    axis[:2, :2] = lie.J
    run = descent.descend(
        descent.Differential(points, normals), steps=800, runs=4, normalisation="unit", reference=axis
    )
    assert run.reached(3.0) >= 3


def test_a_fitted_function_has_its_own_gradient():
    model = RewardModel.fit(POINTS, distance(POINTS), centres=60)
    assert value(descent.Functional(POINTS, model), lie.J) < 0.02
    weights = torch.tensor([[[0.1, -1.0], [0.9, 0.0]]], dtype=torch.float64, requires_grad=True)
    loss = descent.Functional(POINTS[:20], model)
    index, times = torch.arange(20)[None], torch.linspace(0.1, 2.0, 20, dtype=torch.float64)[None]

    def evaluate(w):
        return mean_length(loss.residuals(w, index, times))

    (gradient,) = torch.autograd.grad(evaluate(weights).sum(), weights)
    step = 1e-6 * torch.eye(4, dtype=torch.float64).reshape(4, 1, 2, 2)
    with torch.no_grad():
        slopes = torch.stack([(evaluate(weights + h) - evaluate(weights - h)) / 2e-6 for h in step])
    np.testing.assert_allclose(gradient.flatten().numpy(), slopes.flatten().numpy(), rtol=1e-5, atol=1e-6)


# ---- the result


def test_quartiles_count_runs_that_never_arrive():
    angles = np.full((11, 4), 45.0)
    for run, step in enumerate((2, 4, 8)):
        angles[step:, run] = 0.5
    radians = np.radians(angles)
    path = np.cos(radians)[..., None, None] * lie.J + np.sin(radians)[..., None, None] * STRETCH
    result = Descent(path, np.zeros((11, 4)), lie.J[None] / np.sqrt(2), "differential", 0.1, 8, "free", 0.0)
    np.testing.assert_array_equal(result.steps_to(), [2, 4, 8, np.inf])
    np.testing.assert_allclose(result.quartiles(), [3.5, 6.0, np.inf])
    assert result.reached() == 3
    assert "3 of 4 runs arrive" in repr(result)
    assert "never" in result._repr_html_()


def test_no_angle_without_reference():
    run = descent.descend(descent.Differential(POINTS, POINTS), steps=1, runs=1)
    assert "steps to" not in repr(run)
    with pytest.raises(ValueError, match="reference"):
        run.steps_to()


# ---- conditioning


def test_condition_at_the_truth():
    # Exact means over the circle: residuals 1, cos 2φ, sin 2φ have mean squares 1, 1/2, 1/2.
    differential = descent.Differential(CIRCLE, CIRCLE)
    assert descent.gauss_newton_condition(differential, lie.J, samples=4000) == pytest.approx(2.0, rel=0.1)
    # E t² / 2 against 1 / 8, for t uniform in [0, 2π]: 16 π² / 3.
    for f in (distance, square):
        got = descent.gauss_newton_condition(descent.Functional(CIRCLE, f), lie.J, samples=8000)
        assert got == pytest.approx(16 * np.pi**2 / 3, rel=0.1)


@pytest.mark.parametrize("loss", [descent.Differential(POINTS, POINTS), descent.Functional(POINTS, distance)])
def test_condition_agrees_with_finite_differences(loss):
    generator, samples = lie.J + 0.1 * STRETCH, 200
    rng = np.random.default_rng(0)
    index = torch.from_numpy(rng.integers(len(POINTS), size=samples))[None]
    times = torch.from_numpy(rng.uniform(0.0, 2 * np.pi, size=samples))[None]

    def residuals(weights):
        return (
            torch.cat(loss.residuals(torch.from_numpy(weights)[None], index, times), dim=-1).numpy().ravel()
        )

    step = 1e-6
    units = np.eye(4).reshape(4, 2, 2)
    columns = [
        (residuals(generator + step * u) - residuals(generator - step * u)) / (2 * step) for u in units
    ]
    jacobian = np.stack(columns, axis=1)
    scale = generator.ravel() / np.linalg.norm(generator)
    basis = np.linalg.svd(np.eye(4) - np.outer(scale, scale))[0][:, :3]
    values = np.linalg.svd(jacobian @ basis, compute_uv=False)
    got = descent.gauss_newton_condition(loss, generator, samples=samples)
    assert got == pytest.approx((values[0] / values[-1]) ** 2, rel=1e-3)


def test_condition_has_the_shape_of_the_mesh():
    mesh = lie.J + np.random.default_rng(0).normal(size=(3, 2, 2, 2)) * 0.1
    loss = descent.Differential(POINTS, POINTS)
    got = descent.gauss_newton_condition(loss, mesh, samples=100)
    assert got.shape == (3, 2)
    assert got[1, 0] == pytest.approx(descent.gauss_newton_condition(loss, mesh[1, 0], samples=100))


# ---- bad input

GOOD = {"steps": 1, "runs": 2}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"learning_rate": 0.0}, "learning_rate must be greater"),
        ({"learning_rate": np.nan}, "learning_rate must be finite"),
        ({"batch": 0}, "batch must be a whole number"),
        ({"steps": -1}, "steps must be a whole number"),
        ({"runs": 0}, "runs must be a whole number"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"normalisation": "sphere"}, "normalisation must be one of"),
        ({"algebra": "projective"}, "algebra must be one of"),
        ({"start": np.zeros((3, 3))}, r"start must have shape \(2, 2\)"),
        ({"start": np.full((2, 2), np.inf)}, "start must be finite"),
        ({"start": np.zeros((2, 2)), "normalisation": "unit"}, "start must not be zero"),
        ({"reference": np.eye(3)}, "reference must be generators of shape"),
        ({"reference": np.zeros((1, 2, 2))}, "reference must hold a generator"),
        ({"stop_below_deg": 1.0}, "needs a reference"),
    ],
)
def test_bad_arguments_of_descend(arguments, words):
    with pytest.raises(ValueError, match=words):
        descent.descend(descent.Differential(POINTS, POINTS), **(GOOD | arguments))


def run_of(f):
    return descent.descend(descent.Functional(POINTS, f), **GOOD)


def condition_at(generator):
    return descent.gauss_newton_condition(descent.Differential(POINTS, POINTS), generator)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: descent.Differential(POINTS, POINTS[:3]), "normals must have shape"),
        (lambda: descent.Differential(POINTS, 0 * POINTS), "normals must not be zero"),
        (lambda: descent.Differential(np.full((3, 2), np.nan), np.ones((3, 2))), "points must be finite"),
        (lambda: descent.Differential(np.ones((3, 1)), np.ones((3, 1))), "dimension 2 or more"),
        (lambda: descent.Functional(POINTS, 3.0), "f must be a function"),
        (lambda: descent.descend(descent.Functional(POINTS, lambda p: p), **GOOD), "one value a point"),
        (
            lambda: descent.descend(descent.Functional(POINTS, lambda p: p[:, 0].log()), **GOOD),
            "f must be finite",
        ),
        (
            lambda: descent.gauss_newton_condition(descent.Differential(POINTS, POINTS), 0 * lie.J),
            "not be zero",
        ),
        (
            lambda: descent.gauss_newton_condition(descent.Differential(POINTS, POINTS), np.eye(3)),
            "generators must",
        ),
    ],
)
def test_bad_data(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_the_module_loads_without_torch():
    code = "import sys, hgmrl_lite.descent; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
