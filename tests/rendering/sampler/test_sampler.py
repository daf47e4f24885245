"""Samples: found, checked, mapped by name, pitch and loudness, read from SFZ and SoundFonts, and played in tune."""

from __future__ import annotations

import io
import struct
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from workbench.domain.errors import ParameterError
from workbench.domain.score import Note
from workbench.rendering.sampler import index_folder, inspect, load_instrument, render_instrument
from workbench.rendering.sampler.naming import read_name
from workbench.rendering.sampler.player import zones_for

RATE = 44100


def tone(hz: float, seconds: float = 0.6, level: float = 0.5) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return level * np.sin(2 * np.pi * hz * time) * np.minimum(1.0, time / 0.005)


def write(path: Path, sound: np.ndarray, **options: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound.T if sound.ndim == 2 else sound, RATE, **options)
    return path


def play(instrument, *notes: Note, seconds: float = 2.0) -> np.ndarray:
    length = round(seconds * RATE)
    return render_instrument(notes, instrument, samples_per_beat=RATE * 0.5, length=length, sample_rate_hz=RATE)


def strongest_hz(sound: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(sound.mean(axis=0) * np.hanning(sound.shape[1]), 1 << 18))
    return float(np.argmax(power) * RATE / (1 << 18))


@pytest.mark.parametrize(
    ("stem", "role", "pitch", "velocity"),
    [
        ("Kick_01", "kick", None, None),
        ("drum_cymbal_open", "open_hat", None, None),
        ("snare-hard", "snare", None, 120),
        ("Rhodes_Eb3_vel100", None, 51, 100),
        ("piano F#5 pp", None, 78, 24),
        ("bass_dnb_f", None, None, None),
        ("texture", None, None, None),
    ],
)
def test_names_tell_drum_note_and_loudness(stem: str, role: str, pitch: int, velocity: int) -> None:
    facts = read_name(stem)
    assert (facts.role, facts.pitch, facts.velocity) == (role, pitch, velocity)


@pytest.mark.parametrize(
    ("role", "stems"),
    [
        ("open_hat", "Hat Open|Open Hi-Hat|HH_Open|HHOpen|Hi-Hat Open|OpHat|OH10|512hhop|Cr8kohat|hat-op"),
        ("closed_hat", "Hat Closed|Closed HiHat|HH-Closed|ClHat|CH|512hhcl|Hats 3"),
        ("pedal_hat", "Hihat Foot|Pedal Hi-Hat|PedHat"),
        ("low_tom", "Tom Low|LowTom|floor tom|LT75|Cr8klotm"),
        ("high_tom", "Hi Tom|tom_hi|512hitom"),
        ("kick", "512bdrum|BDRUM11|Bass Drum|Kicks 2|bd2soft"),
        ("snare", "Cr8ksnar|Snr02|SNARE_A"),
        ("percussion", "Maracas|Cr8kcowb|Claves"),
        ("side_stick", "rs|Cross Stick"),
        (None, "Cr8kbass|808bass|Piano_Cb4|Strings_HT|3rd piano|Open E string|Hi String|Choir Ooh|pedal steel"),
    ],
)
def test_words_of_a_drum_are_known_in_any_order_and_spelling(role: str | None, stems: str) -> None:
    assert {stem: read_name(stem).role for stem in stems.split("|")} == dict.fromkeys(stems.split("|"), role)


