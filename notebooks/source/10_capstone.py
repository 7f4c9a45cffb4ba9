# %% [markdown]
# # 10 · Capstone: a project of your own
#
# **This notebook is a template. First it shows what you hand in and how it is graded, then one small project from
# beginning to end, and then it leaves the page to you. The worked example asks about the car of lesson 09. Drag its
# goal, and guess: suppose the steering is bent, so that the car always pulls to the left. Does the agent still find the
# symmetry?**
#
# **You will be able to** ask a question about symmetry that data can answer; predict before you measure; break an
# assumption on purpose; report a difference with its interval, and say what you did not measure.
# **Prerequisites** lessons 05 to 07, and 09 for robots. **Minutes** 30 to read; two to three weeks for the project, in
# pairs · **Run time** {{run_time}}

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np

from hgmrl_lite import agents, course, envs, meta
from hgmrl_lite.envs.car import Car, turned
from hgmrl_lite.widgets import GoalDrag

family = envs.car()
settings = agents.PPOSettings(total_steps=49_152)  # fewer than usual, enough here
agent = meta.meta_train(family, seed=0, settings=settings)
GoalDrag(agent, family)

# %% [markdown]
# ## What you hand in
#
# A notebook like this one, and a talk of ten minutes. It has five parts, and each of them is short: the question; your
# prediction, written *before* you measure; what was found; one figure in which an assumption breaks; and the sentence
# "we did not measure ...". It is graded by four criteria:
#
# | | 3 points | 2 points | 1 point |
# |---|---|---|---|
# | **Computes** | everything runs from an empty cache, with tests of your own | everything runs | some of it runs |
# | **Explains** | says why a step is needed and what fails without it | says what a step does | repeats the formula |
# | **Doubts** | names the assumption, and breaks it by a counterexample | names the assumption | takes the result as given |
# | **Measures** | same noise, intervals, equal budgets, says what was not measured | intervals or equal noise | one number from one run |
#
# A prediction counts for being made, not for being right.
#
# ## Three starting points
#
# 1. **Another system.** Write one of your own in a file of thirty lines, as the worked example does, or wrap an
#    environment of Gymnasium as in [lesson 09](09_robots.ipynb). A boat with a heading and inertia, a pendulum on a cart,
#    a drone seen from above. Predict the dimension of the system's symmetries, and how many of them keep the starts. *A
#    good result*: predicted and found dimension with an explanation of each generator, the number of transitions below
#    which the answer becomes "undecided", a policy carried along by one of them.
# 2. **Another family of tasks.** Goals on an ellipse, $C c$ with $c$ on a circle, and rewards $-\lVert C^{-1}(p - Cc)\rVert$:
#    no rotation relates them, but a conjugated one does. Does a system with round actions allow it? And `envs.ellipse()`?
#    *A good result*: the left actions exist, the report says which properties fail and why, the regret shows it, and a
#    change of actions, noise *and* starts that makes it work again.
# 3. **A rival of your own.** Train a context method on four tasks with any trick you like: augmentation by rotations,
#    another code, more context. *A good result*: evaluated by the protocol of lesson 07, budgets stated, better or worse
#    than CCM by more than its interval; an honest paragraph on what the trick was told that the geometric agent finds.

# %% [markdown]
# ## A worked example: the car that pulls to the left
#
# **Question.** The steering of the car is bent: in every step it turns by 0.1 radians to the left, whatever the driver
# does. Can a policy for one goal still be carried to the others?
#
# **Prediction.** We thought no: the car is no longer symmetric, left and right differ. So *inherited* should say no.


# %%
class Pulling(Car):
    """A car that always turns a little to the left."""

    def mean_next_state(self, states, actions):
        """Return T(s, a)."""
        moved = super().mean_next_state(states, actions)
        moved[..., 2:] = turned(moved[..., 2:], 0.1)
        return moved


pulling = replace(family, system=Pulling())
pulling_agent = meta.meta_train(pulling, seed=0, settings=settings)
pulling_agent.geometry.report

# %% [markdown]
# **Found.** Our prediction was wrong: everything holds. Why? A bent steering breaks the *mirror*, left against right. But
# the group here is that of the rotations of the map, and a car that pulls to the left does so wherever it stands and
# however the map lies. What is bent is in the robot, and a turn of the map does not notice it.
#
# **What breaks it.** Then something in the *world* should: a wind along the first axis, of 0.03 in each step.


# %%
class Windy(Car):
    """A car in a wind."""

    def mean_next_state(self, states, actions):
        """Return T(s, a)."""
        return super().mean_next_state(states, actions) + np.array([0.03, 0.0, 0.0, 0.0])


