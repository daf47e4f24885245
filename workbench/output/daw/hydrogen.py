"""Songs of Hydrogen 1.2: the percussion of a song as patterns for the kit that comes with Hydrogen.

Hydrogen counts 48 ticks to a quarter note. A note between two ticks stands on the later one and leads it, in `leadlag`,
of which -1 is five ticks early: Hydrogen 1.2 exports notes that lag as if they did not. Each bar is a pattern; bars
that are played alike share one. Tempi and sections lie on the timeline, which knows bars only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from workbench.domain.errors import ParameterError
from workbench.domain.song import DRUM_ROLES, drum_role
from workbench.domain.units import db_to_gain
from workbench.output.daw.session import DawSession, SessionNote, SessionTrack
from workbench.output.files.midi_files import TICKS_PER_BEAT

_TICKS = 48
_LEAD_TICKS = 5.0
_LOUDEST = 1.5
"""Where Hydrogen's main fader ends."""
_KIT = "GMRockKit"
_SYSTEM_KIT = "2"
_LAYERS = ("Softest", "Soft", "Med", "Hard", "Hardest")
_CHOKED = ("Hat Closed", "Hat Pedal", "Hat Open", "Hat Semi-Open")
"""What the next of its kind cuts off."""
_INSTRUMENTS: tuple[tuple[int, str, str], ...] = (
    (36, "Kick", "Kick"),
    (37, "Stick", "SideStick"),
    (38, "Snare", "Snare"),
    (39, "Hand Clap", ""),
    (40, "Snare Rimshot", "SnareRimshot"),
    (41, "Floor Tom", "TomFloor"),
    (42, "Hat Closed", "HatClosed"),
    (43, "Tom 2", "Tom2"),
    (44, "Hat Pedal", "HatPedal"),
    (45, "Tom 1", "Tom1"),
    (46, "Hat Open", "HatOpen"),
    (56, "Cowbell", "Cowbell"),
    (51, "Ride", "Ride"),
    (49, "Crash", "Crash"),
    (55, "Splash", "Splash"),
    (82, "Hat Semi-Open", "HatSemiOpen"),
    (53, "Bell", "Bell"),
)
"""Instruments of the kit: MIDI number, name, and what the names of their samples begin with."""
_TOMS = {"low_tom": 41, "mid_tom": 43, "high_tom": 45}
"""The kit's three toms by what they are to us: General MIDI has six."""
_NUMBERS = {pitch: number for number, (pitch, _, _) in enumerate(_INSTRUMENTS)}

Pattern = tuple["_Hit", ...]


@dataclass(frozen=True, slots=True, order=True)
class _Hit:
    """A note of a pattern: ticks from the bar line, how far it leads, instrument, and velocity (0 to 1)."""

    position: int
    lead: float
    instrument: int
    velocity: float


def documents(session: DawSession, version: str) -> Mapping[str, bytes]:
    """The song.

    Raises
    ------
    ParameterError
        If there is no percussion, if the metre changes, or if the tempo changes inside a bar.
    """
    drums = next((track for track in session.voices if track.is_drums), None)
    if drums is None:
        raise ParameterError(f"{session.title}: a Hydrogen song needs notes of percussion, this song has none")
    if len(session.metres) > 1:
        raise ParameterError(f"{session.title}: expected one metre, as a Hydrogen song has, got {len(session.metres)}")
    bar_ticks = _bar_ticks(session)
    root = ET.Element("song")
    _head(root, session, drums, version)
    instruments = ET.SubElement(root, "instrumentList")
    for number in range(len(_INSTRUMENTS)):
        _instrument(instruments, number, drums.pan)
    bars = _bars(drums, bar_ticks, -(-session.length_ticks // bar_ticks))
    _patterns(root, bars, bar_ticks, session.metres[0][1][1])
    _timeline(root, session, bar_ticks)
    ET.indent(root, " ")
    return {"{name}.h2song": bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True)) + b"\n"}


def _bar_ticks(session: DawSession) -> int:
    numerator, denominator = session.metres[0][1]
    return 4 * numerator * TICKS_PER_BEAT // denominator


def _values(parent: ET.Element, **values: object) -> None:
    for name, value in values.items():
        ET.SubElement(parent, name).text = str(value).lower() if isinstance(value, bool) else str(value)


def _head(root: ET.Element, session: DawSession, drums: SessionTrack, version: str) -> None:
    volume = min(_LOUDEST, db_to_gain(drums.gain_db))
    _values(root, version="1.2.0", bpm=repr(session.tempi[0][1]), volume=f"{volume:.6g}", metronomeVolume=0.5)
    _values(root, name=session.title, author="", notes=f"made with BeatsFoundry {version}, AI-assisted", license="")
    _values(root, loopEnabled=False, patternModeMode=True, playbackTrackFilename="", playbackTrackEnabled=False)
    _values(root, playbackTrackVolume=0, action_mode=0, isPatternEditorLocked=False, isTimelineActivated=True)
    _values(root, mode="song", pan_law_type="RATIO_STRAIGHT_POLYGONAL", pan_law_k_norm=1.33333)
    _values(root, humanize_time=0, humanize_velocity=0, swing_factor=0)
    component = ET.SubElement(ET.SubElement(root, "componentList"), "drumkitComponent")
    _values(component, id=0, name="Main", volume=1)


