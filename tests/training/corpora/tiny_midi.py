"""Tiny MIDI files, well-formed and not, for the tests of the readers."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

import mido

Row = tuple[float, float, int]
"""Onset and length in quarter notes, pitch."""


def midi_track(name: str, channel: int, program: int, rows: Iterable[Row]) -> mido.MidiTrack:
    events = [(0.0, 0, mido.Message("program_change", channel=channel, program=program))]
    for onset, length, pitch in rows:
        events.append((onset, 2, mido.Message("note_on", channel=channel, note=pitch, velocity=80)))
        events.append((onset + length, 1, mido.Message("note_off", channel=channel, note=pitch)))
    track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
    now = 0
    for beat, _, message in sorted(events, key=lambda event: event[:2]):
        tick = round(beat * 480)
        track.append(message.copy(time=tick - now))
        now = tick
    return track


def write_song(
    path: Path,
    tracks: Iterable[mido.MidiTrack],
    changes: Iterable[tuple[float, mido.MetaMessage]] = (),
) -> Path:
    """A MIDI file with tracks and, in its first track, changes of metre and tempo at quarter notes."""
    head, now = mido.MidiTrack(), 0
    for beat, message in changes:
        tick = round(beat * 480)
        head.append(message.copy(time=tick - now))
        now = tick
    midi = mido.MidiFile(ticks_per_beat=480)
    midi.tracks.extend([head, *tracks])
    path.parent.mkdir(parents=True, exist_ok=True)
    midi.save(path)
    return path


def band(bars: int, bar_beats: int = 4, transpose: int = 0) -> list[mido.MidiTrack]:
    """Drums, bass, held triads and a melody over I V vi IV."""
    roots = [transpose + root for root in (0, 7, 9, 5)]
    downbeats = [(bar * bar_beats, roots[bar % 4]) for bar in range(bars)]
    hats = [(beat + half, 0.1, 42) for beat in range(bars * bar_beats) for half in (0.0, 0.5)]
    kicks = [(float(beat), 0.1, 36) for beat, _ in downbeats]
    bass = [(beat + step, 0.9, 36 + root) for beat, root in downbeats for step in range(bar_beats)]
    thirds = {0: 4, 7: 4, 9: 3, 5: 4}
    pads = [
        (float(beat), float(bar_beats), 60 + root + step)
        for beat, root in downbeats
        for step in (0, thirds[root - transpose], 7)
    ]
    leads = [(beat + step / 2, 0.4, 72 + root + step % 3) for beat, root in downbeats for step in range(2 * bar_beats)]
    return [
        midi_track("", 9, 0, hats + kicks),
        midi_track("", 0, 33, bass),
        midi_track("", 1, 89, pads),
        midi_track("", 2, 80, leads),
    ]


def raw_midi(events: bytes, *, kind: int = 1, tracks: int = 1, division: int = 480, length: int | None = None) -> bytes:
    """Bytes of a MIDI file of one track chunk, however wrong."""
    body = events + bytes([0, 0xFF, 0x2F, 0])
    chunk = b"MTrk" + struct.pack(">I", len(body) if length is None else length) + body
    return b"MThd" + struct.pack(">IHHH", 6, kind, tracks, division) + (chunk if tracks else b"")
