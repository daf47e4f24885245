"""The structures of the CLAP interface, version 1, as far as a host of effects needs them (free-audio/clap, MIT)."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_bool,
    c_char,
    c_char_p,
    c_double,
    c_float,
    c_int16,
    c_int32,
    c_int64,
    c_uint16,
    c_uint32,
    c_uint64,
    c_void_p,
)
from functools import cache
from typing import Any, ClassVar

FACTORY, PARAMS, AUDIO_PORTS, LATENCY = b"clap.plugin-factory", b"clap.params", b"clap.audio-ports", b"clap.latency"
PARAM_VALUE = 5
"""The type of an event that sets a parameter."""
IS_HIDDEN, IS_READ_ONLY = 1 << 2, 1 << 3

_VERSION = (1, 1, 0)


class ClapVersion(Structure):
    """Of the interface."""

    _fields_ = (("major", c_uint32), ("minor", c_uint32), ("revision", c_uint32))


class ClapEntry(Structure):
    """What a file exports as `clap_entry`."""

    _fields_ = (
        ("version", ClapVersion),
        ("init", CFUNCTYPE(c_bool, c_char_p)),
        ("deinit", CFUNCTYPE(None)),
        ("get_factory", CFUNCTYPE(c_void_p, c_char_p)),
    )


class Descriptor(Structure):
    """What a plug-in says of itself."""

    _fields_: ClassVar[Sequence[Any]] = (
        ("version_of_clap", ClapVersion),
        *(
            (name, c_char_p)
            for name in ("identifier", "name", "vendor", "url", "manual", "support", "version", "about")
        ),
        ("features", POINTER(c_char_p)),
    )


class Plugin(Structure):
    """An instance; each function takes it first."""


_Plugin = POINTER(Plugin)


_ASK, _CALL = CFUNCTYPE(c_void_p, c_void_p, c_char_p), CFUNCTYPE(None, c_void_p)


class Host(Structure):
    """What a plug-in sees of its host."""

    _fields_ = (
        ("version_of_clap", ClapVersion),
        ("data", c_void_p),
        ("name", c_char_p),
        ("vendor", c_char_p),
        ("url", c_char_p),
        ("version", c_char_p),
        ("get_extension", _ASK),
        ("request_restart", _CALL),
        ("request_process", _CALL),
        ("request_callback", _CALL),
    )


class Factory(Structure):
    """Makes the plug-ins of a file."""

    _fields_ = (
        ("count", CFUNCTYPE(c_uint32, c_void_p)),
        ("descriptor", CFUNCTYPE(POINTER(Descriptor), c_void_p, c_uint32)),
        ("create", CFUNCTYPE(_Plugin, c_void_p, POINTER(Host), c_char_p)),
    )


class AudioBuffer(Structure):
    """The channels of a port."""

    _fields_ = (
        ("floats", POINTER(POINTER(c_float))),
        ("doubles", c_void_p),
        ("channels", c_uint32),
        ("latency", c_uint32),
        ("constant", c_uint64),
    )


class InputEvents(Structure):
    """What a plug-in is told in a block."""

    SIZE = CFUNCTYPE(c_uint32, c_void_p)
    GET = CFUNCTYPE(c_void_p, c_void_p, c_uint32)
    _fields_ = (("context", c_void_p), ("size", SIZE), ("get", GET))


class OutputEvents(Structure):
    """What a plug-in tells in a block."""

    PUSH = CFUNCTYPE(c_bool, c_void_p, c_void_p)
    _fields_ = (("context", c_void_p), ("push", PUSH))


class Process(Structure):
    """A block."""

    _fields_ = (
        ("steady_time", c_int64),
        ("frames", c_uint32),
        ("transport", c_void_p),
        ("inputs", POINTER(AudioBuffer)),
        ("outputs", POINTER(AudioBuffer)),
        ("input_count", c_uint32),
        ("output_count", c_uint32),
        ("in_events", POINTER(InputEvents)),
        ("out_events", POINTER(OutputEvents)),
    )


Plugin._fields_ = (
    ("descriptor", POINTER(Descriptor)),
    ("data", c_void_p),
    ("init", CFUNCTYPE(c_bool, _Plugin)),
    ("destroy", CFUNCTYPE(None, _Plugin)),
    ("activate", CFUNCTYPE(c_bool, _Plugin, c_double, c_uint32, c_uint32)),
    ("deactivate", CFUNCTYPE(None, _Plugin)),
    ("start_processing", CFUNCTYPE(c_bool, _Plugin)),
    ("stop_processing", CFUNCTYPE(None, _Plugin)),
    ("reset", CFUNCTYPE(None, _Plugin)),
    ("process", CFUNCTYPE(c_int32, _Plugin, POINTER(Process))),
    ("get_extension", CFUNCTYPE(c_void_p, _Plugin, c_char_p)),
    ("on_main_thread", CFUNCTYPE(None, _Plugin)),
)


class ParamValue(Structure):
    """An event that sets a parameter at the beginning of a block."""

    _fields_ = (
        ("size", c_uint32),
        ("time", c_uint32),
        ("space", c_uint16),
        ("type", c_uint16),
        ("flags", c_uint32),
        ("number", c_uint32),
        ("cookie", c_void_p),
        ("note", c_int32),
        ("port", c_int16),
        ("channel", c_int16),
        ("key", c_int16),
        ("value", c_double),
    )

    @classmethod
    def of(cls, number: int, cookie: int | None, value: float) -> ParamValue:
        """The event for all notes and ports."""
        return cls(ctypes.sizeof(cls), 0, 0, PARAM_VALUE, 0, number, cookie, -1, -1, -1, -1, value)


class ParamInfo(Structure):
    """What a parameter is."""

    _fields_ = (
        ("number", c_uint32),
        ("flags", c_uint32),
        ("cookie", c_void_p),
        ("name", c_char * 256),
        ("module", c_char * 1024),
        ("low", c_double),
        ("high", c_double),
        ("start", c_double),
    )


class Params(Structure):
    """The extension of parameters."""

    _fields_ = (
        ("count", CFUNCTYPE(c_uint32, _Plugin)),
        ("info", CFUNCTYPE(c_bool, _Plugin, c_uint32, POINTER(ParamInfo))),
    )


class AudioPortInfo(Structure):
    """What an audio port is."""

    _fields_ = (
        ("number", c_uint32),
        ("name", c_char * 256),
        ("flags", c_uint32),
        ("channels", c_uint32),
        ("kind", c_char_p),
        ("in_place", c_uint32),
    )


class AudioPorts(Structure):
    """The extension of audio ports."""

    _fields_ = (
        ("count", CFUNCTYPE(c_uint32, _Plugin, c_bool)),
        ("get", CFUNCTYPE(c_bool, _Plugin, c_uint32, c_bool, POINTER(AudioPortInfo))),
    )


class Latency(Structure):
    """The extension of latency."""

    _fields_ = (("get", CFUNCTYPE(c_uint32, _Plugin)),)


class HostLatency(Structure):
    """What a plug-in tells when its latency changes; some do so without asking whether anybody listens."""

    _fields_ = (("changed", _CALL),)


class HostParams(Structure):
    """What a plug-in tells when its parameters change."""

    _fields_ = (
        ("rescan", CFUNCTYPE(None, c_void_p, c_uint32)),
        ("clear", CFUNCTYPE(None, c_void_p, c_uint32, c_uint32)),
        ("request_flush", _CALL),
    )


@cache
def _offered() -> dict[bytes, Structure]:
    ignored = [kind(lambda *_: None) for _, kind in HostParams._fields_]
    return {LATENCY: HostLatency(_CALL(lambda _: None)), PARAMS: HostParams(*ignored)}


def _extension(_: int, name: bytes) -> int | None:
    found = _offered().get(name)
    return None if found is None else ctypes.addressof(found)


@cache
def host() -> Host:
    """The host that plug-ins are shown: it hears what they tell, and does nothing when it is asked to."""
    nothing = _CALL(lambda _: None)
    return Host(
        ClapVersion(*_VERSION), None, b"BeatsFoundry", b"BeatsFoundry", b"", b"1",
        _ASK(_extension), nothing, nothing, nothing,
    )  # fmt: skip
