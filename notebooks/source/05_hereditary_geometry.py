# %% [markdown]
# # 05 · Hereditary geometry: linearizable, connected, compact, each with its counterexample
#
# **Run the next cell, then drag the blue ring onto the green diamond. When the thin blue lines lie on the thick green
# ones, one task has become the other. Then pull by something else than a rotation, and see what it costs.**
#
# **You will be able to** test whether a map is a symmetry of a system; say what a hereditary task space is, and prove
# that its best policies are carried along; explain why a *learned* policy asks for more; say what "linearizable",
# "connected" and "compact" buy, prove two of them in the plane, and give a counterexample to each; compute a system's
# own symmetries; read the package's report. **Prerequisites** lessons 01 to 04: group actions, exp and log, kernel
# distributions, null spaces. **Minutes** 80 · **Run time** {{run_time}}

# %%
import numpy as np

from hgmrl_lite import actions, agents, course, envs, hereditary, lie, meta, plots
from hgmrl_lite.transitions import Transitions
from hgmrl_lite.widgets import TaskPuller

TaskPuller()

# %% [markdown]
# Grey dots in the middle are the places where episodes start; the purple ones are the same dots, carried along. The six
# lines beside the picture are six questions to the map. This lesson is about them.
#
# - Drag the ring onto the diamond. Six times "yes".
# - Choose *reflection* and drag again. One "no", although every level set fits. Now press *bent valley*.
# - Back to *round goal*, choose *translation*, drag. Which two questions say "no" now? Watch the purple dots.
# - Choose the target *shifted* and pull by *scaling*. The level sets fit, the rewards do not.
# - Go back to *turned* and *rotation*, and change the actions from *disc* to *box*.

# %% [markdown]
# ## What a system is, and what it does not notice
#
# A task has two parts. One is its reward. The other is everything else, and that is the same in all our tasks: how
# states follow each other, which actions are allowed, where episodes start. Call this other part the **system**. We
# write $T(s, a)$ for the mean of the next state, as in lesson 01; noise is added to it.
#
# A group element $g$ moves states by $L_g$ and actions by $K_g$. It is a **system symmetry** when the system does not
# notice:
#
# $$T(L_g s, K_g a) = L_g\, T(s, a) \qquad\text{for all } s, a.$$
#
# In words: move, then step; or step, then move. You land at the same place. Lesson 01 tested this for rotations. And
# since the next state is random, more is asked: the *noise* must be carried to itself, and $K_g$ must map the allowed
# actions onto themselves. Our noise is round (the same in all directions), so a linear $L_g$ may turn and mirror it,
# and may not stretch it.

# %% [markdown]
# ## Exercise 05.1 · How far from a symmetry?
#
# Write the test. `step(states, actions)` is $T$, for states and actions in rows, shapes `(N, n)` and `(N, m)`; `left`
# and `right` are the matrices $L$ and $K$. Return the largest length of $T(L s, K a) - L\,T(s, a)$ over the rows.


# %% tags=["exercise", "05.1"]
def symmetry_gap(step, left, right, states, actions):
    """Return the largest ‖T(L s, K a) − L T(s, a)‖."""
    ...  # your code here


# %% tags=["solution", "05.1"]
def symmetry_gap(step, left, right, states, actions):
    """Return the largest ‖T(L s, K a) − L T(s, a)‖."""
    moved = step(states @ left.T, actions @ right.T)
    return np.linalg.norm(moved - step(states, actions) @ left.T, axis=1).max()


# %% tags=["check"]
course.check("05.1", symmetry_gap)

# %% [markdown]
# Here are three systems: our disc, the paper's box, and one whose actions have no bound. And six maps, each of which
# moves actions as it moves states, $K = L$. A step is at most 0.1 long on the disc.

# %%
from hgmrl_lite.course.lesson_05 import (
    symmetry_gap as gap_of,
)  # the function of the last exercise, ready made

systems = {name: envs.Navigation(name).mean_next_state for name in ("disc", "box")}
systems["unbounded"] = lambda states, moves: states + envs.STEP * moves
maps = {
    "turn by 40°": lie.so2_exp(np.radians(40)),
    "quarter turn": lie.so2_exp(np.pi / 2),
    "mirror": np.diag([1.0, -1.0]),
    "tilted mirror": lie.so2_exp(np.radians(40)) @ np.diag([1.0, -1.0]),
    "scale by 1.5": 1.5 * np.eye(2),
    "shear": np.array([[1.0, 0.5], [0.0, 1.0]]),
}
rng = np.random.default_rng(0)
states, moves = 0.8 * rng.normal(size=(2, 2000, 2))  # far from the wall at ±5
print(f"{'':14}" + "".join(f"{name:>11}" for name in systems))
for name, L in maps.items():
    gaps = [gap_of(step, L, L, states, moves) for step in systems.values()]
    print(f"{name:14}" + "".join(f"{gap:11.4f}" for gap in gaps))

# %% [markdown]
# Read it by columns. The disc allows all turns and all mirrors. The box allows the quarter turns and four mirrors, in
# its two axes and its two diagonals; the tilted mirror is none of them. Without a bound, *every* matrix is a symmetry
# of $T$. So it is the bound on the actions that throws scalings and shears out. (Our round noise does not let them pass
# either: a second reason, which a system without noise would not have.)

