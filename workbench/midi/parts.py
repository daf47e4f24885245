"""What a part of a MIDI file plays, by its channel, its notes, its name and its program, and whether that is sure.

Drums are known by their notes as well: programs write them on any channel, under the names of products.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.midi.file import MidiFile, MidiPart
from workbench.midi.notes import NoteColumns
from workbench.midi.words import roles_named

ROLES = ("percussion", "bass", "pads", "leads", "none")
"""What a part can be; "none" leaves it out."""

_PAD_PROGRAMS = {*range(48, 55), *range(88, 96)}
_BASS_PROGRAMS = range(32, 40)
_UNPITCHED_PROGRAMS = {113, *range(115, 128)}
"""Agogo, woodblock to reverse cymbal, and sound effects; steel drums have pitches."""
_KIT_PROGRAMS = {0, *_UNPITCHED_PROGRAMS}
_FEWEST_NOTES = 8
_BASS_PITCH = 47

_KICKS, _SNARES, _HATS = (35, 36), (37, 38, 39, 40), (42, 44, 46, 51, 53, 59)
"""General MIDI's notes of the three that make a beat; a ride stands for a hi-hat."""
_KIT_PITCHES = np.array([22, 26, *range(35, 58), 59])
"""Notes of a drum kit; percussion of the hand lies above."""
_SHORT_BEATS = 0.3
_SURE_BEAT, _DOUBTFUL_BEAT = 0.75, 0.45
"""Likeness to a beat from which notes are drums, and from which they may be."""
_LEGATO_BEATS = {"leads": 0.3, "percussion": 0.75}
"""Mean length from which a low, single line is a bass, though its name says one of these."""
_HELD_SHARE = 0.9
"""Share of notes without an end from which they are no notes that last, but hits."""


@dataclass(frozen=True, slots=True)
class TrackFacts:
    """What a role is guessed from. `track` counts the parts of a file from 0, `program` is General MIDI 0 to 127,
    pitches are MIDI notes, `polyphony` is the mean number of notes that sound when one begins, `beat` how much the
    notes look like a drum kit's, 0 to 1.
    """

    track: int
    name: str
    program: int
    drums: bool
    notes: int
    lowest: int
    highest: int
    median: float
    polyphony: float
    mean_beats: float
    beat: float = 0.0


@dataclass(frozen=True, slots=True)
class Guess:
    """A role, and what speaks against it; "" if nothing does."""

    role: str
    doubt: str = ""


def facts_of(file: MidiFile) -> list[TrackFacts]:
    """The facts of each part of a file, in order."""
    return [describe(number, part, file.ticks_per_beat) for number, part in enumerate(file.parts)]


def describe(number: int, part: MidiPart, ticks_per_beat: float) -> TrackFacts:
    """Measure one part."""
    notes = part.notes
    return TrackFacts(
        track=number,
        name=part.name,
        program=part.program,
        drums=part.is_drum,
        notes=len(notes),
        lowest=int(notes.pitches.min()),
        highest=int(notes.pitches.max()),
        median=float(np.median(notes.pitches)),
        polyphony=round(polyphony(notes.onsets / ticks_per_beat, notes.lengths / ticks_per_beat), 2),
        mean_beats=float(notes.lengths.mean() / ticks_per_beat),
        beat=round(beat_likeness(notes, ticks_per_beat, ended=part.held < _HELD_SHARE * len(notes)), 2),
    )


def polyphony(onsets_beats: npt.NDArray[np.float64], lengths_beats: npt.NDArray[np.float64]) -> float:
    """Mean number of notes that sound at an onset; onsets within 1/16 beat are one."""
    starts = np.sort(np.rint(onsets_beats * 16))
    ends = np.sort(np.rint((onsets_beats + lengths_beats) * 16))
    moments = np.unique(starts)
    sounding = np.searchsorted(starts, moments, side="right") - np.searchsorted(ends, moments, side="right")
    return float(np.maximum(sounding, 1).mean())


