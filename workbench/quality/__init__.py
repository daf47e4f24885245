"""Coded checks of a finished track: what was promised, what was measured, and what it means."""

from workbench.quality.report import CHECKS, check

__all__ = ["CHECKS", "check"]
