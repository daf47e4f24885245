"""LV2 effects and instruments: lilv reads what is in a bundle, which runs through its C interface (LV2 core, ISC)."""

from __future__ import annotations

import ctypes
import math
import struct
from collections import deque
from collections.abc import Mapping, Sequence
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_float, c_int32, c_uint32, c_void_p
from pathlib import Path
from typing import Any

import numpy as np

from workbench.domain.arrays import Signal
from workbench.plugins.blocks import LONGEST_BLOCK, Report, through
from workbench.plugins.lanes import Moves
from workbench.plugins.lilv import Lilv

_CORE = "http://lv2plug.in/ns/lv2core#"
_EXT = "http://lv2plug.in/ns/ext/"
_ATOM = f"{_EXT}atom#"
_HELD = (
    f"{_EXT}urid#map", f"{_EXT}urid#unmap", f"{_EXT}options#options", f"{_EXT}buf-size#boundedBlockLength",
    f"{_CORE}hardRTCapable", f"{_CORE}isLive", f"{_CORE}inPlaceBroken",
)  # fmt: skip
"""Features that this host has; a plug-in that needs another one is refused."""
_MESSAGES = 1 << 16
_EVENT_BYTES = 24
"""A message of three bytes with its time, size and kind, filled up to whole 64-bit words."""
_UNBOUNDED = 1e6


class _Feature(Structure):
    _fields_ = (("uri", c_char_p), ("data", c_void_p))


_MAP, _UNMAP = CFUNCTYPE(c_uint32, c_void_p, c_char_p), CFUNCTYPE(c_void_p, c_void_p, c_uint32)


class _Map(Structure):
    _fields_ = (("handle", c_void_p), ("map", _MAP))


class _Unmap(Structure):
    _fields_ = (("handle", c_void_p), ("unmap", _UNMAP))


class _Option(Structure):
    _fields_ = (
        ("context", c_uint32),
        ("subject", c_uint32),
        ("key", c_uint32),
        ("size", c_uint32),
        ("type", c_uint32),
        ("value", c_void_p),
    )


class _Descriptor(Structure):
    _fields_ = (
        ("uri", c_char_p),
        ("instantiate", c_void_p),
        ("connect_port", CFUNCTYPE(None, c_void_p, c_uint32, c_void_p)),
        ("activate", CFUNCTYPE(None, c_void_p)),
        ("run", CFUNCTYPE(None, c_void_p, c_uint32)),
        ("deactivate", CFUNCTYPE(None, c_void_p)),
        ("cleanup", CFUNCTYPE(None, c_void_p)),
        ("extension_data", c_void_p),
    )


class _Instance(Structure):
    _fields_ = (("descriptor", POINTER(_Descriptor)), ("handle", c_void_p), ("private", c_void_p))


class _Bundle:
    """The plug-ins of one folder."""

    def __init__(self, path: str) -> None:
        self.lilv = Lilv()
        self.world = self.lilv.call("world_new")
        folder = str(Path(path).resolve()) + "/"
        where = self.lilv.call("new_file_uri", self.world, None, folder.encode())
        self.lilv.call("world_load_bundle", self.world, where)
        self.plugins = self.lilv.each("plugins", self.lilv.call("world_get_all_plugins", self.world))

    def uri(self, text: str) -> Any:
        return self.lilv.call("new_uri", self.world, text.encode())

    def named(self, name: str) -> Any:
        return next(one for one in self.plugins if self.lilv.text(self.lilv.call("plugin_get_name", one)) == name)

    def ports(self, plugin: Any, *kinds: str) -> list[int]:
        """Numbers of the ports that are of all these kinds."""
        wanted = [self.uri(kind) for kind in kinds]
        return [
            number
            for number in range(self.lilv.call("plugin_get_num_ports", plugin))
            if all(self.lilv.call("port_is_a", plugin, self.port(plugin, number), kind) for kind in wanted)
        ]

    def audio(self, plugin: Any) -> tuple[list[int], list[int]]:
        """Numbers of the audio ports that come in, and of those that go out."""
        return (
            self.ports(plugin, f"{_CORE}InputPort", f"{_CORE}AudioPort"),
            self.ports(plugin, f"{_CORE}OutputPort", f"{_CORE}AudioPort"),
        )

    def port(self, plugin: Any, number: int) -> Any:
        return self.lilv.call("plugin_get_port_by_index", plugin, number)

    def port_name(self, plugin: Any, number: int) -> str:
        return self.lilv.text(self.lilv.call("port_get_name", plugin, self.port(plugin, number)))

    def ranges(self, plugin: Any) -> list[tuple[float, float, float]]:
        """Lowest, highest and first value of each port; NaN where it has none."""
        count = self.lilv.call("plugin_get_num_ports", plugin)
        lows, highs, starts = ((c_float * count)() for _ in range(3))
        self.lilv.call("plugin_get_port_ranges_float", plugin, lows, highs, starts)
        return list(zip(lows, highs, starts, strict=True))

    def missing(self, plugin: Any) -> list[str]:
        """Features that a plug-in needs and this host does not have."""
        nodes = self.lilv.call("plugin_get_required_features", plugin)
        return [uri for node in self.lilv.each("nodes", nodes) if (uri := self.lilv.text(node)) not in _HELD]


