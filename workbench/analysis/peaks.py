"""Peaks of a sound: of its samples, between them, and above its mean level.

The true peak is annex 2 of BS.1770-4 (4x oversampling at 48 kHz), within +0.1/-0.1 dB on the tones of EBU Tech 3341.
"""

from __future__ import annotations

import numpy as np

from workbench.domain.arrays import Signal
from workbench.domain.audio import Audio
from workbench.domain.units import gain_to_db
from workbench.dsp.levels import mean_square, peak_of
from workbench.dsp.oversampling import MESH, interpolate, phase_taps
from workbench.dsp.true_peak import peaks_by_block

_FINE_FACTOR, _FINE_REACH, _FINE_BETA = 16, 32, 8.0
_FINE_WITHIN = 10 ** (-0.7 / 20)
_MOST_FINE_BLOCKS = 2048


def true_peak_dbtp(audio: Audio) -> float:
    """Highest inter-sample peak of both channels (ITU-R BS.1770-4 annex 2).

    The signal is oversampled to at least 192 kHz by a polyphase filter, block by block, where a block can hold the
    highest peak at all. Where that comes within 0.7 dB of the highest value, which is as much as fourfold oversampling
    can miss (annex 2, attachment 1), it is oversampled sixteenfold.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    float
        dBTP, never below `peak_db`. Silence gives -200.

    Examples
    --------
    Samples at a quarter of the rate may miss the crests of a full-scale sine by 3 dB:

    >>> wave = np.hanning(4800) * np.sin(np.pi * (np.arange(4800) / 2 + 0.25))
    >>> sine = Audio(np.stack([wave, wave]).astype(np.float32), 48000)
    >>> round(peak_db(sine), 1), abs(round(true_peak_dbtp(sine), 1))
    (-3.0, 0.0)
    """
    factor = 4 if audio.sample_rate_hz < 88200 else 2 if audio.sample_rate_hz < 176400 else 1
    blocks = peaks_by_block(audio.samples, factor, within=_FINE_WITHIN)
    return gain_to_db(max(_sample_peak(audio), float(blocks.max(initial=0.0)), _fine_peak(audio.samples, blocks)))


def peak_db(audio: Audio) -> float:
    """Highest sample magnitude of both channels.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    float
        dB full scale; silence gives -200.

    Examples
    --------
    >>> round(peak_db(Audio(np.array([[0.25], [-0.5]], np.float32), 48000)), 2)
    -6.02
    """
    return gain_to_db(_sample_peak(audio))


def crest_factor_db(audio: Audio) -> float:
    """Sample peak over the RMS of both channels.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    float
        dB, from 0; 0 for silence.

    Examples
    --------
    >>> sine = np.sin(2 * np.pi * 1000 * np.arange(48000) / 48000)
    >>> [round(crest_factor_db(Audio(np.stack([w, w]).astype(np.float32), 48000)), 2) for w in (sine, np.sign(sine))]
    [3.01, 0.0]
    """
    peak = _sample_peak(audio)
    if peak == 0.0:
        return 0.0
    return gain_to_db(peak / float(np.sqrt(mean_square(audio.samples))))


def _sample_peak(audio: Audio) -> float:
    return peak_of(audio.samples)


def _fine_peak(samples: Signal, blocks: Signal) -> float:
    """The highest magnitude of the loudest blocks, oversampled sixteenfold; 0 where nothing was oversampled."""
    top = float(blocks.max(initial=0.0))
    if top == 0.0:
        return 0.0
    channel, block = np.nonzero(blocks >= _FINE_WITHIN * top)
    if channel.size > _MOST_FINE_BLOCKS:
        loudest = np.argsort(-blocks[channel, block], kind="stable")[:_MOST_FINE_BLOCKS]
        channel, block = channel[loudest], block[loudest]
    # As far as the taps reach, and a little more for those that are zero themselves.
    places = block[:, None] * MESH + np.arange(-_FINE_REACH, MESH + _FINE_REACH + 8)
    heard = (places >= 0) & (places < samples.shape[1])
    pieces = np.where(heard, samples[channel[:, None], np.where(heard, places, 0)], np.float32(0.0))
    dense = np.empty((len(pieces), _FINE_FACTOR, MESH), dtype=np.float32)
    interpolate(pieces, 0, phase_taps(_FINE_FACTOR, _FINE_REACH, _FINE_BETA)[0], dense)
    return float(np.abs(dense).max())
