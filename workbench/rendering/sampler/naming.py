"""What a sample's file name says: the drum it is, the note it plays, how hard it was struck."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
"""Pitch class of each note letter."""

_HATS = "hat hihat hh cymbal cym"
_ROLES: tuple[tuple[str, str, str], ...] = (
    ("kick", "bd kick kik kck kd bassdrum bdrum bass+drum", ""),
    ("side_stick", "rim rimshot sidestick side+stick crossstick cross+stick xstick rs", ""),
    ("snare", "sn sd snare snr snar", ""),
    ("clap", "clap handclap cp", ""),
    ("open_hat", _HATS, "open op opn opened"),
    ("open_hat", "oh ohh ohat openhat openhihat hho hhop hhopen ophat", ""),
    ("pedal_hat", _HATS, "pedal ped foot"),
    ("pedal_hat", "phh pedhat pedalhat foothat hhp", ""),
    ("closed_hat", "hat hihat hh ch chh closedhat clhat hhc hhcl hhclosed", ""),
    ("closed_hat", "cymbal cym", "closed close"),
    ("ride", "ride rd", ""),
    ("crash", "crash splash cymbal cym cymb china cr crsh", ""),
    ("low_tom", "tom", "lo low floor"),
    ("low_tom", "lotom lowtom floortom lt lotm", ""),
    ("high_tom", "tom", "hi high"),
    ("high_tom", "hitom hightom ht hitm", ""),
    ("mid_tom", "tom mt midtom mdtom mdtm", ""),
    ("percussion", "perc percussion shaker tamb tambourine conga bongo cowbell tabla wood woodblock clave snap "
     "fingersnap maraca cabasa guiro agogo timbale triangle vibraslap cowb clav shak lcng mcng hcng cb", ""),
)  # fmt: skip
"""Words of a role, one of which is in the name ("bass+drum": both), and words of which one has to stand beside it."""
_CODES = frozenset(["cp", "rs", "rd", "cr", "lt", "mt", "ht", "cb", "kd"])
"""Abbreviations of drum machines that mean something else in other names: they count at its beginning alone."""
_WORD = re.compile(r"[a-z]+|\d+")
_CAPITALS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_GLUED = re.compile(r"^[a-z]{0,4}\d+k?(?=[a-z]{3,})")
"""A machine in front of a drum, in one word: "Cr8ksnar"."""
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
    """The first role of which the name holds a word, in any order: "Hat Open", "Open Hi-Hat" and "HH_Open" are one."""
    plain = _CAPITALS.sub("_", stem).lower()
    behind_machine = _GLUED.sub("", stem.lower())
    if behind_machine == stem.lower():
        return _named(set(_words(plain, codes=True)))
    return _named(set(_words(behind_machine, codes=True))) or _named(set(_words(plain, codes=False)))


def _named(words: set[str]) -> str | None:
    for role, names, beside in _ROLES:
        if any(set(name.split("+")) <= words for name in names.split()) and (
            not beside or any(word in words for word in beside.split())
        ):
            return role
    return None


def _words(plain: str, *, codes: bool) -> Iterator[str]:
    """The words of a name, in the singular too; "hi hat" is one word. `codes` count where they begin it."""
    found = _WORD.findall(re.sub(r"hi[ _.\-]hat", "hihat", plain))
    for place, word in enumerate(found):
        if (codes and place == 0) or word not in _CODES:
            yield word
            yield word.removesuffix("s")


def _velocity(stem: str, *, words: bool) -> int | None:
    """A number after v or vel, else a word such as soft; the single letter f is a note where it ends the name."""
    if found := _VELOCITY.search(stem):
        return min(127, int(found[1]))
    for word in re.split(r"[ _.\-]", stem.lower()):
        if word in _SOFT and (words or len(word) > 1):
            return _SOFT[word]
    return None
