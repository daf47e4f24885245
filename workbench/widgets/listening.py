"""Sounds side by side in a notebook: equally loud, switched without a gap, with their spectra."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.analysis.levels import at_equal_loudness
from workbench.domain.audio import Audio
from workbench.domain.elements import PITCHED_ELEMENTS, Kind, kind_of
from workbench.domain.score import Note
from workbench.output.report.html_tables import folded, plain_table
from workbench.output.report.page_audio import encode_for_page
from workbench.output.report.showing import switcher
from workbench.rendering import list_kits, list_patches, load_kit, load_patch
from workbench.widgets.pictures import embedded
from workbench.widgets.tables import HtmlTable

if TYPE_CHECKING:
    from IPython.display import Image

    from workbench.analysis.key import KeyEstimate
    from workbench.rendering.kit import Kit
    from workbench.rendering.patch import Patch

_RATE_HZ = 44100
_SECONDS = 3
_PHRASES: Mapping[Kind, tuple[int, ...]] = {
    "bass": (33, 33, 40, 36), "chords": (52, 55, 59, 64), "melody": (67, 71, 74, 72),
}  # fmt: skip
"""MIDI pitches on the four beats, each louder than the one before."""


class SoundSwitcher:
    """Plays one of several sounds and switches between them without a gap, all at one loudness.

    A cell shows it by itself, and it plays on when the notebook is opened again. At most 30 s are heard, the loudest.

    Parameters
    ----------
    sounds
        By name.
    together
        Whether they are versions of one song and begin together; else each is heard where it is loudest.

    Attributes
    ----------
    sounds : dict of str to bytes
        Ogg Vorbis by name.
    """

    def __init__(self, sounds: Mapping[str, Audio], *, together: bool = True) -> None:
        levelled = at_equal_loudness(sounds, together=together)
        self.sounds = {name: encode_for_page(sound) for name, sound in levelled.items()}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": f"SoundSwitcher: {', '.join(self.sounds)}", "text/html": switcher(self.sounds)}


def spectra_picture(sounds: Mapping[str, Audio], *, beside_first: bool = False) -> Image:
    """Long-term spectra of sounds; with `beside_first` how far each lies from the first, as small steps need."""
    from workbench.output.figures.diagnostic_figures import spectra, spectrum_steps

    figure = spectrum_steps(sounds) if beside_first else spectra(sounds)
    return embedded(figure, alt="Spectra")


def music_picture(audio: Audio) -> Image:
    """Mel spectrum, chroma with the chords that are heard, and tempogram of a recording, as librosa draws them."""
    from workbench.output.figures.listening_figures import listening

    return embedded(listening(audio), alt="Mel spectrum, chroma with chords and tempogram")


def second_ear_table(audio: Audio) -> HtmlTable:
    """Tempo, key and tuning of a recording as we and as librosa hear them, and its percussive share."""
    from workbench.analysis.key import estimate_key
    from workbench.analysis.rhythm import estimate_tempo
    from workbench.analysis.second_ear import second_opinion

    key, other = estimate_key(audio), second_opinion(audio)
    return HtmlTable(
        plain_table(
            ("", "Ours", "librosa"),
            [
                ("tempo, BPM", f"{estimate_tempo(audio).bpm:.2f}", f"{other.fitted_bpm:.2f}"),
                ("key", _key_text(key), _key_text(other.key)),
                ("tuning, cents", f"{key.tuning_cents:+.0f}" if key else "none", f"{other.tuning_cents:+.0f}"),
                ("percussive share of the energy", "", f"{other.percussive_share:.0%}"),
            ],
        )
    )


def _key_text(estimate: KeyEstimate | None) -> str:
    return str(estimate.key) if estimate is not None and estimate.is_tonal else "none"


def patch_sound(patch: Patch) -> Audio:
    """Four notes, each louder than the one before, 3 s in 44.1 kHz."""
    from workbench.rendering.synth import render_synth

    notes = [Note(beat, pitch, 0.9, 70 + 15 * beat) for beat, pitch in enumerate(_PHRASES[kind_of(patch.element)])]
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
    for element in PITCHED_ELEMENTS:
        patches = [load_patch(element, name) for name in list_patches(element)]
        lists.append(_list_of(f"{element}: {len(patches)} patches", patches))
    kits = [load_kit(name) for name in list_kits()]
    return HtmlTable("".join([*lists, _list_of(f"percussion: {len(kits)} kits", kits)]))


def _list_of(title: str, sounds: Sequence[Patch | Kit]) -> str:
    return folded(title, plain_table(("Name", "What it is"), [(sound.name, sound.description) for sound in sounds]))
