"""Four short tracks with real sound, and the same damaged on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from evaluation import degradations
from evaluation.metric_checks import truth
from evaluation.suites.run_result import RunResult, TrackResult
from evaluation.suites.track_measurements import track_values
from workbench.domain.audio import Audio, Mix
from workbench.domain.plan import Delivery, PartTraits, Plan, SectionPlan
from workbench.domain.request import GenerationRequest
from workbench.domain.results import Provenance, QualityReport, Track
from workbench.domain.score import Part, Score
from workbench.domain.theory import Key, Metre

BARS = 4
SONGS = (("C major", 112.0), ("A minor", 104.0), ("F major", 96.0), ("E minor", 90.0))


def song(plan_like: Plan, number: int, *, key: str | None = None) -> Track:
    """Song `number`: drums, bass and pads in the truth's plain voices; `key` plays it in another key than planned."""
    name, bpm = SONGS[number]
    planned, sounding = Key.parse(name), Key.parse(key or name)
    chords, pads = truth.chord_song(sounding, bars=BARS)
    bass = Part("bass", tuple(replace(note, duration_beats=3.5) for note in pads.notes if note.pitch < 45))
    pads = Part("pads", tuple(note for note in pads.notes if note.pitch >= 45))
    drums = truth.drum_notes(bpm, BARS, seed=number)
    sections = (SectionPlan("verse", "verse", 0, BARS, 0.6, ("percussion", "bass", "pads")),)
    traits = {"percussion": PartTraits(0.6), "bass": PartTraits(0.2), "pads": PartTraits(0.3)}
    plan = replace(
        plan_like, tempo_bpm=bpm, key=planned, sections=sections, palette=tuple(traits), parts=traits,
        delivery=Delivery(sample_rate_hz=truth.RATE_HZ), seed=number,
    )  # fmt: skip
    parts = {"percussion": drums, "bass": bass, "pads": pads}
    score = Score(f"song {number}", bpm, Metre(), planned, sections, chords, parts)
    stems = {"percussion": truth.play_drums(drums, bpm, seed=number), "bass": truth.play_notes(bass, bpm),
             "pads": truth.play_notes(pads, bpm)}  # fmt: skip
    return with_stems(Track(
        GenerationRequest.from_concept("song"), plan, score, Mix(stems["pads"], stems), stems["pads"],
        QualityReport((), {}, {}), Provenance(number, {}, {}, {}),
    ), stems)  # fmt: skip


def with_stems(track: Track, stems: dict[str, Audio]) -> Track:
    """The track of these stems: their sum is the mix, and the mix at -14 LUFS the master."""
    from workbench.analysis.loudness import integrated_loudness

    length = max(stem.samples.shape[1] for stem in stems.values())
    padded = {name: Audio(np.pad(stem.samples, ((0, 0), (0, length - stem.samples.shape[1]))), truth.RATE_HZ)
              for name, stem in stems.items()}  # fmt: skip
    mix = Audio(np.sum([stem.samples for stem in padded.values()], axis=0, dtype=np.float32), truth.RATE_HZ)
    master = degradations.quieter(mix, integrated_loudness(mix) + 14.0)
    return replace(track, mix=Mix(mix, padded), master=master)


def with_stem(track: Track, element: str, change: Callable[[Audio], Audio]) -> Track:
    """The track with one stem changed before the mix."""
    return with_stems(track, {**track.mix.stems, element: change(track.mix.stems[element])})


def measured(tracks: list[Track], name: str) -> RunResult:
    """The tracks as the result of a run."""
    results = tuple(TrackResult(f"song-{number}", "", track_values(track)) for number, track in enumerate(tracks))
    return RunResult("hand", "By hand", "", "", results, name=name)
