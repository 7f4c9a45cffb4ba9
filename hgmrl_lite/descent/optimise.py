"""Adam on either loss, batched over runs (sixteen cost little more than one), and what a descent did."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.linalg
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._tables import table
from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.descent.losses import FULL_TURN, Loss, mean_length

if TYPE_CHECKING:
    import torch

    from hgmrl_lite.lie import LieAlgebra

NORMALISATIONS = ("free", "unit")
# How many steps' random numbers are drawn at a time, and how often a descent asks whether it may stop.
_BLOCK = 64


@dataclass(frozen=True, eq=False)
class Descent:
    """Several runs of one descent.

    Attributes
    ----------
    path : ndarray, shape (T + 1, R, n, n)
        The generator of each run before each step and after the last.
    loss : ndarray, shape (T + 1, R)
        The loss on the batch of that step.
    reference : ndarray or None, shape (d, n, n)
        Orthonormal basis of the true algebra, where one was given.
    name : str
        Which loss.
    learning_rate : float
        Of Adam.
    batch : int
        Points a step.
    normalisation : {"free", "unit"}
        What was done about ‖W‖.
    seconds : float
        CPU time of all runs together.
    """

    path: Array
    loss: Array
    reference: Array | None
    name: str
    learning_rate: float
    batch: int
    normalisation: str
    seconds: float

    @property
    def steps(self) -> int:
        """Steps made."""
        return len(self.path) - 1

    @property
    def runs(self) -> int:
        """Number of runs."""
        return int(self.path.shape[1])

    @property
    def start(self) -> Array:
        """Where the runs began, shape (R, n, n)."""
        return np.asarray(self.path[0])

    @property
    def generators(self) -> Array:
        """Where they ended, shape (R, n, n)."""
        return np.asarray(self.path[-1])

    @cached_property
    def norm(self) -> Array:
        """Frobenius norm ‖W‖ on the way, shape (T + 1, R); a run that nears 0 is in the trap W = 0."""
        return np.asarray(np.linalg.norm(self.path, axis=(-2, -1)))

    @cached_property
    def angle_deg(self) -> Array:
        """Principal angle between W and the true algebra in degrees, shape (T + 1, R); 90° where W = 0."""
        if self.reference is None:
            raise ValueError("reference must be given to descend(...) for angles, got None")
        return angle_to(self.path, self.reference)

    def steps_to(self, angle_deg: float = 1.0) -> Array:
        """Return after how many steps each run was first below an angle, shape (R,); infinity for never."""
        angle_deg = float(as_array("angle_deg", angle_deg, ()))
        if angle_deg <= 0:
            raise ValueError(f"angle_deg must be greater than 0, got {angle_deg}")
        below = self.angle_deg < angle_deg
        return np.where(below.any(axis=0), below.argmax(axis=0).astype(float), np.inf)

    def reached(self, angle_deg: float = 1.0) -> int:
        """Return how many runs were ever below an angle."""
        return int(np.isfinite(self.steps_to(angle_deg)).sum())

    def quartiles(self, angle_deg: float = 1.0) -> Array:
        """Return the quartiles of `steps_to` over all runs, shape (3,); infinity for never."""
        steps = self.steps_to(angle_deg)
        probabilities = (0.25, 0.5, 0.75)
        upper = np.quantile(steps, probabilities, method="higher")
        finite = np.where(np.isfinite(steps), steps, 2.0 * self.steps + 1.0)
        return np.where(np.isfinite(upper), np.quantile(finite, probabilities), np.inf)

    def _rows(self) -> list[tuple[str, str]]:
        """Return what there is to tell, as pairs of name and text."""
        low, middle, high = (np.quantile(self.norm[-1], q) for q in (0.0, 0.5, 1.0))
        start, end = (float(np.median(self.loss[k])) for k in (0, -1))
        rows = [
            (
                "runs",
                f"{self.runs} runs × {self.steps} steps, Adam {self.learning_rate:g}, batch {self.batch}",
            ),
            ("loss, median", f"{start:.3g} → {end:.3g}"),
            (
                "‖W‖ at the end",
                f"{low:.2g} / {middle:.2g} / {high:.2g} (least, median, most), {self.normalisation}",
            ),
        ]
        if self.reference is not None:
            quartiles = " / ".join("never" if np.isinf(q) else f"{q:.0f}" for q in self.quartiles())
            rows.append(
                ("steps to 1°", f"{quartiles} (quartiles), {self.reached()} of {self.runs} runs arrive")
            )
        rows.append(("time", f"{self.seconds:.2g} s"))
        return rows

    def __repr__(self) -> str:
        """Tell the story of the runs."""
        rows = self._rows()
        width = max(len(name) for name, _ in rows)
        return "\n".join([f"Descent, {self.name}", *(f"  {name:<{width}}  {text}" for name, text in rows)])

    def _repr_html_(self) -> str:
        """Give the same as a table."""
        return table(f"Descent, {self.name}", self._rows())


def descend(
    loss: Loss,
    *,
    start: ArrayLike | None = None,
    learning_rate: float = 0.01,
    batch: int = 64,
    steps: int = 1000,
    normalisation: str = "free",
    runs: int = 16,
    seed: int = 0,
    reference: "ArrayLike | LieAlgebra | None" = None,
    stop_below_deg: float | None = None,
) -> Descent:
    """Look for a generator by descent (Adam) on a loss, from several starts at once.

    Two descents with the same ``seed`` and number of points have the same starts, batches and times, whatever
    their losses are. A run does not depend on how many others there are.

    Parameters
    ----------
    loss : Differential or Functional
        What to make small, with its data.
    start : array_like, shape (n, n) or (runs, n, n), optional
        First generators; uniform in [0, 1] when left out.
    learning_rate : float, optional
        Of Adam.
    batch : int, optional
        Points of each step, drawn with replacement.
    steps : int, optional
        Steps at most.
    normalisation : {"free", "unit"}, optional
        "unit" descends on the sphere ‖W‖ = 1 (Frobenius), "free" leaves ‖W‖ alone; W = 0 then is a minimum of
        the functional loss.
    runs : int, optional
        How many runs.
    seed : int, optional
        Seed of starts, batches and times; run k draws from its own stream (seed, k).
    reference : LieAlgebra or array_like, shape (d, n, n), optional
        The true algebra, for the recorded angle only.
    stop_below_deg : float, optional
        Stop early, at a multiple of 64 steps, once every run has been below this angle to the reference.

    Returns
    -------
    Descent

    Raises
    ------
    ValueError
        When an argument is malformed, a start is zero on the unit sphere, or a stop has no reference.
    """
    import torch

    n = loss.points.shape[1]
    if normalisation not in NORMALISATIONS:
        raise ValueError(f"normalisation must be one of {NORMALISATIONS}, got {normalisation!r}")
    batch, steps, runs = as_count("batch", batch), as_count("steps", steps, 0), as_count("runs", runs)
    learning_rate = float(as_array("learning_rate", learning_rate, ()))
    if learning_rate <= 0:
        raise ValueError(f"learning_rate must be greater than 0, got {learning_rate}")
    basis = _orthonormal(reference, n)
    if stop_below_deg is not None and (basis is None or not stop_below_deg > 0.0):
        raise ValueError(f"stop_below_deg must be positive and needs a reference, got {stop_below_deg}")
    streams = [np.random.default_rng([as_count("seed", seed, 0), k]) for k in range(runs)]
    first = _starts(start, streams, n, normalisation)

    begun = time.process_time()
    weights = torch.from_numpy(first.copy()).requires_grad_()
    optimiser = torch.optim.Adam([weights], lr=learning_rate, foreach=False)
    path, losses = np.empty((steps + 1, *first.shape)), np.empty((steps + 1, runs))
    arrived, last = np.zeros(runs, bool), steps
    for step, (index, times) in enumerate(_draws(streams, len(loss.points), batch, steps + 1)):
        path[step] = weights.detach().numpy()
        unit = normalisation == "unit"
        value = mean_length(loss.residuals(_on_sphere(weights) if unit else weights, index, times))
        losses[step] = value.detach().numpy()
        if stop_below_deg is not None and basis is not None and step and step % _BLOCK == 0:
            arrived |= (angle_to(path[step - _BLOCK : step + 1], basis) < stop_below_deg).any(axis=0)
            if arrived.all():
                last = step
                break
        if step < steps:
            optimiser.zero_grad()
            torch.autograd.backward(value.sum())
            optimiser.step()
            if unit:
                # Back to the sphere: Adam's step leaves it, the loss does not feel the length.
                with torch.no_grad():
                    weights.copy_(_on_sphere(weights))
    seconds = time.process_time() - begun
    return Descent(
        path[: last + 1], losses[: last + 1], basis, loss.name, learning_rate, batch, normalisation, seconds
    )


def _on_sphere(weights: "torch.Tensor") -> "torch.Tensor":
    """Return W / ‖W‖ for each run."""
    import torch

    unit: torch.Tensor = weights / torch.linalg.vector_norm(weights, dim=(1, 2), keepdim=True)
    return unit


def _starts(start: ArrayLike | None, streams: list[np.random.Generator], n: int, normalisation: str) -> Array:
    """Return the first generators (R, n, n), drawn from each run's stream when none is given."""
    # Drawn in any case, so that batches and times do not depend on whether a start was given.
    drawn = np.stack([stream.uniform(size=(n, n)) for stream in streams])
    if start is not None:
        given = as_array("start", start)
        if given.shape not in ((n, n), drawn.shape):
            raise ValueError(f"start must have shape {(n, n)} or {drawn.shape}, got {given.shape}")
        drawn = np.broadcast_to(given, drawn.shape).copy()
    if normalisation == "unit":
        length = np.linalg.norm(drawn, axis=(1, 2))
        if not length.all():
            raise ValueError('start must not be zero when normalisation is "unit"')
        drawn = drawn / length[:, None, None]
    return drawn


