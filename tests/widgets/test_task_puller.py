"""TaskPuller in Python: its maps, its tasks, its picture, and what it refuses."""

import numpy as np
import pytest
from standin import standin_agent

from hgmrl_lite import actions, lie
from hgmrl_lite.widgets import TaskPuller
from hgmrl_lite.widgets.task_puller.tasks import BASE_GOAL, BOUNDS, MAPS, REWARDS, TARGETS, TIMES, task_map

OTHER = np.random.default_rng(7).normal(size=(200, 2))


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
    assert reward.value(np.array(BASE_GOAL)) == 0.0
    assert reward.value(OTHER).max() < 0.0
    away = OTHER[np.linalg.norm(OTHER - BASE_GOAL, axis=1) > 0.05]
    climbing = reward.policy(away)
    assert (np.einsum("ni,ni->n", climbing, actions.numerical_gradient(reward.value, away)) > 0.0).all()
    assert np.linalg.norm(climbing, axis=1).max() <= 1.0 + 1e-12


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
    assert said.endswith("target turned, actions disc")
    puller.t = TARGETS["turned"][1]
    assert "turned by 110.0°" in repr(puller)
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
