"""Long-term spectrum: third-octave bands, tilt, centroid and the balance between low, middle and high.

One pass of the Fourier transform gives the power of each channel and their cross power, so that stereo figures by
band (`analysis.stereo`) cost nothing more.

Errors measured: a sine's level in its band 0.02 dB, white noise's tilt (+3 dB an octave in bands) 0.05 dB an octave.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.domain.arrays import Floats, Spectra
from workbench.domain.audio import Audio
from workbench.dsp.frames import FRAMES_TOGETHER, spectra
from workbench.dsp.parallel import each_block

THIRD_OCTAVE_HZ: tuple[float, ...] = tuple(round(float(1000.0 * 10.0 ** (step / 10.0)), 2) for step in range(-16, 14))
"""Exact mid-band frequencies of the third-octave bands from 25 Hz to 20 kHz (IEC 61260-1, base ten)."""

BANDS_HZ: dict[str, tuple[float, float]] = {
    "sub": (20.0, 60.0),
    "bass": (60.0, 200.0),
    "low_mid": (200.0, 600.0),
    "mid": (600.0, 2000.0),
    "presence": (2000.0, 6000.0),
    "air": (6000.0, 20000.0),
}
"""Wide bands by name with their edges in Hz."""

SILENT_BAND_DB = -100.0
_WINDOW = 16384


@dataclass(frozen=True, slots=True, eq=False)
class StereoSpectrum:
    """Mean power by frequency bin. `cross` is the real part of left times conjugate right."""

    frequency_hz: Floats
    left: Floats
    right: Floats
    cross: Floats

    @property
    def total(self) -> Floats:
        """Mean of both channels' power."""
        return (self.left + self.right) / 2.0


