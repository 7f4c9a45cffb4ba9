"""Results that are slow to compute, kept on disk by a hash of the settings that made them."""

import hashlib
import json
import logging
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.typing import NDArray

_log = logging.getLogger(__name__)
_DIGEST = "digest"


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
        Everything the result depends on, as JSON values; its hash is the rest of the name.
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
    A damaged file is named in a warning of the logger ``hgmrl_lite.cache`` and recomputed. A file is written
    beside its place and moved there, so that two Jupyter kernels never see half of one.
    """
    text = json.dumps({"kind": kind, **settings}, sort_keys=True)
    path = cache_directory() / f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.npz"
    if path.exists() and not refresh:
        try:
            return _load(path)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            _log.warning("the cached file %s is damaged (%s); it is computed again", path, error)
    arrays = {name: np.asarray(value) for name, value in compute().items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.stem}.{os.getpid()}.part.npz")
    np.savez(part, **{_DIGEST: np.array(_digest(arrays))}, **arrays)  # type: ignore[arg-type]
    part.replace(path)
    return arrays


def clear_cache() -> str:
    """Delete the package's cached results, such as trained policies; the lessons compute them again.

    Returns
    -------
    str
        How many files were deleted and how large they were.
    """
    files = sorted(cache_directory().glob("*.npz"))
    size = sum(file.stat().st_size for file in files)
    for file in files:
        file.unlink()
    return f"{len(files)} cached results deleted, {size / 1e6:.1f} MB."


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
