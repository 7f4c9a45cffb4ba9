# %% [markdown]
# # 00 · Start here: one policy, a whole circle of tasks
#
# **Run the next cell: click it and press Shift+Enter. Wait until the `*` beside it becomes a number; the first time, a
# progress bar shows that an agent is being trained. Then drag the round handle. This agent was trained on a single goal,
# and it follows you to every other.**
#
# **You will be able to** say what task, policy and regret mean here; read the formula that carries a policy from one
# task to another; name the four steps by which an agent finds that formula in data. **Prerequisites** vectors,
# matrices, first Python; nothing of Lie theory or reinforcement learning. **Minutes** 30 · **Run time** {{run_time}}

# %%
from hgmrl_lite import course, envs, hereditary, meta, plots
from hgmrl_lite.widgets import GoalDrag

family = envs.navigation()
agent = meta.meta_train(family, seed=0)
GoalDrag(agent, family, goal_degrees=30)

# %% [markdown]
# Drag the handle once around the circle, or use the slider, or the arrow keys. Watch two things.
#
# - The **base policy** keeps walking to the one goal it was trained on, whatever you do.
# - The **geometric agent** uses *the same trained network*, and reaches your goal.
#
# Nobody tells the agent where you put the goal. At every move it takes twenty random steps in the new task, looks at
# the rewards, and works out how the new task is related to the one it knows.

# %% [markdown]
# ## The task
#
# A point lives in the plane. Its place is the **state** $s = (x, y)$. In each step it chooses an **action** $a$, a
# displacement of length at most 0.1 (one unit of the action), and lands in the next state $s'$, pushed a little by
# noise. Then it gets a **reward** $r = -\lVert s' - c\rVert$: the closer to the goal $c$, the better. An **episode**
# starts near the origin and ends when the point is within 0.14 of the goal, or after 100 steps.
#
# A **policy** $\pi$ is a rule that gives an action for every state: $a = \pi(s)$. A **task** is one goal; moving the
# goal along the circle gives a whole *continuum* of tasks. Four of them are **training tasks**, and one of these four
# is the **base task**, the only one a policy $\pi_0$ was trained on.

# %%
training_goals = family.train
environment = family.env(training_goals[0])
state, _ = environment.reset(seed=0)
next_state, reward, reached, timed_out, _ = environment.step([0.0, 1.0])
print(f"from {state.round(3)} to {next_state.round(3)}, reward {reward:.3f}, goal reached: {reached}")

# %% [markdown]
# How good is a policy? Add up the rewards of an episode: that is its **return**. Compare it with walking straight to
# the goal. **Regret** is the straight walk's return minus the agent's, under the same noise.
#
# On average no policy does better than the straight walk. Each of its steps brings the mean of the next state as near
# to the goal as a step can, and because the noise is the same in all directions, nearer is better for this reward and
# for all that follow. So a mean regret of zero is perfect. In a single episode another path can have better luck, and
# then its regret is below zero.

# %% [markdown]
# ## Exercise 00.1 · Predict a regret
#
# Put the test goal *opposite* the base goal. A policy walks straight from the origin to the base goal, 0.1 a step, and
# stays there until the 100 steps are over. How large is its regret? Leave the noise out and use a pencil; your number
# should be right to within 2.5. (The straight walk to the test goal ends after nine steps, and returns
# $-(0.9 + 0.8 + \dots + 0.1) = -4.5$.)

# %% tags=["exercise", "00.1"]
predicted_regret = ...

# %% tags=["solution", "00.1"]
# Add up the distances to the test goal, step by step.
# Ten steps on the way cost 1.1 + 1.2 + ... + 2.0 = 15.5, ninety at the base goal 2 each; the straight walk costs 4.5.
predicted_regret = 15.5 + 90 * 2 - 4.5

# %% tags=["check"]
course.check("00.1", predicted_regret)

# %% [markdown]
# Now measure it, over 100 noisy episodes: first a policy that does just what the exercise says, then the base policy of
# the widget, the trained one.

