"""Which side a song falls on: steady, and each side has something wherever there are two contents."""

from __future__ import annotations

import pytest

from training.corpora.splits import share_of, source_split, split_by_content, split_by_name


def test_a_share_is_the_first_byte_of_sha_256() -> None:
    # FIPS 180-4: SHA-256 of "abc" begins with ba 78 16 bf.
    assert share_of("abc") == 0xBA / 0x100


def test_a_share_on_the_border_trains() -> None:
    assert split_by_name("abc", 0xBA / 0x100) == "train"
    assert split_by_name("abc", 0xBB / 0x100) == "validation"


def test_twelve_of_a_hundred_names_are_held_out_unless_said_otherwise() -> None:
    """Names whose shares are 30 / 256 (0.117) and 31 / 256 (0.121)."""
    assert (split_by_name("song 100"), split_by_name("song 127")) == ("validation", "train")


def test_fifteen_of_a_hundred_contents_are_held_out_unless_said_otherwise() -> None:
    """0x26 / 256 is 0.148, 0x27 / 256 is 0.152."""
    assert split_by_content(["00", "26", "27", "ff"]) == ["validation", "validation", "train", "train"]


LOW, MIDDLE, HIGH = "10000000ff", "8000000000", "f0000000ff"


@pytest.mark.parametrize(
    ("digests", "share", "sides"),
    [
        ([HIGH, "ff"], 0.15, ["validation", "train"]),
        ([LOW, "00"], 0.15, ["train", "validation"]),
        ([LOW, "00", "01"], 0.15, ["train", "validation", "validation"]),
        ([HIGH], 0.15, ["train"]),
        ([LOW], 0.15, ["train"]),
        ([MIDDLE, LOW, HIGH], 0.5, ["train", "validation", "train"]),
        (["7fffffffff", LOW, HIGH], 0.5, ["validation", "validation", "train"]),
        ([], 0.5, []),
    ],
)
def test_each_side_has_one_where_there_are_two(digests: list[str], share: float, sides: list[str]) -> None:
    assert split_by_content(digests, share) == sides


@pytest.mark.parametrize(
    ("song", "side"),
    [
        ("billboard_0024", "test"),
        ("billboard_0030", "test"),
        ("billboard_0305", "validation"),
        ("billboard_0211", "validation"),
        ("billboard_0077", "train"),
        ("billboard_0371", "train"),
    ],
)
def test_five_of_a_hundred_buckets_are_for_tests_and_the_next_five_for_validation(song: str, side: str) -> None:
    """Songs whose SHA-1 falls into the buckets 0, 4, 5, 9, 10 and 99."""
    assert source_split(song) == side
