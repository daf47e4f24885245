"""DAWproject files read back: tempo map, metres, markers, channels, and clips of notes wherever they are nested."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

from workbench.domain.errors import ParameterError, reason
from workbench.domain.tempo_map import TempoMap
from workbench.domain.units import gain_to_db
from workbench.output.daw.dawproject import PROJECT
from workbench.output.daw.events import from_the_start, metre_of, number_of, tempo_of, ticks_of
from workbench.output.daw.session import (
    BUSES,
    KEY_NOTE,
    AudioClip,
    DawSession,
    NoteClip,
    SessionNote,
    SessionTrack,
)
from workbench.output.daw.windows import ContentWindow, windows_of
from workbench.output.files.midi_files import TICKS_PER_BEAT

_LARGEST_BYTES = 256 << 20
_GREY = "#808080"
_NO_TRACKS = ("master", "effect")
"""Roles of channels that hold no track of the song."""


def read_dawproject(path: str | Path) -> DawSession:
    """Read a session; stems are named, not read.

    Devices, sends to buses that the desk has not, scenes, automation of anything but the tempo, and expressions of
    notes are passed over.

    Raises
    ------
    ParameterError
        If it is no such file, or if what it says makes no sense.
    """
    try:
        root = ET.fromstring(_project(path))
    except ET.ParseError as error:
        raise ParameterError(f"{path} is no DAWproject: {PROJECT} is no XML ({error})") from None
    try:
        return _session(root, Path(path).stem)
    except ParameterError as error:
        raise ParameterError(f"{path}: {error}") from None


def _project(path: str | Path) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo(PROJECT)
            if info.file_size > _LARGEST_BYTES:
                raise ParameterError(f"{path}: its {PROJECT} is larger than {_LARGEST_BYTES >> 20} MiB")
            return archive.read(info)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError) as error:
        raise ParameterError(f"{path} is no DAWproject: expected a ZIP file with {PROJECT} ({error})") from None
    except (OSError, ValueError) as error:
        raise ParameterError(f"{path} cannot be read: {reason(error)}") from None


def _session(root: ET.Element, title: str) -> DawSession:
    first_tempo, first_metre = root.find("Transport/Tempo"), root.find("Transport/TimeSignature")
    start_bpm = 120.0 if first_tempo is None else tempo_of(first_tempo.get("value", "120"))
    metre = (4, 4) if first_metre is None else metre_of(first_metre.get("numerator"), first_metre.get("denominator"))
    tempi = [
        (_beat(point), tempo_of(point.get("value"))) for point in root.iterfind("Arrangement/TempoAutomation/RealPoint")
    ]
    metres = [
        (_beat(point), metre_of(point.get("numerator"), point.get("denominator")))
        for point in root.iterfind("Arrangement/TimeSignatureAutomation/TimeSignaturePoint")
    ]
    markers = [(_beat(one), one.get("name") or "") for one in root.iterfind("Arrangement/Markers/Marker")]
    laid = from_the_start(tempi, start_bpm)
    pace = TempoMap(tuple(tick / TICKS_PER_BEAT for tick, _ in laid), tuple(bpm for _, bpm in laid))
    tracks = tuple(_tracks(root, pace))
    arrangement = root.find("Arrangement")
    comment = "" if arrangement is None else arrangement.get("comment") or ""
    return DawSession(
        title=title,
        tempi=laid,
        metres=from_the_start(metres, metre),
        markers=tuple(sorted(markers)),
        tracks=tracks,
        length_ticks=max((clip.end_ticks for track in tracks for clip in track.clips), default=0),
        key=comment.removeprefix(KEY_NOTE) if comment.startswith(KEY_NOTE) else "",
    )


def _beat(point: ET.Element) -> int:
    return ticks_of(number_of(point.get("time"), "place"))


def _tracks(root: ET.Element, pace: TempoMap) -> Iterator[SessionTrack]:
    """Every track but masters, groups and effect buses, with what the arrangement's lanes lay on it."""
    buses = dict(_buses(root))
    lanes = {identity: lane for lane in root.iterfind("Arrangement//Lanes") if (identity := lane.get("track"))}
    unit = next((one.get("timeUnit") for one in root.iterfind("Arrangement/Lanes")), None) or "beats"
    for element in root.iterfind("Structure//Track"):
        channel = element.find("Channel")
        if "tracks" in (element.get("contentType") or "") or (
            channel is not None and channel.get("role") in _NO_TRACKS
        ):
            continue
        track = _mixed(SessionTrack(element.get("name") or "", element.get("color") or _GREY), channel, buses)
        lane = lanes.get(element.get("id") or "")
        if lane is None:
            yield track
            continue
        clips = tuple(_clips(lane, lane.get("timeUnit") or unit, pace))
        drums = any(note.get("channel") == "9" for note in lane.iter("Note"))
        yield replace(track, clips=clips, audio=_audio(lane), is_drums=drums)