# %%
opposite = [-training_goals[0]]
for name, policy in {
    "as in 00.1": family.reference(training_goals[0]),
    "trained": agent.base_policy,
}.items():
    print(f"{name:10s} regret {meta.evaluate(family, policy, opposite).regret.mean():.1f}")

# %% [markdown]
# The trained policy costs more than your pencil said. It does not stay *at* the base goal: all its training episodes
# ended within 0.14 of that goal, so it never had to learn to stop there, and it comes to rest a little beyond.

# %% [markdown]
# ## The idea: turn the plane
#
# Put your finger on the base goal and turn the whole picture, until the base goal lies where the test goal is. The
# walk to the base goal has become a walk to the test goal. In symbols: let $L_g$ be the rotation $g$ as it moves
# states, and $K_g$ the same rotation as it moves actions. Then the policy for the new task is
#
# $$\pi_g(s) = K_g\, \pi_0(L_g^{-1} s).$$
#
# Read it from the inside out. Take the state back into the base task, $L_g^{-1} s$. Ask the base policy what to do
# there. Rotate the answer into the new task with $K_g$. Not one weight of the network changes.
#
# It works because nothing in the plane prefers a direction: the longest step is as long one way as another, and the
# laws of the noise and of the start look the same after a rotation about the origin. A map that leaves the rules of
# the game alone is a **symmetry**.

# %% [markdown]
# ## Exercise 00.2 · Turn points of the plane
#
# Write the rotation about the origin: counter-clockwise by `angle` radians, for one point of shape `(2,)` or for many
# in the rows of an array of shape `(N, 2)`.

# %% tags=["exercise", "00.2"]
import numpy as np


def rotate(points, angle):
    """Turn points counter-clockwise about the origin."""
    ...  # your code here


# %% tags=["solution", "00.2"]
import numpy as np


def rotate(points, angle):
    """Turn points counter-clockwise about the origin."""
    cosine, sine = np.cos(angle), np.sin(angle)
    matrix = np.array([[cosine, -sine], [sine, cosine]])
    return points @ matrix.T


# %% tags=["check"]
course.check("00.2", rotate)

# %% [markdown]
# ## Exercise 00.3 · Carry a policy along
#
# Now the formula. Given a policy and an angle, return the *new policy*: a function that maps states to actions.
# Use `turn(points, angle)` for the rotation, both of states and of actions.

# %%
from hgmrl_lite.course.lesson_00 import rotate as turn  # the rotation of the last exercise, ready made


# %% tags=["exercise", "00.3"]
def transformed(policy, angle):
    """Return the policy for the task that is turned by angle."""

    def new_policy(states): ...  # your code here: turn(points, angle) and policy(states)

    return new_policy


# %% tags=["solution", "00.3"]
def transformed(policy, angle):
    """Return the policy for the task that is turned by angle."""

    def new_policy(states):
        return turn(policy(turn(states, -angle)), angle)

    return new_policy


# %% tags=["check"]
course.check("00.3", transformed)

# %% [markdown]
# ## How the agent found it, in four steps
#
# The agent was not told that the tasks lie on a circle, nor which map carries one task to another. It did assume
# something: that these maps are matrices, belong to one family without gaps, and keep some length. (Lesson 05 makes this
# exact, and shows what each assumption is worth.) The rest it found in data.
#
# **Step 1 · Explore.** In each of the four training tasks, 5000 random steps. What is kept of a step is the
# **transition** $(s, a, r, s')$.

# %%
tasks = [family.explore(goal, 5000, seed=index) for index, goal in enumerate(training_goals)]
tasks[0]

# %% [markdown]
# **Step 2 · Discover.** Each task's reward has a symmetry of its own: its level sets are circles about the goal. From
# the directions in which the reward does *not* change, the agent computes that symmetry, and from the symmetries of
# two tasks the map $L$ that carries one to the other. There is no training in this step, only linear algebra;
# lessons to come take it apart.

# %%
geometry = hereditary.discover_geometry(tasks, base_index=0)
geometry

# %% [markdown]
# The **generator** in this result is the matrix $\begin{pmatrix}0 & -1\\ 1 & 0\end{pmatrix}$, as nearly as the data
# tell: it stands for "rotations about the origin". It also found where the four goals are, although it was told no
# goal. Beside the truth:

