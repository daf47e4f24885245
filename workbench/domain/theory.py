"""Keys, chords and metres: the words of tonal music, parsed from text and written back."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from workbench.domain.chord_symbols import CHORD_QUALITIES, NO_CHORD, intervals_of, printed, read_quality
from workbench.domain.errors import ParameterError, unknown_name
from workbench.domain.key_names import read_key_name

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
    match = re.fullmatch(r"([A-Ga-g])((?:#|b|♯|♭){0,2})", text.strip()) if isinstance(text, str) else None
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
        """Read "F minor", "C# dorian", "Bbm", "G", "E-flat Maj", "fis-Moll", "la mineur" or "4A" (Camelot's wheel).

        Examples
        --------
        >>> str(Key.parse("f minor")), str(Key.parse("Bb"))
        ('F minor', 'Bb major')
        """
        name = read_key_name(text) if isinstance(text, str) else None
        if name is None or name[1] not in SCALES:
            raise ParameterError(
                f"key {text!r} is not known: expected a note A to G with # or b and a mode of "
                f"{', '.join(SCALES)}, such as 'F minor'"
            )
        return cls(parse_pitch_class(name[0]), name[1])

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
        """The spelling of a pitch class in this key.

        Names lie on the line of fifths from the tonic's flat second to its sharp fourth, so borrowed chords are spelled
        as they are read: bVII of C is Bb, the raised seventh of A minor G#. In locrian the fifth is flat. (Temperley,
        "The Line of Fifths", 2000.)

        Examples
        --------
        >>> [Key.parse("C").name_of(pitch_class) for pitch_class in (3, 6, 10)], Key.parse("F#").name_of(5)
        (['Eb', 'F#', 'Bb'], 'E#')
        """
        home = self.signature + _TONIC_ON_FIFTHS[self.mode]
        lowest = home - (6 if self.mode == "locrian" else 5)
        place = lowest + (7 * pitch_class - lowest) % 12
        letter, accidentals = _LINE_OF_FIFTHS[(place + 1) % 7], (place + 1) // 7
        name = letter + ("#" if accidentals > 0 else "b") * abs(accidentals)
        if abs(accidentals) > 1 or (name in _WHITE_KEYS and pitch_class % 12 not in self.pitch_classes):
            return (NOTE_NAMES_FLAT if accidentals < 0 else NOTE_NAMES_SHARP)[pitch_class % 12]
        return name

    def __str__(self) -> str:
        return f"{self.name_of(self.tonic)} {self.mode}"


_LINE_OF_FIFTHS = "FCGDAEB"
_TONIC_ON_FIFTHS = {"lydian": -1, "major": 0, "mixolydian": 1, "dorian": 2, "minor": 3, "phrygian": 4, "locrian": 5}
"""Fifths from the tonic of the major key with the same signature up to the tonic of each mode."""
_WHITE_KEYS = ("E#", "B#", "Cb", "Fb")
"""Spellings of white keys that are written in their own keys only."""

_MODE_OFFSET = {"major": 0, "dorian": 2, "phrygian": 4, "lydian": 5, "mixolydian": 7, "minor": 9, "locrian": 11}


CHARACTER_STEPS: dict[str, int] = {"dorian": 9, "phrygian": 1, "lydian": 6, "mixolydian": 10, "locrian": 6}
"""Semitones above the tonic of the tone that makes each mode."""


def character_tone(key: Key) -> int | None:
    """The pitch class that makes the mode of a key; None for major and minor.

    Examples
    --------
    >>> character_tone(Key.parse("E phrygian")), character_tone(Key.parse("E minor"))
    (5, None)
    """
    step = CHARACTER_STEPS.get(key.mode)
    return None if step is None else (key.tonic + step) % 12


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord that sounds from `onset_beats` for `duration_beats` quarter notes.

    `root` and `bass` are pitch classes 0 to 11, `quality` is a name of `CHORD_QUALITIES`, a suffix with tensions that
    `read_quality` returns, or `NO_CHORD`: nothing is stated then, and root and bass are 0.
    """

    onset_beats: float
    duration_beats: float
    root: int
    quality: str
    bass: int

    @classmethod
    def parse(cls, symbol: str, *, onset_beats: float = 0.0, duration_beats: float = 4.0) -> Chord:
        """Read a chord symbol such as "Am7", "F", "C/E", "Bbmaj9", "G7(b9)", "Hm" (German) or "N.C.".

        Examples
        --------
        >>> Chord.parse("Am7").quality, Chord.parse("C/E").bass, Chord.parse("N.C.").pitch_classes
        ('min7', 4, ())
        """
        if not isinstance(symbol, str):
            raise ParameterError(f"chord {symbol!r} is not known: expected a symbol such as Am7 or F/C")
        if _NO_CHORD.fullmatch(symbol):
            return cls(onset_beats, duration_beats, 0, NO_CHORD, 0)
        match = _SYMBOL.fullmatch(symbol)
        quality = read_quality(match.group(2)) if match else None
        if match is None or quality is None:
            known = ", ".join(printed(name) or "major" for name in CHORD_QUALITIES)
            raise ParameterError(
                f"chord {symbol!r} is not known: expected a symbol such as Am7, C/E, G7b9, Dsus4, Fadd9 or N.C., "
                f"of {known}, with tensions such as add9, 11, 13, 6/9, b9 or #11"
            )
        root = _german_b(match.group(1))
        bass = _german_b(match.group(3)) if match.group(3) else root
        return cls(onset_beats, duration_beats, root, quality, bass)

    @property
    def sounds(self) -> bool:
        """Whether there is a chord at all: "N.C." is none."""
        return self.quality != NO_CHORD

    def transposed(self, semitones: int) -> Chord:
        """The same chord, higher by semitones; where there is none, none."""
        if not self.sounds:
            return self
        return replace(self, root=(self.root + semitones) % 12, bass=(self.bass + semitones) % 12)

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        """Pitch classes of the chord tones from the root; a foreign bass note is not added."""
        return tuple((self.root + interval) % 12 for interval in intervals_of(self.quality))

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
        if not self.sounds:
            return "N.C."
        name = key.name_of if key else NOTE_NAMES_SHARP.__getitem__
        slash = f"/{name(self.bass)}" if self.bass != self.root else ""
        return f"{name(self.root)}{printed(self.quality)}{slash}"


