"""An accompanist by rule: bass, pads and percussion over given chords, in the figures and patterns of the styles.

No network plays here, so that networks can learn from it without learning from themselves.
"""

from __future__ import annotations

from training.accompanist.arranging import accompany
from training.accompanist.making import make_accompaniment

__all__ = ["accompany", "make_accompaniment"]
