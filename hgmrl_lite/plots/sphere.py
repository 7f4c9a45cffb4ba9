"""The unit sphere: paths on it, to turn with the mouse, and maps of values at places on it."""

import base64
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.plots.style import COLOURS, in_style, legend_outside

_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
# Hollow, so that what lies on them is seen.
_MAP_MARKS = ("*", "s", "X", "^")
_SYMBOLS = ("circle", "square", "diamond", "cross", "x", "circle-open")
# From where both pictures look at the sphere.
_EYE = {"x": 1.0, "y": 0.78, "z": 0.56}


@dataclass(frozen=True, eq=False)
class TurnableFigure:
    """A Plotly figure with a description, and a picture of it for places that cannot turn it.

    Parameters
    ----------
    plotly : dict
        The figure as Plotly's JSON; it holds no script and asks no network.
    jpeg : bytes
        The picture.
    alt : str
        What is to be seen.
    """

    plotly: dict[str, Any]
    jpeg: bytes
    alt: str

    def __repr__(self) -> str:
        """Give the description."""
        return f"Figure: {self.alt}"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """Return the figure in every form; a notebook takes the first that it can show."""
        # No PNG: Plotly's extension would show it in the figure's place until the mouse is there.
        return {
            "application/vnd.plotly.v1+json": self.plotly,
            "image/jpeg": base64.b64encode(self.jpeg).decode("ascii"),
            "text/plain": repr(self),
        }


def sphere_paths(paths: Mapping[str, ArrayLike], *, alt: str) -> TurnableFigure:
    """Draw paths on the unit sphere; each ends in a mark with its name in the legend.

    Parameters
    ----------
    paths : mapping of str to array_like, shape (N, 3)
        One to six paths of unit vectors, by the name to show. A path of one point is that mark alone.
    alt : str
        What is to be seen, in one to three sentences.

    Returns
    -------
    TurnableFigure

    Raises
    ------
    ValueError
        When there are no paths, more than six, one leaves the sphere, or ``alt`` is empty.
    """
    import plotly.graph_objects as go

    if not 1 <= len(paths) <= len(_SYMBOLS):
        raise ValueError(f"paths must be one to {len(_SYMBOLS)}, got {len(paths)}")
    if not alt.strip():
        raise ValueError("alt must say what is to be seen in the figure, got nothing")
    found = {name: as_array(f"paths[{name!r}]", path, ("N", 3)) for name, path in paths.items()}
    for name, path in found.items():
        _on_sphere(f"paths[{name!r}]", path)
    quiet = {"showlegend": False, "hoverinfo": "skip"}
    surface = {
        "showscale": False,
        "hoverinfo": "skip",
        "opacity": 0.4,
        "colorscale": [[0, "#c8ced4"], [1, "#c8ced4"]],
        "lighting": {"ambient": 1.0, "diffuse": 0.0, "specular": 0.0},
        "contours": {axis: {"highlight": False} for axis in "xyz"},
    }
    traces = [go.Surface(**_xyz(_globe(0.985)), **surface)]

    def add(points: Array, **style: Any) -> None:
        traces.append(go.Scatter3d(**_xyz(points), **style))

    add(_graticule(), mode="lines", line={"color": "#a4acb3", "width": 1}, **quiet)
    for end, axis in zip(1.35 * np.eye(3), "xyz", strict=True):
        ends, line = np.stack([0.0 * end, end], axis=1), {"color": "#808080", "width": 3}
        add(ends, mode="lines+text", text=["", axis], line=line, **quiet)
    for index, (name, path) in enumerate(found.items()):
        line = {"color": COLOURS[index], "width": 7, "dash": _DASHES[index]}
        marker = {"color": COLOURS[index], "symbol": _SYMBOLS[index], "size": 7}
        if len(path) == 1:
            add(path.T, name=name, mode="markers", hoverinfo="name", marker=marker)
            continue
        add(path.T, name=name, mode="lines", hoverinfo="name", line=line)
        hover = {"hoverinfo": "text", "text": [f"end of: {name}"]}
        add(path[-1:].T, mode="markers", showlegend=False, marker=marker, **hover)
    figure = go.Figure(traces, layout=_layout())
    return TurnableFigure(json.loads(figure.to_json()), _picture(found), alt.strip())


