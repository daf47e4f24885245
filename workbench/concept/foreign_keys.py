"""Keys as other languages write them: "d-Moll", "Es-Dur", "la mineur", "sol maggiore", "mi bemol mayor"."""

from __future__ import annotations

import re
import unicodedata

_GERMAN_NOTES = {"h": "B", "b": "Bb", "es": "Eb", "as": "Ab"}
_SYLLABLES = {"do": "C", "ut": "C", "re": "D", "mi": "E", "fa": "F", "sol": "G", "la": "A", "si": "B"}
_MODES = {
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


def keys_in_english(text: str) -> str:
    """Write every key of a text as "D minor".

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
    return f"{_GERMAN_NOTES.get(note, note)} {_MODES[match[2].lower()]}"


def _from_syllable(match: re.Match[str]) -> str:
    sign = "" if not match[2] else "b" if match[2].lower().startswith("b") else "#"
    syllable = unicodedata.normalize("NFD", match[1].lower()).translate(_NO_ACCENT)
    return f"{_SYLLABLES[syllable]}{sign} {_MODES[match[3].lower()]}"
