"""The judge of whole songs: are they like people's, do they lie in the human bands, do they have a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from evaluation.criteria import Criterion, Row, at_least, at_most, observed
from evaluation.metrics.two_sample import TwoSample, telling_features, two_sample_test
from evaluation.whole_songs.form import form_rows
from evaluation.whole_songs.reading import as_read
from evaluation.whole_songs.songs import FAMILIES, WholeSong
from evaluation.whole_songs.tables import Table, tables_of
from workbench.domain.errors import ParameterError
from workbench.domain.seeding import generator

LARGEST_ACCURACY = {"leads": 0.75, "percussion": 0.78, "bass": 0.75, "pads": 0.80, "arrangement": 0.75}
"""Highest two-sample accuracy."""
BANDS = {
    "leads": (
        "bars_playing", "gap_in_four_bars", "notes_a_bar", "phrase_notes", "phrase_bars", "notes_again_2",
        "notes_again_4", "rhythm_again_1", "rhythm_again_2", "rhythm_again_8", "pitch_entropy", "same_pitch", "steps",
        "leaps", "octaves", "range", "few_pitches", "chord_tones",
    ),
    "bass": ("notes_a_bar", "same_pitch", "steps", "octaves", "leaps", "range", "rhythm_again_1", "chord_tones"),
    "pads": ("strikes_a_bar", "held", "notes_a_strike", "length_mean", "rhythm_again_1"),
    "arrangement": ("layers_spread", "entries", "density_spread", "two_chords_share", "chords_a_bar"),
}  # fmt: skip
"""Features whose median over a family of styles is to lie between the human 10th and 90th percentile."""
_LOW, _HIGH = 10.0, 90.0
_TELLING = 4


def judge_songs(songs: Sequence[WholeSong], human: Mapping[str, Table], generated: Mapping[str, Table]) -> list[Row]:
    """Every bar and value of whole songs.

    Parameters
    ----------
    songs : sequence of WholeSong
    human, generated : mapping kind -> Table
        Songs of people, and accompaniment generated from patterns, which is judged as our songs are.
    """
    ours = tables_of((song.name, song.plan.style, as_read(song.score)) for song in songs)
    rows: list[Row] = []
    for kind, table in ours.items():
        rows += _distinguished(kind, table, human[kind], generated.get(kind))
    for kind, names in BANDS.items():
        rows += _bands(kind, names, ours[kind], human[kind], {song.name: song.family for song in songs})
    return [*rows, *form_rows(songs)]


def _distinguished(kind: str, ours: Table, human: Table, generated: Table | None) -> list[Row]:
    apart = _two_sample(human, ours)
    halves = _halves(human)
    rows: list[Row] = []
    if apart:
        rows.append(
            at_most(
                f"{kind} distinguished from people's", apart.accuracy, LARGEST_ACCURACY[kind], "accuracy", len(ours)
            )
        )
        rows.append(
            observed(f"{kind} distinguished, logistic regression", apart.logistic_regression, "accuracy", len(ours))
        )
        rows.append(
            observed(f"{kind} distinguished, gradient boosting", apart.gradient_boosting, "accuracy", len(ours))
        )
    for name, other in (("human halves", halves), ("generated accompaniment", _maybe(human, generated))):
        if other:
            rows.append(observed(f"{kind} distinguished, {name}", other.accuracy, "accuracy", other.n_other))
    for name, distance, shift in telling_features(human.names, human.values, ours.values)[:_TELLING]:
        rows.append(observed(f"{kind} distinguished by {name}, shifted {shift:+.1f} sd", distance, "KS", len(ours)))
    return rows


def _maybe(human: Table, other: Table | None) -> TwoSample | None:
    return None if other is None else _two_sample(human, other)


def _two_sample(human: Table, other: Table) -> TwoSample | None:
    try:
        return two_sample_test(human.values, human.songs, other.values, other.songs)
    except ParameterError:  # Too few songs for folds.
        return None


def _halves(human: Table) -> TwoSample | None:
    """Human songs against human songs, split by lot within each origin."""
    rng = generator(0, "whole songs", "halves")
    order = sorted(range(len(human)), key=lambda index: (human.origins[index], rng.random()))
    return _two_sample(human.only(np.array(order[::2])), human.only(np.array(order[1::2])))


def _bands(kind: str, names: Sequence[str], ours: Table, human: Table, family: Mapping[str, str]) -> list[Row]:
    """One bar for each family: the share of features whose median lies in the band; each feature's median beside."""
    rows: list[Row] = []
    bands = {name: np.percentile(human.column(name), [_LOW, 50.0, _HIGH]) for name in names}
    for group in FAMILIES:
        there = ours.only(np.array([family[song] == group for song in ours.songs], np.bool_))
        if len(there):
            medians = {name: float(np.median(there.column(name))) for name in names}
            outside = [name for name in names if not bands[name][0] - 1e-9 <= medians[name] <= bands[name][2] + 1e-9]
            values = "; ".join(f"{name} {medians[name]:.2f}" for name in outside)
            name = f"{kind}, {group}: medians in the human bands" + (f" (not {values})" if values else "")
            rows.append(at_least(name, 1.0 - len(outside) / len(names), 1.0, "share", len(there)))
    for name in names:
        low, middle, high = bands[name]
        text = f"{kind} {name}, median (people {middle:.2f}, {low:.2f} to {high:.2f})"
        rows.append(observed(text, float(np.median(ours.column(name))), "", len(ours)))
    return rows


def to_table(rows: Sequence[Row]) -> str:
    """A plain table: numbers first, since what failed makes some names long."""
    return "\n".join([f"{'value':>8}{'bar':>8}{'n':>6}  holds", *map(_line, rows)])


def _line(row: Row) -> str:
    bar, holds = (f"{row.limit:8.3f}", "yes" if row.holds else "NO") if isinstance(row, Criterion) else (" " * 8, "")
    return f"{row.value:8.3f}{bar}{row.n:6}  {holds:5}  {row.name}"
