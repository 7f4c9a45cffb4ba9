# %% [markdown]
# # 09 · Robots, and your own
#
# **Run the next cell, and wait until the `*` beside it becomes a number: an agent learns to drive a car to one goal.
# Then drag the test goal around the circle, and look at the tyre tracks. The policy follows you, as it did in the plane.
# Now imagine all of it drawn on a map, and turn the map by 90°: start, goal and tyre tracks turn. What does the steering
# wheel do?**
#
# **You will be able to** say for a robot which numbers turn when the world is turned, and which stay; write the left
# action of an arm whose state has more coordinates than freedom; read a report line by line, and say what holds, what is
# undecided and what breaks; bring an environment that somebody else wrote, and decide what its state is.
# **Prerequisites** lessons 05 to 07: hereditary geometry, left actions, the report. **Minutes** 45 · **Run time**
# {{run_time}}

# %%
from dataclasses import replace

import gymnasium
import numpy as np

from hgmrl_lite import agents, course, envs, hereditary, meta
from hgmrl_lite.envs.arm import Arm, ArmGoals
from hgmrl_lite.widgets import GoalDrag

family = envs.car()
settings = agents.PPOSettings(total_steps=49_152)  # fewer than usual, enough here
agent = meta.meta_train(family, seed=0, settings=settings)
GoalDrag(agent, family)

# %% [markdown]
# ## What turns, and what stays
#
# The state of the car has four numbers: its place $p$, and its heading $h$ as $(\cos h, \sin h)$. An action has two: how
# fast it drives, and how far it steers. In each step it drives $0.1\,a_1$ along its heading, and then turns by
# $0.4\,a_2$ radians. A goal is a place, and the reward is minus the distance to it.
#
# Now take a map with a route for the car, and turn the map by 90°. Which of the car's numbers change? And what about an
# arm of two links, fixed to a table? Its base joint turns the whole arm, its elbow bends it, and its action is how far
# each of the two joints moves. Turn the table.
#
# ## Exercise 09.1 · What turns?
#
# Write "turns" or "stays" for each. The first one you know from the plane: there an action was a displacement.

# %% tags=["exercise", "09.1"]
predicted = {
    "the displacement of a point": ...,
    "the heading of the car": ...,
    "the speed of the car": ...,
    "the steering of the car": ...,
    "the tip of the arm": ...,
    "the angle of the arm's elbow": ...,
    "the motion of the arm's base joint": ...,
}

# %% tags=["solution", "09.1"]
# A displacement and a heading are arrows on the map. Speed, steering and the joints' motions are measured in the robot,
# from itself: whoever sits inside does not notice how the map lies.
predicted = {
    "the displacement of a point": "turns",
    "the heading of the car": "turns",
    "the speed of the car": "stays",
    "the steering of the car": "stays",
    "the tip of the arm": "turns",
    "the angle of the arm's elbow": "stays",
    "the motion of the arm's base joint": "stays",
}

# %% tags=["check"]
course.check("09.1", predicted)

# %% [markdown]
# The agent was told none of this. It explored four training tasks with random actions, 5000 transitions each. Here is
# what it found for the map from the base task to training task 1: $L$, how it moves states, and $K$, how it moves
# actions. What do you expect $K$ to be?

# %%
geometry = agent.geometry
print("L, on place and heading:", (geometry.left_actions[1].round(3) + 0.0), sep="\n")
print("K, on speed and steering:", (geometry.action_maps[1].round(3) + 0.0), sep="\n")

# %% [markdown]
# $L$ turns the place, and it turns the heading by the same angle. $K$ is the identity: *the steering wheel does
# nothing*. In the plane $K_g$ was the same matrix as $L_g$, so it was easy to take the two for one. They are not.
# The policy for a new goal is $\pi_g(s) = K_g\,\pi_0(L_g^{-1} s)$ as always, and here this is $\pi_0(L_g^{-1} s)$: look
# at the turned-back world, and then press the very same pedals.
#
# Where does $K$ come from? Not from rewards, which do not depend on actions here. It comes from the law of motion,
# because $T(L_g s, K_g a) = L_g T(s, a)$ has to hold. The agent fitted $T$ to the same transitions. What if somebody had
# assumed that $K$ is the rotation, as in the plane? Guess what that costs.

