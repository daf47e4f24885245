"""What a request states, read back from the MIDI file that is delivered."""

from __future__ import annotations

import io
from dataclasses import dataclass

import mido

from workbench.concept.chords import section_chords
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest
from workbench.domain.score import Score
from workbench.output.midi_files import TICKS_PER_BEAT, midi_bytes

STATEMENTS = ("tempo", "metre", "sections", "duration", "palette", "user chords")


@dataclass(frozen=True, slots=True)
class Delivered:
    """A MIDI file as a sequencer reads it."""

    tempo_bpm: float
    metre: str
    markers: tuple[str, ...]
    chords: tuple[tuple[float, str], ...]
    seconds: float
    playing: frozenset[str]


def read_back(score: Score) -> Delivered:
    """Write the song as MIDI and read it again."""
    file = mido.MidiFile(file=io.BytesIO(midi_bytes(score)), charset="utf-8")
    tempo_bpm, metre, markers, chords, tick = 0.0, "", [], [], 0
    for message in file.tracks[0]:
        tick += message.time
        if message.type == "set_tempo" and tick == 0:
            tempo_bpm = mido.tempo2bpm(message.tempo)
        elif message.type == "time_signature":
            metre = f"{message.numerator}/{message.denominator}"
        elif message.type == "marker":
            markers.append(message.text)
        elif message.type == "text" and not message.text.startswith("key: "):
            chords.append((tick / TICKS_PER_BEAT, message.text))
    playing = {track.name for track in file.tracks[1:] if any(message.type == "note_on" for message in track)}
    return Delivered(tempo_bpm, metre, tuple(markers), tuple(chords), file.length, frozenset(playing))


def kept(request: GenerationRequest, plan: Plan, score: Score) -> dict[str, bool]:
    """Whether each statement of the request is kept; what it leaves open is absent."""
    technical, delivered = request.parameters.technical, read_back(score)
    result = {"palette": delivered.playing == set(request.parameters.sound_design.palette)}
    if technical.tempo is not None:
        result["tempo"] = abs(delivered.tempo_bpm - technical.tempo) < 1e-3
    if technical.metre is not None:
        result["metre"] = delivered.metre == technical.metre
    if technical.structure is not None:
        result["sections"] = delivered.markers == technical.structure
    if technical.duration is not None:
        result["duration"] = abs(delivered.seconds - technical.duration) <= plan.bar_seconds
    if technical.chords is not None:
        result["user chords"] = _chords_kept(request, score, delivered)
    return result


def _chords_kept(request: GenerationRequest, score: Score, delivered: Delivered) -> bool:
    """Whether every chord that was asked for is told where it begins, and no other."""
    bar = score.metre.bar_beats
    wanted: list[tuple[float, str]] = []
    names = [section.name for section in score.sections]
    for section_number, section in enumerate(score.sections):
        key, number = section.key or score.key, names[: section_number + 1].count(section.name)
        given = request.parameters.technical.chords
        for chord in section_chords(given, section.name, section.bars, bar, key=key, number=number):
            symbol = chord.symbol(key)
            if not wanted or wanted[-1][1] != symbol:
                wanted.append((section.start_bar * bar + chord.onset_beats, symbol))
    if len(wanted) != len(delivered.chords):
        return False
    return all(
        abs(a - b) < 2 / TICKS_PER_BEAT and one == other
        for (a, one), (b, other) in zip(wanted, delivered.chords, strict=True)
    )
