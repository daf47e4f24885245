"""Failures that are known by a code: what happens, and what helps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A failure: what it is called, what the user sees of it, and the remedy."""

    title: str
    symptom: str
    remedy: str


CODES: Mapping[str, Code] = {
    "BFD001": Code(
        "Too little free memory",
        "generation ends without output, or the machine slows down",
        'close other programs, or ask for less: a shorter duration, one iteration, "preview": true',
    ),
    "BFD002": Code(
        "Too few processor cores",
        "everything takes much longer than stated",
        'use "preview": true while you try things out, or a machine with two cores or more',
    ),
    "BFD003": Code(
        "Too little free disk space",
        "a bundle cannot be written",
        "free some space, or limit what is kept: beatsfoundry cache limit 1GB",
    ),
    "BFD004": Code(
        "Drafts of dead processes",
        "hidden folders beside your bundles take space",
        "write any bundle into the same folder: drafts that no process holds are cleared away then",
    ),
    "BFD005": Code(
        "A run ended without a word",
        "generation ends without output",
        'the system ended it, most likely for want of memory: ask for less (shorter, one iteration, "preview": true)',
    ),
    "BFD006": Code(
        "A run was held up",
        "everything takes much longer than stated",
        "end what else uses processor or disk, or keep bundles on a disk of this machine (beatsfoundry doctor --watch)",
    ),
    "BFD010": Code(
        "A network cannot be loaded",
        "generation ends without output",
        "install the workbench again (make setup), or unset BEATSFOUNDRY_WEIGHTS",
    ),
    "BFD011": Code(
        "The weights of a network are not those of its card",
        "songs differ from those of other machines",
        "install the workbench again (make setup): the file was damaged or exchanged",
    ),
    "BFD012": Code(
        "Parameters that cannot go together, or are not known",
        "generation ends without output",
        "mend what the line names: beatsfoundry parameters lists ranges, beatsfoundry explain tells what is understood",
    ),
    "BFD013": Code(
        "A place cannot be written or read",
        "generation ends without output",
        "name another folder with --out, replace the one that is there with --overwrite, or mend its permissions",
    ),
    "BFD020": Code(
        "A service cannot be reached",
        "runs are not logged, or jobs do not start",
        "start the service, or mend its address in the environment; runs that waited go out by beatsfoundry upload",
    ),
    "BFD021": Code(
        "The clocks of two machines differ",
        "signed addresses and keys are refused, or runs stand in the wrong order",
        "let both machines keep time (timedatectl set-ntp true)",
    ),
    "BFD022": Code(
        "A service is slow",
        "runs take long to be logged, or pages to open",
        "look at the network between the machines, or bring the service nearer: each call waits this long",
    ),
    "BFD030": Code(
        "A project's file was changed, is missing, or is foreign",
        "modify and load refuse the bundle",
        "bring the file back from a copy, or make the bundle again (beatsfoundry verify tells which)",
    ),
    "BFD031": Code(
        "Sample rates differ along the signal path",
        "distortion, or a wrong speed or pitch",
        "export the bundle again at one sample rate, and set your DAW's project to it",
    ),
    "BFD032": Code(
        "Clipping",
        "distortion",
        "lower the fader of the element (modify: mix, gain_db), or ask for a lower target_loudness",
    ),
    "BFD033": Code(
        "Clicks",
        "crackling",
        "choose another patch for the element, or look at its samples: beatsfoundry samples FOLDER",
    ),
    "BFD034": Code(
        "The channels cancel each other in mono",
        "the song is thin on one loudspeaker",
        "narrow the element: another patch, or a lower reverb_send_db",
    ),
    "BFD035": Code(
        "An audio, sample or MIDI file is damaged",
        "distortion, or an instrument that is missing",
        "bring the file back from a copy, or leave it out: beatsfoundry samples FOLDER and analyze FILE tell which",
    ),
    "BFD036": Code(
        "A session cannot be exchanged with a DAW",
        "export or import ends without output",
        "mend what the line names, or choose another format: docs/studio.md lists what each can hold",
    ),
    "BFD037": Code(
        "A plug-in is missing, or hung or crashed",
        "an effect or an instrument is not heard",
        "install it, or mend it, then beatsfoundry plugins --rescan and the edit remix; or take it out of the channel",
    ),
}
"""Every code that a tool of this room gives; the manual lists the same ones."""
