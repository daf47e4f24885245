"""A lead sheet in MusicXML 4.0: melody, chord symbols, section names and tempi on one staff.

The melody is the highest note of the leads, written in sixteenths so that it can be read; what lies between them goes
to the nearest one, triplets and microtiming too. Notes that are cut short in playing are written as long as they are
meant, and lines hold four bars.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree as ET

from workbench.domain.elements import PITCHED_ELEMENTS, Kind, of_kind
from workbench.domain.errors import ParameterError
from workbench.domain.theory import Chord, Key
from workbench.output.daw.note_values import VALUES, bar_sixteenths, is_compound, read_lengths, written
from workbench.output.daw.session import CHORD_TRACK, DawSession, NoteClip
from workbench.output.files.midi_files import TICKS_PER_BEAT

MELODIES: tuple[Kind, ...] = ("melody", "chords", "bass")
"""Whose notes are the melody of a sheet: the first of these that plays."""
_SIXTEENTH = TICKS_PER_BEAT // 4
_BARS_A_LINE, _HEADS_A_LINE = 4, 40
_HIGH, _LOW, _LOWEST = 83, 57, 50
"""MIDI pitches above and below which a melody's clef is another one: about a line above and below the staff's reach."""
_KINDS = {
    "": "major", "m": "minor", "7": "dominant", "maj7": "major-seventh", "m7": "minor-seventh", "dim": "diminished",
    "dim7": "diminished-seventh", "m7b5": "half-diminished", "aug": "augmented", "sus2": "suspended-second",
    "sus4": "suspended-fourth", "6": "major-sixth", "m6": "minor-sixth", "9": "dominant-ninth", "maj9": "major-ninth",
    "m9": "minor-ninth", "5": "power",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Piece:
    """A note (`pitch`) or a rest (None) inside one bar, in sixteenths from its beginning; tied to its neighbours."""

    start: int
    length: int
    pitch: int | None
    from_before: bool = False
    to_next: bool = False


def documents(session: DawSession, version: str) -> Mapping[str, bytes]:
    """The lead sheet.

    Raises
    ------
    ParameterError
        If the song has no melody.
    """
    root = ET.Element("score-partwise", version="4.0")
    ET.SubElement(ET.SubElement(root, "work"), "work-title").text = session.title
    encoding = ET.SubElement(ET.SubElement(root, "identification"), "encoding")
    ET.SubElement(encoding, "software").text = f"BeatsFoundry {version}"
    parts = ET.SubElement(ET.SubElement(root, "part-list"), "score-part", id="P1")
    ET.SubElement(parts, "part-name").text = "Melody"
    ET.SubElement(ET.SubElement(parts, "score-instrument", id="P1-I1"), "instrument-name").text = "Melody"
    part = ET.SubElement(root, "part", id="P1")
    metre = session.metres[0][1]
    bar = bar_sixteenths(metre)
    count = -(-session.length_ticks // (bar * _SIXTEENTH))
    melody = read_lengths(_melody(session, count * bar), count * bar)
    clef = _clef([pitch for _, _, pitch in melody])
    pieces = [list(_cut(melody, number * bar, metre)) for number in range(count)]
    lines = set(_lines(session, [len(heads) for heads in pieces]))
    for number in range(count):
        measure = ET.SubElement(part, "measure", number=str(number + 1))
        if number in lines:
            ET.SubElement(measure, "print", {"new-system": "yes"})
        _attributes(measure, session, number, clef)
        _measure(measure, session, number, pieces[number])
        _bar_line(measure, session, number, last=number + 1 == count)
    ET.indent(root)
    return {"{name}.musicxml": bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"}


def _bar_ticks(session: DawSession) -> int:
    return bar_sixteenths(session.metres[0][1]) * _SIXTEENTH


def _lines(session: DawSession, heads: Sequence[int]) -> Iterator[int]:
    """Bars that begin a line: each fourth one, the third of four that are full, and sections where a line would not be
    left with one bar or two. `heads` counts the notes and rests of each bar.
    """
    sections = {tick // _bar_ticks(session) for tick, _ in session.markers}
    count, on_line, most = len(heads), 0, _BARS_A_LINE
    for number in range(count):
        ahead = next((bar for bar in range(number + 1, count) if bar in sections), count) - number
        if number and (on_line == most or (number in sections and on_line > 2 and ahead > 1)):
            yield number
            on_line = 0
        if on_line == 0:
            full = sum(heads[number : number + _BARS_A_LINE]) > _HEADS_A_LINE
            most = _BARS_A_LINE // 2 if full else _BARS_A_LINE
        on_line += 1


def _clef(pitches: Sequence[int]) -> tuple[str, str, int]:
    """Sign, line, and octaves up: the staff that holds the middle of the melody."""
    middle = sorted(pitches)[len(pitches) // 2]
    if middle > _HIGH:
        return "G", "2", 1
    if middle < _LOWEST:
        return "F", "4", 0
    return ("G", "2", -1) if middle < _LOW else ("G", "2", 0)


def _melody(session: DawSession, end: int) -> list[tuple[int, int, int]]:
    """Start, end and pitch of each note in sixteenths, one at a time."""
    voices = {track.name: track for track in session.voices}
    notes = next(
        (found for kind in MELODIES for name in of_kind(voices, kind) if (found := _notes(voices[name].clips))),
        None,
    )
    if notes is None:
        raise ParameterError(
            f"{session.title}: a lead sheet needs a melody: expected one of {', '.join(reversed(PITCHED_ELEMENTS))}"
        )
    highest: dict[int, tuple[int, int]] = {}
    for start, stop, pitch in notes:
        if start < end and pitch > highest.get(start, (0, -1))[1]:
            highest[start] = (stop, pitch)
    starts = [*sorted(highest), end]
    return [(at, min(max(highest[at][0], at + 1), following), highest[at][1]) for at, following in pairwise(starts)]


def _notes(clips: Sequence[NoteClip]) -> list[tuple[int, int, int]]:
    return [
        (round(note.start_ticks / _SIXTEENTH), round(note.end_ticks / _SIXTEENTH), note.pitch)
        for clip in clips
        for note in clip.notes
    ]


def _cut(melody: Sequence[tuple[int, int, int]], start: int, metre: tuple[int, int]) -> Iterator[_Piece]:
    """What sounds in a bar, rests between, each in lengths that one note head can have."""
    now, end = start, start + bar_sixteenths(metre)

    def heads(first: int, last: int, pitch: int | None, before: bool = False, after: bool = False) -> Iterator[_Piece]:
        for at, length in written(first - start, last - first, metre, rest=pitch is None):
            more = at + length < last - start
            sounds = pitch is not None
            yield _Piece(at, length, pitch, sounds and (before or at > first - start), sounds and (after or more))

    for first, last, pitch in melody:
        if last <= start or first >= end:
            continue
        inside, stop = max(first, start), min(last, end)
        yield from heads(now, inside, None)
        yield from heads(inside, stop, pitch, first < start, last > end)
        now = stop
    yield from heads(now, end, None)


def _measure(measure: ET.Element, session: DawSession, number: int, pieces: Sequence[_Piece]) -> None:
    start = number * _bar_ticks(session)
    end, key = start + _bar_ticks(session), _key_at(session, start)
    for tick, name in session.markers:
        if start <= tick < end:
            kind = ET.SubElement(ET.SubElement(measure, "direction", placement="above"), "direction-type")
            ET.SubElement(kind, "rehearsal").text = name[:1].upper() + name[1:]
    for tick, tempo_bpm in session.tempi:
        if start <= tick < end:
            _tempo(measure, tempo_bpm, session.metres[0][1])
    chords = [clip for track in session.tracks if track.name == CHORD_TRACK for clip in track.clips]
    places = [(clip, (clip.start_ticks - start) / _SIXTEENTH) for clip in chords if start <= clip.start_ticks < end]
    if any(tick == start for tick, _ in session.markers) and not any(at == 0.0 for _, at in places):
        # Who begins to play at a section has to see the chord that is held over from the one before.
        held = [clip for clip in chords if clip.start_ticks < start < clip.end_ticks]
        places = [*((clip, 0.0) for clip in held[-1:]), *places]
    for piece in pieces:
        # A chord that comes while a note is held stands with the note, at its own distance.
        for clip, at in places:
            if piece.start <= at < piece.start + piece.length:
                _harmony(measure, clip.name, round(at - piece.start), key)
        _note(measure, piece, key, whole=piece.length * _SIXTEENTH == end - start)


def _key_at(session: DawSession, tick: int) -> Key:
    keys = [key for at, key in session.keys if at <= tick]
    return Key.parse(keys[-1] if keys else session.key)


def _attributes(measure: ET.Element, session: DawSession, number: int, clef: tuple[str, str, int]) -> None:
    """What stands before a bar's first note: all of it before the first bar, later a key that is another one."""
    start = number * _bar_ticks(session)
    key = _key_at(session, start)
    if number and key.signature == _key_at(session, start - 1).signature:
        return
    attributes = ET.SubElement(measure, "attributes")
    if number == 0:
        ET.SubElement(attributes, "divisions").text = "4"
    signature = ET.SubElement(attributes, "key")
    ET.SubElement(signature, "fifths").text = str(key.signature)
    ET.SubElement(signature, "mode").text = key.mode
    if number:
        return
    numerator, denominator = session.metres[0][1]
    time = ET.SubElement(attributes, "time")
    ET.SubElement(time, "beats").text = str(numerator)
    ET.SubElement(time, "beat-type").text = str(denominator)
    staff = ET.SubElement(attributes, "clef")
    ET.SubElement(staff, "sign").text, ET.SubElement(staff, "line").text = clef[:2]
    if clef[2]:
        ET.SubElement(staff, "clef-octave-change").text = str(clef[2])


