"""Sample answers to the exercises of lesson 07."""

import numpy as np

from hgmrl_lite import envs


def paired_by_hand(agent, reference):
    """Write out the sums."""
    d = [r - a for a, r in zip(agent, reference, strict=True)]
    mean = sum(d) / len(d)
    variance = sum((x - mean) ** 2 for x in d) / (len(d) - 1)
    return np.array([mean, 1.96 * (variance / len(d)) ** 0.5])


def unpaired(agent, reference):
    """Add the variances of two samples."""
    spread = np.var(agent, ddof=1) + np.var(reference, ddof=1)
    return np.mean(reference) - np.mean(agent), 1.96 * np.sqrt(spread / len(agent))


def scaled(factor, sign=1.0, ddof=1):
    """Make a wrong interval from the right one."""

    def interval(agent, reference):
        d = reference - agent
        return sign * d.mean(), factor * 1.96 * d.std(ddof=ddof) / np.sqrt(len(d))

    return interval


def honest_all_at_once(agent, goal, seeds):
    """Roll all policies out together: one a row, all on the true goal."""
    policies = [agent.adapt(envs.explore(goal, agent.context_size, seed=seed)) for seed in seeds]
    goals = np.tile(goal, (len(policies), 1))
    own = envs.rollout(policies, goals, seed=0).returns
    return envs.rollout(envs.greedy_policy(goal), goals, seed=0).returns - own


def honest_by_evaluate(agent, goal, seeds):
    """Subtract in a comprehension."""
    best = envs.rollout(envs.greedy_policy(goal), [goal], episodes=100).returns
    adapted = (agent.adapt(envs.explore(goal, 20, seed=seed)) for seed in seeds)
    return np.concatenate([best - envs.rollout(policy, [goal], episodes=100).returns for policy in adapted])


def one_context(agent, goal, seeds):
    """Adapt once."""
    policy = agent.adapt(envs.explore(goal, agent.context_size, seed=seeds[0]))
    best = envs.rollout(envs.greedy_policy(goal), [goal], episodes=100, seed=0).returns[0]
    return np.array([best - envs.rollout(policy, [goal], episodes=100, seed=0).returns[0] for _ in seeds])


def other_noise(agent, goal, seeds):
    """Let the reference meet other noise."""
    rows = []
    for seed in seeds:
        policy = agent.adapt(envs.explore(goal, agent.context_size, seed=seed))
        best = envs.rollout(envs.greedy_policy(goal), [goal], episodes=100, seed=1).returns[0]
        rows.append(best - envs.rollout(policy, [goal], episodes=100, seed=0).returns[0])
    return np.array(rows)


def own_goal(agent, goal, seeds):
    """Judge the agent by the goal it goes to."""
    rows = []
    for seed in seeds:
        policy = agent.adapt(envs.explore(goal, agent.context_size, seed=seed))
        state = np.zeros((1, 2))
        for _ in range(30):
            state = state + 0.1 * policy(state)
        aim = state[0]
        best = envs.rollout(envs.greedy_policy(aim), [aim], episodes=100, seed=0).returns[0]
        rows.append(best - envs.rollout(policy, [aim], episodes=100, seed=0).returns[0])
    return np.round(np.array(rows), 9)


def negative(agent, goal, seeds):
    """Subtract the wrong way round."""
    return -honest_all_at_once(agent, goal, seeds)


def other_context(agent, goal, seeds):
    """Explore with seeds of its own."""
    return honest_all_at_once(agent, goal, [seed + 100 for seed in seeds])


def mean_only(agent, goal, seeds):
    """Average the episodes away."""
    return honest_all_at_once(agent, goal, seeds).mean(axis=1)


RIGHT = ("geometry", "inference", "geometry", "geometry", "nobody")


def but(position, word):
    """Change one word of the right answer."""
    return tuple(word if k == position else right for k, right in enumerate(RIGHT))


ANSWERS = {
    "07.1": {
        "correct": [(130, 118), np.array([125.0, 120.0])],
        "mistakes": [
            ((1.3, 118), "cost of one step"),
            ((130, 126), "the arc along the circle"),
            ((118, 118), "is not the base policy's"),
            ((130, 60), "for the agent that walks to the nearest goal"),
            (130, "should have shape (2,)"),
        ],
    },
    "07.2": {
        "correct": [paired_by_hand, lambda a, r: scaled(1.0)(a, r)],
        "mistakes": [
            (unpaired, "takes the two samples as independent"),
            (scaled(1.0, sign=-1.0), "what the agent misses"),
            (scaled(1.0, ddof=0), "ddof=1"),
            (scaled(1 / 1.96), "the standard error"),
            (scaled(2.0), "the whole width"),
            (lambda a, r: scaled(np.sqrt(len(a)))(a, r), "√n times less"),
        ],
    },
    "07.3": {
        "correct": ["hfcb", ["B", "C", "F", "H"], "B, C, F, H"],
        "mistakes": [
            ("BCFGH", "the best policy for that goal"),
            ("BCF", "is the comparison with the rival"),
            ("BFH", "whose goal is it"),
            ("XY", "letters of the wrong lines"),
            ("", "how often does each agent"),
        ],
    },
    "07.4": {
        "correct": [honest_all_at_once, honest_by_evaluate],
        "mistakes": [
            (one_context, "explore and adapt inside the loop"),
            (other_noise, "meet different noise"),
            (own_goal, "the goal that it believes in"),
            (negative, "less the agent's"),
            (other_context, "with that seed and nothing else"),
            (mean_only, "should have shape (3, 100)"),
        ],
    },
    "07.5": {
        "correct": [list(RIGHT), tuple(word.upper() for word in RIGHT)],
        "mistakes": [
            (but(0, "inference"), "the actions fill a square"),
            (but(1, "geometry"), "the new task alone"),
            (but(2, "nobody"), "look the same from every side"),
            (but(3, "nobody"), "determinant −1"),
            (but(4, "geometry"), "look at the policy"),
            (RIGHT[:3], "should be 5 words"),
        ],
    },
}
