"""Play an element of a session's song, record what is played, and let a controller's knobs move parameters."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import traitlets

from workbench.domain.elements import element_of, is_drums, kind_of
from workbench.domain.errors import ParameterError
from workbench.domain.song import DRUM_ROLES
from workbench.editing.playing_in import played_in
from workbench.output.figures.palette import element_colour
from workbench.output.report.page_audio import encode_for_page
from workbench.rendering import list_patches, load_sounds
from workbench.rendering.kit import Kit
from workbench.rendering.patch import Patch
from workbench.session import MidiController, Session
from workbench.session.keys import VELOCITY
from workbench.session.midi_bindings import keep_bindings, kept_bindings
from workbench.session.midi_controller import KnobTarget
from workbench.store import content_key
from workbench.widgets.instrument import InstrumentWidget, action, front_end, sheet
from workbench.widgets.parameter_words import parameter_words
from workbench.widgets.places import sections_of

_HERE = Path(__file__).resolve().parent
_MOST_PITCHES = 16
"""That one message may ask for, so that others are answered between."""


class Keyboard(InstrumentWidget):
    """An element under the keys of a MIDI keyboard, the computer and the page; a take is one `notes` edit.

    Python renders each key with the element's patch or kit, and the page plays it at once. Knobs of a controller are
    learned by turning them; each turn is a `sound` or `mix` edit. What was learned is kept in
    `~/.beatsfoundry/controllers.json`.

    Parameters
    ----------
    session
        Holds a song; a finished one is heard in full quality where nothing changed.
    element
        What is played first; by default the last element of the song, the leads where there are any.
    """

    _esm = "".join(
        (_HERE / name).read_text(encoding="utf-8")
        for name in ("voices.js", "recorder.js", "web_midi.js", "knobs.js", "piano.js")
    ) + front_end(_HERE / "keyboard.js", "player.js")
    _css = sheet() + (_HERE / "keyboard.css").read_text(encoding="utf-8")
    element = traitlets.Unicode("").tag(sync=True)
    elements: Any = traitlets.List().tag(sync=True)
    patch = traitlets.Unicode("").tag(sync=True)
    patches: Any = traitlets.List().tag(sync=True)
    bank: Any = traitlets.Dict().tag(sync=True)
    sections: Any = traitlets.List().tag(sync=True)
    bars = traitlets.Int(1).tag(sync=True)
    targets: Any = traitlets.List().tag(sync=True)
    bindings: Any = traitlets.List().tag(sync=True)
    learning = traitlets.Unicode("").tag(sync=True)

    def __init__(self, session: Session, element: str = "") -> None:
        self._heard = (1, 1)
        self._controller: MidiController | None = None
        super().__init__(session)
        self._controller = MidiController(self.session)
        try:
            for (channel, control), target in kept_bindings().items():
                self._controller.bind(channel, control, target)
        except ParameterError as error:
            self.tell(str(error), failed=True)
        if element:
            self.choose(element)
        self.refresh()

    def refresh(self) -> None:
        """Show the element as it stands."""
        song = self.session.state.song
        names = list(song.score.parts)
        if self.element not in names:
            self.element = names[-1]
        with self.hold_sync():
            self.elements = [{"name": name, "colour": element_colour(name)} for name in names]
            self.patch = song.plan.patches.get(self.element) or element_of(self.element).patch
            self.patches = list(list_patches(element_of(self.element).like or self.element))
            self.sections, self.bars = sections_of(song.plan), song.plan.bars
            self.bank = self._bank()
            if self._controller is not None:
                targets = self._controller.ranges(self.element)
                self.targets = [{"name": name, "words": parameter_words(name).whole} for name in targets]
                self.bindings = [
                    {"channel": channel, "control": control, "words": _words(target), **dataclasses.asdict(target)}
                    for (channel, control), target in self._controller.bindings.items()
                ]

    @action
    def listen(self, first: int, last: int) -> None:
        """Send some bars of all elements."""
        self._heard = (first, last)
        self._hear()

    @action
    def choose(self, element: str) -> None:
        """Play another element."""
        if element not in self.session.state.song.score.parts:
            raise ParameterError(f"{element} is not in the song")
        self.element = element
        self.refresh()

    @action
    def load(self, patch: str) -> None:
        """Play the element on another patch or kit."""
        self.change([{"edit": "patch", "element": self.element, "patch": patch}], f"{self.element} plays {patch}")
        self._hear([self.element])

    @action
    def send_keys(self, pitches: Sequence[int], bank: str) -> None:
        """Send the sound of some keys; none if the bank is no longer the one that is played."""
        if not isinstance(pitches, list | tuple) or len(pitches) > _MOST_PITCHES:
            raise ParameterError(f"send_keys: expected a list of at most {_MOST_PITCHES} MIDI numbers")
        if bank != self.bank["id"]:
            return
        sounds = self.session.keys(self.element, pitches, bars=self._heard)
        self.send(
            {"keys": {"bank": bank, "pitches": list(sounds), "form": "ogg"}},
            [encode_for_page(sound) for sound in sounds.values()],
        )

    @action
    def record(
        self,
        notes: Sequence[Sequence[float]],
        first: int,
        last: int,
        grid: float = 0.0,
        strength: float = 1.0,
        overdub: bool = False,
    ) -> None:
        """Write down a take: `[onset, length, pitch, velocity]` of each note, in quarter notes from the first bar."""
        song, element = self.session.state.song, self.element
        played: Any = [tuple(note) if isinstance(note, list | tuple) else note for note in notes]
        take = played_in(
            song, element, played, (first, last), grid_beats=grid, strength=strength, overdub=bool(overdub)
        )
        if take.edit is None:
            self.tell("; ".join(["nothing was recorded: the song stays as it is", *take.remarks]))
            return
        counted = "1 note" if take.added == 1 else f"{take.added} notes"
        self.change([take.edit], f"recorded: {element}, {counted}, bars {first} to {last}")
        remark = self.session.state.song.plan.decisions[-1].contradiction
        self.tell("; ".join([self.message, *take.remarks, *([remark] if remark else [])]))
        self._hear([element])

    @action
    def learn(self, parameter: str) -> None:
        """Bind the knob that is turned next to a parameter of the element."""
        self._knobs.learn(self.element, parameter)
        self.learning = f"{self.element} {parameter_words(parameter).whole}"
        self.tell(f"turn the knob that is to move {self.learning}")

    @action
    def forget(self, channel: int, control: int) -> None:
        """Let a knob move nothing."""
        self._knobs.forget(channel, control)
        keep_bindings(self._knobs.bindings)
        self.refresh()
        self.tell(f"controller {control} of channel {channel + 1} moves nothing now")

    @action
    def control(self, moves: Sequence[tuple[int, int, int]], again: bool = False, stamp: float = 0.0) -> None:
        """Take `(channel from 0, controller, value)` of knobs; `again` is the same turn going on."""
        for move in moves:
            if len(move) != 3 or not all(isinstance(one, int) and one in range(128) for one in move):
                raise ParameterError(f"{move!r}: expected channel, controller and value of a knob, each 0 to 127")
            self._knobs.receive(_Turned(*move))
        learned = self.learning
        if learned:
            keep_bindings(self._knobs.bindings)
        try:
            edits = self._knobs.apply(again=again and not learned)
        finally:
            self.refresh()
            # Once the page knows the binding: what is turned in between would move nothing.
            self.learning = ""
        if edits:
            self._changed("; ".join(_turn_text(edit) for edit in edits))
            self._hear(sorted({str(edit["element"]) for edit in edits}), stamp=stamp)

    @action
    def undo(self) -> None:
        """Go back by one change, and hear it."""
        super().undo()
        self._hear()

    @action
    def redo(self) -> None:
        """Go on by one change, and hear it."""
        super().redo()
        self._hear()

    @property
    def _knobs(self) -> MidiController:
        if self._controller is None:
            raise ParameterError("no controller yet")
        return self._controller

    def _bank(self) -> dict[str, Any]:
        """Which sound the keys have, and what the page needs to play it softer, and to let it go."""
        plan = self.session.state.song.plan
        sound = load_sounds([self.element], plan)[self.element]
        own = (self.element, plan.patches.get(self.element, ""), plan.patch_settings.get(self.element, {}))
        more = (plan.key, plan.seed, plan.tempo_bpm, plan.delivery.sample_rate_hz)
        low, high = element_of(self.element).compass
        return {
            "id": content_key("keys", *own, *more, code="")[:16],
            "velocity": VELOCITY,
            "velocity_db": sound.amplifier.velocity_db if isinstance(sound, Patch) else None,
            "velocity_power": 1.5 if isinstance(sound, Kit) else 2.0,
            "release_ms": sound.amplifier.release_ms if isinstance(sound, Patch) else 200.0,
            "one_voice": kind_of(self.element) in ("bass", "melody"),
            "low": low,
            "high": high,
            "pads": _pads() if is_drums(self.element) else [],
        }

    def _hear(self, elements: list[str] | None = None, **more: Any) -> None:
        """The bars that loop, with the seconds of their beats."""
        plan = self.session.state.song.plan
        first, last = self._heard = (min(self._heard[0], plan.bars), min(self._heard[1], plan.bars))
        self.sound(self._heard, elements, time=_time_of(plan, first, last), **more)


@dataclass(frozen=True, slots=True)
class _Turned:
    """A control change as mido's message would tell it."""

    channel: int
    control: int
    value: int
    type: str = "control_change"


