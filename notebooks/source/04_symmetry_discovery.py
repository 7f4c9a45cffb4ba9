# %% [markdown]
# # 04 · Differential versus functional symmetry discovery; the closed form
#
# **Two walkers look for the same symmetry, on two different landscapes. Run the next cell, drag the white circle and
# press *Play*. One of them is done before the other is on its way. And the star was there before either had started.**
#
# **You will be able to** write down the functional and the differential loss of a generator; measure how fast, and how
# reliably, descent on each finds a symmetry; explain the difference by conditioning; name what misleads either loss;
# find the whole symmetry algebra with one singular value decomposition, and say what "yes", "no" and "undecided"
# mean when the question is whether a function is symmetric.
# **Prerequisites** lessons 01 to 03: generators, exp, level sets, normals from samples; gradient descent; singular
# values. **Minutes** 75 · **Run time** {{run_time}}

# %%
import numpy as np

from hgmrl_lite import course, descent, discovery, lie, plots
from hgmrl_lite.widgets import DescentRace

DescentRace()

# %% [markdown]
# Every point of the two pictures is a matrix: $W = J + uI + vD$, with
#
# $$J = \begin{pmatrix}0&-1\\1&0\end{pmatrix},\quad I = \begin{pmatrix}1&0\\0&1\end{pmatrix},\quad
# D = \begin{pmatrix}1&0\\0&-1\end{pmatrix}.$$
#
# $J$ turns the plane, $uI$ makes it grow, $vD$ stretches it. The function is $f(p) = -\lVert p\rVert$, a reward with
# its goal in the middle. Only $J$, the star, leaves it alone. Light means a small loss.
#
# - Press *Play*. How many steps does each walker need until $W$ is within 1° of $J$?
# - Pull *Step* to 300 and drag the white circle. Where on the right does the walker get stuck, and where not?
# - Change to $f = -\lVert p\rVert^2$. Which of the two pictures changes?
# - Choose the slice $W = uD + vJ$. The dotted line is made of right answers. What is special about its middle?

# %% [markdown]
# ## Two ways to say "symmetry"
#
# Lesson 03 ended with two statements that mean the same. The flow of $W$ keeps the value of $f$:
# $f(\exp(tW)\,p) = f(p)$. Or: at every point, the velocity $Wp$ lies in the kernel distribution $D^f_p$, the directions
# in which $f$ does not change. Each of them can be made into a **loss**, a number that is small when $W$ is nearly a
# symmetry. The **functional loss** takes a random point, follows the flow for a random time, and looks at the change.
# With $\mathbb{E}$ for the mean over all of them:
#
# $$\ell_{\text{fun}}(W) = \mathbb{E}_{p,\,t}\,\bigl|f(\exp(tW)\,p) - f(p)\bigr|, \qquad t \text{ uniform in } [0, 2\pi].$$
#
# The **differential loss**, the paper's, has two parts. The first is the part of $Wp$ that sticks out of $D^f_p$. In the
# plane $D^f_p$ is a line with a unit normal $n$, and that part is $|n \cdot Wp|$. It says "$W$ is a symmetry". The
# second is the part of $D^f_p$ that sticks out of the line through $Wp$. With the unit vector $u = Wp/\lVert Wp\rVert$
# it is $|n \cdot u|$:
#
# $$\ell_{\text{diff}}(W) = \mathbb{E}_p\,\bigl(|n\cdot Wp| + |n\cdot u|\bigr).$$
#
# What does the second part add? In space $D^f_p$ is a plane, one generator gives a single line in it, and the second
# part says how much of the plane is missing: "$W$ is *all* of the symmetry". In our plane two lines are compared. There
# the second part is the first one divided by the speed $\lVert Wp\rVert$. Apart from $W = 0$ both are zero for the same
# $W$; the difference is that the second part does not shrink with $W$. Keep that in mind for the section on $W = 0$.
#
# Read them once more and look for $W$. In the first loss it sits inside an exponential, inside $f$. In $n\cdot Wp$ it
# stands alone: that expression is *linear* in $W$, and $t$ is gone.


# %%
def distance(p):
    return -((p[..., 0] ** 2 + p[..., 1] ** 2) ** 0.5)


points = np.random.default_rng(0).normal(size=(5000, 2))
normals = points / np.linalg.norm(points, axis=1, keepdims=True)  # exact: circles about the origin
W = np.array([[0.3, -0.5], [1.0, 0.2]])
p = np.array([1.0, 0.5])
n = p / np.linalg.norm(p)
for scale in (1, 2, 3):
    change = distance(lie.exp(scale * W) @ p) - distance(p)
    print(f"{scale} W:   n · Wp = {n @ (scale * W @ p):6.3f}      f(exp(W)p) − f(p) = {change:7.3f}")

