"""Symmetry algebras in closed form: exactness, verdicts and their errors, and what is refused."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import verdicts
from hgmrl_lite.discovery import affine_null_space, discover
from hgmrl_lite.lie import J, aff, principal_angles, so
from hgmrl_lite.tangents import local_regression


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
    assert found.exact
    if truth:
        assert angle_deg(found.generators, truth) < (2.5 if noise == 0.05 else 0.1)
        assert found.upper[len(truth) - 1] < found.tolerance
    assert found.lower[len(truth)] > found.tolerance
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
    again = affine_null_space(points, normals * rng.uniform(0.5, 2.0, size=(500, 1)))[1]
    assert angle_deg(again[:d], truth) < 1e-8


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
    assert np.linalg.norm(discover(points, values).centre - goal) < 2e-3
    fit = local_regression(points, values)
    generator = affine_null_space(fit.points, fit.normals, fit.weights)[1][0]
    assert np.linalg.norm(np.linalg.solve(generator[:2, :2], -generator[:2, 2]) - goal) < 5e-4


CLOUD = sample(200, seed=5)
BAD = CLOUD.copy()
BAD[0, 0] = np.inf


@pytest.mark.parametrize(
    ("points", "options", "message"),
    [
        (CLOUD, {"values": CLOUD}, "values must have shape"),
        (CLOUD, {"values": CLOUD[1:, 0]}, "values must have shape"),
        (CLOUD, {"values": np.full(200, np.nan)}, "values must be finite"),
        (CLOUD, {"values": np.full(200, 3.0)}, "values must vary"),
        (BAD, {"values": CLOUD[:, 0]}, "points must be finite"),
        (CLOUD[:, 0], {"values": CLOUD[:, 0]}, "points must have shape"),
        (CLOUD[:, :1], {"values": CLOUD[:, 0]}, "at least 2 coordinates"),
        (CLOUD[:5], {"values": CLOUD[:5, 0]}, "points must number at least 48"),
        (CLOUD, {"values": CLOUD[:, 0], "neighbours": 150}, "points must number at least 300"),
        (CLOUD, {"values": CLOUD[:, 0], "tolerance": 0.0}, "tolerance must lie between 0 and"),
        (CLOUD, {"values": CLOUD[:, 0], "tolerance": 0.8}, "tolerance must lie between 0 and"),
        (CLOUD[:20], {"values": CLOUD[:20, 0]}, "points must number at least"),
        (CLOUD[:, [0, 0]], {"values": CLOUD[:, 0]}, "points must spread over all 2 dimensions"),
        (np.ones((200, 2)), {"values": CLOUD[:, 0]}, "points must spread over all 2 dimensions"),
        (CLOUD, {"values": CLOUD[:, 0], "algebra": "conformal"}, "algebra must be one of"),
        (CLOUD, {"values": CLOUD[:, 0], "bootstrap": 10}, "bootstrap must be"),
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


def defect(function, points, generator):
    """Return the documented defect of a linear generator over points with unit second moment."""
    step = 1e-5
    gradients = np.stack(
        [(function(points + step * e) - function(points - step * e)) / (2 * step) for e in np.eye(2)], axis=1
    )
    field = points @ generator[:2, :2].T
    size, far = np.square(gradients).sum(axis=1), np.square(points).sum(axis=1)
    weights = np.minimum(1.0, np.median(size) / size) * np.minimum(1.0, np.median(far) / far)
    change = weights @ np.square((gradients * field).sum(axis=1))
    return math.sqrt(change / (weights @ (size * np.square(field).sum(axis=1))))


def test_the_defect_is_what_is_documented():
    # Exactly round data, so that the frame is the standard one.
    angles = np.random.default_rng(0).uniform(0.0, 2.0 * np.pi, 1500)
    radii = np.sqrt(np.random.default_rng(1).uniform(0.1, 3.0, 1500))
    points = np.concatenate(
        [
            radii[:, None] * np.stack([np.cos(a), np.sin(a)], axis=1)
            for a in angles + np.pi / 2 * np.arange(4)[:, None]
        ]
    )
    points = points / math.sqrt(np.square(points).mean())
    for depth in (0.02, 0.05, 0.1):

        def function(p, depth=depth):
            return np.hypot(*p.T) * (1.0 + depth * np.cos(3.0 * np.arctan2(p[:, 1], p[:, 0])))

        found = discover(points, function(points), algebra="linear")
        assert found.spectrum[0] == pytest.approx(defect(function, points, found.candidates[0]), rel=0.1)


@pytest.mark.parametrize(("seed", "number"), [(4, 4000), (5, 16_000), (8, 16_000)])
def test_strong_noise_claims_no_wrong_field(seed, number):
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1.0, 1.0, size=(number, 2))
    square = np.square(points).sum(axis=1)
    values = square - square**2 / 2
    noisy_values = values + 0.2 * math.sqrt(np.square(values).mean()) * rng.normal(size=number)
    found = discover(points, noisy_values, algebra="linear")
    assert found.verdict in ("symmetric", "undecided")
    if found.verdict == "symmetric":
        assert angle_deg(found.generators, [about(J, np.zeros(2))]) < 5.0


@pytest.mark.parametrize("step", [0.25, 0.5, 1.0])
def test_rounded_values_do_not_make_a_circle_asymmetric(step):
    points = np.random.default_rng(3).normal(size=(6000, 2))
    found = discover(points, np.round(np.hypot(*points.T) / step) * step)
    assert found.verdict != "none"
    # Most of the points, or none: no selected few.
    assert found.n_used > 600 or not np.isfinite(found.spectrum).any()


@pytest.mark.parametrize("seed", range(4))
def test_clusters_and_sectors_do_not_invent_fields(seed):
    rng = np.random.default_rng(seed)
    clouds = 0.35 * rng.normal(size=(4000, 2)) + rng.choice([-1.2, 1.2], size=4000)[:, None] * U
    ellipse, truth = PLANE["ellipse"]
    # Seen in two clouds, a second field has a true defect of 0.08: a stricter tolerance tells it apart.
    found = discover(clouds, noisy(ellipse, clouds, 0.01, seed), tolerance=0.05)
    assert (found.verdict, found.dimension) == ("symmetric", 1)
    assert angle_deg(found.generators, truth) < 2.0


def test_one_percent_of_wrong_values_are_left_out_and_counted():
    points = sample(4000)
    values = PLANE["bump"][0](points)
    wrong = np.random.default_rng(1).choice(4000, size=40, replace=False)
    values[wrong] += np.random.default_rng(2).choice([-3.0, 3.0], size=40)
    found = discover(points, values)
    assert (found.verdict, found.dimension) == ("symmetric", 1)
    assert angle_deg(found.generators, PLANE["bump"][1]) < 0.1
    (count,) = found.dropped.values()
    assert 38 <= count <= 60


def test_a_kink_is_no_outlier():
    points = sample(3000)
    assert sum(discover(points, PLANE["distance"][0](points)).dropped.values()) <= 6


def test_a_ripple_finer_than_the_resolution_is_not_seen_and_the_answer_says_so():
    points = sample(2000)
    radius, angle = np.hypot(*points.T), np.arctan2(points[:, 1], points[:, 0])
    found = discover(points, radius * (1.0 + 0.002 * np.cos(60.0 * angle)))
    # The true defect is 0.085, from bends of a tenth of the radius.
    assert 2.0 * np.pi / 60.0 < 2.0 * found.resolution < 2.0
    assert "finer bends are not seen" in repr(found)


def test_near_symmetry_depends_on_the_tolerance_that_is_stated():
    points = sample(4000)
    function = lambda p: np.hypot(*p.T) * (1.0 + 0.05 * np.cos(3.0 * np.arctan2(p[:, 1], p[:, 0])))  # noqa: E731
    values = function(points)
    best = discover(points, values).spectrum[0]
    assert 0.05 < best < 0.15
    assert discover(points, values, tolerance=1.5 * best).verdict == "symmetric"
    assert discover(points, values, tolerance=best / 1.5).verdict == "none"
    assert discover(points, values, tolerance=1.01 * best).verdict == "undecided"


def test_bounds_hold_the_estimate_and_the_verdict_follows_them():
    for case, (function, _) in PLANE.items():
        found = discover(sample(1500), noisy(function, sample(1500), 0.05))
        d = found.dimension
        assert (found.lower <= found.spectrum + 1e-12).all()
        assert (np.diff(found.upper) >= 0.0).all()
        if found.verdict == "symmetric":
            assert found.upper[d - 1] < found.tolerance, case
        if found.verdict == "none":
            assert found.lower[0] > found.tolerance, case


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
        spreads.append(found.angle_deg)
    ratio = math.sqrt(np.mean(np.square(errors)) / np.mean(np.square(spreads)))
    assert 0.35 < ratio < 1.6


def test_same_seed_same_answer():
    points = sample(800)
    values = noisy(PLANE["bump"][0], points, 0.03)
    one, two, other = (discover(points, values, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.upper, two.upper)
    np.testing.assert_array_equal(one.generators, two.generators)
    assert one.angle_deg == two.angle_deg != other.angle_deg
    assert one.verdict == other.verdict


def test_units_with_a_ratio_of_a_hundred_million():
    points = sample(1500)
    values = PLANE["bump"][0](points)
    here = discover(points, values)
    there = discover(points * [1e8, 1.0] + [3e8, -7.0], values)
    assert there.verdict == "symmetric"
    np.testing.assert_allclose(there.spectrum, here.spectrum, rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose((there.centre - [3e8, -7.0]) / [1e8, 1.0], here.centre, atol=1e-5)


@pytest.mark.parametrize("unit", [1e-310, 1e-200, 1e200, 1e300])
@pytest.mark.filterwarnings("error")
def test_tiny_and_huge_values_change_nothing(unit):
    points = sample(1000)
    values = np.hypot(*(points - C2).T)
    usual, found = discover(points, values), discover(points, unit * values)
    assert (found.verdict, found.dimension) == ("symmetric", 1)
    np.testing.assert_allclose(found.generators, usual.generators, atol=1e-6)


@pytest.mark.parametrize("times", [3, 6, 20])
def test_repeated_points_do_not_leave_the_answer_to_a_few(times):
    points = np.repeat(np.random.default_rng(0).normal(size=(1800 // times, 2)), times, axis=0)
    found = discover(points, np.hypot(*(points - C2).T))
    assert found.verdict == "undecided" or (found.verdict, found.dimension) == ("symmetric", 1)
    assert found.n_used > 600


def test_coinciding_points_are_no_evidence():
    points = np.concatenate([sample(1000), np.zeros((1100, 2))])
    found = discover(points, np.hypot(*(points - C2).T))
    assert found.verdict == "undecided"
    assert "neighbourhoods determine a gradient" in found.reason


def test_a_lattice_of_few_points_is_no_error():
    points = np.random.default_rng(0).integers(-5, 6, size=(3000, 2))
    for values in (np.square(points).sum(axis=1), np.hypot(*points.T)):
        assert discover(points, values).verdict != "none"


def test_no_more_points_are_compared_than_there_are():
    points = sample(100)
    found = discover(points, np.hypot(*(points - C2).T))
    assert found.n_used <= found.n_points == 100


def test_too_few_points_beside_the_outliers():
    points = sample(48, seed=1)
    values = np.square(points[:, 0]) + 0.1 * points[:, 1]
    values[7] += 100.0
    with pytest.raises(ValueError, match="at least 48, 24 in each half, beside those left out, got 48 with"):
        discover(points, values)


def test_the_reason_says_why_a_small_bound_is_no_claim():
    points = np.random.default_rng(3).normal(size=(6000, 2))
    found = discover(points, np.round(np.hypot(*points.T) / 0.75) * 0.75)
    assert found.verdict == "undecided"
    assert found.upper[0] < found.tolerance
    assert "neighbourhoods of other sizes do not confirm this" in found.reason


@pytest.mark.parametrize("seed", range(6))
def test_every_estimate_is_within_its_bounds(seed):
    points = sample(200, seed=seed)
    found = discover(points, np.hypot(*(points - C2).T) + 0.02 * np.random.default_rng(seed).normal(size=200))
    assert (found.lower <= found.spectrum).all()
    assert (found.spectrum <= found.upper).all()
    assert (found.spectrum <= 1.0).all()


def test_copies_are_undecided():
    copies = np.repeat(CLOUD[:10], 40, axis=0)
    found = discover(copies, np.repeat(CLOUD[:10, 0], 40))
    assert found.verdict == "undecided"
    assert "determine a gradient" in found.reason


def test_gradients_are_compared_once_at_each_point():
    points = sample(200)
    found = discover(points, PLANE["distance"][0](points))
    assert found.n_used <= found.n_points == 200


def test_result_tells_its_story():
    points = sample(1500)
    found = discover(points, PLANE["distance"][0](points))
    for text in ("verdict: symmetric", "dimension: 1 of 6", "centre", "W_1", "95 %", "resolution"):
        assert text in repr(found)
    assert "<table>" in found._repr_html_()
    nothing = discover(points, np.random.default_rng(0).normal(size=1500))
    assert "undecided" in repr(nothing)
    assert "dimension: a guess: " in repr(nothing)
    assert nothing._repr_html_().count("<table>") == 2
    # A rotation about the mean of round data has entries ±1.
    assert np.abs(found.generators[0, 0, 1]) == pytest.approx(1.0, abs=0.25)
    assert principal_angles(found.candidates, aff(2).basis).max() < 1e-6


@pytest.mark.parametrize("seed", [50, 59, 63])
def test_the_reported_fields_are_those_the_bound_is_for(seed):
    # Several near-symmetries: what fits the precise places best mixes them with what is none.
    rng = np.random.default_rng([seed, 16_000, 20, *b"smooth_3", *b"sector"])
    points = verdicts.draw_points("sector", 2, 16_000, rng)
    case = verdicts.make("smooth_3", points, rng)
    values = verdicts.spoil(case.function(points), "sector", 0.2, rng)
    found = discover(points, values)
    assert found.verdict == "symmetric"
    worst = verdicts.defects(case.function, points, "affine", found.generators)[-1]
    assert worst < found.tolerance


def test_more_samples_do_not_silence_coarsely_rounded_values():
    rng = np.random.default_rng(1)
    found = []
    for number in (4000, 40_000):
        points = rng.normal(size=(number, 2))
        x, y = points.T
        values = np.hypot(x, y) * (1.0 + 0.4 * np.cos(3.0 * np.arctan2(y, x)))
        step = 0.5 * values.std()
        found.append(discover(points, np.round(values / step) * step).verdict)
    assert found == ["none", "none"]
