"""An edit and its inverse give back the song, number for number; ranges hold on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from workbench.domain.errors import ParameterError
from workbench.domain.plain_data import to_plain
from workbench.editing import Song, edit_song

Edits = list[dict[str, Any]]


def facts(song: Song) -> object:
    """All of a song but its history."""
    state = replace(song.state, history=())
    return to_plain((replace(song.plan, decisions=()), song.score, state))


def muted(kind: str, element: str = "pads", **place: Any) -> dict[str, Any]:
    return {"edit": kind, "element": element, **place}


@pytest.mark.parametrize(
    "edits",
    [
        [muted("mute"), muted("unmute")],
        [muted("mute", bars=[5, 6]), muted("unmute", bars=[5, 6])],
        [muted("mute", section="verse"), muted("mute"), muted("unmute")],
        [muted("mute", section="verse"), muted("mute"), muted("unmute", section="verse"), muted("unmute")],
        [muted("mute", bars=[5, 14]), muted("unmute", bars=[7, 8]), muted("unmute")],
        [muted("mute"), muted("unmute", bars=[1, 9]), muted("mute", bars=[3, 4]), muted("unmute")],
        [muted("mute"), muted("mute", "bass"), muted("unmute"), muted("unmute", "bass")],
        [{"edit": "tempo", "bpm": 97}, {"edit": "tempo", "bpm": 120}],
        [{"edit": "lock", "bars": [3, 9]}, {"edit": "unlock"}],
        [{"edit": "transpose", "semitones": 5}, {"edit": "transpose", "semitones": -5}],
        # Deluge 3105, audacity 7795: a large change of tempo came back a step off, or not at all.
        [*({"edit": "tempo", "bpm": bpm} for bpm in (119, 117.5, 101.7, 80.01)), {"edit": "tempo", "bpm": 120}],
        # audacity 7802: what was changed after something else came back with it.
        [muted("mute", section="verse"), {"edit": "tempo", "bpm": 90}, muted("unmute"), {"edit": "tempo", "bpm": 120}],
        [{"edit": "transpose", "semitones": n, "bars": [2, 7]} for n in (4, -1, -3)],
        [{"edit": "mix", "element": "bass", "gain_db": gain} for gain in (-3.3, 6, 0)],
    ],
    ids=range(14),
)
def test_an_inverse_gives_the_song_back(song: Song, edits: Edits) -> None:
    assert facts(edit_song(song, edits)) == facts(song)


def test_a_chord_that_a_border_parted_is_one_again(song: Song) -> None:
    first, *others = song.score.chords
    four_bars = replace(first, duration_beats=4 * song.bar_beats)
    later = [chord for chord in others if chord.onset_beats >= four_bars.end_beats]
    held = replace(song, score=replace(song.score, chords=(four_bars, *later)))
    there, back = ({"edit": "transpose", "semitones": by, "bars": [2, 3]} for by in (3, -3))
    parted = edit_song(held, [there])
    assert [chord.onset_beats for chord in parted.score.chords[:3]] == [0.0, song.bar_beats, 3 * song.bar_beats]
    assert facts(edit_song(parted, [back])) == facts(held)
    # Two chords that were two stay two.
    twice = (replace(four_bars, duration_beats=song.bar_beats), replace(four_bars, onset_beats=song.bar_beats))
    twice = (twice[0], replace(twice[1], duration_beats=3 * song.bar_beats))
    struck = replace(song, score=replace(song.score, chords=(*twice, *later)))
    assert facts(edit_song(struck, [there, back])) == facts(struck)


def test_muting_a_place_again_leads_to_the_same_song(song: Song) -> None:
    whole = edit_song(song, [muted("mute")])
    there_and_back = [muted("mute"), muted("unmute", section="verse 1"), muted("mute", section="verse 1")]
    assert facts(edit_song(song, there_and_back)) == facts(whole)
    piecewise = [muted("mute", section=name) for name in ("chorus 2", "verse", "chorus 1", "intro")]
    assert facts(edit_song(song, piecewise)) == facts(whole)


def test_only_the_bars_that_are_named_come_back(song: Song) -> None:
    changed = edit_song(song, [muted("mute"), muted("unmute", bars=[6, 7])])
    heard = {changed.bar_of(note) for note in changed.score.parts["pads"].notes}
    before = {song.bar_of(note) for note in song.score.parts["pads"].notes}
    assert heard == before & {5, 6}
    assert [(mute.first_bar, mute.end_bar) for mute in changed.state.mutes] == [(0, 5), (7, 20)]


@pytest.mark.parametrize("own", [100.0, 87.5, 99.99, 133.3333])
@pytest.mark.parametrize("steps", [(97.0,), (60.5, 239.0, 81.3), (113.7, 91.9, 119.999)])
def test_a_sections_own_tempo_comes_back_to_the_digit(song: Song, own: float, steps: tuple[float, ...]) -> None:
    start = edit_song(song, [{"edit": "tempo", "bpm": own, "section": "verse"}])
    moves = [{"edit": "tempo", "bpm": bpm} for bpm in (*steps, 120.0)]
    if all(40 <= own * bpm / 120 <= 240 for bpm in steps):
        assert facts(edit_song(start, moves)) == facts(start)
    else:
        with pytest.raises(ParameterError, match="in proportion, expected 40 to 240"):
            edit_song(start, moves)


def test_a_sections_tempo_stays_in_the_range(song: Song) -> None:
    start = edit_song(song, [{"edit": "tempo", "bpm": 60, "section": "verse"}])
    with pytest.raises(ParameterError, match="a section at 60 BPM would go at 25 in proportion, expected 40 to 240"):
        edit_song(start, [{"edit": "tempo", "bpm": 50}])
