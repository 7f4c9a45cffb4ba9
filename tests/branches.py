"""Fail when the tests reach too few branches of the package: the last step of ``make coverage``."""

import json
import sys
from pathlib import Path

LEAST = 95.0


def main(report: Path) -> None:
    """Read coverage's report and say which share of the branches was taken."""
    totals = json.loads(report.read_text(encoding="utf-8"))["totals"]
    share = 100.0 * totals["covered_branches"] / totals["num_branches"]
    said = f"{share:.1f} % of {totals['num_branches']} branches; {LEAST:g} % are asked for"
    if share < LEAST:
        sys.exit(said)
    print(said)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
