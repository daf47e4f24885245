"""Live Sets: what is particular to them, and what parsers that others wrote find in ours."""

import gzip
import io
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from workbench.domain.errors import ParameterError
from workbench.domain.moves import StripMove
from workbench.domain.results import Track
from workbench.output import export
from workbench.output.daw import export_session, read_session
from workbench.output.daw.ableton_colours import PALETTE
from workbench.output.files import bundle as bundles

SECTION_STARTS_SECONDS = [0.0, 4 * 0.5, 4 * 0.5 + 8 * 60 / 97.3]
"""Intro of four beats at 120 BPM, verse of eight at 97.3 BPM, then the chorus."""


@pytest.fixture
def live_set(tiny_track: Track, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A song with sound whose verse is slower, with moves on the desk."""
    monkeypatch.setattr(bundles, "_report_html", lambda track: b"<!doctype html>")
    sections = tuple(replace(one, tempo_bpm=97.3 if one.name == "verse" else None) for one in tiny_track.plan.sections)
    mix = {"bass": StripMove(gain_db=-3.7, pan=-0.25), "pads": StripMove(mute=True), "leads": StripMove(gain_db=9.0)}
    plan = replace(tiny_track.plan, sections=sections, mix=mix)
    export(replace(tiny_track, plan=plan, score=replace(tiny_track.score, sections=sections)), tmp_path / "song")
    return export_session(tmp_path / "song", "ableton", tmp_path / "night.als")


def tree(path: Path) -> ET.Element:
    return ET.fromstring(gzip.decompress(path.read_bytes()))


def test_a_stem_is_a_clip_that_no_tempo_stretches(live_set: Path) -> None:
    clip = tree(live_set).find(".//AudioTrack[@Id='0']//AudioClip")
    assert clip is not None
    values = {one.tag: one.get("Value") for one in clip.iter()}
    assert (values["IsWarped"], values["Fade"], values["LoopOn"]) == ("false", "false", "false")
    # The stem lasts 4 s: 2 s of intro, then 2 s at 97.3 BPM.
    assert float(values["LoopEnd"] or "") == 4.0
    assert float(values["CurrentEnd"] or "") == pytest.approx(4 + 2 * 97.3 / 60, abs=1e-9)
    folders = [one.get("Dir") for one in clip.iterfind(".//RelativePath/RelativePathElement")]
    assert (live_set.parent.joinpath(*map(str, folders)) / str(values["Name"])).is_file()
    assert (live_set.parent / "Ableton Project Info").is_dir()


def test_everything_that_automation_reaches_has_a_number_of_its_own(live_set: Path) -> None:
    root = tree(live_set)
    numbers = [int(one.get("Id") or "") for one in root.iter() if one.find("LockEnvelope") is not None]
    # Each of the five tracks of notes has 131 controllers alone.
    assert len(numbers) == len(set(numbers)) > 5 * 131
    following = root.find("LiveSet/NextPointeeId")
    assert following is not None
    assert int(following.get("Value") or "") > max(numbers)


def test_faders_end_where_lives_do(live_set: Path) -> None:
    back = {track.name: track for track in read_session(live_set).tracks}
    assert back["bass"].gain_db == pytest.approx(-3.7, abs=1e-6)
    assert back["bass"].pan == -0.25
    assert back["pads stem"].mute
    assert back["leads"].gain_db == pytest.approx(6.0, abs=1e-6)
    notes = [one.get("Value") for one in tree(live_set).iterfind(".//Name/Annotation")]
    assert "+9.0 dB in BeatsFoundry; the fader ends at +6 dB" in notes
    assert all(track.colour in PALETTE for track in back.values())


def foreign(tempo: str, tracks: str, main: str = "MainTrack") -> bytes:
    """A set as other programs may write it: few elements, names of Live 12."""
    return gzip.compress(
        f'<Ableton MajorVersion="5" MinorVersion="12.0_12049"><LiveSet><Tracks>{tracks}</Tracks><{main}>'
        '<AutomationEnvelopes><Envelopes><AutomationEnvelope><EnvelopeTarget><PointeeId Value="8"/></EnvelopeTarget>'
        f"<Automation><Events>{tempo}</Events></Automation></AutomationEnvelope></Envelopes></AutomationEnvelopes>"
        '<DeviceChain><Mixer><Tempo><Manual Value="100"/><AutomationTarget Id="8"/></Tempo><TimeSignature>'
        f'<Manual Value="200"/></TimeSignature></Mixer></DeviceChain></{main}></LiveSet></Ableton>'.encode()
    )


CLIP = (
    '<MidiTrack><Name><EffectiveName Value="keys"/></Name><Color Value="13"/><DeviceChain><MainSequencer><ClipTimeable>'
    '<ArrangerAutomation><Events><MidiClip Time="3"><CurrentStart Value="3"/><CurrentEnd Value="5.5"/><Loop>'
    '<LoopStart Value="1"/><LoopEnd Value="2"/><StartRelative Value="0.5"/><LoopOn Value="true"/></Loop><Notes>'
    '<KeyTracks><KeyTrack><Notes><MidiNoteEvent Time="1.25" Duration="0.5" Velocity="99.6"/>'
    '<MidiNoteEvent Time="1.75" Duration="0.125" Velocity="64" IsEnabled="false"/></Notes><MidiKey Value="61"/>'
    "</KeyTrack></KeyTracks></Notes></MidiClip></Events></ArrangerAutomation></ClipTimeable></MainSequencer>"
    "</DeviceChain></MidiTrack>"
)


def test_sets_of_later_versions_are_read_in_place(tmp_path: Path) -> None:
    """A clip that begins half a beat into its loop of one beat: its note sounds when the loop comes round, at 3.75."""
    (tmp_path / "a.als").write_bytes(foreign("", CLIP))
    session = read_session(tmp_path / "a.als")
    assert session.tempi == ((0, 100.0),)
    assert session.metres == ((0, (3, 4)),)
    (track,) = session.tracks
    assert (track.name, track.colour) == ("keys", "#ffffff")
    heard = [(note.start_ticks / 960, note.pitch, note.velocity) for note in track.clips[0].notes]
    assert heard == [(3.75, 61, 100), (4.75, 61, 100)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"plain", "expected gzipped XML"),
        (gzip.compress(b"<Ableton>", mtime=0), "no XML"),
        (gzip.compress(b"<Other/>", mtime=0), "expected <Ableton> with a <LiveSet>, got <Other>"),
        (foreign("", "", "GroupTrack"), "expected a MasterTrack or MainTrack"),
        (
            foreign('<FloatEvent Time="0" Value="90"/><FloatEvent Time="8" Value="120"/>', ""),
            "its tempo glides to 120 BPM",
        ),
        (foreign("", CLIP.replace('MidiKey Value="61"', 'MidiKey Value="161"')), "expected a key of 0 to 127, got 161"),
        (gzip.compress(b"<Ableton/>", mtime=0)[:-9], "is no Live Set"),
    ],
)
def test_what_is_no_live_set_is_refused_in_one_line(data: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.als").write_bytes(data)
    with pytest.raises(ParameterError, match=message) as caught:
        read_session(tmp_path / "a.als")
    assert "\n" not in str(caught.value)


def published(module: str, where: str) -> Any:
    """A parser that is no dependency; the test is skipped where it is absent."""
    return pytest.importorskip(module, reason=f"{module} is absent: pip install {where}")


@pytest.mark.long
def test_dawtool_hears_the_sections_where_they_are(live_set: Path) -> None:
    ableton = published("dawtool.daw.ableton", "hexdump git+https://github.com/offlinemark/dawtool")
    project = ableton.AbletonProject(live_set.name, io.BytesIO(live_set.read_bytes()))
    project.parse()
    assert [marker.text for marker in project.markers] == ["intro", "verse", "chorus"]
    assert [marker.time for marker in project.markers] == pytest.approx(SECTION_STARTS_SECONDS, abs=1e-6)


@pytest.mark.long
def test_buildable_finds_tracks_and_desk(live_set: Path) -> None:
    buildable = published("buildable", "buildable==0.4.0")
    # It refuses sets in which two targets of automation have one number.
    found = buildable.LiveSet.from_file(str(live_set))
    kinds = [type(track).__name__ for track in found.primary_tracks]
    assert kinds == ["AudioTrack"] * 4 + ["MidiTrack"] * 5
    # It reads the switch of a mute as a number and fails on every set, so mutes are left to our own reader.
    desks = [track.device_chain.mixer for track in found.primary_tracks]
    ours = read_session(live_set).tracks
    for desk, track in zip(desks, ours, strict=True):
        assert desk.volume.manual == pytest.approx(10 ** (track.gain_db / 20), abs=1e-6)
        assert desk.pan.manual == track.pan
