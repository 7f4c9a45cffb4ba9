"""What a descent did: its whole path, and what can be read off it."""

import html
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array

if TYPE_CHECKING:
    from hgmrl_lite.lie import LieAlgebra


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
        rows = "".join(
            f'<tr><th style="text-align:left">{html.escape(name)}</th>'
            f'<td style="text-align:left">{html.escape(text)}</td></tr>'
            for name, text in self._rows()
        )
        return f"<strong>Descent, {html.escape(self.name)}</strong><table>{rows}</table>"


def angle_to(generators: Array, basis: Array) -> Array:
    """Return the angles (...) in degrees from generators (..., n, n) to the span of an orthonormal basis."""
    rows = basis.reshape(len(basis), -1)
    flat = generators.reshape(*generators.shape[:-2], -1)
    inside = flat @ rows.T
    across = np.linalg.norm(flat - inside @ rows, axis=-1)
    along = np.linalg.norm(inside, axis=-1)
    return np.degrees(np.where(flat.any(axis=-1), np.arctan2(across, along), np.pi / 2))


def orthonormal_reference(reference: "ArrayLike | LieAlgebra | None", n: int) -> Array | None:
    """Return an orthonormal basis (d, n, n) of the span of generators.

    Raises
    ------
    ValueError
        When the generators do not fit, or are all zero.
    """
    if reference is None:
        return None
    basis: Any = getattr(reference, "basis", reference)
    matrices = as_array("reference", basis)
    matrices = matrices[None] if matrices.ndim == 2 else matrices
    if matrices.ndim != 3 or matrices.shape[1:] != (n, n):
        raise ValueError(f"reference must be generators of shape (d, {n}, {n}), got {matrices.shape}")
    _, values, rows = np.linalg.svd(matrices.reshape(len(matrices), -1), full_matrices=False)
    rank = int((values > 1e-12 * values.max(initial=0.0)).sum())
    if not rank:
        raise ValueError("reference must hold a generator that is not zero")
    return np.asarray(rows[:rank].reshape(rank, n, n))
