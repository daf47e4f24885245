"""Features of the arrangement: who plays when, how the layers come and go, how chords and density unfold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evaluation.whole_songs.voices import Row, Voice, entropy_bits, mean, share, spread, voice_of
from workbench.domain.arrays import Floats
from workbench.domain.elements import ELEMENTS, USUAL_ELEMENTS
from workbench.domain.score import Score

_BLOCK_BARS = 4
_QUARTERS = 4


def arrangement_features(score: Score) -> Row:
    """What tells one arrangement from another; of songs in which drums, bass and one more play."""
    voices = {element: voice_of(score, element) for element in ELEMENTS}
    played = np.array([voice.notes_by_bar for voice in voices.values()], np.float64)
    blocks = _in_blocks(played)
    return {
        **_layers(blocks > 0),
        **_density(played, blocks),
        **_harmony(score),
        **_together(voices),
    }


def _in_blocks(played: Floats) -> Floats:
    """Notes of each element in each run of four bars, (elements, blocks)."""
    bars = played.shape[1]
    starts = np.arange(0, bars, _BLOCK_BARS)
    return np.add.reduceat(played, starts, axis=1)


def _layers(playing: npt.NDArray[np.bool_]) -> Row:
    layers = playing.sum(axis=0)
    changes = np.diff(playing.astype(np.int64), axis=1)
    row = {
        "layers": mean(layers),
        "layers_spread": spread(layers),
        "full_blocks": share(layers == layers.max()),
        "entries": float((changes > 0).sum()) / playing.shape[1],
        "exits": float((changes < 0).sum()) / playing.shape[1],
        "layers_first": float(layers[0]),
        "layers_last": float(layers[-1]),
    }
    for element, present in zip(ELEMENTS, playing, strict=True):
        row[f"{element}_blocks"] = share(present)
    return row


def _density(played: Floats, blocks: Floats) -> Row:
    whole = blocks.sum(axis=0)
    quarters = np.array([part.sum() for part in np.array_split(played.sum(axis=0), _QUARTERS)])
    relative = quarters / max(1.0, quarters.mean())
    row = {"density_spread": spread(whole) / max(1.0, mean(whole))}
    row |= {f"density_quarter_{number + 1}": float(value) for number, value in enumerate(relative)}
    row["densest_place"] = float(whole.argmax() / max(1, len(whole) - 1))
    return row


def _harmony(score: Score) -> Row:
    lengths: dict[tuple[int, str], float] = {}
    for chord in score.chords:
        word = (chord.root, "min" if 3 in _third(chord.root, chord.pitch_classes) else "maj")
        lengths[word] = lengths.get(word, 0.0) + chord.duration_beats
    total = sum(lengths.values()) or 1.0
    ordered = sorted(lengths.values(), reverse=True)
    return {
        "chords_a_bar": len(score.chords) / max(1, score.bars),
        "distinct_chords": float(len(lengths)),
        "two_chords_share": sum(ordered[:2]) / total,
        "root_entropy": entropy_bits(np.array([chord.root for chord in score.chords], np.int64)),
    }


def _third(root: int, classes: tuple[int, ...]) -> set[int]:
    return {(tone - root) % 12 for tone in classes}


def _together(voices: dict[str, Voice]) -> Row:
    drums, bass, pads, leads = (voices[element] for element in USUAL_ELEMENTS)
    kicks = set(drums.only(np.isin(drums.pitches, (35, 36))).steps.tolist())
    bass_steps, lead_steps, pad_steps = (set(voice.steps.tolist()) for voice in (bass, leads, pads))
    return {
        "bass_on_kicks": _common(bass_steps, kicks),
        "leads_on_bass": _common(lead_steps, bass_steps),
        "pads_on_bass": _common(pad_steps, bass_steps),
        "lead_height": mean(leads.pitches) - mean(bass.pitches) if len(leads) and len(bass) else 0.0,
        "pad_height": mean(pads.pitches) - mean(bass.pitches) if len(pads) and len(bass) else 0.0,
    }


def _common(these: set[int], others: set[int]) -> float:
    return len(these & others) / len(these) if these else 0.0
