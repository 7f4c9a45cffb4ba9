"""Every static figure of the lessons, one function each; each returns the Matplotlib figure."""

from hgmrl_lite.plots.charts import local_steps
from hgmrl_lite.plots.descent import (
    condition_meshes,
    descent_angles,
    divided_landscape,
    symmetry_spectra,
)
from hgmrl_lite.plots.experiments import (
    adaptation,
    breaking,
    coverage,
    regret_by_distance,
    rotation_error,
    sample_efficiency,
)
from hgmrl_lite.plots.group_actions import (
    carried_tasks,
    charted_orbits,
    composed_both_ways,
    euler_polygons,
    moved_functions,
    planar_flows,
    symmetry_by_angle,
)
from hgmrl_lite.plots.hereditary import (
    carried_regret,
    dense_winding,
    found_against_true,
    maps_between_tasks,
    search_losses,
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
from hgmrl_lite.plots.regret import evaluations, regret_around_circle
from hgmrl_lite.plots.sphere import sphere_map, sphere_paths

__all__ = [
    "adaptation",
    "bias_and_variance",
    "breaking",
    "calibration",
    "carried_regret",
    "carried_tasks",
    "charted_orbits",
    "composed_both_ways",
    "condition_meshes",
    "coverage",
    "dense_winding",
    "descent_angles",
    "divided_landscape",
    "euler_polygons",
    "evaluations",
    "found_against_true",
    "functional_and_differential",
    "level_set_tangents",
    "local_steps",
    "local_symmetry_only",
    "maps_between_tasks",
    "moved_functions",
    "planar_flows",
    "regret_around_circle",
    "regret_by_distance",
    "reward_as_a_function_of",
    "rotation_error",
    "sample_efficiency",
    "search_losses",
    "sphere_map",
    "sphere_paths",
    "symmetry_by_angle",
    "symmetry_spectra",
    "transformed_normals",
]
