"""A session of a studio program becomes a song: the notes as they are, a plan around them that edits understand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from workbench.analysis.key import key_of_profile
from workbench.concept import translate
from workbench.domain.chord_symbols import NO_CHORD
from workbench.domain.clock import Progress
from workbench.domain.edit_state import EditState
from workbench.domain.elements import ELEMENTS, Kind, is_drums, of_kind
from workbench.domain.errors import ParameterError
from workbench.domain.moves import StripMove
from workbench.domain.naming import latin_id
from workbench.domain.plan import Decision, Plan, SectionPlan
from workbench.domain.request import GenerationRequest, parse_request
from workbench.domain.results import Track
from workbench.domain.score import Note, Part, Score
from workbench.domain.song import parse_section_name
from workbench.domain.theory import Chord, Key, Metre
from workbench.editing.edits import HIGHEST_BPM, LOWEST_BPM
from workbench.editing.laying import in_compass, single
from workbench.editing.metres import in_one_metre
from workbench.editing.midi_reading import PlayedNote, heard_chords, placed
from workbench.editing.song import Song
from workbench.midi.file import MidiPart
from workbench.midi.notes import NoteColumns
from workbench.midi.parts import describe, guess
from workbench.output.daw import CHORD_TRACK, STEM_SUFFIX, DawSession, SessionTrack, read_session
from workbench.output.files.midi_files import TICKS_PER_BEAT
from workbench.pipeline import finish
from workbench.store import Store

IMPORTED = "import"
"""Parameter of the decisions that tell of an imported session."""
_MOST_BARS = 1_000
_FALLBACK_SECTION = "theme"
_MOST_SECTIONS = 64
_HARMONIC: tuple[Kind, ...] = ("chords", "melody", "bass")
"""Whose notes tell the chords, the most telling first."""


def import_session(
    path: str | Path,
    *,
    concept: str | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    store: Store | None = None,
) -> Track:
    """Make a track of a session or a MIDI file: its notes, played and mixed by the workbench.

    Parameters
    ----------
    path : path
        The session.
    concept, seed
        As for `adopt`.
    progress, store
        As for `generate`.

    Returns
    -------
    Track
        Its score holds the session's notes; no network adds any.

    Raises
    ------
    ParameterError
        If the session cannot be read, or cannot be held by a plan.

    Examples
    --------
    >>> import workbench
    >>> track = workbench.import_session("song.mid", concept="warm house")  # doctest: +SKIP
    >>> track.plan.style  # doctest: +SKIP
    'house'
    """
    adopted = adopt(read_session(path), concept=concept, seed=seed)
    song = adopted.song
    # No network wrote these notes.
    return finish(adopted.request, song.plan, song.score, model_hashes={}, progress=progress, store=store)


@dataclass(frozen=True, slots=True)
class Adopted:
    """A song that was read, the request that its plan answers, and what there is to tell of it."""

    request: GenerationRequest
    song: Song


def adopt(session: DawSession, *, concept: str | None = None, seed: int = 0) -> Adopted:
    """Make a song of a session.

    A track is the element that it is called, or else what its notes look like; several of one element are joined.
    Markers are sections, tempi begin with a bar, gains and pans are moves on the desk.

    Parameters
    ----------
    session : DawSession
        As `read_session` gives it.
    concept : str, optional
        What the music is like, in words: style, sound and mix follow from it. The session's title by default.
    seed : int
        Seed of whatever is drawn later.

    Raises
    ------
    ParameterError
        If there are no notes, or if metre or tempo map cannot be held by a plan.
    """
    session, metre, spelled = in_one_metre(session)
    voices, remarks = _voices(session)
    if not voices:
        why = "; ".join(remarks) or "holds no notes"
        raise ParameterError(f"session {session.title!r}: {why}: expected a track of notes of one element at least")
    remarks = [*session.remarks, *spelled, *remarks]
    bars = _bars(session, voices, metre)
    key = _key(session, voices)
    places, unknown = _section_places(session, metre, bars)
    request = _request(session, concept, seed, metre, key, [name for _, name, _ in places], list(voices))
    plan = translate(request)
    parts = {name: Part(name, _placed(heard, session, metre, bars)) for name, heard in voices.items()}
    sections = _sections(places, bars, plan, parts, metre)
    chords = _chords(session, voices, bars * metre.bar_beats)
    plan = replace(
        plan,
        sections=sections,
        mix=_moves(session, voices),
        decisions=(*plan.decisions, *_decisions(session, [*remarks, *unknown])),
    )
    score = Score(session.title, plan.tempo_bpm, metre, key, sections, chords, parts)
    return Adopted(request, Song(plan, score, EditState(), (*remarks, *unknown)))


def _voices(session: DawSession) -> tuple[dict[str, list[PlayedNote]], list[str]]:
    """Notes by element in the house's order, and remarks on them."""
    found: dict[str, list[PlayedNote]] = {}
    remarks: list[str] = []
    for number, track in enumerate(session.voices, start=1):
        notes = _heard(track)
        if not notes:
            continue
        element, doubt = _element(number, track)
        if element not in ELEMENTS:
            remarks.append(f"track {track.name!r} is left out: {doubt or 'it plays nothing that is known'}")
            continue
        if not is_drums(element):
            notes, moved = in_compass(notes, element)
            remarks += [f"track {track.name!r}: {moved}"] if moved else []
        found[element] = [*found.get(element, []), *notes]
    voices = {}
    for element in ELEMENTS:
        if element in found:
            voices[element], doubled = single(found[element])
            remarks += [f"{doubled} notes of {element} that double another are left out"] if doubled else []
    return voices, remarks


