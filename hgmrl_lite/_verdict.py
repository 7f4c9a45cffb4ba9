"""The one vocabulary of every test in the package; what is asked, each result says itself."""

from typing import Literal, TypeAlias

Verdict: TypeAlias = Literal["yes", "no", "undecided"]
"""Shown to hold, shown not to hold, or left open by the data."""
