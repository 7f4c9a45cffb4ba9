"""What the data are evidence for: defects held against bounds, findings in words, trends left over."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri, ndtri, stdtrit

from hgmrl_lite._validate import Array
from hgmrl_lite._verdict import Verdict
from hgmrl_lite.hereditary.frame import Frame
from hgmrl_lite.hereditary.polynomials import exponents_up_to, monomials

#: Largest defect, relative to what unrelated tasks or systems show, that still counts as none: a sine of
#: 8.6°, about the error of a left action from which a policy starts to miss its goal.
BOUND = 0.15
#: The starts count as moved from a third of their own standard deviation on, and as kept when half of it is
#: excluded: a few hundred starts do not show less.
START_BOUND, START_EXCLUDED = 0.35, 0.5
#: Standard errors that a squared defect must be away from the squared bound.
ERRORS = 2.0
#: How often a test may say so when it is not so.
CHANCE = 1e-3
#: Share of errors that stated bounds need not hold.
UNCOVERED = 0.05
#: Standard errors in a stated bound, where many data make it.
NORMAL = float(ndtri(1.0 - 0.5 * UNCOVERED))
#: Error of the element that a policy still bears: regret climbs steeply from 8° to 10° on.
LARGEST_ANGLE = math.radians(8.0)
#: How many times the base model's misfit may be left over without meaning anything.
MISFIT = 5.0


@dataclass(frozen=True)
class Finding:
    """A property and whether the family has it.

    Parameters
    ----------
    name : str
        Which property.
    verdict : {"yes", "no", "undecided"}
        Whether the family has it.
    figure : float
        The defect that was measured, the worst of all tasks: 0 when the property holds exactly.
    bound : float
        Largest defect that counts as none.
    text : str
        One sentence.
    """

    name: str
    verdict: Verdict
    figure: float
    bound: float
    text: str


@dataclass(frozen=True)
class Defect:
    """A squared defect, its noise subtracted, with its standard error; NaN when it could not be measured."""

    square: float
    error: float

    @property
    def figure(self) -> float:
        """The defect itself; 0 where noise alone explains it."""
        return float(np.sqrt(max(self.square, 0.0))) if np.isfinite(self.square) else float("nan")

    def verdict(self, bound: float, excluded: float | None = None) -> Verdict:
        """Return "no" when the defect is above the bound, error allowed for, "yes" when it is below.

        If ``excluded`` is given, the error may reach up to that larger bound for a "yes".
        """
        if not (np.isfinite(self.square) and np.isfinite(self.error)):
            return "undecided"
        if self.square - ERRORS * self.error > bound**2:
            return "no"
        below = self.square <= bound**2 and self.square + ERRORS * self.error < (excluded or bound) ** 2
        return "yes" if below else "undecided"


UNKNOWN = Defect(math.nan, math.nan)
"""The defect of what could not be measured."""


class Told:
    """A result that prints what there is to tell of it: in lines, and in a notebook as a table."""

    def _facts(self) -> list[tuple[str, str]]:
        """Return what there is to tell, as (name, text)."""
        raise NotImplementedError

    def __repr__(self) -> str:
        """Tell it in lines."""
        return f"{type(self).__name__}(\n" + "\n".join(f"  {a}: {b}" for a, b in self._facts()) + "\n)"

    def _repr_html_(self) -> str:
        """Tell the same as a table."""
        return table_of(type(self).__name__, self._facts())


def table_of(caption: str, rows: Sequence[Sequence[str]], head: Sequence[str] = ()) -> str:
    """Return an HTML table: each row the name of a fact, more cells, and words, which alone may be broken."""
    left, whole = "style='text-align:left'", "style='text-align:left;white-space:nowrap'"
    lines = ["".join(f"<th {left}>{title}</th>" for title in head)] if head else []
    for name, *cells, words in rows:
        between = "".join(f"<td {whole}>{cell}</td>" for cell in cells)
        lines.append(f"<th {whole}>{name}</th>{between}<td {left}>{words}</td>")
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><caption>{caption}</caption>{body}</table>"


def overall(verdicts: Sequence[Verdict]) -> Verdict:
    """Return "no" if any is, else "undecided" if any is, else "yes"."""
    if "no" in verdicts:
        return "no"
    return "undecided" if "undecided" in verdicts else "yes"


def worst(
    defects: Sequence[Defect], bound: float, excluded: float | None = None
) -> tuple[Verdict, Defect, int]:
    """Return the verdict on several defects, and the defect that carries it with its place."""
    verdicts = [defect.verdict(bound, excluded) for defect in defects]
    verdict = overall(verdicts)
    places = [index for index, found in enumerate(verdicts) if found == verdict]
    place = max(places, key=lambda index: np.nan_to_num(defects[index].square, nan=np.inf))
    return verdict, defects[place], place


def squared(seen: Array, errors: Array) -> Defect:
    """Return |e|² and its error for what was seen, e + δ (k,), and F parts or draws (F, k) that make δ.

    The covariance S of δ is the sum of their products.
    """
    square = float(np.square(seen).sum() - np.square(errors).sum())
    # For x = |e + δ|²: Var x = 4 eᵀSe + 2 tr S²; products of two parts are unbiased.
    products = np.square(errors @ errors.T)
    trace = max(float(products.sum() - np.trace(products)) * len(errors) / (len(errors) - 1), 0.0)
    variance = max(4.0 * float(np.square(errors @ seen).sum()) - 2.0 * trace, 2.0 * trace)
    return Defect(square, float(np.sqrt(variance)))


def strain_defect(matrix: Array, covariance: Array, form: Array, draws: int = 200) -> Defect:
    """Return how far a matrix is from keeping an inner product, given its error covariance (n², n²)."""
    frame = Frame.of(form)
    square = float(frame.stretch(matrix))
    if not covariance.any():
        return Defect(square, 0.0)
    if not np.isfinite(covariance).all():
        return UNKNOWN
    values, axes = np.linalg.eigh(covariance)
    normals = np.random.default_rng(0).standard_normal((draws, len(values)))
    noise = (normals * np.sqrt(np.maximum(values, 0.0))) @ axes.T
    drawn = frame.stretch(matrix + noise.reshape(draws, *matrix.shape))
    return Defect(square - float(drawn.mean() - square), float(drawn.std()))


def student(freedom: int, chance: float = CHANCE) -> float:
    """Return the two-sided quantile of Student's t; infinite without a degree of freedom."""
    return float(stdtrit(freedom, 1.0 - 0.5 * chance)) if freedom > 0 else math.inf


