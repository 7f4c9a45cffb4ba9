"""The time limit of a check: it ends loops, naps and stubborn code."""

import gc
import threading
import time
import warnings
import weakref

import pytest

from hgmrl_lite.course.calling import TookTooLong, run_with_limit

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
            time.sleep(0.01)
        except BaseException:
            continue


def test_what_the_work_does_and_raises_comes_through():
    done = []
    run_with_limit(lambda: done.append(7), 5)
    assert done == [7]
    with pytest.raises(KeyError, match="missing"):
        run_with_limit(lambda: {}["missing"], 5)
    with pytest.raises(TimeoutError, match="mine"):
        run_with_limit(lambda: (_ for _ in ()).throw(TimeoutError("mine")), 5)


@pytest.mark.parametrize("work", [forever, nap, stubborn, more_stubborn])
def test_slow_work_is_given_up(work):
    started = time.monotonic()
    with pytest.raises(TookTooLong):
        run_with_limit(work, LIMIT)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("work", [forever, stubborn])
def test_a_loop_is_ended_too(work):
    running = set(threading.enumerate())
    with pytest.raises(TookTooLong):
        run_with_limit(work, LIMIT)
    workers = set(threading.enumerate()) - running
    for worker in workers:
        worker.join(10)
    assert not any(worker.is_alive() for worker in workers)


def test_what_ended_work_has_changed_for_a_while_is_as_before():
    def filtering():
        while True:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                sum(range(100))

    before = list(warnings.filters)
    for _ in range(5):
        with warnings.catch_warnings(), pytest.raises(TookTooLong):
            run_with_limit(filtering, LIMIT)
    assert list(warnings.filters) == before


def test_what_was_raised_is_let_go_without_waiting_for_the_collector():
    class Held:
        """Something that the work holds."""

    def fails():
        held = Held()
        left.append(weakref.ref(held))
        raise ValueError("mine")

    left = []
    gc.disable()
    try:
        with pytest.raises(ValueError, match="mine"):
            run_with_limit(fails, 5)
        assert left[0]() is None
    finally:
        gc.enable()