def _instrument(parent: ET.Element, number: int, pan: float) -> None:
    pitch, name, samples = _INSTRUMENTS[number]
    element = ET.SubElement(parent, "instrument")
    _values(element, id=number, name=name, drumkit=_KIT, drumkitLookup=_SYSTEM_KIT, volume=1, isMuted=False)
    _values(element, isSoloed=False, pan=repr(pan), gain=1, applyVelocity=True, filterActive=False, filterCutoff=1)
    _values(element, filterResonance=0, FX1Level=0, FX2Level=0, FX3Level=0, FX4Level=0)
    _values(element, Attack=0, Decay=0, Sustain=1, Release=1000, pitchOffset=0, randomPitchFactor=0)
    _values(element, muteGroup=0 if name in _CHOKED else -1, isStopNote=False, sampleSelectionAlgo="VELOCITY")
    _values(element, midiOutChannel=-1, midiOutNote=pitch, isHihat=-1, lower_cc=0, higher_cc=127)
    component = ET.SubElement(element, "instrumentComponent")
    _values(component, component_id=0, gain=1)
    files = [f"{samples}-{layer}.wav" for layer in _LAYERS] if samples else ["HandClap.wav"]
    for place, file in enumerate(files):
        layer = ET.SubElement(component, "layer")
        _values(layer, filename=file, min=place / len(files), max=(place + 1) / len(files), gain=1, pitch=0)


def _bars(drums: SessionTrack, bar_ticks: int, count: int) -> list[Pattern]:
    """What is played in each bar; a note that leads a bar line belongs to the bar after it, if there is one."""
    hits: list[list[_Hit]] = [[] for _ in range(count)]
    size = bar_ticks * _TICKS // TICKS_PER_BEAT
    for note in (note for clip in drums.clips for note in clip.notes):
        place = max(0, note.start_ticks) * _TICKS / TICKS_PER_BEAT
        tick = min(math.ceil(place), count * size - 1)
        lead = round(min(0.0, place - tick) / _LEAD_TICKS, 6)
        bar, position = divmod(tick, size)
        hits[bar].append(_Hit(position, lead, _instrument_of(note), round(note.velocity / 127, 6)))
    return [tuple(sorted(bar)) for bar in hits]


def _instrument_of(note: SessionNote) -> int:
    """The instrument of the kit that plays a MIDI number, or one of the same role."""
    role = drum_role(note.pitch)
    if note.pitch in _NUMBERS and role not in _TOMS:
        return _NUMBERS[note.pitch]
    return _NUMBERS[_TOMS.get(role, DRUM_ROLES[role])]


def _patterns(root: ET.Element, bars: Iterable[Pattern], bar_ticks: int, denominator: int) -> None:
    names: dict[Pattern, str] = {}
    patterns = ET.SubElement(root, "patternList")
    ET.SubElement(root, "virtualPatternList")
    sequence = ET.SubElement(root, "patternSequence")
    for bar in bars:
        if bar not in names:
            names[bar] = f"pattern {len(names) + 1}"
            _pattern(patterns, names[bar], bar, bar_ticks * _TICKS // TICKS_PER_BEAT, denominator)
        _values(ET.SubElement(sequence, "group"), patternID=names[bar])


def _pattern(parent: ET.Element, name: str, hits: Pattern, size: int, denominator: int) -> None:
    element = ET.SubElement(parent, "pattern")
    _values(element, name=name, category="", size=size, denominator=denominator, info="")
    notes = ET.SubElement(element, "noteList")
    for hit in hits:
        note = ET.SubElement(notes, "note")
        _values(note, position=hit.position, leadlag=hit.lead, velocity=hit.velocity, pan=0, pitch=0)
        _values(note, probability=1, key="C0", length=-1, instrument=hit.instrument, note_off=False)


def _timeline(root: ET.Element, session: DawSession, bar_ticks: int) -> None:
    tempi = ET.SubElement(root, "BPMTimeLine")
    for tick, tempo_bpm in session.tempi:
        if tick % bar_ticks:
            raise ParameterError(
                f"{session.title}: a Hydrogen song changes its tempo on bar lines, this one inside bar "
                f"{tick // bar_ticks + 1}"
            )
        _values(ET.SubElement(tempi, "newBPM"), BAR=tick // bar_ticks, BPM=repr(tempo_bpm))
    tags = ET.SubElement(root, "timeLineTag")
    for tick, name in session.markers:
        _values(ET.SubElement(tags, "newTAG"), BAR=tick // bar_ticks, TAG=name)
