# %% [markdown]
# # 06 · Learning left actions from data; inference at test time
#
# **Run the next cell and turn the outer ring until the orange lines lie on the blue ones. Now look where the orange
# square has gone: to the new goal, or to the far side of the circle? The lines hardly care. Tick *signed*, and they
# do.**
#
# **You will be able to** turn transitions of several tasks into the maps between them, with linear algebra only; say
# at which step "connected" and "compact" do their work; say whose inner product the compact group keeps; read a
# generator off singular values, and know when they test the dimension; find how the group moves actions; infer a new
# task's group element from a few transitions, without falling for its antipode; and tell a sure answer from an
# undecided one, and from a task that no element explains. **Prerequisites** lessons 02 to 05: generators, logarithms,
# normals from samples, null spaces, hereditary geometry. **Minutes** 90 · **Run time** {{run_time}}

# %%
import time

import numpy as np
from scipy.linalg import block_diag

from hgmrl_lite import course, envs, hereditary, lie, plots, tangents
from hgmrl_lite.transitions import Transitions
from hgmrl_lite.widgets import TaskAligner

TaskAligner()

# %% [markdown]
# The **base task** is well known: 5000 transitions, so there is a line at every point (orange), along which its reward
# does not change. The **new task** was seen for 20 transitions, and a line stands at each of them (blue). The curve is
# the mean angle between the two kinds of lines, for each turn.
#
# - Turn the ring once around. The curve has *two* valleys, half a turn apart.
# - Tick *signed*. The lines become gradients, with a tip, and one valley becomes a mountain. Untick it again.
# - Set *Reward noise* to 0.05 and press *Explore again* a few times. Is the deeper valley always the right one?
# - Take the noise away and drag the white goal straight towards the middle, off the grey circle. The lines hardly
#   notice: directions say little about distance. *Reveal the package's answer*, which looks at the rewards. What does
#   it say?

# %% [markdown]
# ## From transitions to each task's own symmetry
#
# Lesson 05 said what a hereditary geometry *is*: one group whose elements carry every task onto every other. Now we
# find it, in data alone. How much do we have to find? We ask for *linear* maps, and for a group that is *connected* and
# *compact*. In the plane these three words leave little. A compact group keeps an inner product (average any one over
# the group); in coordinates in which that is the usual one, the maps are orthogonal; and the orthogonal maps that can
# be reached from the identity are the rotations. So the group is either trivial or, in some coordinates, *the
# rotations about the origin*. What remains is which coordinates, which angle for which task, and whether the three
# words hold at all.
#
# We start where lesson 04 ended. In each training task an agent makes 5000 random steps. The reward as a function of the
# next state has level sets; regression gives their normals; and one null space gives the affine generator of the task's
# *own* symmetry. `hereditary.task_generator` does these three steps.

# %%
family = envs.navigation()
goals = family.train
tasks = [family.explore(goal, 5000, seed=index) for index, goal in enumerate(goals)]
own = [hereditary.task_generator(task)[0] for task in tasks]
print(own[1].round(4) + 0.0)

# %% [markdown]
# Call it $X_k$ for task $k$. It is a $3\times 3$ matrix in homogeneous coordinates,
#
# $$X_k = \begin{pmatrix} A_k & b_k\\ 0 & 0\end{pmatrix}, \qquad \text{velocity at } p:\ A_k p + b_k .$$
#
# The point that does not move, $A_k c_k + b_k = 0$, is the centre of the rotation: the goal, which was no input.

# %%
for X, goal in zip(own, goals, strict=True):
    centre = np.linalg.solve(X[:2, :2], -X[:2, 2])
    print(f"centre {centre.round(4)}   true goal {goal.round(4)}   A = {(X[:2, :2].round(3) + 0.0).tolist()}")

# %% [markdown]
# Two things about $X_k$ are a matter of taste. Its *length*: a null space knows directions only. We fix it by asking
# that $A_k$ have the eigenvalues $\pm i$, one radian for one unit of time. (The sum of squares of the entries would not
# do: carry $X$ along by a map that is no rotation, and that sum changes; the eigenvalues stay.) And its *sign*, which
# way round: lesson 04 told that level sets do not show it. Look at the signs above. They are arbitrary, and the next
# sections have to fix them.
#
# Four tasks, four different symmetries. None of them is the group we want: each turns about its own goal, and we look
# for the turns about the origin that carry goal to goal.

# %% [markdown]
# ## The left action intertwines
#
# Let $L$ be a linear map that carries the base task onto task $z$: $R_z(Lp) = R_0(p)$ for all $p$. What does it do to
# the symmetries? Take a point of task $z$. Carry it *back* to the base task, let it flow there along the symmetry of
# $R_0$, and carry it *forth* again. The reward $R_z$ has not changed. So this is a symmetry flow of task $z$, and its
# generator is
#
# $$\hat L X_0 \hat L^{-1}, \qquad \hat L = \begin{pmatrix} L & 0\\ 0 & 1\end{pmatrix}.$$
#
# But the affine symmetries of task $z$ are the multiples of *one*, $X_z$. And the length is fixed on both sides: a change
# of coordinates leaves the eigenvalues $\pm i$ as they are. Only the sign is open. Therefore
#
# $$\hat L X_0 = \pm X_z \hat L .$$
#
# One says that $L$ **intertwines** $X_0$ and $X_z$. Read the equation again: $X_0$ and $X_z$ are known numbers, and $L$
# stands in it to the first power. For each sign it is a *linear* system for the four entries of $L$. Block by block:
#
# $$L A_0 = \pm A_z L \qquad\text{and}\qquad L b_0 = \pm b_z .$$

