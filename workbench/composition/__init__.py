"""Plan to score: harmony first, then percussion, bass, pads and leads, each written by its network."""

from workbench.composition.compose import compose

__all__ = ["compose"]
