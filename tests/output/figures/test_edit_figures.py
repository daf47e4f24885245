"""What changed between two scores is found bar by bar, and drawn the same each time."""

from __future__ import annotations

from dataclasses import replace

from workbench.domain.score import Part, Score
from workbench.output.figures.drawing import to_png
from workbench.output.figures.edit_figures import before_and_after, changed_bars


def test_changed_bars_are_those_of_notes_that_differ(tiny_score: Score) -> None:
    notes = tiny_score.parts["bass"].notes
    louder = tuple(replace(note, velocity=99) if note.onset_beats >= 12 else note for note in notes)
    other = replace(tiny_score, parts={**tiny_score.parts, "bass": Part("bass", louder)})
    changed = changed_bars(tiny_score, other)
    assert changed == {"percussion": set(), "bass": {3}, "pads": set(), "leads": set()}


def test_the_picture_shows_what_changed(tiny_score: Score) -> None:
    fewer = replace(tiny_score, parts={name: part for name, part in tiny_score.parts.items() if name != "leads"})
    same, changed = (to_png(before_and_after(tiny_score, other)) for other in (tiny_score, fewer))
    assert changed[:4] == b"\x89PNG"
    assert changed != same
    assert changed == to_png(before_and_after(tiny_score, fewer))
