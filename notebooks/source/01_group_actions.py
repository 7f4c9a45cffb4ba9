# %% [markdown]
# # 01 · Group actions on the plane: orbits, stabilisers, moving functions and policies
#
# **Run the next cell, then drag the ring called g·p. It goes where the group can carry the point p, and nowhere
# else. Then choose another group, and drag again.**
#
# **You will be able to** say what a group action is, and check that something is one; read off orbits and stabilisers;
# move a function, an arrow and a policy by a group element, and say where the inverse in the formulas comes from;
# measure whether a reward, a policy or an environment has a symmetry. **Prerequisites** lesson 00, matrices; no group
# theory. **Minutes** 75 · **Run time** {{run_time}}

# %%
import numpy as np

from hgmrl_lite import actions, course, envs, lie, meta, plots
from hgmrl_lite.widgets import OrbitExplorer

OrbitExplorer()

# %% [markdown]
# Three things to do with your hand:
#
# - Take the small disc, the point p, and bring it nearer to the origin, and then onto it. The dashed curve shrinks to a
#   point, and the ring has nowhere left to go.
# - Choose *shear*, and drag p onto the line $y = 0$. Choose *rigid motion*: now the ring goes everywhere. Turn the F by
#   the dot at its corner.
# - Go back to *rotation*, tick the level sets and the arrows, and slide the angle. One group element carries
#   everything along: point, figure, function, policy. At the end of this lesson each of these is one line of code.

# %% [markdown]
# ## Moves that can be undone
#
# In lesson 00 we turned the plane, and a policy for one goal became a policy for another. What was it about rotations
# that we used? Each can be *undone*, by turning back. And two rotations in a row are again a rotation. So we could go
# from task to task, and back, and on to the next, and never leave the family.
#
# A set $G$ of moves is a **group** when
#
# - doing nothing belongs to it: the **identity** $e$;
# - with every move $g$ the move that undoes it belongs to it: the **inverse** $g^{-1}$;
# - with every two moves, doing $h$ first and then $g$ belongs to it: the **product** $gh$. Read it from right to left.
#
# Here are three families of moves that invertible matrices do: turning, scaling (by a factor above 0), shearing.


# %%
def rotation(angle):
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def scaling(factor):
    return np.array([[factor, 0.0], [0.0, factor]])


def shear(t):
    return np.array([[1.0, t], [0.0, 1.0]])


print("two shears make a shear:", np.allclose(shear(0.3) @ shear(0.5), shear(0.8)))
print("turning back undoes it: ", np.allclose(rotation(0.7) @ rotation(-0.7), np.eye(2)))

# %% [markdown]
# What does a move do to a point? Write $g \cdot p$ for the place where $g$ carries $p$. In the package a move is an
# *action*: made from a matrix, called with points, composed with `@`, undone with `.inverse()`.

# %%
g = actions.LinearAction(rotation(0.7))
h = actions.LinearAction(shear(0.5))
p = np.array([1.6, 0.3])

print("g·p            ", g(p))
print("g⁻¹·(g·p)      ", g.inverse()(g(p)))
print("(gh)·p, g·(h·p)", (g @ h)(p), g(h(p)))

# %% [markdown]
# The last line is the law that makes all this hang together:
#
# $$(gh)\cdot p = g\cdot(h\cdot p), \qquad e\cdot p = p.$$
#
# In words: carrying by the product is carrying by $h$ and then by $g$; doing nothing leaves everything in place. A
# group whose elements carry points in this way is said to **act** on them: a **group action**. When the elements are
# matrices we write $L_g$ for the one that moves states, as in lesson 00, and the law is $L_{gh} = L_g L_h$.
#
# The order matters. Here is an F, turned and then sheared, and sheared and then turned:

# %%
course.figure(
    plots.composed_both_ways(
        actions.LinearAction(rotation(1.2)), actions.LinearAction(shear(0.8)), ("turn", "shear")
    ),
    alt="The letter F under a turn and a shear. Turned first and then sheared it lies low across the original; sheared "
    "first and then turned it stands long and narrow to the left. The two results differ.",
)