def _pads() -> list[dict[str, Any]]:
    return [{"pitch": pitch, "label": role.replace("_", " ")} for role, pitch in DRUM_ROLES.items()]


def _time_of(plan: Any, first: int, last: int) -> dict[str, Any]:
    """Seconds of each quarter note from the first bar on, to the end of the last; and where the metronome clicks."""
    bar_beats, seconds = plan.metre.bar_beats, plan.tempo_map.seconds_at
    start, total = (first - 1) * bar_beats, (last - first + 1) * bar_beats
    begin = seconds(start)
    quarters = [*range(math.ceil(total)), total]
    clicks = [
        [round(seconds(start + bar * bar_beats + beat) - begin, 6), beat == 0]
        for bar in range(last - first + 1)
        for beat in range(math.ceil(bar_beats))
    ]
    return {
        "beats": quarters,
        "seconds": [round(seconds(start + beat) - begin, 6) for beat in quarters],
        "clicks": clicks,
        "bar_beats": bar_beats,
    }


def _turn_text(edit: dict[str, Any]) -> str:
    moves = edit.get("settings") or {name: value for name, value in edit.items() if name not in ("edit", "element")}
    return f"{edit['element']}: " + ", ".join(parameter_words(name).at(value) for name, value in moves.items())


def _words(target: KnobTarget) -> str:
    return f"{target.element} {parameter_words(target.parameter).whole}, {target.low:.4g} to {target.high:.4g}"
