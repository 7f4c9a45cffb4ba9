# %% [markdown]
# # 08 · Beyond the plane: goals on a globe, and a bent world
#
# **Run the next cell, and wait until the `*` beside it becomes a number: the first time an agent is trained, on one
# goal. Then drag the test goal over the globe, around the back too, and turn the globe itself. The policy follows you
# everywhere. In the plane one number said which new task it is. How many numbers does the agent need here? Write your
# guess down before you read on.**
#
# **You will be able to** read the dimension of a group off singular values, and say which data would have given another
# one; compute what two generators generate; say which training goals teach an agent the whole globe, and which only a
# circle; tell what the stabiliser of the base task leaves open, and why that costs no regret; name the rotations
# that serve at the antipode; see from the report when a system has less symmetry than its tasks; find a chart from
# motion alone, and tell by a round of commands when there is none.
# **Prerequisites** lessons 05 to 07: hereditary geometry, left actions and their logarithms, regret. The bracket from
# lesson 02. **Minutes** 60 · **Run time** {{run_time}}

# %%
from dataclasses import replace

import numpy as np

from hgmrl_lite import agents, course, envs, hereditary, lie, meta, plots
from hgmrl_lite.envs.sphere import Space
from hgmrl_lite.widgets import GoalDrag

family = envs.sphere()
agent = meta.meta_train(family, seed=0)
GoalDrag(agent, family)

# %% [markdown]
# ## The puzzle
#
# The world of this globe is a point $s$ in space, with three coordinates. An action $a$ is a displacement of
# length at most 1, and the point moves by a tenth of it: $T(s, a) = s + 0.1\,a$, with a little noise. Episodes start
# near the centre. A goal $c$ is a point of the unit sphere, and the reward is $-\lVert s' - c\rVert$, as in the plane.
# Only the space is larger.
#
# These are the four training goals. Turn the globe with the mouse.

# %%
base_goal = family.base_task
marked = {"base goal": base_goal[None]}
for number, goal in enumerate(family.train[1:], start=1):
    marked[f"training goal {number}"] = goal[None]
plots.sphere_paths(
    marked,
    alt="A globe with four marks: the base goal near the top, a training goal on the side near the equator, one near "
    "the bottom, and another near the top.",
)

# %% [markdown]
# How many numbers does the agent need? There is something to say for *two*: longitude and latitude name every goal. For
# *three*: a rotation of space has an axis, which takes two numbers, and an angle. And for *more*: nobody told the agent
# that it is rotations, and there are nine numbers in a $3\times 3$ matrix.
#
# The agent explored each training task with random actions, 5000 transitions each, and looked for a group that relates
# the tasks. It is told no goal, no group and no dimension. (It also trained its base policy, on the base goal alone.)

# %%
geometry = agent.geometry
geometry

# %% [markdown]
# *Dimension: 3*, in the first line. Did you guess it? Do not believe it yet. The four training tasks gave the agent
# three rotations, one for each task but the base task. Three matrices, three generators: a method that always returned
# the number of its matrices would say the same. So we look where the number comes from.

# %% [markdown]
# ## A rank that could have been otherwise
#
# For each training task $k$ the agent has found a left action $L_k$: the matrix that carries the base task to task $k$
# (lesson 06). These are rotations of space. The logarithm of a rotation is a **rotation vector** $w_k$: it points along
# the axis, and its length is the angle. Which directions do the three vectors span? Stack them, and look at the
# singular values.


# %%
def rotation_vectors(geometry):
    """Return the rotation vectors of the left actions, one row a task, without the base task's."""
    return lie.so3_log(lie.polar_factor(geometry.left_actions[1:]))


vectors = rotation_vectors(geometry)
print("angles:         ", np.degrees(np.linalg.norm(vectors, axis=1)).round(1))
print("singular values:", np.linalg.svd(vectors)[1].round(2))

# %% [markdown]
# Two large ones, and one that is next to nothing. The three vectors lie in a *plane*. So the rank is not the number of
# matrices. But it is not 3 either! Where does the third dimension come from?
#
# First, why a plane? Look at the angles between the vectors and the base goal:

# %%
directions = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
print("degrees from the base goal:", np.degrees(np.arccos(directions @ base_goal)).round(0))

# %% [markdown]
# All axes stand at right angles to the base goal. Think of the shortest flight from one city to another. It follows a
# great circle. The plane of that circle holds both cities, so the axis is at right angles to both. The agent has taken
# the *smallest* rotation to each goal, so all their axes lie in the plane at right angles to the base goal. No number of
# training goals can change that. What is missing is the axis through the base goal itself.