# %% [markdown]
# The column $n\cdot Wp$ goes up in equal steps. The other one bends. We will come back to that; first, the race.

# %% [markdown]
# ## Exercise 04.1 · The functional loss
#
# Write the functional loss for given points of shape `(N, 2)` and times of shape `(N,)`: move each point by its own
# $\exp(t_i W)$, take the change of $f$, and average its size. `f` takes points in rows.


# %% tags=["exercise", "04.1"]
def functional_loss(generator, f, points, times):
    """Return the mean of |f(exp(t_i W) p_i) − f(p_i)|."""
    ...  # your code here


# %% tags=["solution", "04.1"]
def functional_loss(generator, f, points, times):
    """Return the mean of |f(exp(t_i W) p_i) − f(p_i)|."""
    elements = lie.exp(times[:, None, None] * generator)
    moved = (elements @ points[:, :, None])[:, :, 0]
    return np.abs(f(moved) - f(points)).mean()


# %% tags=["check"]
course.check("04.1", functional_loss)

# %% [markdown]
# ## The race: sixteen starts
#
# One start proves little. Now $W$ is free in all four entries, and there are 16 random starts, each entry uniform in
# $[0, 1]$. The optimiser is **Adam**, a gradient descent that divides each step by the recent size of the gradient.
# Each step looks at 64 of the points. Both losses get the same starts, the same points and the same number of steps.
# We watch the angle between $W$ and the line of all multiples of $J$, and note the step at which it is first below 1°.
# The angle is for us only. No loss knows $J$.

# %%
race = {"steps": 1200, "reference": lie.J, "stop_below_deg": 1.0}  # stop when all runs have been below 1°
differential = descent.descend(descent.Differential(points, normals), **race)
differential

# %%
functional = descent.descend(descent.Functional(points, distance), **race)
functional

# %%
course.figure(
    plots.descent_angles({"differential": differential, "functional, f = −‖p‖": functional}),
    alt="Angle to the truth against the step, both logarithmic, sixteen runs each. The differential runs fall together "
    "and cross one degree near step 100; the functional runs fan out, and two or three do not cross within 1200 steps.",
)

# %% [markdown]
# On the left the runs fall together; on the right each run behaves differently. Two numbers say it: the median number of
# steps, and its **spread** over the starts, the standard deviation. How large is the advantage? That depends on the
# learning rate and on $f$:


# %%
def square(p):
    return -(p[..., 0] ** 2 + p[..., 1] ** 2)


faster = {**race, "learning_rate": 0.1}
quick = descent.descend(descent.Differential(points, normals), **faster)
slow = descent.descend(descent.Functional(points, distance), **faster)
slower = descent.descend(descent.Functional(points, square), **race | {"steps": 600})

# %%
for name, first, second in (
    ("−‖p‖,  learning rate 0.01", differential, functional),
    ("−‖p‖,  learning rate 0.1 ", quick, slow),
    ("−‖p‖², learning rate 0.01", differential, slower),
):
    medians = [run.quartiles()[1] for run in (first, second)]
    # A run that has not arrived counts with all its steps.
    spreads = [np.std(np.minimum(run.steps_to(), run.steps)) for run in (first, second)]
    print(
        f"{name}:  median {medians[0]:.0f} against {medians[1]:.0f} steps, ratio {medians[1] / medians[0]:.1f};"
    )
    print(
        f"{'':28}spread {spreads[0]:.0f} against {spreads[1]:.0f}; {second.reached()} of 16 functional runs arrive"
    )

# %% [markdown]
# (`inf` stands for "never": more than half of the runs had not arrived when the steps were used up, and then the
# spread means nothing.)
#
# How much of the first ratio is the luck of sixteen starts? Draw sixteen of the runs again, with replacement, and
# compute the ratio of the medians anew; do that 2000 times:

# %%
again = np.random.default_rng(0).integers(16, size=(2000, 16))
medians = [np.median(run.steps_to()[again], axis=1) for run in (functional, differential)]
low, high = np.quantile(medians[0] / medians[1], [0.025, 0.975], method="nearest")
print(f"−‖p‖, learning rate 0.01: 95 % of the ratios are between {low:.1f} and {high:.1f}")

