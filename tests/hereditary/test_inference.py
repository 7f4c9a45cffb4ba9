"""Test-time inference from a few transitions: right element, no antipode, and honest when it cannot tell."""

import json

import numpy as np
import pytest
from exploring import explore
from hypothesis import given, settings
from hypothesis import strategies as st

from hgmrl_lite import lie
from hgmrl_lite.envs import circle_tasks, sample_transitions
from hgmrl_lite.hereditary import RewardModel, infer
from hgmrl_lite.hereditary.evidence import student
from hgmrl_lite.hereditary.inference import settings_of_inference
from hgmrl_lite.transitions import Transitions

J = np.array([[0.0, -1.0], [1.0, 0.0]])
ORIGIN = np.array([1.0, 0.0, 0.0])


def fitted(task):
    return RewardModel.fit(task.next_states, task.rewards)


@pytest.fixture(scope="module")
def model():
    return fitted(explore(circle_tasks(1)[0], 5000, seed=3))


def wrapped_error_deg(theta, truth):
    return np.degrees(abs((theta - truth + np.pi) % (2 * np.pi) - np.pi))


def turned(context, left):
    """Return the same experience in a world that has been moved by a matrix."""
    return Transitions(
        context.states @ left.T, context.actions, context.rewards, context.next_states @ left.T
    )


@pytest.mark.parametrize("method", ["functional", "differential", "both"])
def test_twenty_transitions_give_the_angle_and_never_the_antipode(model, method):
    errors = []
    for index, goal in enumerate(circle_tasks(40, seed=1)):
        answer = infer(J, model, explore(goal, 20, seed=1000 + index), method=method)
        errors.append(wrapped_error_deg(answer.angle, np.arctan2(goal[1], goal[0])))
        assert answer.verdict == "yes"
        assert answer.runner_up_residual > 3 * max(answer.residual, answer.noise)
        np.testing.assert_allclose(answer.left, lie.exp(answer.angle * J), atol=1e-9)
    assert np.median(errors) < 0.2
    assert max(errors) < 8


def test_residuals_of_gradients_are_in_units_of_their_errors(model):
    context = explore(circle_tasks(7)[2], 60, seed=4)
    functional, differential = (
        infer(J, model, context, method=name) for name in ("functional", "differential")
    )
    assert functional.noise == model.noise
    assert differential.noise == 1.0
    # A gradient's error includes the base model's, so that these two are matched to different residuals.
    assert 0.05 < differential.residual < 3.0
    assert functional.residual < 0.05
    assert abs(functional.angle - differential.angle) < np.radians(1.0)


def test_one_transition_leaves_two_answers_and_says_undecided(model):
    answer = infer(J, model, explore(circle_tasks(3)[1], 1, seed=5))
    assert answer.verdict == "undecided"
    assert np.isfinite(answer.runner_up).all()


def test_noisy_rewards_are_averaged_not_trusted(model):
    goal = circle_tasks(5)[2]
    truth = np.arctan2(goal[1], goal[0])
    few = infer(J, model, explore(goal, 20, seed=6, reward_noise=0.05))
    many = infer(J, model, explore(goal, 500, seed=6, reward_noise=0.05))
    assert few.residual > 0.02
    assert few.verdict != "no"
    assert wrapped_error_deg(many.angle, truth) < 1.5
    assert many.verdict == "yes"
    assert many.standard_error < few.standard_error / 2


@pytest.mark.parametrize("reward_noise", [0.0, 0.05])
def test_a_goal_off_the_circle_is_unrelated_and_a_noisy_image_is_not(model, reward_noise):
    def verdicts(radius):
        goals = circle_tasks(20, seed=2, radius=radius)
        return [
            infer(J, model, explore(goal, 20, seed=50 + seed, reward_noise=reward_noise)).verdict
            for seed, goal in enumerate(goals)
        ]

    assert verdicts(1.5) == ["no"] * 20
    assert "no" not in verdicts(1.0)


def test_transitions_beyond_the_base_data_are_left_out():
    small = fitted(explore(circle_tasks(1)[0], 400, seed=0))
    goal = circle_tasks(7)[2]
    answer = infer(J, small, explore(goal, 500, seed=1))
    assert 20 < answer.n_transitions < 500
    assert wrapped_error_deg(answer.angle, np.arctan2(goal[1], goal[0])) < 2.0


