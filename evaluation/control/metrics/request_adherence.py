"""What a request states, read back from the MIDI file that is delivered."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mido

from workbench.concept.chords import section_chords
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest, Technical
from workbench.domain.score import Score
from workbench.domain.song import numbered, of_section
from workbench.domain.theory import Key
from workbench.output.files.midi_files import TICKS_PER_BEAT, midi_bytes

STATEMENTS = ("tempo", "metre", "sections", "duration", "palette", "user chords", "section details")


@dataclass(frozen=True, slots=True)
class Delivered:
    """A MIDI file as a sequencer reads it."""

    tempo_bpm: float
    metre: str
    markers: tuple[str, ...]
    chords: tuple[tuple[float, str], ...]
    seconds: float
    playing: frozenset[str]
    starts_beats: tuple[float, ...]
    tempi: tuple[tuple[float, float], ...]
    keys: tuple[tuple[float, str], ...]


def read_back(score: Score) -> Delivered:
    """Write the song as MIDI and read it again."""
    file = mido.MidiFile(file=io.BytesIO(midi_bytes(score)), charset="utf-8")
    metre, tick = "", 0
    found: dict[str, list[tuple[float, Any]]] = {"set_tempo": [], "marker": [], "text": [], "key_signature": []}
    for message in file.tracks[0]:
        tick += message.time
        if message.type == "time_signature":
            metre = f"{message.numerator}/{message.denominator}"
        elif message.type in found:
            found[message.type].append((tick / TICKS_PER_BEAT, message))
    tempi = tuple((beats, mido.tempo2bpm(message.tempo)) for beats, message in found["set_tempo"])
    playing = {track.name for track in file.tracks[1:] if any(message.type == "note_on" for message in track)}
    return Delivered(
        tempo_bpm=tempi[0][1],
        metre=metre,
        markers=tuple(message.text for _, message in found["marker"]),
        chords=tuple((beats, one.text) for beats, one in found["text"] if not one.text.startswith("key: ")),
        seconds=file.length,
        playing=frozenset(playing),
        starts_beats=tuple(beats for beats, _ in found["marker"]),
        tempi=tempi,
        keys=tuple((beats, message.key) for beats, message in found["key_signature"]),
    )


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
        result["duration"] = abs(delivered.seconds - technical.duration) <= _longest_bar_seconds(plan)
    if technical.chords is not None:
        result["user chords"] = _chords_kept(request, score, delivered)
    if technical.section_bars or technical.section_tempos or technical.section_keys:
        result["section details"] = _details_kept(technical, plan, delivered)
    return result


def _longest_bar_seconds(plan: Plan) -> float:
    return plan.metre.bar_beats * 60.0 / min(plan.tempo_map.tempi_bpm)


def _details_kept(technical: Technical, plan: Plan, delivered: Delivered) -> bool:
    """Whether each section has the bars, the tempo and the key that are stated for it."""
    ends = (*delivered.starts_beats[1:], plan.bars * plan.metre.bar_beats)
    right = True
    for one, start, end in zip(numbered(list(delivered.markers)), delivered.starts_beats, ends, strict=True):
        bars = of_section(technical.section_bars, *one)
        tempo_bpm = of_section(technical.section_tempos, *one)
        key = of_section(technical.section_keys, *one)
        right &= bars is None or end - start == bars * plan.metre.bar_beats
        right &= tempo_bpm is None or abs(_last_before(delivered.tempi, start) - tempo_bpm) < 1e-3
        right &= key is None or _is_written(Key.parse(key), _last_before(delivered.keys, start))
    return right


def _is_written(key: Key, signature: str) -> bool:
    """Whether a key is what a MIDI key signature tells of it: accidentals, and major or minor."""
    written = Key.parse(signature)
    return (written.signature, written.has_minor_third) == (key.signature, key.has_minor_third)


def _last_before(changes: Sequence[tuple[float, Any]], place_beats: float) -> Any:
    return [value for beats, value in changes if beats <= place_beats][-1]


def _chords_kept(request: GenerationRequest, score: Score, delivered: Delivered) -> bool:
    """Whether every chord that was asked for is written where it begins, and no other."""
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
