"""What a student has done so far: a small file beside the student's work, which never leaves the machine.

The file has one line of JSON for each step forward and is only ever appended to: two notebooks that are open
at once cannot lose each other's lines.
"""

import errno
import json
import os
from pathlib import Path

from hgmrl_lite.course.report import CheckResult, State

FILE = "progress.jsonl"
"""The file's name, in the folder of the notebooks; ``$HGMRL_LITE_PROGRESS`` names another place."""
# A Jupyter kernel starts in the notebook's folder, and a lesson imports this in its first cell: a later `%cd`
# must not begin a second file.
try:
    _STARTED_IN = Path.cwd()
except FileNotFoundError:
    # The folder was deleted while the Jupyter kernel ran; `remember` will say so.
    _STARTED_IN = Path()


def progress_file() -> Path:
    """Return where the progress is kept: ``$HGMRL_LITE_PROGRESS``, or a file beside the notebook."""
    return _STARTED_IN / (os.environ.get("HGMRL_LITE_PROGRESS") or FILE)


def remember(result: CheckResult) -> str:
    """Note a step forward in the file; what is done stays done.

    Parameters
    ----------
    result : CheckResult
        What a check found.

    Returns
    -------
    str
        Empty, or why it could not be noted. A full disk must not take the verdict from the student.
    """
    if result.state == "Not attempted" or not _has_a_student():
        return ""
    id, file = result.exercise.id, progress_file()
    try:
        if read_states(file)[0].get(id) in ("Correct", result.state):
            return ""
        file.parent.mkdir(parents=True, exist_ok=True)
        # One write of one line in append mode: lines of two notebooks do not mix. The leading line break
        # keeps a line that was cut short, by a full disk say, from swallowing this one.
        line = f"\n{json.dumps({'exercise': id, 'state': result.state})}\n".encode()
        with file.open("ab", buffering=0) as stream:
            # A disk that becomes full takes the beginning of a line without an error.
            if stream.write(line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as error:
        return f"Your progress could not be noted in {file}: {error.strerror or error}."
    return ""


def reset_progress() -> str:
    """Forget which exercises are done; the answers in the notebooks stay.

    Returns
    -------
    str
        What was done. The old file is kept beside the new one until the next reset.
    """
    file = progress_file()
    kept = file.with_name(f"{file.stem}.before-reset{file.suffix}")
    try:
        file.replace(kept)
    except FileNotFoundError:
        return "There is no progress to forget."
    except OSError as error:
        return f"The progress stays as it is: {file} could not be renamed ({error.strerror or error})."
    return f"The progress begins anew. What was noted so far is kept in {kept.name}."


def read_states(file: Path) -> tuple[dict[str, State], int]:
    """Return the best states by exercise, and how many lines mean nothing."""
    states: dict[str, State] = {}
    unreadable = 0
    for line in file.read_bytes().splitlines() if file.exists() else ():
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            id, state = entry["exercise"], entry["state"]
        except (ValueError, TypeError, KeyError):
            unreadable += 1
            continue
        if not isinstance(id, str) or state not in ("Correct", "Not yet"):
            unreadable += 1
        elif states.get(id) != "Correct":
            states[id] = state
    return states, unreadable


def _has_a_student() -> bool:
    """Tell whether this is a notebook, or a file was named: a script or a test leaves no trace."""
    if os.environ.get("HGMRL_LITE_PROGRESS"):
        return True
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")
