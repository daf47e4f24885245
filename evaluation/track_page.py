"""The page of one track of a suite: it stands alone, players included."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.analysis.references import ReferenceLibrary
from workbench.domain.results import Track
from workbench.output.page_audio import data_address
from workbench.output.report_html import render


def track_page(track: Track, references: Sequence[str] = ()) -> str:
    """The report of a track with its sound inside, against the named references or those of its style."""
    library = ReferenceLibrary()
    sound = {"master": track.master, **track.mix.stems}
    return render(
        track,
        references=[library.get(name) for name in references],
        audio_files={name: data_address(audio) for name, audio in sound.items()},
    )
