"""What a sample's file name says: the drum it is, the note it plays, how hard it was struck."""

from __future__ import annotations

import re
from dataclasses import dataclass

LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
"""Pitch class of each note letter."""

_ROLES = (
    ("kick", r"bd|kick|bass[ _]?drum|bassdrum|drum_bass"),
    ("side_stick", r"rim|side[ _]?stick|rimshot"),
    ("snare", r"sn|sd|snare"),
    ("clap", r"clap|handclap"),
    ("open_hat", r"(open[ _]?hat|oh|hat_open|hihat_open|cymbal_open)"),
    ("pedal_hat", r"(pedal|foot)[ _]?hat|cymbal_pedal|hat_pedal"),
    ("closed_hat", r"hat|hh|ch|hihat|cymbal_closed"),
    ("ride", r"ride"),
    ("crash", r"crash|splash|cymbal"),
    ("low_tom", r"(lo|low|floor)[ _]?tom|tom_lo"),
    ("high_tom", r"(hi|high)[ _]?tom|tom_hi"),
    ("mid_tom", r"tom"),
    ("percussion", r"perc|shaker|tamb|conga|bongo|cowbell|tabla|wood|clave|snap"),
)
_DRUM_PITCH = {
    "kick": 36, "side_stick": 37, "snare": 38, "clap": 39, "low_tom": 45, "closed_hat": 42, "pedal_hat": 44,
    "open_hat": 46, "mid_tom": 47, "crash": 49, "high_tom": 50, "ride": 51, "percussion": 56,
}  # fmt: skip
_NOTE = re.compile(r"(?:^|[ _.\-])([a-g])(#|s|b)?(-?\d)(?=$|[ _.\-])", re.IGNORECASE)
_CLASS = re.compile(r"[ _.\-]([a-g])(#|b)?$", re.IGNORECASE)
_SOFT = {"pp": 24, "p": 48, "soft": 48, "mp": 64, "medium": 80, "mf": 88, "f": 108, "hard": 120, "ff": 124, "loud": 120}
_VELOCITY = re.compile(r"(?:^|[ _.\-])(?:v|vel)(\d{1,3})(?=$|[ _.\-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NameFacts:
    """What is read of a name; None where it says nothing. `pitch_class` alone is known where no octave is given."""

    role: str | None = None
    pitch: int | None = None
    pitch_class: int | None = None
    velocity: int | None = None


def read_name(stem: str) -> NameFacts:
    """Role, note and loudness from a file name without suffix.

    Examples
    --------
    >>> read_name("Piano_C#4_v80")
    NameFacts(role=None, pitch=61, pitch_class=1, velocity=80)
    >>> read_name("drum_snare_soft").role, read_name("drum_snare_soft").velocity
    ('snare', 48)
    """
    pitch = pitch_class = None
    if found := _NOTE.search(stem):
        pitch_class = _class(found[1], found[2])
        pitch = 12 * (int(found[3]) + 1) + pitch_class
    elif found := _CLASS.search(stem):
        pitch_class = _class(found[1], found[2])
    return NameFacts(_role(stem), pitch, pitch_class, _velocity(stem, words=pitch_class is None or pitch is not None))


def drum_pitch(role: str) -> int:
    """General MIDI note of a drum role."""
    return _DRUM_PITCH[role]


def _class(letter: str, sign: str | None) -> int:
    shift = {"#": 1, "s": 1, "b": -1}.get((sign or "").lower(), 0)
    return (LETTERS[letter.upper()] + shift) % 12


def _role(stem: str) -> str | None:
    plain = stem.lower().replace("-", "_")
    for role, pattern in _ROLES:
        if re.search(rf"(?:^|[ _.\d])(?:{pattern})(?:$|[ _.\d])", plain):
            return role
    return None


def _velocity(stem: str, *, words: bool) -> int | None:
    """A number after v or vel, else a word such as soft; the single letter f is a note where it ends the name."""
    if found := _VELOCITY.search(stem):
        return min(127, int(found[1]))
    for word in re.split(r"[ _.\-]", stem.lower()):
        if word in _SOFT and (words or len(word) > 1):
            return _SOFT[word]
    return None
