"""Policies: the network as NumPy, and the network carried along by a group element."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgmrl_lite.agents import MLPPolicy, TransformedPolicy


def network(seed=0, action_set="disc"):
    rng = np.random.default_rng(seed)
    sizes = (2, 8, 8, 2)
    return MLPPolicy(
        tuple(rng.normal(size=(out, inner)) for inner, out in pairwise(sizes)),
        tuple(rng.normal(size=out) for out in sizes[1:]),
        action_set,
    )


def rotation(angle):
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


@pytest.mark.parametrize("batch", [(), (1,), (3, 1, 5)])
def test_any_leading_axes(batch):
    states = np.random.default_rng(1).normal(size=(*batch, 2))
    actions = network()(states)
    assert actions.shape == (*batch, 2)
    single = np.array([network()(state) for state in states.reshape(-1, 2)])
    np.testing.assert_allclose(actions.reshape(-1, 2), single, atol=1e-12)


@pytest.mark.parametrize(("action_set", "order"), [("disc", 2), ("box", np.inf)])
def test_actions_are_admissible(action_set, order):
    actions = network(action_set=action_set)(5 * np.random.default_rng(2).normal(size=(500, 2)))
    sizes = np.linalg.norm(actions, ord=order, axis=1)
    assert sizes.max() <= 1 + 1e-12
    assert (sizes > 1 - 1e-9).any()


@given(st.floats(-7, 7), st.floats(-7, 7))
def test_transforming_twice_is_transforming_by_the_product(first, second):
    states = np.random.default_rng(3).normal(size=(4, 2))
    once = TransformedPolicy(network(), rotation(first), rotation(-first))
    twice = TransformedPolicy(once, rotation(second), rotation(-second))
    product = TransformedPolicy(network(), rotation(first + second), rotation(-first - second))
    np.testing.assert_allclose(twice(states), product(states), atol=1e-9)


def test_an_affine_element_carries_the_policy_to_the_moved_place():
    shift = np.eye(3)
    shift[:2, 2] = [0.3, -0.7]
    states = np.random.default_rng(4).normal(size=(4, 2))
    moved = TransformedPolicy(network(), shift, np.eye(2))
    np.testing.assert_allclose(moved(states + np.array([0.3, -0.7])), network()(states), atol=1e-12)


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        (np.zeros((2, 2)), np.eye(2), "left must be invertible"),
        (np.ones((2, 3)), np.eye(2), "left must be square.*got shape \\(2, 3\\)"),
        (np.eye(4), np.eye(2), "left must be \\(2, 2\\) or \\(3, 3\\) for this base policy, got \\(4, 4\\)"),
        (np.eye(2), np.eye(3), "right must be \\(2, 2\\) for this base policy, got \\(3, 3\\)"),
        (np.full((2, 2), np.nan), np.eye(2), "left must be finite, got 4 NaN"),
    ],
)
def test_bad_elements(left, right, message):
    with pytest.raises(ValueError, match=message):
        TransformedPolicy(network(), left, right)


def test_bad_networks_and_observations():
    with pytest.raises(ValueError, match=r"weights\[1\] must have shape \(out, 8\), got \(2, 7\)"):
        MLPPolicy((np.zeros((8, 2)), np.zeros((2, 7))), (np.zeros(8), np.zeros(2)))
    with pytest.raises(ValueError, match="one entry a layer, got 1 and 2"):
        MLPPolicy((np.zeros((8, 2)),), (np.zeros(8), np.zeros(2)))
    with pytest.raises(ValueError, match="action_set must be one of"):
        network(action_set="ball")
    with pytest.raises(ValueError, match=r"observations must have shape \(..., 2\), got \(5, 3\)"):
        network()(np.zeros((5, 3)))
