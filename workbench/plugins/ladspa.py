"""LADSPA effects through their C interface (version 1.1): what is in a file, and running one over sound."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.plugins.lanes import BLOCK_SAMPLES, Moves, block_starts, values_at

Signal = npt.NDArray[np.float32]

_INPUT, _OUTPUT, _CONTROL, _AUDIO = 1, 2, 4, 8
_BELOW, _ABOVE, _TOGGLED, _OF_RATE, _LOGARITHMIC = 1, 2, 4, 8, 16
_DEFAULTS = 0x3C0
_BETWEEN = {0x40: 0.0, 0x80: 0.25, 0xC0: 0.5, 0x100: 0.75, 0x140: 1.0}
"""Where between its bounds a parameter begins."""
_FIXED = {0x200: 0.0, 0x240: 1.0, 0x280: 100.0, 0x2C0: 440.0}
_BLOCK = 1024
_UNBOUNDED = 1e6


class _Hint(ctypes.Structure):
    _fields_ = (("kind", ctypes.c_int), ("low", ctypes.c_float), ("high", ctypes.c_float))


class _Descriptor(ctypes.Structure):
    pass


_Function = ctypes.c_void_p
_Floats = ctypes.POINTER(ctypes.c_float)
_Descriptor._fields_ = (
    ("number", ctypes.c_ulong),
    ("label", ctypes.c_char_p),
    ("properties", ctypes.c_int),
    ("name", ctypes.c_char_p),
    ("maker", ctypes.c_char_p),
    ("copyright", ctypes.c_char_p),
    ("port_count", ctypes.c_ulong),
    ("ports", ctypes.POINTER(ctypes.c_int)),
    ("port_names", ctypes.POINTER(ctypes.c_char_p)),
    ("hints", ctypes.POINTER(_Hint)),
    ("data", ctypes.c_void_p),
    ("instantiate", ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong)),
    ("connect_port", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_ulong, _Floats)),
    ("activate", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
    ("run", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_ulong)),
    ("run_adding", _Function),
    ("set_run_adding_gain", _Function),
    ("deactivate", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
    ("cleanup", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
)


def describe(path: str) -> list[dict[str, Any]]:
    """Each effect of a file with its parameters, as plain data."""
    return [_facts(one) for one in _descriptors(path) if _audio(one, _INPUT) and _audio(one, _OUTPUT)]


def run(
    path: str,
    name: str,
    sound: Signal,
    sample_rate_hz: int,
    settings: Mapping[str, float],
    alive: Callable[[float], object],
    moves: Moves,
) -> Signal:
    """Sound, (2, n), through an effect of a file; one with a single output runs once for each channel.

    What an effect says of its latency is taken out. `moves` holds the parameters that move, by sample.
    """
    descriptor = next(one for one in _descriptors(path) if _text(one.name) == name)
    outputs = _audio(descriptor, _OUTPUT)
    sides = [sound] if len(outputs) > 1 else [sound[:1], sound[1:]]
    done = []
    for number, side in enumerate(sides):

        def report(fraction: float, number: int = number) -> None:
            alive((number + fraction) / len(sides))

        done.append(_run_once(descriptor, side, sample_rate_hz, settings, report, moves))
    return np.concatenate(done)[:2]


def _run_once(
    descriptor: Any,
    sound: Signal,
    rate: int,
    settings: Mapping[str, float],
    alive: Callable[[float], object],
    moves: Moves,
) -> Signal:
    handle = descriptor.instantiate(ctypes.addressof(descriptor), rate)
    if not handle:
        raise RuntimeError("it cannot be made")
    controls = {number: ctypes.c_float(0.0) for number in range(descriptor.port_count)}
    for number, value in _starts(descriptor, rate).items():
        controls[number].value = settings.get(_text(descriptor.port_names[number]), value)
    inputs, outputs = _audio(descriptor, _INPUT), _audio(descriptor, _OUTPUT)
    ins = np.zeros((len(inputs), _BLOCK), np.float32)
    outs = np.zeros((max(2, len(outputs)), _BLOCK), np.float32)
    for number in range(descriptor.port_count):
        if number in inputs:
            place = ins[inputs.index(number)].ctypes.data_as(_Floats)
        elif number in outputs:
            place = outs[outputs.index(number)].ctypes.data_as(_Floats)
        else:
            place = ctypes.pointer(controls[number])
        descriptor.connect_port(handle, number, place)
    latency, length = _latency_port(descriptor), sound.shape[1]
    starts = block_starts(moves, length + rate, BLOCK_SAMPLES if moves else _BLOCK)
    lanes = [
        (controls[number], values_at(moves[name], starts))
        for number in _controls(descriptor)
        if (name := _text(descriptor.port_names[number])) in moves
    ]
    _move(lanes, 0)
    if descriptor.activate:
        descriptor.activate(handle)
    result, late, sign = [], 0, rate // 2
    for number, (at, end) in enumerate(pairwise([*starts.tolist(), length + rate + _BLOCK])):
        if at >= length + late:
            break
        count = min(end - at, _BLOCK)
        piece = sound[:, at : at + count]
        ins[:] = 0.0
        for row in range(len(inputs)):
            ins[row, : piece.shape[1]] = piece[min(row, len(piece) - 1)]
        _move(lanes, number)
        descriptor.run(handle, count)
        result.append(outs[: max(1, min(2, len(outputs))), :count].copy())
        if at == 0 and latency is not None:
            late = max(0, min(rate, round(controls[latency].value)))
        if end > sign:
            alive(min(1.0, end / (length + late)))
            sign += rate // 2
    if descriptor.deactivate:
        descriptor.deactivate(handle)
    if descriptor.cleanup:
        descriptor.cleanup(handle)
    return np.concatenate(result, axis=1)[:, late : late + length]


def _move(lanes: Sequence[tuple[Any, Sequence[float | str]]], block: int) -> None:
    for control, values in lanes:
        control.value = values[block]


def _descriptors(path: str) -> Iterator[Any]:
    library = ctypes.CDLL(path)
    find = library.ladspa_descriptor
    find.restype, find.argtypes = ctypes.POINTER(_Descriptor), (ctypes.c_ulong,)
    for number in range(10_000):
        found = find(number)
        if not found:
            return
        yield found.contents


def _text(value: bytes | None) -> str:
    return (value or b"").decode(errors="replace")


def _audio(descriptor: Any, direction: int) -> list[int]:
    kind = _AUDIO | direction
    return [number for number in range(descriptor.port_count) if descriptor.ports[number] & kind == kind]


def _latency_port(descriptor: Any) -> int | None:
    names = [_text(descriptor.port_names[number]).strip().lower() for number in range(descriptor.port_count)]
    found = [n for n, name in enumerate(names) if name in ("latency", "_latency") and descriptor.ports[n] & _OUTPUT]
    return found[0] if found else None


def _controls(descriptor: Any) -> Sequence[int]:
    kind = _CONTROL | _INPUT
    return [number for number in range(descriptor.port_count) if descriptor.ports[number] & kind == kind]


def _span(hint: Any, rate: int) -> tuple[float, float]:
    scale = rate if hint.kind & _OF_RATE else 1.0
    if hint.kind & _TOGGLED:
        return 0.0, 1.0
    low = hint.low * scale if hint.kind & _BELOW else -_UNBOUNDED
    return low, hint.high * scale if hint.kind & _ABOVE else _UNBOUNDED


def _start(hint: Any, rate: int) -> float:
    low, high = _span(hint, rate)
    kind = hint.kind & _DEFAULTS
    if kind in _FIXED:
        return _FIXED[kind]
    if kind not in _BETWEEN:
        return min(max(0.0, low), high)
    share = _BETWEEN[kind]
    if hint.kind & _LOGARITHMIC and low > 0.0:
        return math.exp(math.log(low) * (1.0 - share) + math.log(high) * share)
    return low * (1.0 - share) + high * share


def _starts(descriptor: Any, rate: int) -> dict[int, float]:
    return {number: _start(descriptor.hints[number], rate) for number in _controls(descriptor)}


def _facts(descriptor: Any) -> dict[str, Any]:
    rate = 48000
    parameters = []
    for number in _controls(descriptor):
        low, high = _span(descriptor.hints[number], rate)
        parameters.append(
            {
                "name": _text(descriptor.port_names[number]),
                "value": round(_start(descriptor.hints[number], rate), 6),
                "low": round(low, 6),
                "high": round(high, 6),
            }
        )
    return {
        "name": _text(descriptor.name), "format": "ladspa", "kind": "effect", "maker": _text(descriptor.maker),
        "parameters": parameters,
    }  # fmt: skip
