"""Live Sets of Ableton Live: one gzipped XML file in a project folder, beside its stems.

The form is that of Live 10.1, which later versions open too. Notes, markers and tempo stand in quarter notes. The clips
of stems are not warped: they sound as they were written, whatever the tempo does. Tempo automation is linear between
its points, so a tempo that changes at once has two points at one place.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from xml.etree import ElementTree as ET

from workbench.output.daw.ableton_colours import FIRST_INDEX, nearest
from workbench.output.daw.ableton_parts import (
    LOUDEST_DB,
    MASTER,
    Numbers,
    audio_sequencer,
    choice,
    device_chain,
    group,
    heading,
    knob,
    mixer,
    note_sequencer,
    settings,
    view_state,
)
from workbench.output.daw.session import KEY_NOTE, AudioClip, DawSession, NoteClip, SessionNote, SessionTrack
from workbench.output.files.midi_files import TICKS_PER_BEAT

MEDIA = "Samples/Imported"
"""Folder of the stems in the project's folder, where Live keeps what it has collected."""
BEFORE_ALL = -63072000
"""Place of the event that holds before the first one, in quarter notes."""

_INFO = "Ableton Project Info/BeatsFoundry.txt"
"""Live takes a folder for a project if it finds the folder of this file in it."""
_SLOWEST_BPM, _FASTEST_BPM = 60, 200
_IN_PROJECT = 3
"""Kind of a path that begins at the project's folder."""


def documents(session: DawSession, version: str) -> Mapping[str, bytes]:
    """The Live Set, and what makes its folder a project; `{name}` stands for the session's name."""
    root = _document(session)
    ET.indent(root, "\t")
    text = ET.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"
    made = f"{session.title}: made with BeatsFoundry {version}, AI-assisted\n"
    # No time in the header, so that the same song gives the same bytes.
    return {"{name}.als": gzip.compress(text, mtime=0), _INFO: made.encode()}


def _document(session: DawSession) -> ET.Element:
    root = ET.Element(
        "Ableton", MajorVersion="5", MinorVersion="10.0_377", SchemaChangeCount="3", Creator="BeatsFoundry", Revision=""
    )  # fmt: skip
    live_set = ET.SubElement(root, "LiveSet")
    settings(live_set, NextPointeeId=0, OverwriteProtectionNumber=2561, LomId=0, LomIdView=0)
    numbers = Numbers()
    tracks = group(live_set, "Tracks")
    for place, track in enumerate(session.tracks):
        _track(tracks, session, track, place, numbers)
    _master(live_set, session, numbers)
    _cue_channel(live_set, numbers)
    _song(live_set, session)
    live_set[0].set("Value", numbers.take())
    return root


def _track(tracks: ET.Element, session: DawSession, track: SessionTrack, place: int, numbers: Numbers) -> None:
    element = ET.SubElement(tracks, "MidiTrack" if track.audio is None else "AudioTrack", Id=str(place))
    colour = FIRST_INDEX + nearest(track.colour)
    heading(element, track.name, colour, _beyond_the_fader(track))
    settings(element, SavedPlayingSlot=-1, SavedPlayingOffset=0, Freeze=False, VelocityDetail=0)
    settings(element, NeedArrangerRefreeze=True, PostProcessFreezeClips=0)
    chain = device_chain(element, ("AudioOut/Master", "Master", ""))
    mixer(chain, track, numbers)
    main = group(chain, "MainSequencer")
    events = note_sequencer(main, numbers) if track.audio is None else audio_sequencer(main, 2, numbers)
    audio_sequencer(group(chain, "FreezeSequencer"), 1, numbers)
    group(chain, "DeviceChain/Devices")
    if track.audio is not None:
        _audio(events, session, track, track.audio, colour)
        return
    settings(element, ReWireSlaveMidiTargetId=0, PitchbendRange=96)
    for number, clip in enumerate(track.clips):
        _notes(events, session, clip, number, colour)


def _beyond_the_fader(track: SessionTrack) -> str:
    if track.gain_db <= LOUDEST_DB:
        return ""
    return f"{track.gain_db:+.1f} dB in BeatsFoundry; the fader ends at {LOUDEST_DB:+g} dB"


