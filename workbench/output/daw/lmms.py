"""LMMS 1.2 projects: the notes of a song on synthesisers of LMMS.

LMMS counts 48 ticks to a quarter note, keeps whole BPM only, and looks for sound in its own folders alone; so a project
holds notes and no stems. The kit is one synthesiser like the others: choose a drum kit for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from workbench.domain.errors import ParameterError
from workbench.domain.units import db_to_gain
from workbench.output.daw.session import DawSession, NoteClip, SessionTrack
from workbench.output.files.midi_files import TICKS_PER_BEAT

_TICKS = 48
_LOWEST_KEY = 12
"""MIDI note 12 is key 0 of LMMS."""
_LOUDEST_PERCENT = 200.0


def documents(session: DawSession, version: str) -> Mapping[str, bytes]:
    """The project.

    Raises
    ------
    ParameterError
        If there are no notes, or if the tempo changes, which a project of whole BPM cannot follow.
    """
    if not any(clip.notes for track in session.voices for clip in track.clips):
        raise ParameterError(f"{session.title}: an LMMS project needs notes, this song has none")
    if len(session.tempi) > 1:
        raise ParameterError(f"{session.title}: LMMS sessions hold one tempo, this song has {len(session.tempi)}")
    numerator, denominator = session.metres[0][1]
    root = ET.Element(
        "lmms-project", version="1.0", type="song", creator=f"BeatsFoundry {version}", creatorversion="1.2.2"
    )
    ET.SubElement(
        root, "head", bpm=str(round(session.tempi[0][1])), timesig_numerator=str(numerator),
        timesig_denominator=str(denominator), mastervol="100", masterpitch="0",
    )  # fmt: skip
    song = ET.SubElement(root, "song")
    container = ET.SubElement(song, "trackcontainer", type="song")
    for track in session.tracks:
        if track.audio is None:
            _track(container, track)
    ET.SubElement(song, "timeline", lp0pos="0", lp1pos=str(_place(session.length_ticks)), lpstate="0")
    ET.indent(root)
    head = b'<?xml version="1.0"?>\n<!DOCTYPE lmms-project>\n'
    return {"{name}.mmp": head + bytes(ET.tostring(root, encoding="utf-8")) + b"\n"}


def _track(container: ET.Element, track: SessionTrack) -> None:
    element = ET.SubElement(container, "track", type="0", name=track.name, muted=str(int(track.mute)), solo="0")
    level = min(_LOUDEST_PERCENT, 100.0 * db_to_gain(track.gain_db))
    voice = ET.SubElement(
        element, "instrumenttrack", vol=f"{level:.6g}", pan=f"{100 * track.pan:.6g}", basenote="57", pitch="0", fxch="0"
    )
    ET.SubElement(ET.SubElement(voice, "instrument", name="tripleoscillator"), "tripleoscillator")
    for clip in track.clips:
        _pattern(element, clip)


def _pattern(track: ET.Element, clip: NoteClip) -> None:
    start = _place(clip.start_ticks)
    pattern = ET.SubElement(
        track, "pattern", type="1", name=clip.name, pos=str(start), len=str(_place(clip.end_ticks) - start),
        muted="0", steps="16",
    )  # fmt: skip
    for note in clip.notes:
        at = _place(note.start_ticks)
        ET.SubElement(
            pattern, "note", key=str(note.pitch - _LOWEST_KEY), vol=str(_volume(note.velocity)), pan="0",
            pos=str(at - start), len=str(max(1, _place(note.end_ticks) - at)),
        )  # fmt: skip


def _volume(velocity: int) -> int:
    """Whole percent: LMMS reads what has a decimal point as 0."""
    return max(1, round(velocity / 1.27))


def _place(ticks: int) -> int:
    return round(ticks * _TICKS / TICKS_PER_BEAT)
