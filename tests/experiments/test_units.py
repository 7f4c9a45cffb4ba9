"""Units of work: what is finished is kept, whatever ends the run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from joblib.externals.loky import get_reusable_executor

from hgmrl_lite.cache import cache_directory, warn_not_stored
from hgmrl_lite.experiments import units as module
from hgmrl_lite.experiments.units import Unit, code_fingerprint, run_groups, run_units, stacked


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HGMRL_LITE_CACHE", str(tmp_path / "cache"))


def double(number, log, fail=()):
    """Return twice the number, and leave a line in the log."""
    with open(log, "a", encoding="utf-8") as stream:
        stream.write(f"{number}\n")
    if number in fail and not Path(log).with_suffix(".mended").exists():
        raise KeyboardInterrupt
    return {"double": np.array(2 * number), "square": np.full(3, number**2)}


def work(log, numbers, **options):
    return [Unit(f"number {k}", double, {"number": k, "log": str(log), **options}) for k in numbers]


def done(log):
    return [int(line) for line in log.read_text().split()] if log.exists() else []


def test_results_come_in_order_and_are_computed_once(tmp_path):
    log = tmp_path / "log"
    for _ in range(2):
        results = run_units(work(log, range(5)), description="test", jobs=1, progress=False)
        assert [int(arrays["double"]) for arrays in results] == [0, 2, 4, 6, 8]
    assert done(log) == [0, 1, 2, 3, 4]


def test_only_what_is_new_is_computed(tmp_path):
    log = tmp_path / "log"
    run_units(work(log, [1, 3]), description="test", jobs=1, progress=False)
    run_units(work(log, [0, 1, 2, 3]), description="test", jobs=1, progress=False)
    assert done(log) == [1, 3, 0, 2]


def test_groups_come_back_as_they_were_and_can_be_stacked(tmp_path):
    groups = [work(tmp_path / "log", numbers) for numbers in ([1, 3], [2], [0, 4, 5])]
    found = run_groups(groups, description="test", jobs=1, progress=False)
    assert [[int(arrays["double"]) for arrays in parts] for parts in found] == [[2, 6], [4], [0, 8, 10]]
    np.testing.assert_array_equal(stacked(found[2])["square"][:, 0], [0, 16, 25])


def test_an_interrupt_in_the_middle_loses_nothing_that_was_finished(tmp_path):
    log = tmp_path / "log"
    units = work(log, range(6), fail=[3])
    with pytest.raises(KeyboardInterrupt):
        run_units(units, description="test", jobs=1, progress=False)
    assert done(log) == [0, 1, 2, 3]
    log.with_suffix(".mended").touch()
    results = run_units(units, description="test", jobs=1, progress=False)
    assert done(log) == [0, 1, 2, 3, 3, 4, 5]
    assert [int(arrays["square"][0]) for arrays in results] == [0, 1, 4, 9, 16, 25]


_SCRIPT = """
import pathlib, sys, time
import numpy as np
from hgmrl_lite.experiments.units import Unit, run_units

def slow(number, log):
    # The second of four waits until it is interrupted; on the next run it does not.
    if number == 1 and not pathlib.Path(log + ".again").exists():
        pathlib.Path(log + ".waiting").touch()
        time.sleep(600)
    with open(log, "a") as stream:
        stream.write(f"{number}\\n")
    return {"number": np.array(number)}