def beat_likeness(notes: NoteColumns, ticks_per_beat: float, *, ended: bool = True) -> float:
    """How much notes look like a drum kit's: 1 a beat of kick, snare and hi-hat, 0 something else.

    Half of it is the share of a kit's notes, where two of the three that make a beat are among them; the rest is that
    two are hit at once, or that all are short, and that few pitches come back often. A bass line has a kit's pitches as
    well, but one at a time, and held. Notes that nothing ended (`ended` is False) count as short.
    """
    pitches = set(notes.pitches.tolist())
    groups = [np.isin(notes.pitches, group) for group in (_KICKS, _SNARES, _HATS)]
    present = sum(bool(group.any()) for group in groups)
    core = float(np.logical_or.reduce(groups).mean())
    if present < 2 or core < 0.5:
        return 0.0
    slots = np.rint(notes.onsets / ticks_per_beat * 16)
    together = 1.0 - len(np.unique(slots)) / len(slots)
    short = float((notes.lengths <= _SHORT_BEATS * ticks_per_beat).mean()) if ended else 1.0
    inside = float(np.isin(notes.pitches, _KIT_PITCHES).mean())
    lasting = float((notes.lengths > ticks_per_beat).mean()) if ended else 0.0
    struck = (1.0 - lasting) * max(
        min(1.0, 5 * together) if present == 3 or short > 0.9 else 0.0, short if present == 3 else 0.0
    )
    likeness = inside * (0.5 * core + 0.5 * struck) * (1.0 if len(pitches) <= 20 else 0.5)
    return float(likeness) if present == 3 else 0.9 * float(likeness)


def guess(facts: TrackFacts, *, repeats: int = 1) -> Guess:
    """The role of a part.

    A drum channel is percussion. Else its notes are believed where they are a beat, then its name, as far as the notes
    can be that, then a bass program; then what is low and single is bass, what sounds in chords or on a pad program is
    pads, and the rest is leads. Sound effects are none, and what has fewer than eight notes when it is played `repeats`
    times.

    Examples
    --------
    >>> guess(TrackFacts(0, "", 33, False, 64, 28, 45, 36.0, 1.0, 0.5)).role
    'bass'
    """
    if facts.drums:
        return Guess("percussion")
    if facts.notes * repeats < _FEWEST_NOTES:
        return Guess("none", f"it has fewer than {_FEWEST_NOTES} notes")
    named = roles_named(facts.name)
    named_role = next((role for role in named if _can_be(role, facts)), "")
    if facts.beat >= _SURE_BEAT and facts.program in _KIT_PROGRAMS:
        spoken = named[0] if named else ""
        return Guess("percussion", f"its name says {spoken}" if spoken not in ("", "percussion") else "")
    heard = _heard(facts)
    if named_role in _LEGATO_BEATS and heard == "bass" and _is_surely_bass(facts, _LEGATO_BEATS[named_role]):
        return Guess("bass", f"its name says {named_role}")
    if named_role:
        doubt = (
            f"its notes look like {heard}"
            if {named_role, heard} & {"percussion", "bass"} and named_role != heard
            else ""
        )
        return Guess(named_role, doubt)
    if facts.program in _UNPITCHED_PROGRAMS:
        return Guess("none", "its program is a sound effect")
    doubt = "its notes may be drums" if facts.beat >= _DOUBTFUL_BEAT and facts.program in _KIT_PROGRAMS else ""
    return Guess(heard, doubt or (f"its name says {named[0]}" if named and named[0] != heard else ""))


def _heard(facts: TrackFacts) -> str:
    """The role that program, range and polyphony speak for."""
    if facts.program in _BASS_PROGRAMS or (facts.median <= _BASS_PITCH and facts.polyphony < 1.3):
        return "bass"
    return "pads" if facts.polyphony >= 1.8 or (facts.program in _PAD_PROGRAMS and facts.mean_beats >= 1) else "leads"


def _is_surely_bass(facts: TrackFacts, legato_beats: float) -> bool:
    """Low, one at a time, held, and of more pitches than one."""
    single = facts.polyphony < 1.3 and facts.median <= _BASS_PITCH
    return single and facts.mean_beats >= legato_beats and facts.highest - facts.lowest >= 5


def _can_be(role: str, facts: TrackFacts) -> bool:
    # Names are free text: "Bass drum" of a pitched track or a "drum" that spans five octaves are something else.
    if role == "percussion":
        return facts.lowest >= 20 and facts.highest <= 92 and facts.program in _KIT_PROGRAMS
    if role == "bass":
        return facts.median <= 55 and facts.polyphony < 2
    return role != "pads" or facts.polyphony >= 1.3 or facts.mean_beats >= 1
