"""What was played becomes the edit `notes`: on the grid or with its deviation, over the old notes or beside them."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.domain.errors import ParameterError
from workbench.domain.score import Note
from workbench.editing import Song, edit_song, parse_edits
from workbench.editing.playing_in import played_in


def written(song: Song, element: str, bars: tuple[int, int], played: Any, **how: Any) -> list[Note]:
    """The notes of these bars after the take."""
    take = played_in(song, element, played, bars, **how)
    assert take.edit is not None
    after = edit_song(song, parse_edits([take.edit]))
    return [note for note in after.score.parts[element].notes if bars[0] <= after.bar_of(note) + 1 <= bars[1]]


def test_a_quantized_take_replaces_what_stood_there_and_nothing_else(song: Song) -> None:
    played = [(0.06, 0.4, 40, 101), (0.94, 0.6, 43, 80), (5.55, 1.1, 45, 90)]
    notes = written(song, "bass", (2, 3), played, grid_beats=0.5)
    start = song.bar_beats
    assert notes == [
        Note(start, 40, 0.5, 101),
        Note(start + 1.0, 43, 0.5, 80),
        Note(start + 5.5, 45, 1.0, 90),
    ]
    take = played_in(song, "bass", played, (2, 3), grid_beats=0.5)
    after = edit_song(song, parse_edits([take.edit or {}]))
    outside = [note for note in song.score.parts["bass"].notes if song.bar_of(note) not in (1, 2)]
    assert [note for note in after.score.parts["bass"].notes if after.bar_of(note) not in (1, 2)] == outside


def test_without_quantization_each_note_sounds_where_it_was_played(song: Song) -> None:
    (note,) = written(song, "bass", (1, 1), [(1.06, 0.43, 40, 90)])
    assert (note.onset_beats, note.shift_beats, note.duration_beats) == (1.0, pytest.approx(0.06), 0.43)
    assert note.start_beats == pytest.approx(1.06)


@pytest.mark.parametrize(("strength", "shift"), [(0.0, 0.08), (0.5, 0.04), (1.0, 0.0)])
def test_strength_is_how_far_a_note_is_moved(song: Song, strength: float, shift: float) -> None:
    (note,) = written(song, "bass", (1, 1), [(1.08, 0.43, 40, 90)], grid_beats=0.25, strength=strength)
    assert (note.onset_beats, note.shift_beats) == (1.0, pytest.approx(shift))


def test_a_note_nearest_to_the_end_begins_the_loop(song: Song) -> None:
    (note,) = written(song, "bass", (1, 1), [(song.bar_beats - 0.05, 0.3, 40, 90)], grid_beats=0.5)
    assert note.onset_beats == 0.0


def test_overdubbing_keeps_all_but_what_begins_with_it(song: Song) -> None:
    standing = [note for note in song.score.parts["percussion"].notes if song.bar_of(note) == 0]
    kick = next(note for note in standing if note.pitch == 36)
    played = [(kick.onset_beats, 0.1, 36, 127), (kick.onset_beats, 0.1, 39, 77)]
    notes = written(song, "percussion", (1, 1), played, grid_beats=0.25, overdub=True)
    assert {note for note in standing if note is not kick} <= set(notes)
    assert len(notes) == len(standing) + 1
    assert [note.velocity for note in notes if note.onset_beats == kick.onset_beats and note.pitch == 36] == [127]


def test_an_overdub_tells_what_gave_way_to_it(song: Song) -> None:
    """In one voice a note goes that began with the new one, on drums the same stroke; neither without a word."""
    bass = next(note for note in song.score.parts["bass"].notes if song.bar_of(note) == 0)
    played = [(bass.onset_beats, 0.25, 43, 90)]
    take = played_in(song, "bass", played, (1, 1), grid_beats=0.25, overdub=True)
    assert take.remarks == ("1 note that stood there gave way: bass plays one at a time",)
    assert len((take.edit or {})["remove"]) == 1
    assert played_in(song, "bass", played, (1, 1), grid_beats=0.25).remarks == ()
    kick = next(note for note in song.score.parts["percussion"].notes if note.pitch == 36 and song.bar_of(note) == 0)
    again = played_in(song, "percussion", [(kick.onset_beats, 0.1, 36, 90)], (1, 1), grid_beats=0.25, overdub=True)
    assert again.remarks == ("1 note that stood there gave way: the same was struck again",)


def test_where_one_plays_at_a_time_the_last_pressed_stays(song: Song) -> None:
    take = played_in(song, "bass", [(0.01, 0.5, 40, 90), (0.03, 0.5, 43, 90)], (1, 1), grid_beats=0.25)
    assert [note["pitch"] for note in (take.edit or {})["add"]] == [43]
    assert take.remarks == ("1 note left out: another began with it",)
    chord = played_in(song, "pads", [(0.01, 0.5, 60, 90), (0.03, 0.5, 64, 90)], (1, 1), grid_beats=0.25)
    assert [note["pitch"] for note in (chord.edit or {})["add"]] == [60, 64]


def test_drums_are_written_as_their_roles(song: Song) -> None:
    take = played_in(song, "percussion", [(0.0, 0.1, 35, 90), (1.0, 0.1, 40, 90)], (1, 1), grid_beats=0.25)
    assert [note["pitch"] for note in (take.edit or {})["add"]] == [36, 38]


def test_what_an_element_does_not_play_is_told(song: Song) -> None:
    take = played_in(song, "bass", [(0.0, 0.5, 12, 90)], (1, 1))
    assert take.edit is None
    assert take.remarks == ("1 note left out: bass plays MIDI 23 to 108",)
    assert played_in(song, "bass", [], (1, 1)).edit is None


@pytest.mark.parametrize(
    ("played", "how"),
    [
        ([(0.0, 0.5, 200, 90)], {}),
        ([(0.0, 0.5, 40, 0)], {}),
        ([(-1.0, 0.5, 40, 90)], {}),
        ([(float("nan"), 0.5, 40, 90)], {}),
        ([(0.0, 0.5, 40)], {}),
        ([("x", 0.5, 40, 90)], {}),
        ([], {"grid_beats": 9.0}),
        ([], {"strength": 2.0}),
    ],
    ids=range(8),
)
def test_wrong_takes_are_refused(song: Song, played: Any, how: Any) -> None:
    with pytest.raises(ParameterError, match="expected"):
        played_in(song, "bass", played, (1, 1), **how)
