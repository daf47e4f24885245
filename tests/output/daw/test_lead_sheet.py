"""A lead sheet as an arranger hands it out: beats show, keys change with their sections, lines hold four bars."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.plan import Plan
from workbench.domain.score import Note, Part, Score
from workbench.domain.theory import Chord, Key, Metre
from workbench.output.daw.lead_sheet import documents
from workbench.output.daw.note_values import VALUES, bar_sixteenths, read_lengths, written
from workbench.output.daw.session import session_of

METRES = [(4, 4), (3, 4), (6, 8), (12, 8)]


@given(st.sampled_from(METRES), st.booleans(), st.data())
def test_every_stretch_is_written_and_shows_its_beats(metre: tuple[int, int], rest: bool, data: st.DataObject) -> None:
    bar = bar_sixteenths(metre)
    start = data.draw(st.integers(0, bar - 1))
    length = data.draw(st.integers(1, bar - start))
    heads = list(written(start, length, metre, rest=rest))
    assert heads[0][0] == start
    assert [at + head for at, head in heads] == [at for at, _ in heads[1:]] + [start + length]
    assert all(head in VALUES for _, head in heads)
    beat = 6 if metre[1] == 8 else 4
    for at, head in heads:
        if at % 2 or (at + head) % 2:
            assert (at + head - 1) // beat == at // beat, "a sixteenth hides no beat"
        if metre == (4, 4) and at < 8 < at + head:
            assert at == 0 or (at, head) == (4, 8), "the middle of the bar shows"
        if metre[1] == 8 and head < 12:
            assert (at + head - 1) // beat == at // beat, "dotted beats show"


@pytest.mark.parametrize(
    ("start", "length", "metre", "heads"),
    [
        (0, 16, (4, 4), [16]),
        (6, 4, (4, 4), [2, 2]),  # over the middle
        (2, 4, (4, 4), [4]),  # a syncopation of eighths
        (3, 4, (4, 4), [1, 3]),
        (0, 7, (4, 4), [4, 3]),
        (0, 8, (6, 8), [6, 2]),
        (0, 12, (6, 8), [12]),
        (0, 24, (12, 8), [24]),
        (6, 12, (12, 8), [6, 6]),
        (0, 6, (3, 4), [6]),
        (2, 4, (3, 4), [4]),
    ],
)
def test_lengths_as_they_are_printed(start: int, length: int, metre: tuple[int, int], heads: list[int]) -> None:
    assert [head for _, head in written(start, length, metre, rest=False)] == heads


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 8)), min_size=1, max_size=12, unique_by=lambda one: one[0])
)
def test_reading_moves_no_onset_and_overlaps_nothing(notes: list[tuple[int, int]]) -> None:
    ordered = sorted(notes)
    starts = [start for start, _ in ordered]
    cut = [
        (start, min(start + length, following), 60)
        for (start, length), following in zip(ordered, [*starts[1:], 64], strict=True)
    ]
    read = read_lengths(cut, 64)
    assert [start for start, _, _ in read] == starts
    for (_, stop, _), (_, before, _), following in zip(read, cut, [*starts[1:], 64], strict=True):
        assert before <= stop <= min(before + 1, following)


def sheet(plan: Plan, score: Score) -> ET.Element:
    """The sheet of a song, read back."""
    return ET.fromstring(documents(session_of(plan, score, {}), "1")["{name}.musicxml"])


def test_sections_bring_their_keys_and_lines(tiny_plan: Plan, tiny_score: Score) -> None:
    first, *others = tiny_score.sections
    assert others
    sections = (first, replace(others[0], key=Key.parse("E major")), *others[1:])
    root = sheet(replace(tiny_plan, sections=sections), replace(tiny_score, sections=sections))
    measures = root.findall("part/measure")
    changes = {
        int(measure.get("number") or 0): int(found.text or 0)
        for measure in measures
        if (found := measure.find("attributes/key/fifths")) is not None
    }
    assert changes[others[0].start_bar + 1] == 4
    styles = {int(measure.get("number") or 0): measure.findtext("barline/bar-style") for measure in measures}
    assert styles[others[0].start_bar] == "light-light"
    assert styles[len(measures)] == "light-heavy"
    assert next(mark.text for mark in root.iter("rehearsal")) == first.name[:1].upper() + first.name[1:]
    lengths = {sum(int(one.text or 0) for one in measure.iterfind("note/duration")) for measure in measures}
    assert lengths == {16}


def test_a_compound_metre_counts_dotted_quarters_and_rests_whole_bars(tiny_plan: Plan, tiny_score: Score) -> None:
    metre = Metre.parse("6/8")
    score = replace(tiny_score, metre=metre, tempo_bpm=90.0, parts={"leads": Part("leads", (Note(3.0, 72, 2.0, 90),))})
    root = sheet(replace(tiny_plan, metre=metre, tempo_bpm=90.0), score)
    assert root.findtext(".//metronome/per-minute") == "60"
    assert root.find(".//metronome/beat-unit-dot") is not None
    measures = root.findall("part/measure")
    rest = measures[0].find("note")
    assert rest is not None
    assert rest.find("rest[@measure='yes']") is not None
    assert rest.find("type") is None
    assert [one.text for one in measures[1].iterfind("note/duration")] == ["6", "2", "4"]


def test_full_bars_stand_two_on_a_line(tiny_plan: Plan, tiny_score: Score) -> None:
    section = replace(tiny_score.sections[0], start_bar=0, bars=8)
    # Four bars of sixteenths, then four of quarters.
    notes = [Note(step / 4, 72, 0.25, 90) for step in range(64)] + [
        Note(16.0 + beat, 72, 1.0, 90) for beat in range(16)
    ]
    score = replace(tiny_score, sections=(section,), chords=(), parts={"leads": Part("leads", tuple(notes))})
    root = sheet(replace(tiny_plan, sections=(section,)), score)
    new = [
        one.get("number") for one in root.iterfind("part/measure") if one.find("print[@new-system='yes']") is not None
    ]
    # Sixteen heads a bar: two bars are a line. From the third bar on, four bars hold forty heads, which still fit.
    assert new == ["3", "7"]


@pytest.mark.parametrize(
    ("pitch", "clef"), [(72, ("G", "2", None)), (96, ("G", "2", "1")), (52, ("G", "2", "-1")), (40, ("F", "4", None))]
)
def test_the_clef_holds_the_melody(
    tiny_plan: Plan, tiny_score: Score, pitch: int, clef: tuple[str, str, str | None]
) -> None:
    notes = tuple(Note(float(beat), pitch, 1.0, 90) for beat in range(8))
    root = sheet(tiny_plan, replace(tiny_score, parts={"leads": Part("leads", notes)}))
    found = root.find(".//clef")
    assert found is not None
    assert tuple(found.findtext(name) for name in ("sign", "line", "clef-octave-change")) == clef


def test_a_section_begins_with_its_chord_though_that_was_held(tiny_plan: Plan, tiny_score: Score) -> None:
    beats = tiny_score.metre.bar_beats
    held = replace(Chord.parse("Fm"), onset_beats=0.0, duration_beats=4.0 * beats)
    root = sheet(tiny_plan, replace(tiny_score, chords=(held,)))
    shown = [number for number, one in enumerate(root.iterfind("part/measure")) if one.find("harmony") is not None]
    assert shown == sorted({section.start_bar for section in tiny_score.sections})
