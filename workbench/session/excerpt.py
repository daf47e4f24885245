"""Some bars of a song as a song of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from workbench.domain.audio import Audio, Desk
from workbench.domain.automation import Lane, shifted
from workbench.domain.moves import relaid, with_lanes
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.score import Part, Score

LEAD_SECONDS = 2.0
"""At least this much is made before the bars that are asked for, so that what rings into them is heard."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Bars `start_bar` to `end_bar` - 1 (from 0) as plan and score that begin at beat 0.

    The first samples up to `first_bar` are its lead-in. `offset_samples` is where it begins in the song.
    """

    plan: Plan
    score: Score
    offset_samples: int
    lead_samples: int
    length_samples: int

    @property
    def wanted(self) -> slice:
        """Where the bars that were asked for lie in the song, in samples."""
        return slice(self.offset_samples + self.lead_samples, self.offset_samples + self.length_samples)

    def cut(self, audio: Audio) -> Audio:
        """Those bars of something that was made from the excerpt; silence where it is too short."""
        samples = audio.samples[:, self.lead_samples : self.length_samples]
        missing = self.length_samples - self.lead_samples - samples.shape[1]
        return Audio(np.pad(samples, ((0, 0), (0, max(0, missing)))), audio.sample_rate_hz)


def excerpt_of(plan: Plan, score: Score, bars: range, elements: Iterable[str]) -> Excerpt:
    """The excerpt that holds `bars` (from 0), with some of the song's elements, in preview quality."""
    bar_beats, rate = plan.metre.bar_beats, plan.delivery.sample_rate_hz
    start = bars.start
    while start > 0 and _seconds(plan, bars.start) - _seconds(plan, start) < LEAD_SECONDS:
        start -= 1
    first, end = start * bar_beats, bars.stop * bar_beats
    sections = tuple(_clipped(section, start, bars.stop) for section in _within(plan.sections, start, bars.stop))
    chords = tuple(
        replace(chord, onset_beats=chord.onset_beats - first)
        for chord in score.chords
        if first <= chord.onset_beats < end
    )
    parts = {
        name: Part(
            name,
            tuple(
                replace(note, onset_beats=note.onset_beats - first)
                for note in score.parts[name].notes
                if first <= note.onset_beats < end
            ),
        )
        for name in elements
    }

    def earlier(lane: Lane) -> Lane:
        return shifted(lane, -start)

    offset, lead, stop = (round(_seconds(plan, bar) * rate) for bar in (start, bars.start, bars.stop))
    return Excerpt(
        plan=replace(
            plan,
            sections=sections,
            ending="close",
            delivery=replace(plan.delivery, preview=True),
            mix={name: with_lanes(move, earlier) for name, move in plan.mix.items()},
            patch_settings={name: relaid(values, earlier) for name, values in plan.patch_settings.items()},
        ),
        score=replace(score, sections=sections, chords=chords, parts=parts),
        offset_samples=offset,
        lead_samples=lead - offset,
        length_samples=stop - offset,
    )


def desk_of(desk: Desk, excerpt: Excerpt) -> Desk:
    """What the desk had settled on in the excerpt's bars, within one of its steps (5 ms)."""
    hop = desk.hop_samples
    steps = slice(excerpt.offset_samples // hop, (excerpt.offset_samples + excerpt.length_samples) // hop + 2)
    return Desk(desk.curves, desk.side_gain[steps], desk.gain[steps], hop, excerpt.length_samples)


def _seconds(plan: Plan, bar: int) -> float:
    return plan.tempo_map.seconds_at(bar * plan.metre.bar_beats)


def _within(sections: Iterable[SectionPlan], start: int, end: int) -> list[SectionPlan]:
    return [section for section in sections if section.start_bar < end and section.end_bar > start]


def _clipped(section: SectionPlan, start: int, end: int) -> SectionPlan:
    first, last = max(section.start_bar, start), min(section.end_bar, end)
    return replace(section, start_bar=first - start, bars=last - first)
