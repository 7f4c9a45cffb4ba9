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


def gap_by_columns(step, left, right, states, actions):
    """Move columns."""
    moved = step((left @ states.T).T, (right @ actions.T).T)
    return np.hypot.reduce(moved.T - left @ step(states, actions).T).max()


def gap_by_matmul(step, left, right, states, actions):
    """Move a stack of columns."""
    carried = [(m @ x[..., None])[..., 0] for m, x in ((left, states), (right, actions))]
    gaps = (left @ step(states, actions)[..., None])[..., 0] - step(*carried)
    return float(np.sort(np.linalg.norm(gaps, axis=-1))[-1])


def gap_by_sum(step, left, right, states, actions):
    """Take the largest square, and its root."""
    gaps = step(states @ left.T, actions @ right.T) - step(states, actions) @ left.T
    return np.sqrt(np.max(np.sum(gaps * gaps, axis=1)))


def gap_with(reduce):
    """Return the gap with another number for all rows."""

    def gap(step, left, right, states, actions):
        return reduce(step(states @ left.T, actions @ right.T) - step(states, actions) @ left.T)

    return gap


def gap_turned(step, left, right, states, actions):
    """Forget the transposes."""
    gaps = step(states @ left, actions @ right) - step(states, actions) @ left
    return np.linalg.norm(gaps, axis=1).max()


def gap_back(step, left, right, states, actions):
    """Carry the next state back, which changes lengths unless L is rigid."""
    moved = step(states @ left.T, actions @ right.T) @ np.linalg.inv(left).T
    return np.linalg.norm(moved - step(states, actions), axis=1).max()


def gap_back_rigid(step, left, right, states, actions):
    """Carry the next state back by the transpose."""
    moved = step(states @ left.T, actions @ right.T) @ left
    return np.linalg.norm(moved - step(states, actions), axis=1).max()


def gap_of_displacements(step, left, right, states, actions):
    """Compare displacements, each less the state before."""
    here = states @ left.T
    change = step(here, actions @ right.T) - here - (step(states, actions) - states)
    return np.linalg.norm(change, axis=1).max()


def gap_in_the_plane(step, left, right, states, actions):
    """Believe that there are two coordinates."""
    gaps = step(states @ left.T, actions @ right.T) - step(states, actions) @ left.T
    return np.hypot(gaps[:, 0], gaps[:, 1]).max()


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


def rows_by_einsum(state, action, following, by_state, by_action):
    """Sum over indices."""
    n, m = len(state), len(action)
    lifted, landed = np.append(state, 1.0), np.append(following, 1.0)
    states = np.einsum("ij,k->ijk", by_state, lifted) - np.einsum("ij,k->ijk", np.eye(n), landed)
    return np.c_[states.reshape(n, -1), np.einsum("ij,k->ijk", by_action, action).reshape(n, m * m)]


def rows_by_outer(state, action, following, by_state, by_action):
    """Take outer products, row by row."""
    rows = []
    for i, unit in enumerate(np.eye(len(state))):
        states = np.outer(by_state[i], [*state, 1.0]) - np.outer(unit, [*following, 1.0])
        rows.append(np.concatenate([states.ravel(), np.outer(by_action[i], action).ravel()]))
    return rows


def rows_by_tensordot(state, action, following, by_state, by_action):
    """Multiply with the tensors of derivatives."""
    n, m = len(state), len(action)
    lifted, landed = np.append(state, 1.0), np.append(following, 1.0)
    states = by_state[:, :, None] * lifted - np.eye(n)[:, :, None] * landed
    return np.hstack([states.reshape(n, n * n + n), (by_action[:, :, None] * action).reshape(n, m**2)])


def rows_in_other_order(state, action, following, by_state, by_action):
    """Put the unknowns of the action first."""
    rows = rows_by_loops(state, action, following, by_state, by_action)
    split = len(state) * (len(state) + 1)
    return np.hstack([rows[:, split:], rows[:, :split]])


def rows_negative(state, action, following, by_state, by_action):
    """Bring everything to the other side."""
    return -rows_by_loops(state, action, following, by_state, by_action)


