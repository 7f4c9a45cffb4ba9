"""How strong the tests are: errors planted in the code by mutmut, and how many of them the tests notice.

``python -m benchmarks.mutants`` tries a random sample of the mutants of each module; ``--sample 0`` tries all
of them, which takes many hours. What survives is listed with its difference, to be judged: a test is missing,
or the mutant does the same as the original. mutmut keeps its copy of the project, and what it has tried, in
the folder ``mutants``.
"""

import argparse
import itertools
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MUTANTS = ROOT / "mutants"
MODULES = ("lie", "tangents", "discovery", "hereditary", "envs")
# mutmut makes all mutants before it tries the ones that are named.
FIRST = "hgmrl_lite.lie.planar.x_so2_exp__mutmut_1"
# How many times as long as usual the tests may take before a mutant counts as noticed, and seconds on top.
PATIENCE, START = 10.0, 60.0
# What pytest returns: all passed, or some failed; what is more than that, it could not run them.
PASSED, FAILED = 0, 1
# What the tests import and nobody mutates is imported once, which takes longer than most tests.
PROCESSES = multiprocessing.get_context("forkserver")
PRELOADED = ["torch", "stable_baselines3", "matplotlib.pyplot", "scipy.stats", "pytest"]


def make_mutants() -> None:
    """Let mutmut make its copy of the project with all mutants in it, and see which tests reach what.

    Raises
    ------
    RuntimeError
        When mutmut fails, with the end of what it said.
    """
    shutil.rmtree(MUTANTS, ignore_errors=True)
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", FIRST]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if outcome.returncode:
        raise RuntimeError(f"mutmut failed:\n{outcome.stdout[-3000:]}{outcome.stderr[-3000:]}")


def mutants_of(module: str) -> list[str]:
    """Return the names of all mutants of a module of the package, in order."""
    files = sorted((MUTANTS / "hgmrl_lite" / module).rglob("*.py.meta"))
    return [name for file in files for name in json.loads(file.read_text())["exit_code_by_key"]]


def _in_child(tests: list[str], mutant: str, options: tuple[str, ...], said: str) -> None:
    """Run tests in mutmut's copy, in a process of their own, which ends with what pytest returns."""
    os.chdir(MUTANTS)
    sys.path.insert(0, str(MUTANTS))
    os.environ["MUTANT_UNDER_TEST"] = mutant
    with open(said, "w") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    import pytest

    sys.exit(pytest.main(["-q", "--rootdir=.", "-p", "no:xdist", "-p", "no:cacheprovider", *options, *tests]))


def run_tests(
    tests: list[str], mutant: str, *options: str, timeout: float | None = None
) -> tuple[int | None, str]:
    """Run tests with one mutant in force, or none for "".

    Returns
    -------
    code : int or None
        What pytest returns; None when the time was up.
    said : str
        The end of what it printed.
    """
    with tempfile.NamedTemporaryFile("r") as output:
        process = PROCESSES.Process(target=_in_child, args=(tests, mutant, options, output.name))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            return None, ""
        return process.exitcode, output.read()[-3000:]


def within(tests: list[str], seconds: dict[str, float], limit: float) -> list[str]:
    """Return the quickest tests, as many as take ``limit`` seconds together, and at least one."""
    quickest = sorted(tests, key=lambda test: seconds.get(test, 0.0))
    taken = itertools.accumulate(seconds.get(test, 0.0) for test in quickest)
    return [test for test, sofar in zip(quickest, taken, strict=True) if sofar <= limit] or quickest[:1]


def end_of(name: str, reached: dict[str, list[str]], seconds: dict[str, float], limit: float) -> str:
    """Run the tests that reach a mutant, the quickest first, until one fails.

    Parameters
    ----------
    name : str
        The mutant.
    reached, seconds : dict
        The tests that reach each function, and what each takes.
    limit : float
        Only the quickest tests are run, as many as take this many seconds together.

    Returns
    -------
    str
        "killed", "survived", or "no test reaches it".

    Raises
    ------
    RuntimeError
        When pytest does not start for another reason than the mutant.
    """
    tests = within(reached.get(name.rpartition("__mutmut_")[0], []), seconds, limit)
    if not tests:
        return "no test reaches it"
    patience = PATIENCE * sum(seconds.get(test, 0.0) for test in tests) + START
    code, _ = run_tests(tests, name, "-x", timeout=patience)
    if code in (None, FAILED):
        return "killed"
    if code == PASSED:
        return "survived"
    # pytest did not get to run them: the mutant's doing only if it can find them without it.
    code, said = run_tests(tests, "", "--collect-only")
    if code:
        raise RuntimeError(f"pytest fails without a mutant:\n{said}")
    return "killed"


def difference(name: str) -> str:
    """Return what a mutant changes."""
    command = [sys.executable, "-m", "mutmut", "show", name]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def main() -> None:
    """Parse the command line, try the mutants, and print rates and survivors."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", help=f"which of {', '.join(MODULES)}; all when left out")
    parser.add_argument("--sample", type=int, default=100, help="mutants of each module; 0 for all")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--children", type=int, default=2, help="how many are tried at once")
    parser.add_argument("--seconds", type=float, default=60.0, help="of tests a mutant must survive, at most")
    options = parser.parse_args()
    modules = options.modules or MODULES
    if unknown := set(modules) - set(MODULES):
        parser.error(f"unknown modules {sorted(unknown)}; there are {', '.join(MODULES)}")
    make_mutants()
    PROCESSES.set_forkserver_preload(PRELOADED)
    stats = json.loads((MUTANTS / "mutmut-stats.json").read_text())
    reached, seconds = stats["tests_by_mangled_function_name"], stats["duration_by_test"]
    survivors: dict[str, str] = {}
    for module in modules:
        names = mutants_of(module)
        chosen = names
        if options.sample:
            chosen = random.Random(options.seed).sample(names, min(options.sample, len(names)))
        with ThreadPoolExecutor(options.children) as pool:
            ends = dict(
                zip(
                    chosen,
                    pool.map(lambda name: end_of(name, reached, seconds, options.seconds), chosen),
                    strict=True,
                )
            )
        killed = sum(end == "killed" for end in ends.values())
        share = killed / len(chosen)
        print(f"{module}: {killed} of {len(chosen)} killed, {share:.0%}, of {len(names)} mutants", flush=True)
        survivors |= {name: end for name, end in ends.items() if end != "killed"}
    for name in sorted(survivors):
        print(f"\n{name}: {survivors[name]}\n{difference(name)}")


if __name__ == "__main__":
    main()