# %% [markdown]
# Not every matrix is a move. One that presses the plane flat onto a line cannot be undone, and the package says so:

# %%
try:
    actions.LinearAction([[1.0, 0.0], [0.0, 0.0]])
except ValueError as error:
    print(error)

# %% [markdown]
# ## Translations, and a third coordinate
#
# Shifting the plane, $p \mapsto p + b$, can be undone too. But no 2 × 2 matrix does it: a matrix leaves the origin
# where it is. There is a way round. Give every point a third coordinate that is always 1. Then
#
# $$\begin{pmatrix} L & b\\ 0 & 1\end{pmatrix}\begin{pmatrix} p\\ 1\end{pmatrix}
# = \begin{pmatrix} L p + b\\ 1\end{pmatrix}.$$
#
# The block $L$ turns or stretches, the last column shifts, and the last row keeps the 1. These are **homogeneous
# coordinates**; the map $p \mapsto Lp + b$ is called **affine**, and $L$ its **linear part**. With $L = I$ it is a
# translation. With $L$ a rotation it is a **rigid motion**; the group of all rigid motions of the plane is called
# SE(2).


# %%
def rigid(angle, shift):
    matrix = np.eye(3)
    matrix[:2, :2], matrix[:2, 2] = rotation(angle), shift
    return actions.AffineAction(matrix)


turn_then_shift = rigid(np.pi / 2, [1.0, 0.0])
print(turn_then_shift.matrix.round(3) + 0.0)
print("carries", p, "to", turn_then_shift(p).round(3))

# %% [markdown]
# Products of such matrices are again such matrices. Multiply two, and look at the last column of the product: it is
# $b + Lc$. The shift $c$ that was done first gets turned by the $L$ that came after.

# %%
k = rigid(0.4, [0.0, 2.0])
product = turn_then_shift @ k
print(product.matrix[:2, 2].round(6), "=", (turn_then_shift(k.matrix[:2, 2])).round(6))

# %% [markdown]
# ## Orbits and stabilisers
#
# Two questions about a point $p$, and you have seen the answer to both in the widget.
#
# *Where can the group carry it?* The set of all these places is the **orbit** of $p$: $\{g \cdot p : g \in G\}$. For
# rotations it is a circle, for shears a horizontal line, for rigid motions the whole plane. But the orbit of the origin
# under rotations is the origin alone, and a point of the $x$ axis stays where it is under shears.
#
# *What leaves it in place?* These elements form the **stabiliser** of $p$: $\{g : g \cdot p = p\}$. It is a group
# itself: if $g$ and $h$ leave $p$ in place, so do $gh$ and $g^{-1}$.
#
# In the next widget the group is SE(2), and twelve elements of the stabiliser of p are shown at work on the F: they are
# the rotations about p. Drag p, and see them move along.

# %%
OrbitExplorer("rigid", t=0.6, shift=[0.9, 1.1], point=[0.2, 0.1], show=["figure", "stabiliser"])

# %% [markdown]
# Count how many numbers it takes to describe each: that is its *dimension*. A circle has dimension 1, a point has 0,
# and an element of SE(2) takes 3 numbers, an angle and two shifts. The package computes dimensions. It stores a
# continuous group by its *generators*, the subject of lesson 02; until then, read `lie.so(2)` as "the rotations about
# the origin".

# %%
groups = {
    "rotations": lie.so(2),
    "scalings": lie.scalings(2),
    "translations": lie.translations(2),
    "rigid motions": lie.se(2),
}
print("group          dim   point   orbit  stabiliser")
for name, group in groups.items():
    for place, point in (("p", p), ("origin", np.zeros(2))):
        orbit, fixing = actions.orbit_dimension(group, point), actions.stabiliser(group, point).dimension
        print(f"{name:14s} {group.dimension:3d}   {place:6s} {orbit:5d} {fixing:10d}")

