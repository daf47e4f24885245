"""Loudness, after ITU-R BS.1770-4 and EBU R 128.

Integrated loudness has pyloudnorm's filters and blocks. The running series and the loudness range use the K-weighting
below, which is the analogue prototype of BS.1770 taken to any sample rate by the bilinear transform.

Errors measured on the EBU Tech 3341/3342 tones: momentary and short-term loudness 0.01 LU, loudness range 0.05 LU,
integrated loudness 0.06 LU.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.analysis.peaks import crest_factor_db, peak_db, true_peak_dbtp
from workbench.domain.arrays import Floats
from workbench.domain.audio import Audio
from workbench.domain.errors import ParameterError
from workbench.dsp.loudness import default_sections, gated, warm_up_samples, weighted_energies

FLOOR_LUFS = -70.0
"""Result for silence and for audio shorter than one gating block; also the absolute gate of BS.1770."""

BLOCK_SECONDS = 0.4
SHORT_TERM_SECONDS = 3.0
_SLOT_SECONDS = 0.01
_STEP_SECONDS = BLOCK_SECONDS / 4.0
_OFFSET_LUFS = -0.691


@dataclass(frozen=True, slots=True)
class LoudnessMeasurement:
    """All loudness and dynamics figures of one signal.

    `plr_db` is true peak minus integrated loudness, `psr_db` true peak minus the highest short-term loudness.
    """

    integrated_loudness_lufs: float
    loudness_range_lu: float
    momentary_max_lufs: float
    short_term_max_lufs: float
    true_peak_dbtp: float
    sample_peak_db: float
    crest_factor_db: float
    plr_db: float
    psr_db: float


def integrated_loudness(audio: Audio) -> float:
    """Gated loudness of the whole signal (ITU-R BS.1770-4), as pyloudnorm reads it.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    float
        LUFS. Silence, and audio shorter than one gating block of 0.4 s, gives `FLOOR_LUFS`.

    Examples
    --------
    A tone of 997 Hz at -23 dB full scale in both channels has -23 LUFS:

    >>> wave = 10 ** (-23 / 20) * np.sin(2 * np.pi * 997 * np.arange(48000) / 48000)
    >>> round(integrated_loudness(Audio(np.stack([wave, wave]).astype(np.float32), 48000)), 1)
    -23.0
    """
    if audio.duration_seconds < BLOCK_SECONDS:
        return FLOOR_LUFS
    rate = audio.sample_rate_hz
    blocks = round((audio.duration_seconds - BLOCK_SECONDS) / _STEP_SECONDS) + 1
    # pyloudnorm's blocks begin at whole samples, and the last may reach beyond the end.
    edges = np.minimum((np.arange(blocks + 4) * _STEP_SECONDS * rate + 1e-6).astype(np.int64), audio.samples.shape[1])
    steps = weighted_energies(audio.samples, default_sections(rate), edges, warm_up_samples(rate)) * np.diff(edges)
    power = np.convolve(steps, np.ones(4), mode="valid") / (BLOCK_SECONDS * rate)
    return gated(power)


def momentary_loudness(audio: Audio, *, hop_seconds: float = 0.1) -> Floats:
    """Momentary loudness: a window of 0.4 s, ungated (EBU Tech 3341).

    Parameters
    ----------
    audio : Audio of shape (2, n)
    hop_seconds : float
        A multiple of 0.01 s.

    Returns
    -------
    ndarray of shape (hops,), float64
        LUFS. Value `i` covers the 0.4 s from `i * hop_seconds`; empty if the audio is shorter than the window.

    Raises
    ------
    ParameterError
        If `hop_seconds` is no positive multiple of 0.01 s.

    Examples
    --------
    >>> wave = 10 ** (-23 / 20) * np.sin(2 * np.pi * 997 * np.arange(24000) / 48000)
    >>> momentary_loudness(Audio(np.stack([wave, wave]).astype(np.float32), 48000)).round(1)
    array([-23., -23.])
    """
    return _running_loudness(_slot_energy(audio), BLOCK_SECONDS, hop_seconds)


def short_term_loudness(audio: Audio, *, hop_seconds: float = 0.1) -> Floats:
    """Short-term loudness: a window of 3 s, ungated (EBU Tech 3341).

    Parameters
    ----------
    audio : Audio of shape (2, n)
    hop_seconds : float
        A multiple of 0.01 s.

    Returns
    -------
    ndarray of shape (hops,), float64
        LUFS. Value `i` covers the 3 s from `i * hop_seconds`; empty if the audio is shorter than the window.

    Raises
    ------
    ParameterError
        If `hop_seconds` is no positive multiple of 0.01 s.

    Examples
    --------
    >>> wave = 0.1 * np.sin(2 * np.pi * 997 * np.arange(4 * 8000) / 8000)
    >>> short_term_loudness(Audio(np.stack([wave, wave]).astype(np.float32), 8000), hop_seconds=0.5).shape
    (3,)
    """
    return _running_loudness(_slot_energy(audio), SHORT_TERM_SECONDS, hop_seconds)


def loudness_series(audio: Audio) -> tuple[Floats, Floats]:
    """Momentary and short-term loudness, one value each 0.1 s, with the signal filtered once.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    momentary, short_term : ndarray of shape (hops,), float64
        LUFS, as `momentary_loudness` and `short_term_loudness` give them.
    """
    slots = _slot_energy(audio)
    return _running_loudness(slots, BLOCK_SECONDS, 0.1), _running_loudness(slots, SHORT_TERM_SECONDS, 0.1)


def loudness_range(audio: Audio) -> float:
    """Loudness range (EBU Tech 3342): 10th to 95th percentile of the gated short-term loudness.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    float
        LU. Audio shorter than 3 s, or below the gate throughout, has a range of 0.

    Examples
    --------
    A tone that falls by 10 dB has a range of 10 LU, as the first test of Tech 3342 asks:

    >>> level = np.repeat([0.1, 0.1 / 10**0.5], 4 * 8000)
    >>> wave = level * np.sin(2 * np.pi * 1000 * np.arange(level.size) / 8000 + 1.0)
    >>> round(loudness_range(Audio(np.stack([wave, wave]).astype(np.float32), 8000)), 2)
    10.0
    """
    return _range_of(short_term_loudness(audio))


def measure_loudness(audio: Audio, *, one_channel: bool = False) -> LoudnessMeasurement:
    """Every figure of this module with the signal filtered once.

    Parameters
    ----------
    audio : Audio of shape (2, n)
    one_channel : bool
        Whether loudness is that of the first channel alone, as BS.1770 reads a mono file; peaks stay the same.

    Returns
    -------
    LoudnessMeasurement
        Where the audio is shorter than a window, the integrated loudness stands for the highest momentary or short-term
        loudness.

    Examples
    --------
    >>> wave = np.tile(0.1 * np.sin(np.arange(8000) / 2), (2, 1)).astype(np.float32)
    >>> stereo, mono = (measure_loudness(Audio(wave, 8000), one_channel=one) for one in (False, True))
    >>> round(stereo.integrated_loudness_lufs - mono.integrated_loudness_lufs, 2)
    3.01
    """
    heard = _first_alone(audio) if one_channel else audio
    slots = _slot_energy(heard)
    momentary = _running_loudness(slots, BLOCK_SECONDS, _SLOT_SECONDS)
    short_term = _running_loudness(slots, SHORT_TERM_SECONDS, 0.1)
    integrated = integrated_loudness(heard)
    true_peak = true_peak_dbtp(audio)
    short_term_max = float(short_term.max()) if short_term.size else integrated
    return LoudnessMeasurement(
        integrated_loudness_lufs=integrated,
        loudness_range_lu=_range_of(short_term),
        momentary_max_lufs=float(momentary.max()) if momentary.size else integrated,
        short_term_max_lufs=short_term_max,
        true_peak_dbtp=true_peak,
        sample_peak_db=peak_db(audio),
        crest_factor_db=crest_factor_db(audio),
        plr_db=true_peak - integrated if integrated > FLOOR_LUFS else 0.0,
        psr_db=true_peak - short_term_max if short_term_max > FLOOR_LUFS else 0.0,
    )


def _first_alone(audio: Audio) -> Audio:
    return Audio(np.stack([audio.samples[0], np.zeros_like(audio.samples[0])]), audio.sample_rate_hz)


def k_weighting(sample_rate_hz: int) -> npt.NDArray[np.float64]:
    """Second-order sections of the K-weighting filter (BS.1770-4 annex 1).

    Parameters
    ----------
    sample_rate_hz : int
        The standard tabulates 48 kHz; the prototype's frequency, Q and gain reproduce that table to 1e-9.

    Returns
    -------
    ndarray of shape (2, 6), float64
        The shelf, then the low cut, as SciPy orders coefficients: b0, b1, b2, 1, a1, a2.

    Examples
    --------
    >>> k_weighting(48000)[0, :3].round(6).tolist()
    [1.535125, -2.691696, 1.198393]
    """
    return np.stack([_head_shelf(sample_rate_hz), _low_cut(sample_rate_hz)])


def _head_shelf(sample_rate_hz: int) -> npt.NDArray[np.float64]:
    warped = np.tan(np.pi * 1681.974450955533 / sample_rate_hz)
    quality, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    norm = 1.0 + warped / quality + warped**2
    return np.array(
        [
            (high + band * warped / quality + warped**2) / norm,
            2.0 * (warped**2 - high) / norm,
            (high - band * warped / quality + warped**2) / norm,
            1.0,
            2.0 * (warped**2 - 1.0) / norm,
            (1.0 - warped / quality + warped**2) / norm,
        ]
    )


def _low_cut(sample_rate_hz: int) -> npt.NDArray[np.float64]:
    warped = np.tan(np.pi * 38.13547087602444 / sample_rate_hz)
    quality = 0.5003270373238773
    norm = 1.0 + warped / quality + warped**2
    return np.array([1.0, -2.0, 1.0, 1.0, 2.0 * (warped**2 - 1.0) / norm, (1.0 - warped / quality + warped**2) / norm])


def _slot_energy(audio: Audio) -> Floats:
    """K-weighted mean square of both channels together in slots of 10 ms."""
    rate, count = audio.sample_rate_hz, audio.samples.shape[1]
    edges = np.round(np.arange(int(count / (rate * _SLOT_SECONDS) + 1e-9) + 1) * rate * _SLOT_SECONDS).astype(np.int64)
    sections = k_weighting(rate)[:, [0, 1, 2, 4, 5]]
    energies = weighted_energies(audio.samples, sections, edges, warm_up_samples(rate))
    return np.asarray(energies * np.diff(edges) / (rate * _SLOT_SECONDS), dtype=np.float64)


def _running_loudness(slots: Floats, window_seconds: float, hop_seconds: float) -> Floats:
    hop = round(hop_seconds / _SLOT_SECONDS)
    if hop < 1 or abs(hop * _SLOT_SECONDS - hop_seconds) > 1e-6:
        raise ParameterError(f"hop_seconds: expected a positive multiple of {_SLOT_SECONDS} s, got {hop_seconds}")
    width = round(window_seconds / _SLOT_SECONDS)
    if slots.size < width:
        return np.zeros(0)
    total = np.concatenate([[0.0], np.cumsum(slots)])
    mean = np.maximum((total[width:] - total[:-width])[::hop] / width, 1e-15)
    return np.asarray(_OFFSET_LUFS + 10.0 * np.log10(mean))


def _range_of(short_term: Floats) -> float:
    loud = short_term[short_term >= FLOOR_LUFS]
    if loud.size == 0:
        return 0.0
    relative_gate = 10.0 * np.log10(np.mean(10.0 ** (loud / 10.0))) - 20.0
    low, high = np.percentile(loud[loud >= relative_gate], [10.0, 95.0])
    return float(high - low)
