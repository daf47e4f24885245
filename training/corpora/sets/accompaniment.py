"""Accompaniment generated over real chord progressions (synthetic; chords CC0 and MIT).

It gives bass, pads and programmed drums in electronic styles with known chords and sections. Two forms are read: what
`corpora make accompaniment` wrote (`index.json`), and what MMA's patterns gave (`songs.jsonl`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from training.corpora.composed import INDEX, find_composed, read_composed
from training.corpora.corpus import Corpus, Source
from training.corpora.harte import chords_from_labels
from training.corpora.items import Item, Reader
from training.corpora.note_tables import guess_mode, note_table, read_midi
from training.corpora.song import CorpusSong, NoteTable, spread_sections
from workbench.domain.theory import parse_pitch_class
from workbench.midi.file import MidiFile

_STYLES = {"lofi_triphop": "lofi", "funk_rnb": "funk", "dancepop": "dance"}
_ELEMENT_ROLES = {"percussion": ("drums",), "bass": ("bass",), "pads": ("pad", "chords"), "leads": ("melody",)}


def find(root: Path) -> Iterator[Item]:
    """Every song that the index names."""
    if (root / INDEX).is_file():
        yield from find_composed(root)
        return
    with (root / "songs.jsonl").open(encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            facts = {name: entry[name] for name in ("id", "genre", "tempo", "key", "bars", "sections", "split")}
            yield Item(entry["file"], (root / "midi" / entry["file"],), facts)


def read(item: Item) -> CorpusSong:
    """One song of either form."""
    return read_composed(item, "accompaniment", "accompaniment") if "model_style" in item.facts else read_mma(item)


def read_mma(item: Item) -> CorpusSong:
    """One song of MMA's; of several tracks with one role the one with most notes is taken."""
    entry = item.facts
    score = read_midi(item.files[0])
    bars = int(entry["bars"])
    sections, remaining = spread_sections(
        [(name.replace("prechorus", "pre-chorus"), int(length)) for name, _, length in entry["sections"]], bars
    )
    chords = chords_from_labels(chord_texts(score), bars * 4.0)
    tonic = parse_pitch_class(entry["key"].split(":")[0])
    return CorpusSong(
        song_id=entry["id"],
        corpus="accompaniment",
        tier="S",
        split="train" if entry["split"] == "train" else "validation",
        style=_STYLES.get(entry["genre"], entry["genre"]),
        source="accompaniment",
        tempo_bpm=float(entry["tempo"]),
        bar_beats=4,
        bars=bars,
        key=guess_mode(tonic, chords),
        chords=chords,
        sections=sections,
        remaining=remaining,
        parts=_parts(score),
    )


CORPUS = Corpus(
    name="accompaniment",
    folders=("mma_synth", "accompaniment"),
    reader=Reader(find, read),
    tier="S",
    licence="made here: notes CC0, chords CC0 and MIT; in `mma_synth`: patterns GPL-2+ (MMA)",
    citation="generated over the chords of POP909 and McGill Billboard; in `mma_synth` by van der Poel's MMA",
    source=Source(
        page="https://www.mellowood.ca/mma/",
        note="`corpora make` generates it by rule over the chords of POP909 and Billboard; the shipped networks "
        "learned from what MMA's patterns (see the page) gave over the same chords, of which there is no public copy",
        made=True,
    ),
)


def _parts(score: MidiFile) -> dict[str, NoteTable]:
    parts = {}
    for element, roles in _ELEMENT_ROLES.items():
        for role in roles:
            named = [part for part in score.parts if part.name.split("|")[0] == role]
            if named:
                parts[element] = note_table([max(named, key=lambda part: len(part.notes))], score.ticks_per_beat)
                break
    return parts


def chord_texts(score: MidiFile) -> list[tuple[float, str]]:
    """The "C:<label>" text events of a MIDI file's first track: (onset in quarter notes, label)."""
    return [
        (text.beats, text.text[2:])
        for text in score.texts
        if text.track == 0 and text.kind == "text" and text.text.startswith("C:")
    ]
