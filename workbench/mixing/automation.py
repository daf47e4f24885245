"""What moves during the song: ducking from the kick, section levels, filters that open."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Floats, Gain, Signal
from workbench.domain.plan import SectionPlan
from workbench.domain.score import Score
from workbench.domain.song import drum_role
from workbench.domain.units import db_to_gain
from workbench.dsp.loudness import HOP_SECONDS, energy_to_lufs
from workbench.dsp.memory import duplicate, fresh
from workbench.dsp.sweep import sweep_filter

OPEN_HZ = 18_000.0
_OPENING_SECTIONS = ("intro", "build")
_RAMP_SECONDS = 0.06
_CROSSFADE_SECONDS = 0.03
_THROW_RAMP_SECONDS = 0.02
_SWEEP_HOP = 64
_FADE_BARS = 8
_MAXIMUM_BOOST_DB = 1.0
_MAXIMUM_CUT_DB = 3.0


def kick_onsets_seconds(score: Score) -> tuple[float, ...]:
    """When the kick sounds, in seconds, sorted; empty without percussion."""
    part = score.parts.get("percussion")
    notes = part.notes if part else ()
    return tuple(
        sorted(score.tempo_map.seconds_at(note.start_beats) for note in notes if drum_role(note.pitch) == "kick")
    )


def section_bounds_seconds(score: Score) -> list[tuple[float, float]]:
    """Start and end of each section in seconds."""
    bar, seconds_at = score.metre.bar_beats, score.tempo_map.seconds_at
    return [(seconds_at(section.start_bar * bar), seconds_at(section.end_bar * bar)) for section in score.sections]


def fade_out(score: Score, length: int, sample_rate_hz: int) -> Gain:
    """The fader that is pulled down while the band plays on, (length,): from 1 to 0, which the end of the song hears.

    It takes the last eight bars, or the last half of a song that is shorter than sixteen.
    """
    end = score.duration_seconds
    bars = min(_FADE_BARS, score.bars / 2.0)
    start = score.tempo_map.seconds_at((score.bars - bars) * score.metre.bar_beats)
    way = np.clip((np.arange(length) / sample_rate_hz - start) / (end - start), 0.0, 1.0)
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * way), np.float32)


def section_rides_db(energies: Floats, score: Score, slope_lu: float, contrast_lu: float = 0.0) -> list[float]:
    """Gain for each section that brings the song's loudness towards what its energies ask for.

    A section of energy `e` should be `slope_lu * e` louder than one of energy 0. What the arrangement does by
    itself counts; the ride adds at most 1 dB and takes away at most 3 dB. Contrast that was asked for comes on top.

    Parameters
    ----------
    energies
        `hop_energies` of the sum of the stems.
    score
        Gives sections, their bars and energies.
    slope_lu
        Loudness gained from energy 0 to energy 1.
    contrast_lu
        How much further from each other, or nearer below 0, energies 0 and 1 are to lie than they would.
    """
    measured = []
    for start, end in section_bounds_seconds(score):
        piece = energies[round(start / HOP_SECONDS) : round(end / HOP_SECONDS)]
        measured.append(energy_to_lufs(float(piece.mean())) if len(piece) else -70.0)
    audible = [i for i, loudness in enumerate(measured) if loudness > -60.0]
    if not audible:
        return [0.0] * len(measured)
    wanted = np.array([slope_lu * section.energy for section in score.sections])
    bars = np.array([section.bars for section in score.sections], dtype=np.float64)
    # The weighted median of the distances: one sparse intro must not move every other section.
    centre = _weighted_median(np.array(measured)[audible] - wanted[audible], bars[audible])
    rides = np.clip(centre + wanted - np.array(measured), -_MAXIMUM_CUT_DB, _MAXIMUM_BOOST_DB)
    energy = np.array([section.energy for section in score.sections])
    rides += contrast_lu * (energy - np.average(energy, weights=bars))
    return [float(ride) if i in audible else 0.0 for i, ride in enumerate(rides)]


def _weighted_median(values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]) -> float:
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2.0)])


def section_gain(rides_db: Sequence[float], score: Score, length_samples: int, sample_rate_hz: int) -> Gain:
    """One gain curve from one value a section; it arrives at each new value on the section's first beat."""
    gain = fresh((length_samples,))
    gain.fill(db_to_gain(rides_db[-1]))
    ramp = round(_RAMP_SECONDS * sample_rate_hz)
    curve = 0.5 - 0.5 * np.cos(np.pi * np.arange(ramp) / ramp)
    for index, (start, end) in enumerate(section_bounds_seconds(score)):
        first, last = round(start * sample_rate_hz), min(round(end * sample_rate_hz), length_samples)
        gain[first:last] = db_to_gain(rides_db[index])
        if index and first < length_samples:
            begin = max(0, first - ramp)
            step_db = rides_db[index] - rides_db[index - 1]
            gain[begin:first] *= 10.0 ** (step_db * curve[ramp - (first - begin) :] / 20.0)
    return gain


