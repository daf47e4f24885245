"""Songs by hand: chosen, opened, saved, exported and handed over, by messages as the page sends them."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.widgets.conftest import REQUEST, Page
from workbench import export, widgets
from workbench.domain.errors import ParameterError
from workbench.domain.results import Track
from workbench.output import load, load_song
from workbench.output.daw import read_session
from workbench.session import Session
from workbench.session.kept_songs import list_songs, read_unsaved
from workbench.widgets.shelf import shelf as shelf_module

FADER = {"element": "bass", "gain_db": -6.0}


@pytest.fixture
def night(songs: Path, short_track: Track) -> Path:
    export(short_track, songs / "night")
    return songs / "night"


@pytest.fixture
def shelf(night: Path) -> Page:
    return Page(widgets.Songs())


def changed(page: Page, **move: Any) -> None:
    page.ask("listen", first=1, last=1)
    page.ask("move", **move)
    page.widget.keeper.now()


def test_the_newest_song_is_open_and_all_are_listed(night: Path, short_track: Track) -> None:
    time.sleep(0.01)
    export(short_track, night.with_name("later"))
    shelf = Page(widgets.Songs())
    assert [one["name"] for one in shelf.widget.songs] == ["later", "night"]
    assert [one["here"] for one in shelf.widget.songs] == [True, False]
    assert (shelf.widget.songs[0]["style"], shelf.widget.songs[0]["length"]) == ("synthwave", "0:12")
    assert (shelf.widget.song["name"], shelf.widget.song["unsaved"]) == ("later", False)
    assert shelf.widget.session.state.song.score == short_track.score
    assert Page(widgets.Songs("night")).widget.song["name"] == "night"
    assert Page(widgets.Songs(night)).widget.song["name"] == "night"


def test_a_song_is_heard_before_it_is_opened(shelf: Page) -> None:
    shelf.ask("hear_song", name="night")
    shelf.widget.wait()
    content, (sound,) = shelf.messages[-1]
    assert content == {"song": "night"}
    samples, rate = soundfile.read(io.BytesIO(sound))
    assert 10 < len(samples) / rate < 31
    assert np.abs(samples).max() > 0.1
    shelf.ask("hear_song", name="absent")
    assert shelf.widget.failed


def test_instruments_go_along_to_another_song(shelf: Page, short_track: Track, songs: Path) -> None:
    slow = Session()
    slow.open(short_track)
    slow.modify([{"edit": "tempo", "bpm": 90}, {"edit": "drop", "element": "pads"}])
    export(slow.track(), songs / "slow")
    mixer, designer = Page(widgets.Mixer(shelf.widget.session)), widgets.SoundDesigner(shelf.widget.session, "pads")
    mixer.ask("open_song", name="slow")
    mixer.widget.wait()
    assert mixer.widget.message == "opened: slow"
    assert [one["name"] for one in mixer.widget.channels] == ["percussion", "bass", "leads"]
    assert (mixer.widget.opened, designer.opened, shelf.widget.opened) == (1, 1, 1)
    assert (designer.element, shelf.widget.song["name"]) == ("bass", "slow")
    assert [edit["edit"] for edit in mixer.widget.edits] == ["tempo", "drop"], "what was done before stands there too"
    assert not mixer.widget.can_undo


def test_what_was_changed_is_there_again_in_another_notebook(shelf: Page, night: Path) -> None:
    mixer = Page(widgets.Mixer(shelf.widget.session))
    changed(mixer, **FADER)
    assert mixer.widget.song["unsaved"]
    assert load_song(night)[0].mix == {}
    other = Page(widgets.Keyboard(widgets.Songs().session))
    assert other.widget.session.state.song.plan.mix["bass"].gain_db == -6.0
    assert other.widget.song["unsaved"]
    other.ask("save_song")
    other.widget.wait()
    assert other.widget.message.startswith("saved as night: ")
    assert load_song(night)[0].mix["bass"].gain_db == -6.0
    # The first notebook is looked at again, and stands where the second one left the song.
    mixer.ask("look")
    mixer.widget.wait()
    assert (mixer.widget.message, mixer.widget.song["unsaved"]) == ("opened: night", False)


def test_changes_that_are_taken_up_are_undone_one_by_one(shelf: Page) -> None:
    mixer = Page(widgets.Mixer(shelf.widget.session))
    changed(mixer, **FADER)
    changed(mixer, element="pads", pan=0.5)
    mixer.ask("move", element="bass", mute=True)
    mixer.widget.keeper.now()
    other = Page(widgets.Mixer(widgets.Songs().session))
    song = mixer.widget.session.state.song
    assert other.widget.session.state.song == song
    other.ask("undo")
    plan = other.widget.session.state.song.plan
    assert (plan.mix["bass"].mute, plan.mix["bass"].gain_db, plan.mix["pads"].pan) == (False, -6.0, 0.5)
    other.ask("undo")
    assert list(other.widget.session.state.song.plan.mix) == ["bass"]
    other.ask("redo")
    other.ask("redo")
    assert other.widget.session.state.song == song


def test_changes_that_went_to_another_name_are_told_where_they_were_seen(shelf: Page, night: Path) -> None:
    mixer = Page(widgets.Mixer(shelf.widget.session))
    changed(mixer, **FADER)
    other = Page(widgets.Mixer(widgets.Songs().session))
    other.ask("save_song_as", name="My night")
    other.widget.wait()
    assert (other.widget.song["name"], other.widget.song["went_to"]) == ("my-night", "")
    mixer.ask("look")
    mixer.widget.wait()
    assert mixer.widget.message == "its changes were saved as my-night: this is night as it was saved before"
    assert (mixer.widget.song["name"], mixer.widget.song["went_to"]) == ("night", "my-night")
    assert shelf.widget.song["went_to"] == "my-night"
    mixer.ask("open_song", name="my-night")
    mixer.widget.wait()
    assert (mixer.widget.song["name"], mixer.widget.song["went_to"]) == ("my-night", "")
    assert mixer.widget.session.state.song.plan.mix["bass"].gain_db == -6.0


def test_changes_are_told_as_kept_and_not_as_lost(shelf: Page) -> None:
    mixer = Page(widgets.Mixer(shelf.widget.session))
    assert not mixer.widget.song["kept"]
    mixer.ask("listen", first=1, last=1)
    mixer.ask("move", **FADER)
    assert (mixer.widget.song["unsaved"], mixer.widget.song["kept"]) == (True, False)
    mixer.widget.keeper.now()
    mixer.widget.show_song()
    assert (mixer.widget.song["unsaved"], mixer.widget.song["kept"]) == (True, True)
    mixer.ask("undo")
    mixer.widget.keeper.now()
    mixer.widget.show_song()
    assert (mixer.widget.song["unsaved"], mixer.widget.song["kept"]) == (False, False)


def test_changes_are_kept_without_asking_once_the_hands_rest(shelf: Page, night: Path) -> None:
    mixer = Page(widgets.Mixer(shelf.widget.session))
    mixer.ask("listen", first=1, last=1)
    mixer.ask("move", **FADER)
    deadline = time.monotonic() + 10
    while read_unsaved(night) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    changes = read_unsaved(night)
    assert changes is not None
    assert changes.song == shelf.widget.session.state.song


def test_two_notebooks_that_change_one_song_are_told(shelf: Page, night: Path) -> None:
    mixer, other = Page(widgets.Mixer(shelf.widget.session)), Page(widgets.Mixer(widgets.Songs().session))
    changed(other, **FADER)
    mixer.ask("listen", first=1, last=1)
    mixer.ask("move", element="leads", pan=0.5)
    mixer.ask("look")
    assert mixer.widget.failed
    assert "was changed in another notebook" in mixer.widget.message
    assert mixer.widget.song["conflict"]
    mixer.ask("save_song_as", name="With leads to the right")
    mixer.widget.wait()
    assert not mixer.widget.song["conflict"]
    assert {song.name for song in list_songs(night.parent)} == {"night", "with-leads-to-the-right"}
    assert read_unsaved(night) is not None, "what the other one changed is still there"


def test_a_song_is_handed_over(shelf: Page, short_track: Track, songs: Path) -> None:
    """The notebook that it goes to takes it up, whatever was changed last, and one that is there already goes along."""
    there = widgets.Songs("night")
    there.keeper.follows = True
    export(short_track, songs / "later")
    shelf.ask("hand_over", to="notebooks/03_mix_and_sound_design.ipynb")
    assert shelf.messages[-1][0] == {"handed": "notebooks/03_mix_and_sound_design.ipynb"}
    assert widgets.Songs().song["name"] == "night"
    later = Page(widgets.Mixer(widgets.Songs("later").session))
    later.ask("hand_over", to="x.ipynb")
    page = Page(there)
    page.ask("look")
    page.widget.wait()
    assert page.widget.song["name"] == "later"
    page.ask("look")
    assert not page.widget.is_busy


def test_a_session_of_a_script_is_saved_under_a_name(songs: Path, session: Session) -> None:
    mixer = Page(widgets.Mixer(session))
    assert mixer.widget.song["proposal"] == "driving-synthwave-at-night"
    mixer.ask("hand_over", to="x.ipynb")
    assert "save it first" in mixer.widget.message
    mixer.ask("save_song")
    mixer.widget.wait()
    assert mixer.widget.song["name"] == "driving-synthwave-at-night"
    assert (songs / "driving-synthwave-at-night" / "master.wav").is_file()


def test_a_song_that_was_never_saved_is_not_left_by_one_press(night: Path, session: Session) -> None:
    mixer = Page(widgets.Mixer(session))
    mixer.ask("open_song", name="night")
    assert "would be lost" in mixer.widget.message
    mixer.ask("open_song", name="night", leave=True)
    mixer.widget.wait()
    assert mixer.widget.song["name"] == "night"


def test_everything_is_exported_with_the_session_of_a_program(shelf: Page, songs: Path) -> None:
    mixer = Page(widgets.Mixer(shelf.widget.session))
    assert {"reaper", "ableton", "dawproject"} <= set(mixer.widget.daws)
    changed(mixer, **FADER)
    mixer.ask("export_files", parts=["master", "stems", "midi"], daw="reaper")
    mixer.widget.wait()
    assert mixer.widget.message.startswith("exported to exports/night: "), mixer.widget.message
    folder = songs.with_name("exports") / "night"
    shown = mixer.widget.written
    assert [file["label"] for file in shown["files"]] == [
        "session/night/night.rpp", "master.wav", "stems/percussion.wav", "stems/bass.wav", "stems/pads.wav",
        "stems/leads.wav", "midi/song.mid", "midi/percussion.mid", "midi/bass.mid", "midi/pads.mid", "midi/leads.mid",
    ]  # fmt: skip
    assert all(Path(file["path"]).is_file() for file in shown["files"])
    tracks = {track.name: track for track in read_session(folder / "session" / "night" / "night.rpp").tracks}
    assert tracks["bass"].gain_db == pytest.approx(-6.0)
    heard, _ = soundfile.read(folder / "stems" / "percussion.wav", dtype="float32")
    assert np.abs(heard.T - mixer.widget.track.mix.stems["percussion"].samples).max() < 2**-15
    mixer.ask("hear_written")
    content, (sound,) = mixer.messages[-1]
    assert content == {"written": shown["number"]}
    assert len(soundfile.read(io.BytesIO(sound))[0])
    # What was exported before stays.
    mixer.ask("export_files", parts=["midi"])
    mixer.widget.wait()
    assert Path(mixer.widget.written["folder"]["path"]) == folder.with_name("night-2")
    assert {file["label"].split("/")[0] for file in mixer.widget.written["files"]} == {"midi"}
    assert mixer.widget.song["unsaved"], "an export is no save"


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"parts": []}, "choose master"),
        ({"parts": "master"}, "choose master"),
        ({"parts": ["cover"]}, "cover"),
        ({"parts": ["midi"], "daw": "tape"}, "daw 'tape' is not known"),
    ],
)
def test_what_cannot_be_exported_is_told(shelf: Page, songs: Path, fields: Any, line: str) -> None:
    shelf.ask("export_files", **fields)
    shelf.widget.wait()
    assert shelf.widget.failed
    assert line in shelf.widget.message
    assert not songs.with_name("exports").exists()


def test_finishing_saves_and_shows(shelf: Page, night: Path) -> None:
    mixer = Page(widgets.Mixer(shelf.widget.session))
    changed(mixer, **FADER)
    mixer.ask("finish")
    mixer.widget.wait()
    assert mixer.widget.written["open"]
    assert {"master.wav", "stems/bass.wav", "midi/song.mid", "report.html"} <= {
        file["label"] for file in mixer.widget.written["files"]
    }
    assert "LUFS" in mixer.widget.message
    assert load(night).plan.mix["bass"].gain_db == -6.0


def test_an_example_is_made_where_there_is_no_song(songs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf_module, "_EXAMPLE", {**REQUEST, "project_id": "example"})
    shelf = widgets.Songs()
    assert shelf.message == "there was no song yet: here is a short example"
    assert [song.name for song in list_songs(songs)] == ["example"]
    assert (shelf.song["name"], shelf.song["unsaved"]) == ("example", False)


def test_wrong_songs_are_refused(songs: Path) -> None:
    with pytest.raises(ParameterError, match="expected the name of a song or its folder, got int"):
        widgets.Songs(3)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="there is no song 'absent'"):
        widgets.Songs("absent")
