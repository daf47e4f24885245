"""A lead sheet in MusicXML 4.0: melody, chord symbols, section names and tempi on one staff.

The melody is the highest note of the leads, written in sixteenths so that it can be read; what lies between them goes
to the nearest one, triplets and microtiming too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree as ET

from workbench.domain.elements import PITCHED_ELEMENTS, Kind, of_kind
from workbench.domain.errors import ParameterError
from workbench.domain.theory import Chord, Key
from workbench.output.daw.session import CHORD_TRACK, DawSession, NoteClip
from workbench.output.files.midi_files import TICKS_PER_BEAT

MELODIES: tuple[Kind, ...] = ("melody", "chords", "bass")
"""Whose notes are the melody of a sheet, the most likely first."""
"""Which track is the melody: the first of these that plays."""
_SIXTEENTH = TICKS_PER_BEAT // 4
_VALUES = {16: ("whole", 0), 12: ("half", 1), 8: ("half", 0), 6: ("quarter", 1), 4: ("quarter", 0), 3: ("eighth", 1),
           2: ("eighth", 0), 1: ("16th", 0)}  # fmt: skip
"""Lengths in sixteenths that one note head can have: its kind, and how many dots."""
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
    bar = _bar_sixteenths(session)
    count = -(-session.length_ticks // (bar * _SIXTEENTH))
    melody = _melody(session, count * bar)
    for number in range(count):
        _measure(part, session, number, list(_cut(melody, number * bar, bar)))
    ET.indent(root)
    return {"{name}.musicxml": bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"}


def _bar_sixteenths(session: DawSession) -> int:
    numerator, denominator = session.metres[0][1]
    return 16 * numerator // denominator


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


def _cut(melody: Sequence[tuple[int, int, int]], start: int, length: int) -> Iterator[_Piece]:
    """What sounds in a bar, rests between, each in lengths that one note head can have."""
    now, end = start, start + length
    for first, last, pitch in melody:
        if last <= start or first >= end:
            continue
        yield from _heads(now - start, max(first, start) - now, None)
        now = min(last, end)
        inside = max(first, start)
        yield from _heads(inside - start, now - inside, pitch, first < start, last > end)
    yield from _heads(now - start, end - now, None)


def _heads(start: int, length: int, pitch: int | None, before: bool = False, after: bool = False) -> Iterator[_Piece]:
    while length > 0:
        head = next(value for value in _VALUES if value <= length)
        rest = length - head
        sounds = pitch is not None
        yield _Piece(start, head, pitch, sounds and before, sounds and (after or rest > 0))
        start, length, before = start + head, rest, True


def _measure(part: ET.Element, session: DawSession, number: int, pieces: Sequence[_Piece]) -> None:
    measure = ET.SubElement(part, "measure", number=str(number + 1))
    bar = _bar_sixteenths(session)
    start, end = number * bar * _SIXTEENTH, (number + 1) * bar * _SIXTEENTH
    key = Key.parse(session.key)
    if number == 0:
        _attributes(measure, session, key)
    for tick, name in session.markers:
        if start <= tick < end:
            kind = ET.SubElement(ET.SubElement(measure, "direction", placement="above"), "direction-type")
            ET.SubElement(kind, "rehearsal").text = name
    for tick, tempo_bpm in session.tempi:
        if start <= tick < end:
            _tempo(measure, tempo_bpm)
    chords = [clip for track in session.tracks if track.name == CHORD_TRACK for clip in track.clips]
    places = [(clip, (clip.start_ticks - start) / _SIXTEENTH) for clip in chords if start <= clip.start_ticks < end]
    for piece in pieces:
        # A chord that comes while a note is held stands with the note, at its own distance.
        for clip, at in places:
            if piece.start <= at < piece.start + piece.length:
                _harmony(measure, clip.name, round(at - piece.start), key)
        _note(measure, piece, key)


def _attributes(measure: ET.Element, session: DawSession, key: Key) -> None:
    attributes = ET.SubElement(measure, "attributes")
    ET.SubElement(attributes, "divisions").text = "4"
    signature = ET.SubElement(attributes, "key")
    ET.SubElement(signature, "fifths").text = str(key.signature)
    ET.SubElement(signature, "mode").text = key.mode
    numerator, denominator = session.metres[0][1]
    time = ET.SubElement(attributes, "time")
    ET.SubElement(time, "beats").text = str(numerator)
    ET.SubElement(time, "beat-type").text = str(denominator)
    clef = ET.SubElement(attributes, "clef")
    ET.SubElement(clef, "sign").text = "G"
    ET.SubElement(clef, "line").text = "2"


def _tempo(measure: ET.Element, tempo_bpm: float) -> None:
    direction = ET.SubElement(measure, "direction", placement="above")
    metronome = ET.SubElement(ET.SubElement(direction, "direction-type"), "metronome")
    ET.SubElement(metronome, "beat-unit").text = "quarter"
    ET.SubElement(metronome, "per-minute").text = f"{tempo_bpm:g}"
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


def _note(measure: ET.Element, piece: _Piece, key: Key) -> None:
    note = ET.SubElement(measure, "note")
    if piece.pitch is None:
        ET.SubElement(note, "rest")
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
    kind, dots = _VALUES[piece.length]
    ET.SubElement(note, "type").text = kind
    for _ in range(dots):
        ET.SubElement(note, "dot")
    if ties:
        notations = ET.SubElement(note, "notations")
        for tie in ties:
            ET.SubElement(notations, "tied", type=tie)