# %% [markdown]
# The paper reports that differential discovery converges "an order of magnitude" faster and with lower variance. Our
# measurements agree in direction, and the lower variance is plain. The factor is no constant of nature:
#
# - It depends on the *starts*: see the interval above.
# - It depends on *f and the learning rate*: see the table. Where the table says `inf`, longer runs are needed. With up to
#   30 000 steps (`python -m benchmarks descent`, sixteen starts) we measured 3 for $-\lVert p\rVert$ and 9 for
#   $-\lVert p\rVert^2$ at the learning rate 0.00045; at 0.01, with up to 10 000 steps, 3 and 39, and of the last
#   sixteen runs three did not arrive.
#
# So quote the *protocol* with the factor: which $f$, which learning rate, which starts.

# %% [markdown]
# ## Exercise 04.2 · Predict: which loss notices?
#
# In the table above, $f$ changed from $-\lVert p\rVert$ to $-\lVert p\rVert^2$. Which loss changed with it, as a
# function of $W$? Answer `"differential"`, `"functional"`, `"both"` or `"neither"`.

# %% tags=["exercise", "04.2"]
notices = ...

# %% tags=["solution", "04.2"]
# Both functions have circles as level sets, so the normals are the same. The values are not.
notices = "functional"

# %% tags=["check"]
course.check("04.2", notices)

# %% [markdown]
# ## Why: the shape of the valley
#
# Descent is fast in a round valley and slow in a canyon. **Conditioning** measures which one it is. Ask how strongly
# the residuals $r$ (what stands inside $|\cdot|$) answer to a small change of $W$ in each direction: the
# **Gauss-Newton matrix** $\mathbb{E}\,[(\partial r/\partial W)^T (\partial r/\partial W)]$ collects the answers, and its
# largest eigenvalue over its smallest is the **condition number**. 1 is a round bowl. (At the truth both
# losses have a kink, so they have no Hessian there.) The direction of $W$ itself is left out: $W$ and $2W$ are the same
# answer. Here it is on a mesh of generators around $J$, in the slice of the widget.

# %%
ticks = np.linspace(-0.6, 0.6, 11)
u, v = np.meshgrid(ticks, ticks)
mesh = lie.J + u[..., None, None] * np.eye(2) + v[..., None, None] * np.diag([1.0, -1.0])
losses = {
    "differential": descent.Differential(points, normals),
    "functional": descent.Functional(points, distance),
}
conditions = {name: descent.gauss_newton_condition(loss, mesh, samples=1500) for name, loss in losses.items()}
course.figure(
    plots.condition_meshes(conditions, ticks, ("growth u", "stretch v")),
    alt="Two maps of the condition number around J, one colour scale. The differential one is near 2 everywhere; the "
    "functional one is about 57 at J and rises to about 300 where u is positive and v large.",
)

# %% [markdown]
# About 2 everywhere, against about 57 at $J$ and up to 300 in the corners. Where do the 57 come from? Let $W$ err by a
# little *growth*. Along the flow the error piles up: after a time $t$ it has reached $t$ times its size. Let $W$ err by
# a little *stretch*. Now what one quarter turn adds, the next one takes away: it never piles up. The functional loss
# mixes all times up to $2\pi$, so it feels the first error much more than the second. For circles the ratio can be
# worked out; it is $16\pi^2/3 \approx 52.6$, and the figure differs from it by the chance of its 1500 samples. The
# differential loss looks at one instant only, and nothing piles up.
#
# There is a second reason, and it is visible far from $J$. There $\exp(tW)$ *explodes*, and the loss with it:

# %%
for name, run in (("differential", differential), ("functional", functional)):
    low, middle, high = np.quantile(run.loss[0], [0, 0.5, 1])
    print(f"{name:12} loss at the starts: least {low:.2f}, median {middle:.2f}, largest {high:.2f}")

# %% [markdown]
# Adam divides by the recent size of the gradient, and forgets only slowly, in about a thousand steps. One explosion at
# the beginning, and the steps stay tiny for a long time. See it in the widget: run the first cell again, choose $f =
# -\lVert p\rVert^2$ and pull *Step* to 2000. The orange walker is still more than 10° away from $J$. The blue one was
# within 1° after fewer than 100 steps.

# %% [markdown]
# ## $W = 0$, a trap
#
# $\exp(t\cdot 0)$ is the identity. It changes nothing, so the functional loss of $W = 0$ is exactly zero; and so is the
# first part of the differential loss. But it tells us nothing about $f$: every function has this "symmetry". Therefore we
# keep an eye on the norm $\lVert W\rVert$ of every run. The remedy is to descend on the **unit sphere**
# $\lVert W\rVert = 1$.