windy = replace(family, system=Windy())
windy_agent = meta.meta_train(windy, seed=0, settings=settings)
print("inherited:", windy_agent.geometry.report["inherited"].text)

# %% [markdown]
# The rotations are gone. The two symmetries that are left are the shifts of the map, because the wind blows everywhere
# alike. A shift does carry one goal to another. But it moves the starts as well, as in lesson 05, and the policy would
# run where it was never trained.
#
# **Measured.** Both agents meet eight new goals, 20 transitions of each. We compare the return of the carried policy with
# that of the base policy on its own goal. Episode $j$ has the same noise everywhere, so we may subtract episode by
# episode. The interval is over the episodes.

# %%
goals = envs.circle_tasks(8, phase=0.2)


def shortfall(family, agent, episodes=50):
    """Return what the carried policy loses on each goal, and the half-width of its 95 % interval, (8,) each."""
    carried = [agent.adapt(family.explore(goal, 20, seed=0)) for goal in goals]
    own = family.rollout(agent.base_policy, [family.base_task], episodes=episodes, seed=0).returns
    lost = own - family.rollout(carried, goals, episodes=episodes, seed=0).returns
    return lost.mean(axis=1), 1.96 * lost.std(axis=1, ddof=1) / np.sqrt(episodes)


lost = {"pulls to the left": shortfall(pulling, pulling_agent), "in the wind": shortfall(windy, windy_agent)}
for name, (mean, half) in lost.items():
    print(f"{name:18} mean {mean.mean():6.1f}, worst {mean.max():6.1f} ± {half[mean.argmax()]:.1f}")

# %%
figure, axes = plt.subplots(figsize=(6, 3))
degrees = np.degrees(np.arctan2(goals[:, 1], goals[:, 0]))
for (name, (mean, half)), marker in zip(lost.items(), "os", strict=True):
    axes.errorbar(degrees, mean, half, fmt=marker, label=name)
axes.set(xlabel="direction of the goal in degrees", ylabel="return lost, against the base goal")
axes.legend()
course.figure(
    figure,
    alt="The return that is lost at eight goals around the circle. The car that pulls to the left loses next to nothing "
    "at any goal; the car in the wind loses up to about two hundred at goals far from the base goal.",
)

# %% [markdown]
# **Conclusion.** This fault in the robot leaves the rotations of the map as they are, and the policy can be carried to
# every goal. This fault in the world does not, and the report says so before anybody drives.
#
# **We did not measure** other seeds, a stronger pull (at some point the car only goes in circles), or a wind too weak for
# the report to see.

# %% [markdown]
# ## Your project
#
# Copy this notebook, delete what is above except for the first code cell (its imports and its settings are needed below),
# and begin. The cells below run as they are; replace the mass by your own system.
#
# ### 1 · Question
#
# *Which system, which tasks, and what would you like to know? One sentence.*

# %%
own_family = envs.mass()  # your System and TaskFamily, or TaskFamily.from_gymnasium(...)

# %% [markdown]
# ### 2 · Prediction
#
# *What turns, and what stays? How many dimensions does the system have, and how many keep the starts? Which lines of the
# report say yes? Write it down, with a reason, before you run the next cell.*
#
# ### 3 · What is found

# %%
own_agent = meta.meta_train(own_family, transitions=8000, seed=0, settings=settings)
print(own_agent.geometry.system)
own_agent.geometry.report

# %% [markdown]
# *Compare with your prediction, and explain each generator. Measure: the same noise for all, intervals, equal budgets.*
#
# ### 4 · What breaks it
#
# *Change one assumption. Which line of the report says so, and what does it cost? One figure.*
#
# ### 5 · We did not measure
#
# *Name what a reader could wrongly conclude.*

# %% [markdown]
# ## Key points
#
# - A project is a question that data can answer with no.
# - Write the prediction first. A wrong one taught us most here: a fault in the robot is not a fault in the world.
# - Break an assumption on purpose, and see whether the report says so before the regret does.
# - Same noise, intervals, and what was not measured.
#
# ## Further reading
#
# - P. Nitschke and S. Talebi, *Hereditary Geometric Meta-RL: Nonlocal Generalization via Task Symmetries*, 2026,
#   [arXiv:2603.00396](https://arxiv.org/abs/2603.00396).
# - P. Henderson, R. Islam, P. Bachman, J. Pineau, D. Precup and D. Meger, *Deep Reinforcement Learning that Matters*,
#   AAAI 2018: what an evaluation has to say.
