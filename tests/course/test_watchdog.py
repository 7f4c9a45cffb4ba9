"""The time limit: it ends loops, naps and stubborn code, in the main thread and in others."""

import signal
import sys
import threading
import time

import pytest

from hgmrl_lite.course.watchdog import TookTooLong, run_with_limit

LIMIT = 0.2


def forever():
    while True:
        pass


def nap():
    time.sleep(20)


def stubborn():
    while True:
        try:
            forever()
        except Exception:
            continue


def more_stubborn():
    while True:
        try:
            time.sleep(0.001)
            time.sleep(0.001)
        except BaseException:
            continue


def swallows_the_first():
    try:
        forever()
    except BaseException:
        return 3


def here(work, seconds):
    return run_with_limit(work, seconds)


def in_a_thread(work, seconds):
    """Call it from another thread, where no signal arrives; pass on what it returns or raises."""
    outcome = []

    def target():
        try:
            outcome.append((run_with_limit(work, seconds), None))
        except BaseException as error:
            outcome.append((None, error))

    thread = threading.Thread(target=target)
    thread.start()
    thread.join(10)
    value, error = outcome[0]
    if error is not None:
        raise error
    return value


both = pytest.mark.parametrize("run", [here, in_a_thread])


@both
def test_value_and_exception_come_through(run):
    assert run(lambda: 7, 5) == 7
    with pytest.raises(KeyError, match="missing"):
        run(lambda: {}["missing"], 5)
    with pytest.raises(TimeoutError, match="mine"):
        run(lambda: (_ for _ in ()).throw(TimeoutError("mine")), 5)


@both
@pytest.mark.parametrize("work", [forever, nap, stubborn, more_stubborn, swallows_the_first])
def test_slow_work_is_given_up(run, work):
    with pytest.raises(TookTooLong):
        run(work, LIMIT)


def test_no_trace_function_stays():
    # One of its own, when coverage is measured.
    before, here = sys.gettrace(), sys._getframe().f_trace
    with pytest.raises(TookTooLong):
        run_with_limit(more_stubborn, LIMIT)
    assert sys.gettrace() is before
    assert sys._getframe().f_trace is here


def test_a_loop_in_a_thread_is_ended_too():
    running = set(threading.enumerate())
    with pytest.raises(TookTooLong):
        in_a_thread(forever, LIMIT)
    workers = set(threading.enumerate()) - running
    for worker in workers:
        worker.join(10)
    assert not any(worker.is_alive() for worker in workers)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no interval timer")
@pytest.mark.parametrize("work", [lambda: 1, forever])
def test_signal_handler_and_outer_timer_are_restored(work):
    rings = []
    before = signal.signal(signal.SIGALRM, lambda *_: rings.append(1))
    signal.setitimer(signal.ITIMER_REAL, 100)
    try:
        try:
            run_with_limit(work, LIMIT)
        except TookTooLong:
            assert work is forever
        left, _ = signal.getitimer(signal.ITIMER_REAL)
        assert 0 < left < 100
        signal.raise_signal(signal.SIGALRM)
        assert rings == [1]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_bad_limit(seconds):
    with pytest.raises(ValueError, match="seconds must be greater than 0, got"):
        run_with_limit(lambda: 1, seconds)
