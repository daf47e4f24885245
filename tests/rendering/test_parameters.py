"""Patches and kits are read and checked; errors name file, parameter and range."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.domain.errors import ParameterError
from workbench.rendering import list_kits, list_patches, load_kit, load_patch
from workbench.rendering.kit import Kit
from workbench.rendering.parameters import build, parameters
from workbench.rendering.patch import Oscillator, Patch

ELEMENTS = ("bass", "pads", "leads")


def test_there_is_a_choice_of_sounds() -> None:
    assert len(list_kits()) >= 12
    assert sum(len(list_patches(element)) for element in ELEMENTS) >= 80
    assert list_patches("percussion") == list_kits()


@pytest.mark.parametrize("element", ELEMENTS)
def test_every_patch_loads_and_says_what_it_is(element: str) -> None:
    for name in list_patches(element):
        patch = load_patch(element, name)
        assert patch.name == name
        assert patch.element == element
        assert len(patch.description) > 10
        assert patch.oscillators or patch.fm or patch.string or patch.struck or patch.grains


def test_every_kit_loads_and_differs_from_the_others() -> None:
    kits = [load_kit(name) for name in list_kits()]
    assert len({(kit.kick, kit.snare, kit.hat) for kit in kits}) == len(kits)


def test_unknown_names_list_the_known_ones() -> None:
    with pytest.raises(ParameterError, match=r"bass patch 'moog' is not known: expected one of acid, .*sub-sine"):
        load_patch("bass", "moog")
    with pytest.raises(ParameterError, match=r"kit '707' is not known: expected one of breaks, .*studio"):
        load_kit("707")
    with pytest.raises(ParameterError, match="element 'strings' has no patches"):
        list_patches("strings")


def test_a_users_folder_adds_and_replaces(tmp_path: Path) -> None:
    mine = tmp_path / "patches" / "bass"
    mine.mkdir(parents=True)
    (mine / "mine.yaml").write_text("description: my own\noscillators: [{wave: square}]\n")
    (mine / "acid.yaml").write_text("description: replaced\noscillators: [{wave: sine}]\n")
    assert "mine" in list_patches("bass", folder=tmp_path)
    assert "mine" not in list_patches("bass")
    assert load_patch("bass", "mine", folder=tmp_path).oscillators[0].wave == "square"
    assert load_patch("bass", "acid", folder=tmp_path).description == "replaced"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("amplifier: {attack_ms: 0}", r"amplifier.attack_ms: expected a number of 1 to 8000, got 0"),
        ("amplifier: {atack_ms: 5}", r"atack_ms is not known: expected names of attack_ms"),
        ("oscillators: [{wave: sow}]", r"oscillators\[0\].*wave: expected one of sine"),
        ("oscillators: {wave: saw}", r"oscillators: expected a list"),
        ("level_db: loud", r"level_db: expected a number of -48 to 36, got 'loud'"),
        ("filter: 7", r"filter: expected a mapping"),
        ("pitch: {mono: true}", r"mono: expected one of no, yes, got True"),
        ("- 1", r"expected a mapping of parameters, got list"),
        ("{", r"cannot be read as YAML"),
    ],
)
def test_a_wrong_patch_gives_one_clear_line(tmp_path: Path, text: str, message: str) -> None:
    folder = tmp_path / "patches" / "leads"
    folder.mkdir(parents=True)
    head = "" if text[0] in "-{" else "description: wrong\n"
    (folder / "wrong.yaml").write_text(head + text)
    with pytest.raises(ParameterError, match=message) as caught:
        load_patch("leads", "wrong", folder=tmp_path)
    assert "\n" not in str(caught.value)


def test_missing_text_is_named() -> None:
    with pytest.raises(ParameterError, match="description"):
        build(Patch, {"name": "x", "element": "bass"}, "patch x")


def test_ranges_hold_for_values_made_in_code_too() -> None:
    with pytest.raises(ParameterError, match=r"oscillator.unison: expected a number of 1 to 9, got 12"):
        Oscillator(unison=12)


@pytest.mark.parametrize("kind", [Patch, Kit])
def test_every_parameter_is_documented(kind: type) -> None:
    rows, groups = {}, [("", kind)]
    while groups:
        prefix, one = groups.pop()
        for name, item in parameters(one).items():
            if item.group:
                groups.append((f"{prefix}{name}.", item.group))
            elif not item.is_text:
                rows[f"{prefix}{name}"] = item
    assert len(rows) > 60
    assert all(row.meaning and (row.is_number or row.options) for row in rows.values())
