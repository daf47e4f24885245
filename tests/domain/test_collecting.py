"""Searches for circles of references are put off while a song is made."""

import gc

from workbench.domain.collecting import rarely_collected


def test_the_threshold_is_raised_within_and_as_before_afterwards() -> None:
    before = gc.get_threshold()
    with rarely_collected():
        assert gc.get_threshold()[0] >= 100_000
        with rarely_collected():
            assert gc.get_threshold()[0] >= 100_000
        assert gc.get_threshold()[0] >= 100_000, "somebody is still at work"
    assert gc.get_threshold() == before


def test_a_search_that_is_off_stays_off() -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(0)
        with rarely_collected():
            assert gc.get_threshold()[0] == 0
    finally:
        gc.set_threshold(*before)