# %% [markdown]
# Four equations and two, for four unknowns. **Is the answer unique?** Take round goals, $A_0 = A_z = J$, and the sign
# $+$. The matrices with $LJ = JL$ are the turns with a scaling,
# $L = \begin{pmatrix}\alpha & -\beta\\ \beta & \alpha\end{pmatrix}$: two numbers are still open. (For other goals and
# for the sign $-$ it is two as well.) The second equation has the two that are needed, provided that $b_0 \ne 0$. And
# $b_0 = -A_0 c_0$, so this means $c_0 \ne 0$: *the base goal must not be at the origin.* (What if it is? We come back to
# that.)
#
# ★ This closed form goes beyond the paper. How the paper finds $L$, we shall see below.

# %% [markdown]
# ## Exercise 06.1 · Solve for the left action
#
# Write the least-squares solution. You get two generators of shape `(3, 3)` and the sign, 1 or -1; return $L$, of shape
# `(2, 2)`. With noisy data no $L$ solves all six equations, so use all six.


# %% tags=["exercise", "06.1"]
def intertwine(base, other, sign):
    """Return the L with the least squares of diag(L, 1) X_0 − sign X_z diag(L, 1)."""
    ...  # your code here


# %% tags=["solution", "06.1"]
def intertwine(base, other, sign):
    """Return the L with the least squares of diag(L, 1) X_0 − sign X_z diag(L, 1)."""
    # Row-major: vec(L A) = (I ⊗ Aᵀ) vec(L), vec(A L) = (A ⊗ I) vec(L), L b = (I ⊗ bᵀ) vec(L).
    identity = np.eye(2)
    commuting = np.kron(identity, base[:2, :2].T) - sign * np.kron(other[:2, :2], identity)
    shift = np.kron(identity, base[:2, 2])
    rows = np.vstack([commuting, shift.reshape(2, 4)])
    target = np.concatenate([np.zeros(4), sign * other[:2, 2]])
    return np.linalg.lstsq(rows, target, rcond=None)[0].reshape(2, 2)


# %% tags=["check"]
course.check("06.1", intertwine)

# %% [markdown]
# ## Two answers, and both are good
#
# Here are both answers for task 1, whose goal is at −18°; the base goal is at 135°, so the turn should be −153°.

# %%
from hgmrl_lite.course.lesson_06 import solve_intertwiner  # the last exercise, ready made


def both_signs(base, other):
    """Return the two candidates for L and what their equations leave over."""
    candidates, residuals = [], []
    for sign in (1, -1):
        lifted = np.eye(3)
        lifted[:2, :2] = solve_intertwiner(base, other, sign)
        candidates.append(lifted[:2, :2])
        residuals.append(np.linalg.norm(lifted @ base - sign * other @ lifted))
    return candidates, residuals


candidates, residuals = both_signs(own[0], own[1])
for L, residual in zip(candidates, residuals, strict=True):
    print(L.round(4).tolist(), f" determinant {np.linalg.det(L):+.4f}, residual {residual:.1e}")
    print("    carries the base goal to", (L @ goals[0]).round(4), "  the true one:", goals[1].round(4))

# %%
rotation_first = sorted(candidates, key=np.linalg.det, reverse=True)
course.figure(
    plots.maps_between_tasks(goals[0], rotation_first, ["a rotation", "a reflection"]),
    alt="Three panels with circles about a goal and a flag. Rotation and reflection carry the circles to the same "
    "circles about the new goal; the flag is turned in the one and mirrored in the other.",
)

# %% [markdown]
# One is the rotation by −153°. The other is a *reflection*, with determinant −1. Both carry the goal to the goal and
# circles to circles; both solve their equations to the last digit that the data have. The flag can tell them apart, but
# no reward sees the flag. How often does the candidate with the smaller residual turn out to be the reflection? Here are
# sixty pairs of tasks, each pair with transitions of its own, so that the pairs are independent.

# %%
pairs = 60
reflections = 0
for k, goal in enumerate(envs.circle_tasks(pairs, phase=0.1)):
    seen = (family.explore(goals[0], 300, seed=1000 + 2 * k), family.explore(goal, 300, seed=1001 + 2 * k))
    candidates, residuals = both_signs(*(hereditary.task_generator(task)[0] for task in seen))
    reflections += bool(np.linalg.det(candidates[int(np.argmin(residuals))]) < 0)
share = reflections / pairs
half = 1.96 * np.sqrt(share * (1 - share) / pairs)
print(f"{reflections} of {pairs} are reflections: {share:.0%} ± {half:.0%}, a 95 % interval")

# %% [markdown]
# As far as sixty pairs can tell, the residual decides like a coin.
#
# For rewards as round as these, a reflection would serve just as well. But the *group* would be lost. A reflection has
# no real logarithm: no $\exp(tW)$ has a negative determinant, so there is nothing to put into a Lie algebra, and no way
# from four tasks to a continuum of them. This is where the word **connected** of lesson 05 does its work. In a
# connected group one can walk from the identity to each element; on the way the determinant changes without a jump, and
# it is never zero. It is 1 at the start. So it stays positive: *take the candidate with positive determinant.*
#
# (In the plane that settles it. In higher dimension it does not: $\operatorname{diag}(1, -1, 1, -1)$ has the
# determinant 1 and still carries a rotation to its reverse. Then ask that $L$ lie in the exponential of the system's
# own algebra.)

# %% [markdown]
# ## Exercise 06.2 · Find the planted error
#
# A colleague writes what we have just tried. The residuals of what it returns are tiny:


# %%
def faulty_left_action(candidates, residuals):
    return candidates[int(np.argmin(residuals))]


for index in (1, 2, 3):
    L = faulty_left_action(*both_signs(own[0], own[index]))
    print(f"task {index}: {L.round(3).tolist()}")

# %% [markdown]
# Write the right one. It gets a list of candidates and the list of their residuals, in whatever unit. If several
# candidates preserve orientation, then, and only then, the residual decides among them.


# %% tags=["exercise", "06.2"]
def left_action(candidates, residuals):
    """Return the candidate in the component of the identity."""
    ...  # your code here


