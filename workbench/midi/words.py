"""What the names of tracks say about what they play, in the words of producers, programs and other languages."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise

_STEMS = {
    "percussion": (
        # languages
        "drum", "percus", "perkus", "schlagz", "bateria", "batterie", "batteria", "trommel", "trumm", "slagwerk",
        "slagverk", "rumpu", "bubny", "davul", "ударн", "барабан", "перкус", "ドラム", "パーカ", "鼓", "드럼",
        # instruments of a kit, and beside it
        "kick", "snare", "hihat", "hats", "clap", "cymbal", "becken", "crash", "rimshot", "conga", "bongo", "shaker",
        "tambour", "cowbell", "cajon", "djembe", "cabasa", "maraca", "guiro", "agogo", "woodblock", "timbale", "tomtom",
        "clave", "bombo", "caisse", "charleston", "grancassa", "rullante",
        # machines and programs
        "drummer", "drumkit", "drumset", "drumagog", "beatmachine", "beatbox",
        "battery", "addictive", "groovebox", "ultrabeat", "grooveagent", "volca", "maschine",
    ),
    "bass": ("bass", "basso", "kontrabas", "contrabas", "bajo", "baixo", "バス", "ベース", "бас"),
    "pads": ("pad", "chord", "akkord", "acorde", "string", "streich", "choir", "harmon", "piano", "klavier",
             "organ", "orgel", "rhodes", "wurli", "accomp", "begleit", "rhythm guitar", "rhythm gtr"),
    "leads": ("lead", "melod", "voice", "vocal", "gesang", "chant", "solo", "theme", "hook", "riff", "topline", "メロ"),
}  # fmt: skip
"""Beginnings of words; a stem of more than five letters is found inside of words too."""

_WHOLE = {
    "percussion": {
        "kit", "bd", "sd", "hh", "hat", "dob", "dobok", "tom", "toms", "ride", "perc", "beat", "beats", "rim", "groove",
        "bfd", "ssd", "fpc", "dmx", "mpc", "cr78", "tr505", "tr606", "tr626", "tr707", "tr727", "tr808", "tr909", "909",
        "707", "606", "ez2", "ez3", "sd2", "sd3", "breakbeat", "impulse", "kong",
        "ad2", "ssd5", "ggd", "ezx", "sdx", "bfd3", "bfdrums",
    },
    "bass": {"sub", "808", "reese", "low end", "lowend", "moog", "303", "tb303"},
    "pads": {"chor", "keys", "comp", "comping", "rhythm", "acc", "pads", "ep"},
    "leads": {"vox", "arp", "lead", "mel", "tune"},
}  # fmt: skip
_NO_BASS = re.compile(r"bass\s*(drum|clarinet|oon)|basso(on|nov)|bassetthorn")
_PITCHED = re.compile(r"steel\s*(drum|pan)|timpani|drum\s*(n|and|&)\s*bass\b")
_INSIDE = 6
"""Letters of a stem from which it is found inside of words: "AddictiveDrums", "MyHihatTrack"."""


def roles_named(name: str) -> tuple[str, ...]:
    """The roles that a name speaks of, in the order in which they are believed; empty if it says nothing.

    Examples
    --------
    >>> [roles_named(name) for name in ("HH_Open", "Superior Drummer 3", "Sub Bass", "Track 4")]
    [('percussion',), ('percussion',), ('bass',), ()]
    """
    return tuple(role for role in _STEMS if _says(role, _folded(name)))


@cache
def _folded(name: str) -> str:
    """A name in lower case without accents, words parted by single blanks, as are "OpenHat" and "Hat+Clap"."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", parted) if not unicodedata.combining(sign))
    # Kana with a voicing mark are taken apart by NFKD, so they are put together again.
    joined = unicodedata.normalize("NFKC", parted if any(ord(sign) > 0x2FFF for sign in parted) else plain)
    return " ".join(re.sub(r"[^\w]|_", " ", joined.casefold()).split())


def _says(role: str, folded: str) -> bool:
    words = folded.split()
    joined = folded.replace(" ", "")
    if role == "bass" and _NO_BASS.search(folded):
        return False
    if role == "percussion" and _PITCHED.search(folded):
        return False
    if any(word in _WHOLE[role] for word in (*words, folded, *_pairs(words))):
        return True
    return any(
        stem.replace(" ", "") in joined if len(stem) >= _INSIDE or not stem.isascii() else _begins(words, stem)
        for stem in _STEMS[role]
    )


def _begins(words: list[str], stem: str) -> bool:
    return any(word.startswith(stem) or (word.endswith(stem) and len(stem) > 3) for word in words)


def _pairs(words: list[str]) -> list[str]:
    """Neighbours joined, since "TR-808" comes as two words."""
    return [first + second for first, second in pairwise(words)]
