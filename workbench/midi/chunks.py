"""Where the tracks of a Standard MIDI File lie in its bytes, however they are wrapped, padded or counted.

The specification (RP-001) says that foreign chunks are skipped and that a header may grow. Practice adds RIFF wrappers,
resource forks in front, lengths and counts of tracks that are wrong, and files that were cut off.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from workbench.domain.errors import MidiFileError
from workbench.domain.file_formats import HEAD_BYTES, named_format
from workbench.midi.events import Event, read_events

_HEADER = struct.Struct(">4sIHHH")
_CHUNK = struct.Struct(">4sI")
_SEARCHED_BYTES = 1 << 16
"""How far into a file its header is looked for."""


@dataclass(frozen=True, slots=True)
class Chunks:
    """The header's words and the events of each track; `remarks` say what was left out or mended, one line each."""

    kind: int
    division: int
    tracks: tuple[tuple[Event, ...], ...]
    remarks: tuple[str, ...]


def read_chunks(data: bytes) -> Chunks:
    """Header and tracks of the bytes of a file.

    Raises
    ------
    MidiFileError
        If there is no MIDI header, or no track.
    """
    data, remarks = _unwrapped(data)
    if len(data) < _HEADER.size:
        raise MidiFileError("damaged MIDI: the header ends too early")
    _, length, kind, declared, division = _HEADER.unpack_from(data)
    bodies, more = _tracks(data, 8 + max(6, length) if length < len(data) else _HEADER.size)
    remarks += more
    if not bodies:
        raise MidiFileError("no track" if declared == 0 else "damaged MIDI: no track is left of it")
    if declared != len(bodies):
        remarks.append(f"the header counts {declared} tracks, there are {len(bodies)}: all of them are read")
    if kind > 2:
        remarks.append(f"type {kind} is not defined: read as type 1")
    return Chunks(min(kind, 1) if kind > 2 else kind, division, tuple(bodies), tuple(remarks))


def _unwrapped(data: bytes) -> tuple[bytes, list[str]]:
    """The bytes from the MIDI header on: without RIFF around them, or whatever stands in front."""
    if not data:
        raise MidiFileError("the file is empty")
    start = data.find(b"MThd", 0, _SEARCHED_BYTES)
    if start == 0:
        return data, []
    if start < 0:
        found = named_format(data[:HEAD_BYTES])
        raise MidiFileError("not a MIDI file", f"it is {found}" if found else "it has no MIDI header")
    if data[:4] == b"RIFF" and data[8:12] == b"RMID" and start >= 20:
        size = int.from_bytes(data[start - 4 : start], "little")
        return data[start : start + size] if size >= _HEADER.size else data[start:], []
    return data[start:], [f"{start} bytes in front of the MIDI header are left out"]


def _tracks(data: bytes, at: int) -> tuple[list[tuple[Event, ...]], list[str]]:
    bodies: list[tuple[Event, ...]] = []
    remarks: list[str] = []
    while 0 <= at <= len(data) - _CHUNK.size:
        name, length = _CHUNK.unpack_from(data, at)
        start, end = at + _CHUNK.size, at + _CHUNK.size + length
        if name == b"MTrk":
            events, at, fault = _track(data, start, end)
            remarks += [f"track {len(bodies) + 1} {fault}"] if fault else []
            bodies.append(events)
        elif _is_name(name) and _fits(data, end):
            remarks.append(f"a foreign chunk ({name.decode('ascii')}) is left out")
            at = end
        else:
            following = data.find(b"MTrk", at)
            left = (following if following >= 0 else len(data)) - at
            remarks += [f"{left} bytes that are no track are left out"] if any(data[at : at + left]) else []
            at = following
    return bodies, remarks


def _track(data: bytes, start: int, end: int) -> tuple[tuple[Event, ...], int, str]:
    """The events of a track, where the next chunk begins, and what was wrong with it.

    Where the length that the chunk states leads nowhere, the track goes on to its own end, or to the next track.
    """
    trusted = _fits(data, end)
    limit = end if trusted else len(data)
    events, stop, fault = read_events(data, start, limit)
    ended = not fault and stop < limit and data[stop : stop + 4] == b"MTrk"
    if trusted and not ended:
        return tuple(events), end, fault
    if not fault:
        return tuple(events), stop, _states_length(end, len(data))
    following = data.find(b"MTrk", start)
    if following >= 0:
        events, _, fault = read_events(data, start, following)
    return tuple(events), following if following >= 0 else len(data), fault


def _states_length(end: int, size: int) -> str:
    return f"states {end - size} bytes more than there are: read as far as it goes" if end > size else ""


def _fits(data: bytes, end: int) -> bool:
    """Whether a chunk may end here: where the file ends, or another chunk begins."""
    return end == len(data) or (end < len(data) and (_is_name(data[end : end + 4]) or not any(data[end:])))


def _is_name(name: bytes) -> bool:
    return len(name) == 4 and all(0x20 <= byte < 0x7F for byte in name)
