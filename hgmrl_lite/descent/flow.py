"""The flow exp(tW) p in PyTorch, batched over generators, and a NumPy model made differentiable."""

from collections.abc import Callable
from typing import Any

import torch


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
        Differentiable everywhere.
    """
    elements = torch.matrix_exp(times[..., None, None] * generators[:, None])
    return (elements @ points[..., None])[..., 0]


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
