"""Whatever bytes come in as audio: one line or whole sound, in bounded time and memory, and nothing is left behind.

500 files in the quick tests, 10,000 in the long ones; hypothesis shrinks what breaks to the smallest header.
"""

from __future__ import annotations

import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.analysis import odd_files as odd
from workbench.analysis.audio_reading import open_audio
from workbench.domain.errors import AudioFileError

LONGEST_SECONDS = 10.0
MOST_BYTES = 1 << 30
SOUND = odd.sound(0.1)
SIZES = st.one_of(
    st.sampled_from([0, 1, 35, 36, 2**31 - 1, 2**31, 0x7FFFF000, 2**32 - 37, 2**32 - 1]), st.integers(0, 2**32 - 1)
)
NAMES = st.one_of(
    st.sampled_from([b"LIST", b"fact", b"bext", b"id3 ", b"data", b"fmt ", b"ds64", b"JUNK", b"smpl", b"\0\0\0\0"]),
    st.binary(min_size=4, max_size=4),
)
CHUNKS = st.builds(
    lambda name, data, size, padded: odd.chunk(name, data, size=size, padded=padded),
    NAMES, st.binary(max_size=60), st.one_of(st.none(), SIZES), st.booleans(),
)  # fmt: skip
FORMS = st.one_of(
    st.just(odd.form()),
    st.builds(
        odd.form, st.sampled_from([0, 1, 8, 16, 24, 32, 64]), st.integers(0, 8), st.sampled_from([0, 1, 2, 3, 0xFFFE])
    ),
)
WAVES = st.builds(
    lambda magic, before, form, between, size, behind, whole: odd.wave(
        *before, form, *between, odd.chunk(b"data", odd.pcm(SOUND), size=size), *behind, magic=magic, size=whole
    ),
    st.sampled_from([b"RIFF", b"RF64", b"BW64", b"RIFX"]), st.lists(CHUNKS, max_size=3), FORMS,
    st.lists(CHUNKS, max_size=3), st.none() | SIZES, st.lists(CHUNKS, max_size=2), st.none() | SIZES,
)  # fmt: skip
WHOLE = (
    odd.mp3(SOUND), odd.piped_mp3(odd.sound(0.5)), odd.piped_flac(SOUND), odd.chained("VORBIS", 0.1, 0.1),
    odd.encoded(SOUND, "AIFF", "PCM_16"), odd.encoded(SOUND, "W64", "PCM_16"), odd.long_wave(SOUND, b"BW64"),
    odd.chained("OPUS", 0.1, rate=48000),
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good file with bytes changed, cut out or put in."""
    data = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(0, 8))):
        place = draw(st.integers(0, max(0, len(data) - 1)) | st.integers(0, min(200, max(0, len(data) - 1))))
        kind = draw(st.sampled_from(["change", "cut", "insert", "end"]))
        if kind == "change" and data:
            data[place] = draw(st.integers(0, 255))
        elif kind == "cut":
            del data[place : place + draw(st.integers(1, 40))]
        elif kind == "insert":
            data[place:place] = draw(st.binary(min_size=1, max_size=20))
        else:
            del data[max(1, place) :]
    return bytes(data)


def holds(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "odd.wav"
        path.write_bytes(data)
        began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        told, incoming = "", None
        try:
            incoming = open_audio(path)
        except AudioFileError as error:
            told = str(error)
        if incoming is None:
            assert "\n" not in told
            assert str(path) in told
        else:
            assert incoming.channels in (1, 2)
            assert np.isfinite(incoming.audio.samples).all()
            assert incoming.audio.samples.shape[1] > 0
        assert time.process_time() - began < LONGEST_SECONDS
        assert 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) < MOST_BYTES
        assert [one.name for one in Path(folder).iterdir()] == ["odd.wav"]
        assert path.read_bytes() == data


FILES = st.one_of(WAVES, damaged(), st.binary(max_size=300))
FUZZ = {
    "deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
    "phases": [Phase.explicit, Phase.generate, Phase.shrink], "database": None,
}  # fmt: skip


@settings(max_examples=500, derandomize=True, **FUZZ)
@given(FILES)
def test_any_bytes_are_sound_or_one_line(data: bytes) -> None:
    holds(data)


@pytest.mark.long
@settings(max_examples=10000, **FUZZ)
@given(FILES)
def test_ten_thousand_files_are_sound_or_one_line(data: bytes) -> None:
    holds(data)
