"""Parameters of plug-ins that move over bars and beats, heard in the sound of Debian's zam-plugins."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from workbench.domain.audio import Audio
from workbench.domain.automation import Point, value_at
from workbench.domain.errors import ParameterError
from workbench.domain.moves import Insert, StripMove
from workbench.domain.plan import Plan
from workbench.domain.plan_form import plan_from_dict, plan_to_dict
from workbench.domain.results import Track
from workbench.domain.score import Score
from workbench.editing import edit_song, parse_edits
from workbench.editing.loops import repeated
from workbench.editing.song import Song
from workbench.mixing import mix
from workbench.mixing.inserts import with_inserts
from workbench.plugins import named_plugins, vst3
from workbench.plugins.lanes import block_starts, values_at
from workbench.rendering import render
from workbench.session.excerpt import excerpt_of

RATE_HZ = 48000
LANE = (Point(1, 0.0, hold=True), Point(2, 12.0), Point(4, 0.0))
"""Silent for a bar, then 12 dB at once, which go back to 0 over two bars."""


def tone(seconds: float) -> np.ndarray:
    """A sine of 1 kHz at 0.1, so that levels can be read from it."""
    wave = 0.1 * np.sin(2 * np.pi * 1000 * np.arange(round(seconds * RATE_HZ)) / RATE_HZ + 1.0)
    return np.stack([wave, wave]).astype(np.float32)


def gain_db(made: np.ndarray, sound: np.ndarray, at_seconds: float) -> float:
    """What 20 ms around a time were raised by."""
    place = slice(round((at_seconds - 0.01) * RATE_HZ), round((at_seconds + 0.01) * RATE_HZ))
    return float(20.0 * np.log10(np.sqrt(np.mean(made[0, place] ** 2) / np.mean(sound[0, place] ** 2))))


def with_tempi(score: Score) -> Score:
    """The score with its second half at half the tempo."""
    first, *others = score.sections
    return replace(score, sections=(first, *(replace(one, tempo_bpm=score.tempo_bpm / 2.0) for one in others)))


def test_zam_compressor_moves_its_gain_at_the_bars_that_are_stated(
    real: Callable[[str], None], tiny_score: Score
) -> None:
    real("ZamComp")
    score = with_tempi(tiny_score)
    assert len(score.sections) > 1
    bars = score.sections[0].bars
    # Over the change of tempo: the last bar before it at 12 dB, which are gone a bar behind it.
    lane = (Point(1, 0.0, hold=True), Point(bars, 12.0), Point(bars + 2, 0.0))
    move = StripMove(inserts=(Insert("ZamComp", {"Makeup": lane, "Threshold": 0.0}),))
    times = [score.tempo_map.seconds_at(bar * score.metre.bar_beats) for bar in (bars - 1, bars, bars + 1)]
    sound = tone(times[-1] + 1.0)
    made = with_inserts(sound, move, score, RATE_HZ)
    assert gain_db(made, sound, times[0] - 0.05) == pytest.approx(0.0, abs=0.01)
    assert gain_db(made, sound, times[0] + 0.05) > 11.0
    # Between points it moves evenly over time: the share of the way that has passed.
    way = times[2] - times[0]
    for at in (times[0] + 0.3, times[1] - 0.1, times[1], times[1] + 0.5, times[2] - 0.1):
        assert gain_db(made, sound, at) == pytest.approx(12.0 * (times[2] - at) / way, abs=0.05)
    assert gain_db(made, sound, times[2] + 0.5) == pytest.approx(0.0, abs=0.01)
    first = int(np.argmax(np.abs(made[0]) > np.abs(sound[0]) * 1.5))
    assert first == pytest.approx(round(times[0] * RATE_HZ), abs=1), "a leap is exact to the sample"
    np.testing.assert_array_equal(with_inserts(sound, move, score, RATE_HZ), made)


def test_what_does_not_move_sounds_as_without_points(real: Callable[[str], None], tiny_score: Score) -> None:
    real("ZamComp")
    sound = tone(1.0)
    made = [
        with_inserts(sound, StripMove(inserts=(Insert("ZamComp", settings, bypass),)), tiny_score, RATE_HZ)
        for settings, bypass in (
            ({"Makeup": 6.0}, False), ({"Makeup": (Point(1, 6.0),)}, False), ({"Makeup": 6.0}, True),
        )
    ]  # fmt: skip
    np.testing.assert_allclose(made[0], made[1], atol=1e-6)
    assert gain_db(made[0], sound, 0.5) > 3.0
    np.testing.assert_array_equal(made[2], sound)


def test_a_song_keeps_its_lanes_and_plays_them(real: Callable[[str], None], tiny_track: Track, tmp_path: Path) -> None:
    real("ZamComp")
    song = Song(tiny_track.plan, tiny_track.score, tiny_track.edits)
    points = [{"bar": 1, "value": 0, "hold": True}, {"bar": 2, "value": 12}, {"bar": 4, "value": 0}]
    wanted = {
        "edit": "mix", "element": "bass", "inserts": [{"plugin": "ZamComp", "settings": {"Makeup": points}}],
    }  # fmt: skip
    changed = edit_song(song, [wanted])
    assert changed.plan.mix["bass"].inserts == (Insert("ZamComp", {"Makeup": LANE}),)
    assert plan_from_dict(plan_to_dict(changed.plan)) == changed.plan
    assert changed.plan.decisions[-1].value == "mix: element bass, inserts ZamComp"
    # What the history holds makes the same song again.
    again = edit_song(song, parse_edits(list(changed.state.history)))
    assert again.plan.mix == changed.plan.mix
    stems = {name: Audio(tone(16.0), RATE_HZ) for name in tiny_track.score.parts}
    dry, wet = (
        mix(stems, tiny_track.score, replace(tiny_track.plan, mix={"bass": StripMove(inserts=inserts)})).stems["bass"]
        for inserts in ((), changed.plan.mix["bass"].inserts)
    )
    bar = tiny_track.plan.bar_seconds
    raised = [gain_db(wet.samples, dry.samples, at * bar) for at in (0.9, 1.1, 2.0)]
    assert raised[1] - raised[0] > 6.0
    assert raised[0] < raised[2] < raised[1]


def test_faults_of_points_are_told(real: Callable[[str], None], tiny_track: Track) -> None:
    real("ZamComp")
    song = Song(tiny_track.plan, tiny_track.score, tiny_track.edits)

    def asked(points: object) -> Song:
        inserts = [{"plugin": "ZamComp", "settings": {"Makeup": points}}]
        return edit_song(song, [{"edit": "mix", "element": "bass", "inserts": inserts}])

    with pytest.raises(ParameterError, match=r"ZamComp: Makeup: expected 0 to 30, got 99.0"):
        asked([{"bar": 1, "value": 0}, {"bar": 2, "value": 99}])
    with pytest.raises(ParameterError, match=r"Makeup: expected points in the order of their places"):
        asked([{"bar": 2, "value": 0}, {"bar": 1, "value": 1}])
    with pytest.raises(ParameterError, match=r"bar: 0 is below the limit; expected 1 to 100000"):
        asked([{"bar": 0, "value": 0}])
    with pytest.raises(ParameterError, match=r"Makeup: is empty"):
        asked([])
    with pytest.raises(ParameterError, match=r"Makeup: true is not"):
        asked(True)
    moved = {"edit": "sound", "element": "bass", "settings": {"filter.cutoff_hz": [{"bar": 1, "value": 300}]}}
    with pytest.raises(ParameterError, match=r"filter.cutoff_hz: expected a value, got points: only"):
        edit_song(song, [moved])


def test_bars_that_move_take_their_points_along(tiny_track: Track) -> None:
    move = StripMove(inserts=(Insert("Elsewhere", {"gain": LANE}),))
    plan = replace(tiny_track.plan, mix={"bass": move})
    song = Song(plan, tiny_track.score, tiny_track.edits)
    names = [section.name for section in plan.sections]
    turned = edit_song(song, [{"edit": "reorder", "sections": list(reversed(names))}])
    lane = turned.plan.mix["bass"].inserts[0].settings["gain"]
    assert isinstance(lane, tuple)
    assert len(names) > 1
    start = 0
    for section in reversed(plan.sections):
        for bar in range(section.bars):
            now, then = (4.0 * (first + bar) + 0.5 for first in (start, section.start_bar))
            assert value_at(lane, now, 4.0) == value_at(LANE, then, 4.0)
        start += section.bars
    cut = excerpt_of(plan, tiny_track.score, range(2, 3), ["bass"])
    earlier = cut.plan.mix["bass"].inserts[0].settings["gain"]
    assert isinstance(earlier, tuple)
    lead = 2 - round(cut.offset_samples / plan.delivery.sample_rate_hz / plan.bar_seconds)
    assert [point.bar for point in earlier] == [point.bar - (2 - lead) for point in LANE]


def test_an_instrument_moves_too(tiny_plan: Plan, tiny_score: Score, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {}

    def play(name, settings, events, length, rate, place):  # type: ignore[no-untyped-def]
        asked.update(settings=settings, placed=place(settings["Level"]))
        return np.zeros((2, length), np.float32)

    monkeypatch.setattr("workbench.rendering.plugin_instrument.play_instrument", play)
    score = with_tempi(tiny_score)
    plan = replace(tiny_plan, patches={"leads": "plugin:Nowhere"}, patch_settings={"leads": {"Level": LANE}})
    render(replace(score, parts={"leads": score.parts["leads"]}), plan)
    rate = tiny_plan.delivery.sample_rate_hz
    starts = [score.tempo_map.seconds_at(bar * score.metre.bar_beats) for bar in (0, 1, 3)]
    assert [sample for sample, _, _ in asked["placed"]] == [round(start * rate) for start in starts]


def test_blocks_are_short_and_begin_at_points() -> None:
    lane = [(100, -6.0, True), (5000, 0.0, False), (9000, 8.0, False)]
    starts = block_starts({"gain": lane}, 10_000)
    assert {100, 5000, 9000} <= set(starts.tolist())
    assert np.diff(starts).max() <= 64
    values = dict(zip(starts.tolist(), values_at(lane, starts), strict=True))
    assert values[0] == values[100] == -6.0
    assert values[5000] == 0.0
    assert values[6976] == pytest.approx(8.0 * (6976 - 5000) / 4000)
    assert values[9984] == 8.0
    words = values_at([(0, "A", False), (100, "B", False)], np.array([0, 99, 100]))
    assert words == ["A", "A", "B"]


class _Knob:
    """A parameter that is bent: half way up it shows -15 dB."""

    name, raw_value, num_steps, label = "Gain", 0.0, 1 << 31, "dB"

    @staticmethod
    def get_text_for_raw_value(place: float) -> str:
        return f"{-60.0 * (1.0 - place) ** 2:.4f}"

    @property
    def string_value(self) -> str:
        return self.get_text_for_raw_value(self.raw_value)


def test_what_a_vst3_plug_in_shows_moves_in_straight_lines() -> None:
    starts = np.arange(0, 6400, 64)
    places = vst3._places(_Knob(), [(0, -60.0, False), (6400, 0.0, False)], starts)
    shown = [float(_Knob.get_text_for_raw_value(place)) for place in places]
    np.testing.assert_allclose(shown, -60.0 + 60.0 * starts / 6400, atol=0.01)


def test_a_loop_moves_in_every_turn(tiny_track: Track) -> None:
    move = StripMove(inserts=(Insert("Elsewhere", {"gain": LANE}),))
    plan = replace(tiny_track.plan, mix={"bass": move})
    longer, _ = repeated(plan, tiny_track.score, 3)
    lane = longer.mix["bass"].inserts[0].settings["gain"]
    assert isinstance(lane, tuple)
    for turn in range(3):
        for beat in (0.5, 4.0, 6.5, 11.0):
            at = turn * tiny_track.score.length_beats + beat
            assert value_at(lane, at, 4.0) == pytest.approx(value_at(LANE, beat, 4.0))


def test_a_channel_of_what_does_not_play_names_no_plug_in(tiny_plan: Plan) -> None:
    move = StripMove(inserts=(Insert("Elsewhere"), Insert("Quiet", bypass=True)))
    assert named_plugins(replace(tiny_plan, mix={"bass": move})) == ["Elsewhere"]
    palette = tuple(name for name in tiny_plan.palette if name != "bass")
    assert named_plugins(replace(tiny_plan, mix={"bass": move}, palette=palette)) == []
