"""A song goes into a session and comes back: nothing of it is lost, and stems line up to the sample."""

import io
import struct
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import soundfile

from workbench.domain.errors import OutputError, ParameterError
from workbench.domain.moves import StripMove
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.results import Track
from workbench.domain.score import Score
from workbench.domain.theory import Key
from workbench.output import export, export_composition
from workbench.output.daw import FORMATS, export_session, read_session, session_of
from workbench.output.daw.ableton_colours import PALETTE, nearest
from workbench.output.daw.session import DawSession
from workbench.output.files import bundle as bundles

ROUND_TRIPS = ("dawproject", "reaper", "ableton")


@pytest.fixture
def moving(tiny_plan: Plan, tiny_score: Score) -> tuple[Plan, Score]:
    """The tiny song with a slower verse, moves on the desk and a note that begins before its bar line."""
    sections = tuple(replace(one, tempo_bpm=97.3) if one.name == "verse" else one for one in tiny_plan.sections)
    mix = {
        "bass": StripMove(gain_db=-3.7, pan=-0.25),
        "leads": StripMove(mute=True, reverb_send_db=-9.5, delay_send_db=-60.0),
    }
    return replace(tiny_plan, sections=sections, mix=mix), replace(tiny_score, sections=sections)


@pytest.fixture
def notes_bundle(moving: tuple[Plan, Score], tmp_path: Path) -> Path:
    export_composition(*moving, tmp_path / "notes")
    return tmp_path / "notes"


