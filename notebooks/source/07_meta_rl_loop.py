# %% [markdown]
# # 07 · The full meta-RL loop against baselines, evaluated honestly
#
# **Six agents meet twenty tasks they have not seen. Run the next cell and move the pointer over the figure: each
# mark is an agent on a goal, and beside it are the walks behind the number. Then we cheat, four times, and watch the
# figure change.**
#
# **You will be able to** run the whole loop: train, discover, adapt, evaluate; say what each baseline can and cannot
# do, and why; read the figure of regret against distance; give a difference with its interval; recognise four ways in
# which an evaluation deceives, and write one that does not; say when the geometric agent should not be trusted, and how
# it knows. **Prerequisites** lessons 00, 05 and 06; means, standard deviations. **Minutes** 75 ·
# **Run time** {{run_time}}

# %%
from dataclasses import replace

import numpy as np

from hgmrl_lite import actions, agents, course, envs, experiments, hereditary, meta, plots
from hgmrl_lite.widgets import GoalDrag, RegretExplorer

result = experiments.regret_by_distance(quick=True)
RegretExplorer(result)

# %% [markdown]
# - Move over the figure on the left, from near goals to far ones. What do the walks of each agent do on the right?
# - Which agents follow the dashed line, and what does it stand for?
# - Hide all agents but the good ones (the boxes in the table), and choose *stretch small regrets*. Is there an order
#   among them?
# - Two of the agents are *told* the true goal; they have a star. Is that enough?
#
# ## The loop, in one place
#
# Everything of the course is in four steps. In **meta-training** there are four tasks: train a base policy $\pi_0$ on
# one of them, explore all of them, and discover the group and its generators $W_S$, $W_A$. At **meta-test** there is a
# new task: look at a few transitions (its context), infer $\theta$, and act with $K_g\,\pi_0(L_g^{-1}s)$, $g =
# \exp(\theta W)$. All of meta-training is this call, and the file behind it is short enough to be read in one go
# (`hgmrl_lite/meta/loop.py`):

# %%
family = envs.navigation()
agent = meta.meta_train(family, seed=0)
agent.geometry

# %% [markdown]
# And here is meta-test, by hand, on the goal at 54°. Of the twenty test goals it is the one farthest from its nearest
# training goal: 72°.

# %%
goal = envs.goals_at(np.radians(54.0))
context = family.explore(goal, agent.context_size, seed=0)
policy = agent.adapt(context)
walks = family.rollout(policy, [goal], episodes=200, seed=0)
best = family.rollout(family.reference(goal), [goal], episodes=200, seed=0)
regret = best.returns - walks.returns
print(
    f"{len(context)} transitions, regret {regret.mean():.3f}, goal reached in {walks.success.mean():.0%} of episodes"
)

# %% [markdown]
# ## The rivals
#
# A number means little until you know what others would have got. Each rival has the same four training tasks.
#
# - **base policy**: $\pi_0$ as it is. It ignores the task.
# - **nearest task**: a policy for *each* training task; a new task gets the policy of the one that its rewards resemble
#   most.
# - **goal-conditioned**: one network of state *and* goal, trained on the four tasks together, and told the true goal of
#   the new one. What tells a network its task is a *task code*; a *context encoder* computes one from a context. None
#   can say more than the goal itself: it is the best case of a smooth task code.
# - **CCM** (contrastive context encoder, Fu et al. 2021, in our own short version): the same, but the code is computed
#   from the context by a network that learned to tell contexts of different tasks apart.
# - **true rotation**: $\pi_0$ turned by the true angle: the geometric agent, if its inference made no error.
#
# All are held against the **greedy reference**, which walks straight to the true goal. Its regret is 0, because regret is
# the difference to *it*. On average nothing does better (lesson 00). In a single episode an agent may have better luck
# than the reference, and then its regret is below 0.

