"""The key that given chords stand in."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.domain.theory import Chord, Key

_FIRST, _LAST = 0.6, 0.3
"""What it speaks for a key that its tonic chord begins or ends the line, against one note outside the scale."""


def key_of_chords(chords: Sequence[Chord]) -> Key:
    """The major or minor key whose scale holds most of the chords' notes; the tonic's chord first or last decides ties.

    Examples
    --------
    >>> str(key_of_chords([Chord.parse(symbol) for symbol in ("Am", "F", "C", "G")]))
    'A minor'
    """
    keys = [Key(tonic, mode) for tonic in range(12) for mode in ("major", "minor")]
    sounding = [chord for chord in chords if chord.sounds] or [Chord(0.0, 4.0, 0, "maj", 0)]
    return max(keys, key=lambda key: _fit(key, sounding))


def _fit(key: Key, chords: Sequence[Chord]) -> float:
    scale = set(key.pitch_classes)
    outside = sum(len(set(chord.pitch_classes) - scale) for chord in chords)
    return _FIRST * _is_tonic(key, chords[0]) + _LAST * _is_tonic(key, chords[-1]) - outside


def _is_tonic(key: Key, chord: Chord) -> bool:
    third = (key.tonic + (3 if key.has_minor_third else 4)) % 12
    other = (key.tonic + (4 if key.has_minor_third else 3)) % 12
    return chord.root == key.tonic and (third in chord.pitch_classes or other not in chord.pitch_classes)