def rows_by_wrong_kron(state, action, following, by_state, by_action):
    """Swap the arguments of kron."""
    lifted, landed = np.append(state, 1.0), np.append(following, 1.0)
    states = np.kron(lifted, by_state) - np.kron(landed, np.eye(len(state)))
    return np.hstack([states, np.kron(by_action, action)])


def rows_by_wrong_kron_of_actions(state, action, following, by_state, by_action):
    """Swap the arguments of kron for the actions."""
    rows = rows_by_loops(state, action, following, by_state, by_action)
    rows[:, len(state) * (len(state) + 1) :] = np.kron(action, by_action)
    return rows


def rows_without_landing(state, action, following, by_state, by_action):
    """Leave out the right-hand side."""
    rows = rows_by_loops(state, action, following, by_state, by_action)
    lifted = np.append(state, 1.0)
    rows[:, : len(state) * len(lifted)] = np.kron(by_state, lifted)
    return rows


def rows_minus_actions(state, action, following, by_state, by_action):
    """Put the action to the right-hand side."""
    return rows_by_loops(state, -action, following, by_state, by_action)


def rows_in_the_plane(state, action, following, by_state, by_action):
    """Believe that there are two coordinates."""
    lifted, landed = np.append(state, 1.0), np.append(following, 1.0)
    states = np.kron(by_state, lifted) - np.kron(np.eye(2), landed)
    return np.hstack([states, np.kron(by_action, action)])


def rows_with_transposed_jacobian(state, action, following, by_state, by_action):
    """Transpose the Jacobian."""
    return rows_by_loops(state, action, following, by_state.T, by_action)


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


WAY = np.array([0.6, 0.8])