# %%
contexts = [family.explore(goal, 20, seed=0) for goal in family.test]
carried = [agent.adapt(context) for context in contexts]
turned = [agents.TransformedPolicy(agent.base_policy, one.left, one.left[:2, :2]) for one in carried]


def mean_return(family, policies, tasks):
    """Return the mean return of one policy a task, over 20 noisy episodes on each."""
    return family.rollout(policies, tasks, episodes=20, seed=0).returns.mean()


print(f"base policy, on its own task:   {mean_return(family, [agent.base_policy], [family.base_task]):7.1f}")
print(f"carried with L and K, test:     {mean_return(family, carried, family.test):7.1f}")
print(f"carried with a rotation as K:   {mean_return(family, turned, family.test):7.1f}")
print(f"base policy, not carried, test: {mean_return(family, [agent.base_policy] * 4, family.test):7.1f}")

# %% [markdown]
# Carried with the right $K$, the policy does as well on the test goals as on its own. With a rotation in its place it
# mixes speed with steering, and does worse than a policy that is not carried at all. A $K$ that is right for one system
# may be wrong for the next.
#
# ## The arm
#
# The arm has two joints: $\theta_1$ at the base, and $\theta_2$ at the elbow, counted from the first link. Why does its
# state not simply hold these two angles? Turn the table by $\alpha$, and $\theta_1$ becomes $\theta_1 + \alpha$. No matrix
# does that, and at 360° the angle jumps. On cosine and sine the turn is a matrix, and nothing jumps. The reward depends
# on where the tip is, so the state holds the tip $(x, y)$ as well, six numbers in all:
# $(\cos\theta_1, \sin\theta_1, \cos\theta_2, \sin\theta_2, x, y)$.
#
# Two angles, and six numbers: the states fill only a surface in $\mathbb R^6$, a torus. That is usual for robots.
#
# ## Exercise 09.2 · The left action of an arm
#
# Return the matrix, of shape `(6, 6)`, that moves the state when the *base joint* turns by `angle` in radians.


# %% tags=["exercise", "09.2"]
def base_turn(angle):
    """Return how the arm's state moves when its base joint turns, shape (6, 6)."""
    ...  # your code here


# %% tags=["solution", "09.2"]
def base_turn(angle):
    """Return how the arm's state moves when its base joint turns, shape (6, 6)."""
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, -s], [s, c]])
    left = np.eye(6)
    # The elbow's angle is counted from the first link: it stays. The tip goes around the base.
    left[:2, :2], left[4:, 4:] = turn, turn
    return left


# %% tags=["check"]
course.check("09.2", base_turn)

# %% [markdown]
# Now let the agent find it. Drag the goal around the circle and watch the elbow: how far is it bent when the tip arrives?

# %%
arm = envs.arm()
arm_agent = meta.meta_train(arm, seed=0, settings=settings)
GoalDrag(arm_agent, arm)

# %%
print("generator:", arm_agent.geometry.generators_states[0].round(3) + 0.0, sep="\n")
print("K to training task 1:", arm_agent.geometry.action_maps[1].round(3) + 0.0, sep="\n")
arm_agent.geometry.system

# %% [markdown]
# The generator has your blocks: base and tip turn, the elbow stays. (All goals are equally far from the base, so the
# elbow ends up bent by about the same angle at each.) $K$ is the identity, as for the car. But read the table below. The
# *system* has **two** dimensions of symmetry, "of which 1 keep the law of the starts". Which is the other one?
#
# It is the turn of the elbow. Bend the elbow of every state by the same angle more: the law of motion does not change,
# because the joints still move by the same angles. On the six numbers that is even a matrix: with a first link of length
# $\ell_1$ the tip is $\ell_1 (\cos\theta_1, \sin\theta_1)$ plus the second link, and only the second link turns. But the
# elbow starts bent by about 86°, and not at every angle alike. A policy that is carried by a turn of the elbow would
# begin where it was never trained. So the agent sets this one aside. It needs a symmetry of the law of motion *and* of
# the starts.
#
# ## When it breaks
#
# A report is worth something when it says no at the right place. These are its lines that matter most:
#
# - *inherited*: every map between tasks is a symmetry of the law of motion;
# - *start law*: it keeps the law of the starts as well;
# - *same rewards*: it carries the rewards of the base task to those of the other task.
#
# ## Exercise 09.3 · Which line breaks?
#
# Each of these changes the arm or its tasks. Predict which of the three lines says no: "inherited", "start law"
# or "same rewards". One change leaves too little to tell: "undecided". And one changes nothing: "none".

