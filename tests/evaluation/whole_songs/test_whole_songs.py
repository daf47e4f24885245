"""Whole songs: features of lines whose every number is known, hooks, tables and bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evaluation.criteria import criteria_of, observations_of
from evaluation.whole_songs.drums import drum_features
from evaluation.whole_songs.form import ends_on_chord, form_rows
from evaluation.whole_songs.hooks import find_hook, likeness
from evaluation.whole_songs.human import GENERATED, load_generated, load_human
from evaluation.whole_songs.human_comparison import BANDS, LARGEST_ACCURACY, judge_songs
from evaluation.whole_songs.lines import line_features, phrase_starts
from evaluation.whole_songs.reading import LONGEST_BARS, as_read
from evaluation.whole_songs.songs import FAMILIES, WholeSong, song_requests
from evaluation.whole_songs.tables import FEATURES, read_tables, table_of, tables_of, write_tables
from evaluation.whole_songs.voices import repetition, voice_of
from workbench.concept.style import list_styles
from workbench.domain.errors import ParameterError
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.score import Note, Part, Score
from workbench.domain.theory import Chord, Key, Metre

IDEA = ((0.0, 60), (1.0, 62), (2.0, 64), (3.0, 60))


def lead_song(*bars: Sequence[tuple[float, int]], sections: tuple[SectionPlan, ...] = ()) -> Score:
    """A lead of quarter notes under one C major chord; each bar is given as (beat, pitch)."""
    notes = tuple(Note(4.0 * number + beat, pitch, 1.0, 90) for number, bar in enumerate(bars) for beat, pitch in bar)
    whole = (SectionPlan("song", "song", 0, len(bars), 0.5, ("leads",)),)
    chord = replace(Chord.parse("C"), duration_beats=4.0 * len(bars))
    parts = {"leads": Part("leads", notes)}
    return Score("song", 120.0, Metre(), Key.parse("C"), sections or whole, (chord,), parts)


def section(name: str, start: int, bars: int) -> SectionPlan:
    return SectionPlan(name, name, start, bars, 0.5, ("leads",))


def test_a_line_is_measured() -> None:
    score = lead_song(IDEA, IDEA, (), ((0.0, 72),))
    row = line_features(voice_of(score, "leads"), score.chords, highest=True)
    assert row["bars_playing"] == 0.75
    assert row["notes_a_bar"] == 9 / 4
    # Moves: up 2, up 2, down 4, none, up 2, up 2, down 4, up 12.
    assert row["steps"] == 4 / 8
    assert row["thirds"] == 2 / 8
    assert row["same_pitch"] == row["octaves"] == row["leaps"] == 1 / 8
    # All but two of nine are tones of C major.
    assert row["chord_tones"] == pytest.approx(7 / 9)
    # From the last note of bar 2 at beat 7 to that at beat 12.
    assert row["gap_in_four_bars"] == 5.0
    assert row["on_one"] == 3 / 9
    assert row["few_pitches"] == 1 / 2


def test_phrases_end_where_two_beats_are_silent() -> None:
    line = voice_of(lead_song(IDEA, ((0.0, 60), (3.0, 62)), IDEA), "leads")
    assert phrase_starts(line).tolist() == [0, 5]


def test_repetition_counts_what_comes_back() -> None:
    other = tuple((beat, pitch + 1) for beat, pitch in IDEA)
    voice = voice_of(lead_song(IDEA, other, IDEA, other), "leads")
    assert repetition(voice, pitched=True)["notes_again_1"] == 0.0
    assert repetition(voice, pitched=True)["notes_again_2"] == 1.0
    assert repetition(voice, pitched=False)["rhythm_again_1"] == 1.0


def test_drums_that_fill_change_at_the_ends_of_phrases() -> None:
    beat = [Note(4.0 * bar + place, 36, 0.25, 100) for bar in range(8) for place in range(4)]
    fills = [Note(4.0 * bar + 3.5, 45, 0.25, 100) for bar in (3, 7)]
    song = replace(lead_song(*[()] * 8), parts={"percussion": Part("percussion", tuple(sorted(beat + fills)))})
    row = drum_features(voice_of(song, "percussion"))
    assert row["kick_a_bar"] == 4.0
    assert row["toms_a_bar"] == 2 / 8
    assert row["change_at_fours"] == pytest.approx(1 / 9)
    assert row["distinct_bars"] == 2 / 8


def test_a_hook_is_found_again_in_any_key_and_not_in_the_verse() -> None:
    hook = [IDEA, ((0.0, 67), (1.5, 65)), IDEA, ((0.0, 64),)]
    verse = [((0.5, 50),), ((0.5, 55), (2.5, 50))] * 2
    higher = [tuple((beat, pitch + 2) for beat, pitch in bar) for bar in hook]
    sections = (section("chorus", 0, 4), section("verse", 4, 4), section("chorus", 8, 4))
    found = find_hook(lead_song(*hook, *verse, *higher, sections=sections))
    assert found is not None
    assert found.returns == 1.0
    assert found.in_verse is not None
    assert found.in_verse < 0.3
    assert find_hook(lead_song(*verse)) is None
    assert likeness(set(), {(0, 60)}) == 0.0


def test_tables_keep_what_they_were_given(tmp_path: Path, tiny_score: Score) -> None:
    tables = tables_of([("one", "ours", tiny_score), ("two", "ours", tiny_score)])
    assert set(tables) == set(FEATURES)
    write_tables(tables, tmp_path)
    read = read_tables(tmp_path)
    for kind, table in tables.items():
        assert read[kind].names == table.names
        assert read[kind].songs == ("one", "two")
        assert np.allclose(read[kind].values, table.values, rtol=1e-3, atol=1e-6)
    with pytest.raises(ParameterError, match="measure-human"):
        read_tables(tmp_path / "nowhere")
    with pytest.raises(ParameterError, match="got none"):
        table_of([])


def test_no_generated_song_is_called_human() -> None:
    human, generated = load_human(), load_generated()
    for kind in FEATURES:
        assert GENERATED not in human[kind].origins
        assert set(generated[kind].origins) == {GENERATED}
        assert len(human[kind]) >= 60
        assert set(BANDS.get(kind, ())) <= set(human[kind].names)


def test_the_suite_holds_every_style_three_times() -> None:
    styles = [request.parameters.creative.style for _, request in song_requests()]
    assert len(styles) >= 60
    assert {style: styles.count(style) for style in list_styles()} == dict.fromkeys(list_styles(), 3)
    assert {style for styles in FAMILIES.values() for style in styles} == set(list_styles())


def test_a_score_is_read_as_a_midi_file_is(tiny_score: Score) -> None:
    read = as_read(tiny_score)
    for name, part in tiny_score.parts.items():
        assert sorted(note.start_beats for note in part.notes) == pytest.approx(
            sorted(note.start_beats for note in read.parts[name].notes)
        )
        assert all(abs(note.onset_beats * 12 % 1.0) < 1e-6 for note in read.parts[name].notes)
    # Chords come from the notes: another key and other symbols change nothing.
    assert as_read(replace(tiny_score, key=Key.parse("E minor"), chords=())).chords == read.chords
    swung = replace(tiny_score, parts={"bass": Part("bass", (Note(0.25, 40, 0.2, 90, 0.08),))})
    assert as_read(swung).parts["bass"].notes[0].onset_beats == pytest.approx(1.0 / 3.0)


def test_long_songs_are_read_as_far_as_people_s(tiny_score: Score) -> None:
    last = replace(tiny_score.sections[-1], bars=LONGEST_BARS)
    late = Note((LONGEST_BARS + 1) * tiny_score.metre.bar_beats, 40, 1.0, 90)
    long = replace(tiny_score, sections=(*tiny_score.sections[:-1], last), parts={"bass": Part("bass", (late,))})
    assert long.bars > LONGEST_BARS
    assert as_read(long).bars == LONGEST_BARS
    assert as_read(long).parts["bass"].notes == ()


def test_songs_end_on_a_chord_or_not(tiny_score: Score) -> None:
    assert ends_on_chord(replace(tiny_score, key=Key.parse("Eb")))
    assert not ends_on_chord(tiny_score)
    bass_alone = {"bass": Part("bass", (Note(12.0, 41, 4.0, 90),))}
    assert not ends_on_chord(replace(tiny_score, parts=bass_alone))


def test_every_bar_is_judged(tiny_plan: Plan, tiny_score: Score) -> None:
    songs = [WholeSong(f"song-{number}", tiny_plan, tiny_score) for number in range(6)]
    rows = judge_songs(songs, load_human(), load_generated())
    names = [criterion.name for criterion in criteria_of(rows)]
    for kind in LARGEST_ACCURACY:
        assert f"{kind} distinguished from people's" in names
        assert any(row.name == f"{kind} distinguished, human halves" for row in observations_of(rows))
    # A chorus of one bar is no chorus.
    short = next(row for row in criteria_of(form_rows(songs)) if "8 bars or more" in row.name)
    assert (short.value, short.holds) == (0.0, False)
