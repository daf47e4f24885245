"""Elements that a plug-in plays: notes become MIDI messages, and its sound a stem like the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.domain.errors import ParameterError
from workbench.domain.moves import PluginSettings
from workbench.domain.score import Note
from workbench.plugins import PLUGIN_PREFIX, checked_settings, find_plugin, play_instrument
from workbench.plugins.running import MidiEvent, Place

_NOTE_ON, _NOTE_OFF = 0x90, 0x80
_NO_VELOCITY = 0


@dataclass(frozen=True, slots=True)
class PluginInstrument:
    """A plug-in with the parameters that were set by hand; `state` tells one installation from another."""

    name: str
    settings: PluginSettings
    path: str = ""


def find_instrument_plugin(patch: str, settings: PluginSettings) -> PluginInstrument:
    """The instrument that a patch names; one that is not there is found out when it is to play.

    Raises
    ------
    ParameterError
        If it is there and is an effect, or does not have the parameters.
    """
    name = patch.removeprefix(PLUGIN_PREFIX)
    try:
        plugin = find_plugin(name)
    except ParameterError:
        return PluginInstrument(name, settings)
    if plugin.kind != "instrument":
        raise ParameterError(f"plug-in {plugin.name} is an effect: insert it with the edit mix")
    return PluginInstrument(name, checked_settings(plugin, settings), plugin.path)


def play_notes(
    notes: Sequence[Note],
    instrument: PluginInstrument,
    *,
    place: Place,
    samples_per_beat: float,
    length: int,
    sample_rate_hz: int,
) -> npt.NDArray[np.float32] | None:
    """The stem of a part, (2, length); None where the plug-in is missing or fails; `place` is where points lie."""
    seconds_per_beat = samples_per_beat / sample_rate_hz
    events: list[MidiEvent] = []
    for note in notes:
        events.append((note.start_beats * seconds_per_beat, (_NOTE_ON, note.pitch, note.velocity)))
        events.append((note.end_beats * seconds_per_beat, (_NOTE_OFF, note.pitch, _NO_VELOCITY)))
    # Where one note ends and the next begins, the end comes first.
    events.sort(key=lambda event: (event[0], event[1][0] == _NOTE_ON))
    return play_instrument(instrument.name, instrument.settings, events, length, sample_rate_hz, place)
