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

_MOST_NAMES = 3


def read_session(path: str | Path) -> DawSession:
    """Read a DAWproject, a REAPER project, a Live Set or a MIDI file.

    Parameters
    ----------
    path : path
        The file; of a folder, the only project that lies in it.

    Returns
    -------
    DawSession
        Times in ticks, of which 960 make a quarter note.

    Raises
    ------
    ParameterError
        If the file is of no such kind or cannot be read, or if a folder holds no project or several.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import workbench
    >>> sections = (workbench.SectionPlan("verse", "verse", 0, 1, 0.5, ("bass",)),)
    >>> parts = {"bass": workbench.Part("bass", (workbench.Note(0, 36, 1, 90),))}
    >>> score = workbench.Score("", 120.0, workbench.Metre(), workbench.Key.parse("D minor"), sections, (), parts)
    >>> with TemporaryDirectory() as folder:
    ...     session = read_session(workbench.write_midi(score, f"{folder}/song.mid"))
    >>> session.key, session.tempi, [track.name for track in session.tracks]
    ('D minor', ((0, 120.0),), ['bass'])
    """
    if Path(path).is_dir():
        return read_session(_project_in(Path(path)))
    suffix = Path(path).suffix.lower()
    if suffix not in READERS and not Path(path).exists():
        raise ParameterError(f"{path} does not exist: expected a session, a MIDI file or a folder of stems")
    if suffix not in READERS:
        raise ParameterError(f"{path}: expected a session that ends with {', '.join(READERS)}, got {suffix!r}")
    return READERS[suffix](path)


def sessions_in(folder: str | Path) -> list[Path]:
    """The session files of a project's folder; backups and MIDI are none."""
    kinds = set(READERS) - set(MIDI_SUFFIXES)
    found = sorted(file for file in Path(folder).iterdir() if file.suffix.lower() in kinds and file.is_file())
    return [file for file in found if not file.name.startswith(".")]


def _project_in(folder: Path) -> Path:
    """The session file of a project's folder, as `export` writes it for REAPER and Live."""
    visible = sessions_in(folder)
    if len(visible) == 1:
        return visible[0]
    if visible:
        names = ", ".join(file.name for file in visible[:_MOST_NAMES])
        more = f" and {len(visible) - _MOST_NAMES} more" if len(visible) > _MOST_NAMES else ""
        raise ParameterError(f"{folder} is a folder with several sessions: expected one of {names}{more}")
    raise ParameterError(
        f"{folder} is a folder: expected a session or MIDI file, or a folder of stems; of a bundle that is its "
        "midi/song.mid, and `beatsfoundry modify` changes a bundle as it is"
    )