# %% tags=["solution", "06.2"]
def left_action(candidates, residuals):
    """Return the candidate in the component of the identity."""
    # Filter by the determinant first; let the residual break ties.
    kept = [k for k in range(len(candidates)) if np.linalg.det(candidates[k]) > 0]
    return candidates[min(kept, key=lambda k: residuals[k])]


# %% tags=["check"]
course.check("06.2", left_action)

# %% [markdown]
# ## Onto the compact group, before the logarithm
#
# Now we have an $L$ for each task, with positive determinant. It is nearly a rotation. *Nearly* is not good enough, and
# it is worth seeing why. Here are fewer data, with noise on the rewards, and a logarithm taken right away.

# %%
from hgmrl_lite.course.lesson_06 import connected_one  # exercise 06.2, ready made

noisy_family = envs.navigation(reward_noise=0.05)
noisy = [noisy_family.explore(goal, 1000, seed=index) for index, goal in enumerate(goals)]
own_noisy = [hereditary.task_generator(task)[0] for task in noisy]
raw = [connected_one(*both_signs(own_noisy[0], X)) for X in own_noisy[1:]]
print("determinants:", [float(np.linalg.det(L).round(2)) for L in raw])

logs = np.array([lie.log(L) for L in raw])
_, singular_values, rows = np.linalg.svd(logs.reshape(3, 4))
W = rows[0].reshape(2, 2)
W = W / (np.sign(W[1, 0]) * np.sqrt(np.linalg.det(W)))  # counter-clockwise, one radian a unit of time
print("singular values:", singular_values.round(3))
print("ten full turns carry (1, 0) to", (lie.exp(20 * np.pi * W) @ [1.0, 0.0]).round(3))

# %% [markdown]
# The determinants should be 1, but these maps shrink areas by about a fifth. So the generator does not just turn: ten
# full turns, which should lead back to where one started, end less than half as far out. And the second singular value
# ought to be zero. Is the group two-dimensional, perhaps with a scaling in it? No, it is the noise: the clean data above
# gave a determinant of 0.9999.
#
# It can be worse. Let the new goal be just opposite of the base goal, so that $L$ is near $-I$. Twenty draws of clean
# data, 300 transitions each:

# %%
refused = 0
for seed in range(20):
    ends = [family.explore(goal, 300, seed=seed + 50 * k) for k, goal in enumerate([[1.0, 0.0], [-1.0, 0.0]])]
    L = connected_one(*both_signs(*(hereditary.task_generator(end)[0] for end in ends)))
    try:
        lie.log(L)
    except ValueError as error:
        refused += 1
        message = str(error)
print(f"{refused} of 20 have no real logarithm. The last one: {message}")

# %% [markdown]
# You know this from lesson 02: a real logarithm does not exist when a negative eigenvalue occurs an odd number of times.
# $-I$ has the eigenvalue $-1$ twice, and a logarithm, $\pi J$. A small error either turns the two into a complex pair,
# and then there is still a logarithm, or into two different negative numbers, and then there is none.
#
# The remedy is the word **compact**. *If* $L$ belongs to a compact group, we may replace it by the nearest element of
# that group, *and then* take the logarithm. The nearest rotation is the orthogonal factor of the **polar
# decomposition** $L = R\,S$, with $R$ orthogonal and $S$ symmetric and positive: the stretch is dropped.

# %%
projected = np.array([lie.log(lie.polar_factor(L)) for L in raw])
for name, stack in (("log of L", logs), ("log of the polar factor", projected)):
    print(f"{name:24}", np.linalg.svd(stack.reshape(3, 4))[1].round(6) + 0.0)
print("log near −I:", lie.log(lie.polar_factor(-np.eye(2) + [[0.01, 0.0], [0.0, -0.01]])).round(4).tolist())

# %% [markdown]
# (The zeros in the second line prove nothing, by the way. We come to that.)
#
# ## Nearest in which inner product?
#
# "Orthogonal" presupposes an inner product, and we took the usual one without a thought. Here are two worlds in which
# that thought matters. In the first, somebody records the second coordinate in other units, 3 in place of 1: same
# robot, same tasks, other numbers. In the second, the robot and the units are as before, but the rewards are not round:
# their level sets are *ellipses* about the goal, and the ellipse is turned together with the goal.

# %%
units = np.diag([1.0, 3.0])
other_units = [Transitions(t.states @ units, t.actions, t.rewards, t.next_states @ units) for t in tasks]
turns = np.arctan2(goals[:, 1], goals[:, 0]) - np.arctan2(goals[0, 1], goals[0, 0])


def elliptic(task, turn):
    """Return the transitions with the reward −√(x² + 4y²) about the base goal, turned by an angle."""
    x, y = (task.next_states @ lie.so2_exp(turn) - goals[0]).T
    return Transitions(task.states, task.actions, -np.hypot(x, 2 * y), task.next_states)


ellipses = [elliptic(task, turn) for task, turn in zip(tasks, turns, strict=True)]
worlds = {"other units, round goals": (other_units, goals @ units), "elliptic rewards": (ellipses, goals)}

# %% [markdown]
# Which inner product should we take? The first idea: each task's own symmetry $X$ brings one. If $A$ has the eigenvalues
# $\pm i$, then $A^2 = -I$, and
#
# $$P = I + A^T A \qquad\text{satisfies}\qquad A^T P + P A = 0,$$
#
# which says that $P$ is kept along the flow of $A$. The data told us $A$; so they tell us $P$. Before you run the next
# cell: will that be right in both worlds, in one of them, or in none?


# %%
def goals_missed(seen, places, form_of):
    """Return by how far the projected left actions miss the goals of tasks 1 to 3."""
    own = [hereditary.task_generator(task)[0] for task in seen]
    maps = [connected_one(*both_signs(own[0], X)) for X in own[1:]]
    form = form_of(seen, own, maps)
    moved = [(L if form is None else lie.polar_factor(L, form)) @ places[0] for L in maps]
    return np.linalg.norm(moved - places[1:], axis=1).round(4)


