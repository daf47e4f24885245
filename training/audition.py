"""A short score made to be heard and seen: MIDI, sound through the house's usual patches, a piano roll."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from workbench.domain.audio import Audio
from workbench.domain.plan import Delivery, Plan
from workbench.domain.score import Score

_PEAK = 0.7
_DELIVERY = Delivery(format="mp3", sample_rate_hz=44100, preview=True)


def audition(score: Score, folder: Path, name: str) -> tuple[Path, ...]:
    """Write `name`.mid, `name`.png and `name`.mp3 into a folder.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    from workbench.output import write_audio, write_midi
    from workbench.output.figures.drawing import to_png
    from workbench.output.figures.score_figures import piano_roll

    picture = folder / f"{name}.png"
    midi = write_midi(score, folder / f"{name}.mid")
    picture.write_bytes(to_png(piano_roll(score)))
    return midi, picture, write_audio(sound(score), folder / f"{name}.mp3", _DELIVERY)


def sound(score: Score) -> Audio:
    """The score through the usual patch of each element, at 44.1 kHz with its highest peak at 0.7; silence if empty."""
    from workbench.rendering import render

    played = replace(score, parts={name: part for name, part in score.parts.items() if part.notes})
    if not played.parts:
        return Audio(np.zeros((2, round(score.duration_seconds * _DELIVERY.sample_rate_hz)), np.float32), 44100)
    stems = render(played, _plain_plan())
    total = np.asarray(np.sum([stem.samples for stem in stems.values()], axis=0), np.float32)
    peak = float(np.abs(total).max(initial=0.0))
    gain = np.float32(_PEAK / peak) if peak else np.float32(1.0)
    return Audio(np.asarray(total * gain, np.float32), _DELIVERY.sample_rate_hz)


def _plain_plan() -> Plan:
    """A plan that names no patch, so that each element sounds as it usually does."""
    from workbench.concept import translate
    from workbench.domain.request import GenerationRequest

    return replace(translate(GenerationRequest.from_concept("pop")), patches={}, delivery=_DELIVERY)
