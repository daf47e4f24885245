"""Concept: what the user says becomes a plan, with a reason for each decision."""

from workbench.concept.explain import bent, contradictions, explain
from workbench.concept.macros import Macro, list_macros, load_macro
from workbench.concept.starters import Starter, list_starters, load_starter
from workbench.concept.style import Style, list_styles, load_style
from workbench.concept.translate import translate

__all__ = [
    "Macro",
    "Starter",
    "Style",
    "bent",
    "contradictions",
    "explain",
    "list_macros",
    "list_starters",
    "list_styles",
    "load_macro",
    "load_starter",
    "load_style",
    "translate",
]
