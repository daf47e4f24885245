"""The whole of `translate`: steady, touched by references, told in full."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from workbench.analysis.references import ReferenceProfile
from workbench.concept import translate
from workbench.domain.errors import ParameterError
from workbench.domain.plan import Decision, Delivery, Plan
from workbench.domain.plan_form import plan_to_dict
from workbench.domain.request import GenerationRequest, parse_request


def decision(plan: Plan, parameter: str) -> Decision:
    return next(decision for decision in plan.decisions if decision.parameter == parameter)


def profile(tempo_bpm: float, *, steady: bool = True, tilt: float = -2.0, width: float = 0.1) -> ReferenceProfile:
    measurements = {
        "tempo_bpm": tempo_bpm,
        "tempo_confidence": 1.0 if steady else 0.0,
        "spectral_tilt_db_per_octave": tilt,
        "width": width,
    }
    return ReferenceProfile("mine", "Mine", "Me", "CC0-1.0", "own", 60.0, measurements, (), None)


def test_the_same_request_gives_the_same_plan_in_another_process() -> None:
    code = (
        "import json; from workbench.concept import translate; from workbench.domain.plan_form import plan_to_dict;"
        "from workbench.domain.request import GenerationRequest as R;"
        "print(json.dumps(plan_to_dict(translate(R.from_concept('sad lo-fi with Rhodes', seed=7)))))"
    )
    results = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert len(results) == 1


def test_seeds_draw_keys_and_sounds_but_not_the_form() -> None:
    plans = [translate(GenerationRequest.from_concept("house", seed=seed)) for seed in range(12)]
    assert len({str(plan.key) for plan in plans}) > 3
    assert len({tuple(plan.patches.values()) for plan in plans}) > 3
    assert len({tuple((one.name, one.bars, one.energy) for one in plan.sections) for plan in plans}) == 1
    assert [plan.seed for plan in plans] == list(range(12))


def test_a_reference_sets_a_tempo_left_open_at_the_right_octave() -> None:
    request = GenerationRequest.from_concept("house")
    plan = translate(request, references=[profile(61.0)])
    assert plan.tempo_bpm == 122.0
    assert decision(plan, "tempo").source == "reference"
    assert "mine" in decision(plan, "tempo").reason
    for other in (profile(122.0, steady=False), profile(80.0)):
        assert decision(translate(request, references=[other]), "tempo").source == "style"
    stated = translate(GenerationRequest.from_concept("house, 126 bpm"), references=[profile(122.0)])
    assert stated.tempo_bpm == 126.0


@pytest.mark.parametrize(
    ("tilt", "width", "parameter", "value"),
    [
        (-4.0, 0.19, "brightness", "-4.0 dB"),
        (-1.0, 0.19, "brightness", "+2.5 dB"),
        (-2.0, 0.38, "width", "+3.0 dB"),
        (-2.0, 0.19, "width", "as usual"),
    ],
)
def test_a_reference_moves_brightness_and_width(tilt: float, width: float, parameter: str, value: str) -> None:
    plan = translate(GenerationRequest.from_concept("uk garage"), references=[profile(80.0, tilt=tilt, width=width)])
    assert decision(plan, parameter).value == value
    assert decision(plan, parameter).source == ("style" if value == "as usual" else "reference")


def test_delivery_follows_the_options() -> None:
    options = {
        "format": "flac", "sample_rate": 96000, "bit_depth": 16, "target_loudness": -9.5, "stem_export": False,
        "preview": True, "seed": 3,
    }  # fmt: skip
    plan = translate(parse_request({"parameters": {"creative": {"concept": "house"}}, "options": options}))
    assert plan.delivery == Delivery("flac", 96000, 16, -9.5, -1.0, False, True)
    assert decision(plan, "seed") == Decision("seed", "3", "stated", "it is stated in the request")


@pytest.mark.parametrize(
    ("concept", "options", "level", "source"),
    [
        ("house", {}, (-14.0, -1.0), "default"),
        ("house", {"delivery": "club"}, (-9.0, -0.8), "stated"),
        ("house", {"delivery": "broadcast-us"}, (-24.0, -2.0), "stated"),
        ("house", {"delivery": "club", "target_loudness": -11.0}, (-11.0, -0.8), "stated"),
        ("house at -8 LUFS", {"delivery": "apple"}, (-16.0, -1.0), "stated"),
        ("house at -8 LUFS", {}, (-8.0, -1.0), "text"),
    ],
)
def test_a_delivery_sets_loudness_and_ceiling(
    concept: str, options: dict[str, object], level: tuple[float, float], source: str
) -> None:
    plan = translate(parse_request({"parameters": {"creative": {"concept": concept}}, "options": options}))
    assert (plan.delivery.target_lufs, plan.delivery.ceiling_dbtp) == level
    assert decision(plan, "target_loudness").source == source
    assert decision(plan, "delivery").value == options.get("delivery", "streaming")
    against = decision(plan, "target_loudness").contradiction
    assert ("the request wins" in against) == ("LUFS" in concept and "delivery" in options)


def in_style(name: str) -> Plan:
    sound = {"processing_style": name}
    return translate(parse_request({"parameters": {"creative": {"concept": "house"}, "sound_design": sound}}))


def test_a_processing_style_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    with pytest.raises(ParameterError, match=r"'warn' is not known \(did you mean warm\?\): .* warm, .*, vintage$"):
        in_style("warn")
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles" / "my-tape.yaml").write_text("mix: {tilt_db: -2}\n", encoding="utf-8")
    plan = in_style("my-tape")
    assert (plan.processing_style, decision(plan, "processing_style").source) == ("my-tape", "stated")
    with pytest.raises(ParameterError, match=r"did you mean my-tape\?.* vintage, my-tape$"):
        in_style("my-tap")


def test_density_and_mood_reach_the_parts() -> None:
    def leads(density: float) -> float:
        sound = {"texture_density": density}
        data = {"parameters": {"creative": {"concept": "pop"}, "sound_design": sound}}
        return translate(parse_request(data)).parts["leads"].density

    assert leads(0.1) < leads(0.5) < leads(0.9)


def test_laid_back_playing_lies_later() -> None:
    plain, late = (
        translate(GenerationRequest.from_concept(text)).groove.late_ms for text in ("soul", "laid-back soul")
    )
    assert late == plain + 8.0


def test_patterns_fit_the_metre() -> None:
    four, three = (translate(GenerationRequest.from_concept(text)) for text in ("rock", "rock waltz"))
    assert {len(pattern) for pattern in four.groove.patterns.values()} == {16}
    assert {len(pattern) for pattern in three.groove.patterns.values()} == {12}
    assert three.groove.patterns["snare"][4] == three.groove.patterns["snare"][8] == "x"


@pytest.mark.parametrize(
    "concept", ["", " ", "!!!", "日本の夜", "🎹🎹🎹", "a" * 4000, "no no no", "\x00", "{}[]()*+?\\"]
)
def test_any_text_gives_a_plan(concept: str) -> None:
    if not concept.strip():
        with pytest.raises(ParameterError, match="is empty"):
            GenerationRequest.from_concept(concept)
        return
    plan = translate(GenerationRequest.from_concept(concept))
    assert plan.bars >= 4
    assert plan_to_dict(plan)["concept"] == concept


def test_importing_the_room_is_light() -> None:
    code = (
        "import sys, workbench.concept; heavy = {'torch', 'mlflow', 'matplotlib', 'librosa', 'numba', 'scipy'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def weighted(weight: float, *profiles: ReferenceProfile) -> Plan:
    creative = {"concept": "house", "references": [one.id for one in profiles], "reference_weight": weight}
    return translate(parse_request({"parameters": {"creative": creative}}), references=profiles)


def test_the_weight_of_references_scales_what_they_move() -> None:
    reference = profile(118.0, tilt=-1.0, width=0.38)
    reference = ReferenceProfile(
        "mine", "Mine", "Me", "CC0-1.0", "own", 60.0,
        {**reference.measurements, "loudness_range_lu": 9.9, "onset_rate_hz": 26.0}, (), "B dorian",
    )  # fmt: skip
    none, half, full = (weighted(weight, reference) for weight in (0.0, 0.5, 1.0))
    assert (none.tempo_bpm, half.tempo_bpm, full.tempo_bpm) == (124.0, 121.0, 118.0)
    assert (none.sound.tilt_db, half.sound.tilt_db, full.sound.tilt_db) == (0.0, 1.25, 2.5)
    assert (none.sound.side_db, half.sound.side_db, full.sound.side_db) == (0.0, 1.5, 3.0)
    assert (none.sound.contrast_lu, half.sound.contrast_lu, full.sound.contrast_lu) == (0.0, 1.5, 3.0)
    assert none.texture_density < half.texture_density < full.texture_density
    assert str(full.key) == str(half.key) == "B dorian" != str(none.key)
    assert decision(full, "key").source == decision(full, "brightness").source == "reference"
    assert "mine" in decision(full, "dynamics").reason
    assert {told.source for told in none.decisions} <= {"style", "default", "text", "stated"}


def test_statements_win_over_references() -> None:
    creative = {"concept": "house at 126 bpm in C minor", "references": ["mine"]}
    plan = translate(parse_request({"parameters": {"creative": creative}}), references=[profile(118.0)])
    assert (plan.tempo_bpm, str(plan.key)) == (126.0, "C minor")


def test_several_references_meet_in_the_middle() -> None:
    plan = weighted(1.0, profile(120.0, tilt=-1.0, width=0.19), profile(120.0, tilt=-3.0, width=0.19))
    assert plan.sound.tilt_db == 0.0


def test_a_tempo_out_of_reach_is_a_contradiction() -> None:
    """What cannot be made is said before what is merely unusual."""
    plan = translate(GenerationRequest.from_concept("house at 900 bpm"))
    tempo = next(decision for decision in plan.decisions if decision.parameter == "tempo")
    assert tempo.contradiction == "the nearest possible, since 40 to 240 BPM can be made"
