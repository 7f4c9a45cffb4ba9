"""Sample answers to the exercises of lesson 07."""

import numpy as np
import scipy.stats

from hgmrl_lite import envs

family = envs.navigation()
quiet = envs.navigation(noise=0.0, start_std=0.0)


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


def paired_of(change):
    """Make an interval of changed differences."""

    def interval(agent, reference):
        d = change(np.asarray(reference) - np.asarray(agent))
        return d.mean(), 1.96 * d.std(ddof=1) / np.sqrt(len(d))

    return interval


def paired_by_scipy(agent, reference):
    """Let SciPy compute the standard error."""
    d = np.subtract(reference, agent)
    return [np.mean(d), 1.96 * scipy.stats.sem(d)]


def paired_by_covariance(agent, reference):
    """Var(r − a) = Var r + Var a − 2 Cov(r, a)."""
    c = np.cov(agent, reference)
    return np.mean(reference) - np.mean(agent), 1.96 * np.sqrt((c[0, 0] + c[1, 1] - 2 * c[0, 1]) / len(agent))


def paired_by_student(agent, reference):
    """Take Student's factor."""
    mean, half = paired_by_scipy(agent, reference)
    return mean, half / 1.96 * scipy.stats.t.ppf(0.975, len(agent) - 1)


def paired_with_plus(agent, reference):
    """Get the sign of the covariance wrong."""
    c = np.cov(agent, reference)
    return np.mean(reference) - np.mean(agent), 1.96 * np.sqrt((c[0, 0] + c[1, 1] + 2 * c[0, 1]) / len(agent))


def median_interval(agent, reference):
    """Take the median."""
    return np.median(np.subtract(reference, agent)), paired_by_scipy(agent, reference)[1]


def as_ends(agent, reference):
    """Give the ends of the interval."""
    mean, half = paired_by_scipy(agent, reference)
    return mean - half, mean + half


def honest_all_at_once(agent, goal, seeds):
    """Roll all policies out together: one a row, all on the true goal."""
    policies = [agent.adapt(family.explore(goal, agent.context_size, seed=seed)) for seed in seeds]
    goals = np.tile(goal, (len(policies), 1))
    own = family.rollout(policies, goals, seed=0).returns
    return family.rollout(family.reference(goal), goals, seed=0).returns - own


def honest_by_evaluate(agent, goal, seeds):
    """Subtract in a comprehension."""
    best = family.rollout(family.reference(goal), [goal], episodes=100).returns
    adapted = (agent.adapt(family.explore(goal, agent.context_size, seed=seed)) for seed in seeds)
    return np.concatenate([best - family.rollout(policy, [goal], episodes=100).returns for policy in adapted])


def one_context(agent, goal, seeds):
    """Adapt once."""
    policy = agent.adapt(family.explore(goal, agent.context_size, seed=seeds[0]))
    best = family.rollout(family.reference(goal), [goal], episodes=100, seed=0).returns[0]
    return np.array([best - family.rollout(policy, [goal], episodes=100, seed=0).returns[0] for _ in seeds])


def other_noise(agent, goal, seeds):
    """Let the reference meet other noise."""
    rows = []
    for seed in seeds:
        policy = agent.adapt(family.explore(goal, agent.context_size, seed=seed))
        best = family.rollout(family.reference(goal), [goal], episodes=100, seed=1).returns[0]
        rows.append(best - family.rollout(policy, [goal], episodes=100, seed=0).returns[0])
    return np.array(rows)


def own_goal(agent, goal, seeds):
    """Judge the agent by the goal it goes to."""
    rows = []
    for seed in seeds:
        policy = agent.adapt(family.explore(goal, agent.context_size, seed=seed))
        state = np.zeros((1, 2))
        for _ in range(30):
            state = state + 0.1 * policy(state)
        aim = state[0]
        best = family.rollout(family.reference(aim), [aim], episodes=100, seed=0).returns[0]
        rows.append(best - family.rollout(policy, [aim], episodes=100, seed=0).returns[0])
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


