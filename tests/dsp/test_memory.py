"""Arrays of a song's length lie where others lay; nobody's memory is given away while it is read."""

import gc
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from workbench.dsp import memory
from workbench.dsp.memory import duplicate, fresh, let_go, silence

LONG = (2, 6_000_000)


@pytest.fixture(autouse=True)
def nothing_free() -> Iterator[None]:
    gc.collect()
    let_go()
    yield
    let_go()


def place(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])


def test_memory_is_used_again_once_nothing_reads_it() -> None:
    first = fresh(LONG)
    where = place(first)
    del first
    assert place(fresh(LONG)) == where


def test_memory_of_a_view_is_not_given_away() -> None:
    view = fresh(LONG)[1, 10:20]
    view[:] = 3.0
    other = fresh(LONG)
    other[:] = 5.0
    assert view.tolist() == [3.0] * 10


def test_a_little_less_fits_too_and_far_less_does_not() -> None:
    where = place(fresh((2, 9_000_000)))
    assert place(silence((7_000_000, 2))) == where
    far_less = fresh((2, 4_200_000))
    del far_less
    assert [block.size < 40_000_000 for block in memory._free] == [True], "a block of its own, the longer one let go"


def test_what_does_not_fit_makes_room() -> None:
    del_me = fresh((2, 4_500_000))
    del del_me
    assert len(memory._free) == 1
    kept = fresh((2, 9_000_000))
    assert memory._free == []
    assert kept.shape == (2, 9_000_000)


def test_sound_is_shortened_where_it_lies() -> None:
    sound = np.arange(2_000_000, dtype=np.float32).reshape(2, -1)
    expected = sound[:, :999_990].copy()
    short = memory.shortened(sound, 999_990)
    assert short.flags.c_contiguous
    assert np.shares_memory(short, sound)
    np.testing.assert_array_equal(short, expected)
    turned = np.arange(6, dtype=np.float32).reshape(3, 2).T
    assert memory.shortened(turned, 2).tolist() == [[0.0, 2.0], [1.0, 3.0]]


def test_a_curve_lies_in_a_block_that_sound_fits_into() -> None:
    sound = fresh(LONG)
    curve = fresh((9_000_000,))
    where, curve_bytes = place(curve), curve.nbytes
    del curve
    assert place(fresh(LONG)) == where
    assert sound.nbytes > curve_bytes


def test_short_arrays_come_from_python() -> None:
    short = fresh((2, 100))
    del short
    assert memory._free == []


def test_silence_and_duplicates_hold_what_they_say() -> None:
    noise = fresh(LONG)
    noise[:] = 7.0
    copy = duplicate(noise)
    noise[:] = 1.0
    assert copy.min() == 7.0
    del noise
    assert not silence(LONG).any()
    assert fresh(LONG, np.int32).dtype == np.int32


def test_threads_never_share_an_array() -> None:
    def work(number: int) -> None:
        for turn in range(20):
            array = fresh(LONG)
            array[:, ::4096] = number
            if not (array[:, ::4096] == number).all():
                wrong.append((number, turn))

    wrong: list[tuple[int, int]] = []
    threads = [threading.Thread(target=work, args=[number]) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
