"""Events and tracks as the bytes of a Standard MIDI File (RP-001, "Standard MIDI Files 1.0")."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

from workbench.domain.errors import ParameterError

TEXT, TRACK_NAME, MARKER = 0x01, 0x03, 0x06
"""Meta events that hold a text."""

NOTE_OFF, NOTE_ON, PROGRAM_CHANGE = 0x80, 0x90, 0xC0
_END_OF_TRACK, _TEMPO, _TIME_SIGNATURE, _KEY_SIGNATURE = 0x2F, 0x51, 0x58, 0x59
_META = 0xFF
_MICROSECONDS_A_MINUTE = 60_000_000


class Event(NamedTuple):
    """When an event happens, where it stands among those of the same tick (low first), and its bytes."""

    tick: int
    order: int
    data: bytes


def text_event(kind: int, text: str) -> bytes:
    """A text, track name or marker, in UTF-8."""
    return _meta(kind, text.encode())


def tempo_event(tempo_bpm: float) -> bytes:
    """Microseconds a quarter note, rounded.

    Examples
    --------
    >>> tempo_event(120.0).hex(" ")
    'ff 51 03 07 a1 20'
    """
    return _meta(_TEMPO, round(_MICROSECONDS_A_MINUTE / tempo_bpm).to_bytes(3, "big"))


def metre_event(numerator: int, denominator: int, clocks_per_click: int) -> bytes:
    """A time signature whose click comes every so many MIDI clocks, 24 of which are a quarter note."""
    return _meta(_TIME_SIGNATURE, bytes((numerator, denominator.bit_length() - 1, clocks_per_click, 8)))


def key_event(sharps: int, *, minor: bool) -> bytes:
    """A key signature: -7 (seven flats) to 7 (seven sharps)."""
    return _meta(_KEY_SIGNATURE, struct.pack(">bB", sharps, minor))


def channel_event(status: int, first: int, *second: int) -> bytes:
    """A note or a program: a status byte with its channel, and one or two values of 0 to 127.

    Raises
    ------
    ParameterError
        If a value does not fit into seven bits.
    """
    values = (first, *second)
    if not 0 <= min(values) <= max(values) <= 0x7F:
        raise ParameterError(f"MIDI event: expected values of 0 to 127, got {', '.join(map(str, values))}")
    return bytes((status, *values))


def quantity(value: int) -> bytes:
    """A number in groups of seven bits, the highest first; all but the last byte have their top bit set.

    Examples
    --------
    >>> [quantity(value).hex(" ") for value in (0, 127, 128, 480)]
    ['00', '7f', '81 00', '83 60']
    """
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(0x80 | value & 0x7F)
    return bytes(reversed(digits))


def track_chunk(events: Iterable[Event], end_tick: int) -> bytes:
    """A track: its events in order, each after the ticks since the one before; it ends at `end_tick` or later.

    A status byte is left out where it is that of the event before ("running status").
    """
    body = bytearray()
    now, running = 0, _META
    for tick, _, data in sorted(events, key=lambda event: event[:2]):
        body += quantity(tick - now)
        now = tick
        body += data[1:] if data[0] == running != _META else data
        running = data[0]
    body += quantity(max(0, end_tick - now)) + _meta(_END_OF_TRACK, b"")
    return b"MTrk" + struct.pack(">I", len(body)) + body


def file_bytes(tracks: Iterable[bytes], ticks_per_beat: int) -> bytes:
    """A file of format 1 with tracks of `track_chunk`."""
    chunks = list(tracks)
    return b"MThd" + struct.pack(">IHHH", 6, 1, len(chunks), ticks_per_beat) + b"".join(chunks)


def _meta(kind: int, data: bytes) -> bytes:
    return bytes((_META, kind)) + quantity(len(data)) + data
