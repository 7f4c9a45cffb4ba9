"""The runs of a descent, and what they tell."""

import subprocess
import sys

import numpy as np
import pytest
from planar import GOOD, POINTS, STRETCH, distance, square

from hgmrl_lite import descent, lie


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
        ({"start": np.zeros((3, 3))}, r"start must have shape \(2, 2\)"),
        ({"start": np.full((2, 2), np.inf)}, "start must be finite"),
        ({"start": np.zeros((2, 2)), "normalisation": "unit"}, "start must not be zero"),
        ({"reference": np.eye(3)}, "reference must be generators of shape"),
        ({"reference": np.zeros((1, 2, 2))}, "reference must hold a generator"),
        ({"stop_below_deg": 1.0}, "needs a reference"),
        ({"stop_below_deg": 0.0, "reference": lie.J}, "stop_below_deg must be positive"),
    ],
)
def test_bad_arguments_of_descend(arguments, words):
    with pytest.raises(ValueError, match=words):
        descent.descend(descent.Differential(POINTS, POINTS), **(GOOD | arguments))


def test_the_module_loads_without_torch():
    code = "import sys, hgmrl_lite.descent; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_quartiles_count_runs_that_never_arrive():
    angles = np.full((11, 4), 45.0)
    for run, step in enumerate((2, 4, 8)):
        angles[step:, run] = 0.5
    radians = np.radians(angles)
    path = np.cos(radians)[..., None, None] * lie.J + np.sin(radians)[..., None, None] * STRETCH
    reference, options = lie.J[None] / np.sqrt(2), ("differential", 0.1, 8, "free", 0.0)
    result = descent.Descent(path, np.zeros((11, 4)), reference, *options)
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
