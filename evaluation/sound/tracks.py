"""Tracks under judgement: composed, rendered, mixed, mastered and delivered, one at a time, kept as values only."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from evaluation.sound.second_meter import second_opinion
from workbench.analysis import defects, loudness, peaks, spectrum, stereo
from workbench.analysis.reference_halves import family_of
from workbench.domain.audio import Audio, Mix
from workbench.domain.plan import Delivery, Plan
from workbench.domain.request import parse_request
from workbench.domain.score import Score

STYLES = (
    "house", "techno", "trap", "pop", "synthwave", "deep-house", "drum-and-bass", "lo-fi", "boom-bap", "ambient",
    "rock", "trance", "dubstep", "uk-garage", "afro-house", "funk-disco", "rnb", "cinematic", "chiptune",
    "reggae-dub", "bossa", "jazz-hop",
)  # fmt: skip
"""Every style, the most different ones first, so that a few tracks already tell much."""

FORMATS = ("wav", "mp3")
"""Delivered files of each track: 24-bit PCM (WAV, AIFF and FLAC hold the same samples) and MP3 at 320 kbit/s."""

_LOW_HZ = 120.0


@dataclass(frozen=True, slots=True)
class TrackJob:
    """One track to make: a style's name as concept, a seed and a length."""

    style: str
    seed: int
    duration_seconds: float
    preview: bool = False

    @property
    def name(self) -> str:
        """Style and seed."""
        return f"{self.style}-{self.seed}"


@dataclass(frozen=True, slots=True)
class FileValues:
    """One delivered file after decoding."""

    target_lufs: float
    ceiling_dbtp: float
    pyloudnorm_lufs: float
    ebur128_lufs: float
    own_true_peak_dbtp: float
    ebur128_true_peak_dbtp: float


@dataclass(frozen=True, slots=True, eq=False)
class TrackValues:
    """What was measured of one track.

    `files` by format; `overlap` and `overlap_unequalised` are `stems.overlap` with and without the equalising of the
    strips; `faults` counts clicks, offset, clipping, numbers that are none and silence, by name.
    """

    name: str
    style: str
    family: str
    files: Mapping[str, FileValues]
    third_octave_db: tuple[float, ...]
    crest_db: float
    mix_crest_db: float
    correlation_min: float
    correlation_low: float
    mono_loss_db: float
    faults: Mapping[str, float]
    stem_residual_db: float
    kick_offset_db: float
    bass_offset_db: float
    overlap: float
    overlap_unequalised: float


def jobs(count: int, duration_seconds: float, *, seed: int = 7, preview: bool = False) -> list[TrackJob]:
    """The first `count` tracks: every style once, then again with the next seed."""
    return [TrackJob(STYLES[i % len(STYLES)], seed + i // len(STYLES), duration_seconds, preview) for i in range(count)]


def compose_job(job: TrackJob) -> tuple[Plan, Score]:
    """Plan and score of a job."""
    from workbench.pipeline import compose_only

    request = parse_request(
        {
            "parameters": {
                "creative": {"concept": job.style.replace("-", " ")},
                "technical": {"duration": job.duration_seconds},
            },
            "options": {"seed": job.seed, "preview": job.preview},
        }
    )
    return compose_only(request)


def judge_track(name: str, plan: Plan, score: Score) -> TrackValues:
    """Render, mix and deliver a composed track, and measure it."""
    from evaluation.sound.stems import lean, overlap, without_equalising
    from workbench.dsp.headroom import within_full_scale
    from workbench.mixing import mix
    from workbench.pipeline import deliver
    from workbench.rendering import render

    rendered = render(score, plan)
    mixed = within_full_scale(mix(rendered, score, plan))
    plain = mix(rendered, score, plan, profile=without_equalising(plan.mix_profile))
    heard = {}
    for kind in FORMATS:
        delivered = replace(plan, delivery=as_format(plan.delivery, kind))
        _, heard[kind] = deliver(mixed, delivered)
    files = {kind: measure_file(audio, plan.delivery) for kind, audio in heard.items()}
    return _values(name, plan, score, mixed, heard["wav"], files, overlap(mixed), overlap(plain), lean(mixed))


def as_format(delivery: Delivery, kind: str) -> Delivery:
    """The same delivery in another format."""
    return replace(delivery, format=kind, bit_depth=24)


def measure_file(audio: Audio, delivery: Delivery) -> FileValues:
    """Both loudness meters and both true-peak meters on one decoded file; nan where there is no second one."""
    second = second_opinion(audio)
    return FileValues(
        target_lufs=delivery.target_lufs,
        ceiling_dbtp=delivery.ceiling_dbtp,
        pyloudnorm_lufs=loudness.integrated_loudness(audio),
        ebur128_lufs=math.nan if second is None else second.integrated_lufs,
        own_true_peak_dbtp=peaks.true_peak_dbtp(audio),
        ebur128_true_peak_dbtp=math.nan if second is None else second.true_peak_dbtp,
    )


def _values(
    name: str, plan: Plan, score: Score, mixed: Mix, master: Audio, files: Mapping[str, FileValues],
    shared: float, shared_unequalised: float, places: Mapping[str, float],
) -> TrackValues:  # fmt: skip
    from workbench.quality.facts import mix_numbers

    picture = spectrum.stereo_spectrum(master)
    image = stereo.stereo_image(master)
    return TrackValues(
        name=name,
        style=plan.style,
        family=family_of(plan.style),
        files=files,
        third_octave_db=tuple(float(level) for level in spectrum.third_octave_db(picture)),
        crest_db=peaks.crest_factor_db(master),
        mix_crest_db=peaks.crest_factor_db(mixed.audio),
        correlation_min=float(image.correlation_series.min(initial=1.0)),
        correlation_low=stereo.band_correlation(picture)["low"],
        mono_loss_db=image.mono_loss_db,
        faults=count_faults(master, score),
        stem_residual_db=mix_numbers(mixed)["stem_residual_db"],
        kick_offset_db=places.get("percussion", 0.0),
        bass_offset_db=places.get("bass", 0.0),
        overlap=shared,
        overlap_unequalised=shared_unequalised,
    )


def count_faults(master: Audio, score: Score) -> dict[str, float]:
    """Faults of a master by kind.

    Silence counts the gaps of a quarter of a second and more in which a note of the score begins: a stop that was
    composed is no fault of the sound.
    """
    from workbench.quality.facts import unexplained_clicks

    spans = defects.silence_spans(master, shortest_seconds=0.25)
    beat = 60.0 / score.tempo_bpm
    notes = [note.start_beats * beat for part in score.parts.values() for note in part.notes]
    return {
        "clicks": float(len(unexplained_clicks(defects.clicks(master), score))),
        "offset": float(defects.dc_offset(master) > 0.001),
        "clipped": float(defects.clipped_samples(master)),
        "not finite": float(defects.non_finite_samples(master)),
        "silence": float(sum(any(start <= onset < end - 0.05 for onset in notes) for start, end in spans)),
    }
