"""Music of free games and of LMMS: hand-sequenced files of many tracks, with the roles of an index or guessed ones.

A folder with `tracks_index.json` is read by it (roles, metres and tempi found by its makers' heuristic); a copy of the
set's own repository has none, so roles are guessed as for a user's own files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from training.corpora.items import Item, Reader, SkippedError
from training.corpora.note_tables import guess_chords, guess_key, note_table, read_midi, top_line
from training.corpora.sets.folder import midi_files, read_tracks
from training.corpora.song import CorpusSong, NoteTable, Tier
from training.corpora.splits import split_by_name

_ROLES = {"drums": "percussion", "bass": "bass", "chords": "pads", "pad": "pads", "lead": "leads"}
"""Elements by the index's roles; its "fx" and "perc" (pitched percussion) are left out."""


def multitrack_reader(corpus: str, tier: Tier, style: str = "", *, whole_files: bool = False) -> Reader:
    """A reader of one set.

    Parameters
    ----------
    corpus : str
    tier : {"A", "B", "S", "U"}
    style : str
        Style of all its songs; "" if they differ.
    whole_files : bool
        Read by the index only files that stay in 4/4 and in one tempo and have drums and bass, whole; else the longest
        stretch of one metre and tempo is cut out of each file.
    """
    facts = {"corpus": corpus, "tier": tier, "style": style}
    return Reader(partial(_find, stated=facts, whole_files=whole_files), read)


def _find(root: Path, *, stated: dict[str, str], whole_files: bool) -> Iterator[Item]:
    index = root / "tracks_index.json"
    if not index.is_file():
        for path in midi_files(root):
            yield Item(path.relative_to(root).as_posix(), (path,), {**stated, "form": "guessed"})
        return
    for entry in json.loads(index.read_text(encoding="utf-8")):
        tracks = [track[:2] for track in entry["tracks"]]
        form = "whole" if whole_files else "index"
        facts = {**stated, "form": form, "tracks": tracks, "tempo": entry["tempo"]}
        yield Item(entry["file"], (root / entry["file"],), facts, _why_not_whole(entry) if whole_files else "")


def _why_not_whole(entry: dict[str, Any]) -> str:
    if set(entry["ts"]) != {"4/4"}:
        return "the metre is not 4/4 throughout"
    if entry["n_tempos"] != 1:
        return "the tempo changes"
    enough = entry["roles"].get("drums", 0) > 60 and entry["roles"].get("bass", 0) > 60
    return "" if enough else "60 drum or bass notes or fewer"


def read(item: Item) -> CorpusSong:
    """One file, in the way that its facts tell."""
    if item.facts["form"] == "whole":
        return _read_whole(item)
    roles = {int(track): _ROLES.get(role, "none") for track, role in item.facts.get("tracks", ())}
    return read_tracks(
        item.files[0],
        song_id=f"{item.facts['corpus']}_{item.name}",
        corpus=item.facts["corpus"],
        tier=item.facts["tier"],
        split=split_by_name(Path(item.name).stem),
        style=item.facts["style"],
        stated=roles,
        guess=item.facts["form"] == "guessed",
    )


def _read_whole(item: Item) -> CorpusSong:
    """A whole file in 4/4: of several tracks with one role the one with most notes is taken."""
    score = read_midi(item.files[0])
    by_role: dict[str, list[NoteTable]] = {}
    for index, role in item.facts["tracks"]:
        if index < len(score.parts):
            by_role.setdefault(role, []).append(note_table([score.parts[index]], score.ticks_per_beat))
    longest = {role: max(tables, key=len) for role, tables in by_role.items()}
    if "drums" not in longest or "bass" not in longest:
        raise SkippedError("the tracks that the index names are empty")
    tonal = [table for role, tables in by_role.items() if role != "drums" for table in tables]
    bars = int(max(table.onsets_beats[-1] for table in [*tonal, longest["drums"]]) // 4) + 1
    return CorpusSong(
        song_id=f"{item.facts['corpus']}_{item.name}",
        corpus=item.facts["corpus"],
        tier=item.facts["tier"],
        split=split_by_name(Path(item.name).stem),
        style=item.facts["style"],
        source="sequenced",
        tempo_bpm=float(item.facts["tempo"]),
        bar_beats=4,
        bars=bars,
        key=guess_key(tonal),
        chords=guess_chords(longest["bass"], tonal, bars, 4),
        sections=("",) * bars,
        remaining=np.zeros(bars, np.int64),
        parts=_parts(longest),
    )


def _parts(longest: dict[str, NoteTable]) -> dict[str, NoteTable]:
    parts = {"percussion": longest["drums"], "bass": top_line(longest["bass"])}
    if "lead" in longest:
        parts["leads"] = top_line(longest["lead"])
    if "pad" in longest or "chords" in longest:
        parts["pads"] = longest.get("pad", longest.get("chords", longest["bass"]))
    return parts
