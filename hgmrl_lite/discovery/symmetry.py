"""The answer: which symmetry, how sure, and why."""

from dataclasses import dataclass

import numpy as np

from hgmrl_lite._validate import Array
from hgmrl_lite.discovery.moments import NEARLY

#: From this score on a candidate is clearly no symmetry; between NEARLY and CLEAR nothing is claimed.
CLEAR = 0.15
#: Share of resamples that must agree on the dimension.
AGREEMENT = 0.9
VERDICTS = ("symmetric", "none", "undecided")


@dataclass(frozen=True)
class Confidence:
    """What resampling the data says about the answer.

    Attributes
    ----------
    angle_deg : float
        Root mean square over resamples of the largest principal angle between the algebra found in the
        resample and the one reported, in degrees; NaN when there is none.
    agreement : float
        Share of resamples with the reported dimension.
    score_error : ndarray, shape (P,)
        Standard error of each squared score.
    resamples : int
        How many there were.
    """

    angle_deg: float
    agreement: float
    score_error: Array
    resamples: int


@dataclass(frozen=True, repr=False)
class Symmetry:
    """Symmetry algebra of a sampled function.

    Attributes
    ----------
    generators : ndarray, shape (d, n+1, n+1)
        Basis of the algebra, homogeneous, in the original coordinates. Where the data have unit covariance
        the mean square speed over them is n (a rotation about their mean has entries ±1).
    dimension : int
        d, the number of scores below the bound for a symmetry.
    verdict : {"symmetric", "none", "undecided"}
        What is claimed. "undecided" leaves the dimension as a guess.
    reason : str
        Why this verdict, in words.
    spectrum : ndarray, shape (P,)
        Scores of all candidates, ascending: 0 for a symmetry, 1 for a random direction. The regression's own
        error is subtracted; what falls below zero is set to zero. NaN where the data support no score.
    candidates : ndarray, shape (P, n+1, n+1)
        Generators in the order of the spectrum.
    noise_floor : float
        Score that the error of the gradients alone would give, had it not been subtracted.
    centre : ndarray, shape (n,), or None
        Common fixed point of the algebra, the one nearest to the data's mean if there are several.
    confidence : Confidence
        Bootstrap.
    n_used, n_points : int
        Points whose gradient exceeded its error clearly enough to be used, and all points.
    dropped : dict
        How many points were left out before that, by reason.
    algebra : {"affine", "linear"}
        What was searched.
    """

    generators: Array
    dimension: int
    verdict: str
    reason: str
    spectrum: Array
    candidates: Array
    noise_floor: float
    centre: Array | None
    confidence: Confidence
    n_used: int
    n_points: int
    dropped: dict[str, int]
    algebra: str

    def _facts(self) -> list[tuple[str, str]]:
        """Return what there is to tell, as (name, text)."""
        d = self.dimension
        shown = self.spectrum[: d + 3]
        scores = " ".join(f"{score:.3f}" + (" |" if i == d - 1 else "") for i, score in enumerate(shown))
        facts = [
            ("verdict", f"{self.verdict}: {self.reason}"),
            ("dimension", f"{d} of {len(self.spectrum)} ({self.algebra})"),
            ("spectrum", ("| " if d == 0 else "") + scores + (" ..." if len(self.spectrum) > d + 3 else "")),
            ("noise floor", f"{self.noise_floor:.2g}"),
        ]
        if d:
            centre = "none" if self.centre is None else np.array2string(self.centre, precision=4)
            facts += [("centre", centre), ("angle spread", f"{self.confidence.angle_deg:.2g}°")]
        facts += [
            ("agreement", f"{self.confidence.agreement:.0%} of {self.confidence.resamples} resamples"),
            ("points used", f"{self.n_used} of {self.n_points}"),
        ]
        return facts

    def __repr__(self) -> str:
        """Tell the verdict, the spectrum and the generators."""
        lines = [f"  {name}: {text}" for name, text in self._facts()]
        for number, generator in enumerate(self.generators, start=1):
            block = np.array2string(generator[:-1], precision=4, suppress_small=True, prefix=" " * 8)
            lines.append(f"  W_{number} = {block}")
        return "Symmetry(\n" + "\n".join(lines) + "\n)"

    def _repr_html_(self) -> str:
        """Tell the same as tables, with the spectrum as bars."""
        rows = "".join(f"<tr><th>{name}</th><td>{text}</td></tr>" for name, text in self._facts())
        top = float(np.nanmax(self.spectrum, initial=NEARLY))
        bars = "".join(
            f'<tr><td>{score:.3f}</td><td><div style="height:0.7em;width:{8 * max(score, 0) / top:.2f}em;'
            f'background:{"#0072B2" if i < self.dimension else "#999999"}"></div></td></tr>'
            for i, score in enumerate(self.spectrum)
            if np.isfinite(score)
        )
        cells = "".join(
            f"<table><caption>W<sub>{number}</sub></caption>{_rows(generator[:-1])}</table>"
            for number, generator in enumerate(self.generators, start=1)
        )
        return (
            f"<div><table><caption>Symmetry of a sampled function</caption>{rows}</table>"
            f"<table><caption>Spectrum (blue: symmetry)</caption>{bars}</table>{cells}</div>"
        )


def _rows(matrix: Array) -> str:
    """Return a matrix as rows of an HTML table."""
    return "".join("<tr>" + "".join(f"<td>{x:.4f}</td>" for x in row) + "</tr>" for row in matrix)


def too_few(used: int, total: int, dropped: dict[str, int]) -> str:
    """Return why nothing can be said about so few points."""
    left = "".join(f"; {count} left out: {why}" for why, count in dropped.items())
    return f"only {used} of {total} points have a gradient clearly above its error, too few{left}"


def judge(squares: Array, dimension: int, agreement: float, angle_deg: float) -> tuple[str, str]:
    """Return the verdict and the reason.

    Parameters
    ----------
    squares : ndarray, shape (P,)
        Squared scores, ascending.
    dimension : int
        How many of them are below NEARLY².
    agreement : float
        Share of resamples with the same dimension.
    angle_deg : float
        Spread of the algebra over resamples; NaN when there is none.
    """
    scores = np.sqrt(np.maximum(squares, 0.0))
    if dimension < len(scores) and scores[dimension] < CLEAR:
        return "undecided", (
            f"candidate {dimension + 1} scores {scores[dimension]:.3f}, neither below {NEARLY} (a symmetry) "
            f"nor above {CLEAR} (clearly none)"
        )
    if agreement < AGREEMENT:
        return "undecided", f"only {agreement:.0%} of the resamples agree on dimension {dimension}"
    if not dimension:
        return "none", f"the best candidate scores {scores[0]:.3f}, above {CLEAR}"
    # The same bound as for a score: an algebra this uncertain contains what is not even nearly a symmetry.
    if angle_deg > np.degrees(NEARLY):
        return "undecided", f"the algebra is only known to within {angle_deg:.1f}°"
    gap = f"; the next one scores {scores[dimension]:.3f}" if dimension < len(scores) else ""
    some = "one candidate scores" if dimension == 1 else f"{dimension} candidates score at most"
    return "symmetric", f"{some} {scores[dimension - 1]:.3f}{gap}"
