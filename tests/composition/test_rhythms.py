"""Where pitched parts of a style strike, and slides of the bass."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from workbench.composition.bass_line import with_slides
from workbench.composition.compose import compose
from workbench.composition.slot_mask import SlotMask, rhythm_of
from workbench.concept.translate import translate
from workbench.domain.plan import PartTraits, Plan
from workbench.domain.request import GenerationRequest
from workbench.domain.score import Note
from workbench.domain.theory import Chord
from workbench.models.spec import BAR_STEP, SAME_STEP

_SEEDS = (1, 2)


@cache
def _song(concept: str, element: str, seed: int) -> tuple[Note, ...]:
    """The notes of an element beside drums and bass, without the last bar."""
    request = GenerationRequest.model_validate(
        {
            "parameters": {
                "creative": {"concept": concept},
                "technical": {"structure": ["drop"], "section_bars": {"drop": 8}},
                "sound_design": {"palette": ["percussion", *sorted({"bass", element})]},
            },
            "options": {"seed": seed},
        }
    )
    notes = compose(translate(request)).parts[element].notes
    return tuple(note for note in notes if note.onset_beats < 28.0)


@pytest.mark.parametrize("seed", _SEEDS)
def test_reggae_skanks_between_the_beats(seed: int) -> None:
    onsets = {note.onset_beats for note in _song("reggae", "pads", seed)}
    skank = {beat + 0.5 for beat in range(28)}
    assert len(onsets & skank) / len(skank) > 0.7
    assert len(onsets & skank) / len(onsets) > 0.85


@pytest.mark.parametrize("seed", _SEEDS)
def test_trance_rolls_around_the_kick(seed: int) -> None:
    """Three 16ths after each beat, and the beat itself left to the kick."""
    onsets = {note.onset_beats % 1.0 for note in _song("trance", "bass", seed)}
    on_beat = [note for note in _song("trance", "bass", seed) if note.onset_beats % 1.0 == 0.0]
    assert onsets >= {0.25, 0.5, 0.75}
    assert len(on_beat) < 0.25 * len(_song("trance", "bass", seed))


@pytest.mark.parametrize("seed", _SEEDS)
def test_an_808_glides(seed: int) -> None:
    """Notes that overlap by a tie are one voice that moves: at least one in eight bars, and none overlaps further."""
    notes = _song("trap", "bass", seed)
    over = [a.onset_beats + a.duration_beats - b.onset_beats for a, b in pairwise(notes)]
    assert sum(reach > 0.1 for reach in over) >= 1
    assert max(over) <= 0.12 + 1e-6


def test_a_slide_begins_inside_a_long_note_and_ends_with_it(tiny_plan: Plan) -> None:
    """The second bar holds a note of three beats: its last half beat is an octave higher, reached by a tie."""
    plan = replace(tiny_plan, parts={**tiny_plan.parts, "bass": PartTraits(low_pitch=24, high_pitch=48, slides=1.0)})
    chord = Chord.parse("Fm", onset_beats=0.0, duration_beats=16.0)
    line = (Note(0.0, 29, 4.0, 90, 0.0), Note(4.0, 29, 3.0, 90, 0.0), Note(8.0, 29, 1.0, 90, 0.0))
    played = with_slides(line, plan, "bass", [chord])
    assert [(note.onset_beats, note.pitch, note.duration_beats) for note in played] == [
        (0.0, 29, 4.0), (4.0, 29, 2.62), (6.5, 41, 0.5), (8.0, 29, 3.0),
    ]  # fmt: skip
    still = replace(plan, parts={**plan.parts, "bass": PartTraits(low_pitch=24, high_pitch=48)})
    assert with_slides(line, still, "bass", [chord]) == line


def test_the_chain_of_a_rhythm_is_that_of_independent_slots() -> None:
    """From the bar line to the third beat of "x---o---X": nothing at 0.85 and 0.5, then a strike of 0.97."""
    gate = SlotMask(12, triplets=False, silences={}, rhythm=rhythm_of("x---o---X-------"))
    bias = gate.step_bias(0, -1, -1)
    # Of the 22 other slots before the third beat six are 16ths that are closed, sixteen lie between.
    between = 6 * np.log1p(-1e-9) + 16 * np.log1p(-0.002)
    assert bias[1] == pytest.approx(np.log(0.85))
    assert bias[25] == pytest.approx(np.log(0.15) + np.log(0.5) + between + np.log(0.97))
    assert bias[BAR_STEP] < bias[25]
    assert bias[SAME_STEP] == pytest.approx(bias[1])