# %%
for found, true in zip(geometry.centres, training_goals, strict=True):
    print(f"found {found.round(4)}   true {true.round(4)}")

# %% [markdown]
# **Step 3 · Adapt.** In a *new* task, twenty random steps, its **context**. Which rotation makes the base task's
# rewards agree with the rewards just seen? One number has to be found, the angle $\theta$ from the base goal.

# %%
new_goal = envs.circle_tasks(1, phase=np.radians(30.0))[0]
context = family.explore(new_goal, 20, seed=1)
agent.infer(context)

# %% [markdown]
# The base goal is at 135°, the new goal at 30°, so the true angle is −105°. The *residual* is the reward mismatch that
# remains; the *runner-up* is the next best angle, and its far larger residual rules it out.
#
# **Step 4 · Act**, with the formula above. Here is the whole loop on twenty goals around the circle, 100 noisy
# episodes each, beside the base policy as it is.

# %%
results = {
    "base policy": meta.evaluate(family, agent.base_policy),
    "geometric agent": meta.meta_test(agent, family),
}
results["geometric agent"]

# %%
course.figure(
    plots.regret_around_circle(results, training_goals[0]),
    alt="Regret against the angle between test goal and base goal. The base policy's regret climbs along the curve "
    "200 sin(δ/2) from near 0 to about 200, its points within 15 of the curve; the geometric agent's stays at zero.",
)

# %% [markdown]
# The base policy's regret climbs roughly as you would expect from staying at the wrong goal: 100 steps, each as costly
# as the chord $2 \sin(\delta/2)$ between two goals that are an angle $\delta$ apart. (It is not exact, as 00.1 showed:
# the way there and the place of rest count as well, and a policy that passes within 0.14 of the test goal is done.)
# The geometric agent's regret does not climb at all. It generalises *nonlocally*: a task on the far side of the circle
# is as easy as the neighbour.
#
# That claim is measured, not assumed: true goals, one noisy environment for all, the same noise for the agent and its
# reference. It holds because the rotation really is a symmetry of this environment. Where it is not, the carried policy
# can lose something: in lesson 01, with the paper's square set of actions, the regret is up to 0.26 instead of 0.

# %% [markdown]
# ## Is this machine ready?

# %%
course.doctor()

# %% [markdown]
# ## Where you are
#
# The map of the course: each exercise is open, begun or done. Every check notes its step in the file `progress.jsonl`
# beside your notebooks, which never leaves this machine. Run the cell again whenever you come back.
# `course.reset_progress()` begins anew, and your answers stay; `course.clear_cache()` throws away what was trained, and
# the next run trains it again.

# %%
course.progress()

# %% [markdown]
# ## Key points
#
# - A task is a goal; a policy gives an action for each state; regret is the straight walk's return minus the agent's.
# - When tasks are images of one another under a symmetry $g$ of the system, one policy serves them all:
#   $\pi_g(s) = K_g\, \pi_0(L_g^{-1} s)$.
# - The symmetry is found from transitions, in closed form; a new task costs twenty random steps and no training.
#
# What comes from the paper: one policy for a whole family of tasks, carried along by the formula, and the four steps.
# What goes beyond it: step 2 in closed form, and step 3 by the rewards themselves. All figures are measured in this
# notebook, except that of the square set of actions, which lesson 01 measures.
#
# ## Further reading
#
# - P. Nitschke and S. Talebi, *Hereditary Geometric Meta-RL: Nonlocal Generalization via Task Symmetries*, 2026,
#   [arXiv:2603.00396](https://arxiv.org/abs/2603.00396): the paper this workbook teaches.
# - R. S. Sutton and A. G. Barto, *Reinforcement Learning: An Introduction*, 2nd edition, MIT Press, 2018: policies,
#   returns and everything else about learning from rewards.
#
# ## Next
#
# Turning the plane is one way of moving everything on it. What are the others, where can they carry a point, and what
# does a function or a policy do when it is moved? [Lesson 01: group actions on the plane](01_group_actions.ipynb).
