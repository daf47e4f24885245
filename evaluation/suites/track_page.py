"""The page of one track of a suite: it stands alone, players included."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from workbench.analysis.audio_reading import read_audio
from workbench.analysis.references import ReferenceLibrary, ReferenceProfile
from workbench.domain.audio import Audio
from workbench.domain.errors import AudioFileError
from workbench.domain.results import Track
from workbench.output.report.page_audio import track_addresses
from workbench.output.report.report_html import render
from workbench.output.report.report_references import references_section

LEAST_OF_RANGE = 3


MOST_SOUNDS = 3
"""References that a page lets one hear."""


def track_page(track: Track, references: Sequence[str] = (), *, library: ReferenceLibrary | None = None) -> str:
    """The report of a track with its sound inside, against the named references, those of its style, or all."""
    held = library or ReferenceLibrary()
    named = [held.get(name) for name in references]
    profiles, name = _compared(held, named, track.plan.style)
    return render(
        track,
        references=named,
        audio_files=track_addresses(track),
        against=references_section(track, profiles, _sounds(held, named or profiles, track), name=name),
    )


def _compared(
    library: ReferenceLibrary, named: Sequence[ReferenceProfile], style: str
) -> tuple[Sequence[ReferenceProfile], str]:
    """The references whose range is drawn, and what they are called: too few make no range."""
    if len(named) >= LEAST_OF_RANGE:
        return named, f"{len(named)} named references"
    of_style = library.list(style=style)
    if len(of_style) >= LEAST_OF_RANGE:
        return of_style, f"{len(of_style)} {style} references"
    everything = library.list()
    return everything, f"{len(everything)} reference tracks"


def _sounds(library: ReferenceLibrary, profiles: Sequence[ReferenceProfile], track: Track) -> dict[str, Audio]:
    """What of the references can be heard on this machine, at the track's rate; a damaged file is left out."""
    sounds: dict[str, Audio] = {}
    for profile in profiles:
        path = library.audio_path(profile.id)
        if path is not None and len(sounds) < MOST_SOUNDS:
            with contextlib.suppress(AudioFileError):
                sounds[profile.id] = read_audio(path, sample_rate_hz=track.master.sample_rate_hz)
    return sounds
