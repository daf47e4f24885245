"""Names of keys as people, programs and key finders write them: "C# Min", "E-flat major", "fis-Moll", "4A".

One vocabulary for fields, texts and files. What is read here is plain: a note such as "F#", and a mode in English.
"""

from __future__ import annotations

import re
import unicodedata

_MODES = {
    "": "major", "-": "minor", "m": "minor", "min": "minor", "mi": "minor", "minor": "minor", "natural minor": "minor",
    "M": "major", "maj": "major", "ma": "major", "major": "major", "aeolian": "minor", "ionian": "major",
    "aeol": "minor", "dor": "dorian", "phryg": "phrygian", "phr": "phrygian", "lyd": "lydian", "mixolyd": "mixolydian",
    "mix": "mixolydian", "loc": "locrian", "dorian": "dorian", "phrygian": "phrygian", "lydian": "lydian",
    "mixolydian": "mixolydian", "locrian": "locrian", "mode": "",
}  # fmt: skip
_CAMELOT = {
    "A": ("Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "Db"),
    "B": ("B", "F#", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E"),
}
"""Tonics of 1A to 12A (minor) and 1B to 12B (major) on the wheel that DJ programs print."""

_GERMAN_NOTES = {"h": "B", "b": "Bb", "es": "Eb", "as": "Ab"}
_SYLLABLES = {"do": "C", "ut": "C", "re": "D", "mi": "E", "fa": "F", "sol": "G", "la": "A", "si": "B"}
_FOREIGN_MODES = {
    "dur": "major", "moll": "minor", "majeur": "major", "mineur": "minor", "mayor": "major", "menor": "minor",
    "maior": "major", "maggiore": "major", "minore": "minor",
}  # fmt: skip
_NO_ACCENT = {ord("\u0301"): None}
_GERMAN = re.compile(r"(?<![\w'])(es|as|[a-h](?:is|es)?)[ -]?(dur|moll)\b", re.IGNORECASE)
_ROMANCE = re.compile(
    r"(?<![\w'])(d[oó]|ut|r[eé]|mi|f[aá]|sol|l[aá]|si)"
    r"(?:[ -](di[eè]se|diesis|sostenido|sustenido|b[eé]mol|bemolle))?"
    r"[ -](majeur|mineur|mayor|menor|maior|maggiore|minore)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"([A-Ha-h])(?:([#b♯♭]{1,2})|[ -]?(sharp|flat))?[ -]*([A-Za-z ]*?)(?:[ -]+(?:key|mode|scale))?")


def read_key_name(text: str) -> tuple[str, str] | None:
    """Note and mode of the name of a key; None if it is none.

    Examples
    --------
    >>> read_key_name("C# Min"), read_key_name("E-flat major"), read_key_name("h-Moll"), read_key_name("8A")
    (('C#', 'minor'), ('Eb', 'major'), ('B', 'minor'), ('A', 'minor'))
    """
    plain = keys_in_english(unicodedata.normalize("NFC", text.strip()))
    wheel = re.fullmatch(r"(1[0-2]|[1-9])\s?([AB])", plain, re.IGNORECASE)
    if wheel:
        letter = wheel[2].upper()
        return _CAMELOT[letter][int(wheel[1]) - 1], "minor" if letter == "A" else "major"
    match = _NAME.fullmatch(plain)
    if match is None:
        return None
    # Charts write a minor with a minus behind its note: "A-".
    word = " ".join(match[4].split()) or "-" * plain.endswith("-")
    mode = _MODES.get(word if word == "M" else word.lower())
    sign = match[2] or {"sharp": "#", "flat": "b", None: ""}[match[3] and match[3].lower()]
    letter = match[1].upper()
    # H is the German B, and has no accidental: a flat one is called B.
    return (letter.replace("H", "B") + sign, mode) if mode and not (letter == "H" and sign) else None


def keys_in_english(text: str) -> str:
    """Write every key of a text that German or a Romance language names as "D minor".

    Examples
    --------
    >>> keys_in_english("ein Lied in fis-Moll, en si bémol majeur")
    'ein Lied in F# minor, en Bb major'
    """
    return _ROMANCE.sub(_from_syllable, _GERMAN.sub(_from_german, text))


def _from_german(match: re.Match[str]) -> str:
    note = match[1].lower()
    if note not in _GERMAN_NOTES:
        sign = "#" if note.endswith("is") else "b" if note.endswith("es") else ""
        note = note[0].upper().replace("H", "B") + sign
    return f"{_GERMAN_NOTES.get(note, note)} {_FOREIGN_MODES[match[2].lower()]}"


def _from_syllable(match: re.Match[str]) -> str:
    sign = "" if not match[2] else "b" if match[2].lower().startswith("b") else "#"
    syllable = unicodedata.normalize("NFD", match[1].lower()).translate(_NO_ACCENT)
    return f"{_SYLLABLES[syllable]}{sign} {_FOREIGN_MODES[match[3].lower()]}"