def of_the_base_task(seen, own, maps):
    return np.eye(2) + own[0][:2, :2].T @ own[0][:2, :2]


ideas = {
    "no projection": lambda *_: None,
    "the usual one": lambda *_: np.eye(2),
    "of task 0": of_the_base_task,
}
for world, (seen, places) in worlds.items():
    for idea, form_of in ideas.items():
        print(f"{world:25} {idea:14} goals missed by", goals_missed(seen, places, form_of))

# %% [markdown]
# Each of the two inner products fails in one world, and there it spoils maps that were right. (Data as clean as these
# need no projection; the noise of the last section does.) Look at the second world. A flow along ellipses keeps an
# inner product in which these ellipses are circles. But that flow is the symmetry of *one task*. What we project is a
# map *between* tasks. The robot moves alike in all directions, the tasks are related by ordinary rotations, and these
# keep the usual inner product, whatever the shape of the rewards.
#
# So the inner product belongs to the **group that relates the tasks**, and a hereditary geometry takes that group from
# the *system*. Lesson 05 found the system's own symmetries in the law of motion, without a look at the rewards, and
# selected the compact ones by the law of the starts. `hereditary.system_symmetries` does that, and gives the inner
# product that they keep. It rests on a fitted law of motion, and it is only as good as that fit. But the maps can
# sharpen it: *they* should keep it too, and $L_k^T P L_k = P$ is linear in $P$. One more null space:


# %%
def of_the_system(seen, own, maps):
    return hereditary.system_symmetries(seen).compact.inner_product


def of_the_maps(seen, own, maps):
    """Return the P that all maps keep best: the null vector of P ↦ LᵀPL − P among symmetric matrices."""
    basis = np.array([[[1.0, 0.0], [0.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]]])
    rows = np.concatenate([(L.T @ basis @ L - basis).reshape(3, 4).T for L in maps])
    P = np.tensordot(np.linalg.svd(rows)[2][-1], basis, axes=1)
    return P / (np.sign(P[0, 0]) * np.sqrt(np.linalg.det(P)))


for world, (seen, places) in worlds.items():
    for idea, form_of in {"of the system": of_the_system, "of the maps": of_the_maps}.items():
        print(f"{world:25} {idea:14} goals missed by", goals_missed(seen, places, form_of))

# %% [markdown]
# Both are right in both worlds, the one to the accuracy of the fitted law, the other to that of the maps. They rest on
# different things: the one on how the robot moves, the other on how the rewards are related. If they disagree by more
# than their errors, what relates the tasks is not inherited from the system. If no $P$ is kept by all the maps, as with
# a scaling among them, the group is not compact. If neither happens, take the system's $P$, sharpened by the maps.
# `hereditary.discover_geometry` does this where it has to: as long as the maps keep the $P$ of the tasks' own
# symmetries, as in the first world, that $P$ is theirs as well, and no law of motion needs to be fitted. For the
# elliptic rewards they do not keep it, and it finds these turns:

# %%
found = hereditary.discover_geometry(ellipses)
print("found:", np.degrees(found.thetas[:, 0]).round(2) + 0.0)
print("true: ", np.degrees(np.angle(np.exp(1j * turns))).round(2))

# %% [markdown]
# ## Exercise 06.3 · Onto the compact group
#
# Write the polar factor in the inner product $\langle u, v\rangle = u^T P v$: the $R$ with $R^T P R = P$ that is nearest
# to $L$, with distances measured in that inner product too. Both arguments have shape `(2, 2)`; $P$ is symmetric and
# positive definite, and $\det L > 0$. (`lie.polar_factor` does it. Write your own, with NumPy.)


# %% tags=["exercise", "06.3"]
def compact_factor(L, P):
    """Return the polar factor of L in the inner product P."""
    ...  # your code here


# %% tags=["solution", "06.3"]
def compact_factor(L, P):
    """Return the polar factor of L in the inner product P."""
    # In coordinates C p with CᵀC = P, lengths are ordinary ones: go there, project, come back.
    C = np.linalg.cholesky(P).T
    left, _, right = np.linalg.svd(C @ L @ np.linalg.inv(C))
    return np.linalg.inv(C) @ left @ right @ C


# %% tags=["check"]
course.check("06.3", compact_factor)

# %% [markdown]
# ## Stack the logarithms: generator, and sometimes dimension
#
# The rest is one more singular value decomposition. Each task gives a logarithm, $\log L_k = \theta_k W$, with the same
# $W$ and its own $\theta_k$. Write them as rows of a matrix, one below the other. If all of them are multiples of one
# $W$, the matrix has rank one, and its leading right singular vector is $W$.
#
# Does a rank of one show that the group has dimension one? Try it on maps that have nothing to do with each other:
# arbitrary matrices of positive determinant.


# %%
def spectrum(maps):
    """Return the singular values of the stacked logarithms of the nearest rotations."""
    logs = [lie.log(lie.polar_factor(L)) for L in maps]
    return np.linalg.svd(np.reshape(logs, (len(logs), -1)), compute_uv=False)


rng = np.random.default_rng(5)
arbitrary = [L if np.linalg.det(L) > 0 else L[::-1] for L in rng.normal(size=(4, 2, 2))]
print("four arbitrary maps:      ", spectrum(arbitrary).round(6) + 0.0)
clean = [connected_one(*both_signs(own[0], X)) for X in own[1:]]
print("the maps of our tasks:    ", spectrum(clean).round(6) + 0.0)
_, sizes, rows = np.linalg.svd([lie.log(L).ravel() for L in clean])
print(
    "... before the projection:",
    *(f"{size:.6f}" for size in sizes),
    " trace of the first row",
    rows[0, [0, 3]].sum().round(6),
)

