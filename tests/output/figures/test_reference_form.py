"""Form and harmony of references: every chord and section in its place, and told in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workbench.analysis.references import ReferenceLibrary, ReferenceProfile
from workbench.domain.results import Track
from workbench.output.figures.reference_form import forms
from workbench.output.figures.reference_texts import chords_text, sections_text, tempo_text
from workbench.output.report.html_tables import forms_table
from workbench.output.report.report_references import references_section


@pytest.fixture
def reference() -> ReferenceProfile:
    """A shipped profile with a form that is known: ten seconds, two sections, three chords."""
    measured = ReferenceLibrary().list()[0]
    numbers = {**measured.measurements, "tempo_bpm": 96.0, "tempo_confidence": 0.5}
    return replace(
        measured, id="mine", key="C minor", duration_seconds=10.0, boundaries_seconds=(6.0,), measurements=numbers,
        chords=((0.0, "G#"), (4.0, "N"), (5.0, "Cm")), styles=("house",),
    )  # fmt: skip


def test_rows_hold_chords_and_sections_where_they_are(tiny_track: Track, reference: ReferenceProfile) -> None:
    (axes,) = forms(tiny_track.score, [reference]).axes
    below = [bar for bar in axes.patches if bar.get_y() < -0.5]
    assert [(bar.get_x(), bar.get_width()) for bar in below] == [(0.0, 4.0), (4.0, 1.0), (5.0, 5.0)]
    assert len(axes.patches) - len(below) == len(tiny_track.score.chords)
    lines = [path.vertices[:, 0] for group in axes.collections for path in group.get_paths()]
    assert any(np.allclose(line, 6.0) for line in lines)
    names = {text.get_text() for text in axes.texts}
    assert {"Ab", "Cm"} <= names
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        f"this track\n120 BPM, {tiny_track.score.key}", "mine\n96 (0.50) BPM, C minor",
    ]  # fmt: skip


def test_words_tell_confidence_sections_and_chords(reference: ReferenceProfile) -> None:
    assert tempo_text(reference) == "96 (0.50)"
    assert sections_text(reference) == "0:00, 0:06"
    assert chords_text(reference) == "Cm 50 %, Ab 40 %"
    table = forms_table([reference])
    assert all(f"<td>{text}</td>" in table for text in ("mine", "house", "96 (0.50)", "C minor", "0:00, 0:06"))
    unsteady = replace(reference, measurements={**reference.measurements, "tempo_confidence": 0.04})
    assert tempo_text(unsteady) == "\N{EN DASH} (0.04)"


def test_the_page_shows_the_form_of_the_nearest(tiny_track: Track, reference: ReferenceProfile) -> None:
    text = references_section(tiny_track, [reference], {}, name="one reference")
    assert "Form and harmony" in text
    assert "Cm 50 %" in text
    many = ReferenceLibrary().list()
    assert references_section(tiny_track, many, {}, name="all").count("<tr>") == 1 + 6
