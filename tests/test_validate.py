"""What comes in as data: masked, complex and torch's arrays, at every door, and what results compare as."""

import dataclasses
import importlib
import pkgutil
import re
import warnings

import numpy as np
import pytest

import hgmrl_lite
from hgmrl_lite import actions, discovery, lie, tangents, widgets
from hgmrl_lite._validate import as_array
from hgmrl_lite.agents import MLPPolicy, TransformedPolicy
from hgmrl_lite.course import expect
from hgmrl_lite.envs import navigation
from hgmrl_lite.hereditary import RewardModel
from hgmrl_lite.transitions import Transitions

RNG = np.random.default_rng(0)
POINTS = RNG.normal(size=(60, 2))
VALUES = np.hypot(*POINTS.T)
TURN = np.array([[0.0, -1.0], [1.0, 0.0]])
FAMILY = navigation()
POLICY = MLPPolicy((np.eye(2),), (np.zeros(2),))


def started(env):
    env.reset(seed=0)
    return env


def transitions(**changed):
    arrays = {"states": POINTS, "actions": POINTS, "rewards": VALUES, "next_states": POINTS}
    return Transitions(**{**arrays, **changed})


def numbers(got):
    try:
        return expect.as_numbers(got, "The answer")
    except expect.NotYet as error:
        raise ValueError(error.message) from None


# By name: a call with the data in question, and data that it takes.
DOORS = {
    "as_array": (lambda data: as_array("data", data), POINTS),
    "a list of arrays": (lambda data: as_array("data", [data, data]), POINTS),
    "discover: points": (lambda data: discovery.discover(data, VALUES), POINTS),
    "discover: values": (lambda data: discovery.discover(POINTS, data), VALUES),
    "local_regression": (lambda data: tangents.local_regression(POINTS, data, neighbours=12), VALUES),
    "local_pca": (lambda data: tangents.local_pca(data, VALUES), POINTS),
    "Transitions: states": (lambda data: transitions(states=data), POINTS),
    "Transitions: actions": (lambda data: transitions(actions=data), POINTS),
    "Transitions: rewards": (lambda data: transitions(rewards=data), VALUES),
    "Transitions: next_states": (lambda data: transitions(next_states=data), POINTS),
    "Transitions: terminated": (lambda data: transitions(terminated=data), np.ones(60)),
    "RewardModel.fit": (lambda data: RewardModel.fit(POINTS, data), VALUES),
    "lie.exp": (lie.exp, TURN),
    "lie.log": (lie.log, TURN),
    "lie.so2_exp": (lie.so2_exp, VALUES),
    "lie.so3_exp": (lie.so3_exp, np.eye(3)),
    "lie.so3_log": (lie.so3_log, np.eye(3)),
    "a group's log": (lie.se(2).log, np.eye(3)),
    "LinearAction": (actions.LinearAction, TURN),
    "an action's points": (actions.LinearAction(TURN), POINTS),
    "a charted action's points": (actions.ChartedAction(np.sinh, np.arcsinh, TURN), POINTS),
    "a goal": (FAMILY.env, np.array([1.0, 0.0])),
    "an action": (started(FAMILY.env((1.0, 0.0))).step, np.array([0.1, 0.2])),
    "actions of rows": (started(FAMILY.vector_env((1.0, 0.0), 2)).step, TURN),
    "goals": (lambda data: FAMILY.rollout(POLICY, data, episodes=2), np.array([[1.0, 0.0]])),
    "a network's observations": (POLICY, POINTS),
    "a transformed policy's": (TransformedPolicy(POLICY, TURN, TURN), POINTS),
    "the greedy policy's": (FAMILY.reference((1.0, 0.0)), POINTS),
    "a widget's point": (lambda data: widgets.OrbitExplorer(point=data), np.array([1.0, 0.5])),
    "a widget's matrix": (widgets.GeneratorFlow, TURN),
    "an exercise's answer": (numbers, POINTS),
}


@pytest.fixture(params=DOORS.values(), ids=DOORS)
def door(request):
    return request.param


def test_masked_entries_are_refused_and_counted(door):
    enter, data = door
    mask = np.zeros(data.shape, dtype=bool)
    mask.flat[0] = True
    # What lies under the mask looks like data, and is none.
    masked = np.ma.array(data, mask=mask)
    with pytest.raises(ValueError, match=r"masked entries, got [12]:|[12] entries are masked"):
        enter(masked)
    enter(np.ma.array(data, mask=False))


def test_complex_numbers_are_refused_without_a_warning(door):
    enter, data = door
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="complex"):
            enter(data + 0j)


def test_a_tensor_with_gradients_counts_as_its_values(door):
    import torch

    enter, data = door
    enter(torch.tensor(data, requires_grad=True))


def test_the_values_of_a_tensor_are_the_arrays():
    import torch

    tensor = torch.tensor(POINTS, requires_grad=True)
    np.testing.assert_array_equal(as_array("data", tensor), POINTS)
    np.testing.assert_array_equal(as_array("data", [tensor[0], tensor[1]]), POINTS[:2])
    np.testing.assert_array_equal(as_array("data", (tensor * 2).sum(dim=1)), 2 * POINTS.sum(axis=1))


def test_what_needs_no_copy_is_not_copied():
    assert as_array("data", POINTS) is POINTS


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1.0, np.ma.masked], "masked entries, got 1"),
        ([[np.ma.array([1.0, 2.0], mask=[True, False])]], "masked entries, got 1"),
        ([np.complex128(1j), 2.0], "complex"),
        ([np.array([1j]), np.array([2.0])], "complex"),
        ([[1.0], [1.0, 2.0]], "data must be an array of real numbers, got list"),
        ({"a": 1.0}, "data must be an array of real numbers, got dict"),
        (object(), "data must be an array of real numbers, got object"),
        ([np.nan, 1.0], "data must be finite, got 1 NaN"),
    ],
)
def test_what_else_is_no_array_of_real_numbers(value, message):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match=message):
            as_array("data", value)


def test_numbers_of_every_type_are_read():
    for kind in (np.float16, np.float32, np.int8, np.uint64, np.longdouble, ">f8", bool, object):
        read = as_array("data", np.array([0, 1]).astype(kind))
        assert read.dtype == np.float64
        np.testing.assert_array_equal(read, [0.0, 1.0])


def results_with_arrays():
    """Return the package's frozen dataclasses that hold arrays, of the parts that say how they compare."""
    for module in pkgutil.walk_packages(hgmrl_lite.__path__, "hgmrl_lite."):
        for one in vars(importlib.import_module(module.name)).values():
            if isinstance(one, type) and one.__module__ == module.name and dataclasses.is_dataclass(one):
                types = [str(field.type) for field in dataclasses.fields(one)]
                if any(re.match(r"(tuple\[)?numpy\.ndarray\b", text) for text in types):
                    yield one


@pytest.mark.parametrize("result", list(results_with_arrays()), ids=lambda result: result.__name__)
def test_what_holds_arrays_is_found_in_a_list_and_can_be_a_key(result):
    # Field by field, `==` of arrays has no truth value, and they have no hash.
    assert result.__eq__ is object.__eq__
    assert result.__hash__ is object.__hash__
