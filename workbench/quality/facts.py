"""What the checks look at: plan, score, mix and master with everything measured once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from workbench.analysis import defects, symbolic
from workbench.analysis.loudness import momentary_loudness
from workbench.analysis.profile import Measurements, measure
from workbench.analysis.rhythm import fold_bpm
from workbench.domain.arrays import Floats
from workbench.domain.audio import Audio, Mix
from workbench.domain.plan import Plan
from workbench.domain.results import Outcome
from workbench.domain.score import Score
from workbench.domain.units import gain_to_db
from workbench.dsp.levels import mean_square
from workbench.dsp.parallel import each_block

_RESIDUAL_SAMPLES = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """All that is known of a track. `momentary_lufs` has one value each 0.1 s, covering the 0.4 s from there."""

    plan: Plan
    score: Score
    mix: Mix
    master: Audio
    measured: Measurements
    click_seconds: tuple[float, ...]
    momentary_lufs: Floats
    extra: Mapping[str, float]

    def __getitem__(self, name: str) -> float:
        return self.measured.numbers[name]

    @property
    def numbers(self) -> dict[str, float]:
        """All figures, flat."""
        return {**self.measured.numbers, **self.extra}


@dataclass(frozen=True, slots=True)
class Finding:
    """Outcome of a check: the value that was measured and the limit in words."""

    outcome: Outcome
    value: float | str | None
    limit: str


@dataclass(frozen=True, slots=True)
class Check:
    """One coded check. `explanation` says what the figure means and what to do about it."""

    code: str
    title: str
    unit: str
    explanation: str
    judge: Callable[[Facts], Finding]


def gather(*, master: Audio, mix: Mix, score: Score, plan: Plan) -> Facts:
    """Measure everything that the checks need."""
    measured = measure(master, expected_bpm=plan.tempo_bpm)
    clean = defects.without_non_finite(master)
    times = unexplained_clicks(measured.click_seconds, score)
    extra = {
        **symbolic.symbolic_numbers(score),
        **mix_numbers(mix),
        "unexplained_click_count": float(len(times)),
        "tempo_error_bpm": round(abs(fold_bpm(measured["tempo_bpm"], plan.tempo_bpm) - plan.tempo_bpm), 6),
    }
    return Facts(plan, score, mix, clean, measured, times, momentary_loudness(clean), extra)


def unexplained_clicks(times: tuple[float, ...], score: Score, *, reach_seconds: float = 0.015) -> tuple[float, ...]:
    """Clicks further than `reach_seconds` from the start of any note: no attack explains them."""
    starts = sorted(
        score.tempo_map.seconds_at(note.start_beats) for part in score.parts.values() for note in part.notes
    )
    if not starts or not times:
        return times
    onset = np.array(starts)
    place = np.searchsorted(onset, times)
    gap = np.minimum(
        np.abs(onset[np.clip(place, 0, onset.size - 1)] - times), np.abs(onset[np.clip(place - 1, 0, None)] - times)
    )
    return tuple(float(time) for time, near in zip(times, gap, strict=True) if near > reach_seconds)


def mix_numbers(mix: Mix) -> dict[str, float]:
    """Level of each stem and how far the stems' sum lies from the mix, in dB full scale."""
    numbers = {f"{element}_rms_db": _rms_db(stem) for element, stem in mix.stems.items()}
    numbers["stem_residual_db"] = gain_to_db(_residual(mix))
    return {name: round(value, 4) for name, value in numbers.items()}


def graded(value: float, limit: str, *, good: bool, bearable: bool = False) -> Finding:
    """Pass if `good`, warn if only `bearable`, fail else; the value is rounded to four digits."""
    return Finding("pass" if good else "warn" if bearable else "fail", round(float(value), 4), limit)


def not_applicable(reason: str) -> Finding:
    """The check makes no sense for this track; the reason stands in place of the limit."""
    return Finding("not applicable", None, reason)


def _residual(mix: Mix) -> float:
    """Highest magnitude of the mix minus all stems."""

    def highest(start: int, stop: int) -> float:
        rest = mix.audio.samples[:, start:stop].copy()
        for stem in mix.stems.values():
            piece = stem.samples[:, start:stop]
            rest[:, : piece.shape[1]] -= piece
        return float(np.abs(rest).max(initial=0.0))

    return max(each_block(highest, mix.audio.samples.shape[1], _RESIDUAL_SAMPLES), default=0.0)


def _rms_db(audio: Audio) -> float:
    return gain_to_db(float(np.sqrt(mean_square(audio.samples))))
