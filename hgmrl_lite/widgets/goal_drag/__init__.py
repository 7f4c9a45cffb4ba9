"""GoalDrag: drag the goal of a new task, and the policy trained on one task follows.

What all families share is here; what is particular to each is its scene (`circle`, `bodies`, `sphere`).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.agents import GeometricAgent, TransformedPolicy
from hgmrl_lite.envs import NavigationTasks, Policy, TaskFamily
from hgmrl_lite.envs.arm import ArmGoals
from hgmrl_lite.envs.car import CarGoals
from hgmrl_lite.envs.sphere import SphereGoals
from hgmrl_lite.hereditary import Inference
from hgmrl_lite.hereditary.inference import settings_of_inference
from hgmrl_lite.transitions import Transitions
from hgmrl_lite.widgets.base import (
    AnsweringWidget,
    context_seed,
    css,
    direction_degrees,
    esm,
    pack_arrays,
    wrap_degrees,
)
from hgmrl_lite.widgets.goal_drag.arrays import (
    Rival,
    agent_arrays,
    episode_arrays,
    exploration_arrays,
    rival_arrays,
)
from hgmrl_lite.widgets.goal_drag.bodies import ArmScene, CarScene
from hgmrl_lite.widgets.goal_drag.circle import PlaneScene
from hgmrl_lite.widgets.goal_drag.scenes import Scene
from hgmrl_lite.widgets.goal_drag.sphere import SphereScene
from hgmrl_lite.widgets.traits import Coordinates, Flag, Number, Whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Rediscover = Callable[[Array], GeometricAgent]

# How many explorations "Explore again" goes through, and how many random steps each has at least.
_DRAWS = 8
_MAX_CONTEXT = 40
# What each family is drawn on.
_SCENES: dict[type[TaskFamily], type[Scene]] = {
    NavigationTasks: PlaneScene,
    CarGoals: CarScene,
    ArmGoals: ArmScene,
    SphereGoals: SphereScene,
}


class GoalDrag(AnsweringWidget):
    """A test goal to drag, and the geometric agent that follows it: a point, a car, an arm, or on a globe.

    At every move the widget explores the new task (a few random steps), infers which group element carries
    the base task to it, and runs the base policy transformed by that element, beside the base policy as it
    is. All of this happens in JavaScript, from the same numbers and the same noise as the family's
    ``explore``, :func:`hgmrl_lite.hereditary.infer` and the family's ``rollout`` in Python. The true goal
    enters in two places only: in the environment's rewards, and in the error that is shown. When the goal
    comes to rest, Python evaluates both policies.

    The family says what is drawn. Goals in the plane are on a circle: for a point, for a car, of which one
    episode shows the tyre tracks and how it arrives, or for the tip of an arm, of which one episode shows the
    links. Goals in space are on a globe that can be turned, and the antipode of the base goal is marked:
    there the smallest rotation is not unique. While a goal moves over the globe the inference refines fewer
    starts than in Python; once it rests, the same.

    For a point in the plane more is there on request: other agents beside these two; training goals that can
    be moved, whereupon Python discovers the geometry anew; the regret of every agent around the circle as a
    ring, over the episodes on screen. Everywhere the episodes can be played.

    Parameters
    ----------
    agent : GeometricAgent
        Base policy, discovered generators and base reward model.
    family : NavigationTasks, CarGoals, ArmGoals or SphereGoals
        The family that the agent was trained on, of ``envs.navigation``, ``car``, ``arm`` or ``sphere``. Its
        training goals are drawn; the base goal also sets the circle or the sphere, and what the error refers
        to.
    goal_degrees : float, optional
        Where the test goal starts on the circle, or its longitude on the globe, in degrees.
    goal_latitude : float, optional
        Its latitude on the globe, in degrees.
    episodes : int, optional
        Noisy episodes drawn for each policy.
    context_size : int, optional
        Random steps from which the element is inferred, at least 2, on the globe 4.
    seed : int, optional
        Seed of explorations and episodes.
    evaluation_episodes : int, optional
        Episodes in which, once the goal rests, every agent is held in the same noise against the greedy
        reference, or for a car and an arm against the base policy turned by the goal's true angle; 0 for
        none.
    rivals : sequence of NearestTaskAgent or GoalConditionedAgent, optional
        Other agents of a point in the plane, to be shown by check box.
    rediscover : callable, optional
        From training goals (k, 2) to the geometric agent that is meta-trained on them. When given, the
        training goals can be moved, each on its circle.
    ring, replay : bool, optional
        Show the regret around the circle; offer to play the episodes.

    Attributes
    ----------
    goal_degrees : float
        Where the test goal is, in (-180, 180]; on the globe its longitude.
    goal_latitude : float
        On the globe, its latitude.
    view_longitude, view_latitude : float
        From where the globe is seen: the place in its middle. At first the base goal and the test goal are
        both in front.
    draw, context_size : int
        Which exploration is used, and how many of its steps.
    show_base, show_geometric, show_exploration : bool
        What is drawn.
    shown_rivals : list of str
        Names of the rivals that are shown.
    training_degrees, discovered : list of float
        Where the training goals are, and where they were when the geometry on screen was discovered.
    answered, regrets : list, dict
        The last question about regrets that was answered, and the answer.
    asked, answers : dict
        What the page asks and Python answers: "regrets" at ``[goal_degrees, draw, context_size]``, on the
        globe with ``goal_latitude`` in second place, once the test goal rests, and "geometry" at
        ``training_degrees``, once the training goals do.

    Raises
    ------
    ValueError
        When the family is none of these, the agent's group is not one that relates such goals or it was
        trained in another system than the family's, a count is out of range, a number is not finite, or what
        is there for a point in the plane only is asked for elsewhere.
    """

    _esm, _css = esm("goal_drag"), css("goal_drag")

    goal_degrees = Number(60.0).tag(sync=True)
    goal_latitude = Number(20.0, -90.0, 90.0).tag(sync=True)
    view_longitude = Number(0.0).tag(sync=True)
    view_latitude = Number(20.0, -90.0, 90.0).tag(sync=True)
    draw = Whole(0).tag(sync=True)
    context_size = Whole(20).tag(sync=True)
    show_base = Flag(True).tag(sync=True)
    show_geometric = Flag(True).tag(sync=True)
    show_exploration = Flag(True).tag(sync=True)
    evaluates = Flag(True).tag(sync=True)
    shown_rivals: traitlets.List[str] = traitlets.List(traitlets.Unicode()).tag(sync=True)
    training_degrees = Coordinates("k").tag(sync=True, echo_update=False)
    discovered: traitlets.List[float] = traitlets.List().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        agent: GeometricAgent,
        family: TaskFamily,
        *,
        goal_degrees: float = 60.0,
        goal_latitude: float = 20.0,
        episodes: int = 12,
        context_size: int = 20,
        seed: int = 0,
        evaluation_episodes: int = 100,
        rivals: Sequence[Rival] = (),
        rediscover: Rediscover | None = None,
        ring: bool = False,
        replay: bool = False,
    ) -> None:
        scenes = [scene for kind, scene in _SCENES.items() if isinstance(family, kind)]
        if not scenes:
            known = ", ".join(kind.__name__ for kind in _SCENES)
            raise ValueError(f"family must be one of {known}, got {type(family).__name__}")
        # The rewards of an exploration on screen are computed where it is shown, without noise.
        self.family = replace(family, reward_noise=0.0)
        self._scene = scenes[0](self.family)
        # Of the goals that lie on circles.
        on_circles = self._scene.kind == "plane"
        self._radii = np.linalg.norm(family.train, axis=1) if on_circles else np.zeros(0)
        for name, given in (("rivals", rivals), ("rediscover", rediscover), ("ring", ring)):
            if given and name in self._scene.left_out:
                raise ValueError(f"{name} must be left out for {self._scene.what}, got {given!r}")
        self.base_index = family.base_index
        self._scene.check(agent)
        if agent.chart is not None:
            raise ValueError("agent must have its group act on states as they are, got one found in a chart")
        agent.check_system(family)
        self.episodes = as_count("episodes", episodes)
        self._max_context = max(
            _MAX_CONTEXT, as_count("context_size", context_size, self._scene.least_context)
        )
        self.seed = as_count("seed", seed, 0)
        self._evaluation_episodes = as_count("evaluation_episodes", evaluation_episodes, 0)
        self._rediscover = rediscover
        self.rivals = tuple(rivals)
        self._arrays, self._rival_words = rival_arrays(self.rivals, family.system.action_set)
        self._options = {"movable": rediscover is not None, "ring": bool(ring), "replay": bool(replay)}
        # Those that can be moved.
        degrees = [direction_degrees(goal) for goal in family.train] if len(self._radii) else []
        super().__init__(
            goal_degrees=goal_degrees,
            goal_latitude=goal_latitude,
            context_size=context_size,
            evaluates=self._evaluation_episodes > 0,
            shown_rivals=[rival.name for rival in self.rivals],
            training_degrees=degrees,
            discovered=degrees,
            **self._show(agent, family.train),
        )
        if isinstance(self._scene, SphereScene):
            self.view_longitude, self.view_latitude = self._scene.view(self.goal)

    def _show(self, agent: GeometricAgent, goals: Array) -> dict[str, Any]:
        """Take an agent that was meta-trained on these goals, and return what JavaScript needs of it."""
        self.agent, self._discovered_goals = agent, goals
        scene = self._scene
        data, index = pack_arrays(
            {
                "training_goals": goals,
                **agent_arrays(agent),
                **scene.arrays(agent),
                **self._arrays,
                **episode_arrays(scene, self.episodes, self.seed),
                **exploration_arrays(scene, _DRAWS, self._max_context, self.seed),
            }
        )
        own = scene.settings(agent)
        return {
            "array_data": data,
            "array_index": index,
            "settings": {
                "kind": scene.kind,
                "place": list(scene.place_traits),
                "reference": scene.reference,
                "base_index": self.base_index,
                "min_context": scene.least_context,
                "max_context": self._max_context,
                "inference": settings_of_inference(agent.reward_model, self._max_context) | own,
                "constants": {
                    "goal_radius": scene.goal_radius,
                    "action_set": self.family.system.action_set,
                    "dimension": self.family.state_dim,
                    "place": scene.place,
                    **scene.motion,
                },
                "rivals": self._rival_words,
                **self._options,
            },
        }

    @traitlets.validate("goal_degrees", "view_longitude")
    def _valid_goal_degrees(self, proposal: Any) -> float:
        return wrap_degrees(proposal["value"])

    @traitlets.validate("draw")
    def _valid_draw(self, proposal: Any) -> int:
        draw: int = proposal["value"]
        return draw % _DRAWS

    @traitlets.validate("context_size")
    def _valid_context_size(self, proposal: Any) -> int:
        size = as_count("context_size", proposal["value"], self._scene.least_context)
        if size > self._max_context:
            raise ValueError(f"context_size must be at most {self._max_context}, got {size}")
        return size

    @traitlets.validate("training_degrees")
    def _valid_training_degrees(self, proposal: Any) -> list[float]:
        degrees = as_array("training_degrees", proposal["value"], (len(self._radii),))
        return [wrap_degrees(float(angle)) for angle in degrees]

    @traitlets.validate("shown_rivals")
    def _valid_shown_rivals(self, proposal: Any) -> list[str]:
        names: list[str] = list(proposal["value"])
        known = [rival.name for rival in self.rivals]
        if not set(names) <= set(known):
            raise ValueError(f"shown_rivals must name rivals of {known}, got {names}")
        return names

    @property
    def training_goals(self) -> Array:
        """Where the training goals are, shape (k, n)."""
        if not len(self._radii):
            return self.family.train
        angles = np.radians(self.training_degrees)
        return np.asarray(self._radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1))

    @property
    def stale(self) -> bool:
        """Whether the training goals have moved since the geometry on screen was discovered."""
        return self.training_degrees != self.discovered

    @property
    def goal(self) -> Array:
        """The test goal, shape (n,)."""
        return self._scene.goal(*self._place)

    @property
    def _place(self) -> list[float]:
        return [getattr(self, name) for name in self._scene.place_traits]

    @property
    def context(self) -> Transitions:
        """The exploration of the new task on screen."""
        return self.family.explore(self.goal, self.context_size, seed=context_seed(self.seed, self.draw))

    @property
    def inference(self) -> Inference:
        """What is inferred from it."""
        return self.agent.infer(self.context)

    @property
    def policy(self) -> TransformedPolicy:
        """The geometric agent's policy on screen."""
        return self.agent.policy_for(self.inference)

    @property
    def _question(self) -> list[float]:
        return [*self._place, self.draw, self.context_size]

    @property
    def answered(self) -> list[float]:
        """The question that :attr:`regrets` belongs to, empty when none was answered."""
        question: list[float] = self.answers.get("regrets", {}).get("question", [])
        return question

    @property
    def regrets(self) -> dict[str, float]:
        """Regret of each agent where the goal last rested, by name; empty before, and after an error."""
        return self.answers.get("regrets", {}).get("value") or {}

    def _answer_regrets(self) -> dict[str, float]:
        """Evaluate every agent where the goal came to rest."""
        if not self.evaluates:
            return {}
        context = self.context
        policies: dict[str, Policy] = {
            "geometric": self.policy,
            "base": self.agent.base_policy,
            **{rival.name: rival.adapt(context, self.goal) for rival in self.rivals},
        }
        regrets = self._scene.regrets(self, list(policies.values()), self._evaluation_episodes)
        return {name: float(regret) for name, regret in zip(policies, regrets, strict=True)}

    def _answer_geometry(self) -> None:
        """Meta-train again on the training goals as they came to rest."""
        if self._rediscover is None:
            return
        degrees, goals = self.training_degrees, self.training_goals
        agent = self._rediscover(goals)
        self._scene.check(agent)
        with self.hold_sync():
            self.discovered = degrees
            for name, value in self._show(agent, goals).items():
                setattr(self, name, value)

    def _answer(self, name: str, question: list[float]) -> None:
        super()._answer(name, question)
        # After that the regrets on screen are those of the agent before.
        if name == "geometry" and self.answered:
            super()._answer("regrets", self._question)

    @property
    def aim(self) -> Array:
        """Where the policy on screen aims, shape (n,): what the inferred element makes of the base goal."""
        return self._scene.carried(self.inference.left, self._discovered_goals[self.base_index])

    @property
    def inferred_degrees(self) -> float:
        """Where it aims, as an angle in degrees; on the globe as a longitude."""
        return direction_degrees(self.aim[:2])

    def describe(self) -> str:
        """Return in words what is on screen."""
        scene, base = self._scene, self._discovered_goals[self.base_index]
        found = scene.found(self.aim, self.goal, base)
        ending = f", {ends}" if (ends := scene.ending(self)) else ""
        text = (
            f"test goal at {scene.told(*self._place)}; geometric agent: {found}{ending}; "
            f"base policy, unchanged: trained for the goal at {scene.told(*scene.degrees(base))}"
        )
        if self.stale:
            text += "; the training goals have moved since the geometry was discovered"
        if self.answered == self._question and self.regrets:
            told = ", ".join(f"{name} {round(regret, 2) + 0.0:.2f}" for name, regret in self.regrets.items())
            text += f"; regret: {told}"
        return text

    def figure(self) -> "Figure":
        """Return the current state as a Matplotlib figure."""
        return self._scene.picture(self)