# %% [markdown]
# ## Tasks that inherit
#
# So far no reward was mentioned. Now take a base task $0$ and move its reward by a system symmetry $g$:
#
# $$R_{g\cdot 0}(L_g s, K_g a, L_g s') = R_0(s, a, s').$$
#
# That is a new task on the *same* system. A family of tasks which all arise in this way, from one another, by symmetries
# of their system, is a **hereditary task space** (the paper's term): the tasks inherit their geometry from the system.
# An episode ends where its image ends, and the time limit is shared (with the discount, where later rewards count
# less). In navigation the reward looks at the next state only, and the condition is just $R_{g\cdot 0}(L_g p) =
# R_0(p)$.

# %% [markdown]
# ## Why the policy comes along: a short proof
#
# A task may have several optimal policies. Claim: in a hereditary task space, if $\pi^*_z$ is optimal for task $z$, then
# $K_g\, \pi^*_z(L_g^{-1} s)$, as a function of $s$, is optimal for task $g\cdot z$.
#
# **One.** Take an episode of task $z$ under some policy $\pi$, and move all of it: states by $L_g$, actions by $K_g$. At
# the state $L_g s$, the moved policy $g\cdot\pi$ takes the action $K_g\,\pi(L_g^{-1} L_g s) = K_g\,\pi(s)$, the moved
# action. Then the system goes on to the moved next state, with the same probability, *because $g$ is a system symmetry*.
# So the moved episode is what $g\cdot\pi$ does in task $g\cdot z$.
#
# **Two.** It gets the same rewards, step by step, *because the task is inherited*. So the value (the expected return
# from a state) is the same: $V^{g\cdot\pi}_{g\cdot z}(L_g s) = V^{\pi}_{z}(s)$.
#
# **Three.** This holds for *every* policy $\pi$, and every policy of task $g\cdot z$ is some $g\cdot\pi$: undo it by
# $g^{-1}$. So if no policy beats $\pi$ in task $z$, none beats $g\cdot\pi$ in task $g\cdot z$. $\square$
#
# Nowhere did we ask how far $g$ moves things. That is the **nonlocal generalization** in the paper's title. Here is step
# one and two in numbers, an episode and its image by a turn, with the noise turned too:

# %%
family = envs.navigation()
system, base_goal = family.system, family.base_task
turn = actions.LinearAction(lie.so2_exp(2.2))
policy = family.reference(base_goal)
moved_policy = turn.on_policy(policy, turn)
s = np.array([0.05, -0.02])
z = turn(s)
for _ in range(6):
    noise = rng.normal(size=2)
    s = system.next_state(s, policy(s), noise)
    z = system.next_state(z, moved_policy(z), turn(noise))
    rewards = [-np.linalg.norm(s - base_goal), -np.linalg.norm(z - turn(base_goal))]
    print(
        f"rewards {rewards[0]:.6f} and {rewards[1]:.6f}; moved state off by {np.abs(z - turn(s)).max():.1e}"
    )

# %% [markdown]
# ## A shift would do as well?
#
# The goals of our family lie on a circle, so the turn from goal to goal relates the tasks. But so does the *shift* by
# $c_z - c_0$! It carries distances along, so $R_z(p + b) = R_0(p)$. It is a system symmetry, away from the walls at ±5:
# $T(s + b, a) = T(s, a) + b$ with $K = I$. It even reaches goals at any distance from the origin. And the proof holds
# word for word.
#
# Take two policies for the base goal. The *best* one walks straight to the goal from everywhere. The *learned* one is
# the network of lesson 00. Carry both to the other goals, by turns and by shifts.

# %% [markdown]
# ## Exercise 05.2 · Predict: who loses?
#
# One of the four has a regret that is clearly above that of the others. Answer before you run the cell after the check:
# `"best turned"`, `"best shifted"`, `"learned turned"` or `"learned shifted"`.

# %% tags=["exercise", "05.2"]
loser = ...

# %% tags=["solution", "05.2"]
# A shift carries the starts away, and the learned policy knows only what it has met.
loser = "learned shifted"

# %% tags=["check"]
course.check("05.2", loser)

# %%
learned = agents.train_base_policy(family, seed=0)


def shift(b):
    return actions.AffineAction([[1.0, 0.0, b[0]], [0.0, 1.0, b[1]], [0.0, 0.0, 1.0]])


degrees = np.arange(0, 360, 18)
turns = [actions.LinearAction(L) for L in lie.so2_exp(np.radians(degrees))]
goals = np.array([g(base_goal) for g in turns])
shifts = [shift(goal - base_goal) for goal in goals]
regret = {}
for name, pi in (("best", family.reference(base_goal)), ("learned", learned)):
    carried = {"turned": [g.on_policy(pi, g) for g in turns], "shifted": [g.on_policy(pi) for g in shifts]}
    for way, policies in carried.items():
        by_goal = meta.evaluate(family, policies, goals).regret_by_task.round(6) + 0.0
        regret[f"{name} {way}"] = by_goal
        print(f"{name + ' ' + way:16} regret: mean {by_goal.mean():.3f}, worst goal {by_goal.max():.3f}")

# %%
opposite = 10
asked = {}
for way, g, K in (("turned", turns[opposite], turns[opposite]), ("shifted", shifts[opposite], None)):
    played = family.rollout(
        g.on_policy(learned, K), goals[[opposite]], episodes=20, seed=0, trajectories=True
    ).trajectories.reshape(-1, 2)
    asked[way] = g.inverse()(played[~np.isnan(played[:, 0])])
