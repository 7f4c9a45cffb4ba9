# %% [markdown]
# # 02 · From group to Lie algebra: velocity fields, exp and log
#
# **Run the next cell, then drag the point on the blue and orange chart. Somewhere the flow comes back to where it
# began; nearly everywhere else it never does. One matrix with four numbers decides.**
#
# **You will be able to** find the generator of a one-parameter group and turn a generator back into a group; tell a
# generator's type from its trace and determinant; say when a flow returns, when a logarithm exists and which one you
# get; write rotations about any point as one matrix; say what the bracket of two generators measures, and with which
# sign; find a chart in which a nonlinear action is linear, and say where there is none. **Prerequisites** group actions
# on the plane, eigenvalues, derivatives; no Lie theory. **Minutes** 85 · **Run time** {{run_time}}

# %%
import numpy as np

from hgmrl_lite import actions, course, lie, plots
from hgmrl_lite.widgets import GeneratorFlow

GeneratorFlow()

# %% [markdown]
# Three things to do with your hand:
#
# - Drag the point on the chart away from the thick blue line, to the left. The closed orbits turn into spirals.
# - Press *rotation*, and drag the point straight down to the dashed curve, and on through it. On the curve the turning
#   stops: you have made a shear. Below it there is a saddle.
# - Press *rotation* again and push $t$ to the right. At $t = \pi$ the dot at the bottom falls off a tooth: the flag goes on
#   turning, but the *logarithm* has jumped. By the end of this lesson you will know why.

# %% [markdown]
# ## A group with a clock
#
# So far we have moved points, functions and policies by one group element at a time. Now we ask how the elements hang
# together. The rotations are a whole continuum of matrices, one for each angle, and yet they feel like *one* thing,
# turning, done for a longer or shorter time. We now make this precise.
#
# A **one-parameter subgroup** is a family of group elements $g(t)$, one for each time $t$, with
#
# $$g(s + t) = g(s)\, g(t), \qquad g(0) = I.$$
#
# In words: moving for time $t$ and then for time $s$ is moving for time $s + t$, and moving for no time does nothing.
# We also ask that $g(t)$ depends continuously on $t$, so that the clock never makes the elements jump.


# %%
def rotation(t):
    return np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])


print(np.abs(rotation(0.7 + 0.4) - rotation(0.7) @ rotation(0.4)).max())

# %% [markdown]
# ## The velocity at time zero
#
# Follow one point $p$ on its way $t \mapsto g(t)\,p$ and ask for its velocity as it sets off:
#
# $$\frac{d}{dt}\, g(t)\, p\,\Big|_{t=0} = W p, \qquad W = g'(0).$$
#
# But is there a velocity? We only asked for continuity. There is, and it is a nice trick to see it: smear $g$ out over
# a short time $h$. By the law above
#
# $$\int_0^h g(t + s)\, ds = g(t)\, A, \qquad A = \int_0^h g(s)\, ds,$$
#
# and for small $h$ the matrix $A$ is invertible, since $A/h$ is near $g(0) = I$. So $g(t)$ is an integral from $t$ to
# $t + h$, times a fixed matrix $A^{-1}$, and an integral of a continuous function can be differentiated by its limits.
#
# The matrix $W$ is the **generator**. It gives every point $p$ of the plane a velocity $Wp$: a **velocity field**,
# the grey arrows in the widget. For the rotation, let us differentiate by a small difference:

# %%
h = 1e-6
print(((rotation(h) - rotation(-h)) / (2 * h)).round(6) + 0.0)

# %% [markdown]
# This matrix is called $J = \begin{pmatrix}0 & -1\\ 1 & 0\end{pmatrix}$. It turns an arrow by 90°, and that is as it
# should be: on a circle, the velocity stands at right angles to the radius. In the package it is `lie.J`.
#
# Look at the columns. $W e_1$ is the velocity at $(1, 0)$, $W e_2$ the velocity at $(0, 1)$. These are the two orange
# arrows in the widget. *Two velocities fix the whole field*, as the field is linear.

# %% [markdown]
# ## Exercise 02.1 · Find the generator
#
# With pencil and paper, or with your head: what is the generator of this one-parameter group?
#
# $$g(t) = e^{-t/2}\begin{pmatrix}\cos 2t & -4 \sin 2t\\ \tfrac14 \sin 2t & \cos 2t\end{pmatrix}$$

# %% tags=["exercise", "02.1"]
generator = ...  # a 2 × 2 matrix: [[ , ], [ , ]]

# %% tags=["solution", "02.1"]
# By the product rule and the chain rule.
# At t = 0 the derivative of e^(-t/2) is -1/2, that of cos 2t is 0, that of sin 2t is 2.
generator = [[-1 / 2, -8], [1 / 2, -1 / 2]]

