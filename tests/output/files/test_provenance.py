"""Files say what made them, and prove that nobody changed them."""

import hashlib
import shutil
import struct
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import soundfile

from workbench.cli import main as cli
from workbench.domain.results import Track
from workbench.output import decode, encode, export, load
from workbench.output.files import bundle as bundles
from workbench.output.files.stamping import SEAL, verdict
from workbench.output.files.verifying import verify

FORMATS = ("wav", "flac", "aiff", "mp3")


@pytest.fixture(scope="module")
def songs(tiny_track: Track, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The tiny track in every format."""
    folder = tmp_path_factory.mktemp("songs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundles, "_report_html", lambda track: b"<!doctype html>")
        for form in FORMATS:
            delivery = replace(tiny_track.plan.delivery, format=form)
            export(replace(tiny_track, plan=replace(tiny_track.plan, delivery=delivery)), folder / form)
    return {form: folder / form for form in FORMATS}


def master(songs: dict[str, Path], form: str) -> Path:
    return songs[form] / f"master.{form}"


@pytest.mark.parametrize("form", FORMATS)
def test_tags_leave_the_sound_alone(songs: dict[str, Path], tiny_track: Track, form: str) -> None:
    delivery = replace(tiny_track.plan.delivery, format=form)
    # The dither of this file: seed 7 of the plan, "dither", "master".
    from workbench.domain.seeding import derived_seed

    bare = decode(encode(tiny_track.master, delivery, seed=derived_seed(7, "dither", "master")))
    heard = decode(master(songs, form).read_bytes())
    assert np.array_equal(bare.samples, heard.samples)


@pytest.mark.parametrize("form", FORMATS)
def test_others_read_the_title_and_the_statement(songs: dict[str, Path], form: str) -> None:
    """libsndfile knows the fields of each format."""
    if form == "aiff":
        data = master(songs, form).read_bytes()
        assert b"NAME" + struct.pack(">I", 4) + b"tiny" in data
        assert "AI-assisted".encode("utf-16-le") in data
        return
    with soundfile.SoundFile(master(songs, form)) as file:
        assert file.title == "tiny"
        assert "AI-assisted" in file.comment
        assert "bass 000000000000 (Apache-2.0)" in file.comment
        assert file.genre == "house"


@pytest.mark.parametrize("form", FORMATS)
def test_untouched_edited_and_foreign_are_distinguished(songs: dict[str, Path], form: str, tmp_path: Path) -> None:
    copy = tmp_path / f"renamed.{form}"
    shutil.copy(master(songs, form), copy)
    assert verdict(copy) == "untouched"
    data = bytearray(copy.read_bytes())
    for place in (len(data) // 2, len(data) - 1, data.find(b"tiny") if form in ("wav", "flac", "aiff") else 40):
        changed = bytearray(data)
        changed[place] ^= 1
        copy.write_bytes(changed)
        assert verdict(copy) == "edited", place
    copy.write_bytes(data[:-2])
    assert verdict(copy) == "edited"
    soundfile.write(copy, np.zeros((4800, 2), np.float32), 48000)
    assert verdict(copy) == "foreign"


def test_what_holds_no_credentials_is_not_told_to_hold_broken_ones(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("hello")
    (tmp_path / "empty.flac").touch()
    found = [verify(tmp_path / name)[0] for name in ("text.wav", "empty.flac")]
    assert [(one.verdict, one.remark) for one in found] == [("foreign", "")] * 2


def test_empty_and_short_files_are_foreign(tmp_path: Path) -> None:
    for content in (b"", b"RIFF", b"x" * 300):
        (tmp_path / "x.wav").write_bytes(content)
        assert verdict(tmp_path / "x.wav") == "foreign"


def test_a_master_tells_tempo_key_seed_and_loudness(songs: dict[str, Path]) -> None:
    wav, flac, mp3 = (master(songs, form).read_bytes() for form in ("wav", "flac", "mp3"))
    for text in (b"seed: 7", b"tempo: 120", b"key: F minor"):
        assert text in wav
    for text in (b"BPM=120", b"INITIALKEY=Fm", b"BEATSFOUNDRY_SEED=7", b"BEATSFOUNDRY_KEY=F minor"):
        assert text in flac
    assert b"TKEY" in mp3
    at = wav.find(b"bext") + 8
    # EBU Tech 3285 v2: loudness at 412, true peak at 416, in hundredths.
    assert struct.unpack("<h", wav[at + 412 : at + 414])[0] == -1402
    assert struct.unpack("<h", wav[at + 416 : at + 418])[0] == -20


@pytest.mark.parametrize("form", ["wav", "flac", "aiff"])
def test_a_bundle_that_is_loaded_again_has_the_same_bytes(
    songs: dict[str, Path], form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "_report_html", lambda track: b"<!doctype html>")
    export(load(songs[form]), tmp_path / "again")
    assert (tmp_path / "again" / f"master.{form}").read_bytes() == master(songs, form).read_bytes()


def test_a_stem_says_nothing_that_an_edit_elsewhere_changes(songs: dict[str, Path]) -> None:
    stem = (songs["wav"] / "stems" / "bass.wav").read_bytes()
    assert b"part: bass" in stem
    assert b"key:" not in stem


def test_a_bundle_is_verified_by_its_manifest(songs: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "song"
    shutil.copytree(songs["wav"], folder)
    assert {finding.verdict for finding in verify(folder)} == {"untouched"}
    assert cli.main(["verify", str(folder)]) == 0
    (folder / "plan.json").write_text("{}")
    (folder / "stems" / "bass.wav").unlink()
    (folder / "notes.txt").write_text("mine")
    told = {finding.path: finding.verdict for finding in verify(folder) if not finding.is_untouched}
    assert told == {"plan.json": "edited", "stems/bass.wav": "missing", "notes.txt": "foreign"}
    assert cli.main(["verify", str(folder)]) == 1


def test_verify_prints_one_line_a_file(
    songs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["verify", str(master(songs, "mp3"))]) == 0
    assert capsys.readouterr().out == f"untouched {master(songs, 'mp3')}\n"
    assert cli.main(["verify", str(tmp_path / "nothing.wav")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert cli.main(["verify", str(tmp_path / "nothing.wav"), str(master(songs, "mp3"))]) == 2
    answer = capsys.readouterr()
    assert f"untouched {master(songs, 'mp3')}\n" in answer.out
    assert answer.err.count("\n") == 1


@pytest.fixture
def mix(tmp_path: Path) -> Path:
    """Two seconds of a chord at a mix's level."""
    at = np.arange(2 * 48000) / 48000
    wave = sum(np.sin(2 * np.pi * hz * at) for hz in (220.0, 277.2, 329.6)) / 10
    soundfile.write(tmp_path / "my mix.wav", np.stack([wave, wave], axis=1), 48000)
    return tmp_path / "my mix.wav"


@pytest.mark.parametrize("form", FORMATS)
def test_a_master_of_any_mix_says_what_was_stated(form: str, mix: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = mix.with_name(f"master.{form}")
    stated = ["--title", "Nacht", "--artist", "Ada Ünal", "--isrc", "fr-z03-98-00212"]
    assert cli.main(["master", str(mix), "--out", str(out), *stated]) == 0
    assert verdict(out) == "untouched"
    data = out.read_bytes()
    if form == "wav":
        # EBU Tech 3352: in axml, since ISRC of an INFO list is a recording's source.
        size = struct.unpack("<I", data[data.index(b"axml") + 4 :][:4])[0]
        document = ET.fromstring(data[data.index(b"axml") + 8 :][:size])
        assert [one.text for one in document.iter("{http://purl.org/dc/elements/1.1/}identifier")] == [
            "ISRC:FRZ039800212"
        ]
        assert b"ISRC\x0d" not in data
    elif form == "flac":
        assert b"\x11\0\0\0ISRC=FRZ039800212" in data
    else:
        frame = b"TSRC" + struct.pack(">I", 29) + b"\0\0\x01\xff\xfe" + "FRZ039800212".encode("utf-16-le") + b"\0\0"
        assert frame in data
    if form != "aiff":
        with soundfile.SoundFile(out) as file:
            assert (file.title, file.artist) == ("Nacht", "Ada Ünal")
            # Whether an AI took part in a mix of somebody else's is not known here.
            assert "AI-assisted" not in file.comment


def test_without_words_a_master_is_called_like_its_mix(mix: Path) -> None:
    out = mix.with_name("master.flac")
    assert cli.main(["master", str(mix), "--out", str(out)]) == 0
    with soundfile.SoundFile(out) as file:
        assert (file.title, file.artist) == ("my mix", "")
    for name in (b"ISRC=", b"BPM=", b"GENRE=", b"ARTIST="):
        assert name not in out.read_bytes()


@pytest.mark.parametrize("isrc", ["FR-Z03-98-0021", "FRZ0398002123", "12-Z03-98-00212", "FR-Z03-9X-00212"])
def test_a_wrong_code_is_refused_before_any_work(isrc: str, mix: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["master", str(mix), "--out", str(mix.with_name("m.wav")), "--isrc", isrc]) == 2
    assert f"ISRC {isrc!r}: expected two letters" in capsys.readouterr().err
    assert not mix.with_name("m.wav").exists()


@pytest.mark.parametrize("shift", [-40, -20, -19, -1, 0, 1, 44, 64])
def test_a_seal_is_found_wherever_a_file_is_cut_into_pieces(tmp_path: Path, shift: int) -> None:
    before, after = b"\1" * ((1 << 20) + shift - len(SEAL)), b"\2" * 100
    blank = before + SEAL + b"0" * 64 + after
    path = tmp_path / "song.bin"
    path.write_bytes(blank.replace(b"0" * 64, hashlib.sha256(blank).hexdigest().encode()))
    assert verdict(path) == "untouched"
    path.write_bytes(path.read_bytes()[:-1] + b"\3")
    assert verdict(path) == "edited"
    path.write_bytes(before + SEAL + b"0" * 63)
    assert verdict(path) == "edited", "it ends within its seal"
    path.write_bytes(before)
    assert verdict(path) == "foreign"