def trend_excess(
    points: Array, left: Array, slopes: Array, misfit: Array, noise: float, used: int, *, offset: bool
) -> float:
    """Return how far the trend in residuals exceeds what noise and the base model's misfit can explain.

    A wrong group leaves a smooth function of the state, noise on the rewards does not. The noise need not be
    known: it is what a polynomial fitted to the residuals leaves over (a lack-of-fit test). The misfit of the
    base model is smooth as well, and no number of transitions makes it smaller: it is allowed `MISFIT` times
    over.

    Parameters
    ----------
    points : ndarray, shape (N, n)
        Where.
    left : ndarray, shape (N,)
        Residuals there, in units of the reward.
    slopes : ndarray, shape (N, d)
        How the residuals change with the element: what a small error of it would leave does not count.
    misfit : ndarray, shape (N,)
        The base model's own misfit there; points where it is infinite are left out.
    noise : float
        Standard deviation of noise on the rewards of the base task: the new task's is taken to be no smaller.
    used : int
        Parameters that were fitted.
    offset : bool
        Whether a constant in the residuals counts.

    Returns
    -------
    float
        Mean square of the trend over its bound: above 1, the element does not explain the data. NaN when
        there are too few transitions to tell.
    """
    known = np.isfinite(misfit)
    points, left, slopes, misfit = points[known], left[known], slopes[known], misfit[known]
    number = len(points)
    design = _polynomials(points)
    freedom = number - design.shape[1] - used
    if freedom < 1:
        return math.nan
    if not offset:
        slopes = np.hstack([slopes, np.ones((number, 1))])
        design = design[:, 1:]
    # What a constant without meaning and a small step of the element can explain is taken out of both.
    explained = np.linalg.svd(slopes, full_matrices=False)
    frame = explained[0][:, explained[1] > 1e-9 * explained[1].max(initial=0.0)]
    left, design = (part - frame @ (frame.T @ part) for part in (left, design))
    fitted = design @ np.linalg.lstsq(design, left)[0]
    trend = float(np.square(fitted).mean())
    scatter = max(float(np.square(left - fitted).sum()) / freedom, noise**2)
    terms = design.shape[1]
    bound = terms * float(fdtri(terms, freedom, 1.0 - CHANCE)) * scatter / number
    bound += MISFIT**2 * float(np.square(misfit).mean())
    return float(trend / max(bound, float(np.finfo(float).tiny)))


def shared_misfit(slopes: Array, cells: NDArray[np.intp], misfit: Array) -> Array:
    """Return the (d, d) covariance of Jᵀe that the base model's misfit brings.

    Points that fall to one centre of the model meet the same misfit, however many they are.

    Parameters
    ----------
    slopes : ndarray, shape (N, d)
        J, how the residuals change with the element.
    cells : ndarray of int, shape (N,)
        The nearest centre.
    misfit : ndarray, shape (N,)
        The misfit there; infinite ones do not count.
    """
    misfit = np.where(np.isfinite(misfit), misfit, 0.0)
    _, group = np.unique(cells, return_inverse=True)
    sums = np.zeros((int(group.max()) + 1, slopes.shape[1]))
    np.add.at(sums, group, misfit[:, None] * slopes)
    return np.asarray(sums.T @ sums)


def worst_error(normal: Array, variance: float, shared: Array) -> tuple[float, Array]:
    """Return the largest standard error and its direction, from (JᵀJ)⁻¹ (σ² JᵀJ + shared) (JᵀJ)⁻¹.

    Parameters
    ----------
    normal, shared : ndarray, shape (d, d)
        JᵀJ, and the covariance of Jᵀe beside σ² JᵀJ.
    variance : float
        σ², that of independent residuals.

    Returns
    -------
    tuple of float and ndarray, shape (d,)
        Infinite along a direction that the data leave open.
    """
    size, axes = np.linalg.eigh(normal)
    if not size[0] > 1e-12 * size[-1]:
        return math.inf, axes[:, 0]
    inverse = (axes / size) @ axes.T
    spread, directions = np.linalg.eigh(variance * inverse + inverse @ shared @ inverse)
    return math.sqrt(max(float(spread[-1]), 0.0)), directions[:, -1]


def _polynomials(points: Array) -> Array:
    """Return the monomials (N, p) of degree 2 in scaled points, or 1 where there are few."""
    number, n = points.shape
    scaled = points - points.mean(axis=0) if number else points
    size = np.sqrt(np.square(scaled).mean(axis=0)) if number else np.ones(n)
    degree = 2 if number >= (n + 1) * (n + 2) else 1
    return monomials(scaled / np.where(size > 0.0, size, 1.0), exponents_up_to(n, 0, ((degree, 0),)))
