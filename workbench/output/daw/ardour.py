"""Ardour 7 sessions: a folder with an XML file, and sound and MIDI below `interchange`.

Times of sound are superclocks, 282,240,000 a second, written `a123`; those of notes are 1920 to a quarter note, written
`b123`; a length is `length@start`. Ardour fades regions for 64 samples unless it is told not to.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from xml.etree import ElementTree as ET

import mido

from workbench.domain.units import db_to_gain
from workbench.output.daw.session import AudioClip, DawSession, NoteClip, SessionTrack
from workbench.output.files.midi_files import TICKS_PER_BEAT

MEDIA = "interchange/{name}/audiofiles"
_MIDI_FOLDER = "interchange/{name}/midifiles"
_SUPERCLOCKS = 282_240_000
_PULSES = 1920
_VERSION = "7002"
_DEFAULT_RATE_HZ = 48000
_DRUM_CHANNEL = 9
_REGION = {
    "muted": "0", "opaque": "1", "locked": "0", "automatic": "0", "whole-file": "0", "import": "0", "external": "0",
    "hidden": "0", "position-locked": "0", "stretch": "1", "shift": "1", "layering-index": "0", "tags": "",
}  # fmt: skip
_NO_FADES = {
    "envelope-active": "0", "default-fade-in": "0", "default-fade-out": "0", "fade-in-active": "0",
    "fade-out-active": "0", "scale-amplitude": "1",
}  # fmt: skip


def documents(session: DawSession, version: str) -> Mapping[str, bytes]:
    """The session file, and a MIDI file for each clip of notes."""
    root = _Writer(session, count(100)).session(version)
    ET.indent(root)
    text = bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"
    voices = {f"{_MIDI_FOLDER}/{_midi_name(track)}": _midi(session, track) for track in session.tracks if track.clips}
    return {"{name}.ardour": text, **voices}


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes one session; every thing in it gets a number of its own."""

    music: DawSession
    numbers: Iterator[int]

    def session(self, version: str) -> ET.Element:
        rate = next((track.audio.sample_rate_hz for track in self.music.stems if track.audio), _DEFAULT_RATE_HZ)
        root = ET.Element(
            "Session", {"version": _VERSION, "name": self.music.title, "sample-rate": str(rate), "id-counter": "100000"}
        )
        ET.SubElement(root, "ProgramVersion", {"created-with": f"BeatsFoundry {version}"})
        config = ET.SubElement(root, "Config")
        # Without the format of new recordings Ardour says that it finds no sample rate.
        for option, value in (("native-file-data-format", "FormatInt24"), ("native-file-header-format", "BWF")):
            ET.SubElement(config, "Option", {"name": option, "value": value})
        parts = {name: ET.SubElement(root, name) for name in ("Sources", "Regions", "Locations", "Routes", "Playlists")}
        self._locations(parts["Locations"])
        self._master(parts["Routes"])
        for order, track in enumerate(self.music.tracks, start=1):
            playlist, route = self._number(), self._number()
            kind = "midi" if track.audio is None else "audio"
            self._route(parts["Routes"], track, order, route, playlist, kind)
            laid = ET.SubElement(
                parts["Playlists"],
                "Playlist",
                {"id": playlist, "name": track.name, "type": kind, "orig-track-id": route, "frozen": "0"},
            )
            if track.audio is not None:
                self._sound(parts["Sources"], laid, track.name, track.audio)
            elif track.clips:
                self._notes(parts["Sources"], laid, track)
        for name in ("UnusedPlaylists", "RouteGroups"):
            ET.SubElement(root, name)
        click = ET.SubElement(root, "Click")
        self._ports(click, "Click", "Output", "audio", ["system:playback"])
        self._controllable(self._processor(click, "Amp", "amp"), "gaincontrol", "GainLike", 1.0)
        self._tempo_map(root)
        return root

    def _number(self) -> str:
        return str(next(self.numbers))

    def _locations(self, locations: ET.Element) -> None:
        frames = [track.audio for track in self.music.stems if track.audio is not None]
        song = round(self.music.seconds_at(self.music.length_ticks) * _SUPERCLOCKS)
        end = max([song, *(_superclocks(clip) for clip in frames)])
        self._location(locations, "session", "a0", f"a{end}", "IsSessionRange")
        for tick, name in self.music.markers:
            at = f"a{round(self.music.seconds_at(tick) * _SUPERCLOCKS)}"
            self._location(locations, name, at, at, "IsMark")

    def _location(self, locations: ET.Element, name: str, start: str, end: str, flags: str) -> None:
        ET.SubElement(
            locations,
            "Location",
            {"id": self._number(), "name": name, "start": start, "end": end, "flags": flags, "locked": "0", "cue": "0"},
        )

    def _master(self, routes: ET.Element) -> None:
        master = self._bare_route(routes, "Master", 0, {"id": self._number(), "default-type": "audio"}, "MasterOut")
        self._ports(master, "Master", "Input", "audio", [f"{track.name}/audio_out" for track in self.music.stems])
        self._ports(master, "Master", "Output", "audio", ["system:playback"])
        self._processors(master, SessionTrack("Master", "#000000"), "audio", with_disk=False)

    def _bare_route(
        self, routes: ET.Element, name: str, order: int, attributes: dict[str, str], flag: str, colour: int = 0
    ) -> ET.Element:
        fixed = {"strict-io": "1", "active": "1", "meter-point": "MeterPostFader", "disk-io-point": "DiskIOPreFader"}
        route = ET.SubElement(routes, "Route", {"version": _VERSION, "name": name, **attributes, **fixed})
        ET.SubElement(
            route, "PresentationInfo", {"order": str(order), "flags": f"{flag},OrderSet", "color": str(colour)}
        )
        return route

    def _route(
        self, routes: ET.Element, track: SessionTrack, order: int, identity: str, playlist: str, kind: str
    ) -> None:
        attributes = {"id": identity, "default-type": kind, f"{kind}-playlist": playlist, "mode": "Normal"}
        colour = (int(track.colour[1:], 16) << 8) + 0xFF
        flag = "MidiTrack" if kind == "midi" else "AudioTrack"
        route = self._bare_route(routes, track.name, order, attributes, flag, colour)
        if kind == "midi":
            for direction, port in (("Input", "midi_in"), ("Output", "midi_out")):
                io_ports = self._io(route, track.name, direction, kind)
                ET.SubElement(io_ports, "Port", {"type": kind, "name": f"{track.name}/{port} 1"})
        else:
            self._ports(route, track.name, "Input", kind, [])
            self._ports(route, track.name, "Output", kind, ["Master/audio_in"])
        self._processors(route, track, kind, with_disk=True)

    def _io(self, route: ET.Element, name: str, direction: str, kind: str) -> ET.Element:
        return ET.SubElement(
            route, "IO", {"name": name, "id": self._number(), "direction": direction, "default-type": kind}
        )

    def _ports(self, route: ET.Element, name: str, direction: str, kind: str, others: list[str]) -> None:
        """A pair of ports, each connected to the one of its side on every other."""
        ports = self._io(route, name, direction, kind)
        side = "audio_in" if direction == "Input" else "audio_out"
        for number in (1, 2):
            port = ET.SubElement(ports, "Port", {"type": kind, "name": f"{name}/{side} {number}"})
            for other in others:
                separator = "_" if other.startswith("system:") else " "
                ET.SubElement(port, "Connection", {"other": f"{other}{separator}{number}"})

    def _processors(self, route: ET.Element, track: SessionTrack, kind: str, *, with_disk: bool) -> None:
        self._controllable(route, "mute", "Toggle,RealTime", float(track.mute))
        ET.SubElement(
            route, "MuteMaster", {"mute-point": "PreFader,PostFader,Listen,Main", "muted": str(int(track.mute))}
        )
        pan = ET.SubElement(route, "Pannable")
        self._controllable(pan, "pan-azimuth", "", (track.pan + 1.0) / 2.0)
        self._controllable(pan, "pan-width", "", 1.0 - abs(track.pan))
        if with_disk:
            self._processor(route, f"player:{track.name}", "diskreader")
        amp = self._processor(route, "Amp", "amp")
        self._controllable(amp, "gaincontrol", "GainLike", db_to_gain(track.gain_db))
        outs = self._processor(route, track.name, "main-outs")
        outs.attrib.update({"own-input": "1", "own-output": "0", "output": track.name, "role": "Main"})
        if kind == "audio":
            ET.SubElement(outs, "PannerShell", {"bypassed": "0", "user-panner": "", "linked-to-route": "1"})

    def _processor(self, route: ET.Element, name: str, kind: str) -> ET.Element:
        return ET.SubElement(route, "Processor", {"id": self._number(), "name": name, "active": "1", "type": kind})

    def _controllable(self, parent: ET.Element, name: str, flags: str, value: float) -> None:
        ET.SubElement(
            parent, "Controllable", {"name": name, "id": self._number(), "flags": flags, "value": f"{value:.9g}"}
        )

    def _sound(self, sources: ET.Element, playlist: ET.Element, name: str, clip: AudioClip) -> None:
        """One source a channel, and a region over the whole file."""
        numbers = [self._number(), self._number()]
        for channel, number in enumerate(numbers):
            ET.SubElement(
                sources,
                "Source",
                {"name": clip.file, "type": "audio", "flags": "", "id": number, "channel": str(channel), "origin": ""},
            )
        made_of = {
            f"{role}{channel}": number
            for role in ("source-", "master-source-")
            for channel, number in enumerate(numbers)
        }
        ET.SubElement(
            playlist,
            "Region",
            {
                "name": name, "type": "audio", "id": self._number(), **_REGION, **_NO_FADES, **made_of, "channels": "2",
                "start": "a0@a0", "length": f"a{_superclocks(clip)}@a0", "positional-lock-style": "AudioTime",
            },
        )  # fmt: skip

    def _notes(self, sources: ET.Element, playlist: ET.Element, track: SessionTrack) -> None:
        number = self._number()
        ET.SubElement(
            sources, "Source", {"name": _midi_name(track), "type": "midi", "flags": "", "id": number, "origin": ""}
        )
        end = max(clip.end_ticks for clip in track.clips) * _PULSES // TICKS_PER_BEAT
        ET.SubElement(
            playlist,
            "Region",
            {
                "name": track.name, "type": "midi", "id": self._number(), **_REGION, "channels": "1",
                "source-0": number, "master-source-0": number,
                "start": "b0@b0", "length": f"b{end}@b0", "positional-lock-style": "MusicTime",
            },
        )  # fmt: skip

    def _tempo_map(self, root: ET.Element) -> None:
        """Tempi and metres, each in superclocks, quarter notes and bars."""
        tempo_map = ET.SubElement(root, "TempoMap", {"superclocks-per-second": str(_SUPERCLOCKS)})
        tempi, metres = ET.SubElement(tempo_map, "Tempos"), ET.SubElement(tempo_map, "Meters")
        for tick, tempo_bpm in self.music.tempi:
            ET.SubElement(
                tempi,
                "Tempo",
                {
                    "npm": repr(tempo_bpm), "enpm": repr(tempo_bpm), "note-type": "4", "type": "Tempo::Constant",
                    "active": "1", "locked-to-meter": "0", "continuing": "0", "omega": "0", **self._place(tick),
                },
            )  # fmt: skip
        for tick, (numerator, denominator) in self.music.metres:
            ET.SubElement(
                metres,
                "Meter",
                {"note-value": str(denominator), "divisions-per-bar": str(numerator), **self._place(tick)},
            )

    def _place(self, tick: int) -> dict[str, str]:
        quarters, rest = divmod(tick * _PULSES // TICKS_PER_BEAT, _PULSES)
        numerator, denominator = self.music.metres[0][1]
        bar, inside = divmod(tick, TICKS_PER_BEAT * 4 * numerator // denominator)
        beat, part = divmod(inside * _PULSES // TICKS_PER_BEAT, _PULSES * 4 // denominator)
        return {
            "sclock": str(round(self.music.seconds_at(tick) * _SUPERCLOCKS)),
            "quarters": f"{quarters}:{rest}",
            "bbt": f"{bar + 1}|{beat + 1}|{part}",
        }


def _superclocks(clip: AudioClip) -> int:
    return clip.length_samples * (_SUPERCLOCKS // clip.sample_rate_hz)


def _midi_name(track: SessionTrack) -> str:
    return f"{track.name}.mid"


def _midi(session: DawSession, track: SessionTrack) -> bytes:
    """The notes of a track as a MIDI file of one track, as Ardour keeps them."""
    channel = _DRUM_CHANNEL if track.is_drums else 0
    clips: tuple[NoteClip, ...] = track.clips
    events = []
    for note in (note for clip in clips for note in clip.notes):
        events.append((note.start_ticks, 1, note.pitch, note.velocity))
        events.append((note.end_ticks, 0, note.pitch, 0))
    laid, now = mido.MidiTrack(), 0
    for tick, starts, pitch, velocity in sorted(events):
        kind = "note_on" if starts else "note_off"
        laid.append(mido.Message(kind, channel=channel, note=pitch, velocity=velocity, time=tick - now))
        now = tick
    laid.append(mido.MetaMessage("end_of_track", time=max(0, session.length_ticks - now)))
    buffer = io.BytesIO()
    mido.MidiFile(type=0, ticks_per_beat=TICKS_PER_BEAT, tracks=[laid]).save(file=buffer)
    return buffer.getvalue()
