"""One metre for a session: other spellings of equal bars, pickups, and closing metres that nothing sounds in."""

from __future__ import annotations

import math
from dataclasses import replace

from workbench.domain.errors import ParameterError
from workbench.domain.theory import METRES, Metre
from workbench.output.daw.session import DawSession, NoteClip, SessionTrack
from workbench.output.files.midi_files import TICKS_PER_BEAT

_Metres = tuple[tuple[int, tuple[int, int]], ...]


def in_one_metre(session: DawSession) -> tuple[DawSession, Metre, list[str]]:
    """The session with whole bars from its start on, their metre, and remarks on both.

    A first bar that is shorter than the next, as scores write a pickup, is filled up in front. Metres whose bars are
    of one length count as one; what begins behind the last note does not count: programs close with one of their own.

    Raises
    ------
    ParameterError
        If the length of the bars changes, or no song can have that metre.
    """
    metres = _sounding(session)
    remarks: list[str] = []
    if (pickup := _pickup_ticks(metres)) > 0:
        gap = _bar_ticks(metres[1][1]) - pickup
        session, metres = _later(session, gap), ((0, metres[1][1]), *((at + gap, one) for at, one in metres[2:]))
        remarks = [f"a pickup of {pickup / TICKS_PER_BEAT:g} beats stands at the end of the first bar"]
    if len({_bar_ticks(metre) for _, metre in metres}) > 1:
        raise ParameterError(
            f"session {session.title!r} changes its metre ({_listed(metres)}): expected one for the whole song"
        )
    metre, spelled = _named(metres[0][1])
    return session, metre, remarks + spelled


def _sounding(session: DawSession) -> _Metres:
    last = max((note.start_ticks for track in session.voices for clip in track.clips for note in clip.notes), default=0)
    return tuple((at, metre) for at, metre in session.metres if at == 0 or at <= last)


def _bar_ticks(metre: tuple[int, int]) -> int:
    return round(4 * TICKS_PER_BEAT * metre[0] / metre[1])


def _pickup_ticks(metres: _Metres) -> int:
    """Length of a first bar that is shorter than the second; 0 where there is none."""
    if len(metres) < 2:
        return 0
    first, second = _bar_ticks(metres[0][1]), _bar_ticks(metres[1][1])
    return first if metres[1][0] == first < second else 0


def _later(session: DawSession, ticks: int) -> DawSession:
    """Everything moved by so many ticks; the first tempo still holds from the start."""
    return replace(
        session,
        tempi=tuple((at and at + ticks, bpm) for at, bpm in session.tempi),
        markers=tuple((at and at + ticks, text) for at, text in session.markers),
        tracks=tuple(_track_later(track, ticks) for track in session.tracks),
        length_ticks=session.length_ticks + ticks,
    )


def _track_later(track: SessionTrack, ticks: int) -> SessionTrack:
    return replace(track, clips=tuple(_clip_later(clip, ticks) for clip in track.clips))


def _clip_later(clip: NoteClip, ticks: int) -> NoteClip:
    notes = tuple(
        replace(note, start_ticks=note.start_ticks + ticks, end_ticks=note.end_ticks + ticks) for note in clip.notes
    )
    return replace(clip, start_ticks=clip.start_ticks + ticks, end_ticks=clip.end_ticks + ticks, notes=notes)


def _listed(metres: _Metres) -> str:
    """Each metre, and the bar from which it holds."""
    changes, bar = [], 1
    for (at, metre), (following, _) in zip(metres, (*metres[1:], (0, (0, 0))), strict=True):
        changes.append(f"{metre[0]}/{metre[1]}" + (f" from bar {bar}" if at else ""))
        bar += math.ceil((following - at) / _bar_ticks(metre)) if following else 0
    return ", ".join(changes)


def _named(metre: tuple[int, int]) -> tuple[Metre, list[str]]:
    """The metre as songs spell it, and a line where that is another spelling."""
    spelled = f"{metre[0]}/{metre[1]}"
    if spelled in METRES:
        return Metre.parse(spelled), []
    simple = (known for known in map(Metre.parse, METRES) if not known.is_compound)
    same = next((known for known in simple if round(known.bar_beats * TICKS_PER_BEAT) == _bar_ticks(metre)), None)
    if same is None:
        return Metre.parse(spelled), []  # which refuses it
    return same, [f"{spelled} is read as {same}, whose bars are as long"]