def _heard(track: SessionTrack) -> list[PlayedNote]:
    return [
        PlayedNote(
            note.start_ticks / TICKS_PER_BEAT,
            (note.end_ticks - note.start_ticks) / TICKS_PER_BEAT,
            note.pitch,
            note.velocity,
        )
        for clip in track.clips
        for note in clip.notes
        if note.start_ticks >= 0
    ]


def _element(number: int, track: SessionTrack) -> tuple[str, str]:
    """The element that a track plays, and what speaks against it."""
    name = track.name.strip().casefold()
    if name in ELEMENTS:
        return name, ""
    notes = sorted(
        (note for clip in track.clips for note in clip.notes), key=lambda note: (note.start_ticks, note.pitch)
    )
    columns = NoteColumns(
        np.array([note.start_ticks for note in notes], np.int64),
        np.array([note.end_ticks - note.start_ticks for note in notes], np.int64),
        np.array([note.pitch for note in notes], np.int64),
        np.array([note.velocity for note in notes], np.int64),
    )
    part = MidiPart(number, 9 if track.is_drums else 0, 0, track.name, track.is_drums, columns)
    found = guess(describe(number, part, TICKS_PER_BEAT))
    return found.role, found.doubt


def _bars(session: DawSession, voices: Mapping[str, Sequence[PlayedNote]], metre: Metre) -> int:
    """Bars of the song: the chords tell its end, else the clips; a note that rings on adds none."""
    chords = [clip.end_ticks for track in session.tracks if track.name == CHORD_TRACK for clip in track.clips]
    onsets = [note.start_beats for heard in voices.values() for note in heard]
    remarks = max(chords) if chords else session.length_ticks
    end = max(remarks / TICKS_PER_BEAT, max(onsets) + 1 / TICKS_PER_BEAT, 1.0)
    bars = math.ceil(end / metre.bar_beats - 1e-6)
    if bars > _MOST_BARS:
        raise ParameterError(f"session {session.title!r} lasts {bars:,} bars: expected at most {_MOST_BARS:,}")
    return bars


def _key(session: DawSession, voices: Mapping[str, Sequence[PlayedNote]]) -> Key:
    """The key that the session's notes state, else the one that its notes fit."""
    try:
        return Key.parse(session.key)
    except ParameterError:
        profile = np.zeros(12)
        for element, heard in voices.items():
            for note in heard if not is_drums(element) else ():
                profile[note.pitch % 12] += min(note.length_beats, 4.0)
        return key_of_profile(profile).key if profile.any() else Key.parse("C major")


def _section_places(session: DawSession, metre: Metre, bars: int) -> tuple[list[tuple[int, str, float]], list[str]]:
    """First bar, name and tempo of each section: a marker begins one, and a change of tempo."""
    bar_ticks = round(metre.bar_beats * TICKS_PER_BEAT)
    named: dict[int, str] = {}
    remarks = []
    for tick, text in session.markers:
        bar = round(tick / bar_ticks)
        if bar >= bars:
            continue
        try:
            named[bar] = parse_section_name(text)
        except ParameterError:
            named[bar] = _FALLBACK_SECTION
            remarks.append(f"marker {text!r} names no section that is known: it is called {_FALLBACK_SECTION}")
    tempi: dict[int, float] = {}
    for tick, tempo_bpm in session.tempi:
        bar = round(tick / bar_ticks)
        if abs(tick - bar * bar_ticks) > 1:
            raise ParameterError(
                f"session {session.title!r} changes its tempo inside bar {tick // bar_ticks + 1}: "
                "expected changes of tempo on bar lines"
            )
        if bar < bars and not LOWEST_BPM <= tempo_bpm <= HIGHEST_BPM:
            raise ParameterError(
                f"session {session.title!r} changes its tempo to {tempo_bpm:g} BPM in bar {bar + 1}: "
                f"expected {LOWEST_BPM} to {HIGHEST_BPM} BPM"
            )
        tempi[bar] = tempo_bpm
    places, name, tempo = [], named.get(0, _FALLBACK_SECTION), tempi[0]
    for bar in sorted({0, *named, *(bar for bar in tempi if bar < bars)}):
        name, tempo = named.get(bar, name), tempi.get(bar, tempo)
        places.append((bar, name, tempo))
    return places, remarks


