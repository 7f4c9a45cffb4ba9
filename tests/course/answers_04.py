"""Sample answers to the exercises of lesson 04."""

import numpy as np
from scipy.linalg import eigh, expm, null_space, svd


def moved(generator, points, times):
    """Carry every point along for its own time."""
    return np.einsum("ijk,ik->ij", expm(times[:, None, None] * generator), points)


def functional_by_loop(generator, f, points, times):
    """Take one point after another."""
    changes = [f(expm(t * generator) @ p) - f(p) for t, p in zip(times, points, strict=True)]
    return np.mean(np.abs(changes))


def functional_by_einsum(generator, f, points, times):
    """Sum over indices."""
    return abs(f(moved(generator, points, times)) - f(points)).sum() / len(points)


def functional_by_columns(generator, f, points, times):
    """Move columns, and average by the norm of a vector."""
    columns = [expm(generator * t) @ p[:, None] for t, p in zip(times, points, strict=True)]
    return np.linalg.norm(f(np.hstack(columns).T) - f(points), 1) / times.size


def functional_by_transposes(generator, f, points, times):
    """Move rows from the right."""
    elements = expm(times[:, None, None] * generator.T)
    return np.average(np.abs(f((points[:, None, :] @ elements)[:, 0]) - f(points)))


def functional_by_larger_and_smaller(generator, f, points, times):
    """Take the larger less the smaller of two values."""
    pair = f(moved(generator, points, times)), f(points)
    return float((np.maximum(*pair) - np.minimum(*pair)).mean())


def functional_signed(generator, f, points, times):
    """Forget the absolute value."""
    return np.mean(f(moved(generator, points, times)) - f(points))


def functional_first_order(generator, f, points, times):
    """Take the beginning of the series for the exponential."""
    return np.mean(np.abs(f(points + times[:, None] * (points @ generator.T)) - f(points)))


def functional_by_entries(generator, f, points, times):
    """Take the exponential of every entry."""
    elements = np.exp(times[:, None, None] * generator)
    return np.mean(np.abs(f(np.einsum("ijk,ik->ij", elements, points)) - f(points)))


def functional_relative(generator, f, points, times):
    """Divide by the size of the values."""
    values = f(points)
    return np.mean(np.abs(f(moved(generator, points, times)) - values) / np.abs(values))


def functional_without_start(generator, f, points, times):
    """Forget what is subtracted."""
    return np.mean(np.abs(f(moved(generator, points, times))))


def functional_of_moved_points(generator, f, points, times):
    """Measure how far the points move."""
    return np.mean(np.linalg.norm(moved(generator, points, times) - points, axis=1))


def functional_unreduced(generator, f, points, times):
    """Return one number a point."""
    return np.abs(f(moved(generator, points, times)) - f(points))


def loss_of_changes(reduce):
    """Return the functional loss with another reduction of the changes."""

    def loss(generator, f, points, times):
        return reduce(f(moved(generator, points, times)) - f(points))

    return loss


# A start that slides and one that arrives, besides the reference.
SLIDES, ARRIVES = [[1.0, 0.5], [0.5, 0.9]], [[0.5, 0.0], [1.0, 0.5]]


def rows_of(points, normals):
    """Return the linear system."""
    return np.stack([np.outer(n, p).ravel() for n, p in zip(normals, points, strict=True)])


def null_by_eigenvectors(points, normals):
    """Use the smallest eigenvector of AᵀA."""
    rows = rows_of(points, normals)
    return np.linalg.eigh(rows.T @ rows)[1][:, 0].reshape(2, 2)


def null_by_subset(points, normals):
    """Ask SciPy for one eigenvector only."""
    rows = rows_of(points, normals)
    return -eigh(rows.T @ rows, subset_by_index=[0, 0])[1].reshape(2, 2)


def null_by_scipy(points, normals):
    """Use SciPy's singular values."""
    return svd(rows_of(points, normals))[2][3].reshape(2, 2)


def null_of_units(points, normals):
    """Make the normals unit vectors first."""
    return null_by_scipy(points, normals / np.linalg.norm(normals, axis=1, keepdims=True))


def null_by_qr(points, normals):
    """Reduce the system to four equations first."""
    return np.linalg.svd(np.linalg.qr(rows_of(points, normals))[1])[2][-1].reshape(2, 2)


def null_by_inverse_iteration(points, normals):
    """Solve with AᵀA again and again, a little moved so that it has an inverse."""
    rows = rows_of(points, normals)
    gram = rows.T @ rows
    gram += 1e-11 * np.trace(gram) * np.eye(4)
    w = np.array([0.3, -0.5, 0.6, 0.2])
    for _ in range(400):
        w = np.linalg.solve(gram, w)
        w /= np.linalg.norm(w)
    return w.reshape(2, 2)