# %% [markdown]
# ## Exercise 07.1 · Predict two regrets
#
# Take a goal that the figure does not show, at 30°. What is the regret there of an agent that walks to the *base* goal
# and stays there, and what is that of one that walks to the *nearest* training goal and stays there? The training goals
# are at 135° (base), −18°, −96.5° and −144.5°. Within a tenth will do.
#
# Then a question without a number. The figure has shown that the goal-conditioned agent, trained on four goals only,
# loses next to nothing at any goal. Why? Have an answer before you read on.

# %% tags=["exercise", "07.1"]
predicted = (..., ...)

# %% tags=["solution", "07.1"]
# 105° to the base goal, and 48° to -18°, the nearest: a hundred steps, each as costly as the chord.
predicted = (200 * np.sin(np.radians(105 / 2)), 200 * np.sin(np.radians(48 / 2)))

# %% tags=["check"]
course.check("07.1", predicted)

# %%
goal_at_30 = envs.goals_at(np.radians(30.0))
for name, walker in {
    "walks to 135° and stays": family.reference(family.train[0]),
    "walks to −18° and stays": family.reference(family.train[1]),
    "base policy": agent.policy_at(0.0),
}.items():
    played = meta.evaluate(family, walker, [goal_at_30]).regret
    print(f"{name:24} {played.mean():6.1f} ± {1.96 * played.std(ddof=1) / np.sqrt(played.size):.1f}")

# %% [markdown]
# Measured, the two walkers pay a little less than the chord law says. It counts a hundred steps at the wrong goal, but
# the first ten or so lead there, and the reference pays for its own walk as well. The base policy was meant to walk to
# 135° and stay; it pays more than the first walker. It was trained in episodes that end near its goal, so it never
# learned to stop there, and it comes to rest a little beyond.
#
# Now the rivals of the figure, on the goal at 54°:

# %%
at_54 = int(np.argmax(result.distances()))
for rival in result.agents:
    print(f"{rival.name:18} {rival.by_task.mean[at_54]:8.2f}")
nearest = experiments.make_agent("nearest task", family, seed=0, quick=True)
taken = [nearest.nearest(family.explore(goal, nearest.context_size, seed=seed)) for seed in range(20)]
print(f"nearest task: the goal at −18° was taken for the nearest in {taken.count(1)} of 20 contexts")
for index in (0, 1):
    played = meta.evaluate(family, nearest.policies[index], [goal]).regret
    print(f"    regret of its policy for training task {index}: {played.mean():.1f}")

# %% [markdown]
# The law of walking to the nearest goal would be $200 \sin(72°/2) = 117.6$. The nearest-task agent pays more, for two
# reasons that you see in the last lines. It has to *recognise* the nearest task, and −18° is 72° away while 135° is 81°
# away: in many contexts it takes the wrong one. And its policies do not stop at their goals either.
#
# And what was your reason for the goal-conditioned agent? Trained on four goals, its network was never told what lies
# between them. But the goal *is* an input, and "walk towards it" is a smooth rule. So it is wrong to say that a policy
# with a task code cannot generalise. But here somebody handed it the one code that makes the rule
# simple: the goal itself. CCM has to find a code in rewards, from the same four tasks, and does not find that one.
#
# The geometric agent is not told the goal either. What it has is a *reason* why its policy carries over, and one that
# can be checked: the group.

# %% [markdown]
# ## The figure
#
# This is the paper's figure: regret against the angular distance to the nearest training goal. **Nonlocal
# generalization** means that the curve is flat.

# %%
course.figure(
    plots.regret_by_distance(result),
    alt="Regret of every agent against the distance to the nearest training goal, with the published points. "
    "CCM climbs to about half of the law 200 sin(δ/2), and the nearest-task agent along it or above; the geometric "
    "agent, the true rotation and the goal-conditioned agent lie near zero at every distance.",
)

# %%
result

