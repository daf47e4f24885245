"""The events of one track of a Standard MIDI File (RP-001), read as far as they make sense."""

from __future__ import annotations

Event = tuple[int, int, bytes]
"""Tick, status and data. A channel message has its status byte, a meta event `META` + its type, a system exclusive
message 0xF0."""

META = 0xFF00
"""What is added to the type of a meta event."""
END_OF_TRACK = META + 0x2F

MOST_EVENTS = 1_000_000
"""Events of a track that are read; more than any music has."""

_MOST_DIGITS = 4
_SYSTEM_DATA = {0xF1: 1, 0xF2: 2, 0xF3: 1}
"""Data bytes of system messages, which do not belong in a file and are passed over."""


_DATA_BYTES = (0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 1, 1, 2)
"""Data bytes of a channel message by the upper half of its status."""


class _DamagedError(Exception):
    """The bytes make no event."""


def read_events(data: bytes, start: int, end: int) -> tuple[list[Event], int, str]:
    """Events between two places, the place after the last one, and what was wrong ("" if nothing was).

    Running status goes on over meta events, as most programs write it. Data above 127 count as 127. Reading stops at
    the end of the track, at the first byte that makes no event, and at `MOST_EVENTS`.
    """
    events: list[Event] = []
    at, tick, running = start, 0, 0
    try:
        while at < end:
            # Most events are channel messages a short while after the last one: these are read without a further call.
            delta, place = data[at], at + 1
            if delta >= 0x80:
                delta, place = _quantity(data, at, end)
            status = data[place] if place < end else 0
            first = place + 1
            if status < 0x80:
                status, first = running, place
            if 0x80 <= status < 0xF0 and place < end:
                running = status
                place = first + _DATA_BYTES[status >> 4]
                body = data[first:place]
                if place > end:
                    raise _DamagedError
                if not body.isascii():
                    body = bytes(min(byte, 0x7F) for byte in body)
            else:
                status, place, body = _other_event(data, place, end)
            tick += delta
            at = place
            events.append((tick, status, body))
            if status == END_OF_TRACK:
                return events, at, ""
            if len(events) >= MOST_EVENTS:
                return events, end, f"holds more than {MOST_EVENTS:,} events: the rest is left out"
    except _DamagedError:
        return events, at, f"is damaged after {len(events)} events: {end - at} bytes of it are left out"
    return events, at, ""


def _quantity(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A variable-length quantity and the place behind it."""
    value = 0
    for place in range(at, min(end, at + _MOST_DIGITS)):
        byte = data[place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    raise _DamagedError


def _other_event(data: bytes, at: int, end: int) -> tuple[int, int, bytes]:
    """Status, the place behind, and the data of an event that is no channel message."""
    status = data[at] if at < end else 0
    if status == 0xFF or status in (0xF0, 0xF7):
        kind = META + data[at + 1] if status == 0xFF and at + 1 < end else status
        length, at = _quantity(data, at + (2 if status == 0xFF else 1), end)
        if at + length > end:
            raise _DamagedError
        return kind, at + length, data[at : at + length]
    if status >= 0xF1:
        return status, at + 1 + _SYSTEM_DATA.get(status, 0), b""
    raise _DamagedError