def null_by_eig(points, normals):
    """Sort unsorted eigenvalues."""
    rows = rows_of(points, normals)
    values, vectors = np.linalg.eig(rows.T @ rows)
    return vectors[:, np.argmin(values)].reshape(2, 2)


def null_exact(points, normals):
    """Ask for the exact null space, which noise empties."""
    return null_space(rows_of(points, normals), rcond=1e-8)[:, 0].reshape(2, 2)


def null_of_the_largest(points, normals):
    """Take the wrong end of the spectrum."""
    return np.linalg.svd(rows_of(points, normals))[2][0].reshape(2, 2)


def null_of_columns(points, normals):
    """Take a column of the third result of svd, not a row."""
    return np.linalg.svd(rows_of(points, normals))[2][:, -1].reshape(2, 2)


def null_transposed(points, normals):
    """Swap point and normal."""
    return np.linalg.svd(rows_of(normals, points))[2][-1].reshape(2, 2)


def null_of_other_length(points, normals):
    """Scale the generator."""
    return 3.0 * null_by_eigenvectors(points, normals)


def null_with_entry(points, normals):
    """Hold the entry W₂₁ at 1, and make it a unit vector in the end."""
    rows = rows_of(points, normals)
    w = np.insert(np.linalg.lstsq(rows[:, [0, 1, 3]], -rows[:, 2])[0], 2, 1.0)
    return w.reshape(2, 2) / np.linalg.norm(w)


def null_of_three(points, normals):
    """Use as many equations as there are unknowns left."""
    return np.linalg.svd(rows_of(points[:3], normals[:3]))[2][-1].reshape(2, 2)


def null_without_trace(points, normals):
    """Believe that a symmetry has no trace."""
    w = null_by_scipy(points, normals)
    w = w - 0.5 * np.trace(w) * np.eye(2)
    return w / np.linalg.norm(w)


def null_of_a_turn(points, normals):
    """Believe that every symmetry is a rotation."""
    return np.array([[0.0, -1.0], [1.0, 0.0]]) / np.sqrt(2.0)


def null_of_one_side(points, normals):
    """Average the equations in place of their squares."""
    return np.linalg.svd(rows_of(points, normals).mean(axis=0)[None])[2][-1].reshape(2, 2)


