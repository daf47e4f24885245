"""REAPER projects read back: tempo map, markers, tracks, and their MIDI items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from workbench.domain.errors import ParameterError, reason
from workbench.domain.tempo_map import TempoMap
from workbench.domain.units import gain_to_db
from workbench.output.daw.events import from_the_start, metre_of, number_of, tempo_of, ticks_of
from workbench.output.daw.reaper import SQUARE
from workbench.output.daw.session import (
    BUSES,
    KEY_NOTE,
    AudioClip,
    DawSession,
    NoteClip,
    SessionNote,
    SessionTrack,
)
from workbench.output.files.midi_files import TICKS_PER_BEAT

_LARGEST_BYTES = 256 << 20
_WORD = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`|\S+")
_SYSTEM = ("<X", "<x", "<Xm", "<xm")
_TIMED = ("E", "e", "Em", "em", *_SYSTEM)
"""Events of a MIDI item; a small letter marks what is selected, an m what is muted."""
_GREY = "#808080"


@dataclass(slots=True)
class _Block:
    """`<NAME words` ... `>`: its lines, each as words, and the blocks inside it."""

    words: list[str]
    lines: list[list[str]] = field(default_factory=list)
    blocks: list[_Block] = field(default_factory=list)

    def line(self, name: str) -> list[str]:
        """What follows a name; empty where it is absent."""
        return next((line[1:] for line in self.lines if line and line[0] == name), [])

    def all_of(self, kind: str) -> Iterator[_Block]:
        return (block for block in self.blocks if block.words and block.words[0] == kind)


def read_reaper(path: str | Path) -> DawSession:
    """Read a session; stems are named, not read.

    Effects, envelopes, sends to buses that the desk has not, takes but the first, regions and loops of items are
    passed over.

    Raises
    ------
    ParameterError
        If it is no REAPER project, if its tempo glides, or if what it says makes no sense.
    """
    try:
        if Path(path).stat().st_size > _LARGEST_BYTES:
            raise ParameterError(f"{path} is larger than {_LARGEST_BYTES >> 20} MiB")
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError) as error:
        raise ParameterError(f"{path} cannot be read: {reason(error)}") from None
    if not text.lstrip("\ufeff").startswith("<REAPER_PROJECT"):
        raise ParameterError(f"{path} is no REAPER project: expected <REAPER_PROJECT in its first line")
    try:
        return _session(_parsed(text), Path(path).stem)
    except ParameterError as error:
        raise ParameterError(f"{path}: {error}") from None


def _parsed(text: str) -> _Block:
    root = _Block([])
    stack = [root]
    for raw in text.lstrip("\ufeff").splitlines():
        line = raw.strip()
        if line.startswith("<"):
            block = _Block(_words(line[1:]))
            stack[-1].blocks.append(block)
            # Where a block stands among the lines matters: system messages of a MIDI item take time.
            stack[-1].lines.append([f"<{block.words[0]}", *block.words[1:]] if block.words else ["<"])
            stack.append(block)
        elif line == ">" and len(stack) > 1:
            stack.pop()
        else:
            # A line of notes begins with a bar and is text, whatever quotes it holds.
            stack[-1].lines.append([line] if line.startswith("|") else _words(line))
    if len(stack) > 1:
        raise ParameterError(f"the file is cut off: it ends inside {' '.join(stack[-1].words[:2]) or 'a block'}")
    return root.blocks[0]


def _words(line: str) -> list[str]:
    found = _WORD.findall(line)
    return [word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'`" else word for word in found]


def _session(project: _Block, title: str) -> DawSession:
    tempi, metres = _tempo_map(project)
    pace = TempoMap(tuple(tick / TICKS_PER_BEAT for tick, _ in tempi), tuple(bpm for _, bpm in tempi))
    markers = [
        (ticks_of(pace.beats_at(number_of(line[2], "place"))), line[3])
        for line in project.lines
        if line and line[0] == "MARKER" and len(line) > 3 and not _is_region(line)
    ]
    tracks = _tracks(list(project.all_of("TRACK")), pace)
    return DawSession(
        title=title,
        tempi=tempi,
        metres=metres,
        markers=tuple(sorted(markers)),
        tracks=tracks,
        length_ticks=max((clip.end_ticks for track in tracks for clip in track.clips), default=0),
        key=_key(project),
    )


def _tracks(blocks: list[_Block], pace: TempoMap) -> tuple[SessionTrack, ...]:
    """Tracks of the song; those of the desk's buses become the sends of what they receive."""
    sends: dict[int, list[tuple[str, float]]] = {}
    buses = {number: bus for number, block in enumerate(blocks) if (bus := _bus_of(block))}
    for number, bus in buses.items():
        for line in blocks[number].lines:
            if line and line[0] == "AUXRECV" and len(line) > 3 and line[1].isdigit():
                sends.setdefault(int(line[1]), []).append((bus, gain_to_db(number_of(line[3], "gain"))))
    return tuple(
        replace(_track(block, pace), sends=tuple(sends.get(number, ())))
        for number, block in enumerate(blocks)
        if number not in buses
    )


def _bus_of(block: _Block) -> str:
    """The bus of the desk that a track is: it has its name, and receives or holds nothing of its own."""
    name = next(iter(block.line("NAME")), "").casefold()
    return name if name in BUSES and not any(True for _ in block.all_of("ITEM")) else ""


def _is_region(line: list[str]) -> bool:
    """Whether a marker is one end of a region."""
    return len(line) > 4 and line[4].isdigit() and int(line[4]) & 1 == 1


def _key(project: _Block) -> str:
    lines = [line[0][1:].strip() for notes in project.all_of("NOTES") for line in notes.lines if line]
    return next((one.removeprefix(KEY_NOTE) for one in lines if one.startswith(KEY_NOTE)), "")


