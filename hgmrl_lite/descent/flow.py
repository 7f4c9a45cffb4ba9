"""The flow exp(tW) p in PyTorch, batched over generators, and a NumPy model made differentiable."""

from collections.abc import Callable
from typing import Any

import torch

# Below this |t² det W_0| the series replaces the trigonometric forms; its error there is under 1e-20.
_SERIES = 1e-6
_TINY = 1e-12


def flow(generators: torch.Tensor, times: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
    """Return exp(t W) p.

    Parameters
    ----------
    generators : Tensor, shape (R, n, n)
        One generator W a run.
    times : Tensor, shape (R, B)
        One time t a point.
    points : Tensor, shape (R, B, n)
        The points p.

    Returns
    -------
    Tensor, shape (R, B, n)
        Differentiable everywhere; in closed form for n = 2, by ``torch.matrix_exp`` elsewhere.
    """
    if generators.shape[-1] != 2:
        elements = torch.matrix_exp(times[..., None, None] * generators[:, None])
        return (elements @ points[..., None])[..., 0]
    # W_0 = W - (tr W / 2) I: exp(tW) = e^(t tr W / 2) (C I + t S W_0), C and S functions of x = t² det W_0.
    half = 0.5 * (generators[:, 0, 0] + generators[:, 1, 1])
    traceless = generators - half[:, None, None] * torch.eye(2, dtype=generators.dtype)
    determinant = traceless[:, 0, 0] * traceless[:, 1, 1] - traceless[:, 0, 1] * traceless[:, 1, 0]
    x = determinant[:, None] * times * times
    cosine, sine = _cosine_sine(x)
    scale = torch.exp(half[:, None] * times)
    moved = points @ traceless.mT
    return (scale * cosine)[..., None] * points + (scale * times * sine)[..., None] * moved


def _cosine_sine(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return cos √x and sin √x / √x, hyperbolic for negative x; smooth through 0."""
    near, elliptic = x.abs() < _SERIES, x > 0
    # The clamps keep the branch that is not taken, and its derivative, finite.
    angle, rapidity = torch.sqrt(x.clamp_min(_TINY)), torch.sqrt((-x).clamp_min(_TINY))
    cosine = torch.where(elliptic, torch.cos(angle), torch.cosh(rapidity))
    sine = torch.where(elliptic, torch.sin(angle) / angle, torch.sinh(rapidity) / rapidity)
    return (
        torch.where(near, 1.0 - x / 2.0 + x * x / 24.0, cosine),
        torch.where(near, 1.0 - x / 6.0 + x * x / 120.0, sine),
    )


def as_torch_function(f: Callable[[Any], Any]) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return f as a function of tensors; one with a ``gradient`` method is taken for a NumPy model."""
    gradient = getattr(f, "gradient", None)
    if gradient is None:
        return f

    def call(points: torch.Tensor) -> torch.Tensor:
        # torch gives `apply` no types.
        values: torch.Tensor = _Fitted.apply(points, f, gradient)  # type: ignore[no-untyped-call]
        return values

    return call


class _Fitted(torch.autograd.Function):
    """A NumPy function with its gradient, as a node of the graph."""

    @staticmethod
    def forward(ctx: Any, points: torch.Tensor, f: Any, gradient: Any) -> torch.Tensor:
        """Return f(p), shape (...), for points (..., n), and keep what the derivative needs."""
        values = points.detach().numpy()
        ctx.slope = torch.as_tensor(gradient(values), dtype=points.dtype)
        return torch.as_tensor(f(values), dtype=points.dtype)

    @staticmethod
    def backward(ctx: Any, *outputs: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        """Return df_pᵀ times the incoming derivative."""
        return outputs[0][..., None] * ctx.slope, None, None
