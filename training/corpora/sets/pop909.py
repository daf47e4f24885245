"""POP909 (Wang et al., ISMIR 2020; MIT), re-timed onto the downbeats of Dai et al.'s structure annotations (2020).

Melody and bridge are leads, the piano arrangement is pads; human velocity and timing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.corpora import pop909_published
from training.corpora.corpus import Corpus, Source, github_archive
from training.corpora.harte import chords_from_labels
from training.corpora.items import Item, Reader
from training.corpora.note_tables import note_table, read_midi, top_line
from training.corpora.sets.accompaniment import chord_texts
from training.corpora.song import CorpusSong, spread_sections
from workbench.domain.theory import Key

_LEAST_MATCH, _LEAST_ROOT_MATCH = 0.9, 0.8
_TRACKS = {"MELODY": "leads", "PIANO": "pads"}


def find(root: Path) -> Iterator[Item]:
    """Every song of the aligned set (`index.json`), or of the publication (`POP909/001/001.mid` ...).

    Of the aligned set those whose alignment is trusted are read (match >= 0.9, lowest downbeat note a chord root in
    >= 80 %).
    """
    if not (root / "index.json").is_file():
        yield from pop909_published.find(root)
        return
    splits = json.loads((root.parent / "splits_by_source_song.json").read_text(encoding="utf-8"))
    for entry in json.loads((root / "index.json").read_text(encoding="utf-8")):
        facts = {name: entry[name] for name in ("id", "tempo", "key", "bars", "sections")}
        facts["split"] = splits.get(f"pop909_{entry['id']}")
        trusted = entry["match"] >= _LEAST_MATCH and (entry["downbeat_root_match"] or 0.0) >= _LEAST_ROOT_MATCH
        dropped = "" if trusted else "the alignment is not trusted"
        name = f"midi/{entry['id']}.mid"
        yield Item(name, (root / name,), facts, dropped if facts["split"] in ("train", "val") else "test part")


def read(item: Item) -> CorpusSong:
    """One song of either form."""
    return read_aligned(item) if "sections" in item.facts else pop909_published.read(item)


def read_aligned(item: Item) -> CorpusSong:
    """One song of the aligned set."""
    entry = item.facts
    score = read_midi(item.files[0])
    bars = int(entry["bars"])
    sections, remaining = spread_sections(name_sections(entry["sections"]), bars)
    tables = {part.name: note_table([part], score.ticks_per_beat) for part in score.parts}
    parts = {_TRACKS[name]: table for name, table in tables.items() if name in _TRACKS}
    if "leads" in parts:
        parts["leads"] = top_line(parts["leads"])
    tonic, mode = entry["key"].split(":")
    return CorpusSong(
        song_id=f"pop909_{entry['id']}",
        corpus="pop909",
        tier="A",
        split="train" if entry["split"] == "train" else "validation",
        style="pop",
        source="played",
        tempo_bpm=float(entry["tempo"]),
        bar_beats=4,
        bars=bars,
        key=Key.parse(f"{tonic} {mode}"),
        chords=chords_from_labels(chord_texts(score), bars * 4.0),
        sections=sections,
        remaining=remaining,
        parts=parts,
    )


CORPUS = Corpus(
    name="pop909",
    folders=("pop909_aligned", "POP909-Dataset", "POP909"),
    reader=Reader(find, read),
    tier="A",
    licence="MIT",
    citation="Wang et al.: POP909, ISMIR 2020; structure: Dai, Zhang, Dannenberg, MuMe+CSMC 2020",
    source=Source(
        page="https://github.com/music-x-lab/POP909-Dataset",
        songs=909,
        url=github_archive("music-x-lab/POP909-Dataset", "d83e6edba6872a704f5d3b8b32f5cb540088dae6"),
        folder="POP909-Dataset",
        keep=("POP909/???/???.mid", "POP909/???/*.txt", "LICENSE", "README.md"),
        note="named sections come from https://github.com/Dsqvival/hierarchical-structure-analysis and are not loaded",
    ),
)


def name_sections(letters: list[list[Any]]) -> list[tuple[str, int]]:
    """Names for the annotators' letters: i intro, o outro, X bridge, lower case interlude; the most frequent capital
    other than the first is the chorus, the other capitals are verses. A heuristic, since the data has letters only.
    """
    capitals = [letter for letter, _ in letters if letter.isupper() and letter != "X"]
    later = Counter(letter for letter in capitals if letter != capitals[0])
    chorus = later.most_common(1)[0][0] if later else ""
    names = {"i": "intro", "o": "outro", "X": "bridge", chorus: "chorus"}
    return [
        (names.get(letter, "verse" if letter.isupper() else "interlude"), int(length)) for letter, length in letters
    ]