ANSWERS = {
    "04.1": {
        "correct": [
            functional_by_loop,
            functional_by_einsum,
            functional_by_columns,
            functional_by_transposes,
            functional_by_larger_and_smaller,
            loss_of_changes(lambda change: np.sqrt(change**2).mean()),
        ],
        "mistakes": [
            (functional_signed, "Positive and negative changes cancel"),
            (loss_of_changes(lambda change: abs(change.mean())), "and then the mean"),
            (functional_first_order, "only the beginning of exp(tW)"),
            (functional_by_entries, "should be 1.718"),
            (functional_relative, "should be"),
            (functional_without_start, "should be"),
            (functional_of_moved_points, "should be"),
            (functional_unreduced, "should be a single number"),
            (lambda w, f, p, t: functional_by_loop(w.T, f, p, t), "transposed matrix"),
            (lambda w, f, p, t: functional_by_loop(-w, f, p, t), "should be 1.718"),
            (lambda w, f, p, t: functional_by_loop(w, f, p, np.ones_like(t)), "its own time"),
            (
                lambda w, f, p, t: functional_by_loop(w, f, p, np.full_like(t, t.mean())),
                "not the mean of all",
            ),
            (lambda w, f, p, t: functional_by_loop(w, f, p, t[::-1]), "should be"),
            (loss_of_changes(lambda change: np.abs(change).sum()), "the loss is their mean"),
            (loss_of_changes(lambda change: np.square(change).mean()), "should be 1.718"),
            (loss_of_changes(lambda change: np.sqrt(np.square(change).mean())), "a root mean square"),
            (loss_of_changes(lambda change: np.median(np.abs(change))), "the loss is the mean"),
            (loss_of_changes(lambda change: np.abs(change).max()), "should be"),
        ],
    },
    "04.2": {
        "correct": ["Functional", " functional ", "FUNCTIONAL\n"],
        "mistakes": [
            ("both", "What of them enters the differential loss"),
            ("differential", "Do the level sets change"),
            ("neither", "subtracts values of f"),
            ("the functional loss", "should be one of"),
            (["functional"], "should be one of"),
            (True, "should be one of"),
            (2, "should be one of"),
        ],
    },
    "04.3": {
        "correct": [
            (SLIDES, ARRIVES),
            # Another stretch, the axes turned.
            ([[0.6, 0.3], [0.3, 0.6]], ARRIVES),
            ([[1.0, 0.0], [0.0, 0.3]], ARRIVES),
            # Turning the other way.
            (SLIDES, [[0.4, 1.0], [0.0, 0.4]]),
            # Much less stretch than growth: the slope turns it before it comes near the plateau.
            (SLIDES, [[1.0, 0.1], [0.0, 1.0]]),
            # Scaled: the loss does not know the length.
            np.array([[[0.5, 0.25], [0.25, 0.45]], [[0.35, 0.0], [0.7, 0.35]]]),
        ],
        "mistakes": [
            ((ARRIVES, SLIDES), "From the first start 16 of 16"),
            ((SLIDES, SLIDES), "where the slope leads up to the star"),
            ((ARRIVES, ARRIVES), "near the dashed line"),
            (([[0.2, 1.0], [1.0, 0.5]], ARRIVES), "on the plateau from the beginning"),
            (([[0.0, 1.0], [1.0, 0.0]], ARRIVES), "on the plateau from the beginning"),
            (([[1.0, 1.0], [1.0, 1.0]], ARRIVES), "is singular"),
            ((SLIDES, [[0.0, 0.0], [1.0, 0.0]]), "is singular"),
            ((SLIDES, np.zeros((2, 2))), "is singular"),
            ((SLIDES, [[0.0, -1.0], [1.0, 0.0]]), "below 0 or above 1"),
            (([[2.0, 0.5], [0.5, 0.9]], ARRIVES), "below 0 or above 1"),
            # No stretch and no turn: right at the corner.
            ((np.eye(2), ARRIVES), "near the dashed line"),
            ((SLIDES, [[0.9, 0.2], [0.5, 0.6]]), "where the slope leads up to the star"),
            ((SLIDES, [[0.1, 0.0], [1.0, 0.1]]), "Make the product of the diagonal larger"),
            ([[0.1, 0.0], [0.6, 0.2]], "should have shape (2, 2, 2)"),
            ([0.5, 0.5], "should have shape (2, 2, 2)"),
            ((SLIDES, [0.5, 0.5]), "cannot be read as an array"),
        ],
    },
    "04.4": {
        "correct": [
            null_by_eigenvectors,
            null_by_subset,
            null_by_scipy,
            null_of_units,
            null_by_qr,
            null_by_inverse_iteration,
            null_by_eig,
            lambda p, n: -null_by_scipy(p, n),
        ],
        "mistakes": [
            (null_exact, "IndexError"),
            (null_of_the_largest, "*largest* singular value"),
            (null_of_columns, "should be"),
            (null_transposed, "this is Wᵀ"),
            (null_of_other_length, "the norm should be 1"),
            (null_with_entry, "one entry held fixed"),
            (null_of_three, "first three equations only"),
            (null_without_trace, "spirals should be"),
            (null_of_a_turn, "ellipses should be"),
            (null_of_one_side, "should be"),
            (lambda p, n: np.zeros((2, 2)), "Ask for norm 1"),
            (lambda p, n: null_by_scipy(p, n).ravel(), "should have shape (2, 2)"),
            (lambda p, n: null_by_scipy(p, n).T, "this is Wᵀ"),
            # Two or more answers: all of the right singular vectors.
            (lambda p, n: svd(rows_of(p, n))[2].reshape(4, 2, 2), "should have shape (2, 2)"),
        ],
    },
    "04.5": {
        "correct": [[1, 3, 1, 0], np.array([1.0, 3.0, 1.0, 0.0]), (1, 3, np.int64(1), 0.0)],
        "mistakes": [
            ((1, 1, 1, 0), "along horizontal lines"),
            ((1, 2, 1, 0), "along horizontal lines"),
            ((1, 6, 1, 0), "along horizontal lines"),
            ((1, 3, 1, 1), "rounded corners"),
            ((1, 3, 1, 4), "rounded corners"),
            ((1, 3, 0, 0), "shrink y by the same factor"),
            ((1, 3, 2, 0), "shrink y by the same factor"),
            ((3, 3, 1, 0), "keep the circles about c"),
            ((0, 3, 1, 0), "keep the circles about c"),
            ((0, 1, 1, 3), "keep the circles about c"),
            ((1.5, 3, 1, 0), "is not the dimension"),
            ((1, 3), "should have shape (4,)"),
            ({1, 3, 0}, "should be numbers"),
        ],
    },
}
