"""Keys, chords and metres: the words of tonal music, parsed from text and written back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from workbench.domain.errors import ParameterError

NOTE_NAMES_SHARP = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
NOTE_NAMES_FLAT = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
}
"""Scale degrees in semitones above the tonic, by mode."""

CHORD_QUALITIES: dict[str, tuple[int, ...]] = {
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "5": (0, 7),
    "maj6": (0, 4, 7, 9),
    "min6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "min7": (0, 3, 7, 10),
    "hdim7": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
    "minmaj7": (0, 3, 7, 11),
    "9": (0, 4, 7, 10, 2),
    "maj9": (0, 4, 7, 11, 2),
    "min9": (0, 3, 7, 10, 2),
}
"""Intervals above the root in semitones by Harte-style quality name; the order is the ladder of thirds."""

_SYMBOLS = {
    "": "maj", "M": "maj", "maj": "maj", "m": "min", "min": "min", "-": "min", "dim": "dim", "o": "dim", "°": "dim",
    "aug": "aug", "+": "aug", "sus2": "sus2", "sus4": "sus4", "sus": "sus4", "5": "5", "6": "maj6", "maj6": "maj6",
    "m6": "min6", "min6": "min6", "7": "7", "dom7": "7", "maj7": "maj7", "M7": "maj7", "Δ": "maj7", "m7": "min7",
    "min7": "min7", "-7": "min7", "m7b5": "hdim7", "ø": "hdim7", "hdim7": "hdim7", "dim7": "dim7", "o7": "dim7",
    "mmaj7": "minmaj7", "mMaj7": "minmaj7", "m(maj7)": "minmaj7", "mM7": "minmaj7", "minmaj7": "minmaj7",
    "9": "9", "maj9": "maj9", "M9": "maj9", "m9": "min9",
    "min9": "min9", "-9": "min9",
}  # fmt: skip
_PRINTED = {
    "maj": "", "min": "m", "maj6": "6", "min6": "m6", "min7": "m7", "hdim7": "m7b5", "minmaj7": "mMaj7", "min9": "m9",
}  # fmt: skip


def parse_pitch_class(text: str) -> int:
    """Read a note name ("C", "F#", "Bb") as a pitch class 0 to 11.

    Raises
    ------
    ParameterError
        If the text is not a letter A to G with at most two accidentals.

    Examples
    --------
    >>> parse_pitch_class("Bb")
    10
    """
    match = re.fullmatch(r"([A-Ga-g])((?:#|b|♯|♭){0,2})", text.strip())
    if match is None:
        raise ParameterError(f"note name {text!r} is not known: use a letter A to G with # or b, such as F# or Bb")
    accidental = sum(1 if sign in "#♯" else -1 for sign in match.group(2))
    return (_LETTERS[match.group(1).upper()] + accidental) % 12


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic (pitch class 0 to 11) and a mode of `SCALES`."""

    tonic: int
    mode: str

    def __post_init__(self) -> None:
        if self.mode not in SCALES or not 0 <= self.tonic <= 11:
            raise ParameterError(f"key ({self.tonic}, {self.mode!r}) is not known: tonic 0..11, mode in {list(SCALES)}")

    @classmethod
    def parse(cls, text: str) -> Key:
        """Read "F minor", "C# dorian", "Bbm" or "G".

        Examples
        --------
        >>> str(Key.parse("f minor")), str(Key.parse("Bb"))
        ('F minor', 'Bb major')
        """
        match = re.fullmatch(r"\s*([A-Ga-g][#b♯♭]{0,2})\s*(maj|min|m|[A-Za-z]{4,})?\s*", text)
        mode = (match.group(2) or "major") if match else ""
        mode = {"m": "minor", "min": "minor", "maj": "major", "aeolian": "minor", "ionian": "major"}.get(
            mode.lower(), mode.lower()
        )
        if match is None or mode not in SCALES:
            raise ParameterError(
                f"key {text!r} is not known: expected a note A to G with # or b and a mode of "
                f"{', '.join(SCALES)}, such as 'F minor'"
            )
        return cls(parse_pitch_class(match.group(1)), mode)

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        """The seven pitch classes of the scale, from the tonic."""
        return tuple((self.tonic + step) % 12 for step in SCALES[self.mode])

    @property
    def has_minor_third(self) -> bool:
        """Whether the third degree is minor: minor, dorian, phrygian and locrian."""
        return 3 in SCALES[self.mode]

    @property
    def signature(self) -> int:
        """Sharps (positive) or flats (negative) of the key signature, -6 to 6.

        Six of either name the same notes: F# major and B lydian take sharps, Eb minor and its kin flats.
        """
        parent = (self.tonic - _MODE_OFFSET[self.mode]) % 12
        sharps = (parent * 7) % 12
        most = 6 if self.mode in ("major", "lydian") else 5
        return sharps if sharps <= most else sharps - 12

    def name_of(self, pitch_class: int) -> str:
        """The spelling of a pitch class that suits this key's signature."""
        names = NOTE_NAMES_FLAT if self.signature < 0 else NOTE_NAMES_SHARP
        return names[pitch_class % 12]

    def __str__(self) -> str:
        return f"{self.name_of(self.tonic)} {self.mode}"


