"""Folk tunes of the Nottingham Music Database, as cleaned by Jukedeck (GPL-3): a melody and its chords.

The files are those of https://github.com/jukedeck/nottingham-dataset: `MIDI/` holds the melody in the first track and
block chords in the second; `MIDI/melody` and `MIDI/chords` hold the same apart and are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from training.corpora.corpus import Corpus, Source, github_archive
from training.corpora.items import Item, Reader, SkippedError
from training.corpora.note_tables import guess_key, note_table, parse_midi, read_bytes, top_line
from training.corpora.song import CorpusSong, NoteTable
from training.corpora.splits import split_by_name
from training.corpora.stretch import longest_stretch
from workbench.domain.chord_symbols import CHORD_QUALITIES
from workbench.domain.theory import Chord, Key
from workbench.midi.file import MidiFile

_QUALITY_OF = {frozenset(tones): quality for quality, tones in CHORD_QUALITIES.items()}


def find(root: Path) -> Iterator[Item]:
    """Every tune."""
    for path in sorted((root / "MIDI").glob("*.mid")):
        yield Item(f"MIDI/{path.name}", (path,))


def read(item: Item) -> CorpusSong:
    """The longest stretch of a tune in 4/4 or 3/4; the files tell no tempo, so 120 BPM holds, as MIDI has it."""
    score = parse_midi(read_bytes(item.files[0]))
    if len(score.parts) < 2:
        raise SkippedError("no track of chords")
    stretch = longest_stretch(score)
    melody, blocks = (stretch.cut(note_table([part], score.ticks_per_beat)) for part in score.parts[:2])
    if not len(melody) or not len(blocks):
        raise SkippedError("no melody or no chords in the longest stretch")
    chords = name_blocks(blocks, float(stretch.bars * stretch.bar_beats))
    return CorpusSong(
        song_id=f"nottingham_{Path(item.name).stem}",
        corpus="nottingham",
        tier="B",
        split=split_by_name(Path(item.name).stem),
        style="folk",
        source="sequenced",
        tempo_bpm=stretch.tempo_bpm,
        bar_beats=stretch.bar_beats,
        bars=stretch.bars,
        key=_signature(score, stretch.start_beats) or guess_key([melody, blocks]),
        chords=chords,
        sections=("",) * stretch.bars,
        remaining=np.zeros(stretch.bars, np.int64),
        parts={"leads": top_line(melody)},
    )


def name_blocks(blocks: NoteTable, end_beats: float) -> tuple[Chord, ...]:
    """Chords from notes that begin together: the quality whose tones they are exactly, above one of them.

    A block that is no chord of the workbench prolongs the one before; equal neighbours join.
    """
    found: list[tuple[float, tuple[int, str, int]]] = []
    for onset in np.unique(blocks.onsets_beats):
        pitches = blocks.pitches[blocks.onsets_beats == onset]
        word = _name(pitches)
        if word is not None and (not found or found[-1][1] != word):
            found.append((float(onset), word))
    ends = [onset for onset, _ in found[1:]] + [end_beats]
    spans = zip(found, ends, strict=True)
    return tuple(Chord(onset, end - onset, *word) for (onset, word), end in spans if end > onset)


def _name(pitches: Any) -> tuple[int, str, int] | None:
    bass = int(pitches.min()) % 12
    classes = {int(pitch) % 12 for pitch in pitches}
    # The lowest note is the root first: of two readings, as of C6 and Am7, it decides.
    for root in (bass, *sorted(classes - {bass})):
        quality = _QUALITY_OF.get(frozenset((pitch - root) % 12 for pitch in classes))
        if quality is not None:
            return root, quality, bass
    return None


def _signature(score: MidiFile, start_beats: float) -> Key | None:
    """The key signature that holds where the stretch begins; the files tell the mode with it."""
    holding = [key for at, key in score.keys if at <= start_beats]
    if not holding:
        return None
    sharps, minor = holding[-1]
    return Key((sharps * 7 + (9 if minor else 0)) % 12, "minor" if minor else "major")


CORPUS = Corpus(
    name="nottingham",
    folders=("nottingham", "nottingham-dataset"),
    reader=Reader(find, read),
    tier="B",
    licence="GPL-3",
    citation="Foxley: Nottingham Music Database; cleaned by Jukedeck",
    source=Source(
        page="https://github.com/jukedeck/nottingham-dataset",
        songs=1034,
        url=github_archive("jukedeck/nottingham-dataset", "0992bb6cd864f6d4b90d6663e08c0ef53ffaa08f"),
        folder="nottingham-dataset",
        keep=("MIDI/*.mid", "ABC_cleaned/*.abc", "LICENSE.md", "README.md"),
    ),
)
