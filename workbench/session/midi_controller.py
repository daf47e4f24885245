"""Knobs of a MIDI controller that move a session's song: each is learned by turning it."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain.errors import ParameterError, did_you_mean
from workbench.rendering import load_sounds
from workbench.rendering.sampler.instrument import Instrument
from workbench.rendering.settings import knobs_of
from workbench.session.midi_ports import Input
from workbench.session.session import Session, State

MIX = "mix."
"""What the names of the desk's parameters begin with; all others are the patch's."""
MIX_RANGES: Mapping[str, tuple[float, float]] = {
    "gain_db": (-48.0, 12.0),
    "pan": (-1.0, 1.0),
    "reverb_send_db": (-60.0, 12.0),
    "delay_send_db": (-60.0, 12.0),
}
_GEOMETRIC = ("_hz", "_ms")
"""Units that ears and hands count in factors."""
_TOP = 127


@dataclass(frozen=True, slots=True)
class KnobTarget:
    """What a knob moves: a parameter of an element between two values, as `mix.gain_db` or `filter.cutoff_hz`."""

    element: str
    parameter: str
    low: float
    high: float

    def value_at(self, position: int) -> float:
        """The value at a place of the knob, 0 to 127; even steps, or even factors for frequencies and times.

        Examples
        --------
        >>> KnobTarget("bass", "mix.pan", -1.0, 1.0).value_at(127)
        1.0
        >>> round(KnobTarget("bass", "filter.cutoff_hz", 20.0, 20000.0).value_at(64))
        650
        """
        share = position / _TOP
        if self.parameter.endswith(_GEOMETRIC) and self.low > 0:
            return float(round(self.low * (self.high / self.low) ** share, 6))
        return round(self.low + (self.high - self.low) * share, 6)


class MidiController:
    """Lets control changes move a session's song.

    Messages may come from any thread and as fast as they like; `apply` makes one edit of where the knobs stand.

    Parameters
    ----------
    session : Session
        Holds a song.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = threading.Lock()
        self._bindings: dict[tuple[int, int], KnobTarget] = {}
        self._learning: KnobTarget | None = None
        self._moved: dict[KnobTarget, int] = {}
        self._turned: dict[KnobTarget, int] = {}
        self._after: State | None = None

    @property
    def bindings(self) -> Mapping[tuple[int, int], KnobTarget]:
        """What was learned, by channel (from 0) and number of the controller."""
        return dict(self._bindings)

    def learn(self, element: str, parameter: str, low: float | None = None, high: float | None = None) -> None:
        """Bind the knob that is turned next.

        Parameters
        ----------
        element : str
            An element of the song.
        parameter : str
            `mix.gain_db`, `mix.pan`, `mix.reverb_send_db`, `mix.delay_send_db`, or a parameter of the element's patch.
        low, high : float, optional
            What the ends of the knob mean; the whole range by default. `low` may be the greater one.

        Raises
        ------
        ParameterError
            If the song has no such element, or the element no such number.
        """
        known = self.ranges(element)
        if parameter not in known:
            raise ParameterError(f"{element} has no number {parameter!r}{did_you_mean(parameter, known)}")
        least, most = known[parameter]
        ends = (least if low is None else low, most if high is None else high)
        if not all(least <= end <= most for end in ends):
            raise ParameterError(f"{parameter}: expected {least:g} to {most:g}, got {ends[0]:g} to {ends[1]:g}")
        with self._lock:
            self._learning = KnobTarget(element, parameter, *ends)

    def receive(self, message: Any) -> None:
        """Take a message of mido; only control changes mean anything."""
        if message.type != "control_change":
            return
        place = (message.channel, message.control)
        with self._lock:
            if self._learning is not None:
                self._bindings[place] = self._learning
                self._learning = None
            if place in self._bindings:
                self._moved[self._bindings[place]] = message.value

    def bind(self, channel: int, control: int, target: KnobTarget) -> None:
        """Bind a knob without turning it, as one that was learned before.

        Parameters
        ----------
        channel : int
            From 0.
        control : int
            Number of the controller, 0 to 127.
        target : KnobTarget

        Raises
        ------
        ParameterError
            If a number is outside its range.
        """
        if channel not in range(16) or control not in range(_TOP + 1):
            raise ParameterError(f"channel {channel!r}, controller {control!r}: expected 0 to 15 and 0 to 127")
        with self._lock:
            self._bindings[channel, control] = target

    def forget(self, channel: int, control: int) -> None:
        """Let a knob move nothing."""
        with self._lock:
            self._bindings.pop((channel, control), None)

    def apply(self, *, again: bool = False) -> list[dict[str, Any]]:
        """Move the song to where the knobs stand, as one step of its history; returns the edits.

        With `again` the turn that was applied last goes on: this step replaces it, if the song stands as it left it.
        """
        with self._lock:
            moved, self._moved = self._moved, {}
        if not moved:
            return []
        if again and self._after is not None and self._session.state is self._after:
            self._session.undo()
            moved = {**self._turned, **moved}
        edits = _edits(moved)
        self._turned, self._after = moved, self._session.modify(edits)
        return edits

    def follow(self, port: Input, over: threading.Event, *, interval_seconds: float = 0.05) -> None:
        """Take what a port brings and apply it, until `over` is set."""
        while not over.wait(interval_seconds):
            for message in port.iter_pending():
                self.receive(message)
            self.apply()

    def ranges(self, element: str) -> dict[str, tuple[float, float]]:
        """Every number of an element that can be moved, with its range.

        Raises
        ------
        ParameterError
            If the song has no such element.
        """
        plan, parts = self._session.state.song.plan, self._session.state.song.score.parts
        if element not in parts:
            raise ParameterError(f"element {element!r} is not in the song: expected one of {', '.join(parts)}")
        ranges = {MIX + parameter: span for parameter, span in MIX_RANGES.items()}
        sound = load_sounds([element], plan)[element]
        # Samples have no parameters.
        for knob in () if isinstance(sound, Instrument) else knobs_of(sound):
            if isinstance(knob.value, int | float) and knob.high > knob.low:
                ranges[knob.name] = (knob.low, knob.high)
        return ranges


def _edits(moved: Mapping[KnobTarget, int]) -> list[dict[str, Any]]:
    """One edit for each desk channel and one for each patch."""
    desk: dict[str, dict[str, float]] = defaultdict(dict)
    sound: dict[str, dict[str, float]] = defaultdict(dict)
    for target, position in moved.items():
        value = target.value_at(position)
        if target.parameter.startswith(MIX):
            desk[target.element][target.parameter.removeprefix(MIX)] = value
        else:
            sound[target.element][target.parameter] = value
    return [
        *({"edit": "mix", "element": element, **moves} for element, moves in desk.items()),
        *({"edit": "sound", "element": element, "settings": settings} for element, settings in sound.items()),
    ]
