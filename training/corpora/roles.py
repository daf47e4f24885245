"""The table of roles of a user's own files: guessed from each part, shown for correction, read back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from training.corpora.note_tables import note_table
from training.corpora.song import NoteTable
from workbench.domain.errors import CorpusError
from workbench.domain.files import write_text_atomically
from workbench.midi.file import MidiFile
from workbench.midi.parts import ROLES, Guess, TrackFacts, facts_of, guess

ROLES_FILE = "roles.json"


def tracks_of(score: MidiFile) -> list[tuple[TrackFacts, NoteTable]]:
    """Facts and notes of each part of a file."""
    tables = (note_table([part], score.ticks_per_beat) for part in score.parts)
    return list(zip(facts_of(score), tables, strict=True))


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One line of the table that a user corrects; only `role` is read back. `doubt` speaks against a guess."""

    file: str
    track: int
    name: str
    program: int
    notes: int
    lowest: int
    highest: int
    polyphony: float
    role: str
    doubt: str = ""


def role_row(file: str, facts: TrackFacts, found: Guess) -> RoleRow:
    """The row of a track in the table of roles."""
    return RoleRow(
        file, facts.track, facts.name, facts.program, facts.notes, facts.lowest, facts.highest, facts.polyphony,
        found.role, found.doubt,
    )  # fmt: skip


def write_roles(folder: Path, rows: Sequence[RoleRow]) -> Path:
    """Write `roles.json`, a row a line, so that a role is changed with any editor."""
    path = folder / ROLES_FILE
    lines = ",\n".join(json.dumps(asdict(row), ensure_ascii=False) for row in rows)
    try:
        write_text_atomically(path, f"[\n{lines}\n]\n")
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


def role_of(facts: TrackFacts, stated: Mapping[int, str], *, repeats: int = 1) -> Guess:
    """The role that the user gave a track, else the guess; a loop that is repeated needs fewer notes of its own."""
    given = stated.get(facts.track)
    return Guess(given) if given else guess(facts, repeats=repeats)
