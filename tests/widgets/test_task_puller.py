"""TaskPuller in Python: its maps, its tests of them, its verdicts, its picture, and what it refuses."""

import numpy as np
import pytest
from standin import standin_agent

from hgmrl_lite import actions, envs, lie
from hgmrl_lite.widgets import TaskPuller
from hgmrl_lite.widgets.task_puller.findings import ACTIONS, BOUNDS, TIMES, mean_next_state, sample_arrays
from hgmrl_lite.widgets.task_puller.maps import BASE_GOAL, MAPS, REWARDS, TARGETS, task_map

SAMPLES = sample_arrays()
OTHER = np.random.default_rng(7).normal(size=(200, 2))


def matching(target, **options):
    """Return a widget whose map is the one that made the target."""
    kind, t, direction = TARGETS[target]
    return TaskPuller(kind=kind, t=t, direction=direction, target=target, **options)


@pytest.mark.parametrize("kind", ["rotation", "scaling", "shear", "translation"])
def test_a_family_is_a_one_parameter_group(kind):
    for s, t in [(0.3, -0.8), (0.0, 1.0), (0.25, 0.25)]:
        product = task_map(kind, s, 40.0) @ task_map(kind, t, 40.0)
        np.testing.assert_allclose(product.matrix, task_map(kind, s + t, 40.0).matrix, atol=1e-12)


def test_a_reflection_keeps_its_line_and_turns_the_rest_over():
    for angle in (-1.0, 0.0, 0.7, np.pi / 2):
        g = task_map("reflection", angle)
        along, across = lie.so2_exp(angle).T
        np.testing.assert_allclose(g(along), along, atol=1e-12)
        np.testing.assert_allclose(g(across), -across, atol=1e-12)


def test_a_shear_keeps_the_line_in_its_direction():
    g = task_map("shear", 1.3, 25.0)
    along, across = lie.so2_exp(np.radians(25.0)).T
    np.testing.assert_allclose(g(2.0 * along), 2.0 * along, atol=1e-12)
    np.testing.assert_allclose(g(across), across + 1.3 * along, atol=1e-12)


@pytest.mark.parametrize("name", list(REWARDS))
def test_rewards_have_their_top_at_the_base_goal_and_the_policy_climbs(name):
    reward = REWARDS[name]
    assert reward.value(BASE_GOAL) == 0.0
    assert reward.value(OTHER).max() < 0.0
    away = OTHER[np.linalg.norm(OTHER - BASE_GOAL, axis=1) > 0.05]
    np.testing.assert_allclose(
        reward.gradient(away), actions.numerical_gradient(reward.value, away), atol=1e-6
    )
    climbing = reward.policy(away)
    assert (np.einsum("ni,ni->n", climbing, reward.gradient(away)) > 0.0).all()
    assert np.linalg.norm(climbing, axis=1).max() <= 1.0 + 1e-12


@pytest.mark.parametrize("reward", list(REWARDS))
@pytest.mark.parametrize("target", list(TARGETS))
def test_the_map_that_made_a_target_fits_its_reward(reward, target):
    findings = matching(target, reward=reward).findings
    assert findings["aligned"].figure < 1e-4
    assert findings["rewards"].figure < 1e-9


@pytest.mark.parametrize(
    ("target", "action_set", "verdict"),
    [
        ("turned", "disc", "hereditary"),
        ("turned", "unbounded", "hereditary"),
        ("turned", "box", "no symmetry"),
        ("mirrored", "disc", "not connected"),
        ("scaled", "disc", "no symmetry"),
        # Without bounds the mean is equivariant; the noise is not carried to itself.
        ("scaled", "unbounded", "no symmetry"),
        ("sheared", "disc", "no symmetry"),
        ("shifted", "disc", "starts lost"),
        ("shifted", "box", "starts lost"),
    ],
)
@pytest.mark.parametrize("reward", list(REWARDS))
def test_each_target_fails_where_it_should(reward, target, action_set, verdict):
    assert matching(target, reward=reward, action_set=action_set).verdict == verdict


def test_only_the_valley_tells_a_mirror_from_a_turn():
    kind, t, direction = TARGETS["mirrored"]
    mirror = {"kind": kind, "t": t, "direction": direction, "target": "turned"}
    assert TaskPuller("round goal", **mirror).verdict == "not connected"
    found = TaskPuller("bent valley", **mirror)
    assert found.verdict == "no map"
    assert found.findings["aligned"].figure > 20.0


def test_a_scaling_aligns_round_goals_whose_rewards_differ():
    kind, t, direction = TARGETS["scaled"]
    scaling = {"kind": kind, "t": t, "direction": direction, "target": "shifted"}
    assert TaskPuller("round goal", **scaling).verdict == "level sets only"
    assert TaskPuller("bent valley", **scaling).verdict == "no map"


def test_the_reward_finding_is_the_package_s_functional_test():
    puller = TaskPuller("bent valley", kind="shear", t=0.4, direction=-30.0, target="scaled")
    base = REWARDS["bent valley"].value
    moved = puller.target_element.on_function(base)(puller.element(SAMPLES["points"]))
    values = base(SAMPLES["points"])
    expected = np.sqrt(np.mean((moved - values) ** 2)) / values.std()
    assert puller.findings["rewards"].figure == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("kind", list(MAPS))
