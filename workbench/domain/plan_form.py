"""A plan as plain data (for `plan.json`) and as a table of its decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from workbench.domain.automation import Point
from workbench.domain.errors import ParameterError
from workbench.domain.moves import StripMove
from workbench.domain.plain_data import from_plain
from workbench.domain.plan import (
    Decision,
    Delivery,
    Groove,
    HarmonyTraits,
    PartTraits,
    Plan,
    SectionPlan,
    SoundTraits,
)
from workbench.domain.theory import Chord, Key, Metre


def decisions_table(plan: Plan) -> list[dict[str, str]]:
    """One row a decision: parameter, value, source and reason."""
    return [
        {"parameter": decision.parameter, "value": decision.value, "source": decision.source, "reason": decision.reason}
        for decision in plan.decisions
    ]


def plan_to_dict(plan: Plan) -> dict[str, Any]:
    """Everything in a plan as plain types that JSON can hold; key, metre and chords are text.

    The bars, the length of a bar and the duration in seconds are added for readers.
    """
    data = asdict(plan)
    data["metre"], data["key"] = str(plan.metre), str(plan.key)
    data["sections"] = [_section_to_dict(section, plan.key) for section in plan.sections]
    data["bars"] = plan.bars
    data["bar_seconds"] = plan.bar_seconds
    data["duration_seconds"] = plan.duration_seconds
    return {name: _plain(value) for name, value in data.items()}


def plan_from_dict(data: Mapping[str, Any]) -> Plan:
    """Build the plan again that `plan_to_dict` wrote.

    Raises
    ------
    ParameterError
        If a field is missing or does not fit.
    """
    fields = {name: value for name, value in data.items() if name not in ("bars", "bar_seconds", "duration_seconds")}
    try:
        fields["metre"] = Metre.parse(fields["metre"])
        fields["key"] = Key.parse(fields["key"])
        fields["sections"] = tuple(_section_from_dict(section) for section in fields["sections"])
        groove = fields["groove"]
        fields["groove"] = Groove(
            **{**groove, **{name: tuple(groove[name]) for name in ("without", "fills") if name in groove}}
        )
        fields["harmony"] = HarmonyTraits(**_by_section(fields["harmony"]))
        fields["parts"] = {element: part_traits(traits) for element, traits in fields["parts"].items()}
        fields["delivery"] = Delivery(**fields["delivery"])
        fields["decisions"] = tuple(Decision(**decision) for decision in fields["decisions"])
        fields["palette"], fields["references"] = tuple(fields["palette"]), tuple(fields["references"])
        fields["sound"] = SoundTraits(**fields.get("sound", {}))
        fields["models"] = dict(fields.get("models", {}))
        fields["patch_settings"] = {
            element: {name: _setting(value) for name, value in settings.items()}
            for element, settings in fields.get("patch_settings", {}).items()
        }
        fields["mix"] = {name: from_plain(StripMove, move) for name, move in fields.get("mix", {}).items()}
        return Plan(**fields)
    except ParameterError as error:
        raise ParameterError(f"plan: {error}") from None
    except (KeyError, TypeError, AttributeError) as error:
        raise ParameterError(f"plan: expected the form that plan.json holds, a field does not fit: {error}") from None


def part_traits(fields: Mapping[str, Any]) -> PartTraits:
    """Traits of a part from plain data, whose lists are tuples here.

    Raises
    ------
    TypeError
        If a field is not known.
    """
    return PartTraits(**{**fields, "figures": tuple(fields.get("figures", ()))})


def _setting(value: Any) -> Any:
    """A value of a patch parameter as it stands, or the points over which a plug-in's moves."""
    return tuple(from_plain(Point, point) for point in value) if isinstance(value, list) else value


def _section_to_dict(section: SectionPlan, key: Key) -> dict[str, Any]:
    data = asdict(section)
    data["chords"] = [
        {"symbol": chord.symbol(key), "onset_beats": chord.onset_beats, "duration_beats": chord.duration_beats}
        for chord in section.chords
    ]
    data["key"] = None if section.key is None else str(section.key)
    return data


def _section_from_dict(data: Mapping[str, Any]) -> SectionPlan:
    chords = tuple(
        Chord.parse(chord["symbol"], onset_beats=chord["onset_beats"], duration_beats=chord["duration_beats"])
        for chord in data["chords"]
    )
    key = Key.parse(data["key"]) if data.get("key") else None
    return SectionPlan(**{**data, "elements": tuple(data["elements"]), "chords": chords, "key": key})


def _by_section(harmony: Mapping[str, Any]) -> dict[str, Any]:
    """Earlier plans held one value for all sections, which was always 0."""
    borrowed = harmony.get("borrowed", {})
    return {**harmony, "borrowed": dict(borrowed) if isinstance(borrowed, Mapping) else {}}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
