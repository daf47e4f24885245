"""Songs that are kept: opened, changed, saved under a name, and never written over by somebody who did not know."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench import export, modify
from workbench.cli.main import main
from workbench.domain.errors import OutputError, ParameterError
from workbench.domain.results import Track
from workbench.output import load, load_song
from workbench.output.files import bundle
from workbench.output.files.verifying import verify
from workbench.session import Session
from workbench.session.kept_song import KeptSong
from workbench.session.kept_songs import list_songs

FADER: list[dict[str, Any]] = [{"edit": "mix", "element": "bass", "gain_db": 4.0}]
SLOW: list[dict[str, Any]] = [{"edit": "tempo", "bpm": 120}]


@pytest.fixture(autouse=True)
def plain_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bundles without the pictures of their page, which take longest and are tested elsewhere."""
    monkeypatch.setattr(bundle, "_report_html", lambda track: b"<p>a report</p>")


@pytest.fixture(scope="session")
def night(track: Track, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "night"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundle, "_report_html", lambda track: b"<p>a report</p>")
        export(track, folder)
    return folder


@pytest.fixture
def kept(night: Path, tmp_path: Path) -> KeptSong:
    shutil.copytree(night, tmp_path / "night")
    song = KeptSong(Session(), tmp_path)
    song.open("night")
    return song


def test_songs_are_listed_the_newest_first(night: Path, track: Track, tmp_path: Path) -> None:
    for age, name in enumerate(("old", "older")):
        shutil.copytree(night, tmp_path / name)
        os.utime(tmp_path / name / "manifest.json", (1000 - age, 1000 - age))
    (tmp_path / "no-song").mkdir()
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "manifest.json").write_text("{}")
    songs = list_songs(tmp_path)
    assert [song.name for song in songs] == ["old", "older"]
    assert (songs[0].style, songs[0].tempo_bpm, songs[0].key) == ("synthwave", 160.0, "F minor")
    assert songs[0].seconds == pytest.approx(track.plan.duration_seconds)
    assert not songs[0].unsaved


def test_changes_are_taken_up_again_before_and_after_they_are_saved(kept: KeptSong, tmp_path: Path) -> None:
    kept.session.modify(FADER)
    kept.keep_changes()
    assert kept.unsaved
    assert list_songs(tmp_path)[0].unsaved
    other = KeptSong(Session(), tmp_path)
    assert other.open("night") == 1
    assert other.session.state.song == kept.session.state.song
    assert other.unsaved
    assert other.session.history[1].edits[0].edit == "mix"
    other.save()
    assert not other.unsaved
    assert not list_songs(tmp_path)[0].unsaved
    third = KeptSong(Session(), tmp_path)
    assert third.open("night") == 0
    assert third.session.state.song.plan.mix["bass"].gain_db == 4.0
    assert all(one.verdict == "untouched" for one in verify(tmp_path / "night"))


def test_what_is_saved_is_what_modify_would_have_made(kept: KeptSong, night: Path, tmp_path: Path) -> None:
    kept.session.modify(FADER)
    kept.session.modify([{"edit": "vary", "element": "leads", "strength": 0.5}])
    kept.save()
    wanted = [*FADER, {"edit": "vary", "element": "leads", "strength": 0.5}]
    edited = modify(night, wanted)
    export(edited, tmp_path / "by-script")
    for name in ("score.json", "edits.json", "master.wav", "mix.json"):
        assert (tmp_path / "night" / name).read_bytes() == (tmp_path / "by-script" / name).read_bytes(), name


def test_the_command_line_goes_on_from_what_was_saved(kept: KeptSong, tmp_path: Path, capsys: Any) -> None:
    kept.session.modify(FADER)
    kept.keep_changes()
    command = ["modify", str(tmp_path / "night"), json.dumps(SLOW), "--out", str(tmp_path / "slow"), "--quiet"]
    assert main([*command, "--no-cache"]) == 0
    assert "1 change that was not saved" in capsys.readouterr().err
    assert "bass" not in load_song(tmp_path / "slow")[0].mix
    kept.save()
    assert main([*command, "--no-cache", "--overwrite"]) == 0
    assert capsys.readouterr().err == ""
    plan, _, edits = load_song(tmp_path / "slow")
    assert (plan.mix["bass"].gain_db, plan.tempo_bpm) == (4.0, 120.0)
    assert [edit["edit"] for edit in edits.history] == ["mix", "tempo"]
    assert edits.calls == (1, 1)


