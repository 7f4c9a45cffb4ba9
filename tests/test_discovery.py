"""Symmetry algebras in closed form: exactness, the dimension rule, confidence, and what is refused."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hgmrl_lite.discovery import CLEAR, NEARLY, affine_null_space, discover, discover_batches
from hgmrl_lite.lie import J, aff, principal_angles, so
from hgmrl_lite.tangents import local_pca, local_regression


def about(linear, centre):
    """Return the homogeneous generator with this linear part that fixes the centre."""
    n = len(centre)
    generator = np.zeros((n + 1, n + 1))
    generator[:n, :n], generator[:n, n] = linear, -linear @ centre
    return generator


def angle_deg(found, truth):
    """Return the largest principal angle between two algebras, in degrees."""
    return float(np.degrees(principal_angles(found, truth).max()))


def sample(number, n=2, seed=0, spread=1.0):
    """Return N(0, spread² I) points."""
    return spread * np.random.default_rng(seed).normal(size=(number, n))


C2, C3 = np.array([0.4, -0.3]), np.array([0.2, 0.5, -0.4])
SQUEEZE = np.array([[1.0, 0.2], [0.2, 0.6]])
U, V = np.array([0.6, 0.8]), np.array([-0.8, 0.6])
SHIFT = np.zeros((3, 3))
SHIFT[:2, 2] = V

#: Name: function, its symmetry algebra.
PLANE = {
    "distance": (lambda p: -np.linalg.norm(p - C2, axis=1), [about(J, C2)]),
    "bump": (lambda p: np.exp(-0.5 * np.square(p - C2).sum(axis=1)), [about(J, C2)]),
    "ellipse": (
        lambda p: -np.linalg.norm((p - C2) @ np.linalg.inv(SQUEEZE), axis=1),
        [about(SQUEEZE @ J @ np.linalg.inv(SQUEEZE), C2)],
    ),
    "hyperbolic": (lambda p: (p - C2).prod(axis=1), [about(np.diag([1.0, -1.0]), C2)]),
    "scaling": (lambda p: p @ U / np.linalg.norm(p, axis=1), [about(np.eye(2), np.zeros(2))]),
    "coordinate": (
        lambda p: np.sin(p @ U),
        [SHIFT, about(np.outer(V, U), np.zeros(2)), about(np.outer(V, V), np.zeros(2))],
    ),
    "none": (lambda p: np.sin(2 * p[:, 0]) + 0.5 * np.cos(3 * p[:, 1]) + 0.3 * p[:, 0] * p[:, 1], []),
    "nearly": (lambda p: -np.power(np.power(p, 4).sum(axis=1), 0.25), []),
}


def noisy(function, points, noise, seed=1):
    """Return values with noise in units of their standard deviation."""
    values = function(points)
    return values + noise * values.std() * np.random.default_rng(seed).normal(size=len(values))


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize("case", PLANE)
def test_dimension_verdict_and_angle_in_the_plane(case, noise):
    function, truth = PLANE[case]
    points = sample(3000)
    found = discover(points, noisy(function, points, noise))
    assert found.verdict == ("symmetric" if truth else "none")
    assert found.dimension == len(truth) == len(found.generators)
    if truth:
        assert angle_deg(found.generators, truth) < (1.0 if noise == 0.05 else 0.5)
        assert found.spectrum[len(truth) - 1] < NEARLY
    assert found.spectrum[len(truth)] > CLEAR
    centre = {"coordinate": None, "none": None, "nearly": None, "scaling": np.zeros(2)}.get(case, C2)
    if centre is None:
        assert found.centre is None
    else:
        np.testing.assert_allclose(found.centre, centre, atol=0.03)


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_rotations_about_a_centre_in_space(noise):
    points = sample(4000, 3)
    found = discover(points, noisy(lambda p: -np.linalg.norm(p - C3, axis=1), points, noise))
    truth = [about(generator, C3) for generator in so(3).basis]
    assert (found.verdict, found.dimension) == ("symmetric", 3)
    assert angle_deg(found.generators, truth) < 1.0
    np.testing.assert_allclose(found.centre, C3, atol=0.03)


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_two_planes(noise):
    points = sample(5000, 4, spread=0.5)
    found = discover(
        points, noisy(lambda p: np.hypot(*p[:, :2].T) + np.hypot(*p[:, 2:].T) ** 4, points, noise)
    )
    truth = [about(np.kron(np.diag(which), J), np.zeros(4)) for which in ([1.0, 0.0], [0.0, 1.0])]
    assert (found.verdict, found.dimension) == ("symmetric", 2)
    assert angle_deg(found.generators, truth) < 2.0


@pytest.mark.parametrize("n", [2, 3, 4])
def test_exact_normals_give_the_exact_algebra(n):
    rng = np.random.default_rng(n)
    points = 3.0 + sample(500, n)
    root = np.eye(n) + 0.3 * rng.normal(size=(n, n))
    centre = 3.0 + 0.5 * rng.normal(size=n)
    # f = ‖R(p − c)‖²: rotations, conjugated by R and moved to c.
    normals = (points - centre) @ root.T @ root
    truth = [about(np.linalg.solve(root, w @ root), centre) for w in so(n).basis]
    scores, candidates = affine_null_space(points, normals)
    d = n * (n - 1) // 2
    assert len(scores) == len(candidates) == n * (n + 1)
    assert scores[d - 1] < 1e-13
    assert scores[d] > 0.05
    assert (np.diff(scores) >= 0).all()
    assert angle_deg(candidates[:d], truth) < 1e-8
    found = discover(points, normals=normals * rng.uniform(-2, 2, size=(500, 1)))
    assert found.dimension == d
    assert angle_deg(found.generators, truth) < 1e-8
    np.testing.assert_allclose(found.centre, centre, atol=1e-8)
    assert found.noise_floor == 0.0


@pytest.mark.parametrize(("product", "dimension"), [("form", 6), ("product", 3), ("fourth", 2)])
def test_known_dimensions_on_two_planes(product, dimension):
    points = sample(3000, 4)
    one, two = points * [1, 1, 0, 0], points * [0, 0, 1, 1]
    first, second = np.linalg.norm(one, axis=1)[:, None], np.linalg.norm(two, axis=1)[:, None]
    normals = {
        "form": one + 3.0 * two,
        "product": one / first * second + two / second * first,
        "fourth": one / first + 4.0 * two * second**2,
    }[product]
    scores, _ = affine_null_space(points, normals)
    assert scores[dimension - 1] < 1e-12
    assert scores[dimension] > 0.1


def test_chunks_and_weights_of_the_null_space():
    points = sample(300)
    normals = np.random.default_rng(3).normal(size=(300, 2))
    scores, generators = affine_null_space(points, normals)
    for chunk in (1, 7, 300, 10**6):
        again, same = affine_null_space(points, normals, chunk=chunk)
        np.testing.assert_allclose(again, scores, rtol=1e-10)
        assert angle_deg(same[:1], generators[:1]) < 1e-6
    # Twice the weight is twice the row.
    weights = np.random.default_rng(4).integers(1, 4, size=300)
    weighted, _ = affine_null_space(points - points.mean(axis=0), normals, weights, algebra="linear")
    repeated = np.repeat(np.arange(300), weights)
    frame = np.linalg.cholesky(np.cov(points.T, bias=True))
    # The frame counts every point once, so repeat the rows of the same frame by hand.
    q = np.linalg.solve(frame, (points - points.mean(axis=0)).T).T[repeated]
    g = (normals @ frame)[repeated]
    rows = ((g / np.linalg.norm(g, axis=1)[:, None])[:, :, None] * q[:, None, :]).reshape(len(q), -1)
    singular = np.linalg.svd(rows, compute_uv=False)[::-1] * math.sqrt(2 / len(q))
    np.testing.assert_allclose(weighted, singular, rtol=1e-10)


def test_weights_silence_wrong_normals():
    points = sample(400)
    normals = points - C2
    normals[::4] = np.random.default_rng(0).normal(size=(100, 2))
    weights = np.ones(400)
    weights[::4] = 0.0
    scores, generators = affine_null_space(points, normals, weights)
    assert scores[0] < 1e-12
    assert angle_deg(generators[:1], [about(J, C2)]) < 1e-8


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000))
def test_scores_do_not_depend_on_the_coordinates(seed):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(200, 2)) @ rng.normal(size=(2, 2)) + rng.normal(size=2)
    normals = rng.normal(size=(200, 2))
    change = np.eye(2) + 0.5 * rng.uniform(-1, 1, size=(2, 2))
    shift = 10.0 * rng.normal(size=2)
    scores, generators = affine_null_space(points, normals)
    moved, carried = affine_null_space(points @ change.T + shift, normals @ np.linalg.inv(change))
    np.testing.assert_allclose(moved, scores, rtol=1e-7)
    # A random direction scores 1.
    assert np.mean(np.square(scores)) == pytest.approx(1.0, rel=1e-9)
    map_ = about(change, np.zeros(2))
    map_[:2, 2], map_[2, 2] = shift, 1.0
    conjugated = map_ @ generators[:1] @ np.linalg.inv(map_)
    np.testing.assert_allclose(
        carried[0] * np.sign(np.sum(carried[0] * conjugated[0])), conjugated[0], rtol=1e-5, atol=1e-6
    )


def test_values_in_other_coordinates_and_units():
    points = sample(1500)
    values = PLANE["ellipse"][0](points) + 0.02 * np.random.default_rng(0).normal(size=1500)
    change, shift = np.array([[30.0, 7.0], [-2.0, 0.5]]), np.array([100.0, -20.0])
    here, there = discover(points, values), discover(points @ change.T + shift, 1e3 * values + 5e4)
    np.testing.assert_allclose(there.spectrum, here.spectrum, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(there.centre, change @ here.centre + shift, rtol=1e-5)
    assert there.verdict == here.verdict == "symmetric"


def test_linear_algebra_keeps_the_origin():
    points = sample(1500)
    found = discover(points, np.exp(-np.square(points).sum(axis=1)), algebra="linear")
    assert found.spectrum.shape == (4,)
    assert (found.verdict, found.dimension) == ("symmetric", 1)
    assert angle_deg(found.generators, [about(J, np.zeros(2))]) < 0.1
    np.testing.assert_allclose(found.centre, 0.0, atol=1e-12)
    # About another point there is no linear symmetry.
    assert discover(points, PLANE["distance"][0](points), algebra="linear").verdict == "none"


def test_centre_outside_most_of_the_data():
    # Random walks around the origin, and a goal on the unit circle.
    rng = np.random.default_rng(2)
    steps = np.clip(0.1 * rng.normal(size=(50, 100, 2)), -0.1, 0.1)
    points = np.cumsum(steps, axis=1).reshape(-1, 2) + 0.05 * rng.normal(size=(5000, 2))
    goal = np.array([np.cos(1.0), np.sin(1.0)])
    values = -np.linalg.norm(points - goal, axis=1)
    assert np.linalg.norm(discover(points, values).centre - goal) < 1e-4
    fit = local_regression(points, values)
    generator = affine_null_space(fit.points, fit.normals, fit.weights)[1][0]
    assert np.linalg.norm(np.linalg.solve(generator[:2, :2], -generator[:2, 2]) - goal) < 5e-4


def test_between_the_bounds_is_undecided():
    # (|x|^p + |y|^p)^(1/p) is round at p = 2; exact normals put its best score between the bounds at 2.45.
    points, power = sample(4000), 2.45
    function = lambda p: -np.power(np.power(np.abs(p), power).sum(axis=1), 1.0 / power)  # noqa: E731
    normals = np.sign(points) * np.abs(points) ** (power - 1.0)
    exact = affine_null_space(points, normals)[0][0]
    assert NEARLY < exact < CLEAR
    found = discover(points, function(points))
    assert found.verdict == "undecided"
    assert "neither" in found.reason
    assert found.spectrum[0] == pytest.approx(exact, abs=0.01)


@pytest.mark.parametrize(("number", "noise"), [(300, 0.6), (2000, 5.0), (120, 0.3)])
def test_drowned_in_noise_is_undecided(number, noise):
    points = sample(number)
    assert discover(points, noisy(PLANE["bump"][0], points, noise)).verdict == "undecided"


def test_spread_matches_the_error():
    errors, spreads = [], []
    for seed in range(8):
        points = sample(1500, seed=seed)
        found = discover(points, noisy(PLANE["distance"][0], points, 0.03, seed=seed + 100))
        errors.append(angle_deg(found.generators, PLANE["distance"][1]))
        spreads.append(found.confidence.angle_deg)
    ratio = math.sqrt(np.mean(np.square(errors)) / np.mean(np.square(spreads)))
    assert 0.35 < ratio < 1.6


def test_resampling_is_seeded():
    points = sample(800)
    values = noisy(PLANE["bump"][0], points, 0.03)
    one, two, other = (discover(points, values, seed=seed) for seed in (0, 0, 1))
    assert one.confidence.angle_deg == two.confidence.angle_deg != other.confidence.angle_deg
    np.testing.assert_array_equal(one.spectrum, other.spectrum)
    np.testing.assert_array_equal(one.generators, other.generators)


def test_chunked_equals_whole():
    points = sample(1000)
    values = noisy(PLANE["bump"][0], points, 0.02)
    whole, parts = discover(points, values), discover(points, values, chunk=150)
    np.testing.assert_allclose(parts.spectrum, whole.spectrum, rtol=1e-9, atol=1e-9)
    assert parts.n_used == whole.n_used
    assert angle_deg(parts.generators, whole.generators) < 0.05


def test_batches():
    points = sample(6000)
    values = noisy(PLANE["bump"][0], points, 0.02)
    one = discover_batches([(points[:2000], values[:2000])])
    same = discover(points[:2000], values[:2000])
    np.testing.assert_allclose(one.spectrum, same.spectrum, rtol=1e-9, atol=1e-9)
    drawn = []

    def stream():
        for start in range(0, 6000, 2000):
            drawn.append(start)
            yield points[start : start + 2000], values[start : start + 2000]

    three = discover_batches(stream())
    assert drawn == [0, 2000, 4000]
    assert (three.verdict, three.dimension, three.n_points) == ("symmetric", 1, 6000)
    assert three.n_used > 2.5 * one.n_used
    assert angle_deg(three.generators, PLANE["bump"][1]) < 0.5
    assert three.confidence.angle_deg < one.confidence.angle_deg


def test_any_estimator_of_normals_will_do():
    points = sample(4000)
    values = PLANE["distance"][0](points)
    for normals in (local_pca(points, values), local_regression(points, values, standard_errors=False)):
        found = discover(points, normals=normals)
        assert found.n_points == 4000
        assert found.dimension == 1
        assert angle_deg(found.generators, PLANE["distance"][1]) < 3.0


def test_result_tells_its_story():
    points = sample(1500)
    found = discover(points, PLANE["distance"][0](points))
    for text in ("verdict: symmetric", "dimension: 1 of 6", "centre", "W_1", "resamples"):
        assert text in repr(found)
    assert "<table>" in found._repr_html_()
    nothing = discover(points, np.random.default_rng(0).normal(size=1500))
    assert "undecided" in repr(nothing)
    assert nothing._repr_html_().count("<table>") == 2
    # A rotation about the mean of round data has entries ±1.
    assert np.abs(found.generators[0, 0, 1]) == pytest.approx(1.0, abs=0.25)
    assert principal_angles(found.candidates, aff(2).basis).max() < 1e-6


CLOUD = sample(200, seed=5)
BAD = CLOUD.copy()
BAD[0, 0] = np.inf


@pytest.mark.parametrize(
    ("points", "options", "message"),
    [
        (CLOUD, {}, "values or normals must be given"),
        (CLOUD, {"values": CLOUD[:, 0], "normals": CLOUD}, "values or normals must be given"),
        (CLOUD, {"values": CLOUD}, "values must have shape"),
        (CLOUD, {"values": CLOUD[1:, 0]}, "values must have shape"),
        (CLOUD, {"values": np.full(200, np.nan)}, "values must be finite"),
        (CLOUD, {"values": np.full(200, 3.0)}, "values must vary"),
        (BAD, {"values": CLOUD[:, 0]}, "points must be finite"),
        (CLOUD[:, 0], {"values": CLOUD[:, 0]}, "points must have shape"),
        (CLOUD[:, :1], {"values": CLOUD[:, 0]}, "at least 2 coordinates"),
        (CLOUD[:5], {"values": CLOUD[:5, 0]}, "points must number at least 6"),
        (CLOUD[:20], {"values": CLOUD[:20, 0]}, "points must number at least"),
        (CLOUD[:, [0, 0]], {"values": CLOUD[:, 0]}, "points must spread over all 2 dimensions"),
        (np.ones((200, 2)), {"values": CLOUD[:, 0]}, "points must spread over all 2 dimensions"),
        (CLOUD, {"normals": CLOUD[1:]}, "normals must have shape"),
        (CLOUD, {"normals": np.where(np.arange(200)[:, None] == 7, 0.0, CLOUD)}, "zero at row 7"),
        (CLOUD, {"values": CLOUD[:, 0], "algebra": "conformal"}, "algebra must be one of"),
        (CLOUD, {"values": CLOUD[:, 0], "bootstrap": 1}, "bootstrap must be"),
        (CLOUD, {"values": CLOUD[:, 0], "chunk": 0}, "chunk must be"),
        (CLOUD, {"values": CLOUD[:, 0], "degree": 5}, "degree must be"),
    ],
)
def test_bad_input(points, options, message):
    with pytest.raises(ValueError, match=message):
        discover(points, **options)


@pytest.mark.parametrize(
    ("points", "normals", "weights", "message"),
    [
        (CLOUD[:5], CLOUD[:5], None, "points must number at least 6"),
        (CLOUD, CLOUD[:-1], None, "normals must have shape"),
        (CLOUD, 0.0 * CLOUD, None, "normals must not be zero"),
        (CLOUD, CLOUD, np.ones(3), "weights must have shape"),
        (CLOUD, CLOUD, -np.ones(200), "weights must be non-negative"),
        (CLOUD, CLOUD, np.zeros(200), "weights must be non-negative and not all zero"),
    ],
)
def test_bad_input_to_the_null_space(points, normals, weights, message):
    with pytest.raises(ValueError, match=message):
        affine_null_space(points, normals, weights)


def test_bad_batches():
    with pytest.raises(ValueError, match="at least one pair"):
        discover_batches([])
    with pytest.raises(ValueError, match="points of batch 1 must have shape"):
        discover_batches([(CLOUD, CLOUD[:, 0]), (sample(50, 3), np.zeros(50))])


def test_copies_are_undecided():
    copies = np.repeat(CLOUD[:10], 40, axis=0)
    found = discover(copies, np.repeat(CLOUD[:10, 0], 40))
    assert found.verdict == "undecided"
    assert "neighbours coincide" in found.reason
