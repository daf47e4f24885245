"""Mastering: a mix in, a master at its loudness and below its true-peak ceiling out."""

from workbench.mastering.as_heard import master_below
from workbench.mastering.chain import master, stages
from workbench.mastering.match import Match, match
from workbench.mastering.styles import list_styles, load_style

__all__ = [
    "Match",
    "list_styles",
    "load_style",
    "master",
    "master_below",
    "match",
    "stages",
]