# %%
unit = {"steps": 400, "normalisation": "unit", "reference": lie.J}
for free, loss in zip((differential, functional), losses.values(), strict=True):
    least, most = free.norm[-1].min(), free.norm[-1].max()
    sphere = descent.descend(loss, **unit)
    print(f"{free.name:12} free: {free.reached()} of 16 arrive, ‖W‖ ends between {least:.2f} and {most:.2f}")
    print(f"{'':12} on the unit sphere, {sphere.steps} steps: {sphere.reached()} of 16 arrive")

# %% [markdown]
# A start has a norm of about 1. All free runs have shrunk, the functional ones the most: a smaller $W$ is an easy gain.
# On the sphere this way out is closed, and the functional loss is slower still. The differential loss hardly minds.
#
# Another remedy suggests itself: divide $|n\cdot Wp|$ by $\lVert Wp\rVert$, so that the loss no longer knows the length
# of $W$. In the plane both parts are then $|n\cdot u|$, and the loss is $2\,\mathbb{E}\,|n\cdot u|$. What do you expect?

# %% [markdown]
# ## Divided by the speed, the loss has a plateau ★
#
# (This section is our observation; the paper does not discuss it.) We give the divided loss 256 starts and 800 steps.
# The plain loss gets the same starts. For each sign of the determinant of the *start* we count the runs that come
# below 1°, with a 95 % interval for their share.

# %%
from scipy.stats import binomtest

plain = descent.descend(losses["differential"], runs=256, **race)
relative = descent.Differential(points, normals, relative=True)
divided = descent.descend(relative, runs=256, steps=800, reference=lie.J)
determinants = np.linalg.det(divided.path)  # at every step, of every run
print(f"plain loss: {plain.reached()} of 256 arrive within {plain.steps} steps")
for steps in (400, 800):
    arrived = divided.steps_to() <= steps
    for sign, chosen in (("det W < 0", determinants[0] < 0), ("det W > 0", determinants[0] > 0)):
        count, number = int(arrived[chosen].sum()), int(chosen.sum())
        low, high = binomtest(count, number).proportion_ci(method="wilson")
        share = f"{count:3} of {number} = {count / number:.0%} [{low:.0%}, {high:.0%}]"
        print(f"divided loss, {steps} steps, start with {sign}: {share} arrive")
    late = determinants[steps][~arrived] < 0
    print(f"{'':26}of the {late.size} others, {late.sum()} have det W < 0 now")

# %% [markdown]
# The plain loss finds $J$ from every start. Divided, it loses most of the runs, and the sign of the determinant at the
# start tells little about which. The last line of each block tells more: nearly all runs that have not arrived have a
# negative determinant *now*, wherever they started. Something collects them there. What?
#
# Turn the coordinates suitably, and every $2 \times 2$ matrix is
#
# $$W = aI + bJ + cD, \qquad c \ge 0,$$
#
# *growth* $a$, *turn* $b$ and *stretch* $c$. At the point $p = (\cos\theta, \sin\theta)$ the velocity $Wp$ has the part
# $a + c\cos 2\theta$ along the normal and the part $b - c\sin 2\theta$ along the circle. Draw these two numbers as a
# point. While $p$ goes round, the point runs evenly around a circle of radius $c$ about $(a, b)$. And $|n \cdot u|$ is
# the $|\cos|$ of the direction in which you see that point from the origin.
#
# Are you at the origin inside that circle or outside? You are inside if $a^2 + b^2 < c^2$. Since
# $\det W = a^2 + b^2 - c^2$, that means $\det W < 0$. Now school geometry helps: two lines that cross *inside* a circle
# at an angle $\delta$ cut two arcs out of it, and these two arcs together measure $2\delta$, wherever the lines cross. So
# if you are inside, you see the point equally often along every line through you, wherever you stand. The mean of
# $|\cos|$ over all directions is $2/\pi$. The loss is $4/\pi \approx 1.2732$ for **every** $W$ with a negative
# determinant:

# %%
angle = (np.arange(20_000) + 0.5) * 2 * np.pi / 20_000
circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
for W in np.random.default_rng(4).normal(size=(6, 2, 2)):
    velocity = circle @ W.T
    cosines = (circle * velocity).sum(axis=1) / np.linalg.norm(velocity, axis=1)
    print(f"det W = {np.linalg.det(W):5.2f}   divided loss {2 * np.abs(cosines).mean():.4f}")

