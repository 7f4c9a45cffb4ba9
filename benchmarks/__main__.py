"""Run the benchmarks, print ours beside the reference figures, and write benchmarks/results.json.

``python -m benchmarks`` runs all suites; ``python -m benchmarks loop discovery`` runs those two and leaves
the other figures of results.json as they are; ``--quick`` uses fewer repetitions and writes nothing.
"""

import argparse
import datetime
import importlib
import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks.references import reference_of

RESULTS = Path(__file__).parent / "results.json"
SUITES = (
    "speed", "discover", "verdicts", "descent", "discovery", "report", "inference", "intervals", "loop",
    "family", "family_report", "reacher", "finite", "regret", "widget_drag", "site", "lessons",
)  # fmt: skip
PACKAGES = ("numpy", "scipy", "torch", "gymnasium", "stable-baselines3", "jupyterlab", "anywidget")


def describe_machine() -> dict[str, str]:
    """Return where and with what the figures were made."""
    processor = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        names = [line for line in information.read_text().splitlines() if line.startswith("model name")]
        processor = names[0].split(":")[1].strip() if names else processor
    return {
        "machine": f"{processor}, {os.cpu_count()} cores, {platform.system()}",
        "date": datetime.date.today().isoformat(),
        "versions": ", ".join(
            [f"python {platform.python_version()}", *(f"{name} {version(name)}" for name in PACKAGES)]
        ),
    }


def show(figures: dict[str, float]) -> str:
    """Return the table: figure, ours, the target and whether it is met, and the reference."""
    lines = [f"{'figure':<48} {'ours':>10}  {'target':<12}     reference"]
    for key, value in sorted(figures.items()):
        target, reference = reference_of(key)
        if target is None:
            goal, verdict = "", ""
        else:
            sign, bound = target
            goal = f"{sign} {bound:g}"
            met = {"≤": value <= bound, "≥": value >= bound, "=": value == bound}[sign]
            verdict = "met" if met else "MISSED"
        lines.append(f"{key:<48} {value:>10.4g}  {goal:<10} {verdict:<6} {reference}")
    return "\n".join(lines)


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("suites", nargs="*", help=f"which of {', '.join(SUITES)}; all when left out")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions; results.json stays as it is")
    options = parser.parse_args()
    unknown = set(options.suites) - set(SUITES)
    if unknown:
        parser.error(f"unknown suites {sorted(unknown)}; there are {', '.join(SUITES)}")
    measured: dict[str, float] = {}
    for name in options.suites or SUITES:
        print(f"{name} ...", file=sys.stderr, flush=True)
        measured |= importlib.import_module(f"benchmarks.{name}").run(quick=options.quick)
        if not options.quick:
            stored = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
            figures = {key: value for key, value in stored.items() if not isinstance(value, str)} | {
                key: float(f"{value:.5g}") for key, value in measured.items()
            }
            text = json.dumps(
                {**describe_machine(), **dict(sorted(figures.items()))}, indent=1, ensure_ascii=False
            )
            RESULTS.write_text(text + "\n")
    print(show(measured))


if __name__ == "__main__":
    main()
