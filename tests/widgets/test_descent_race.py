"""DescentRace without a browser: its state, its numbers against the package's descent, its picture."""

import numpy as np
import pytest
import torch

from hgmrl_lite import descent, lie
from hgmrl_lite.descent.losses import mean_length
from hgmrl_lite.widgets import DescentRace
from hgmrl_lite.widgets.descent_race import BATCH, STEPS
from hgmrl_lite.widgets.descent_race.descent import (
    SLICES,
    Samples,
    degrees_to_j,
    descend_slice,
    loss_values,
    slice_gradient,
)

POINTS, TIMES = np.random.default_rng(0).normal(size=(64, 2)), np.random.default_rng(1).uniform(0, 6.28, 64)
SAMPLES = Samples(POINTS, POINTS / np.linalg.norm(POINTS, axis=1, keepdims=True), TIMES)
METHODS = ("differential", "distance", "square")
PLACES = np.random.default_rng(2).uniform(-1.0, 1.0, (6, 2))


def package_loss(method, weights):
    """Return the package's own loss of generators (R, 2, 2), as tensors."""
    if method == "differential":
        loss = descent.Differential(POINTS, POINTS)
    else:
        power = {"distance": 0.5, "square": 1.0}[method]
        loss = descent.Functional(POINTS, lambda p: -((p**2).sum(-1) ** power))
    count = len(weights)
    index = torch.arange(64).expand(count, -1)
    return mean_length(loss.residuals(weights, index, torch.from_numpy(TIMES).expand(count, -1)))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", SLICES)
def test_loss_and_gradient_are_those_of_the_package(method, name):
    plane = SLICES[name]
    places = torch.from_numpy(PLACES.copy()).requires_grad_()
    weights = torch.tensor(plane.origin) + torch.tensordot(places, torch.tensor(plane.axes), dims=1)
    values = package_loss(method, weights)
    values.sum().backward()
    np.testing.assert_allclose(
        loss_values(method, plane.generator(PLACES), SAMPLES), values.detach(), rtol=1e-9
    )
    got = [slice_gradient(method, plane, place, SAMPLES) for place in PLACES]
    np.testing.assert_allclose(got, places.grad, rtol=1e-4, atol=1e-5)


def test_adam_is_torch_s_adam():
    plane = SLICES["around"]
    point = torch.tensor([0.5, -0.4], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.Adam([point], lr=0.02)
    want = [point.detach().numpy().copy()]
    for _ in range(25):
        optimiser.zero_grad()
        weights = torch.tensor(plane.origin) + torch.tensordot(point, torch.tensor(plane.axes), dims=1)
        package_loss("distance", weights[None]).sum().backward()
        optimiser.step()
        want.append(point.detach().numpy().copy())
    # Batches of all samples: every step sees the same ones, as torch does here.
    got = descend_slice("distance", plane, want[0], SAMPLES, rate=0.02, batch=64, steps=25)
    np.testing.assert_allclose(got, want, atol=1e-5)


@pytest.mark.parametrize("name", SLICES)
def test_angle_to_j(name):
    generators = SLICES[name].generator(PLACES)
    want = [np.degrees(lie.principal_angles(w[None], lie.J[None])[0]) for w in generators]
    np.testing.assert_allclose(degrees_to_j(generators), want, atol=1e-6)
    assert degrees_to_j(np.zeros((2, 2))) == 90.0


def test_differential_arrives_first():
    race = DescentRace((0.8, 0.6), step=700)
    arrived = race.steps_to
    assert 0 < arrived["differential"] < arrived["functional"]
    for path in race.paths.values():
        np.testing.assert_allclose(path[0], [0.8, 0.6])
        assert path.shape == (701, 2)


def test_closed_form_is_the_answer():
    np.testing.assert_allclose(DescentRace().closed_form, lie.J, atol=1e-12)


def test_only_the_functional_descent_sees_the_function():
    distance, square = (DescentRace(function=name, step=60).paths for name in ("distance", "square"))
    np.testing.assert_array_equal(distance["differential"], square["differential"])
    assert np.abs(distance["functional"] - square["functional"]).max() > 0.01


def test_start_generator():
    np.testing.assert_allclose(DescentRace((0.5, -0.2)).start_generator, [[0.3, -1.0], [1.0, 0.7]])
    np.testing.assert_allclose(
        DescentRace((0.5, 1.0), plane="through").start_generator, [[0.5, -1], [1, -0.5]]
    )


def test_words_and_picture():
    race = DescentRace(step=120)
    words = repr(race)
    assert words.startswith("DescentRace: W = J + u I + v D, start u = 0.80, v = 0.60; f = −‖p‖,")
    assert f"below 1° after {race.steps_to['differential']} steps" in words
    assert "functional" in words
    assert "not yet below 1°" in words
    before = race.png(40)
    assert before.startswith(b"\x89PNG")
    race.plane = "through"
    assert race.png(40) != before


def test_traits_can_be_set_within_bounds():
    race = DescentRace(step=0)
    race.start = np.array([1, -1])
    assert race.start == [1.0, -1.0]
    race.step = STEPS
    assert race.step == STEPS
    assert race.settings["batch"] == BATCH


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"start": [2.0, 0.0]}, "every entry of start must be within ±1.1"),
        ({"start": [np.nan, 0.0]}, "start must be finite"),
        ({"start": [0.0, 0.0, 0.0]}, "start must have shape"),
        ({"function": "bump"}, "function must be one of"),
        ({"plane": "across"}, "plane must be one of"),
        ({"learning_rate": 1.0}, "learning_rate must be from 0.001 to 0.05, got 1.0"),
        ({"learning_rate": np.inf}, "learning_rate must be finite"),
        ({"step": STEPS + 1}, "step must be from 0 to 2000, got 2001"),
        ({"step": -1}, "step must be from 0 to 2000, got -1"),
        ({"seed": -1}, "seed must be a whole number"),
    ],
)
def test_bad_arguments(options, words):
    with pytest.raises(ValueError, match=words):
        DescentRace(**options)