own = family.rollout(learned, base_goal[None], episodes=60, seed=1, trajectories=True).trajectories.reshape(
    -1, 2
)
course.figure(
    plots.carried_regret(
        degrees,
        {way: regret[f"learned {way}"] for way in asked},
        own[~np.isnan(own[:, 0])],
        {f"{way}, opposite goal": points for way, points in asked.items()},
    ),
    alt="Left: regret of the learned policy; turned it stays near zero at every angle, shifted it rises to several "
    "units for far goals. Right: turned, the base policy is asked where it has been; shifted, up to two units away.",
)

# %% [markdown]
# On the right is the reason. An episode of the new task starts near the origin. The turned policy takes that start back
# *to the origin*, and goes on to ask only where the base policy has been. The shifted one takes it back to $-b$, up to
# two units away, beyond the base goal. There the network was never trained, and what it does there is chance.
#
# How bad it is depends on the training: another `seed` above gives other numbers. So for a learned policy we ask one
# thing more,
#
# $$L_g\,\rho_0 = \rho_0,$$
#
# where $\rho_0$ is the law of the starts. Ours is a round cloud about the origin. Of the maps $p \mapsto Lp + b$ it
# lets pass those with $b = 0$ and $L^T L = I$: turns about the origin, and mirrors in lines through it. The paper's
# experiment looks for linear $L$, which leave the origin in place; from here on so do we.

# %% [markdown]
# ## Three words, and what they leave
#
# The paper states: *a task space inherited from the system's symmetries embeds into a subgroup of them whose actions are
# linearizable, connected and compact.* Each of the three words is there because it buys something.
#
# | word | what it buys | who fails it |
# |---|---|---|
# | **linearizable** | in a suitable chart, elements are matrices | a twist, about its fixed point |
# | **connected** | every element is a product of exponentials, so generators are enough | a mirror |
# | **compact** | an inner product is kept, and a search is over a bounded set | scalings, shears, shifts |
# | **connected and compact** | *one* exponential is enough | |
#
# Before we go through them, see how much they say together. Suppose the elements are matrices, and the group is
# compact. Then all of them keep an inner product; lesson 02 made it by averaging. Choose coordinates in which it is the
# standard one, and all elements are orthogonal. If the group is connected as well, their determinants cannot jump from
# 1 to $-1$. So *linear, connected and compact together already force "a rotation, in some coordinates"*. In the plane
# such a group is either the identity alone, or all rotations in some coordinates. What is left for data to tell, in the
# plane, is which coordinates (an inner product up to a factor, two numbers) and which angle for which task. So when
# lesson 06 finds rotations in the plane, that they are rotations was assumed; their coordinates and angles were found.
# In more dimensions there is more to find: *which* of the rotations.

# %% [markdown]
# ## What we can prove ★
#
# We do not repeat the paper's proof. Here is a version of our own, with everything that it assumes.
#
# **Assume** that $G$ is a Lie group of system symmetries, with affine $L_g$ and linear $K_g$; that every $L_g$ keeps
# the law of the starts, whose covariance $\Sigma$ is positive definite; that $G$ acts on the tasks; that $T$ and the
# rewards are continuous; and that the allowed actions are a bounded and closed set with a non-empty interior. The task
# space is the orbit $Z = G\cdot z_0$ of the base task. $H$ is its **stabiliser**, the elements that leave the base task
# as it is (lesson 01). (It is closed, because the rewards are continuous.)
#
# **Orbit and stabiliser.** Two elements $g$ and $h$ lead to the same task exactly when $g^{-1}h$ leaves $z_0$ as it is,
# so when $g^{-1}h \in H$. A task is therefore not an element of $G$ but a coset $gH$: $Z$ is $G/H$. For a round goal
# off the origin and $G$ the turns, $H$ is the identity alone, and tasks *are* turns. With the mirrors in $G$, $H$ has
# two elements.
#
# **Connected.** Suppose $Z$ is connected (with the topology of $G/H$). Let $G_0$ be the part of $G$ that is connected
# to the identity. It is open in $G$, and $g \mapsto gH$ carries open sets to open sets, so each orbit of $G_0$ in $Z$
# is open. Two of its orbits are equal or disjoint. So $Z$ is cut into disjoint open pieces; it is connected, so there
# is only one piece: $G_0$ reaches every task. $\square$ The mirrors may be symmetries of the system as well; a circle
# of goals does not need them.
#
# **Compact.** Let $D$ be the diameter of the set of actions, and let it hold a ball of radius $r$. Every vector $v$
# shorter than $r$ is a difference of two allowed actions. $K_g$ maps allowed actions to allowed actions, so $K_g v$ is
# such a difference too, at most $D$ long. That bounds all $K_g$ at once: $\lVert K_g\rVert \le D/r$. And $L_g$ keeps
# the covariance, $L_g \Sigma L_g^T = \Sigma$ (its linear part does), so $\Sigma^{-1/2} L_g \Sigma^{1/2}$ is orthogonal:
# that bounds $L_g$. It keeps the mean of the starts as well: that fixes its shift. So the pairs $(L_g, K_g)$ are a
# bounded set of matrices, and its closure is compact. The limit of symmetries is a symmetry, because $T$ is continuous,
# the set of actions is closed, and a limit of maps that keep a law (of the noise, of the starts) keeps it, too.
# $\square$ Neither half is enough alone. Shifts have $K_g = I$, and only the starts exclude them. And if all starts are
# at rest, $\Sigma$ is singular, and the start law says nothing about what $L_g$ does to velocities.
#
# **Linearizable.** An affine map that keeps the mean of the starts is a matrix once that mean is the origin. For
# actions that are not affine, a fixed point has to be assumed. About it Bochner (1945) gives a chart, if the action is
# smooth and the group compact. (Mostow and Palais, 1957, embed the whole space into one on which the group acts by
# matrices, if there are finitely many types of orbits. That is an embedding, not a chart.)
#
# **Embeds.** To carry the base policy to the task $z$, an agent needs *one* element $\sigma(z)$ that makes $z$, and
# better one that changes continuously with $z$. Such a choice is a **section**. It exists near every task. It exists
# for all tasks at once if $H$ is trivial, as in our plane, where the circle of goals *is* the group of turns. But not
# always:

