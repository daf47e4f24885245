"""Profiles on disk: round trip, attribution, the user's folder, errors."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from workbench.analysis.references import ReferenceLibrary, ReferenceProfile, distance
from workbench.domain.errors import AudioFileError, OutputError, ParameterError, UnknownReferenceError
from workbench.domain.paths import data_dir, home_dir


@pytest.fixture(scope="module")
def song_file(tmp_path_factory, drum_song):
    path = tmp_path_factory.mktemp("songs") / "My Song (2).wav"
    wave = drum_song(125.0, 8.0)
    soundfile.write(path, np.stack([wave, wave], axis=1), 48000)
    return path


@pytest.fixture
def library(tmp_path):
    return ReferenceLibrary(shipped=data_dir() / "references", own=tmp_path / "own")


def test_shipped_profiles_are_whole(library):
    profiles = library.list()
    assert len(profiles) >= 28
    for profile in profiles:
        assert profile.title
        assert profile.author
        assert profile.licence
        assert profile.source
        assert -40 < profile.measurements["integrated_loudness_lufs"] < -5
        assert profile.duration_seconds > 30
        assert 0.5 < sum(profile.chord_shares().values()) <= 1.0 + 1e-9
        assert all(chord.start_seconds < chord.end_seconds for chord in profile.heard_chords())
        assert ReferenceProfile.from_json(profile.to_json()) == profile
        assert profile.id in (data_dir() / "references" / "README.md").read_text(encoding="utf-8")


def test_add_get_remove(library, song_file):
    added = library.add(song_file, id="mine", title="Mine", author="Me", licence="CC0-1.0", source="desk")
    assert library.get("mine") == added
    assert added.tempo_bpm == pytest.approx(125.0, abs=0.1)
    assert "mine" in library.ids()
    assert [path.name for path in library.own.iterdir()] == ["mine.json"]
    assert set(distance(added, added).values()) == {0.0}
    library.remove("mine")
    assert "mine" not in library.ids()


def test_id_comes_from_the_file_name(library, song_file):
    assert library.add(song_file).id == "my-song-2"


def test_chords_are_summed_up_in_the_tracks_key(library):
    profile = replace(
        library.list()[0],
        key="C minor",
        duration_seconds=10.0,
        chords=((0.0, "N"), (2.0, "G#"), (4.0, "Cm"), (9.0, "G#")),
    )
    assert profile.chord_shares() == {"Cm": 0.5, "Ab": pytest.approx(0.3)}
    assert list(replace(profile, key=None).chord_shares()) == ["Cm", "G#"]
    assert ReferenceProfile.from_json(profile.to_json()) == profile
    assert replace(profile, chords=()).chord_shares() == {}


def test_a_profile_of_before_has_no_chords(library):
    text = json.loads(library.list()[0].to_json())
    del text["chords"]
    assert ReferenceProfile.from_json(json.dumps(text)).chords == ()


def test_a_shipped_profile_is_not_hidden(library, song_file):
    with pytest.raises(ParameterError, match="shipped track"):
        library.add(song_file, id=library.ids()[0], title="Other")
    assert not library.own.exists()


@pytest.mark.parametrize(("seconds", "level", "message"), [(1.0, 0.1, "at least 3 s"), (5.0, 0.0, "silence")])
def test_what_is_no_music_is_no_reference(library, tmp_path, seconds, level, message):
    path = tmp_path / "tone.wav"
    soundfile.write(path, level * np.sin(np.arange(int(48000 * seconds)) * 0.05), 48000)
    with pytest.raises(AudioFileError, match=message):
        library.add(path, id="tone")


def test_unknown_ids_list_some_known_ones(library):
    with pytest.raises(UnknownReferenceError, match=r"'nope' is not known.*and \d+ more") as caught:
        library.get("nope")
    assert len(str(caught.value)) < 600
    with pytest.raises(UnknownReferenceError):
        library.get("../secret")
    with pytest.raises(UnknownReferenceError, match="ships with the product"):
        library.remove(library.ids()[0])


def test_bad_input_leaves_nothing(library, song_file, tmp_path):
    with pytest.raises(ParameterError, match="letters, digits"):
        library.add(song_file, id="../up")
    with pytest.raises(AudioFileError):
        library.add(tmp_path / "none.wav", id="x")
    assert not library.own.exists()
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        ReferenceLibrary(shipped=tmp_path, own=tmp_path / "file" / "sub").add(song_file, id="x")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"id": 3}', '{"third_octave_db": [1]}'])
def test_damaged_profiles_are_named(library, text):
    library.own.mkdir()
    (library.own / "bad.json").write_text(text)
    with pytest.raises(ParameterError, match=r"bad\.json"):
        library.get("bad")


def test_home_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    assert home_dir() == tmp_path
    assert ReferenceLibrary().own == tmp_path / "references"
    monkeypatch.delenv("BEATSFOUNDRY_HOME")
    assert home_dir().name == ".beatsfoundry"
