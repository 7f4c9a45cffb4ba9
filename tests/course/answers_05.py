"""Sample answers to the exercises of lesson 05."""

import numpy as np


def gap_by_loop(step, left, right, states, actions):
    """Take one row after another."""
    gaps = []
    for s, a in zip(states, actions, strict=True):
        moved = step((left @ s)[None], (right @ a)[None])[0]
        gaps.append(np.linalg.norm(moved - left @ step(s[None], a[None])[0]))
    return max(gaps)


def gap_by_einsum(step, left, right, states, actions):
    """Sum over indices, and square."""
    moved = step(np.einsum("ij,nj->ni", left, states), np.einsum("ij,nj->ni", right, actions))
    apart = moved - np.einsum("ij,nj->ni", left, step(states, actions))
    return np.sqrt((apart**2).sum(axis=1)).max()


def gap_without_k(step, left, right, states, actions):
    """Move the actions by L."""
    return gap_by_loop(step, left, left, states, actions)


def gap_unmoved(step, left, right, states, actions):
    """Forget to move the next state."""
    return np.linalg.norm(step(states @ left.T, actions @ right.T) - step(states, actions), axis=1).max()


def gap_mean(step, left, right, states, actions):
    """Average."""
    apart = step(states @ left.T, actions @ right.T) - step(states, actions) @ left.T
    return np.linalg.norm(apart, axis=1).mean()


def rows_by_loops(state, action, following, by_state, by_action):
    """Fill in the coefficient of each unknown."""
    n, m = len(state), len(action)
    lifted, landed = [*state, 1.0], [*following, 1.0]
    rows = np.zeros((n, n * (n + 1) + m * m))
    for i in range(n):
        for j in range(n):
            for k in range(n + 1):
                rows[i, j * (n + 1) + k] = by_state[i, j] * lifted[k] - (i == j) * landed[k]
        for j in range(m):
            for k in range(m):
                rows[i, n * (n + 1) + j * m + k] = by_action[i, j] * action[k]
    return rows


def rows_by_columns(state, action, following, by_state, by_action):
    """Put each unknown to 1 and see what comes out."""
    n, m = len(state), len(action)
    columns = []
    for unknown in np.eye(n * (n + 1) + m * m):
        w_s, w_a = unknown[: n * (n + 1)].reshape(n, n + 1), unknown[n * (n + 1) :].reshape(m, m)
        moved = by_state @ w_s @ np.append(state, 1) + by_action @ w_a @ action
        columns.append(moved - w_s @ np.append(following, 1))
    return np.array(columns).T


def rows_plus(state, action, following, by_state, by_action):
    """Get a sign wrong."""
    rows = rows_by_loops(state, action, following, by_state, by_action)
    rows[:, :6] += 2 * np.kron(np.eye(2), np.append(following, 1))
    return rows


def rows_at_the_state(state, action, following, by_state, by_action):
    """Take W_S at the state on both sides."""
    return rows_by_loops(state, action, state, by_state, by_action)


def rows_without_response(state, action, following, by_state, by_action):
    """Forget J_a."""
    return rows_by_loops(state, action, following, by_state, np.eye(2))


def rows_linear(state, action, following, by_state, by_action):
    """Leave out the shift."""
    states = np.kron(by_state, state) - np.kron(np.eye(2), following)
    return np.hstack([states, np.kron(by_action, action)])


ANSWERS = {
    "05.1": {
        "correct": [gap_by_loop, gap_by_einsum],
        "mistakes": [
            (gap_without_k, "a matrix of their own, K"),
            (gap_unmoved, "T(s, a) has to be moved by L"),
            (gap_mean, "the largest is asked for"),
            (lambda step, left, k, s, a: gap_by_loop(step, left.T, k, s, a), "*transpose* from the right"),
        ],
    },
    "05.2": {
        "correct": ["Learned Shifted", " learned shifted "],
        "mistakes": [
            ("best shifted", "right at *every* state"),
            ("best turned", "A turn is a symmetry of the disc"),
            ("learned turned", "At which states does L⁻¹ ask"),
        ],
    },
    "05.3": {
        "correct": [[[0.6, 0.8], [0.8, -0.6]], ((0.6, 0.8), (0.8, -0.6))],
        "mistakes": [
            ([[0.6, -0.8], [0.8, 0.6]], "it is a rotation"),
            ([[0.6, 0.0], [0.8, -1.0]], "at right angles to it"),
            ([[1.0, 0.0], [0.0, -1.0]], "the first column of the matrix"),
            ([0.6, 0.8], "should have shape (2, 2)"),
        ],
    },
    "05.4": {
        "correct": [2 * np.pi * 70, 2 * np.pi * 41 / np.sqrt(2)],
        "mistakes": [
            (2 * np.pi, "The first block is back"),
            (2 * np.pi / np.sqrt(2), "The second block is back"),
            (3.0, "Both blocks are away"),
            (0.01, "before 1"),
        ],
    },
    "05.5": {
        "correct": [rows_by_loops, rows_by_columns],
        "mistakes": [
            (rows_plus, "it has a minus here"),
            (rows_at_the_state, "the next state, not at s"),
            (rows_without_response, "reaches the next state through J_a"),
            (rows_linear, "should have shape (2, 10)"),
        ],
    },
}
