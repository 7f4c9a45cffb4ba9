"""Sample answers to the exercises of lesson 08."""

import numpy as np
import scipy.linalg
from scipy.spatial.transform import Rotation

from hgmrl_lite import lie


def rank(matrices):
    """Return the rank of matrices of one size, whatever their unit."""
    rows = np.reshape(matrices, (len(matrices), -1))
    return int(np.linalg.matrix_rank(rows / np.linalg.norm(rows, axis=1, keepdims=True), tol=1e-7))


def dimension_by_hand(generators):
    """Add one bracket at a time, when it is new."""
    kept = []
    for matrix in generators:
        if rank([*kept, matrix]) > len(kept):
            kept.append(matrix / np.linalg.norm(matrix))
    todo = [(a, b) for a in kept for b in kept]
    while todo:
        a, b = todo.pop()
        new = a @ b - b @ a
        size = np.linalg.norm(new)
        if size > 1e-9 and rank([*kept, new / size]) > len(kept):
            new /= size
            todo += [(new, other) for other in kept]
            kept.append(new)
    return len(kept)


def dimension_by_algebra(generators):
    """Let the package close it."""
    unit = generators / np.linalg.norm(generators, axis=(1, 2), keepdims=True)
    independent = scipy.linalg.orth(unit.reshape(len(unit), -1).T, rcond=1e-9).T
    return lie.LieAlgebra(independent.reshape(-1, *unit.shape[1:])).closure().dimension


def dimension_as_float(generators):
    """Return a whole number as a float."""
    return float(dimension_by_hand(generators))


def one_round(generators):
    """Stop after the brackets of what was given."""
    brackets = [a @ b - b @ a for a in generators for b in generators]
    return rank([*generators, *(m for m in brackets if np.linalg.norm(m) > 0)])


def of_products(generators):
    """Take products for brackets."""
    products = [a @ b for a in generators for b in generators]
    return rank([*generators, *(m for m in products if np.linalg.norm(m) > 0)])


def all_rotations(generators):
    """Count all rotations of the space, wherever two generators differ."""
    n = generators.shape[-1]
    return n * (n - 1) // 2 if rank(generators) > 1 else rank(generators)


def in_absolute_units(generators):
    """Count what is above a fixed bound."""
    brackets = [a @ b - b @ a for a in generators for b in generators]
    rows = np.reshape([*generators, *brackets], (-1, generators[0].size))
    return int((np.linalg.svd(rows)[1] > 1e-8).sum())


def least_by_alignment(start, end):
    """Ask SciPy for the rotation that aligns vectors; at the antipode turn about any axis at right angles."""
    axis = np.cross(start, end)
    if np.linalg.norm(axis) < 1e-12:
        if start @ end > 0:
            return np.eye(3)
        return Rotation.from_rotvec(np.pi * scipy.linalg.null_space(start[None])[:, 0]).as_matrix()
    axis /= np.linalg.norm(axis)
    return Rotation.align_vectors([end, axis], [start, axis])[0].as_matrix()


def least_by_reflections(start, end):
    """Reflect at a right angle to start, then at the bisector."""
    side = np.linalg.svd(start[None])[2][1]
    middle = start + end
    if np.linalg.norm(middle) < 1e-12:
        return 2 * np.outer(side, side) - np.eye(3)
    middle = middle / np.linalg.norm(middle)
    axis = np.cross(start, end)
    size = np.linalg.norm(axis)
    if size < 1e-12:
        return np.eye(3)
    return Rotation.from_rotvec(np.arctan2(size, start @ end) * axis / size).as_matrix()


def least_by_householder(start, end):
    """Two mirrors whose planes hold the axis: carries start to end in their common plane."""
    if np.allclose(start, end):
        return np.eye(3)
    if np.linalg.norm(start + end) < 1e-12:
        axis = np.cross(start, [1.0, 0.0, 0.0] if abs(start[0]) < 0.6 else [0.0, 1.0, 0.0])
        axis /= np.linalg.norm(axis)
        return 2 * np.outer(axis, axis) - np.eye(3)
    return least_by_alignment(start, end)


def as_in_lesson_06(start, end):
    """Take every zero cross product for equal goals."""
    axis = np.cross(start, end)
    sine = np.linalg.norm(axis)
    if sine < 1e-12:
        return np.eye(3)
    return lie.so3_exp(np.arctan2(sine, start @ end) * axis / sine)


def divides_by_zero(start, end):
    """Forget both special cases."""
    axis = np.cross(start, end)
    sine = np.linalg.norm(axis)
    return lie.so3_exp(np.arctan2(sine, start @ end) * axis / sine)


