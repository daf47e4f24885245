"""Sessions read back, by the suffix of their files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from workbench.domain.errors import ParameterError
from workbench.midi.file import MIDI_SUFFIXES
from workbench.output.daw.ableton_reading import read_ableton
from workbench.output.daw.dawproject_reading import read_dawproject
from workbench.output.daw.midi_reading import read_midi_session
from workbench.output.daw.reaper_reading import read_reaper
from workbench.output.daw.session import DawSession

READERS: Mapping[str, Callable[[str | Path], DawSession]] = {
    ".dawproject": read_dawproject,
    ".rpp": read_reaper,
    ".als": read_ableton,
    **dict.fromkeys(MIDI_SUFFIXES, read_midi_session),
}
"""Readers by suffix, in lower case."""


def read_session(path: str | Path) -> DawSession:
    """Read a DAWproject, a REAPER project, a Live Set or a MIDI file.

    Raises
    ------
    ParameterError
        If the file is of no such kind, or cannot be read.
    """
    if Path(path).is_dir():
        raise ParameterError(
            f"{path} is a folder: expected a session or MIDI file; of a bundle that is its midi/song.mid, and "
            "`beatsfoundry modify` changes a bundle as it is"
        )
    suffix = Path(path).suffix.lower()
    if suffix not in READERS:
        raise ParameterError(f"{path}: expected a session that ends with {', '.join(READERS)}, got {suffix!r}")
    return READERS[suffix](path)
