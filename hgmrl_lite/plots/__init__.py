"""Every static figure of the lessons, one function each; each returns the Matplotlib figure."""

from hgmrl_lite.plots.regret import regret_around_circle, wrong_goal_regret

__all__ = ["regret_around_circle", "wrong_goal_regret"]