# %% tags=["exercise", "09.3"]
breaks = {
    "the base starts near one angle": ...,
    "each joint rubs on one of its sides": ...,
    "one of the tasks pays double": ...,
    "all of the tasks pay double": ...,
    "only 1000 transitions of each task": ...,
}

# %% tags=["solution", "09.3"]
breaks = {
    "the base starts near one angle": "start law",
    "each joint rubs on one of its sides": "inherited",
    "one of the tasks pays double": "same rewards",
    "all of the tasks pay double": "none",
    "only 1000 transitions of each task": "undecided",
}

# %% tags=["check"]
course.check("09.3", breaks)

# %% [markdown]
# Now measure. Each change is a few lines. The first two change the arm, the others its tasks.


# %%
class Facing(Arm):
    """An arm whose base starts near one angle."""

    def start_state(self, normals):
        """Return a start state for each standard normal (..., 6)."""
        facing = np.array([1.0, 0.0]) + 0.1 * normals[..., :2]
        return super().start_state(np.concatenate([facing, normals[..., 2:]], axis=-1))


class Rubbing(Arm):
    """An arm whose joints turn less far on one of their sides."""

    def _moved(self, states, angles):
        return super()._moved(states, angles * (1.0 + 0.5 * states[..., [0, 2]]))


# %%
class OneDouble(ArmGoals):
    """Goals of which the second pays double."""

    def outcome(self, next_states, tasks):
        """Return rewards and whether the episode ends."""
        rewards, reached = super().outcome(next_states, tasks)
        return np.where((tasks == self.train[1]).all(axis=1), 2.0, 1.0) * rewards, reached


class AllDouble(ArmGoals):
    """Goals that all pay double."""

    def outcome(self, next_states, tasks):
        """Return rewards and whether the episode ends."""
        rewards, reached = super().outcome(next_states, tasks)
        return 2.0 * rewards, reached


# %%
def report_on(family, transitions=5000):
    """Explore the training tasks and return the report."""
    tasks = [family.explore(goal, transitions, seed=number) for number, goal in enumerate(family.train)]
    return hereditary.discover_geometry(tasks).report


reports = {
    "nothing is changed": report_on(arm),
    "the base starts near one angle": report_on(replace(arm, system=Facing())),
    "each joint rubs on one of its sides": report_on(replace(arm, system=Rubbing())),
    "one of the tasks pays double": report_on(OneDouble(arm.system, arm.train, arm.test)),
    "all of the tasks pay double": report_on(AllDouble(arm.system, arm.train, arm.test)),
    "only 1000 transitions of each task": report_on(arm, 1000),
}
for name, report in reports.items():
    print(f"{name}: {report.verdict}")
    for line in ("inherited", "start law", "same rewards"):
        if report[line].verdict == report.verdict != "yes":
            print(f"    {line}: {report[line].text}")