def _draws(
    streams: list[np.random.Generator], number: int, batch: int, steps: int
) -> "Iterator[tuple[torch.Tensor, torch.Tensor]]":
    """Yield for each step which points every run looks at and at what times, both (R, batch)."""
    import torch

    for begin in range(0, steps, _BLOCK):
        length = min(_BLOCK, steps - begin)
        chosen: list[NDArray[np.int64]] = []
        at: list[Array] = []
        for stream in streams:
            # A whole block in any case: what run k draws does not depend on the number of steps.
            chosen.append(stream.integers(number, size=(_BLOCK, batch)))
            at.append(stream.uniform(0.0, FULL_TURN, size=(_BLOCK, batch)))
        index, times = torch.from_numpy(np.stack(chosen, axis=1)), torch.from_numpy(np.stack(at, axis=1))
        yield from zip(index[:length], times[:length], strict=True)


def angle_to(generators: Array, basis: Array) -> Array:
    """Return the angles (...) in degrees from generators (..., n, n) to the span of an orthonormal basis."""
    rows = basis.reshape(len(basis), -1)
    flat = generators.reshape(*generators.shape[:-2], -1)
    inside = flat @ rows.T
    across = np.linalg.norm(flat - inside @ rows, axis=-1)
    along = np.linalg.norm(inside, axis=-1)
    return np.degrees(np.where(flat.any(axis=-1), np.arctan2(across, along), np.pi / 2))


def _orthonormal(reference: "ArrayLike | LieAlgebra | None", n: int) -> Array | None:
    """Return an orthonormal basis (d, n, n) of the span of generators, or raise a ValueError."""
    if reference is None:
        return None
    basis: Any = getattr(reference, "basis", reference)
    matrices = as_array("reference", basis)
    matrices = matrices[None] if matrices.ndim == 2 else matrices
    if matrices.ndim != 3 or matrices.shape[1:] != (n, n):
        raise ValueError(f"reference must be generators of shape (d, {n}, {n}), got {matrices.shape}")
    rows = scipy.linalg.orth(matrices.reshape(len(matrices), -1).T, rcond=1e-12).T
    if not len(rows):
        raise ValueError("reference must hold a generator that is not zero")
    return np.asarray(rows.reshape(-1, n, n))