def honest_by_lists(agent, goal, seeds):
    """Build it number by number."""
    policies = [agent.adapt(family.explore(goal, agent.context_size, seed=seed)) for seed in seeds]
    best = family.rollout(family.reference(goal), [goal], seed=0).returns
    own = [family.rollout(policy, [goal], seed=0).returns for policy in policies]
    return [[b - r for b, r in zip(best[0], row[0], strict=True)] for row in own]


def changed(change):
    """Change the right regret."""
    return lambda agent, goal, seeds: change(honest_all_at_once(agent, goal, seeds))


def always_twenty(agent, goal, seeds):
    """Explore for twenty transitions, whatever the agent wants."""
    rows = []
    for seed in seeds:
        policy = agent.adapt(family.explore(goal, 20, seed=seed))
        best = family.rollout(family.reference(goal), [goal], seed=0).returns[0]
        rows.append(best - family.rollout(policy, [goal], seed=0).returns[0])
    return np.array(rows)


def quiet_agent(agent, goal, seeds):
    """Run the agent without noise."""
    best = family.rollout(family.reference(goal), [goal], seed=0).returns[0]
    policies = [agent.adapt(family.explore(goal, agent.context_size, seed=seed)) for seed in seeds]
    return np.array([best - quiet.rollout(p, [goal], seed=0).returns[0] for p in policies])


def constant_reference(agent, goal, seeds):
    """Hold every episode against the reference's mean return."""
    best = family.rollout(family.reference(goal), [goal], seed=0).returns.mean()
    policies = [agent.adapt(family.explore(goal, agent.context_size, seed=seed)) for seed in seeds]
    return np.array([best - family.rollout(p, [goal], seed=0).returns[0] for p in policies])


def noise_of_the_context(agent, goal, seeds):
    """Run the episodes with the context's seed."""
    rows = []
    for seed in seeds:
        policy = agent.adapt(family.explore(goal, agent.context_size, seed=seed))
        best = family.rollout(family.reference(goal), [goal], seed=seed).returns[0]
        rows.append(best - family.rollout(policy, [goal], seed=seed).returns[0])
    return np.array(rows)


def luckiest_context(agent, goal, seeds):
    """Report the best draw for all."""
    regret = honest_all_at_once(agent, goal, seeds)
    return np.tile(regret[np.argmin(regret.mean(axis=1))], (len(seeds), 1))


def told_the_goal(agent, goal, seeds):
    """Let the agent see a context of goals it will not meet."""
    return honest_all_at_once(agent, -np.asarray(goal), seeds)


RIGHT = ("nobody", "geometry", "inference", "geometry", "geometry", "nobody")


def but(position, word):
    """Change one word of the right answer."""
    return tuple(word if k == position else right for k, right in enumerate(RIGHT))


