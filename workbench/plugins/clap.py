"""CLAP effects through their C interface (version 1, under the MIT licence): what is in a file, and running one.

Parameters have the values of the plug-in's own range, as the interface gives it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.domain.arrays import Signal
from workbench.plugins.blocks import LONGEST_BLOCK, Report, through
from workbench.plugins.clap_forms import (
    AUDIO_PORTS,
    FACTORY,
    IS_HIDDEN,
    IS_READ_ONLY,
    LATENCY,
    PARAMS,
    AudioBuffer,
    AudioPortInfo,
    AudioPorts,
    ClapEntry,
    Factory,
    InputEvents,
    Latency,
    OutputEvents,
    ParamInfo,
    Params,
    ParamValue,
    Process,
    host,
)
from workbench.plugins.lanes import Moves

_Floats = ctypes.POINTER(ctypes.c_float)


def describe(path: str) -> list[dict[str, Any]]:
    """Each effect of a file with its parameters, as plain data."""
    found = []
    for descriptor, plugin in _plugins(path):
        if not all(_channels(plugin)):
            continue
        parameters = [
            {
                "name": _text(info.name), "value": round(info.start, 6),
                "low": round(info.low, 6), "high": round(info.high, 6),
            }
            for info in _parameters(plugin)
            if info.low < info.high
        ]  # fmt: skip
        found.append(
            {
                "name": _text(descriptor.name), "format": "clap", "kind": "effect",
                "maker": _text(descriptor.vendor), "version": _text(descriptor.version), "parameters": parameters,
            }
        )  # fmt: skip
    return found


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
    probe = next(plugin for descriptor, plugin in _plugins(path) if _text(descriptor.name) == name)
    channels = _channels(probe)

    def make(ins: Signal, outs: Signal) -> _Effect:
        plugin = next(plugin for descriptor, plugin in _plugins(path) if _text(descriptor.name) == name)
        return _Effect(plugin, ins, outs, sample_rate_hz)

    return through(make, (sum(channels[0]), sum(channels[1])), sound, sample_rate_hz, settings, alive, moves)


class _Effect:
    """An instance with one buffer for each port of each direction, and the events that it is told next."""

    def __init__(self, plugin: Any, ins: Signal, outs: Signal, rate: int) -> None:
        self._plugin, self._own = plugin, plugin.contents
        self._numbers = {_text(info.name): info for info in reversed(_parameters(plugin))}
        self._due: list[ParamValue] = []
        # What the plug-in is given stays in Python's hands as long as it runs.
        self._size = InputEvents.SIZE(lambda _: len(self._due))
        self._get = InputEvents.GET(lambda _, number: ctypes.addressof(self._due[number]))
        self._push = OutputEvents.PUSH(lambda _, event: True)
        self._events = InputEvents(None, self._size, self._get)
        self._told = OutputEvents(None, self._push)
        inputs, outputs = _channels(plugin)
        self._ins, self._outs = _buffers(inputs, ins), _buffers(outputs, outs)
        self._process = Process(
            steady_time=0, frames=0, transport=None, inputs=self._ins[0], outputs=self._outs[0],
            input_count=len(inputs), output_count=len(outputs),
            in_events=ctypes.pointer(self._events), out_events=ctypes.pointer(self._told),
        )  # fmt: skip
        if not self._own.activate(plugin, float(rate), 1, LONGEST_BLOCK):
            raise RuntimeError("it cannot be activated")
        if not self._own.start_processing(plugin):
            raise RuntimeError("it does not begin to process")

    def set(self, name: str, value: float) -> None:
        info = self._numbers[name]
        self._due.append(ParamValue.of(info.number, info.cookie, value))

    def run(self, count: int) -> None:
        self._process.frames = count
        if self._own.process(self._plugin, ctypes.byref(self._process)) == 0:
            raise RuntimeError("it failed to process")
        self._process.steady_time += count
        self._due.clear()

    def latency_samples(self) -> int:
        found = self._own.get_extension(self._plugin, LATENCY)
        return int(Latency.from_address(found).get(self._plugin)) if found else 0

    def close(self) -> None:
        self._own.stop_processing(self._plugin)
        self._own.deactivate(self._plugin)
        self._own.destroy(self._plugin)


def _buffers(ports: tuple[int, ...], rows: Signal) -> tuple[Any, list[Any]]:
    """A buffer for each port, whose channels are the next rows; and what has to be kept for it."""
    made, kept, row = (AudioBuffer * max(1, len(ports)))(), [], 0
    for number, count in enumerate(ports):
        pointers = (_Floats * count)(*(rows[row + channel].ctypes.data_as(_Floats) for channel in range(count)))
        made[number] = AudioBuffer(ctypes.cast(pointers, ctypes.POINTER(_Floats)), None, count, 0, 0)
        kept.append(pointers)
        row += count
    return made, kept


def _plugins(path: str) -> Iterator[tuple[Any, Any]]:
    """Each plug-in of a file with what describes it; made and initialised."""
    entry = ClapEntry.in_dll(ctypes.CDLL(path), "clap_entry")
    if not entry.init(path.encode()):
        raise RuntimeError("it does not begin")
    address = entry.get_factory(FACTORY)
    if not address:
        raise RuntimeError("it holds no plug-ins")
    factory = Factory.from_address(address)
    for number in range(factory.count(address)):
        descriptor = factory.descriptor(address, number).contents
        plugin = factory.create(address, ctypes.byref(host()), descriptor.identifier)
        if not plugin or not plugin.contents.init(plugin):
            raise RuntimeError(f"{_text(descriptor.name)} cannot be made")
        yield descriptor, plugin


def _channels(plugin: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Channels of each input and each output port."""
    found = plugin.contents.get_extension(plugin, AUDIO_PORTS)
    if not found:
        return (), ()
    ports = AudioPorts.from_address(found)

    def of(is_input: bool) -> tuple[int, ...]:
        counts = []
        for number in range(ports.count(plugin, is_input)):
            info = AudioPortInfo()
            if ports.get(plugin, number, is_input, ctypes.byref(info)):
                counts.append(int(info.channels))
        return tuple(counts)

    return of(True), of(False)


def _parameters(plugin: Any) -> list[ParamInfo]:
    found = plugin.contents.get_extension(plugin, PARAMS)
    if not found:
        return []
    params, infos = Params.from_address(found), []
    for number in range(params.count(plugin)):
        info = ParamInfo()
        if params.info(plugin, number, ctypes.byref(info)) and not info.flags & (IS_HIDDEN | IS_READ_ONLY):
            infos.append(info)
    return infos


def _text(value: bytes | None) -> str:
    return (value or b"").decode(errors="replace")