# %% [markdown]
# The hollow marks are the published ones, and they were measured otherwise: other training goals (so only the distance
# axis is common to both), box actions, regret against the constant return −3. As released, CCM runs in the noisy
# environment, and the geometric agent without noise, from the exact origin, for at most 15 steps, to a goal that its
# own inferred action defines. Here all agents meet the same noise, start and true goals.
#
# This is the *quick* form, with one training seed and a shorter training of the nearest task's policies, the
# goal-conditioned agent and CCM. It shows what is going on. For a claim there is `experiments.regret_by_distance()`,
# with three seeds, ten contexts and 200 episodes; it takes some minutes.
#
# What the paper found, and what we find: the geometric agent's curve is flat, and CCM's climbs. What is ours: the agents
# that are told the goal, the common protocol, and all numbers of this lesson.
#
# ## How exact must the angle be?
#
# The geometric agent's inference is never exact. What does an error cost? Before you run the next cell: at which error of
# the angle does regret begin to climb, at half a degree, at two, at ten?

# %%
cliff = experiments.rotation_error(quick=True, errors_deg=(0, 4, 8, 10, 12, 16, 20), cases=(("disc", 135.0),))
course.figure(
    plots.rotation_error(cliff),
    alt="Regret of the base policy turned by a wrong angle. It stays below 1.5 up to an error of 8 degrees, then climbs "
    "steeply, up to the law of staying at the wrong goal, 200 sin(ε/2).",
)

# %%
print(
    f"an episode ends within {envs.GOAL_RADIUS:.4f} of the goal: seen from the origin, {experiments.CLIFF_DEG:.1f}°"
)
cliff

# %% [markdown]
# Small errors cost little, because an episode ends as soon as the state comes near enough to the true goal, and the
# point that the agent aims at is inside that terminal disc. Beyond 8.1° it is outside. Then the agent depends on the
# noise to bring it in, and the regret climbs steeply towards that of staying at the wrong goal. This is the **cliff**
# of lesson 06: an inference that leaves room for 8° is called undecided.

# %% [markdown]
# ## How an evaluation deceives
#
# Is that figure to be believed? Every number in it depends on choices that no figure shows. We now make four of them
# wrongly, on purpose, one at a time.
#
# ### 1 · The goal is what the agent believes
#
# Here is an agent that knows nothing. It turns the base policy by a *random* angle, whatever it sees.

# %%
rng = np.random.default_rng(0)
distances = meta.goal_distances(family.test, family.train)
guesses = rng.uniform(-np.pi, np.pi, len(family.test))
guessing = [agent.policy_at(theta) for theta in guesses]
believed_goals = np.array([agent.geometry.element(theta)[0] @ family.base_task for theta in guesses])

# %%
on_believed = meta.evaluate(family, guessing, believed_goals)
on_true = meta.evaluate(family, guessing)
course.figure(
    plots.evaluations(
        {"guessing agent": on_believed.regret_by_task},
        {"guessing agent": on_true.regret_by_task},
        distances,
        titles=("on the goal it believes in", "on the true goal"),
    ),
    alt="The guessing agent's regret. Left, on the goal that its own guess defines: zero everywhere. Right, on the "
    "true goals: scattered between 0 and 200, whatever the distance.",
)

# %% [markdown]
# On the left the worst agent there is looks perfect. It walks to where it wants to go. If the goal is defined by the
# agent's own inference, the inference is not evaluated at all; what remains is a test of the base policy. That can be
# a sensible thing to measure. It is not the regret on a new task.
#
# ### 2 · One context draw
#
# An agent that adapts gets a *random* context. CCM shall have ten draws of it. On the left each goal has its
# luckiest draw, as if one had tried until it worked; on the right, all of them.

# %%
ccm = experiments.make_agent("CCM", family, seed=0, quick=True)
ten = meta.Protocol.quick(contexts=10, episodes=10)
draws = meta.run_protocol(lambda seed: ccm, ten, progress=False).regret[0].mean(axis=-1)