# %%
pole = np.array([0.0, 0.0, 1.0])


def smallest_rotation(goal):
    """Return the smallest rotation of space that carries the pole to the goal."""
    axis = np.cross(pole, goal)
    return lie.so3_exp(np.arccos(goal @ pole) * axis / np.linalg.norm(axis))


for away in (0.5, 0.1, 0.01):  # two goals near the antipode of the pole, in directions a quarter turn apart
    ahead, aside = np.sin(away) * np.eye(3)[:2] - np.cos(away) * pole
    jump = np.abs(smallest_rotation(ahead) - smallest_rotation(aside)).max()
    print(f"goals {np.linalg.norm(ahead - aside):.3f} apart: their rotations differ by up to {jump:.3f}")

# %% [markdown]
# Goals on a sphere, turned by the rotations of space: $H$ is the turns about the goal. The smallest rotation to a goal
# jumps at the antipode of the base goal. And *no* choice is continuous everywhere: it would carry an arrow from the
# base goal to every point of the sphere, tangent to it and nowhere zero, and a sphere cannot be combed (see Milnor,
# 1978).
#
# Now the three words one by one. To see a difference, a round goal will not do. It is kept by all rotations about itself
# and by mirrors, so many maps carry one round goal to another. The `bent_valley` of the widget is kept by no affine map
# but the identity, so *at most one* affine map carries it to a given image.

# %% [markdown]
# ## Connected, and the mirror
#
# Let the new task be the base task, turned by 110°, or else mirrored, in the line that carries the goal to the same
# place. We compare rewards: the root mean square of $R_z(Lp) - R_0(p)$, as a share of the rewards' spread.

# %%
goal = np.array([0.8, 0.3])
half = np.arctan2(goal[1], goal[0]) + np.radians(55)
maps = {"turn": lie.so2_exp(np.radians(110)), "mirror": lie.so2_exp(2 * half) @ np.diag([1.0, -1.0])}
maps = {name: actions.LinearAction(L) for name, L in maps.items()}
points = 0.9 * rng.normal(size=(500, 2))


def round_goal(p):
    return -np.linalg.norm(p - goal, axis=-1)


def misfit(reward, target, L):
    return np.sqrt(np.mean((target(L(points)) - reward(points)) ** 2)) / np.std(reward(points))


for reward in (round_goal, envs.bent_valley):
    for made, g in maps.items():
        target = g.on_function(reward)
        found = ", ".join(f"pulled by {name} {misfit(reward, target, h):.2f}" for name, h in maps.items())
        print(f"{reward.__name__:12} target made by {made:7} {found}")

# %% [markdown]
# For the round goal both maps fit both targets. For the valley each fits its own. Now suppose the valley's target was
# made by the *mirror*, and our agent has found the generator $J$, whose exponentials are the rotations. It searches all
# of them:

# %%
angles = np.radians(np.arange(0, 360))
target = maps["mirror"].on_function(envs.bent_valley)
misfits = [misfit(envs.bent_valley, target, actions.LinearAction(lie.so2_exp(angle))) for angle in angles]
by_mirror = misfit(envs.bent_valley, target, maps["mirror"])
print(f"best of 360 rotations: misfit {min(misfits):.2f}; the mirror: {by_mirror:.2f}")

# %% [markdown]
# No rotation comes near. Why can no exponential, of any matrix, help? Follow $\det \exp(tW) = e^{t \operatorname{tr} W}$:
# it starts at 1 and is never zero, so it stays positive. A mirror has $-1$. The group of turns *and* mirrors falls apart
# into two pieces, and exponentials stay in the piece of the identity. It is **not connected**.
#
# So connectedness is a question about the $L_k$ that relate the *tasks*. To ask it of a generator is pointless: what a
# generator generates is connected by construction.

# %% [markdown]
# ## Exercise 05.3 · Design a counterexample: a map that no exponential reaches
#
# The base goal is $(1, 0)$ and the target's $(0.6, 0.8)$, with rewards $-\lVert p - c\rVert$. Give a $2\times 2$ matrix
# that passes every other test (it carries goal to goal, all rewards fit, it is a symmetry of the disc, it keeps noise
# and starts) and that no exponential reaches.