def test_the_index_finds_every_fault(tmp_path: Path) -> None:
    write(tmp_path / "good_a4.wav", tone(440.0))
    write(tmp_path / "wrong_c4.wav", tone(440.0))
    write(tmp_path / "silent.wav", np.zeros(4000))
    write(tmp_path / "hot.wav", np.clip(4.0 * tone(300.0), -1.0, 1.0))
    write(tmp_path / "late.wav", np.concatenate([np.zeros(RATE // 4), tone(500.0)]))
    (tmp_path / "broken.flac").write_bytes(b"fLaC and nothing else")
    whole = write(tmp_path / "cut.wav", tone(440.0)).read_bytes()
    (tmp_path / "cut.wav").write_bytes(whole[: len(whole) // 2])
    found = {facts.path.stem: facts for facts in index_folder(tmp_path)}
    assert found["good_a4"].problems == ()
    assert found["good_a4"].pitch == pytest.approx(69.0, abs=0.05)
    for name, word in (
        ("wrong_c4", "mislabelled"), ("silent", "silent"), ("hot", "clipped"), ("late", "silence"),
        ("broken", "corrupt"),
    ):  # fmt: skip
        assert any(word in problem for problem in found[name].problems), name
    assert not found["broken"].usable
    with pytest.raises(ParameterError, match="not there"):
        index_folder(tmp_path / "nowhere")


def test_noise_has_no_pitch(tmp_path: Path) -> None:
    noise = 0.3 * np.random.default_rng(0).standard_normal(RATE // 2)
    assert inspect(write(tmp_path / "noise.wav", noise)).pitch is None


def test_a_folder_of_notes_is_spread_over_the_keyboard_and_plays_in_tune(tmp_path: Path) -> None:
    for name, hz in (("a3", 220.0), ("a4", 440.0), ("a5", 880.0)):
        write(tmp_path / f"pad_{name}.wav", tone(hz, 1.0))
    instrument = load_instrument(tmp_path)
    keys = sorted((zone.low_key, zone.high_key) for zone in instrument.zones)
    assert keys[0][0] == 0
    assert keys[-1][1] == 127
    assert all(low == high + 1 for (_, high), (low, _) in pairwise(keys))
    for pitch in (55, 66, 76):
        sound = play(instrument, Note(0.0, pitch, 1.5, 100))
        assert strongest_hz(sound) == pytest.approx(440.0 * 2 ** ((pitch - 69) / 12), rel=0.003)


def test_a_folder_of_drums_takes_turns_and_chokes(tmp_path: Path) -> None:
    for name, hz in (("kick_1", 60.0), ("kick_2", 70.0), ("snare_soft", 200.0), ("snare_hard", 240.0)):
        write(tmp_path / f"{name}.wav", tone(hz, 0.4))
    write(tmp_path / "open_hat.wav", tone(5000.0, 1.5))
    write(tmp_path / "closed_hat.wav", tone(7000.0, 0.1))
    kit = load_instrument(tmp_path)
    first, second = (zones_for(kit, 36, 100, turn)[0].sample for turn in (0, 1))
    assert {first, second} == {"kick_1.wav", "kick_2.wav"}
    assert zones_for(kit, 38, 30, 0)[0].sample == "snare_soft.wav"
    assert zones_for(kit, 38, 120, 0)[0].sample == "snare_hard.wav"
    alone, cut = play(kit, Note(0.0, 46, 0.1, 100)), play(kit, Note(0.0, 46, 0.1, 100), Note(1.0, 42, 0.1, 1))
    after = slice(round(0.75 * RATE), round(0.95 * RATE))
    assert np.abs(cut[:, after]).max() < 0.02 * np.abs(alone[:, after]).max()


def test_sfz_with_inheritance_loop_macros_and_envelope(tmp_path: Path) -> None:
    write(tmp_path / "samples" / "a.wav", tone(441.0, 0.5), subtype="FLOAT")
    text = """
    // a comment
    #define $REL 0.3
    <control> default_path=samples/
    <global> ampeg_release=$REL amp_veltrack=0
    <group> lovel=1 hivel=64 volume=-6
    <region> sample=a.wav lokey=c3 hikey=c5 pitch_keycenter=a4 loop_mode=loop_continuous loop_start=4410 loop_end=17640
    <group> lovel=65
    <region> sample=a.wav key=69 tune=100 loop_mode=one_shot
    """
    (tmp_path / "x.sfz").write_text(text)
    instrument = load_instrument(tmp_path / "x.sfz")
    soft, loud = instrument.zones
    assert (soft.low_key, soft.high_key, soft.root, soft.loop) == (48, 72, 69.0, (4410, 17641))
    assert soft.release_ms == pytest.approx(300.0)
    assert loud.one_shot
    assert loud.high_velocity == 127
    held = play(instrument, Note(0.0, 69, 3.0, 50))
    assert np.abs(held[:, round(1.2 * RATE) : round(1.3 * RATE)]).max() > 0.1, "the loop holds the note"
    assert np.abs(np.diff(held[0, 2000:60000])).max() < 0.06, "441 Hz loops over whole periods without a jump"
    assert strongest_hz(play(instrument, Note(0.0, 69, 0.5, 100))) == pytest.approx(441.0 * 2 ** (1 / 12), rel=0.003)
    (tmp_path / "bad.sfz").write_text("<region> sample=a.wav key=h9")
    with pytest.raises(ParameterError, match="no key"):
        load_instrument(tmp_path / "bad.sfz")


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def soundfont(sound: np.ndarray, *, vorbis: bool) -> bytes:
    """A SoundFont of one preset, one instrument and one looped sample at A4."""
    if vorbis:
        buffer = io.BytesIO()
        soundfile.write(buffer, sound, RATE, format="OGG", subtype="VORBIS")
        smpl, end = buffer.getvalue(), len(buffer.getvalue())
    else:
        smpl, end = (sound * 32767).astype("<i2").tobytes() + bytes(92), len(sound)
    name = lambda text, size=20: text.encode().ljust(size, b"\0")  # noqa: E731
    gen = lambda *pairs: b"".join(struct.pack("<HH", a, b & 0xFFFF) for a, b in pairs)  # noqa: E731
    phdr = (
        name("Lead") + struct.pack("<HHHIII", 0, 0, 0, 0, 0, 0) + name("EOP") + struct.pack("<HHHIII", 0, 0, 1, 0, 0, 0)
    )
    header = name("sine") + struct.pack("<5IBbHH", 0, end, 4410, 17640, RATE, 69, 0, 0, 0x11 if vorbis else 1)
    parts = [
        chunk(b"phdr", phdr), chunk(b"pbag", struct.pack("<4H", 0, 0, 2, 0)), chunk(b"pmod", bytes(10)),
        chunk(b"pgen", gen((52, 0), (41, 0), (0, 0))),
        chunk(b"inst", name("Lead") + struct.pack("<H", 0) + name("EOI") + struct.pack("<H", 1)),
        chunk(b"ibag", struct.pack("<4H", 0, 0, 4, 0)), chunk(b"imod", bytes(10)),
        chunk(b"igen", gen((43, 40 | 90 << 8), (38, -1200), (54, 1), (53, 0), (0, 0))),
        chunk(b"shdr", header + name("EOS") + bytes(26)),
    ]  # fmt: skip
    lists = chunk(b"LIST", b"sdta" + chunk(b"smpl", smpl)) + chunk(b"LIST", b"pdta" + b"".join(parts))
    return b"RIFF" + struct.pack("<I", 4 + len(lists)) + b"sfbk" + lists


@pytest.mark.parametrize("vorbis", [False, True])
def test_soundfonts_play_in_tune_and_loop(tmp_path: Path, vorbis: bool) -> None:
    path = tmp_path / ("x.sf3" if vorbis else "x.sf2")
    path.write_bytes(soundfont(tone(441.0, 0.5), vorbis=vorbis))
    instrument = load_instrument(path)
    zone = instrument.zones[0]
    assert (zone.low_key, zone.high_key, zone.root, zone.loop) == (40, 90, 69.0, (4410, 17640))
    assert zone.release_ms == pytest.approx(500.0)
    sound = play(instrument, Note(0.0, 74, 3.0, 110))
    assert strongest_hz(sound) == pytest.approx(441.0 * 2 ** (5 / 12), rel=0.003)
    assert np.abs(sound[:, RATE : RATE + 2000]).max() > 0.1
    with pytest.raises(ParameterError, match="preset 'Bass' is not known"):
        load_instrument(path, preset="Bass")
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(ParameterError, match=r"damaged|expected"):
        load_instrument(path)


def test_high_notes_do_not_alias(tmp_path: Path) -> None:
    """A saw of 24 harmonics played two octaves up: what would pass half the sample rate is filtered away."""
    time = np.arange(RATE) / RATE
    saw = sum(np.sin(2 * np.pi * 440 * k * time) / k for k in range(1, 25))
    write(tmp_path / "saw_a4.wav", 0.4 * saw)
    sound = play(load_instrument(tmp_path), Note(0.0, 93, 0.4, 127), seconds=0.2).mean(axis=0)[1000:8000]
    power = np.abs(np.fft.rfft(sound * np.blackman(sound.size))) ** 2
    hz = np.fft.rfftfreq(sound.size, 1 / RATE)
    off = np.abs(hz / 1760 - np.round(hz / 1760)) * 1760 > 60
    assert 10 * np.log10(power[off & (hz > 100) & (hz < 20_000)].max() / power.max()) < -60
