"""Form: choruses long enough, hooks that return and stay out of the verse, endings that close, modes that are heard."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluation.criteria import Row, at_least, observed
from evaluation.whole_songs.hooks import find_hook
from evaluation.whole_songs.songs import WholeSong
from evaluation.whole_songs.voices import voice_of
from workbench.domain.elements import is_drums
from workbench.domain.score import Score
from workbench.domain.song import HOOK_SECTIONS

LEAST_RETURN, MOST_IN_VERSE = 0.8, 0.5
LEAST_CHORUS_BARS, LEAST_CHORUS_SHARE = 8, 1.0 / 3.0
LEAST_CHORUS_LEAD = 0.8
_CLOSING_TONES = 3


def form_rows(songs: Sequence[WholeSong]) -> list[Row]:
    """Bars and values of form."""
    return [*_hooks(songs), *_choruses(songs), *_leads(songs), *_endings(songs)]


def _hooks(songs: Sequence[WholeSong]) -> list[Row]:
    found = [(song.name, hook) for song in songs if (hook := find_hook(song.score))]
    returns = [(name, hook.returns) for name, hook in found if hook.returns is not None]
    verses = [(name, hook.in_verse) for name, hook in found if hook.in_verse is not None]
    back = [(name, value >= LEAST_RETURN) for name, value in returns]
    apart = [(name, value <= MOST_IN_VERSE) for name, value in verses]
    return [
        *_held("songs whose hook comes back in every chorus", back, 0.9),
        *_held("songs whose hook is not in the verse", apart, 0.9),
        *_median("hook's likeness to its returns, median", [value for _, value in returns]),
        *_median("hook's likeness to the verse, median", [value for _, value in verses]),
    ]


def _choruses(songs: Sequence[WholeSong]) -> list[Row]:
    """Length and share of choruses and drops in styles that have them."""
    asked = [song for song in songs if song.has_chorus]
    long, much = [], []
    for song in asked:
        bars = [section.bars for section in song.score.sections if section.name in HOOK_SECTIONS]
        long.append((song.name, bool(bars) and min(bars) >= LEAST_CHORUS_BARS))
        much.append((song.name, sum(bars) >= LEAST_CHORUS_SHARE * song.score.bars))
    return [
        *_held(f"songs whose choruses have {LEAST_CHORUS_BARS} bars or more", long, 1.0),
        *_held("songs of which a third or more is chorus", much, 1.0),
    ]


def _leads(songs: Sequence[WholeSong]) -> list[Row]:
    """How much of what is planned for the lead it plays."""
    planned: list[bool] = []
    chorus: list[bool] = []
    without: list[bool] = []
    for song in songs:
        counts = voice_of(song.score, "leads").notes_by_bar
        for section in song.score.sections:
            bars = counts[section.start_bar : section.end_bar]
            without.append("leads" not in section.elements)
            if "leads" in section.elements:
                planned += (bars > 0).tolist()
                chorus += (bars > 0).tolist() if section.name in HOOK_SECTIONS else []
    return [
        *_mean("bars with lead where the plan has one", planned),
        *_chorus_leads(chorus),
        *_mean("sections without lead", without),
    ]


def _chorus_leads(bars: Sequence[bool]) -> list[Row]:
    if not bars:
        return []
    return [at_least("bars with lead in choruses", float(np.mean(bars)), LEAST_CHORUS_LEAD, "share", len(bars))]


def _endings(songs: Sequence[WholeSong]) -> list[Row]:
    closed = [(song.name, ends_on_chord(song.score)) for song in songs]
    return _held("songs that end on a chord that is held", closed, 1.0)


def ends_on_chord(score: Score) -> bool:
    """Whether three tones, or all of a smaller last chord, sound to the end of the song, the tonic among them."""
    end = score.length_beats
    last = {
        note.pitch % 12
        for name, part in score.parts.items()
        if not is_drums(name)
        for note in part.notes
        if note.onset_beats + note.duration_beats >= end - 0.5
    }
    wanted = min(_CLOSING_TONES, len(score.chords[-1].pitch_classes)) if score.chords else _CLOSING_TONES
    return len(last) >= wanted and score.key_at(end - 1.0).tonic in last


def _held(name: str, results: Sequence[tuple[str, bool]], bar: float) -> list[Row]:
    if not results:
        return []
    failing = [song for song, holds in results if not holds]
    aside = f" (not {', '.join(failing[:4])}{' ...' if len(failing) > 4 else ''})" if failing else ""
    return [at_least(f"{name}{aside}", 1.0 - len(failing) / len(results), bar, "share", len(results))]


def _median(name: str, values: Sequence[float]) -> list[Row]:
    return [observed(name, float(np.median(values)), "0..1", len(values))] if values else []


def _mean(name: str, values: Sequence[bool]) -> list[Row]:
    return [observed(name, float(np.mean(values)), "share", len(values))] if values else []
