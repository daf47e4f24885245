"""McGill Billboard annotations (Burgoyne, Wild and Fujinaga, ISMIR 2011; CC0): chords by bar with named sections."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.corpora.harte import chords_from_labels
from training.corpora.reading import guess_mode
from training.corpora.song import CorpusSong, spread_sections
from workbench.domain.theory import parse_pitch_class


def read(root: Path) -> Iterator[CorpusSong]:
    """Songs in 4/4 with one tonic, without second takes."""
    splits = json.loads((root.parent / "splits_by_source_song.json").read_text(encoding="utf-8"))
    with (root / "songs.jsonl").open(encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            split = splits.get(entry["id"])
            tonics = {section["tonic"] for section in entry["sections"]}
            if entry["metre"] == "4/4" and not entry["dup"] and len(tonics) == 1 and split in ("train", "val"):
                yield _read_song(entry, tonics.pop(), "train" if split == "train" else "validation")


def _read_song(entry: dict[str, Any], tonic: str, split: Any) -> CorpusSong:
    spans, labels, bar = [], [], 0
    for section in entry["sections"]:
        spans.append((section["section"].replace("prechorus", "pre-chorus"), len(section["bars"])))
        for text in section["bars"]:
            symbols = [symbol for symbol in text.split() if ":" in symbol]
            labels += [(bar * 4 + round(4 * i / len(symbols)), symbol) for i, symbol in enumerate(symbols)]
            bar += 1
    sections, remaining = spread_sections(spans, bar)
    chords = chords_from_labels([(float(onset), label) for onset, label in labels], bar * 4.0)
    return CorpusSong(
        song_id=entry["id"],
        corpus="billboard",
        tier="A",
        split=split,
        style="",
        source="played",
        tempo_bpm=240.0 / float(entry["bar_s"]),
        bar_beats=4,
        bars=bar,
        key=guess_mode(parse_pitch_class(tonic), chords),
        chords=chords,
        sections=sections,
        remaining=remaining,
        parts={},
    )