# %% [markdown]
# One singular value and zeros, for *any* maps: a test that cannot fail. The projection made rotations of them, and the
# rotations of the plane are a group of dimension one, as said at the beginning. What the plane can tell comes *before*
# the projection. There two numbers of our tasks' maps need not be small: the second singular value, and the trace of the
# leading direction, since with a trace it would be a spiral. Both are about as small as the maps' own errors. So the
# data agree with "linear, connected, compact", and the dimension then follows from the words.
#
# Beyond the plane the number of singular values above the errors *is* a finding: the dimension of what the logarithms
# span. Here are four families of four tasks each, every entry of the maps with an error of 0.01.

# %%
a, b = rng.uniform(-2.5, 2.5, (2, 4))
vectors = rng.normal(size=(4, 3))
families = {
    "R⁴, two independent turns": [
        block_diag(lie.so2_exp(x), lie.so2_exp(y)) for x, y in zip(a, b, strict=True)
    ],
    "R⁴, one turn half as fast": [block_diag(lie.so2_exp(x), lie.so2_exp(0.5 * x)) for x in a],
    "space, about any axis": lie.so3_exp(vectors),
    "space, about one axis": lie.so3_exp(a[:, None] * [0.6, 0.0, 0.8]),
}
for name, maps in families.items():
    print(f"{name:26}", spectrum(maps + 0.01 * rng.normal(size=np.shape(maps))).round(3))

# %% [markdown]
# Two, one, three and one, and what is left over is not above the errors. (With fewer tasks than dimensions the span
# is too small, and it may miss directions for other reasons, as you will see on the sphere. So the package takes the
# closure under the bracket as well.)
#
# `hereditary.discover_geometry` does all the steps of this lesson so far:

# %%
begun = time.process_time()
geometry = hereditary.discover_geometry(tasks)
seconds = time.process_time() - begun
print(f"{seconds:.2f} s for 4 tasks of 5000 transitions; singular values {geometry.spectrum.round(6) + 0.0}")
geometry

# %%
true = np.degrees(np.arctan2(goals[:, 1], goals[:, 0])) - 135.0
error = (np.degrees(geometry.thetas[:, 0]) - true + 180.0) % 360.0 - 180.0
print("turns found:   ", np.degrees(geometry.thetas[:, 0]).round(3) + 0.0)
print("errors:        ", np.abs(error).round(5))
print("generator W:   ", geometry.generators_states[0].round(6).tolist())

# %% [markdown]
# Four tasks, and out comes the *continuum*: $\exp(\theta W)$ for every $\theta$, also for tasks that nobody has seen.
# (The printed dimension, 1, is a consequence here, as you know now; angles and generator are findings.)

# %% [markdown]
# ## How the group moves actions
#
# A policy needs the partner of $L$ as well: how are *actions* to be moved? The rewards do not know that, but the law of
# motion does. Lesson 05 made one equation of it, for the generators $W_S$ on states and $W_A$ on actions:
#
# $$J_s W_S\, s + J_a W_A\, a = W_S\, T(s, a).$$
#
# There both were unknown. By now $W_S$ is known. The package fits how the state responds to actions on average, $T
# \approx As + Ba + b$, and compares the terms with $a$: what is left is $B W_A = W_S B$, linear in $W_A$. One thing is
# assumed: that the actions are normalised, so that the action set is a disc or a square. A matrix that maps such a set
# onto itself is orthogonal, so the symmetric part of $W_A$ is error and goes. (With actions in unlike units the set is
# an ellipse, and the symmetric part is none: bring them to one unit first.) Here it is, beside a second robot of the
# same build whose two levers were swapped by mistake:

# %%
levers = np.array([[0.0, 1.0], [1.0, 0.0]])
swapped = [Transitions(t.states, t.actions @ levers, t.rewards, t.next_states) for t in tasks]
print("W_S:                   ", (geometry.generators_states[0].round(3) + 0.0).tolist())
print("W_A:                   ", (geometry.generators_actions[0].round(3) + 0.0).tolist())
other = hereditary.discover_geometry(swapped)
print("W_S, levers swapped:   ", (other.generators_states[0].round(3) + 0.0).tolist())
print("W_A, levers swapped:   ", (other.generators_actions[0].round(3) + 0.0).tolist())

# %% [markdown]
# For the first robot $K = L$, as an action is a step in the plane. For the second the states turn one way and the levers
# the *other*. Whoever puts $K = L$ without looking would send it astray.

# %% [markdown]
# ## How the paper does it, and what the closed form buys
#
# The *paper* learns. For each task a matrix is moved by gradient descent until the base task's kernel distributions,
# carried along, align with those of the task; the matrix is the exponential of the parameters, $\log L_k$. Then a
# generator $W$ is fitted by descent such that every $\log L_k$ lies in its span. No symmetry of a single task is needed
# for that, and $L$ may be a map that no linear algebra of ours would find.
#
# *Ours* goes through each task's own symmetry. So it needs that there is one, affine, in a chart that is given. Where
# that holds, nothing is left to descend on. (Where a task has none, `discover_geometry` falls back on a search that
# compares the rewards.)
#
# What the closed form took and reached in this notebook, for four tasks of 5000 transitions:

# %%
print(f"{seconds:.2f} s, largest error {np.abs(error).max():.5f}°")

# %% [markdown]
# ## How sure are we?
#
# An answer without an error bar is half an answer. Normals come with standard errors (lesson 03); they make an error of
# each $X_k$, and these an error of each $L_k$. `geometry.bounds_deg` states them as 95 % bounds, in degrees: 19 of 20
# bounds should hold the true error. (Rewards without noise leave the bias of the local fits, of which data tell little;
# so no bound below 0.02° is stated.) Where the data leave the answer open, no number would be right; there is none, and
# whether the tasks are related is "undecided".

