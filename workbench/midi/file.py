"""A MIDI file as music: parts with their notes, and tempo, metre, key and texts of all tracks in order of time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from workbench.domain.errors import MidiFileError, counted, reason
from workbench.midi.channels import drum_channels, first_programs
from workbench.midi.chunks import read_chunks
from workbench.midi.events import META, Event
from workbench.midi.notes import NoteColumns, lines_of
from workbench.midi.text import decode
from workbench.midi.yamaha_xf import xf_chord

LARGEST_FILE_BYTES = 16 << 20
MOST_NOTES = 200_000
MIDI_SUFFIXES = (".mid", ".midi", ".smf", ".kar", ".rmi")
"""What the names of MIDI files end with, in lower case."""

_USUAL_BPM = 120.0
"""Tempo where a file tells none (RP-001)."""
_TEXT_KINDS = {0x01: "text", 0x05: "lyric", 0x06: "marker", 0x07: "cue"}
_XF_CHORD = bytes([0x43, 0x7B, 0x01])
_ASIDE_BEATS = (1 / 32, 1 / 16)
"""An event of tempo or metre this much beside a sixteenth, as exports round it, belongs there: at least, and at most
where a tick is that long."""

Value = TypeVar("Value")
Timed = tuple[float, Value]
"""Quarter notes from the file's beginning, and what holds from there on."""


