"""GoalDrag: drag the goal of a new task, and the policy trained on one task follows."""

import traceback
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.agents.geometric import GeometricAgent
from hgmrl_lite.agents.policy import TransformedPolicy
from hgmrl_lite.envs import ARENA, GOAL_RADIUS, STEP, explore
from hgmrl_lite.envs.dynamics import as_goals
from hgmrl_lite.hereditary import Inference
from hgmrl_lite.hereditary.inference import settings_of_inference
from hgmrl_lite.transitions import Transitions
from hgmrl_lite.widgets.base import HgmrlWidget, css, esm, pack_arrays
from hgmrl_lite.widgets.goal_arrays import agent_arrays, context_seed, episode_arrays, exploration_arrays

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Evaluate = Callable[[Array], Mapping[str, float]]

# How many explorations "Explore again" goes through, and how many random steps each has at least.
_DRAWS = 8
_MAX_CONTEXT = 40


def wrap_degrees(degrees: float) -> float:
    """Return the same angle in (-180, 180]."""
    return -((180.0 - degrees) % 360.0 - 180.0) if not -180.0 < degrees <= 180.0 else degrees


class GoalDrag(HgmrlWidget):
    """The plane with the training goals, and a test goal to drag: the geometric agent follows it.

    At every move the widget explores the new task (a few random steps), infers which group element carries
    the base task to it, and runs the base policy transformed by that element, beside the base policy as it
    is. All of this happens in JavaScript, from the same numbers and the same noise as
    :func:`hgmrl_lite.envs.explore`, :func:`hgmrl_lite.hereditary.infer` and :func:`hgmrl_lite.envs.rollout`
    in Python. The true angle enters in two places only: in the environment's rewards, and in the error that
    is shown. When the goal comes to rest, Python evaluates both policies.

    Parameters
    ----------
    agent : GeometricAgent
        Base policy, discovered generator and base reward model; states and actions in the plane.
    training_goals : array_like, shape (k, 2)
        Goals of the training tasks, to be drawn; the base goal also sets the circle, and what the error
        refers to.
    base_index : int, optional
        Which of them is the base task.
    goal_degrees : float, optional
        Where the test goal starts on the circle, in degrees.
    episodes : int, optional
        Noisy episodes drawn for each policy.
    context_size : int, optional
        Random steps from which the angle is inferred, at least 2.
    seed : int, optional
        Seed of explorations and episodes.
    evaluate : callable, optional
        From a goal (2,) to the regrets ``{"geometric": ..., "base": ...}``. When left out, the two policies
        on screen are held against the greedy reference in the same noise.
    evaluation_episodes : int, optional
        Episodes of that evaluation; 0 for none.

    Attributes
    ----------
    goal_degrees : float
        Where the test goal is, in (-180, 180].
    draw, context_size : int
        Which exploration is used, and how many of its steps.
    show_base, show_exploration : bool
        What is drawn.
    settled, answered : list
        ``[goal_degrees, draw, context_size]`` at which the goal came to rest, and those that ``regrets``
        belongs to.
    regrets : dict
        The regrets of "geometric" and "base".

    Raises
    ------
    ValueError
        When the agent is not one of the plane, a goal is outside the arena, there are no training goals, an
        index or a count is out of range, or a number is not finite.
    """

    _esm = esm(
        "arrays", "matrix2", "mlp", "rbf", "navigation", "inference", "words", "goal_scene", "shared",
        "plane", "point_handle", "controls", "misfit_plot", own="goal_drag",
    )  # fmt: skip
    _css = css()

    goal_degrees = traitlets.Float(60.0).tag(sync=True)
    draw = traitlets.Int(0).tag(sync=True)
    context_size = traitlets.Int(20).tag(sync=True)
    show_base = traitlets.Bool(True).tag(sync=True)
    show_exploration = traitlets.Bool(True).tag(sync=True)
    settled: traitlets.List[float] = traitlets.List().tag(sync=True)
    answered: traitlets.List[float] = traitlets.List().tag(sync=True)
    regrets = traitlets.Dict().tag(sync=True)
    evaluates = traitlets.Bool(True).tag(sync=True)
    evaluation_error = traitlets.Unicode("").tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        agent: GeometricAgent,
        *,
        training_goals: ArrayLike,
        base_index: int = 0,
        goal_degrees: float = 60.0,
        episodes: int = 12,
        context_size: int = 20,
        seed: int = 0,
        evaluate: Evaluate | None = None,
        evaluation_episodes: int = 100,
    ) -> None:
        goals = as_goals("training_goals", training_goals, ("k", 2))
        if not len(goals):
            raise ValueError("training_goals must hold at least one goal, got none")
        if not -len(goals) <= base_index < len(goals):
            raise ValueError(f"base_index must name one of the {len(goals)} training goals, got {base_index}")
        base_goal = goals[base_index % len(goals)]
        self._radius = float(np.linalg.norm(base_goal))
        if self._radius <= GOAL_RADIUS:
            raise ValueError(
                f"training_goals must have a base goal farther than {GOAL_RADIUS:.3f} from the origin, "
                f"got {base_goal.tolist()}"
            )
        _check_agent(agent)
        self.agent = agent
        self.training_goals = goals
        self.base_index = base_index % len(goals)
        self.episodes = as_count("episodes", episodes)
        self._max_context = max(_MAX_CONTEXT, as_count("context_size", context_size, 2))
        self.seed = as_count("seed", seed, 0)
        self._evaluation_episodes = as_count("evaluation_episodes", evaluation_episodes, 0)
        self._evaluate = evaluate
        action_set = agent.base_policy.action_set
        data, index = pack_arrays(
            {
                "training_goals": goals,
                **agent_arrays(agent),
                **episode_arrays(action_set, self.episodes, self.seed),
                **exploration_arrays(action_set, _DRAWS, self._max_context, self._radius, self.seed),
            }
        )
        super().__init__(
            goal_degrees=wrap_degrees(float(as_array("goal_degrees", goal_degrees, ()))),
            context_size=context_size,
            evaluates=evaluate is not None or self._evaluation_episodes > 0,
            array_data=data,
            array_index=index,
            settings={
                "base_index": self.base_index,
                "max_context": self._max_context,
                "inference": settings_of_inference(agent.reward_model, self._max_context),
                "constants": {
                    "step": STEP,
                    "arena": ARENA,
                    "goal_radius": GOAL_RADIUS,
                    "action_set": action_set,
                },
            },
        )

    @traitlets.validate("goal_degrees")
    def _valid_goal_degrees(self, proposal: Any) -> float:
        return wrap_degrees(float(as_array("goal_degrees", proposal["value"], ())))

    @traitlets.validate("draw")
    def _valid_draw(self, proposal: Any) -> int:
        return int(proposal["value"]) % _DRAWS

    @traitlets.validate("context_size")
    def _valid_context_size(self, proposal: Any) -> int:
        size = as_count("context_size", proposal["value"], 2)
        if size > self._max_context:
            raise ValueError(f"context_size must be at most {self._max_context}, got {size}")
        return size

    @property
    def goal(self) -> Array:
        """The test goal, shape (2,)."""
        angle = np.radians(self.goal_degrees)
        return self._radius * np.array([np.cos(angle), np.sin(angle)])

    @property
    def context(self) -> Transitions:
        """The exploration of the new task on screen."""
        return explore(
            self.goal,
            self.context_size,
            seed=context_seed(self.seed, self.draw),
            action_set=self.agent.base_policy.action_set,
        )

    @property
    def inference(self) -> Inference:
        """What is inferred from it."""
        return self.agent.infer(self.context)

    @property
    def policy(self) -> TransformedPolicy:
        """The geometric agent's policy on screen."""
        return self.agent.policy_at(self.inference.angle)

    @property
    def _question(self) -> list[float]:
        return [self.goal_degrees, self.draw, self.context_size]

    @traitlets.observe("settled")
    def _answer(self, change: Any) -> None:
        """Evaluate both policies where the goal came to rest."""
        if not change["new"] or not self.evaluates:
            return
        question = self._question
        regrets, error = {}, ""
        try:
            evaluated = self._regrets() if self._evaluate is None else self._evaluate(self.goal)
            regrets = {name: float(as_array(name, evaluated[name], ())) for name in ("geometric", "base")}
        except Exception as failure:
            # A callback's exception would end in a log that no student reads: show it in the widget as well.
            error = traceback.format_exception_only(failure)[-1].strip()
            raise
        finally:
            with self.hold_sync():
                self.evaluation_error = error
                self.regrets = regrets
                self.answered = question

    def _regrets(self) -> dict[str, float]:
        from hgmrl_lite.meta import evaluate

        base_policy = self.agent.base_policy
        result = evaluate(
            [self.policy, base_policy],
            [self.goal, self.goal],
            episodes=self._evaluation_episodes,
            seed=self.seed,
            action_set=base_policy.action_set,
        )
        geometric, base = result.regret_by_goal
        return {"geometric": geometric, "base": base}

    def aim(self, theta: float) -> Array:
        """Return where exp(θW) carries the base goal, shape (2,)."""
        return lie.exp(theta * self.agent.generator_states) @ self.training_goals[self.base_index]

    @property
    def inferred_degrees(self) -> float:
        """Where the policy on screen aims, as an angle in degrees."""
        return _degrees(self.aim(self.inference.angle))

    def describe(self) -> str:
        """Return in words what is on screen."""
        inferred = self.inferred_degrees
        error = abs(wrap_degrees(inferred - self.goal_degrees))
        text = (
            f"test goal at {self.goal_degrees:.1f}°; geometric agent: policy at the inferred angle "
            f"{inferred:.1f}° (error {error:.1f}°); base policy, unchanged: trained for the goal at "
            f"{_degrees(self.training_goals[self.base_index]):.1f}°"
        )
        if self.answered == self._question and self.regrets:
            text += f"; regret: geometric {self.regrets['geometric']:.2f}, base {self.regrets['base']:.2f}"
        return text

    def figure(self) -> "Figure":
        """Return the current state as a Matplotlib figure."""
        from hgmrl_lite.widgets.goal_picture import goal_picture

        return goal_picture(self)


def _degrees(point: Array) -> float:
    return float(np.degrees(np.arctan2(point[1], point[0])))


def _check_agent(agent: GeometricAgent) -> None:
    """Raise a ValueError unless the agent is one of the plane whose group closes after 2π."""
    policy = agent.base_policy
    if (policy.state_dim, policy.action_dim) != (2, 2):
        raise ValueError(
            "agent.base_policy must map the plane to the plane, got dimensions "
            f"{policy.state_dim} to {policy.action_dim}"
        )
    as_array("agent.generator_actions", agent.generator_actions, (2, 2))
    generator = as_array("agent.generator_states", agent.generator_states, (2, 2))
    if np.abs(lie.exp(2.0 * np.pi * generator) - np.eye(2)).max() > 1e-6:
        raise ValueError(f"agent.generator_states must close after 2π: exp(2πW) = I; got W =\n{generator}")
    dimension = agent.reward_model.centres.shape[1]
    if dimension != 2:
        raise ValueError(f"agent.reward_model must take points of the plane, got dimension {dimension}")