# %%
print("transitions  noise   largest error   largest 95 % bound   related")
for number, noise in ((5000, 0.0), (300, 0.0), (5000, 0.05), (300, 0.05)):
    explore = envs.navigation(reward_noise=noise).explore
    seen = [explore(goal, number, seed=10 + index) for index, goal in enumerate(goals)]
    found = hereditary.discover_geometry(seen)
    off = (np.degrees(found.thetas[:, 0]) - true + 180.0) % 360.0 - 180.0
    stated = found.bounds_deg.max()
    print(f"{number:11d}  {noise:5.2f} {np.abs(off).max():14.4f}° {stated:18.4f}°   {found.verdict}")
found

# %% [markdown]
# (`nan` is "not a number": one of the maps has no logarithm.) The first three lines can be used; in the third the maps
# are off by tenths of a degree, and the error bar says tenths of a degree. The last line is worthless, and says so
# itself, with the reason. Without that word you would hold a handful of matrices that look like any others.

# %% [markdown]
# ## At test time: which turn is it?
#
# The group is known. A *new* task comes along, and there is no time for 5000 transitions: we have twenty. Only one
# number has to be found, $\theta$. Turn the base task by every angle, and see which angle fits.
#
# Let us first do as in the widget: compare kernel distributions. The base task's gradient at a point $q$ comes from a
# model of its reward. Carried along by $L$ it stands at $p = Lq$, and it is a covector (lesson 03), so there it is
# $L^{-T} \nabla R_0(L^{-1} p)$. The new task's gradient at $p$ comes from a local regression of its few rewards. Lines,
# not arrows: we take the absolute value of the cosine.

# %%
base_reward = hereditary.RewardModel.fit(tasks[0].next_states, tasks[0].rewards, centres=120)
angles = np.radians(np.arange(-180, 180, 6))


def mismatch_curve(context, signed):
    """Return the mean of 1 − |cos|, or of 1 − cos, between both tasks' gradients, for every angle."""
    new = tangents.local_regression(
        context.next_states, context.rewards, degree=1, neighbours=8, standard_errors=False
    )
    inverse = lie.exp(-angles[:, None, None] * geometry.generators_states[0])
    back = new.points @ inverse.swapaxes(1, 2)
    carried = base_reward.gradient(back) @ inverse
    carried /= np.linalg.norm(carried, axis=-1, keepdims=True)
    cosine = (carried * new.normals).sum(axis=-1)
    return (1 - (cosine if signed else np.abs(cosine))).mean(axis=1)


# %% [markdown]
# And then? Start at a random angle and go downhill, as gradient descent would. We do it on a grid of 6°: step to the
# lower neighbour until there is none. Forty new tasks, twenty transitions each.

# %%
new_goals = envs.circle_tasks(40, seed=1)
true_turns = np.angle(np.exp(1j * (np.arctan2(*new_goals.T[::-1]) - np.radians(135.0))))
contexts = [family.explore(goal, 20, seed=500 + k) for k, goal in enumerate(new_goals)]
starts = np.random.default_rng(2).integers(len(angles), size=len(new_goals))


def downhill(curve, k):
    """Follow the curve down from place k, around the circle if need be."""
    while (best := min((k - 1, k, k + 1), key=lambda j: curve[j % len(curve)])) != k:
        k = best
    return k % len(curve)


curves = [mismatch_curve(context, signed=False) for context in contexts]
ends = angles[[downhill(curve, start) for curve, start in zip(curves, starts, strict=True)]]
course.figure(
    plots.found_against_true(np.degrees(true_turns), {"lines, one random start": np.degrees(ends)}),
    alt="Found against true turn of 40 tasks. About half lie on the diagonal, the others near the two dashed lines "
    "half a turn away from it.",
)

# %% [markdown]
# About half are right. The others are wrong by about half a turn: they sit near the **antipode**, the far side of the
# circle. You have walked into a trap, and so has every one who matches lines from one start. Near the origin, where the
# agent explores, a circle about the goal and a circle about its antipode have nearly the same tangent. Only far out do
# they differ. So there are two valleys, about half a turn apart, and the start decides which one it is.
#
# Can more care with lines help? Try *all* angles and take the deepest valley. And can arrows? They are the same
# gradients, compared with their sign. We try both, with noise on the rewards as well.


# %%
def right(places):
    """Return in how many tasks the angle is within 30° of the truth."""
    off = np.abs(np.angle(np.exp(1j * (angles[places] - true_turns))))
    return int((off < np.radians(30.0)).sum())


print("right within 30°, of 40 tasks:  one start   all angles")
for noise in (0.0, 0.02, 0.05):
    explore = envs.navigation(reward_noise=noise).explore
    seen = [explore(goal, 20, seed=500 + k) for k, goal in enumerate(new_goals)]
    for name, signed in (("lines", False), ("arrows", True)):
        curves = [mismatch_curve(context, signed) for context in seen]
        one = right([downhill(curve, start) for curve, start in zip(curves, starts, strict=True)])
        best = right([int(np.argmin(curve)) for curve in curves])
        print(f"   reward noise {noise:.2f}, {name:6} {one:15d} {best:12d}")

# %% [markdown]
# Without noise, lines suffice if one looks everywhere: the false valley is a little shallower than the true one.
# A little noise levels them, and with the larger noise even the deepest valley is wrong in a third of the tasks. Arrows
# mind the noise far less, and here they need one start only. A reward is not a set of lines. It *rises* towards the
# goal, and at the antipode the arrows point the wrong way. We had thrown that away with the absolute value.
#
# (A word of fairness. Lines ask for less than arrows: they align even if the new task's reward is the negative of the old
# one. If all you may assume is that level sets go to level sets, the ambiguity is real, and you should report it. Arrows
# in turn ask for less than the rewards themselves: they align after any increasing change of the reward, such as twice
# as much.)

# %% [markdown]
# ## Exercise 06.4 · Out of the trap
#
# Write the signed misalignment for *any* invertible $L$, not only for rotations. `base_gradient(points)` returns the
# base task's gradients in rows; `points` and `gradients` belong to the new task, both of shape `(N, 2)`. Return the
# mean of $1 - \cos$ of the angle between what $L$ makes of the base task's gradient and the new one.