# %% [markdown]
# That is a **plateau** in the strict sense: no slope at all, if the points are spread evenly over all directions (ours
# are, up to chance). Here is the whole landscape. The divided loss knows only
# $|a|$, $|b|$ and $c$, up to a common factor. That is a point on a sphere, and we look at the sphere from above.

# %%
course.figure(
    plots.divided_landscape(divided),
    alt="Two quarter discs, growth to the right and turn upwards; the loss is 0 at the star J on top, 2 at the right "
    "corner, and one even grey within the dashed quarter circle det W = 0. Left, the starts: many within the dashed line, "
    "many right of it. Right, after 800 steps: nearly all runs that have not arrived lie within the dashed line, most "
    "near its right half; the others are at the star.",
)

# %% [markdown]
# Two things happen.
#
# **Who starts outside may slide onto it.** Follow the shades from the right corner. Downhill is the way up to the star,
# and downhill is also the way to the left, onto the plateau. A start with much growth and little turn follows both slopes
# at once, and it is lost if it reaches the dashed line first. Where there is clearly more turn than growth, the ground
# is lower than the plateau, and the slope leads away from it.
#
# **Who is on it wanders.** The slope of the loss is zero, but a step sees only 64 of the points, and *their* slope is
# not. Adam divides it by its own size, so that the run makes steps of full size in random directions. A random walk has
# a signature: in four times as many steps it gets twice as far.

# %%
for steps in (12, 50, 200, 800):
    on_it = (determinants[: steps + 1] < 0).all(axis=0)
    moved = np.linalg.norm(divided.path[steps] - divided.path[0], axis=(1, 2))[on_it]
    print(
        f"{steps:4} steps: the {on_it.sum()} runs that were never off the plateau moved by {np.median(moved):.3f}"
    )

# %% [markdown]
# So a run does leave the plateau in the end, by luck: if it stumbles over the upper part of the edge, it is on its way to
# $J$. The share of arrivals above grows with the steps for this reason.
#
# Why has the plain loss no such trouble? Averaged over the circle, $|n\cdot Wp|$ is the mean of
# $|a + c\cos 2\theta|$. The turn $b$ does not occur in it. If there is any turn to begin with, descent shrinks growth and
# stretch and leaves the turn alone, until the origin is outside the circle. (As a function of $W$ this part is convex.)

# %% [markdown]
# ## Exercise 04.3 · Design a start that slides, and one that does not
#
# A start with a negative determinant is on the plateau from the beginning. Is a positive determinant safe? Give two
# starts with determinants of at least 0.1 and entries from 0 to 1. On the divided loss, each gets 16 runs of 400 steps,
# and each run has batches of its own. From the first start at most 2 runs should arrive, from the second at least 14.

# %% tags=["exercise", "04.3"]
starts = (..., ...)  # the one that slides, the one that arrives: [[ , ], [ , ]], [[ , ], [ , ]]

# %% tags=["solution", "04.3"]
# The first has growth 0.95, turn 0 and stretch 0.5; the second has growth 0.5 and turn 0.5, with stretch 0.5.
starts = ([[1.0, 0.5], [0.5, 0.9]], [[0.5, 0.0], [1.0, 0.5]])

# %% tags=["check"]
course.check("04.3", starts)

# %% [markdown]
# ## No iteration at all ★
#
# Everything from here to the end of the lesson goes beyond the paper. Back to the middle column: $n_i \cdot W p_i$ is
# linear in $W$. Ask that it be zero at every sample, and you have one homogeneous linear equation a sample for the four
# entries of $W$. There is nothing to descend on. Write out the sum, $n\cdot Wp = \sum_{jk} n_j p_k\, W_{jk}$: the
# coefficients of equation $i$ are the four products of an entry of $n_i$ with an entry of $p_i$. Stack them into a
# matrix $A$ with $N$ rows. The symmetries are the null space of $A$, and a **singular value decomposition** finds it:
# singular values near zero, and their right singular vectors. All symmetries together are a Lie algebra, the **symmetry
# algebra** of $f$. (A null space for the generators of a trained network was computed in this way by Moskalev and others,
# *LieGG*, 2022; here the data take the network's place.)

# %%
A = (normals[:, :, None] * points[:, None, :]).reshape(len(points), 4)
_, singular_values, right = np.linalg.svd(A, full_matrices=False)
print("singular values / √N:", (singular_values / np.sqrt(len(points))).round(4))
right[-1].reshape(2, 2).round(6) + 0.0

# %% [markdown]
# One zero, and its vector is a multiple of $J$. No start, no learning rate, no seed. And look at the other three
# values: they say that nothing else is even nearly a symmetry. Descent cannot tell you that.

