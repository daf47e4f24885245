"""Requests at random: refused in one line, or a plan that keeps to what was stated; the same request, the same plan."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.composition import compose
from workbench.concept import list_styles, translate
from workbench.domain.elements import ELEMENTS
from workbench.domain.errors import ParameterError
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest, parse_request
from workbench.domain.song import SECTION_NAMES
from workbench.domain.theory import Key

QUICK, MANY, COMPOSED = 400, 10_000, 4
LONGEST_SECONDS = 10.0

_PHRASES = (
    "lo-fi", "drum and bass", "warm", "92 bpm", "92,5 BPM", "140 bpm", "in D minor", "in h-Moll", "6/8", "5/4",
    "no drums", "over Am, F, C and G", "Am7 Dm7 G7", "intro - verse - chorus x2 - outro", "intro 8 bars, verse 16 bars",
    "2 minutes", "four bar guitar hook", "half-time", "swung", "tuba", "polka", "808s", "no reverb", "a bit darker",
    "faster", "slower", "key change", "two chords only", "one drop", "ohne Schlagzeug", "tres minutos", "", "  ",
    "\N{MUSIC SHARP SIGN}", "'; DROP TABLE", "<b>", "N.C.", "A major breakthrough", "1e9 bpm", "-3 bars", "0 seconds",
    "\U0001f3b5", "9" * 40,
)  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(_PHRASES), st.text(max_size=12)), min_size=1, max_size=6).map(" ".join)
names = st.sampled_from(sorted(SECTION_NAMES))
keys = st.sampled_from(["F minor", "C# Min", "E-flat major", "h-moll", "8A", "Bb lydian", "H", "X minor", ""])
chords = st.sampled_from(["Am F C G", "i VI III VII", "Cmaj7 | A7b9 | N.C.", "C-7 F7", "Zq", "| |", "C°7 F6/9"])
technical = st.fixed_dictionaries(
    {},
    optional={
        "tempo": st.one_of(st.floats(30, 260), st.integers(40, 240)),
        "key": keys,
        "duration": st.one_of(st.floats(0, 300), st.integers(4, 240)),
        "structure": st.lists(names, max_size=8),
        "metre": st.sampled_from(["4/4", "3/4", "6/8", "12/8", "5/4", "7/8", "11/8"]),
        "chords": chords,
        "variation": st.floats(-0.1, 1.1),
        "section_bars": st.dictionaries(names, st.integers(0, 40), max_size=3),
        "section_tempos": st.dictionaries(names, st.floats(30, 250), max_size=3),
        "section_keys": st.dictionaries(names, keys, max_size=2),
        "section_feels": st.dictionaries(names, st.sampled_from(["half-time", "normal", "waltz"]), max_size=2),
    },
)
creative = st.fixed_dictionaries(
    {"concept": texts},
    optional={"mood": texts, "style": st.sampled_from([*list_styles(), "zouk"])},
)
design = st.fixed_dictionaries(
    {},
    optional={
        "palette": st.lists(st.sampled_from([*ELEMENTS, "kazoo"]), max_size=4),
        "texture_density": st.floats(-0.1, 1.1),
        "processing_style": st.sampled_from(["warm", "lo-fi", "nothing"]),
    },
)
forms = st.fixed_dictionaries(
    {
        "parameters": st.fixed_dictionaries(
            {"creative": creative}, optional={"technical": technical, "sound_design": design}
        )
    },
    optional={
        "options": st.fixed_dictionaries(
            {}, optional={"seed": st.integers(-1, 2**33), "iterations": st.integers(0, 11)}
        ),
        "macros": st.dictionaries(st.sampled_from(["space", "drive", "nothing"]), st.floats(-1.2, 1.2), max_size=2),
    },
)


def _plan(form: dict[str, Any]) -> tuple[GenerationRequest, Plan] | None:
    """The plan of a request, or None if it is refused; a refusal is one line that says something."""
    began, refusal = time.process_time(), ""
    try:
        request = parse_request(form)
        plan = translate(request)
    except ParameterError as error:
        refusal = str(error)
    assert time.process_time() - began < LONGEST_SECONDS
    if refusal:
        assert "\n" not in refusal.strip()
        return None
    return request, plan


def _hold(form: dict[str, Any]) -> None:
    made = _plan(form)
    if made is None:
        return
    request, plan = made
    assert translate(request) == plan
    _stated_is_kept(request, plan)
    assert plan.sections
    starts = [section.start_bar for section in plan.sections]
    assert starts == [sum(section.bars for section in plan.sections[:place]) for place in range(len(starts))]
    assert plan.bars == sum(section.bars for section in plan.sections)
    assert set(plan.palette) <= set(ELEMENTS)
    assert plan.palette
    assert all(one.value and one.reason for one in plan.decisions)


def _stated_is_kept(request: GenerationRequest, plan: Plan) -> None:
    asked = request.parameters.technical
    if asked.tempo is not None:
        assert plan.tempo_bpm == asked.tempo
    if asked.key is not None:
        assert plan.key == Key.parse(asked.key)
    if asked.structure:
        assert tuple(section.name for section in plan.sections) == tuple(asked.structure)
    if asked.duration is not None:
        assert abs(plan.duration_seconds - asked.duration) <= plan.bar_seconds + 1e-6
    design = request.parameters.sound_design
    if "palette" in design.model_fields_set:
        assert set(plan.palette) == set(design.palette)


@given(form=forms)
@settings(max_examples=QUICK, derandomize=True, suppress_health_check=list(HealthCheck))
def test_plans_keep_to_requests(form: dict[str, Any]) -> None:
    _hold(form)


@pytest.mark.long
@given(form=forms)
@settings(max_examples=MANY, suppress_health_check=list(HealthCheck))
def test_plans_keep_to_many_requests(form: dict[str, Any]) -> None:
    _hold(form)


short = st.builds(
    lambda concept, style, bars: {
        "parameters": {
            "creative": {"concept": concept or "x", "style": style},
            "technical": {"structure": ["verse"], "section_bars": {"verse": bars}},
        }
    },
    texts, st.sampled_from(list_styles()), st.integers(1, 4),
)  # fmt: skip


@given(form=short)
@settings(max_examples=COMPOSED, derandomize=True, suppress_health_check=list(HealthCheck))
def test_plans_become_songs(form: dict[str, Any]) -> None:
    made = _plan(form)
    if made is None:
        return
    score = compose(made[1])
    end = score.bars * score.metre.bar_beats
    for part in score.parts.values():
        assert all(0 <= note.pitch <= 127 and 1 <= note.velocity <= 127 for note in part.notes)
        assert all(0.0 <= note.onset_beats < end for note in part.notes)
