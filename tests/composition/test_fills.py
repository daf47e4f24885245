"""Which bars announce a change, and how."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workbench.composition.drum_sheet import with_ending
from workbench.composition.fills import FILLS, announcements, repertoire
from workbench.domain.plan import Groove, Plan, SectionPlan
from workbench.domain.song import DRUM_ROLES, FILL_KINDS

_ALL = ("percussion", "bass", "pads", "leads")


def _song(plan: Plan, *, variation: float = 0.5, **groove: object) -> Plan:
    names = (("verse", 0.55), ("chorus", 0.85), ("verse", 0.6), ("chorus", 0.9))
    sections = tuple(
        SectionPlan(name, name, 8 * number, 8, energy, _ALL) for number, (name, energy) in enumerate(names)
    )
    return replace(plan, sections=sections, variation=variation, groove=Groove(**groove))  # type: ignore[arg-type]


def test_every_section_but_the_last_is_announced(tiny_plan: Plan) -> None:
    for seed in range(10):
        ends = announcements(replace(_song(tiny_plan), seed=seed))
        assert {7, 15, 23} <= set(ends)
        assert 31 not in ends


def test_a_chorus_is_announced_more_strongly_than_a_verse(tiny_plan: Plan) -> None:
    songs = [announcements(replace(_song(tiny_plan, variation=0.0), seed=seed)) for seed in range(10)]
    assert {song[7].beats for song in songs} == {2.0}
    assert {song[15].beats for song in songs} == {1.0}


def test_styles_without_fills_have_none(tiny_plan: Plan) -> None:
    assert announcements(_song(tiny_plan, fills=())) == {}


def test_drums_stop_before_hooks_alone(tiny_plan: Plan) -> None:
    ends = announcements(_song(tiny_plan, stops=1.0))
    assert [bar for bar, end in sorted(ends.items()) if end.stops] == [7, 23]


def test_more_variation_announces_more(tiny_plan: Plan) -> None:
    counts = [
        sum(len(announcements(replace(_song(tiny_plan, variation=amount), seed=seed))) for seed in range(20))
        for amount in (0.0, 0.5, 1.0)
    ]
    assert counts[0] < counts[1] < counts[2]


def test_a_song_has_a_repertoire_of_its_own(tiny_plan: Plan) -> None:
    plans = [replace(_song(tiny_plan, fills=("toms",)), seed=seed) for seed in range(12)]
    assert all(len(repertoire(plan, "strong")) == 2 for plan in plans)
    assert len({str(repertoire(plan, "strong")) for plan in plans}) == 3


@pytest.mark.parametrize("kind", FILL_KINDS)
def test_fills_are_written_in_drums_and_whole_beats(kind: str) -> None:
    for strength, templates in FILLS[kind].items():
        for template in templates:
            assert set(template) <= set(DRUM_ROLES)
            assert {len(text) for text in template.values()} == {4 if strength == "light" else 8}
            assert "x" in "".join(template.values())


def test_fills_are_laid_over_the_end_of_a_bar() -> None:
    assert with_ending({"kick": "x--x--x--x--"}, {"kick": "x-ox"}, 3, 12) == {"kick": "x--x--x--xox"}
    assert with_ending({"kick": "x---x---x---"}, {"snare": "xxxx"}, 4, 12)["snare"] == "--------xxxx"
