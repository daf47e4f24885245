"""LADSPA effects through their C interface (version 1.1): what is in a file, and running one over sound."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.domain.arrays import Signal
from workbench.plugins.blocks import Report, through
from workbench.plugins.lanes import Moves

_INPUT, _OUTPUT, _CONTROL, _AUDIO = 1, 2, 4, 8
_BELOW, _ABOVE, _TOGGLED, _OF_RATE, _LOGARITHMIC = 1, 2, 4, 8, 16
_DEFAULTS = 0x3C0
_BETWEEN = {0x40: 0.0, 0x80: 0.25, 0xC0: 0.5, 0x100: 0.75, 0x140: 1.0}
"""Where between its bounds a parameter begins."""
_FIXED = {0x200: 0.0, 0x240: 1.0, 0x280: 100.0, 0x2C0: 440.0}
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
    alive: Report,
    moves: Moves,
) -> Signal:
    """Sound, (2, n), through an effect of a file, as `blocks.through` has it."""
    descriptor = next(one for one in _descriptors(path) if _text(one.name) == name)
    channels = len(_audio(descriptor, _INPUT)), len(_audio(descriptor, _OUTPUT))

    def make(ins: Signal, outs: Signal) -> _Effect:
        return _Effect(descriptor, ins, outs, sample_rate_hz)

    return through(make, channels, sound, sample_rate_hz, settings, alive, moves)


class _Effect:
    """An instance, each port of which is connected to a row of the buffers or to a number."""

    def __init__(self, descriptor: Any, ins: Signal, outs: Signal, rate: int) -> None:
        self._made, self._latency, self._running = descriptor, _latency_port(descriptor), False
        self._handle = descriptor.instantiate(ctypes.addressof(descriptor), rate)
        if not self._handle:
            raise RuntimeError("it cannot be made")
        self._controls = {number: ctypes.c_float(0.0) for number in range(descriptor.port_count)}
        for number in _controls(descriptor):
            self._controls[number].value = _start(descriptor.hints[number], rate)
        # Of two ports of one name the first is meant.
        self._named = {_text(descriptor.port_names[number]): number for number in reversed(_controls(descriptor))}
        inputs, outputs = _audio(descriptor, _INPUT), _audio(descriptor, _OUTPUT)
        for number in range(descriptor.port_count):
            if number in inputs:
                place = ins[inputs.index(number)].ctypes.data_as(_Floats)
            elif number in outputs:
                place = outs[outputs.index(number)].ctypes.data_as(_Floats)
            else:
                place = ctypes.pointer(self._controls[number])
            descriptor.connect_port(self._handle, number, place)

    def set(self, name: str, value: float) -> None:
        self._controls[self._named[name]].value = value

    def run(self, count: int) -> None:
        if not self._running and self._made.activate:
            self._made.activate(self._handle)
        self._running = True
        self._made.run(self._handle, count)

    def latency_samples(self) -> int:
        return 0 if self._latency is None else round(self._controls[self._latency].value)

    def close(self) -> None:
        if self._made.deactivate:
            self._made.deactivate(self._handle)
        if self._made.cleanup:
            self._made.cleanup(self._handle)


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