def _tempo_map(project: _Block) -> tuple[tuple[tuple[int, float], ...], tuple[tuple[int, tuple[int, int]], ...]]:
    first = [*project.line("TEMPO"), "120", "4", "4"]
    tempi: list[tuple[int, float]] = []
    metres: list[tuple[int, tuple[int, int]]] = []
    tempo_bpm, beats, seconds = tempo_of(first[0]), 0.0, 0.0
    points = [line for envelope in project.all_of("TEMPOENVEX") for line in envelope.lines if line and line[0] == "PT"]
    for number, point in enumerate(points):
        at = number_of(point[1] if len(point) > 1 else None, "place")
        beats, seconds = beats + (at - seconds) * tempo_bpm / 60.0, at
        tempo_bpm = tempo_of(point[2] if len(point) > 2 else None)
        if number + 1 < len(points) and len(point) > 3 and int(number_of(point[3])) != SQUARE:
            raise ParameterError(f"its tempo glides from {at:g} s on: set the shape of its tempo markers to square")
        tempi.append((ticks_of(beats), tempo_bpm))
        if len(point) > 4 and int(number_of(point[4])) > 0:
            packed = int(number_of(point[4]))
            metres.append((ticks_of(beats), metre_of(str(packed & 0xFFFF), str(packed >> 16))))
    return from_the_start(tempi, tempo_of(first[0])), from_the_start(metres, metre_of(first[1], first[2]))


def _track(block: _Block, pace: TempoMap) -> SessionTrack:
    volume = [*block.line("VOLPAN"), "1", "0"]
    mute, colour = block.line("MUTESOLO"), block.line("PEAKCOL")
    items = [item for item in block.all_of("ITEM") if item.line("MUTE")[:1] in ([], ["0"])]
    clips = tuple(clip for item in items for clip in _clips(item, pace))
    return SessionTrack(
        name=next(iter(block.line("NAME")), ""),
        colour=_colour(int(number_of(colour[0]))) if colour else _GREY,
        gain_db=gain_to_db(number_of(volume[0], "volume")),
        pan=min(1.0, max(-1.0, number_of(volume[1], "pan"))),
        mute=bool(mute) and mute[0] != "0",
        audio=next((sound for item in items for sound in _audio(item)), None),
        clips=clips,
        is_drums=any(
            line[0] in "Ee" and line[2][1:] == "9" and line[2][0] == "9" for line in _messages(items) if len(line) > 3
        ),
    )


def _colour(number: int) -> str:
    return f"#{number & 0xFF:02x}{number >> 8 & 0xFF:02x}{number >> 16 & 0xFF:02x}"


def _messages(items: list[_Block]) -> Iterator[list[str]]:
    return (line for item in items for source in item.all_of("SOURCE") for line in source.lines if line)


def _audio(item: _Block) -> Iterator[AudioClip]:
    for source in item.all_of("SOURCE"):
        if "MIDI" not in source.words and source.line("FILE"):
            # The file alone knows its rate; a project names none.
            yield AudioClip(source.line("FILE")[0], 0, 0)


def _clips(item: _Block, pace: TempoMap) -> Iterator[NoteClip]:
    sources = [source for source in item.all_of("SOURCE") if "MIDI" in source.words and source.line("HASDATA")]
    if not sources:
        return
    position = number_of(next(iter(item.line("POSITION")), "0"), "place")
    length = number_of(next(iter(item.line("LENGTH")), "0"), "length")
    offset = number_of(next(iter(item.line("SOFFS")), "0"), "offset")
    start, end = (ticks_of(pace.beats_at(at)) for at in (position, position + length))
    origin = start - round(offset * pace.tempo_at(start / TICKS_PER_BEAT) / 60.0 * TICKS_PER_BEAT)
    notes = tuple(sorted(note for note in _notes(sources[0], origin) if start <= note.start_ticks < end))
    yield NoteClip(next(iter(item.line("NAME")), ""), start, end, notes)


def _notes(source: _Block, origin: int) -> Iterator[SessionNote]:
    """Pairs of beginnings and ends; a note that nothing ends lasts to the last event."""
    per_beat = number_of(source.line("HASDATA")[1] if len(source.line("HASDATA")) > 1 else None, "resolution")
    if per_beat < 1:
        raise ParameterError(f"expected ticks in a quarter note of a MIDI item, got {per_beat:g}")
    held: dict[tuple[int, int], tuple[float, int]] = {}
    now = 0.0
    for line in source.lines:
        if len(line) < 2 or line[0] not in _TIMED:
            continue
        now += number_of(line[1], "distance")
        if line[0] in _SYSTEM:
            continue
        status, first, second = (int(word, 16) for word in [*line[2:5], "0", "0", "0"][:3] if _is_hex(word))
        voice = (status & 0x0F, first)
        if status & 0xE0 == 0x80 and voice in held:
            yield _note(origin, per_beat, *held.pop(voice), now, first)
        if status & 0xF0 == 0x90 and second > 0:
            held[voice] = (now, second)
    for (_, pitch), (at, velocity) in held.items():
        yield _note(origin, per_beat, at, velocity, now, pitch)


def _is_hex(word: str) -> bool:
    if not re.fullmatch(r"[0-9a-fA-F]{1,2}", word):
        raise ParameterError(f"expected a byte in hexadecimal in a MIDI item, got {word!r}")
    return True


def _note(origin: int, per_beat: float, start: float, velocity: int, end: float, pitch: int) -> SessionNote:
    first = origin + ticks_of(start / per_beat)
    last = origin + ticks_of(end / per_beat)
    return SessionNote(first, max(first + 1, last), pitch & 0x7F, min(127, velocity))