# %%
course.figure(
    plots.evaluations(
        {"CCM": draws.min(axis=1)},
        {"CCM": draws},
        distances,
        titles=("the luckiest of ten contexts", "all ten contexts"),
    ),
    alt="CCM's regret. Left, the luckiest context of each goal. Right, all ten contexts and their mean, which is "
    "higher at nearly every goal.",
)

# %%
spread = draws.std(axis=1, ddof=1)
for name, values in (("luckiest", draws.min(axis=1)), ("all", draws), ("unluckiest", draws.max(axis=1))):
    print(f"regret over all goals, {name:10} {values.mean():5.1f}")
print(f"one draw scatters by {np.median(spread):.1f} at the median goal, by {spread.max():.1f} at the worst")

# %% [markdown]
# Nobody means to choose the luckiest draw. But who runs an evaluation once, sees a bad number, looks for the bug, and
# runs it again, chooses. The remedy is dull: fix the number of draws before, report the mean of all, and their
# interval. The same holds for training seeds.
#
# ### 3 · Different noise
#
# Now one and the same policy, the true rotation, under two names. "Mine" is run without motion noise, "theirs" in the
# environment as it is.

# %%
turned = agents.TrueRotationAgent(family, seed=0)
policies = [turned.adapt(None, place) for place in family.test]
quiet = envs.navigation(noise=0.0, start_std=0.0).rollout(policies, family.test).mean_return
noisy = family.rollout(policies, family.test).mean_return
course.figure(
    plots.evaluations(
        {"mine": quiet, "theirs": noisy},
        {"mine": noisy, "theirs": noisy},
        distances,
        titles=("mine without noise, theirs with it", "both in the same noise"),
        quantity="return",
    ),
    alt="Return of one policy under two names. Left, mine without noise lies above theirs with it at every goal. "
    "Right, in the same noise, the marks coincide.",
)

# %% [markdown]
# A gap at every single goal, and not a trace of a difference between the agents. The remedy is to *pair*: in episode
# $j$ every agent, and the reference as well, meets the same start and the same noise. Then what they have in common
# drops out of the difference.

# %% [markdown]
# ## Exercise 07.2 · A difference and its interval
#
# Given the returns of an agent and of the reference in the same $n$ episodes, both of shape `(n,)`, return the mean
# regret and half the width of its 95 % interval, 1.96 standard errors. (With few episodes one would replace 1.96 by the
# larger factor of Student's distribution. We have many.)


# %% tags=["exercise", "07.2"]
def paired_interval(agent, reference):
    """Return mean and half width of the 95 % interval of the regret."""
    ...  # your code here


# %% tags=["solution", "07.2"]
def paired_interval(agent, reference):
    """Return mean and half width of the 95 % interval of the regret."""
    regret = reference - agent
    return regret.mean(), 1.96 * regret.std(ddof=1) / np.sqrt(len(regret))


# %% tags=["check"]
course.check("07.2", paired_interval)

# %% [markdown]
# What does pairing buy? The geometric agent on the goal at 54°, held against the reference once in the same noise and
# once in other noise:

# %%
other = family.rollout(family.reference(goal), [goal], episodes=200, seed=1)
for name, reference in (("same noise ", best), ("other noise", other)):
    regret = (reference.returns - walks.returns)[0]
    half = 1.96 * regret.std(ddof=1) / np.sqrt(len(regret))
    print(f"{name}: regret {regret.mean():6.3f} ± {half:.3f}")

# %% [markdown]
# The mean over *other* noise is not wrong, only less certain. Without pairing you would need (wide / narrow)² times as
# many episodes for the same interval.
#
# ### 4 · Unequal budgets
#
# Last, the goal-conditioned agent gets a fraction of the training that it needs; one does like to tune one's own agent
# most. And the geometric agent gets what it always had.

# %%
few = replace(agents.QUICK_CONDITIONED_PPO, total_steps=24_576)
starved = agents.GoalConditionedAgent(family, seed=0, settings=few)
hungry = meta.evaluate(family, [starved.adapt(None, place) for place in family.test])
geometric, conditioned = (result[name] for name in ("geometric", "goal-conditioned"))

