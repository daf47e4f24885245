"""Corpora that the workbench wrote itself: `index.json`, and MIDI files whose first track names key, chords, sections.

Style and split stand in the index; key, tempo, sections and chords are read from the MIDI files, as they would be from
anybody's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from training.corpora.items import Item, SkippedError
from training.corpora.note_tables import note_table, read_midi
from training.corpora.song import CorpusSong, NoteTable, spread_sections
from workbench.domain.elements import ELEMENTS
from workbench.domain.theory import Chord, Key
from workbench.midi.file import MidiFile

INDEX, MIDI = "index.json", "midi"
_BAR_BEATS = 4
_KEY_MARK = "key: "


def find_composed(root: Path) -> Iterator[Item]:
    """Every song of the index."""
    for entry in json.loads((root / INDEX).read_text(encoding="utf-8"))["songs"]:
        facts = {name: entry[name] for name in ("id", "bars", "split", "model_style")}
        yield Item(entry["file"], (root / entry["file"],), facts)


def read_composed(item: Item, corpus: str, source: Literal["sequenced", "accompaniment"]) -> CorpusSong:
    """One song.

    Raises
    ------
    SkippedError
        If its file names no key.
    """
    path, entry = item.files[0], item.facts
    score = read_midi(path)
    bars = int(entry["bars"])
    key, chords, markers = _conductor(score, float(bars * _BAR_BEATS))
    starts = [round(beat / _BAR_BEATS) for beat, _ in markers]
    spans = [(name, end - start) for (_, name), start, end in zip(markers, starts, [*starts[1:], bars], strict=True)]
    sections, remaining = spread_sections(spans, bars)
    return CorpusSong(
        song_id=f"{corpus}_{entry['id']}",
        corpus=corpus,
        tier="S",
        split=entry["split"],
        style=entry["model_style"],
        source=source,
        tempo_bpm=round(score.tempi[0][1], 2),
        bar_beats=_BAR_BEATS,
        bars=bars,
        key=key,
        chords=chords,
        sections=sections,
        remaining=remaining,
        parts=_parts(score),
    )


def _parts(score: MidiFile) -> dict[str, NoteTable]:
    return {part.name: note_table([part], score.ticks_per_beat) for part in score.parts if part.name in ELEMENTS}


def _conductor(score: MidiFile, length_beats: float) -> tuple[Key, tuple[Chord, ...], list[tuple[float, str]]]:
    """Key, chords and (onset in quarter notes, section name) of a file that the workbench wrote."""
    of_first = [text for text in score.texts if text.track == 0]
    markers = [(text.beats, text.text) for text in of_first if text.kind == "marker"]
    texts = [(text.beats, text.text) for text in of_first if text.kind == "text"]
    keys = [text.removeprefix(_KEY_MARK) for _, text in texts if text.startswith(_KEY_MARK)]
    key = Key.parse(keys[-1]) if keys else None
    symbols = [(beat, text) for beat, text in texts if not text.startswith(_KEY_MARK)]
    if key is None:
        raise SkippedError("no key: expected a text such as 'key: F minor' in the first track")
    ends = [*(beat for beat, _ in symbols[1:]), length_beats]
    chords = tuple(
        Chord.parse(symbol, onset_beats=beat, duration_beats=end - beat)
        for (beat, symbol), end in zip(symbols, ends, strict=True)
    )
    return key, chords, markers