# %%
times = np.linspace(0.0, 1.0, 40)[:, None]
flights = {"base goal": base_goal[None]}
for number, vector in enumerate(vectors, start=1):
    flights[f"to training goal {number}"] = lie.so3_exp(times * vector) @ base_goal
plots.sphere_paths(
    flights,
    alt="Three paths on the globe, all from the base goal, each a piece of a great circle that ends at a training goal.",
)

# %% [markdown]
# ## Order matters
#
# Can rotations about two axes make a rotation about a third one? Take a point on the $x$ axis. Turn it by a quarter
# about $x$ and then by a quarter about $y$. Then the same in the other order. Where does it end? Guess both before you
# run the cell.

# %%
about_x, about_y = lie.so3_exp(np.pi / 2 * np.eye(3)[:2])
point = np.array([1.0, 0.0, 0.0])
print("first about x, then about y:", (about_y @ about_x @ point).round(3) + 0.0)
print("first about y, then about x:", (about_x @ about_y @ point).round(3) + 0.0)

# %% [markdown]
# In the plane all rotations commute: the order never mattered. Here it does, and the difference is a motion that
# neither of the two can make alone. To see that motion by itself, make the turns small and undo them: turn by
# $-\varepsilon$ about $y$ and about $x$, then by $\varepsilon$ about $y$ and about $x$. If order did not matter, you
# would be back where you were. What is left?

# %%
for size in (0.5, 0.1, 0.02):
    x, y = lie.so3_exp(size * np.eye(3)[:2])
    left_over = lie.so3_log(x @ y @ x.T @ y.T)
    print(f"ε = {size:4}:  rotation vector / ε² =", (left_over / size**2).round(3) + 0.0)

# %% [markdown]
# A rotation about $z$, by $\varepsilon^2$. You know its name from lesson 02. Call $X$, $Y$ and $Z$ the generators of
# the turns about the three axes. What is left is the **bracket** $[X, Y] = XY - YX$, and here $[X, Y] = Z$. (For
# rotation vectors the bracket is the cross product. Lesson 02 had $-\varepsilon^2 [A, B]$ for "along $A$, along $B$,
# back, back": put $A = -Y$ and $B = -X$.) So an agent that turns about two axes can turn about all. In the words of
# lesson 02, an algebra is **closed** under its bracket. $X$ and $Y$ alone are not closed, because $Z$ is missing.
#
# So stack the vectors again, and add one bracket, that of the first two.

# %%
first, second = lie.so3_hat(vectors[:2])
third = lie.so3_vee(lie.bracket(first, second))
print("singular values:", np.linalg.svd(np.vstack([vectors, third]))[1].round(2))
away = np.degrees(np.arccos(abs(third @ base_goal) / np.linalg.norm(third)))
print(f"the bracket's axis is {away:.0f}° from the line through the base goal")

# %% [markdown]
# Three directions, and the new one is the missing axis. This is what the package does: it takes the span and closes it
# under the bracket. The last line of its report says so:

# %%
print(geometry.report["closed"].text)

# %% [markdown]
# ## Exercise 08.1 · What two generators generate
#
# Write it for matrices of any size: given generators of shape `(k, n, n)`, return the dimension of the smallest algebra
# that holds them, a whole number. The matrices here have no noise, so singular values are zero up to rounding, or
# clearly not zero. For rotations of space one round of brackets is enough. In $\mathbb R^4$ it may not be: go on until
# nothing new comes.


# %% tags=["exercise", "08.1"]
def algebra_dimension(generators):
    """Return the dimension of what generators (k, n, n) span, closed under the bracket."""
    ...  # your code here


# %% tags=["solution", "08.1"]
def algebra_dimension(generators):
    """Return the dimension of what generators (k, n, n) span, closed under the bracket."""
    n = generators.shape[-1]
    basis, before = generators, 0
    while True:
        # An orthonormal basis of the span: its matrices stay few, and of one size.
        _, sizes, rows = np.linalg.svd(basis.reshape(-1, n * n), full_matrices=False)
        basis = rows[sizes > 1e-9 * sizes[0]].reshape(-1, n, n)
        if len(basis) == before:
            return before
        before = len(basis)
        brackets = basis[:, None] @ basis[None] - basis[None] @ basis[:, None]
        basis = np.concatenate([basis, brackets.reshape(-1, n, n)])


# %% tags=["check"]
course.check("08.1", algebra_dimension)

