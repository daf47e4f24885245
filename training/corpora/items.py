"""What a reader finds in a folder, and what came of it: kept with its song, or dropped with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training.corpora.song import CorpusSong
from workbench.domain.errors import CorpusError


class SkippedError(CorpusError):
    """A file is not read. `reason` names no file, so that equal reasons can be counted together."""

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason or message


@dataclass(frozen=True, slots=True)
class Item:
    """One song that a reader may read.

    Parameters
    ----------
    name : str
        What it is called in reports, such as the path below the corpus folder.
    files : tuple of Path
        Files that are read for it; their bytes are part of its key in the cache.
    facts : mapping
        What an index tells about it; anything that JSON can hold.
    dropped : str
        Why it is not read; "" if it is.
    """

    name: str
    files: tuple[Path, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    dropped: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an item: its song, or why it has none.

    `notes_found` and `bars_found` (of four quarter notes) count its MIDI files; 0 where there is none or none can be
    read. `digest` is the SHA-256 of its files' bytes.
    """

    name: str
    song: CorpusSong | None
    reason: str = ""
    notes_found: int = 0
    bars_found: int = 0
    digest: str = ""


Finish = Callable[[list[Outcome]], list[Outcome]]


@dataclass(frozen=True, slots=True)
class Reader:
    """How a corpus is read.

    Parameters
    ----------
    find : callable
        Lists the items of a folder in a steady order; quick, it opens index files only.
    read : callable
        Reads one item. A function of a module, since other processes call it; it raises `SkippedError` with a reason.
    version : int
        Counted up when `read` changes its result, so that no stale song is taken from the cache.
    finish : callable, optional
        Changes what can only be known when every item is read, such as the split of a user's own files.
    """

    find: Callable[[Path], Iterable[Item]]
    read: Callable[[Item], CorpusSong]
    version: int = 1
    finish: Finish | None = None


@dataclass(frozen=True, slots=True)
class CorpusReading:
    """A corpus as it was read: every outcome in the order of the reader."""

    corpus: str
    outcomes: tuple[Outcome, ...]

    @property
    def songs(self) -> tuple[CorpusSong, ...]:
        """The songs that were kept."""
        return tuple(outcome.song for outcome in self.outcomes if outcome.song is not None)

    @property
    def dropped(self) -> tuple[Outcome, ...]:
        """Outcomes without a song."""
        return tuple(outcome for outcome in self.outcomes if outcome.song is None)

    @property
    def reasons(self) -> dict[str, int]:
        """Why items were dropped, and how many, the most frequent first."""
        return dict(Counter(outcome.reason for outcome in self.dropped).most_common())

    def left_out(self) -> str:
        """How many items were dropped and why, in one line, each reason with the first file that it befell."""
        first = {outcome.reason: outcome.name for outcome in reversed(self.dropped)}
        reasons = "; ".join(
            f"{count} {reason} ({'such as ' if count > 1 else ''}{first[reason]})"
            for reason, count in self.reasons.items()
        )
        return f"{len(self.dropped)} of {len(self.outcomes)} files are left out: {reasons}"

    def counts(self) -> dict[str, int]:
        """Items, bars and notes: found, kept and dropped. Bars found count four quarter notes each."""
        songs = self.songs
        return {
            "items": len(self.outcomes),
            "kept": len(songs),
            "dropped": len(self.outcomes) - len(songs),
            "bars_found": sum(outcome.bars_found for outcome in self.outcomes),
            "bars_kept": sum(song.bars for song in songs),
            "notes_found": sum(outcome.notes_found for outcome in self.outcomes),
            "notes_kept": sum(len(part) for song in songs for part in song.parts.values()),
            "chords_kept": sum(len(song.chords) for song in songs),
        }