def describe(path: str) -> list[dict[str, Any]]:
    """Each effect and instrument of a bundle with its parameters, as plain data.

    Raises
    ------
    RuntimeError
        If all of them need what this host does not have.
    """
    bundle, found, refused = _Bundle(path), [], []
    for plugin in bundle.plugins:
        inputs, outputs = bundle.audio(plugin)
        plays = not inputs and bool(bundle.ports(plugin, f"{_CORE}InputPort", f"{_ATOM}AtomPort"))
        if not outputs or not (inputs or plays):
            continue
        refused += bundle.missing(plugin)
        if not bundle.missing(plugin):
            found.append(_facts(bundle, plugin, "instrument" if plays else "effect"))
    if refused and not found:
        raise RuntimeError(f"it needs {', '.join(dict.fromkeys(refused))}")
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
    """Sound, (2, n), through an effect of a bundle, as `blocks.through` has it."""
    return _heard(path, name, sound, (), sample_rate_hz, settings, alive, moves)


def play(
    path: str,
    name: str,
    events: Sequence[tuple[float, Sequence[int]]],
    length: int,
    sample_rate_hz: int,
    settings: Mapping[str, float],
    alive: Report,
    moves: Moves,
) -> Signal:
    """What an instrument makes of MIDI messages, each with its second, in `length` samples."""
    silence = np.zeros((2, length), np.float32)
    placed = [(round(at * sample_rate_hz), bytes(message)) for at, message in events]
    return _heard(path, name, silence, placed, sample_rate_hz, settings, alive, moves)


def _heard(
    path: str,
    name: str,
    sound: Signal,
    events: Sequence[tuple[int, bytes]],
    sample_rate_hz: int,
    settings: Mapping[str, float],
    alive: Report,
    moves: Moves,
) -> Signal:
    bundle = _Bundle(path)
    plugin = bundle.named(name)
    inputs, outputs = bundle.audio(plugin)

    def make(ins: Signal, outs: Signal) -> _Machine:
        return _Machine(bundle, plugin, ins, outs, sample_rate_hz, events)

    made = through(make, (len(inputs), len(outputs)), sound, sample_rate_hz, settings, alive, moves)
    return made[:, : sound.shape[1]]


def _facts(bundle: _Bundle, plugin: Any, kind: str) -> dict[str, Any]:
    ranges, parameters = bundle.ranges(plugin), []
    for number in bundle.ports(plugin, f"{_CORE}InputPort", f"{_CORE}ControlPort"):
        low, high, start = (_finite(*pair) for pair in zip(ranges[number], (-_UNBOUNDED, _UNBOUNDED, 0.0), strict=True))
        parameters.append(
            {
                "name": bundle.port_name(plugin, number), "value": round(min(max(start, low), high), 6),
                "low": round(low, 6), "high": round(high, 6),
            }
        )  # fmt: skip
    return {
        "name": bundle.lilv.text(bundle.lilv.call("plugin_get_name", plugin)), "format": "lv2", "kind": kind,
        "maker": bundle.lilv.text(bundle.lilv.call("plugin_get_author_name", plugin)), "parameters": parameters,
    }  # fmt: skip


def _finite(value: float, otherwise: float) -> float:
    return value if math.isfinite(value) else otherwise


