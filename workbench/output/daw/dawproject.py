"""DAWproject 1.0, the open session format of Bitwig Studio, Studio One and Cubase: a ZIP file with XML and the sound.

Times of notes, tempo and markers are quarter notes; a stem's clip is placed in seconds and is not warped, so that no
program stretches it where the tempo changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from xml.etree import ElementTree as ET

from workbench.domain.units import db_to_gain
from workbench.output.daw.session import (
    KEY_NOTE,
    AudioClip,
    DawSession,
    SessionNote,
    SessionTrack,
)
from workbench.output.files.midi_files import TICKS_PER_BEAT

MEDIA = "audio"
"""Folder of the stems inside the file."""
PROJECT, _METADATA = "project.xml", "metadata.xml"


def documents(session: DawSession, version: str) -> Mapping[str, bytes]:
    """The XML files of a session, by their names in the ZIP file."""
    return {_METADATA: _text(_metadata(session)), PROJECT: _text(_project(session, version))}


def _project(session: DawSession, version: str) -> ET.Element:
    numbers = (f"id{number}" for number in count())
    root = ET.Element("Project", version="1.0")
    ET.SubElement(root, "Application", name="BeatsFoundry", version=version)
    tempo_id = _transport(root, session, numbers)
    structure = ET.SubElement(root, "Structure")
    master_id = next(numbers)
    buses = {bus: next(numbers) for bus in session.buses}
    tracks = [_track(structure, track, master_id, buses, numbers) for track in session.tracks]
    for bus, identity in buses.items():
        _bus(structure, bus, {"role": "effect", "destination": master_id, "id": identity}, numbers)
    master = ET.SubElement(structure, "Track", contentType="audio notes", id=next(numbers), name="Master")
    _channel(master, SessionTrack("Master", "#000000"), {"role": "master", "id": master_id}, numbers)
    arrangement = ET.SubElement(root, "Arrangement", id=next(numbers), comment=KEY_NOTE + session.key)
    lanes = ET.SubElement(arrangement, "Lanes", timeUnit="beats", id=next(numbers))
    for track, identity in zip(session.tracks, tracks, strict=True):
        _lane(lanes, track, identity, numbers)
    _markers(arrangement, session, numbers)
    _tempi(arrangement, session, tempo_id, numbers)
    return root


def _transport(root: ET.Element, session: DawSession, numbers: Iterator[str]) -> tuple[str, str]:
    """Tempo and metre at the beginning; returns the names by which automation finds them."""
    tempo_id, metre_id = next(numbers), next(numbers)
    numerator, denominator = session.metres[0][1]
    transport = ET.SubElement(root, "Transport")
    ET.SubElement(transport, "Tempo", unit="bpm", value=repr(session.tempi[0][1]), id=tempo_id, name="Tempo")
    ET.SubElement(
        transport, "TimeSignature", numerator=str(numerator), denominator=str(denominator), id=metre_id
    )  # fmt: skip
    return tempo_id, metre_id


def _bus(structure: ET.Element, bus: str, attributes: dict[str, str], numbers: Iterator[str]) -> None:
    """An effect bus without its effect, which is the user's to choose."""
    element = ET.SubElement(structure, "Track", contentType="audio", loaded="true", id=next(numbers), name=bus)
    _channel(element, SessionTrack(bus, "#000000"), attributes, numbers)


def _track(
    structure: ET.Element, track: SessionTrack, master_id: str, buses: Mapping[str, str], numbers: Iterator[str]
) -> str:
    identity = next(numbers)
    element = ET.SubElement(
        structure, "Track", contentType="notes" if track.audio is None else "audio", loaded="true", id=identity,
        name=track.name, color=track.colour,
    )  # fmt: skip
    _channel(element, track, {"role": "regular", "destination": master_id, "id": next(numbers)}, numbers, buses)
    return identity


