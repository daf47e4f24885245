"""One song of a corpus, in the words of the domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from workbench.domain.theory import Chord, Key

Tier = Literal["A", "B", "S", "U"]


@dataclass(frozen=True, slots=True, eq=False)
class NoteTable:
    """Notes as arrays (n,): onsets and lengths in quarter notes from the first downbeat, MIDI pitch and velocity."""

    onsets_beats: npt.NDArray[np.float64]
    durations_beats: npt.NDArray[np.float64]
    pitches: npt.NDArray[np.int64]
    velocities: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.onsets_beats)


@dataclass(frozen=True, slots=True, eq=False)
class CorpusSong:
    """A song with whatever its corpus tells.

    `tier`: A permissive, B copyleft, S synthetic, U the user's own. `sections` names the section of each bar
    ("" unknown) and `remaining` counts the bars to its end (0 unknown). `parts` maps an element to its notes; harmony
    lies in `chords`. `mood` holds the words of the set as they are, in lower case and parted by spaces ("" unknown).
    """

    song_id: str
    corpus: str
    tier: Tier
    split: Literal["train", "validation"]
    style: str
    source: Literal["played", "sequenced", "accompaniment"]
    tempo_bpm: float
    bar_beats: int
    bars: int
    key: Key | None
    chords: tuple[Chord, ...]
    sections: tuple[str, ...]
    remaining: npt.NDArray[np.int64]
    parts: Mapping[str, NoteTable]
    mood: str = ""


def spread_sections(spans: list[tuple[str, int]], bars: int) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """Lay out (name, bars) spans bar by bar: the names, and the bars that remain to each section's end.

    Examples
    --------
    >>> spread_sections([("intro", 2), ("verse", 1)], 3)[0]
    ('intro', 'intro', 'verse')
    """
    names: list[str] = []
    remaining: list[int] = []
    for name, length in spans:
        names += [name] * length
        remaining += range(length, 0, -1)
    names = (names + [""] * bars)[:bars]
    return tuple(names), np.array((remaining + [0] * bars)[:bars], np.int64)