_SYMBOL = re.compile(r"\s*([A-H][#b♯♭]{0,2})(.*?)(?:/\s*([A-H][#b♯♭]{0,2}))?\s*")
_NO_CHORD = re.compile(r"\s*(?:n\.\s?c\.?|nc|n|no chord|tacet)\s*", re.IGNORECASE)


def _german_b(note: str) -> int:
    """The pitch class of a note; H is the German B."""
    return parse_pitch_class(note.replace("H", "B"))


METRES = ("4/4", "3/4", "6/8", "9/8", "12/8", "5/4", "7/8", "7/4")
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
            raise unknown_name("metre", text, METRES)
        numerator, denominator = text.split("/")
        return cls(int(numerator), int(denominator))

    @property
    def bar_beats(self) -> float:
        """Length of one bar in quarter notes."""
        return 4 * self.numerator / self.denominator

    @property
    def is_compound(self) -> bool:
        """Whether the beat is a dotted quarter that falls into three eighths."""
        return self.denominator == 8 and self.numerator % 3 == 0

    @property
    def is_triple(self) -> bool:
        """Whether a bar begins with three felt beats: 3/4, 9/8, and 5/4, which is counted 3 + 2."""
        return (self.numerator, self.denominator) in ((3, 4), (9, 8), (5, 4))

    @property
    def beat_beats(self) -> float:
        """Length of the felt beat in quarter notes: 1, in 6/8, 9/8 and 12/8 one and a half."""
        return 1.5 if self.is_compound else 1.0

    @property
    def felt_beats(self) -> tuple[float, ...]:
        """Where the felt beats of a bar fall, in quarter notes; 7/8 is felt as 3 + 2 + 2 eighths.

        Examples
        --------
        >>> Metre(4, 4).felt_beats, Metre(6, 8).felt_beats, Metre(7, 8).felt_beats
        ((0.0, 1.0, 2.0, 3.0), (0.0, 1.5), (0.0, 1.5, 2.5))
        """
        if (self.numerator, self.denominator) == (7, 8):
            return (0.0, 1.5, 2.5)
        return tuple(self.beat_beats * beat for beat in range(round(self.bar_beats / self.beat_beats)))

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"