def about_the_x_axis(start, end):
    """Turn about x at the antipode, whatever start is."""
    if np.allclose(start, -end):
        return lie.so3_exp([np.pi, 0.0, 0.0])
    return as_in_lesson_06(start, end)


def cross_with_z(start, end):
    """Cross with z at the antipode, also where start is z."""
    if np.linalg.norm(start + end) < 1e-9:
        axis = np.cross(start, [0.0, 0.0, 1.0])
        return lie.so3_exp(np.pi * axis / np.linalg.norm(axis))
    return as_in_lesson_06(start, end)


def point_reflection(start, end):
    """Return minus the identity at the antipode."""
    return -np.eye(3) if np.allclose(start, -end) else as_in_lesson_06(start, end)


def always_free(start, end):
    """Take goals near the antipode for it."""
    if start @ end < -0.999:
        return least_by_alignment(start, -start)
    return as_in_lesson_06(start, end)


def by_arcsine(start, end):
    """Lose the obtuse angles."""
    axis = np.cross(start, end)
    sine = np.linalg.norm(axis)
    return np.eye(3) if sine < 1e-12 else lie.so3_exp(np.arcsin(sine) * axis / sine)


def axis_not_unit(start, end):
    """Turn about a cross product as it comes, times the angle."""
    axis = np.cross(start, end)
    return lie.so3_exp(np.arctan2(np.linalg.norm(axis), start @ end) * axis)


def axis_not_unit_at_the_antipode(start, end):
    """Forget the length of the axis at the antipode only."""
    if np.linalg.norm(start + end) > 1e-9:
        return as_in_lesson_06(start, end)
    return lie.so3_exp(np.pi * np.cross(start, np.eye(3)[np.argmin(np.abs(start))]))


def with_extra_turn(start, end):
    """Turn about the new goal as well."""
    return lie.so3_exp(0.8 * end) @ least_by_alignment(start, end)


DIMENSIONS = {
    "the base goal and one other": 1,
    "three on a great circle": 1,
    "three on a circle of latitude": 3,
    "three anywhere": 3,
    "the base goal, three times": 0,
}


def share_by_correlation(values, next_values, actions):
    """Take the squared correlation of increments and fit."""
    increments = next_values - values
    centred = actions - actions.mean(axis=0)
    fit = centred @ np.linalg.pinv(centred) @ (increments - increments.mean())
    return np.corrcoef(fit, increments)[0, 1] ** 2


def share_by_normal_equations(values, next_values, actions):
    """Solve the normal equations."""
    increments = next_values - values
    columns = np.column_stack([np.ones(len(actions)), actions])
    weights = np.linalg.solve(columns.T @ columns, columns.T @ increments)
    return np.var(columns @ weights) / np.var(increments)


def share_of_next_value(values, next_values, actions):
    """Forget the increments."""
    return share_by_normal_equations(0.0 * values, next_values, actions)


def share_of_first_action(values, next_values, actions):
    """Look at one coordinate of the action only."""
    return share_by_normal_equations(values, next_values, actions[:, :1])


def share_without_constant(values, next_values, actions):
    """Fit without a constant."""
    increments = next_values - values
    left = increments - actions @ np.linalg.lstsq(actions, increments)[0]
    return 1.0 - (left**2).sum() / (increments**2).sum()


def left_over_variance(values, next_values, actions):
    """Return the variance of what the fit leaves."""
    return (1.0 - share_by_correlation(values, next_values, actions)) * np.var(next_values - values)


COMMANDS = [np.array(one) for one in ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))]


def walk(step, place, commands):
    """Walk."""
    for command in commands:
        place = step(place, command)
    return place


def round_in_blocks(step, start, count):
    """Give each command ``count`` times."""
    return walk(step, start, [one for one in COMMANDS for _ in range(count)]) - start


def round_recursively(step, start, count):
    """Go through a list of commands without a loop."""
    todo = np.repeat(COMMANDS, count, axis=0)

    def onward(place, left):
        return onward(step(place, left[0]), left[1:]) if len(left) else place

    return onward(start, todo) - start


def round_alternating(step, start, count):
    """Go round ``count`` small rounds."""
    return walk(step, start, COMMANDS * count) - start


def round_end(step, start, count):
    """Return the end itself."""
    return round_in_blocks(step, start, count) + start


def round_once(step, start, count):
    """Give each command once."""
    return walk(step, start, COMMANDS) - start