# %%
course.figure(
    plots.evaluations(
        {"geometric": geometric.by_task.mean, "goal-conditioned": hungry.regret_by_task},
        {"geometric": geometric.by_task.mean, "goal-conditioned": conditioned.by_task.mean},
        distances,
        titles=(f"rival with {starved.env_steps:,} steps", f"rival with {conditioned.env_steps:,} steps"),
    ),
    alt="Regret of geometric and goal-conditioned agent. Left, the rival with a fraction of its training has a "
    "regret of 20 to 45. Right, with three times the steps, it lies near zero beside the geometric agent.",
)

# %% [markdown]
# Equal budgets are harder than they sound: environment steps, computing time, transitions of the new task, and hours of
# tuning are different currencies. So put what each agent had into the table, as the one above does, and show that the
# rival is trained *properly*: on its own training tasks it should do well.

# %%
for name in ("CCM", "goal-conditioned"):
    trained = experiments.make_agent(name, family, seed=0, quick=True)
    own = meta.evaluate_seed(trained, result.protocol.of_family(test=family.train))["regret"]
    print(f"{name:18} regret on its own training tasks: {own.mean():.2f}")

# %% [markdown]
# ## Exercise 07.3 · Find what is wrong with this evaluation
#
# Someone evaluates an agent against a rival like this. Some lines mislead; the others are as they should be. Give the
# letters of those that mislead, as a text such as `"AD"`.
#
# | | |
# |---|---|
# | **A** | Both agents explore new tasks with the same random policy. |
# | **B** | For each test task there is one exploration; both agents adapt to it once. |
# | **C** | An agent's episode ends at the point to which its inferred map carries the base goal. |
# | **D** | After the exploration an agent adapts, and nothing else is learned in the new task. |
# | **E** | Each adapted policy is run for 200 episodes, and the returns are averaged. |
# | **F** | The agent is run with seed 0, without noise; the rival with seed 1, with noise. |
# | **G** | From the greedy reference's return on the true goal, the agent's return is subtracted. |
# | **H** | The rival has the settings of its own paper's other benchmark and was stopped after an hour. |

# %% tags=["exercise", "07.3"]
misleading = ...

# %% tags=["solution", "07.3"]
# One context draw, the agent's own goal, different noise, and a rival that nobody has tuned or seen converge.
misleading = "BCFH"

# %% tags=["check"]
course.check("07.3", misleading)

# %% [markdown]
# ## Exercise 07.4 · An honest evaluation
#
# Write it down for one agent and one true goal. For each seed in `seeds`: explore the task with that seed
# (`agent.context_size` transitions), adapt, and run 100 episodes with seed 0. Return the regret against
# `family.reference(goal)`, episode by episode and with its sign, as an array of shape `(len(seeds), 100)`. The check
# hands in agents that would profit from each of the mistakes above.


# %% tags=["exercise", "07.4"]
def honest_regret(agent, goal, seeds):
    """Return the regret in each episode, one row a context."""
    ...  # your code here: family.explore, agent.adapt, family.rollout, family.reference


# %% tags=["solution", "07.4"]
def honest_regret(agent, goal, seeds):
    """Return the regret in each episode, one row a context."""
    best = family.rollout(family.reference(goal), [goal], episodes=100, seed=0).returns[0]
    rows = []
    for seed in seeds:
        policy = agent.adapt(family.explore(goal, agent.context_size, seed=seed))
        rows.append(best - family.rollout(policy, [goal], episodes=100, seed=0).returns[0])
    return np.array(rows)


# %% tags=["check"]
course.check("07.4", honest_regret)

