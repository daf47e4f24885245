"""Patches and kits of a session's song: every parameter a slider, heard in a loop while it moves."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import traitlets

from workbench.domain.elements import element_of, is_drums
from workbench.domain.errors import ParameterError
from workbench.domain.moves import Setting, standing
from workbench.domain.naming import latin_id
from workbench.domain.paths import MODEL_NAME
from workbench.output.figures.palette import element_colour
from workbench.rendering import list_patches, load_kit, load_patch, save_sound
from workbench.rendering.kit import Kit
from workbench.rendering.morph import morph
from workbench.rendering.patch import Patch
from workbench.rendering.sampler.instrument import SAMPLES_PREFIX
from workbench.rendering.settings import Knob, knobs_of, with_settings
from workbench.session import Session
from workbench.widgets.instrument import InstrumentWidget, action, front_end, sheet
from workbench.widgets.parameter_words import parameter_words
from workbench.widgets.places import sections_of

_HERE = Path(__file__).resolve().parent
_LOOP_BARS = 4


class SoundDesigner(InstrumentWidget):
    """The sound of one element: each turn of a knob is one `sound` edit, heard over the bars that loop.

    Parameters
    ----------
    session
        Holds a song; a finished one gives the other elements in full quality.
    element
        What is shown first; by default the first element of the song that is no drum.
    """

    _esm = front_end(_HERE / "designer.js", "player.js")
    _css = sheet() + (_HERE / "designer.css").read_text(encoding="utf-8")
    element = traitlets.Unicode("").tag(sync=True)
    elements: Any = traitlets.List().tag(sync=True)
    patch = traitlets.Unicode("").tag(sync=True)
    patches: Any = traitlets.List().tag(sync=True)
    knobs: Any = traitlets.List().tag(sync=True)
    sections: Any = traitlets.List().tag(sync=True)
    bars = traitlets.Int(1).tag(sync=True)

    def __init__(self, session: Session, element: str = "") -> None:
        self._heard = (1, 1)
        self._turned = ""
        super().__init__(session)
        if element:
            self.choose(element)

    @property
    def own(self) -> Patch | Kit:
        """The sound as it stands, not yet tuned to the song."""
        plan = self.session.state.song.plan
        sound: Patch | Kit = _named(self.element, self._name)
        return with_settings(sound, standing(plan.patch_settings.get(self.element, {})))

    @property
    def _name(self) -> str:
        return self.session.state.song.plan.patches.get(self.element) or element_of(self.element).patch

    def refresh(self) -> None:
        """Show the sound as it stands."""
        song = self.session.state.song
        names = list(song.score.parts)
        self.elements = [{"name": name, "colour": element_colour(name)} for name in names]
        if self.element not in names:
            self.element = next((name for name in names if not is_drums(name)), names[0])
        self.patch, self.patches = self._name, list(list_patches(self.element))
        by_hand = song.plan.patch_settings.get(self.element, {})
        # Samples have no parameters: another patch can be chosen, nothing can be turned.
        knobs = () if self.patch.startswith(SAMPLES_PREFIX) else tuple(knobs_of(self.own))
        usual = {knob.name: knob.value for knob in knobs_of(_named(self.element, self._name))} if knobs else {}
        self.knobs = [_knob_form(knob, knob.name in by_hand, usual.get(knob.name, knob.value)) for knob in knobs]
        struck = {song.bar_of(note) + 1 for note in song.score.parts[self.element].notes}
        self.sections, self.bars = _loops(song.plan.bars, sections_of(song.plan), struck), song.plan.bars

    @action
    def listen(self, first: int, last: int) -> None:
        """Send some bars of all elements."""
        self._heard = (first, last)
        self.sound(self._heard)

    @action
    def choose(self, element: str) -> None:
        """Show another element."""
        if element not in self.session.state.song.score.parts:
            raise ParameterError(f"{element} is not in the song")
        self.element = element
        self.refresh()

    @action
    def turn(self, name: str, value: Setting, again: bool = False, stamp: float = 0.0) -> None:
        """Set a parameter; `again` is the same turn going on, which stays one step of the history."""
        self._set(
            {name: value}, f"{self.element}: {parameter_words(name).at(value)}", again and self._turned == name, stamp
        )
        self._turned = name

    @action
    def towards(self, other: str, amount: float, again: bool = False, stamp: float = 0.0) -> None:
        """Cross the patch with another one, `amount` 0 (not) to 1 (as far as its own parts go)."""
        base = _named(self.element, self._name)
        crossed = {knob.name: knob.value for knob in knobs_of(morph(base, _named(self.element, other), amount))}
        settings = {knob.name: crossed[knob.name] for knob in knobs_of(base) if knob.name in crossed}
        key = f"towards {other}"
        self._set(settings, f"{amount:.0%} of the way to {other}", again and self._turned == key, stamp)
        self._turned = key

    @action
    def load(self, patch: str) -> None:
        """Play the element on another patch or kit."""
        self._turned = ""
        self.change([{"edit": "patch", "element": self.element, "patch": patch}], f"{self.element} plays {patch}")
        self.sound(self._heard, [self.element])

    @action
    def save(self, name: str) -> None:
        """Keep the sound under a name, for this song and for requests."""
        # Spaces and accents are no fault of a name by hand.
        name = name if re.fullmatch(MODEL_NAME, name) else latin_id(name) or name
        save_sound(replace(self.own, description=f"Made from {self.patch}."), name)
        self.load(name)
        self.tell(f"saved: a request names it by patches: {self.element}: {name}")

    @action
    def undo(self) -> None:
        """Go back by one change, and hear it."""
        super().undo()
        self._turned = ""
        self.sound(self._heard)

    @action
    def redo(self) -> None:
        """Go on by one change, and hear it."""
        super().redo()
        self._turned = ""
        self.sound(self._heard)

    def _set(self, settings: dict[str, Setting], message: str, again: bool, stamp: float) -> None:
        edit = {"edit": "sound", "element": self.element, "settings": settings}
        if again:
            self.session.undo()
        self.session.modify([edit])
        # The ear comes first: what the page shows may follow.
        self.sound(self._heard, [self.element], stamp=stamp)
        self._changed(message)


def _named(element: str, name: str) -> Any:
    return load_kit(name) if is_drums(element) else load_patch(element, name)


def _knob_form(knob: Knob, by_hand: bool, usual: Setting) -> dict[str, Any]:
    words = parameter_words(knob.name)
    return {
        "name": knob.name,
        "group": words.group or "level",
        "label": words.label,
        "unit": words.unit,
        "value": knob.value,
        "usual": usual,
        "meaning": knob.meaning,
        "low": knob.low,
        "high": knob.high,
        "options": list(knob.options),
        "by_hand": by_hand,
    }


def _loops(bars: int, sections: list[dict[str, Any]], struck: set[int]) -> list[dict[str, Any]]:
    """The first bars of each section, for what loops while a knob is turned is short; `struck` are bars with notes."""
    loops = [{**one, "last": min(one["last"], one["first"] + _LOOP_BARS - 1, bars)} for one in sections]
    return [{**one, "silent": struck.isdisjoint(range(one["first"], one["last"] + 1))} for one in loops]