# %% tags=["exercise", "05.3"]
counterexample = ...  # [[ , ], [ , ]]

# %% tags=["solution", "05.3"]
# The first column is where (1, 0) goes. The second is orthogonal to it, on the side that makes the determinant −1.
counterexample = [[0.6, 0.8], [0.8, -0.6]]

# %% tags=["check"]
course.check("05.3", counterexample)

# %% [markdown]
# ## Compact, and the search that runs away
#
# At test time the agent knows $W$ and looks for the $t$ whose $\exp(tW)$ explains a few rewards of a new task. We do
# that for three generators. The new task is the valley, turned by 110°, seen in 20 transitions.

# %%
target = maps["turn"].on_function(envs.bent_valley)
context = envs.sample_transitions(target, 20, seed=1, spread=0.5)
generators = {"rotation": lie.J, "scaling": np.eye(2), "shear": np.array([[0.0, 1.0], [0.0, 0.0]])}
times = np.linspace(-6, 6, 361)
losses = {}
for name, W in generators.items():
    pulled = context.next_states @ lie.exp(-times[:, None, None] * W).swapaxes(-1, -2)
    losses[name] = np.sqrt(np.square(envs.bent_valley(pulled) - context.rewards).mean(axis=1))
course.figure(
    plots.search_losses(times, losses, highest=4.0),
    alt="Misfit against t. Rotation: periodic, zero at the right angle. Scaling: falls towards the right without end. "
    "Shear: one shallow minimum, and beyond it the misfit grows without bound.",
)

# %% [markdown]
# The rotations come round: one period has been searched, and that was all there is. The search over scalings falls and
# falls. The larger $t$ is, the nearer it pulls every state to the origin, where the base reward is what it is; that fits
# badly, but ever less badly. A descent that starts here never stops, and never says "no". The shears have a minimum here,
# and beyond it the misfit grows. But to know that, one has to know the reward far out. In a bounded set nothing has to be
# known but that the misfit is continuous: a grid that is fine enough cannot miss the minimum by much.
#
# Compactness buys more. There are lengths that the whole group keeps. And if the group is connected *as well*, every
# element is a *single* exponential, so that $t$ (or a few $t$'s) says it all. Neither word is enough alone: a mirror lies
# in a compact group, and in the connected group of all matrices with a positive determinant there are some, such as
# $\operatorname{diag}(-1, -2)$, that are no exponential.
#
# In our system the bounded set of actions bounds the $K_g$, as we have proved. A scaling that is ever so near to the
# identity is found out when it is repeated:

# %%
a = np.array([0.6, 0.3])
for name, K in (("turn by 40°", lie.so2_exp(np.radians(40))), ("scale by 1.05", 1.05 * np.eye(2))):
    sizes = [np.linalg.norm(np.linalg.matrix_power(K, power) @ a) for power in (1, 10, 100)]
    print(f"{name:14} ‖K a‖, ‖K¹⁰ a‖, ‖K¹⁰⁰ a‖:  {sizes[0]:.2f}, {sizes[1]:.2f}, {sizes[2]:.2f}")

# %% [markdown]
# The powers of the scaling leave the disc; those of the turn do not.

# %% [markdown]
# ## Almost compact: a line that winds densely
#
# A skew-symmetric generator only turns. Is its group always compact? In the plane, yes. In four dimensions look at
#
# $$W = \begin{pmatrix} J & 0\\ 0 & \sqrt2\, J\end{pmatrix}.$$
#
# It turns two planes at once, the second $\sqrt 2$ times as fast. After $t = 2\pi$ the first is back, and the second is
# not. Two angles make a point on a square whose opposite sides belong together, a **torus**. Follow it:

# %%
course.figure(
    plots.dense_winding([1.0, np.sqrt(2.0)], [20, 60, 240]),
    alt="The way of two angles on a square, for t up to 20, 60 and 240: parallel slanted lines, more and more of them. "
    "In the last panel they nearly fill the square.",
)

# %% [markdown]
# The line never closes, since $\sqrt2$ is no fraction. It comes as near as you like to *every* point of the torus, but
# it does not meet every point. So the group is bounded and not closed. It is **relatively compact**: its *closure*, the
# whole torus, is compact, and has one dimension more. For the search this matters: an answer in the closure, $\exp(t_1
# J)$ in one plane and $\exp(t_2 J)$ in the other, may need an absurdly large $t$ along the line. So the package
# searches the closure.

# %% [markdown]
# ## Exercise 05.4 · Almost back
#
# Find a time $t \ge 1$ at which every entry of $\exp(tW)$ is within 0.1 of that of the identity.

# %% tags=["exercise", "05.4"]
almost_back = ...

# %% tags=["solution", "05.4"]
# The first block is back at 2πk; the second is nearly back where k√2 is nearly whole: 29 · 1.41421 = 41.012.
almost_back = 2 * np.pi * 29

# %% tags=["check"]
course.check("05.4", almost_back)

# %% [markdown]
# ## Linearizable, and the wrong chart
#
# Suppose the camera that watches our point has a lens: instead of $p = (x, y)$ it reports $q = (x,\; y + 0.6\,x^2)$. The
# tasks are still related by turns, but in the reported coordinates a turn is no matrix any more. Take a turn by 80°. What
# is the best matrix, by least squares?


# %%
def lens(p):
    return np.stack([p[..., 0], p[..., 1] + 0.6 * p[..., 0] ** 2], axis=-1)


