"""Draws the pictures of docs/sound.md: kits, patches, a mix's stems, and a master beside its references.

Run it in the repository's root: `python docs/sound_pictures.py`. It needs no data but what ships.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from evaluation.sound.parameter_checks import play_kit, play_patch
from evaluation.sound.tracks import TrackJob, compose_job
from workbench.analysis.reference_halves import family_of, members_of
from workbench.analysis.references import ReferenceLibrary
from workbench.analysis.spectrum import stereo_spectrum, third_octave_db
from workbench.domain.audio import Audio
from workbench.dsp.headroom import within_full_scale
from workbench.mixing import mix
from workbench.output.figures.audio_figures import log_spectrogram_db
from workbench.output.figures.diagnostic_figures import diagnostics, spectra, spectrum_curves
from workbench.output.figures.drawing import look, to_png
from workbench.pipeline import deliver
from workbench.rendering import list_kits, list_patches, load_kit, load_patch, render

OUT = Path(__file__).parent / "images"
RATE = 44100


def sheet(sounds: dict[str, np.ndarray], columns: int) -> Figure:
    """Small spectrograms, 30 Hz to 20 kHz, each with its name."""
    rows = -(-len(sounds) // columns)
    with look():
        figure = Figure(figsize=(12.0, 1.05 * rows), dpi=90, layout="constrained")
        for place, (name, sound) in enumerate(sounds.items(), start=1):
            axes = figure.add_subplot(rows, columns, place)
            axes.imshow(
                log_spectrogram_db(Audio(sound, RATE)), origin="lower", aspect="auto", cmap="magma", vmin=-70, vmax=0
            )
            axes.set_title(name, fontsize=7, fontweight="normal", pad=2)
            axes.set_xticks([])
            axes.set_yticks([])
    return figure


def save(name: str, figure: Figure) -> None:
    """Write a picture with 128 colours: a third of the size, and no difference that an eye would see."""
    from PIL import Image

    image = Image.open(io.BytesIO(to_png(figure))).convert("RGB")
    image.quantize(128).save(OUT / f"sound-{name}.png", optimize=True)


def main() -> None:
    """Draw everything."""
    save("kits", sheet({name: play_kit(load_kit(name)) for name in list_kits()}, 5))
    for element in ("bass", "pads", "leads"):
        save(element, sheet({n: play_patch(load_patch(element, n)) for n in list_patches(element)}, 7))
    plan, score = compose_job(TrackJob("house", 11, 40.0))
    mixed = within_full_scale(mix(render(score, plan), score, plan))
    master, _ = deliver(mixed, plan)
    save("stems", spectra(dict(mixed.stems), title="Stems of a house track in the mix"))
    save("master", diagnostics(master))
    library = ReferenceLibrary()
    names = members_of(family_of("house"))[:4]
    curves = {"master": third_octave_db(stereo_spectrum(master))}
    curves |= {name: np.array(library.get(name).third_octave_db) for name in names}
    save("references", spectrum_curves(curves, title="A house master beside released tracks"))


if __name__ == "__main__":
    main()
