"""How large a defect may still be: a spectrum at one neighbourhood size, resampled.

With g₁, g₂ the gradients that the two halves of the data give at a point, h the lifted point and w its
weight,

    A = Σ w sym(g₁ g₂ᵀ) ⊗ h hᵀ,    B = Σ w (g₁·g₂) I ⊗ h hᵀ

estimate Σ w (g·Wh)² and Σ w ‖g‖² ‖Wh‖² as forms on W without bias, since the errors of g₁ and g₂ are
independent. The defect ρ(W) is the root of their ratio. The wild bootstrap (Wu, 1986) draws the errors again.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hgmrl_lite._validate import Array
from hgmrl_lite.discovery.samples import Samples

#: A point whose gradient varies this many times more than usual counts less, and from the second on not at
#: all.
UNSURE, USELESS = 4.0, 10.0
#: Share of the points whose neighbourhoods must determine a gradient.
KNOWN = 0.5
#: Standard errors by which the two halves' gradients must agree.
AGREEING = 4.0
#: Share of resamples that must have a positive definite form B.
DEFINITE = 0.97
#: Steps of rounded values that a neighbourhood must span.
STEPS = 3.0
#: One-sided normal quantile of 99 %.
NORMAL_99 = 2.33
#: Floor of the variance of gᵀWh, in units of the median, where the fields are fitted.
LEAST_VARIANCE = 0.1
LIKELY, CERTAIN = 0.80, 0.95
DISAGREE = "the gradients of the two halves of the data hardly agree"


@dataclass(frozen=True, eq=False)
class Forms:
    """The forms A and B on the rows of W, and what the bootstrap makes of them.

    Attributes
    ----------
    change : ndarray, shape (P, P)
        A.
    lifted : ndarray, shape (q, q)
        Σ w (g₁·g₂) h hᵀ, of which B is n copies, P = n q.
    change_drawn, lifted_drawn : ndarray, shape (R, P, P) and (R, q, q)
        The same in R resamples.
    radius : float
        Usual radius of the neighbourhoods, in standard deviations of the data.
    points : ndarray, shape (m, q)
        The lifted points h.
    products : ndarray, shape (m, n, n)
        g₁ g₂ᵀ.
    drawn : ndarray, shape (m, n, n, R)
        The same in the resamples, times how often each drew the point.
    covariance : ndarray, shape (m, n, n)
        Of the error of (g₁ + g₂) / 2, from the residuals.
    """

    change: Array
    lifted: Array
    change_drawn: Array
    lifted_drawn: Array
    radius: float
    points: Array
    products: Array
    drawn: Array
    covariance: Array

    @cached_property
    def spectrum(self) -> tuple[Array, Array]:
        """Squared defects (P,), ascending, and the candidates (P, P) in rows, orthonormal in B."""
        return _generalised(self.change, self.lifted)

    @cached_property
    def drawn_spectrum(self) -> tuple[Array, Array]:
        """The same in every resample, (R, P) and (R, P, P)."""
        return _generalised(self.change_drawn, self.lifted_drawn)

    @property
    def unit(self) -> float:
        """What takes fields from unit sum of squared speeds to unit mean: a rotation gets entries ±1."""
        n = self.products.shape[1]
        return float(np.sqrt(np.trace(self.lifted[:n, :n])))

    def best_fields(self, dimension: int) -> tuple[Array, Array]:
        """Return the d fields of least defect as matrices on h, (d, n, q), and in resamples, (R, d, n, q)."""
        return self._matrices(self.spectrum[1][:dimension], self.drawn_spectrum[1][:, :dimension])

    def sharp_fields(self, dimension: int) -> tuple[Array, Array]:
        """Return the same, read mostly where the error of gᵀWh is small.

        They are nearer to exact symmetries than `best_fields`, but it is not their defect that is least.
        """
        fields = self.spectrum[1][:dimension].reshape(dimension, self.products.shape[1], -1)
        moved = np.einsum("mq,diq->mdi", self.points, fields)
        variance = np.einsum("mdi,mij,mdj->m", moved, self.covariance, moved)
        # What is left there counts as error as well, whatever its sign, and a floor keeps a few points from
        # carrying the answer alone.
        left = np.abs(np.einsum("mdi,mij,mdj->m", moved, self.products, moved))
        weights = 1.0 / ((variance + left) / np.median(variance) + LEAST_VARIANCE)
        change, _ = _forms((self.products * weights[:, None, None])[..., None], self.points)
        drawn, _ = _forms(self.drawn * weights[:, None, None, None], self.points)
        found = _generalised(change[0], self.lifted)[1][:dimension]
        return self._matrices(found, _generalised(drawn, self.lifted_drawn)[1][:, :dimension])

    def _matrices(self, found: Array, drawn: Array) -> tuple[Array, Array]:
        """Return fields given as rows (..., d, P) as matrices on h, of unit mean speed."""
        n, q = self.products.shape[1], self.points.shape[1]
        first, second = (self.unit * rows.reshape(*rows.shape[:-1], n, q) for rows in (found, drawn))
        return first, second

    @cached_property
    def upper(self) -> Array:
        """The 95 % upper bounds (P,) of the largest squared defects in the spans of the first 1 to P fields.

        In a resample the best span is chosen anew, and its defect in the original data is known: what the
        resample took it for falls short by as much as the data's own span may.
        """
        here, drawn = self.spectrum[0], self.drawn_spectrum[0]
        # The spans are nested: each is a block of the largest one in the same bases.
        spans = _whitened(self.change, self.lifted, self.drawn_spectrum[1])
        worst = np.stack(
            [np.linalg.eigvalsh(spans[:, :d, :d])[:, -1] for d in range(1, len(here) + 1)], axis=1
        )
        return np.asarray(here + np.quantile(worst - drawn, CERTAIN, axis=0, method="higher"))

    @cached_property
    def lower(self) -> Array:
        """The 95 % lower bounds (P,) of the squared defects."""
        return np.array(
            [_lower(*pair) for pair in zip(self.spectrum[0], self.drawn_spectrum[0].T, strict=True)]
        )

    @property
    def likely_lower(self) -> float:
        """The 80 % lower bound of the least squared defect."""
        return _lower(self.spectrum[0][0], self.drawn_spectrum[0][:, 0], LIKELY)

    def upper_of(self, span: Array, confidence: float) -> float:
        """Return an upper bound of the largest squared defect in a span (d, P) that was chosen elsewhere."""
        drawn = _worst(self.change_drawn, self.lifted_drawn, span)
        return 2.0 * self.worst(span) - float(np.quantile(drawn, 1.0 - confidence, method="lower"))

    def lower_of(self, span: Array) -> float:
        """Return the 95 % lower bound of the largest squared defect in a span (d, P)."""
        return _lower(self.worst(span), _worst(self.change_drawn, self.lifted_drawn, span))

    def worst(self, span: Array) -> float:
        """Return the largest squared defect in a span (d, P)."""
        return float(_worst(self.change, self.lifted, span))


def _lower(here: float, drawn: Array, confidence: float = CERTAIN) -> float:
    """Return a lower bound of a squared defect from its estimate and those of the resamples (R,)."""
    width = float(np.quantile(drawn - here, confidence, method="higher"))
    # Far out a few resamples say little: there the normal law has a say as well.
    return float(here - (max(width, NORMAL_99 * float(drawn.std())) if confidence == CERTAIN else width))


def measure(samples: Samples, neighbours: int, resamples: int, rng: np.random.Generator) -> Forms | str:
    """Return the forms for one size of the neighbourhoods, or why they say nothing."""
    frame, points = samples.frame, samples.compared
    fits = samples.smoothers(neighbours)
    variance = sum(fit.variance()[:, 1:].sum(axis=1) for fit in fits)
    known = np.isfinite(variance)
    # A selected minority must not decide.
    if known.sum() < max(2 * frame.unknowns, KNOWN * len(points)):
        return f"only {known.sum()} of {len(points)} neighbourhoods determine a gradient"
    if not all(np.isfinite(residuals).all() for residuals in samples.residuals):
        return "no neighbourhood of one half of the data predicts a value of the other"
    usual = float(np.median(variance[known]))
    known &= variance < USELESS * usual
    points, weights = points[known], np.minimum(1.0, UNSURE * usual / variance[known])
    gradients, errors, reach, covariances = [], [], [], []
    for half, fit, residuals in zip(samples.halves, fits, samples.residuals, strict=True):
        fit = fit.at(known)
        if samples.step and np.median(np.ptp(half.values[fit.index], axis=1)) < STEPS * samples.step:
            return f"the values are rounded: a neighbourhood spans fewer than {STEPS:g} of their steps"
        gradients.append(fit.apply(half.values)[:, 1:])
        signs = rng.choice([-1.0, 1.0], size=(len(residuals), resamples))
        errors.append(fit.gradients(residuals[:, None] * signs))
        slopes = fit.weights[:, 1:] * residuals[fit.index][:, None]
        covariances.append(slopes @ np.swapaxes(slopes, 1, 2))
        reach.append(np.linalg.norm(np.asarray(half.tree.data)[fit.index[:, -1]] - points, axis=1))
    one, two = gradients
    lift = frame.lift(points)
    # A few steep or far places must not speak for the rest: above the median, lengths count alike.
    for size in (0.5 * (np.square(one) + np.square(two)).sum(axis=1), np.square(lift).sum(axis=1)):
        weights *= np.minimum(1.0, np.median(size) / np.maximum(size, np.finfo(float).tiny))
    agreement = weights * (one * two).sum(axis=1)
    if agreement.mean() < AGREEING * agreement.std() / np.sqrt(len(agreement)):
        return DISAGREE
    product = one[:, :, None] * two[:, None, :]
    # Drawn about the mean gradient, whose own error makes the products of two errors as frequent as they are.
    mean = 0.5 * (one + two)
    drawn = mean[:, :, None, None] * errors[1][:, None] + errors[0][:, :, None] * mean[:, None, :, None]
    drawn += product[..., None]
    # The law of the data is a sample, too.
    drawn *= rng.exponential(size=(len(weights), resamples))[:, None, None, :]
    change, lifted = _forms(product[..., None] * weights[:, None, None, None], lift)
    if not _definite(lifted).all():
        return DISAGREE
    change_drawn, lifted_drawn = _forms(drawn * weights[:, None, None, None], lift)
    definite = _definite(lifted_drawn)
    if definite.mean() < DEFINITE:
        return DISAGREE
    return Forms(
        change[0],
        lifted[0],
        change_drawn[definite],
        lifted_drawn[definite],
        float(np.median(reach)),
        lift,
        product,
        drawn[..., definite],
        0.25 * (covariances[0] + covariances[1]),
    )


def _forms(products: Array, lift: Array) -> tuple[Array, Array]:
    """Return A (R, P, P) and the block of B (R, q, q) from products (m, n, n, R) and the h (m, q)."""
    m, n, _, number = products.shape
    q = lift.shape[1]
    outer = (lift[:, :, None] * lift[:, None, :]).reshape(m, q * q)
    sums = (products.reshape(m, -1).T @ outer).reshape(n, n, number, q, q)
    change = (0.5 * (sums + np.swapaxes(sums, 0, 1))).transpose(2, 0, 3, 1, 4)
    return change.reshape(number, n * q, n * q), np.einsum("iirab->rab", sums)


def _definite(lifted: Array) -> NDArray[np.bool_]:
    """Tell which symmetric matrices (R, q, q) are clearly positive definite."""
    values = np.linalg.eigvalsh(lifted)
    return np.asarray(values[:, 0] > 1e-12 * np.abs(values[:, -1]))


def _generalised(change: Array, lifted: Array) -> tuple[Array, Array]:
    """Solve A v = λ B v for one pair or a stack: λ (..., P) ascending, v in rows (..., P, P), vᵀBv = 1."""
    root = np.linalg.inv(np.linalg.cholesky(lifted))
    wide = np.kron(np.eye(change.shape[-1] // lifted.shape[-1]), root)
    values, vectors = np.linalg.eigh(wide @ change @ np.swapaxes(wide, -1, -2))
    return values, np.swapaxes(vectors, -1, -2) @ wide


def _whitened(change: Array, lifted: Array, spans: Array) -> Array:
    """Return A within spans (..., d, P), (..., d, d), in bases that are orthonormal in B."""
    wide = np.kron(np.eye(change.shape[-1] // lifted.shape[-1]), lifted)
    turned = np.swapaxes(spans, -1, -2)
    root = np.linalg.inv(np.linalg.cholesky(spans @ wide @ turned))
    return np.asarray(root @ (spans @ change @ turned) @ np.swapaxes(root, -1, -2))


def _worst(change: Array, lifted: Array, span: Array) -> Array:
    """Return the largest λ within a span (d, P), for one pair of forms or a stack."""
    return np.asarray(np.linalg.eigvalsh(_whitened(change, lifted, span))[..., -1])
