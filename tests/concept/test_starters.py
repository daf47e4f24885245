"""Presets and templates: all that ship make plans, they yield to what is stated, and a user can add more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from workbench.concept import list_starters, load_starter, translate
from workbench.concept.starters import parse_starter
from workbench.domain.errors import ParameterError
from workbench.domain.plan import Decision, Plan
from workbench.domain.request import parse_request

ALL = [(kind, name) for kind in ("preset", "template") for name in list_starters(kind)]


def plan_of(concept: str, technical: dict[str, Any] | None = None, **fields: Any) -> Plan:
    parameters = {"creative": {"concept": concept}, "technical": technical or {}}
    return translate(parse_request({"parameters": parameters} | fields))


def decision(plan: Plan, parameter: str) -> Decision:
    return next(decision for decision in plan.decisions if decision.parameter == parameter)


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_every_one_that_ships_is_heard_in_the_plan(kind: str, name: str) -> None:
    starter = load_starter(kind, name)
    assert starter.description.endswith(".")
    assert len(starter.description.split()) >= 5
    plan = plan_of("a piece of music", **{kind: name})
    told = {told.parameter: told for told in plan.decisions}
    assert told[kind].value == name
    for field in set(starter.fields) - {"mood"}:
        assert told[field].source == "stated"
        assert f"the {kind} '{name}'" in told[field].reason
    for macro, amount in starter.macros.items():
        assert told[f"macros.{macro}"].value == f"{amount:+.2g}"
    if "style" in starter.fields:
        assert plan.style == starter.fields["style"]
    if "structure" in starter.fields:
        assert tuple(section.name for section in plan.sections) == starter.fields["structure"]


def test_the_request_wins_over_the_text_and_both_over_preset_and_template() -> None:
    quiet = plan_of("something", preset="night-drive")
    assert (quiet.style, quiet.tempo_bpm) == ("synthwave", 100)
    assert plan_of("something at 90 bpm", preset="night-drive").tempo_bpm == 90
    assert plan_of("something at 90 bpm", {"tempo": 84}, preset="night-drive").tempo_bpm == 84
    assert plan_of("techno", preset="night-drive").style == "techno"
    both = plan_of("something", preset="deep-space", template="club-track")
    assert [section.name for section in both.sections][:3] == ["intro", "verse", "build"]
    assert "percussion" not in both.palette


def test_the_mood_of_the_text_hides_that_of_a_preset() -> None:
    own, preset = plan_of("a joyful, happy song", preset="film-tension"), plan_of("a song", preset="film-tension")
    assert preset.valence < 0 < own.valence + 0.3
    assert "the preset 'film-tension' feels so" in decision(preset, "valence").reason
    assert "preset" not in decision(own, "valence").reason.split(";")[0]


def test_a_macro_of_the_request_hides_that_of_a_preset() -> None:
    assert decision(plan_of("a song", preset="deep-space"), "macros.space").value == "+0.9"
    assert decision(plan_of("a song", preset="deep-space", macros={"space": -0.5}), "macros.space").value == "-0.5"


def test_chords_of_a_template_come_with_its_key_or_not_at_all() -> None:
    assert str(plan_of("a song", template="four-chords").key) == "C major"
    other = plan_of("a song in F minor", template="four-chords")
    assert (str(other.key), other.sections[0].chords) == ("F minor", ())


def test_the_text_may_drop_sections_of_a_template_or_ask_for_others() -> None:
    def names(concept: str) -> list[str]:
        return [section.name for section in plan_of(concept, template="short-song").sections]

    assert names("a song") == ["intro", "verse", "chorus", "verse", "chorus", "outro"]
    assert names("a song, no intro") == ["verse", "chorus", "verse", "chorus", "outro"]
    assert names("a song with verse and chorus") == names("a song")
    assert "bridge" in names("a pop song with a bridge")


def test_what_does_not_fit_the_request_is_refused_in_one_line() -> None:
    sound = {"sound_design": {"patches": {"percussion": "house909"}}}
    with pytest.raises(ParameterError, match=r"preset deep-space does not fit the request: .*palette does not hold"):
        translate(parse_request({"parameters": {"creative": {"concept": "x"}} | sound, "preset": "deep-space"}))


@pytest.mark.parametrize("kind", ["preset", "template"])
def test_an_unknown_name_lists_the_known(kind: str) -> None:
    with pytest.raises(ParameterError, match=f"{kind} 'polka' is not known: expected one of {list_starters(kind)[0]}"):
        plan_of("x", **{kind: "polka"})
    with pytest.raises(ParameterError, match=kind):
        plan_of("x", **{kind: "../../etc/passwd"})


def test_a_user_adds_a_preset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "presets").mkdir()
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    (tmp_path / "presets" / "my-groove.yaml").write_text(
        "description: My own groove for tests.\nstyle: house\ntechnical: {tempo: 121, swing: 57}\n"
    )
    (tmp_path / "presets" / "broken.yaml").write_text("description: [\n")
    assert "my-groove" in list_starters("preset")
    plan = plan_of("a song", preset="my-groove")
    assert (plan.style, plan.tempo_bpm, plan.groove.swing_percent) == ("house", 121, 57)
    with pytest.raises(ParameterError, match="preset broken cannot be read"):
        plan_of("a song", preset="broken")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"description": "x", "tempo": 120}, "expected a description and any of description, macros, mood"),
        ({"technical": {"tempo": 120}}, "expected a description"),
        ({"description": "x", "technical": {"tempo": 900}}, "technical.tempo: 900 is above the limit"),
        ("x", "expected a description"),
    ],
)
def test_a_damaged_file_is_refused(data: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=f"preset mine: .*{message}"):
        parse_starter("preset", "mine", data)


def test_a_style_of_the_request_wins_and_must_be_known() -> None:
    def styled(style: str) -> Plan:
        return translate(parse_request({"parameters": {"creative": {"concept": "techno", "style": style}}}))

    plan = styled("ambient")
    assert plan.style == "ambient"
    assert decision(plan, "style").contradiction == "the text says 'techno', but the request wins"
    with pytest.raises(ParameterError, match="style 'polka' is not known"):
        styled("polka")