# %% tags=["exercise", "06.4"]
def misalignment(base_gradient, L, points, gradients):
    """Return the mean of 1 − cos between the carried gradients of the base task and those of the new one."""
    ...  # your code here


# %% tags=["solution", "06.4"]
def misalignment(base_gradient, L, points, gradients):
    """Return the mean of 1 − cos between the carried gradients of the base task and those of the new one."""
    inverse = np.linalg.inv(L)
    # In rows, L⁻¹ p is p @ inverse.T, and L^{-T} g is g @ inverse.
    carried = base_gradient(points @ inverse.T) @ inverse
    lengths = np.linalg.norm(carried, axis=1) * np.linalg.norm(gradients, axis=1)
    return np.mean(1 - (carried * gradients).sum(axis=1) / lengths)


# %% tags=["check"]
course.check("06.4", misalignment)

# %% [markdown]
# ## Rewards are signed as well
#
# There is an even simpler way out, and it needs no gradients. If the turn is right, the base task's reward, asked at
# $L^{-1}s'$, *is* the reward of the new task:
#
# $$\min_\theta\ \sum_i \bigl(R_0(\exp(-\theta W)\, s'_i) - r_i\bigr)^2 .$$
#
# This is the *functional* way of lesson 04. There it was the slow one. Here, with one unknown and a bounded group, every
# angle can be tried, and it uses each reward as it is. `hereditary.infer` tries starts all over the group, refines
# every valley, and keeps the best two. (★ Ours. `method="differential"` matches signed gradients, `"both"` both.)

# %%
for method in ("functional", "differential", "both"):
    off = []
    for context, turn in zip(contexts, true_turns, strict=True):
        found = hereditary.infer(geometry.generators_states, base_reward, context, method=method)
        off.append(np.degrees(np.abs(np.angle(np.exp(1j * (found.angle - turn))))))
    print(f"{method:12}: median error {np.median(off):.3f}°, largest {np.max(off):.2f}°")

# %% [markdown]
# ## How sure, at test time?
#
# An answer from twenty transitions should come with its doubts. There are three.
#
# - **Another valley.** The best angle of any *other* valley is the **runner-up**, and the **margin** says how many times
#   worse it explains the rewards. If it is about as good, nothing is decided.
# - **A flat valley.** The curvature at the bottom gives a **standard error**, as in any least-squares fit, and this
#   gives the 95 % bound. If the standard error leaves room for an error of 8°, nothing is decided either: there regret
#   begins to climb steeply. Lesson 07 shows that cliff, in its section [How exact must the angle
#   be?](07_meta_rl_loop.ipynb#How-exact-must-the-angle-be?)
# - **A valley that is not deep enough.** If even the best angle leaves a misfit that noise cannot explain, the task is
#   not of this family.
#
# `found.verdict` says whether the best angle explains the rewards. It is "undecided" in the first two cases and "no" in
# the third; "yes" is what remains.
#
# Here is one of each, for the first of the new tasks. The second agent only walked straight ahead, along the $x$ axis: it
# has no way to tell a goal on its left from one on its right.

# %%
goal, W = new_goals[0], geometry.generators_states
print(f"the true turn is {np.degrees(true_turns[0]):.2f}°")
quiet, noisy = envs.navigation(noise=0.0, start_std=0.0), envs.navigation(reward_noise=0.1)
for words, context in {
    "20 transitions": family.explore(goal, 20, seed=7),
    "8 straight ahead": quiet.explore(goal, 8, seed=7, policy=lambda s: np.tile([1.0, 0.0], (len(s), 1))),
    "20, reward noise 0.1": noisy.explore(goal, 20, seed=7),
    "20, goal off the circle": family.explore(0.5 * goal, 20, seed=7),
}.items():
    found = hereditary.infer(W, base_reward, context)
    bound = f" ± {found.bound_deg:.2g}° (95 %)" if found.verdict == "yes" else ""
    print(f"{words}: {np.degrees(found.angle):.2f}°{bound}, explains the rewards: {found.verdict}")
    other = "no other valley"
    if np.isfinite(found.runner_up_residual):
        other = f"runner-up {np.degrees(found.runner_up[0]):.2f}° with {found.runner_up_residual:.2g}"
    print(f"    misfit {found.residual:.2g}; {other}")

# %% [markdown]
# (A bound is stated only where the verdict is "yes". Signed data mostly leave a single valley.)
#
# In the widget: a goal off the circle, with the package's answer revealed. Drag the goal onto the grey circle, and see
# the verdict change; then push the noise up until it changes again.

# %%
TaskAligner([0.3, -0.5], signed=True, revealed=True, turn_degrees=60)

# %% [markdown]
# ## What no data can decide
#
# We left one question open: what if the base goal is at the origin, $c_0 = 0$? Look at the linear system of exercise
# 06.1 for such a task. Its singular values tell how many directions of $L$ the equations leave open.

# %%
centred = hereditary.task_generator(family.explore([0.0, 0.0], 3000, seed=3))[0]
for name, X in {"base goal at 135°": own[0], "goal at the origin": centred}.items():
    commuting = np.kron(np.eye(2), X[:2, :2].T) - np.kron(X[:2, :2], np.eye(2))
    system = np.vstack([commuting, np.kron(np.eye(2), X[:2, 2][None])])
    print(f"{name:20}", np.linalg.svd(system, compute_uv=False).round(4))

# %% [markdown]
# Two zeros: the turns with a scaling, as computed above; after the projection onto the compact group, all turns. That is
# no defect of the method. A task with its goal in the middle *is* carried onto itself by every turn: they are its
# **stabiliser** (lesson 01). If $L$ carries the base task to the new one, and $h$ is in the stabiliser, then $Lh$ does
# so as well, and no reward can tell. Two things remain to be done, and the package does both: choose *one*, the one
# that moves least, with the smallest $\lVert\log L\rVert$; and report the freedom (`geometry.freedom`).
#
# On a sphere this happens at *every* goal. Let the states be directions in space, and the tasks goals on the unit sphere;
# the group is SO(3), the rotations of space. It has dimension 3, a goal has only 2 coordinates, and what is left over
# is the turns about the goal.

