"""The player's audio and the piano roll's drawing data, as plain values."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from workbench.domain.audio import Audio
from workbench.domain.results import Track
from workbench.domain.score import Score
from workbench.output.report.page_audio import encode_for_page
from workbench.output.report.player_data import player_data
from workbench.output.report.roll_data import roll_data
from workbench.widgets.roll import PianoRoll


def test_encoded_audio_keeps_the_sound(tiny_track: Track) -> None:
    decoded, rate = soundfile.read(io.BytesIO(encode_for_page(tiny_track.mix.stems["bass"])))
    original = tiny_track.mix.stems["bass"].samples
    count = min(len(decoded), original.shape[1])
    error = decoded[:count].T - original[:, :count]
    assert rate == 48000
    assert np.sqrt(np.mean(error**2)) < 0.05 * np.sqrt(np.mean(original**2))


def test_high_rates_and_long_songs_can_be_encoded() -> None:
    noise = 0.1 * np.random.default_rng(3).standard_normal((2, 96000 * 40)).astype(np.float32)
    info = soundfile.info(io.BytesIO(encode_for_page(Audio(noise, 96000))))
    assert info.samplerate == 48000
    assert info.duration == pytest.approx(40.0, abs=0.05)


def test_sections_and_peaks_reach_the_player(tiny_track: Track) -> None:
    data = player_data(tiny_track)
    assert [(section["name"], section["start"], section["end"]) for section in data["sections"]] == [
        ("intro", 0.0, 2.0),
        ("verse", 2.0, 6.0),
        ("chorus", 6.0, 8.0),
    ]
    assert max(data["peaks"]) == 1.0
    assert min(data["peaks"]) >= 0.0


def test_the_roll_places_each_note(tiny_score: Score) -> None:
    data = roll_data(tiny_score)
    assert len(data["notes"]) == sum(len(part.notes) for part in tiny_score.parts.values())
    lead = next(note for note in data["notes"] if data["elements"][note[4]]["name"] == "leads")
    # The first lead note: bar 2, beat 1, 15 thousandths of a beat late, half a beat long, at 120 BPM.
    assert lead == [pytest.approx(2.0075), 0.25, 72, 90, 3, False, "2.1"]
    assert data["lanes"] == ["kick", "snare", "closed hat"]
    kick = next(note for note in data["notes"] if note[5] and note[2] == 0)
    assert kick[:2] == [0.0, 0.125]
    assert all(data["low"] < note[2] < data["high"] for note in data["notes"] if not note[5])


def test_the_roll_shows_chords_in_the_spelling_of_the_key(tiny_score: Score) -> None:
    chords = roll_data(tiny_score)["chords"]
    assert [(chord["start"], chord["symbol"]) for chord in chords] == [
        (0.0, "Fm7"), (2.0, "Dbmaj7"), (4.0, "Ab"), (6.0, "Eb/G"),
    ]  # fmt: skip


def test_the_roll_of_a_song_without_drums(tiny_score: Score) -> None:
    parts = {name: part for name, part in tiny_score.parts.items() if name != "percussion"}
    data = PianoRoll(replace(tiny_score, parts=parts)).data
    assert data["lanes"] == []
    assert not any(note[5] for note in data["notes"])


def test_drums_alone_keep_no_room_for_pitches(tiny_score: Score) -> None:
    drums = roll_data(replace(tiny_score, parts={"percussion": tiny_score.parts["percussion"]}))
    assert drums["high"] == drums["low"] - 1
    assert drums["lanes"] == ["kick", "snare", "closed hat"]