def test_what_is_undone_is_no_change(kept: KeptSong, tmp_path: Path) -> None:
    kept.session.modify(FADER)
    kept.keep_changes()
    kept.session.undo()
    kept.keep_changes()
    assert not kept.unsaved
    assert not list_songs(tmp_path)[0].unsaved


def test_undoing_what_was_saved_is_kept_too(kept: KeptSong, tmp_path: Path) -> None:
    kept.session.modify(FADER)
    kept.save()
    kept.session.undo()
    kept.keep_changes()
    other = KeptSong(Session(), tmp_path)
    other.open("night")
    assert "bass" not in other.session.state.song.plan.mix
    saved = load(tmp_path / "night")
    other.save()
    again = load(tmp_path / "night")
    assert again.edits.history == ()
    assert not np.array_equal(saved.mix.stems["bass"].samples, again.mix.stems["bass"].samples)


def test_nobody_writes_over_what_another_changed(kept: KeptSong, tmp_path: Path) -> None:
    other = KeptSong(Session(), tmp_path)
    other.open("night")
    other.session.modify(SLOW)
    other.keep_changes()
    assert kept.changed_elsewhere
    kept.session.modify(FADER)
    with pytest.raises(ParameterError, match="changed in another notebook"):
        kept.keep_changes()
    with pytest.raises(ParameterError, match="changed in another notebook"):
        kept.save()
    other.save()
    with pytest.raises(ParameterError, match="changed in another notebook"):
        kept.save()
    kept.save_as("night, louder")
    assert kept.name == "night-louder"
    assert load_song(tmp_path / "night")[0].tempo_bpm == 120.0
    assert load_song(tmp_path / "night-louder")[0].tempo_bpm == 160.0


def test_under_a_new_name_the_old_song_stands_as_it_was_saved(kept: KeptSong, tmp_path: Path) -> None:
    kept.session.modify(FADER)
    kept.keep_changes()
    kept.save_as("Louder Night")
    assert {song.name: song.unsaved for song in list_songs(tmp_path)} == {"louder-night": False, "night": False}
    assert "bass" not in load_song(tmp_path / "night")[0].mix
    with pytest.raises(ParameterError, match="there is a song night already: choose another name, such as night-2"):
        kept.save_as("night")
    with pytest.raises(ParameterError, match="expected letters or digits"):
        kept.save_as("?!")


def test_a_song_that_was_just_made_has_no_place(kept: KeptSong, track: Track, tmp_path: Path) -> None:
    """A session that takes up another song by a script no longer stands where the song before it lies."""
    kept.session.open(track)
    assert (kept.place, kept.name, kept.unsaved) == (None, "", True)
    assert kept.propose() == "session"
    with pytest.raises(ParameterError, match="no name yet"):
        kept.save()
    kept.keep_changes()
    assert [song.name for song in list_songs(tmp_path)] == ["night"]


def test_changes_of_another_bundle_mean_nothing(kept: KeptSong, track: Track, tmp_path: Path) -> None:
    kept.session.modify(FADER)
    kept.keep_changes()
    export(modify(track, SLOW), tmp_path / "night", overwrite=True)
    other = KeptSong(Session(), tmp_path)
    assert other.open("night") == 0
    (tmp_path / ".night.unsaved.json").write_text("[")
    assert KeptSong(Session(), tmp_path).open("night") == 0


@pytest.mark.parametrize("name", ["absent", "../night", ".", "", ".night"])
def test_what_is_no_song_is_told(kept: KeptSong, name: str) -> None:
    with pytest.raises((ParameterError, OutputError), match="there is no song"):
        kept.open(name)
