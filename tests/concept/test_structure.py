"""Form: bars are exact, nothing is empty, everyone plays."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.concept import list_styles, load_style, translate
from workbench.concept.structure import allot_bars, assign_elements, choose_form, shape_energy
from workbench.domain.elements import ELEMENTS
from workbench.domain.errors import ParameterError
from workbench.domain.plan import Plan
from workbench.domain.request import parse_request
from workbench.domain.song import SECTION_NAMES

names = st.lists(st.sampled_from(SECTION_NAMES), min_size=1, max_size=14)
styles = st.sampled_from(list_styles())
palettes = st.lists(st.sampled_from(ELEMENTS), min_size=1, max_size=4, unique=True)


def check_sections(plan: Plan) -> None:
    """What must hold of any plan."""
    start = 0
    for section in plan.sections:
        assert section.start_bar == start
        assert section.bars >= 1
        assert 0.0 <= section.energy <= 1.0
        assert section.elements
        assert set(section.elements) <= set(plan.palette)
        start = section.end_bar
    assert {element for section in plan.sections for element in section.elements} == set(plan.palette)
    assert set(plan.parts) == set(plan.patches) == set(plan.palette)


@settings(max_examples=60, deadline=None)
@given(names=names, extra=st.integers(0, 400), style=styles)
def test_bars_sum_exactly(names: list[str], extra: int, style: str) -> None:
    bars = allot_bars(names, len(names) + extra, load_style(style))
    assert sum(bars) == len(names) + extra
    assert min(bars) >= 1


@settings(max_examples=60, deadline=None)
@given(names=names, extra=st.integers(0, 200), style=styles)
def test_repeats_share_one_length_but_for_the_section_that_takes_the_rest(
    names: list[str], extra: int, style: str
) -> None:
    bars = allot_bars(names, len(names) + extra, load_style(style))
    lengths: dict[str, list[int]] = defaultdict(list)
    for name, length in zip(names, bars, strict=True):
        lengths[name].append(length)
    uneven = [name for name, found in lengths.items() if len(set(found)) > 1]
    assert len(uneven) <= 1


def test_round_lengths_where_the_total_is_round() -> None:
    names = ["intro", "verse", "chorus", "verse", "chorus", "outro"]
    bars = allot_bars(names, 120, load_style("pop"))
    assert all(length % 4 == 0 for length in bars)
    assert bars[1] == bars[3]
    assert bars[2] == bars[4]


def test_the_odd_rest_goes_to_the_outro() -> None:
    bars = allot_bars(["intro", "verse", "chorus", "outro"], 49, load_style("pop"))
    assert all(length % 2 == 0 for length in bars[:3])


def test_more_sections_than_bars_is_refused() -> None:
    with pytest.raises(ParameterError, match="4 sections but there is room for 3 bars"):
        allot_bars(["intro", "verse", "chorus", "outro"], 3, load_style("pop"))


@pytest.mark.parametrize("name", list_styles())
@pytest.mark.parametrize("bars", [1, 2, 5, 16, 40, 90, 300])
def test_a_form_fits_any_length(name: str, bars: int) -> None:
    form = choose_form(load_style(name), bars, bars * 2.0)
    assert 1 <= len(form) <= bars


def test_longer_songs_have_more_sections() -> None:
    style = load_style("house")
    assert len(choose_form(style, 16, 30.0)) < len(choose_form(style, 120, 230.0))


@pytest.mark.parametrize("name", list_styles())
def test_energy_peaks_late_and_repeats_grow(name: str) -> None:
    style = load_style(name)
    form = max(style.forms, key=len)
    bars = allot_bars(form, sum(style.section_bars[section] for section in form), style)
    energies = shape_energy(form, bars, style, style.arousal)
    peak = energies.index(max(energies))
    middle = (sum(bars[:peak]) + bars[peak] / 2) / sum(bars)
    assert 0.4 <= middle <= 0.95
    for section in set(form):
        repeats = [energy for energy, other in zip(energies, form, strict=True) if other == section]
        assert repeats[-1] >= repeats[0]


def test_neighbours_of_different_kinds_stand_apart() -> None:
    style = load_style("synthwave")
    form = ("verse", "chorus", "solo", "chorus", "chorus", "outro")
    energies = shape_energy(form, (8,) * 6, style, style.arousal)
    for before, after, first, second in zip(energies, energies[1:], form, form[1:], strict=False):
        assert first == second or abs(before - after) >= 0.17


def test_arousal_lifts_energy() -> None:
    style = load_style("pop")
    calm = shape_energy(("verse", "chorus"), (8, 8), style, -0.8)
    wild = shape_energy(("verse", "chorus"), (8, 8), style, 0.9)
    assert all(low < high for low, high in zip(calm, wild, strict=True))


@settings(max_examples=80, deadline=None)
@given(names=names, palette=palettes, style=styles)
def test_every_element_plays_somewhere(names: list[str], palette: list[str], style: str) -> None:
    energies = [0.5] * len(names)
    chosen = assign_elements(names, energies, palette, load_style(style))
    assert all(chosen)
    assert {element for elements in chosen for element in elements} == set(palette)


def test_pads_or_leads_take_over_from_those_that_the_palette_lacks() -> None:
    techno, form = load_style("techno"), ["intro", "verse"]
    drums_and_pads, no_pads = (
        assign_elements(form, [0.5, 0.5], palette, techno)
        for palette in (["percussion", "pads"], ["percussion", "leads"])
    )
    assert drums_and_pads == (("percussion",), ("percussion", "pads"))
    assert no_pads == (("percussion",), ("percussion", "leads"))


@settings(max_examples=40, deadline=None)
@given(
    structure=names,
    tempo=st.one_of(st.none(), st.floats(40, 240)),
    seconds_a_section=st.floats(6.1, 40.0),
    palette=palettes,
    metre=st.sampled_from(["4/4", "3/4"]),
    style=styles,
)
def test_any_structure_tempo_and_duration_hold_together(
    structure: list[str], tempo: float | None, seconds_a_section: float, palette: list[str], metre: str, style: str
) -> None:
    duration = min(900.0, seconds_a_section * len(structure))
    technical = {"structure": structure, "duration": duration, "metre": metre, "tempo": tempo}
    plan = translate(
        parse_request(
            {
                "parameters": {
                    "creative": {"concept": style},
                    "technical": technical,
                    "sound_design": {"palette": palette},
                }
            }
        )
    )
    check_sections(plan)
    assert plan.bars == max(len(structure), round(duration / plan.bar_seconds))
    assert abs(plan.duration_seconds - duration) <= plan.bar_seconds
    assert [section.name for section in plan.sections] == structure
    assert [section.label for section in plan.sections] == structure
    assert tempo is None or plan.tempo_bpm == tempo


@settings(max_examples=30, deadline=None)
@given(duration=st.floats(4, 900), tempo=st.floats(40, 240), style=styles)
def test_duration_and_tempo_without_structure(duration: float, tempo: float, style: str) -> None:
    technical = {"duration": duration, "tempo": tempo}
    plan = translate(parse_request({"parameters": {"creative": {"concept": style}, "technical": technical}}))
    check_sections(plan)
    assert abs(plan.duration_seconds - duration) <= plan.bar_seconds
    assert plan.bars == max(1, round(duration / plan.bar_seconds))


@pytest.mark.parametrize("name", list_styles())
def test_unasked_durations_are_songs(name: str) -> None:
    plan = translate(parse_request({"parameters": {"creative": {"concept": load_style(name).aliases[0]}}}))
    assert plan.style == name
    assert 90 <= plan.duration_seconds <= 190
    check_sections(plan)


def test_a_tempo_left_open_rises_until_every_section_fits() -> None:
    technical = {"structure": ["intro", "verse", "chorus", "verse", "chorus", "outro"], "duration": 7}
    plan = translate(parse_request({"parameters": {"creative": {"concept": "ambient"}, "technical": technical}}))
    assert plan.bars >= 6
    assert abs(plan.duration_seconds - 7) <= plan.bar_seconds
    assert "raised" in next(d.reason for d in plan.decisions if d.parameter == "tempo")


def test_a_numbered_section_brings_a_form_that_has_so_many() -> None:
    style = load_style("pop")
    for wanted, kind, times in (("chorus 2", "chorus", 2), ("chorus 4", "chorus", 4), ("bridge 2", "bridge", 2)):
        assert choose_form(style, 80, 160.0, [wanted]).count(kind) >= times
    with pytest.raises(ParameterError, match="chorus 9 is named"):
        choose_form(style, 80, 160.0, ["chorus 9"])


def test_an_element_with_a_question_mark_plays_in_half_of_the_songs() -> None:
    """Alike in all sections of a name, whatever else changes."""
    style = replace(load_style("pop"), arrangement={"verse": (("bass", "pads?"),), "chorus": (("bass", "pads"),)})
    names = ["verse", "chorus", "verse"]
    songs = [assign_elements(names, [0.5, 0.9, 0.5], ["bass", "pads"], style, seed) for seed in range(40)]
    assert all(first == third for first, _, third in songs)
    assert 10 <= sum("pads" in first for first, _, _ in songs) <= 30
