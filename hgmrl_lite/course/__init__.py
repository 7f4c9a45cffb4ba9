"""What the lessons need: exercise checks with hints, figures with alt text, a check of the set-up."""

from hgmrl_lite.course.doctor import doctor
from hgmrl_lite.course.exercise import check, hint
from hgmrl_lite.course.figure import figure

__all__ = ["check", "doctor", "figure", "hint"]
