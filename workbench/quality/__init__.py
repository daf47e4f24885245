"""Coded checks of a finished track: what was promised, what was measured, and what it means; candidates in order."""

from workbench.quality.merits import merits_of, quality_of
from workbench.quality.ranking import distance_of, rank
from workbench.quality.report import CHECKS, check

__all__ = ["CHECKS", "check", "distance_of", "merits_of", "quality_of", "rank"]