# %% [markdown]
# ## Which training goals teach the whole globe?
#
# The dimension came out as 3. Does it ever come out as anything else? Choose other training goals and see. In each of
# these sets, the first goal is the base goal:
#
# - the base goal and *one* other,
# - three goals on a *great circle*: the base goal, turned about an axis at right angles to it,
# - three goals on a *circle of latitude*: the base goal, turned about the $x$ axis, which is not at right angles to it,
# - three goals *anywhere*, not on one great circle,
# - the base goal *three times*.
#
# ## Exercise 08.2 · Predict the dimension
#
# Which dimension does the agent find in each? The agent takes the smallest rotation from the base goal to each of the
# others, and closes under the bracket.

# %% tags=["exercise", "08.2"]
predicted = {
    "the base goal and one other": ...,
    "three on a great circle": ...,
    "three on a circle of latitude": ...,
    "three anywhere": ...,
    "the base goal, three times": ...,
}

# %% tags=["solution", "08.2"]
# On a great circle all axes are one. On a circle of latitude the smallest rotations leave the circle, each about an axis
# of its own; and two different axes have a bracket.
predicted = {
    "the base goal and one other": 1,
    "three on a great circle": 1,
    "three on a circle of latitude": 3,
    "three anywhere": 3,
    "the base goal, three times": 0,
}

# %% tags=["check"]
course.check("08.2", predicted)

# %% [markdown]
# Now measure. First from the true goals, without any noise:

# %%
from hgmrl_lite.course.lesson_08 import generated_dimension, least_rotation  # of the exercises, ready made

sideways = np.cross(base_goal, [0.0, 0.0, 1.0])
sideways /= np.linalg.norm(sideways)
turns = np.radians([0.0, 110.0, -80.0])[:, None]
great_circle = lie.so3_exp(turns * sideways) @ base_goal
latitude = lie.so3_exp(turns * [1.0, 0.0, 0.0]) @ base_goal
sets = {
    "the base goal and one other": family.train[:2],
    "three on a great circle": great_circle,
    "three on a circle of latitude": latitude,
    "three anywhere": family.train[:3],
    "the base goal, three times": np.array([base_goal] * 3),
}
for name, goals in sets.items():
    smallest = [lie.so3_log(least_rotation(base_goal, goal)) for goal in goals]
    print(f"{name:30} {generated_dimension(lie.so3_hat(smallest))}")

# %% [markdown]
# Did the circle of latitude surprise you? Its three goals are images of one another by turns about *one* axis, the $x$
# axis. But the agent takes smallest rotations, and these leave the circle. Madrid and New York have almost the same
# latitude, and the shortest flight between them runs north of it. So the axes differ, and two different axes have a
# bracket, which is the third direction. Only on a great circle are all axes one and the same. (And 2? It never comes:
# no two generators of rotations of space are closed on their own, unless they share the axis.)
#
# And from data, where nobody tells the agent the goals? Here are the two circles, 5000 transitions a task:


# %%
def explored(goals, family=family):
    """Explore the tasks with these goals."""
    return [family.explore(goal, 5000, seed=number) for number, goal in enumerate(goals)]


found = {
    "great circle": hereditary.discover_geometry(explored(great_circle)),
    "circle of latitude": hereditary.discover_geometry(explored(latitude)),
}
for name, one in found.items():
    spectrum = np.linalg.svd(rotation_vectors(one), compute_uv=False)
    print(f"{name:19} singular values {spectrum.round(3)}, dimension {one.dimension}")

# %% [markdown]
# The second singular value decides. On the great circle it is tiny beside the first: an error. On the circle of
# latitude it is far too large for an error. (The package counts a direction when its singular value is above 5 % of the
# largest one, and above four standard errors.)
#
# What is a dimension worth? Give each agent the same base policy and one of the two geometries, and let both meet the
# twenty test goals, which lie all over the globe. They see 20 transitions of each.


# %%
def on_the_globe(agent):
    """Infer each test task from 20 transitions, and measure the regret there."""
    return meta.meta_test(agent, family, episodes=50, seed=0)


results = {name: on_the_globe(replace(agent, geometry=one)) for name, one in found.items()}
for name, result in results.items():
    answers = [one.verdict for one in result.inferences]
    counts = ", ".join(f"{answers.count(word)} {word}" for word in ("yes", "no", "undecided"))
    print(f"{name:19} mean regret {result.regret_by_task.mean():6.2f}   explains the rewards: {counts}")

