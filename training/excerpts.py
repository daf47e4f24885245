"""Corpus songs and what a network writes as scores, so that they can be shown, heard and written like any song."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from training.corpora.song import CorpusSong, NoteTable
from training.dataset import EncodedPart
from workbench.domain.arrays import Integers
from workbench.domain.elements import ELEMENTS, element_of, is_drums
from workbench.domain.plan import SectionPlan
from workbench.domain.score import Note, Part, Score
from workbench.domain.seeding import generator
from workbench.domain.song import DRUM_ROLES
from workbench.domain.theory import Chord, Key, Metre
from workbench.models.elements import get_spec
from workbench.models.grid import SLOTS_PER_BAR, slot_to_beats
from workbench.models.history import BAR_COLUMN, STEP_COLUMN
from workbench.models.part_writer import PartWriter
from workbench.models.spec import BAR_STEP, Settings
from workbench.models.tokenizer import decode_chords, decode_drums, decode_pitched
from workbench.models.torch_network import compiled
from workbench.models.transformer import ElementTransformer

_NO_KEY = Key.parse("C major")
_GRID_STEPS = 12
_SOFT = 52
"""Velocity of what only accompanies a sample."""
_LOWEST_VOICE = 52


def write_excerpt(
    network: ElementTransformer,
    part: EncodedPart,
    first_bar: int,
    bars: int,
    seed: int,
    settings: Settings | None = None,
) -> Score:
    """Let a network write bars of a song anew, conditioned on that song.

    Of the part itself it only knows in which bars there is something to play; from the others it may stay away.

    Parameters
    ----------
    network : ElementTransformer
        In evaluation mode.
    part : EncodedPart
        The song's own part.
    first_bar, bars : int
        Where, and how much.
    seed : int
        The same seed gives the same notes.
    settings : Settings, optional
        How choices are drawn; the element's own if left out.
    """
    inside = slice(first_bar, first_bar + bars)
    conditioning = part.conditioning.bars(first_bar, first_bar + bars)
    name = network.spec.name
    writer = PartWriter(compiled(network), conditioning, part.context.bar_beats, settings or network.spec.settings)
    rng = generator(seed, "sample", name, part.song_id)
    filled = filled_bars(part)[inside]
    for bar in range(len(conditioning.prefix)):
        writer.sample(1, rng, may_rest=not filled[bar])
    rows = writer.rows.copy()
    rows[:, BAR_COLUMN] += first_bar
    return rows_to_score(rows, part, name, first_bar, bars)


def filled_bars(part: EncodedPart) -> npt.NDArray[np.bool_]:
    """Which bars hold notes, (bars,)."""
    notes = part.rows[part.rows[:, STEP_COLUMN] != BAR_STEP, BAR_COLUMN]
    return np.bincount(notes, minlength=part.bars)[: part.bars] > 0


def own_excerpt(part: EncodedPart, element: str, first_bar: int, bars: int) -> Score:
    """What the song itself holds in these bars, as the network is taught it."""
    rows = part.rows[(part.rows[:, BAR_COLUMN] >= first_bar) & (part.rows[:, BAR_COLUMN] < first_bar + bars)]
    return rows_to_score(rows, part, element, first_bar, bars)


def rows_to_score(rows: Integers, part: EncodedPart, element: str, first_bar: int, bars: int) -> Score:
    """Rows of one element within its song, softly accompanied by what the network saw: chords, kick and snare."""
    context = part.context
    key, beats = context.key or _NO_KEY, context.bar_beats
    chords: Sequence[Chord] = context.chords
    if element == "harmony":
        whole = decode_chords(rows, key, context.bars, beats)
        parts, chords = {}, whole
    elif is_drums(element):
        parts = {element: decode_drums(rows, beats)}
    else:
        parts = {element: decode_pitched(rows, get_spec(element), context)}
    start, end = float(first_bar * beats), float(min(first_bar + bars, context.bars) * beats)
    parts = {name: _moved(notes, -start) for name, notes in parts.items()}
    cut = cut_chords(chords, start, end)
    if element == "harmony" or element_of(element).single_line:
        parts["pads"] = block_chords(cut)
    if not is_drums(element) and context.streams:
        parts["percussion"] = _hits(context.streams, first_bar, bars, beats)
    sections = sections_of(context.sections[first_bar : first_bar + bars], context.remaining[first_bar:], tuple(parts))
    ordered = {name: Part(name, parts[name]) for name in ELEMENTS if name in parts}
    return Score(part.song_id, context.tempo_bpm, Metre.parse(f"{beats}/4"), key, sections, cut, ordered)


def song_score(song: CorpusSong, first_bar: int = 0, bars: int | None = None) -> Score:
    """A corpus song, or some bars of it, with every part that it has.

    Parameters
    ----------
    song : CorpusSong
    first_bar : int
    bars : int, optional
        To the end if left out.
    """
    last_bar = song.bars if bars is None else min(song.bars, first_bar + bars)
    start, end = float(first_bar * song.bar_beats), float(last_bar * song.bar_beats)
    parts = {
        name: Part(name, _moved(_notes(song.parts[name], start, end), -start))
        for name in ELEMENTS
        if name in song.parts
    }
    sections = sections_of(song.sections[first_bar:last_bar], song.remaining[first_bar:last_bar], tuple(parts))
    metre = Metre.parse(f"{song.bar_beats}/4")
    chords = cut_chords(song.chords, start, end)
    return Score(song.song_id, song.tempo_bpm, metre, song.key or _NO_KEY, sections, chords, parts)


def sections_of(
    names: Sequence[str], remaining: npt.NDArray[np.int64], elements: tuple[str, ...]
) -> tuple[SectionPlan, ...]:
    """Runs of bars as sections; a new one begins where the name changes, or where the countdown to its end starts anew.

    Examples
    --------
    >>> [section.bars for section in sections_of(["verse"] * 4, np.array([2, 1, 2, 1]), ())]
    [2, 2]
    """
    starts = [
        bar
        for bar in range(len(names))
        if not bar or names[bar] != names[bar - 1] or remaining[bar] > remaining[bar - 1]
    ]
    ends = [*starts[1:], len(names)]
    return tuple(
        SectionPlan(names[start] or "song", names[start] or "song", start, end - start, 0.5, elements)
        for start, end in zip(starts, ends, strict=True)
    )


def cut_chords(chords: Iterable[Chord], start_beats: float, end_beats: float) -> tuple[Chord, ...]:
    """The chords that sound between two beats, counted from the first of them."""
    kept = []
    for chord in chords:
        start, end = max(chord.onset_beats, start_beats), min(chord.end_beats, end_beats)
        if end > start:
            kept.append(replace(chord, onset_beats=start - start_beats, duration_beats=end - start))
    return tuple(kept)


def block_chords(chords: Iterable[Chord]) -> tuple[Note, ...]:
    """Each chord held softly in close position."""
    return tuple(
        Note(chord.onset_beats, _LOWEST_VOICE + (pitch - _LOWEST_VOICE) % 12, chord.duration_beats, _SOFT)
        for chord in chords
        for pitch in chord.pitch_classes
    )


def _hits(streams: Mapping[str, npt.NDArray[np.uint8]], first_bar: int, bars: int, bar_beats: int) -> tuple[Note, ...]:
    notes = []
    for role in ("kick", "snare"):
        if role in streams:
            for bar, slot in np.argwhere(streams[role][first_bar : first_bar + bars]).tolist():
                notes.append(Note(bar * bar_beats + slot_to_beats(slot % SLOTS_PER_BAR), DRUM_ROLES[role], 0.25, 80))
    return tuple(sorted(notes))


def _notes(table: NoteTable, start_beats: float, end_beats: float) -> tuple[Note, ...]:
    """Notes of a table that begin between two beats: the nearest twelfth of a beat and the deviation from it."""
    notes = []
    for onset, length, pitch, velocity in zip(
        table.onsets_beats.tolist(),
        table.durations_beats.tolist(),
        table.pitches.tolist(),
        table.velocities.tolist(),
        strict=True,
    ):
        place = round(onset * _GRID_STEPS) / _GRID_STEPS
        if start_beats <= place < end_beats:
            notes.append(Note(place, pitch, length, velocity, onset - place))
    return tuple(sorted(notes))


def _moved(notes: Iterable[Note], beats: float) -> tuple[Note, ...]:
    return tuple(replace(note, onset_beats=note.onset_beats + beats) for note in notes)