ANSWERS = {
    "07.1": {
        "correct": [
            (159, 81),
            np.array([150.8, 76.7]),
            [162.3, 84.0],
            (200 * np.sin(np.radians(52.5)), 200 * np.sin(np.radians(24))),
        ],
        "mistakes": [
            ((1.59, 0.81), "cost of one step"),
            ((183.3, 83.8), "the arc along the circle"),
            ((81, 159), "is not the regret of walking to the base goal"),
            ((81, 81), "is not the regret of walking to the base goal"),
            ((159, 159), "is not the regret of walking to the nearest goal"),
            ((159, 179), "for walking to the nearest goal"),
            ((-159, -81), "above 0"),
            ((134, 118), "for walking to the base goal"),
            ((159, 0), "for walking to the nearest goal"),
            ((100, 41), "is not within a tenth"),
            ((105, 48), "use 100 · 2 sin(δ/2)"),
            (159, "should have shape (2,)"),
            ((159, 81, 0.1), "should have shape (2,)"),
        ],
    },
    "07.2": {
        "correct": [paired_by_hand, lambda a, r: scaled(1.0)(a, r), paired_by_scipy, paired_by_covariance],
        "mistakes": [
            (unpaired, "takes the two samples as independent"),
            (scaled(1.0, sign=-1.0), "what the agent misses"),
            (scaled(1.0, ddof=0), "ddof=1"),
            (scaled(1 / 1.96), "the standard error"),
            (scaled(2.0), "the whole width"),
            (lambda a, r: scaled(np.sqrt(len(a)))(a, r), "√n times less"),
            (paired_of(np.abs), "Keep the sign"),
            (paired_of(lambda d: np.maximum(d, 0)), "Keep the sign"),
            (paired_of(lambda d: d[d >= 0]), "paired_interval"),
            (paired_by_student, "paired_interval"),
            (paired_with_plus, "paired_interval"),
            (median_interval, "paired_interval"),
            (as_ends, "paired_interval"),
            (lambda a, r: np.mean(r - a), "should have shape (2,)"),
        ],
    },
    "07.3": {
        "correct": ["hfcb", ["B", "C", "F", "H"], "B, C, F, H", {"b", "c", "f", "h"}, "B C F H"],
        "mistakes": [
            ("BCFGH", "the best policy for that goal"),
            ("BCF", "is the comparison with the rival"),
            ("BFH", "whose goal is it"),
            ("XY", "letters of the wrong lines"),
            ("", "how often does each agent"),
            ("ABCFH", "the same random policy"),
            ("BCDFH", "adapting is what the agent is there for"),
            ("BCEFH", "many episodes, and their mean"),
            ("BCH", "what else differs between the two agents"),
            ("CFH", "how often does each agent"),
            ("ABCDEFGH", "does not mislead"),
            ("ADEG", "does not mislead"),
            ((2, 3, 6, 8), "letters of the wrong lines"),
        ],
    },
    "07.4": {
        "correct": [honest_all_at_once, honest_by_evaluate, honest_by_lists],
        "mistakes": [
            (one_context, "explore and adapt inside the loop"),
            (other_noise, "meet different noise"),
            (own_goal, "the goal that it believes in"),
            (negative, "less the agent's"),
            (other_context, "with that seed and nothing else"),
            (mean_only, "should have shape (3, 100)"),
            (changed(np.abs), "Keep the sign"),
            (changed(lambda regret: np.maximum(regret, 0)), "Keep the sign"),
            (changed(lambda regret: np.clip(regret, 0, 200)), "Keep the sign"),
            (changed(lambda regret: np.sort(regret, axis=1)), "honest_regret"),
            (changed(np.transpose), "should have shape (3, 100)"),
            (changed(lambda regret: regret - regret.min()), "honest_regret"),
            (always_twenty, "not a context of 15 transitions"),
            (quiet_agent, "meet different noise"),
            (constant_reference, "meet different noise"),
            (noise_of_the_context, "honest_regret"),
            (luckiest_context, "honest_regret"),
            (told_the_goal, "with that seed and nothing else"),
        ],
    },
    "07.5": {
        "correct": [
            list(RIGHT),
            tuple(word.upper() for word in RIGHT),
            [f" {word} " for word in RIGHT],
            np.array(RIGHT),
        ],
        "mistakes": [
            (but(0, "geometry"), "tells a square from a disc"),
            (but(0, "inference"), "tells a square from a disc"),
            (but(1, "nobody"), "here it shows in the transitions"),
            (but(1, "inference"), "here it shows in the transitions"),
            (but(2, "geometry"), "the new task alone"),
            (but(2, "nobody"), "the new task alone"),
            (but(3, "nobody"), "look the same from every side"),
            (but(3, "inference"), "look the same from every side"),
            (but(4, "nobody"), "determinant −1"),
            (but(5, "geometry"), "look at the policy"),
            (but(5, "undecided"), "should be one of"),
            (RIGHT[:3], "should be 6 words"),
            (set(RIGHT), "should be 6 words"),
        ],
    },
}