# %%
around = np.linspace(0.0, 2.0 * np.pi, 181)[:, None]
circles = {
    "great circle": lie.so3_exp(around * sideways) @ base_goal,
    "circle of latitude": lie.so3_exp(around * [1.0, 0.0, 0.0]) @ base_goal,
}
course.figure(
    plots.sphere_map(
        family.test,
        {name: result.regret_by_task for name, result in results.items()},
        {"base goal": base_goal},
        highest=200.0,
        paths=circles,
    ),
    alt="Two maps of the globe with twenty test goals and a dashed circle, on which the training goals lie. After "
    "training on a great circle the regret is small near that circle and large elsewhere; after training on a circle of "
    "latitude it is near zero at every goal, far from the circle as well.",
)

# %% [markdown]
# The training goals lie on the dashed lines. The agent of the great circle has *one* number, and serves the goals near
# its circle. Elsewhere it fails. Its inference says so beforehand: for nineteen goals out of twenty it answers that no
# element of its group explains the rewards. The agent of the circle of latitude has seen goals on one circle as well, no
# more of them and no better ones. But its group is all the rotations of space, because the bracket of two rotations is a
# third. So it serves the whole globe, far off the circle it was trained on.

# %% [markdown]
# ## Three numbers for a goal that has two
#
# *Three* was right, then. What about *two*, longitude and latitude? That was right as well: the group has three
# dimensions, and its goals have two. What does the third one do? Ask which rotations leave the base task as it is.
# Those about the base goal do. They are its **stabiliser** (lesson 01), and they have one dimension: $3 - 1 = 2$.
#
# That has a consequence: the left action is not unique. If $L$ carries the base goal to the new one, then so does $Lh$,
# for every $h$ in the stabiliser. The package calls the number of dimensions that stay open the *freedom*, and takes the
# rotation with the smallest logarithm.

# %%
print("freedom:", geometry.freedom)
goal = family.test[5]
inference = agent.infer(family.explore(goal, 20, seed=0))
apart = np.abs(geometry.action_maps - geometry.left_actions).max()
print(f"entries of K and L of the training tasks differ by {apart:.2f} at most")

# %% [markdown]
# Does it matter which one it takes? Compare. Turn by 90°, 180° and 270° about the base goal first, then carry on with
# the $L$ that was inferred. (An action is a displacement here, so $K_g$ is $L_g$; the agent has found that too, as
# the last line says.) Guess: which of the four policies is best?

# %%
print("twist   ‖log L‖   misses the goal by   regret")
for twist in (0.0, 90.0, 180.0, 270.0):
    h = lie.so3_exp(np.radians(twist) * base_goal)
    L, K = inference.left @ h, inference.right @ h
    size = np.degrees(np.linalg.norm(lie.so3_log(lie.polar_factor(L))))
    played = meta.evaluate(family, agents.TransformedPolicy(agent.base_policy, L, K), [goal]).regret
    half = 1.96 * played.std(ddof=1) / np.sqrt(played.size)
    miss = np.linalg.norm(L @ base_goal - goal)
    print(f"{twist:4.0f}°   {size:6.1f}°   {miss:18.4f}   {played.mean():.2f} ± {half:.2f}")
alone = meta.evaluate(family, agent.base_policy, [goal]).regret.mean()
print(f"the base policy, not carried at all: {alone:.1f}")

# %% [markdown]
# Four different rotations carry the base goal to the same goal, and the four policies are about equally good. They are
# not the *same* policy: each comes to the goal from another side of what the base policy has learned, and a network is
# not exactly symmetric about its goal. That makes a tenth here, which is within the intervals, against nearly two
# hundred for the base policy alone. The *best* policy of the base task walks straight to the goal, and a turn about the
# goal's axis does not change that. With it, all four would be one policy.
#
# Compare this with lesson 07. There an error of the angle beyond 8° was a cliff. Here an "error" of 180° costs nothing,
# because it lies in the stabiliser. So the package's standard error counts only the directions that matter for the
# task.

# %% [markdown]
# ## A goal without *one* smallest rotation
#
# The smallest rotation to a goal is a sensible choice. For one goal on the globe it is no choice at all. Which one?
# Think of flights again: from where you are, to which city do all directions lead equally fast?

# %%
opposite = -base_goal
half_turns = {}
for seed in range(3):
    answer = agent.infer(family.explore(opposite, 20, seed=seed))
    vector = lie.so3_log(lie.polar_factor(answer.left))
    regret = meta.evaluate(family, agent.policy_for(answer), [opposite]).regret.mean()
    angle = np.degrees(np.linalg.norm(vector))
    axis = vector / np.linalg.norm(vector)
    away = np.degrees(np.arccos(axis @ base_goal))
    print(f"context {seed}: {angle:.1f}° about {axis.round(2)}, which is {away:.1f}° from the base goal")
    print(f"    explains the rewards: {answer.verdict}; regret {regret:.2f}")
    half_turns[f"context {seed}"] = lie.so3_exp(times * vector) @ base_goal