# %% [markdown]
# ## What breaks the geometric agent
#
# So far all was well for it, because its assumption holds: the rotations are symmetries of this system, and relate
# these tasks. An honest evaluation looks for the place where the assumption ends, and asks what that costs.
#
# - **Box actions.** The admissible actions fill a square (the paper's setting). Only quarter turns map a square to
#   itself, so for other angles the transformed policy asks for actions that are then clipped. (Lesson 01 measured the
#   cost: a few tenths at most.)
# - **A goal off the circle.** No rotation carries the base goal there. A translation would; but it carries the
#   policy to states where it was never trained.
# - **Wind.** A constant push in every step. Turn the picture, and the wind blows from elsewhere.
# - **Reflection.** Tasks with a lopsided reward, related by a mirror only.
# - **A base policy that was trained badly.** Then every turned copy of it is bad as well.
#
# What all this costs in regret, with wind of growing strength and goals at several radii, is
# `plots.breaking(experiments.breaking())`. It trains agents of its own under each condition, for some minutes.
#
# An agent that fails is no scandal. An agent that fails and does not say so, is. Two things speak up. The **geometry**'s
# report is written after meta-training, before any test: is what relates the training tasks inherited from the system,
# connected, compact? Then, in the new task, the **inference** speaks: does the best rotation explain the rewards, up to
# noise?

# %% [markdown]
# ## Exercise 07.5 · Who notices?
#
# Predict, before you read on. In each of six cases, who is the first to say *no*: `"geometry"` (the report after
# meta-training), `"inference"` (in the new task), or `"nobody"`? "Undecided" is not a no.
#
# 1. Box actions; the training tasks were explored with raw actions that all lie inside the square.
# 2. Box actions; they were explored with larger raw actions, which the system clips.
# 3. A goal off the circle.
# 4. Wind.
# 5. Training tasks that are related by reflections.
# 6. A base policy that was trained badly.

# %% tags=["exercise", "07.5"]
notices = (..., ..., ..., ..., ..., ...)

# %% tags=["solution", "07.5"]
# What is inside the square cannot tell it from a disc. Clipping, wind and mirrors are there in the training tasks, the
# goal off the circle only in the new one. And nobody looks at the policy: that it is bad shows in an evaluation only.
notices = ("nobody", "geometry", "inference", "geometry", "geometry", "nobody")

# %% tags=["check"]
course.check("07.5", notices)

# %% [markdown]
# Here is the report for each case in which the training tasks themselves are affected.


# %%
def explored(policy="uniform", **system):
    explore = envs.navigation(**system).explore
    return [explore(place, 5000, seed=k, policy=policy) for k, place in enumerate(family.train)]


mirrors = [np.array([[np.cos(a), np.sin(a)], [np.sin(a), -np.cos(a)]]) for a in (0.6, 2.0, 3.5)]
valleys = [actions.LinearAction(m).on_function(envs.bent_valley) for m in (np.eye(2), *mirrors)]
families = {
    "as it was": explored(),
    "box, actions inside": explored(action_set="box"),
    "box, large actions": explored(action_set="box", policy="gaussian"),
    "wind": explored(wind=(0.03, 0.0)),
    "reflections": [envs.sample_transitions(valley, 2000, seed=k) for k, valley in enumerate(valleys)],
}

# %%
for name, tasks in families.items():
    report = hereditary.discover_geometry(tasks).report
    print(f"{name}, hereditary: {report.verdict}")
    for finding in report.findings:
        if finding.verdict != "yes":
            print(f"    {finding.name}: {finding.verdict}. {finding.text}")

# %% [markdown]
# Look at the two lines about the box. A random policy that stays inside the square never meets its border, so nothing
# in the data tells a square from a disc: *undecided*, and rightly so. It is a warning, but not a no. With larger raw
# actions the clipping shows.
#
# Then the new task. `agent.trust` puts the report and the inference together. The last agent has the same geometry and
# the same reward model, and a base policy that was trained for a tenth of the steps:

# %%
short = replace(agents.PPOSettings(), total_steps=8192)
poor = replace(agent, base_policy=agents.train_base_policy(family, seed=0, settings=short))
for words, who, factor in (
    ("on the circle", agent, 1.0),
    ("off the circle", agent, 0.6),
    ("on the circle, bad base policy", poor, 1.0),
):
    inference = who.infer(family.explore(factor * goal, 20, seed=0))
    regret = meta.evaluate(family, who.policy_for(inference), [factor * goal]).regret.mean()
    print(f"{words}: regret {regret:.1f}, {who.trust(inference)}")

