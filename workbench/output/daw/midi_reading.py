"""A MIDI file as a session: its voices are tracks, its markers and chord symbols keep their places."""

from __future__ import annotations

from itertools import groupby, pairwise
from pathlib import Path

import numpy as np

from workbench.domain.errors import MidiFileError, ParameterError
from workbench.midi.chord_texts import written_chords
from workbench.midi.file import MidiFile, MidiPart, read_file, read_midi
from workbench.output.daw.events import from_the_start, ticks_of
from workbench.output.daw.session import (
    CHORD_TRACK,
    KEY_NOTE,
    DawSession,
    NoteClip,
    SessionNote,
    SessionTrack,
)
from workbench.output.figures.palette import MUTED, element_colour
from workbench.output.files.midi_files import TICKS_PER_BEAT

_USUAL_BPM = 120.0
_TEMPO_DIGITS = 3
"""A file tells microseconds a quarter note: 97.3 BPM comes back as 97.29998."""


def read_midi_session(path: str | Path) -> DawSession:
    """Read a MIDI file as a session.

    Raises
    ------
    ParameterError
        If it cannot be read, or is no MIDI file.
    """
    try:
        music = read_midi(read_file(path))
    except MidiFileError as error:
        raise ParameterError(f"MIDI file {path} cannot be read: {error}") from None
    end = ticks_of(music.end_beats)
    voices = groupby(music.parts, lambda part: (part.track, part.channel))
    key = next((text.text for text in music.texts if text.text.startswith(KEY_NOTE)), "")
    return DawSession(
        title=Path(path).stem,
        tempi=from_the_start([(ticks_of(at), round(bpm, _TEMPO_DIGITS)) for at, bpm in music.tempi], _USUAL_BPM),
        metres=from_the_start([(ticks_of(at), metre) for at, metre in music.metres], (4, 4)),
        markers=tuple((ticks_of(text.beats), text.text) for text in music.texts if text.kind == "marker"),
        tracks=(*(_track(list(parts), music, end) for _, parts in voices), *_chords(music, end)),
        length_ticks=end,
        key=key.removeprefix(KEY_NOTE),
        remarks=music.remarks,
    )


def _track(parts: list[MidiPart], music: MidiFile, end: int) -> SessionTrack:
    notes = sorted(note for part in parts for note in _notes(part, music.ticks_per_beat))
    name = parts[0].name
    return SessionTrack(
        name, element_colour(name), clips=(NoteClip(name, 0, end, tuple(notes)),), is_drums=parts[0].is_drum
    )


def _notes(part: MidiPart, ticks_per_beat: float) -> list[SessionNote]:
    columns, scale = part.notes, TICKS_PER_BEAT / ticks_per_beat
    starts = np.rint(columns.onsets * scale).astype(int).tolist()
    ends = np.rint((columns.onsets + columns.lengths) * scale).astype(int).tolist()
    rows = zip(starts, ends, columns.pitches.tolist(), columns.velocities.tolist(), strict=True)
    return [SessionNote(start, max(start + 1, end), pitch, velocity) for start, end, pitch, velocity in rows]


def _chords(music: MidiFile, end: int) -> list[SessionTrack]:
    changes = written_chords(music).changes
    places = [*(ticks_of(at) for at, _ in changes), end]
    clips = [
        NoteClip(chord.symbol(), start, stop, ())
        for (_, chord), (start, stop) in zip(changes, pairwise(places), strict=True)
        if stop > start
    ]
    return [SessionTrack(CHORD_TRACK, MUTED, mute=True, clips=tuple(clips))] if clips else []
