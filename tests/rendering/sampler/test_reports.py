"""Faults that users of other players reported in public, each as a small file: here they are right."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.rendering.sampler.soundfonts import RATE, Font, Sample, chunk, tone
from workbench.cli.main import main
from workbench.domain.errors import WorkbenchError
from workbench.domain.score import Note
from workbench.rendering.sampler import Instrument, inspect, load_instrument, render_instrument

TONE = (0.4 * np.sin(2 * np.pi * 441 * np.arange(RATE) / RATE)).astype("<f4")


def sfz(folder: Path, text: str) -> Instrument:
    soundfile.write(folder / "a.wav", TONE, RATE, subtype="FLOAT")
    (folder / "x.sfz").write_text(text)
    return load_instrument(folder / "x.sfz")


def play(instrument: Instrument, *notes: Note) -> np.ndarray:
    return render_instrument(notes, instrument, samples_per_beat=RATE, length=2 * RATE, sample_rate_hz=RATE)


def riff(*chunks: bytes, kind: bytes = b"RIFF", size: int | None = None) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return kind + struct.pack("<I", len(body) if size is None else size) + body


def fmt(tag: int = 3, bits: int = 32, channels: int = 1, rate: int = RATE) -> bytes:
    frame = channels * bits // 8 & 0xFFFF
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * frame, frame, bits))


def test_slices_of_one_file_in_one_group_all_play(tmp_path: Path) -> None:
    """sfizz 777: of two slices by `offset` and `end` with `group=1 off_by=1` only the first was heard."""
    text = """<global> sample=a.wav group=1 off_by=1
    <region> key=60 offset=0 end=7535 <region> key=61 offset=7535 end=14413"""
    sound = play(sfz(tmp_path, text), Note(0.0, 60, 0.1, 100), Note(0.5, 61, 0.1, 100))
    assert np.abs(sound[:, : RATE // 10]).max() > 0.1
    assert np.abs(sound[:, RATE // 2 : 6 * RATE // 10]).max() > 0.1


def test_the_last_default_keyswitch_of_several_global_headers_counts(tmp_path: Path) -> None:
    """sfizz 423, 530: an instrument whose included files each have a `<global>` of their own stayed silent."""
    text = """<global> sw_default=20 <region> key=60 sample=a.wav sw_last=20
    <global> <region> key=60 sample=a.wav sw_last=21 sw_default=21 volume=-20"""
    sound = play(sfz(tmp_path, text), Note(0.0, 60, 0.5, 127))
    assert np.abs(sound).max() == pytest.approx(0.04, rel=0.05)


def test_a_transposition_holds_from_its_header_on(tmp_path: Path) -> None:
    """sfizz 183, 1304: offsets in the middle of a file move the regions behind them, and those alone."""
    text = "<region> key=60 sample=a.wav <control> octave_offset=1 <region> key=60 sample=a.wav"
    assert [zone.low_key for zone in sfz(tmp_path, text).zones] == [60, 72]


def test_a_loop_crossfade_is_no_longer_than_what_lies_before_the_loop(tmp_path: Path) -> None:
    """sfizz 718: a crossfade longer than the start of the loop read before the sample."""
    text = "<region> key=60 sample=a.wav loop_mode=loop_continuous loop_start=100 loop_end=8000 loop_crossfade=1"
    sound = play(sfz(tmp_path, text), Note(0.0, 60, 1.9, 127))
    assert np.isfinite(sound).all()
    assert np.abs(sound[:, RATE : 2 * RATE - 9000]).max() < 0.5


def test_a_sampler_chunk_that_is_too_short_is_no_loop(tmp_path: Path) -> None:
    """libsndfile 86: files of a drum library hold a `smpl` chunk of 32 bytes."""
    data = chunk(b"data", TONE.tobytes())
    (tmp_path / "b.wav").write_bytes(riff(fmt(), chunk(b"smpl", struct.pack("<8I", 0, 0, 22675, 60, 0, 0, 0, 1)), data))
    (tmp_path / "x.sfz").write_text("<region> sample=b.wav pitch_keycenter=sample")
    zone = load_instrument(tmp_path / "x.sfz").zones[0]
    assert (zone.loop, zone.root) == (None, 60.0)


@pytest.mark.parametrize(
    "written", ["..\\G&S Kit-1\\SNR 6x13.wav", '"../g&s kit-1/snr 6x13.wav"', "../G&S KIT-1/SNR 6X13.WAV"]
)
def test_paths_of_windows_with_ampersands_and_quotes(tmp_path: Path, written: str) -> None:
    """sfizz 3, ZamSFZ 43, shortcircuit-xt 994, virtuosity_drums 4: samples that Linux did not find."""
    (tmp_path / "G&S Kit-1").mkdir()
    (tmp_path / "programs").mkdir()
    soundfile.write(tmp_path / "G&S Kit-1" / "SNR 6x13.wav", TONE, RATE)
    instrument = sfz(tmp_path / "programs", f"<region> sample={written}")
    assert instrument.missing() == ()
    assert np.abs(play(instrument, Note(0.0, 60, 0.5, 127))).max() > 0.1


def test_a_path_that_begins_with_a_backslash_begins_at_the_instrument(tmp_path: Path) -> None:
    (tmp_path / "Percussion").mkdir()
    soundfile.write(tmp_path / "Percussion" / "hit.wav", TONE, RATE)
    instrument = sfz(tmp_path, "<control> default_path=\\Percussion\\\n<region> sample=Hit.wav key=60\n")
    assert [zone.sample for zone in instrument.zones] == ["Percussion/hit.wav"]
    assert instrument.missing() == ()


def test_release_regions_play_to_their_end_by_themselves(tmp_path: Path) -> None:
    """sfizz 372: release samples needed a long `ampeg_release` to be heard at all."""
    text = "<region> key=60 sample=a.wav volume=-40 <region> key=60 sample=a.wav trigger=release"
    sound = play(sfz(tmp_path, text), Note(0.0, 60, 0.3, 127))
    assert np.abs(sound[:, round(1.1 * RATE) : round(1.25 * RATE)]).max() > 0.3


@pytest.mark.parametrize(
    "chunks",
    [
        [fmt(), chunk(b"data", TONE.tobytes()), chunk(b"bext", np.full(4001, 9e30, "<f4").tobytes())],
        [chunk(b"JUNK", bytes(28)), fmt(), chunk(b"fact", bytes(4)), chunk(b"data", TONE.tobytes()), b"rest" * 900],
        [
            fmt(),
            chunk(b"LIST", b"adtl" + chunk(b"labl", b"\0\0\0\0data\xff\xff\xff\x7f")),
            chunk(b"data", TONE.tobytes()),
        ],
    ],
)
def test_bytes_behind_and_before_the_sound_are_no_sound(tmp_path: Path, chunks: list[bytes]) -> None:
    """libsndfile 238, asdcplib 104, pjsip 597: readers went on behind the data chunk."""
    sfz(tmp_path, "<region> sample=b.wav")
    (tmp_path / "b.wav").write_bytes(riff(*chunks))
    samples, rate = load_instrument(tmp_path / "x.sfz").read("b.wav")
    assert (samples.shape, rate) == ((1, RATE), RATE)
    assert np.array_equal(samples[0], TONE)


def test_an_rf64_sample_ends_where_its_data_end(tmp_path: Path) -> None:
    """NAudio 1231: RF64 files with chunks behind the data lost the reader its place."""
    data = TONE.tobytes()
    large = chunk(b"ds64", struct.pack("<QQQI", 0, len(data), RATE, 0))
    tail = chunk(b"bext", np.full(4000, 0.9, "<f4").tobytes())
    parts = (large, fmt(), b"data" + struct.pack("<I", 0xFFFFFFFF) + data, tail)
    sfz(tmp_path, "<region> sample=b.wav pitch_keycenter=57 loop_mode=one_shot")
    (tmp_path / "b.wav").write_bytes(riff(*parts, kind=b"RF64", size=0xFFFFFFFF))
    instrument = load_instrument(tmp_path / "x.sfz")
    assert instrument.read("b.wav")[0].shape == (1, RATE)
    sound = play(instrument, Note(0.0, 57, 0.5, 127))
    assert np.abs(sound).max() < 0.45
    assert np.abs(sound[:, RATE + 100 :]).max() == 0.0


@pytest.mark.parametrize("channels", [1, 2, 0, 65535])
@pytest.mark.parametrize("size", [0x7FFFFFF0, 0xFFFFFFF0, 4, 0])
@pytest.mark.parametrize("kind", [b"RIFF", b"RF64"])
def test_headers_that_lie_are_refused_in_one_line(
    tmp_path: Path, kind: bytes, size: int, channels: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Headers that promise terabytes made `samples` fail with 'array is too big'."""
    large = chunk(b"ds64", struct.pack("<QQQI", 1 << 60, 1 << 60, 1 << 58, 0))
    body = riff(large, fmt(channels=channels), b"data" + struct.pack("<I", size) + bytes(400), kind=kind)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "c4.wav").write_bytes(body)
    assert main(["samples", str(folder)]) in (0, 1, 2)
    shown = capsys.readouterr()
    assert "Traceback" not in shown.out + shown.err
    assert len(shown.err.strip().splitlines()) <= 1
    facts = inspect(folder / "c4.wav")
    assert facts.seconds <= 0.01