# %% [markdown]
# In every row the last two numbers add up to the first. What a group does not spend on moving a point, it spends on
# leaving it in place.
#
# Two words for extreme cases. An action is **free** when no point is left in place by anything but the identity: all
# stabilisers are trivial. It is **transitive** when there is one orbit only: every point can be carried to every other.
#
# > If an action is both, then for any $p$ and $q$ there is *exactly one* $g$ with $g \cdot p = q$.
#
# Transitive gives at least one, free at most one. Keep this sentence. An agent that meets a new task will ask
# just this: *which* group element carries the task I know to the one I see?

# %% [markdown]
# ## Exercise 01.1 · Free or transitive?
#
# Predict, for each action, one of "free", "transitive", "both", "neither".
#
# - A: all translations of the plane, on the plane
# - B: the rotations about the origin, on the plane
# - C: the rotations about the origin, on the unit circle
# - D: all rigid motions, on the plane
# - E: the translations along the $x$ axis, on the plane

# %% tags=["exercise", "01.1"]
prediction = {"A": ..., "B": ..., "C": ..., "D": ..., "E": ...}

# %% tags=["solution", "01.1"]
# B: the origin is fixed by all, and circles of different radii never meet. D: rotations about p fix p.
prediction = {"A": "both", "B": "neither", "C": "both", "D": "transitive", "E": "free"}

# %% tags=["check"]
course.check("01.1", prediction)

# %% [markdown]
# ## Exercise 01.2 · The stabiliser in a list
#
# Someone hands you a list of affine maps, as homogeneous matrices in an array of shape `(N, 3, 3)`, and a point of
# shape `(2,)`. Return the indices of the maps that leave the point where it is.


# %% tags=["exercise", "01.2"]
def fixing_elements(elements, point):
    """Return the indices of the elements that fix the point."""
    ...  # your code here


# %% tags=["solution", "01.2"]
def fixing_elements(elements, point):
    """Return the indices of the elements that fix the point."""
    homogeneous = np.append(point, 1.0)
    # Not ==: the last digits of computed numbers are seldom equal.
    fixed = np.isclose(elements @ homogeneous, homogeneous).all(axis=1)
    return np.flatnonzero(fixed)


# %% tags=["check"]
course.check("01.2", fixing_elements)

# %% [markdown]
# What is the stabiliser of another point of the same orbit? Say $r$ leaves $p$ in place, and $g$ carries $p$ to $q$.
# To leave $q$ in place: take it back to $p$, do $r$, carry it forth again. So $g r g^{-1}$ leaves $q$ in place. In
# SE(2), rotations about $p$ become rotations about $q$.

# %%
quarter_about_p = rigid(0.0, p) @ rigid(np.pi / 2, [0.0, 0.0]) @ rigid(0.0, -p)
q = turn_then_shift(p)
quarter_about_q = turn_then_shift @ quarter_about_p @ turn_then_shift.inverse()
print("p", p, "→", quarter_about_p(p).round(6))
print("q", q.round(6), "→", quarter_about_q(q).round(6))

# %% [markdown]
# *Back, do it there, and forth*: this is a pattern. Watch for it in the rest of the lesson.

# %% [markdown]
# ## How a function moves
#
# A function $f$ on the plane gives a number at every point: a height, a temperature, a reward. Say it has its top at
# $c$. Now we move the picture by $g$. The top should come to lie at $g \cdot c$, and be as high as before. The moved
# function, written $g \cdot f$, must have at $g\cdot c$ the value that $f$ has at $c$, and likewise everywhere:
#
# $$(g \cdot f)(g \cdot p) = f(p) \quad\text{for all } p, \qquad\text{that is}\qquad (g\cdot f)(p) = f(g^{-1}\cdot p).$$
#
# In words: *to know the value here, ask where this point came from.* Forget the inverse, and the picture goes the other
# way:


# %%
def hill(points):
    """Return the height of a hill, longer than wide, with its top at c."""
    along, across = np.moveaxis((points - c) @ rotation(0.5), -1, 0)
    return np.exp(-2.0 * along**2 - 8.0 * across**2)