def open_over_sections(samples: Signal, score: Score, opening_hz: float, sample_rate_hz: int) -> Signal:
    """Low-pass (2, n) samples in every intro and build, opening exponentially from `opening_hz` to 18 kHz.

    Neighbouring sections are untouched: the filtered sound is cross-faded in and out at the borders.
    """
    out = samples
    for section, (start, end) in zip(score.sections, section_bounds_seconds(score), strict=True):
        if section.name in _OPENING_SECTIONS:
            out = _open_one(out, section, start, end, opening_hz, sample_rate_hz)
    return out


def _open_one(
    samples: Signal, section: SectionPlan, start: float, end: float, opening_hz: float, sample_rate_hz: int
) -> Signal:
    fade = round(_CROSSFADE_SECONDS * sample_rate_hz)
    lead = fade if section.start_bar else 0
    first, last = round(start * sample_rate_hz), min(round(end * sample_rate_hz), samples.shape[1])
    begin = max(0, first - lead)
    if last - begin <= 2 * fade:
        return samples
    # Sections of little energy begin darker, those that are full already hardly close.
    lowest = opening_hz * 2.0 ** (2.0 * section.energy)
    position = np.linspace(0.0, 1.0, (last - begin) // _SWEEP_HOP + 2)
    cutoff = lowest * (OPEN_HZ / lowest) ** (position**1.5)
    filtered = sweep_filter(samples[:, begin:last], cutoff, _SWEEP_HOP, sample_rate_hz)
    weight = np.ones(last - begin, dtype=np.float32)
    weight[-fade:] = np.linspace(1.0, 0.0, fade, dtype=np.float32)
    if lead:
        weight[:fade] = np.linspace(0.0, 1.0, fade, dtype=np.float32)
    out = duplicate(samples)
    out[:, begin:last] += weight * (filtered - samples[:, begin:last])
    return out


def rise_over_builds(samples: Signal, score: Score, rising_hz: float, sample_rate_hz: int) -> Signal:
    """High-pass (2, n) samples in every build, from 20 Hz to `rising_hz`; the low end comes back with the next section.

    The cutoff rises exponentially, most of it in the second half; filtered and plain sound are cross-faded over 30 ms.
    """
    out = samples
    fade = round(_CROSSFADE_SECONDS * sample_rate_hz)
    for section, (start, end) in zip(score.sections, section_bounds_seconds(score), strict=True):
        first, last = round(start * sample_rate_hz), min(round(end * sample_rate_hz), samples.shape[1])
        if section.name != "build" or last - first <= 2 * fade:
            continue
        position = np.linspace(0.0, 1.0, (last - first) // _SWEEP_HOP + 2)
        cutoff = 20.0 * (rising_hz / 20.0) ** (position**1.5)
        filtered = sweep_filter(samples[:, first:last], cutoff, _SWEEP_HOP, sample_rate_hz, high_pass=True)
        weight = np.ones(last - first, dtype=np.float32)
        weight[:fade] = np.linspace(0.0, 1.0, fade, dtype=np.float32)
        weight[-fade:] = np.linspace(1.0, 0.0, fade, dtype=np.float32)
        if out is samples:
            out = duplicate(samples)
        out[:, first:last] += weight * (filtered - samples[:, first:last])
    return out


def throw_gain(score: Score, throw_db: float, length_samples: int, sample_rate_hz: int) -> Gain:
    """Gain of a delay send that opens by `throw_db` in the last beat of every section but the last.

    The echo of what is played there falls into the next section; the ramps take 20 ms.
    """
    bar, seconds_at = score.metre.bar_beats, score.tempo_map.seconds_at
    ramp = max(1, round(_THROW_RAMP_SECONDS * sample_rate_hz))
    gain = fresh((length_samples,))
    gain.fill(1.0)
    for section in score.sections[:-1]:
        end_beats = section.end_bar * bar
        first = round(seconds_at(end_beats - 1.0) * sample_rate_hz)
        last = min(round(seconds_at(end_beats) * sample_rate_hz), length_samples)
        if last - first > 2 * ramp and first >= 0:
            edge = 0.5 - 0.5 * np.cos(np.pi * np.arange(ramp) / ramp)
            gain[first:last] = db_to_gain(throw_db)
            gain[first : first + ramp] = 10.0 ** (throw_db / 20.0 * edge)
            gain[last - ramp : last] = gain[first : first + ramp][::-1]
    return gain