@pytest.mark.parametrize(
    ("number", "noise", "context"), [(5000, 0.05, 100), (400, 0.0144, 100), (400, 0.0, 50)]
)
def test_the_bound_holds_the_error(number, noise, context):
    ratios = []
    for base in range(3):
        task = explore(circle_tasks(1)[0], number, seed=base, reward_noise=noise)
        known = fitted(task)
        for index, goal in enumerate(circle_tasks(16, seed=3 + base)):
            answer = infer(J, known, explore(goal, context, seed=100 * base + index, reward_noise=noise))
            if np.isfinite(answer.bound_deg):
                error = wrapped_error_deg(answer.angle, np.arctan2(goal[1], goal[0]))
                ratios.append(error / answer.bound_deg)
            else:
                assert answer.verdict != "yes"
    assert len(ratios) > 40
    assert np.mean(np.array(ratios) < 1.0) > (0.88 if noise else 0.97)
    assert np.median(ratios) > (0.15 if noise else 0.0)


def test_an_answer_that_is_not_decided_states_no_number(model):
    answer = infer(J, model, explore(circle_tasks(3)[1], 1, seed=5))
    assert np.isnan(answer.bound_deg)
    assert "±" not in repr(answer)
    assert "° ± " in repr(infer(J, model, explore(circle_tasks(3)[1], 20, seed=5)))


@settings(max_examples=15, deadline=None)
@given(turn=st.floats(-3.1, 3.1), seed=st.integers(0, 50))
def test_turning_the_world_turns_the_answer(model, turn, seed):
    context = explore(circle_tasks(7)[3], 20, seed=seed)
    first = infer(J, model, context).angle
    second = infer(J, model, turned(context, lie.exp(turn * J))).angle
    assert wrapped_error_deg(second, first + turn) < 1e-4


def test_the_sign_and_speed_of_the_generator_only_change_the_coordinate(model):
    context = explore(circle_tasks(7)[3], 20, seed=7)
    answer = infer(J, model, context)
    for factor in (-1.0, 2.5):
        other = infer(factor * J, model, context)
        np.testing.assert_allclose(other.left, answer.left, atol=1e-6)
        assert other.angle * factor == pytest.approx(answer.angle, abs=1e-6)
        assert other.standard_error == pytest.approx(answer.standard_error, rel=1e-3)


def test_the_element_on_actions_goes_along(model):
    context = explore(circle_tasks(7)[3], 20, seed=7)
    answer = infer(J, model, context, action_generators=-J)
    np.testing.assert_allclose(answer.right, lie.exp(-answer.angle * J), atol=1e-9)


def reward_at(centre, stretch):
    """Return a reward whose level sets are ellipsoids: on R^3 and R^4 its stabiliser is finite."""

    def reward(points):
        return -np.sqrt(np.square((points - centre) * stretch).sum(axis=1))

    return reward


def test_rotations_of_space_up_to_the_stabiliser():
    def task(goal, number, seed):
        return sample_transitions(reward_at(goal, np.ones(3)), number, seed=seed, n=3, spread=0.5)

    base = fitted(task(ORIGIN, 3000, 0))
    for seed in range(6):
        goal = np.random.default_rng(seed).normal(size=3)
        goal /= np.linalg.norm(goal)
        answer = infer(lie.so(3).basis, base, task(goal, 50, 100 + seed))
        assert answer.verdict == "yes"
        assert answer.free == 1
        assert np.degrees(np.arccos(np.clip(goal @ answer.left @ ORIGIN, -1, 1))) < 3.0
        # Of all rotations that carry the base goal there, the smallest: about an axis normal to both.
        axis = lie.so3_vee(lie.log(answer.left))
        assert abs(axis @ ORIGIN) < 0.1 * np.linalg.norm(axis)


@pytest.mark.parametrize(
    ("generators", "dimension"),
    [
        (lie.so(3).basis, 3),
        (lie.so(3).basis[:2], 3),
        (np.kron(np.diag([1.0, 2.0]), J), 1),
        (np.kron(np.diag([1.0, 2.0**0.5]), J), 2),
        (np.array([np.kron(np.diag([1.0, 0.0]), J), np.kron(np.diag([0.0, 1.0]), J)]), 2),
    ],
    ids=["so(3)", "two of so(3)", "diag(J, 2J)", "diag(J, √2 J)", "torus"],
)
def test_groups_of_other_dimensions(generators, dimension):
    n = np.shape(generators)[-1]
    centre, stretch = 0.8 * np.ones(n), 1.0 + 0.5 * np.arange(n)
    base_reward = reward_at(centre, stretch)
    algebra = lie.LieAlgebra(np.reshape(generators, (-1, n, n)))
    truth = algebra.exp(np.linspace(0.9, 2.3, algebra.dimension))
    base = fitted(sample_transitions(base_reward, 5000, seed=0, n=n))
    context = sample_transitions(lambda p: base_reward(p @ np.linalg.inv(truth).T), 80, seed=1, n=n)
    answer = infer(generators, base, context, action_generators=generators)
    assert len(answer.theta) == len(answer.generators) == dimension
    assert answer.verdict == "yes"
    # Small in the plane of each rotation: far below the error that a policy bears.
    assert np.linalg.norm(answer.left - truth, 2) < np.radians(4.0)
    np.testing.assert_allclose(answer.right, answer.left, atol=1e-8)
    built = lie.exp(np.tensordot(answer.theta, answer.generators, axes=1))
    np.testing.assert_allclose(built, answer.left, atol=1e-6)