c = np.array([1.1, 0.2])
turn = actions.LinearAction(rotation(1.0))
course.figure(
    plots.moved_functions(hill, turn, top=c),
    alt="Three panels: a hill with its top at c on the right; the moved function, whose top is at g·c, one radian further "
    "anticlockwise; and f(g·p), whose top lies one radian clockwise from c, away from g·c.",
)

# %% [markdown]
# There is a second reason. We want functions to be *acted on*, by the same law as points: $(gh)\cdot f = g\cdot(h\cdot
# f)$. With the inverse the law holds. Without it the order comes out backwards.

# %%
points = np.random.default_rng(0).normal(size=(1000, 2))
with_inverse = (g @ h).on_function(hill)(points) - g.on_function(h.on_function(hill))(points)
print(f"with the inverse:     {np.abs(with_inverse).max():.1e}")
# f(gh·p) against: first h, giving f(h·p), then g, giving f(h·(g·p)).
without_inverse = hill((g @ h)(points)) - hill(h(g(points)))
print(f"without the inverse:  {np.abs(without_inverse).max():.1e}")

# %% [markdown]
# ## Exercise 01.3 · Move a function
#
# Given a function of points (of shape `(2,)`, or `(N, 2)` for many) and an invertible 2 × 2 matrix $L$, return the
# moved function: a new function of points. The matrix need not be a rotation.


# %% tags=["exercise", "01.3"]
def moved(function, matrix):
    """Return the function moved by the matrix."""

    def new_function(points): ...  # your code here

    return new_function


# %% tags=["solution", "01.3"]
def moved(function, matrix):
    """Return the function moved by the matrix."""
    back = np.linalg.inv(matrix)

    def new_function(points):
        return function(points @ back.T)

    return new_function


# %% tags=["check"]
course.check("01.3", moved)

# %% [markdown]
# ## How an arrow moves
#
# A function gives a number at each point. A velocity, or a step, is an arrow $v$ that is attached to a point $p$: it
# leads from $p$ to $p + v$. Move both ends by $p \mapsto Lp + b$, and subtract:
#
# $$\big(L(p + v) + b\big) - \big(Lp + b\big) = L v.$$
#
# The foot of the arrow goes to $g\cdot p$. The arrow itself is turned or stretched by the linear part, and *the shift
# drops out*. This is called the **push-forward** of $v$. (For a curved map the linear part is the Jacobian at $p$, and
# the arrow has to be short.)

# %%
v = np.array([0.3, 0.1])
print("by its ends:  ", turn_then_shift(p + v) - turn_then_shift(p))
print("push_tangent: ", turn_then_shift.push_tangent(p, v))

# %% [markdown]
# A **vector field** $X$ has an arrow $X(p)$ at every point. It moves as a function does, and its arrows turn on the
# way: $(g\cdot X)(p) = L\, X(g^{-1}\cdot p)$. Go back, take the arrow there, carry it forth.

# %% [markdown]
# ## How a policy moves
#
# In our environment an action is a displacement, an arrow. So a policy is a vector field: an arrow at every state. Its
# formula you know from lesson 00:
#
# $$(g\cdot\pi)(s) = K_g\, \pi(L_g^{-1} s).$$
#
# (There $g\cdot\pi_0$ was called $\pi_g$.) $K_g$ is how $g$ moves actions. Here it is the linear part of $g$, so for a
# rotation about the origin $K_g = L_g$. In other systems the two differ (a state may be a position *and* a velocity, an
# action a force), and so they have two letters. Both obey the law: $K_{gh} = K_g K_h$.
#
# In the next widget the grey arrow at p is $\pi(p)$: the policy walks to the grey square. The thick orange arrow at g·p
# is what $g\cdot\pi$ does there. Slide the angle: the thick arrow is the grey one, carried along.

# %%
OrbitExplorer("rotation", t=1.9, point=[1.5, 1.0], goal=[-0.6, 0.8], show=["orbit", "arrows"])

# %% [markdown]
# ## Exercise 01.4 · Find the planted error
#
# Here is a function that carries a policy along an affine map. For rotations about the origin it is right. For a
# translation it is not: the base policy walks to the origin from everywhere, so after a shift by $(2, 0)$ the new
# policy should walk to $(2, 0)$, and be at rest when it is there.


