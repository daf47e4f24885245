"""Concept: what the user says becomes a plan, with a reason for each decision."""

from workbench.concept.style import Style, list_styles, load_style
from workbench.concept.translate import translate

__all__ = ["Style", "list_styles", "load_style", "translate"]