# %% [markdown]
# ## Exercise 04.4 · The closed form, by hand
#
# Make a function of it: from points and normals, both of shape `(N, 2)`, return the generator of norm 1 that fits
# best. Try it on level sets that are no circles: the check does.


# %% tags=["exercise", "04.4"]
def null_generator(points, normals):
    """Return the W of norm 1 with the smallest sum of (n_i · W p_i)²."""
    ...  # your code here


# %% tags=["solution", "04.4"]
def null_generator(points, normals):
    """Return the W of norm 1 with the smallest sum of (n_i · W p_i)²."""
    A = (normals[:, :, None] * points[:, None, :]).reshape(len(points), 4)
    return np.linalg.svd(A, full_matrices=False)[2][-1].reshape(2, 2)


# %% tags=["check"]
course.check("04.4", null_generator)

# %% [markdown]
# ## Dimension, centre, verdict
#
# The package does the same with more care (open `hgmrl_lite/discovery`; the files are short). It takes *values* of
# $f$, and estimates gradients as in lesson 03. It allows affine generators, $p \mapsto Ap + b$, so that nobody has to
# tell it where the goal is: six unknowns in place of four. It turns each singular value into a **defect**: 0 for a
# symmetry, and $1/\sqrt{2} \approx 0.71$ for a random direction of the plane. The error of the gradients would add to it.
# So the package splits the samples into two random halves and multiplies a gradient from one half by one from the
# other: the errors are independent, and on average their product is 0. Here with a goal at $(0.3, -0.2)$ and noise on
# every value, 1 % of their standard deviation:

# %%
goal = np.array([0.3, -0.2])
values = distance(points - goal)
noisy = values + 0.01 * values.std() * np.random.default_rng(1).normal(size=len(values))
found = discovery.discover(points, noisy)
found

# %% [markdown]
# Read it from the top. The **dimension** is the number of defects near 0: one. The **centre** is the point that the
# generator leaves in place, $Wc = 0$ in homogeneous coordinates; the goal was never an input. The first line, on
# whether the function is **symmetric**, is a **verdict**; we come to it below. Against the truth, and against the clock:

# %%
import time

begun = time.process_time()
found = discovery.discover(points, noisy)
seconds = time.process_time() - begun
angle = np.degrees(lie.principal_angles(found.generators, lie.rotations_about(goal)))[0]
off = np.linalg.norm(found.centre - goal)
print(f"closed form: {seconds:.2f} s, angle to the true generator {angle:.3f}°, centre off by {off:.5f}")
for run in (differential, functional):
    print(f"{run.name} descent: {run.seconds:.2f} s, with exact values or normals and a known centre")

# %% [markdown]
# ## Exercise 04.5 · Know the dimension you expect
#
# A number is worth more if you know what to expect. What is the dimension of the affine symmetry algebra of
# $-\lVert p-c\rVert$, of $y^3$, of $x\,y$ and of $-(x^4+y^4)^{1/4}$, in this order? Find the fields $p \mapsto Ap + b$
# that run along the level sets, before the next figure tells.

# %% tags=["exercise", "04.5"]
dimensions = (..., ..., ..., ...)

# %% tags=["solution", "04.5"]
# Rotation about c; (1, 0), (x, 0) and (y, 0); (x, −y); nothing.
dimensions = (1, 3, 1, 0)

# %% tags=["check"]
course.check("04.5", dimensions)

# %% [markdown]
# ## When the answer should be "no"
#
# Descent always hands you a matrix. Take $f = -(x^4 + y^4)^{1/4}$. Its level sets are squares with rounded corners: no
# continuous family of linear maps keeps them. What does descent make of it?


# %%
def rounded_square(p):
    return -((p[..., 0] ** 4 + p[..., 1] ** 4) ** 0.25)


run = descent.descend(descent.Differential(points, points**3), steps=400, normalisation="unit")
print("loss at the end, median:", np.median(run.loss[-1]).round(2))
run.generators[:3].round(2)

# %% [markdown]
# It converges, to $\pm J$ with norm 1, at a loss that is not zero. Is 0.4 small? A single descent gives you nothing to
# compare it with. The spectrum does: it has the other candidates in it.