# %%
start, end = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.6, 0.8])
least = lie.so3_exp(np.arccos(start @ end) * np.cross(start, end) / np.linalg.norm(np.cross(start, end)))
times = np.linspace(0.0, 1.0, 60)
paths = {}
for extra in (0, 70, 140, -110):
    element = lie.so3_exp(np.radians(extra) * end) @ least
    vector = lie.so3_log(element)
    name = f"extra turn {extra}°: ‖log L‖ = {np.degrees(np.linalg.norm(vector)):.0f}°"
    paths[name] = lie.so3_exp(times[:, None] * vector) @ start
plots.sphere_paths(
    paths,
    alt="Four paths on the sphere from one goal to another, each along its own rotation. The one without an extra turn "
    "is the shortest, a piece of a great circle; the others make detours.",
)

# %% [markdown]
# All four rotations carry the one goal to the other. The one with the smallest logarithm goes straight, along a great
# circle.

# %% [markdown]
# ## Exercise 06.5 · The smallest rotation of the sphere
#
# Write it: for two unit vectors of shape `(3,)`, return the rotation, of shape `(3, 3)`, that carries the first to the
# second and turns by the smallest angle. Equal goals need no turn at all. (Opposite goals will not be asked: there the
# smallest one is not unique.) Useful: `np.cross`, `np.arctan2`, and `lie.so3_exp`, which makes a rotation of a vector,
# about its direction and by its length.


# %% tags=["exercise", "06.5"]
def least_rotation(start, end):
    """Return the smallest rotation that carries start to end."""
    ...  # your code here


# %% tags=["solution", "06.5"]
def least_rotation(start, end):
    """Return the smallest rotation that carries start to end."""
    # At right angles to both goals stands the axis; sine and cosine of the angle are at hand.
    axis = np.cross(start, end)
    sine = np.linalg.norm(axis)
    if sine < 1e-12:
        return np.eye(3)
    return lie.so3_exp(np.arctan2(sine, start @ end) * axis / sine)


# %% tags=["check"]
course.check("06.5", least_rotation)

# %% [markdown]
# The smallest choice has a price, and it can be paid. Take many goals on the sphere, the smallest rotation to each, and
# stack the logarithms. The axes are all at right angles to the base goal, so they span a plane, not the space:

# %%
from hgmrl_lite.course.lesson_06 import smallest_rotation  # the last exercise, ready made

directions = np.random.default_rng(4).normal(size=(6, 3))
directions /= np.linalg.norm(directions, axis=1, keepdims=True)
vectors = np.array([lie.so3_log(smallest_rotation(start, goal)) for goal in directions])
print("singular values of the logarithms:", np.linalg.svd(vectors)[1].round(4))
first, second = (lie.so3_hat(vector) for vector in vectors[:2])
third = lie.bracket(first, second)
with_bracket = np.vstack([vectors, lie.so3_vee(third)])
print("with a bracket of two of them:    ", np.linalg.svd(with_bracket)[1].round(4))

# %% [markdown]
# Two dimensions of three. But an algebra is closed under the bracket (lesson 02), and the bracket of two of them sticks
# out of the plane: there is the third, the turns about the base goal. So after stacking, take the closure.

# %% [markdown]
# ## Key points
#
# - Transitions → normals → each task's own symmetry $X_k$ → $L_k$ by $\hat L X_0 = \pm X_k \hat L$ → polar factor → $\log L_k$
#   → singular values → $W$. Each arrow is linear algebra.
# - The sign is decided by *connectedness*: positive determinant. The residual decides like a coin.
# - The projection onto the *compact* group comes before the logarithm, in the inner product that the *relating group*
#   keeps. It comes from the system, and the maps sharpen it. The inner product of a task's own symmetry can be another
#   one.
# - In the plane, linear, connected and compact already mean "a rotation, in some coordinates": after the projection the
#   singular values have nothing left to test. Beyond the plane they find the dimension.
# - $K$ comes from the law of motion. It need not equal $L$.
# - Lines hide a sign, and so they fit at the antipode almost as well. Match signed gradients, or the rewards themselves.
# - Ask for the runner-up, the standard error and the misfit. "Undecided" and "no" are answers.
# - What differs by the base task's stabiliser no reward can tell: take the smallest logarithm, report the freedom.
#
# What comes from the paper: left actions as what aligns kernel distributions, learned by gradient descent; a generator
# fitted to their logarithms; inference over a compact group by alignment. What goes beyond it: the closed forms, the
# choice of the inner product, the standard errors and verdicts, the signs at test time, and all figures of this lesson,
# which are measured in this notebook.
#
# ## Further reading
#
# - P. Nitschke and S. Talebi, *Hereditary Geometric Meta-RL: Nonlocal Generalization via Task Symmetries*, 2026,
#   [arXiv:2603.00396](https://arxiv.org/abs/2603.00396): left actions, hereditary geometry, inference.
# - N. J. Higham, *Functions of Matrices: Theory and Computation*, SIAM, 2008: polar decomposition and logarithm,
#   with everything that can go wrong.
# - B. C. Hall, *Lie Groups, Lie Algebras, and Representations*, 2nd edition, Springer, 2015: intertwining maps, compact
#   groups and their invariant inner products.
# - G. H. Golub and C. F. Van Loan, *Matrix Computations*, 4th edition, Johns Hopkins University Press, 2013: Kronecker
#   products, and the nearest orthogonal matrix (the Procrustes problem).
#
# ## Next
#
# We can find the group and place a new task in it. What is that worth to an agent, beside others that do without?
# [Lesson 07](07_meta_rl_loop.ipynb) runs the whole loop, and teaches how not to be deceived by its figures.
