"""From bounds at growing neighbourhoods to a verdict: an equivalence test with two kinds of error.

Small neighbourhoods are noisy, large ones bend the gradient. So a claim at one size needs the next smaller
one to agree, and a size whose smaller neighbour says nothing claims nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hgmrl_lite._validate import Array
from hgmrl_lite._verdict import Verdict
from hgmrl_lite.discovery.bounds import CERTAIN, LIKELY, Forms, measure
from hgmrl_lite.discovery.samples import Samples
from hgmrl_lite.lie import principal_angles

#: A squared defect whose upper bound is this far below zero, in squared tolerances, cannot be one.
IMPOSSIBLE = -0.1
#: Share of the tolerance below which a bound needs no larger neighbourhoods to become sharper.
SHARP = 0.2
#: Share of the tolerance below which a field must be that joins others at larger neighbourhoods, which hide
#: bends.
CLEAR = 0.5
#: Standard deviations by which the fields may move between neighbourhoods before the larger count as bent.
MOVED = 3.0


@dataclass(frozen=True, eq=False)
class Claim:
    """What the neighbourhoods allow to say.

    Attributes
    ----------
    verdict : {"yes", "no", "undecided"}
        Whether the function is claimed to be symmetric.
    dimension : int
        Fields claimed; without a claim, fields whose estimated defect is below the tolerance.
    exact : bool
        Whether one more field is ruled out.
    forms : Forms or None
        Where it was read; None when no size says anything.
    troubles : tuple of str
        Why the sizes that say nothing do not.
    fields : tuple of two ndarray, shapes (d, n, q) and (R, d, n, q), or None
        The fields as matrices on h, and those of the resamples.
    """

    verdict: Verdict
    dimension: int
    exact: bool
    forms: Forms | None
    troubles: tuple[str, ...]
    fields: tuple[Array, Array] | None = None


def climb(samples: Samples, tolerance: float, resamples: int, rng: np.random.Generator) -> Claim:
    """Return the claim of the smallest neighbourhoods that allow one, sharpened by larger ones that agree."""
    bound = tolerance**2
    rungs: list[Forms | None] = []
    troubles: list[str] = []
    found = first = 0
    for neighbours in samples.ladder:
        forms = measure(samples, neighbours, resamples, rng)
        if isinstance(forms, Forms) and forms.upper[0] < IMPOSSIBLE * bound:
            forms = "the two halves of the data contradict each other"
        if isinstance(forms, str):
            troubles.append(forms)
        rungs.append(None if isinstance(forms, str) else forms)
        dimension = _symmetric(rungs, bound)
        if found and not (dimension >= found and _upper(rungs[-1], found) < _upper(rungs[-2], found)):
            rungs.pop()
            break
        while found and dimension > found and _upper(rungs[-1], dimension) >= CLEAR**2 * bound:
            dimension -= 1
        if len(rungs) > 1 and not found and _asymmetric(rungs[:-1], rungs[-1], bound):
            # Both claims at once: one of them is wrong.
            return Claim("undecided" if dimension else "no", 0, not dimension, rungs[-2], tuple(troubles))
        if dimension != found:
            found, first = dimension, len(rungs) - 1
        if found and _upper(rungs[-1], found) < (SHARP * tolerance) ** 2:
            break
    if found:
        last = rungs[-1]
        assert last is not None
        # Larger neighbourhoods hide defects, so the smallest that claim as much may tell best that there is
        # no more.
        exact = found == len(last.change) or any(
            forms is not None and forms.lower[found] > bound for forms in rungs[first:]
        )
        return Claim("yes", found, exact, last, tuple(troubles), _fields(rungs, found, bound))
    if _asymmetric(rungs, None, bound):
        return Claim("no", 0, True, rungs[-1], tuple(troubles))
    usable = [forms for forms in rungs if forms is not None]
    if not usable:
        return Claim("undecided", 0, False, None, tuple(troubles))
    closest = min(usable, key=lambda forms: float(forms.upper[0]))
    guess = int((closest.spectrum[0] < bound).sum())
    fields = _sharpest(rungs, guess) if guess else None
    return Claim("undecided", guess, False, closest, tuple(troubles), fields)


def _upper(forms: Forms | None, dimension: int) -> float:
    """Return the upper bound at a rung; infinite where the rung says nothing."""
    return np.inf if forms is None else float(forms.upper[dimension - 1])


def _fields(rungs: Sequence[Forms | None], dimension: int, bound: float) -> tuple[Array, Array]:
    """Return the sharpest fields that the claim holds for."""
    last = rungs[-1]
    assert last is not None
    fields = _sharpest(rungs, dimension)
    span = fields[0].reshape(dimension, -1)
    # Near-symmetries mix: what suits the places that are known best may be off elsewhere.
    return fields if _shown(rungs, span, last.upper_of(span, CERTAIN), bound) else last.best_fields(dimension)


def _sharpest(rungs: Sequence[Forms | None], dimension: int) -> tuple[Array, Array]:
    """Return the fields of the largest neighbourhoods where they have moved no more than luck explains."""
    usable = [forms for forms in rungs if forms is not None]
    best = usable[0].sharp_fields(dimension)
    for forms in usable[1:]:
        tried = forms.sharp_fields(dimension)
        spread, before = (
            np.mean(np.square(principal_angles(drawn, fitted).max(axis=-1)))
            for fitted, drawn in (tried, best)
        )
        # The neighbourhoods are nested, so the variance of the difference is the difference of the variances.
        if principal_angles(best[0], tried[0]).max() > MOVED * np.sqrt(max(0.0, before - spread)):
            break
        best = tried
    return best


def _symmetric(rungs: Sequence[Forms | None], bound: float) -> int:
    """Return how many fields the last rung shows to be symmetries, the next smaller one agreeing."""
    forms = rungs[-1]
    if forms is None or (len(rungs) > 1 and rungs[-2] is None):
        return 0
    squares, candidates = forms.spectrum
    dimension = 0
    while (
        dimension < len(squares)
        and squares[dimension] < bound
        and _shown(rungs, candidates[: dimension + 1], float(forms.upper[dimension]), bound)
    ):
        dimension += 1
    return dimension


def _shown(rungs: Sequence[Forms | None], span: Array, upper: float, bound: float) -> bool:
    """Tell whether a span (d, P) is shown to be symmetries, given its upper bound at the last rung."""
    last, before = rungs[-1], rungs[-2] if len(rungs) > 1 else None
    assert last is not None
    # Larger neighbourhoods may hide a defect: what they find less of it than the smaller ones is added.
    hidden = 0.0 if before is None else before.worst(span) - last.worst(span)
    return (
        upper + max(0.0, hidden) < bound
        and (before is None or before.upper_of(span, LIKELY) < bound)
        and not any(finer.lower_of(span) > bound for finer in rungs[:-1] if finer is not None)
    )


def _asymmetric(rungs: Sequence[Forms | None], next_one: Forms | None, bound: float) -> bool:
    """Tell whether the last rung rules every symmetry out, the next smaller one agreeing.

    What the defect grows by from this rung to the next may be the bend of larger neighbourhoods, and does not
    count.
    """
    forms, before = rungs[-1], rungs[-2] if len(rungs) > 1 else None
    if forms is None or (len(rungs) > 1 and before is None):
        return False
    least = forms.spectrum[0][0]
    if next_one is not None:
        bend = next_one.spectrum[0][0] - least
    else:
        bend = least - before.spectrum[0][0] if before is not None else 0.0
    if forms.lower[0] - max(0.0, bend) <= bound:
        return False
    return before is None or before.likely_lower > bound