def straighten(q):
    return np.stack([q[..., 0], q[..., 1] - 0.6 * q[..., 0] ** 2], axis=-1)


lens_turn = actions.LinearAction(lie.so2_exp(np.radians(80)))
seen_turn = actions.ChartedAction(straighten, lens, lens_turn.matrix)
reported = lens(points)
best = np.linalg.lstsq(reported, seen_turn(reported))[0]
off = np.linalg.norm(reported @ best - seen_turn(reported)) / np.linalg.norm(reported)
in_chart = np.linalg.lstsq(straighten(reported), straighten(seen_turn(reported)))[0]
off_in_chart = np.linalg.norm(straighten(reported) @ in_chart - straighten(seen_turn(reported)))
print(f"best matrix, reported coordinates: off by {off:.2f} of the points' size")
print(f"best matrix, after straightening:  off by {off_in_chart:.1e}")

# %% [markdown]
# In the chart $\varphi$ = `straighten` the action is a matrix again: $\varphi(g\cdot q) = M_g\,\varphi(q)$. It is
# linearizable, and you know from lesson 02 when to hope for that: for a smooth action of a compact group, near each fixed
# point (Bochner, 1945).
#
# Is there an action that no chart makes linear? You may think of the shift. A matrix leaves the origin where it is, and a
# shift leaves nothing where it is. But does a chart have to reach the origin? Try $\varphi(x, y) = (e^x, e^y)$:

# %%
b = np.array([0.7, -0.4])
off = np.exp(points + b) - np.exp(points) @ np.diag(np.exp(b))
print(f"shift by b, in the chart (eˣ, eʸ): off from the matrix diag(eᵇ) by {np.abs(off).max():.1e}")

# %% [markdown]
# So a shift *is* linearizable. Its chart maps the plane onto a quadrant, which does not hold the point 0. Only a chart
# whose image holds 0 is impossible, since the point $\varphi^{-1}(0)$ would stay where it is. When you say
# "linearizable", say where. (A shift is also affine. The third coordinate of lesson 01 makes it a matrix without any
# chart, in a space of one dimension more.)
#
# For a true counterexample, turn every circle about the origin, but at a speed of its own: $p$ turns by the angle
# $t\,\lVert p\rVert^2$. Call it the **twist**. The origin stays. What is the derivative of the twist there?


# %%
def twist(p, t=5.0):
    p = np.asarray(p, dtype=float)
    return (lie.so2_exp(t * np.square(p).sum(axis=-1)) @ p[..., None])[..., 0]


derivative = actions.numerical_jacobian(twist, np.zeros(2), 1e-4).round(6) + 0.0
print("derivative at the origin:", derivative.tolist())
print("the point (1, 0) goes to", twist([1.0, 0.0]).round(3))

# %% [markdown]
# It is the identity, for every $t$: near the origin everything turns arbitrarily slowly. Now suppose there were a chart
# about the origin with $\varphi(\text{twist}_t(s)) = M_t\,\varphi(s)$. Differentiate at $s = 0$. On the left the chain
# rule gives the derivative of $\varphi$ times the identity, on the right $M_t$ times the derivative of $\varphi$, which
# is invertible. So $M_t = I$ for every $t$, and nothing would move. But the point $(1, 0)$ moves. No chart about the
# origin makes the twist linear. $\square$
#
# Is that a contradiction to Bochner? All orbits are circles. Still the group is not compact: a circle of radius $r$ is
# back after the time $2\pi/r^2$, every circle after another time, and there is no time after which all are back.

# %% [markdown]
# ## Two geometries that are easily confused
#
# Each single task has symmetries of its own: the round goal is kept by rotations about *its goal*. Lesson 04 found them.
# The hereditary geometry is something else: rotations about the *origin*, which keep no single task and carry tasks to
# one another. The paper keeps the two apart, and so should you. Here they happen to be *conjugate* (lesson 02): the
# shift $S$ to the goal makes the one of the other. So both are circles' worth of rotations, isomorphic. They are not
# equal.

# %%
tasks = [family.explore(c, 5000, seed=index) for index, c in enumerate(family.train)]
geometry = hereditary.discover_geometry(tasks)
between = np.zeros((3, 3))
between[:2, :2] = geometry.generators_states[0]
of_task = geometry.task_generators[0]
of_task = of_task * np.sign(of_task[1, 0])  # W and −W make the same group: write both anticlockwise
S = shift(geometry.centres[0]).matrix
print("between tasks:           ", (between[:2].round(3) + 0.0).tolist())
print("of the base task alone:  ", (of_task[:2].round(3) + 0.0).tolist())
conjugate = S @ between @ np.linalg.inv(S)
print("the first, moved by S:   ", (conjugate[:2].round(3) + 0.0).tolist())

# %% [markdown]
# Nor need a task have any symmetry of its own. The valley has none; still its turned images form a hereditary task space.