ANSWERS = {
    "05.1": {
        "correct": [gap_by_loop, gap_by_einsum, gap_by_columns, gap_by_matmul, gap_by_sum],
        "mistakes": [
            (gap_without_k, "a matrix of their own, K"),
            (gap_unmoved, "T(s, a) has to be moved by L"),
            (gap_mean, "the largest is asked for"),
            (lambda step, left, k, s, a: gap_by_loop(step, left.T, k, s, a), "*transpose* from the right"),
            (gap_with(lambda gaps: np.linalg.norm(gaps, axis=1).min()), "the smallest of the rows"),
            (gap_with(lambda gaps: np.square(gaps).sum(axis=1).max()), "the square of the length"),
            (gap_with(lambda gaps: np.abs(gaps).max()), "the largest entry"),
            (gap_with(np.linalg.norm), "take each row by itself"),
            (gap_with(lambda gaps: np.linalg.norm(gaps, axis=0).max()), "lengths of the columns"),
            (gap_with(lambda gaps: np.linalg.norm(gaps, axis=1)), "should be a single number"),
            (gap_with(lambda gaps: np.linalg.norm(gaps, 2)), "The gap should be"),
            (gap_turned, "should be 0"),
            (gap_back, "The gap should be"),
            (gap_back_rigid, "The gap should be"),
            (gap_of_displacements, "should be 0"),
            (gap_in_the_plane, "The gap should be"),
            (lambda step, left, k, s, a: gap_by_loop(step, left, k.T, s, a), "should be 0"),
            (lambda step, left, k, s, a: 0.0, "The gap should be"),
        ],
    },
    "05.2": {
        "correct": ["Learned Shifted", " learned shifted ", "LEARNED SHIFTED"],
        "mistakes": [
            ("best shifted", "right at *every* state"),
            ("best turned", "A turn is a symmetry of the disc"),
            ("learned turned", "At which states does L⁻¹ ask"),
            ("shifted", "should be one of"),
            ("learned", "should be one of"),
            ("learned, shifted", "should be one of"),
            (("learned", "shifted"), "should be one of"),
            (3, "should be one of"),
        ],
    },
    "05.3": {
        "correct": [
            [[0.6, 0.8], [0.8, -0.6]],
            ((0.6, 0.8), (0.8, -0.6)),
            # A mirror in the line halfway between the goals.
            2.0 * np.outer([2.0, 1.0], [2.0, 1.0]) / 5.0 - np.eye(2),
            # A mirror in the first axis, and then a turn.
            np.array([[0.6, -0.8], [0.8, 0.6]]) @ np.diag([1.0, -1.0]),
            np.column_stack([WAY, [WAY[1], -WAY[0]]]),
            np.array([[0.6, 0.8], [0.8, -0.6]], dtype=np.float32),
        ],
        "mistakes": [
            ([[0.6, -0.8], [0.8, 0.6]], "it is a rotation"),
            ([[0.6, 0.0], [0.8, -1.0]], "at right angles to it"),
            ([[0.6, 1.6], [0.8, -1.2]], "as long as the first"),
            ([[0.6, 0.4], [0.8, -0.3]], "as long as the first"),
            ([[0.6, 0.0], [0.8, 0.0]], "as long as the first"),
            ([[0.6, 0.8001], [0.8, -0.6]], "as long as the first"),
            ([[1.0, 0.0], [0.0, -1.0]], "the first column of the matrix"),
            ([[0.6, 0.8], [-0.8, 0.6]], "the first column of the matrix"),
            ([[-0.6, -0.8], [-0.8, 0.6]], "the first column of the matrix"),
            ([[0.0, 1.0], [1.0, 0.0]], "the first column of the matrix"),
            (np.eye(2), "the first column of the matrix"),
            (-np.eye(2), "the first column of the matrix"),
            (np.diag([0.6, 0.8]), "the first column of the matrix"),
            ([0.6, 0.8], "should have shape (2, 2)"),
            (np.eye(3), "should have shape (2, 2)"),
        ],
    },
    "05.4": {
        "correct": [
            2 * np.pi * 70,
            2 * np.pi * 41 / np.sqrt(2),
            2 * np.pi * 99,
            np.float64(2 * np.pi * 169),
            # Between the times at which one block is back.
            2 * np.pi * 29 - 0.05,
            2 * np.pi * 29 - 0.03,
            np.array(2 * np.pi * 408),
            439.8,
            182.2,
        ],
        "mistakes": [
            (2 * np.pi, "The first block is back"),
            (2 * np.pi * 12, "The first block is back"),
            (2 * np.pi * 17, "The first block is back"),
            (10 * np.pi, "The first block is back"),
            (2 * np.pi / np.sqrt(2), "The second block is back"),
            (2 * np.pi * 24 / np.sqrt(2), "The second block is back"),
            (3.0, "Both blocks are away"),
            (29, "Both blocks are away"),
            (np.pi * 29, "Both blocks are away"),
            (0.01, "before 1"),
            (0, "before 1"),
            (-2 * np.pi * 29, "before 1"),
            (1e30, "rounding decides"),
            ([182.2], "should be a single number"),
            ("2π · 29", "should be numbers"),
        ],
    },
    "05.5": {
        "correct": [rows_by_loops, rows_by_columns, rows_by_einsum, rows_by_outer, rows_by_tensordot],
        "mistakes": [
            (rows_plus, "it has a minus here"),
            (rows_at_the_state, "the next state, not at s"),
            (rows_without_response, "reaches the next state through J_a"),
            (rows_linear, "should have shape (2, 10)"),
            (rows_in_other_order, "The part of W_S should be"),
            (rows_negative, "The part of W_S should be"),
            (rows_by_wrong_kron, "column by column"),
            (rows_by_wrong_kron_of_actions, "Here W_A is written column by column"),
            (rows_without_landing, "The right-hand side, W_S T(s, a), is missing"),
            (rows_minus_actions, "no minus"),
            (rows_in_the_plane, "rows_in_the_plane"),
            (rows_with_transposed_jacobian, "The part of W_S should be"),
            (lambda s, a, t, j, k: rows_by_loops(s, a, t, j, k).T, "should have shape (2, 10)"),
            (lambda s, a, t, j, k: rows_by_loops(s, a, t, j, k)[0], "should have shape (2, 10)"),
        ],
    },
}
