"""What every track of a Live Set is built of: settings, parameters that automation can reach, mixer and sequencers.

Live names a parameter that automation may move by a number that is used once in the whole file; `Numbers` gives them.
"""

from __future__ import annotations

from itertools import count
from xml.etree import ElementTree as ET

from workbench.domain.units import db_to_gain
from workbench.output.daw.session import SessionTrack

LOUDEST_DB = 6.0
"""Where the faders of Live end."""
MASTER = "MasterTrack"

_QUIETEST_GAIN, _LOUDEST_GAIN = 0.0003162277571, 1.99526238
_CONTROLLERS = 131
"""Controllers that a track of notes can automate: pitch bend, pressure, program and 128 numbers."""
_NOT_SCROLLED = -1073741824


class Numbers:
    """Numbers of what automation can reach, each used once."""

    def __init__(self) -> None:
        self._next = count(1)

    def take(self) -> str:
        """The next number."""
        return str(next(self._next))


def settings(parent: ET.Element, **values: object) -> None:
    """Elements with a `Value` each, in order; truth is written small."""
    for name, value in values.items():
        ET.SubElement(parent, name, Value=str(value).lower() if isinstance(value, bool) else str(value))


def group(parent: ET.Element, path: str, **values: object) -> ET.Element:
    """Elements inside each other, as in `Value/Path`; settings in the last, which is returned."""
    for name in path.split("/"):
        parent = ET.SubElement(parent, name)
    settings(parent, **values)
    return parent


def target(parent: ET.Element, name: str, numbers: Numbers) -> str:
    """A place that automation can reach; returns its number."""
    identity = numbers.take()
    settings(ET.SubElement(parent, name, Id=identity), LockEnvelope=0)
    return identity


def switch(parent: ET.Element, name: str, on: bool, numbers: Numbers) -> None:
    """A parameter that is on or off."""
    element = group(parent, name, LomId=0, Manual=on)
    target(element, "AutomationTarget", numbers)
    group(element, "MidiCCOnOffThresholds", Min=64, Max=127)


def knob(parent: ET.Element, name: str, value: object, span: tuple[object, object], numbers: Numbers) -> str:
    """A parameter within a range; returns the number that automation finds it by."""
    element = group(parent, name, LomId=0, Manual=value)
    group(element, "MidiControllerRange", Min=span[0], Max=span[1])
    identity = target(element, "AutomationTarget", numbers)
    target(element, "ModulationTarget", numbers)
    return identity


def choice(parent: ET.Element, name: str, value: int, numbers: Numbers) -> str:
    """A parameter that is one of several; returns the number that automation finds it by."""
    return target(group(parent, name, LomId=0, Manual=value), "AutomationTarget", numbers)


def heading(track: ET.Element, name: str, colour: int, annotation: str = "") -> ET.Element:
    """What a track begins with; returns the list of its envelopes."""
    settings(track, LomId=0, LomIdView=0, IsContentSelected=False, EnvelopeModePreferred=False)
    group(track, "TrackDelay", Value=0, IsValueSampleBased=False)
    group(track, "Name", EffectiveName=name, UserName=name, Annotation=annotation, MemorizedFirstClipName="")
    settings(track, ColorIndex=colour)
    envelopes = group(track, "AutomationEnvelopes/Envelopes")
    settings(track, TrackGroupId=-1, TrackUnfolded=True)
    for wrapper in ("DevicesListWrapper", "ClipSlotsListWrapper"):
        ET.SubElement(track, wrapper, LomId="0")
    settings(track, ViewData="{}")
    return envelopes


def device_chain(track: ET.Element, output: tuple[str, str, str]) -> ET.Element:
    """The chain of a track as far as its routing; `output` is where it leads, and how Live calls that place."""
    chain = group(track, "DeviceChain")
    lanes = group(chain, "AutomationLanes")
    lane = ET.SubElement(group(lanes, "AutomationLanes"), "AutomationLane", Id="0")
    settings(lane, SelectedDevice=0, SelectedEnvelope=0, IsContentSelected=False, LaneHeight=68)
    settings(lanes, AreAdditionalAutomationLanesFolded=False)
    group(chain, "ClipEnvelopeChooserViewState", SelectedDevice=0, SelectedEnvelope=0, PreferModulationVisible=False)
    _routing(chain, "AudioInputRouting", "AudioIn/External/S0", "Ext. In", "1/2")
    _routing(chain, "MidiInputRouting", "MidiIn/External.All/-1", "Ext: All Ins", "")
    _routing(chain, "AudioOutputRouting", *output)
    _routing(chain, "MidiOutputRouting", "MidiOut/None", "None", "")
    return chain