@dataclass(frozen=True, slots=True)
class MidiText:
    """A text of a track (from 0): kind is text, lyric, marker, cue, or chord where the file says that it is one."""

    beats: float
    track: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class MidiPart:
    """Notes of one track (from 0), channel (from 0) and program (General MIDI, 0 to 127).

    `is_drum` says what the channel says; what the notes say is for `workbench.midi.parts`. `held` counts the notes that
    nothing ended.
    """

    track: int
    channel: int
    program: int
    name: str
    is_drum: bool
    notes: NoteColumns
    held: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class MidiFile:
    """What a file holds. Times are quarter notes, in `NoteColumns` ticks of which `ticks_per_beat` make one.

    `kind` is 0, 1, or 2 for independent sequences. Each list of what changes is in order of time, with one value at a
    time: the last that the file gives. `keys` holds sharps (flats negative) and whether it is minor. `remarks` say what
    was left out or mended.
    """

    kind: int
    ticks_per_beat: float
    parts: tuple[MidiPart, ...]
    tempi: tuple[Timed[float], ...]
    metres: tuple[Timed[tuple[int, int]], ...]
    keys: tuple[Timed[tuple[int, bool]], ...]
    texts: tuple[MidiText, ...]
    end_beats: float
    remarks: tuple[str, ...]

    @property
    def note_count(self) -> int:
        """Notes of all parts."""
        return sum(len(part.notes) for part in self.parts)

    def seconds_at(self, beats: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """When places sound."""
        tempi = self.tempi if self.tempi and self.tempi[0][0] <= 0 else ((0.0, _USUAL_BPM), *self.tempi)
        starts = np.array([at for at, _ in tempi])
        pace = np.array([60.0 / bpm for _, bpm in tempi])
        passed = np.concatenate([[0.0], np.cumsum(np.diff(starts) * pace[:-1])])
        places = np.asarray(beats, np.float64)
        holding = np.maximum(np.searchsorted(starts, places, side="right") - 1, 0)
        return np.asarray(passed[holding] + (places - starts[holding]) * pace[holding])


def read_file(path: str | Path) -> bytes:
    """The bytes of a MIDI file.

    Raises
    ------
    MidiFileError
        If it is no plain file, cannot be read, or is larger than `LARGEST_FILE_BYTES`.
    """
    place = Path(path)
    try:
        if "\0" in str(place):
            # `is_file` keeps it to itself.
            raise ValueError("embedded null byte")
        if not place.is_file():
            there = place.exists()
            raise MidiFileError("not a plain file" if there else "the file is not there")
        if place.stat().st_size > LARGEST_FILE_BYTES:
            raise MidiFileError(f"larger than {LARGEST_FILE_BYTES >> 20} MiB")
        return place.read_bytes()
    except (OSError, ValueError) as error:
        raise MidiFileError(f"cannot be opened ({reason(error)})") from None


def read_midi(data: bytes) -> MidiFile:
    """The music in the bytes of a Standard MIDI File (RP-001) of any type, RIFF MIDI among them.

    What can be understood is read: a track that is damaged ends where it makes no sense, events that mean nothing are
    passed over, notes that nothing ends last to the end of their track.

    Raises
    ------
    MidiFileError
        If there is no MIDI header, no track, or more than `MOST_NOTES` notes.
    """
    chunks = read_chunks(data)
    _check_notes(chunks.tracks)
    remarks = list(chunks.remarks)
    # What is no note is looked through several times: notes are left out of it once.
    settings = [[event for event in events if event[1] >= _FIRST_SETTING] for events in chunks.tracks]
    metas = [[event for event in events if event[1] >= META] for events in settings]
    ticks, frames = _ticks_per_beat(chunks.division, metas)
    remarks += [frames] if frames else []
    drums, programs = drum_channels(settings), first_programs(settings)
    parts: list[MidiPart] = []
    held = 0
    for number, events in enumerate(chunks.tracks):
        name = _track_name(metas[number])
        for line in lines_of(events, ticks, programs, drums):
            drum = line.channel in drums
            parts.append(MidiPart(number, line.channel, line.program, name, drum, line.notes, line.held))
            held += 0 if drum else line.held
    remarks += [f"{counted(held, 'note')} without an end: held to the next of the pitch or the track's end"] * (
        held > 0
    )
    remarks += ["the sustain pedal is not played: notes end where their keys are let go"] * _has_pedal(settings)
    tempi, metres, keys = _conducted(metas, ticks, remarks)
    last = max((events[-1][0] for events in chunks.tracks if events), default=0)
    texts = tuple(_texts(metas, ticks))
    return MidiFile(
        chunks.kind, ticks, tuple(parts), () if frames else tempi, metres, keys, texts, last / ticks, tuple(remarks)
    )


def _has_pedal(tracks: Sequence[Sequence[Event]]) -> bool:
    """Whether controller 64 is pressed (from 64 on) anywhere."""
    return any(
        status & ~0x0F == 0xB0 and data[0] == _SUSTAIN and data[1] >= 64
        for events in tracks
        for _, status, data in events
    )


def _check_notes(tracks: Sequence[Sequence[Event]]) -> None:
    """Refuse more than `MOST_NOTES` notes; files that hold fewer events are not counted through."""
    if sum(map(len, tracks)) <= MOST_NOTES:
        return
    if sum(status & ~0x0F == 0x90 and data[1] > 0 for events in tracks for _, status, data in events) > MOST_NOTES:
        raise MidiFileError(f"more than {MOST_NOTES:,} notes")


def _ticks_per_beat(division: int, tracks: Sequence[Sequence[Event]]) -> tuple[float, str]:
    """Ticks a quarter note; and a line where time is given in SMPTE frames, which only a tempo turns into beats."""
    if division == 0:
        raise MidiFileError("no ticks in a quarter note")
    if not division & 0x8000:
        return float(division), ""
    frames, ticks = 256 - (division >> 8), division & 0xFF
    if ticks == 0:
        raise MidiFileError("no ticks in a frame")
    tempi = [bpm for events in tracks for _, status, data in events if (bpm := _tempo(status, data)) is not None]
    bpm = tempi[0] if tempi else _USUAL_BPM
    # 29 stands for 30 frames with two dropped each minute, which leaves the rate at 30000/1001 a second.
    rate = 30_000 / 1001 if frames == 29 else float(frames)
    return rate * ticks * 60.0 / bpm, f"time is given in SMPTE frames: beats are counted at {bpm:g} BPM"


def _conducted(
    tracks: Sequence[Sequence[Event]], ticks: float, remarks: list[str]
) -> tuple[tuple[Timed[float], ...], tuple[Timed[tuple[int, int]], ...], tuple[Timed[tuple[int, bool]], ...]]:
    def all_of(kind: int, read: Callable[[int, bytes], Value | None]) -> tuple[Timed[Value], ...]:
        found = [(tick, status, data) for events in tracks for tick, status, data in events if status == META + kind]
        values = [(_snapped(tick / ticks, 1 / ticks), read(status, data)) for tick, status, data in found]
        odd = sum(value is None for _, value in values)
        remarks.extend(
            [f"left out: {counted(odd, f'{_CONDUCTED[kind]} event')} that no reader understands"] * (odd > 0)
        )
        return in_order((at, value) for at, value in values if value is not None)

    return all_of(0x51, _tempo), all_of(0x58, _metre), all_of(0x59, _key)


_FIRST_SETTING = 0xB0
"""The first status that is neither a note nor its pressure: controllers, programs, messages of the whole file."""
_SUSTAIN = 64
_CONDUCTED = {0x51: "tempo", 0x58: "metre", 0x59: "key"}


def in_order(events: Iterable[Timed[Value]]) -> tuple[Timed[Value], ...]:
    """What holds from when on: in order of time, the last of one moment, without what repeats what holds already.

    Examples
    --------
    >>> in_order([(4.0, 100), (0.0, 90), (4.0, 95), (8.0, 95)])
    ((0.0, 90), (4.0, 95))
    """
    kept: list[Timed[Value]] = []
    for at, value in sorted(events, key=lambda event: event[0]):
        if kept and kept[-1][0] == at:
            kept.pop()
        kept.append((at, value))
    first = kept[:1]
    return tuple(first + [after for before, after in itertools.pairwise(kept) if after[1] != before[1]])


def _snapped(beats: float, tick_beats: float) -> float:
    """A place, or the sixteenth that it lies slightly beside."""
    grid = round(beats * 4) / 4
    return grid if abs(beats - grid) <= min(max(_ASIDE_BEATS[0], tick_beats), _ASIDE_BEATS[1]) else beats


def _tempo(status: int, data: bytes) -> float | None:
    if status != META + 0x51 or len(data) < 3:
        return None
    micros = int.from_bytes(data[:3], "big")
    return 60e6 / micros if micros else None


def _metre(_: int, data: bytes) -> tuple[int, int] | None:
    return (data[0], 1 << data[1]) if len(data) >= 2 and data[0] > 0 and data[1] <= 6 else None


def _key(_: int, data: bytes) -> tuple[int, bool] | None:
    if len(data) < 2:
        return None
    sharps = data[0] - 256 if data[0] > 127 else data[0]
    return (sharps, data[1] == 1) if -7 <= sharps <= 7 and data[1] <= 1 else None


def _track_name(events: Sequence[Event]) -> str:
    """The last name of a track, else of its instrument."""
    for kind in (0x03, 0x04):
        names = [_one_line(data) for _, status, data in events if status == META + kind]
        if found := next(filter(None, reversed(names)), ""):
            return found
    return ""


def _one_line(data: bytes) -> str:
    """A text as messages can show it: what is not printable parts words."""
    return " ".join("".join(char if char.isprintable() else " " for char in decode(data)).split())


def _texts(tracks: Sequence[Sequence[Event]], ticks: float) -> list[MidiText]:
    found = []
    for number, events in enumerate(tracks):
        for tick, status, data in events:
            kind, text = _TEXT_KINDS.get(status - META, ""), ""
            if kind:
                text = _one_line(data)
            elif status == META + 0x7F and data[:3] == _XF_CHORD:
                kind, text = "chord", xf_chord(data[3:])
            if text:
                found.append(MidiText(tick / ticks, number, kind, text))
    return sorted(found, key=lambda text: text.beats)