@pytest.fixture
def steady(tiny_track: Track, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle with sound and one tempo, which every format can hold."""
    monkeypatch.setattr(bundles, "_report_html", lambda track: b"<!doctype html>")
    export(tiny_track, tmp_path / "steady")
    return tmp_path / "steady"


@pytest.fixture
def bundle(tiny_track: Track, moving: tuple[Plan, Score], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle with sound: 4 s of tones beside the notes."""
    monkeypatch.setattr(bundles, "_report_html", lambda track: b"<!doctype html>")
    plan, score = moving
    export(replace(tiny_track, plan=plan, score=score), tmp_path / "song")
    return tmp_path / "song"


@pytest.mark.parametrize("daw", ROUND_TRIPS)
def test_what_comes_back_is_what_went_out(
    daw: str, notes_bundle: Path, moving: tuple[Plan, Score], tmp_path: Path
) -> None:
    went = session_of(*moving, {})
    back = read_session(export_session(notes_bundle, daw, tmp_path / "out"))
    assert [track.name for track in back.tracks] == ["percussion", "bass", "pads", "leads", "chords"]
    for name in ("tempi", "metres", "markers", "length_ticks", "key"):
        assert getattr(back, name) == getattr(went, name), name
    for before, after in zip(went.tracks, back.tracks, strict=True):
        assert (after.clips, after.mute) == (before.clips, before.mute)
        # Live gives tracks the colours of its palette.
        assert after.colour == (PALETTE[nearest(before.colour)] if daw == "ableton" else before.colour)
        assert after.gain_db == pytest.approx(before.gain_db, abs=1e-6)
        assert after.pan == pytest.approx(before.pan, abs=1e-9)
        # Live Sets, Ardour and LMMS sessions hold no sends of ours.
        sends = () if daw == "ableton" else before.sends
        assert [bus for bus, _ in after.sends] == [bus for bus, _ in sends]
        assert [level for _, level in after.sends] == pytest.approx([level for _, level in sends], abs=1e-6)
    leads = next(track for track in went.tracks if track.name == "leads")
    assert leads.sends == (("reverb", -9.5), ("delay", -60.0))


def test_tempo_map_is_the_one_that_was_planned(notes_bundle: Path, tmp_path: Path) -> None:
    # Bars of four beats: the verse is bars 2 and 3, so it begins at beat 4 and the chorus at beat 12.
    back = read_session(export_session(notes_bundle, "reaper", tmp_path / "out"))
    assert back.tempi == ((0, 120.0), (4 * 960, 97.3), (12 * 960, 120.0))
    assert back.seconds_at(12 * 960) == pytest.approx(4 * 0.5 + 8 * 60 / 97.3, abs=1e-9)
    assert back.markers == ((0, "intro"), (3840, "verse"), (11520, "chorus"))


def session_files(daw: str, bundle: Path, folder: Path) -> dict[str, bytes]:
    path = export_session(bundle, daw, folder / "out")
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    return {str(file.relative_to(path.parent)): file.read_bytes() for file in path.parent.rglob("*") if file.is_file()}


@pytest.mark.parametrize("daw", [name for name, form in FORMATS.items() if form.media is not None])
def test_stems_line_up_to_the_sample(daw: str, bundle: Path, tmp_path: Path) -> None:
    files = session_files(daw, bundle, tmp_path)
    sounds = {Path(name).stem: data for name, data in files.items() if name.endswith(".wav")}
    assert set(sounds) == {"percussion", "bass", "pads", "leads"}
    for name, data in sounds.items():
        heard, rate = soundfile.read(io.BytesIO(data), dtype="int32")
        written, _ = soundfile.read(bundle / "stems" / f"{name}.wav", dtype="int32")
        assert rate == 48000
        assert np.array_equal(heard, written)


def chunks_of(data: bytes) -> list[tuple[bytes, bytes]]:
    """Chunks of a RIFF file, read by its rules and by nothing of the workbench."""
    assert struct.unpack("<I", data[4:8])[0] == len(data) - 8
    at, found = 12, []
    while at < len(data):
        size = struct.unpack("<I", data[at + 4 : at + 8])[0]
        found.append((data[at : at + 4], data[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    assert at == len(data)
    return found


def test_stems_tell_where_they_begin_and_where_sections_do(bundle: Path, tmp_path: Path) -> None:
    chunks = chunks_of(session_files("reaper", bundle, tmp_path)["media/bass.wav"])
    broadcast = dict(chunks)[b"bext"]
    assert len(broadcast) == 602
    assert broadcast[:256].rstrip(b"\0") == b"tiny: bass stem, AI-assisted"
    # EBU Tech 3285: the time reference lies at 338, eight bytes, and the version at 346.
    assert struct.unpack("<QH", broadcast[338:348]) == (0, 2)
    cues = dict(chunks)[b"cue "]
    count = struct.unpack("<I", cues[:4])[0]
    samples = [struct.unpack("<I", cues[4 + 24 * n + 20 : 4 + 24 * n + 24])[0] for n in range(count)]
    # The verse begins after four beats at 120 BPM; the chorus lies beyond the 4 s of this stem.
    assert samples == [0, 96000]
    names = next(content for name, content in chunks if name == b"LIST" and content[:4] == b"adtl")
    assert b"intro\0" in names
    assert b"verse\0" in names


def test_notes_are_silent_where_a_stem_sounds(bundle: Path, notes_bundle: Path, tmp_path: Path) -> None:
    mutes = {track.name: track.mute for track in read_session(export_session(bundle, "reaper", tmp_path / "a")).tracks}
    assert mutes["bass"]
    assert not mutes["bass stem"]
    assert mutes["leads stem"], "the desk muted the leads"
    mutes = {t.name: t.mute for t in read_session(export_session(notes_bundle, "reaper", tmp_path / "b")).tracks}
    assert not mutes["bass"]


WRITTEN = [name for name in FORMATS if name != "pdf"]
"""Formats that we write ourselves: the PDF is MuseScore's."""


@pytest.mark.parametrize("daw", WRITTEN)
def test_the_same_song_gives_the_same_bytes(daw: str, steady: Path, tmp_path: Path) -> None:
    first = session_files(daw, steady, tmp_path / "one")
    assert first == session_files(daw, steady, tmp_path / "two")


@pytest.mark.parametrize("daw", WRITTEN)
def test_a_session_is_replaced_only_when_asked(daw: str, steady: Path, tmp_path: Path) -> None:
    path = export_session(steady, daw, tmp_path / "out")
    before = path.read_bytes()
    with pytest.raises(OutputError, match="overwrite"):
        export_session(steady, daw, tmp_path / "out")
    assert export_session(steady, daw, tmp_path / "out", overwrite=True) == path
    assert path.read_bytes() == before


def test_a_folder_of_something_else_is_never_replaced(notes_bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "holiday.jpg").write_bytes(b"mine")
    with pytest.raises(OutputError, match="will not be overwritten"):
        export_session(notes_bundle, "reaper", tmp_path / "out", overwrite=True)
    assert (tmp_path / "out" / "holiday.jpg").read_bytes() == b"mine"


def test_unknown_formats_are_refused_in_one_line(notes_bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"daw 'reeper' is not known \(did you mean reaper\?\)"):
        export_session(notes_bundle, "reeper", tmp_path / "out")


def test_dawproject_follows_its_schema(bundle: Path, development_data: Path, tmp_path: Path) -> None:
    schema = development_data / "schemas" / "dawproject-Project.xsd"
    if not schema.is_file():
        pytest.skip(f"the published schema is absent: {schema}")
    xmlschema = pytest.importorskip("xmlschema", reason="xmlschema is absent: pip install -e .[dev]")
    files = session_files("dawproject", bundle, tmp_path)
    project = files["project.xml"].decode()
    assert [str(error.reason) for error in xmlschema.XMLSchema(schema).iter_errors(project)] == []
    # The schema refuses what is wrong: without a channel's kind of unit it is no project.
    assert not xmlschema.XMLSchema(schema).is_valid(project.replace('unit="linear"', 'unit="loud"'))
    assert ET.fromstring(files["metadata.xml"]).findtext("Title") == "tiny"


def test_gliding_tempo_is_refused(notes_bundle: Path, tmp_path: Path) -> None:
    path = export_session(notes_bundle, "reaper", tmp_path / "out")
    text = path.read_text().replace("PT 0.0 120.0 1 ", "PT 0.0 120.0 0 ")
    path.write_text(text)
    with pytest.raises(ParameterError, match="glides"):
        read_session(path)


def test_foreign_reaper_items_are_read_in_place(tmp_path: Path) -> None:
    """An item that begins at 2 s, at 480 ticks, with an offset of half a second into its source at 120 BPM."""
    path = tmp_path / "other.rpp"
    path.write_text(
        '<REAPER_PROJECT 0.1 "7.16/linux" 1700000000\n  TEMPO 120 4 4\n  <TRACK\n    NAME \'my "lead"\'\n'
        "    VOLPAN 0.5 0.5 -1 -1 1\n    <ITEM\n      POSITION 2\n      LENGTH 1\n      SOFFS 0.5 0.5\n"
        "      <SOURCE MIDI\n        HASDATA 1 480 QN\n        E 0 90 3c 60\n        E 240 80 3c 00\n"
        "        <X 240 0 0\n          /wNhYmM=\n        >\n"
        "        e 480 90 40 50\n        E 240 90 40 00\n        E 720 b0 7b 00\n      >\n    >\n  >\n>\n"
    )
    session = read_session(path)
    (track,) = session.tracks
    assert track.name == 'my "lead"'
    assert track.gain_db == pytest.approx(-6.0206, abs=1e-3)
    # 2 s are beat 4, the offset hides one beat; the second note lies 240 + 240 + 480 ticks, two beats, in the source.
    (note,) = track.clips[0].notes
    assert (note.start_ticks, note.end_ticks, note.pitch, note.velocity) == (4 * 960 + 960, 4 * 960 + 1440, 64, 0x50)


def test_foreign_dawproject_clips_are_read_in_place(tmp_path: Path) -> None:
    """A clip in seconds at 60 BPM from 2 s on that loops a beat of content twice and a half."""
    project = (
        '<Project version="1.0"><Application name="Other" version="1"/><Transport><Tempo unit="bpm" value="60"/>'
        '<TimeSignature numerator="3" denominator="4"/></Transport><Structure><Track id="t" name="keys" '
        'contentType="notes"><Channel role="regular"><Volume unit="decibel" value="-6"/></Channel></Track></Structure>'
        '<Arrangement><Lanes timeUnit="seconds"><Lanes track="t"><Clips><Clip time="2" duration="2.5" loopStart="0" '
        'loopEnd="1" playStart="0"><Notes><Note time="0.25" duration="0.5" channel="0" key="60" vel="1"/></Notes>'
        "</Clip></Clips></Lanes></Lanes></Arrangement></Project>"
    )
    path = tmp_path / "other.dawproject"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.xml", project)
    session = read_session(path)
    assert session.metres == ((0, (3, 4)),)
    assert session.tracks[0].gain_db == -6.0
    starts = [note.start_ticks / 960 for note in session.tracks[0].clips[0].notes]
    assert starts == [2.25, 3.25, 4.25]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.dawproject", b"no zip", "is no DAWproject"),
        ("a.rpp", b"hello", "is no REAPER project"),
        ("a.rpp", b'<REAPER_PROJECT 0.1 "7" 0\n  TEMPO fast 4 4\n>\n', "expected a tempo, got 'fast'"),
        ("a.rpp", b'<REAPER_PROJECT 0.1 "7" 0\n  <TRACK\n    NAME bass\n', "cut off: it ends inside TRACK"),
        ("a.mid", b"hello", "cannot be read"),
        ("a.logicx", b"", "expected a session that ends with"),
    ],
)
def test_what_is_no_session_is_reported_in_one_line(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ParameterError, match=told) as caught:
        read_session(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_path_without_anything_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="nowhere does not exist: expected a session"):
        read_session(tmp_path / "nowhere")


def test_a_session_states_the_harmony(moving: tuple[Plan, Score]) -> None:
    chords = next(track for track in session_of(*moving, {}).tracks if track.name == "chords")
    assert [clip.name for clip in chords.clips] == ["Fm7", "Dbmaj7", "Ab", "Eb/G"]
    # F minor seventh: F, A flat, C, E flat over its root.
    assert sorted(note.pitch % 12 for note in chords.clips[0].notes) == [0, 3, 5, 5, 8]
    assert chords.mute


def test_sections_without_a_tempo_of_their_own_make_no_change(tiny_plan: Plan, tiny_score: Score) -> None:
    session: DawSession = session_of(tiny_plan, tiny_score, {})
    assert session.tempi == ((0, 120.0),)
    assert Key.parse(session.key) == tiny_plan.key
    assert isinstance(tiny_plan.sections[0], SectionPlan)
