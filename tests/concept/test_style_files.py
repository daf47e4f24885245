"""Every style file is complete, and every name in it exists elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.concept import list_styles, load_style
from workbench.concept.instruments import load_instruments, read_instruments
from workbench.concept.mood import load_lexicon, read_mood
from workbench.concept.phrases import normalise
from workbench.concept.style import MODEL_STYLES, parse_style
from workbench.domain.data_files import parse_yaml
from workbench.domain.elements import ELEMENTS
from workbench.domain.errors import ParameterError

ROOT = Path(__file__).resolve().parents[2] / "workbench"
REQUIRED = {
    "boom-bap", "trap", "lo-fi", "house", "deep-house", "techno", "drum-and-bass", "uk-garage", "ambient", "synthwave",
    "pop", "rock", "rnb", "funk-disco",
}  # fmt: skip


def stems(folder: str) -> set[str]:
    return {file.stem for file in (ROOT / folder).rglob("*.yaml")}


def test_the_styles_promised_exist() -> None:
    assert set(list_styles()) >= REQUIRED


@pytest.mark.parametrize("name", list_styles())
def test_style_is_complete(name: str) -> None:
    style = load_style(name)
    assert style.model_style in MODEL_STYLES
    assert {"kick"} <= set(style.groove.patterns)
    sections = {section for form in style.forms for section in form}
    assert sections == set(style.section_bars) == set(style.section_energy)
    assert len(style.forms) >= 4
    assert all(0 < weight <= 1 for weight in style.keywords.values())
    for element in ELEMENTS:
        part = style.parts[element]
        assert 0 < part.density <= 1
        assert part.low_pitch + 12 <= part.high_pitch


@pytest.mark.parametrize("name", list_styles())
def test_names_of_sounds_and_mixes_exist(name: str) -> None:
    style = load_style(name)
    assert style.mix_profile in stems("mixing/profiles")
    assert set(style.patches["percussion"]) <= stems("rendering/kits")
    for element in ("bass", "pads", "leads"):
        assert set(style.patches[element]) <= stems("rendering/patches"), element


def test_instruments_name_sounds_that_exist() -> None:
    for element, patch in load_instruments().values():
        assert patch in stems("rendering/kits" if element == "percussion" else "rendering/patches")


def test_every_patch_that_ships_is_heard_in_a_style_and_has_a_word() -> None:
    by_words = {(element, patch) for element, patch in load_instruments().values()}
    by_styles = {(element, patch) for name in list_styles() for element, patch in _sounds(name)}
    shipped = {(file.parent.name, file.stem) for file in (ROOT / "rendering/patches").rglob("*.yaml")}
    assert shipped - by_styles == set()
    assert shipped - by_words == set()


def _sounds(style: str) -> list[tuple[str, str]]:
    return [(element, patch) for element, patches in load_style(style).patches.items() for patch in patches]


@pytest.mark.parametrize(
    ("text", "element", "patch"),
    [
        ("a reese under it", "bass", "reese"),
        ("acid line", "bass", "acid"),
        ("dubstep with a growling bass", "bass", "growl"),
        ("Wurlitzer chords", "pads", "wurly"),
        ("string machine", "pads", "solina"),
        ("granular clouds over a pond", "pads", "grain-cloud"),
        ("Mellotron flutes", "pads", "tape-flutes"),
        ("a harmonium drones", "pads", "harmonium"),
        ("organ solo", "leads", "organ-lead"),
        ("a cello sings", "leads", "solo-violin"),
        ("steel drums on the beach", "leads", "steel-drum"),
    ],
)
def test_words_choose_the_sound_that_they_mean(text: str, element: str, patch: str) -> None:
    assert read_instruments(text)[element][0] == patch


def test_no_two_styles_share_a_name() -> None:
    owners: dict[str, set[str]] = {}
    for name in list_styles():
        for alias in load_style(name).aliases:
            owners.setdefault(normalise(alias), set()).add(name)
    assert {alias: names for alias, names in owners.items() if len(names) > 1} == {}


def test_machine_styles_hold_to_the_pattern_and_played_styles_do_not() -> None:
    for name in ("house", "techno", "trap", "trance"):
        assert load_style(name).groove.adherence >= 0.7
        assert load_style(name).groove.looseness <= 0.3
    for name in ("rock", "funk-disco", "pop"):
        assert 0.2 <= load_style(name).groove.adherence <= 0.4
        assert load_style(name).groove.looseness >= 0.6


def test_unknown_style_lists_the_known() -> None:
    with pytest.raises(ParameterError, match="style 'polka' is not known: expected one of afro-house, ambient"):
        load_style("polka")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("model_style: techno", "model_style: polka", "model_style does not fit"),
        ("dorian: 0.2", "doric: 0.2", "mode 'doric' is not known"),
        ('"X---X---X---X---"', '"x---"', "pattern 'x---' is not known"),
        ("valence: -0.4\n", "", "valence"),
        ("title: Techno", "titel: Techno", "titel"),
        ("tempo_bpm: [126, 134, 145]", "tempo_bpm: [126, 134]", "not enough values"),
        ("tonics: [C, D", "tonics: [H, D", "tonic 'H' is not known"),
    ],
)
def test_a_damaged_style_file_is_refused(old: str, new: str, message: str) -> None:
    text = (ROOT / "concept/styles/techno.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ParameterError, match="style mine: ") as caught:
        parse_style("mine", parse_yaml(text.replace(old, new, 1), "style mine"))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_lexicon_lies_in_the_plane() -> None:
    assert len(load_lexicon()) >= 150
    assert all(abs(valence) <= 1 and abs(arousal) <= 1 for valence, arousal in load_lexicon().values())


def test_negation_and_intensity_bend_moods() -> None:
    assert read_mood("sad").valence < 0 < read_mood("not sad").valence
    assert read_mood("very sad").valence < read_mood("sad").valence < read_mood("slightly sad").valence
    assert read_mood("a chair").weight == 0
    assert read_mood("sad song", "joyful").valence > 0


def test_instruments_that_are_denied_are_not_chosen() -> None:
    assert read_instruments("no strings, a choir instead")["pads"][0] == "choir"