def _request(
    session: DawSession,
    concept: str | None,
    seed: int,
    metre: Metre,
    key: Key,
    names: Sequence[str],
    palette: Sequence[str],
) -> GenerationRequest:
    technical = {"tempo": session.tempi[0][1], "key": str(key), "metre": str(metre)}
    structure = {"structure": list(names)} if len(names) <= _MOST_SECTIONS else {}
    return parse_request(
        {
            "project_id": latin_id(session.title) or "session",
            "parameters": {
                "creative": {"concept": concept or session.title or "a song"},
                "technical": {**technical, **structure},
                "sound_design": {"palette": list(palette)},
            },
            "options": {"seed": seed},
        }
    )


def _placed(heard: Sequence[PlayedNote], session: DawSession, metre: Metre, bars: int) -> tuple[Note, ...]:
    return placed(heard, 0.0, session.tempi[0][1], metre.bar_beats, bars * metre.bar_beats)


def _sections(
    places: Sequence[tuple[int, str, float]], bars: int, plan: Plan, parts: Mapping[str, Part], metre: Metre
) -> tuple[SectionPlan, ...]:
    """Sections with the elements that begin a note in them; how intense they are, the plan's style says."""
    ends = [*(bar for bar, _, _ in places[1:]), bars]
    energies = {section.name: section.energy for section in plan.sections}
    sections = []
    for (bar, name, tempo), end in zip(places, ends, strict=True):
        inside = (bar * metre.bar_beats - 1e-6, end * metre.bar_beats - 1e-6)
        players = tuple(
            element
            for element, part in parts.items()
            if any(inside[0] <= note.onset_beats < inside[1] for note in part.notes)
        )
        own_tempo = None if tempo == plan.tempo_bpm else tempo
        sections.append(SectionPlan(name, name, bar, end - bar, energies.get(name, 0.5), players, tempo_bpm=own_tempo))
    return tuple(sections)


def _chords(session: DawSession, voices: Mapping[str, Sequence[PlayedNote]], length_beats: float) -> tuple[Chord, ...]:
    """Chords that cover the song: those of the chord track, else what the notes sound like."""
    stated = [
        (clip.start_ticks / TICKS_PER_BEAT, Chord.parse(clip.name))
        for track in session.tracks
        if track.name == CHORD_TRACK
        for clip in track.clips
    ]
    if not stated:
        notes = next((voices[name] for kind in _HARMONIC for name in of_kind(voices, kind)), [])
        stated = heard_chords(notes, length_beats)
    return _covering(stated, length_beats)


def _covering(changes: Iterable[tuple[float, Chord]], length_beats: float) -> tuple[Chord, ...]:
    """Chords from change to change; before the first one there is none.

    Examples
    --------
    >>> [chord.symbol() for chord in _covering([(4.0, Chord.parse("Am"))], 8.0)]
    ['N.C.', 'Am']
    """
    inside = {at: chord for at, chord in sorted(changes, key=lambda change: change[0]) if 0 <= at < length_beats}
    starts = {0.0: Chord(0.0, 0.0, 0, NO_CHORD, 0), **inside}
    places = [*sorted(starts), length_beats]
    return tuple(
        replace(starts[at], onset_beats=at, duration_beats=end - at) for at, end in pairwise(places) if end > at
    )


def _moves(session: DawSession, voices: Mapping[str, object]) -> dict[str, StripMove]:
    """How the channels of an element were moved: those of its notes and of its stem count together.

    Notes are silent beside a stem that takes their place, which says nothing about the element.
    """
    moves = {}
    for element in voices:
        notes = [track for track in session.voices if track.name.strip().casefold() == element]
        stems = [track for track in session.stems if track.name.strip().casefold() == element + STEM_SUFFIX]
        channels = [*notes, *stems]
        pan = next((track.pan for track in reversed(channels) if abs(track.pan) > 1e-9), None)
        gain_db = round(sum(track.gain_db for track in channels), 6)
        mute = any(track.mute for track in stems or notes)
        levels = {bus: min(12.0, max(-60.0, level)) for track in channels for bus, level in track.sends}
        move = StripMove(
            gain_db=gain_db + 0.0,
            pan=pan,
            mute=mute,
            reverb_send_db=levels.get("reverb"),
            delay_send_db=levels.get("delay"),
        )
        if move != StripMove():
            moves[element] = move
    return moves


def _decisions(session: DawSession, remarks: Sequence[str]) -> tuple[Decision, ...]:
    what = Decision(IMPORTED, session.title, "stated", f"{len(session.tracks)} tracks of a session")
    return (what, *(Decision(IMPORTED, session.title, "stated", one, one) for one in remarks))
