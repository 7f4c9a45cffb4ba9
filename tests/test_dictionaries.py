"""Symmetries in a dictionary of vector fields: what is found, what only multiplies it, what is refused."""

import numpy as np
import pytest

from hgmrl_lite.discovery import Dictionary, discover, discover_in_dictionary


def sample(number=2500, n=2, seed=0):
    """Return N(0, I) points."""
    return np.random.default_rng(seed).normal(size=(number, n))


def valley(p):
    """Return a function of y − x³/3, constant along ∂x + x²∂y."""
    return np.tanh(p[:, 1] - p[:, 0] ** 3 / 3.0)


def noisy(values, noise, seed=1):
    """Return values with noise in units of their standard deviation."""
    return values + noise * values.std() * np.random.default_rng(seed).normal(size=len(values))


def shares(found, number):
    """Return the coefficients of a found field by name, the largest scaled to 1."""
    row = found.coefficients[number - 1]
    row = row / row[np.argmax(np.abs(row))]
    return dict(zip(found.dictionary.names, row, strict=True))


def test_polynomial_dictionary():
    dictionary = Dictionary.polynomial(2, 2)
    assert dictionary.names == (
        *("∂x", "∂y", "x∂x", "x∂y", "y∂x", "y∂y"),
        *("x²∂x", "x²∂y", "xy∂x", "xy∂y", "y²∂x", "y²∂y"),
    )
    velocities = dictionary([[2.0, 3.0]])
    assert velocities.shape == (1, 12, 2)
    np.testing.assert_array_equal(velocities[0, dictionary.names.index("xy∂y")], [0.0, 6.0])
    assert len(Dictionary.polynomial(3, 1)) == 12
    assert Dictionary.polynomial(5, 0).names[4] == "∂x5"


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_a_nonlinear_symmetry_and_its_multiples(noise):
    points = sample()
    values = noisy(valley(points), noise)
    assert discover(points, values).verdict == "none"
    found = discover_in_dictionary(points, values, Dictionary.polynomial(2, 3))
    assert found.verdict == "symmetric"
    # X = ∂x + x²∂y, xX and yX have degree 3 at most.
    assert found.relations == ("independent", "multiple of #1", "multiple of #1")
    assert (found.dimension, found.independent) == (3, 1)
    first = shares(found, 1)
    expected = {"∂x": 1.0, "x²∂y": 1.0}
    for name, share in first.items():
        assert share / first["∂x"] == pytest.approx(expected.get(name, 0.0), abs=0.03)
    assert all(first[name] == 0.0 for name in found.dictionary.names[8:])
    # Each field found is indeed a multiple of X = (1, x²) at points it was not found on.
    there = sample(500, seed=9)
    direction = np.stack([np.ones(500), there[:, 0] ** 2], axis=1)
    for number in (1, 2, 3):
        velocity = found.field(number)(there)
        cross = velocity[:, 0] * direction[:, 1] - velocity[:, 1] * direction[:, 0]
        size = np.linalg.norm(velocity, axis=1) * np.linalg.norm(direction, axis=1)
        assert np.sqrt(np.sum(cross**2) / np.sum(size**2)) < 0.1


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_function_of_one_coordinate(noise):
    points = sample()
    found = discover_in_dictionary(points, noisy(np.sin(points[:, 1]), noise), Dictionary.polynomial(2, 1))
    assert found.relations == ("independent", "multiple of #1", "multiple of #1")
    assert found.formula(1, tolerance=0.05) in ("+1 ∂x", "-1 ∂x")


def test_rotations_of_space_have_orbits_of_dimension_two():
    points = sample(n=3)
    found = discover_in_dictionary(points, normals=points, fields=Dictionary.polynomial(3, 1))
    assert found.relations == ("independent", "independent", "combination of #1, #2")
    assert found.spectrum[2] < 1e-6 < 0.5 < found.spectrum[3]


def test_affine_dictionary_agrees_with_the_affine_algebra():
    points = sample()
    values = noisy(-np.linalg.norm(points - [0.4, -0.3], axis=1), 0.02)
    affine, fields = (
        discover(points, values),
        discover_in_dictionary(points, values, Dictionary.polynomial(2)),
    )
    np.testing.assert_allclose(fields.spectrum[0], affine.spectrum[0], atol=1e-6)
    here = affine.generators[0, :2, :2] @ points[:5].T + affine.generators[0, :2, 2:]
    there = fields.field(1)(points[:5]).T
    cosine = np.sum(here * there) / np.linalg.norm(here) / np.linalg.norm(there)
    assert abs(cosine) > 1 - 1e-5


def test_own_fields():
    def turn(p):
        return np.stack([-p[:, 1], p[:, 0]], axis=1)

    def grow(p):
        return p

    points = sample(800)
    found = discover_in_dictionary(points, np.exp(-np.square(points).sum(axis=1)), [turn, grow])
    assert found.dictionary.names == ("turn", "grow")
    assert found.formula(1) == "+1 turn"
    unnamed = discover_in_dictionary(points, normals=points, fields=[lambda p: p, turn, lambda p: 2.0 * p**3])
    assert unnamed.dictionary.names == ("field 1", "field 2", "field 3")
    assert unnamed.formula(1) == "+1 field 2"


def test_none_and_undecided():
    points = sample()
    waves = np.sin(2 * points[:, 0]) + 0.5 * np.cos(3 * points[:, 1]) + 0.3 * points[:, 0] * points[:, 1]
    found = discover_in_dictionary(points, waves, Dictionary.polynomial(2, 2))
    assert (found.verdict, found.dimension, found.relations) == ("none", 0, ())
    drowned = discover_in_dictionary(points, noisy(waves, 20.0), Dictionary.polynomial(2, 2))
    assert drowned.verdict == "undecided"
    assert np.isnan(drowned.spectrum).all()


def test_result_tells_its_story():
    points = sample(800)
    found = discover_in_dictionary(points, normals=points - [0.5, 0.0], fields=Dictionary.polynomial(2, 1))
    assert "#1 = " in repr(found)
    assert "(independent)" in repr(found)
    assert "<table>" in found._repr_html_()
    with pytest.raises(ValueError, match="number must be one of the 1 fields"):
        found.field(2)


def constant(p):
    """Return ∂x everywhere."""
    return np.tile([1.0, 0.0], (len(p), 1))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ([], "fields must be one or more"),
        ([3], "fields must be callables, got int as field 1"),
        ([lambda p: p[:, 0]], "field 'field 1' at the points must have shape"),
        ([lambda p: p / 0.0], "field 'field 1' at the points must be finite"),
        ([lambda p: 0.0 * p], "fields must not vanish on the data, got 'field 1'"),
        ([lambda p: p, lambda p: p[:, ::-1], lambda p: 3.0 * p], "dependence among 'field 1', 'field 3'"),
        (
            [constant, lambda p: p, lambda p: p + constant(p), lambda p: p**3],
            "dependence among 'field 1', 'field 2', 'field 3'$",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_bad_dictionaries(fields, message):
    points = sample(100)
    with pytest.raises(ValueError, match=message):
        discover_in_dictionary(points, normals=points, fields=fields)


def test_names_and_fields_must_match():
    with pytest.raises(ValueError, match="1 fields and 2 names"):
        Dictionary(("a", "b"), (constant,))