# %%
plots.sphere_paths(
    half_turns,
    alt="Three different half circles on the globe, all from the base goal to its antipode.",
)

# %% [markdown]
# The answer is the **antipode**. Three explorations of one and the same task, and three different axes, each at right
# angles to the base goal. Each half turn is as small as the others, and each brings the agent to its goal. Nothing is
# wrong with any of them: they differ by an element of the stabiliser. So the verdict is "yes" all the same, and the
# regret is small.
#
# Lesson 05 said that over a sphere there is no *section*: no choice of one rotation for each goal that never jumps.
# Here the smallest rotation jumps: two goals near the antipode may be neighbours, and their smallest rotations far
# apart. No cleverer choice avoids it, because a sphere cannot be combed (Milnor, 1978). The policy takes no harm:
# on both sides of the jump it reaches its goal.

# %% [markdown]
# ## Exercise 08.3 · At the antipode
#
# In lesson 06 you wrote the smallest rotation between two unit vectors, and opposite ones were not asked. Now they are.
# Return the smallest rotation, of shape `(3, 3)`, that carries `start` to `end`. Where several are equally small,
# return any of them. Useful: `np.cross`, `np.arctan2`, `lie.so3_exp`.


# %% tags=["exercise", "08.3"]
def smallest_rotation(start, end):
    """Return a smallest rotation that carries one unit vector to another, at the antipode too."""
    ...  # your code here


# %% tags=["solution", "08.3"]
def smallest_rotation(start, end):
    """Return a smallest rotation that carries one unit vector to another, at the antipode too."""
    axis = np.cross(start, end)
    sine, cosine = np.linalg.norm(axis), start @ end
    if sine < 1e-9:
        if cosine > 0:
            return np.eye(3)
        # Any axis at right angles will do; cross with the coordinate axis that is least along start.
        axis = np.cross(start, np.eye(3)[np.argmin(np.abs(start))])
    return lie.so3_exp(np.arctan2(sine, cosine) * axis / np.linalg.norm(axis))


# %% tags=["check"]
course.check("08.3", smallest_rotation)

# %% [markdown]
# ## One policy, all over the globe
#
# Now the whole loop, as in lesson 07, with nothing changed but the family. Twenty test goals, 20 transitions of each,
# no gradient step. Beside it stands the base policy alone, in the same noise.

# %%
everywhere = on_the_globe(agent)
alone = meta.evaluate(family, agent.base_policy, episodes=50, seed=0)
print("geometric agent:  ", everywhere)
print("base policy alone:", alone)
aims = np.array([one.left @ base_goal for one in everywhere.inferences])
off = np.linalg.norm(aims - family.test, axis=1)
decided = sum(one.verdict == "yes" for one in everywhere.inferences)
print(f"carried base goal misses the true goal by {np.median(off):.4f} (median), {off.max():.4f} at most")
print(f"{decided} of {len(off)} inferences are decided")

# %%
course.figure(
    plots.sphere_map(
        family.test,
        {"base policy alone": alone.regret_by_task, "geometric agent": everywhere.regret_by_task},
        {"base goal": base_goal, "other training goals": family.train[1:], "antipode": -base_goal},
        highest=200.0,
    ),
    alt="Two maps of the globe with twenty test goals. The base policy's regret grows with the distance from the base "
    "goal, up to about 200 near the antipode; the geometric agent's is near zero everywhere.",
)

# %% [markdown]
# On the left regret grows with the distance from the base goal. On the right it is near zero everywhere. The policy is
# the same network on both maps; only the two matrices around it differ.

# %% [markdown]
# ## When the wind blows
#
# What breaks it? Take the three goals on the circle of latitude, and let a wind blow along the $x$ axis, so that every
# step is pushed by 0.03. The tasks are the same tasks, and their goals the same goals. Without wind the agent found
# three dimensions. How many does it find now?


# %%
class Windy(Space):
    """A point in space, pushed along x in every step."""

    def mean_next_state(self, states, actions):
        """Return T(s, a), with the wind."""
        return super().mean_next_state(states, actions) + np.array([0.03, 0.0, 0.0])


windy = replace(family, system=Windy())
in_wind = hereditary.discover_geometry(explored(latitude, windy))
for name, one in {"still": found["circle of latitude"], "wind": in_wind}.items():
    angles = np.degrees(np.linalg.norm(rotation_vectors(one), axis=1))
    axes = (lie.so3_vee(one.generators_states).round(2) + 0.0).tolist()
    print(f"{name}: dimension {one.dimension}, axes {axes}, angles {angles.round(1)}")

