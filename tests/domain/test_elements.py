"""What an element is: one record, and a fifth one that plays through the whole line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.domain.elements import ELEMENTS, Element, element_of, kind_of, likeness, register
from workbench.domain.request import GenerationRequest

_ADDED = """
import json, sys
from workbench.domain.elements import ELEMENTS, Element, register
register(Element("vibes", "chords", colour="#7a4fa3", patch="fm-ep", program=11, low_pitch=53, like="pads"))
import workbench
from workbench.output.figures.palette import element_colour
asked = {
    "parameters": {
        "creative": {"concept": "jazz-hop, 16 seconds"},
        "sound_design": {"palette": ["leads", "vibes", "pads", "bass", "percussion"]},
    },
    "options": {"seed": 4},
}
track = workbench.generate(asked)
workbench.export(track, sys.argv[1])
again = workbench.modify(track, [{"edit": "regenerate", "element": "vibes"}])
def places(score, element):
    return [(note.onset_beats, note.pitch) for note in score.parts[element].notes]

print(json.dumps({
    "order": list(track.score.parts),
    "vibes": places(track.score, "vibes"),
    "pads": places(track.score, "pads"),
    "anew": places(again.score, "vibes"),
    "pads stay": again.score.parts["pads"] == track.score.parts["pads"],
    "patch": track.plan.patches["vibes"],
    "colour": element_colour("vibes"),
    "by word": list(workbench.translate(workbench.GenerationRequest.from_concept("lo-fi with vibes")).palette),
    "only": list(workbench.translate(workbench.GenerationRequest.from_concept("only vibes and bass")).palette),
    "usual": list(workbench.translate(workbench.GenerationRequest.from_concept("jazz-hop, 16 seconds")).palette),
}))
"""


def test_elements_stand_in_the_order_of_composition() -> None:
    assert ELEMENTS == ("percussion", "bass", "pads", "leads")
    assert [kind_of(name) for name in ELEMENTS] == ["drums", "bass", "chords", "melody"]
    assert [name for name in ELEMENTS if element_of(name).single_line] == ["bass", "leads"]
    assert element_of("vocals").kind == "other"
    assert likeness("pads") == ("pads",)


def test_an_element_is_registered_before_requests_know_which_there_are() -> None:
    assert GenerationRequest
    with pytest.raises(ValueError, match="vibes comes too late: register it before requests are imported"):
        register(Element("vibes", "chords", "#7a4fa3", like="pads"))


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ('Element("pads", "chords", "#000000", like="bass")', "there is an element pads already"),
        ('Element("vibes", "chords", "#000000", like="leads")', "like leads: expected an element of its kind"),
        ('Element("vibes", "chords", "#000000")', "like none: expected an element of its kind"),
        ('Element("bongos", "drums", "#000000", like="percussion")', "a song has one kit"),
    ],
)
def test_an_element_that_cannot_be_is_refused(record: str, reason: str) -> None:
    code = f"from workbench.domain.elements import Element, register\nregister({record})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert reason in done.stderr.splitlines()[-1]


def test_a_fifth_element_is_one_record(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _ADDED, str(tmp_path / "song")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["order"] == ["percussion", "bass", "pads", "vibes", "leads"]
    notes = told["vibes"]
    assert len(notes) > 8
    assert notes != told["pads"]
    assert told["anew"] != notes
    assert told["pads stay"]
    assert (told["patch"], told["colour"]) == ("fm-ep", "#7a4fa3")
    assert told["by word"] == ["percussion", "bass", "pads", "vibes", "leads"]
    assert told["only"] == ["bass", "vibes"]
    # Whoever does not ask for it does not hear it.
    assert told["usual"] == ["percussion", "bass", "pads", "leads"]
    assert (tmp_path / "song/stems/vibes.wav").is_file()
    assert (tmp_path / "song/midi/vibes.mid").is_file()
