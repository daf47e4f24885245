"""Live Sets read back: tempo map, metres, locators, mixer, and clips of notes in the arrangement.

Sets of Live 9 to 12 have what is read here at the same places, but for two: the master's track is called `MainTrack`
from Live 12 on, and colours are counted from another number in each.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

from workbench.domain.errors import ParameterError, reason
from workbench.domain.units import gain_to_db
from workbench.output.daw.ableton import BEFORE_ALL
from workbench.output.daw.ableton_colours import FIRST_INDEX, PALETTE
from workbench.output.daw.ableton_parts import MASTER
from workbench.output.daw.events import from_the_start, metre_of, number_of, tempo_of, ticks_of
from workbench.output.daw.session import KEY_NOTE, AudioClip, DawSession, NoteClip, SessionNote, SessionTrack
from workbench.output.daw.windows import ContentWindow, windows_of

_LARGEST_BYTES = 256 << 20
_GREY = "#808080"
_MASTERS = (MASTER, "MainTrack")


def read_ableton(path: str | Path) -> DawSession:
    """Read a session; stems are named, not read.

    Devices, sends, the clips of the session view, groups, returns, and automation of anything but tempo and metre are
    passed over.

    Raises
    ------
    ParameterError
        If it is no Live Set, if its tempo glides, or if what it says makes no sense.
    """
    try:
        root = ET.fromstring(_text(path))
    except ET.ParseError as error:
        raise ParameterError(f"{path} is no Live Set: its content is no XML ({error})") from None
    live_set = root.find("LiveSet")
    if root.tag != "Ableton" or live_set is None:
        raise ParameterError(f"{path} is no Live Set: expected <Ableton> with a <LiveSet>, got <{root.tag}>")
    try:
        return _session(live_set, Path(path).stem)
    except ParameterError as error:
        raise ParameterError(f"{path}: {error}") from None


def _text(path: str | Path) -> bytes:
    try:
        with gzip.open(path) as file:
            text = file.read(_LARGEST_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ParameterError(f"{path} is no Live Set: expected gzipped XML ({error})") from None
    except (OSError, ValueError) as error:
        raise ParameterError(f"{path} cannot be read: {reason(error)}") from None
    if len(text) > _LARGEST_BYTES:
        raise ParameterError(f"{path} holds more than {_LARGEST_BYTES >> 20} MiB")
    return text


def _session(live_set: ET.Element, title: str) -> DawSession:
    master = next((one for name in _MASTERS if (one := live_set.find(name)) is not None), None)
    if master is None:
        raise ParameterError(f"expected a {' or '.join(_MASTERS)}, which holds the tempo")
    tracks = tuple(_track(one) for one in live_set.iterfind("Tracks/*") if one.tag in ("AudioTrack", "MidiTrack"))
    locators = live_set.iterfind("Locators/Locators/Locator")
    note = _value(live_set, "Annotation") or ""
    return DawSession(
        title=title,
        tempi=_tempi(master),
        metres=_metres(master),
        markers=tuple(sorted((_ticks(one, "Time"), _value(one, "Name") or "") for one in locators)),
        tracks=tracks,
        length_ticks=max((clip.end_ticks for track in tracks for clip in track.clips), default=0),
        key=note.removeprefix(KEY_NOTE) if note.startswith(KEY_NOTE) else "",
    )


def _value(element: ET.Element, path: str) -> str | None:
    found = element.find(path)
    return None if found is None else found.get("Value")


def _number(element: ET.Element, path: str, usual: str | None = None) -> float:
    return number_of(_value(element, path) or usual, path)


def _ticks(element: ET.Element, path: str) -> int:
    return ticks_of(_number(element, path))


def _automated(master: ET.Element, parameter: str) -> tuple[str | None, list[tuple[int, str | None]]]:
    """What a parameter of the master is set to, and its automation as places and values."""
    setting = master.find(f".//{parameter}[Manual]")
    if setting is None:
        return None, []
    target = setting.find("AutomationTarget")
    events: list[ET.Element] = setting.findall("ArrangerAutomation/Events/*")
    for envelope in master.iterfind("AutomationEnvelopes/Envelopes/AutomationEnvelope"):
        if target is not None and _value(envelope, "EnvelopeTarget/PointeeId") == target.get("Id"):
            events = envelope.findall("Automation/Events/*")
    placed = [(number_of(one.get("Time"), "place"), one.get("Value")) for one in events]
    return _value(setting, "Manual"), [(0 if at <= BEFORE_ALL else ticks_of(at), value) for at, value in placed]


def _tempi(master: ET.Element) -> tuple[tuple[int, float], ...]:
    manual, events = _automated(master, "Tempo")
    points = [(tick, tempo_of(value)) for tick, value in events]
    for (start, before), (end, after) in pairwise(points):
        if end > start and before != after:
            raise ParameterError(f"its tempo glides to {after:g} BPM: expected steps, two points at one place")
    first = points[0][1] if points else tempo_of(manual or "120")
    changes = from_the_start(points, first)
    return tuple(change for place, change in enumerate(changes) if not place or change[1] != changes[place - 1][1])


def _metres(master: ET.Element) -> tuple[tuple[int, tuple[int, int]], ...]:
    manual, events = _automated(master, "TimeSignature")
    points = [(tick, _metre(value)) for tick, value in events]
    return from_the_start(points, points[0][1] if points else _metre(manual or "201"))


def _metre(value: str | None) -> tuple[int, int]:
    power, numerator = divmod(int(number_of(value, "metre")), 99)
    return metre_of(str(numerator + 1), str(2 ** max(power, 0)))


def _track(element: ET.Element) -> SessionTrack:
    desk = element.find("DeviceChain/Mixer")
    gain_db, pan, mute = 0.0, 0.0, False
    if desk is not None:
        gain_db = gain_to_db(_number(desk, "Volume/Manual", "1"))
        pan = _number(desk, "Pan/Manual", "0")
        mute = _value(desk, "Speaker/Manual") == "false"
    clips = element.iterfind("DeviceChain/MainSequencer/ClipTimeable/ArrangerAutomation/Events/MidiClip")
    heard = (one for one in clips if _value(one, "Disabled") != "true")
    return SessionTrack(
        _value(element, "Name/EffectiveName") or "",
        _colour(element),
        gain_db=gain_db,
        pan=min(1.0, max(-1.0, pan)),
        mute=mute,
        audio=_audio(element),
        clips=tuple(sorted((_clip(one) for one in heard), key=lambda clip: clip.start_ticks)),
    )


def _colour(element: ET.Element) -> str:
    index = _value(element, "ColorIndex")
    place = int(number_of(index)) - FIRST_INDEX if index is not None else int(_number(element, "Color", "-1"))
    return PALETTE[place] if 0 <= place < len(PALETTE) else _GREY


def _audio(element: ET.Element) -> AudioClip | None:
    """The first sound of a track of sound; without a file where there is none."""
    if element.tag != "AudioTrack":
        return None
    sample = element.find("DeviceChain/MainSequencer/Sample/ArrangerAutomation/Events/AudioClip/SampleRef")
    if sample is None:
        return AudioClip("", 0, 48000)
    name = _value(sample, "FileRef/Name") or Path(_value(sample, "FileRef/Path") or "").name
    length, rate = _number(sample, "DefaultDuration", "0"), _number(sample, "DefaultSampleRate", "48000")
    return AudioClip(name, int(length), int(rate))


def _clip(element: ET.Element) -> NoteClip:
    start, end = _number(element, "CurrentStart"), _number(element, "CurrentEnd")
    loop = (_number(element, "Loop/LoopStart", "0"), _number(element, "Loop/LoopEnd", "0"))
    begin = loop[0] + _number(element, "Loop/StartRelative", "0")
    looped = loop if _value(element, "Loop/LoopOn") == "true" else None
    notes = [note for window in windows_of(start, end - start, begin, looped) for note in _heard(element, window)]
    return NoteClip(_value(element, "Name") or "", ticks_of(start), ticks_of(end), tuple(sorted(notes)))


def _heard(clip: ET.Element, window: ContentWindow) -> Iterator[SessionNote]:
    for key in clip.iterfind("Notes/KeyTracks/KeyTrack"):
        pitch = int(_number(key, "MidiKey"))
        if not 0 <= pitch <= 127:
            raise ParameterError(f"session: expected a key of 0 to 127, got {pitch}")
        for note in key.iterfind("Notes/MidiNoteEvent"):
            time = number_of(note.get("Time"), "place")
            if note.get("IsEnabled") == "false" or not window.from_beats <= time < window.to_beats:
                continue
            at = window.at_beats + time - window.from_beats
            start = ticks_of(at)
            end = max(start + 1, ticks_of(at + number_of(note.get("Duration"), "duration")))
            velocity = round(number_of(note.get("Velocity", "100"), "velocity"))
            yield SessionNote(start, end, pitch, min(127, max(1, velocity)))