def _channel(
    parent: ET.Element,
    track: SessionTrack,
    attributes: dict[str, str],
    numbers: Iterator[str],
    buses: Mapping[str, str] | None = None,
) -> None:
    channel = ET.SubElement(parent, "Channel", {"audioChannels": "2", "solo": "false", **attributes})
    ET.SubElement(channel, "Mute", value=str(track.mute).lower(), id=next(numbers), name="Mute")
    pan = repr((track.pan + 1.0) / 2.0)
    ET.SubElement(
        channel, "Pan", min="0", max="1", unit="normalized", value=pan, id=next(numbers), name="Pan"
    )  # fmt: skip
    if buses and track.sends:
        sends = ET.SubElement(channel, "Sends")
        for bus, level in track.sends:
            send = ET.SubElement(sends, "Send", destination=buses[bus], type="post", id=next(numbers))
            amount = repr(db_to_gain(level))
            ET.SubElement(send, "Volume", min="0", unit="linear", value=amount, id=next(numbers), name=f"To {bus}")
    gain = repr(db_to_gain(track.gain_db))
    ET.SubElement(channel, "Volume", min="0", unit="linear", value=gain, id=next(numbers), name="Volume")


def _lane(lanes: ET.Element, track: SessionTrack, identity: str, numbers: Iterator[str]) -> None:
    lane = ET.SubElement(lanes, "Lanes", track=identity, id=next(numbers))
    if track.audio is not None:
        _audio(ET.SubElement(lane, "Clips", timeUnit="seconds", id=next(numbers)), track, track.audio, numbers)
        return
    clips = ET.SubElement(lane, "Clips", id=next(numbers))
    for one in track.clips:
        length = one.end_ticks - one.start_ticks
        clip = ET.SubElement(
            clips, "Clip", time=_beats(one.start_ticks), duration=_beats(length), playStart="0.0", name=one.name
        )
        notes = ET.SubElement(clip, "Notes", id=next(numbers))
        for note in one.notes:
            _note(notes, note, one.start_ticks, channel=9 if track.is_drums else 0)


def _note(notes: ET.Element, note: SessionNote, from_ticks: int, channel: int) -> None:
    ET.SubElement(
        notes,
        "Note",
        time=_beats(note.start_ticks - from_ticks),
        duration=_beats(note.end_ticks - note.start_ticks),
        channel=str(channel),
        key=str(note.pitch),
        vel=f"{note.velocity / 127:.6f}",
        rel="0.5",
    )


def _audio(clips: ET.Element, track: SessionTrack, audio: AudioClip, numbers: Iterator[str]) -> None:
    seconds = repr(audio.length_samples / audio.sample_rate_hz)
    clip = ET.SubElement(
        clips, "Clip", time="0.0", duration=seconds, contentTimeUnit="seconds", playStart="0.0", name=track.name
    )
    element = ET.SubElement(
        clip, "Audio", channels="2", duration=seconds, sampleRate=str(audio.sample_rate_hz), id=next(numbers)
    )
    ET.SubElement(element, "File", path=f"{MEDIA}/{audio.file}")


def _markers(arrangement: ET.Element, session: DawSession, numbers: Iterator[str]) -> None:
    if not session.markers:
        return
    markers = ET.SubElement(arrangement, "Markers", id=next(numbers))
    for tick, name in session.markers:
        ET.SubElement(markers, "Marker", time=_beats(tick), name=name)


def _tempi(arrangement: ET.Element, session: DawSession, targets: tuple[str, str], numbers: Iterator[str]) -> None:
    tempi = ET.SubElement(arrangement, "TempoAutomation", timeUnit="beats", unit="bpm", id=next(numbers))
    ET.SubElement(tempi, "Target", parameter=targets[0])
    for tick, tempo_bpm in session.tempi:
        ET.SubElement(tempi, "RealPoint", time=_beats(tick), value=repr(tempo_bpm), interpolation="hold")
    metres = ET.SubElement(arrangement, "TimeSignatureAutomation", timeUnit="beats", id=next(numbers))
    ET.SubElement(metres, "Target", parameter=targets[1])
    for tick, (numerator, denominator) in session.metres:
        ET.SubElement(
            metres, "TimeSignaturePoint", time=_beats(tick), numerator=str(numerator), denominator=str(denominator)
        )  # fmt: skip


def _metadata(session: DawSession) -> ET.Element:
    root = ET.Element("MetaData")
    ET.SubElement(root, "Title").text = session.title
    ET.SubElement(root, "Comment").text = f"{KEY_NOTE}{session.key}; made with BeatsFoundry, AI-assisted"
    return root


def _text(root: ET.Element) -> bytes:
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _beats(ticks: int) -> str:
    return repr(ticks / TICKS_PER_BEAT)
