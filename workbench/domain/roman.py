"""Chords by degree: Roman numerals such as "i VI III VII", "V7/V" or "bVII", read in a key."""

from __future__ import annotations

import re

from workbench.domain.chord_symbols import intervals_of
from workbench.domain.errors import ParameterError
from workbench.domain.theory import SCALES, Chord, Key

_DEGREES = {"I": 0, "II": 1, "III": 2, "IV": 3, "V": 4, "VI": 5, "VII": 6}
_NUMERAL = re.compile(r"([b#♭♯]*)(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)([^/]*)(?:/(.+))?")


def is_roman(symbol: str) -> bool:
    """Whether a chord symbol is a degree rather than a note name.

    Examples
    --------
    >>> is_roman("bVII7"), is_roman("Bb7")
    (True, False)
    """
    return _NUMERAL.fullmatch(symbol.strip()) is not None


def parse_chord(symbol: str, key: Key, *, onset_beats: float = 0.0, duration_beats: float = 4.0) -> Chord:
    """Read a chord symbol, or a Roman numeral in a key.

    Capitals are major, small letters minor; a plain degree is that of the key's own mode (VI in C minor is Ab), one
    with an accidental is counted from the major scale (bVI is Ab in C major and in C minor). Qualities follow as in
    symbols ("ii7", "Vsus4", "vii°", "Imaj7"). After a slash stands the degree that is borrowed from ("V7/V"), or a
    figure that names the bass ("I/3", "I/5", "V/7").

    Raises
    ------
    ParameterError
        If it is neither.

    Examples
    --------
    >>> minor = Key.parse("C minor")
    >>> [parse_chord(text, minor).symbol(minor) for text in ("i", "VI", "bVII", "V7", "V7/V", "i/3")]
    ['Cm', 'Ab', 'Bb', 'G7', 'D7', 'Cm/Eb']
    """
    match = _NUMERAL.fullmatch(symbol.strip())
    if match is None:
        return Chord.parse(symbol, onset_beats=onset_beats, duration_beats=duration_beats)
    accidentals, numeral, suffix, slash = match.groups()
    if slash and is_roman(slash):
        home = parse_chord(slash, key)
        key, slash = Key(home.root, "major"), None
    shift = sum(1 if sign in "#♯" else -1 for sign in accidentals)
    steps = SCALES["major" if accidentals else key.mode]
    root = (key.tonic + steps[_DEGREES[numeral.upper()]] + shift) % 12
    quality = _quality(symbol, numeral, suffix.strip())
    chord = Chord(onset_beats, duration_beats, root, quality, root)
    return chord if slash is None else _over(chord, slash, symbol)


def _quality(symbol: str, numeral: str, suffix: str) -> str:
    small = numeral.islower()
    bare = {"°": "dim", "o": "dim", "°7": "dim7", "o7": "dim7", "ø": "hdim7", "ø7": "hdim7", "+": "aug"}
    if suffix in bare:
        return bare[suffix]
    minor_forms = suffix in ("", "6", "7", "9", "maj7", "M7")
    text = f"C{'m' if small and minor_forms else ''}{suffix}"
    try:
        return Chord.parse(text).quality
    except ParameterError:
        raise ParameterError(
            f"chord {symbol!r} is not known: expected a degree such as i, VI, bVII, V7, ii°, Imaj7, V7/V or I/3"
        ) from None


def _over(chord: Chord, figure: str, symbol: str) -> Chord:
    """The chord over its third, fifth or seventh."""
    place = {"3": 1, "5": 2, "7": 3}.get(figure.strip())
    tones = intervals_of(chord.quality)
    if place is None or place >= len(tones):
        raise ParameterError(
            f"chord {symbol!r} is not known: after '/' expected a degree (V7/V) or one of the figures 3, 5 and 7 (I/3)"
        )
    bass = (chord.root + tones[place]) % 12
    return Chord(chord.onset_beats, chord.duration_beats, chord.root, chord.quality, bass)
