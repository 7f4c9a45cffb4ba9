"""Exercises of lesson 07: two predictions, a paired interval, a careless evaluation, an honest one, trust."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import envs, lie
from hgmrl_lite._validate import Array
from hgmrl_lite.course.calling import call
from hgmrl_lite.course.cases import each_case, each_choice
from hgmrl_lite.course.exercise import exercise, hints
from hgmrl_lite.course.expect import Mistakes, NotYet, describe, expect, expect_close, expect_shape
from hgmrl_lite.transitions import Transitions

family = envs.navigation()

#: Degrees from the goal at 30° to the base goal, and to the nearest training goal.
_AWAY = {"base goal": 105.0, "nearest goal": 48.0}


def law(degrees: ArrayLike, steps: int = 100) -> Array:
    """Return what going to a goal that many degrees away costs: the chord, once a step."""
    return steps * 2.0 * np.sin(np.radians(degrees) / 2.0)


@exercise("07.1", "Predict two regrets", tuple(map(law, _AWAY.values())))
@hints(
    "Both agents walk to a training goal and stay there, for a hundred steps. Which goal is it?",
    "The base goal is at 135°, the other training goals are at −18°, −96.5° and −144.5°. How far is "
    "each from 30°?",
    "About a hundred steps, each as costly as the chord 2 sin(δ/2), as at the end of lesson 00.",
)
def _exercise_1(answer: Any) -> Iterator[str]:
    yield "two numbers: base goal, nearest goal"
    numbers = expect_shape(answer, (2,), "The answer")
    for value, (place, degrees) in zip(numbers, _AWAY.items(), strict=True):
        yield f"the regret of walking to the {place}"
        right = float(law(degrees))
        # What is near enough is right, wherever else it may come from.
        if abs(value - right) <= 0.1 * right:
            continue
        lacks = "Regret is the reference's return less the agent's: what the agent misses, above 0."
        arc = "The reward is the distance straight through the plane: the chord."
        which = "Which training goal is walked to, and how many degrees is that from 30°?"
        for wrong, near, message, hint in (
            (law(degrees, 1), 0.1, "is the cost of one step.", "How many steps has such an episode?"),
            (-right, 0.1, "is what the agent's return lacks.", lacks),
            (100.0 * np.radians(degrees), 0.02, "is a hundred times the arc along the circle.", arc),
            (law(sum(_AWAY.values()) - degrees), 0.1, f"is not the regret of walking to the {place}.", which),
        ):
            expect(not np.isclose(value, wrong, rtol=near), f"{value:g} {message}", hint)
        raise NotYet(
            f"{value:g} is not within a tenth of the law's value for walking to the {place}.",
            "Find the angle δ between the goal it walks to and the true goal, then use 100 · 2 sin(δ/2).",
        )


def paired_interval(agent: ArrayLike, reference: ArrayLike) -> tuple[float, float]:
    """Return mean and half width of the 95 % interval of reference − agent, episode by episode."""
    regret = np.asarray(reference, dtype=float) - np.asarray(agent, dtype=float)
    return float(regret.mean()), float(1.96 * regret.std(ddof=1) / np.sqrt(len(regret)))


_SIGN = (
    "The reference is the best on average, not in every episode: an agent may be luckier. Keep the sign, or "
    "luck counts on one side only."
)


def _interval_mistakes(agent: Array, reference: Array) -> Mistakes:
    (mean, half), n = paired_interval(agent, reference), len(agent)
    apart = 1.96 * np.sqrt((agent.var(ddof=1) + reference.var(ddof=1)) / n)
    by_n = (mean, half * np.sqrt((n - 1) / n))
    above, size = np.maximum(reference - agent, 0.0), np.abs(reference - agent)
    return {
        "Regret is what the agent misses: the reference's return less the agent's.": (-mean, half),
        "This takes the two samples as independent. Subtract episode by episode first: what both share "
        "drops out.": (mean, apart),
        "The mean of n episodes scatters √n times less than one episode.": (mean, half * np.sqrt(n)),
        "NumPy's `std` divides by n; with the mean taken from the same data it is n − 1: `ddof=1`.": by_n,
        "This is the standard error; the 95 % interval is 1.96 times as wide.": (mean, half / 1.96),
        "This is the whole width; half of it is asked for.": (mean, 2.0 * half),
        _SIGN: [paired_interval(0.0 * agent, luck) for luck in (above, size)],
    }


@exercise("07.2", "A difference and its interval", paired_interval)
@hints(
    "Both agents met the same noise in episode j. What do you get if you subtract first, and average "
    "afterwards?",
    "The standard error of a mean is the standard deviation of the numbers, divided by √n.",
    "`np.std(x, ddof=1)` is the standard deviation from a sample; 1.96 standard errors make 95 %.",
)
def _exercise_2(answer: Any) -> Iterator[str]:
    rng = np.random.default_rng(7)
    luck = 3.0 * rng.normal(size=40)
    agent = luck - 5.5 + 0.2 * rng.normal(size=40)
    few = (np.array([-6.0, -5.0, -9.0, -8.0, -6.0]), np.array([-5.0, -5.0, -7.0, -7.0, -6.0]))
    beats = (1e3 * luck, 1e3 * (luck + 0.2 * rng.normal(size=40)))
    yield from each_case(
        answer,
        paired_interval,
        "`paired_interval(agent, reference)`",
        {
            "mean and half width for five episodes": few,
            "forty episodes in which luck is larger than the difference": (agent, luck - 5.0),
            "an agent that beats the reference in about half of the episodes, in a large unit": beats,
        },
        _interval_mistakes,
        tolerance=1e-5,
    )


#: The careless evaluation's lines, as the lesson shows them, and which of them are wrong.
LINES = "ABCDEFGH"
WRONG_LINES = "BCFH"
_ABOUT = {
    "A": "A is as it should be: the same random policy explores for both agents.",
    "B": "Look at B once more: how often does each agent get to see a task before it is judged?",
    "C": "Look at C once more: whose goal is it?",
    "D": "D is as it should be: adapting is what the agent is there for.",
    "E": "E is as it should be: many episodes, and their mean.",
    "F": "Look at F once more: what else differs between the two agents?",
    "G": "G is as it should be: regret is held against the best policy for that goal.",
    "H": "Look at H once more: is the comparison with the rival a fair one?",
}


@exercise("07.3", "Find what is wrong with this evaluation", WRONG_LINES)
@hints(
    "There are four. Each has had a section of its own in this lesson.",
    "For each line ask: would an agent that has learned nothing look better by it?",
    "For each line ask: is this the same for the agent and for its rival?",
)
def _exercise_3(answer: Any) -> Iterator[str]:
    yield "letters of lines, from A to H"
    try:
        letters = list(answer) if isinstance(answer, (str, list, tuple, set, frozenset)) else None
        clean = None if letters is None else {letter.strip().upper() for letter in letters} - {"", ","}
    except AttributeError:
        clean = None
    if clean is None or not clean <= set(LINES):
        raise NotYet(
            f"The answer should be the letters of the wrong lines, not {describe(answer)}.",
            'For example "AD" says that the lines A and D are wrong and the others are right.',
        )
    yield "no line that is as it should be"
    for letter in sorted(clean - set(WRONG_LINES)):
        raise NotYet(f"Line {letter} does not mislead.", _ABOUT[letter])
    yield "every line that misleads"
    for letter in sorted(set(WRONG_LINES) - clean):
        raise NotYet(f"{len(clean)} found, and there is more.", _ABOUT[letter])


def honest_regret(agent: Any, goal: ArrayLike, seeds: Any) -> Array:
    """Return the regret (seeds, 100) of an agent on a true goal, adapted anew from each context."""
    goals = np.asarray(goal, dtype=np.float64)[None]
    best = family.rollout(family.reference(goal), goals, episodes=100, seed=0).returns[0]
    regrets = []
    for seed in seeds:
        policy = agent.adapt(family.explore(goal, agent.context_size, seed=seed))
        regrets.append(best - family.rollout(policy, goals, episodes=100, seed=0).returns[0])
    return np.array(regrets)


class _Compass:
    """An agent that walks in a direction of its own: towards the best next state, turned by an error."""

    def __init__(self, degrees: float = 0.0, *, exact: Array | None = None, context_size: int = 20) -> None:
        self.context_size = context_size
        self.turn = lie.so2_exp(np.radians(degrees))
        self.exact = exact
        self.seen: list[Transitions] = []

    def __deepcopy__(self, memo: Any) -> "_Compass":
        """Stay one object: what is called with a copy must be seen to have been called."""
        return self

    def adapt(self, context: Transitions) -> Any:
        """Return the greedy policy of where the agent believes the goal to be."""
        self.seen.append(context)
        aim = self.exact
        if aim is None:
            # The reward is minus the distance: where it grows is where the goal is.
            places, rewards = context.next_states, context.rewards
            slope = np.linalg.lstsq(places - places.mean(axis=0), rewards - rewards.mean(), rcond=None)[0]
            aim = slope / np.linalg.norm(slope)
        return family.reference(self.turn @ aim)


@exercise("07.4", "An honest evaluation", honest_regret, seconds=60.0)
@hints(
    "Write the loop over the seeds first: one context, one policy and one row of regrets for each.",
    "The greedy reference `family.reference(goal)` meets the noise of `family.rollout(..., seed=0)` "
    "too, and does not depend on the context.",
    "`family.rollout(policy, [goal], seed=0).returns` has shape (1, 100): one row a goal.",
)
def _exercise_4(answer: Any) -> Iterator[str]:
    goal = envs.goals_at(0.7)
    seeds = [3, 5, 8]
    what = "`honest_regret(agent, goal, [3, 5, 8])`"
    yield "an array of one regret a context and episode, shape (3, 100)"
    perfect = _Compass(exact=goal, context_size=15)
    regret = expect_shape(call(answer, perfect, goal, seeds, what="honest_regret"), (3, 100), what)
    yield "the agent adapts once for each seed, to that seed's context of the true goal"
    expect(
        len(perfect.seen) == len(seeds),
        f"The agent was adapted {len(perfect.seen)} times for {len(seeds)} seeds.",
        "Each context draw is a chance to be lucky or unlucky: explore and adapt inside the loop.",
    )
    for given, seed in zip(perfect.seen, seeds, strict=True):
        expect(
            isinstance(given, Transitions) and len(given) == perfect.context_size,
            f"`adapt` got {describe(given)}, not a context of {perfect.context_size} transitions.",
            "Use `family.explore(goal, agent.context_size, seed=seed)`.",
        )
        expect(
            np.array_equal(given.rewards, family.explore(goal, perfect.context_size, seed=seed).rewards),
            f"The context for seed {seed} is not what `family.explore(goal, agent.context_size, "
            f"seed={seed})` gives.",
            "Explore the true goal's task, with that seed and nothing else.",
        )
    yield "a perfect agent has regret 0 in every single episode"
    if np.abs(regret.mean()) < 1.0 and np.abs(regret).max() > 1e-9:
        raise NotYet(
            f"The mean is near 0, but single episodes have up to {np.abs(regret).max():.2g}.",
            "The agent and its reference meet different noise. Give both rollouts the same seed, 0.",
        )
    expect_close(regret, np.zeros((3, 100)), what, 1e-9)

    def mistakes(agent: _Compass, goal: Array, seeds: list[int]) -> Mistakes:
        right = honest_regret(agent, goal, seeds)
        believed = "It is judged on the goal that it believes in. Judge it on the true one."
        return {
            believed: 0.0 * right,
            "Regret is the reference's return less the agent's.": -right,
            _SIGN: [np.abs(right), np.maximum(right, 0.0)],
        }

    agents = {
        "an agent that errs by 40° pays for it on the true goal": _Compass(40.0, exact=goal),
        "an agent that errs by 3° is sometimes luckier than the reference: then its regret is below "
        "0": _Compass(3.0, exact=goal),
        "an agent that uses its context: each draw has a regret of its own": _Compass(np.degrees(0.5)),
    }
    cases = {words: (agent, goal, seeds) for words, agent in agents.items()}
    yield from each_case(answer, honest_regret, what, cases, mistakes)


CASES = (
    "box actions, explored inside the square",
    "box actions, explored with larger raw actions",
    "a goal off the circle",
    "wind",
    "tasks related by reflections",
    "a badly trained base policy",
)
NOTICES = ("nobody", "geometry", "inference", "geometry", "geometry", "nobody")
_OPTIONS = ("geometry", "inference", "nobody")
_WHY = (
    "No action came near the bound. What in these transitions tells a square from a disc? Without that, the "
    'most one can say is "undecided".',
    "Clipping in a square is not the same after a rotation by 30°, and here it shows in the transitions.",
    "The training tasks are as they always were. What is odd here is the new task alone.",
    "Wind blows in the training tasks too. Does the system still look the same from every side?",
    "What relates these training tasks has determinant −1, and no exponential reaches it.",
    "The report is about maps between tasks, the inference about rewards. Does either look at the policy?",
)


@exercise("07.5", "Who notices?", NOTICES)
@hints(
    "Ask first when the damage is there to be seen: in the training tasks, or only in the new one?",
    "The geometry's report looks at how the training tasks and the system are built. The inference "
    "looks at how well some turned base task explains the new rewards.",
    "Three are noticed before any test, one at the test, and two by nobody.",
)
def _exercise_5(answer: Any) -> Iterator[str]:
    yield "six words, one for each case"
    # Only an array of the right size is unpacked: an answer may be a view of any size.
    if isinstance(answer, np.ndarray) and answer.shape == (len(CASES),):
        answer = answer.tolist()
    if not isinstance(answer, (list, tuple)) or len(answer) != len(CASES):
        raise NotYet(
            f"The answer should be {len(CASES)} words, not {describe(answer)}.",
            'One of "geometry", "inference", "nobody" for each case, in the order of the list.',
        )
    given, right, why = (dict(zip(CASES, those, strict=True)) for those in (answer, NOTICES, _WHY))
    yield from each_choice(given, right, _OPTIONS, "Who notices {}", why)