units = [Unit(str(k), slow, {"number": k, "log": sys.argv[1]}) for k in range(4)]
print([int(arrays["number"]) for arrays in run_units(units, description="test", jobs=2, progress=False)])
"""


@pytest.mark.skipif(os.name == "nt", reason="a process group gets Ctrl-C another way there")
def test_ctrl_c_while_two_processes_work_loses_nothing_that_was_finished(tmp_path):
    script, log = tmp_path / "script.py", tmp_path / "log"
    script.write_text(_SCRIPT)
    command = [sys.executable, str(script), str(log)]
    with subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE, text=True) as process:
        # The other process goes on while the second unit waits.
        deadline = time.monotonic() + 600
        while not (Path(f"{log}.waiting").exists() and 0 in done(log)) and time.monotonic() < deadline:
            time.sleep(0.05)
        # Until what was finished is in the cache.
        while not list((tmp_path / "cache").glob("unit-slow-*.npz")) and time.monotonic() < deadline:
            time.sleep(0.05)
        finished = done(log)
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=600)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in errors
    assert 0 in finished
    assert 1 not in finished
    kept = len(list((tmp_path / "cache").glob("unit-slow-????????????????.npz")))
    assert kept >= 1
    before = done(log)
    Path(f"{log}.again").touch()
    again = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    assert again.stdout.strip() == "[0, 1, 2, 3]"
    assert len(done(log)) - len(before) == 4 - kept


def test_a_damaged_file_is_computed_again(tmp_path):
    log = tmp_path / "log"
    run_units(work(log, [0, 1]), description="test", jobs=1, progress=False)
    file = sorted(cache_directory().glob("unit-double-*.npz"))[0]
    file.write_bytes(file.read_bytes()[:100])
    results = run_units(work(log, [0, 1]), description="test", jobs=1, progress=False)
    assert [int(arrays["double"]) for arrays in results] == [0, 2]
    assert len(done(log)) == 3


@pytest.mark.parametrize("jobs", [1, 2])
def test_units_that_cannot_be_kept_are_returned_with_one_warning(tmp_path, monkeypatch, caplog, jobs):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HGMRL_LITE_CACHE", str(tmp_path / "file" / "cache"))
    warn_not_stored.cache_clear()
    # Helper processes of an earlier test have the environment of then.
    get_reusable_executor().shutdown()
    log = tmp_path / "log"
    results = run_units(work(log, range(3)), description="test", jobs=jobs, progress=False)
    assert [int(arrays["double"]) for arrays in results] == [0, 2, 4]
    assert [record.name for record in caplog.records] == ["hgmrl_lite.cache"]
    assert str(tmp_path / "file" / "cache") in caplog.text


_UNWRITABLE = """
import numpy as np
from hgmrl_lite.cache import cached_arrays
from hgmrl_lite.experiments.units import Unit, run_units

def nested(number):
    return cached_arrays("inner", {"number": number}, lambda: {"number": np.array(number)})

units = [Unit(str(k), nested, {"number": k}) for k in range(4)]
print([int(arrays["number"]) for arrays in run_units(units, description="test", jobs=2, progress=False)])
"""


def test_helper_processes_do_not_repeat_the_warning(tmp_path):
    # A notebook shows what they print as well.
    script = tmp_path / "script.py"
    script.write_text(_UNWRITABLE)
    variables = {**os.environ, "HGMRL_LITE_CACHE": str(script / "cache")}
    done = subprocess.run(
        [sys.executable, str(script)], env=variables, capture_output=True, text=True, check=True, timeout=600
    )
    assert done.stdout.strip() == "[0, 1, 2, 3]"
    assert done.stderr.count("cannot be kept") == 1


def test_other_code_computes_anew(tmp_path, monkeypatch):
    log = tmp_path / "log"
    run_units(work(log, [0]), description="test", jobs=1, progress=False)
    monkeypatch.setattr(module, "code_fingerprint", lambda name: "other")
    run_units(work(log, [0]), description="test", jobs=1, progress=False)
    assert done(log) == [0, 0]


def test_the_fingerprint_is_of_the_code_that_makes_the_figures(tmp_path, monkeypatch):
    code_fingerprint.cache_clear()
    before = code_fingerprint(__name__)
    source = tmp_path / "source.py"
    source.write_text("other code")
    monkeypatch.setattr(sys.modules[__name__], "__file__", str(source))
    code_fingerprint.cache_clear()
    assert code_fingerprint(__name__) != before
    code_fingerprint.cache_clear()


_THREADS = """
import os
import numpy as np
from hgmrl_lite.experiments.units import Unit, run_units

def threads(number):
    import torch
    return {"torch": np.array(torch.get_num_threads()), "blas": np.array(os.environ["OPENBLAS_NUM_THREADS"])}

units = [Unit(str(k), threads, {"number": k}) for k in range(2)]
for arrays in run_units(units, description="test", jobs=2, progress=False):
    print(arrays["torch"], arrays["blas"])
"""


def test_each_process_works_on_one_thread(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(_THREADS)
    # As a user has it: no limit is set outside.
    variables = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    output = subprocess.run(
        [sys.executable, str(script)], env=variables, capture_output=True, text=True, check=True, timeout=600
    )
    assert output.stdout.split() == ["1"] * 4


def test_jobs_must_be_a_count():
    with pytest.raises(ValueError, match="jobs must be a whole number of at least 1, got 0"):
        run_units([], description="test", jobs=0)
