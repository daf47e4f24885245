"""REAPER projects read by rpp, a parser that we did not write: what it finds is what the song holds, exactly."""

import math
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tests.output.daw.test_sessions import bundle, moving  # noqa: F401 (fixtures)
from workbench.domain.plan import Plan
from workbench.domain.score import Score
from workbench.output.daw import export_session, session_of
from workbench.output.daw.session import DawSession, SessionTrack

rpp = pytest.importorskip("rpp", reason="rpp is absent: pip install -e .[dev]")


def facts(element: Any) -> dict[str, list[str]]:
    """The plain lines of an element, by their first word."""
    return {child[0]: child[1:] for child in element.children if isinstance(child, list)}


def notes_of(source: Any) -> list[tuple[int, int, int, int]]:
    """Start and end in ticks, pitch and velocity of each note of a MIDI source."""
    now, sounding, found = 0, {}, []
    for child in source.children:
        if not isinstance(child, list) or child[0] != "E":
            continue
        now += int(child[1])
        status, pitch, velocity = (int(byte, 16) for byte in child[2:5])
        if status & 0xF0 == 0x90:
            sounding[pitch] = (now, velocity)
        elif status & 0xF0 == 0x80:
            start, struck = sounding.pop(pitch)
            found.append((start, now, pitch, struck))
    assert not sounding
    return sorted(found)


def check_track(session: DawSession, track: SessionTrack, found: Any) -> None:
    lines = facts(found)
    assert lines["NAME"] == [track.name]
    gain, pan = (float(text) for text in lines["VOLPAN"][:2])
    assert 20.0 * math.log10(gain) == pytest.approx(track.gain_db, abs=1e-9)
    assert pan == track.pan
    assert lines["MUTESOLO"][0] == str(int(track.mute))
    items = found.findall("ITEM")
    for clip, item in zip(track.clips, items, strict=True):
        lines = facts(item)
        assert lines["NAME"] == [clip.name]
        start, end = session.seconds_at(clip.start_ticks), session.seconds_at(clip.end_ticks)
        assert (float(lines["POSITION"][0]), float(lines["LENGTH"][0])) == (start, end - start)
        source = item.find("SOURCE")
        assert facts(source)["HASDATA"] == ["1", "960", "QN"]
        wanted = [
            (one.start_ticks - clip.start_ticks, one.end_ticks - clip.start_ticks, one.pitch, one.velocity)
            for one in clip.notes
        ]
        assert notes_of(source) == sorted(wanted)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_names_places_lengths_gains_and_notes_are_exact(
    bundle: Path,  # noqa: F811
    moving: tuple[Plan, Score],  # noqa: F811
    tmp_path: Path,
) -> None:
    project = rpp.loads(export_session(bundle, "reaper", tmp_path / "out").read_text(encoding="utf-8"))
    plan, score = moving
    bare = session_of(plan, score, {})
    markers = [child for child in project.children if isinstance(child, list) and child[0] == "MARKER"]
    assert [(float(one[2]), one[3]) for one in markers] == [(bare.seconds_at(at), name) for at, name in bare.markers]
    points = [child for child in project.find("TEMPOENVEX").children if child[0] == "PT"]
    assert [(float(one[1]), float(one[2])) for one in points] == [(bare.seconds_at(at), bpm) for at, bpm in bare.tempi]
    tracks = project.findall("TRACK")
    stems = [one for one in tracks if facts(one)["NAME"][0].endswith(" stem")]
    assert [facts(one)["NAME"][0] for one in stems] == [f"{name} stem" for name in score.parts]
    voices = [one for one in tracks if one not in stems][: len(bare.tracks)]
    for track, found in zip(bare.tracks, voices, strict=True):
        # Beside a stem the notes are silent.
        silent = track.name in score.parts or track.mute
        check_track(bare, SessionTrack(**{**_fields(track), "mute": silent}), found)
    sounds = [facts(one.find("ITEM")) for one in stems]
    assert {float(one["POSITION"][0]) for one in sounds} == {0.0}
    rate = plan.delivery.sample_rate_hz
    samples = soundfile.info(str(bundle / "stems" / "bass.wav")).frames
    assert {float(one["LENGTH"][0]) for one in sounds} == {samples / rate}
    files = [facts(one.find("ITEM").find("SOURCE"))["FILE"] for one in stems]
    assert files == [[f"media/{name}.wav"] for name in score.parts]
    # Sends name the track that they come from, and their level after its fader.
    received = {facts(one)["NAME"][0]: facts(one)["AUXRECV"] for one in tracks if "AUXRECV" in facts(one)}
    names = [facts(one)["NAME"][0] for one in tracks]
    assert {bus: names[int(fields[0])] for bus, fields in received.items()} == {"reverb": "leads", "delay": "leads"}
    levels = {bus: 20.0 * math.log10(float(fields[2])) for bus, fields in received.items()}
    assert levels == pytest.approx({"reverb": -9.5, "delay": -60.0})


def _fields(track: SessionTrack) -> dict[str, Any]:
    return {name: getattr(track, name) for name in SessionTrack.__slots__}
