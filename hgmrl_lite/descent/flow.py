"""The flow exp(tW) p in PyTorch, batched over generators."""

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
