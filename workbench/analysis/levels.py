"""Sounds made fit to be compared by ear: stretches of equal loudness."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from workbench.analysis.loudness import integrated_loudness
from workbench.analysis.peaks import true_peak_dbtp
from workbench.domain.audio import Audio, check_audible
from workbench.domain.errors import ParameterError
from workbench.domain.units import db_to_gain

LONGEST_SECONDS = 30.0
PEAK_DBTP = -1.0


def at_equal_loudness(
    sounds: Mapping[str, Audio], *, longest_seconds: float = LONGEST_SECONDS, together: bool = False
) -> dict[str, Audio]:
    """A stretch of each sound, all equally loud: as loud as the softest, and none above -1 dBTP.

    Loudness is integrated (ITU-R BS.1770) over what is heard.

    Parameters
    ----------
    sounds : mapping of str to Audio
        By name, samples of shape (2, n).
    longest_seconds : float
        Of each stretch.
    together : bool
        Whether all stretches begin at the same time and are equally long, as versions of one song need; else each is
        the loudest of its sound.

    Returns
    -------
    dict of str to Audio
        By the same names.

    Raises
    ------
    ParameterError
        If there is no sound, one is empty or holds no numbers, or `longest_seconds` is not above 0.

    Examples
    --------
    >>> wave = np.tile(np.sin(np.arange(8000) / 4), (2, 1)).astype(np.float32)
    >>> pair = at_equal_loudness({"loud": Audio(0.5 * wave, 8000), "soft": Audio(0.1 * wave, 8000)})
    >>> [round(float(np.abs(sound.samples).max()), 3) for sound in pair.values()]
    [0.1, 0.1]
    """
    check_audible(sounds)
    if not longest_seconds > 0:
        raise ParameterError(f"longest_seconds: expected more than 0, got {longest_seconds:g}")
    pieces = _together(sounds, longest_seconds) if together else {
        name: _cut(audio, _loudest_second(audio, longest_seconds), longest_seconds) for name, audio in sounds.items()
    }  # fmt: skip
    lufs = {name: integrated_loudness(piece) for name, piece in pieces.items()}
    # A gain that lifts a peak over the ceiling would clip: the target falls until no sound does.
    target = min(min(lufs[name], lufs[name] + PEAK_DBTP - true_peak_dbtp(piece)) for name, piece in pieces.items())
    return {
        name: Audio(piece.samples * np.float32(db_to_gain(target - lufs[name])), piece.sample_rate_hz)
        for name, piece in pieces.items()
    }


def _together(sounds: Mapping[str, Audio], longest_seconds: float) -> dict[str, Audio]:
    shortest = min(audio.duration_seconds for audio in sounds.values())
    first = next(iter(sounds.values()))
    start = min(_loudest_second(first, longest_seconds), max(0.0, shortest - longest_seconds))
    return {name: _cut(audio, start, min(longest_seconds, shortest)) for name, audio in sounds.items()}


def _cut(audio: Audio, start_seconds: float, seconds: float) -> Audio:
    first = round(start_seconds * audio.sample_rate_hz)
    piece = audio.samples[:, first : first + round(seconds * audio.sample_rate_hz)]
    return Audio(np.ascontiguousarray(piece), audio.sample_rate_hz)


def _loudest_second(audio: Audio, seconds: float) -> float:
    """Where the stretch of highest energy begins, to the second."""
    length = round(seconds * audio.sample_rate_hz)
    if audio.samples.shape[1] <= length:
        return 0.0
    energy = np.concatenate([[0.0], np.cumsum(np.square(audio.samples, dtype=np.float64).sum(axis=0))])
    starts = np.arange(0, audio.samples.shape[1] - length + 1, audio.sample_rate_hz)
    return float(np.argmax(energy[starts + length] - energy[starts]))