# %% [markdown]
# The last line is the warning to remember. "Trusted" is a statement about *maps between tasks*. It says that the
# transformed policy does in the new task what the base policy does in its own. Whether that is any good, nobody has
# looked.

# %% [markdown]
# ## All of it under your hand
#
# The figure from lesson 00 again, now with everything: choose agents, move the *training* goals (the geometry on screen
# is then out of date, until you let go and it is discovered again; moving the base goal trains a new base policy, which
# takes some seconds), play the episodes, and see the regret around the circle.
#
# - Move the three other training goals together into one corner. Does the ring of the geometric agent change?
# - Pull *Random steps* down to 2 and press *Explore again* a few times.

# %%
rivals = [
    experiments.make_agent(name, family, seed=0, quick=True) for name in ("nearest task", "goal-conditioned")
]


def again(goals):
    """Meta-train on other training goals; the base policy only where its own goal has moved."""
    return meta.meta_train(replace(family, train=goals), seed=0, progress=False)


GoalDrag(agent, family, rivals=rivals, rediscover=again, ring=True, replay=True)

# %% [markdown]
# ## Key points
#
# - The loop: train $\pi_0$ on one task, discover the group from four, infer $\theta$ from twenty transitions, act with
#   $K_g\,\pi_0(L_g^{-1}s)$. No gradient step at test time.
# - Flat regret against distance is nonlocal generalization. An agent that falls back on the nearest training task climbs
#   by the chord law $200\sin(\delta/2)$, with $\delta$ the angle between the goals.
# - An error of the angle costs little up to about 8°, where the terminal disc ends. Beyond, regret climbs steeply.
# - A policy that is *told* the goal generalises as well, although it was trained on four goals: smoothness goes a long
#   way with the right code. The geometric agent gets there from twenty rewards.
# - An evaluation deceives by the agent's own goal, by one draw, by unequal noise, by unequal budgets. True goals, many
#   draws and seeds, paired noise, budgets in the table.
# - Where the symmetry is not there, the policy does not carry over, at little cost in the box and at a large one off the
#   circle. The agent can know, from its geometry's report and from the residual of its inference, as far as the data show
#   it. A bad base policy it cannot know.
#
# ## Further reading
#
# - P. Nitschke and S. Talebi, *Hereditary Geometric Meta-RL: Nonlocal Generalization via Task Symmetries*, 2026,
#   [arXiv:2603.00396](https://arxiv.org/abs/2603.00396): the agent, and the published figure.
# - H. Fu, H. Tang, J. Hao, C. Chen, X. Feng, D. Li and W. Liu, *Towards Effective Context for Meta-Reinforcement
#   Learning: an Approach based on Contrastive Learning*, AAAI 2021: CCM.
# - R. Agarwal, M. Schwarzer, P. S. Castro, A. Courville and M. G. Bellemare, *Deep Reinforcement Learning at the Edge
#   of the Statistical Precipice*, NeurIPS 2021: why few runs mislead, and what to report.
# - P. Henderson, R. Islam, P. Bachman, J. Pineau, D. Precup and D. Meger, *Deep Reinforcement Learning that Matters*,
#   AAAI 2018: seeds, budgets, and results that do not come back.
# - J. Schulman, F. Wolski, P. Dhariwal, A. Radford and O. Klimov, *Proximal Policy Optimization Algorithms*, 2017,
#   [arXiv:1707.06347](https://arxiv.org/abs/1707.06347): how all policies here are trained.
#
# ## Next
#
# In the plane a task was one number. How many is it elsewhere, and can data tell?
# [Lesson 08: beyond the plane](08_beyond_the_plane.ipynb) puts the goals on a globe, and the plane behind a lens.
