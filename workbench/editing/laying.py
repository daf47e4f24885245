"""Where a file's music lies in a song: its bars, its octave, and what of it doubles itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from workbench.domain.elements import element_of
from workbench.domain.errors import ParameterError
from workbench.editing.edits import Import
from workbench.editing.midi_reading import PlayedNote
from workbench.editing.song import Song
from workbench.midi.file import MidiFile

_EARLY_BEATS = 1 / 16
"""A note played this much before a bar line belongs to the bar that begins."""


@dataclass(frozen=True, slots=True)
class Laid:
    """The bars of the song that a file's music covers, and what turns a place of the file into one of the song."""

    place: range
    offset_beats: float


def lay(song: Song, edit: Import, music: MidiFile, first_beats: float, last_beats: float) -> tuple[Laid, Song]:
    """Lay music that sounds from `first_beats` to `last_beats` of a file from the edit's bar on.

    Empty bars in front keep their place; where the song is too short for them they are left out, with a remark.

    Raises
    ------
    ParameterError
        If the file's bars are not the song's, or if the music is too long.
    """
    pickup = _pickup_beats(song, edit, music, first_beats, last_beats)
    bar, ahead = song.bar_beats, edit.bar - 1
    shift = bar - pickup if pickup else 0.0
    empty = max(0, math.floor((first_beats + shift + _EARLY_BEATS) / bar))
    count = max(1, math.ceil((last_beats + shift) / bar - 1e-6))
    if ahead + count <= song.plan.bars:
        song = song.with_remarks(f"its first bars are empty: {empty}") if empty else song
        return Laid(range(ahead + empty, ahead + count), ahead * bar + shift), song
    if not empty or ahead + count - empty > song.plan.bars:
        in_front = f" ({empty} of them empty, in front)" if empty else ""
        raise ParameterError(
            f"{edit.file} lasts {count} bars{in_front} from bar {edit.bar}, but the song ends with bar "
            f"{song.plan.bars}: begin earlier, or extend the song first"
        )
    song = song.with_remarks(f"its music comes after {empty} empty bars, which are left out")
    return Laid(range(ahead, ahead + count - empty), (ahead - empty) * bar + shift), song


def in_compass(notes: Sequence[PlayedNote], element: str) -> tuple[list[PlayedNote], str]:
    """Notes in the range of an element, moved by as few octaves as bring them there; and a line that tells it.

    Raises
    ------
    ParameterError
        If they span more than the element plays.
    """
    (low, high), pitches = element_of(element).compass, [note.pitch for note in notes]
    lowest, highest = min(pitches), max(pitches)
    for shift in sorted(range(-132, 133, 12), key=abs):
        if low <= lowest + shift and highest + shift <= high:
            remark = f"moved by {shift:+d} semitones into the range of {element}, MIDI {low} to {high}" if shift else ""
            return [replace(note, pitch=note.pitch + shift) for note in notes], remark
    raise ParameterError(f"the melody lies at MIDI {lowest} to {highest}, but {element} plays MIDI {low} to {high}")


def single(notes: Sequence[PlayedNote]) -> tuple[list[PlayedNote], int]:
    """Notes without those that begin with another of their pitch, of which the longest stays; and how many there were.

    Examples
    --------
    >>> single([PlayedNote(0.0, 1.0, 60, 90), PlayedNote(0.0, 2.0, 60, 80)])
    ([PlayedNote(start_beats=0.0, length_beats=2.0, pitch=60, velocity=80)], 1)
    """
    kept: dict[tuple[float, int], PlayedNote] = {}
    for note in sorted(notes, key=lambda note: (note.length_beats, note.velocity)):
        kept[note.start_beats, note.pitch] = note
    ordered = sorted(kept.values(), key=lambda note: (note.start_beats, note.pitch))
    return ordered, len(notes) - len(kept)


def _pickup_beats(song: Song, edit: Import, music: MidiFile, first_beats: float, last_beats: float) -> float:
    """Length of a bar in front that is shorter than the others, as scores write a pickup; 0 if there is none.

    Raises
    ------
    ParameterError
        If the bars of the file are not as long as the song's.
    """
    metres = music.metres
    lengths = [4.0 * numerator / denominator for _, (numerator, denominator) in metres]
    pickup = 0.0
    if len(metres) > 1 and metres[0][0] == 0.0 and metres[1][0] == lengths[0] < song.bar_beats:
        pickup, metres, lengths = lengths[0], metres[1:], lengths[1:]
    if not metres:
        return 0.0
    ends = [*(at for at, _ in metres[1:]), math.inf]
    # What begins on the last bar line does not count: programs close with a metre of their own.
    odd = {
        metre: at
        for (at, metre), end, length in reversed(list(zip(metres, ends, lengths, strict=True)))
        if length != song.bar_beats and at < last_beats and end > first_beats
    }
    if odd:
        listed = ", ".join(
            f"{numerator}/{denominator}{f' from beat {at + 1:g} on' if at > pickup else ''}"
            for (numerator, denominator), at in sorted(odd.items(), key=lambda one: one[1])
        )
        raise ParameterError(
            f"{edit.file} is in {listed}, but the song in {song.plan.metre}, so that their bar lines would not meet: "
            f"expected a file in {song.plan.metre}, or make a song in the file's metre"
        )
    return pickup