_MODE_OFFSET = {"major": 0, "dorian": 2, "phrygian": 4, "lydian": 5, "mixolydian": 7, "minor": 9, "locrian": 11}


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord that sounds from `onset_beats` for `duration_beats` quarter notes.

    `root` and `bass` are pitch classes 0 to 11, `quality` is a name of `CHORD_QUALITIES`.
    """

    onset_beats: float
    duration_beats: float
    root: int
    quality: str
    bass: int

    @classmethod
    def parse(cls, symbol: str, *, onset_beats: float = 0.0, duration_beats: float = 4.0) -> Chord:
        """Read a chord symbol such as "Am7", "F", "C/E", "Bbmaj9".

        Examples
        --------
        >>> Chord.parse("Am7").quality, Chord.parse("C/E").bass
        ('min7', 4)
        """
        match = re.fullmatch(r"\s*([A-G][#b♯♭]?)([^/]*)(?:/([A-G][#b♯♭]?))?\s*", symbol)
        quality = _SYMBOLS.get(match.group(2).strip()) if match else None
        if match is None or quality is None:
            known = ", ".join(_PRINTED.get(name, name) or "major" for name in CHORD_QUALITIES)
            raise ParameterError(f"chord {symbol!r} is not known: expected a symbol such as Am7 or C/E of {known}")
        root = parse_pitch_class(match.group(1))
        bass = parse_pitch_class(match.group(3)) if match.group(3) else root
        return cls(onset_beats, duration_beats, root, quality, bass)

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        """Pitch classes of the chord tones from the root; a foreign bass note is not added."""
        return tuple((self.root + interval) % 12 for interval in CHORD_QUALITIES[self.quality])

    @property
    def end_beats(self) -> float:
        """Where the chord ends, in quarter notes."""
        return self.onset_beats + self.duration_beats

    def symbol(self, key: Key | None = None) -> str:
        """The printed symbol, spelled for `key` where given.

        Examples
        --------
        >>> Chord(0, 4, 5, "min7", 8).symbol(Key.parse("F minor"))
        'Fm7/Ab'
        """
        name = key.name_of if key else NOTE_NAMES_SHARP.__getitem__
        slash = f"/{name(self.bass)}" if self.bass != self.root else ""
        return f"{name(self.root)}{_PRINTED.get(self.quality, self.quality)}{slash}"


METRES = ("4/4", "3/4", "6/8", "12/8")
"""Metres that can be composed."""


@dataclass(frozen=True, slots=True)
class Metre:
    """A time signature; `bar_beats` counts quarter notes."""

    numerator: int = 4
    denominator: int = 4

    @classmethod
    def parse(cls, text: str) -> Metre:
        """Read "4/4".

        Examples
        --------
        >>> Metre.parse("3/4").bar_beats
        3.0
        """
        if text not in METRES:
            raise ParameterError(f"metre {text!r} is not known: expected one of {', '.join(METRES)}")
        numerator, denominator = text.split("/")
        return cls(int(numerator), int(denominator))

    @property
    def bar_beats(self) -> float:
        """Length of one bar in quarter notes."""
        return float(Fraction(4 * self.numerator, self.denominator))

    @property
    def is_compound(self) -> bool:
        """Whether the beat is a dotted quarter that falls into three eighths."""
        return self.denominator == 8 and self.numerator % 3 == 0

    @property
    def beat_beats(self) -> float:
        """Length of the felt beat in quarter notes: 1, in 6/8 and 12/8 one and a half."""
        return 1.5 if self.is_compound else 1.0

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"
