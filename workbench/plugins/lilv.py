"""lilv, the library of the system that reads what LV2 plug-ins say of themselves (ISC licence), by ctypes."""

from __future__ import annotations

import ctypes
from ctypes.util import find_library
from functools import cache
from typing import Any


@cache
def lilv_name() -> str | None:
    """What the library is called here; None where it is not installed."""
    return find_library("lilv-0")


_POINTERS = (
    "world_new", "world_get_all_plugins", "plugins_begin", "plugins_next", "plugins_get", "plugin_get_name",
    "plugin_get_author_name", "plugin_get_port_by_index", "plugin_get_required_features", "port_get_name",
    "nodes_begin",    "nodes_next", "nodes_get", "new_uri", "new_file_uri", "plugin_instantiate",
)  # fmt: skip
_NUMBERS = ("plugin_get_num_ports", "plugin_get_latency_port_index")
_FACTS = ("plugins_is_end", "nodes_is_end", "port_is_a", "port_has_property", "plugin_has_latency")
_TEXTS = ("node_as_string",)
_NOTHING = ("world_load_bundle", "plugin_get_port_ranges_float")


class Address(ctypes.c_void_p):
    """Where something of lilv's lies; false for nothing. As a class of its own it is not turned into a number."""


class Lilv:
    """Its functions without their prefix; an argument is an `Address`, a number or a text."""

    def __init__(self) -> None:
        name = lilv_name()
        if name is None:
            raise RuntimeError("lilv, which reads LV2, is not installed")
        self._library = ctypes.CDLL(name)
        results = {
            Address: _POINTERS, ctypes.c_uint32: _NUMBERS, ctypes.c_bool: _FACTS, ctypes.c_char_p: _TEXTS,
            None: _NOTHING,
        }  # fmt: skip
        for result, names in results.items():
            for one in names:
                getattr(self._library, f"lilv_{one}").restype = result

    def call(self, name: str, *arguments: Any) -> Any:
        """What a function gives."""
        return getattr(self._library, f"lilv_{name}")(*arguments)

    def each(self, kind: str, collection: Any) -> list[Any]:
        """The entries of a collection of "plugins" or "nodes"."""
        found, at = [], self.call(f"{kind}_begin", collection)
        while not self.call(f"{kind}_is_end", collection, at):
            found.append(self.call(f"{kind}_get", collection, at))
            at = self.call(f"{kind}_next", collection, at)
        return found

    def text(self, node: Any) -> str:
        """A node as text; "" for none."""
        return (self.call("node_as_string", node) or b"").decode(errors="replace") if node else ""