# %% [markdown]
# One dimension, and its axis is the wind's. The rewards have not changed, and the smallest rotations from goal to goal
# would still fit them. But a map between tasks has to be a symmetry of the *system* as well, and a rotation that turns
# the wind is not one. Only the rotations about the wind's axis remain. They carry the three goals to one another by 110°
# and 80°, along the circle of latitude. The angles without wind are smaller, because there the flights leave the
# circle. Tasks inherit their group from the system: this is why the geometry is called *hereditary*.
#
# Now take the base goal and two of the first training goals, in the same wind. A rotation about the wind's axis leaves
# $x$ as it is. Look at the $x$ of the goals. What should an honest agent say?

# %%
lost = hereditary.discover_geometry(explored(family.train[:3], windy))
print("x of base goal, training goals 1 and 2:", family.train[:3, 0].round(2))
for name, one in {"still": agent.geometry, "wind": lost}.items():
    print(
        f"{name}: dimension of the system's symmetries that keep the starts: {one.system.compact.dimension}"
    )
lost.report

# %% [markdown]
# No rotation about the $x$ axis carries the base goal to training goal 1. The agent found the best matrices that it
# could, and then its report says what is wrong with them: above all, they are not *inherited*. The system has one
# dimension of symmetry, where still air has three, and these maps are not in it. So read the report before you carry a
# policy anywhere; `agent.trust` reads it for you.

# %% [markdown]
# ## A bent world
#
# Remember the camera of lesson 05, whose lens bent the plane. You knew that lens, and you gave the package the chart
# that undoes it. Now nobody knows the lens. A point moves in the plane as in the first lessons, and the goals lie on a
# circle, but all that the agent has is what the camera reports: 5000 transitions of each of four tasks.
#
# What does a step look like there? Around each place of a grid, the next cell averages what the actions $(1, 0)$ and
# $(0, 1)$ do.

# %%
camera = envs.lens()
seen = explored(camera.train, camera)
course.figure(
    plots.local_steps({"as the camera shows it": seen}),
    alt="Pairs of arrows at places of a grid. The action (0, 1) points up everywhere. The action (1, 0) points down to "
    "the right on the left, to the right in the middle, and up to the right on the right.",
)

# %% [markdown]
# The action $(0, 1)$ moves the point up, wherever it is. The action $(1, 0)$ moves it down on the left and up on the
# right. So here is a guess for you: will the package find matrices that carry one task to another?

# %%
blind = hereditary.discover_geometry(seen)
for name in ("aligned", "inherited", "linearizable"):
    print(f"{name}: {blind.report[name].verdict}. {blind.report[name].text}")

# %% [markdown]
# It finds none that serves all four tasks. (The mirror that it mentions is there: the lens bends the left and the right
# side alike. But a mirror carries one goal to one other, and not around the circle.) Its last sentence is the one of
# lesson 05: another chart may straighten it. But which one?
#
# Think of what the point does *behind* the lens. It knows nothing of the camera: an action moves it the same way
# everywhere, up to noise. A coordinate $\varphi$ from behind the lens has an **increment** $\varphi(s') - \varphi(s)$
# that depends on the action, and not on the place. So the action predicts it as well as the noise allows. In any other
# coordinate, one and the same action makes different increments in different places, and no function of the action
# predicts them as well.
#
# ## Exercise 08.4 · How well an action predicts a coordinate
#
# Turn this into a number. You get a coordinate's values before each step and after it, arrays of shape `(N,)`, and the
# actions, of shape `(N, m)`. Fit the increments by a constant and the actions. Return the share of the increments'
# variance that the fit predicts: 1 when it tells everything, near 0 when it tells nothing.


# %% tags=["exercise", "08.4"]
def share_predicted(values, next_values, actions):
    """Return which share of the variance of the increments the actions predict."""
    ...  # your code here


# %% tags=["solution", "08.4"]
def share_predicted(values, next_values, actions):
    """Return which share of the variance of the increments the actions predict."""
    increments = next_values - values
    columns = np.column_stack([np.ones(len(actions)), actions])
    left_over = increments - columns @ np.linalg.lstsq(columns, increments)[0]
    return 1.0 - left_over.var() / increments.var()


# %% tags=["check"]
course.check("08.4", share_predicted)

# %% [markdown]
# Now compare some coordinates of what the camera shows. Which two would you take for a chart?

# %%
from hgmrl_lite.course.lesson_08 import predicted_share  # of the exercise, ready made

