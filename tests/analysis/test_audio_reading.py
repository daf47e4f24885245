"""The gatekeeper: what it lets through is clean, and all else is one clear line."""

from __future__ import annotations

import struct

import numpy as np
import pytest
import soundfile

from workbench.analysis.audio_reading import read_audio
from workbench.domain.errors import AudioFileError

RATE = 48000


def write(path, channels=2, rate=RATE, seconds=0.5, **options):
    wave = 0.2 * np.sin(np.arange(round(seconds * rate)) / 10)
    soundfile.write(path, np.stack([wave * (c + 1) / channels for c in range(channels)], axis=1), rate, **options)
    return path


@pytest.mark.parametrize("name", ["a.wav", "a.aiff", "a.flac", "a.mp3", "a.ogg"])
def test_formats(tmp_path, name):
    audio = read_audio(write(tmp_path / name))
    assert audio.sample_rate_hz == RATE
    assert audio.duration_seconds == pytest.approx(0.5, abs=0.06)
    assert np.abs(audio.samples[1]).max() == pytest.approx(0.2, abs=0.03)


def test_mono_is_doubled_and_surround_is_refused(tmp_path):
    mono = read_audio(write(tmp_path / "mono.wav", channels=1))
    assert np.array_equal(mono.samples[0], mono.samples[1])
    fails(write(tmp_path / "wide.wav", channels=6), "expected mono or stereo, got 6 channels")


def test_resampling(tmp_path):
    audio = read_audio(write(tmp_path / "a.wav", rate=44100), sample_rate_hz=48000)
    assert audio.sample_rate_hz == 48000
    assert audio.samples.shape[1] == 24000


def fails(path, pattern):
    with pytest.raises(AudioFileError, match=pattern) as caught:
        read_audio(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_missing_folder_empty_and_text(tmp_path):
    fails(tmp_path / "none.wav", "found nothing")
    fails(tmp_path, "found a folder")
    (tmp_path / "empty.wav").touch()
    fails(tmp_path / "empty.wav", "0 bytes")
    (tmp_path / "text.wav").write_text("not audio at all, only words" * 50)
    fails(tmp_path / "text.wav", "cannot be read as audio")


def test_no_samples_nan_and_rates(tmp_path):
    soundfile.write(tmp_path / "none.wav", np.zeros((0, 2)), RATE)
    fails(tmp_path / "none.wav", "no samples")
    soundfile.write(tmp_path / "nan.wav", np.array([[0.0, np.nan], [np.inf, 0.0]]), RATE, subtype="FLOAT")
    fails(tmp_path / "nan.wav", "NaN or infinite")
    write(tmp_path / "slow.wav", rate=4000)
    fails(tmp_path / "slow.wav", "8000 to 192000 Hz, got 4000 Hz")
    data = bytearray(write(tmp_path / "no-rate.wav").read_bytes())
    place = data.index(b"fmt ") + 12
    data[place : place + 4] = bytes(4)
    (tmp_path / "no-rate.wav").write_bytes(data)
    fails(tmp_path / "no-rate.wav", "its header lacks a sample rate or channels")
    write(tmp_path / "fast.wav", rate=1_000_000, seconds=0.01)
    fails(tmp_path / "fast.wav", "got 1000000 Hz")


@pytest.mark.parametrize("name", ["cut.wav", "cut.aiff", "cut.flac"])
def test_cut_short(tmp_path, name):
    data = write(tmp_path / name, seconds=2.0).read_bytes()
    (tmp_path / name).write_bytes(data[: len(data) // 2])
    fails(tmp_path / name, "promises|cannot be read")


def test_header_that_promises_gigabytes(tmp_path):
    data = bytearray(write(tmp_path / "lie.wav").read_bytes())
    place = data.index(b"data") + 4
    data[place : place + 4] = struct.pack("<I", 0x70000000)
    (tmp_path / "lie.wav").write_bytes(data)
    fails(tmp_path / "lie.wav", "promises")


def test_unknown_length_of_a_pipe_is_accepted(tmp_path):
    data = bytearray(write(tmp_path / "pipe.wav").read_bytes())
    place = data.index(b"data") + 4
    data[4:8] = data[place : place + 4] = b"\xff\xff\xff\xff"
    (tmp_path / "pipe.wav").write_bytes(data)
    assert read_audio(tmp_path / "pipe.wav").duration_seconds == pytest.approx(0.5, abs=0.01)


def outcome(path):
    try:
        return read_audio(path), ""
    except AudioFileError as error:
        return None, str(error)


def test_torture_collection(development_data):
    files = [path for path in sorted((development_data / "torture").iterdir()) if path.suffix != ".csv"]
    results = [(path.name, *outcome(path)) for path in files]
    accepted = {name: audio for name, audio, _ in results if audio is not None}
    assert len(files) == 40
    assert len(accepted) >= 20
    assert all(np.isfinite(audio.samples).all() and audio.samples.shape[1] > 0 for audio in accepted.values())
    assert not any("\n" in message for _, _, message in results)
    assert not accepted.keys() & {name for name in accepted if "early-eof" in name or "incomplete" in name}