def _clip(events: ET.Element, kind: str, number: int, start_beats: float, end_beats: float) -> ET.Element:
    clip = ET.SubElement(events, kind, Id=str(number), Time=repr(start_beats))
    settings(clip, LomId=0, LomIdView=0, CurrentStart=repr(start_beats), CurrentEnd=repr(end_beats))
    return clip


def _content(clip: ET.Element, name: str, colour: int, session: DawSession, length: str, inside: str) -> None:
    """What clips of notes and of sound have in common; `inside` is the length that their loop counts in."""
    loop = group(clip, "Loop", LoopStart=0, LoopEnd=inside, StartRelative=0, LoopOn=False)
    settings(loop, OutMarker=length, HiddenLoopStart=0, HiddenLoopEnd=inside)
    settings(clip, Name=name, Annotation="", ColorIndex=colour, LaunchMode=0, LaunchQuantisation=0)
    metre = ET.SubElement(group(clip, "TimeSignature/TimeSignatures"), "RemoteableTimeSignature", Id="0")
    settings(metre, Numerator=session.metres[0][1][0], Denominator=session.metres[0][1][1], Time=0)
    group(clip, "Envelopes/Envelopes")
    group(clip, "ScrollerTimePreserver", LeftTime=0, RightTime=length)
    group(clip, "TimeSelection", AnchorTime=0, OtherTime=0)
    settings(clip, Legato=False, Ram=False)
    group(clip, "GrooveSettings", GrooveId=-1)
    settings(clip, Disabled=False, VelocityAmount=0, FollowTime=4, FollowActionA=0, FollowActionB=0)
    settings(clip, FollowChanceA=1, FollowChanceB=0)
    _grid(clip)
    settings(clip, FreezeStart=0, FreezeEnd=0)


def _grid(parent: ET.Element) -> None:
    grid = group(parent, "Grid", FixedNumerator=1, FixedDenominator=16, GridIntervalPixel=20, Ntoles=2)
    settings(grid, SnapToGrid=True, Fixed=False)


def _notes(events: ET.Element, session: DawSession, one: NoteClip, number: int, colour: int) -> None:
    start, length = one.start_ticks / TICKS_PER_BEAT, repr((one.end_ticks - one.start_ticks) / TICKS_PER_BEAT)
    clip = _clip(events, "MidiClip", number, start, one.end_ticks / TICKS_PER_BEAT)
    _content(clip, one.name, colour, session, length, length)
    settings(clip, IsWarped=True)
    keys = group(clip, "Notes/KeyTracks")
    by_pitch: dict[int, list[SessionNote]] = defaultdict(list)
    for note in one.notes:
        by_pitch[note.pitch].append(note)
    for place, pitch in enumerate(sorted(by_pitch)):
        key = ET.SubElement(keys, "KeyTrack", Id=str(place))
        notes = group(key, "Notes")
        for note in by_pitch[pitch]:
            ET.SubElement(notes, "MidiNoteEvent", _note(note, one.start_ticks))
        settings(key, MidiKey=pitch)
    settings(clip, BankSelectCoarse=-1, BankSelectFine=-1, ProgramChange=-1, NoteEditorFoldInZoom=-1)
    settings(clip, NoteEditorFoldInScroll=0, NoteEditorFoldOutZoom=-1, NoteEditorFoldOutScroll=0)


def _note(note: SessionNote, from_ticks: int) -> dict[str, str]:
    return {
        "Time": repr((note.start_ticks - from_ticks) / TICKS_PER_BEAT),
        "Duration": repr((note.end_ticks - note.start_ticks) / TICKS_PER_BEAT),
        "Velocity": str(note.velocity),
        "OffVelocity": "64",
        "IsEnabled": "true",
    }


