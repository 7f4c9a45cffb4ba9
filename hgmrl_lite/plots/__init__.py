"""Every static figure of the lessons, one function each; each returns the Matplotlib figure."""

from hgmrl_lite.plots.descent import condition_meshes, descent_angles, symmetry_spectra
from hgmrl_lite.plots.flows import charted_orbits, euler_polygons, planar_flows
from hgmrl_lite.plots.group_actions import (
    carried_tasks,
    composed_both_ways,
    moved_functions,
    symmetry_by_angle,
)
from hgmrl_lite.plots.level_sets import (
    bias_and_variance,
    calibration,
    functional_and_differential,
    level_set_tangents,
    local_symmetry_only,
    reward_as_a_function_of,
    transformed_normals,
)
from hgmrl_lite.plots.regret import regret_around_circle, wrong_goal_regret
from hgmrl_lite.plots.sphere import sphere_paths

__all__ = [
    "bias_and_variance",
    "calibration",
    "carried_tasks",
    "charted_orbits",
    "composed_both_ways",
    "condition_meshes",
    "descent_angles",
    "euler_polygons",
    "functional_and_differential",
    "level_set_tangents",
    "local_symmetry_only",
    "moved_functions",
    "planar_flows",
    "regret_around_circle",
    "reward_as_a_function_of",
    "sphere_paths",
    "symmetry_by_angle",
    "symmetry_spectra",
    "transformed_normals",
    "wrong_goal_regret",
]
