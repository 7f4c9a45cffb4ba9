"""What each figure is held against: a target, and what is known from elsewhere.

The references to "the paper's code" were measured on a 2-core CPU with one torch thread, with the code
released with Nitschke and Talebi, 2026, arXiv:2603.00396; the peers in symmetry discovery likewise.
"""

import re

Target = tuple[str, float]

#: Target and reference by a regular expression of the figure's whole name; the first that fits counts.
REFERENCES: dict[str, tuple[Target | None, str]] = {
    "loop.seconds": (("≤", 20.0), "the paper's code: an hour and more"),
    "regret.geometric.mean": (("≤", 0.1), "paper, other protocol: 0.81"),
    "regret.geometric.slope": (("≤", 0.05), "absolute; paper, other protocol: 0.5 per radian"),
    "regret.geometric.box_mean": (("≤", 0.8), "prototype: 0.2 (base goal 135°), 0.65 (−18°)"),
    "regret.geometric.trusted_and_bad": (("=", 0.0), "share trusted with a regret above 5, worst trial"),
    "regret.ccm4.train": (("≤", 5.0), ""),
    "regret.ccm4.test": (None, "paper, other protocol: 43.4; prototype: 26 to 37"),
    "regret.ccm4.slope": (None, "paper, other protocol: 75 per radian"),
    "regret.ccm16.test": (("≤", 5.0), "prototype: 1.35"),
    "regret.nearest_task.mean": (None, "prototype: 40"),
    "regret.goal_conditioned.mean": (None, "prototype: 0.7 to 6.2"),
    "regret.true_rotation.mean": (None, "prototype: 0.01 to 0.07"),
    "regret.seconds": (("≤", 600.0), ""),
    "regret.quick_seconds": (("≤", 40.0), ""),
    "loop.regret_mean": (("≤", 0.15), "paper, other protocol: 0.81"),
    "loop.regret_max": (("≤", 0.5), "paper, other protocol: 2.07"),
    r"family.(sphere|sphere_noisy).dimension": (("=", 3.0), ""),
    "family.two_turns.dimension": (("=", 2.0), ""),
    r"family.\w+.dimension": (("=", 1.0), ""),
    "family.sphere.left_deg": (("≤", 0.1), "worst of three seeds"),
    "family.sphere_noisy.left_deg": (("≤", 0.7), "rewards noisy by 0.01"),
    "family.ellipse.left_deg": (("≤", 0.1), ""),
    "family.mass.generator_deg": (("≤", 0.5), "8000 transitions a task"),
    "family.car.generator_deg": (("≤", 0.3), ""),
    "family.sphere.infer_median_deg": (("≤", 0.1), ""),
    r"family.(mass|two_turns).infer_median_deg": (("≤", 1.0), ""),
    "family.mass.infer_decided": (("≥", 0.8), "share of 40 new tasks"),
    "family.two_turns.infer_decided": (("≥", 0.95), "from 30 transitions"),
    r"family.\w+.infer_wrong": (("=", 0.0), "decided, and off by more than 8°"),
    r"family.\w+.infer_ms": (("≤", 15.0), ""),
    "family.sphere.geometry_s": (("≤", 2.0), ""),
    r"family.(mass|car|two_turns).geometry_s": (("≤", 3.0), ""),
    r"family.(sphere|ellipse|mass|car).gain": (("≥", 100.0), "regret of the base policy alone over ours"),
    "loop.train_seconds": (None, "the paper's code, SAC: 720 to 1530 s a policy"),
    "discovery.angle_error_max_deg": (("≤", 0.1), "the paper's code: 10° at best, 153° as set"),
    "discovery.angle_error_mean_deg": (("≤", 0.03), "the paper's code: 0 to 10°, determinants near 0"),
    "discovery.angle_error_1000.mean_deg": (("≤", 0.1), ""),
    "discovery.angle_error_1000.max_deg": (("≤", 0.3), ""),
    "discovery.angle_error_300.mean_deg": (("≤", 0.3), ""),
    "discovery.angle_error_300.max_deg": (("≤", 1.0), ""),
    "discovery.noise.angle_error_mean_deg": (("≤", 0.4), ""),
    "discovery.noise.angle_error_max_deg": (("≤", 1.0), ""),
    "discovery.noise300.undecided_rate": (("=", 1.0), ""),
    "discovery.seconds": (("≤", 0.3), "the paper's code: 235 s"),
    "envs.steps_per_cpu_second": (("≥", 3e6), "Gymnasium's SyncVectorEnv: 78k"),
    "inference.N20.median_deg": (("≤", 0.2), "the paper's code: 38 of 76 at the antipode"),
    "inference.N20.p90_deg": (("≤", 0.5), ""),
    r"widget.GoalDrag.drag_p95_ms": (("≤", 33.0), "ipympl 201, Plotly none until mouse-up"),
    r"site.GoalDrag.drag_p95_ms": (("≤", 33.0), "on a page without Jupyter, opened from a file"),
    r"(widget|site).*.drag_p95_ms": (("≤", 33.0), ""),
    r"(widget|site).GoalDrag.backward_jumps": (("=", 0.0), ""),
    r"widget.GoalDrag.redraws_per_s": (("≥", 50.0), ""),
    "lie.so3_exp_ms": (("≤", 10.0), "SciPy Rotation 3, torch matrix_exp 101, SciPy expm 675"),
    "lie.so3_log_ms": (("≤", 8.0), "SciPy Rotation 62, SciPy logm 1.2 ms each"),
    "discover.distance.0.seconds": (("≤", 0.18), "symdisc, degree 2: 0.04; LieGG: 0.4 to 4"),
    "discover.distance.5.seconds": (("≤", 0.93), ""),
    "inference.N20.over_8_deg": (("=", 0.0), ""),
    "inference.N20.ms": (("≤", 10.0), ""),
    "inference.N20.decided_over_8_deg": (("=", 0.0), ""),
    "inference.N20.unrelated_rate": (("≤", 0.005), ""),
    "inference.N20.noise.unrelated_rate": (("≤", 0.005), ""),
    "inference.N20.off_circle.unrelated_rate": (("≥", 0.99), ""),
    "inference.N20.differential.median_deg": (None, "prototype: 0.4"),
    "inference.N20.differential.p90_deg": (None, "prototype: 1.4"),
    "inference.N10.median_deg": (None, "prototype, differential: 0.7"),
    "inference.N5.median_deg": (None, "prototype: 0.9; unsigned tangents 8, p90 176"),
    "inference.N5.p90_deg": (None, "prototype: 3.6"),
    "verdict.false_symmetric_rate": (("≤", 0.01), "48 cells of 50 runs, see benchmarks/verdicts.py"),
    "verdict.false_none_rate": (("≤", 0.01), ""),
    "verdict.worst_cell": (("≤", 3.0), "wrong verdicts of 50"),
    "verdict.least_p_of_worsening": (("≥", 0.01), "one-sided, with more samples"),
    "verdict.detected_rate.0_1": (("≥", 0.95), "noise 0 and 1 %"),
    "verdict.detected_rate.5.1000": (("≥", 0.6), "noise 5 %"),
    "verdict.detected_rate.5.4000": (("≥", 0.85), ""),
    "verdict.detected_rate.5.16000": (("≥", 0.95), ""),
    "verdict.interval_coverage": (("≥", 0.93), "of bounds stated as 95 %"),
    "verdict.interval_coverage_exact": (("≥", 0.99), "rewards without noise, where the error is bias"),
    "verdict.interval.left.width_over_error": (
        ("≤", 4.0),
        "median half-width over median error; normal: 2.9",
    ),
    "verdict.interval.generator.width_over_error": (("≤", 4.0), "normal in two directions: 2.1"),
    r"verdict.interval.inferred\d+.width_over_error": (("≤", 4.0), ""),
    "import.seconds": (("≤", 1.0), ""),
    # Discovery of the symmetry of one function: value noise in percent of its standard deviation.
    r"discover.(?!radii_wide).*.dimension_rate": (("≥", 0.95), ""),
    r"discover.(distance|bump|ellipse|hyperbolic|scaling).[01].angle_deg": (("≤", 0.5), ""),
    r"discover.(distance|bump|ellipse|hyperbolic|scaling).5.angle_deg": (("≤", 1.0), ""),
    # Families that have or lack one property by construction.
    r"report.*.right_rate": (("≥", 0.95), ""),
    r"lesson.*.seconds": (("≤", 60.0), ""),
    r"lesson.*.peak_mb": (("≤", 900.0), ""),
    "course.cpu_seconds": (("≤", 300.0), ""),
    # Steps to one degree, medians of 16 seeds of a prototype with other random draws.
    "descent.differential.both.0.00045.free.steps_median": (None, "prototype: 2023"),
    "descent.functional.distance.0.00045.free.steps_median": (None, "prototype: 9065"),
    "descent.functional.square.0.00045.free.steps_median": (None, "prototype: 19480"),
    "descent.differential.both.0.01.free.steps_median": (None, "prototype: 101"),
    "descent.functional.distance.0.01.free.steps_median": (None, "prototype: 1360"),
    "descent.functional.square.0.01.free.steps_median": (None, "prototype: 8 of 16 within 10,000"),
}


def reference_of(figure: str) -> tuple[Target | None, str]:
    """Return what a figure is held against, and what is known from elsewhere."""
    fitting = (known for name, known in REFERENCES.items() if re.fullmatch(name, figure))
    return next(fitting, (None, ""))