def _audio(events: ET.Element, session: DawSession, track: SessionTrack, audio: AudioClip, colour: int) -> None:
    """A stem from the first bar on. A clip that is not warped has its loop in seconds, and its place in beats."""
    seconds = audio.length_samples / audio.sample_rate_hz
    clip = _clip(events, "AudioClip", 0, 0.0, session.tempo_map.beats_at(seconds))
    # The pair of warp markers stands for 120 BPM, so that a second is two of its beats.
    _content(clip, track.name, colour, session, repr(2.0 * seconds), repr(seconds))
    settings(clip, IsWarped=False)
    _sample(group(clip, "SampleRef"), audio)
    group(clip, "Onsets/UserOnsets")
    settings(clip[-1], HasUserOnsets=False)
    settings(clip, WarpMode=4, GranularityTones=30, GranularityTexture=65, FluctuationTexture=25)
    settings(clip, TransientResolution=6, TransientLoopMode=2, TransientEnvelope=100)
    # Live fades clips in and out unless the set forbids it, which would change their first samples.
    settings(clip, ComplexProFormants=100, ComplexProEnvelope=128, Sync=True, HiQ=True, Fade=False)
    fades = group(clip, "Fades", FadeInLength=0, FadeOutLength=0, ClipFadesAreInitialized=True, CrossfadeInState=0)
    settings(fades, FadeInCurveSkew=0, FadeInCurveSlope=0, FadeOutCurveSkew=0, FadeOutCurveSlope=0)
    settings(fades, IsDefaultFadeIn=False, IsDefaultFadeOut=False)
    settings(clip, PitchCoarse=0, PitchFine=0, SampleVolume=1, MarkerDensity=2, AutoWarpTolerance=4)
    markers = group(clip, "WarpMarkers")
    for number, beat in enumerate((0.0, 0.03125)):
        ET.SubElement(markers, "WarpMarker", Id=str(number), SecTime=repr(beat / 2.0), BeatTime=repr(beat))
    group(clip, "SavedWarpMarkersForStretched")
    settings(clip, MarkersGenerated=True, IsSongTempoMaster=False)


def _sample(parent: ET.Element, audio: AudioClip) -> None:
    file = group(parent, "FileRef", HasRelativePath=True, RelativePathType=_IN_PROJECT)
    path = group(file, "RelativePath")
    for number, folder in enumerate(MEDIA.split("/")):
        ET.SubElement(path, "RelativePathElement", Id=str(number), Dir=folder)
    settings(file, Name=audio.file, Type=2)
    group(file, "Data")
    settings(file, RefersToFolder=False)
    group(group(file, "SearchHint"), "PathHint")
    settings(file[-1], FileSize=0, Crc=0, MaxCrcSize=0, HasExtendedInfo=False)
    settings(file, LivePackName="", LivePackId="")
    settings(parent, LastModDate=0)
    group(parent, "SourceContext")
    settings(parent, SampleUsageHint=0, DefaultDuration=audio.length_samples, DefaultSampleRate=audio.sample_rate_hz)


def _master(live_set: ET.Element, session: DawSession, numbers: Numbers) -> None:
    master = group(live_set, MASTER)
    envelopes = heading(master, "Master", FIRST_INDEX)
    chain = device_chain(master, ("AudioOut/External/S0", "Ext. Out", "1/2"))
    desk = mixer(chain, SessionTrack("Master", "#000000"), numbers)
    span = _tempo_range(session)
    tempo = knob(desk, "Tempo", repr(session.tempi[0][1]), span, numbers)
    metre = choice(desk, "TimeSignature", metre_number(session.metres[0][1]), numbers)
    knob(desk, "GlobalGrooveAmount", 100, (0, 131.25), numbers)
    knob(desk, "CrossFade", 0, (-1, 1), numbers)
    settings(desk, TempoAutomationViewBottom=span[0], TempoAutomationViewTop=span[1])
    frozen = ET.SubElement(group(chain, "FreezeSequencer"), "AudioSequencer", Id="0")
    audio_sequencer(frozen, 1, numbers)
    group(chain, "DeviceChain/Devices")
    metres = [(place, str(metre_number(one))) for place, one in _places(session.metres)]
    _envelope(envelopes, metre, "EnumEvent", metres)
    _envelope(envelopes, tempo, "FloatEvent", _steps(session))