class _Machine:
    """An instance, each port of which is connected to a row of the buffers, to a number, or to a list of messages."""

    def __init__(
        self, bundle: _Bundle, plugin: Any, ins: Signal, outs: Signal, rate: int, events: Sequence[tuple[int, bytes]]
    ) -> None:
        # Of one moment the order stays: ends of notes come before beginnings.
        self._events, self._now = deque(sorted(events, key=lambda event: event[0])), 0
        self._uris: dict[bytes, int] = {}
        self._kept: list[Any] = []
        features = self._features(rate)
        made = bundle.lilv.call("plugin_instantiate", plugin, ctypes.c_double(rate), features)
        if not made:
            raise RuntimeError("it cannot be made")
        instance = _Instance.from_address(made.value)
        self._own, self._handle, self._running = instance.descriptor.contents, instance.handle, False
        count = bundle.lilv.call("plugin_get_num_ports", plugin)
        self._numbers = (c_float * count)(*(_finite(start, 0.0) for _, _, start in bundle.ranges(plugin)))
        controls = bundle.ports(plugin, f"{_CORE}InputPort", f"{_CORE}ControlPort")
        self._named = {bundle.port_name(plugin, number): number for number in reversed(controls)}
        late = bundle.lilv.call("plugin_has_latency", plugin)
        self._latency = bundle.lilv.call("plugin_get_latency_port_index", plugin) if late else None
        self._messages: list[tuple[Any, bool]] = []
        self._connect(bundle, plugin, ins, outs)

    def _connect(self, bundle: _Bundle, plugin: Any, ins: Signal, outs: Signal) -> None:
        rows = {}
        for side, buffer in (("Input", ins), ("Output", outs)):
            for row, number in enumerate(bundle.ports(plugin, f"{_CORE}{side}Port", f"{_CORE}AudioPort")):
                rows[number] = buffer[row].ctypes.data
        incoming = bundle.ports(plugin, f"{_CORE}InputPort", f"{_ATOM}AtomPort")
        messages = {*incoming, *bundle.ports(plugin, f"{_CORE}OutputPort", f"{_ATOM}AtomPort")}
        for number in range(len(self._numbers)):
            if number in rows:
                place = rows[number]
            elif number in messages:
                held = np.zeros(_MESSAGES // 4, np.uint32)
                self._messages.append((held, number in incoming))
                place = held.ctypes.data
            else:
                place = ctypes.addressof(self._numbers) + 4 * number
            self._own.connect_port(self._handle, number, place)

    def _features(self, rate: int) -> Any:
        """What the host offers, kept as long as the plug-in lives."""
        mapped = _Map(None, _MAP(lambda _, uri: self._number(uri)))
        unmapped = _Unmap(None, _UNMAP(lambda _, number: self._address(number)))
        whole, number = self._number(f"{_ATOM}Int".encode()), self._number(f"{_ATOM}Float".encode())
        values: list[Any] = [
            c_int32(LONGEST_BLOCK),
            c_int32(LONGEST_BLOCK),
            c_int32(1),
            c_float(rate),
            c_int32(_MESSAGES),
        ]
        keys = [
            (f"{_EXT}buf-size#maxBlockLength", whole), (f"{_EXT}buf-size#nominalBlockLength", whole),
            (f"{_EXT}buf-size#minBlockLength", whole), (f"{_EXT}parameters#sampleRate", number),
            (f"{_EXT}buf-size#sequenceSize", whole),
        ]  # fmt: skip
        options = (_Option * (len(keys) + 1))()
        for place, ((key, kind), value) in enumerate(zip(keys, values, strict=True)):
            options[place] = _Option(0, 0, self._number(key.encode()), 4, kind, ctypes.addressof(value))
        data = {
            f"{_EXT}urid#map": ctypes.addressof(mapped), f"{_EXT}urid#unmap": ctypes.addressof(unmapped),
            f"{_EXT}options#options": ctypes.addressof(options),
        }  # fmt: skip
        offered = [_Feature(uri.encode(), data.get(uri)) for uri in _HELD]
        listed = (POINTER(_Feature) * (len(offered) + 1))(*(ctypes.pointer(one) for one in offered))
        self._kept += [mapped, unmapped, values, options, offered, listed]
        return listed

    def _number(self, uri: bytes) -> int:
        return self._uris.setdefault(bytes(uri), len(self._uris) + 1)

    def _address(self, number: int) -> int | None:
        uri = next((uri for uri, own in self._uris.items() if own == number), None)
        if uri is None:
            return None
        self._kept.append(ctypes.create_string_buffer(uri))
        return ctypes.addressof(self._kept[-1])

    def set(self, name: str, value: float) -> None:
        self._numbers[self._named[name]] = value

    def run(self, count: int) -> None:
        if not self._running and self._own.activate:
            self._own.activate(self._handle)
        self._running = True
        sequence, chunk = self._number(f"{_ATOM}Sequence".encode()), self._number(f"{_ATOM}Chunk".encode())
        due = self._due(count)
        for held, incoming in self._messages:
            # The first port is told the messages; what goes out has room, and is not read.
            data, due = (due, b"") if incoming else (b"", due)
            held[:4] = (8 + len(data), sequence, 0, 0) if incoming else (_MESSAGES - 8, chunk, 0, 0)
            held[4 : 4 + len(data) // 4] = np.frombuffer(data, np.uint32)
        self._own.run(self._handle, count)
        self._now += count

    def _due(self, count: int) -> bytes:
        """The messages of the next `count` samples as events of a sequence, each at its sample."""
        kind, data = self._number(f"{_EXT}midi#MidiEvent".encode()), b""
        while self._events and self._events[0][0] < self._now + count and len(data) + _EVENT_BYTES < _MESSAGES - 16:
            at, message = self._events.popleft()
            head = struct.pack("=qII", max(0, at - self._now), len(message), kind)
            data += (head + message).ljust(_EVENT_BYTES, b"\0")
        return data

    def latency_samples(self) -> int:
        return 0 if self._latency is None else round(self._numbers[self._latency])

    def close(self) -> None:
        if self._own.deactivate:
            self._own.deactivate(self._handle)
        if self._own.cleanup:
            self._own.cleanup(self._handle)