before, after, acted = (
    np.concatenate([getattr(task, name) for task in seen]) for name in ("states", "next_states", "actions")
)
candidates = {"x": lambda s: s[:, 0], "y": lambda s: s[:, 1], "x²": lambda s: s[:, 0] ** 2}
for k in (0.2, 0.4, 0.6, 0.8, 1.0):
    candidates[f"y − {k} x²"] = lambda s, k=k: s[:, 1] - k * s[:, 0] ** 2
for name, phi in candidates.items():
    print(f"{name:10} {predicted_share(phi(before), phi(after), acted):.3f}")

# %% [markdown]
# The two best are $x$ and $y - 0.6\,x^2$, and the numbers fall off on both sides of 0.6. The rest of their variance is
# noise, which no action predicts. This is the chart of lesson 05, and no reward was looked at.
#
# You found it because the list held it. The package needs no such list. It takes some sixty smooth functions at once, and
# asks which *combinations* of them have the increments that the action predicts best. This is one matrix problem: the
# **canonical correlations** of the increments with functions of the action (Hotelling, 1936). The best two are the
# chart.

# %%
chart = hereditary.find_chart(seen)
chart


# %%
def through(chart, task):
    """Return transitions with their states in a chart."""
    return replace(task, states=chart(task.states), next_states=chart(task.next_states))


course.figure(
    plots.local_steps(
        {"as the camera shows it": seen, "in the chart": [through(chart, task) for task in seen]}
    ),
    alt="Two panels of arrows. As the camera shows it, the action (1, 0) points in other directions in other places. In "
    "the chart both actions make the same two arrows everywhere, at right angles to each other.",
)

# %% [markdown]
# In the chart all places move alike. The second line of the result says how well: the place makes no more than a few
# thousandths of the motion. (Any affine map of the chart would do as well. The package puts the mean start at the
# origin, because a matrix leaves the origin where it is.)
#
# In the chart everything is as it was before. Steps are noisy, so the chart is off by about two percent, as its third line
# says. Rewards are not noisy. `discover_geometry` therefore bends the chart once more, by very little, until the tasks'
# rewards match. It does so only if they nearly matched before, because a chart that may bend at will can hide a wrong
# reward.

# %%
straight = hereditary.discover_geometry(seen, chart=chart)
chart = straight.data.chart
for finding in straight.report.findings:
    print(f"{finding.name}: {finding.verdict}. {finding.text}")
starts = chart.back([[0.3, 0.0], [0.6, 0.0], [0.9, 0.0]])
course.figure(
    plots.charted_orbits(chart, chart.back, straight.generators_states[0], starts),
    alt="Left: three closed, bent orbits in what the camera shows, on a grid of parabolas. Right: in the chart the same "
    "orbits are circles about the origin.",
)

# %% [markdown]
# The group is found, and its orbits are circles in the chart. A policy goes through the chart, too: look at the state in
# the chart, turn it back, leave the chart, ask the base policy, and turn its answer:
#
# $$\pi_g(s) = K_g\,\pi_0\bigl(\varphi^{-1}(L_g^{-1}\varphi(s))\bigr).$$
#
# To save the time of training, $\pi_0$ is here the best policy of the base task. Twenty new goals, 20 transitions of
# each, which regret do you expect?

# %%
base = straight.data.tasks[0]
base_reward = hereditary.RewardModel.fit(base.next_states, base.rewards)
best = camera.reference(camera.base_task)
policies = []
for number, task in enumerate(camera.test):
    context = through(chart, camera.explore(task, 20, seed=100 + number))
    answer = hereditary.infer(
        straight.generators_states,
        base_reward,
        context,
        action_generators=straight.generators_actions,
    )
    policies.append(agents.TransformedPolicy(best, answer.left, answer.right, chart))
print("carried through the chart:", meta.evaluate(camera, policies, episodes=50))
print("base policy alone:        ", meta.evaluate(camera, best, episodes=50))

# %% [markdown]
# One policy serves the whole circle, through a lens that nobody described. With a base policy that is learned, one line
# does all of it: `meta.meta_train(camera, chart=hereditary.find_chart)`.
#
# ## A world that no chart straightens
#
# Is there always a chart? Suppose the motor has a fault as well: it *turns* every step, by an angle that grows from left
# to right. That is a bent world, too. Guess before you go on: is it another lens?
#
# Here is a way to tell. Take the action $(1, 0)$ five times, then $(0, 1)$, $(-1, 0)$ and $(0, -1)$, five times each.
# Where do you end if there is a chart? In the chart you have walked round a square, and you are back. A chart is one to
# one, so you are back in what the camera shows as well.
#
# ## Exercise 08.5 · A round of commands
#
# `step(place, action)` returns the next place, without noise. Walk the round from `start`, with `count` steps on each
# side, and return the end minus the start, an array of shape `(2,)`.


