"""Features of percussion: who plays, how loud, how alike bars are, what happens at the ends of phrases."""

from __future__ import annotations

import numpy as np

from evaluation.whole_songs.voices import Row, Voice, distinct_bars, entropy_bits, mean, repetition, share, spread
from workbench.domain.arrays import Floats
from workbench.domain.song import drum_role

_KINDS = {
    "kick": ("kick",),
    "backbeat": ("snare", "clap", "side_stick"),
    "hats": ("closed_hat", "pedal_hat", "open_hat", "ride"),
    "toms": ("low_tom", "mid_tom", "high_tom"),
    "crash": ("crash",),
    "other": ("percussion",),
}
_SOFT = 50


def drum_features(voice: Voice) -> Row:
    """What tells one drum part from another over a whole song."""
    if not len(voice):
        return {}
    roles = np.array([drum_role(pitch) for pitch in voice.pitches.tolist()])
    counts = voice.notes_by_bar
    playing = max(1, int((counts > 0).sum()))
    a_bar = {f"{kind}_a_bar": float(np.isin(roles, members).sum()) / playing for kind, members in _KINDS.items()}
    within = voice.steps % voice.bar_steps
    return {
        "bars_playing": share(counts > 0),
        "hits_a_bar": mean(counts[counts > 0]),
        "hits_spread": spread(counts[counts > 0]),
        **a_bar,
        "roles": float(len(set(roles.tolist()))),
        "open_hats": share(roles[np.isin(roles, _KINDS["hats"])] == "open_hat"),
        "on_half_beats": share(within % 12 == 6),
        "sixteenths": share(within % 6 == 3),
        "triplets": share((within % 12 == 4) | (within % 12 == 8)),
        "place_entropy": entropy_bits(within),
        "distinct_bars": distinct_bars(voice),
        **_touch(voice, roles),
        **_ends(voice),
        **repetition(voice, pitched=True),
    }


def _touch(voice: Voice, roles: np.ndarray) -> Row:
    snares = voice.velocities[roles == "snare"]
    return {
        "velocity_mean": mean(voice.velocities),
        "velocity_spread": spread(voice.velocities),
        "velocity_entropy": entropy_bits(voice.velocities),
        "off_grid": share(np.abs(voice.shifts) > 1e-4),
        "shift_spread": spread(voice.shifts),
        "ghost_snares": share(snares < _SOFT),
        "kick_velocity": mean(voice.velocities[roles == "kick"]),
    }


def _ends(voice: Voice) -> Row:
    """How much more a bar differs from the one before at the ends of four and eight bars than elsewhere."""
    change = _changes(voice)
    place = np.arange(1, voice.bars)
    known = np.isfinite(change)
    elsewhere = mean(change[known & (place % 4 != 3) & (place % 4 != 0)])
    return {
        "change": mean(change[known]),
        "change_at_fours": mean(change[known & (place % 4 == 3)]) - elsewhere,
        "change_at_eights": mean(change[known & (place % 8 == 7)]) - elsewhere,
    }


def _changes(voice: Voice) -> Floats:
    """Share of hits in which each bar differs from the one before, (bars - 1,); nan where neither plays."""
    bar, within = voice.bar, voice.steps - voice.bar * voice.bar_steps
    cells: list[set[tuple[int, int]]] = [set() for _ in range(voice.bars)]
    for number, step, pitch in zip(bar.tolist(), within.tolist(), voice.pitches.tolist(), strict=True):
        cells[number].add((step, pitch))
    pairs = list(zip(cells[1:], cells[:-1], strict=True))
    return np.array([len(a ^ b) / (len(a) + len(b)) if a or b else np.nan for a, b in pairs])
