"""What was measured of references' time, form and harmony, in words and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.output.html_tables import plain_table
from workbench.output.labels import format_number

if TYPE_CHECKING:
    from workbench.analysis.references import ReferenceProfile

MOST_CHORDS = 4


def forms_table(references: Sequence[ReferenceProfile]) -> str:
    """Styles, tempo, key, sections and chords of each reference, as an HTML table."""
    rows = [
        (
            profile.id, ", ".join(profile.styles), tempo_text(profile), profile.key or "none", sections_text(profile),
            chords_text(profile),
        )
        for profile in references
    ]  # fmt: skip
    return plain_table(("Reference", "Styles", "BPM (confidence)", "Key", "Sections begin", "Chords most heard"), rows)


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
