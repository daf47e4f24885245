"""No track both shapes the mixer and judges it; the split is even, stays as it is, and the mixer's file follows it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.sound.families import BANDS, FLOOR_DB, human_deviations
from evaluation.sound.targets import TARGETS_FILE, targets_text
from workbench.analysis.reference_halves import family_names, family_of, halves, judges, members_of, split, styles_of
from workbench.analysis.references import ReferenceLibrary
from workbench.analysis.spectrum import THIRD_OCTAVE_HZ
from workbench.mixing.tone import list_families, target_db


def test_halves_share_no_track_in_any_family() -> None:
    shaping = {name for family in family_names() for name in halves(family).shaping}
    judging = {name for family in family_names() for name in halves(family).judging}
    assert not shaping & judging
    for family in family_names():
        found = halves(family)
        assert {*found.shaping, *found.judging} == set(members_of(family))
        assert abs(len(found.shaping) - len(found.judging)) <= 1
        assert min(len(found.shaping), len(found.judging)) >= 2


@given(st.lists(st.lists(st.text("abcdef", min_size=1, max_size=3), min_size=1, max_size=9, unique=True), max_size=4))
def test_any_split_is_whole_and_does_not_follow_the_order(families: list[list[str]]) -> None:
    named = {str(number): names for number, names in enumerate(families)}
    found = split(named)
    turned = split({family: names[::-1] for family, names in named.items()})
    for family, names in named.items():
        assert sorted((*found[family].shaping, *found[family].judging)) == sorted(names)
        assert set(found[family].shaping) == set(turned[family].shaping)


def test_the_mixers_targets_are_the_median_of_the_shaping_half_alone() -> None:
    assert TARGETS_FILE.read_text(encoding="utf-8") == targets_text(), "run: beatsfoundry evaluate targets --write"
    assert set(list_families()) == set(family_names())
    library = ReferenceLibrary()
    in_mixer = [31.0 < hz < 16_200.0 for hz in THIRD_OCTAVE_HZ]
    for family in family_names():
        curves = []
        for name in halves(family).shaping:
            level = np.maximum(library.get(name).third_octave_db, FLOOR_DB)
            curves.append(level - level[BANDS].mean())
        median = np.median(curves, axis=0)
        assert target_db(family) == pytest.approx((median - median[BANDS].mean())[in_mixer], abs=0.051)


def test_what_a_user_adds_to_a_style_judges_its_family(tmp_path: Path) -> None:
    library = ReferenceLibrary(own=tmp_path)
    before = judges("song", library=library)
    added = replace(library.get("naev-automat"), id="my-record", styles=("pop",))
    (tmp_path / "my-record.json").write_text(added.to_json())
    (tmp_path / "my-house.json").write_text(replace(added, id="my-house", styles=("house",)).to_json())
    assert [one.id for one in judges("song", library=library)] == [*(one.id for one in before), "my-record"]
    assert "my-house" in [one.id for one in judges("dance", library=library)]
    # One that a user measured anew under a shipped id judges once.
    (tmp_path / "naev-automat.json").write_text(replace(added, id="naev-automat", styles=("house",)).to_json())
    assert [one.id for one in judges("dance", library=library)].count("naev-automat") == 1


def test_every_style_has_a_family_and_an_unknown_one_is_dance() -> None:
    assert family_of("pop") == "song"
    assert family_of("no such style") == "dance"
    assert all(family_of(style) == family for family in family_names() for style in styles_of(family))


def test_people_who_judge_nothing_give_the_scale() -> None:
    found = human_deviations()
    assert len(found) == sum(len(halves(family).shaping) for family in family_names())
    # Held-out finished tracks lie decibels from the median of others: no track is held against itself.
    assert all(np.abs(gap).mean() > 1.0 for gap in found)
