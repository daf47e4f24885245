"""Loudness meters against test tones after EBU Tech 3341 and 3342, and our true peak against a second meter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evaluation.criteria import Row, at_most, observed
from evaluation.sound.second_meter import MISSING, second_opinion
from workbench.analysis.loudness import integrated_loudness, loudness_range, momentary_loudness, short_term_loudness
from workbench.analysis.peaks import true_peak_dbtp
from workbench.domain.arrays import Floats
from workbench.domain.audio import Audio
from workbench.domain.units import gain_to_db
from workbench.dsp.equaliser import Band, equalise

RATE = 48000


@dataclass(frozen=True, slots=True)
class Case:
    """One tone of the standard: what is measured, what should be read and within what."""

    name: str
    kind: str
    samples: Floats
    expected: float
    below: float
    above: float


def tone(level_db: float, seconds: float, *, hz: float = 1000.0, phase_degrees: float = 0.0) -> Floats:
    """A sine whose peak lies at `level_db`."""
    time = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(10.0 ** (level_db / 20.0) * np.sin(2.0 * np.pi * hz * time + np.deg2rad(phase_degrees)))


def sequence(parts: Sequence[tuple[float, float]]) -> Floats:
    """Tones of (level in dB, seconds), one after the other without a jump in phase."""
    seconds = sum(length for _, length in parts)
    carrier = tone(0.0, seconds)
    gains = np.concatenate([np.full(round(length * RATE), 10.0 ** (level / 20.0)) for level, length in parts])
    return np.asarray(carrier[: gains.size] * gains[: carrier.size])


def cases() -> list[Case]:
    """Cases 1 to 5, 9 to 13 and 15 to 19 of Tech 3341 (stereo ones) and 1 to 4 of Tech 3342."""
    steady = [
        ("1", [(-23.0, 20.0)]), ("2", [(-33.0, 20.0)]), ("3", [(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)]),
        ("4", [(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)]),
        ("5", [(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)]),
    ]  # fmt: skip
    found = [
        Case(f"3341-{name}", "integrated", sequence(parts), -33.0 if name == "2" else -23.0, 0.1, 0.1)
        for name, parts in steady
    ]
    found.append(Case("3341-9", "short term", sequence([(-20.0, 1.34), (-30.0, 1.66)] * 5), -23.0, 0.1, 0.1))
    found.append(Case("3341-12", "momentary", sequence([(-20.0, 0.18), (-30.0, 0.22)] * 25), -23.0, 0.1, 0.1))
    for delay in (0.0, 0.15 * 7, 0.15 * 19):
        burst = np.concatenate([np.zeros(round(delay * RATE)), tone(-23.0, 3.0), np.zeros(RATE)])
        found.append(Case("3341-10", "short term maximum", burst, -23.0, 0.1, 0.1))
    for delay in (0.0, 0.02 * 7, 0.02 * 19):
        burst = np.concatenate([np.zeros(round(delay * RATE)), tone(-23.0, 0.4), np.zeros(RATE)])
        found.append(Case("3341-13", "momentary maximum", burst, -23.0, 0.1, 0.1))
    peaks = ((15, 4, 0.0, 0.5, -6.0), (16, 4, 45.0, 0.5, -6.0), (17, 6, 60.0, 0.5, -6.0), (18, 8, 67.5, 0.5, -6.0),
             (19, 4, 45.0, 1.41, 3.0))  # fmt: skip
    for number, divisor, phase, amplitude, expected in peaks:
        shaped = tone(gain_to_db(amplitude), 1.0, hz=RATE / divisor, phase_degrees=phase) * _swell(RATE)
        found.append(Case(f"3341-{number}", "true peak", shaped, expected, 0.4, 0.2))
    ranges = (
        ("1", [(-20.0, 20.0), (-30.0, 20.0)], 10.0), ("2", [(-20.0, 20.0), (-15.0, 20.0)], 5.0),
        ("3", [(-40.0, 20.0), (-20.0, 20.0)], 20.0),
        ("4", [(-50.0, 20.0), (-35.0, 20.0), (-20.0, 20.0), (-35.0, 20.0), (-50.0, 20.0)], 15.0),
    )  # fmt: skip
    return found + [
        Case(f"3342-{name}", "range", sequence(parts), expected, 1.0, 1.0) for name, parts, expected in ranges
    ]


def judge_meters() -> list[Row]:
    """How far each kind of meter lies outside the tolerance of its worst case; then both true-peak meters."""
    groups: dict[str, list[float]] = {}
    for case in cases():
        groups.setdefault(case.kind, []).append(_outside(case))
    rows: list[Row] = [
        at_most(f"meters: {kind}, outside the tolerance of EBU Tech 3341/3342", max(found), 0.0, "LU", len(found))
        for kind, found in groups.items()
    ]
    opinions = [(true_peak_dbtp(audio), second_opinion(audio)) for audio in _peaky()]
    gaps = [abs(own - second.true_peak_dbtp) for own, second in opinions if second is not None]
    if not gaps:
        return [*rows, observed(MISSING, 1.0, "criterion", 0)]
    return [*rows, at_most("meters: true peak against pyebur128", max(gaps), 0.2, "dB", len(gaps))]


def _outside(case: Case) -> float:
    audio = Audio(np.stack([case.samples, case.samples]).astype(np.float32), RATE)
    worst = 0.0
    for value in _READERS[case.kind](audio):
        worst = max(worst, value - case.expected - case.above, case.expected - case.below - value)
    return worst


_READERS: dict[str, Callable[[Audio], Sequence[float]]] = {
    "integrated": lambda audio: [integrated_loudness(audio)],
    "short term": lambda audio: short_term_loudness(audio).tolist(),
    "short term maximum": lambda audio: [float(short_term_loudness(audio, hop_seconds=0.01).max())],
    "momentary": lambda audio: momentary_loudness(audio, hop_seconds=0.2)[::2].tolist(),
    "momentary maximum": lambda audio: [float(momentary_loudness(audio, hop_seconds=0.01).max())],
    "true peak": lambda audio: [true_peak_dbtp(audio)],
    "range": lambda audio: [loudness_range(audio)],
}


def _narrowed(samples: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Without what lies far above 14 kHz."""
    return equalise(samples.astype(np.float32), [Band("low_pass", 14_000.0)] * 4, RATE)


def _swell(length: int) -> Floats:
    rise = np.minimum(1.0, np.arange(length) / (0.01 * RATE))
    return np.asarray(rise * rise[::-1])


def _peaky() -> list[Audio]:
    """Noise up to 14 kHz, the same clipped, clicks and tones: signals whose peaks lie between the samples.

    White noise clipped to squares is left out: near half the sample rate the filters that BS.1770 allows differ by
    up to 1 dB, and ours reads the higher value.
    """
    rng = np.random.default_rng(4)
    noise = _narrowed(0.2 * rng.standard_normal((2, 2 * RATE)))
    clicks = np.zeros((2, RATE))
    clicks[:, rng.integers(100, RATE - 100, 40)] = 0.9
    waves: list[Floats] = [tone(-3.0, 1.0, hz=hz, phase_degrees=30.0) * _swell(RATE) for hz in (997.0, 9001.0, 15013.0)]
    tones = [np.stack([wave, wave]) for wave in waves]
    peaky: list[npt.NDArray[np.floating]] = [noise, _narrowed(np.clip(noise, -0.3, 0.3)), clicks, *tones]
    return [Audio(samples.astype(np.float32), RATE) for samples in peaky]