# %% [markdown]
# The arm as it was passes, and so does the arm whose tasks all pay double. Three changes get a *no*, each in its own line.
# Where the base starts near one angle, the motion still has both of its symmetries, but neither keeps the law of the
# starts. Where the joints rub, the motion has no symmetry that could relate the tasks. The last report says *undecided*,
# and that is right too. Nothing is wrong with the arm, but from a thousand transitions of each task the agent can fit only
# a rough law of motion, where 5000 gave it one of 70 terms. In the rough law it does not see what every action does.
# "Undecided" asks for more data, "no" asks for another model of the world. Never treat one as the other.
#
# ## Your own environment
#
# All systems so far were ours. Now bring one that we did not write: the two-joint arm `Reacher-v5` of Gymnasium, moved by
# the physics engine MuJoCo. Actions are torques here, so the state needs speeds. In each episode Gymnasium draws a
# goal and shows it to the agent. Its observation has ten numbers:
#
# | numbers | what they are | in our state? |
# |---|---|---|
# | 0 to 3 | $\cos\theta_1, \cos\theta_2, \sin\theta_1, \sin\theta_2$ | yes |
# | 4, 5 | the goal | no: that is the *task*, not the state. Within a task it is constant, and the agent is to infer it |
# | 6, 7 | the speeds of the joints, in radians a second | yes, divided by 10: a network likes numbers of about one |
# | 8, 9 | tip minus goal | no: it tells the goal, and MuJoCo computes the tip a moment late |
#
# So the tip has to be made from the angles. The links are 0.1 and 0.11 metres long; in units of 0.1 metres the tip is
# $(\cos\theta_1, \sin\theta_1) + 1.1\,(\cos(\theta_1 + \theta_2), \sin(\theta_1 + \theta_2))$.
#
# ## Exercise 09.4 · What is the state?
#
# Return the states, of shape `(B, 8)`, of a batch of observations `(B, 10)`: the four cosines and sines in their order,
# then the tip in units of 0.1 metres, then the two speeds divided by 10.


# %% tags=["exercise", "09.4"]
def arm_state(seen):
    """Return the states (B, 8) of observations (B, 10)."""
    ...  # your code here


# %% tags=["solution", "09.4"]
def arm_state(seen):
    """Return the states (B, 8) of observations (B, 10)."""
    base, elbow = np.arctan2(seen[:, 2:4], seen[:, :2]).T
    x = np.cos(base) + 1.1 * np.cos(base + elbow)
    y = np.sin(base) + 1.1 * np.sin(base + elbow)
    return np.column_stack([seen[:, :4], x, y, seen[:, 6:8] / 10])


# %% tags=["check"]
course.check("09.4", arm_state)

# %% [markdown]
# Then the world itself. A family of tasks needs a goal that *we* choose. And think of exercise 09.3: Gymnasium starts the
# base within 0.1 radians of one angle. Which line of the report would that break? So the wrapper draws the base's angle
# at the start from the whole circle. The last change: Reacher charges for torque, and we set this cost to zero. Then
# the reward is minus the distance from tip to goal.
#
# That is all: with its imports and the training it is 22 lines, the same as in [README](../README.md). Goals lie 0.15
# metres from the base, and the arm reaches 0.21.


# %%
class HiddenGoal(gymnasium.Wrapper):  # a goal that we choose and the arm does not see; the base at any angle
    def __init__(self, goal):
        super().__init__(gymnasium.make("Reacher-v5", reward_control_weight=0.0))
        self.goal = goal

    def reset(self, *, seed=None, options=None):
        self.env.reset(seed=seed, options=options)
        arm = self.unwrapped
        base = arm.np_random.uniform(-np.pi, np.pi)
        arm.set_state(np.array([base, arm.data.qpos[1], *self.goal]), arm.data.qvel)
        return arm._get_obs(), {}


def state(seen):  # both joints, the tip in tenths of a metre, speeds in tens of radians a second
    base, elbow = (seen[:, :2] + 1j * seen[:, 2:4]).T
    tip = base + 1.1 * base * elbow
    return np.column_stack([seen[:, :4], tip.real, tip.imag, seen[:, 6:8] / 10])


# %%
from importlib.util import find_spec

robots = all(find_spec(name) for name in ("mujoco", "imageio"))
if robots:
    train, test = 0.15 * envs.training_tasks(), 0.15 * envs.circle_tasks(4, phase=0.5)
    reacher = envs.TaskFamily.from_gymnasium(HiddenGoal, train=train, test=test, observe=state)
    settings = agents.PPOSettings(num_envs=32, total_steps=40_960)
    robot = meta.meta_train(reacher, transitions=15_200, settings=settings)
