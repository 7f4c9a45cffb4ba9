"""Sample answers to the exercises of lesson 09."""

import numpy as np
from scipy.linalg import block_diag, expm

from hgmrl_lite.course.lesson_09 import BREAKS, TURNS


def rotation(angle):
    """Return the rotation by an angle."""
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def in_blocks(angle):
    """Put the blocks together."""
    return block_diag(rotation(angle), np.eye(2), rotation(angle))


def by_exponential(angle):
    """Exponentiate the generator."""
    generator = np.zeros((6, 6))
    generator[[1, 5], [0, 4]], generator[[0, 4], [1, 5]] = 1.0, -1.0
    return expm(angle * generator)


def from_states(angle):
    """Solve for the matrix that fits many states and their turned copies."""
    joints = np.random.default_rng(0).uniform(-3.0, 3.0, (50, 2))
    before, after = arm(joints), arm(joints + np.array([angle, 0.0]))
    return np.linalg.lstsq(before, after, rcond=None)[0].T


def arm(joints):
    """Return states of an arm whose joints stand at angles."""
    first, both = joints[:, 0], joints.sum(axis=1)
    tip = [0.6 * np.cos(first) + 0.5 * np.cos(both), 0.6 * np.sin(first) + 0.5 * np.sin(both)]
    return np.column_stack([np.cos(first), np.sin(first), np.cos(joints[:, 1]), np.sin(joints[:, 1]), *tip])


def everything_turns(angle):
    """Turn the elbow as well."""
    return np.kron(np.eye(3), rotation(angle))


def tip_forgotten(angle):
    """Leave the tip where it is."""
    return block_diag(rotation(angle), np.eye(4))


def elbow_turns(angle):
    """Turn the elbow in place of the base."""
    return block_diag(np.eye(2), rotation(angle), rotation(angle))


def by_addition(seen):
    """Use the addition formulas."""
    (c1, c2), (s1, s2) = seen[:, :2].T, seen[:, 2:4].T
    x, y = c1 + 1.1 * (c1 * c2 - s1 * s2), s1 + 1.1 * (s1 * c2 + c1 * s2)
    return np.column_stack([seen[:, :4], x, y, seen[:, 6:8] / 10])


def by_complex_numbers(seen):
    """Multiply unit numbers."""
    base, elbow = (seen[:, :2] + 1j * seen[:, 2:4]).T
    tip = base * (1.0 + 1.1 * elbow)
    return np.column_stack([seen[:, :4], tip.real, tip.imag, 0.1 * seen[:, 6:8]])


def with_tip(seen, tip, speed=10.0):
    """Return states with another tip (B, 2)."""
    return np.hstack([seen[:, :4], tip, seen[:, 6:8] / speed])


def elbow_from_the_world(seen):
    """Count the elbow's angle from the world."""
    return with_tip(seen, seen[:, [0, 2]] + 1.1 * seen[:, [1, 3]])


def elbow_turned_back(seen):
    """Subtract the elbow's angle."""
    base, elbow = np.arctan2(seen[:, 2:4], seen[:, :2]).T
    return by_angles(seen, (base, -elbow))


def by_angles(seen, angles):
    """Return states of an arm whose joints stand at angles (2, B)."""
    base, elbow = angles
    return with_tip(
        seen,
        np.column_stack([turn(base) + 1.1 * turn(base + elbow) for turn in (np.cos, np.sin)]),
    )


def equal_links(seen):
    """Take both links for equally long."""
    return with_tip(seen, by_addition(seen)[:, 4:6] / 1.1 + seen[:, [0, 2]] * (1.0 - 1.0 / 1.1))


ANSWERS = {
    "09.1": {
        "correct": [dict(TURNS), {name: f" {word.upper()} " for name, word in TURNS.items()}],
        "mistakes": [
            (TURNS | {"the steering of the car": "turns"}, "does your hand do anything else"),
            (TURNS | {"the speed of the car": "turns"}, "does your hand do anything else"),
            (TURNS | {"the heading of the car": "stays"}, "an arrow on the map"),
            (TURNS | {"the angle of the arm's elbow": "turns"}, "From what is that angle counted"),
            (TURNS | {"the tip of the arm": ...}, "is still open"),
            (TURNS | {"the tip of the arm": "moves"}, 'should be one of "turns", "stays"'),
            (list(TURNS.values()), "should be the dictionary"),
        ],
    },
    "09.2": {
        "correct": [in_blocks, by_exponential, from_states],
        "mistakes": [
            (everything_turns, "counted from the first link"),
            (tip_forgotten, "goes around the base"),
            (elbow_turns, "turns the elbow, and not the base"),
            (lambda angle: in_blocks(-angle), "the wrong way round"),
            (lambda angle: block_diag(np.eye(4), rotation(angle)), "The pair of the base"),
            (lambda angle: in_blocks(np.radians(angle)), "in radians already"),
            (rotation, r"should have shape (6, 6)"),
        ],
    },
    "09.3": {
        "correct": [dict(BREAKS), {name: word.title() for name, word in BREAKS.items()}],
        "mistakes": [
            (BREAKS | {"the base starts near one angle": "inherited"}, "where an episode begins"),
            (BREAKS | {"each joint rubs on one of its sides": "start law"}, "does the copy still move alike"),
            (BREAKS | {"one of the tasks pays double": "none"}, "What of its tasks has changed"),
            (BREAKS | {"all of the tasks pay double": "same rewards"}, "do they still agree"),
            (BREAKS | {"only 1000 transitions of each task": "inherited"}, "Can so few data tell"),
            (BREAKS | {"only 1000 transitions of each task": ...}, "is still open"),
        ],
    },
    "09.4": {
        "correct": [by_addition, by_complex_numbers],
        "mistakes": [
            (elbow_from_the_world, "the second link stands at θ₁ + θ₂"),
            (elbow_turned_back, "stands at θ₁ plus θ₂"),
            (lambda seen: by_angles(seen, np.arctan2(seen[:, :2], seen[:, 2:4]).T), "takes the sine first"),
            (lambda seen: by_angles(seen, np.arccos(seen[:, :2]).T), "does not tell the sign"),
            (lambda seen: by_angles(seen, np.arctan2(seen[:, [1, 3]], seen[:, [0, 2]]).T), "both cosines"),
            (equal_links, "0.11 metres long"),
            (lambda seen: with_tip(seen, 0.1 * by_addition(seen)[:, 4:6]), "in units of 0.1 metres"),
            (lambda seen: with_tip(seen, by_addition(seen)[:, 4:6], 1.0), "divided by 10"),
            (lambda seen: with_tip(seen, seen[:, 8:10]), "the tip minus the goal"),
            (lambda seen: with_tip(seen, 10.0 * (seen[:, 4:6] + seen[:, 8:10])), "a moment late"),
            (lambda seen: with_tip(seen, 10.0 * seen[:, 4:6]), "That is the goal"),
            (lambda seen: seen, r"should have shape"),
        ],
    },
}