# %% [markdown]
# ## The system's own algebra is a null space ★
#
# Everything from here to the end goes beyond the paper. Which symmetries *does* a system have? Put $L = \exp(tW_S)$ and
# $K = \exp(tW_A)$ into $T(L s, K a) = L\,T(s, a)$ and differentiate at $t = 0$, by the chain rule. With the Jacobians
# $J_s = \partial T/\partial s$ and $J_a = \partial T/\partial a$:
#
# $$J_s\, W_S\, s + J_a\, W_A\, a - W_S\, T(s, a) = 0.$$
#
# Look for the unknowns: $W_S$ and $W_A$ stand in it *linearly*. So every transition gives $n$ linear equations, and the
# system's symmetries are a null space, as in lesson 04. ($W_S$ may be affine, then it acts on $[s; 1]$, a matrix with
# $n$ rows and $n + 1$ columns.)

# %% [markdown]
# ## Exercise 05.5 · The system's algebra, by hand
#
# For one transition, write these equations as rows of a matrix, for states of any size $n$ and actions of any size $m$.
# The unknowns are first the $n(n+1)$ entries of $W_S$, row by row, then the $m^2$ entries of $W_A$, row by row. So in the
# plane the result has shape `(2, 10)`.


# %% tags=["exercise", "05.5"]
def system_rows(state, action, next_state, by_state, by_action):
    """Return the rows for J_s W_S [s; 1] + J_a W_A a − W_S [T; 1] = 0; by_state is J_s, by_action is J_a."""
    ...  # your code here


# %% tags=["solution", "05.5"]
def system_rows(state, action, next_state, by_state, by_action):
    """Return the rows for J_s W_S [s; 1] + J_a W_A a − W_S [T; 1] = 0; by_state is J_s, by_action is J_a."""
    lifted, landed = np.append(state, 1.0), np.append(next_state, 1.0)
    states_part = np.kron(by_state, lifted) - np.kron(np.eye(len(state)), landed)
    return np.hstack([states_part, np.kron(by_action, action)])


# %% tags=["check"]
course.check("05.5", system_rows)

# %% [markdown]
# Now stack the rows of 300 transitions, for each of the three systems. Which dimensions do you expect? One thing matters:
# $a$ is the **raw** action, as the policy gave it, and the cutting belongs to $T$. Had we written down the action *after*
# the cut, every bound would have disappeared from the data.

# %%
from hgmrl_lite.course.lesson_05 import (
    system_rows as rows_of,
)  # the function of the last exercise, ready made

pairs = rng.normal(size=(300, 4))  # a state and a raw action in each row
for name, step in systems.items():

    def law(both, step=step):
        return step(both[..., :2], both[..., 2:])

    jacobians = actions.numerical_jacobian(law, pairs, 1e-4)
    rows = [
        rows_of(both[:2], both[2:], landed, J[:, :2], J[:, 2:])
        for both, landed, J in zip(pairs, law(pairs), jacobians, strict=True)
    ]
    singular = np.linalg.svd(np.vstack(rows), compute_uv=False) / np.sqrt(len(rows))
    print(f"{name:10} dimension {np.sum(singular < 1e-3)}   singular values", singular.round(3))

# %% [markdown]
# Without a bound, six: all $2\times2$ matrices, and two shifts. The disc leaves three, the rotation and the shifts. The
# box leaves only the two shifts: it has quarter turns, but no *continuous* family of them. (A mirror belongs to none of
# these numbers. An algebra knows what is connected to the identity, and nothing else.)
#
# There the law $T$ was given. The package has transitions only, from which it estimates $T$ and its Jacobians:

# %%
for name, bound in (("disc", "disc"), ("box", "box"), ("unbounded", None)):
    seen = envs.sample_transitions(round_goal, 5000, seed=0, action_set=bound)
    found = hereditary.system_symmetries([seen])
    print(f"{name:10} dimension {found.dimension}, of which {found.compact.dimension} keep the starts")
found

# %% [markdown]
# The starts were drawn from a round cloud about the origin. Of six dimensions (or three) they leave *one*, the rotation.
# In the box none is left, since there the rotation is no symmetry to begin with.

# %% [markdown]
# And now the word *hereditary* can be tested. The left actions $L_k$ that relate the tasks must be symmetries of the
# system, and those that are connected to the identity lie in what this algebra generates. The element then brings its
# own $W_A$, so that $K_g$ comes from data too, with no oracle for $T$.

# %% [markdown]
# ## The report
#
# `discover_geometry` answers all the questions of this lesson about a family of tasks, each with yes, no or "undecided",
# the figure that was measured, and the bound it was held to.

# %%
geometry.report

# %% [markdown]
# Now the counterexamples. For each map we draw 5000 transitions of the valley and 5000 of its image, hand the report the
# map, and let it look at the transitions. It knows no reward, no $T$, no bound.


# %%
def report_on(g, **system):
    """Report on the map g between the valley and its image, from transitions alone."""
    rewards = [envs.bent_valley, g.on_function(envs.bent_valley)]
    pair = [
        envs.sample_transitions(reward, 5000, seed=index, spread=0.6, **system)
        for index, reward in enumerate(rewards)
    ]
    return hereditary.check_left_actions(pair, [np.eye(3), g.homogeneous])


eighth = actions.LinearAction(lie.so2_exp(np.pi / 4))
cases = {
    "turned": report_on(eighth),
    "mirrored": report_on(maps["mirror"]),
    "scaled": report_on(actions.LinearAction(1.5 * np.eye(2))),
    "sheared": report_on(actions.LinearAction([[1.0, 0.7], [0.0, 1.0]])),
    "shifted": report_on(shift([-1.0, 0.4])),
    "turned, box": report_on(eighth, action_set="box"),
}
names = [finding.name for finding in cases["turned"].findings]
print(" " * 13 + "  ".join(names))
for case, report in cases.items():
    print(f"{case:13}" + "  ".join(f"{report[name].verdict:{len(name)}}" for name in names))

