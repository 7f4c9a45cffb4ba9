"""Registration with Gymnasium; it names what makes them by its import path and imports none of it."""

import gymnasium

ENV_ID = "hgmrl_lite/PointNavigation-v0"


def register_envs() -> None:
    """Register ``hgmrl_lite/PointNavigation-v0`` unless it is registered already.

    Importing :mod:`hgmrl_lite` calls this. Gymnasium 1 imports no plugin by itself; without an import, name
    the module in the identifier: ``gymnasium.make("hgmrl_lite:hgmrl_lite/PointNavigation-v0", ...)``.
    """
    if ENV_ID in gymnasium.registry:
        return
    # No max_episode_steps: the environment truncates by itself, at its own ``max_steps``.
    gymnasium.register(
        id=ENV_ID,
        entry_point="hgmrl_lite.envs.navigation:make_env",
        vector_entry_point="hgmrl_lite.envs.navigation:make_vector_env",
    )
