"""Tables and pictures for notebooks."""

from __future__ import annotations

import base64
import subprocess
import sys
from dataclasses import replace

from workbench import widgets
from workbench.domain.audio import Audio
from workbench.domain.results import QualityReport, Track
from workbench.output.figures.track_figures import draw_png


def test_quality_table_shows_each_check_with_its_light(tiny_report: QualityReport) -> None:
    html = widgets.QualityTable(tiny_report)._repr_html_()
    assert "1 of 3 checks pass, 1 to look at, 1 failed" in html
    assert html.count('class="bf-light"') == len(tiny_report.checks) + 1
    assert all(check.title in html for check in tiny_report.checks)


def test_decisions_table_says_value_source_and_reason(tiny_track: Track) -> None:
    html = widgets.decisions_table(tiny_track.plan)._repr_html_()
    assert "120 BPM" in html
    assert "you asked for it" in html
    assert "the request says 120" in html


def test_decisions_may_be_those_about_one_thing(tiny_track: Track) -> None:
    assert "120 BPM" in widgets.decisions_table(tiny_track.plan, about=["tempo"]).html
    assert "120 BPM" not in widgets.decisions_table(tiny_track.plan, about=["preset"]).html


def test_stems_that_stay_are_reported(tiny_track: Track) -> None:
    stems = dict(tiny_track.mix.stems)
    name = next(iter(stems))
    stems[name] = Audio(stems[name].samples * 0.5, stems[name].sample_rate_hz)
    edited = replace(tiny_track, mix=replace(tiny_track.mix, stems=stems))
    html = widgets.stems_table(tiny_track, edited).html
    assert html.count("made again") == 1
    assert html.count("same samples") == len(stems) - 1
    assert f"<td>{name}</td><td>made again</td>" in html


def test_measurements_and_references(tiny_report: QualityReport) -> None:
    assert "True peak" in widgets.measurements_table(tiny_report).html
    assert "names no reference" in widgets.references_table(tiny_report).html
    named = replace(tiny_report, references={"a-song": {"spectrum_db": 2.5}})
    assert "a-song" in widgets.references_table(named).html


def test_pictures_are_found_by_name(tiny_track: Track) -> None:
    assert "piano_roll" in widgets.picture_names()
    image = widgets.picture(tiny_track, "structure")
    assert image.data.startswith(b"\x89PNG")


def test_the_command_line_can_reach_the_lab_without_loading_widgets() -> None:
    code = "import sys; from workbench.widgets.lab import launch_lab; sys.exit('ipywidgets' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_name_that_is_promised_is_there() -> None:
    assert all(getattr(widgets, name) is not None for name in widgets.__all__)
    assert not hasattr(widgets, "NoSuchWidget")


def test_a_picture_lies_in_the_notebook_for_every_theme(short_track: Track) -> None:
    shown = widgets.picture(short_track, "spectrum")
    bundle, metadata = shown._repr_mimebundle_()
    assert base64.b64decode(bundle["image/png"]) == shown.data
    assert "data:image/webp;base64," in bundle["text/html"]
    large = widgets.picture(short_track, "spectrogram")
    assert len(large.data) < 0.6 * len(draw_png(short_track, "spectrogram"))
    assert f'alt="{metadata["image/png"]["alt"]}"' in bundle["text/html"]
    assert "data-jp-theme-light='false'" in bundle["text/html"]
