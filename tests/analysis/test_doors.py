"""Every door for foreign audio, and what comes through it: what one refuses, all refuse, and for the same reason."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

import workbench
from tests.analysis import odd_files as odd
from workbench.analysis.references import ReferenceLibrary
from workbench.cli import main as cli

DOORS = ("analyze", "references add", "references add a folder", "master", "master --match", "in Python")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    (tmp_path / "in").mkdir()
    return tmp_path


def write(folder: Path, kind: str) -> Path:
    path = folder / f"song.{MAKERS[kind][0]}"
    path.write_bytes(MAKERS[kind][1])
    return path


def through(door: str, path: Path) -> int:
    """The exit code of a command that is given the file; 2 where Python refuses it."""
    mix = path.with_name("mix.flac")
    if door == "master --match":
        mix = path.parents[1] / "mix.wav"
        soundfile.write(mix, odd.sound(), odd.RATE)
    out = ["--out", str(path.parents[1] / "out.wav"), "--overwrite"]
    commands = {
        "analyze": ["analyze", str(path), "--quiet"],
        "references add": ["references", "add", str(path)],
        "references add a folder": ["references", "add", str(path.parent)],
        "master": ["master", str(path), *out],
        "master --match": ["master", str(mix), "--match", str(path), *out],
    }
    if door in commands:
        return cli.main(commands[door])
    try:
        workbench.read_audio(path)
    except workbench.AudioFileError as error:
        print(error)
        return 2
    return 0


MAKERS = {
    "no number": ("wav", odd.encoded(np.where(np.arange(400000) == 9, np.nan, 0.1), "WAV", "FLOAT")),
    "six channels": ("wav", odd.encoded(odd.sound(channels=6), "WAV", "PCM_16")),
    "three channels of FLAC": ("flac", odd.encoded(odd.sound(channels=3), "FLAC", "PCM_16")),
    "cut short": ("wav", odd.encoded(odd.sound(), "WAV", "PCM_16")[:90000]),
    "text": ("wav", b"words, words, words"),
    # Truxify 13024: three of several endpoints took empty uploads, and failed later.
    "nothing at all": ("wav", b""),
    "a web page": ("mp3", b"\n<!DOCTYPE html><html><body>404</body></html>"),
    "a pointer": ("flac", b"version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 9\n"),
    "M4A": ("wav", b"\0\0\0\x20ftypM4A " + bytes(400)),
    "JSON": ("wav", b'{"error": "not found"}'),
    "AppleDouble": ("wav", bytes.fromhex("00051607000200004d6163204f532058") + bytes(4000)),
    "never closed": ("wav", odd.wave(odd.form(), odd.chunk(b"data", odd.pcm(odd.sound()), size=0), size=0)),
    "BW64": ("wav", odd.long_wave(odd.sound(), b"BW64")),
    "MP3 from a pipe": ("mp3", odd.piped_mp3(odd.sound())),
    "chained Opus": ("opus", odd.chained("OPUS", 2.0, 2.0, rate=48000)),
    "FLAC from a pipe": ("flac", odd.piped_flac(odd.sound())),
    "mono": ("aif", odd.encoded(odd.sound(channels=1), "AIFF", "PCM_16")),
}
REFUSED = {
    "no number": "NaN",
    "six channels": "expected mono or stereo, got 6 channels",
    "three channels of FLAC": "expected mono or stereo, got 3 channels",
    "cut short": "it is cut short",
    "text": "it is text; expected WAV",
    "nothing at all": "the file is empty",
    "a web page": "it is a web page: download the file itself",
    "a pointer": "it is a Git LFS pointer, not the file",
    "M4A": "it is an MP4 or M4A file",
    "JSON": "it is JSON text",
    "AppleDouble": "AppleDouble",
}


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("door", DOORS)
def test_all_doors_agree(door: str, kind: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(home / "in", kind)
    code = through(door, path)
    said = "".join(capsys.readouterr())
    if kind in REFUSED:
        assert code in (1, 2)
        assert REFUSED[kind] in said
        assert "Traceback" not in said
        assert not list(ReferenceLibrary().own.glob("*.json"))
        assert not (home / "out.wav").exists()
    else:
        assert code == 0, said


@pytest.mark.parametrize(
    ("level", "seconds", "offset", "told"),
    [
        (0.0, 5.0, 0.0, "got silence"),
        (0.1, 1.0, 0.0, "at least 3 s"),
        # omi 4572: a clip of 25 ms passed the guard of one door and broke what lay behind it.
        (0.1, 0.025, 0.0, "at least 3 s"),
        (0.0, 5.0, 0.25, "got silence"),
    ],
)
@pytest.mark.parametrize("door", ["references add", "master --match"])
def test_what_is_followed_as_an_example_is_music(
    door: str, level: float, seconds: float, offset: float, told: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soundfile.write(home / "in" / "tone.wav", level * odd.sound(seconds) + offset, odd.RATE)
    assert through(door, home / "in" / "tone.wav") == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("door", DOORS)
def test_a_soft_recording_is_no_silence(door: str, home: Path) -> None:
    """PeonPing registry 352: a soft sound of -54 dBFS was turned away as dead air."""
    soundfile.write(home / "in" / "soft.wav", 0.02 * odd.sound(5.0), odd.RATE, subtype="PCM_24")
    assert through(door, home / "in" / "soft.wav") == 0


def test_loudness_of_a_mono_file_is_that_of_one_channel(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """BS.1770: a sine of 997 Hz at 0 dBFS in one channel reads -3.01 LKFS."""
    tone = 0.1 * np.sin(2 * np.pi * 997 * np.arange(6 * 48000) / 48000)
    soundfile.write(home / "mono.wav", tone, 48000, subtype="PCM_24")
    soundfile.write(home / "stereo.wav", np.stack([tone, tone], 1), 48000, subtype="PCM_24")
    mono, dual, stereo = (
        workbench.analyze(home / "mono.wav"),
        workbench.analyze(home / "mono.wav", dual_mono=True),
        workbench.analyze(home / "stereo.wav", dual_mono=True),
    )
    assert (mono.channels, dual.channels, stereo.channels) == (1, 1, 2)
    for name in ("integrated_loudness_lufs", "momentary_max_lufs", "short_term_max_lufs"):
        assert mono.measurements[name] == pytest.approx(-23.01, abs=0.05)
        assert dual.measurements[name] == stereo.measurements[name] == pytest.approx(-20.0, abs=0.05)
    assert mono.measurements["crest_factor_db"] == pytest.approx(3.01, abs=0.01)
    assert mono.measurements["plr_db"] == pytest.approx(3.01, abs=0.05)
    assert stereo.notes == ()
    assert "one channel" in mono.notes[0]
    assert cli.main(["analyze", str(home / "mono.wav"), "--json", "--dual-mono", "--quiet"]) == 0
    told = json.loads(capsys.readouterr().out)[0]
    assert told["channels"] == 1
    assert "dual mono" in told["notes"][0]


def test_master_says_that_mono_became_stereo(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write(home / "mono.wav", odd.sound(channels=1), odd.RATE)
    assert cli.main(["master", str(home / "mono.wav"), "--out", str(home / "out.wav")]) == 0
    assert "mono: written to both channels" in capsys.readouterr().err
    done = workbench.analyze(home / "out.wav")
    assert done.channels == 2
    assert done.measurements["integrated_loudness_lufs"] == pytest.approx(-14.0, abs=0.1)


def test_pictures_of_files_of_one_name_stand_beside_each_other(home: Path) -> None:
    files = []
    for album in ("One", "Two"):
        (home / album).mkdir()
        files.append(home / album / "01 Intro.wav")
        soundfile.write(files[-1], odd.sound(1.0), odd.RATE)
    soundfile.write(home / "One" / "Other.flac", odd.sound(1.0), odd.RATE)
    command = ["analyze", *map(str, files), str(home / "One" / "Other.flac"), "--pictures", str(home / "p"), "--quiet"]
    assert cli.main(command) == 0
    names = {
        f"{name}-{view}.png" for name in ("One-01 Intro", "Two-01 Intro", "Other") for view in ("over-time", "music")
    }
    assert {path.name for path in (home / "p").iterdir()} == {*names, "spectra.png"}


def test_a_folder_from_a_mac(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = home / "in"
    (folder / "__MACOSX").mkdir()
    (folder / ".Trash").mkdir()
    for name in ("Slow Sun.WAV", "High Tide.wav"):
        soundfile.write(folder / name, odd.sound(), odd.RATE)
        for beside in (f"._{name}", f"__MACOSX/._{name}", f".Trash/{name}"):
            (folder / beside).write_bytes(MAKERS["AppleDouble"][1])
    (folder / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    assert cli.main(["references", "add", str(folder)]) == 0
    assert capsys.readouterr().out == "added high-tide\nadded slow-sun\n"
    assert cli.main(["analyze", str(folder), "--json", "--quiet"]) == 0
    assert [Path(one["path"]).name for one in json.loads(capsys.readouterr().out)] == ["High Tide.wav", "Slow Sun.WAV"]


@pytest.mark.parametrize("suffix", ["opus", "mp3", "aif", "aiff", "aifc", "oga", "flac", "wave", "w64", "caf", "au"])
def test_a_folder_scan_finds_every_format_that_is_read(suffix: str, home: Path) -> None:
    kinds = {
        "opus": ("OGG", "OPUS", 48000), "mp3": ("MP3", "MPEG_LAYER_III", 44100), "oga": ("OGG", "VORBIS", 44100),
        "wave": ("WAV", "PCM_16", 44100), "aif": ("AIFF", "PCM_16", 44100), "aifc": ("AIFF", "FLOAT", 44100),
    }  # fmt: skip
    kind, subtype, rate = kinds.get(suffix, (suffix.upper(), "PCM_16", 44100))
    (home / "in" / f"Song.{suffix.upper()}").write_bytes(odd.encoded(odd.sound(), kind, subtype, rate))
    added = ReferenceLibrary().add_folder(home / "in")
    assert [profile.id for profile in added.profiles] == ["song"]
    assert added.refused == ()


def test_references_of_every_alphabet_have_ids_of_their_own(home: Path) -> None:
    names = ("夜の海", "Тихая ночь", "Θάλασσα", "été", "السلام", "♪♪", "☆")
    for seed, name in enumerate(names):
        soundfile.write(home / "in" / f"{name}.wav", odd.sound(seed=seed), odd.RATE)
    added = ReferenceLibrary().add_folder(home / "in")
    assert added.refused == ()
    assert {profile.title for profile in added.profiles} == set(names)
    ids = {profile.title: profile.id for profile in added.profiles}
    assert len(set(ids.values())) == len(names)
    assert all(one.isascii() and one for one in ids.values())
    assert (ids["été"], ids["Тихая ночь"], ids["Θάλασσα"]) == ("ete", "tikhaya-noch", "thalassa")
    again = ReferenceLibrary().add_folder(home / "in")
    assert {profile.title: profile.id for profile in again.profiles} == ids


def test_a_second_track_of_one_name_never_takes_the_place_of_the_first(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed, album in enumerate(("Album One", "Album Two", "Album Two/Disc 2")):
        (home / album).mkdir(parents=True, exist_ok=True)
        soundfile.write(home / album / "01 Intro.wav", odd.sound(seed=seed), odd.RATE)
    for album in ("Album One", "Album Two", "Album Two/Disc 2"):
        assert cli.main(["references", "add", str(home / album / "01 Intro.wav")]) == 0
    assert capsys.readouterr().out == "added 01-intro\nadded album-two-01-intro\nadded disc-2-01-intro\n"
    library = ReferenceLibrary()
    first = library.get("01-intro")
    other = home / "Album Two" / "01 Intro.wav"
    assert cli.main(["references", "add", str(other), "--id", "01-intro"]) == 2
    assert "that of another track" in capsys.readouterr().err
    assert library.get("01-intro") == first
    assert cli.main(["references", "add", str(other), "--id", "01-intro", "--replace"]) == 0
    assert capsys.readouterr().out == "replaced 01-intro\n"
    assert library.get("01-intro").sha256 != first.sha256


def test_a_file_that_holds_something_else_by_now_is_asked_about(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = home / "mix.wav"
    soundfile.write(path, odd.sound(), odd.RATE)
    assert cli.main(["references", "add", str(path)]) == 0
    soundfile.write(path, odd.sound(seed=1), odd.RATE)
    assert cli.main(["references", "add", str(path)]) == 2
    assert "--replace" in capsys.readouterr().err
    assert cli.main(["references", "add", str(path), "--replace"]) == 0
    assert capsys.readouterr().out == "replaced mix\n"