@in_style
def sphere_map(
    goals: ArrayLike,
    values: Mapping[str, ArrayLike],
    marks: Mapping[str, ArrayLike],
    *,
    highest: float,
    quantity: str = "regret",
    paths: Mapping[str, ArrayLike] | None = None,
) -> Figure:
    """Draw values at places on the unit sphere, on maps that show all of it (Mollweide's, equal in area).

    Parameters
    ----------
    goals : array_like, shape (k, 3)
        Unit vectors, the places.
    values : mapping of str to array_like, shape (k,)
        What is drawn there, one map each, by its title.
    marks : mapping of str to array_like, shape (3,) or (m, 3)
        Unit vectors to mark on every map, at most four kinds, by the name to show.
    highest : float
        Upper end of the scale of colours and sizes, which starts at 0.
    quantity : str, optional
        What the values are.
    paths : mapping of str to array_like, shape (N, 3), optional
        A path of unit vectors to draw on the map of that title.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        When a place is not on the sphere, a shape is another, there are more than four kinds of marks, or a
        path's title is that of no map.
    """
    if len(marks) > len(_MAP_MARKS):
        raise ValueError(f"marks must be {len(_MAP_MARKS)} kinds at most, got {len(marks)}")
    strange = set(paths or ()) - set(values)
    if strange:
        raise ValueError(f"paths must have titles of maps, {', '.join(values)}; got {', '.join(strange)}")
    places = _on_sphere("goals", as_array("goals", goals, ("k", 3)))
    figure = Figure(figsize=(4.6 * len(values), 3.1))
    row = figure.subplots(1, len(values), squeeze=False, subplot_kw={"projection": "mollweide"})[0]
    for axes, (name, numbers) in zip(row, values.items(), strict=True):
        found = as_array(f"values[{name!r}]", numbers, (len(places),))
        for index, (label, marked) in enumerate(marks.items()):
            at = as_array(f"marks[{label!r}]", marked, ("...", 3)).reshape(-1, 3)
            _on_sphere(f"marks[{label!r}]", at)
            style = {"color": "black", "mfc": "none", "ms": 11, "mew": 1.4, "clip_on": False}
            axes.plot(*_longitude_latitude(at), _MAP_MARKS[index], label=label, zorder=4, **style)
        if paths and name in paths:
            path = _on_sphere(f"paths[{name!r}]", as_array(f"paths[{name!r}]", paths[name], ("N", 3)))
            longitude, latitude = _longitude_latitude(path)
            # Where the path leaves the map on one side and enters on the other, the line is cut.
            cuts = np.flatnonzero(np.abs(np.diff(longitude)) > np.pi) + 1
            cut = [np.insert(part, cuts, np.nan) for part in (longitude, latitude)]
            axes.plot(*cut, color="black", lw=1.2, ls="--")
        share = np.clip(found / highest, 0.0, 1.0)
        scale = {"cmap": "cividis_r", "vmin": 0.0, "vmax": highest}
        axes.scatter(*_longitude_latitude(places), c=found, s=22.0 + 90.0 * share, zorder=3, **scale)
        axes.set(title=name, xticklabels=[], yticklabels=[])
        axes.grid(alpha=0.3)
    figure.colorbar(row[0].collections[-1], ax=list(row), label=quantity, shrink=0.8, pad=0.02)
    legend_outside(figure, "lower", len(marks))
    return figure


def _on_sphere(name: str, points: Array) -> Array:
    """Return points (N, 3), or raise a ValueError when one is not on the unit sphere."""
    away = float(np.abs(np.linalg.norm(points, axis=-1) - 1.0).max())
    if away > 1e-6:
        raise ValueError(f"{name} must lie on the unit sphere, got a point {away:.2g} away from it")
    return points


def _longitude_latitude(points: Array) -> tuple[Array, Array]:
    """Return longitude and latitude of unit vectors (N, 3), in radians."""
    x, y, z = points.T
    return np.arctan2(y, x), np.arcsin(np.clip(z, -1.0, 1.0))


def _xyz(points: Sequence[Array] | Array) -> dict[str, Array]:
    """Name the three coordinates as Plotly does."""
    return dict(zip("xyz", points, strict=True))


def _layout() -> dict[str, Any]:
    """Return a plain scene in a grey that both themes bear."""
    axis = {"visible": False, "range": [-1.4, 1.4]}
    return {
        "scene": {"xaxis": axis, "yaxis": axis, "zaxis": axis, "aspectmode": "cube", "camera": {"eye": _EYE}},
        "legend": {"orientation": "h", "y": 0.0, "x": 0.5, "xanchor": "center"},
        "margin": {"l": 0, "r": 0, "t": 0, "b": 30},
        "height": 430,
        "width": 620,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": "#808080", "size": 13},
    }


def _globe(radius: float) -> tuple[Array, Array, Array]:
    """Return the points of a sphere, each of shape (25, 49)."""
    polar, turn = np.meshgrid(np.linspace(0, np.pi, 25), np.linspace(0, 2 * np.pi, 49), indexing="ij")
    return (
        radius * np.sin(polar) * np.cos(turn),
        radius * np.sin(polar) * np.sin(turn),
        radius * np.cos(polar),
    )


def _graticule() -> Array:
    """Return the lines of latitude and longitude as one line of shape (3, N), with NaN between them."""
    globe = np.stack(_globe(1.0))
    gap = np.full((3, 1), np.nan)
    lines = [*globe[:, 4:-1:4].swapaxes(0, 1), *globe[:, :, :-1:8].transpose(2, 0, 1)]
    return np.hstack([part for line in lines for part in (line, gap)])


@in_style
def _picture(paths: Mapping[str, Array]) -> bytes:
    """Return the same paths as a JPEG."""
    figure = Figure(figsize=(6.2, 4.3))
    axes: Any = figure.add_subplot(projection="3d")
    axes.plot_wireframe(*_globe(1.0), rstride=3, cstride=4, color="0.85", lw=0.6)
    for index, (name, path) in enumerate(paths.items()):
        single = len(path) == 1
        axes.plot(*path.T, color=COLOURS[index], lw=2.5, label=None if single else name)
        axes.plot(*path[-1:].T, "o", color=COLOURS[index], ms=7, label=name if single else None)
    axes.view_init(elev=24, azim=38)
    ticks = {f"{axis}ticks": [-1, 0, 1] for axis in "xyz"}
    axes.set(xlabel="x", ylabel="y", zlabel="z", box_aspect=(1, 1, 1), **ticks)
    figure.legend(loc="outside upper center", ncols=2)
    stream = io.BytesIO()
    figure.savefig(stream, format="jpeg", dpi=90, pil_kwargs={"quality": 90})
    return stream.getvalue()
