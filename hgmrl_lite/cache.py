"""Results that are slow to compute, kept on disk by a hash of the settings that made them."""

import contextlib
import dataclasses
import functools
import hashlib
import inspect
import json
import logging
import os
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import platformdirs
from numpy.typing import NDArray

_log = logging.getLogger(__name__)
_DIGEST = "digest"
# What cannot be named on disk, for as long as this process runs.
_session: dict[str, tuple[dict[str, NDArray[Any]] | None, tuple[Any, ...]]] = {}


def cache_directory() -> Path:
    """Return the folder of cached results: ``$HGMRL_LITE_CACHE``, or the user's cache folder."""
    chosen = os.environ.get("HGMRL_LITE_CACHE")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("hgmrl_lite"))


def cached_arrays(
    kind: str,
    settings: Mapping[str, Any],
    compute: Callable[[], Mapping[str, NDArray[Any]]],
    *,
    refresh: bool = False,
) -> dict[str, NDArray[Any]]:
    """Return the arrays that ``compute`` makes, from disk when these settings were computed before.

    Parameters
    ----------
    kind : str
        What is cached; the beginning of the file's name.
    settings : mapping
        Everything the result depends on: JSON values, arrays, dataclasses of such, classes and functions
        (with the source of their module). Its hash is the rest of the name. What holds a class or function
        of a notebook, or a function without a name, is kept for the session only.
    compute : callable
        Makes the arrays; called when nothing is cached, when the file is damaged, or on ``refresh``.
    refresh : bool, optional
        Compute anew and overwrite.

    Returns
    -------
    dict of str to ndarray
        The arrays by name.

    Notes
    -----
    Storage is no condition of a result: where the folder cannot be written, or the disk is full, the result
    is returned all the same, and the logger ``hgmrl_lite.cache`` warns once.
    """
    arrays = None if refresh else load_arrays(kind, settings)
    if arrays is None:
        arrays = {name: np.asarray(value) for name, value in compute().items()}
        warn_not_stored(store_arrays(kind, settings, arrays))
    return arrays


def load_arrays(kind: str, settings: Mapping[str, Any]) -> dict[str, NDArray[Any]] | None:
    """Return what `store_arrays` kept for these settings, or None when there is nothing, or nothing whole.

    A damaged file is named in a warning of the logger ``hgmrl_lite.cache``.
    """
    text, unnamed = settings_text(kind, settings)
    if unnamed:
        return _session.get(text, (None, ()))[0]
    path = _file(kind, text)
    try:
        return _load(path)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    except Exception as error:
        # NumPy and zipfile raise errors of a dozen kinds at a file that is not whole.
        _log.warning("the cached file %s is damaged (%s); it is computed again", path, error)
        return None


def store_arrays(kind: str, settings: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> str:
    """Keep arrays on disk for `load_arrays`; return why they cannot be kept, or an empty text."""
    text, unnamed = settings_text(kind, settings)
    if unnamed:
        # With what has no name, so that nothing else takes its place in memory.
        _session[text] = (dict(arrays), tuple(unnamed))
        return ""
    path = _file(kind, text)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as stream:
            np.savez(stream, **{_DIGEST: np.array(_digest(arrays))}, **arrays)  # type: ignore[arg-type]
    except OSError as error:
        return f"Results cannot be kept in {path.parent} ({error.strerror or error})."
    return ""


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that gets its name only when it is whole, so that nobody sees half of it.

    It is written beside its place and moved there. What ends the writing, an error or Ctrl-C, leaves no part.

    Parameters
    ----------
    path : Path
        The file, in a folder that exists; what is there is replaced.

    Yields
    ------
    binary file
        To write to.

    Raises
    ------
    OSError
        When it cannot be written or moved.
    """
    # Neither the process's number nor the thread's would do: containers that share a folder repeat them.
    part = path.with_name(f".{path.stem}.{uuid.uuid4().hex}.part{path.suffix}")
    try:
        with part.open("xb") as stream:
            yield stream
        part.replace(path)
    finally:
        # Gone already when all went well; when not, the first error is the one to tell.
        with contextlib.suppress(OSError):
            part.unlink()


@functools.cache
def warn_not_stored(reason: str) -> None:
    """Say once why results are not kept, and what that means; a ``reason`` that is empty says nothing."""
    if reason:
        _log.warning(
            "%s They are not lost now, but will be computed again when they are needed again. To keep them, "
            "set the environment variable HGMRL_LITE_CACHE to a folder you may write to, with room in it.",
            reason,
        )


def clear_cache() -> str:
    """Delete the package's cached results, such as trained policies; the lessons compute them again.

    Returns
    -------
    str
        How many files were deleted and how large they were, and whether some could not be.
    """
    deleted = size = 0
    kept = ""
    for file in sorted(cache_directory().glob("*.npz")):
        try:
            length = file.stat().st_size
            file.unlink()
        except FileNotFoundError:
            # Another notebook clears the cache as well, or has just moved a new file to its place.
            continue
        except OSError as error:
            kept = f" Others could not be deleted: {error.strerror or error}."
            continue
        deleted, size = deleted + 1, size + length
    return f"{deleted} cached results deleted, {size / 1e6:.1f} MB.{kept}"


def settings_text(kind: str, settings: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Return settings as text that names every value, and the classes and functions without a lasting name.

    Raises
    ------
    TypeError
        When a value is none of those that :func:`cached_arrays` names.
    """
    unnamed: list[Any] = []

    def named(value: Any) -> Any:
        if isinstance(value, np.ndarray | np.generic):
            return value.tolist()
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            own = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
            return {"class": named(type(value)), **own}
        module, name = (str(getattr(value, part, None) or "") for part in ("__module__", "__qualname__"))
        if not callable(value):
            raise TypeError(f"settings must hold values that can be named, got {type(value).__name__}")
        # A method depends on its object as well, a closure on what it encloses: no name tells that.
        hidden = (
            inspect.ismethod(value) or getattr(value, "__closure__", None) or hasattr(value, "__wrapped__")
        )
        if not module or not name or module == "__main__" or "<" in name or hidden:
            unnamed.append(value)
            return f"{name} {id(value)}"
        sources = sorted({one.__module__ for one in getattr(value, "__mro__", (value,))})
        return {"name": f"{module}.{name}", "sources": {source: _source_hash(source) for source in sources}}

    return json.dumps({"kind": kind, **settings}, sort_keys=True, default=named), unnamed


@functools.cache
def _source_hash(module: str) -> str:
    """Return a hash of a module's source, as it was when first asked for; empty when it has no file."""
    file = getattr(sys.modules.get(module), "__file__", None)
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()[:16] if file else ""


def _file(kind: str, text: str) -> Path:
    """Return the file of these settings."""
    return cache_directory() / f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.npz"


def _digest(arrays: Mapping[str, NDArray[Any]]) -> str:
    """Hash names, types, shapes and bytes."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        value = np.ascontiguousarray(arrays[name])
        digest.update(f"{name}{value.dtype.str}{value.shape}".encode())
        digest.update(value.tobytes())
    return digest.hexdigest()


def _load(path: Path) -> dict[str, NDArray[Any]]:
    """Read a cached file and check it against the digest it was written with."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    expected = str(arrays.pop(_DIGEST))
    if _digest(arrays) != expected:
        raise ValueError("its content does not match its digest")
    return arrays
