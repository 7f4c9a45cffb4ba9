"""The regret that the paper's figure shows, digitised."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import numpy as np

from hgmrl_lite._validate import Array

SOURCE: Final = "Nitschke and Talebi, 2026, arXiv:2603.00396, digitised"
DIFFERENCES: Final = (
    f"Hollow marks: published ({SOURCE}), by another protocol: other training goals (so only the distance "
    "axis is common), box actions, regret against a constant return of −3; as released, CCM runs in the "
    "noisy environment, the geometric agent without noise from the exact origin, at most 15 steps, to the "
    "goal that its own inferred action defines."
)


@dataclass(frozen=True, eq=False)
class PublishedRegret:
    """Published regret of two agents on 20 test goals.

    Parameters
    ----------
    goal_degrees : ndarray, shape (20,)
        Polar angle of each test goal, in degrees.
    distance : ndarray, shape (20,)
        Its angle to the nearest of the paper's training goals, in radians, ascending.
    regret : dict of str to ndarray, shape (20,)
        Regret of "CCM" and of "geometric": −3 less the return.
    source : str
        Where it is from.
    differences : str
        In what the protocol was another than ours.
    """

    goal_degrees: Array
    distance: Array
    regret: dict[str, Array]
    source: str = SOURCE
    differences: str = DIFFERENCES

    def line(self, agent: str) -> tuple[float, float]:
        """Return slope per radian and intercept of an agent's regret against distance, by least squares."""
        slope, intercept = np.polyfit(self.distance, self.regret[agent], 1)
        return float(slope), float(intercept)

    def __repr__(self) -> str:
        """Tell means and slopes."""
        parts = [
            f"{name}: mean {values.mean():.2f}, slope {self.line(name)[0]:.1f} per radian"
            for name, values in self.regret.items()
        ]
        return f"PublishedRegret({'; '.join(parts)}; {self.source})"


def published() -> PublishedRegret:
    """Return the paper's figure of regret against distance.

    Returns
    -------
    PublishedRegret

    Examples
    --------
    >>> published()
    PublishedRegret(CCM: mean 43.36, slope 75.4 per radian; geometric: mean 0.81, slope 0.5 per radian; ...)
    """
    text = files("hgmrl_lite").joinpath("data", "published_regret.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    names = lines[0].split(",")
    columns = dict(zip(names, np.loadtxt(lines[1:], delimiter=",").T, strict=True))
    return PublishedRegret(
        columns["goal_degrees"],
        columns["distance_radians"],
        {"CCM": columns["regret_ccm"], "geometric": columns["regret_geometric"]},
    )
