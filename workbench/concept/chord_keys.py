"""The key that given chords stand in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench.domain.theory import Chord, Key

_FIRST, _LAST, _ANYWHERE = 0.6, 0.3, 0.25
"""What it speaks for a key that its tonic chord begins, ends, or is in the line, against one note outside the scale."""
_LED_TO = 0.5
"""What it speaks for a key that a dominant seventh leads to its tonic chord, from the last chord to the first too."""
_MODAL, _MODAL_BESIDE_HOME = 0.45, 0.7
"""What it speaks against dorian and mixolydian: more where the tonic of the major or minor key of that scale sounds."""
_MINOR_THIRD, _MAJOR_THIRD, _FIFTH, _SEVENTH = 3, 4, 7, 10
_HOMES = {"dorian": (10, 7), "mixolydian": (5, 2)}
"""Semitones from a mode's tonic up to those of the major and minor key of its scale."""


def key_of_chords(chords: Sequence[Chord]) -> Key:
    """The key whose scale holds most of the chords' notes; where its tonic stands, and what leads to it, decides ties.

    Major and minor are what is usual. Dorian and mixolydian are heard where a line begins on their tonic: two chords
    such as Am7 and D7 are A dorian, as neither G nor Em is there.

    Examples
    --------
    >>> lines = "Am F C G", "Am7 D7", "D C G D", "Dm7 G7 Cmaj7"
    >>> [str(key_of_chords([Chord.parse(symbol) for symbol in line.split()])) for line in lines]
    ['A minor', 'A dorian', 'D mixolydian', 'C major']
    """
    keys = [Key(tonic, mode) for mode in ("major", "minor", "dorian", "mixolydian") for tonic in range(12)]
    sounding = [chord for chord in chords if chord.sounds] or [Chord(0.0, 4.0, 0, "maj", 0)]
    return max(keys, key=lambda key: _fit(key, sounding))


def _fit(key: Key, chords: Sequence[Chord]) -> float:
    scale = set(key.pitch_classes)
    outside = sum(len(set(chord.pitch_classes) - scale) for chord in chords)
    return sum(_evidence(key, chords)) - outside


def _evidence(key: Key, chords: Sequence[Chord]) -> Iterator[float]:
    """What speaks for a key beside its scale, against what has to speak for a mode."""
    here = [_is_tonic(key, chord) for chord in chords]
    before = [chords[-1], *chords[:-1]]
    yield _FIRST * here[0] + _LAST * here[-1] + _ANYWHERE * any(here)
    yield _LED_TO * any(_rests(key, chord) and _leads_to(key, led) for chord, led in zip(chords, before, strict=True))
    if key.mode in _HOMES:
        major, minor = ((key.tonic + step) % 12 for step in _HOMES[key.mode])
        homes = (Key(major, "major"), Key(minor, "minor"))
        beside_home = any(_rests(home, chord) for home in homes for chord in chords)
        yield -(_MODAL_BESIDE_HOME if beside_home else _MODAL) - (not here[0])


def _is_tonic(key: Key, chord: Chord) -> bool:
    third, other = (_MINOR_THIRD, _MAJOR_THIRD) if key.has_minor_third else (_MAJOR_THIRD, _MINOR_THIRD)
    held = chord.pitch_classes
    return chord.root == key.tonic and ((key.tonic + third) % 12 in held or (key.tonic + other) % 12 not in held)


def _rests(key: Key, chord: Chord) -> bool:
    """Whether a chord is the tonic's and no dominant seventh, as the tonic of a blues is."""
    return _is_tonic(key, chord) and not _is_dominant(chord)


def _leads_to(key: Key, chord: Chord) -> bool:
    return (chord.root - key.tonic) % 12 == _FIFTH and _is_dominant(chord)


def _is_dominant(chord: Chord) -> bool:
    return {(chord.root + step) % 12 for step in (_MAJOR_THIRD, _SEVENTH)} <= set(chord.pitch_classes)