@pytest.mark.parametrize("method", ["functional", "differential", "both"])
def test_without_generators_the_question_is_whether_it_is_the_base_task(model, method):
    base, other = (explore(goal, 40, seed=7) for goal in circle_tasks(2))
    none = np.zeros((0, 2, 2))
    answer = infer(none, model, base, action_generators=none, method=method)
    assert answer.verdict == "yes"
    np.testing.assert_array_equal(answer.left, np.eye(2))
    np.testing.assert_array_equal(answer.right, np.eye(2))
    assert "the identity" in repr(answer)
    assert infer(none, model, other, method=method).verdict == "no"


def test_angle_is_for_one_dimension_only():
    base = fitted(sample_transitions(reward_at(ORIGIN, np.ones(3)), 600, seed=0, n=3))
    context = sample_transitions(reward_at(ORIGIN, np.ones(3)), 30, seed=1, n=3)
    with pytest.raises(AttributeError, match="this one has 3"):
        _ = infer(lie.so(3).basis, base, context).angle


def test_it_prints(model):
    answer = infer(J, model, explore(circle_tasks(3)[1], 20, seed=5))
    assert "explains the rewards: yes" in repr(answer)
    assert "runner-up: none" in repr(answer)
    other = infer(J, model, explore(circle_tasks(3)[1], 1, seed=5))
    assert f"runner-up: {np.degrees(other.runner_up[0]):.2f}° with residual" in repr(other)
    assert "explains the rewards: undecided, others may as well" in repr(other)
    elsewhere = infer(J, model, explore(circle_tasks(3, radius=1.5)[1], 20, seed=5))
    assert "explains the rewards: no, nor does any other element" in repr(elsewhere)
    assert ">explains the rewards</th>" in answer._repr_html_()
    assert ">yes</td>" in answer._repr_html_()


@pytest.mark.parametrize(
    ("generators", "options", "message"),
    [
        (np.zeros((3, 3)), {}, r"generators must have shape \(2, 2\) or \(d, 2, 2\), got \(3, 3\)"),
        (np.diag([1.0, -1.0]), {}, "generators must generate a bounded group"),
        (np.zeros((2, 2)), {}, "generators must be linearly independent"),
        (J, {"method": "signs"}, "method must be one of"),
        (J, {"action_generators": [J, J]}, "action_generators must be as many as generators, 1, got 2"),
        (
            J,
            {"action_generators": [[0.0, 1.0], [0.0, 0.0]]},
            "action_generators must generate a bounded group",
        ),
    ],
)
def test_bad_input(model, generators, options, message):
    context = explore(circle_tasks(1)[0], 20, seed=0)
    with pytest.raises(ValueError, match=message):
        infer(generators, model, context, **options)


def test_gradients_need_transitions(model):
    context = explore(circle_tasks(1)[0], 7, seed=0)
    with pytest.raises(ValueError, match="context must have at least 8 transitions for signed gradients"):
        infer(J, model, context, method="differential")
    with pytest.raises(ValueError, match="context must have states of dimension 2, got 3"):
        infer(J, model, sample_transitions(reward_at(ORIGIN, np.ones(3)), 20, seed=0, n=3))


def test_settings_for_javascript_survive_json_and_hold_a_quantile_for_each_number(model):
    settings_sent = settings_of_inference(model, 12)
    assert json.loads(json.dumps(settings_sent, allow_nan=False)) == settings_sent
    quantiles = settings_sent["student"]
    assert len(quantiles) == 13
    assert quantiles[:2] == [0.0, 0.0]
    for number in (2, 7, 12):
        assert quantiles[number] == student(number - 1)
    assert settings_sent["noise"] == model.noise
    assert settings_sent["reach"] == model.reach


def test_noise_of_a_new_task_is_no_bias_of_an_exact_base_model():
    rng = np.random.default_rng(0)
    goal, points, seen = np.array([1.0, 0.0, 0.0]), *(0.5 * rng.normal(size=(k, 3)) for k in (2000, 100))
    model = RewardModel.fit(points, -np.linalg.norm(points - goal, axis=1))
    rewards = -np.linalg.norm(seen - goal[[1, 0, 2]], axis=1) + 0.02 * rng.normal(size=100)
    found = infer(lie.so(3).basis, model, Transitions(seen, seen, rewards, seen))
    away = np.degrees(np.linalg.norm(found.left @ goal - goal[[1, 0, 2]]))
    assert away < found.bound_deg < 1.5
