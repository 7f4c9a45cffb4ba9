"""Every static figure of the lessons, one function each; each returns the Matplotlib figure."""

from hgmrl_lite.plots.flows import charted_orbits, euler_polygons, planar_flows
from hgmrl_lite.plots.regret import regret_around_circle, wrong_goal_regret
from hgmrl_lite.plots.sphere import sphere_paths

__all__ = [
    "charted_orbits",
    "euler_polygons",
    "planar_flows",
    "regret_around_circle",
    "sphere_paths",
    "wrong_goal_regret",
]