def stereo_spectrum(audio: Audio) -> StereoSpectrum:
    """Average power spectrum of both channels (Welch 1967: Hann window of 16384 samples, half overlapping).

    Parameters
    ----------
    audio : Audio of shape (2, n)
        Signals shorter than a window are padded with zeros.

    Returns
    -------
    StereoSpectrum
        Arrays of shape (8193,) from 0 Hz to half the rate. Power is per bin; the sum over bins of a channel is its mean
        square.

    Examples
    --------
    White noise of 0.1 RMS has a power of 0.01:

    >>> noise = np.random.default_rng(0).normal(0.0, 0.1, (2, 96000)).astype(np.float32)
    >>> round(float(stereo_spectrum(Audio(noise, 48000)).total.sum()), 3)
    0.01
    """
    samples = audio.samples
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    starts = range(0, max(samples.shape[1] - _WINDOW, 0) + 1, _WINDOW // 2)

    def add(first: int, last: int) -> Floats:
        left, right = spectra(samples, starts[first:last], window)
        return np.stack([_power(left, left), _power(right, right), _power(left, right)])

    sums = sum(each_block(add, len(starts), FRAMES_TOGETHER), np.zeros((3, _WINDOW // 2 + 1)))
    scale = 2.0 / (len(starts) * _WINDOW * float(np.sum(np.square(window, dtype=np.float64))))
    frequency_hz: Floats = np.arange(_WINDOW // 2 + 1) * np.float64(audio.sample_rate_hz / _WINDOW)
    return StereoSpectrum(frequency_hz, sums[0] * scale, sums[1] * scale, sums[2] * scale)


def _power(first: Spectra, second: Spectra) -> Floats:
    """Real part of one spectrum times the other's conjugate, summed over frames."""
    products = first.real * second.real
    products += first.imag * second.imag
    return np.asarray(products.sum(axis=0, dtype=np.float64))


def band_power(frequency_hz: Floats, power: Floats, low_hz: float, high_hz: float) -> float:
    """Power between two frequencies; a bin that an edge cuts counts in proportion.

    Parameters
    ----------
    frequency_hz, power : ndarray of shape (bins,)
        Middles of evenly spaced bins, and power per bin.
    low_hz, high_hz : float
        Edges.

    Returns
    -------
    float
        In the unit of `power`.

    Examples
    --------
    >>> band_power(np.arange(5.0), np.ones(5), 0.5, 2.0)
    1.5
    """
    width = frequency_hz[1] - frequency_hz[0]
    edges = np.concatenate([frequency_hz - width / 2.0, [frequency_hz[-1] + width / 2.0]])
    total = np.concatenate([[0.0], np.cumsum(power)])
    low, high = np.interp([low_hz, high_hz], edges, total)
    return float(high - low)


def third_octave_db(spectrum: StereoSpectrum) -> Floats:
    """Level of each band of `THIRD_OCTAVE_HZ` (IEC 61260-1) relative to the whole signal.

    The bands' powers are divided by their sum, so that gain does not matter.

    Parameters
    ----------
    spectrum : StereoSpectrum
        As `stereo_spectrum` gives it.

    Returns
    -------
    ndarray of shape (30,), float64
        dB; an empty band, a band above half the sample rate and silence give `SILENT_BAND_DB`.

    Examples
    --------
    A tone of 1 kHz lies in one band:

    >>> wave = np.tile(np.sin(2 * np.pi * np.arange(48000) / 48), (2, 1)).astype(np.float32)
    >>> levels = third_octave_db(stereo_spectrum(Audio(wave, 48000)))
    >>> THIRD_OCTAVE_HZ[levels.argmax()], abs(round(float(levels.max()), 2))
    (1000.0, 0.0)
    """
    half = 10.0**0.05
    power = np.array(
        [band_power(spectrum.frequency_hz, spectrum.total, hz / half, hz * half) for hz in THIRD_OCTAVE_HZ]
    )
    total = float(power.sum())
    if total <= 0.0:
        return np.full(len(THIRD_OCTAVE_HZ), SILENT_BAND_DB)
    return np.asarray(np.maximum(SILENT_BAND_DB, 10.0 * np.log10(np.maximum(power / total, 1e-12))))


def spectral_tilt_db_per_octave(bands_db: Floats, *, low_hz: float = 50.0, high_hz: float = 12500.0) -> float:
    """Slope of a straight line through the third-octave levels.

    Pink noise gives 0, white noise +3; finished popular music lies about -2 to -6.

    Parameters
    ----------
    bands_db : ndarray of shape (30,)
        As `third_octave_db` gives them; silent bands are left out.
    low_hz, high_hz : float
        Bands between these count.

    Returns
    -------
    float
        dB an octave; 0 where fewer than two bands sound.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(0.0, 0.1, (2, 96000)).astype(np.float32)
    >>> round(spectral_tilt_db_per_octave(third_octave_db(stereo_spectrum(Audio(noise, 48000)))), 1)
    3.0
    """
    hz = np.array(THIRD_OCTAVE_HZ)
    inside = (hz >= low_hz) & (hz <= high_hz) & (bands_db > SILENT_BAND_DB)
    if inside.sum() < 2:
        return 0.0
    return float(np.polyfit(np.log2(hz[inside]), bands_db[inside], 1)[0])


def spectral_centroid_hz(spectrum: StereoSpectrum) -> float:
    """Centre of gravity of the magnitude spectrum between 20 Hz and 20 kHz.

    Parameters
    ----------
    spectrum : StereoSpectrum
        As `stereo_spectrum` gives it.

    Returns
    -------
    float
        Hz; 0 for silence.

    Examples
    --------
    >>> wave = np.tile(np.sin(2 * np.pi * np.arange(48000) / 48), (2, 1)).astype(np.float32)
    >>> round(spectral_centroid_hz(stereo_spectrum(Audio(wave, 48000))))
    1000
    """
    inside = (spectrum.frequency_hz >= 20.0) & (spectrum.frequency_hz <= 20000.0)
    magnitude = np.sqrt(spectrum.total[inside])
    total = float(magnitude.sum())
    return float(np.sum(spectrum.frequency_hz[inside] * magnitude) / total) if total > 0.0 else 0.0


def spectral_rolloff_hz(spectrum: StereoSpectrum, *, share: float = 0.95) -> float:
    """Frequency below which a share of the power lies.

    Parameters
    ----------
    spectrum : StereoSpectrum
        As `stereo_spectrum` gives it.
    share : float
        0..1.

    Returns
    -------
    float
        Hz, a bin's middle; 0 for silence.

    Examples
    --------
    Half the power of white noise lies below half of its bandwidth:

    >>> noise = np.random.default_rng(0).normal(0.0, 0.1, (2, 96000)).astype(np.float32)
    >>> round(spectral_rolloff_hz(stereo_spectrum(Audio(noise, 48000)), share=0.5) / 1000.0)
    12
    """
    total = np.cumsum(spectrum.total)
    if total[-1] <= 0.0:
        return 0.0
    return float(spectrum.frequency_hz[int(np.searchsorted(total, share * total[-1]))])


def band_balance_db(spectrum: StereoSpectrum) -> dict[str, float]:
    """Level of each wide band of `BANDS_HZ` relative to the whole signal.

    Parameters
    ----------
    spectrum : StereoSpectrum
        As `stereo_spectrum` gives it.

    Returns
    -------
    dict of str to float
        dB by name of the band, -100 to 0; all -100 for silence.

    Examples
    --------
    >>> wave = np.tile(np.sin(2 * np.pi * np.arange(48000) / 480), (2, 1)).astype(np.float32)
    >>> levels = band_balance_db(stereo_spectrum(Audio(wave, 48000)))
    >>> max(levels, key=levels.get)
    'bass'
    """
    power = {
        name: band_power(spectrum.frequency_hz, spectrum.total, low, high) for name, (low, high) in BANDS_HZ.items()
    }
    total = sum(power.values())
    if total <= 0.0:
        return dict.fromkeys(power, SILENT_BAND_DB)
    return {name: max(SILENT_BAND_DB, 10.0 * float(np.log10(max(p / total, 1e-12)))) for name, p in power.items()}
