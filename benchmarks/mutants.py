"""How strong the tests are: errors planted in the code by mutmut, and how many of them the tests notice.

``python -m benchmarks.mutants`` tries a random sample of the mutants of each module; ``--sample 0`` tries all
of them, which takes many hours. What survives is listed with its difference, to be judged: a test is missing,
or the mutant does the same as the original. mutmut keeps its copy of the project, and what it has tried, in
the folder ``mutants``.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MUTANTS = ROOT / "mutants"
MODULES = ("lie", "tangents", "discovery", "hereditary")
FIRST = "hgmrl_lite.lie.closed_forms.x_so2_exp"
# mutmut's exit codes of pytest for a mutant: failed, or killed for lasting too long.
KILLED = {1, 3, 24, 36, 152, 255, -24}
SURVIVED, NO_TESTS = 0, {5, 33}


def mutmut(*arguments: str, quiet: bool = True) -> str:
    """Run mutmut in the project's folder and return what it says.

    Raises
    ------
    RuntimeError
        When mutmut fails, with the end of what it said.
    """
    command = [sys.executable, "-m", "mutmut", *arguments]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=quiet, text=True)
    if outcome.returncode:
        said = f"{outcome.stdout or ''}{outcome.stderr or ''}"
        raise RuntimeError(f"mutmut {arguments[0]} failed:\n{said[-3000:]}")
    return outcome.stdout or ""


def tried() -> dict[str, int | None]:
    """Return every mutant there is, and how it ended; None for one that was not tried."""
    found: dict[str, int | None] = {}
    for path in sorted(MUTANTS.rglob("*.py.meta")):
        found |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def of_module(mutants: dict[str, int | None], module: str) -> list[str]:
    """Return the mutants of a module of the package, in order."""
    return sorted(name for name in mutants if name.startswith(f"hgmrl_lite.{module}."))


def main() -> None:
    """Parse the command line, try the mutants, and print rates and survivors."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", help=f"which of {', '.join(MODULES)}; all when left out")
    parser.add_argument("--sample", type=int, default=100, help="mutants of each module; 0 for all")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--children", type=int, default=2, help="how many are tried at once")
    options = parser.parse_args()
    modules = options.modules or MODULES
    if unknown := set(modules) - set(MODULES):
        parser.error(f"unknown modules {sorted(unknown)}; there are {', '.join(MODULES)}")
    shutil.rmtree(MUTANTS, ignore_errors=True)
    # Makes all mutants and sees which tests reach which function; mutmut will try at least one.
    mutmut("run", "--max-children", "1", f"{FIRST}__mutmut_1", quiet=False)
    every, chosen = tried(), []
    for module in modules:
        names = of_module(every, module)
        drawn = (
            names
            if not options.sample
            else random.Random(options.seed).sample(names, min(options.sample, len(names)))
        )
        chosen += drawn
        print(f"{module}: {len(drawn)} of {len(names)} mutants")
    mutmut("run", "--max-children", str(options.children), *chosen, quiet=False)
    ends = {name: code for name, code in tried().items() if name in set(chosen)}
    for module in modules:
        counts = Counter(ends[name] in KILLED for name in of_module(ends, module))
        print(f"{module}: {counts[True]} of {counts.total()} killed, {counts[True] / counts.total():.0%}")
    for name in sorted(name for name, code in ends.items() if code not in KILLED):
        reason = "no test reaches it" if ends[name] in NO_TESTS else f"exit code {ends[name]}"
        print(f"\n{name} ({'survived' if ends[name] == SURVIVED else reason})")
        print(mutmut("show", name))


if __name__ == "__main__":
    main()
