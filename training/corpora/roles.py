"""Which element a track plays: guessed from channel, program, name, range and polyphony, and shown for correction."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from training.corpora.reading import note_table
from training.corpora.song import NoteTable
from workbench.domain.errors import CorpusError

ROLES = ("percussion", "bass", "pads", "leads", "none")
"""What a track can be; "none" leaves it out."""
ROLES_FILE = "roles.json"

_NAMES = {
    "percussion": r"\b(drums?|drumset|kit|perc\w*|beats?|kick|snare|hi-?hats?)\b",
    "bass": r"\b(bass|sub|808)(?!\s*(drum|clarinet|oon))",
    "pads": r"\b(pads?|chords?|strings?|choir|comp\w*|rhythm|acc\w*|harmony|piano|keys|organ)\b",
    "leads": r"\b(lead|melod\w*|voice|vocals?|vox|solo|theme|hook|arp\w*)\b",
}
_PAD_PROGRAMS = {*range(48, 55), *range(88, 96)}
_BASS_PROGRAMS = range(32, 40)
_UNPITCHED_PROGRAMS = {113, *range(115, 128)}
"""Agogo, woodblock to reverse cymbal, and sound effects; steel drums have pitches."""
_FEWEST_NOTES = 8
_BASS_PITCH = 47


@dataclass(frozen=True, slots=True)
class TrackFacts:
    """What a role is guessed from. `track` counts the tracks with notes as symusic parts them, `program` is General
    MIDI 0 to 127, pitches are MIDI notes, `polyphony` is the mean number of notes that sound when one begins.
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


def describe_track(index: int, track: Any, table: NoteTable) -> TrackFacts:
    """Measure one symusic track and its notes."""
    return TrackFacts(
        track=index,
        name=str(track.name).strip(),
        program=int(track.program),
        drums=bool(track.is_drum),
        notes=len(table),
        lowest=int(table.pitches.min()),
        highest=int(table.pitches.max()),
        median=float(np.median(table.pitches)),
        polyphony=round(polyphony(table), 2),
        mean_beats=float(table.durations_beats.mean()),
    )


def polyphony(table: NoteTable) -> float:
    """Mean number of notes that sound at an onset; onsets within 1/16 beat are one."""
    starts = np.sort(np.rint(table.onsets_beats * 16))
    ends = np.sort(np.rint((table.onsets_beats + table.durations_beats) * 16))
    moments = np.unique(starts)
    sounding = np.searchsorted(starts, moments, side="right") - np.searchsorted(ends, moments, side="right")
    return float(np.maximum(sounding, 1).mean())


def guess_role(facts: TrackFacts) -> str:
    """The role of a track.

    Channel 10 is percussion. Else a track's name is believed, then a bass program, then what is low and single is bass,
    what sounds in chords or on a pad program is pads, and the rest is leads. Few notes and sound effects are none.

    Examples
    --------
    >>> guess_role(TrackFacts(0, "", 33, False, 64, 28, 45, 36.0, 1.0, 0.5))
    'bass'
    """
    if facts.drums:
        return "percussion"
    if facts.notes < _FEWEST_NOTES:
        return "none"
    words = facts.name.lower().replace("_", " ")
    for role, pattern in _NAMES.items():
        if re.search(pattern, words) and _can_be(role, facts):
            return role
    if facts.program in _UNPITCHED_PROGRAMS:
        return "none"
    if facts.program in _BASS_PROGRAMS or (facts.median <= _BASS_PITCH and facts.polyphony < 1.3):
        return "bass"
    return "pads" if facts.polyphony >= 1.8 or (facts.program in _PAD_PROGRAMS and facts.mean_beats >= 1) else "leads"


def _can_be(role: str, facts: TrackFacts) -> bool:
    # Names are free text: "Bass drum" of a pitched track or a "drum" that spans five octaves are something else.
    if role == "percussion":
        return facts.lowest >= 27 and facts.highest <= 87 and facts.program in (0, *_UNPITCHED_PROGRAMS)
    if role == "bass":
        return facts.median <= 55 and facts.polyphony < 2
    return role != "pads" or facts.polyphony >= 1.3 or facts.mean_beats >= 1


def tracks_of(score: Any) -> list[tuple[TrackFacts, NoteTable]]:
    """Facts and notes of each track with notes of a symusic score."""
    tables = [(index, track, note_table([track.notes], score.tpq)) for index, track in enumerate(score.tracks)]
    return [(describe_track(index, track, table), table) for index, track, table in tables if len(table)]


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One line of the table that a user corrects; only `role` is read back."""

    file: str
    track: int
    name: str
    program: int
    notes: int
    lowest: int
    highest: int
    polyphony: float
    role: str


def role_row(file: str, facts: TrackFacts, role: str) -> RoleRow:
    """The row of a track in the table of roles."""
    return RoleRow(
        file, facts.track, facts.name, facts.program, facts.notes, facts.lowest, facts.highest, facts.polyphony, role
    )


def write_roles(folder: Path, rows: Sequence[RoleRow]) -> Path:
    """Write `roles.json`, a row a line, so that a role is changed with any editor."""
    path = folder / ROLES_FILE
    lines = ",\n".join(json.dumps(asdict(row), ensure_ascii=False) for row in rows)
    draft = path.with_name(f".{ROLES_FILE}.part")
    try:
        draft.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise CorpusError(f"{path} cannot be written ({error.strerror}): choose a folder that can") from None
    return path


def read_roles(folder: Path) -> dict[str, dict[int, str]]:
    """Roles by file and track from a folder's `roles.json`; empty if there is none.

    Raises
    ------
    CorpusError
        If the file is not a list of rows with file, track and a role of `ROLES`.
    """
    path = folder / ROLES_FILE
    if not path.is_file():
        return {}
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        found = [(str(row["file"]), int(row["track"]), str(row["role"])) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{path} is not a table of roles ({error}): correct it, or delete it to begin anew") from None
    roles: dict[str, dict[int, str]] = {}
    for file, track, role in found:
        if role not in ROLES:
            raise CorpusError(f"{path} gives track {track} of {file} the role {role!r}: use one of {', '.join(ROLES)}")
        roles.setdefault(file, {})[track] = role
    return roles


def told_role(facts: TrackFacts, told: Mapping[int, str]) -> str:
    """The role that the user gave a track, else the guess."""
    return told.get(facts.track) or guess_role(facts)
