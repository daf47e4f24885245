"""Sound through a plug-in block by block, whatever interface it speaks: channels, moving parameters, latency."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Protocol

import numpy as np

from workbench.domain.arrays import Signal
from workbench.plugins.lanes import BLOCK_SAMPLES, Moves, block_starts, values_at

Report = Callable[[float], object]

LONGEST_BLOCK = 1024


class BlockProcessor(Protocol):
    """An effect that is ready to run; it reads and writes the buffers, (channels, `LONGEST_BLOCK`), of its making."""

    def set(self, name: str, value: float) -> None:
        """Tell it a parameter's value."""

    def run(self, count: int) -> None:
        """Process the first `count` samples of its buffers."""

    def latency_samples(self) -> int:
        """How late its sound comes, known once it has run."""

    def close(self) -> None:
        """Let go of it."""


Make = Callable[[Signal, Signal], BlockProcessor]


def through(
    make: Make,
    channels: tuple[int, int],
    sound: Signal,
    sample_rate_hz: int,
    settings: Mapping[str, float],
    alive: Report,
    moves: Moves,
) -> Signal:
    """Sound, (2, n), through an effect; one with a single output runs once for each channel.

    Parameters
    ----------
    make
        Makes the effect, given the buffers that it reads and writes.
    channels
        Of its input and output.
    sound, sample_rate_hz
        What it hears.
    settings, moves
        Parameters by name that stand, and those that move, by sample.
    alive
        Called with the share that is done, twice a second of sound.

    Returns
    -------
    Signal
        As long as the sound: what an effect says of its latency is taken out.
    """
    sides = [sound] if channels[1] > 1 else [sound[:1], sound[1:]]
    done = []
    for number, side in enumerate(sides):

        def report(fraction: float, number: int = number) -> None:
            alive((number + fraction) / len(sides))

        done.append(_once(make, channels, side, sample_rate_hz, settings, report, moves))
    return np.concatenate(done)[:2]


def _once(
    make: Make,
    channels: tuple[int, int],
    sound: Signal,
    rate: int,
    settings: Mapping[str, float],
    alive: Report,
    moves: Moves,
) -> Signal:
    ins = np.zeros((max(1, channels[0]), LONGEST_BLOCK), np.float32)
    outs = np.zeros((max(2, channels[1]), LONGEST_BLOCK), np.float32)
    length = sound.shape[1]
    starts = block_starts(moves, length + rate, BLOCK_SAMPLES if moves else LONGEST_BLOCK)
    lanes = {name: values_at(lane, starts) for name, lane in moves.items()}
    machine = make(ins, outs)
    for name, value in settings.items():
        machine.set(name, value)
    result, late, sign = [], 0, rate // 2
    for number, (at, end) in enumerate(pairwise([*starts.tolist(), length + rate + LONGEST_BLOCK])):
        if at >= length + late:
            break
        count = min(end - at, LONGEST_BLOCK)
        piece = sound[:, at : at + count]
        ins[:] = 0.0
        for row in range(channels[0]):
            ins[row, : piece.shape[1]] = piece[min(row, len(piece) - 1)]
        for name, values in lanes.items():
            if number == 0 or values[number] != values[number - 1]:
                machine.set(name, float(values[number]))
        machine.run(count)
        result.append(outs[: max(1, min(2, channels[1])), :count].copy())
        if at == 0:
            late = max(0, min(rate, machine.latency_samples()))
        if end > sign:
            alive(min(1.0, end / (length + late)))
            sign += rate // 2
    machine.close()
    return np.concatenate(result, axis=1)[:, late : late + length]
