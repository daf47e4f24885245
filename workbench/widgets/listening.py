"""Sounds side by side in a notebook: equally loud, switched without a gap, with their spectra; and patches crossed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets as w
import traitlets

from workbench.analysis.levels import at_equal_loudness
from workbench.domain.audio import Audio
from workbench.domain.errors import ParameterError, did_you_mean
from workbench.domain.score import Note
from workbench.output.html_tables import asset, folded, plain_table, script
from workbench.output.page_audio import encode_for_page
from workbench.rendering import list_kits, list_patches, load_kit, load_patch
from workbench.widgets.pictures import embedded
from workbench.widgets.tables import HtmlTable

if TYPE_CHECKING:
    from IPython.display import Image

    from workbench.rendering.kit import Kit
    from workbench.rendering.patch import Patch

_ASSETS = Path(__file__).resolve().parent / "assets"
_RATE_HZ = 44100
_SECONDS = 3
_PHRASES = {"bass": (33, 33, 40, 36), "pads": (52, 55, 59, 64), "leads": (67, 71, 74, 72)}
"""MIDI pitches on the four beats, each louder than the one before."""

PLAYED = tuple(_PHRASES)
"""Elements whose sounds are patches."""


class SoundSwitcher(anywidget.AnyWidget):
    """Plays one of several sounds and switches between them without a gap, all at one loudness.

    `show` puts in other sounds. At most 30 s are heard, the loudest ones.

    Parameters
    ----------
    sounds
        By name.
    together
        Whether they are versions of one song and begin together; else each is heard where it is loudest.
    """

    _esm = script("switcher.js") + (_ASSETS / "switcher_widget.js").read_text(encoding="utf-8")
    _css = asset("switcher.css")
    names: Any = traitlets.List().tag(sync=True)
    sounds: Any = traitlets.List().tag(sync=True)

    def __init__(self, sounds: Mapping[str, Audio], *, together: bool = True) -> None:
        super().__init__()
        self.together = together
        self.show(sounds)

    def show(self, sounds: Mapping[str, Audio]) -> None:
        """Replace what is heard."""
        levelled = at_equal_loudness(sounds, together=self.together)
        with self.hold_sync():
            self.names = list(levelled)
            self.sounds = [encode_for_page(sound) for sound in levelled.values()]


def spectra_picture(sounds: Mapping[str, Audio], *, beside_first: bool = False) -> Image:
    """Long-term spectra of sounds; with `beside_first` how far each lies from the first, as small steps need."""
    from workbench.output.diagnostics import spectra, spectrum_steps

    figure = spectrum_steps(sounds) if beside_first else spectra(sounds)
    return embedded(figure, alt="Spectra")


def patch_sound(patch: Patch) -> Audio:
    """Four notes, each louder than the one before, 3 s in 44.1 kHz."""
    from workbench.rendering.synth import render_synth

    notes = [Note(beat, pitch, 0.9, 70 + 15 * beat) for beat, pitch in enumerate(_PHRASES[patch.element])]
    samples = render_synth(
        notes, patch, samples_per_beat=_RATE_HZ / 2, length=_SECONDS * _RATE_HZ, sample_rate_hz=_RATE_HZ, seed=1
    )
    return Audio(samples, _RATE_HZ)


def kit_sound(kit: Kit) -> Audio:
    """One bar of kick, snare and hats, 3 s in 44.1 kHz."""
    from workbench.rendering.drums import render_drums

    hits = [Note(0.5 * i, 36 if i % 4 == 0 else 42, 0.2, 100 - 30 * (i % 2)) for i in range(8)]
    hits += [Note(beat, 38, 0.2, 110) for beat in (1, 3)] + [Note(3.5, 46, 0.2, 90)]
    samples = render_drums(
        hits, kit, samples_per_beat=_RATE_HZ / 2, length=_SECONDS * _RATE_HZ, sample_rate_hz=_RATE_HZ, seed=1
    )
    return Audio(samples, _RATE_HZ)


def sounds_table() -> HtmlTable:
    """Every patch and kit with its description, by element; a click on an element opens its list."""
    lists = []
    for element in PLAYED:
        patches = [load_patch(element, name) for name in list_patches(element)]
        lists.append(_list_of(f"{element}: {len(patches)} patches", patches))
    kits = [load_kit(name) for name in list_kits()]
    return HtmlTable("".join([*lists, _list_of(f"percussion: {len(kits)} kits", kits)]))


def _list_of(title: str, sounds: Sequence[Patch | Kit]) -> str:
    return folded(title, plain_table(("Name", "What it is"), [(sound.name, sound.description) for sound in sounds]))


class PatchMorph(w.VBox):
    """Two patches of one element and what lies between: chosen from lists, heard beside each other.

    `amount` 0 is the first, 1 the second; `patch` is the patch at that amount.

    Parameters
    ----------
    element
        "bass", "pads" or "leads".
    first, second
        Names of patches; by default the first two of the list.
    """

    def __init__(self, element: str = "pads", first: str = "", second: str = "") -> None:
        names = list_patches(element)
        for name in (first, second):
            if name and name not in names:
                hint = did_you_mean(name, names)
                raise ParameterError(f"patch {name!r} is not known{hint}: expected one of {', '.join(names)}")
        control = {
            "layout": w.Layout(width="auto", flex="1 1 auto", min_width="0"),
            "style": {"description_width": "auto"},
        }
        self.element = element
        self.first = w.Dropdown(options=names, value=first or names[0], description="From", **control)
        self.second = w.Dropdown(options=names, value=second or names[1], description="to", **control)
        self.amount = w.FloatSlider(
            value=0.5, min=0.0, max=1.0, step=0.05, description="how far", continuous_update=False, **control
        )
        self.told = w.HTML()
        self.switcher = SoundSwitcher(self._sounds())
        self._tell()
        super().__init__([w.HBox([self.first, self.second, self.amount]), self.told, self.switcher])
        for chosen in (self.first, self.second, self.amount):
            chosen.observe(lambda _: self._update(), "value")

    @property
    def patch(self) -> Patch:
        """The patch at the amount."""
        from workbench.rendering.morph import morph

        return morph(*self._ends(), self.amount.value)

    def _ends(self) -> tuple[Patch, Patch]:
        return load_patch(self.element, self.first.value), load_patch(self.element, self.second.value)

    def _sounds(self) -> dict[str, Audio]:
        one, two = self._ends()
        sounds = {one.name: one, f"{self.amount.value:.0%} of the way": self.patch, two.name: two}
        return {name: patch_sound(patch) for name, patch in sounds.items()}

    def _tell(self) -> None:
        lines = [f"<b>{escape(one.name)}</b>: {escape(one.description)}" for one in self._ends()]
        self.told.value = "<br>".join(lines)

    def _update(self) -> None:
        self.switcher.show(self._sounds())
        self._tell()
