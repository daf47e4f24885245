"""What was measured of references' time, form and harmony, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.output.figures.labels import format_number

if TYPE_CHECKING:
    from workbench.analysis.references import ReferenceProfile

MOST_CHORDS = 4


def tempo_text(profile: ReferenceProfile) -> str:
    """The tempo with the confidence of its estimate, 0 to 1; a dash where there is no steady pulse."""
    tempo = "\N{EN DASH}" if profile.tempo_bpm is None else format_number(round(profile.tempo_bpm, 1))
    return f"{tempo} ({profile.measurements['tempo_confidence']:.2f})"


def sections_text(profile: ReferenceProfile) -> str:
    """When its sections begin, in minutes and seconds."""
    return ", ".join(f"{int(at // 60)}:{int(at % 60):02d}" for at in (0.0, *profile.boundaries_seconds))


def chords_text(profile: ReferenceProfile, count: int = MOST_CHORDS) -> str:
    """The chords that sound longest, with their share of the track."""
    shares = list(profile.chord_shares().items())[:count]
    return ", ".join(f"{symbol} {100 * share:.0f} %" for symbol, share in shares)
