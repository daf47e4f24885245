"""Human multi-track music by the same measures, so that bars stand on it: measured once, kept in `data/suites`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import yaml

from evaluation.control.metrics.clashes import TONAL, clashes
from training.corpora import CORPORA, find_corpora, read_corpora
from training.corpora.song import CorpusSong
from training.excerpts import song_score
from workbench.analysis.symbolic import scale_consistency
from workbench.domain.data_files import read_yaml
from workbench.domain.paths import data_dir

MULTITRACK = ("freedoom", "easyrpg", "simutrans", "openmsx", "planetblupi", "lmms")
"""Corpora whose parts were written by people, each in a track of its own, with keys that are guessed from the notes."""
ANNOTATED = ("pop909",)
"""Played songs whose key was annotated by people."""
_FEWEST_STRONG_BEATS = 16


@dataclass(frozen=True, slots=True)
class HumanValue:
    """Of people's music: a value, or its low and high bound (5th and 95th percentile of songs), `n` and source."""

    n: int
    source: str
    value: float | None = None
    low: float | None = None
    high: float | None = None


def load_human() -> dict[str, HumanValue]:
    """The values that ship with the project."""
    values = read_yaml(data_dir() / "suites" / "human_notes.yaml")
    return {name: HumanValue(**fields) for name, fields in values.items()}


def measure_human(data: Path) -> dict[str, HumanValue]:
    """Measure the corpora that lie below a folder.

    Raises
    ------
    CorpusError
        If there are none.
    """
    there = {corpus.name for corpus in find_corpora(data)}
    multitrack = tuple(name for name in MULTITRACK if name in there)
    annotated = tuple(name for name in ANNOTATED if name in there)
    values: dict[str, HumanValue] = {}
    if multitrack:
        values |= _clash_values(list(read_corpora(data, multitrack)), _named(multitrack))
    if annotated:
        values |= _scale_values(list(read_corpora(data, annotated)), _named(annotated))
    return values


def to_yaml(values: Mapping[str, HumanValue]) -> str:
    """The form of the file; values alone, never music."""
    fields = {name: {k: v for k, v in asdict(one).items() if v is not None} for name, one in values.items()}
    head = "# Human music by the measures of `evaluate control`; `--measure-human --data DIR` measures it again.\n"
    return head + yaml.safe_dump(fields, sort_keys=False, width=110)


def _clash_values(songs: Sequence[CorpusSong], source: str) -> dict[str, HumanValue]:
    counts = [clashes(song_score(song)) for song in songs if len(set(TONAL) & set(song.parts)) > 1]
    heard = [(clashing, together) for clashing, together in counts if together >= _FEWEST_STRONG_BEATS]
    total = sum(together for _, together in heard)
    shares = [clashing / together for clashing, together in heard]
    return {
        "strong_beat_clashes": HumanValue(
            total, f"strong beats of {len(heard)} songs: {source}", value=_rounded(sum(c for c, _ in heard) / total)
        ),
        "strong_beat_clashes_median_song": HumanValue(
            len(heard), f"songs: {source}", value=_rounded(np.median(shares))
        ),
    }


def _scale_values(songs: Sequence[CorpusSong], source: str) -> dict[str, HumanValue]:
    values = []
    for song in songs:
        if song.key is not None:
            score = song_score(song)
            notes = [note for name, part in score.parts.items() if name in TONAL for note in part.notes]
            values.append(scale_consistency(notes, song.key))
    low, middle, high = np.percentile(values, [5, 50, 95])
    return {
        "scale_consistency": HumanValue(
            len(values), f"songs: {source}", value=_rounded(middle), low=_rounded(low), high=_rounded(high)
        )
    }


def _named(names: Sequence[str]) -> str:
    return "; ".join(f"{name} ({CORPORA[name].licence})" for name in names)


def _rounded(value: float) -> float:
    return round(float(value), 4)
