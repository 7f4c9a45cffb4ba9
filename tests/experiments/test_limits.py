"""Where an assumption fails, regret is high, and the agent says that it is not to be trusted."""

import numpy as np
import pytest

from hgmrl_lite.agents import MLPPolicy
from hgmrl_lite.envs import bent_valley, circle_tasks, navigation
from hgmrl_lite.experiments import AXES, HIGH, VERDICTS, Trial, breaking
from hgmrl_lite.experiments.trials import (
    BestStep,
    ReflectedValleys,
    off_circle_goals,
    reflection,
    translation,
)
from hgmrl_lite.meta import Protocol

SMALL = Protocol(navigation(test=circle_tasks(6)), episodes=20, contexts=2, seeds=(0,))


@pytest.fixture(scope="module")
def result():
    return breaking(SMALL, quick=True, jobs=2, progress=False)


def trials(result):
    return [trial for trial in result.trials if trial.agent == "geometric"]


def test_where_regret_is_high_the_agent_does_not_call_itself_trusted(result):
    high = [trial for trial in trials(result) if trial.mean.mean > HIGH]
    # Off the circle, in a strong wind and among reflections it is high: the test is not empty.
    assert {trial.case for trial in high} >= {"off the circle", "reflection"}
    for trial in high:
        assert trial.share("yes") == 0.0, trial.condition
    for trial in trials(result):
        assert trial.trusted_and_bad == 0.0, trial.condition


def test_where_nothing_is_broken_the_agent_is_trusted_and_right(result):
    whole = result.of("action set")[0]
    assert whole.condition == "disc, base goal 135°"
    assert whole.share("yes") > 0.9
    assert whole.mean.mean < 0.15


def test_off_the_circle_a_translation_works_and_a_rotation_cannot(result):
    rotated = result.of("off the circle")
    translated = result.of("off the circle", "true translation")
    for turned, shifted in zip(rotated, translated, strict=True):
        assert shifted.mean.mean < HIGH
        if turned.value != 1.0:
            assert turned.mean.mean > 10.0 * max(shifted.mean.mean, 0.5)
    # On the circle the rotation does better: the translated policy runs where it was never trained.
    on_circle = [trial.value for trial in rotated].index(1.0)
    assert rotated[on_circle].mean.mean < translated[on_circle].mean.mean


def test_the_translated_policy_runs_farther_from_the_origin_than_the_base_policy_does(result):
    own, carried = (
        np.linalg.norm(states, axis=1) for states in (result.own_states, result.translated_states)
    )
    assert np.quantile(own, 0.99) < 1.2
    assert (carried > 1.2).mean() > 0.3


def test_each_case_has_its_conditions_and_its_table(result):
    assert list(dict.fromkeys(trial.case for trial in result.trials)) == list(AXES)
    assert result.agents("reflection") == ("geometric", "true reflection")
    assert len(result.rows()) == 1 + len(result.trials)
    assert "trusted: no" in repr(result)
    assert "true reflection" in result._repr_html_()


def test_the_true_reflection_does_what_the_tasks_own_best_step_does(result):
    told = result.of("reflection", "true reflection")[0]
    lost = result.of("reflection")[0]
    assert abs(told.mean.mean) < 0.05 * lost.mean.mean
    assert told.verdicts is None
    assert np.isnan(told.share("yes"))


def test_shares_of_verdicts_are_those_of_the_entries():
    verdicts = np.array([[[0, 1, 2, 2]]])
    trial = Trial("wind", "geometric", "", 0.0, np.array([[[0.1, 9.0, 9.0, 9.0]]]), verdicts)
    assert [trial.share(word) for word in VERDICTS] == [0.25, 0.25, 0.5]
    assert trial.trusted_and_bad == 0.0
    assert Trial("wind", "a", "", 0.0, np.full((1, 1, 4), 9.0), verdicts).trusted_and_bad == 0.25
    with pytest.raises(ValueError, match="verdict must be one of yes, undecided, no"):
        trial.share("trusted")


def test_a_reflection_keeps_its_axis_and_turns_the_normal():
    matrix = reflection(0.3)
    axis, normal = np.array([np.cos(0.3), np.sin(0.3)]), np.array([-np.sin(0.3), np.cos(0.3)])
    np.testing.assert_allclose(matrix @ axis, axis, atol=1e-15)
    np.testing.assert_allclose(matrix @ normal, -normal, atol=1e-15)
    points = np.random.default_rng(0).normal(size=(5, 2))
    rewards, ended = ReflectedValleys().outcome(points @ matrix.T, np.tile(matrix.ravel(), (5, 1)))
    np.testing.assert_allclose(rewards, bent_valley(points))
    assert not ended.any()


def test_the_best_step_is_the_best_of_its_candidates():
    states = np.random.default_rng(1).normal(size=(4, 2))
    matrix = reflection(0.7)
    policy = BestStep(matrix)
    chosen = bent_valley((states + 0.1 * policy(states)) @ matrix)
    assert (np.linalg.norm(policy.candidates, axis=1) <= 1.0 + 1e-12).all()
    for candidate in policy.candidates:
        assert (chosen >= bent_valley((states + 0.1 * candidate) @ matrix)).all()


def test_a_translated_policy_is_asked_at_the_shifted_state():
    # Its action is the state it is asked at, as long as that is inside the box.
    identity = MLPPolicy((np.eye(2),), (np.zeros(2),), "box")
    policy = translation(identity, np.array([0.5, -0.5]))
    np.testing.assert_allclose(policy([[1.0, 0.2]]), [[0.5, 0.7]])
    np.testing.assert_allclose(np.linalg.norm(off_circle_goals(1.6), axis=1), 1.6)
