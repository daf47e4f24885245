import hashlib
import struct

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.domain.audio import Audio
from workbench.domain.errors import AudioFileError, OutputError, ParameterError
from workbench.domain.plan import Delivery
from workbench.output.files.audio_files import decode, encode, roundtrip, write_audio

FORMATS = ["wav", "aiff", "flac"]


def tone(rate_hz: int = 48000, seconds: float = 1.0, level: float = 0.5) -> Audio:
    times = np.arange(int(rate_hz * seconds)) / rate_hz
    left, right = level * np.sin(2 * np.pi * 220 * times), level * np.sin(2 * np.pi * 331 * times)
    return Audio(np.stack([left, right]).astype(np.float32), rate_hz)


def step(bits: int) -> float:
    return 2.0 ** (1 - bits)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("bits", [16, 24])
def test_integer_formats_keep_the_signal_within_dither(name: str, bits: int) -> None:
    audio = tone()
    heard = roundtrip(audio, Delivery(format=name, bit_depth=bits), seed=1)
    error = heard.samples.astype(np.float64) - audio.samples
    # TPDF dither of two steps peak to peak, and half a step of rounding (float32 adds a hair at 24 bits); the shaping
    # at 16 bits multiplies that by the sum of its taps, 3.7.
    assert np.abs(error).max() <= (1.5 if bits == 24 else 5.6) * step(bits) + 1e-7
    if bits == 16:
        power = (np.abs(np.fft.rfft(error[0] * np.hanning(error.shape[1]))) ** 2)[4:]
        low, high = power[: power.size // 4].mean(), power[-power.size // 4 :].mean()
        assert 10.0 * np.log10(high / low) > 12.0


@pytest.mark.parametrize("name", [*FORMATS, "mp3"])
@pytest.mark.parametrize("bits", [16, 24])
def test_what_is_heard_is_what_the_file_decodes_to(name: str, bits: int) -> None:
    audio, delivery = tone(level=0.9), Delivery(format=name, bit_depth=bits)
    assert np.array_equal(roundtrip(audio, delivery, seed=5).samples, decode(encode(audio, delivery, seed=5)).samples)


@pytest.mark.parametrize("name", [*FORMATS, "mp3"])
def test_a_file_on_disk_holds_the_bytes_in_memory(name: str, tmp_path) -> None:
    audio, delivery = tone(seconds=2.0), Delivery(format=name)
    path = write_audio(audio, tmp_path / f"tone.{name}", delivery, seed=3)
    assert path.read_bytes() == encode(audio, delivery, seed=3)


@pytest.mark.parametrize("name", [*FORMATS, "mp3"])
@pytest.mark.parametrize("rate_hz", [44100, 48000, 88200, 96000])
def test_rate_and_length_survive(name: str, rate_hz: int) -> None:
    audio = tone(rate_hz, 0.3)
    delivery = Delivery(format=name, sample_rate_hz=rate_hz)
    if name == "mp3" and rate_hz > 48000:
        with pytest.raises(ParameterError, match=f"mp3 has no sample rate of {rate_hz} Hz"):
            encode(audio, delivery)
        return
    heard = roundtrip(audio, delivery)
    assert heard.sample_rate_hz == rate_hz
    assert heard.samples.shape == audio.samples.shape


@pytest.mark.parametrize("name", [*FORMATS, "mp3"])
def test_bytes_are_steady_and_follow_the_seed(name: str) -> None:
    audio, delivery = tone(seconds=0.5), Delivery(format=name)
    first, again, other = (encode(audio, delivery, seed=seed) for seed in (1, 1, 2))
    assert hashlib.sha256(first).digest() == hashlib.sha256(again).digest()
    assert (first != other) == (name != "mp3")


def test_bit_depths_are_those_of_the_file(tmp_path) -> None:
    for bits in (16, 24):
        path = write_audio(tone(), tmp_path / f"{bits}.wav", Delivery(bit_depth=bits))
        assert soundfile.info(path).subtype == f"PCM_{bits}"


def test_mp3_is_320_kbit_constant() -> None:
    data = encode(tone(seconds=5.0), Delivery(format="mp3"))
    assert mp3_bit_rates(data) == {320}
    assert len(data) * 8 / 5.0 == pytest.approx(320_000, rel=0.02)


def mp3_bit_rates(data: bytes) -> set[int]:
    """Bit rates of all frames of an MPEG-1 layer III stream at 48 kHz, read from their headers."""
    table = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
    rates, place = set(), data.index(b"\xff\xfb")
    while place + 4 <= len(data):
        (header,) = struct.unpack(">I", data[place : place + 4])
        if header >> 20 != 0xFFF:
            break
        rate = table[(header >> 12) & 15]
        rates.add(rate)
        place += 144 * rate * 1000 // 48000 + ((header >> 9) & 1)
    return rates


def test_mp3_sounds_like_the_original() -> None:
    audio = tone(seconds=2.0)
    error = roundtrip(audio, Delivery(format="mp3")).samples - audio.samples
    middle = error[:, 4800:-4800]
    assert 20 * np.log10(np.sqrt(np.mean(middle**2)) / np.sqrt(np.mean(audio.samples**2))) < -50


@settings(max_examples=20, deadline=None)
@given(level=st.floats(0.0, 1.0), bits=st.sampled_from([16, 24]), name=st.sampled_from(FORMATS))
def test_any_level_up_to_full_scale_is_written(level: float, bits: int, name: str) -> None:
    audio = Audio(np.full((2, 64), level, dtype=np.float32), 48000)
    heard = roundtrip(audio, Delivery(format=name, bit_depth=bits))
    assert np.abs(heard.samples - level).max() <= (2.0 if bits == 24 else 6.0) * step(bits) + 1e-7


def test_what_would_be_damaged_is_refused() -> None:
    over = Audio(np.full((2, 8), 1.1, dtype=np.float32), 48000)
    with pytest.raises(AudioFileError, match=r"\+0.83 dBFS"):
        encode(over, Delivery())
    broken = Audio(np.array([[np.nan], [0.0]], dtype=np.float32), 48000)
    with pytest.raises(AudioFileError, match="finite"):
        encode(broken, Delivery())


def test_parameters_are_checked() -> None:
    with pytest.raises(ParameterError, match="format: expected one of wav"):
        encode(tone(), Delivery(format="ogg"))
    with pytest.raises(ParameterError, match="expected 16 or 24, got 20"):
        encode(tone(), Delivery(bit_depth=20))
    with pytest.raises(ParameterError, match="44100 Hz, the audio has 48000 Hz"):
        encode(tone(), Delivery(sample_rate_hz=44100))


def test_decode_refuses_other_bytes() -> None:
    with pytest.raises(AudioFileError, match="expected a WAV"):
        decode(b"not audio at all")


def test_write_audio_reads_the_suffix(tmp_path) -> None:
    assert decode(write_audio(tone(), tmp_path / "a.flac").read_bytes()).sample_rate_hz == 48000
    with pytest.raises(ParameterError, match="expected a suffix of"):
        write_audio(tone(), tmp_path / "a.xyz")
    with pytest.raises(OutputError, match="cannot be written"):
        write_audio(tone(), tmp_path / "absent" / "a.wav")