def _bar_line(measure: ET.Element, session: DawSession, number: int, *, last: bool) -> None:
    """A double line before a section, the final one after the last bar."""
    end = (number + 1) * _bar_ticks(session)
    if last or any(tick == end for tick, _ in session.markers):
        line = ET.SubElement(measure, "barline", location="right")
        ET.SubElement(line, "bar-style").text = "light-heavy" if last else "light-light"


def _tempo(measure: ET.Element, tempo_bpm: float, metre: tuple[int, int]) -> None:
    """A metronome mark of the metre's beat: of dotted quarters in compound metres."""
    direction = ET.SubElement(measure, "direction", placement="above")
    metronome = ET.SubElement(ET.SubElement(direction, "direction-type"), "metronome")
    ET.SubElement(metronome, "beat-unit").text = "quarter"
    if is_compound(metre):
        ET.SubElement(metronome, "beat-unit-dot")
    shown = tempo_bpm / 1.5 if is_compound(metre) else tempo_bpm
    ET.SubElement(metronome, "per-minute").text = f"{round(shown, 1):g}"
    ET.SubElement(direction, "sound", tempo=f"{tempo_bpm:.9g}")


def _harmony(measure: ET.Element, symbol: str, offset: int, key: Key) -> None:
    chord = Chord.parse(symbol)
    harmony = ET.SubElement(measure, "harmony")
    if not chord.sounds:
        root = ET.SubElement(harmony, "root")
        ET.SubElement(root, "root-step", text="").text = "C"
        ET.SubElement(harmony, "kind", text="N.C.").text = "none"
    else:
        _pitch_class(ET.SubElement(harmony, "root"), "root", chord.root, key)
        suffix = symbol.partition("/")[0].removeprefix(key.name_of(chord.root))
        # What the list does not hold is printed as it is, and given to players as the chord's third says.
        ET.SubElement(harmony, "kind", text=suffix).text = _KINDS.get(suffix, "minor" if suffix[:1] == "m" else "major")
        if chord.bass != chord.root:
            _pitch_class(ET.SubElement(harmony, "bass"), "bass", chord.bass, key)
    if offset:
        ET.SubElement(harmony, "offset").text = str(offset)


