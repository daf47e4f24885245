"""Fine-tuning as a user does it: fifty songs of a style that the weights have not seen, ten minutes on two cores."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

from evaluation.criteria import Row, at_least, at_most, observed
from training.corpora import CORPORA, place_of, read_corpora
from training.corpora.song import CorpusSong
from training.dataset import encode_part
from training.finetuning import finetune
from workbench.models.elements import get_spec

SONGS = 50
MOST_MINUTES, LEAST_GAIN, MOST_FORGETTING, MOST_MEGABYTES = 10.0, 0.10, 0.03, 1.0

_NEW_TO = {
    "percussion": ("simutrans", "openmsx", "lmms"),
    "bass": ("simutrans", "openmsx", "lmms"),
    "leads": ("nottingham",),
}
"""Corpora in no recipe, by element: hand-made sequences of many styles, and folk tunes."""


def judge_fine_tuning(element: str, data: Path) -> list[Row]:
    """Minutes, gain on the new songs and loss on the old ones of an adapter; nothing where the new songs are absent."""
    songs = list(itertools.islice(_new_songs(element, data), SONGS))
    title = f"{element}: fine-tuning on {len(songs)} songs"
    if len(songs) < SONGS:
        return [observed(f"{title}, not judged: too few", len(songs), "songs", len(songs))]
    with tempfile.TemporaryDirectory() as folder:
        result = finetune(element, songs, "judged", data=data, library=Path(folder))
    return [
        at_most(f"{title}, time", result.seconds / 60, MOST_MINUTES, "minutes", result.files),
        at_least(f"{title}, nats on new songs lower by", result.gain, LEAST_GAIN, "", result.files),
        at_most(f"{title}, nats on old songs higher by", result.forgetting or 0.0, MOST_FORGETTING, "", result.files),
        at_most(f"{title}, size of the adapter", result.bytes / 1e6, MOST_MEGABYTES, "MB", result.files),
    ]


def _new_songs(element: str, data: Path) -> Iterator[CorpusSong]:
    present = tuple(name for name in _NEW_TO.get(element, ()) if place_of(CORPORA[name], data).is_dir())
    for song in read_corpora(data, present) if present else ():
        if encode_part(song, get_spec(element)) is not None:
            yield song
