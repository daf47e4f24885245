"""Some files of a track in a folder of their own, for whoever needs the sound or the notes and no bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from workbench.domain.errors import ParameterError, unknown_name
from workbench.domain.results import Track
from workbench.output.files.bundle import track_files
from workbench.output.files.folder import appearing

PARTS: Mapping[str, str] = {"master": "master.", "stems": "stems/", "midi": "midi/"}
"""What can be written, and how the names of its files begin."""


def export_parts(track: Track, directory: str | Path, parts: Sequence[str]) -> list[Path]:
    """Write master, stems or MIDI files of a track, the same bytes as in its bundle; return the paths.

    Parameters
    ----------
    track : Track
        Of its alternatives nothing is written.
    directory : path
        A folder that is absent or empty.
    parts : sequence of str
        `master`, `stems`, `midi`.

    Raises
    ------
    ParameterError
        If a part is not known, or there is nothing to write.
    OutputError
        If the folder is occupied or cannot be written.
    """
    for part in parts:
        if part not in PARTS:
            raise unknown_name("part", part, PARTS)
    begins = tuple(PARTS[part] for part in parts)
    files = {name: write for name, write in track_files(track).items() if begins and name.startswith(begins)}
    if not files:
        raise ParameterError(f"nothing to write: expected one of {', '.join(PARTS)} that the track has")
    with appearing(directory) as folder:
        for name, write in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            write(folder / name)
    return [Path(directory) / name for name in files]