# %%
functions = {
    "−‖p − c‖": values,
    "exp(−‖p − c‖²)": np.exp(-np.square(points - goal).sum(axis=1)),
    "x y": points[:, 0] * points[:, 1],
    "y³": points[:, 1] ** 3,
    "−(x⁴ + y⁴)^¼": rounded_square(points),
    "sin 2x + ½ cos 3y + 0.3 xy": np.sin(2 * points[:, 0])
    + 0.5 * np.cos(3 * points[:, 1])
    + 0.3 * points.prod(axis=1),
}
spectra = {name: discovery.discover(points, sampled) for name, sampled in functions.items()}
course.figure(
    plots.symmetry_spectra(spectra),
    alt="Defects of the six candidates for six functions. Distance, bump and xy have one defect at 0, y cubed has three; "
    "the rounded square's lowest defect is about 0.2, that of the last function about 0.6: none.",
)

# %% [markdown]
# Each star is a field that the package calls a symmetry, and the number of stars is the dimension. Between the stars
# and the first circle is the **gap**. The rounded square is *nearly* round: its best candidate lies clearly below a
# random direction's 0.71, and clearly above 0. So an agent needs more than numbers. It needs a decision, and it should
# know how often that decision is wrong. The grey bars and the blue band are for that; the next section explains them.

# %% [markdown]
# ## A verdict is a test, and a test can err in two ways
#
# Can samples ever prove that $f$ *is* symmetric? Change $f$ by a little, by less than the noise or only between the
# samples, and you break the symmetry without changing the data. So no finite sample can answer "is this *exactly* a
# symmetry?". It can answer "is this a symmetry *up to so much*?". Then we have to say how much, and of what.
#
# **Of what.** At a point, take the cosine between the gradient of $f$ and the velocity $Wp$. It is 0 where $Wp$ runs
# along the level set. The **defect** of $W$ is the root mean square of this cosine over the law of the data. Angles are
# measured in coordinates in which the data spread equally far in all directions, so that units do not matter. Places
# where the gradient or $Wp$ is short count less, because a short arrow has hardly a direction, and so do places where the
# samples tell little about the gradient (`help(discovery.discover)` has the weights).
#
# **How much.** The **tolerance** is the largest defect that we still accept as a symmetry. Data cannot choose it. It
# depends on what the answer is for: how much asymmetry can your agent afford? Is the rounded square symmetric? With a
# generous tolerance yes, with a strict one no, and both answers are right. So a verdict without its tolerance says
# nothing; state both together. `discover(..., tolerance=0.1)` is where ours is stated: the blue band.
#
# From the data we get an estimate of the defect, with a lower and an upper bound, each at 95 % confidence (the grey
# bars). They come from doing the estimate again and again, with the signs of the residuals and the weights of the points
# drawn anew. Is $f$ symmetric, then?
#
# - **Yes**, if the *upper* bound is below the tolerance: even the largest defect that the data leave possible is
#   one that we accept;
# - **No**, if the *lower* bound is above the tolerance, for every candidate;
# - **Undecided** otherwise: the tolerance lies between the bounds, or the data are too few or too noisy for any bound,
#   and they support neither answer.
#
# One more choice is in these bounds, the size of the neighbourhoods in which gradients are fitted. Small ones are noisy.
# Large ones smooth the fine bends of $f$ away, and with them whatever asymmetry is in the bends. So the package begins
# with the smallest size and enlarges it step by step until one of the rules holds. From the second size on, a claim needs
# the next smaller size to agree. Bends that are finer than the neighbourhoods behind the verdict are not seen;
# `found.resolution` is their radius, in standard deviations of the data.
#
# The first rule turns the usual test round. A usual test assumes the symmetry and keeps it until the data refute it. So
# few or noisy data refute nothing, and everything looks symmetric. Here the symmetry has to be *shown*. In statistics
# this is an **equivalence test**, known from the question whether two drugs act alike (Schuirmann, 1987).
#
# There are two errors. A **false yes** accepts a defect above the tolerance: the agent will carry a policy
# along a map that does not fit. A **false no** overlooks a symmetry, be it exact or within the tolerance: the agent
# will learn again what it could have inherited. If the bounds keep their promise, each error happens in at most about
# one of twenty data sets. "Undecided" is neither of the two. It is the right answer to too few data, and it tells you
# what to do next: collect more.
#
# More samples bring the two bounds together. They should turn "undecided" into one of the other answers, and should make
# neither error more frequent. If a method gets *worse* with more samples, then its bounds are not bounds: an error that
# is no noise (a fit too coarse for a fine ripple, say) stays while the interval shrinks around it. Only a defect exactly
# at the tolerance stays undecided for ever.

