"""Coded checks of a finished track: what was promised, what was measured, and what it means; candidates in order."""

from workbench.quality.ranking import distance_of, quality_of, rank
from workbench.quality.report import CHECKS, check

__all__ = ["CHECKS", "check", "distance_of", "quality_of", "rank"]
