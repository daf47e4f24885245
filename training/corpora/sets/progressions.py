"""Chord progressions with moods (Drolez, free-midi-chords, MIT): degrees of a key, looped to eight bars or more.

Two forms are read: `progressions.csv` (list, degrees, moods), and the `chords.py` of
https://github.com/ldrolez/free-midi-chords, whose lists are read as data and never run. Major and minor progressions
are stated in their own key; modal ones count from the major scale on the same tonic.
No tempo is stated: 120 BPM is written.
"""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from training.corpora.corpus import Corpus, Source, github_archive
from training.corpora.items import Item, Reader, SkippedError
from training.corpora.note_tables import guess_mode, read_bytes
from training.corpora.song import CorpusSong
from training.corpora.splits import split_by_name
from workbench.domain.theory import SCALES, Chord, Key

_LEAST_BARS = 8
_TONIC = 0
_LISTS = {"prog_maj": "major", "prog_min": "minor", "prog_modal": "modal"}
_NO_MOODS = {"New", "Cadence"}
_DEGREES = ("i", "ii", "iii", "iv", "v", "vi", "vii")
_SEVENTHS = {(4, 7, 11): "maj7", (4, 7, 10): "7", (3, 7, 10): "min7", (3, 6, 10): "hdim7", (3, 6, 9): "dim7"}
_TRIADS = {(4, 7): "maj", (3, 7): "min", (3, 6): "dim"}
_SUFFIXES = {
    "M": "maj", "m": "min", "dim": "dim", "5": "5", "sus2": "sus2", "sus4": "sus4", "dom7": "7", "M7": "maj7",
    "m7": "min7", "M6": "maj6", "m6": "min6", "m9": "min9", "madd9": "min9",
}  # fmt: skip
_SUFFIXES_BY_CASE = {"6": ("maj6", "min6"), "69": ("maj6", "min6"), "add9": ("maj9", "min9"), "9": ("9", "min9")}
"""Qualities of an upper and of a lower case degree; those that the workbench does not know take the nearest."""


def find(root: Path) -> Iterator[Item]:
    """Every progression; lists of single chords are not progressions."""
    for number, (mode, degrees, moods) in enumerate(_rows(root)):
        mood = " ".join(word for word in moods.split() if word not in _NO_MOODS).lower()
        facts: dict[str, Any] = {"mode": mode, "degrees": degrees.split(), "mood": mood, "number": number}
        yield Item(f"{number:03d} {mode}: {' '.join(degrees.split())}", (), facts)


def _rows(root: Path) -> Iterator[tuple[str, str, str]]:
    prepared = root / "progressions.csv"
    if prepared.is_file():
        with prepared.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["list"] in _LISTS:
                    yield _LISTS[row["list"]], row["degrees"], row["moods"]
        return
    try:
        tree = ast.parse(read_bytes(root / "chords.py").decode("utf-8"))
        lists = {
            node.targets[0].id: ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in _LISTS
        }
    except (SyntaxError, ValueError) as error:
        raise SkippedError(f"chords.py is damaged: {error}") from None
    for name, entries in lists.items():
        for entry in entries:
            degrees, _, moods = str(entry).partition("=")
            yield _LISTS[name], degrees, moods


def read(item: Item) -> CorpusSong:
    """One progression, a chord a bar, over and over; the last chord of an odd number is held a bar longer."""
    mode = item.facts["mode"]
    scale = "minor" if mode == "minor" else "major"
    words = [parse_degree(degree, scale) for degree in item.facts["degrees"]]
    known = [word for word in words if word is not None]
    if len(known) < 2 or len(known) < len(words):
        raise SkippedError("a chord cannot be named")
    loop = known + known[-1:] * (len(known) % 2)
    loop *= -(-_LEAST_BARS // len(loop))
    chords = tuple(Chord(4.0 * bar, 4.0, root, quality, root) for bar, (root, quality) in enumerate(loop))
    return CorpusSong(
        song_id=f"progression_{item.facts['number']:03d}",
        corpus="progressions",
        tier="A",
        split=split_by_name(" ".join(item.facts["degrees"])),
        style="",
        source="sequenced",
        tempo_bpm=120.0,
        bar_beats=4,
        bars=len(loop),
        key=guess_mode(_TONIC, chords) if mode == "modal" else Key(_TONIC, mode),
        chords=chords,
        sections=("",) * len(loop),
        remaining=np.zeros(len(loop), np.int64),
        parts={},
        mood=item.facts["mood"],
    )


def parse_degree(degree: str, scale: str) -> tuple[int, str] | None:
    """Root above the tonic in semitones and quality of a degree; None where the workbench has no such quality.

    The case tells the third, the scale what else a degree or its seventh leaves open.

    Examples
    --------
    >>> parse_degree("V7", "major"), parse_degree("bVIIM", "major"), parse_degree("ii", "minor")
    ((7, '7'), (10, 'maj'), (2, 'dim'))
    """
    match = re.fullmatch(r"([#b]*)([ivIV]+)(.*)", degree)
    if match is None or match.group(2).lower() not in _DEGREES:
        return None
    signs, numeral, suffix = match.groups()
    step = _DEGREES.index(numeral.lower())
    steps = SCALES[scale]
    root = (steps[step] + signs.count("#") - signs.count("b")) % 12
    if suffix in ("", "7"):
        return root, _open_quality(steps, step, numeral.isupper(), altered=bool(signs), seventh=suffix == "7")
    if suffix in _SUFFIXES_BY_CASE:
        return root, _SUFFIXES_BY_CASE[suffix][0 if numeral.isupper() else 1]
    return (root, _SUFFIXES[suffix]) if suffix in _SUFFIXES else None


def _open_quality(steps: tuple[int, ...], step: int, upper: bool, *, altered: bool, seventh: bool) -> str:
    third = 4 if upper else 3
    fifth = 7 if altered or upper else (steps[(step + 4) % 7] - steps[step]) % 12
    if not seventh:
        return _TRIADS.get((third, fifth), "maj" if upper else "min")
    above = 10 if altered else (steps[(step + 6) % 7] - steps[step]) % 12
    return _SEVENTHS.get((third, fifth, above), "7" if upper else "min7")


CORPUS = Corpus(
    name="progressions",
    folders=("free_chord_progressions", "free-midi-chords"),
    reader=Reader(find, read),
    tier="A",
    licence="MIT",
    citation="Drolez: free-midi-chords",
    source=Source(
        page="https://github.com/ldrolez/free-midi-chords",
        songs=190,
        url=github_archive("ldrolez/free-midi-chords", "baf0896694de6b09ac00250722f2414202e668ed"),
        folder="free-midi-chords",
        keep=("chords.py", "LICENSE", "README.md"),
    ),
)
