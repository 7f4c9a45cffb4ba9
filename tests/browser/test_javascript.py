"""The widgets' JavaScript on its own: every module loads, and its numbers agree with Python's."""

import base64

import numpy as np
import pytest
from run_javascript import call
from scipy.linalg import expm
from standin import fitted_policy, standin_agent

import hgmrl_lite.widgets as widgets
from hgmrl_lite.agents import GeometricAgent
from hgmrl_lite.envs import navigation, training_tasks
from hgmrl_lite.widgets.base import HgmrlWidget, pack_arrays

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "name", [name for name in widgets.__all__ if getattr(widgets, name) is not HgmrlWidget]
)
def test_every_widget_s_module_loads(page, name):
    file = f"{getattr(widgets, name).__module__.rpartition('.')[2]}/view.js"
    assert call(page, file, "return Object.keys(lib.default()).sort();") == ["initialize", "render"]


def test_packed_arrays_arrive(page):
    arrays = {"one": np.array(2.5), "matrix": np.arange(6.0).reshape(2, 3)}
    data, index = pack_arrays(arrays)
    body = """
        // Seven bytes before the numbers, as a message may have.
        const bytes = Uint8Array.from(atob(input.data), (c) => c.charCodeAt(0));
        const message = new Uint8Array(bytes.length + 7);
        message.set(bytes, 7);
        return lib.unpackArrays(new DataView(message.buffer, 7), input.index);
    """
    argument = {"data": base64.b64encode(data).decode(), "index": index}
    got = call(page, "js/arrays.js", body, argument)
    assert got == {
        "one": {"shape": [], "values": [2.5]},
        "matrix": {"shape": [2, 3], "values": [0, 1, 2, 3, 4, 5]},
    }