# %% [markdown]
# Go through the table with the three words. All six maps fit the rewards; that is how the targets were made. The mirror
# fails *connected*, and nothing else. Scaling and shear are no symmetries of the disc (*inherited*), stretch the
# starts, and fail *compact*. The shift is inherited; it fails the *start law* and *compact*. It passes *linearizable*:
# it is affine in these coordinates already, so that no bent map is needed. In the box the turn by 45° is not among the
# system's symmetries, and no exponential of theirs makes it.
#
# What about *linearizable*? Look at the valley and its image, turned by 80°, through the lens. Now the package has to
# find the map by itself: once in the coordinates that the camera reports, and once with the chart.


# %%
def through_lens(task):
    return Transitions(lens(task.states), task.actions, task.rewards, lens(task.next_states))


turned = [envs.bent_valley, lens_turn.on_function(envs.bent_valley)]
seen = [
    through_lens(envs.sample_transitions(reward, 5000, seed=index, spread=0.6))
    for index, reward in enumerate(turned)
]
hereditary.discover_geometry(seen).report

# %%
hereditary.discover_geometry(seen, chart=straighten).report

# %% [markdown]
# In the reported coordinates the package finds the best matrix it can, and then says what is wrong with it: neither the
# kernel distributions nor the rewards fit, the system does not agree, and the line *linearizable* says why: a bent map
# would do much better. In the chart everything is as it should be. The report cannot *find* a chart. It can tell you that
# you need one. (Lesson 08 finds one, from motion alone.)

# %% [markdown]
# ## Key points
#
# - A system symmetry moves states by $L_g$ and actions by $K_g$ such that $T(L_g s, K_g a) = L_g T(s, a)$, noise and
#   allowed actions are carried to themselves. A task space is hereditary when its tasks are images of one another under
#   such symmetries. If $\pi^*_z$ is optimal for $z$, then $K_g\,\pi^*_z(L_g^{-1}\,\cdot\,)$ is optimal for $g\cdot z$,
#   however far $g$ goes.
# - A *learned* policy also needs $L_g\rho_0 = \rho_0$. A shift is a symmetry of the system too, but it takes the policy
#   to where it was never trained.
# - Linearizable: matrices, in a chart; about its fixed point the twist has none. Connected: products of exponentials
#   reach everything; a mirror they do not reach. Compact: the search is over a bounded set; scalings run away.
#   Connected and compact: one exponential is enough.
# - Linear, connected and compact together already force "a rotation, in some coordinates".
# - Compactness has two sources: the bounded actions bound the $K_g$, the start law bounds the $L_g$.
# - Tasks are cosets $gH$. A continuous choice of one element a task exists when $H$ is trivial, not on the sphere.
# - A skew algebra gives a relatively compact group: search its closure.
# - Between tasks: rotations about the origin. Of one task: rotations about its goal. Conjugate, not equal.
# - ★ The system's own algebra is a null space: of dimension 6 without bounds, 3 on the disc, 2 in the box.
#
# What comes from the paper: hereditary task spaces, the transfer of the policy, the theorem with its three words, and the
# difference between the two geometries. What goes beyond it: the version of the theorem that is proved here, the system's
# algebra as a null space, the report, the counterexamples as they are chosen here. All figures are measured in this
# notebook.
#
# ## Further reading
#
# - P. Nitschke and S. Talebi, *Hereditary Geometric Meta-RL: Nonlocal Generalization via Task Symmetries*, 2026,
#   [arXiv:2603.00396](https://arxiv.org/abs/2603.00396).
# - B. Ravindran and A. G. Barto, *Symmetries and Model Minimization in Markov Decision Processes*, technical report,
#   University of Massachusetts, 2001: symmetries of one decision process.
# - E. van der Pol, D. E. Worrall, H. van Hoof, F. A. Oliehoek and M. Welling, *MDP Homomorphic Networks: Group Symmetries
#   in Reinforcement Learning*, NeurIPS 2020.
# - S. Bochner, *Compact groups of differentiable transformations*, Annals of Mathematics 46, 1945: a chart about a fixed
#   point.
# - G. D. Mostow, *Equivariant embeddings in Euclidean space*, and R. S. Palais, *Imbedding of compact, differentiable
#   transformation groups in orthogonal representations*, both 1957.
# - J. Milnor, *Analytic proofs of the "hairy ball theorem" and the Brouwer fixed point theorem*, American Mathematical
#   Monthly 85, 1978: why a sphere cannot be combed.
# - G. E. Bredon, *Introduction to Compact Transformation Groups*, Academic Press, 1972: linearization near a fixed point,
#   and the embedding theorem of Mostow and Palais.
# - B. C. Hall, *Lie Groups, Lie Algebras, and Representations*, 2nd edition, Springer, 2015: connected, compact, and why
#   one exponential is enough (chapter 11).
#
# ## Next
#
# We have tested maps that we knew. An agent has to *find* them: from the kernel distributions of its training tasks, and
# then, in a new task, from a few transitions. There is a trap on the way.
# [Lesson 06: learning left actions](06_left_actions.ipynb).
