"""Edit a finished track, or a bundle on disk: a new one comes out, the old one stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.domain.clock import Progress
from workbench.domain.edit_state import EditState
from workbench.domain.results import Track
from workbench.editing.applying import edit_song
from workbench.editing.edits import Edit, parse_edits
from workbench.editing.song import Song
from workbench.editing.stem_reuse import make_sound
from workbench.output import load, load_song
from workbench.store import Store

Edits = Sequence[Edit | Mapping[str, Any]]


def modify(
    source: Track | str | Path, edits: Edits, *, progress: Progress | None = None, store: Store | None = None
) -> Track:
    """Apply edits to a track; what they do not touch keeps its bytes.

    Notes that no edit touches are the same notes. A stem is the same, byte for byte, unless one of its inputs changed:
    its notes, patch, tempo, sections, and the kicks where they duck it. Of mp3 bundles every stem is made again.

    Parameters
    ----------
    source : Track or path
        A track, or the folder of its bundle. It stays as it is.
    edits : sequence
        Edits, or mappings in their JSON form, applied in order.
    progress, store
        As for `generate`.

    Returns
    -------
    Track
        The edited track, without alternatives. Its `edits` hold the history; the same edits give the same track.

    Raises
    ------
    ParameterError
        If an edit is not valid, or does not fit the song; then nothing was done.
    OutputError
        If the folder is no finished bundle.

    Examples
    --------
    >>> import workbench
    >>> slower = workbench.modify("songs/rain", [{"edit": "tempo", "bpm": 72}])  # doctest: +SKIP
    >>> slower.plan.tempo_bpm  # doctest: +SKIP
    72.0
    """
    wanted = parse_edits(edits)
    track = source if isinstance(source, Track) else load(source)
    song = _edited(Song(track.plan, track.score, track.edits), wanted)
    remix = any(edit.edit == "remix" for edit in wanted)
    return make_sound(track, song, remix=remix, progress=progress, store=store)


def modify_notes(directory: str | Path, edits: Edits) -> Song:
    """Apply edits to the notes of a bundle, which need not hold any sound.

    Raises
    ------
    ParameterError, OutputError
        As `modify`.
    """
    wanted = parse_edits(edits)
    plan, score, state = load_song(directory)
    return _edited(Song(plan, score, state or EditState()), wanted)


def _edited(song: Song, edits: Sequence[Edit]) -> Song:
    """The song with edits made, as one call."""
    changed = edit_song(song, edits)
    return replace(changed, state=replace(changed.state, calls=(*song.state.calls, len(edits))))
