from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evaluation.networks.excerpt_writing import asked, job_at, write_excerpts
from evaluation.networks.excerpts import EXCERPT_BARS, choose_places, cut, matched_excerpts, places
from evaluation.networks.features import features_of, overlap_features
from evaluation.networks.notes import pool_notes
from tests.evaluation.conftest import MakeExcerpt
from training.corpora import read_corpora
from training.dataset import EncodedPart, encode_part
from workbench.domain.errors import CorpusError
from workbench.models.context import PREFIX_SIZES
from workbench.models.elements import BASS, HARMONY, LEADS, PADS, PERCUSSION
from workbench.models.spec import ElementSpec


@pytest.fixture(scope="module")
def parts(groove_data: Path) -> list[EncodedPart]:
    return [part for song in read_corpora(groove_data) if (part := encode_part(song, PERCUSSION)) is not None]


def test_an_excerpt_holds_its_bars_and_their_surroundings(parts: list[EncodedPart]) -> None:
    excerpt = cut(parts[0], 4)
    assert excerpt.rows[0, 0] == 0
    assert len(excerpt.notes) == 13 * EXCERPT_BARS
    assert len(excerpt.conditioning.prefix) == len(excerpt.conditioning.cell) == EXCERPT_BARS
    assert np.array_equal(excerpt.conditioning.prefix, parts[0].conditioning.prefix[4:8])
    assert excerpt.style == "rock"
    assert parts[0].rows[0, 0] == 0  # The part itself is left as it was.


def test_places_lie_four_bars_apart_until_songs_are_too_few(parts: list[EncodedPart]) -> None:
    assert {place.bar for place in places(parts, 4)} == {0, 4}
    assert {place.bar for place in choose_places(parts, 10)} <= {0, 4}
    assert len(choose_places(parts, 25)) == 25
    assert choose_places(parts, 10) == choose_places(parts, 10)
    assert choose_places(parts, 10, seed=1) != choose_places(parts, 10)
    with pytest.raises(CorpusError, match="four bars"):
        choose_places([], 5)


def test_matched_excerpts_come_from_the_pool_with_equal_conditions(parts: list[EncodedPart]) -> None:
    train = [part for part in parts if part.split == "train"]
    targets = [cut(part, 0) for part in parts if part.split == "validation"]
    matched = matched_excerpts(targets, train)
    assert {excerpt.song_id for excerpt in matched} <= {part.song_id for part in train}
    assert [e.condition("style") for e in matched] == [e.condition("style") for e in targets]
    assert len({(excerpt.song_id, excerpt.first_bar) for excerpt in matched}) == len(matched)
    with pytest.raises(CorpusError, match="no excerpt"):
        matched_excerpts(targets, [])


def test_samples_are_written_from_four_bars_before(parts: list[EncodedPart]) -> None:
    """A writer that plays the song itself gives the song's own excerpts back."""
    where = choose_places(parts, 8)
    jobs_seen = []

    def play_the_song(jobs):  # type: ignore[no-untyped-def]
        jobs_seen.extend(jobs)
        written = []
        for job, place in zip(jobs, where, strict=True):
            first = place.bar + EXCERPT_BARS - len(job.conditioning.prefix)
            rows = parts[place.part].rows
            rows = rows[(rows[:, 0] >= first) & (rows[:, 0] < place.bar + EXCERPT_BARS)].copy()
            rows[:, 0] -= first
            written.append(rows)
        return written

    excerpts, _ = write_excerpts(play_the_song, parts, where)
    for excerpt, place in zip(excerpts, where, strict=True):
        assert np.array_equal(excerpt.rows, cut(parts[place.part], place.bar).rows)
    assert {len(job.conditioning.prefix) for job in jobs_seen} == {4, 8}
    assert len({job.seed for job in jobs_seen}) == len(jobs_seen)


def test_a_condition_can_be_asked_differently(parts: list[EncodedPart]) -> None:
    conditioning = parts[0].conditioning
    column = list(PREFIX_SIZES).index("density")
    changed = asked(conditioning, column, 3)
    assert set(changed.prefix[:, column]) == {3}
    assert conditioning.prefix[0, column] != 3 or not np.array_equal(changed.prefix, conditioning.prefix)
    assert len(job_at(changed, 4, (1, 2)).conditioning.prefix) == 8


def test_pitches_are_reported_from_the_chord_or_the_tonic(make_excerpt: MakeExcerpt) -> None:
    notes = pool_notes([make_excerpt(BASS, [(0, 0, 5), (1, 12, 12)])], BASS)
    # Told from C, whose first pitch at or above 28 is 36.
    assert notes.pitch.tolist() == [36, 43]
    assert notes.degree.tolist() == [0, 7]
    assert notes.place_24.tolist() == [0, 96 + 24]


def test_units(make_excerpt: MakeExcerpt) -> None:
    notes = pool_notes([make_excerpt(PERCUSSION, [(0, 3, 0, 8, 14)], tempo_bpm=60.0)], PERCUSSION)
    assert notes.offset_ms.tolist() == [pytest.approx(2 / 96 * 1000)]
    assert notes.velocity.tolist() == [68.0]
    assert notes.place_24.tolist() == [6]


@pytest.mark.parametrize("spec", [PERCUSSION, BASS, PADS, LEADS, HARMONY], ids=lambda spec: spec.name)
def test_features_are_named_finite_and_there_for_any_music(spec: ElementSpec, make_excerpt: MakeExcerpt) -> None:
    full = [(bar, slot, symbol) for bar in range(4) for slot in range(0, 48, 3) for symbol in (0, 5, 9)]
    excerpts = [make_excerpt(spec, full, chord=(0, 4, 7)), make_excerpt(spec, [(0, 0, 5)]), make_excerpt(spec, [])]
    table = features_of(pool_notes(excerpts, spec))
    assert len(set(table.names)) == len(table.names) == table.values.shape[1]
    assert 60 <= len(table.names) <= 110
    assert np.isfinite(table.values).all()
    assert set(overlap_features(spec.name)) <= set(table.names)
    assert not np.array_equal(table.values[0], table.values[1])


def test_known_drum_features(make_excerpt: MakeExcerpt) -> None:
    backbeat = [(bar, slot, symbol, 8, 12) for bar in range(4) for slot, symbol in ((0, 0), (12, 1), (24, 0), (36, 1))]
    table = features_of(pool_notes([make_excerpt(PERCUSSION, backbeat)], PERCUSSION))
    wanted = {"density": 4, "backbeat": 2, "kick_on_one": 1, "slot_0": 1, "same_mean": 1, "gap_mean": 24, "roles": 2}
    assert {name: table.column(name)[0] for name in wanted} == wanted


def test_known_pitch_features(make_excerpt: MakeExcerpt) -> None:
    line = [(0, 0, 14, 9), (0, 12, 18, 9), (0, 24, 21, 9), (0, 36, 26, 9)]
    table = features_of(pool_notes([make_excerpt(LEADS, line, chord=(0, 4, 7))], LEADS))
    wanted = {"chord_tones": 1, "pitch_range": 12, "interval_size": 4, "duration_mean": 1, "empty_bars": 3}
    assert {name: table.column(name)[0] for name in wanted} == wanted
