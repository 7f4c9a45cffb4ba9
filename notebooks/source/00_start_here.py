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

training_goals = envs.training_tasks()
agent = meta.meta_train(training_goals, base_index=0, seed=0)
GoalDrag(agent, training_goals=training_goals, base_index=0, goal_degrees=30)

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
# starts near the origin and ends at the goal, or after 100 steps.
#
# A **policy** $\pi$ is a rule that gives an action for every state: $a = \pi(s)$. A **task** is one goal; moving the
# goal along the circle gives a whole *continuum* of tasks. Four of them are **training tasks**, and one of these four
# is the **base task**, the only one a policy $\pi_0$ was trained on.

# %%
environment = envs.PointNavigation(goal=training_goals[0])
state, _ = environment.reset(seed=0)
next_state, reward, reached, timed_out, _ = environment.step([0.0, 1.0])
print(f"from {state.round(3)} to {next_state.round(3)}, reward {reward:.3f}, goal reached: {reached}")

# %% [markdown]
# How good is a policy? Add up the rewards of an episode: that is its **return**. The best one could do is to walk
# straight to the goal. What an agent misses of that is its **regret**: return of the straight walk less return of the
# agent, both in the same noise. Zero is perfect.

# %% [markdown]
# ## Exercise 00.1 · Predict a regret
#
# Before you measure it: put the test goal *opposite* the base goal. The base policy walks to the base goal and stays
# there for 100 steps. About how large is its regret? (The straight walk to the test goal itself returns about −5.)

# %% tags=["exercise", "00.1"]
predicted_regret = ...

# %% tags=["solution", "00.1"]
# The cost of one step, times the steps.
# Opposite points are 2 apart, and the episode has 100 steps: -200, against about -5 for the straight walk.
predicted_regret = 100 * 2 - 5

# %% tags=["check"]
course.check("00.1", predicted_regret)

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
# there. Carry its answer forth into the new task, with $K_g$. Not one weight of the network changes.
#
# It works because nothing in the plane prefers a direction: the steps are as long one way as another, the noise is
# round, the start is round. A map that leaves the rules of the game alone is a **symmetry**.

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
# The agent was not told that the tasks lie on a circle, nor that rotations relate them. It found that in data.
#
# **Step 1 · Explore.** In each of the four training tasks, 5000 random steps. What is kept of a step is the
# **transition** $(s, a, r, s')$.

# %%
tasks = [envs.explore(goal, 5000, seed=index) for index, goal in enumerate(training_goals)]
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
# tell: it stands for "rotations about the origin". It also found where the four goals are, although no goal was ever
# an input. Beside the truth:

# %%
for found, true in zip(geometry.centres, training_goals, strict=True):
    print(f"found {found.round(4)}   true {true.round(4)}")

# %% [markdown]
# **Step 3 · Adapt.** In a *new* task, twenty random steps, its **context**. Which rotation makes the base task's
# rewards agree with the rewards just seen? One number has to be found, the angle $\theta$ from the base goal.

# %%
new_goal = envs.circle_tasks(1, phase=np.radians(30.0))[0]
context = envs.explore(new_goal, 20, seed=1)
agent.infer(context)

# %% [markdown]
# The base goal is at 135°, the new goal at 30°, so the true angle is −105°. The *residual* is what the
# rewards still differ by; the *runner-up* is the next best angle, and its residual rules it out.
#
# **Step 4 · Act**, with the formula above. Here is the whole loop on twenty goals around the circle, 100 noisy
# episodes each, beside the base policy as it is.

# %%
test_goals = envs.circle_tasks(20)
results = {
    "base policy": meta.evaluate(agent.base_policy, test_goals),
    "geometric agent": meta.meta_test(agent, test_goals),
}
results["geometric agent"]

# %%
course.figure(
    plots.regret_around_circle(results, training_goals[0]),
    alt="Regret against the angle between test goal and base goal. The base policy's regret climbs along the chord "
    "law from 0 to nearly 200; the geometric agent's stays at zero at every angle.",
)

# %% [markdown]
# The base policy's regret climbs as the law of going to the wrong goal says: 100 steps, each as costly as the chord
# $2 \sin(\delta/2)$ between two goals that are an angle $\delta$ apart. The geometric agent's does not climb at all. It
# generalises *nonlocally*: a task on the far side of the circle is as easy as the neighbour.
#
# That claim is measured, not assumed: true goals, one noisy environment for all, the same noise for the agent and its
# reference. It holds because the rotation really is a symmetry of this environment. Where it is not, the agent fails.

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
# - A task is a goal; a policy gives an action for each state; regret is what an agent misses of the best return.
# - When tasks are images of one another under a symmetry $g$ of the system, one policy serves them all:
#   $\pi_g(s) = K_g\, \pi_0(L_g^{-1} s)$.
# - The symmetry is found from transitions, in closed form; a new task costs twenty random steps and no training.
#
# What is the paper's here: one policy for a whole family of tasks, carried along by the formula, and the four steps.
# What goes beyond it: step 2 in closed form, and step 3 by the rewards themselves. All figures are measured in this
# notebook.
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
