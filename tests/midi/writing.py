"""MIDI files byte by byte, so that a test can write what no library would."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

TICKS = 480
At = tuple[float, bytes]
"""Quarter notes from the beginning, and the bytes of an event without its delta time."""

TUNE = (64, 67, 69, 67, 64, 62, 60, 62)


def quantity(value: int) -> bytes:
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.insert(0, 0x80 | value & 0x7F)
    return bytes(digits)


def meta(kind: int, data: bytes | str) -> bytes:
    body = data.encode() if isinstance(data, str) else data
    return bytes([0xFF, kind]) + quantity(len(body)) + body


def tempo(bpm: float) -> bytes:
    return meta(0x51, round(60e6 / bpm).to_bytes(3, "big"))


def metre(numerator: int, power: int) -> bytes:
    return meta(0x58, bytes([numerator, power, 24, 8]))


def name(text: str) -> bytes:
    return meta(0x03, text)


def sysex(data: bytes) -> bytes:
    return b"\xf0" + quantity(len(data)) + data


def note(at: float, length: float | None, pitch: int, velocity: int = 90, channel: int = 0) -> list[At]:
    """A note; without a length nothing ends it."""
    on = [(at, bytes([0x90 | channel, pitch, velocity]))]
    return on if length is None else [*on, (at + length, bytes([0x80 | channel, pitch, 64]))]


def notes(rows: Iterable[tuple[float, float | None, int]], channel: int = 0) -> list[At]:
    return [event for at, length, pitch in rows for event in note(at, length, pitch, channel=channel)]


def tune(bars: int = 8, channel: int = 0, start: float = 0.0) -> list[At]:
    """Quarter notes from C4 to A4."""
    return notes(((start + beat, 0.9, TUNE[beat % 8]) for beat in range(4 * bars)), channel)


def chords(line: Sequence[Sequence[int]], beats: float = 4.0, channel: int = 0) -> list[At]:
    return notes(((n * beats, beats - 0.05, pitch) for n, chord in enumerate(line) for pitch in chord), channel)


def beat(bars: int, channel: int = 9, pitches: tuple[int, int, int] = (36, 38, 42)) -> list[At]:
    """Kick on one and three, snare on two and four, hi-hat in eighths."""
    kick, snare, hat = pitches
    rows: list[tuple[float, float | None, int]] = []
    for start in range(0, 4 * bars, 4):
        rows += [(start + at, 0.125, kick) for at in (0, 2)] + [(start + at, 0.125, snare) for at in (1, 3)]
        rows += [(start + half / 2, 0.125, hat) for half in range(8)]
    return notes(rows, channel)


def bass_line(bars: int, channel: int = 0) -> list[At]:
    return notes(((at, 0.95, (36, 43, 41, 38, 45, 48)[at * 5 % 6]) for at in range(4 * bars)), channel)


def body(events: Iterable[At], end: float | None = None, ticks: int = TICKS) -> bytes:
    """A track's bytes, ended at `end` quarter notes, else with its last event."""
    data, now = b"", 0
    for at, event in sorted(events, key=lambda one: one[0]):
        tick = round(at * ticks)
        data += quantity(tick - now) + event
        now = tick
    last = now if end is None else max(now, round(end * ticks))
    return data + quantity(last - now) + b"\xff\x2f\x00"


def chunk(data: bytes, name: bytes = b"MTrk", length: int | None = None) -> bytes:
    return name + struct.pack(">I", len(data) if length is None else length) + data


def header(kind: int, tracks: int, division: int = TICKS) -> bytes:
    return b"MThd" + struct.pack(">IHHH", 6, kind, tracks, division)


def smf(*tracks: Iterable[At], kind: int = 1, end: float | None = None, division: int = TICKS) -> bytes:
    """A well-formed file."""
    return header(kind, len(tracks), division) + b"".join(chunk(body(events, end)) for events in tracks)


def riff(inner: bytes) -> bytes:
    data = b"RMIDdata" + struct.pack("<I", len(inner)) + inner + b"\0" * (len(inner) % 2)
    return b"RIFF" + struct.pack("<I", len(data)) + data
