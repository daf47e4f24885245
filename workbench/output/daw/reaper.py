"""REAPER projects: one text file beside its stems.

Positions are seconds, written with all their digits, so that the tempo map leads back to the tick. Tempo markers are of
square shape: each tempo holds until the next.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping

from workbench.domain.units import db_to_gain
from workbench.output.daw.session import (
    KEY_NOTE,
    AudioClip,
    DawSession,
    NoteClip,
    SessionTrack,
)
from workbench.output.files.midi_files import TICKS_PER_BEAT

MEDIA = "media"
"""Folder of the stems beside the project."""
SQUARE = 1
"""Shape of a tempo marker that holds until the next one."""
_CUSTOM_COLOUR = 0x1000000
_DRUM_CHANNEL = 9
_NAMESPACE = uuid.UUID("6f2d1b1e-6b0e-5c7a-9f43-2f6f4d3f0a11")


def documents(session: DawSession, version: str) -> Mapping[str, bytes]:
    """The project's file, by a name with `{name}` for the session's."""
    lines = _project(session, version)
    return {"{name}.rpp": ("\n".join(lines) + "\n").encode()}


def _project(session: DawSession, version: str) -> Iterator[str]:
    numerator, denominator = session.metres[0][1]
    yield f'<REAPER_PROJECT 0.1 "6.0/BeatsFoundry-{version}" 0'
    yield from _indented(_block("NOTES 0 2", [f"|{KEY_NOTE}{session.key}"]))
    yield f"  TEMPO {session.tempi[0][1]!r} {numerator} {denominator}"
    rates = {track.audio.sample_rate_hz for track in session.stems if track.audio is not None}
    if rates:
        yield f"  SAMPLERATE {max(rates)} 1 0"
    yield from _indented(_block("TEMPOENVEX", ["ACT 1 -1", f"DEFSHAPE {SQUARE} -1 -1", *_tempo_points(session)]))
    for number, (tick, name) in enumerate(session.markers, start=1):
        yield f"  MARKER {number} {session.seconds_at(tick)!r} {quoted(name)} 0 0 1"
    for number, track in enumerate(session.tracks):
        yield from _indented(_block(f"TRACK {_identity(session.title, number)}", _track(session, track)))
    for number, bus in enumerate(session.buses, start=len(session.tracks)):
        yield from _indented(_block(f"TRACK {_identity(session.title, number)}", _bus(session, bus)))
    yield ">"


def _tempo_points(session: DawSession) -> Iterator[str]:
    """Tempo and metre wherever one of them changes; a point without a metre keeps the one before."""
    tempi, metres = dict(session.tempi), dict(session.metres)
    tempo_bpm = session.tempi[0][1]
    for tick in sorted({*tempi, *metres}):
        tempo_bpm = tempi.get(tick, tempo_bpm)
        metre = metres.get(tick)
        metre_fields = "" if metre is None else f" {metre[0] + (metre[1] << 16)} 0 1"
        yield f"PT {session.seconds_at(tick)!r} {tempo_bpm!r} {SQUARE}{metre_fields}"


def _track(session: DawSession, track: SessionTrack) -> Iterator[str]:
    red, green, blue = (int(track.colour[at : at + 2], 16) for at in (1, 3, 5))
    yield f"NAME {quoted(track.name)}"
    yield f"PEAKCOL {_CUSTOM_COLOUR + red + (green << 8) + (blue << 16)}"
    yield f"VOLPAN {db_to_gain(track.gain_db)!r} {track.pan!r} -1 -1 1"
    yield f"MUTESOLO {int(track.mute)} 0 0"
    yield "NCHAN 2"
    if track.audio is not None:
        yield from _block("ITEM", _audio(track.name, track.audio))
    for clip in track.clips:
        yield from _block("ITEM", _notes(session, clip, _DRUM_CHANNEL if track.is_drums else 0))


def _bus(session: DawSession, bus: str) -> Iterator[str]:
    """An effect bus without its effect, which is the user's to choose: what it receives, and how loud."""
    yield f"NAME {quoted(bus)}"
    yield "NCHAN 2"
    for number, track in enumerate(session.tracks):
        for name, level in track.sends:
            if name == bus:
                # Source, after its fader, gain, pan, mute, mono, phase, channels.
                yield f"AUXRECV {number} 0 {db_to_gain(level)!r} 0 0 0 0 0 0 -1:U 0 -1 ''"


def _audio(name: str, audio: AudioClip) -> Iterator[str]:
    yield "POSITION 0"
    yield f"LENGTH {audio.length_samples / audio.sample_rate_hz!r}"
    # Without fades of its own an item gets the user's default ones, which would change its first samples.
    yield from ("LOOP 0", "FADEIN 1 0 0 1 0 0 0", "FADEOUT 1 0 0 1 0 0 0")
    yield f"NAME {quoted(name)}"
    yield from _block("SOURCE WAVE", [f"FILE {quoted(f'{MEDIA}/{audio.file}')}"])


def _notes(session: DawSession, clip: NoteClip, channel: int) -> Iterator[str]:
    start = session.seconds_at(clip.start_ticks)
    yield f"POSITION {start!r}"
    yield f"LENGTH {session.seconds_at(clip.end_ticks) - start!r}"
    yield "LOOP 0"
    yield f"NAME {quoted(clip.name)}"
    yield from _block("SOURCE MIDI", [f"HASDATA 1 {TICKS_PER_BEAT} QN", *_events(clip, channel)])


def _events(clip: NoteClip, channel: int) -> Iterator[str]:
    """Notes as MIDI messages in hexadecimal, each after its distance to the one before; ends come before beginnings."""
    events = []
    for note in clip.notes:
        start, end = note.start_ticks - clip.start_ticks, note.end_ticks - clip.start_ticks
        events.append((start, 1, f"{0x90 + channel:02x} {note.pitch:02x} {note.velocity:02x}"))
        events.append((end, 0, f"{0x80 + channel:02x} {note.pitch:02x} 00"))
    now = 0
    for tick, _, message in sorted(events):
        yield f"E {tick - now} {message}"
        now = tick
    # All notes off: REAPER's way to tell where the source ends.
    yield f"E {max(0, clip.end_ticks - clip.start_ticks - now)} {0xB0 + channel:02x} 7b 00"


def quoted(text: str) -> str:
    """A text in the quotes that it does not hold; REAPER knows three kinds and no escapes.

    Examples
    --------
    >>> print(quoted('the "big" one'))
    'the "big" one'
    """
    plain = " ".join(text.split())
    for mark in "\"'`":
        if mark not in plain:
            return f"{mark}{plain}{mark}"
    return "`" + plain.replace("`", "'") + "`"


def _identity(title: str, number: int) -> str:
    """A name of a track that is the same each time."""
    return "{" + str(uuid.uuid5(_NAMESPACE, f"{title}/{number}")).upper() + "}"


def _block(head: str, lines: Iterator[str] | list[str]) -> Iterator[str]:
    yield f"<{head}"
    yield from _indented(lines)
    yield ">"


def _indented(lines: Iterator[str] | list[str]) -> Iterator[str]:
    for line in lines:
        yield "  " + line
