"""Features of drum excerpts: what is hit, when, how hard, how early or late, and how it comes back."""

from __future__ import annotations

import numpy as np

from evaluation.networks.features.table import (
    Features,
    by_owner,
    changes,
    correlation,
    count,
    deviation,
    entropy,
    extreme,
    mean,
    onsets,
    repetition,
    share,
    spread_by_owner,
)
from evaluation.networks.notes import ExcerptNotes
from workbench.domain.arrays import Flags, Floats
from workbench.domain.song import DRUM_ROLES

_ROLES = tuple(DRUM_ROLES)
_HATS = ("closed_hat", "pedal_hat", "open_hat", "ride")
_TOMS = ("low_tom", "mid_tom", "high_tom")


def percussion_features(notes: ExcerptNotes) -> Features:
    """About a hundred numbers of each excerpt."""
    table = Features()
    _density(table, notes)
    _time(table, notes)
    _repetition(table, notes)
    _velocity(table, notes)
    _timing(table, notes)
    return table


def role(notes: ExcerptNotes, *names: str) -> Flags:
    """Which notes are played by one of the named roles."""
    return np.isin(notes.symbol, [_ROLES.index(name) for name in names])


def _density(table: Features, notes: ExcerptNotes) -> None:
    table.add("density", count(notes) / 4)
    for name in _ROLES:
        table.add(f"density_{name}", count(notes, role(notes, name)) / 4)
    table.add("roles", notes.grid().any(axis=(1, 2)).sum(axis=1))
    owner, _, sizes = onsets(notes)
    table.add("onsets", np.bincount(owner, minlength=notes.excerpts) / 4)
    table.add("polyphony", by_owner(owner, sizes, notes.excerpts))
    table.add("polyphony_most", np.bincount(owner[sizes >= 3], minlength=notes.excerpts))
    per_bar = notes.grid().sum(axis=(2, 3))
    table.add("bars_spread", per_bar.std(axis=1))
    table.add("bars_trend", per_bar[:, 3] - per_bar[:, 0])
    table.add("toms", share(notes, role(notes, *_TOMS)))
    table.add("ghosts", count(notes, role(notes, "snare") & (notes.velocity < 50)) / 4)


def _time(table: Features, notes: ExcerptNotes) -> None:
    within, beat = notes.slot % 12, notes.slot // 12
    for place in range(12):
        table.add(f"slot_{place}", share(notes, within == place))
    for number in range(4):
        table.add(f"beat_{number}", share(notes, beat == number))
    on = within == 0
    table.add("backbeat", count(notes, role(notes, "snare") & on & (beat % 2 == 1)) / 4)
    table.add("kick_on_one", count(notes, role(notes, "kick") & (notes.slot == 0)) / 4)
    table.add("kick_on_three", count(notes, role(notes, "kick") & (notes.slot == 24)) / 4)
    table.add("crash_on_one", count(notes, role(notes, "crash") & (notes.slot == 0)) / 4)
    gaps(table, notes)


def gaps(table: Features, notes: ExcerptNotes) -> None:
    """Add the times from onset to onset, in 24ths of a beat."""
    owner, place, _ = onsets(notes)
    same = owner[1:] == owner[:-1]
    gap_owner, gap = owner[1:][same], np.diff(place)[same]
    table.add("gap_mean", by_owner(gap_owner, gap, notes.excerpts, default=96.0))
    table.add("gap_spread", spread_by_owner(gap_owner, gap, notes.excerpts))
    longest = np.zeros(notes.excerpts)
    np.maximum.at(longest, gap_owner, gap)
    table.add("gap_longest", longest)
    table.add("gap_entropy", entropy(gap_owner, gap, notes.excerpts))


def _repetition(table: Features, notes: ExcerptNotes) -> None:
    cells = notes.grid()
    repetition(table, cells)
    for name in ("kick", "snare"):
        table.add(f"{name}_same", _following(cells[..., [_ROLES.index(name)]]))
    table.add("hats_same", _following(cells[..., [_ROLES.index(name) for name in _HATS]]))


