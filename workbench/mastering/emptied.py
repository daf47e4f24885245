"""A stage that takes out most of a mix is a fault of the mix: loudness would lift what little it left."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from workbench.domain.arrays import Floats, Signal
from workbench.domain.errors import ParameterError
from workbench.dsp.equaliser import Band, equalise
from workbench.dsp.loudness import HOP_SECONDS, hop_energies
from workbench.dsp.memory import fresh
from workbench.dsp.parallel import blocks

MOST_REMOVED_DB = 12.0
_WINDOW_HOPS = 30
"""Three seconds, as short-term loudness takes."""
_LOUD_WITHIN = 0.01
"""Windows within 20 dB of the loudest count: what is lost of a fade-out is not heard as a loss."""
_LEAST_SHARE = 0.05
"""Of the windows that count, this share at least is emptied before a mix is refused."""
_LOW_HZ, _AUDIBLE_HZ = 120.0, 35.0
_THINNED = 8
_TOGETHER = 256

Powers = Mapping[str, Floats]


def check_kept(before: Powers, after: Signal, rate: int, stages: Callable[[], Mapping[str, Signal]]) -> None:
    """Refuse a mix of which the chain takes out more than 12 dB, as a whole or of its bass, for some seconds.

    Parameters
    ----------
    before
        `powers_of` what went into the chain.
    after
        (2, n), behind the chain.
    rate
        Sample rate in Hz.
    stages
        Gives the mix as it went in and the sound behind each stage, by name in their order; asked only for a mix that
        is refused.

    Raises
    ------
    ParameterError
        One line: the stage, what it took out, and what the mix looks like.
    """
    for band, energies in _BANDS.items():
        removed = _removed_db(before[band], energies(after, rate), before["sound"])
        if removed > MOST_REMOVED_DB:
            (_, mix), *steps = stages().items()
            stage, cause = _guilty(mix, dict(steps), rate, energies), _cause(mix, rate, energies)
            raise ParameterError(f"master: stage {stage!r} takes out {removed:.0f} dB of the {band}: {cause}")


def powers_of(samples: Signal, rate: int, sound: Floats) -> Powers:
    """Power by band every 0.1 s of (2, n) samples whose `hop_energies` are `sound`."""
    return {"sound": sound, "bass": _bass_energies(samples, rate)}


def _bass_energies(samples: Signal, rate: int) -> Floats:
    """Power of both channels from 35 to 120 Hz, every 0.1 s; at an eighth of the rate, which is plenty for that."""
    count = samples.shape[1] // _THINNED
    thin = fresh((2, count))
    samples[:, : count * _THINNED].reshape(2, -1, _THINNED).mean(axis=2, out=thin)
    edges = [Band("high_pass", _AUDIBLE_HZ), Band("low_pass", _LOW_HZ)]
    low = equalise(thin, [*edges, *edges], rate // _THINNED, out=thin)
    hop = round(HOP_SECONDS * rate / _THINNED)
    pieces = low[:, : low.shape[1] // hop * hop].reshape(2, -1, hop)
    found = np.empty(pieces.shape[1])
    for start, stop in blocks(found.size, _TOGETHER):
        found[start:stop] = np.square(pieces[:, start:stop], dtype=np.float64).mean(axis=2).sum(axis=0)
    return found


_BANDS: dict[str, Callable[[Signal, int], Floats]] = {"sound": hop_energies, "bass": _bass_energies}


def _removed_db(before: Floats, after: Floats, whole: Floats) -> float:
    """What the emptiest stretch of three seconds lost, among those that are loud beside the whole sound."""
    width = min(_WINDOW_HOPS, before.size, whole.size)
    if width == 0:
        return 0.0
    was, is_now, loudness = (
        np.convolve(energies, np.full(width, 1.0 / width), mode="valid") for energies in (before, after, whole)
    )
    loud = was >= max(_LOUD_WITHIN * float(loudness.max()), 1e-12)
    if not loud.any():
        return 0.0
    lost = 10.0 * np.log10(was[loud] / np.maximum(is_now[: loud.size][loud], 1e-15))
    return float(np.quantile(lost, 1.0 - _LEAST_SHARE))


def _guilty(before: Signal, stages: Mapping[str, Signal], rate: int, energies: Callable[[Signal, int], Floats]) -> str:
    """The stage that lost most against the one before it."""
    level, losses = energies(before, rate), {}
    for name, samples in stages.items():
        behind = energies(samples, rate)
        losses[name], level = _removed_db(level, behind, level), behind
    return max(losses, key=lambda name: losses[name])


def _cause(samples: Signal, rate: int, energies: Callable[[Signal, int], Floats]) -> str:
    """What a mix looks like that loses so much: its sum in mono tells."""
    middle = 0.5 * (samples[0] + samples[1])
    whole = energies(samples, rate)
    if _removed_db(whole, energies(np.stack([middle, middle]), rate), whole) > 0.5 * MOST_REMOVED_DB:
        return "there its channels cancel each other in mono, as when one is inverted: turn the polarity of one round"
    return "most of it lies below 20 Hz, where nothing is heard: filter the mix first"