def _buses(root: ET.Element) -> Iterator[tuple[str, str]]:
    """Buses of the desk that a session has, by the number of their channels."""
    for element in root.iterfind("Structure//Track"):
        channel, name = element.find("Channel"), (element.get("name") or "").casefold()
        if channel is not None and channel.get("role") == "effect" and name in BUSES:
            yield channel.get("id") or "", name


def _sends(channel: ET.Element, buses: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    for send in channel.iterfind("Sends/Send"):
        bus, volume = buses.get(send.get("destination") or ""), send.find("Volume")
        if bus is not None and volume is not None:
            yield bus, _decibels(volume)


def _decibels(volume: ET.Element) -> float:
    level = number_of(volume.get("value", "1"), "volume")
    return level if volume.get("unit") == "decibel" else gain_to_db(level)


def _mixed(track: SessionTrack, channel: ET.Element | None, buses: Mapping[str, str]) -> SessionTrack:
    if channel is None:
        return track
    volume, pan, mute = channel.find("Volume"), channel.find("Pan"), channel.find("Mute")
    gain_db, place = 0.0, 0.0
    if volume is not None:
        gain_db = _decibels(volume)
    if pan is not None:
        given = number_of(pan.get("value", "0.5"), "pan")
        place = given if pan.get("unit") == "linear" else 2.0 * given - 1.0
    silent = mute is not None and mute.get("value") in ("true", "1")
    sends = tuple(_sends(channel, buses))
    return replace(track, gain_db=gain_db, pan=min(1.0, max(-1.0, place)), mute=silent, sends=sends)


def _audio(lane: ET.Element) -> AudioClip | None:
    """The first sound of a lane."""
    for audio in lane.iter("Audio"):
        file, rate = audio.find("File"), int(number_of(audio.get("sampleRate", "48000"), "sample rate"))
        seconds = number_of(audio.get("duration", "0"), "duration")
        return AudioClip("" if file is None else file.get("path") or "", round(seconds * rate), rate)
    return None


def _clips(lane: ET.Element, unit: str, pace: TempoMap) -> Iterator[NoteClip]:
    for group in lane.iterfind(".//Clips"):
        own_unit = group.get("timeUnit") or unit
        for clip in group.iterfind("Clip"):
            notes = clip.find("Notes")
            if notes is not None and clip.get("enable") not in ("false", "0"):
                yield _clip(clip, notes, own_unit, pace)


def _clip(clip: ET.Element, notes: ET.Element, unit: str, pace: TempoMap) -> NoteClip:
    start, length = number_of(clip.get("time"), "place"), number_of(clip.get("duration", "0"), "duration")
    if unit == "seconds":
        start, length = pace.beats_at(start), pace.beats_at(start + length) - pace.beats_at(start)
    if "duration" not in clip.keys():  # noqa: SIM118 - an element is no mapping
        length = max((_time(note) + number_of(note.get("duration")) for note in notes.iterfind("Note")), default=0.0)
    heard = [note for window in _windows(clip, start, length) for note in _heard(notes, window)]
    return NoteClip(clip.get("name") or "", ticks_of(start), ticks_of(start + length), tuple(sorted(heard)))


def _windows(clip: ET.Element, start: float, length: float) -> Iterator[ContentWindow]:
    begin = number_of(clip.get("playStart", "0"))
    if clip.get("loopEnd") is None:
        return windows_of(start, length, begin)
    return windows_of(start, length, begin, (number_of(clip.get("loopStart", "0")), number_of(clip.get("loopEnd"))))


def _heard(notes: ET.Element, window: ContentWindow) -> Iterator[SessionNote]:
    for note in notes.iterfind("Note"):
        time = _time(note)
        if not window.from_beats <= time < window.to_beats:
            continue
        at = window.at_beats + time - window.from_beats
        start = ticks_of(at)
        end = max(start + 1, ticks_of(at + number_of(note.get("duration"), "duration")))
        pitch = int(number_of(note.get("key"), "key"))
        if not 0 <= pitch <= 127:
            raise ParameterError(f"session: expected a key of 0 to 127, got {pitch}")
        velocity = round(127 * number_of(note.get("vel", "0.8"), "velocity"))
        yield SessionNote(start, end, pitch, min(127, max(1, velocity)))


def _time(note: ET.Element) -> float:
    return number_of(note.get("time"), "place")
