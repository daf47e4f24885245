"""Freedoom's music (BSD-3-Clause): hand-sequenced rock, metal, ambient and electronic game music, multi-track."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from training.corpora.reading import guess_chords, guess_key, note_table, read_midi, top_line
from training.corpora.song import CorpusSong, NoteTable
from workbench.domain.errors import CorpusError

_VALIDATION_SHARE = 0.12


def read(root: Path) -> Iterator[CorpusSong]:
    """Files in 4/4 with one tempo, with drums and bass; roles are those of the index (a heuristic of its makers).

    Chords and key are not annotated: they are estimated from the notes.
    """
    for entry in json.loads((root / "tracks_index.json").read_text(encoding="utf-8")):
        plain = set(entry["ts"]) == {"4/4"} and entry["n_tempos"] == 1
        if plain and entry["roles"].get("drums", 0) > 60 and entry["roles"].get("bass", 0) > 60:
            try:
                yield _read_song(root, entry)
            except CorpusError:
                continue


def _read_song(root: Path, entry: dict[str, Any]) -> CorpusSong:
    score = read_midi(root / entry["file"])
    by_role: dict[str, list[NoteTable]] = {}
    for index, role, *_ in entry["tracks"]:
        if index < len(score.tracks) and len(score.tracks[index].notes):
            by_role.setdefault(role, []).append(note_table([score.tracks[index].notes], score.tpq))
    longest = {role: max(tables, key=len) for role, tables in by_role.items()}
    tonal = [table for role, tables in by_role.items() if role != "drums" for table in tables]
    if "drums" not in longest or "bass" not in longest:
        raise CorpusError(f"{entry['file']}: the tracks that the index names are empty")
    bars = int(max(table.onsets_beats[-1] for table in [*tonal, longest["drums"]]) // 4) + 1
    parts = {"percussion": longest["drums"], "bass": top_line(longest["bass"])}
    if "lead" in longest:
        parts["leads"] = top_line(longest["lead"])
    if "pad" in longest or "chords" in longest:
        parts["pads"] = longest.get("pad", longest.get("chords", longest["bass"]))
    digest = hashlib.sha256(Path(entry["file"]).stem.encode()).digest()[0] / 256
    return CorpusSong(
        song_id=f"freedoom_{entry['file']}",
        corpus="freedoom",
        tier="A",
        split="validation" if digest < _VALIDATION_SHARE else "train",
        style="rock",
        source="sequenced",
        tempo_bpm=float(entry["tempo"]),
        bar_beats=4,
        bars=bars,
        key=guess_key(tonal),
        chords=guess_chords(longest["bass"], tonal, bars, 4),
        sections=("",) * bars,
        remaining=np.zeros(bars, np.int64),
        parts=parts,
    )
