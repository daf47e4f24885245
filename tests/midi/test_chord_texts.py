"""Which texts are chords: those that the file says are, or most of a track's; letters of a form are none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.midi.writing import At, chords, meta, name, smf, tune
from workbench.midi.chord_texts import written_chords
from workbench.midi.file import read_midi

TEXT, LYRIC, MARKER = 0x01, 0x05, 0x06


def every(beats: float, kind: int, texts: Sequence[str]) -> list[At]:
    return [(n * beats, meta(kind, text)) for n, text in enumerate(texts)]


def symbols(*tracks: list[At]) -> list[tuple[float, str]]:
    return [(at, chord.symbol()) for at, chord in written_chords(read_midi(smf(*tracks, end=64))).changes]


@pytest.mark.parametrize(
    "texts",
    [
        every(16, MARKER, ["A", "B"]),
        every(16, MARKER, ["A", "B", "A", "C"]),
        every(16, TEXT, ["B", "C", "D"]),
        every(16, LYRIC, ["A", "B"]),
        every(16, MARKER, ["A1", "A2", "B1"]),
        every(8, MARKER, ["Intro", "A", "B", "Outro"]),
        every(1, LYRIC, ["A", "ma", "zing", "grace", "how", "sweet", "E", "ven"]),
        [(0, meta(TEXT, "A"))],
        every(4, TEXT, ["Composed by", "A. Nobody", "C", "2024"]),
    ],
    ids=("rehearsal", "form", "from B", "as lyrics", "numbered", "sections", "sung", "one letter", "credits"),
)
def test_letters_of_a_form_and_sung_ones_are_no_harmony(texts: list[At]) -> None:
    assert symbols(texts, chords([(50, 57, 62, 65)])) == []


def test_most_of_a_track_makes_it_harmony() -> None:
    assert symbols(every(4, TEXT, ["Cmaj7", "Dm7", "G7", "Cmaj7"])) == [
        (0.0, "Cmaj7"), (4.0, "Dm7"), (8.0, "G7"), (12.0, "Cmaj7"),
    ]  # fmt: skip
    assert [symbol for _, symbol in symbols(every(4, MARKER, ["C", "F", "G", "C"]))] == ["C", "F", "G", "C"]


def test_letters_in_one_track_do_not_spoil_the_chords_of_another() -> None:
    found = symbols(every(16, MARKER, ["A", "B"]), [*every(4, TEXT, ["Dm", "Bb", "F", "C"]), *tune()])
    assert [symbol for _, symbol in found] == ["Dm", "A#", "F", "C"]


@pytest.mark.parametrize("called", ["Chords", "Akkorde", "Harmony", "コード"])
def test_a_track_that_is_called_so_holds_chords(called: str) -> None:
    assert [symbol for _, symbol in symbols([(0, name(called)), *every(4, TEXT, ["A", "B"]), *tune(1)])] == ["A", "B"]


def test_a_file_may_say_that_it_is_a_chord() -> None:
    xf = [(0, b"\x31\x02"), (4, b"\x36\x13"), (8, b"\x27\x0a"), (12, b"\x44\x00")]
    line = [(at, meta(0x7F, b"\x43\x7b\x01" + word + b"\x7f\x7f")) for at, word in xf]
    assert symbols([*line, *every(16, MARKER, ["A", "B"])]) == [
        (0.0, "Cmaj7"), (4.0, "A7"), (8.0, "A#m7"), (12.0, "F#"),
    ]  # fmt: skip
    assert symbols([(0, meta(TEXT, "chord: A")), (4, meta(TEXT, "chord: B"))]) == [(0.0, "A"), (4.0, "B")]


def test_chords_of_several_tracks_are_in_order_and_the_last_of_one_moment_wins() -> None:
    found = symbols([(8, meta(TEXT, "Fmaj7")), (0, meta(TEXT, "Am"))], [(4, meta(TEXT, "Dm")), (8, meta(TEXT, "Em7"))])
    assert found == [(0.0, "Am"), (4.0, "Dm"), (8.0, "Em7")]


def test_what_is_not_known_among_chords_is_named() -> None:
    written = written_chords(read_midi(smf(every(4, TEXT, ["Cmaj7", "Am(xyz)", "Dm7", "G7"]))))
    assert [text.text for text in written.unread] == ["Am(xyz)"]
    assert len(written.changes) == 3
