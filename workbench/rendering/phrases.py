"""From notes to voices: each note its own, or, for monophonic patches, tied notes on one voice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workbench.domain.score import Note

_TIED_SECONDS = 0.012
_SHORTEST_SECONDS = 0.02
_ON_THE_BEAT, _SHORTEST_BEATS = 0.2, 0.02


@dataclass(frozen=True, slots=True)
class Phrase:
    """Notes that one voice plays.

    `starts` are samples relative to `start`, ascending from 0, with pitch and velocity of each; `gate` is where the
    last is let go. `choke` is where another phrase takes over, or None. `origin` is the pitch from which the first
    note glides.
    """

    start: int
    starts: tuple[int, ...]
    pitches: tuple[int, ...]
    velocities: tuple[int, ...]
    gate: int
    choke: int | None
    origin: int | None
    place: int


def strummed(notes: Sequence[Note], step_beats: float) -> Sequence[Note]:
    """Chords whose notes follow each other by `step_beats`: from the lowest on a beat, from the highest between beats.

    The first note of a stroke keeps its place; all end where they did.
    """
    if step_beats <= 0.0:
        return notes
    chords: dict[float, list[Note]] = {}
    for note in notes:
        chords.setdefault(note.onset_beats, []).append(note)
    return [note for onset, chord in sorted(chords.items()) for note in _stroke(onset, chord, step_beats)]


def _stroke(onset_beats: float, chord: Sequence[Note], step_beats: float) -> list[Note]:
    up = abs(onset_beats - round(onset_beats)) > _ON_THE_BEAT
    strings = sorted(chord, key=lambda note: note.pitch, reverse=up)
    return [
        replace(
            note,
            shift_beats=note.shift_beats + number * step_beats,
            duration_beats=max(_SHORTEST_BEATS, note.duration_beats - number * step_beats),
        )
        for number, note in enumerate(strings)
    ]


def make_phrases(
    notes: Sequence[Note], *, samples_per_beat: float, sample_rate_hz: int, mono: bool, glide_always: bool
) -> list[Phrase]:
    """Group notes into phrases, in order of their start.

    Parameters
    ----------
    notes : sequence of Note
        In any order.
    samples_per_beat : float
        Sample rate times seconds a beat.
    sample_rate_hz : int
        Sample rate.
    mono : bool
        One note at a time: of notes that start together the highest stays; a note that begins at least 12 ms before
        the last one ends is tied to it; any other cuts the last one short.
    glide_always : bool
        Whether phrases begin at the pitch of the last note.

    Returns
    -------
    list of Phrase
    """
    shortest = round(_SHORTEST_SECONDS * sample_rate_hz)
    events = sorted(
        (round(n.start_beats * samples_per_beat), -n.pitch, round(n.end_beats * samples_per_beat), n) for n in notes
    )
    if not mono:
        return [
            Phrase(start, (0,), (n.pitch,), (n.velocity,), max(shortest, end - start), None, None, _place(n))
            for start, _, end, n in events
        ]
    groups: list[list[tuple[int, int, Note]]] = []
    tied = round(_TIED_SECONDS * sample_rate_hz)
    for start, _, end, note in events:
        if groups and start - groups[-1][-1][0] < shortest:
            continue
        if groups and groups[-1][-1][1] - start >= tied:
            groups[-1].append((start, end, note))
        else:
            groups.append([(start, end, note)])
    return [_mono_phrase(groups, index, shortest, glide_always) for index in range(len(groups))]


def _mono_phrase(groups: list[list[tuple[int, int, Note]]], index: int, shortest: int, glide_always: bool) -> Phrase:
    group = groups[index]
    first = group[0][0]
    following = groups[index + 1][0][0] if index + 1 < len(groups) else None
    end = max(group[-1][1], group[-1][0] + shortest)
    return Phrase(
        start=first,
        starts=tuple(start - first for start, _, _ in group),
        pitches=tuple(note.pitch for _, _, note in group),
        velocities=tuple(note.velocity for _, _, note in group),
        gate=(end if following is None else min(end, following)) - first,
        choke=None if following is None else following - first,
        origin=groups[index - 1][-1][2].pitch if glide_always and index else None,
        place=_place(group[0][2]),
    )


def _place(note: Note) -> int:
    return round(note.onset_beats * 960.0)
