"""The differential and the functional loss, by hand and by their laws; and how well they are conditioned."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from planar import CIRCLE, GOOD, IDENTITY, POINTS, STRETCH, distance, square, value

from hgmrl_lite import descent, lie
from hgmrl_lite.descent.losses import mean_length
from hgmrl_lite.hereditary import RewardModel

MATRICES = arrays(np.float64, (2, 2), elements=st.floats(-2.0, 2.0))


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
    elif abs(generator[1, 0] - generator[0, 1]) > 1.25 * abs(np.trace(generator)):
        # Clearly more turn than growth: below the plateau. (Of growth a and turn b alone the loss is
        # 2a / √(a² + b²), above it up to b = 1.21 a.)
        assert found < 4 / np.pi
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
