"""Single notes of an element as its patch or kit sounds, for an instrument that answers at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from workbench.domain.audio import Audio
from workbench.domain.score import Note, Part
from workbench.domain.units import db_to_gain
from workbench.dsp.loudness import loudness
from workbench.editing import Song
from workbench.rendering import render
from workbench.session.excerpt import Excerpt, excerpt_of
from workbench.store import SampleStore

HELD_SECONDS = 2.5
"""How long a key is held; what sounds after that is its release."""
VELOCITY = 100
"""How hard it is pressed; whoever plays it louder or softer scales it."""
_USUAL_GAIN_DB = -6.0
"""From patch to mix where the song tells nothing, as of an element that is silent in the bars that are heard."""
_SILENT_LUFS = -69.0
_AUDIBLE = 10.0 ** (-72.0 / 20.0)


def key_sounds(
    song: Song, element: str, pitches: Iterable[int], *, gain_db: float, store: SampleStore
) -> dict[int, Audio]:
    """Each pitch alone, held for 2.5 s, without the desk.

    Parameters
    ----------
    song : Song
        Its patches, parameters, key and tempo count.
    element : str
        Which element plays.
    pitches : iterable of int
        MIDI numbers; of percussion General MIDI drum notes.
    gain_db : float
        What a note is raised by, as `mix_gain_db` finds it.
    store : SampleStore
        Where rendered keys are kept.

    Returns
    -------
    dict of int to Audio of shape (2, n)
    """
    ground = _ground(song, element)
    held = ground.score.tempo_bpm * HELD_SECONDS / 60.0
    gain = np.float32(db_to_gain(gain_db))

    def one(pitch: int) -> Audio:
        part = Part(element, (Note(0.0, pitch, min(held, ground.score.bars * song.bar_beats), VELOCITY),))
        sound = render(replace(ground.score, parts={element: part}), ground.plan, store=store)[element]
        return Audio(_heard(sound.samples) * gain, sound.sample_rate_hz)

    return {pitch: one(pitch) for pitch in pitches}


def mix_gain_db(song: Song, element: str, bars: range, mixed: Audio, store: SampleStore) -> float:
    """How much louder an element is in the mix than its patch gives it in the same bars (from 0)."""
    if element not in song.score.parts:
        return _USUAL_GAIN_DB
    whole = excerpt_of(song.plan, song.score, bars, [element])
    dry = whole.cut(render(whole.score, whole.plan, store=store)[element])
    rate = mixed.sample_rate_hz
    target, level = loudness(mixed.samples, rate), loudness(dry.samples, rate)
    return _USUAL_GAIN_DB if min(target, level) <= _SILENT_LUFS else target - level


def _ground(song: Song, element: str) -> Excerpt:
    """The first bars of the song, as many as a key is held, with nothing in them."""
    bar_seconds = song.bar_beats * 60.0 / song.score.tempo_bpm
    bars = range(min(song.plan.bars, int(HELD_SECONDS // bar_seconds) + 1))
    return excerpt_of(song.plan, replace(song.score, parts={element: Part(element, ())}), bars, [element])


def _heard(samples: np.ndarray) -> np.ndarray:
    """Without the silence that follows."""
    loud = np.flatnonzero(np.abs(samples).max(axis=0) > _AUDIBLE)
    return samples[:, : int(loud[-1]) + 1] if loud.size else samples[:, :1]
