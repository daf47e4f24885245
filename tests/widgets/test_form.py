"""The form: its ranges are the schema's, what is not ticked is left out, errors are one line."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.analysis.references import ReferenceLibrary
from workbench.concept import list_styles, translate
from workbench.domain.deliveries import list_deliveries
from workbench.domain.errors import ModelError, ParameterError
from workbench.domain.request import PROCESSING_STYLES, Technical
from workbench.domain.results import Track
from workbench.widgets import ProgressBar, RequestForm, Workbench


@pytest.fixture
def form() -> RequestForm:
    return RequestForm("a quiet morning")


def test_what_is_not_ticked_is_left_to_the_concept(form: RequestForm) -> None:
    technical = form.request.parameters.technical
    assert form.request.parameters.creative.concept == "a quiet morning"
    assert technical == Technical()
    assert form.request.parameters.sound_design.processing_style is None


def test_every_control_reaches_the_request(form: RequestForm) -> None:
    form.mood.value = "calm"
    form.project_id.value = "morning"
    form.technical["tempo"].value = 84.0
    form.technical["key"].value = "Eb dorian"
    form.technical["duration"].value = 75.0
    form.technical["structure"].value = ["intro", "Verse 2", "outro"]
    form.sound["texture_density"].value = 0.3
    form.sound["processing_style"].value = "vintage"
    form.palette["leads"].value = False
    form.seed.value, form.format.value, form.preview.value = 42, "flac", True
    form.delivery.value = "club"
    form.style.value = "house"
    form.references.value, form.reference_weight.value = ("hyperrogue-palace",), 0.4
    request = form.request
    technical, sound = request.parameters.technical, request.parameters.sound_design
    assert (request.project_id, request.parameters.creative.mood) == ("morning", "calm")
    assert (technical.tempo, technical.key, technical.duration) == (84.0, "Eb dorian", 75.0)
    assert technical.structure == ("intro", "verse", "outro")
    assert (sound.texture_density, sound.processing_style) == (0.3, "vintage")
    assert sound.palette == ("percussion", "bass", "pads")
    assert (request.options.seed, request.options.format, request.options.preview) == (42, "flac", True)
    assert request.options.delivery == "club"
    creative = request.parameters.creative
    assert (creative.style, creative.references, creative.reference_weight) == ("house", ("hyperrogue-palace",), 0.4)


def test_a_delivery_that_is_not_stated_is_left_to_the_concept(form: RequestForm) -> None:
    assert form.request.options.delivery is None
    form.concept.value = "house at -10 LUFS"
    assert translate(form.request).delivery.target_lufs == -10.0
    form.delivery.value = "apple"
    assert translate(form.request).delivery.target_lufs == -16.0


def test_preset_template_and_macros_reach_the_request(form: RequestForm) -> None:
    assert (form.request.preset, form.request.template, dict(form.request.macros)) == (None, None, {})
    form.start.preset.value = "night-drive"
    form.start.template.value = "short-song"
    form.start.macros["space"].value = 0.5
    request = form.request
    assert (request.preset, request.template, dict(request.macros)) == ("night-drive", "short-song", {"space": 0.5})


def test_the_concept_may_leave_elements_out_while_all_are_on(form: RequestForm) -> None:
    form.concept.value = "a quiet morning, no drums"
    assert translate(form.request).palette == ("bass", "pads", "leads")


def test_ranges_and_choices_are_those_of_the_schema(form: RequestForm) -> None:
    tempo = form.technical["tempo"].control
    assert (tempo.min, tempo.max) == (40.0, 240.0)
    assert form.sound["processing_style"].control.options == PROCESSING_STYLES
    assert set(form.style.control.options) == set(list_styles())
    assert form.format.options == ("wav", "aiff", "flac", "mp3")
    assert set(form.delivery.control.options) == {profile.name for profile in list_deliveries()}
    assert form.seed.max == 2**32 - 1
    assert [id_ for _, id_ in form.references.control.options] == list(ReferenceLibrary().ids())


def test_a_box_that_is_not_ticked_greys_its_control(form: RequestForm) -> None:
    choice = form.technical["tempo"]
    assert choice.control.disabled
    choice.box.value = True
    assert not choice.control.disabled
    choice.value = None
    assert choice.control.disabled
    assert choice.value is None


def test_an_impossible_request_raises_and_shows_one_line(form: RequestForm) -> None:
    form.concept.value = ""
    with pytest.raises(ParameterError, match="concept"):
        _ = form.request
    form.generate()
    assert "concept" in form.progress.label.value
    assert form.track is None
    assert not form.button.disabled
    form.concept.value = "a quiet evening"
    assert form.progress.label.value == ""


def test_the_button_runs_the_pipeline(form: RequestForm, tiny_track: Track, monkeypatch: Any) -> None:
    seen: list[float] = []

    def fake(request: Any, *, progress: Any) -> Track:
        assert request == form.request
        assert form.button.disabled
        progress(0.5, "composing")
        seen.append(form.progress.bar.value)
        return tiny_track

    monkeypatch.setattr("workbench.pipeline.generate", fake)
    form.button.click()
    assert seen == [0.5]
    assert form.track is tiny_track
    assert form.progress.bar.value == 1.0
    assert not form.button.disabled


def test_a_pipeline_that_fails_is_told_in_one_line(form: RequestForm, monkeypatch: Any) -> None:
    def broken(request: Any, *, progress: Any) -> Track:
        raise ModelError("weights of <bass> are missing")

    monkeypatch.setattr("workbench.pipeline.generate", broken)
    form.generate()
    assert "weights of &lt;bass&gt; are missing" in form.progress.label.value
    assert not form.button.disabled


def test_an_interrupt_stops_and_keeps_the_track_before(form: RequestForm, tiny_track: Track, monkeypatch: Any) -> None:
    def interrupted(request: Any, *, progress: Any) -> Track:
        progress(0.5, "composing")
        raise KeyboardInterrupt

    form.track = tiny_track
    monkeypatch.setattr("workbench.pipeline.generate", interrupted)
    form.generate()
    assert "stopped" in form.progress.label.value
    assert form.progress.bar.layout.display == "none"
    assert form.track is tiny_track
    assert not form.button.disabled


def test_an_unexpected_error_is_shown_and_raised(form: RequestForm, monkeypatch: Any) -> None:
    def broken(request: Any, *, progress: Any) -> Track:
        raise RuntimeError("no such voice")

    monkeypatch.setattr("workbench.pipeline.generate", broken)
    with pytest.raises(RuntimeError):
        form.generate()
    assert "unexpected error: RuntimeError: no such voice" in form.progress.label.value
    assert not form.button.disabled


def test_the_workbench_shows_one_track_after_another(tiny_track: Track) -> None:
    bench = Workbench("a tiny song")
    assert bench.track is None
    assert bench.results.children == ()
    bench.show(tiny_track)
    played, tabs = bench.results.children
    assert "mountPlayer" in played.outputs[0]["data"]["text/html"]
    assert tabs.titles[:2] == ("Quality", "Plan")
    pictures = tabs.children[tabs.titles.index("Pictures")]
    assert pictures.children == ()
    tabs.selected_index = tabs.titles.index("Pictures")
    assert len(pictures.children) == 6
    bench.show(None)  # type: ignore[arg-type]
    assert bench.results.children == ()


def test_progress_skips_steps_too_small_to_see() -> None:
    bar = ProgressBar()
    bar(0.1, "composing")
    bar(0.101, "composing")
    assert bar.bar.value == 0.1
    bar(0.101, "rendering")
    assert bar.bar.value == 0.101
    bar(2.0, "done")
    assert bar.bar.value == 1.0