def round_there_and_back(step, start, count):
    """Go back at once."""
    right, up, left, down = COMMANDS
    return walk(step, start, [one for one in (right, left, up, down) for _ in range(count)]) - start


def round_other_way(step, start, count):
    """Begin with the second command."""
    right, up, left, down = COMMANDS
    return walk(step, start, [one for one in (up, right, down, left) for _ in range(count)]) - start


def round_in_long_steps(step, start, count):
    """Give one command that is ``count`` times as long."""
    return walk(step, start, [count * one for one in COMMANDS]) - start


def round_from_the_start(step, start, count):
    """Take every step from the start."""
    return count * sum(step(start, one) - start for one in COMMANDS)


ANSWERS = {
    "08.1": {
        "correct": [dimension_by_hand, dimension_by_algebra, dimension_as_float],
        "mistakes": [
            (rank, "Add the brackets of each two of them"),
            (one_round, "One round of brackets is not enough"),
            (of_products, "A product AB is no bracket"),
            (len, "count the rank"),
            (all_rotations, "The dimension should be 2"),
            (in_absolute_units, "The dimension should be 6"),
            (lambda g: 3, "The dimension should be 1"),
        ],
    },
    "08.2": {
        "correct": [DIMENSIONS, {name: float(value) for name, value in DIMENSIONS.items()}],
        "mistakes": [
            (DIMENSIONS | {"three on a circle of latitude": 1}, "do you stay on that latitude"),
            (DIMENSIONS | {"three on a circle of latitude": 2}, "their bracket is a third"),
            (DIMENSIONS | {"three anywhere": 2}, "their bracket is a third"),
            (DIMENSIONS | {"three on a great circle": 3}, "How many different ones are there"),
            (DIMENSIONS | {"the base goal and one other": 3}, "How many different ones are there"),
            (DIMENSIONS | {"the base goal, three times": 1}, "carries a goal to itself"),
            (DIMENSIONS | {"three anywhere": 9}, "have 3 dimensions at most"),
            (DIMENSIONS | {"three anywhere": ...}, "is still open"),
            ([1, 1, 3, 3, 0], "should be the dictionary"),
        ],
    },
    "08.3": {
        "correct": [least_by_alignment, least_by_reflections, least_by_householder],
        "mistakes": [
            (as_in_lesson_06, "equal or opposite: the inner product tells which"),
            (divides_by_zero, "omega must be finite"),
            (about_the_x_axis, "What it makes of the first goal"),
            (cross_with_z, "omega must be finite"),
            (point_reflection, "its determinant is −1"),
            (always_free, "What it makes of the first goal"),
            (by_arcsine, "up to 90° only"),
            (with_extra_turn, "an extra turn about the new goal"),
            (axis_not_unit, "make the axis a unit vector first"),
            (axis_not_unit_at_the_antipode, "make the axis a unit vector first"),
            (lambda a, b: lie.so3_exp(np.cross(a, b)), "is the sine of the angle"),
            (lambda a, b: least_by_alignment(b, a), "turns the wrong way round"),
        ],
    },
    "08.4": {
        "correct": [share_by_correlation, share_by_normal_equations],
        "mistakes": [
            (share_of_next_value, "the next value minus the value"),
            (share_of_first_action, "all the actions' coordinates"),
            (share_without_constant, "needs a constant"),
            (lambda v, w, a: 1.0 - share_by_correlation(v, w, a), "share that is left over"),
            (lambda v, w, a: share_by_correlation(v, w, a) ** 0.5, "Its square is the share"),
            (left_over_variance, "a share has no unit"),
            (lambda v, w, a: 1.0 - left_over_variance(v, w, a), "a share has no unit"),
            (lambda v, w, a: 1.0 - left_over_variance(v, w, a) / w.var(), "not by that of the next values"),
            (lambda v, w, a: 1.0 - (1.0 - share_by_correlation(v, w, a)) ** 0.5, "not standard deviations"),
            (lambda v, w, a: 1.0, "The share should be"),
        ],
    },
    "08.5": {
        "correct": [round_in_blocks, round_recursively],
        "mistakes": [
            (round_end, "How far is that from where it began"),
            (round_once, "give each `count` times"),
            (round_alternating, "You alternate the commands"),
            (round_there_and_back, "is no round"),
            (round_other_way, "the other way"),
            (round_in_long_steps, "One long command is not"),
            (round_from_the_start, "begins where the last one ended"),
            (lambda step, start, count: -round_in_blocks(step, start, count), "the end minus the start"),
            (lambda step, start, count: np.zeros(2), "End minus start should be"),
        ],
    },
}
