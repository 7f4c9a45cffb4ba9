"""DescentRace without a browser: its state, its numbers against the package's descent, its picture."""

import numpy as np
import pytest
import torch

from hgmrl_lite import descent, lie
from hgmrl_lite.descent.losses import mean_length
from hgmrl_lite.widgets import DescentRace
from hgmrl_lite.widgets.descent_race import BATCH, FUNCTIONS, SLICES, STEPS

POWERS = {"distance": 0.5, "square": 1.0}
PLACES = np.random.default_rng(2).uniform(-1.0, 1.0, (6, 2))


def package_loss(race, name, places):
    """Return the package's own loss at places (R, 2), as tensors, on the first batch of samples."""
    points, _, times = (part[:BATCH] for part in race.samples)
    if name == "differential":
        loss = descent.Differential(points, points)
    else:
        loss = descent.Functional(points, lambda p: -((p**2).sum(-1) ** POWERS[race.function]))
    plane = SLICES[race.plane]
    origin, axes = (torch.tensor(plane[part], dtype=torch.float64) for part in ("origin", "axes"))
    weights = (origin + places @ axes).reshape(-1, 2, 2)
    index = torch.arange(BATCH).expand(len(weights), -1)
    return mean_length(loss.residuals(weights, index, torch.from_numpy(times)[index]))


@pytest.mark.parametrize("name", ["differential", "functional"])
@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("plane", SLICES)
def test_the_loss_is_that_of_the_package(plane, function, name):
    race = DescentRace(plane=plane, function=function)
    want = package_loss(race, name, torch.from_numpy(PLACES))
    np.testing.assert_allclose(race.losses(name, PLACES), want, rtol=1e-9)


@pytest.mark.parametrize("name", ["differential", "functional"])
@pytest.mark.parametrize("plane", SLICES)
def test_adam_is_torch_s_adam_on_the_gradient_of_the_package_s_loss(plane, name):
    race = DescentRace((0.5, -0.4), plane=plane, learning_rate=0.02, step=25)
    # Windows of the first batch only: every step sees the same samples, as torch does here.
    race.samples = tuple(np.tile(part[:BATCH].T, 64).T for part in race.samples)
    place = torch.tensor([race.start], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.Adam([place], lr=0.02)
    want = [place.detach().numpy()[0].copy()]
    for _ in range(25):
        optimiser.zero_grad()
        package_loss(race, name, place).sum().backward()
        optimiser.step()
        want.append(place.detach().numpy()[0].copy())
    np.testing.assert_allclose(race.paths[name], want, atol=1e-5)


@pytest.mark.parametrize("plane", SLICES)
def test_angle_to_j(plane):
    race = DescentRace(plane=plane)
    want = [np.degrees(lie.principal_angles(w[None], lie.J[None])[0]) for w in race.generators(PLACES)]
    np.testing.assert_allclose(race.degrees(PLACES), want, atol=1e-6)
    assert DescentRace(plane="through").degrees(np.zeros(2)) == 90.0


def test_differential_arrives_first():
    paths = DescentRace((0.8, 0.6), step=700).paths
    arrived = {name: np.argmax(DescentRace().degrees(path) < 1.0) for name, path in paths.items()}
    assert 0 < arrived["differential"] < arrived["functional"]
    for path in paths.values():
        np.testing.assert_allclose(path[0], [0.8, 0.6])
        assert path.shape == (701, 2)


def test_closed_form_is_the_answer():
    np.testing.assert_allclose(DescentRace().closed_form, lie.J, atol=1e-12)


def test_only_the_functional_descent_sees_the_function():
    distance, square = (DescentRace(function=name, step=60).paths for name in ("distance", "square"))
    np.testing.assert_array_equal(distance["differential"], square["differential"])
    assert np.abs(distance["functional"] - square["functional"]).max() > 0.01


@pytest.mark.parametrize(
    ("plane", "place", "generator"),
    [("around", (0.5, -0.2), [[0.3, -1.0], [1.0, 0.7]]), ("through", (0.5, 1.0), [[0.5, -1], [1, -0.5]])],
)
def test_generators_of_a_slice(plane, place, generator):
    np.testing.assert_allclose(DescentRace(plane=plane).generators(np.array(place)), generator)


def test_words_and_picture():
    race = DescentRace(step=120)
    words = repr(race)
    assert words.startswith("DescentRace: W = J + u I + v D, start u = 0.80, v = 0.60; f = −‖p‖,")
    arrived = np.argmax(race.degrees(race.paths["differential"]) < 1.0)
    assert f"differential 0.1° from J, below 1° after {arrived} steps" in words
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
