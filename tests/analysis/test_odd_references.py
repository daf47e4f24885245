"""Odd and broken audio is refused or repaired with a reason in one line: no traceback, no hang."""

from __future__ import annotations

import contextlib
import struct
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from workbench.analysis.references import ReferenceLibrary
from workbench.domain.errors import AudioFileError, ParameterError, WorkbenchError

RATE = 22050


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReferenceLibrary:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    return ReferenceLibrary()


def music(seconds: float = 4.0, channels: int = 2) -> np.ndarray:
    """A pulse of decaying tones, so that there is something to measure."""
    times = np.arange(round(seconds * RATE)) / RATE
    wave = 0.3 * np.sin(2 * np.pi * 220 * times) * np.exp(-8 * (times % 0.5))
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def wave_header(*, channels: int = 2, rate: int = RATE, bits: int = 16, promised: int | None = None) -> bytes:
    """A WAV file of one second of noise whose header says what is wanted."""
    data = np.random.default_rng(0).integers(-9000, 9000, RATE * 2, dtype=np.int16).tobytes()
    size = len(data) if promised is None else promised
    frame = max(channels, 1) * bits // 8
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, rate, rate * frame & 0xFFFFFFFF, frame & 0xFFFF, bits)
    return b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVE" + form + b"data" + struct.pack("<I", size) + data


def write(path: Path, kind: str) -> Path:
    if kind == "NaN":
        broken = music()
        broken[1000] = np.nan
        soundfile.write(path, broken, RATE, subtype="FLOAT")
    elif kind == "far too loud":
        soundfile.write(path, 1e30 * music(), RATE, subtype="FLOAT")
    elif kind == "silence":
        soundfile.write(path, np.zeros((4 * RATE, 2)), RATE)
    elif kind == "short":
        soundfile.write(path, music(1.0), RATE)
    elif kind == "text":
        path.write_text("this is no sound")
    elif kind == "empty":
        path.write_bytes(b"")
    else:
        odd = {"no channels": {"channels": 0}, "1 Hz": {"rate": 1}, "lying length": {"promised": 1 << 26}}
        path.write_bytes(wave_header(**{**odd, "0 Hz": {"rate": 0}, "64 bits of integers": {"bits": 64}}[kind]))
    return path


KINDS = (
    "NaN",
    "far too loud",
    "silence",
    "short",
    "text",
    "empty",
    "no channels",
    "1 Hz",
    "0 Hz",
    "lying length",
    "64 bits of integers",
)


@pytest.mark.parametrize("kind", KINDS)
def test_broken_audio_is_refused_with_a_reason(kind: str, library: ReferenceLibrary, tmp_path: Path) -> None:
    path = write(tmp_path / "odd.wav", kind)
    with pytest.raises(AudioFileError) as caught:
        library.add(path)
    assert "\n" not in str(caught.value)
    assert "odd.wav" in str(caught.value)
    assert not list(library.own.glob("*.json"))


def test_many_channels_are_refused_and_mono_is_reported(library: ReferenceLibrary, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "many.wav", music(channels=32), RATE)
    with pytest.raises(AudioFileError, match="expected mono or stereo, got 32 channels"):
        library.add(tmp_path / "many.wav")
    soundfile.write(tmp_path / "mono.wav", music(channels=1), RATE)
    assert library.add(tmp_path / "mono.wav").note == "mono, measured as two speakers play it"


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "ogg", "aiff"])
def test_every_format_is_taken_and_measured(suffix: str, library: ReferenceLibrary, tmp_path: Path) -> None:
    soundfile.write(tmp_path / f"Good Song.{suffix}", music(8.0), RATE)
    profile = library.add(tmp_path / f"Good Song.{suffix}", styles=["house"], sets=["mine"])
    assert profile.id == "good-song"
    assert profile.measurements["tempo_bpm"] == pytest.approx(120.0, abs=0.2)
    assert len(profile.embedding) >= 2
    assert len(profile.groove) == 3
    assert profile.chords[0][0] == 0.0
    assert library.get("good-song") == profile
    assert [one.id for one in library.list(set_name="mine")] == ["good-song"]
    assert "good-song" in [one.id for one in library.list(style="house")]


def test_a_folder_is_added_and_what_is_refused_is_reported(library: ReferenceLibrary, tmp_path: Path) -> None:
    folder = tmp_path / "music"
    (folder / "below").mkdir(parents=True)
    soundfile.write(folder / "one.wav", music(), RATE)
    soundfile.write(folder / "below" / "one.flac", music(5.0), RATE)
    soundfile.write(folder / "one.aiff", music(6.0), RATE)
    soundfile.write(folder / "one.ogg", music(7.0), RATE)
    write(folder / "two.wav", "text")
    (folder / "cover.jpg").write_bytes(b"x")
    added = library.add_folder(folder, sets=["all"])
    assert [profile.id for profile in added.profiles] == ["one", "music-one", "one-2", "one-3"]
    assert [path.name for path, _ in added.refused] == ["two.wav"]
    with pytest.raises(ParameterError, match="expected a folder, found nothing"):
        library.add_folder(tmp_path / "nowhere")
    (tmp_path / "quiet").mkdir()
    with pytest.raises(ParameterError, match="found none"):
        library.add_folder(tmp_path / "quiet")


def test_a_damaged_mp3_is_reported_in_our_own_words(
    library: ReferenceLibrary, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    soundfile.write(tmp_path / "whole.mp3", music(8.0), RATE)
    data = bytearray((tmp_path / "whole.mp3").read_bytes())
    rng = np.random.default_rng(0)
    for place in rng.integers(200, len(data), 60):
        data[place] ^= 0xFF
    (tmp_path / "damaged.mp3").write_bytes(bytes(data))
    (tmp_path / "noise.mp3").write_bytes(rng.bytes(100_000))
    library.add(tmp_path / "damaged.mp3")
    with pytest.raises(AudioFileError, match=r"noise\.mp3"):
        library.add(tmp_path / "noise.mp3")
    assert capfd.readouterr().err == ""
    print("heard", file=sys.stderr)
    assert capfd.readouterr().err == "heard\n"


def test_content_is_measured_once(library: ReferenceLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    soundfile.write(tmp_path / "a.wav", music(), RATE)
    first = library.add(tmp_path / "a.wav")
    monkeypatch.setattr("workbench.analysis.references.measure_reference", lambda *_, **__: 1 / 0)
    (tmp_path / "b.wav").write_bytes((tmp_path / "a.wav").read_bytes())
    again = library.add(tmp_path / "b.wav")
    assert again.measurements == first.measurements
    assert (again.id, again.title) == ("b", "b")
    assert library.audio_path("b") == tmp_path / "b.wav"


def test_a_damaged_cache_is_measured_anew(library: ReferenceLibrary, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", music(), RATE)
    first = library.add(tmp_path / "a.wav")
    for cached in (tmp_path / "home" / "cache" / "references").glob("*.json"):
        cached.write_text("{")
    assert library.add(tmp_path / "a.wav") == first


def test_files_found_odd_by_others_never_break(
    development_data: Path, library: ReferenceLibrary, tmp_path: Path
) -> None:
    files = sorted(path for path in (development_data / "torture").glob("*") if path.suffix != ".csv")
    if not files:
        pytest.skip("the development data holds no torture folder")
    for path in files:
        began = time.monotonic()
        with contextlib.suppress(WorkbenchError):
            library.add(path, id=f"odd-{files.index(path)}")
        assert time.monotonic() - began < 60.0
