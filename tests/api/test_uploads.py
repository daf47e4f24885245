"""The upload of the HTTP API is the door of `analyze`: what one reads or refuses, so does the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.analysis import odd_files as odd
from tests.api.conftest import PREFIX, Server

READ = {
    "mix.w64": odd.encoded(odd.sound(1.0), "W64", "PCM_16"),
    "mix.caf": odd.encoded(odd.sound(1.0), "CAF", "PCM_16"),
    "mix.mp3": bytes(3000) + odd.mp3(odd.sound(1.0)),
    "夜の海.wav": odd.long_wave(odd.sound(1.0), b"BW64"),
}
REFUSED = {
    "song.mp3": (b"<!DOCTYPE html><html>404</html>", "it is a web page"),
    "song.wav": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "a Git LFS pointer"),
    "song.flac": (b"\0\0\0\x20ftypM4A " + bytes(40), "it is an MP4 or M4A file"),
    "tune.mid": (b"MThd\0\0\0\6\0\0\0\1\0\x60", "it is a MIDI file"),
    "surround.wav": (odd.encoded(odd.sound(1.0, channels=6), "WAV", "PCM_16"), "got 6 channels"),
    "none.wav": (b"", "it is empty"),
}


def upload(server: Server, name: str, data: bytes, **form: str) -> Any:
    return server.client.post(f"{PREFIX}/analyze", files={"file": (name, data)}, data=form, headers=server.key())


@pytest.mark.parametrize("name", READ)
def test_every_format_that_is_read_may_be_sent(server: Server, name: str) -> None:
    answer = upload(server, name, READ[name])
    assert answer.status_code == 200, answer.text
    assert answer.json()["name"] == name
    assert answer.json()["duration_seconds"] == pytest.approx(1.0, abs=0.03)
    assert answer.json()["channels"] == 2


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_sound_is_named(server: Server, name: str) -> None:
    """torchaudio 3958, python-soundfile 389: 'Format not recognised' told nobody what the file was."""
    data, told = REFUSED[name]
    answer = upload(server, name, data)
    assert answer.status_code == 422
    assert told in answer.text
    assert "/tmp" not in answer.text


def test_mono_is_measured_as_the_standard_reads_it_and_told(server: Server) -> None:
    """BS.1770: a sine of 997 Hz with a peak of -20 dBFS in one channel reads -23.0 LUFS, on two speakers -20.0."""
    tone = 0.1 * np.sin(2 * np.pi * 997 * np.arange(3 * 48000) / 48000)
    data = odd.encoded(tone[:, None], "WAV", "PCM_24", 48000)
    single, dual = (upload(server, "mono.wav", data, dual_mono=flag).json() for flag in ("false", "true"))
    assert (single["channels"], dual["channels"]) == (1, 1)
    assert single["measurements"]["integrated_loudness_lufs"] == pytest.approx(-23.01, abs=0.05)
    assert dual["measurements"]["integrated_loudness_lufs"] == pytest.approx(-20.0, abs=0.05)
    assert "one channel" in single["notes"][0]
    assert "dual mono" in dual["notes"][0]


def test_sound_without_a_key_is_measured(server: Server) -> None:
    noise = 0.1 * np.random.default_rng(1).standard_normal((2 * 48000, 2))
    answer = upload(server, "noise.wav", odd.encoded(noise, "WAV", "PCM_24", 48000))
    assert (answer.status_code, answer.json()["key"]) == (200, None)
