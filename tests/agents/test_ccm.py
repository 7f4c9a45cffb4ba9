"""CCM: contexts, the encoder that is trained by contrast, and the agent."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from hgmrl_lite.agents import CCMAgent, CCMSettings, PPOSettings
from hgmrl_lite.agents.contrastive import ContextEncoder, ContextPool, train_encoder, transition_features
from hgmrl_lite.envs import navigation, training_tasks
from hgmrl_lite.meta import evaluate

FAMILY = navigation()
GOALS = training_tasks()


@pytest.fixture(scope="module")
def encoder():
    tasks = [FAMILY.explore(goal, 10_000, seed=k) for k, goal in enumerate(GOALS)]
    return train_encoder(tasks, CCMSettings(code_dim=4, encoder_steps=200), seed=0, progress=False)


def test_the_code_does_not_depend_on_the_order(encoder):
    context = FAMILY.explore(GOALS[0], 800, seed=5)
    code = encoder(context)
    assert code.shape == (encoder.code_dim,) == (4,)
    np.testing.assert_allclose(np.linalg.norm(code), 1.0, rtol=1e-12)
    shuffled = context[np.random.default_rng(0).permutation(800)]
    np.testing.assert_allclose(encoder(shuffled), code, rtol=1e-10)
    assert not np.allclose(encoder(FAMILY.explore(GOALS[1], 800, seed=5)), code, atol=0.1)


def test_contexts_of_one_task_are_closer_than_those_of_two(encoder):
    codes = np.array(
        [[encoder(FAMILY.explore(goal, 800, seed=1000 + j)) for j in range(20)] for goal in GOALS]
    )
    # As in InfoNCE: which task's other context is the most similar?
    similarity = np.einsum("ijd,kjd->jik", codes[:, :10], codes[:, 10:])
    assert (similarity.argmax(axis=2) == np.arange(4)).mean() > 0.9


def test_an_encoder_that_was_not_trained_does_not_tell_the_tasks_apart(encoder, tiny_ccm):
    tasks = [FAMILY.explore(goal, 2000, seed=k) for k, goal in enumerate(GOALS)]
    fresh = train_encoder(
        tasks, replace(tiny_ccm, encoder_steps=1, learning_rate=1e-9), seed=0, progress=False
    )
    contexts = [FAMILY.explore(goal, 800, seed=9) for goal in GOALS]
    spread = [np.linalg.norm(np.std([e(context) for context in contexts], axis=0)) for e in (fresh, encoder)]
    assert spread[0] < 0.5 * spread[1]


def test_the_encoder_depends_on_nothing_but_the_transitions_and_the_seed(tiny_ccm):
    tasks = [FAMILY.explore(goal, 2000, seed=k) for k, goal in enumerate(GOALS)]
    first, again, other = (train_encoder(tasks, tiny_ccm, seed=seed, progress=False) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.weights[-1], again.weights[-1])
    assert not np.array_equal(first.weights[-1], other.weights[-1])


def test_contexts_are_whole_episodes_that_begin_at_a_start():
    explored = FAMILY.explore((0.3, 0.0), 3000, seed=0)
    pool = ContextPool(explored, 150)
    np.testing.assert_array_equal(pool.features, transition_features(explored))
    contexts = pool.draw(60, np.random.default_rng(0))
    assert contexts.shape == (60, 150)
    starts = {tuple(state) for state in explored.starts}
    for rows in contexts:
        assert tuple(explored.states[rows[0]]) in starts
        assert len(set(rows)) == 150
        # Within an episode the transitions follow each other; where one ends, another begins at its start.
        for before, after in pairwise(rows):
            assert after == before + 1 or tuple(explored.states[after]) in starts
            goes_on = before + 1 < len(explored) and tuple(explored.states[before + 1]) not in starts
            assert after == before + 1 or not goes_on
    assert len({tuple(rows) for rows in contexts}) == 60


def test_contexts_of_one_shuffle_share_nothing():
    explored = FAMILY.explore((1.0, 0.0), 2000, seed=0)
    contexts = ContextPool(explored, 100).draw(10, np.random.default_rng(0))
    assert len(np.unique(contexts)) == 1000


def test_too_little_exploration():
    with pytest.raises(ValueError, match="whole episodes of 400 transitions or more, got 3"):
        ContextPool(FAMILY.explore((1.0, 0.0), 400, seed=0), 400)


def test_bad_encoders_and_tasks(encoder, tiny_ccm):
    with pytest.raises(ValueError, match="one entry a layer, got 3 and 1"):
        ContextEncoder(encoder.mean, encoder.scale, encoder.weights, encoder.biases[:1])
    with pytest.raises(ValueError, match="scale must be above 0"):
        ContextEncoder(encoder.mean, 0 * encoder.scale, encoder.weights, encoder.biases)
    with pytest.raises(ValueError, match=r"weights\[0\] must have shape \(out, 6\)"):
        ContextEncoder(encoder.mean[:6], encoder.scale[:6], encoder.weights, encoder.biases)
    with pytest.raises(ValueError, match="a transition must have 7 numbers"):
        encoder.embed(np.zeros((3, 6)))
    with pytest.raises(ValueError, match="tasks must hold at least two tasks to tell apart, got 1"):
        train_encoder([FAMILY.explore(GOALS[0], 1000, seed=0)], tiny_ccm, seed=0, progress=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("context_size", 0),
        ("transitions", 2.5),
        ("code_dim", 0),
        ("hidden", (0,)),
        ("encoder_steps", 0),
        ("pairs", 0),
        ("sample_size", 0),
        ("codes", 0),
        ("learning_rate", 0.0),
        ("temperature", -1.0),
    ],
)
def test_bad_settings(name, value):
    with pytest.raises(ValueError, match=name):
        CCMSettings(**{name: value})


def test_the_agent_reaches_the_goals_it_was_trained_on(tmp_path, monkeypatch):
    monkeypatch.setenv("HGMRL_LITE_CACHE", str(tmp_path))
    goals = GOALS[:2]
    settings = CCMSettings(
        context_size=400,
        transitions=8000,
        encoder_steps=100,
        codes=64,
        ppo=PPOSettings(num_envs=64, total_steps=40_960),
    )
    family = navigation(train=goals, test=goals)
    agent = CCMAgent(family, settings, progress=False)
    policies = [
        agent.adapt(FAMILY.explore(goal, agent.context_size, seed=50 + k)) for k, goal in enumerate(goals)
    ]
    # Each policy at its own goal, then at the other's: 195 or so when it goes to the wrong one.
    own = evaluate(family, policies, episodes=50).regret_by_task
    wrong = evaluate(family, policies[::-1], episodes=50).regret_by_task
    assert own.max() < 10.0
    assert wrong.min() > 100.0
