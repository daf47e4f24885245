"""Imports of files as people have them: what is meant is taken, what cannot be is refused, what was mended is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.midi.writing import (
    At,
    bass_line,
    beat,
    body,
    chords,
    chunk,
    header,
    meta,
    metre,
    name,
    note,
    notes,
    smf,
    tempo,
    tune,
)
from workbench.domain.errors import ParameterError
from workbench.editing import Song, edit_song

Take = Callable[..., Song]


@pytest.fixture
def take(song: Song, tmp_path: Path) -> Take:
    """Import a file of these bytes, and compose nothing around it."""

    def taken(data: bytes, role: str = "melody", **fields: Any) -> Song:
        (tmp_path / "file.mid").write_bytes(data)
        edit = {"edit": "import", "file": str(tmp_path / "file.mid"), "role": role, "around": False, **fields}
        return edit_song(song, [edit])

    return taken


def pitches(song: Song, element: str = "leads", first_bar: int = 1, bars: int = 8) -> list[int]:
    wanted = range(first_bar - 1, first_bar - 1 + bars)
    return [note.pitch for note in song.score.parts[element].notes if song.bar_of(note) in wanted]


def remarks(song: Song) -> str:
    return song.plan.decisions[-1].contradiction


def symbols(song: Song, beats: float = 32) -> list[str]:
    return [chord.symbol() for chord in song.score.chords if chord.onset_beats < beats]


BAND = smf([(0, tempo(120)), *bass_line(8, 0), *chords([(60, 64, 67)] * 8, channel=1), *tune(8, 2), *beat(8)], kind=0)
TUNE = [64, 67, 69, 67, 64, 62, 60, 62] * 4


class TestWhichTrack:
    def test_the_one_that_plays_the_element_is_taken_and_reported(self, take: Take) -> None:
        song = take(BAND)
        assert pitches(song) == TUNE
        assert "taken from 3 (leads, 32 notes, MIDI 60 to 69)" in remarks(song)
        assert pitches(take(BAND, element="bass"), "bass") != TUNE
        assert len(pitches(take(BAND, role="drums"), "percussion")) == 96

    @pytest.mark.parametrize(("role", "element"), [("bass", "bass"), ("leads", "leads"), ("percussion", "percussion")])
    def test_an_element_as_role_means_its_line(self, take: Take, role: str, element: str) -> None:
        plain = take(BAND, role="drums") if role == "percussion" else take(BAND, element=element)
        assert take(BAND, role=role).score == plain.score
        assert take(BAND, role=role).plan.decisions[-1] == plain.plan.decisions[-1]

    def test_a_role_and_another_element_are_refused(self, take: Take) -> None:
        with pytest.raises(ParameterError, match=r"import.*: role and element name different elements: expected one"):
            take(BAND, role="bass", element="pads")

    @pytest.mark.parametrize("track", [3, "3"])
    def test_each_channel_can_be_chosen_by_number(self, take: Take, track: int | str) -> None:
        assert pitches(take(BAND, track=track)) == TUNE
        assert len(pitches(take(BAND, track=2), "leads")) == 24

    def test_a_track_can_be_chosen_by_name(self, take: Take) -> None:
        data = smf([(0, name("Violin I")), *tune()], [(0, name("Violin II")), *notes((n, 0.9, 72) for n in range(32))])
        assert pitches(take(data, track="violin i")) == TUNE
        assert set(pitches(take(data, track="II"))) == {72}
        with pytest.raises(ParameterError, match=r"track 'violin' is there more than once: .* 1 \"Violin I\" \(leads"):
            take(data, track="violin")
        with pytest.raises(ParameterError, match=r"track 'oboe' is not in the MIDI file: .* 2 \"Violin II\""):
            take(data, track="oboe")
        with pytest.raises(ParameterError, match="track 9 is not in the MIDI file"):
            take(data, track=9)

    def test_several_that_could_be_meant_are_listed(self, take: Take) -> None:
        data = smf([(0, name("Flute")), *tune()], [(0, name("Oboe")), *tune()], beat(8))
        with pytest.raises(ParameterError, match=r"2 tracks that could be the leads: .*1 \"Flute\".*, 2 \"Oboe\""):
            take(data)

    def test_no_drums_among_several_are_listed(self, take: Take) -> None:
        with pytest.raises(ParameterError, match=r"no track of the MIDI file looks like drums: .* 1 \(bass"):
            take(smf(bass_line(8), tune()), role="drums")

    def test_drums_on_another_channel_are_no_melody(self, take: Take) -> None:
        data = smf([(0, name("TR-808")), *beat(8, channel=0)], tune())
        assert pitches(take(data)) == TUNE
        assert len(pitches(take(data, role="drums"), "percussion")) == 96
        with pytest.raises(ParameterError, match="holds drums alone: import it with the role drums"):
            take(smf([(0, name("Battery")), *beat(8, channel=0)]))

    def test_a_track_is_a_number_or_a_name(self, take: Take) -> None:
        for odd in (0, "", 1.5, True, []):
            with pytest.raises(ParameterError, match="track") as caught:
                take(BAND, track=odd)
            assert "\n" not in str(caught.value)


class TestWhatIsOdd:
    def test_a_key_that_is_none_does_not_matter(self, take: Take) -> None:
        song = take(smf([*tune(), (0, meta(0x59, bytes([0xFE, 0xFF])))]))
        assert pitches(song) == TUNE
        assert remarks(song) == "left out: 1 key event that no reader understands"

    def test_a_chord_that_is_held_to_the_end_counts(self, take: Take) -> None:
        line = [*chords([(57, 60, 64), (53, 57, 60), (48, 52, 55)], 8.0), *notes((24, None, p) for p in (55, 59, 62))]
        song = take(smf(line, kind=0, end=32), role="chords")
        assert symbols(song) == ["Am", "F", "C", "G"]
        assert "3 notes without an end" in remarks(song)

    def test_notes_that_double_another_are_taken_once(self, take: Take) -> None:
        song = take(smf([*tune(), *note(0, 0.5, 64)]))
        assert pitches(song) == TUNE
        assert "1 notes that double another are left out" in remarks(song)

    def test_a_damaged_end_costs_the_end(self, take: Take) -> None:
        song = take(header(0, 1) + chunk(body(tune())[:-60], length=600))
        # The file holds six bars and a half; after them the song's own lead goes on.
        assert pitches(song, bars=6) == TUNE[:24]
        assert "track 1" in remarks(song)


class TestChords:
    def test_rehearsal_letters_leave_the_harmony_to_the_notes(self, take: Take) -> None:
        line = [(50, 57, 62, 65), (46, 58, 62, 65), (53, 57, 60, 65), (48, 55, 60, 64)] * 2
        marks: list[At] = [(0, meta(0x06, "A")), (16, meta(0x06, "B"))]
        assert symbols(take(smf(marks, chords(line), end=32), role="chords")) == ["Dm", "A#", "F", "C"] * 2

    def test_every_bar_of_a_lead_sheet_has_its_chord(self, take: Take) -> None:
        texts = ["Cmaj7", "A7b9", "Dm7", "G13", "Cmaj7", "C\u00b07", "F6/9", "Bb13"]
        line = [(4.0 * n, meta(0x01, text.encode("latin-1"))) for n, text in enumerate(texts)]
        song = take(smf([(0, tempo(110)), *line], note(0, 32, 60), end=32), role="chords")
        assert [chord.onset_beats for chord in song.score.chords][:8] == [4.0 * n for n in range(8)]
        assert [chord.root for chord in song.score.chords][:8] == [0, 9, 2, 7, 0, 0, 5, 10]
        assert symbols(song)[1] == "A7b9"
        assert remarks(song) == ""

    def test_a_text_that_is_no_chord_is_named(self, take: Take) -> None:
        line = [(4.0 * n, meta(0x01, text)) for n, text in enumerate(["Cmaj7", "Am(xyz)", "Dm7", "G7"])]
        assert "1 texts among the chords are not known, the chord before holds: Am(xyz)" in remarks(
            take(smf(line, end=16), role="chords")
        )


class TestWhereItLies:
    def test_empty_bars_that_do_not_fit_are_left_out_and_reported(self, take: Take) -> None:
        song = take(smf([], [(0, name("Lead clip")), *tune(8, start=128)], end=160), bar=3)
        assert pitches(song, first_bar=3) == TUNE
        assert "its music comes after 32 empty bars, which are left out" in remarks(song)

    def test_empty_bars_that_fit_keep_their_place_and_touch_nothing(self, song: Song, take: Take) -> None:
        taken = take(smf(tune(8, start=16)))
        assert pitches(taken, first_bar=5) == TUNE
        assert pitches(taken, bars=4) == pitches(song, bars=4)
        assert "its first bars are empty: 4" in remarks(taken)

    def test_what_is_too_long_says_how_much_of_it_is_empty(self, take: Take) -> None:
        with pytest.raises(
            ParameterError, match=r"lasts 44 bars \(20 of them empty, in front\) from bar 1, but the song"
        ):
            take(smf(tune(24, start=80)))

    @pytest.mark.parametrize(("numerator", "power"), [(3, 2), (6, 3), (5, 2), (7, 3), (2, 2)])
    def test_another_metre_is_refused(self, take: Take, numerator: int, power: int) -> None:
        told = rf"file\.mid is in {numerator}/{1 << power}, but the song in 4/4, so that their bar lines would not meet"
        for role in ("melody", "chords", "drums"):
            with pytest.raises(ParameterError, match=told):
                take(smf([(0, metre(numerator, power)), *chords([(60, 64, 67)] * 4)]), role=role)

    def test_a_metre_as_long_as_the_songs_is_taken(self, take: Take) -> None:
        assert pitches(take(smf([(0, metre(2, 1)), *tune()]))) == TUNE
        late = smf([(1 / 480, metre(4, 2)), (32, metre(3, 2)), *tune()])
        assert pitches(take(late)) == TUNE

    def test_a_pickup_comes_before_the_bar_line(self, take: Take) -> None:
        song = take(smf([(0, metre(1, 2)), (1, metre(4, 2)), *note(0, 0.9, 55), *tune(4, start=1)]))
        first, second = [note for note in song.score.parts["leads"].notes if song.bar_of(note) < 2][:2]
        assert (first.pitch, first.onset_beats, second.onset_beats) == (55, 3.0, 4.0)

    def test_a_line_below_the_compass_comes_up_by_octaves(self, take: Take) -> None:
        low = (12, 12, 15, 17, 19, 12, 24, 22)
        song = take(smf(notes((n, 0.95, low[n % 8]) for n in range(32))), element="bass")
        assert pitches(song, "bass") == [pitch + 12 for pitch in low] * 4
        assert "moved by +12 semitones into the range of bass, MIDI 23 to 108" in remarks(song)

    @pytest.mark.parametrize(("semitones", "octaves"), [(48, -12), (-48, +12)])
    def test_a_transposition_keeps_to_the_compass_as_well(self, take: Take, semitones: int, octaves: int) -> None:
        song = take(smf(tune()), semitones=semitones)
        assert pitches(song) == [pitch + semitones + octaves for pitch in TUNE]

    def test_a_span_wider_than_the_compass_is_refused(self, take: Take) -> None:
        with pytest.raises(ParameterError, match="lies at MIDI 2 to 126, but leads plays MIDI 21 to 108"):
            take(smf(notes((n, 0.9, (2, 126)[n % 2]) for n in range(8))))
