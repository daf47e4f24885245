"""Ports of MIDI devices and programs on this machine, through mido's backend for python-rtmidi (extra `midi`)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from workbench.domain.errors import ParameterError, did_you_mean

SEQUENCER = Path("/dev/snd/seq")
"""What ports on Linux come from."""


class Output(Protocol):
    """What messages are sent to: a port of mido, or anything else that takes them."""

    def send(self, message: Any) -> None:
        """Send a message of mido."""


class Input(Protocol):
    """What messages come from."""

    def iter_pending(self) -> Any:
        """The messages that have come since the last call."""


def output_names() -> list[str]:
    """Ports that notes can be sent to.

    Raises
    ------
    ParameterError
        If this machine has no MIDI.
    """
    return _asked("get_output_names")


def input_names() -> list[str]:
    """Ports that controllers send to.

    Raises
    ------
    ParameterError
        If this machine has no MIDI.
    """
    return _asked("get_input_names")


def open_output(name: str, *, virtual: bool = False) -> Any:
    """Open a port to send to; a virtual one is made here, for other programs to listen to.

    Raises
    ------
    ParameterError
        If there is no such port, or no MIDI.
    """
    return _opened("open_output", name, output_names, virtual=virtual)


def open_input(name: str, *, virtual: bool = False) -> Any:
    """Open a port to listen to; a virtual one is made here, for other programs to send to.

    Raises
    ------
    ParameterError
        If there is no such port, or no MIDI.
    """
    return _opened("open_input", name, input_names, virtual=virtual)


def _asked(what: str) -> list[str]:
    return list(dict.fromkeys(_backend(what)()))


def _opened(how: str, name: str, known: Any, *, virtual: bool) -> Any:
    if virtual:
        return _backend(how)(name, virtual=True)
    names = known()
    # Ports of ALSA end with numbers that change from one start to the next.
    found = next((one for one in names if one == name), None) or _only([one for one in names if one.startswith(name)])
    if found is None:
        listed = ", ".join(names) or "none"
        raise ParameterError(f"MIDI port {name!r} is not there{did_you_mean(name, names)}: there are {listed}")
    return _backend(how)(found)


def _only(names: Sequence[str]) -> str | None:
    return names[0] if len(names) == 1 else None


def _check_machine() -> None:
    """Say what is missing before libraries in C print it."""
    if find_spec("rtmidi") is None:
        raise ParameterError("MIDI ports need python-rtmidi: pip install 'beatsfoundry[midi]'")
    if sys.platform == "linux" and not SEQUENCER.exists():
        raise ParameterError(f"this machine has no MIDI: its kernel has no ALSA sequencer ({SEQUENCER})")


def _backend(what: str) -> Any:
    import mido

    _check_machine()
    backend = mido.Backend("mido.backends.rtmidi")

    def call(*values: Any, **named: Any) -> Any:
        try:
            return getattr(backend, what)(*values, **named)
        except (OSError, SystemError, RuntimeError) as error:
            raise ParameterError(f"this machine has no MIDI that can be used ({error})") from None

    return call