@pytest.mark.parametrize("action_set", ACTIONS)
def test_the_system_finding_is_the_package_s_equivariance_residual(kind, action_set):
    puller = TaskPuller(kind=kind, t=0.5, direction=65.0, action_set=action_set)
    g, linear = puller.element, puller.element.matrix[:2, :2]
    # State and action together, and the step that is made.
    both = actions.AffineAction(np.eye(5))
    both.matrix[:2, :2] = both.matrix[2:4, 2:4] = linear
    both.matrix[:2, 4] = g.matrix[:2, 2]

    def step(pairs):
        return mean_next_state(pairs[:, :2], pairs[:, 2:], action_set) - pairs[:, :2]

    pairs = np.hstack([SAMPLES["states"], SAMPLES["actions"]])
    expected = actions.equivariance_residual(step, both, actions.LinearAction(linear), pairs)
    assert puller.findings["system"].figure == pytest.approx(expected, abs=1e-12)


def test_the_system_is_the_package_s_navigation():
    for action_set in ("disc", "box"):
        ours = mean_next_state(SAMPLES["states"], SAMPLES["actions"], action_set)
        theirs = envs.Navigation(action_set).mean_next_state(SAMPLES["states"], SAMPLES["actions"])
        np.testing.assert_allclose(ours, theirs, atol=1e-15)


@pytest.mark.parametrize("kind", list(MAPS))
def test_the_start_finding_is_the_distance_between_samples_that_are_paired_best(kind):
    """Between a Gaussian and its image under a symmetric positive map, the map itself is the best pairing."""
    puller = TaskPuller(kind=kind, t=0.4, direction=10.0)
    matrix = puller.element.matrix
    left, stretch, _ = np.linalg.svd(matrix[:2, :2])
    starts = envs.NOISE * np.random.default_rng(3).normal(size=(200_000, 2))
    # The same image law by the symmetric factor of the polar decomposition.
    paired = starts @ (left * stretch @ left.T) + matrix[:2, 2]
    apart = np.sqrt(np.square(paired - starts).sum(axis=1).mean())
    size = envs.NOISE * np.sqrt(2.0)
    assert puller.findings["starts"].figure == pytest.approx(apart / size, abs=0.02)


def test_only_bounded_families_stay_bounded():
    for kind, values in MAPS.items():
        g = task_map(kind, 0.5, 70.0)
        point = np.array(BASE_GOAL)
        for _ in range(10 * TIMES):
            point = g(point)
        assert (np.linalg.norm(point) < 2.0) == values["compact"], kind


def test_the_carried_policy_is_that_of_the_actions():
    puller = TaskPuller("bent valley", kind="reflection", t=0.3)
    g = puller.element
    policy = REWARDS["bent valley"].policy
    np.testing.assert_allclose(
        puller.carried_policy(g(OTHER)), g.push_tangent(OTHER, policy(OTHER)), atol=1e-12
    )


def test_words_and_picture_follow_the_state():
    puller = TaskPuller()
    said, drawn = repr(puller), puller.png()
    assert said.startswith("TaskPuller: round goal, base task turned by 34.4°, target turned")
    assert "the level sets do not fit" in said
    puller.t = TARGETS["turned"][1]
    assert "Everything fits" in repr(puller)
    assert puller.png() != drawn
    assert len(drawn) < 200_000
    for kind, words in [("reflection", "mirrored in the line at"), ("scaling", "scaled by"),
                        ("shear", "sheared by"), ("translation", "moved by")]:  # fmt: skip
        puller.kind = kind
        assert words in repr(puller)


@pytest.mark.parametrize(("show", "name"), [("base", "base reward"), ("policy", "carried policy")])
def test_the_picture_shows_what_is_chosen(show, name):
    def names(chosen):
        return {text.get_text() for text in TaskPuller(show=chosen).figure().legends[0].get_texts()}

    assert name in names([show])
    assert name not in names([])


def test_a_new_kind_brings_t_into_its_range():
    puller = TaskPuller("round goal", kind="rotation", t=3.0)
    puller.kind = "scaling"
    assert puller.t == MAPS["scaling"]["limit"]
    puller.set_state({"kind": "translation", "t": 2.5})
    assert (puller.kind, puller.t) == ("translation", 2.5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "glide"}, "kind must be one of rotation, reflection, scaling, shear, translation, got 'gl"),
        ({"reward": "hill"}, "reward must be one of round goal, bent valley, got 'hill'"),
        ({"target": "lost"}, "target must be one of turned, .*, got 'lost'"),
        ({"action_set": "ball"}, "action_set must be one of disc, box, unbounded, got 'ball'"),
        ({"t": 4.0}, r"t must be within ±3.142 for the kind rotation, got 4.0"),
        ({"t": np.nan}, "t must be finite"),
        ({"direction": "north"}, "direction must be an array of real numbers"),
        ({"show": "base"}, r"show must be a list of base, policy, got 'base'"),
        ({"show": ["all"]}, r"show must be a list of base, policy, got \['all'\]"),
    ],
)
def test_bad_input_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        TaskPuller(**options)


def test_an_unknown_kind_has_no_map():
    with pytest.raises(ValueError, match="kind must be one of rotation"):
        task_map("glide", 0.3)


def test_the_same_word_has_the_same_bound_as_in_the_report_on_a_geometry():
    report = standin_agent().geometry.report
    words = {"aligned": "aligned", "rewards": "same rewards", "system": "inherited", "starts": "start law"}
    # The report's measure of "aligned" is a sine.
    ours = {**BOUNDS, "aligned": np.sin(np.radians(BOUNDS["aligned"]))}
    assert {name: ours[name] for name in words} == pytest.approx(
        {name: report[word].bound for name, word in words.items()}
    )
