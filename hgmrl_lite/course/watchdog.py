"""A soft time limit for code that a student wrote: it ends the wait, and where possible the code too."""

import contextvars
import ctypes
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

# The alarm rings again after this many seconds, for code that swallows the first one in a bare ``except``.
_AGAIN = 0.2


class TookTooLong(Exception):
    """The work did not end within its time limit."""


class Stop(BaseException):
    """Thrown into the running code; no ``except Exception`` there catches it, and a check lets it through."""


def run_with_limit(work: Callable[[], T], seconds: float) -> T:
    """Return ``work()``, or give up after ``seconds``.

    Parameters
    ----------
    work : callable
        Takes no argument.
    seconds : float
        The time limit, in wall seconds, greater than 0.

    Returns
    -------
    object
        What ``work`` returned.

    Raises
    ------
    ValueError
        When ``seconds`` is not greater than 0.
    TookTooLong
        When the time is over. What ``work`` itself raises comes through unchanged.

    Notes
    -----
    In the main thread of a POSIX system an interval timer interrupts the work where it runs. Elsewhere
    (Windows, a Jupyter subshell) the work runs in a thread of its own, which is asked to end and not waited
    for. Neither can break into one long call of compiled code; the first answers when that call returns.
    """
    if not seconds > 0:
        raise ValueError(f"seconds must be greater than 0, got {seconds!r}")
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        return _with_alarm(work, seconds)
    return _in_thread(work, seconds)


def _with_alarm(work: Callable[[], T], seconds: float) -> T:
    """Run ``work`` here, interrupted by SIGALRM."""
    armed, rings = True, 0
    me, tracer = sys._getframe(), sys.gettrace()

    def ring(signum: int, frame: FrameType | None) -> None:
        nonlocal rings
        rings += 1
        if not armed:
            return
        if rings == 1:
            raise Stop
        # Code that catches everything in a loop: throw at a later line each time, until one is not covered.
        _throw_after(rings, frame, me)

    start = time.monotonic()
    handler = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        try:
            value = work()
        finally:
            armed = False
    except Stop:
        raise TookTooLong from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if rings > 1:
            sys.settrace(tracer)
        if left:
            # A timer that was running before goes on with what is left of it.
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - start), 1e-3), interval)
    if rings:
        raise TookTooLong
    return value


def _throw_after(lines: int, frame: FrameType | None, outermost: FrameType) -> None:
    """Throw into the code that runs in ``frame`` when it has gone on for so many lines."""

    def step(_: FrameType, event: str, __: Any) -> Any:
        nonlocal lines
        lines -= event == "line"
        if lines <= 0:
            raise Stop
        return step

    sys.settrace(step)
    while frame is not None and frame is not outermost:
        frame.f_trace = step
        frame = frame.f_back


def _in_thread(work: Callable[[], T], seconds: float) -> T:
    """Run ``work`` in a daemon thread and stop waiting for it in time."""
    outcome: dict[str, Any] = {}

    def target() -> None:
        try:
            outcome["value"] = work()
        except BaseException as error:
            outcome["error"] = error

    # The copied context keeps printed output in the cell that asked for it.
    thread = threading.Thread(target=contextvars.copy_context().run, args=(target,), daemon=True)
    thread.start()
    try:
        thread.join(seconds)
    finally:
        if thread.is_alive():
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident or 0), ctypes.py_object(Stop)
            )
    if not outcome or isinstance(outcome.get("error"), Stop):
        raise TookTooLong
    if "error" in outcome:
        raise outcome["error"]
    value: T = outcome["value"]
    return value
