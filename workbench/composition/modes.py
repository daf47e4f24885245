"""Modes are played: the tone that makes a mode what it is sounds in the chords, and what contradicts it does not.

A network that learned major and minor writes E phrygian as E minor. Here its chords are held to the mode: one that
holds the tone of the neighbouring mode takes the mode's own, and four bars without the mode's tone end on a chord
that states it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from workbench.domain.theory import Chord, Key, character_tone

_AGAINST: Mapping[str, int] = {"dorian": 8, "phrygian": 2, "lydian": 5, "mixolydian": 11, "locrian": 7}
"""The tone that it would be in the major or minor key."""
_STATING: Mapping[str, tuple[tuple[int, str], ...]] = {
    "dorian": ((5, "maj"), (2, "min")),
    "phrygian": ((1, "maj"), (10, "min")),
    "lydian": ((2, "maj"), (11, "min")),
    "mixolydian": ((10, "maj"), (7, "min")),
    "locrian": ((6, "maj"), (3, "min")),
}
"""Roots above the tonic and qualities of triads that hold the tone, the plainest first."""
STATED_EVERY_BARS = 4


def contradicting_tone(key: Key) -> int | None:
    """The pitch class that would make it major or minor; None for these.

    Examples
    --------
    >>> contradicting_tone(Key.parse("E phrygian"))
    6
    """
    step = _AGAINST.get(key.mode)
    return None if step is None else (key.tonic + step) % 12


def state_mode(chords: Sequence[Chord], key: Key, bar_beats: float) -> list[Chord]:
    """A few bars of chords, of which one holds the mode's tone at least, and none the tone against it.

    Parameters
    ----------
    chords : sequence of Chord
        At most `STATED_EVERY_BARS` bars, without gaps.
    key : Key
        Major and minor leave the chords as they are.
    bar_beats : float
        Length of a bar: of a chord that is longer only the end changes.

    Examples
    --------
    >>> [chord.symbol() for chord in state_mode([Chord.parse("Em"), Chord.parse("D")], Key.parse("E phrygian"), 4.0)]
    ['Em', 'Dm']
    """
    tone = character_tone(key)
    if tone is None:
        return list(chords)
    stated = [_in_mode(chord, key) for chord in chords]
    if stated and not any(tone in chord.pitch_classes for chord in stated):
        stated[-1:] = _stating(stated[-1], key, bar_beats)
    return stated


def _in_mode(chord: Chord, key: Key) -> Chord:
    """The chord without the tone that contradicts the mode: the scale's own triad, or the mode's chord."""
    against = contradicting_tone(key)
    if not chord.sounds or against not in (*chord.pitch_classes, chord.bass):
        return chord
    triad = scale_triad(chord.root, key)
    return _as(chord, *((chord.root, triad) if triad else _first(key)))


def scale_triad(root: int, key: Key) -> str | None:
    """The quality of the scale's triad on a root; None off the scale and where its fifth is not perfect."""
    tones = key.pitch_classes
    if root not in tones or ((root + 7) % 12 not in tones and root != key.tonic):
        return None
    if (root + 7) % 12 not in tones:
        return "dim"
    return "maj" if (root + 4) % 12 in tones else "min"


def _first(key: Key) -> tuple[int, str]:
    step, quality = _STATING[key.mode][0]
    return (key.tonic + step) % 12, quality


def _stating(chord: Chord, key: Key, bar_beats: float) -> list[Chord]:
    """The chord, or its second half where it lasts for more than a bar, as one that states the mode."""
    options = [((key.tonic + step) % 12, quality) for step, quality in _STATING[key.mode]]
    root, quality = next((one for one in options if one[0] == chord.root), options[0])
    if chord.duration_beats <= bar_beats:
        return [_as(chord, root, quality)]
    kept = max(bar_beats, chord.duration_beats // (2.0 * bar_beats) * bar_beats)
    rest = replace(chord, onset_beats=chord.onset_beats + kept, duration_beats=chord.duration_beats - kept)
    return [replace(chord, duration_beats=kept), _as(rest, root, quality)]


def _as(chord: Chord, root: int, quality: str) -> Chord:
    return replace(chord, root=root, quality=quality, bass=root)