# %% [markdown]
# ## What differential information cannot see
#
# The equation $n\cdot Wp = 0$ knows level sets, and no more. Four things are hidden from it.
#
# **Orientation and speed.** If $W$ solves it, so do $-W$ and $3W$: a *line* of answers, and no arrow on it.
#
# **Reflections.** $f = -\lVert p\rVert$ is also kept by mirrors. A mirror has the determinant $-1$, and
# no $\exp(tW)$ has, so no generator tells of it.
#
# **Single elements.** The rounded square is kept by quarter turns, although its algebra is zero. A generator stands for
# a *continuous* family; a finite symmetry has none.
#
# **Increasing changes of the reward.** $f$ and $g(f)$ with increasing $g$ have the same level sets, so the same
# answer:

# %%
for name, change in (
    ("f", lambda f: f),
    ("f + 5", lambda f: f + 5),
    ("exp(f)", np.exp),
    ("f³", lambda f: f**3),
):
    same = discovery.discover(points, change(values))
    print(f"{name:7} symmetric: {same.verdict}, dimension {same.dimension}, centre {same.centre.round(4)}")

# %% [markdown]
# Is that good or bad? Both. Two tasks whose rewards differ in units, or by any increasing change, can still be
# recognised as related. But such a change need *not* keep the best policy. Let an episode end at the goal, and let
# every step cost the distance. Add 5 to every reward: now each step pays, and the best policy is *not* to arrive. A
# match of level sets is evidence for a map between tasks. It is not yet a licence to carry a policy along.

# %% [markdown]
# ## Key points
#
# - The functional loss compares values after a random time; the differential loss compares directions at once. In the
#   plane, and apart from $W = 0$, they have the same exact solutions; their landscapes are very different.
# - Differential descent is faster and steadier (the paper's finding). How much faster depends on $f$, the learning
#   rate and the starts: we measured between 3 and about 40 times.
# - The reason is conditioning, 2 against $16\pi^2/3 \approx 53$ at the truth for circles, and that $\exp(tW)$ explodes
#   away from it.
# - $W = 0$ is a trap: state the normalisation, and look at $\lVert W\rVert$. ★ For circles, dividing by $\lVert
#   Wp\rVert$ makes the loss exactly flat where $\det W < 0$. Starts from elsewhere slide onto this plateau, and leave
#   it only by the luck of the batches.
# - ★ The constraint is linear: one singular value decomposition gives the whole algebra, with dimension and centre.
# - ★ A verdict is a test with two error rates, and means something only together with its tolerance. "Undecided" is an
#   answer.
# - Hidden from differential information: orientation, speed, reflections, single elements, increasing changes of $f$.
#
# What comes from the paper: both losses, and the finding that the differential one is faster with lower variance. What
# goes beyond it: the explanation by conditioning, the plateau, the closed form, the verdict, and all figures of this
# lesson, which
# are measured in this notebook or, for the long runs, by `python -m benchmarks descent`.
#
# ## Further reading
#
# - P. Nitschke and S. Talebi, *Hereditary Geometric Meta-RL: Nonlocal Generalization via Task Symmetries*, 2026,
#   [arXiv:2603.00396](https://arxiv.org/abs/2603.00396): differential and functional discovery.
# - D. P. Kingma and J. Ba, *Adam: A Method for Stochastic Optimization*, ICLR 2015,
#   [arXiv:1412.6980](https://arxiv.org/abs/1412.6980): the optimiser of this lesson.
# - J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd edition, Springer, 2006: conditioning, and the
#   Gauss-Newton matrix of least squares.
# - G. H. Golub and C. F. Van Loan, *Matrix Computations*, 4th edition, Johns Hopkins University Press, 2013: the
#   singular value decomposition and null spaces.
# - A. Moskalev, A. Sepliarskaia, I. Sosnovik and A. Smeulders, *LieGG: Studying Learned Lie Group Generators*, NeurIPS
#   2022, [arXiv:2210.04345](https://arxiv.org/abs/2210.04345): generators as the null space of a trained network.
# - D. J. Schuirmann, *A comparison of the two one-sided tests procedure and the power approach for assessing the
#   equivalence of average bioavailability*, Journal of Pharmacokinetics and Biopharmaceutics 15, 1987: the equivalence
#   test.
# - J. Yang, R. Walters, N. Dehmamy and R. Yu, *Generative Adversarial Symmetry Discovery*, ICML 2023: symmetry
#   discovery by another kind of descent.
#
# ## Next
#
# So far there was one function and its own symmetry. An agent has many tasks. What relates one task to *another* is a
# map as well, and these maps can form a group of their own: the hereditary geometry. It need not be a symmetry of any
# single task. Which maps may relate tasks, and what must they not break on the way?
# [Lesson 05: hereditary geometry](05_hereditary_geometry.ipynb).
