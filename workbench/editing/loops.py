"""A song as a seamless loop: what rings on at its end sounds at its beginning, and every process runs round with it.

The stems are rendered with their tails, and the tails are added to the beginning: exact, since notes are summed. The
desk and the master, which remember what went before, hear the loop several times in a row; the last turn but one is
kept, in which they have settled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from workbench.domain.arrays import Signal
from workbench.domain.audio import Audio, Mix
from workbench.domain.automation import laid
from workbench.domain.clock import Clock
from workbench.domain.moves import with_lanes
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.request import GenerationRequest
from workbench.domain.results import Track
from workbench.domain.score import Part, Score
from workbench.dsp.headroom import within_full_scale
from workbench.mixing import mix
from workbench.output import master_as_heard
from workbench.pipeline import deliver
from workbench.provenance import provenance
from workbench.quality import check
from workbench.rendering import render

if TYPE_CHECKING:
    from workbench.analysis.references import ReferenceProfile
    from workbench.store import Store

_SETTLED_SECONDS = 10.0
"""Turns before the one that is kept last at least this long: reverbs and gains are then where they stay."""


def finish_loop(
    request: GenerationRequest,
    plan: Plan,
    score: Score,
    references: Sequence[ReferenceProfile],
    clock: Clock,
    store: Store | None = None,
) -> Track:
    """From score to a track that is as long as its bars and flows into itself.

    Parameters are those of `pipeline.finish`.
    """
    length = round(score.duration_seconds * plan.delivery.sample_rate_hz)
    before = max(1, math.ceil(_SETTLED_SECONDS / score.duration_seconds))
    turns = before + 2
    kept = slice(before * length, (before + 1) * length)
    with clock.stage("render") as report:
        rendered = render(score, plan, progress=report, store=store)
        stems = {name: folded(stem, length) for name, stem in rendered.items()}
    with clock.stage("mix"):
        rounds = {name: Audio(np.tile(stem.samples, turns), stem.sample_rate_hz) for name, stem in stems.items()}
        long_plan, long_score = repeated(plan, score, turns)
        mixed = within_full_scale(_cut(mix(rounds, long_score, long_plan), kept))
    with clock.stage("master"):
        tiled = Audio(np.tile(mixed.audio.samples, turns), mixed.audio.sample_rate_hz)
        mastered, _ = deliver(Mix(tiled, {}), plan)
        one = Audio(np.ascontiguousarray(mastered.samples[:, kept]), mastered.sample_rate_hz)
        heard = master_as_heard(one, plan)
    with clock.stage("check"):
        quality = check(master=heard, mix=mixed, score=score, plan=plan, references=references)
    return Track(request, plan, score, mixed, one, quality, provenance(plan, clock.seconds))


def folded(stem: Audio, length: int) -> Audio:
    """A stem of `length` samples whose tail sounds at its beginning, as often as it reaches round.

    Examples
    --------
    >>> tail = Audio(np.float32([[1, 2, 3, 10, 20], [0, 0, 0, 0, 5]]), 48000)
    >>> folded(tail, 3).samples.tolist()
    [[11.0, 22.0, 3.0], [0.0, 5.0, 0.0]]
    """
    samples: Signal = stem.samples
    turns = -(-samples.shape[1] // length)
    padded = np.pad(samples, ((0, 0), (0, turns * length - samples.shape[1])))
    return Audio(padded.reshape(2, turns, length).sum(axis=1, dtype=np.float32), stem.sample_rate_hz)


def repeated(plan: Plan, score: Score, turns: int) -> tuple[Plan, Score]:
    """Plan and score with the song several times in a row."""

    def later(section: SectionPlan, turn: int) -> SectionPlan:
        return replace(section, start_bar=section.start_bar + turn * score.bars)

    sections = tuple(later(section, turn) for turn in range(turns) for section in score.sections)
    beats = score.length_beats
    chords = tuple(
        replace(chord, onset_beats=chord.onset_beats + turn * beats) for turn in range(turns) for chord in score.chords
    )
    parts = {
        name: Part(
            name,
            tuple(
                replace(note, onset_beats=note.onset_beats + turn * beats)
                for turn in range(turns)
                for note in part.notes
            ),
        )
        for name, part in score.parts.items()
    }
    order = list(range(score.bars)) * turns
    mix = {
        name: with_lanes(move, lambda lane: laid(lane, order, score.metre.bar_beats)) for name, move in plan.mix.items()
    }
    return replace(plan, sections=sections, mix=mix), replace(score, sections=sections, chords=chords, parts=parts)


def _cut(mixed: Mix, kept: slice) -> Mix:
    stems = {
        name: Audio(np.ascontiguousarray(stem.samples[:, kept]), stem.sample_rate_hz)
        for name, stem in mixed.stems.items()
    }
    return Mix(Audio(np.ascontiguousarray(mixed.audio.samples[:, kept]), mixed.audio.sample_rate_hz), stems)
