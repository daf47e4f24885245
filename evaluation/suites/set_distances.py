"""How far all tracks of a run together lie from the reference tracks, as sets of sounds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluation.metrics import frechet, kernel
from evaluation.metrics.embedding import NAME, standardised
from evaluation.metrics.frechet import SetDistance
from evaluation.suites.run_result import TrackResult
from workbench.analysis.references import ReferenceLibrary, ReferenceProfile
from workbench.domain.arrays import Floats

LEAST_RECORDINGS = 3


def set_distances(tracks: Sequence[TrackResult], library: ReferenceLibrary | None = None) -> dict[str, SetDistance]:
    """Kernel and Fréchet distance from the references that the tracks name, or from the whole library.

    A distance for which there are too few windows or recordings is left out.
    """
    first = [standardised(track.embedding) for track in tracks if track.embedding]
    second = [standardised(profile.embedding) for profile in _references(tracks, library) if profile.embedding]
    return _distances(first, second)


def human_distances(tracks: Sequence[TrackResult], library: ReferenceLibrary | None = None) -> dict[str, SetDistance]:
    """The same distances between two halves of those references: what finished music of people has among itself.

    Halves are taken in turn from the ids in order, so that albums and authors are shared out.
    """
    embedded = [standardised(one.embedding) for one in _references(tracks, library) if one.embedding]
    return _distances(embedded[::2], embedded[1::2])


def _references(tracks: Sequence[TrackResult], library: ReferenceLibrary | None) -> Sequence[ReferenceProfile]:
    held = library or ReferenceLibrary()
    named = {name for track in tracks for name in track.references}
    return [held.get(name) for name in sorted(named)] if len(named) >= LEAST_RECORDINGS else held.list()


def _distances(first: Sequence[Floats], second: Sequence[Floats]) -> dict[str, SetDistance]:
    if min(len(first), len(second)) < LEAST_RECORDINGS:
        return {}
    found = {"kernel_distance": kernel.evaluate(first, second, embedding=NAME)}
    windows, width = min(sum(map(len, side)) for side in (first, second)), np.shape(second[0])[1]
    if windows >= frechet.LEAST_WINDOWS_A_DIMENSION * width:
        found["frechet_distance"] = frechet.evaluate(first, second, embedding=NAME)
    return found