# %% tags=["check"]
course.check("02.1", generator)

# %% [markdown]
# ## And back: small steps
#
# Now the other way. Only $W$ is given. How do we find where a point is at time $t$?
#
# Walk. At every moment the point's velocity is $W$ times where it is, $p'(t) = W p(t)$. Cut the time into $N$ short
# steps of length $t/N$, and go straight during each one. A step is $p \mapsto \big(I + \tfrac{t}{N} W\big) p$, so $N$
# of them are the power $\big(I + \tfrac{t}{N} W\big)^N$.

# %%
course.figure(
    plots.euler_polygons(lie.J, start=[1.0, 0.0], time=2 * np.pi, steps=[8, 16, 64, 256]),
    alt="Left: straight steps along the rotation field leave the circle outwards; with 8 steps far, with 256 hardly. "
    "Right: the distance from the true end falls as one over the number of steps.",
)

# %% [markdown]
# The polygon runs outside of the circle, since each straight step leaves along the tangent. Once the steps are short,
# twice as many of them halve the error. The limit, where the way is smooth, is called the **matrix exponential**:
#
# $$\exp(tW) = \lim_{N\to\infty}\Big(I + \frac{t}{N} W\Big)^N = I + tW + \frac{t^2}{2!} W^2 + \frac{t^3}{3!} W^3 + \dots$$
#
# It is the flow of the field: $\exp(tW)\,p$ is where the point $p$ is after time $t$. The series on the right is the
# one you know from numbers, and it always converges. Its terms first grow, then the factorials win. (In the package,
# `lie.exp` computes the exponential.)

# %%
t, partial, term = 2 * np.pi, np.eye(2), np.eye(2)
for k in range(1, 25):
    term = term @ (t * lie.J) / k
    partial = partial + term
    if k % 4 == 0:
        print(f"{k:2d} terms: distance from exp(2πJ) = I is {np.abs(partial - np.eye(2)).max():.1e}")
print("lie.exp:", np.abs(lie.exp(t * lie.J) - np.eye(2)).max())

# %% [markdown]
# So there are two languages for one thing. The group speaks of positions, $g(t) = \exp(tW)$; the generator speaks of
# velocities, $W = g'(0)$. All the generators of a group together, with what we shall do with them below, are its **Lie
# algebra**. The group is curved: the sum of two rotations is in general no rotation. The Lie algebra is a vector
# space: sums and multiples of generators are generators. That is why it is worth the trip.

# %% [markdown]
# ## Exercise 02.2 · Find the planted error
#
# Here is a colleague's code for the small steps. Look at the evidence first: it is right for two generators and wrong
# for two others.


# %%
def faulty_flow(generator, point, time, steps):
    step = time / steps
    for _ in range(steps):
        point = point + step * (point @ generator)
    return point


cases = {
    "saddle": [[1, 0], [0, -1]],
    "scaling": [[0.5, 0], [0, 0.5]],
    "rotation": lie.J,
    "shear": [[0, 1], [0, 0]],
}
for name, matrix in cases.items():
    matrix, start = np.array(matrix, dtype=float), np.array([1.0, 0.5])
    away = np.abs(faulty_flow(matrix, start, 1.0, 10_000) - lie.exp(matrix) @ start).max()
    print(f"{name:9s} off by {away:.4f}")

# %% [markdown]
# Write the right one. It gets a generator of shape `(2, 2)`, a point of shape `(2,)`, a time and a number of steps,
# and returns where the point ends after so many straight steps, each with the velocity at its start. (The exact flow is
# no answer: the check wants to see the error of few steps as well.)


# %% tags=["exercise", "02.2"]
def flow(generator, point, time, steps):
    """Follow the field p ↦ Wp in straight steps."""
    ...  # your code here


# %% tags=["solution", "02.2"]
def flow(generator, point, time, steps):
    """Follow the field p ↦ Wp in straight steps."""
    # The faulty code took pᵀW, which is Wᵀp: no difference for a symmetric W, the wrong way round for a rotation.
    step = time / steps
    for _ in range(steps):
        point = point + step * (generator @ point)
    return point


# %% tags=["check"]
course.check("02.2", flow)

# %% [markdown]
# ## What a generator of the plane can do
#
# Four numbers make a generator, but only few kinds of pictures come out. Split $W$ into a multiple of the identity
# and a rest without trace:
#
# $$W = \tfrac{\operatorname{tr} W}{2}\, I + W_0, \qquad \operatorname{tr} W_0 = 0.$$
#
# The first part scales everything alike. It commutes with every matrix, so the exponential of the sum is a product,
# $\exp(tW) = e^{t \operatorname{tr} W/2} \exp(tW_0)$. For the rest, multiply it out: a $2\times 2$ matrix with trace
# 0 has the square
#
# $$W_0^2 = -\det(W_0)\, I .$$
#
# So in the series of $\exp(tW_0)$ all even powers are multiples of $I$, all odd ones of $W_0$. The sums are old
# friends, and the sign of $\det W_0$ decides which:

