"""Near duplicates on songs whose likeness is known by construction."""

import numpy as np
import pytest

from workbench.analysis.near_duplicates import (
    bar_shingles,
    group_names,
    near_duplicate_groups,
    signature_of,
    similarity,
)

Song = tuple[np.ndarray, np.ndarray]


def random_song(seed: int, bars: int = 48) -> Song:
    """Eight notes a bar on random 16ths: no two bars are alike."""
    rng = np.random.default_rng(seed)
    onsets = np.concatenate([4 * bar + np.sort(rng.choice(16, 8, replace=False)) / 4 for bar in range(bars)])
    return onsets, rng.integers(48, 84, len(onsets))


def signature(*parts: Song) -> np.ndarray:
    return signature_of(bar_shingles(*part, 4) for part in parts)


def changed(song: Song, share: float, seed: int = 0) -> Song:
    """The song with one note of some of its bars a semitone higher."""
    onsets, pitches = song
    rng = np.random.default_rng(seed)
    bars = rng.permutation(48)[: round(48 * share)]
    moved = pitches.copy()
    for bar in bars:
        moved[8 * bar + rng.integers(8)] += 1
    return onsets, moved


def test_pairs_of_bars_are_counted_once() -> None:
    onsets, pitches = random_song(1, bars=10)
    assert len(bar_shingles(onsets, pitches, 4)) == 9
    twice = np.concatenate([onsets, onsets + 40]), np.concatenate([pitches, pitches])
    assert len(bar_shingles(*twice, 4)) == 10, "the seam is the only new pair"


def test_neither_key_nor_small_deviations_matter() -> None:
    onsets, pitches = random_song(2)
    rng = np.random.default_rng(0)
    played = onsets + rng.uniform(-0.1, 0.1, len(onsets))
    assert np.array_equal(bar_shingles(onsets, pitches, 4), bar_shingles(played, pitches - 7, 4))


def test_the_order_of_bars_and_an_interval_between_them_matter() -> None:
    onsets, pitches = random_song(3, bars=2)
    bar = onsets < 4
    swapped = np.where(bar, onsets + 4, onsets - 4)
    assert bar_shingles(onsets, pitches, 4) != bar_shingles(swapped, pitches, 4)
    assert bar_shingles(onsets, pitches, 4) != bar_shingles(onsets, pitches + np.where(bar, 0, 12), 4)


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_similarity_is_the_share_of_common_pairs(share: float) -> None:
    song = random_song(4)
    other = changed(song, share)
    first, second = (set(bar_shingles(*one, 4).tolist()) for one in (song, other))
    exact = len(first & second) / len(first | second)
    assert similarity(signature(song), signature(other)) == pytest.approx(exact, abs=0.13)


def test_near_duplicates_are_grouped_and_others_stand_alone() -> None:
    songs = [random_song(seed) for seed in range(200)]
    near = [changed((songs[seed][0], songs[seed][1] + 3), 0.1, seed) for seed in range(0, 200, 10)]
    groups = near_duplicate_groups(np.stack([signature(song) for song in (*songs, *near)]))
    assert len(set(groups.tolist())) == 200
    assert [groups[200 + number] == groups[10 * number] for number in range(20)] == [True] * 20


def test_what_is_near_a_near_duplicate_is_of_its_group() -> None:
    first = random_song(7)
    chain = [first, changed(first, 0.15, 1)]
    chain.append(changed(chain[1], 0.15, 2))
    groups = near_duplicate_groups(np.stack([signature(song) for song in chain]))
    assert len(set(groups.tolist())) == 1


def test_songs_that_are_too_plain_match_nothing() -> None:
    plain = (np.array([0.0, 4.0, 8.0]), np.array([60, 60, 60]))
    groups = near_duplicate_groups(np.stack([signature(plain), signature(plain), signature()]))
    assert len(set(groups.tolist())) == 3


def test_a_group_is_called_after_its_first_name() -> None:
    assert group_names(np.array([3, 1, 3]), ["z", "m", "b"]) == ["b", "m", "b"]
