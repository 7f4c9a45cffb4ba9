"""Other agents beside the geometric one in GoalDrag: what its JavaScript needs to run them."""

from collections.abc import Sequence
from typing import Any

from hgmrl_lite._looks import look
from hgmrl_lite._validate import Array
from hgmrl_lite.agents import GoalConditionedAgent, MLPPolicy, NearestTaskAgent

Rival = NearestTaskAgent | GoalConditionedAgent


def rival_arrays(
    rivals: Sequence[Rival], action_set: str | None
) -> tuple[dict[str, Array], list[dict[str, Any]]]:
    """Return the arrays of each rival, by names that begin with its number, and its description.

    Parameters
    ----------
    rivals : sequence of NearestTaskAgent or GoalConditionedAgent
        Trained agents of the plane, each name once.
    action_set : {"disc", "box"}
        The admissible actions of the widget's environment.

    Returns
    -------
    arrays : dict of str to ndarray
        Networks, and for the nearest task's agent the reward models.
    descriptions : list of dict
        For each rival ``name``, ``kind`` (its colour), ``how`` it finds its policy, whether it is ``told``
        the goal, and its number of ``networks``.

    Raises
    ------
    ValueError
        When a rival is of another kind or of other admissible actions, or a name comes twice.
    """
    names = [getattr(rival, "name", type(rival).__name__) for rival in rivals]
    if len(set(names)) < len(names):
        raise ValueError(f"rivals must have different names, got {names}")
    arrays: dict[str, Array] = {}
    descriptions: list[dict[str, Any]] = []
    for number, rival in enumerate(rivals):
        if isinstance(rival, NearestTaskAgent):
            how, networks = "nearest", rival.policies
            for k, model in enumerate(rival.reward_models):
                parts = {"centres": model.centres, "weights": model.weights, "linear": model.linear}
                arrays |= {f"rival_{number}_{k}_{name}": part for name, part in parts.items()}
        elif isinstance(rival, GoalConditionedAgent):
            how, networks = "goal", (rival.network,)
        else:
            raise ValueError(
                "rivals must be NearestTaskAgent or GoalConditionedAgent, "
                f"got {type(rival).__name__} ({names[number]!r})"
            )
        for k, network in enumerate(networks):
            if network.action_set != action_set:
                raise ValueError(
                    f"rivals must have the agent's admissible actions, {action_set!r}; "
                    f"{names[number]!r} has {network.action_set!r}"
                )
            arrays |= network_arrays(network, f"rival_{number}_{k}_")
        descriptions.append(
            {
                "name": rival.name,
                "kind": look(rival.name).kind,
                "how": how,
                "told": rival.uses_goal,
                "networks": len(networks),
            }
        )
    return arrays, descriptions


def network_arrays(network: MLPPolicy, prefix: str = "") -> dict[str, Array]:
    """Return a network's layers by name."""
    return {
        **{f"{prefix}weight_{k}": weight for k, weight in enumerate(network.weights)},
        **{f"{prefix}bias_{k}": bias for k, bias in enumerate(network.biases)},
    }