# %% [markdown]
# | | with $\omega = \sqrt{\lvert\det W_0\rvert}$ | name | the flow |
# |---|---|---|---|
# | $\det W_0 > 0$ | $\exp(tW_0) = \cos(\omega t)\, I + \tfrac{\sin \omega t}{\omega}\, W_0$ | **elliptic** | turns |
# | $\det W_0 < 0$ | $\exp(tW_0) = \cosh(\omega t)\, I + \tfrac{\sinh \omega t}{\omega}\, W_0$ | **hyperbolic** | stretches |
# | $\det W_0 = 0$, $W_0 \ne 0$ | $\exp(tW_0) = I + t\, W_0$ | **parabolic** | shears |
#
# If $W_0 = 0$, nothing is left but scaling. And $\det W_0$ needs no splitting: it is
# $\det W - (\operatorname{tr} W)^2/4$. In the widget's chart, $\det W_0 = 0$ is the dashed parabola.

# %%
kinds = {
    "rotation": [[0, -1], [1, 0]],
    "spiral": [[-0.3, -1], [1, -0.3]],
    "saddle": [[1, 0], [0, -1]],
    "node": [[1, 0], [0, 0.3]],
    "shear": [[0, 1], [0, 0]],
}
course.figure(
    plots.planar_flows(kinds),
    alt="Orbits of five generators: circles (elliptic), inward spirals (elliptic), a saddle and an outward node (both "
    "hyperbolic), and parallel lines in opposite directions on the two sides of an axis (parabolic).",
)

# %% [markdown]
# A word of care: a *node* has a positive determinant and is hyperbolic all the same, because it is $\det W_0$ that
# counts. Let us trust the table only after a test, on an arbitrary matrix:

# %%
W = np.array([[0.5, -1.4], [0.9, -0.25]])
t = 1.7
W0 = W - np.trace(W) / 2 * np.eye(2)
omega = np.sqrt(np.linalg.det(W0))
by_hand = np.exp(t * np.trace(W) / 2) * (np.cos(omega * t) * np.eye(2) + np.sin(omega * t) / omega * W0)
print("by the table:", by_hand.round(6).tolist())
print("(I + tW/N)^N:", np.linalg.matrix_power(np.eye(2) + t / 10**6 * W, 10**6).round(6).tolist())
lie.planar_type(W)

# %% [markdown]
# ## Exercise 02.3 · Predict the type
#
# Predict first, run afterwards. Which type has each of these generators: "elliptic", "hyperbolic" or "parabolic"?
# And which *one* of them has a flow that returns, so that every point comes back to where it was?
#
# $$A = \begin{pmatrix}0 & -4\\ 1 & 0\end{pmatrix}\quad
# B = \begin{pmatrix}3 & -1\\ 1 & 1\end{pmatrix}\quad
# C = \begin{pmatrix}3 & 1\\ 0 & 1\end{pmatrix}\quad
# D = \begin{pmatrix}-1 & -1\\ 2 & -1\end{pmatrix}$$

# %% tags=["exercise", "02.3"]
prediction = {"A": ..., "B": ..., "C": ..., "D": ..., "returns": ...}

# %% tags=["solution", "02.3"]
# By the sign of det W - (tr W)² / 4.
# It is 4, 0, -1 and 2. A has trace 0; D turns too, but shrinks with every turn.
prediction = {"A": "elliptic", "B": "parabolic", "C": "hyperbolic", "D": "elliptic", "returns": "A"}

# %% tags=["check"]
course.check("02.3", prediction)

# %% [markdown]
# ## Compact or not
#
# Why do we care whether a flow returns? Later, an agent will *search* for the group element that carries one task to
# another. If the flow returns, the search runs over one period and is done. If not, the search may run away to
# infinity and never know.
#
# The group $\{\exp(tW)\}$ is **compact** exactly when $\operatorname{tr} W = 0$ and $\det W > 0$ (or $W = 0$): it
# turns, without growing. Then it returns with the period $2\pi/\sqrt{\det W}$. This is the thick blue line in the
# chart. The line has no width: nudge the trace, and the return is lost.
#
# Turning need not mean circles. The widget's *ellipse* is compact as well:

# %%
ellipse = np.array([[0.0, -1.5], [0.5, 0.0]])
kind = lie.planar_type(ellipse)
print(kind)
print(lie.exp(kind.period * ellipse).round(12) + 0.0)