def _pitch_class(parent: ET.Element, role: str, pitch_class: int, key: Key) -> None:
    name = key.name_of(pitch_class)
    ET.SubElement(parent, f"{role}-step").text = name[0]
    if len(name) > 1:
        ET.SubElement(parent, f"{role}-alter").text = "1" if name[1] == "#" else "-1"


def _note(measure: ET.Element, piece: _Piece, key: Key, *, whole: bool) -> None:
    note = ET.SubElement(measure, "note")
    if piece.pitch is None:
        ET.SubElement(note, "rest", {"measure": "yes"} if whole else {})
    else:
        pitch, name = ET.SubElement(note, "pitch"), key.name_of(piece.pitch)
        ET.SubElement(pitch, "step").text = name[0]
        if len(name) > 1:
            ET.SubElement(pitch, "alter").text = "1" if name[1] == "#" else "-1"
        ET.SubElement(pitch, "octave").text = str(piece.pitch // 12 - 1)
    ET.SubElement(note, "duration").text = str(piece.length)
    ties = [kind for kind, there in (("stop", piece.from_before), ("start", piece.to_next)) if there]
    for kind in ties:
        ET.SubElement(note, "tie", type=kind)
    if whole and piece.pitch is None:
        return  # a bar's rest looks alike in every metre
    kind, dots = VALUES[piece.length]
    ET.SubElement(note, "type").text = kind
    for _ in range(dots):
        ET.SubElement(note, "dot")
    if ties:
        notations = ET.SubElement(note, "notations")
        for tie in ties:
            ET.SubElement(notations, "tied", type=tie)
