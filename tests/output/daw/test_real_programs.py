"""Sessions opened by the programs that they are for: Ardour plays the stems, LMMS the notes, MuseScore the melody."""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import mido
import numpy as np
import pytest
import soundfile

from workbench.domain.errors import OutputError, ParameterError
from workbench.domain.plan import Plan
from workbench.domain.results import Track
from workbench.domain.score import Note, Part, Score
from workbench.output import export, export_composition
from workbench.output.daw import export_session, printed_sheet
from workbench.output.files import bundle as bundles

_LMMS_SETTINGS = """<?xml version="1.0"?>
<!DOCTYPE lmms-config-file>
<lmms version="1.2.2" configversion="2">
  <app nomsgaftersetup="1" configured="1" nanosplash="1"/>
  <paths workingdir="{home}/lmms/"/>
</lmms>
"""


def program(*names: str) -> str:
    """The first of several programs that is installed; the test is skipped where none is."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"none of {', '.join(names)} is installed")
    return found


def run(command: list[str], home: Path, seconds: float = 240.0, tries: int = 6) -> None:
    """Runs a real program without a screen.

    One that is ended by a signal is started again: on a busy machine Ardour 7.3 frees memory twice in 3 of 100 exports
    of one and the same session, which says nothing of the session.
    """
    home.mkdir(exist_ok=True)
    environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    for _ in range(tries):
        done = subprocess.run(command, env=environment, capture_output=True, timeout=seconds)
        if done.returncode >= 0:
            break
    assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")[-2000:]


def test_ardour_plays_the_sum_of_the_stems(tiny_track: Track, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ardour = program("ardour7-export", "ardour8-export")
    monkeypatch.setattr(bundles, "_report_html", lambda track: b"<!doctype html>")
    # A tempo that changes under the sound must not move it.
    sections = tuple(replace(one, tempo_bpm=97.3 if one.name == "verse" else None) for one in tiny_track.score.sections)
    moving = replace(
        tiny_track,
        plan=replace(tiny_track.plan, sections=sections),
        score=replace(tiny_track.score, sections=sections),
    )
    export(moving, tmp_path / "song")
    session = export_session(tmp_path / "song", "ardour", tmp_path / "night")
    run([ardour, "-o", str(tmp_path / "heard.wav"), str(session.parent), session.stem], tmp_path / "home")
    heard, rate = soundfile.read(tmp_path / "heard.wav")
    expected = sum(soundfile.read(path)[0] for path in sorted((tmp_path / "song" / "stems").iterdir()))
    assert rate == 48000
    # Ardour plays to the end of the song, 8.93 s; the stems of this track are 4 s long.
    assert len(heard) == round((4 * 0.5 + 8 * 60 / 97.3 + 4 * 0.5) * 48000)
    # It writes 16 bits: half a step of rounding and one of dither.
    assert np.abs(heard[: len(expected)] - expected).max() < 2 / 2**15
    assert np.abs(heard[len(expected) :]).max() < 2 / 2**15


def test_lmms_plays_the_notes_in_time(tiny_plan: Plan, tiny_score: Score, tmp_path: Path) -> None:
    lmms = program("lmms")
    beats = (0.0, 1.0, 2.5, 4.0, 7.25, 12.5)
    notes = tuple(Note(beat, 72, 0.2, 100) for beat in beats)
    alone = replace(tiny_score, parts={"leads": Part("leads", notes)})
    export_composition(tiny_plan, alone, tmp_path / "song")
    project = export_session(tmp_path / "song", "lmms", tmp_path / "tiny.mmp")
    home = tmp_path / "home"
    home.mkdir()
    (home / ".lmmsrc.xml").write_text(_LMMS_SETTINGS.format(home=home))
    run([lmms, "render", str(project), "--allowroot", "-o", str(tmp_path / "heard.wav"), "-s", "48000"], home)
    heard = np.abs(soundfile.read(tmp_path / "heard.wav", always_2d=True)[0]).max(axis=1)
    # LMMS adds a bar to the four up to the last note: ten seconds at 120 BPM.
    assert len(heard) / 48000 == pytest.approx(10.0, abs=0.05)
    for beat in beats:
        at = round(beat * 0.5 * 48000)
        onset = at + int(np.argmax(heard[at:] > 0.01))
        assert heard[onset] > 0.01, beat
        assert onset - at < 0.005 * 48000, beat
        assert at == 0 or heard[at - 480 : at - 48].max() < 0.01, beat


def test_musescore_reads_melody_and_form(tiny_plan: Plan, tiny_score: Score, tmp_path: Path) -> None:
    musescore = program("mscore3", "musescore3", "mscore", "musescore")
    export_composition(tiny_plan, tiny_score, tmp_path / "song")
    sheet = export_session(tmp_path / "song", "musicxml", tmp_path / "tiny.musicxml")
    run([musescore, "-o", str(tmp_path / "tiny.mid"), str(sheet)], tmp_path / "home")
    file = mido.MidiFile(tmp_path / "tiny.mid")
    now, starts = 0, []
    for message in mido.merge_tracks(file.tracks):
        now += message.time
        if message.type == "note_on" and message.velocity:
            starts.append((now / file.ticks_per_beat, message.note))
    expected = [(note.onset_beats, note.pitch) for note in tiny_score.parts["leads"].notes]
    assert starts == expected


def test_musescore_prints_the_lead_sheet(
    tiny_plan: Plan, tiny_score: Score, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program("mscore3", "musescore3", "mscore", "musescore")
    export_composition(tiny_plan, tiny_score, tmp_path / "song")
    sheet = export_session(tmp_path / "song", "pdf", tmp_path / "tiny.pdf")
    assert sheet.read_bytes().startswith(b"%PDF-")
    # What is there and prints nothing, and what is not there, is one line, and leaves no file.
    monkeypatch.setattr(printed_sheet, "PROGRAMS", ("true",))
    with pytest.raises(OutputError, match="true printed no lead sheet"):
        export_session(tmp_path / "song", "pdf", tmp_path / "none.pdf")
    monkeypatch.setattr(printed_sheet, "PROGRAMS", ("no-such-program",))
    with pytest.raises(OutputError, match="needs MuseScore, which is not installed: expected --daw musicxml"):
        export_session(tmp_path / "song", "pdf", tmp_path / "none.pdf")
    assert not (tmp_path / "none.pdf").exists()


def test_the_lead_sheet_states_chords_key_and_sections(tiny_plan: Plan, tiny_score: Score, tmp_path: Path) -> None:
    export_composition(tiny_plan, tiny_score, tmp_path / "song")
    sheet = ET.parse(export_session(tmp_path / "song", "musicxml", tmp_path / "tiny.musicxml")).getroot()
    found = [
        tuple(one.findtext(path) for path in ("root/root-step", "root/root-alter", "kind", "bass/bass-step"))
        for one in sheet.iter("harmony")
    ]  # fmt: skip
    assert found == [
        ("F", None, "minor-seventh", None), ("D", "-1", "major-seventh", None), ("A", "-1", "major", None),
        ("E", "-1", "major", "G"),
    ]  # fmt: skip
    assert [one.text for one in sheet.iter("rehearsal")] == ["Intro", "Verse", "Chorus"]
    assert sheet.findtext(".//fifths") == "-4"
    # Each bar of 4/4 holds sixteen sixteenths, whatever notes it is cut into.
    for measure in sheet.iter("measure"):
        assert sum(int(one.text or 0) for one in measure.iter("duration")) == 16


def test_a_note_over_the_bar_line_is_tied(tiny_plan: Plan, tiny_score: Score, tmp_path: Path) -> None:
    notes = (Note(3.0, 72, 2.25, 90),)
    export_composition(tiny_plan, replace(tiny_score, parts={"leads": Part("leads", notes)}), tmp_path / "song")
    sheet = ET.parse(export_session(tmp_path / "song", "musicxml", tmp_path / "tiny.musicxml")).getroot()
    heads = [
        (one.findtext("duration"), [tie.get("type") for tie in one.findall("tie")])
        for one in sheet.iter("note")
        if one.find("pitch") is not None
    ]
    # Nine sixteenths from the fourth beat: a quarter, then five in the next bar, which are read as six.
    assert heads == [("4", ["start"]), ("6", ["stop"])]


def test_what_a_format_cannot_hold_is_refused(tiny_plan: Plan, tiny_score: Score, tmp_path: Path) -> None:
    sections = tuple(replace(one, tempo_bpm=97.3 if one.name == "verse" else None) for one in tiny_score.sections)
    export_composition(tiny_plan, replace(tiny_score, sections=sections), tmp_path / "moving")
    with pytest.raises(ParameterError, match="LMMS sessions hold one tempo, this song has 3"):
        export_session(tmp_path / "moving", "lmms", tmp_path / "x.mmp")
    drums = {"percussion": tiny_score.parts["percussion"]}
    export_composition(tiny_plan, replace(tiny_score, parts=drums), tmp_path / "drums")
    with pytest.raises(ParameterError, match="needs a melody"):
        export_session(tmp_path / "drums", "musicxml", tmp_path / "x.musicxml")


@pytest.mark.long
def test_hydrogen_plays_the_hits_in_time(tiny_plan: Plan, tiny_score: Score, tmp_path: Path) -> None:
    """Hits on and between Hydrogen's ticks, with a slower verse, begin where the score says."""
    hydrogen = program("h2cli")
    kit = Path("/usr/share/hydrogen/data/drumkits/GMRockKit")
    if not kit.is_dir():
        pytest.skip(f"Hydrogen's kit is absent: {kit}")
    sections = tuple(replace(one, tempo_bpm=97.3 if one.name == "verse" else None) for one in tiny_score.sections)
    # 0.01 beats lie between ticks of 1/48: without a lead the hit would be up to 10 ms late.
    beats = (0.0, 1.51, 4.0, 7.26, 11.99, 14.0)
    notes = tuple(Note(beat, 37, 0.1, 110) for beat in beats)
    alone = replace(tiny_score, sections=sections, parts={"percussion": Part("percussion", notes)})
    export_composition(replace(tiny_plan, sections=sections), alone, tmp_path / "song")
    song = export_session(tmp_path / "song", "hydrogen", tmp_path / "tiny.h2song")
    run([hydrogen, "-s", str(song), "-d", "fake", "-o", str(tmp_path / "heard.wav"), "-r", "48000"], tmp_path / "home")
    heard = np.abs(soundfile.read(tmp_path / "heard.wav", always_2d=True)[0]).max(axis=1)
    places = [round(alone.tempo_map.seconds_at(beat) * 48000) for beat in beats]
    onsets = [at - 480 + int(np.argmax(heard[max(0, at - 480) :] > 0.02)) + max(0, 480 - at) for at in places]
    # The kit's sample has its own way to its first loud value, the same for every hit.
    assert np.ptp(np.array(onsets) - places) < 0.002 * 48000
    assert abs(onsets[0] - places[0]) < 0.005 * 48000
