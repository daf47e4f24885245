from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.corpora import read_corpora
from training.corpora.harte import chords_from_labels, parse_harte
from training.corpora.note_tables import guess_chords, guess_key, guess_mode, read_midi, top_line
from training.corpora.sets.pop909 import name_sections
from training.corpora.song import NoteTable, spread_sections
from workbench.domain.errors import CorpusError
from workbench.domain.theory import Chord


def table(notes: list[tuple[float, float, int]]) -> NoteTable:
    onsets, lengths, pitches = (np.array(column) for column in zip(*notes, strict=True))
    return NoteTable(onsets.astype(float), lengths.astype(float), pitches, np.full(len(notes), 80))


def test_groove_reads_splits_styles_and_fills(groove_data: Path) -> None:
    songs = list(read_corpora(groove_data, ("groove",)))
    assert [song.split for song in songs] == ["train"] * 5 + ["validation"] * 2
    assert songs[0].style == "rock"
    assert songs[1].remaining[-1] == 1
    assert songs[2].remaining.sum() == 0
    assert songs[0].bars == 8


def test_groove_takes_lateness_out(groove_data: Path) -> None:
    part = next(iter(read_corpora(groove_data, ("groove",)))).parts["percussion"]
    deviation = (part.onsets_beats * 4 + 0.5) % 1 - 0.5
    assert abs(deviation.mean()) < 0.01


@pytest.mark.parametrize("names", [("nobody",), ("pop909",)])
def test_missing_corpus_is_reported(groove_data: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(CorpusError, match=r"is not known|no corpus in"):
        list(read_corpora(groove_data, names))


def test_broken_midi_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "broken.mid"
    path.write_bytes(b"MThd nonsense")
    with pytest.raises(CorpusError, match=r"broken\.mid is not readable"):
        read_midi(path)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("A:min", (9, "min", 9)), ("C:maj/5", (0, "maj", 7)), ("F#:7(#9)", (6, "7", 6)), ("N", None), ("X", None),
        ("Bb:min7/b3", (10, "min7", 1)), ("D:maj(9)", (2, "maj9", 2)), ("G:sus4(b7,9)", (7, "sus4", 7)),
        ("&pause", None),
    ],
)  # fmt: skip
def test_harte_labels(label: str, expected: tuple[int, str, int] | None) -> None:
    assert parse_harte(label) == expected


def test_unreadable_label_prolongs_the_chord_before() -> None:
    chords = chords_from_labels([(0.0, "C:maj"), (4.0, "???"), (8.0, "G:7")], 12.0)
    assert [(chord.onset_beats, chord.duration_beats, chord.root) for chord in chords] == [(0, 8, 0), (8, 4, 7)]


def test_sections_are_spread_and_counted_down() -> None:
    names, remaining = spread_sections([("intro", 1), ("verse", 2)], 4)
    assert names == ("intro", "verse", "verse", "")
    assert remaining.tolist() == [1, 2, 1, 0]


def test_section_letters_get_names() -> None:
    letters = [["i", 4], ["A", 8], ["B", 8], ["A", 8], ["B", 8], ["x", 2], ["X", 8], ["o", 4]]
    names = [name for name, _ in name_sections(letters)]
    assert names == ["intro", "verse", "chorus", "verse", "chorus", "interlude", "bridge", "outro"]


def test_chords_and_key_are_guessed_from_notes() -> None:
    triads = [(57, 60, 64), (53, 57, 60), (60, 64, 67), (55, 59, 62)]  # Am F C G
    notes = table([(4.0 * bar, 4.0, pitch) for bar, triad in enumerate(triads) for pitch in triad])
    bass = table([(4.0 * bar, 4.0, root) for bar, root in enumerate((33, 29, 36, 31))])
    chords = guess_chords(bass, [notes, bass], 4, 4)
    assert [(chord.root, chord.quality) for chord in chords] == [(9, "min"), (5, "maj"), (0, "maj"), (7, "maj")]
    assert str(guess_key([notes, bass])) in ("C major", "A minor")


def test_mode_is_guessed_on_a_known_tonic() -> None:
    minor = (Chord(0, 4, 9, "min", 9), Chord(4, 4, 5, "maj", 5), Chord(8, 4, 7, "maj", 7))
    assert guess_mode(9, minor).mode == "minor"


def test_top_line_keeps_the_highest() -> None:
    line = top_line(table([(0.0, 1.0, 60), (0.01, 1.0, 64), (1.0, 1.0, 62)]))
    assert line.pitches.tolist() == [64, 62]