# %%
def faulty_carried(policy, matrix):
    """Return the policy moved by an affine map, with an error."""
    g = actions.AffineAction(matrix)

    def new_policy(states):
        return g(policy(g.inverse()(states)))

    return new_policy


shift = rigid(0.0, [2.0, 0.0]).matrix
family = envs.navigation()
to_origin = family.reference([0.0, 0.0])
print("wanted at (2, 0): [0. 0.]")
print("got               ", faulty_carried(to_origin, shift)(np.array([2.0, 0.0])))

# %% [markdown]
# Write the right one. It gets a policy and a homogeneous matrix of shape `(3, 3)`. You may use the package's actions.


# %% tags=["exercise", "01.4"]
def carried(policy, matrix):
    """Return the policy moved by an affine map."""

    def new_policy(states): ...  # your code here

    return new_policy


# %% tags=["solution", "01.4"]
def carried(policy, matrix):
    """Return the policy moved by an affine map."""
    back = actions.AffineAction(matrix).inverse()
    # An action is a difference of places: the shift drops out, and the linear part is left.
    linear = matrix[:2, :2]

    def new_policy(states):
        return policy(back(states)) @ linear.T

    return new_policy


# %% tags=["check"]
course.check("01.4", carried)

# %% [markdown]
# The package has it ready made: `action.on_policy(policy, K)`.

# %% [markdown]
# ## What does not change
#
# Sometimes moving changes nothing. That is a **symmetry**, and there is a word for each kind of thing.
#
# - A function is **invariant** under $g$ when $g\cdot f = f$, that is $f(g\cdot p) = f(p)$ for all $p$. When this holds
#   for every $g$ of a group, $f$ is constant on the group's orbits.
# - A policy is **equivariant** when $g\cdot\pi = \pi$, that is $\pi(L_g s) = K_g\, \pi(s)$: turn the state, and the
#   action turns with it.
#
# Both can be measured: compare the two sides on many points. The *residual* is the root mean square of
# $f(g\cdot p) - f(p)$, divided by the standard deviation of $f$. It is 0 when the symmetry is exact on these points.
# How large is it when the two sides have the same law, but nothing to do with each other? Then the variances of both add
# up, and it is about $\sqrt2$. Take the reward of lesson 00's base task, $-\lVert p - c\rVert$:

# %%
base_goal = envs.training_tasks()[0]


def reward(points):
    return -np.linalg.norm(points - base_goal, axis=-1)


about_origin = rigid(1.0, [0.0, 0.0])
about_goal = rigid(0.0, base_goal) @ about_origin @ rigid(0.0, -base_goal)
print(f"rotation about the origin: {actions.invariance_residual(reward, about_origin, points):.3f}")
print(f"rotation about the goal:   {actions.invariance_residual(reward, about_goal, points):.3f}")
values = reward(points)
unrelated = np.random.default_rng(1).permutation(values) - values
print(f"values in another order:   {np.sqrt(np.mean(unrelated**2)) / values.std():.3f}")

# %% [markdown]
# Keep these two apart, they will be with us to the end. Rotations about the *goal* leave the reward of this one task as
# it is: the symmetry of *one task*. Rotations about the *origin* change the task into another one: that is what relates
# *tasks* to each other. (The one is $g r g^{-1}$, with $r$ the other and $g$ the translation to the goal: the same kind
# of group, about another point.)

# %% [markdown]
# ## Does the environment play along?
#
# When is a moved policy as good in the moved task as the old policy was in the old one? The *environment* has a say,
# too. It is enough that the environment does not notice the move. Let $T(s, a)$ be the mean of the next state. We ask
# for
#
# $$T(L_g s, K_g a) = L_g\, T(s, a).$$
#
# In words: turn state and action, then take a step; or take the step, then turn. It must come to the same. The law of
# the noise and the law of the start must look the same after a turn, too. (Here both are round, and the start is
# centred on the origin.) This is enough. It is not necessary for every single policy, as you will see.
#
# The environment cuts actions that are too long. Ours cuts to the *disc*, $\lVert a\rVert \le 1$. The paper's cuts each
# coordinate to $[-1, 1]$: a *box*. A disc looks the same from every side. A box does not. How much does it matter? We
# compare displacements $T(s, a) - s$, so that the residual is a share of a step.