def test_matrix_exponential_of_every_type(page):
    rng = np.random.default_rng(0)
    matrices = [*rng.normal(size=(30, 2, 2)), *(rng.normal(size=(10, 2, 2)) * 1e-6), np.zeros((2, 2))]
    matrices += [
        [[0, -1], [1, 0]],
        [[0, 3], [3, 0]],
        [[0, 2], [0, 0]],
        [[1, 2], [0, 1]],
        [[0, -1e-3], [1e3, 0]],
    ]
    matrices += [[[1, 1], [1e-14, 1]], [[-2, 5], [-5, -2]]]
    times = [1.0, -2.5, 0.3]
    body = "return input.map(([w, t]) => lib.exp2(w, t));"
    argument = [[np.ravel(w).tolist(), t] for w in matrices for t in times]
    got = np.array(call(page, "js/matrix2.js", body, argument)).reshape(-1, 2, 2)
    for value, (w, t) in zip(got, argument, strict=True):
        expected = expm(t * np.reshape(w, (2, 2)))
        np.testing.assert_allclose(value, expected, rtol=1e-10, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("action_set", ["disc", "box"])
@pytest.mark.parametrize("hidden", [(64, 64), (7,), (5, 9, 3)])
def test_policy(page, action_set, hidden):
    policy = fitted_policy(training_tasks()[1], hidden, action_set, seed=3)
    states = np.random.default_rng(1).uniform(-1.5, 1.5, (60, 2))
    layers = [
        {"shape": weight.shape, "weight": weight.ravel().tolist(), "bias": bias.tolist()}
        for weight, bias in zip(policy.weights, policy.biases, strict=True)
    ]
    body = (
        "const act = lib.makePolicy(input.layers, input.set); return input.states.map(([x, y]) => act(x, y));"
    )
    argument = {"layers": layers, "set": action_set, "states": states.tolist()}
    got = call(page, "js/policy.js", body, argument)
    np.testing.assert_allclose(got, policy(states), atol=1e-10)
    assert np.ptp(got) > 0.5


def test_reward_model(page):
    model = standin_agent().reward_model
    points = np.random.default_rng(2).normal(size=(50, 2))
    body = """
        const model = lib.makeRewardModel(input.centres, input.weights, input.linear);
        const out = [0, 0, 0];
        return input.points.map(([x, y]) => { model.slope(x, y, out); return [model(x, y), ...out]; });
    """
    argument = {
        "centres": model.centres.ravel().tolist(),
        "weights": model.weights.tolist(),
        "linear": model.linear.tolist(),
        "points": points.tolist(),
    }
    got = np.array(call(page, "js/reward_model.js", body, argument))
    # The Python model takes distances from a product of matrices, which rounds more.
    np.testing.assert_allclose(got[:, 0], model(points), atol=1e-6)
    np.testing.assert_allclose(got[:, 1], got[:, 0], atol=1e-12)
    np.testing.assert_allclose(got[:, 2:], model.gradient(points), atol=1e-6)


SCENE = """
    const state = { ...input.state, array_data: new DataView(
        Uint8Array.from(atob(input.state.array_data), (c) => c.charCodeAt(0)).buffer) };
    const scene = lib.goalDragScene({ get: (name) => state[name] });
    // One scene through all the questions, as in a drag: what it remembers must not leak into the next.
    return input.questions.map((question) => { Object.assign(state, question); return scene.compute(); });
"""


@pytest.mark.parametrize("action_set", ["disc", "box"])
def test_goal_drag_computes_what_python_computes(page, action_set):
    agent = standin_agent(action_set)
    agent = GeometricAgent(
        fitted_policy(training_tasks()[1], action_set=action_set), agent.geometry, agent.reward_model
    )
    family = navigation(action_set=action_set)
    drag = widgets.GoalDrag(agent, family, episodes=5, seed=4)
    names = (
        "goal_degrees",
        "draw",
        "context_size",
        "show_base",
        "show_geometric",
        "show_exploration",
        "shown_rivals",
        "training_degrees",
        "discovered",
        "array_index",
        "settings",
    )
    state = {name: getattr(drag, name) for name in names}
    state["array_data"] = base64.b64encode(drag.array_data).decode()
    questions = [
        {"goal_degrees": degrees, "draw": draw, "context_size": size}
        for degrees, draw, size in [
            (60.0, 0, 20),
            (-17.5, 0, 20),
            (180.0, 3, 40),
            (-18.0, 7, 6),
            (101.25, 2, 2),
        ]
    ]
    argument = {"state": state, "questions": questions}
    for question, got in zip(questions, call(page, "goal_drag/scene.js", SCENE, argument), strict=True):
        for name, value in question.items():
            setattr(drag, name, value)
        context, inference = drag.context, drag.inference
        np.testing.assert_allclose(
            np.reshape(got["context"]["points"], (-1, 2)), context.next_states, atol=1e-9
        )
        np.testing.assert_allclose(got["context"]["rewards"], context.rewards, atol=1e-9)
        found = got["inferred"]
        assert found["theta"] == pytest.approx(inference.angle, abs=1e-6)
        assert found["residual"] == pytest.approx(inference.residual, abs=1e-6)
        # Of a minimum that does not matter Python knows no more digits.
        assert float(found["runnerUpResidual"]) == pytest.approx(inference.runner_up_residual, rel=1e-3)
        assert float(found["standardError"]) == pytest.approx(inference.standard_error, rel=1e-4)
        assert found["decided"] == (inference.verdict == "yes")
        assert got["aim"] == pytest.approx(drag.inferred_degrees, abs=1e-4)
        for name, policy in (("geometric", drag.policy), ("base", agent.base_policy)):
            expected = family.rollout(policy, drag.goal[None], episodes=5, seed=4, trajectories=True)
            lengths = got[name]["lengths"] or [len(path) // 2 for path in got[name]["paths"]]
            assert lengths == [int(length) + 1 for length in expected.lengths[0]]
            for path, length, states in zip(
                got[name]["paths"], lengths, expected.trajectories[0], strict=True
            ):
                np.testing.assert_allclose(np.reshape(path, (-1, 2))[:length], states[:length], atol=1e-5)
