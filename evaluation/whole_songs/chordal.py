"""Features of pads: how often they strike, how long they hold, how they are voiced."""

from __future__ import annotations

import numpy as np

from evaluation.whole_songs.voices import Row, Voice, distinct_bars, entropy_bits, mean, repetition, share, spread


def pad_features(voice: Voice) -> Row:
    """What tells one accompaniment from another over a whole song."""
    if not len(voice):
        return {}
    steps, sizes = np.unique(voice.steps, return_counts=True)
    counts = voice.notes_by_bar
    strikes = np.bincount(np.minimum(steps // voice.bar_steps, voice.bars - 1), minlength=voice.bars)
    within = steps % voice.bar_steps
    tops = voice.line(highest=True)
    lows = voice.line(highest=False)
    return {
        "bars_playing": share(counts > 0),
        "notes_a_bar": float(counts.mean()),
        "strikes_a_bar": mean(strikes[strikes > 0]),
        "strike_spread": spread(strikes[strikes > 0]),
        "notes_a_strike": mean(sizes),
        "single_notes": share(sizes == 1),
        "length_mean": mean(voice.lengths),
        "length_spread": spread(voice.lengths),
        "long_notes": share(voice.lengths >= 2.0),
        "held": float(voice.lengths.sum() / (voice.bars * voice.bar_beats)),
        "range": float(np.percentile(voice.pitches, 98) - np.percentile(voice.pitches, 2)),
        "pitch_mean": mean(voice.pitches),
        "width": mean(tops.pitches - lows.pitches),
        "top_moves": mean(np.abs(np.diff(tops.pitches))),
        "top_same": share(np.diff(tops.pitches) == 0),
        "on_one": share(within == 0),
        "on_beats": share(within % 12 == 0),
        "on_half_beats": share(within % 12 == 6),
        "place_entropy": entropy_bits(within),
        "distinct_bars": distinct_bars(voice),
        **repetition(voice, pitched=True),
        **repetition(voice, pitched=False),
    }