# %% [markdown]
# ## A compact group keeps a length
#
# A rotation keeps the length of every arrow. The ellipse's group does not keep the *usual* length, but it does keep
# another: $\lVert p \rVert_P = \sqrt{p^T P p}$, with a matrix $P$ of its own. To find $P$, take the usual length as
# every group element sees it, and average over the whole group:
#
# $$P = \text{average of } g^T g \text{ over all } g.$$
#
# The average exists since the group is compact. No element $h$ changes it: $h^T P h$ is the average of $(gh)^T (gh)$,
# and $gh$ runs once through the whole group as $g$ does, so $h^T P h = P$.

# %%
times = np.linspace(0, kind.period, 100, endpoint=False)
g = lie.exp(times[:, None, None] * ellipse)
P = (g.swapaxes(-1, -2) @ g).mean(axis=0)
P = P * 2 / np.trace(P)
print("P =", (P.round(6) + 0.0).tolist())
print("changed by the group:", np.abs(g.swapaxes(-1, -2) @ P @ g - P).max())

# %% [markdown]
# The package finds $P$ with no average, as the solution of $W^T P + P W = 0$ (differentiate $g(t)^T P g(t) = P$ at
# $t = 0$). For a shear there is none: it pulls points apart without bound.

# %%
for name, matrix in {"ellipse": ellipse, "shear": [[0, 1], [0, 0]]}.items():
    print(name, lie.LieAlgebra([matrix]).invariant_inner_product())

# %% [markdown]
# ## Turning about another point
#
# A goal is seldom at the origin. Rotations about a point $c$ move the origin, so no $2 \times 2$ matrix does them. In
# the homogeneous coordinates of lesson 01 they are matrices $\begin{pmatrix}L & b\\ 0 & 1\end{pmatrix}$, and they have
# generators, too. These are derivatives of such matrices, so their last row is zero:
# $\begin{pmatrix}A & b\\ 0 & 0\end{pmatrix}$ gives $p$ the velocity $A p + b$. A pure shift has $A = 0$.

