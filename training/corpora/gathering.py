"""Read the items of a corpus: from the cache where they lie there, else in parallel, always in the reader's order."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from training.corpora.cache import content_digest, item_key, load_outcome, save_outcome
from training.corpora.items import Item, Outcome, Reader, SkippedError
from training.corpora.note_tables import parse_midi, read_bytes
from workbench.domain.cores import usable_cores
from workbench.domain.errors import CorpusError
from workbench.midi.file import MIDI_SUFFIXES

_FEWEST_FOR_PROCESSES = 48
_BLOCK = 256
"""Items that are read before the first of them is given out; it bounds the memory of a large corpus."""


def gather(reader: Reader, root: Path, *, processes: int | None = None, use_cache: bool = True) -> Iterator[Outcome]:
    """Every outcome of a corpus folder.

    Parameters
    ----------
    reader : Reader
    root : Path
        The corpus folder.
    processes : int, optional
        Processes that parse; by default as many as there are processors, and only where there is enough to read.
        The result does not depend on it.
    use_cache : bool
        Take what was read before from the user's folder, and keep what is read now.
    """
    items = find_items(reader, root)
    outcomes = (
        outcome
        for start in range(0, len(items), _BLOCK)
        for outcome in _gather_block(reader, items[start : start + _BLOCK], processes, use_cache)
    )
    if reader.finish is None:
        yield from outcomes
    else:
        yield from reader.finish(list(outcomes))


def find_items(reader: Reader, root: Path) -> list[Item]:
    """What a reader finds.

    Raises
    ------
    CorpusError
        If an index is missing or damaged.
    """
    try:
        return list(reader.find(root))
    except SkippedError as skipped:
        raise CorpusError(f"{root} cannot be read as a corpus: {skipped}") from None
    except OSError as error:
        raise CorpusError(
            f"{root} cannot be read as a corpus: {error.filename or error}: {error.strerror or 'system error'}"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        raise CorpusError(f"{root} cannot be read as a corpus: its index is damaged ({error!r})") from None


def _gather_block(reader: Reader, items: list[Item], processes: int | None, use_cache: bool) -> list[Outcome]:
    keys = [item_key(item, reader) if use_cache else "" for item in items]
    found = [load_outcome(key) if use_cache else None for key in keys]
    missing = [index for index, outcome in enumerate(found) if outcome is None]
    read = _read_all(reader, [items[index] for index in missing], processes)
    for index, outcome in zip(missing, read, strict=True):
        found[index] = outcome
        if use_cache:
            save_outcome(keys[index], outcome)
    return [outcome for outcome in found if outcome is not None]


def _read_all(reader: Reader, items: list[Item], processes: int | None) -> list[Outcome]:
    count = min(processes or usable_cores(), len(items))
    if count < 2 or (processes is None and len(items) < _FEWEST_FOR_PROCESSES):
        return [read_outcome(reader.read, item) for item in items]
    from joblib import Parallel, delayed

    # Threads would wait for each other: most of the reading is Python. joblib's workers, unlike those of
    # `multiprocessing`, need no guarded main module, so that scripts and notebooks can call this as they are.
    outcomes: list[Outcome] = Parallel(n_jobs=count, batch_size=8)(
        delayed(read_outcome)(reader.read, item) for item in items
    )
    return outcomes


def read_outcome(read: object, item: Item) -> Outcome:
    """Read one item; whatever is wrong with its files becomes the reason for which it is dropped."""
    notes, bars = _measure(item)
    digest = content_digest(item)
    if item.dropped:
        return Outcome(item.name, None, item.dropped, notes, bars, digest)
    try:
        return Outcome(item.name, read(item), "", notes, bars, digest)  # type: ignore[operator]
    except SkippedError as skipped:
        return Outcome(item.name, None, skipped.reason, notes, bars, digest)


def _measure(item: Item) -> tuple[int, int]:
    """Notes and bars of four quarter notes in an item's MIDI files; without any, the bars that its facts tell."""
    files = [path for path in item.files if path.suffix.lower() in MIDI_SUFFIXES]
    notes, bars = 0, 0
    for path in files:
        try:
            score = parse_midi(read_bytes(path))
        except SkippedError:
            continue
        notes += score.note_count
        last = max((int(part.notes.onsets[-1]) for part in score.parts), default=-1)
        bars += int((last / score.ticks_per_beat + 1 / 16) // 4) + 1 if last >= 0 else 0
    return notes, bars if files else int(item.facts.get("bars", 0))
