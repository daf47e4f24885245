"""Previews: some seconds of a song that is still being made, each a file that goes away by itself."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from workbench.domain.audio import Mix
from workbench.domain.files import atomic_file
from workbench.domain.plan import Delivery, Plan

PREVIEW = "preview.flac"
"""What a preview is called in addresses; no file of a bundle has this name."""
_LONGEST_SECONDS = 12.0


class PreviewStore:
    """The previews in a server's folder, by the version that they go before."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, version_id: str) -> Path | None:
        """The preview of a version, or None while there is none."""
        path = self._path(version_id)
        return path if path.is_file() else None

    def write(self, version_id: str, mix: Mix) -> None:
        """Keep a preview; it appears whole.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        from workbench.dsp.headroom import within_full_scale
        from workbench.output.files.audio_files import encode_to

        audio = within_full_scale(mix).audio
        with atomic_file(self._path(version_id)) as place:
            encode_to(place, audio, Delivery(format="flac", sample_rate_hz=audio.sample_rate_hz, bit_depth=16))

    def sweep(self, older_seconds: float) -> None:
        """Remove the previews whose addresses have expired."""
        late = time.time() - older_seconds
        for path in self._folder.glob("*.flac"):
            with suppress(OSError):
                if path.stat().st_mtime < late:
                    path.unlink()

    def _path(self, version_id: str) -> Path:
        return self._folder / f"{version_id}.flac"


def preview_bars(plan: Plan) -> tuple[int, int]:
    """First and last bar, from 1, of what is heard first: the beginning of the section with the most energy."""
    section = max(plan.sections, key=lambda one: one.energy)
    bars = int(_LONGEST_SECONDS / (plan.duration_seconds / plan.bars))
    return section.start_bar + 1, section.start_bar + min(section.bars, max(1, bars))
