"""One-bar patterns of René-Pierre Bardet's two books of drum machine patterns, as steps with accents.

Two forms are read: `dmp_patterns.json`, and the `Patterns_200.json` and `Patterns_260.json` of
https://github.com/gvellut/dmp_midi (folder `input`). The books tell no velocity and no tempo: velocities follow from
the accents, tempi are usual ones of the style.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from training.corpora.corpus import Corpus, Source, github_archive
from training.corpora.items import Item, Reader, SkippedError
from training.corpora.song import CorpusSong, NoteTable
from training.corpora.splits import split_by_name

_BARS = 4
_LANES = {
    "BassDrum": 36, "RimShot": 37, "SnareDrum": 38, "Clap": 39, "ClosedHiHat": 42, "LowTom": 45, "OpenHiHat": 46,
    "MediumTom": 47, "Cymbal": 49, "HighTom": 50, "Tambourine": 54, "Cowbell": 56,
}  # fmt: skip
_SIGNS = {"Note": "x", "Flam": "f", "Accent": "x", "Rest": "-"}
_STYLES = {
    "funk": ("funk", 102), "rock": ("rock", 120), "disco": ("dance", 120), "reggae": ("reggae", 76),
    "pop": ("pop", 112),
    "swing": ("jazz", 150), "samba": ("latin", 104), "rnb": ("rnb", 96), "rhythm&blues": ("rnb", 96),
    "slow": ("pop", 72), "ballad": ("pop", 70), "afro-cuban": ("latin", 110), "afrocub": ("latin", 110),
    "blues": ("rock", 90), "shuffle": ("rock", 116), "twist": ("rock", 160), "ska": ("reggae", 140),
    "bossa": ("latin", 130), "bossanova": ("latin", 130), "jazz": ("jazz", 140), "boogie": ("rock", 140),
    "chacha": ("latin", 120), "cha-cha": ("latin", 120), "waltz": ("", 120), "march": ("", 116), "paso": ("latin", 116),
    "tango": ("latin", 120), "charleston": ("jazz", 180), "ending": ("", 110), "endings": ("", 110),
}  # fmt: skip
"""Style of the vocabulary and a usual tempo in BPM, by the books' own names."""
_PLAIN_VELOCITY, _ACCENT = {36: 92, 37: 84, 38: 90, 39: 90, 42: 66, 46: 74, 49: 96}, 26
_OFF_BEAT_HAT = -10
_FLAM_BEATS = 1 / 24


def find(root: Path) -> Iterator[Item]:
    """Every pattern; a title that returns gets a number."""
    seen: dict[str, int] = {}
    for pattern in _patterns(root):
        seen[pattern["name"]] = seen.get(pattern["name"], 0) + 1
        name = f"{pattern['source']}_{pattern['name']}_{seen[pattern['name']]}"
        yield Item(name, (), pattern)


def _patterns(root: Path) -> Iterator[dict[str, Any]]:
    prepared = root / "dmp_patterns.json"
    if prepared.is_file():
        yield from json.loads(prepared.read_text(encoding="utf-8"))
        return
    for path in sorted(root.rglob("Patterns_*.json")):
        source = f"dmp_{path.stem.removeprefix('Patterns_')}"
        for entry in json.loads(path.read_text(encoding="utf-8")):
            yield {
                "source": source,
                "name": entry["title"],
                "style": style_word(entry["title"]),
                "ts": entry["signature"],
                "steps": entry["length"],
                "lanes": _lanes(entry["tracks"]),
                "accent": _signs(entry.get("accent", [])),
            }


def _lanes(tracks: dict[str, list[str]]) -> dict[str, str]:
    return {str(_LANES[lane]): _signs(steps) for lane, steps in tracks.items() if lane in _LANES}


def _signs(steps: list[str]) -> str:
    return "".join(_SIGNS.get(step, "-") for step in steps)


def style_word(title: str) -> str:
    """The style in a pattern's title.

    Examples
    --------
    >>> style_word("FunkBreak12"), style_word("Rock1MeasureA")
    ('Funk', 'Rock')
    """
    return re.split(r"Break|Measure|\d", title)[0].strip()


def read(item: Item) -> CorpusSong:
    """One pattern, played four times; a break counts as the last bar of a section."""
    pattern = item.facts
    bar_beats, step_beats = bar_of(pattern["ts"], int(pattern["steps"]))
    style, tempo = _STYLES.get(pattern["style"].lower(), ("", 110))
    bar = _one_bar(pattern["lanes"], pattern["accent"], step_beats)
    if not bar:
        raise SkippedError("no notes")
    rows = np.array([(onset + number * bar_beats, *rest) for number in range(_BARS) for onset, *rest in bar])
    rows = rows[rows[:, 0] >= 0]
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    onsets, pitches, velocities = rows.T
    ends = re.search(r"Break|Ending", pattern["name"]) is not None
    return CorpusSong(
        song_id=item.name,
        corpus="drum_patterns",
        tier="A",
        # The measures and the break of one pattern resemble each other, so they share a side.
        split=split_by_name(re.sub(r"Measure[AB]?|Break", "", pattern["name"])),
        style=style,
        source="sequenced",
        tempo_bpm=float(tempo),
        bar_beats=bar_beats,
        bars=_BARS,
        key=None,
        chords=(),
        sections=("",) * _BARS,
        remaining=np.full(_BARS, int(ends), np.int64),
        parts={
            "percussion": NoteTable(
                onsets, np.full(len(onsets), 0.25), pitches.astype(np.int64), velocities.astype(np.int64)
            )
        },
    )


def bar_of(metre: str, steps: int) -> tuple[int, float]:
    """Quarter notes in a bar, and in a step. Twelve steps in a bar of 4/4 or 12/8 are triplets.

    Raises
    ------
    SkippedError
        If the steps do not fill a bar of the metre.
    """
    known = {("4/4", 16): (4, 1 / 4), ("4/4", 12): (4, 1 / 3), ("12/8", 12): (4, 1 / 3), ("3/4", 12): (3, 1 / 4)}
    if (metre, steps) not in known:
        raise SkippedError(f"{steps} steps do not fill a bar of {metre}")
    return known[metre, steps]


def _one_bar(lanes: dict[str, str], accent: str, step_beats: float) -> list[tuple[float, int, int]]:
    """(onset, pitch, velocity) of each hit; a flam has a softer stroke before it."""
    hits = []
    for lane, signs in lanes.items():
        pitch = int(lane)
        for step, sign in enumerate(signs):
            if sign == "-":
                continue
            onset = step * step_beats
            velocity = _PLAIN_VELOCITY.get(pitch, 84) + (_ACCENT if accent[step : step + 1] == "x" else 0)
            velocity += _OFF_BEAT_HAT if pitch in (42, 46) and onset % 1 > 1e-6 else 0
            hits.append((onset, pitch, min(velocity, 127)))
            if sign == "f":
                hits.append((onset - _FLAM_BEATS, pitch, velocity * 6 // 10))
    return hits


CORPUS = Corpus(
    name="drum_patterns",
    folders=("drum_patterns", "dmp_midi"),
    reader=Reader(find, read),
    tier="A",
    licence="MIT",
    citation="Bardet: 200 and 260 Drum Machine Patterns; "
    "transcribed by Handley and Montoya-Moraga, collected by Vellut",
    source=Source(
        page="https://github.com/gvellut/dmp_midi",
        songs=468,
        url=github_archive("gvellut/dmp_midi", "81f926a4c7045a37dbadc21b9c332d799b1be9bf"),
        folder="dmp_midi",
        keep=("input/Patterns_*.json", "LICENSE", "README.md"),
    ),
)
