"""All pictures of a track, drawn once and given out as PNG bytes by name.

This module imports matplotlib only when something is drawn; the same track gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING

from workbench.domain.audio import check_audible
from workbench.domain.errors import unknown_name
from workbench.domain.plan import Plan
from workbench.domain.results import Track

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workbench.analysis.references import ReferenceProfile


@dataclass(frozen=True, slots=True)
class Caption:
    """What a picture is called and how it is read."""

    title: str
    text: str


CAPTIONS: Mapping[str, Caption] = {
    "structure": Caption("Structure", "Planned energy of each section, and which element plays in it."),
    "piano_roll": Caption(
        "Piano roll",
        "Every note of the score: stronger colour is higher velocity, a darker band more energy.",
    ),
    "waveform": Caption(
        "Level and loudness", "The master's waveform; below it its loudness (ITU-R BS.1770) over time."
    ),
    "spectrogram": Caption("Spectrogram", "Level by time and frequency, relative to the loudest cell."),
    "spectrum": Caption("Long-term spectrum", "Mean level in third-octave bands, relative to the total."),
    "stereo": Caption(
        "Stereo image", "Correlation of the channels in half-second windows; above zero it survives mono."
    ),
}
"""Names of the pictures in reading order."""


@contextmanager
def learning_to_draw() -> Iterator[None]:
    """Import what pictures need beside other work, which leaves a core idle: it takes half a second the first time."""
    learning = Thread(target=import_module, args=["workbench.output.figures.drawing"])
    learning.start()
    try:
        yield
    finally:
        learning.join()


def plan_references(plan: Plan) -> tuple[ReferenceProfile, ...]:
    """Profiles of the references that a plan names, as far as the library still holds them."""
    from workbench.analysis.references import ReferenceLibrary

    library = ReferenceLibrary()
    held = set(library.ids())
    return tuple(library.get(name) for name in plan.references if name in held)


def draw(track: Track, name: str, *, references: Sequence[ReferenceProfile] | None = None) -> Figure:
    """Draw one picture of `CAPTIONS` as a matplotlib figure; `references` are by default those that the plan names.

    Raises
    ------
    ParameterError
        If no picture has that name, or if there is nothing to draw: no samples, or no section.
    """
    if name not in CAPTIONS:
        raise unknown_name("picture", name, CAPTIONS)
    return _drawings(track, references)[name]()


def draw_all(track: Track, *, references: Sequence[ReferenceProfile] | None = None) -> dict[str, bytes]:
    """Draw every picture of `CAPTIONS` as PNG, by name."""
    from workbench.output.figures.drawing import to_png

    return {name: to_png(drawing()) for name, drawing in _drawings(track, references).items()}


def draw_png(track: Track, name: str, *, references: Sequence[ReferenceProfile] | None = None) -> bytes:
    """Draw one picture of `CAPTIONS` as PNG."""
    from workbench.output.figures.drawing import to_png

    return to_png(draw(track, name, references=references))


def _drawings(track: Track, references: Sequence[ReferenceProfile] | None) -> dict[str, Callable[[], Figure]]:
    from workbench.analysis.spectrum import THIRD_OCTAVE_HZ, stereo_spectrum, third_octave_db
    from workbench.output.figures import audio_figures as sound
    from workbench.output.figures import score_figures as notes

    plan, score, master = track.plan, track.score, track.master
    check_audible({"master": master})
    timing = (score.sections, score.seconds_at_bar)
    profiles = plan_references(plan) if references is None else references
    bands = {profile.id: profile.third_octave_db for profile in profiles}
    return {
        "structure": lambda: notes.structure_timeline(score.sections, tuple(score.parts), score.seconds_at_bar),
        "piano_roll": lambda: notes.piano_roll(score),
        "waveform": lambda: sound.waveform(master, *timing, plan.delivery),
        "spectrogram": lambda: sound.spectrogram(master, *timing),
        "spectrum": lambda: sound.long_term_spectrum(
            THIRD_OCTAVE_HZ, third_octave_db(stereo_spectrum(master)).tolist(), bands
        ),
        "stereo": lambda: sound.stereo_image(master, *timing),
    }
