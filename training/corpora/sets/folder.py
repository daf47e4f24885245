"""A user's own MIDI files: any tree of .mid, .midi and .smf, with roles found by the reader and corrected by hand."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from training.corpora.corpus import Corpus
from training.corpora.items import Item, Outcome, Reader, SkippedError
from training.corpora.near import content_names
from training.corpora.note_tables import guess_chords, guess_key, parse_midi, read_bytes, top_line
from training.corpora.roles import RoleRow, read_roles, role_of, role_row, tracks_of
from training.corpora.song import CorpusSong, NoteTable, Tier
from training.corpora.splits import Split, split_by_content
from training.corpora.stretch import longest_stretch, loop_repeats
from workbench.domain.elements import ELEMENTS, is_drums, kind_of
from workbench.domain.errors import CorpusError
from workbench.midi.file import MIDI_SUFFIXES
from workbench.midi.parts import facts_of
from workbench.models.vocabulary import STYLES

_PLAYED_SHARE = 0.25
"""Share of onsets off the grid from which a file counts as played."""


def midi_files(root: Path) -> list[Path]:
    """MIDI files below a folder, in the order of their path. Links to folders are not followed, so no loop can be.

    Raises
    ------
    CorpusError
        If the folder is not there.
    """
    if root.is_file():
        raise CorpusError(f"{root} is a file: expected the folder that it lies in, or another one with MIDI files")
    if not root.is_dir():
        raise CorpusError(f"folder {root} is not there: expected a folder with MIDI files")
    found = [
        Path(folder) / name
        for folder, _, names in os.walk(root)
        for name in names
        if name.lower().endswith(MIDI_SUFFIXES) and not name.startswith(".")
    ]
    return sorted(found, key=lambda path: path.relative_to(root).as_posix())


def find(root: Path) -> Iterator[Item]:
    """One item a file, with the roles that its owner gave."""
    roles = read_roles(root)
    for path in midi_files(root):
        name = path.relative_to(root).as_posix()
        yield Item(name, (path,), {"roles": sorted(roles.get(name, {}).items())})


def read(item: Item) -> CorpusSong:
    """A song of what the file holds in one metre and tempo; its split is settled when all files are read."""
    style = Path(item.name).parts[0].lower() if "/" in item.name else ""
    song = read_tracks(
        item.files[0],
        song_id=f"folder_{item.name}",
        corpus="folder",
        tier="U",
        split="train",
        style=style if style in STYLES else "",
        stated={int(track): str(role) for track, role in item.facts["roles"]},
    )
    return dataclasses.replace(song, source="played" if _is_played(song) else "sequenced")


def read_tracks(
    path: Path,
    *,
    song_id: str,
    corpus: str,
    tier: Tier,
    split: Split,
    style: str,
    stated: dict[int, str],
    guess: bool = True,
) -> CorpusSong:
    """The longest stretch of one metre and tempo in a multi-track file; a loop, repeated to the least length.

    Percussion tracks are joined; of several others with one role the one with most notes is taken. Key and chords are
    estimated from all pitched tracks. Roles that are not `stated` are guessed, or none if `guess` is False.

    Raises
    ------
    SkippedError
        If the file cannot be read, or if no track has a role.
    """
    score = parse_midi(read_bytes(path))
    stretch = longest_stretch(score)
    by_role: dict[str, list[NoteTable]] = {}
    for facts, table in tracks_of(score):
        cut = stretch.cut(table)
        known = role_of(facts, stated, repeats=stretch.repeats).role
        role = known if guess else stated.get(facts.track, "none")
        if len(cut) and role != "none":
            by_role.setdefault(role, []).append(cut)
    if not by_role:
        raise SkippedError("no track has a role")
    parts = {role: _one_table(role, tables) for role, tables in by_role.items()}
    tonal = [table for role, tables in by_role.items() if not is_drums(role) for table in tables]
    bars, bar_beats = stretch.bars, stretch.bar_beats
    return CorpusSong(
        song_id=song_id,
        corpus=corpus,
        tier=tier,
        split=split,
        style=style,
        source="sequenced",
        tempo_bpm=round(stretch.tempo_bpm, 3),
        bar_beats=bar_beats,
        bars=bars,
        key=guess_key(tonal) if tonal else None,
        chords=guess_chords(parts.get("bass"), tonal, bars, bar_beats) if tonal else (),
        sections=("",) * bars,
        remaining=np.zeros(bars, np.int64),
        parts={name: parts[name] for name in ELEMENTS if name in parts},
    )


def _one_table(role: str, tables: list[NoteTable]) -> NoteTable:
    if is_drums(role):
        return _join(tables)
    longest = max(tables, key=len)
    return longest if kind_of(role) == "chords" else top_line(longest)


def _join(tables: list[NoteTable]) -> NoteTable:
    columns = [
        np.concatenate([getattr(table, name) for table in tables])
        for name in ("onsets_beats", "durations_beats", "pitches", "velocities")
    ]
    order = np.lexsort((columns[2], columns[0]))
    return NoteTable(*(column[order] for column in columns))


def _is_played(song: CorpusSong) -> bool:
    onsets = np.concatenate([part.onsets_beats for part in song.parts.values()])
    on_grid = [np.abs(onsets * grid - np.rint(onsets * grid)) / grid < 1 / 192 for grid in (8, 6)]
    return float((~(on_grid[0] | on_grid[1])).mean()) > _PLAYED_SHARE


def finish(outcomes: list[Outcome]) -> list[Outcome]:
    """Part the songs into training and validation by the content of their files; near duplicates share a side."""
    kept = [outcome for outcome in outcomes if outcome.song is not None]
    songs = [outcome.song for outcome in kept if outcome.song is not None]
    contents = content_names(songs, [outcome.digest for outcome in kept])
    sides = dict(zip(map(id, kept), split_by_content(contents), strict=True))
    return [
        dataclasses.replace(outcome, song=dataclasses.replace(outcome.song, split=sides[id(outcome)]))
        if outcome.song is not None
        else outcome
        for outcome in outcomes
    ]


CORPUS = Corpus(
    name="folder",
    folders=("folder", "."),
    reader=Reader(find, read, finish=finish),
    tier="U",
    licence="your own",
    citation="your own files",
    named_only=True,
)


def role_table(root: Path) -> tuple[list[RoleRow], list[tuple[str, str]]]:
    """Every track below a folder with its role, and the files that cannot be read with the reason.

    Roles of an existing `roles.json` are kept.
    """
    stated = read_roles(root)
    rows, broken = [], []
    for path in midi_files(root):
        name = path.relative_to(root).as_posix()
        try:
            score = parse_midi(read_bytes(path))
        except SkippedError as skipped:
            broken.append((name, skipped.reason))
            continue
        repeats = loop_repeats(score)
        rows += [
            role_row(name, facts, role_of(facts, stated.get(name, {}), repeats=repeats)) for facts in facts_of(score)
        ]
    return rows, broken