def _following(cells: Flags) -> Floats:
    part = Features()
    repetition(part, cells)
    return part.column("same_mean")


def _velocity(table: Features, notes: ExcerptNotes) -> None:
    velocity = notes.velocity
    for name in _ROLES[:-1]:
        table.add(f"velocity_{name}", mean(notes, velocity, role(notes, name)))
    for name in ("kick", "snare", "closed_hat", "ride"):
        table.add(f"velocity_spread_{name}", deviation(notes, velocity, role(notes, name)))
    table.add("velocity_mean", mean(notes, velocity))
    table.add("velocity_spread", deviation(notes, velocity))
    table.add("velocity_highest", extreme(notes, velocity, highest=True))
    table.add("velocity_lowest", extreme(notes, velocity, highest=False))
    table.add("loudest", share(notes, velocity >= 120))
    table.add("velocity_entropy", entropy(notes.excerpt, notes.attributes["velocity"], notes.excerpts))
    on, hats = notes.slot % 12 == 0, role(notes, "closed_hat", "ride")
    table.add("hat_accent", mean(notes, velocity, hats & on) - mean(notes, velocity, hats & ~on))
    owner, change = changes(notes, velocity)
    table.add("velocity_change", by_owner(owner, np.abs(change), notes.excerpts))
    table.add("velocity_change_spread", spread_by_owner(owner, change, notes.excerpts))
    for name in ("snare", "closed_hat", "ride"):
        table.add(f"velocity_follows_{name}", _follows(notes, velocity, role(notes, name)))


def _timing(table: Features, notes: ExcerptNotes) -> None:
    offset, within = notes.offset_ms, notes.slot % 12
    table.add("offset_mean", mean(notes, offset))
    table.add("offset_spread", deviation(notes, offset))
    table.add("offset_size", mean(notes, np.abs(offset)))
    for name in ("kick", "snare", "closed_hat", "pedal_hat", "ride"):
        table.add(f"offset_{name}", mean(notes, offset, role(notes, name)))
    table.add("offset_on", mean(notes, offset, within == 0))
    table.add("offset_eighth", mean(notes, offset, within == 6))
    table.add("offset_sixteenth", mean(notes, offset, (within == 3) | (within == 9)))
    table.add("offset_entropy", entropy(notes.excerpt, notes.attributes["offset"], notes.excerpts))
    owner, change = changes(notes, offset)
    table.add("offset_change", by_owner(owner, np.abs(change), notes.excerpts))
    table.add("offset_change_spread", spread_by_owner(owner, change, notes.excerpts))
    spread_owner, spread = _spread_within_onsets(notes)
    table.add("flam", by_owner(spread_owner, spread, notes.excerpts))
    widest = np.zeros(notes.excerpts)
    np.maximum.at(widest, spread_owner, spread)
    table.add("flam_widest", widest)
    table.add("offset_follows", _follows(notes, offset, np.ones(len(notes), bool)))


def _spread_within_onsets(notes: ExcerptNotes) -> tuple[np.ndarray, Floats]:
    """Between the first and the last hit of each onset that has several: owners and milliseconds."""
    keys, inverse, counts = np.unique(notes.excerpt * 10_000 + notes.place_24, return_inverse=True, return_counts=True)
    low, high = np.full(len(keys), np.inf), np.full(len(keys), -np.inf)
    np.minimum.at(low, inverse, notes.offset_ms)
    np.maximum.at(high, inverse, notes.offset_ms)
    several = counts > 1
    return keys[several] // 10_000, (high - low)[several]


def _follows(notes: ExcerptNotes, values: Floats, where: Flags) -> Floats:
    """Correlation of each value with the one before it among the chosen notes."""
    owner, chosen = notes.excerpt[where], values[where]
    same = owner[1:] == owner[:-1]
    return correlation(owner[1:][same], chosen[1:][same], chosen[:-1][same], notes.excerpts)
