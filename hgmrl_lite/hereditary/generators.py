"""From left actions to the algebra of the group: logarithms, their span, its closure, and W_A beside W_S."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.closure import represented
from hgmrl_lite.hereditary.frame import Frame, partners, skew
from hgmrl_lite.transitions import Transitions

# A further direction counts when it is this large beside the leading one, and this many standard errors.
_DIRECTION, _ERRORS = 0.05, 4.0
# A bracket of unit generators adds one when more than this of it is new.
_BRACKET = 0.15
# Below this share of the largest, a combination of matrices, or of actions, counts as none.
_DEPENDENT = 1e-9
# Draws for the error of an algebra.
_DRAWS = 200
#: A left action this near to the identity, in radians, is the identity.
STILL = 1e-3


@dataclass(frozen=True, eq=False)
class TaskAlgebra:
    """The algebra that the tasks' left actions span.

    Attributes
    ----------
    basis : ndarray, shape (d, n, n)
        Generators W, each with eigenvalues of largest size i: exp(2πW) = I for a rotation.
    logs : ndarray, shape (k, n, n)
        log L_k, NaN where there is no real one.
    spectrum : ndarray
        Singular values of the stacked logarithms.
    spanned : int
        How many of the generators the logarithms span; the rest are brackets of these.
    bracket_defect : float
        The largest share of a bracket of two unit generators outside the basis.
    """

    basis: Array
    logs: Array
    spectrum: Array
    spanned: int
    bracket_defect: float

    @property
    def thetas(self) -> Array:
        """Coordinates (k, d) of the log L_k in the basis, NaN where there is no logarithm."""
        known = np.isfinite(self.logs).all(axis=(1, 2))
        out = np.full((len(self.logs), len(self.basis)), np.nan)
        size = self.logs[0].size
        flat, logs = self.basis.reshape(-1, size), self.logs[known].reshape(-1, size)
        out[known] = np.linalg.lstsq(flat.T, logs.T)[0].T
        return out


def task_algebra(left: Array, errors: Array, form: Array) -> TaskAlgebra:
    """Return the algebra spanned by the logarithms of left actions that keep an inner product.

    Parameters
    ----------
    left : ndarray, shape (k, n, n)
        L_k.
    errors : ndarray, shape (k,)
        Their standard errors, in radians.
    form : ndarray, shape (n, n)
        P.

    Returns
    -------
    TaskAlgebra
    """
    frame = Frame.of(form)
    logs = _logarithms(frame.inside(left))
    found = _closed_span(logs, errors)
    basis = found.basis
    if len(basis):
        speed = np.abs(np.linalg.eigvals(basis).imag).max(axis=1)
        # Turn the first axis towards a later one: the first entry below the diagonal that counts is positive.
        below = basis[:, *np.tril_indices(len(form), -1)]
        first = np.argmax(np.abs(below) > 1e-6 * np.abs(below).max(axis=1, keepdims=True), axis=1)
        signs = np.sign(below[np.arange(len(basis)), first])
        basis = basis / (speed * signs)[:, None, None]
    return replace(found, basis=frame.outside(basis), logs=frame.outside(logs))


def _logarithms(inside: Array) -> Array:
    """Return the logarithms of maps (..., n, n) that are orthogonal up to rounding; NaN of reflections."""
    # Rounding in the change of frame must not hide from the logarithm that these are rotations.
    inside = lie.polar_factor(inside)
    logs, proper = np.full_like(inside, np.nan), np.linalg.det(inside) > 0.0
    logs[proper] = lie.log(inside[proper])
    return logs


def _closed_span(logs: Array, errors: Array) -> TaskAlgebra:
    """Return the algebra that skew logarithms (k, n, n) span, by an orthonormal basis."""
    n = logs.shape[-1]
    known = np.isfinite(logs).all(axis=(1, 2))
    _, spectrum, rows = np.linalg.svd(logs[known].reshape(-1, n * n), full_matrices=False)
    noise = _ERRORS * float(np.sqrt(np.square(errors[known]).sum()))
    leading = float(spectrum[0]) if len(spectrum) else 0.0
    # A rotation by θ radians has a logarithm of norm √2 θ.
    bound = np.sqrt(2.0) * max(noise, STILL, _DIRECTION * leading)
    spanned = int((spectrum > bound).sum())
    basis = rows[:spanned].reshape(-1, n, n)
    if spanned < 2:
        # The bracket of a single generator with itself is none.
        return TaskAlgebra(basis, logs, spectrum, spanned, 0.0)
    closed = lie.LieAlgebra(basis).closure(_BRACKET).basis
    flat = closed.reshape(len(closed), -1)
    # Brackets of noisy logarithms may be dependent up to rounding: more matrices than dimensions.
    independent = np.linalg.matrix_rank(flat, rtol=_DEPENDENT)
    span = np.linalg.qr(flat.T)[0].T if independent == len(flat) else np.linalg.svd(flat)[2][:independent]
    basis = span.reshape(-1, n, n)
    brackets = lie.bracket(basis[:, None], basis[None]).reshape(-1, n * n)
    defect = float(np.linalg.norm(brackets - brackets @ span.T @ span, axis=1).max())
    return TaskAlgebra(basis, logs, spectrum, spanned, defect)


def algebra_bound(left: Array, errors: Array, form: Array, form_error: float) -> float:
    """Return within what angle the algebra of left actions is known, in radians.

    The left actions and the inner product are drawn anew, by their errors; of the largest principal angles
    between the algebras of the draws and that of the data it is the 95 % quantile. An algebra of another
    dimension counts as a right angle.

    Parameters
    ----------
    left, errors, form
        As in `task_algebra`.
    form_error : float
        Standard error of the inner product, per entry, in the frame where it is I.

    Returns
    -------
    float
        NaN when the algebra is zero.
    """
    found = task_algebra(left, errors, form).basis
    if not len(found):
        return float("nan")
    if not (np.isfinite(errors).all() and np.isfinite(form_error)):
        return 0.5 * np.pi
    frame = Frame.of(form)
    turns, strains = frame.turns, frame.strains
    draws = np.random.default_rng(0).standard_normal((_DRAWS, len(strains) + len(left) * len(turns)))
    turned = draws[:, len(strains) :].reshape(_DRAWS, len(left), len(turns))
    turned = lie.exp(np.tensordot(errors[:, None] / np.sqrt(len(turns)) * turned, turns, axes=1))
    # P moves by ε where the frame moves by ε / 2; in the moved frame the left actions are what they were.
    moved = lie.exp(0.5 * form_error * np.tensordot(draws[:, : len(strains)], strains, axes=1))
    angles = []
    for logs, change in zip(_logarithms(frame.inside(left @ turned)), moved, strict=True):
        basis = np.linalg.inv(change) @ frame.outside(_closed_span(logs, errors).basis) @ change
        same = len(basis) == len(found)
        angles.append(float(lie.principal_angles(found, basis)[-1]) if same else 0.5 * np.pi)
    return float(np.quantile(angles, 0.95))


@dataclass(frozen=True, eq=False)
class MeanResponse:
    """B in s' ≈ A s + B a + b, the best affine fit: how an action moves the state on average.

    Attributes
    ----------
    matrix : ndarray, shape (n, m)
        B.
    covariance : ndarray, shape (n, m, n, m)
        Of the entries of B.
    """

    matrix: Array
    covariance: Array


def mean_response(tasks: Sequence[Transitions]) -> MeanResponse | None:
    """Return the mean response of the state to a unit of raw action, by an affine fit.

    None when some action has no visible effect on average, as those of a car that heads in all directions.
    """
    states = np.concatenate([task.states for task in tasks])
    actions = np.concatenate([task.actions for task in tasks])
    change = np.concatenate([task.next_states for task in tasks]) - states
    number, n = states.shape
    m = actions.shape[1]
    away, unit = states - states.mean(axis=0), _floored(actions.std(axis=0))
    columns = np.hstack([away / _floored(away.std(axis=0)), np.ones((number, 1)), actions / unit])
    frame, triangle = np.linalg.qr(columns)
    # What the actions add to the states, and what the motion owes to that.
    corner, explained = triangle[n + 1 :, n + 1 :], frame.T @ change
    motion = np.linalg.lstsq(corner, explained[n + 1 :], rcond=_DEPENDENT)[0].T / unit
    # Every action must be seen beyond the noise, whatever the units of states and actions.
    left_over = change - frame @ explained
    deviations = left_over.std(axis=0)
    rounding = np.finfo(float).eps * np.abs(states).max(axis=0)
    left, size, _ = np.linalg.svd(corner)
    seen = (
        left[:, size > _DEPENDENT * np.sqrt(number)].T @ explained[n + 1 :] / _floored(deviations, rounding)
    )
    least = np.sqrt(n) + np.sqrt(m) + _ERRORS
    if len(seen) < m or n < m or not np.linalg.svd(seen, compute_uv=False)[-1] > least:
        return None
    # What each transition adds to B: right also where the noise depends on state and action.
    pull = np.linalg.solve(corner, frame[:, n + 1 :].T).T / unit
    parts = (left_over[:, :, None] * pull[:, None, :]).reshape(number, n * m)
    return MeanResponse(motion, (parts.T @ parts).reshape(n, m, n, m))


def _floored(deviations: Array, floor: Array | float = 0.0) -> Array:
    """Return standard deviations, no smaller than a floor, and 1 where both are zero."""
    floored = np.maximum(deviations, floor)
    return np.where(floored > 0.0, floored, 1.0)


def action_form(
    basis: Array, response: MeanResponse, form: Array, form_error: float, *, doubted: bool = False
) -> Array:
    """Return the inner product (m, m) that the group keeps on actions, for generators W_S (d, n, n).

    On average over its actions the law is affine in the raw action, s' ≈ A s + B a + b, so that the partner
    of W_S has B W_A = W_S B. A group that maps a ball or a cube of actions onto itself is orthogonal, and
    what of B⁻¹ W_S B is not skew is estimation error. Where it is more than ``_ERRORS`` errors of B and of P
    (n, n), whose standard error per entry is ``form_error``, the actions are in unlike units: what the group
    keeps is then Bᵀ P B. Generators in doubt (``doubted``) tell nothing about the units of the actions.
    """
    motion, inverse = response.matrix, np.linalg.pinv(response.matrix)
    n, m = motion.shape
    raw = partners(basis, motion)
    # A change X of B moves W_A by W_A (B⁺ X) − (B⁺ X) W_A.
    turned = np.einsum("pi,aq->iapq", inverse, np.eye(m))
    moved = np.einsum("dpq,iaqr->diapr", raw, turned) - np.einsum("iapq,dqr->diapr", turned, raw)
    moved = 0.5 * (moved + moved.swapaxes(-1, -2)).reshape(len(basis), n * m, m * m)
    variance = np.einsum("dup,uv,dvp->", moved, response.covariance.reshape(n * m, n * m), moved)
    variance += np.square(form_error * raw).sum()
    strain = 0.5 * (raw + raw.swapaxes(-1, -2))
    if doubted or not np.square(strain).sum() > _ERRORS**2 * variance:
        return np.eye(m)
    return np.asarray(motion.T @ form @ motion)


def action_generators(raw: Array, form: Array, basis: Array) -> Array:
    """Return generators W_A (d, m, m) near estimated ones, the partners of a basis W_S (d, n, n).

    They are skew in an inner product (m, m) of the actions, and have the brackets of the W_S.
    """
    if not len(raw):
        return np.zeros((0, len(form), len(form)))
    frame = Frame.of(form)
    inside = frame.inside(raw)
    turning = skew(inside)
    # Conjugate generators turn equally fast: dropping the symmetric part must not change the speed. What does
    # not turn has no such speed.
    squares, kept = (np.einsum("dij,dji->d", part, part) for part in (inside, turning))
    speed = np.sqrt(np.divide(squares, kept, out=np.ones_like(kept), where=(squares < 0.0) & (kept < 0.0)))
    return frame.outside(represented(turning * speed[:, None, None], basis))
