"""Labels of a song whose every time is known: four bars of 4/4 in F minor at 120 BPM."""

import re
from dataclasses import replace

import numpy as np
import pytest

import workbench
from training.corpora.harte import parse_harte
from workbench.dataset import jams_document
from workbench.dataset.labels import harte_label, observations
from workbench.domain.chord_symbols import CHORD_QUALITIES
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.score import Score
from workbench.domain.theory import Chord, Key, Metre

JAMS_CHORD = re.compile(
    r"^((N|X)|(([A-G](b*|#*))((:(maj|min|dim|aug|1|5|sus2|sus4|maj6|min6|7|maj7|min7|dim7|hdim7|minmaj7|aug7|9|maj9|min9|"
    r"11|maj11|min11|13|maj13|min13)(\((\*?((b*|#*)([1-9]|1[0-3]?))(,\*?((b*|#*)([1-9]|1[0-3]?)))*)\))?)"
    r"|(:\((\*?((b*|#*)([1-9]|1[0-3]?))(,\*?((b*|#*)([1-9]|1[0-3]?)))*)\)))?((/((b*|#*)([1-9]|1[0-3]?)))?)?))$"
)
"""The pattern of the namespace `chord` in JAMS 0.3.4."""


def times(found: list[dict[str, object]]) -> list[object]:
    return [one["time"] for one in found]


def values(found: list[dict[str, object]]) -> list[object]:
    return [one["value"] for one in found]


def test_beats_and_downbeats_lie_where_the_tempo_puts_them(tiny_score: Score) -> None:
    document = jams_document(tiny_score, identifier="tiny", duration_seconds=8.0)
    beats = observations(document, "beat")
    assert times(beats) == [0.5 * number for number in range(16)]
    assert values(beats) == [1, 2, 3, 4] * 4
    assert values(observations(document, "tempo")) == [120.0]


def test_chords_keys_and_sections(tiny_score: Score) -> None:
    document = jams_document(tiny_score, identifier="tiny", duration_seconds=8.0)
    chords = observations(document, "chord")
    assert values(chords) == ["F:min7", "Db:maj7", "Ab:maj", "Eb:maj/3"]
    assert times(chords) == [0.0, 2.0, 4.0, 6.0]
    sections = observations(document, "segment_open")
    assert [(one["value"], one["time"], one["duration"]) for one in sections] == [
        ("intro", 0.0, 2.0), ("verse", 2.0, 4.0), ("chorus", 6.0, 2.0),
    ]  # fmt: skip
    assert values(observations(document, "key_mode")) == ["F:minor"] * 3
    assert values(observations(document, "tag_open"))[:2] == ["percussion", "pads"]


def test_notes_begin_where_they_sound(tiny_score: Score) -> None:
    document = jams_document(tiny_score, identifier="tiny", duration_seconds=8.0)
    notes = {
        one["sandbox"]["element"]: one["data"] for one in document["annotations"] if one["namespace"] == "note_midi"
    }
    assert {name: len(data) for name, data in notes.items()} == {
        name: len(part.notes) for name, part in tiny_score.parts.items()
    }
    first = notes["leads"][0]
    assert (first["value"], first["time"]) == (72.0, pytest.approx((4.0 + 0.015) * 0.5))


def test_the_felt_beat_of_six_eight_is_a_dotted_quarter(tiny_score: Score) -> None:
    score = replace(tiny_score, metre=Metre(6, 8), sections=(SectionPlan("verse", "verse", 0, 2, 0.5, ()),))
    document = jams_document(score, identifier="waltz", duration_seconds=3.0)
    assert values(observations(document, "beat")) == [1, 2, 1, 2]
    assert times(observations(document, "beat")) == [0.0, 0.75, 1.5, 2.25]
    assert values(observations(document, "tempo")) == [80.0]


def test_a_change_of_tempo_moves_what_comes_after(tiny_score: Score) -> None:
    intro, verse, chorus = tiny_score.sections
    score = replace(tiny_score, sections=(intro, replace(verse, tempo_bpm=60.0), chorus))
    document = jams_document(score, identifier="tiny", duration_seconds=12.0)
    assert values(observations(document, "tempo")) == [120.0, 60.0, 120.0]
    assert times(observations(document, "segment_open")) == [0.0, 2.0, 10.0]


@pytest.mark.parametrize("quality", CHORD_QUALITIES)
def test_named_qualities_are_read_back(quality: str) -> None:
    chord = Chord(0.0, 4.0, 10, quality, 1)
    label = harte_label(chord, Key.parse("F minor"))
    assert JAMS_CHORD.match(label)
    assert parse_harte(label) == (10, quality, 1)


@pytest.mark.parametrize("symbol", ["G7b9", "Cadd9", "D7#11", "E6/9", "A13", "Bm11", "N.C.", "F7#5", "C/D"])
def test_every_label_is_one_of_jams(symbol: str) -> None:
    assert JAMS_CHORD.match(harte_label(Chord.parse(symbol), Key.parse("C major")))


def test_labels_lie_where_the_sound_is(tiny_score: Score, tiny_plan: Plan) -> None:
    """The drums' onsets, as the rise of their energy, agree best with the labels when neither is shifted."""
    drums = workbench.render(replace(tiny_score, parts={"percussion": tiny_score.parts["percussion"]}), tiny_plan)
    sound = drums["percussion"]
    hop = sound.sample_rate_hz // 1000
    level = np.abs(sound.samples).sum(axis=0)[: 8000 * hop].reshape(-1, hop).sum(axis=1)
    rise = np.maximum(0.0, np.diff(np.log(level + 1e-3), prepend=np.log(1e-3)))
    document = jams_document(tiny_score, identifier="tiny", duration_seconds=8.0)
    (notes,) = (
        one["data"]
        for one in document["annotations"]
        if one["namespace"] == "note_midi" and one["sandbox"]["element"] == "percussion"
    )
    onsets = np.unique([round(1000 * note["time"]) for note in notes if note["time"] > 0.1])
    agreement = {shift: rise[onsets + shift].sum() for shift in range(-40, 41)}
    best = max(agreement, key=agreement.__getitem__)
    assert abs(best) <= 5, f"labels are {best} ms off"
