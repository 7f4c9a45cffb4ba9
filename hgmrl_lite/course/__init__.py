"""What the lessons need: checks with hints, progress, figures with alt text, a check of the set-up."""

from hgmrl_lite.cache import clear_cache
from hgmrl_lite.course.doctor import doctor
from hgmrl_lite.course.exercise import hint
from hgmrl_lite.course.page import figure
from hgmrl_lite.course.progress import check, progress, reset_progress

__all__ = ["check", "clear_cache", "doctor", "figure", "hint", "progress", "reset_progress"]