# %% tags=["exercise", "08.5"]
def misses_by(step, start, count):
    """Return how far a round of commands ends from where it began."""
    ...  # your code here


# %% tags=["solution", "08.5"]
def misses_by(step, start, count):
    """Return how far a round of commands ends from where it began."""
    place = start
    for action in ([1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]):
        for _ in range(count):
            place = step(place, np.array(action))
    return place - start


# %% tags=["check"]
course.check("08.5", misses_by)

# %% [markdown]
# Now walk the round behind the lens alone, and with the faulty motor as well. Then let the package look for a chart in the
# second world.

# %%
from hgmrl_lite.course.lesson_08 import closing_error  # of the exercise, ready made

twisted = envs.lens(twist=0.7)
for name, world in {"the lens alone": camera, "lens and faulty motor": twisted}.items():
    off = closing_error(world.system.mean_next_state, np.array([0.3, 0.1]), 5)
    print(f"{name}: after the round, off by {np.linalg.norm(off):.3f}")
hereditary.find_chart(explored(twisted.train, twisted))

# %% [markdown]
# Behind the lens alone the round closes. With the faulty motor it does not: you took the same commands forth and back,
# in another order, and order matters. You have met this on the globe. What is left of a small round is the *bracket*, here
# of the two velocity fields that the actions drive. Where the bracket is not zero, no chart makes both fields constant
# (and where it is zero everywhere, one does, at least near each place: Lee, 2013).
#
# So the verdict is *no*. The package returns the best chart it found all the same, and says that the place still makes
# about 3 % of the motion in it. An agent that works in this chart passes that on: `agent.trust` says no. (This fault is
# not the twist of lesson 05. That was one flow, which no chart makes *linear*; here are two, which no chart makes
# *constant* together.)

# %% [markdown]
# ## Key points
#
# - Beyond the plane the dimension of the group is a finding. It is the rank of the logarithms, closed under the bracket,
#   and it could have been otherwise: 0, 1 and 3 all occur, by the choice of training goals.
# - Smallest rotations from one goal span two directions of three. Order matters, and the bracket of two is the third.
# - Goals on a great circle teach an agent that circle. Goals on a circle of latitude teach it the globe.
# - The stabiliser of the base task is what no reward can see: one dimension on the sphere, $3 - 1 = 2$. The package takes
#   the smallest logarithm; another choice would cost no regret.
# - At the antipode many rotations are equally small. Each of them serves.
# - One base policy, twenty transitions of a new task, two matrices: regret near zero all over the globe.
# - The group is inherited from the system. Wind along one axis leaves the rotations about it, and no more.
# - A chart can be found without a goal or a reward: take the coordinates whose increments the action predicts best.
# - A round of commands that does not close, a bracket that is not zero: then no chart makes all places move alike.
#
# What comes from the paper: hereditary geometry, and that one policy serves all of its tasks. What goes beyond it: the
# dimension from closure under the bracket, the freedom of the stabiliser, the report, the chart that is found, and all
# figures of this lesson, which are measured in this notebook.
#
# ## Further reading
#
# - P. Nitschke and S. Talebi, *Hereditary Geometric Meta-RL: Nonlocal Generalization via Task Symmetries*, 2026,
#   [arXiv:2603.00396](https://arxiv.org/abs/2603.00396).
# - J. Stillwell, *Naive Lie Theory*, Springer, 2008: the rotations of space and their algebra, with little more than
#   calculus.
# - J. Solà, J. Deray and D. Atchuthan, *A micro Lie theory for state estimation in robotics*, 2018,
#   [arXiv:1812.01537](https://arxiv.org/abs/1812.01537): formulas for the rotations of space, as engineers use them.
# - J. Milnor, *Analytic proofs of the "hairy ball theorem" and the Brouwer fixed point theorem*, American Mathematical
#   Monthly 85, 1978: why no choice of rotations is continuous over the sphere.
# - H. Hotelling, *Relations between two sets of variates*, Biometrika 28, 1936: canonical correlations.
# - J. M. Lee, *Introduction to Smooth Manifolds*, 2nd edition, Springer, 2013: fields whose brackets vanish have a chart
#   in which they are constant (chapter 9).
#
# ## Next
#
# A car has a steering wheel, and an arm has joints. What do they do when the map is turned?
# [Lesson 09: robots, and your own](09_robots.ipynb) asks.