def test_loops_by_offsets_alone_and_of_one_frame(tmp_path: Path) -> None:
    """FluidSynth 1017, 819: a loop of 0 to 0 that offsets correct; one of a single frame is none."""
    path = Font([Sample(tone(frames=22050))], [((54, 1), (2, 4410), (3, 17640), (53, 0))]).write(tmp_path / "x.sf2")
    assert load_instrument(path).zones[0].loop == (4410, 17640)
    path = Font([Sample(tone(frames=22050), (0, 1))], [((54, 1), (53, 0))]).write(tmp_path / "x.sf2")
    assert load_instrument(path).zones[0].loop is None


def test_samples_with_wrong_places_are_left_out_and_reported(tmp_path: Path) -> None:
    """FluidSynth 149, 327, 1822: ends and loops that point behind the file crashed players or muted a font."""
    zones = [((43, 0 | 63 << 8), (53, 0)), ((43, 64 | 127 << 8), (53, 1))]
    whole = bytearray(Font([Sample(tone()), Sample(tone())], zones).bytes())
    headers = whole.index(b"shdr") + 8
    whole[headers + 24 : headers + 28] = struct.pack("<I", 1 << 30)
    (tmp_path / "x.sf2").write_bytes(whole)
    instrument = load_instrument(tmp_path / "x.sf2")
    assert [zone.low_key for zone in instrument.zones] == [64]
    assert instrument.left_out == ("1 zone: their sample lies beyond the end of the file or is empty (0 sample)",)
    whole[headers + 46 + 32 : headers + 46 + 36] = struct.pack("<I", 1 << 31)
    (tmp_path / "x.sf2").write_bytes(whole)
    zone = load_instrument(tmp_path / "x.sf2").zones[0]
    assert zone.loop is None or zone.loop[1] <= RATE


def test_a_font_cut_anywhere_is_refused_in_one_line(tmp_path: Path) -> None:
    whole = Font([Sample(tone(frames=300), (10, 200))], [((54, 1), (53, 0))]).bytes()
    for length in range(0, len(whole), 7):
        (tmp_path / "x.sf2").write_bytes(whole[:length])
        refused = ""
        try:
            load_instrument(tmp_path / "x.sf2")
        except WorkbenchError as error:
            refused = str(error)
        assert "\n" not in refused
        assert refused or length > len(whole) - 60, "what is cut off is missed, unless it is padding"