# %%
rng = np.random.default_rng(1)
pairs = np.concatenate([rng.normal(size=(4000, 2)), rng.uniform(-1.0, 1.0, size=(4000, 2))], axis=1)
degrees = np.arange(0, 361, 15)


def broken_share(action_set, angle):
    """Return how far the displacement is from equivariant under a rotation."""
    step = envs.Navigation(action_set).mean_next_state
    both = actions.LinearAction(np.kron(np.eye(2), rotation(angle)))  # turns the state and the action

    def displacement(pair):
        return step(pair[:, :2], pair[:, 2:]) - pair[:, :2]

    return actions.equivariance_residual(displacement, both, actions.LinearAction(rotation(angle)), pairs)


residual = {name: [broken_share(name, angle) for angle in np.radians(degrees)] for name in ("disc", "box")}
print({name: f"{max(values):.1e}" for name, values in residual.items()})

# %% [markdown]
# On the disc the symmetry is exact, up to rounding. (The walls of the arena at ±5 are a square as well, but none of
# these states comes near them.) In the box it fails, except for quarter turns. What does that cost an agent? Take the
# policy that walks straight to the base goal, carry it to each other goal by the true rotation, and measure the regret
# there.

# %%
regret = {}
for name in ("disc", "box"):
    system = envs.navigation(action_set=name)
    base_policy = system.reference(base_goal)
    turns = [actions.LinearAction(rotation(angle)) for angle in np.radians(degrees)]
    policies = [turn.on_policy(base_policy, turn) for turn in turns]
    goals = [turn(base_goal) for turn in turns]
    regret[name] = meta.evaluate(system, policies, goals).regret_by_task
print({name: f"largest regret {values.max():.2f}" for name, values in regret.items()})

course.figure(
    plots.symmetry_by_angle(degrees, {"broken share of a step": residual, "regret": regret}),
    alt="Two panels against the angle of the rotation. For the disc both the broken share and the regret are zero at "
    "every angle. For the box both are zero at quarter turns and rise between them, to 0.08 of a step and 0.26 of regret.",
)

# %% [markdown]
# A broken symmetry need not be a catastrophe. In the box up to 8 % of a step goes wrong, and the carried policy has a
# regret of up to 0.26. (In lesson 00, going to the wrong goal cost 190 and more.) On the disc it loses nothing. And a
# policy whose actions never leave the disc would not notice the box at all: nothing is ever cut. This workbook uses the
# disc, and says so whenever it uses the paper's box.

# %% [markdown]
# ## Exercise 01.5 · Design a counterexample
#
# Find numbers that show the box breaking the symmetry: a state, an admissible action (in the box, both coordinates in
# $[-1, 1]$), and a rotation about the origin by an angle in degrees, such that $T(L s, K a)$ and $L\, T(s, a)$ differ
# by at least 0.01. The same numbers must *keep* the symmetry on the disc. Think first: which actions are in trouble?

# %% tags=["exercise", "01.5"]
counterexample = {"state": ..., "action": ..., "degrees": ...}

# %% tags=["solution", "01.5"]
# A corner of the box has length √2. Turned onto an axis it sticks out, and the box cuts it to length 1.
counterexample = {"state": [0.0, 0.0], "action": [1.0, 1.0], "degrees": 45.0}

# %% tags=["check"]
course.check("01.5", counterexample)

# %% [markdown]
# ## Tasks are an orbit
#
# Now put it together. The group of rotations acts on the plane, so it acts on goals; and it acts on functions, so it
# acts on rewards. Task $z$ has the goal $c_z$ and the reward $R_z(p) = -\lVert p - c_z\rVert$. A rotation changes no
# distance, so the reward of the moved goal is the moved reward:
#
# $$R_{g\cdot z} = g\cdot R_z .$$

