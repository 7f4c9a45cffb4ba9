"""Dictionaries of vector fields, and the symmetries found in one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array, as_count

Field = Callable[[Array], Array]
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Dictionary:
    """Named vector fields, the simpler ones first.

    Parameters
    ----------
    names : tuple of str
        One a field.
    fields : tuple of callable
        Each maps points (N, n) to velocities (N, n).

    Raises
    ------
    ValueError
        When there are no fields, or their number is not that of the names.
    """

    names: tuple[str, ...]
    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        if not self.fields or len(self.names) != len(self.fields):
            raise ValueError(
                f"fields must be one or more and named one by one, got {len(self.fields)} fields and "
                f"{len(self.names)} names"
            )

    @classmethod
    def of(cls, fields: "Sequence[Field] | Dictionary") -> "Dictionary":
        """Return a dictionary of callables, named after themselves (or by number)."""
        if isinstance(fields, Dictionary):
            return fields
        fields = tuple(fields)
        for number, field in enumerate(fields, start=1):
            if not callable(field):
                raise ValueError(f"fields must be callables, got {type(field).__name__} as field {number}")
        names = [getattr(field, "__name__", "<lambda>") for field in fields]
        unique = len(set(names)) == len(names) and "<lambda>" not in names
        return cls(tuple(names) if unique else tuple(f"field {i + 1}" for i in range(len(fields))), fields)

    @classmethod
    def polynomial(cls, n: int, degree: int = 1) -> "Dictionary":
        """Return every monomial of at most ``degree`` times every coordinate direction, by ascending degree.

        Parameters
        ----------
        n : int
            Dimension of the points.
        degree : int
            1 gives the affine fields.
        """
        as_count("n", n)
        as_count("degree", degree, 0)
        letters = "xyzw" if n <= 4 else tuple(f"x{i + 1}" for i in range(n))

        def field(powers: tuple[int, ...], axis: int) -> Field:
            def evaluate(points: Array) -> Array:
                velocity = np.zeros_like(points)
                velocity[:, axis] = np.prod(points[:, list(powers)], axis=1)
                return velocity

            return evaluate

        names, fields = [], []
        for order in range(degree + 1):
            for powers in combinations_with_replacement(range(n), order):
                for axis in range(n):
                    factors = [(letters[i], powers.count(i)) for i in sorted(set(powers))]
                    monomial = "".join(
                        x + (str(k).translate(SUPERSCRIPTS) if k > 1 else "") for x, k in factors
                    )
                    names.append(f"{monomial}∂{letters[axis]}")
                    fields.append(field(powers, axis))
        return cls(tuple(names), tuple(fields))

    def __len__(self) -> int:
        """Return the number of fields."""
        return len(self.fields)

    def __call__(self, points: ArrayLike) -> Array:
        """Return the velocities (N, K, n) of all fields at points (N, n).

        Raises
        ------
        ValueError
            When a field returns another shape, or NaN or infinity.
        """
        points = as_array("points", points, ("N", "n"))
        return np.stack(
            [
                as_array(f"field {name!r} at the points", field(points), points.shape)
                for name, field in zip(self.names, self.fields, strict=True)
            ],
            axis=1,
        )


@dataclass(frozen=True, repr=False)
class DictionarySymmetry:
    """Symmetries of a function among the combinations of given vector fields.

    Attributes
    ----------
    dictionary : Dictionary
        The fields ψ_k.
    coefficients : ndarray, shape (d, K)
        Row j is the field X_j = Σ_k c_jk ψ_k; the first that the dictionary's order allows come first.
    relations : tuple of str
        For each field "independent", "multiple of #i" (by a function), or "combination of #i, #j, ..." (with
        functions as coefficients).
    verdict, reason : str
        As in `Symmetry`.
    spectrum : ndarray, shape (K,)
        Scores, ascending: 0 for a symmetry, 1 for a random direction at every point.
    agreement : float
        Share of resamples with the same number of fields.
    n_used, n_points : int
        Points used, and all points.
    """

    dictionary: Dictionary
    coefficients: Array
    relations: tuple[str, ...]
    verdict: str
    reason: str
    spectrum: Array
    agreement: float
    n_used: int
    n_points: int

    @property
    def dimension(self) -> int:
        """Number d of fields found, linearly independent over the numbers."""
        return len(self.coefficients)

    @property
    def independent(self) -> int:
        """Number of fields independent over the functions: dimensions of the orbits."""
        return self.relations.count("independent")

    def field(self, number: int) -> Field:
        """Return the found field X_number, counted from 1, as a function of points (N, n)."""
        if not 1 <= as_count("number", number) <= self.dimension:
            raise ValueError(f"number must be one of the {self.dimension} fields found, got {number}")
        row = self.coefficients[number - 1]
        return lambda points: np.einsum("k,mki->mi", row, self.dictionary(points))

    def formula(self, number: int, tolerance: float = 0.01) -> str:
        """Return the found field X_number in words of the dictionary, small coefficients left out."""
        row = self.coefficients[number - 1] / np.abs(self.coefficients[number - 1]).max()
        named = zip(row, self.dictionary.names, strict=True)
        terms = [f"{share:+.3g} {name}" for share, name in named if abs(share) > tolerance]
        return " ".join(terms)

    def __repr__(self) -> str:
        """Tell the verdict and the fields."""
        lines = [
            f"  verdict: {self.verdict}: {self.reason}",
            f"  fields found: {self.dimension} of {len(self.dictionary)}, independent over functions: "
            f"{self.independent}",
            "  spectrum: " + " ".join(f"{score:.3f}" for score in self.spectrum[: self.dimension + 3]),
            f"  points used: {self.n_used} of {self.n_points}",
        ]
        lines += [f"  #{i + 1} = {self.formula(i + 1)}  ({why})" for i, why in enumerate(self.relations)]
        return "DictionarySymmetry(\n" + "\n".join(lines) + "\n)"

    def _repr_html_(self) -> str:
        """Tell the same as a table."""
        rows = "".join(
            f"<tr><td>#{i + 1}</td><td>{self.formula(i + 1)}</td><td>{why}</td></tr>"
            for i, why in enumerate(self.relations)
        )
        return (
            f"<table><caption>{self.verdict}: {self.reason}; {self.independent} independent</caption>"
            f"<tr><th></th><th>field</th><th>relation</th></tr>{rows}</table>"
        )