def _routing(chain: ET.Element, name: str, place: str, upper: str, lower: str) -> None:
    group(chain, name, Target=place, UpperDisplayString=upper, LowerDisplayString=lower)


def fader_gain(gain_db: float) -> float:
    """The value of a fader, which ends at `LOUDEST_DB`.

    Examples
    --------
    >>> round(fader_gain(-6.0206), 4)
    0.5
    >>> fader_gain(9.0) == fader_gain(6.0)
    True
    """
    return min(_LOUDEST_GAIN, max(_QUIETEST_GAIN, db_to_gain(min(gain_db, LOUDEST_DB))))


def mixer(chain: ET.Element, track: SessionTrack, numbers: Numbers) -> ET.Element:
    """Fader, pan and mute of a track; returns the mixer, to which the master adds tempo and metre."""
    element = group(chain, "Mixer")
    device(element, numbers)
    group(element, "Sends")
    switch(element, "Speaker", not track.mute, numbers)
    settings(element, SoloSink=False, PanMode=0)
    knob(element, "Pan", repr(track.pan), (-1, 1), numbers)
    knob(element, "SplitStereoPanL", -1, (-1, 1), numbers)
    knob(element, "SplitStereoPanR", 1, (-1, 1), numbers)
    knob(element, "Volume", repr(fader_gain(track.gain_db)), (_QUIETEST_GAIN, _LOUDEST_GAIN), numbers)
    settings(element, ViewStateSesstionTrackWidth=93)
    choice(element, "CrossFadeState", 1, numbers)
    ET.SubElement(element, "SendsListWrapper", LomId="0")
    return element


def device(element: ET.Element, numbers: Numbers) -> None:
    """What mixer and sequencers have in common with every device."""
    settings(element, LomId=0, LomIdView=0, IsExpanded=True)
    switch(element, "On", True, numbers)
    ET.SubElement(element, "ParametersListWrapper", LomId="0")
    settings(element, LastSelectedTimeableIndex=0, LastSelectedClipEnvelopeIndex=0)
    group(element, "LastPresetRef/Value")
    group(element, "LockedScripts")
    settings(element, IsFolded=False, ShouldShowPresetName=False, UserName="", Annotation="")
    group(element, "SourceContext/Value")


def audio_sequencer(element: ET.Element, monitoring: int, numbers: Numbers) -> ET.Element:
    """A sequencer of sound; returns the list of its clips in the arrangement."""
    device(element, numbers)
    _clip_slot(element)
    settings(element, MonitoringEnum=monitoring)
    events = _arrangement(group(element, "Sample"))
    for name in ("Volume", "Transposition", "GrainSize", "Flux", "SampleOffset"):
        target(element, f"{name}ModulationTarget", numbers)
    settings(element, PitchViewScrollPosition=_NOT_SCROLLED, SampleOffsetModulationScrollPosition=_NOT_SCROLLED)
    group(element, "Recorder", IsArmed=False, TakeCounter=1)
    return events


def note_sequencer(element: ET.Element, numbers: Numbers) -> ET.Element:
    """A sequencer of notes; returns the list of its clips in the arrangement."""
    device(element, numbers)
    _clip_slot(element)
    settings(element, MonitoringEnum=1)
    events = _arrangement(group(element, "ClipTimeable"))
    group(element, "Recorder", IsArmed=False, TakeCounter=0)
    controllers = group(element, "MidiControllers")
    for number in range(_CONTROLLERS):
        target(controllers, f"ControllerTargets.{number}", numbers)
    return events


def _clip_slot(element: ET.Element) -> None:
    """An empty slot for the one scene of the set: Live wants a slot of each track for every scene."""
    slot = ET.SubElement(group(element, "ClipSlotList"), "ClipSlot", Id="0")
    settings(slot, LomId=0)
    group(slot, "ClipSlot/Value")
    settings(slot, HasStop=True, NeedRefreeze=True)


def _arrangement(parent: ET.Element) -> ET.Element:
    arrangement = group(parent, "ArrangerAutomation")
    events = group(arrangement, "Events")
    view_state(arrangement)
    return events


def view_state(parent: ET.Element) -> None:
    """What follows each list of events."""
    group(group(parent, "AutomationTransformViewState", IsTransformPending=False), "TimeAndValueTransforms")
