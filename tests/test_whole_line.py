"""The real line, networks and all, on a short song: what was promised is true of the files on disk."""

import hashlib
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest

import workbench
from evaluation.sound.second_meter import MISSING, is_installed, second_opinion
from workbench.domain.request import GenerationRequest, parse_request
from workbench.domain.results import Track
from workbench.output import decode

ELEMENTS = {"bass", "percussion", "pads", "leads"}


def request(**options: Any) -> GenerationRequest:
    return parse_request(
        {
            "project_id": "short",
            "parameters": {
                "creative": {"concept": "driving synthwave at night", "mood": "wistful"},
                "technical": {"tempo": 120, "key": "F minor", "duration": 16, "structure": ["verse", "chorus"]},
                "sound_design": {"palette": ["bass", "percussion", "pads", "leads"], "texture_density": 0.7},
            },
            "options": {"seed": 11, **options},
        }
    )


@pytest.fixture(scope="module")
def track() -> Track:
    return workbench.generate(request(iterations=2))


@pytest.fixture(scope="module")
def folder(track: Track, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("whole") / "song"
    workbench.export(track, target)
    return target


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_what_was_asked_for_is_in_the_score(track: Track) -> None:
    assert (track.score.tempo_bpm, str(track.score.key)) == (120.0, "F minor")
    assert [section.name for section in track.score.sections] == ["verse", "chorus"]
    assert set(track.score.parts) == set(track.mix.stems) == ELEMENTS
    assert all(part.notes for part in track.score.parts.values())
    bar_seconds = 2.0
    assert abs(track.score.duration_seconds - 16.0) <= bar_seconds
    assert 0.0 <= track.master.duration_seconds - track.score.duration_seconds <= 6.0


@pytest.mark.skipif(not is_installed(), reason=MISSING)
def test_the_written_master_keeps_its_targets_by_a_second_meter(folder: Path) -> None:
    heard = decode((folder / "master.wav").read_bytes())
    second = second_opinion(heard)
    assert second is not None
    assert second.integrated_lufs == pytest.approx(-14.0, abs=0.1)
    assert second.true_peak_dbtp <= -1.0


def test_the_written_stems_sum_to_the_mix(track: Track, folder: Path) -> None:
    total = sum(decode((folder / "stems" / f"{name}.wav").read_bytes()).samples for name in ELEMENTS)
    assert 20 * np.log10(np.abs(total - track.mix.audio.samples).max() + 1e-12) < -90


def test_the_midi_says_what_the_score_says(folder: Path) -> None:
    song = mido.MidiFile(folder / "midi" / "song.mid")
    tempo = next(message for message in song.tracks[0] if message.type == "set_tempo")
    assert mido.tempo2bpm(tempo.tempo) == 120.0
    markers = [message.text for message in song.tracks[0] if message.type == "marker"]
    assert markers == ["verse", "chorus"]
    assert {piece.name for piece in song.tracks[1:]} == ELEMENTS


def test_an_alternative_made_alone_has_the_same_bytes(track: Track, folder: Path, tmp_path: Path) -> None:
    """The same request and seed twice, once as second candidate and once alone, encoders and report included."""
    workbench.export(workbench.generate(track.alternatives[0].request), tmp_path / "alone")
    assert digests(tmp_path / "alone") == digests(folder / "alternatives" / "1")


def test_another_seed_gives_another_song(track: Track) -> None:
    other = track.alternatives[0]
    for element in ELEMENTS:
        assert other.score.parts[element].notes != track.score.parts[element].notes
    assert not np.array_equal(other.master.samples, track.master.samples)


def test_the_report_is_about_this_track(track: Track) -> None:
    failed = [check for check in track.report.checks if check.outcome == "fail"]
    assert failed == []
    assert track.report.measurements["integrated_loudness_lufs"] == pytest.approx(-14.0, abs=0.1)
    assert set(track.provenance.model_hashes) == {"harmony", *ELEMENTS}
