"""A few bars of an edited song at once: only what changed in them is made, on the desk as it stands.

A preview differs from the final sound in this:

- voices are rendered without oversampling, and only notes that begin at most two seconds (to the bar) before are heard;
- free-running phases and the random details of a voice begin anew with the excerpt;
- a changed element gets the loudness that it had in these bars before, moved by its fader: the final levels it over the
  whole song;
- filters that open over a section begin with the excerpt;
- it is the mix before the master.

What did not change is cut from the finished sound as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from workbench.domain.audio import Audio, Mix, summed
from workbench.domain.moves import StripMove
from workbench.domain.plan import Plan
from workbench.domain.results import Track
from workbench.domain.units import db_to_gain
from workbench.dsp.loudness import loudness
from workbench.editing import Song
from workbench.editing.stem_reuse import kept_stems
from workbench.mixing import mix, mix_again
from workbench.rendering import render
from workbench.session.excerpt import Excerpt, desk_of, excerpt_of
from workbench.store import SampleStore

_SILENT_LUFS = -69.0


def preview(song: Song, bars: range, elements: Iterable[str], base: Track | None, store: SampleStore) -> Mix:
    """Some bars (from 0) of some elements.

    Parameters
    ----------
    song : Song
        What is to be heard.
    bars : range
        Bars from 0.
    elements : iterable of str
        Elements of the song.
    base : Track, optional
        The finished sound that the song was edited from; without it the desk settles on these bars alone.
    store : SampleStore
        Where rendered excerpts are kept for the next turn of a knob.
    """
    names = list(elements)
    # Where every stem changed, as by another tempo, the desk is set anew: the finished sound is of no use.
    base = base if base is not None and kept_stems(base, song) else None
    whole = excerpt_of(song.plan, song.score, bars, names)
    standing = {} if base is None else _standing(song, base, names, whole)
    missing = [name for name in names if name not in standing]
    made = _made(replace(song, score=whole.score), whole, missing, base, store) if missing else {}
    stems = {name: standing.get(name) or made[name] for name in names}
    return Mix(summed(stems.values()), stems)


def _standing(song: Song, base: Track, names: list[str], excerpt: Excerpt) -> dict[str, Audio]:
    """Elements that sound in the finished track as they do in the song, cut from it."""
    return {name: _slice(base.mix.stems[name], excerpt) for name in kept_stems(base, song) if name in names}


def _made(song: Song, excerpt: Excerpt, names: list[str], base: Track | None, store: SampleStore) -> dict[str, Audio]:
    """Elements rendered and mixed in these bars, as loud as they were there before."""
    score = song.score
    stems = render(replace(score, parts={name: score.parts[name] for name in names}), excerpt.plan, store=store)
    if base is None or base.mix.desk is None:
        return {name: excerpt.cut(stem) for name, stem in mix(stems, score, excerpt.plan).stems.items()}
    stems = {name: _cropped(stem, excerpt.length_samples) for name, stem in stems.items()}
    mixed = mix_again(stems, score, excerpt.plan, desk_of(base.mix.desk, excerpt))
    return {name: _levelled(excerpt.cut(mixed[name]), name, excerpt, base) for name in names}


def _levelled(made: Audio, name: str, excerpt: Excerpt, base: Track) -> Audio:
    before = base.mix.stems.get(name)
    if before is None:
        return made
    rate = made.sample_rate_hz
    target, level = loudness(_slice(before, excerpt).samples, rate), loudness(made.samples, rate)
    if min(target, level) <= _SILENT_LUFS:
        return made
    target += _fader_db(excerpt.plan, name) - _fader_db(base.plan, name)
    return Audio(made.samples * np.float32(db_to_gain(target - level)), rate)


def _fader_db(plan: Plan, name: str) -> float:
    return plan.mix.get(name, StripMove()).gain_db


def _slice(audio: Audio, excerpt: Excerpt) -> Audio:
    return excerpt.cut(Audio(audio.samples[:, excerpt.offset_samples :], audio.sample_rate_hz))


def _cropped(audio: Audio, length: int) -> Audio:
    return Audio(np.ascontiguousarray(audio.samples[:, :length]), audio.sample_rate_hz)
