from __future__ import annotations

import numpy as np
import pytest

from tests.midi.writing import At, bass_line, beat, chords, meta, notes, smf, tune
from workbench.midi.file import read_midi
from workbench.midi.parts import Guess, TrackFacts, facts_of, guess, polyphony


def facts(
    name: str = "", program: int = 0, drums: bool = False, notes: int = 64, median: float = 60.0, voices: float = 1.0,
    beats: float = 0.5,
) -> TrackFacts:  # fmt: skip
    return TrackFacts(0, name, program, drums, notes, int(median) - 6, int(median) + 6, median, voices, beats)


@pytest.mark.parametrize(
    ("track", "role"),
    [
        (facts(drums=True, notes=2), "percussion"),
        (facts("Drum kit", median=45), "percussion"),
        (facts("Steel drums", program=114), "leads"),
        (facts(program=34, median=38), "bass"),
        (facts(program=81, median=40), "bass"),
        (facts("Sub bass", program=81, median=36), "bass"),
        (facts("Bassoon", program=70, median=50), "leads"),
        (facts("Bass drum", median=40), "percussion"),
        (facts("Piano", voices=3.1), "pads"),
        (facts(voices=2.4), "pads"),
        (facts(program=89, beats=4.0), "pads"),
        (facts("Lead synth", program=81, voices=2.0), "leads"),
        (facts(program=73, median=76), "leads"),
        (facts(program=122), "none"),
        (facts(notes=3), "none"),
    ],
)
def test_roles_are_guessed(track: TrackFacts, role: str) -> None:
    assert guess(track).role == role


def test_polyphony_counts_what_sounds_at_onsets() -> None:
    onsets = np.array([0.0, 0.0, 0.0, 4.0])
    assert polyphony(onsets, np.array([4.0, 4.0, 4.0, 1.0])) == 2.0


def found(name: str, *events: list[At], program: int = 0) -> Guess:
    track = [(0.0, meta(0x03, name)), (0.0, bytes([0xC0, program])), *(event for line in events for event in line)]
    return guess(facts_of(read_midi(smf(track)))[0])


PRODUCTS = (
    "Drums", "Drum Kit", "Battery 4", "EZdrummer", "Superior Drummer 3", "Addictive Drums", "Kick+Snare", "BeatMachine",
    "TR-808", "Schlagzeug", "Batterie", "Groove Agent", "Piano", "", "Track 4", "MIDI 03", "SSD5", "Bassdrum & Co",
)  # fmt: skip


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_beat_is_percussion_whatever_it_is_called(name: str) -> None:
    assert found(name, beat(8, channel=0)).role == "percussion"


@pytest.mark.parametrize("name", ["Bassline", "Reese", "Sub", "808", "Contrabass", "Low End", "Moog", "Basso",
                                  "Kontrabass", "Bass Drum Synth", "Upright", "Subtractor Lead", ""])  # fmt: skip
def test_a_low_line_is_bass_whatever_it_is_called(name: str) -> None:
    assert found(name, bass_line(8)).role == "bass"


@pytest.mark.parametrize(
    "name",
    ["Hat Open", "Open Hi-Hat", "HH_Open", "OpenHat", "hihat-closed", "Kick 909", "SD", "Rim", "Claps", "Shaker loop",
     "Percussão", "Perkusja", "Ударные", "ドラム", "드럼", "Caisse claire", "Bombo", "TR-909", "Toms", "Ride"],
)  # fmt: skip
def test_one_drum_alone_is_known_by_its_name(name: str) -> None:
    hits = notes((n / 2, 0.1, 42) for n in range(64))
    assert found(name, hits).role == "percussion"


@pytest.mark.parametrize("name", ["EZdrummer", "Superior Drummer", "BFDrums", "AD2", "MT-PowerDrumKit"])
def test_a_few_drums_without_a_hi_hat_are_known_by_the_name_of_a_program(name: str) -> None:
    hits = notes(((n, 0.05, (36, 36, 48, 38)[n % 4]) for n in range(32)), 3)
    assert found(name, hits).role == "percussion"


@pytest.mark.parametrize("name", ["Steel Drums", "Drum and Bass Lead", "Ch 1", "Oh", "Chorus", "Bassoon"])
def test_names_that_only_sound_like_drums_are_none(name: str) -> None:
    assert found(name, tune()).role in ("leads", "pads")


def test_doubt_is_said() -> None:
    assert found("Bass Drum Synth", bass_line(8)).doubt == "its name says percussion"
    assert found("Piano", beat(8, channel=0)).doubt == "its name says pads"
    assert "drums" in found("", notes((n / 2, 0.6, (36, 38)[n % 2]) for n in range(64))).doubt
    assert found("Drums", beat(8, channel=0)).doubt == ""


@pytest.mark.parametrize(
    ("line", "role"),
    [
        (bass_line(8), "bass"),
        (notes((n, 0.9, (40, 42, 35, 47, 45, 43)[n % 6]) for n in range(64)), "bass"),
        (notes((n / 2, 0.4, (36, 38, 42, 43)[n % 4]) for n in range(64)), "bass"),
        (tune(), "leads"),
        (chords([(36, 48, 52, 55), (42, 49, 54, 57)] * 8), "pads"),
        (chords([(38, 42, 45), (36, 40, 43)] * 8), "pads"),
    ],
    ids=("bass", "bass in E minor", "bass of a kit's pitches", "tune", "left and right hand", "low chords"),
)
def test_what_has_a_kits_pitches_is_not_a_beat(line: list[At], role: str) -> None:
    assert found("", line).role == role
