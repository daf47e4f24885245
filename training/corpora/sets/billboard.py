"""McGill Billboard annotations (Burgoyne, Wild and Fujinaga, ISMIR 2011; CC0): chords by bar with named sections."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from training.corpora import salami
from training.corpora.corpus import Corpus, Source
from training.corpora.harte import chords_from_labels
from training.corpora.items import Item, Reader
from training.corpora.note_tables import guess_mode
from training.corpora.song import CorpusSong, spread_sections
from training.corpora.splits import source_split
from workbench.domain.theory import parse_pitch_class


def _entries(root: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Songs with their split: of `songs.jsonl`, or of the publication's folders (`0003/salami_chords.txt` ...)."""
    if (root / "songs.jsonl").is_file():
        splits = json.loads((root.parent / "splits_by_source_song.json").read_text(encoding="utf-8"))
        with (root / "songs.jsonl").open(encoding="utf-8") as file:
            for entry in map(json.loads, file):
                yield entry, splits.get(entry["id"], "test")
    else:
        first_take: dict[tuple[str, str], str] = {}
        for entry in salami.read_folder(root):
            # Second takes of a song share the split of the first.
            first = first_take.setdefault(salami.song_words(entry), entry["id"])
            yield entry | {"dup": first != entry["id"]}, source_split(first)


def _find(root: Path, metre: str) -> Iterator[Item]:
    for entry, split in _entries(root):
        tonics = {section["tonic"] for section in entry["sections"]}
        facts = {name: entry[name] for name in ("id", "bar_s", "sections")}
        facts |= {"split": split, "metre": metre, "bars": sum(len(part["bars"]) for part in entry["sections"])}
        yield Item(entry["id"], (), facts, _why_not(entry, split, tonics, metre))


def _why_not(entry: dict[str, Any], split: str, tonics: set[str], metre: str) -> str:
    if entry["metre"] != metre:
        return f"the metre is not {metre}"
    if entry["dup"]:
        return "second take of a song"
    if len(tonics) != 1 or "?" in tonics:
        return "more than one tonic, or none"
    return "" if split in ("train", "val", "validation") else "test part"


def find(root: Path) -> Iterator[Item]:
    """Every song; those in 4/4 with one tonic are read, without second takes."""
    return _find(root, "4/4")


def find_waltzes(root: Path) -> Iterator[Item]:
    """The same songs, of which those in 3/4 are read: a corpus apart, so that the one in 4/4 stays as it is."""
    return _find(root, "3/4")


def read(item: Item) -> CorpusSong:
    """The chords and sections of one song."""
    entry = item.facts
    bar_beats = int(entry["metre"][0])
    spans, labels, bar = [], [], 0
    for section in entry["sections"]:
        spans.append((section["section"].replace("prechorus", "pre-chorus"), len(section["bars"])))
        for text in section["bars"]:
            symbols = [symbol for symbol in text.split() if ":" in symbol]
            labels += [
                (bar * bar_beats + round(bar_beats * i / len(symbols)), symbol) for i, symbol in enumerate(symbols)
            ]
            bar += 1
    sections, remaining = spread_sections(spans, bar)
    chords = chords_from_labels([(float(onset), label) for onset, label in labels], float(bar * bar_beats))
    return CorpusSong(
        song_id=entry["id"],
        corpus="billboard" if bar_beats == 4 else "billboard_waltzes",
        tier="A",
        split="train" if entry["split"] == "train" else "validation",
        style="",
        source="played",
        tempo_bpm=60.0 * bar_beats / float(entry["bar_s"]),
        bar_beats=bar_beats,
        bars=bar,
        key=guess_mode(parse_pitch_class(entry["sections"][0]["tonic"]), chords),
        chords=chords,
        sections=sections,
        remaining=remaining,
        parts={},
    )


CORPUS = Corpus(
    name="billboard",
    folders=("billboard_chords", "McGill-Billboard"),
    reader=Reader(find, read),
    tier="A",
    licence="CC0",
    citation="Burgoyne, Wild, Fujinaga: An Expert Ground Truth Set for Audio Chord Recognition, ISMIR 2011",
    source=Source(
        page="https://ddmal.music.mcgill.ca/research/The_McGill_Billboard_Project_(Chord_Analysis_Dataset)/",
        songs=890,
        url="https://www.dropbox.com/s/2lvny9ves8kns4o/billboard-2.0-salami_chords.tar.gz?dl=1",
        folder="McGill-Billboard",
        keep=("*/salami_chords.txt",),
        checksum="md5:6954a6fad962a111e69c9c80cb87d3a5",
        note="checksum as in mirdata's catalogue",
    ),
)
WALTZES = replace(CORPUS, name="billboard_waltzes", reader=Reader(find_waltzes, read))
