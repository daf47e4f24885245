"""VST3 effects and instruments through pedalboard, which runs in the host's process alone.

pedalboard is under the GPL (version 3): the workbench neither imports nor ships it. Whoever installs the extra
`plugins` has it, and the host, a program of its own that speaks through files and a pipe, loads it by name.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from workbench.domain.arrays import Integers, Signal
from workbench.domain.automation import Placed
from workbench.plugins.lanes import BLOCK_SAMPLES, Moves, block_starts, values_at

_CONTROLLERS = "MIDI Ch"
"""What the MIDI controllers are called that JUCE makes parameters of: two thousand for each instrument."""
_MOST_OPTIONS = 64
_PIECE_SECONDS = 0.5
_HALVINGS = 24
_NEAR = 1e-4
_TABLE = 1025
"""Places at which a parameter is asked what it shows before it moves."""


def describe(path: str) -> list[dict[str, Any]]:
    """Each plug-in of a file with its parameters, as plain data."""
    found = []
    for name in importlib.import_module("pedalboard").VST3Plugin.get_plugin_names_for_file(path):
        plugin = _loaded(path, name, {})
        found.append(
            {
                "name": plugin.name, "format": "vst3", "kind": "instrument" if plugin.is_instrument else "effect",
                "maker": plugin.manufacturer_name, "version": plugin.version,
                "parameters": [_parameter(one) for one in _parameters(plugin)],
            }
        )  # fmt: skip
    return found


def run(
    path: str,
    name: str,
    sound: Signal,
    sample_rate_hz: int,
    settings: dict[str, Any],
    alive: Callable[[float], object],
    moves: Moves,
) -> Signal:
    """Sound, (2, n), through an effect; one for a single channel runs once for each."""

    def once(piece: Signal, report: Callable[[float], object]) -> Signal:
        return _effect(_loaded(path, name, settings), piece, sample_rate_hz, report, moves)

    try:
        return once(sound, alive)
    except ValueError:
        return np.concatenate([once(sound[side : side + 1], _half(alive, side)) for side in (0, 1)])


def play(
    path: str,
    name: str,
    events: Sequence[tuple[float, Sequence[int]]],
    length: int,
    sample_rate_hz: int,
    settings: dict[str, Any],
    alive: Callable[[float], object],
    moves: Moves,
) -> Signal:
    """What an instrument makes of MIDI messages, each with its second, in `length` samples."""
    plugin = _loaded(path, name, settings)
    pieces = []
    ordered, number = sorted(events, key=lambda event: event[0]), 0
    for start, end in _moving(plugin, moves, length, sample_rate_hz, alive):
        first, last = start / sample_rate_hz, end / sample_rate_hz
        due = []
        while number < len(ordered) and ordered[number][0] < last:
            due.append((bytes(ordered[number][1]), max(0.0, ordered[number][0] - first)))
            number += 1
        pieces.append(plugin.process(due, duration=last - first, sample_rate=float(sample_rate_hz), reset=start == 0))
    return _fitted(np.concatenate(pieces, axis=1), length)


def _half(alive: Callable[[float], object], side: int) -> Callable[[float], object]:
    return lambda fraction: alive((side + fraction) / 2.0)


def _effect(plugin: Any, sound: Signal, rate: int, alive: Callable[[float], object], moves: Moves) -> Signal:
    """Piece by piece, so that a sign of life comes from each; silence behind the end brings what is held back."""
    length = sound.shape[1]
    pieces, got = [], 0
    for start, end in _moving(plugin, moves, length, rate, alive):
        pieces.append(plugin.process(sound[:, start:end], float(rate), reset=start == 0))
        got += pieces[-1].shape[1]
    if got < length:
        rest = plugin.process(np.zeros((sound.shape[0], length - got + rate), np.float32), float(rate), reset=False)
        pieces.append(rest)
    return _fitted(np.concatenate(pieces, axis=1), length)


def _moving(
    plugin: Any, moves: Moves, length: int, rate: int, alive: Callable[[float], object]
) -> Iterator[tuple[int, int]]:
    """The pieces of a sound, before each of which the parameters that move are set."""
    step = round(_PIECE_SECONDS * rate)
    starts = block_starts(moves, length, BLOCK_SAMPLES if moves else step)
    parameters = {one.name: one for one in reversed(_parameters(plugin))}
    lanes = [(parameters[name], _places(parameters[name], lane, starts)) for name, lane in moves.items()]
    stood, sign = [-1.0] * len(lanes), step
    for number, (start, end) in enumerate(pairwise([*starts.tolist(), length])):
        for lane, (parameter, places) in enumerate(lanes):
            if places[number] != stood[lane]:
                parameter.raw_value = stood[lane] = places[number]
        yield start, end
        if end >= min(sign, length):
            alive(end / length)
            sign += step


def _places(one: Any, lane: Sequence[Placed], starts: Integers) -> list[float]:
    """Where between 0 and 1 a parameter stands at each of these samples: what it shows moves in straight lines."""
    exact = {value: _place_of(one, value) for _, value, _ in lane}
    facts = _parameter(one)
    if "options" in facts:
        return [exact[value] for value in values_at([(at, value, True) for at, value, _ in lane], starts)]
    shown = np.asarray(values_at(lane, starts), float)
    if not _in_numbers(one):
        return [float(place) for place in shown]
    table = {float(value): place for value, place in exact.items()}
    for place in np.linspace(0.0, 1.0, _TABLE).tolist():
        value = _number(one.get_text_for_raw_value(place))
        if value is not None:
            table.setdefault(value, place)
    values = sorted(table)
    return [float(place) for place in np.interp(shown, values, [table[value] for value in values])]


def _fitted(sound: Signal, length: int) -> Signal:
    missing = max(0, length - sound.shape[1])
    return np.pad(sound, ((0, 0), (0, missing)))[:, :length].astype(np.float32)


def _loaded(path: str, name: str, settings: dict[str, Any]) -> Any:
    """A plug-in with parameters set.

    pedalboard reads a thousand texts of every parameter when it loads a plug-in, which takes minutes with some. What
    is asked here is asked of the parameters themselves, so that it is stated that there are none.
    """
    plugin_class = importlib.import_module("pedalboard").VST3Plugin
    for base in plugin_class.__mro__:
        if "_get_parameters" in vars(base):
            base._get_parameters = lambda self: {}
    plugin = plugin_class(path, plugin_name=name)
    parameters = {one.name: one for one in reversed(_parameters(plugin))}
    for parameter, value in settings.items():
        parameters[parameter].raw_value = _place_of(parameters[parameter], value)
    return plugin


def _parameters(plugin: Any) -> list[Any]:
    return [one for one in plugin._parameters if one.name and not one.name.startswith(_CONTROLLERS)]


def _parameter(one: Any) -> dict[str, Any]:
    """A parameter by the texts that the plug-in shows: numbers where both ends are, else its steps, else 0 to 1."""
    if _in_numbers(one):
        low, high = _number(one.get_text_for_raw_value(0.0)), _number(one.get_text_for_raw_value(1.0))
        value = _number(one.string_value)
        return {"name": one.name, "value": value, "low": low, "high": high, "unit": one.label.strip()}
    if one.num_steps <= _MOST_OPTIONS:
        return {"name": one.name, "value": one.string_value, "options": [text for text, _ in _steps(one)]}
    return {"name": one.name, "value": round(one.raw_value, 6), "low": 0.0, "high": 1.0, "unit": ""}


def _in_numbers(one: Any) -> bool:
    """Whether the plug-in shows numbers, from a lowest to a highest one."""
    low, high = _number(one.get_text_for_raw_value(0.0)), _number(one.get_text_for_raw_value(1.0))
    return low is not None and high is not None and _number(one.string_value) is not None and low < high


def _steps(one: Any) -> list[tuple[str, float]]:
    last = max(1, one.num_steps - 1)
    return [(one.get_text_for_raw_value(step / last), step / last) for step in range(last + 1)]


def _place_of(one: Any, value: Any) -> float:
    """Where between 0 and 1 a parameter shows a value."""
    facts = _parameter(one)
    if "options" in facts:
        return float(dict(reversed(_steps(one)))[str(value)])
    low, high = float(facts["low"]), float(facts["high"])
    share = min(1.0, max(0.0, (float(value) - low) / (high - low)))
    if not _in_numbers(one) or _shows(one, share, value, high - low):
        return share
    below, above = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (below + above) / 2.0
        shown = _number(one.get_text_for_raw_value(middle))
        if shown is None:
            return share
        below, above = (middle, above) if shown < float(value) else (below, middle)
    return (below + above) / 2.0


def _shows(one: Any, share: float, value: Any, span: float) -> bool:
    shown = _number(one.get_text_for_raw_value(share))
    return shown is not None and abs(shown - float(value)) <= _NEAR * span


def _number(text: str) -> float | None:
    try:
        value = float(text.split()[0]) if text.split() else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None