else:
    print(
        'MuJoCo is not here: this cell and the next two are skipped. README, "With a robot", says how to get it.'
    )

# %%
if robots:
    print(robot.geometry.system)
robot.geometry.report if robots else None

# %%
if robots:
    contexts = [reacher.explore(goal, 20, seed=0) for goal in reacher.test]
    answers = [robot.infer(context) for context in contexts]
    carried = [robot.policy_for(answer) for answer in answers]
    print("explains the rewards:", *(answer.verdict for answer in answers))
    print(
        f"base policy, on its own task:   {mean_return(reacher, [robot.base_policy], [reacher.base_task]):5.2f}"
    )
    print(f"carried, on the test goals:     {mean_return(reacher, carried, reacher.test):5.2f}")
    print(
        f"base policy, not carried, test: {mean_return(reacher, [robot.base_policy] * 4, reacher.test):5.2f}"
    )

# %% [markdown]
# In case you have no MuJoCo: every line of the report says yes. The system has *one* dimension of symmetry this time.
# Under torques an arm moves differently when its elbow is bent, so only the turn of the base is left.
#
# Read the report as a guide to your own environment, from the top:
#
# - *aligned* and *same rewards* ask about the rewards. A no here means: your tasks are not images of one another. Look at
#   how rewards are made. A cost of actions is one more term that has to be carried along.
# - *inherited* asks about the law of motion. A no means that the world itself is not symmetric: wind, a slope, a joint
#   that rubs. No wrapper mends that. "K cannot be determined" means that the random actions hardly move the state, or
#   that there are too few transitions for so many coordinates. We give this arm 15,200 a task, because its law has 297
#   terms. Try 5000, and read the report again.
# - *start law* asks where episodes begin. This one you *can* mend, as here, when you may choose the starts.
# - *linearizable* asks whether matrices are enough in your coordinates. A no asks for other coordinates: cosine and sine
#   for an angle, place and velocity for a swing.
# - *connected*, *compact* and *closed* ask whether a search among the elements is safe.
#
# Twenty transitions of a new goal, two matrices, and no gradient step: the arm that others built reaches a goal that it
# was never told, about as well as the one it was trained on.

# %% [markdown]
# ## Key points
#
# - $K$ is not $L$. What is measured in the world turns with it, what is measured in the robot stays: for a car and an arm
#   $K$ is the identity, while $L$ turns place and heading, base and tip.
# - $K$ comes from the law of motion, not from rewards. With a wrong $K$ the car does worse than with a policy that
#   is not carried at all.
# - Angles enter as cosine and sine. Then states lie on a surface, turns are matrices, and nothing jumps.
# - A symmetry of the motion is not enough: the elbow's turn is one, and the starts reject it.
# - The report names what breaks: law of motion, starts or rewards. "Undecided" asks for more data, "no" for another model.
# - A Gymnasium environment becomes a family after three decisions: what is the task, what is the state, and where do
#   episodes begin.
#
# What comes from the paper: hereditary geometry and the formula for the policy. What goes beyond it: these robots, the
# report, and all figures of this lesson, which are measured in this notebook.
#
# ## Further reading
#
# - P. Nitschke and S. Talebi, *Hereditary Geometric Meta-RL: Nonlocal Generalization via Task Symmetries*, 2026,
#   [arXiv:2603.00396](https://arxiv.org/abs/2603.00396).
# - R. M. Murray, Z. Li and S. S. Sastry, *A Mathematical Introduction to Robotic Manipulation*, CRC Press, 1994: arms and
#   cars by Lie groups, with body and world frames kept apart.
# - E. Todorov, T. Erez and Y. Tassa, *MuJoCo: A physics engine for model-based control*, IROS 2012: what moves the arm.
# - M. Towers and others, *Gymnasium: A Standard Interface for Reinforcement Learning Environments*, 2024,
#   [arXiv:2407.17032](https://arxiv.org/abs/2407.17032): the interface, and its environments.
#
# ## Next
#
# Your turn: [10, the capstone](10_capstone.ipynb) is a template for a project of your own, with one worked example.