def _tempo_range(session: DawSession) -> tuple[int, int]:
    """What the tempo's knob spans: as in Live, wider where the song needs it."""
    tempi = [tempo_bpm for _, tempo_bpm in session.tempi]
    return min(_SLOWEST_BPM, int(min(tempi))), max(_FASTEST_BPM, int(max(tempi)) + 1)


def metre_number(metre: tuple[int, int]) -> int:
    """The number that Live writes for a metre: 99 numerators for each power of two below.

    Examples
    --------
    >>> metre_number((4, 4)), metre_number((6, 8))
    (201, 302)
    """
    numerator, denominator = metre
    return numerator - 1 + 99 * (denominator.bit_length() - 1)


def _places(events: tuple[tuple[int, tuple[int, int]], ...]) -> Iterator[tuple[float, tuple[int, int]]]:
    """What holds first holds from before everything."""
    for tick, value in events:
        yield (tick / TICKS_PER_BEAT if tick else BEFORE_ALL), value


def _steps(session: DawSession) -> Iterator[tuple[float, str]]:
    yield BEFORE_ALL, repr(session.tempi[0][1])
    for (_, before), (tick, after) in pairwise(session.tempi):
        yield tick / TICKS_PER_BEAT, repr(before)
        yield tick / TICKS_PER_BEAT, repr(after)


def _envelope(envelopes: ET.Element, pointee: str, kind: str, events: Iterable[tuple[float, str]]) -> None:
    envelope = ET.SubElement(envelopes, "AutomationEnvelope", Id=str(len(envelopes)))
    group(envelope, "EnvelopeTarget", PointeeId=pointee)
    automation = group(envelope, "Automation")
    inside = group(automation, "Events")
    for number, (place, value) in enumerate(events):
        ET.SubElement(inside, kind, Id=str(number), Time=repr(place), Value=value)
    view_state(automation)


def _cue_channel(live_set: ET.Element, numbers: Numbers) -> None:
    track = group(live_set, "PreHearTrack")
    heading(track, "Master", 0)
    chain = device_chain(track, ("AudioOut/External/S0", "Ext. Out", "1/2"))
    mixer(chain, SessionTrack("Master", "#000000"), numbers)
    group(chain, "DeviceChain/Devices")


def _song(live_set: ET.Element, session: DawSession) -> None:
    group(live_set, "SendsPre")
    scene = ET.SubElement(group(live_set, "SceneNames"), "Scene", Id="0", Value="")
    settings(scene, Annotation="", ColorIndex=0, LomId=0)
    ET.SubElement(scene, "ClipSlotsListWrapper", LomId="0")
    transport = group(live_set, "Transport", PhaseNudgeTempo=10, LoopOn=False, LoopStart=0, LoopLength=16)
    settings(transport, LoopIsSongStart=False, CurrentTime=0, PunchIn=False, PunchOut=False, DrawMode=False)
    settings(live_set, GlobalQuantisation=4, AutoQuantisation=0)
    _grid(live_set)
    group(live_set, "ScaleInformation", RootNote=0, Name="Major")
    locators = group(live_set, "Locators/Locators")
    for number, (tick, name) in enumerate(session.markers):
        locator = ET.SubElement(locators, "Locator", Id=str(number))
        settings(locator, LomId=0, Time=repr(tick / TICKS_PER_BEAT), Name=name, Annotation="", IsSongStart=False)
    group(live_set, "DetailClipKeyMidis")
    for kind in ("Tracks", "VisibleTracks", "ReturnTracks", "Scenes", "CuePoints"):
        ET.SubElement(live_set, f"{kind}ListWrapper", LomId="0")
    settings(live_set, ChooserBar=0, Annotation=KEY_NOTE + session.key, SoloOrPflSavedValue=True, SoloInPlace=True)
    settings(live_set, CrossfadeCurve=2, LatencyCompensation=2, HighlightedTrackIndex=0)
    group(live_set, "GroovePool/Grooves")
    settings(live_set, AutomationMode=False, SnapAutomationToGrid=True, ArrangementOverdub=False, ViewData="{}")
