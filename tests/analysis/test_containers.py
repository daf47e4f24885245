"""Containers that say too little or the wrong thing are read whole, or refused with the reason: never cut unsaid."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from tests.analysis import odd_files as odd
from workbench.analysis.audio_reading import open_audio
from workbench.domain.errors import AudioFileError

SOUND = odd.sound(4.0)
PCM = odd.pcm(SOUND)
NEVER_CLOSED = ("its header was never closed: all that follows it is read",)


def opened(tmp_path: Path, data: bytes, name: str = "odd.wav"):
    (tmp_path / name).write_bytes(data)
    return open_audio(tmp_path / name)


WAVES = {
    "plain": (odd.wave(odd.form(), odd.chunk(b"data", PCM)), ()),
    "data size 0": (odd.wave(odd.form(), odd.chunk(b"data", PCM, size=0), size=36), NEVER_CLOSED),
    "both sizes 0": (odd.wave(odd.form(), odd.chunk(b"data", PCM, size=0), size=0), NEVER_CLOSED),
    "4 GiB, a pipe": (odd.wave(odd.form(), odd.chunk(b"data", PCM, size=2**32 - 1), size=2**32 - 1), ()),
    "4 GiB less a header": (odd.wave(odd.form(), odd.chunk(b"data", PCM, size=2**32 - 37), size=2**32 - 1), ()),
    "2 GiB, a pipe": (odd.wave(odd.form(), odd.chunk(b"data", PCM, size=2**31 - 1), size=2**31 + 35), ()),
    "2 GiB less a page": (odd.wave(odd.form(), odd.chunk(b"data", PCM, size=0x7FFFF000), size=0x7FFFF024), ()),
    "RF64": (odd.long_wave(SOUND, b"RF64"), ()),
    "RF64 with chunks behind": (odd.long_wave(SOUND, b"RF64", odd.chunk(b"bext", b"\x7f" * 9000)), ()),
    "RF64 never closed": (odd.long_wave(SOUND, b"RF64", stated=0), NEVER_CLOSED),
    "BW64": (odd.long_wave(SOUND, b"BW64"), ()),
    "BW64 with axml behind": (odd.long_wave(SOUND, b"BW64", odd.chunk(b"axml", b"<x/>" * 2000)), ()),
    "unpadded LIST": (
        odd.wave(odd.form(), odd.chunk(b"LIST", b"INFOIART\5\0\0\0Anna\0", padded=False), odd.chunk(b"data", PCM)),
        ("the chunk 'LIST' is not padded to an even size",),
    ),
    "unpadded chunk and size 0": (
        odd.wave(odd.form(), odd.chunk(b"bext", b"x" * 603, padded=False), odd.chunk(b"data", PCM, size=0), size=0),
        ("the chunk 'bext' is not padded to an even size", *NEVER_CLOSED),
    ),
    "padded LIST": (odd.wave(odd.form(), odd.chunk(b"LIST", b"INFOx"), odd.chunk(b"data", PCM)), ()),
    "a recorder's list of zeros": (
        odd.wave(odd.form(), odd.chunk(b"LIST", bytes(393164)), odd.chunk(b"data", PCM)),
        (),
    ),
    "another size of the whole": (odd.wave(odd.form(), odd.chunk(b"data", PCM), size=0x01F92214), ()),
    "tag behind": (odd.wave(odd.form(), odd.chunk(b"data", PCM)) + b"TAG" + b" " * 125, ()),
}


@pytest.mark.parametrize("name", WAVES)
def test_a_wav_file_is_read_as_far_as_its_sound_goes(name: str, tmp_path: Path) -> None:
    data, notes = WAVES[name]
    incoming = opened(tmp_path, data)
    expected = np.round(np.clip(SOUND, -1, 1) * 32767).T / 32768
    assert incoming.audio.sample_rate_hz == odd.RATE
    assert np.array_equal(incoming.audio.samples, expected.astype(np.float32))
    assert incoming.notes == notes


def test_bytes_behind_the_sound_are_reported_and_never_played(tmp_path: Path) -> None:
    data = odd.wave(odd.form(), odd.chunk(b"data", PCM)) + b"\xff\x7f" * 20000
    incoming = opened(tmp_path, data)
    assert incoming.audio.samples.shape == (2, len(SOUND))
    assert incoming.notes == (
        "40000 bytes behind the sound belong to no chunk and are left out: its header may be out of date",
    )


@pytest.mark.parametrize("magic", [b"RIFF", b"RF64"])
def test_a_wav_file_that_was_cut_is_refused(magic: bytes, tmp_path: Path) -> None:
    whole = odd.long_wave(SOUND, magic) if magic == b"RF64" else odd.wave(odd.form(), odd.chunk(b"data", PCM))
    with pytest.raises(AudioFileError, match=rf"promises {len(PCM)} bytes, the file holds \d+: it is cut short"):
        opened(tmp_path, whole[: len(whole) // 2])


def test_a_wav_file_without_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="holds no samples"):
        opened(tmp_path, odd.wave(odd.form(), odd.chunk(b"data", b""), odd.chunk(b"LIST", b"INFO")))


MPEG = {
    "with its header": odd.mp3(SOUND, variable=True),
    "no header": odd.piped_mp3(SOUND),
    "header without counts": odd.unfilled_mp3(SOUND, flags=b"\0\0\0\0"),
    "header with counts of zero": odd.unfilled_mp3(SOUND, flags=b"\0\0\0\x0f"),
    "constant rate, no header": (lambda data: data[odd.first_frame_bytes(data) :])(odd.mp3(SOUND)),
    "a tag of version 1 behind": odd.piped_mp3(SOUND) + b"TAG" + bytes(125),
}


@pytest.mark.parametrize("name", MPEG)
def test_every_frame_of_an_mp3_is_heard(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    incoming = opened(tmp_path, MPEG[name], "song.mp3")
    # An encoder without its header cannot say how much of the first and last frame is no music.
    assert 4.0 - 0.001 <= incoming.audio.duration_seconds <= 4.0 + 3 * 1152 / odd.RATE
    assert incoming.notes == ()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(("rate", "channels"), [(22050, 2), (16000, 1), (8000, 1)])
def test_low_rates_without_a_header_are_heard_whole(rate: int, channels: int, tmp_path: Path) -> None:
    """MPEG-2 and 2.5, as radio recorders write them: 576 samples a frame."""
    mode = {"bitrate_mode": "VARIABLE", "compression_level": 0.3}
    data = odd.encoded(odd.sound(6.0, channels), "MP3", "MPEG_LAYER_III", rate, **mode)
    at = data.index(b"Xing")
    data = data[: at + 4] + bytes(12) + data[at + 16 :]
    seconds = 6.0 * odd.RATE / rate
    assert seconds - 0.1 < opened(tmp_path, data, "call.mp3").audio.duration_seconds < seconds + 4 * 576 / rate


def test_what_is_heard_is_the_music(tmp_path: Path) -> None:
    whole, piped = (opened(tmp_path, MPEG[name], "song.mp3").audio.samples for name in ("with its header", "no header"))
    lag = int(np.argmax(np.correlate(piped[0, 40000:70000], whole[0, 45000:60000], "valid"))) - 5000
    assert np.corrcoef(piped[0, lag + 20000 : lag + 150000], whole[0, 20000:150000])[0, 1] > 0.999


def test_joined_mp3_files_are_read_to_the_end(tmp_path: Path) -> None:
    data = odd.mp3(odd.sound(3.0)) + odd.mp3(odd.sound(5.0, seed=1))
    assert opened(tmp_path, data, "song.mp3").audio.duration_seconds == pytest.approx(8.0, abs=0.15)


def test_an_mp3_that_was_cut_is_reported(tmp_path: Path) -> None:
    data = odd.mp3(SOUND, variable=True)
    incoming = opened(tmp_path, data[: len(data) // 2], "song.mp3")
    assert 1.0 < incoming.audio.duration_seconds < 3.0
    assert "promises 4.0 s" in incoming.note


@pytest.mark.parametrize(("channels", "rate"), [(2, 48000), (1, odd.RATE)])
def test_mp3_files_of_different_forms_that_were_joined_are_refused(channels: int, rate: int, tmp_path: Path) -> None:
    other = odd.encoded(odd.sound(3.0, channels), "MP3", "MPEG_LAYER_III", rate)
    with pytest.raises(AudioFileError, match=r"chang.* on the way: convert it"):
        opened(tmp_path, odd.mp3(SOUND) + other, "song.mp3")


@pytest.mark.parametrize("total", [0, 12345])
def test_flac_from_a_pipe_is_read_whole(total: int, tmp_path: Path) -> None:
    plain = opened(tmp_path, odd.encoded(SOUND, "FLAC", "PCM_16"), "song.flac")
    piped = opened(tmp_path, odd.piped_flac(SOUND, total), "song.flac")
    assert np.array_equal(piped.audio.samples, plain.audio.samples)
    assert bool(piped.notes) == bool(total)


def test_flac_from_a_pipe_behind_a_tag(tmp_path: Path) -> None:
    tag = b"ID3\3\0\0" + bytes([0, 0, 1, 0]) + bytes(128)
    assert opened(tmp_path, tag + odd.piped_flac(SOUND), "song.flac").audio.samples.shape == (2, len(SOUND))


@pytest.mark.parametrize(("kind", "rate"), [("VORBIS", odd.RATE), ("OPUS", 48000)])
def test_chained_ogg_files_are_read_to_the_last_link(kind: str, rate: int, tmp_path: Path) -> None:
    name = "radio.opus" if kind == "OPUS" else "radio.ogg"
    links = [odd.encoded(odd.sound(length, seed=n), "OGG", kind, rate) for n, length in enumerate((2.0, 3.0, 1.0))]
    single = [opened(tmp_path, link, name).audio.samples for link in links]
    incoming = opened(tmp_path, b"".join(links), name)
    assert np.array_equal(incoming.audio.samples, np.concatenate(single, axis=1))
    assert incoming.notes == ("3 streams one after the other are read as one",)


def test_chained_ogg_files_of_different_rates_are_refused(tmp_path: Path) -> None:
    data = odd.chained("VORBIS", 2.0) + odd.chained("VORBIS", 2.0, rate=48000)
    with pytest.raises(AudioFileError, match="streams of different forms"):
        opened(tmp_path, data, "radio.ogg")


def test_an_ogg_file_that_was_cut_is_reported(tmp_path: Path) -> None:
    data = odd.chained("VORBIS", 4.0)
    assert "without its last page" in opened(tmp_path, data[: len(data) * 2 // 3], "radio.ogg").note


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (struct.pack(">I", 32) + b"ftypM4A " + bytes(100), "MP4 or M4A"),
        (bytes.fromhex("0005160700020000") + b"Mac OS X" + bytes(100), "AppleDouble"),
        (b"MThd" + bytes(100), "MIDI"),
        (bytes.fromhex("1a45dfa3") + bytes(100), "Matroska"),
    ],
)
def test_what_is_no_sound_is_named(data: bytes, told: str, tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match=told):
        opened(tmp_path, data, "song.mp3")