# %%
shift = np.array([[0.0, 0.0, 2.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
print(lie.exp(shift) + 0.0)

# %% [markdown]
# ## Exercise 02.4 · Turn about a point
#
# Write the generator of the rotations about $c$, counter-clockwise, with period $2\pi$. Ask yourself: which velocity
# must the point $c$ itself have? (`lie.J` is $J$.)


# %% tags=["exercise", "02.4"]
def generator_about(centre):
    """Return the 3 × 3 generator of the rotations about centre, an array of shape (2,)."""
    ...  # your code here


# %% tags=["solution", "02.4"]
def generator_about(centre):
    """Return the 3 × 3 generator of the rotations about centre, an array of shape (2,)."""
    generator = np.zeros((3, 3))
    generator[:2, :2] = lie.J
    # The centre stands still: J c + b = 0.
    generator[:2, 2] = -lie.J @ centre
    return generator


# %% tags=["check"]
course.check("02.4", generator_about)

# %% [markdown]
# In the package this is `lie.rotations_about(c)`. Its generator is the same as $J$, carried to $c$ by the shift
# $S$ that takes the origin to $c$: $W_c = S\, W_{\text{origin}}\, S^{-1}$. Such a pair is called **conjugate**: the
# same motion, seen from another place. ($W \mapsto S\, W S^{-1}$ is the **adjoint action** of $S$ on generators.)
# Conjugate, but not equal. The paper keeps the two apart: rotations about the origin carry one task to another,
# rotations about a goal leave that one task as it is.

# %%
c = np.array([1.0, 2.0])
S = np.array([[1, 0, c[0]], [0, 1, c[1]], [0, 0, 1]])
origin = lie.rotations_about([0.0, 0.0]).basis[0]
print(np.abs(S @ origin @ np.linalg.inv(S) - lie.rotations_about(c).basis[0]).max())
print(lie.exp(np.pi / 2 * lie.rotations_about(c).basis[0]) @ [2, 2, 1])

# %% [markdown]
# ## The way back: the logarithm
#
# Given a group element $g$, which velocity leads there in time 1? A matrix $X$ with $\exp(X) = g$ is called a
# **logarithm** of $g$. Two things can go wrong: there may be too many, and there may be none.
#
# **Too many.** Turning by 400° leads where turning by 40° leads. A group element has forgotten how often it went
# round. The **principal** logarithm is the answer with the least turning, between −180° and 180°. That is the saw in
# the widget: `log exp(tW)` is $tW$ up to half a turn, then it jumps.

# %%
for degrees in (40, 179, 181, 400):
    turned = lie.exp(np.radians(degrees) * lie.J)
    print(f"turned by {degrees}°, log finds {np.degrees(lie.log(turned)[1, 0]):.1f}°")

# %% [markdown]
# At exactly half a turn, +180° and −180° fit equally well. No rule of mathematics prefers one, so software has to
# choose, and *document* it: `lie.log` returns $+\pi$. (Outside of the rotations there are still more answers: with $\pi
# J$, every $\pi\, S J S^{-1}$ is a logarithm of $-I$.) This is no rare corner. A base task with its goal at −18° and a
# new task at 162° are half a turn apart. General software may do something else there. SciPy's logarithm of this
# rotation is not even real:

# %%
import scipy.linalg

half_turn = lie.exp(np.pi * lie.J)
print("lie.log:", lie.log(half_turn).round(4).tolist())
print("scipy:  ", scipy.linalg.logm(half_turn).round(4).tolist())

# %% [markdown]
# SciPy is not wrong: $i\pi I$ is a logarithm of $-I$. But it is no velocity of a real point.
#
# **None.** Is every matrix with positive determinant an exponential, as every positive number is? Try
# $\operatorname{diag}(-1, -2)$:

# %%
try:
    lie.log([[-1, 0], [0, -2]])
except ValueError as error:
    print(error)

# %% [markdown]
# The rule for matrices of any size: a real logarithm exists exactly when the matrix is invertible and every Jordan
# block of a negative eigenvalue occurs an even number of times. If you do not know Jordan blocks: in the plane this
# says that a negative eigenvalue is allowed only if it comes twice, with two independent eigenvectors.
#
# Why? Suppose $g v = \lambda v$ with $\lambda < 0$, and $g$ has no other eigenvectors for $\lambda$ than the multiples
# of $v$. If $g = \exp(X)$, then $X$ commutes with $g$, so $g\,Xv = X g v = \lambda\, Xv$. Hence $Xv$ is a multiple of
# $v$ as well, $Xv = \mu v$ with a real number $\mu$. But then $g v = e^{\mu} v$, and $e^\mu$ is positive. A
# contradiction. The matrix $-I$ escapes: its eigenvectors fill the plane, $X$ may turn them into each other, and $\pi
# J$ does.

# %% [markdown]
# ## Exercise 02.5 · Design a counterexample
#
# The matrices with determinant exactly 1 form a group without gaps: every one of them can be reached from $I$ by a
# continuous path. Is each of them the exponential of something? Design a matrix of determinant 1 that has *no* real
# logarithm. Many answers are right.

# %% tags=["exercise", "02.5"]
counterexample = ...  # a 2 × 2 matrix: [[ , ], [ , ]]

# %% tags=["solution", "02.5"]
# One of many answers.
# Two different negative eigenvalues whose product is 1. Another answer, with one eigenvector: [[-1, 1], [0, -1]].
counterexample = [[-2, 0], [0, -1 / 2]]

# %% tags=["check"]
course.check("02.5", counterexample)

# %% [markdown]
# Near $I$ every group element is an exponential. Farther away one may not be enough, even in a group without gaps (a
# *connected* group), but a *product* of exponentials always is. Here two suffice, a half turn and a stretch:
#
# $$\begin{pmatrix}-2 & 0\\ 0 & -\tfrac12\end{pmatrix} = \exp(\pi J)\,
# \exp\begin{pmatrix}\ln 2 & 0\\ 0 & -\ln 2\end{pmatrix}.$$
#
# In a connected group that is also **compact**, one exponential is always enough. This is the second gift of
# compactness, and one reason why the paper wants it.

# %%
print((lie.exp(np.pi * lie.J) @ lie.exp(np.diag([np.log(2), -np.log(2)]))).round(12) + 0.0)

# %% [markdown]
# ## Several generators: the bracket
#
# So far, one generator at a time. With two, $X$ and $Y$, a new question comes up: does the order matter? Carry a point
# a little along $X$, a little along $Y$, back along $X$, back along $Y$. If order did not matter, it would be where it
# began. In general a small gap stays, of second order in the size $\varepsilon$ of the steps.
#
# Which product is this walk? The point goes to $e^{\varepsilon X} p$ first, then to $e^{\varepsilon Y} e^{\varepsilon
# X} p$: what is done first stands on the *right*. So the whole walk is
#
# $$e^{-\varepsilon Y} e^{-\varepsilon X} e^{\varepsilon Y} e^{\varepsilon X} \approx I - \varepsilon^2\,[X, Y],
# \qquad [X, Y] = XY - YX.$$
#
# $[X, Y]$ is the **bracket**. With a minus sign it is the generator of the gap. (Multiply the four series out and
# keep the terms up to $\varepsilon^2$: the first order cancels, and $YX - XY$ is what remains of the second.)

# %% [markdown]
# Now sit in a car that can turn on the spot and drive, but not slide sideways. Turn left a little, drive a little,
# turn back, drive back. Where are you? The car's position and heading are a rigid motion $g$, the one that carries it
# there from the origin. "Drive" means along the car's *own* axis, wherever that points by now. So a new move is not
# done to the plane after $g$. It is done in the frame of the car, and $g$ becomes $g\, e^{\varepsilon Y}$: what is
# done *first* stands on the left:
#
# $$e^{\varepsilon X} e^{\varepsilon Y} e^{-\varepsilon X} e^{-\varepsilon Y} \approx I + \varepsilon^2\,[X, Y].$$
#
# The same four moves, and the sign is turned round. Here are both, with turn for $X$ and drive for $Y$:

# %%
turn, drive, sideways = lie.se(2).basis
for size in (0.5, 0.1, 0.02):
    first, second, third, fourth = (lie.exp(size * W) for W in (turn, drive, -turn, -drive))
    walks = {"point": fourth @ third @ second @ first, "car": first @ second @ third @ fourth}
    gaps = {name: (walk[:2, 2] / size**2).round(3).tolist() for name, walk in walks.items()}
    print(f"size {size:4.2f}: gap / size² = {gaps}")
print("[turn, drive] is the generator sideways:", np.allclose(lie.bracket(turn, drive), sideways))

# %% [markdown]
# The car has moved to its *left*, although it can do no such thing in one move. Whoever has parked a car knows the
# bracket. The origin of a plane that is turned and shifted as a whole has moved to the right.
#
# So when you read that the bracket is "the gap", ask: moves of the plane, or moves in a moving frame? (For the same
# reason books on vector fields give the *fields* $p \mapsto Xp$ and $p \mapsto Yp$ a bracket that belongs to the walk
# of points: it is the field of $-[X, Y]$.) That there is a gap at all does not depend on the sign.
#
# A **Lie algebra** is a vector space of generators that is closed under the bracket: $[X, Y]$ is in it again. If two
# generators are found in data, their bracket belongs to the Lie algebra of the group as well. `closure()` adds what is
# missing:

# %%
two = lie.LieAlgebra([turn, drive], affine=True)
print(two)
print(two.closure())

# %% [markdown]
# ## Rotations of space
#
# Turn a point on a sphere by 90° about $x$, then by 90° about $z$. Then the same in the other order. (Drag the
# figure with the mouse to turn it.)

# %%
start = np.array([1.0, 0.3, 0.5]) / np.linalg.norm([1.0, 0.3, 0.5])
angles = np.linspace(0, np.pi / 2, 60)[:, None]


def quarter(axis, point):
    return lie.so3_exp(angles * np.eye(3)[axis]) @ point


x_first, z_first = quarter(0, start), quarter(2, start)
plots.sphere_paths(
    {
        "about x, then about z": np.vstack([x_first, quarter(2, x_first[-1])]),
        "about z, then about x": np.vstack([z_first, quarter(0, z_first[-1])]),
    },
    alt="Two paths on a sphere from one point, each of two quarter turns in opposite order; they end far apart.",
)

# %% [markdown]
# They end in different places. The algebra knew it: with $W_1, W_2, W_3$ for the rotations about the three axes,
# $[W_1, W_2] = W_3$, which is not zero. Two of the three generators already make the third.
#
# In the plane, rotations about *one* point all commute, as there is only one generator and $[J, J] = 0$.

# %%
W1, W2, W3 = lie.so(3).basis
print(np.allclose(lie.bracket(W1, W2), W3), lie.LieAlgebra([W1, W2]).closure().dimension)

# %% [markdown]
# ## Bent actions, and charts that straighten them
#
# All this needs matrices. What if a group moves the plane by maps that are *not* linear? Sometimes they are linear
# in disguise. A **chart** is a map $\varphi$ of the states onto an open set, smooth and with a smooth inverse. The
# action is **linearizable** if in some chart every element is a matrix:
#
# $$\varphi(L_g s) = M_g\, \varphi(s).$$
#
# Here is a plane that was bent, and rotations in it. Seen from the states, it is a mess of squares and powers:


# %%
def bend(p):  # φ
    return np.stack([p[..., 0], p[..., 1] - 0.4 * p[..., 0] ** 2], axis=-1)


def unbend(q):  # its inverse
    return np.stack([q[..., 0], q[..., 1] + 0.4 * q[..., 0] ** 2], axis=-1)


course.figure(
    plots.charted_orbits(bend, unbend, lie.J, start=[[0.5, 0.1], [1.0, 0.4], [1.5, 0.9]]),
    alt="Left: three closed orbits like bent eggs on a grid of parabolas. Right: in the chart the same orbits are "
    "circles on a square grid.",
)

# %% [markdown]
# ## How to find a chart: average
#
# Suppose we do not know $\varphi$. We only have the action, and a point that it leaves alone, the origin. Near the
# origin an element $L_g$ looks like its derivative there, the matrix $M_g$; by the chain rule $M_{gh} = M_g M_h$. Now
# average over the group:
#
# $$\varphi(s) = \text{average over } g \text{ of } M_g^{-1}\, L_g s.$$
#
# In words: go with $L_g$, come back with the matrix; where the two disagree, take the mean. Its derivative at the
# origin is the average of $M_g^{-1} M_g = I$, so near the origin $\varphi$ is invertible. And it straightens the
# action, in one line: write $k = gh$, which runs once through the group as $g$ does, so that $M_g^{-1} = M_h
# M_k^{-1}$. Then
#
# $$\varphi(L_h s) = \operatorname*{average}_g\, M_g^{-1} L_{gh}\, s
# = \operatorname*{average}_k\, M_h M_k^{-1} L_k\, s = M_h\, \varphi(s).$$
#
# Let us try it on two bent planes: the one above, with a square in it, and one with a cube.


# %%
def bend_by_cube(p):
    return np.stack([p[..., 0], p[..., 1] - 0.4 * p[..., 0] ** 3], axis=-1)


def unbend_by_cube(q):
    return np.stack([q[..., 0], q[..., 1] + 0.4 * q[..., 0] ** 3], axis=-1)


def averaged(chart, s):
    """Average M⁻¹ L s over sixty rotations, as they act on a plane that was bent by a chart."""
    all_angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    elements = [actions.ChartedAction(*chart, lie.so2_exp(angle)) for angle in all_angles]
    return np.mean([np.linalg.inv(g.jacobian([0.0, 0.0])) @ g(s) for g in elements], axis=0)


s = np.array([0.9, -0.6])
for name, chart in {"square": (bend, unbend), "cube": (bend_by_cube, unbend_by_cube)}.items():
    L = actions.ChartedAction(*chart, lie.so2_exp(1.0))
    found, found_moved = averaged(chart, s), averaged(chart, L(s))
    defect = np.abs(found_moved - L.jacobian([0.0, 0.0]) @ found).max()
    print(f"{name}: φ(s) {found.round(4)}, put in {chart[0](s).round(4)}, φ(L s) − M φ(s) {defect:.0e}")

# %% [markdown]
# In both planes the average makes the rotation a matrix, up to rounding. For the square it even *is* the map that bent
# the plane; for the cube it is another one. The first is luck: a square that is turned back has three factors that are
# sines or cosines, and the average of an odd number of them over all angles is zero. A cube has four. In general
# nobody can find the map that was put in, because a chart is not unique: a map that commutes with all the $M_g$, done
# after a chart, gives a chart that is just as good.
#
# What you have seen is the proof of **Bochner's theorem** (1945), run as a program: *a smooth action of a compact group
# can be made linear by a chart, near every point that the whole group leaves alone.*
#
# Mind its limits. It speaks of a neighbourhood of a *fixed point*, not of the whole space. It needs *compact*:
# without it there is nothing to average over. Its relative, the **Mostow–Palais theorem**, reaches farther: a compact
# group (with finitely many kinds of orbits) acts on the whole space as matrices would, once the space has been placed
# suitably inside a larger vector space. That is an embedding into more dimensions, not a chart.

# %% [markdown]
# ## Without compactness: a chart by luck, or none
#
# Can shifts $p \mapsto p + b$ be linear in disguise? They have no fixed point, and every matrix leaves 0 alone. So a
# chart *whose image holds 0* cannot do it: the state that it sends to 0 would be a fixed point. But the image need not
# hold 0. Which function turns sums into products?

# %%
p, b = np.array([0.7, -1.2]), np.array([2.0, 1.0])
print("φ(p + b) − M φ(p):", np.exp(p + b) - np.diag(np.exp(b)) @ np.exp(p))

# %% [markdown]
# The chart $\varphi(x, y) = (e^x, e^y)$ makes each shift a diagonal matrix. Its image is the quadrant where both
# coordinates are positive. So "linearizable" is no full sentence; say *on which domain, and onto what*.
#
# Is every action linear in some chart, then? Here is the **twist**, the flow of the field $X(p) = \lVert p\rVert^2 J
# p$. It turns the circle of radius $r$ about the origin at the speed $r^2$:
#
# $$L_t\, p = \exp\!\big(t \lVert p\rVert^2 J\big)\, p.$$
#
# It looks as tame as the rotations. It leaves the origin alone, and every other orbit is a circle. Guess: is there a
# chart about the origin that makes it linear?


# %%
def twist(t, p):
    return (lie.so2_exp(t * np.square(p).sum(axis=-1)) @ p[..., None])[..., 0]


print("twist for 0.4, then 0.7, against 1.1:", np.abs(twist(0.7, twist(0.4, s)) - twist(1.1, s)).max())
for t in (1.0, 10.0):
    derivative = actions.numerical_jacobian(lambda p, t=t: twist(t, p), [0.0, 0.0]).round(6) + 0.0
    print(f"t = {t:4.1f}: derivative at 0 {derivative.tolist()}, s moves to {twist(t, s).round(3)}")
radii = np.array([[1.0, 0.0], [1.2, 0.0]])
print(
    "after time 2π the circles of radius 1 and 1.2 are at", (twist(2 * np.pi, radii).round(3) + 0.0).tolist()
)

# %% [markdown]
# There is none. At the origin the derivative of $L_t$ is $I$, for every $t$. If $\varphi$ were a chart about the
# origin with $\varphi(L_t s) = M_t\, \varphi(s)$, differentiate both sides there: $d\varphi_0 = M_t\, d\varphi_0$,
# hence $M_t = I$. But then $\varphi(L_t s) = \varphi(s)$, so $L_t s = s$, and nothing would move.
#
# Bochner's theorem does not say otherwise, since the group is not compact: circles of different radii come back at
# different times, and no $t$ other than 0 brings all of them back. Look at the last line of output.

# %% [markdown]
# ## Key points
#
# - A one-parameter group $\exp(tW)$ is the flow of the velocity field $p \mapsto Wp$. Differentiate at $t = 0$ to get
#   $W$; walk in small steps, or use the exponential, to get back.
# - In the plane, $\det W_0 = \det W - (\operatorname{tr} W)^2/4$ tells the type: elliptic turns, hyperbolic stretches,
#   parabolic shears. The group is compact, and returns, exactly when $W = 0$, or $\operatorname{tr} W = 0$ and
#   $\det W > 0$.
# - A compact group keeps an inner product. In a connected compact group every element is one exponential.
# - A logarithm forgets whole turns; half a turn has two answers among the rotations, and a documented choice. A negative
#   eigenvalue that is not paired forbids a real logarithm.
# - Rotations about $c$ have the generator $\begin{pmatrix}J & -Jc\\ 0 & 0\end{pmatrix}$ in homogeneous coordinates.
# - The bracket $[X, Y] = XY - YX$ measures by how much order matters. A point that goes along $X$, $Y$ and back moves by
#   $-\varepsilon^2 [X, Y]\, p$, to second order; in a moving frame, such as a car's, the sign is plus.
# - Some nonlinear actions are linear in a chart. For a compact group near a fixed point there always is one: average.
#   Otherwise there may be one (shifts, onto a quadrant) or none (the twist, about its fixed point).
#
# What comes from the paper: that task families are sought among actions which are linearizable, connected and compact.
# The mathematics of this lesson is classical. The exercises, the closed forms and the averaging run are the
# workbook's own.
#
# ## Further reading
#
# - J. Stillwell, *Naive Lie Theory*, Springer, 2008: matrix groups with little more than calculus and linear algebra.
# - B. C. Hall, *Lie Groups, Lie Algebras, and Representations*, 2nd edition, Springer, 2015: the exponential and the
#   logarithm of matrices, chapters 2 and 3.
# - M. W. Hirsch, S. Smale and R. L. Devaney, *Differential Equations, Dynamical Systems, and an Introduction to
#   Chaos*, 3rd edition, Academic Press, 2013: planar linear systems and the trace-determinant plane.
# - W. J. Culver, *On the existence and uniqueness of the real logarithm of a matrix*, Proceedings of the American
#   Mathematical Society 17, 1966: the rule with the Jordan blocks.
# - S. Bochner, *Compact groups of differentiable transformations*, Annals of Mathematics 46, 1945: the average.
# - G. D. Mostow, *Equivariant embeddings in Euclidean space*, Annals of Mathematics 65, 1957; R. S. Palais, *Imbedding of
#   compact, differentiable transformation groups in orthogonal representations*, Journal of Mathematics and Mechanics 6,
#   1957: the embedding.
# - N. J. Higham, *Functions of Matrices: Theory and Computation*, SIAM, 2008: how exponentials and logarithms are
#   computed.
# - P. Nitschke and S. Talebi, *Hereditary Geometric Meta-RL: Nonlocal Generalization via Task Symmetries*, 2026,
#   [arXiv:2603.00396](https://arxiv.org/abs/2603.00396).
#
# ## Next
#
# A generator says how points move. The rewards of a task do not move: they have level sets, along which nothing
# changes. When does a flow stay inside them? That question is *linear* in $W$:
# [lesson 03](03_level_sets.ipynb) asks it, and answers it from samples.
