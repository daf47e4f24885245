"""The report page: complete, self-contained, safe, and the same again."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from workbench.domain.results import CheckResult, QualityReport, Track
from workbench.output.figures.labels import format_number, label_and_unit, measurement_group
from workbench.output.figures.track_figures import CAPTIONS, draw_all
from workbench.output.report.html_tables import checks_html, measurements_html, references_html, verdict
from workbench.output.report.report_html import render


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: set[str] = set()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {key: value or "" for key, value in attrs}
        self.addresses += [named[key] for key in ("src", "href") if key in named]
        self.ids |= {named["id"]} if "id" in named else set()
        if tag not in ("meta", "link", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def pictures(tiny_track: Track) -> dict[str, bytes]:
    return draw_all(tiny_track, references=())


_DISTANCES = {
    "a-song": {"spectrum_db": 4.25, "overall": 1.06},
    "b-song": {"tempo_percent": 3.0, "overall": 0.3},
}


@pytest.fixture
def full_report() -> QualityReport:
    outcomes = ("pass", "warn", "fail", "not applicable")
    checks = tuple(
        CheckResult(f"BF90{index}", f"Check {index}", outcome, None if index == 3 else -1.5, "at most 0", "dB", "Why.")
        for index, outcome in enumerate(outcomes)
    )
    measured = {"integrated_loudness_lufs": -14.02, "true_peak_dbtp": -1.04, "tempo_bpm": 120.0, "oddity": 0.5}
    return QualityReport(checks, measured, _DISTANCES)


def test_the_same_track_gives_the_same_page(tiny_track: Track, pictures: dict[str, bytes]) -> None:
    later = replace(tiny_track, provenance=replace(tiny_track.provenance, seconds_by_stage={"compose": 99.0}))
    assert render(tiny_track, figures=pictures) == render(later, figures=pictures)


def test_the_page_needs_nothing_but_the_audio_beside_it(tiny_track: Track, pictures: dict[str, bytes]) -> None:
    text = render(tiny_track, figures=pictures)
    page = _Page(text)
    assert page.open == []
    assert all(address.startswith(("data:", "#")) for address in page.addresses)
    assert {address[1:] for address in page.addresses if address.startswith("#")} <= page.ids
    assert "http://" not in text
    assert "https://" not in text
    files = set(re.findall(r'"src": "([^"]+)"', text))
    assert files == {"master.wav", *(f"stems/{name}.wav" for name in tiny_track.mix.stems)}


def test_the_page_holds_every_part(tiny_track: Track, pictures: dict[str, bytes], full_report: QualityReport) -> None:
    text = render(replace(tiny_track, report=full_report), figures=pictures)
    for check in full_report.checks:
        assert check.title in text
        assert f"</span>{check.outcome}</td>" in text
    for decision in tiny_track.plan.decisions:
        assert decision.reason in text
    assert all(caption.title in text for caption in CAPTIONS.values())
    assert "a-song" in text
    assert "4.25" in text
    assert all(digest in text for digest in tiny_track.provenance.model_hashes.values())


def test_text_of_the_song_cannot_break_the_page(tiny_track: Track, pictures: dict[str, bytes]) -> None:
    evil = "</script><script>alert(1)</script><b>&"
    sections = (replace(tiny_track.score.sections[0], name=evil), *tiny_track.score.sections[1:])
    track = replace(
        tiny_track,
        plan=replace(tiny_track.plan, concept=evil),
        score=replace(tiny_track.score, title=evil, sections=sections),
    )
    text = render(track, figures=pictures)
    assert _Page(text).open == []
    assert "<script>alert" not in text


def test_files_follow_the_delivery(tiny_track: Track, pictures: dict[str, bytes]) -> None:
    delivery = replace(tiny_track.plan.delivery, format="flac", stem_export=False)
    text = render(replace(tiny_track, plan=replace(tiny_track.plan, delivery=delivery)), figures=pictures)
    assert re.findall(r'"src": "([^"]+)"', text) == ["master.flac"]
    assert "No audio" in render(tiny_track, figures=pictures, audio_files={})


def test_verdict_counts_outcomes(full_report: QualityReport) -> None:
    assert verdict(full_report) == ("1 of 3 checks pass, 1 to look at, 1 failed", "fail")
    assert verdict(replace(full_report, checks=full_report.checks[:2]))[1] == "warn"
    assert verdict(replace(full_report, checks=full_report.checks[:1])) == ("1 of 1 checks pass", "pass")


def test_tables_say_what_was_measured(full_report: QualityReport) -> None:
    assert "\u22121.5 dB" in checks_html(full_report)
    assert list(measurements_html(full_report)) == ["loudness", "rhythm", "other"]
    table = references_html(full_report)
    assert "Spectrum, dB" in table
    assert table.index("Overall") < table.index("Spectrum, dB")
    assert table.count("\u2013") == 2


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("loudness_range_lu", "loudness"),
        ("mono_loss_db", "stereo"),
        ("tempo_bpm", "rhythm"),
        ("key_strength", "harmony"),
        ("band_low_mid_db", "spectrum"),
        ("click_count", "defects"),
        ("bass_rms_db", "stems"),
        ("pads_polyphony", "notes"),
    ],
)
def test_measurements_are_grouped(name: str, group: str) -> None:
    assert measurement_group(name) == group


def test_labels_and_numbers() -> None:
    assert label_and_unit("spectral_tilt_db_per_octave") == ("Spectral tilt", "dB/octave")
    assert label_and_unit("patches.bass") == ("Patches: bass", "")
    assert [format_number(value) for value in (0.0, -0.0001, 12.5, 48000.0)] == ["0", "0", "12.5", "48000"]