# %%
task_turn = actions.LinearAction(rotation(2.2))
moved_reward = task_turn.on_function(reward)(points)
reward_of_moved_goal = -np.linalg.norm(points - task_turn(base_goal), axis=-1)
print(f"rewards:  {np.abs(moved_reward - reward_of_moved_goal).max():.1e}")

moved_policy = task_turn.on_policy(family.reference(base_goal), task_turn)(points)
policy_of_moved_goal = family.reference(task_turn(base_goal))(points)
print(f"policies: {np.abs(moved_policy - policy_of_moved_goal).max():.1e}")

# %% [markdown]
# So the circle of goals of lesson 00 *is* an orbit: that of the base goal. Everything that makes up the base task, its
# reward, its best policy, is carried along it.

# %%
course.figure(
    plots.carried_tasks(
        reward,
        family.reference(base_goal),
        base_goal,
        [actions.LinearAction(rotation(np.radians(angle))) for angle in (0, 70, 160, 250)],
        ["base task", "turned by 70°", "turned by 160°", "turned by 250°"],
    ),
    alt="Four panels. In each the goal is a dot on the dashed unit circle, grey level sets of the reward are circles about "
    "it, and blue arrows walk to it from everywhere. From panel to panel the whole picture is turned.",
)

# %% [markdown]
# On this circle the rotations act freely and transitively. So *exactly one* rotation carries the base task to a new
# one: one angle, which an agent can infer from a few rewards. That is what the agent of lesson 00 does.
#
# One warning. Other groups reach the same goals: the translation by $c_z - c_0$ does, and so do infinitely many rigid
# motions. On the rewards alone they are all as good; which of them a learned policy can trust is a matter for later
# lessons. The idea of a family of tasks that are images of one another under symmetries of the system is the paper's,
# and it calls such a family *hereditary*.

# %% [markdown]
# ## Key points
#
# - A group is a set of moves with identity, inverses and products; it acts when $(gh)\cdot p = g\cdot(h\cdot p)$.
# - The orbit of $p$ is where it can go, the stabiliser is what leaves it in place; their dimensions add up to that of the
#   group. Free: at most one $g$ from $p$ to $q$. Transitive: at least one.
# - Functions move by $(g\cdot f)(p) = f(g^{-1}\cdot p)$, arrows by the linear part, policies by
#   $(g\cdot\pi)(s) = K_g\, \pi(L_g^{-1}s)$.
# - A symmetry is measured, not assumed: invariant reward, equivariant policy, $T(L_g s, K_g a) = L_g T(s, a)$. The last
#   one, with noise and start that look the same, is enough for a moved policy to be as good as the old one. The disc
#   keeps every rotation about the origin; of these the box keeps only the quarter turns.
# - The circle of goals is the orbit of the base goal, and one angle says where on it a task is.
#
# What comes from the paper: that tasks are images of one another under symmetries of the system. Groups, orbits and
# moved functions are classical; the disc in place of the paper's box is ours. All figures are measured in this
# notebook.
#
# ## Further reading
#
# - M. A. Armstrong, *Groups and Symmetry*, Springer, 1988: groups as moves, with orbits and stabilisers in chapter 17.
# - J. Stillwell, *Naive Lie Theory*, Springer, 2008: rotation groups, gently, and on to Lie algebras.
# - E. van der Pol, D. E. Worrall, H. van Hoof, F. A. Oliehoek and M. Welling, *MDP Homomorphic Networks: Group Symmetries
#   in Reinforcement Learning*, NeurIPS 2020: policies that are equivariant within one task.
# - P. Nitschke and S. Talebi, *Hereditary Geometric Meta-RL: Nonlocal Generalization via Task Symmetries*, 2026,
#   [arXiv:2603.00396](https://arxiv.org/abs/2603.00396): the paper this workbook teaches.
#
# ## Next
#
# We moved by one group element at a time. But you *slid* the angle: the elements form a continuum, with a velocity at
# every moment. One matrix holds all of it. [Lesson 02: from group to Lie algebra](02_group_to_algebra.ipynb).
