"""Blocks of scratch memory: only a part is held, no value is lost, and no file is left."""

import errno
import mmap
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from workbench.dsp import memory, scratch
from workbench.dsp.memory import fresh, let_go
from workbench.dsp.parallel import each

MEBIBYTE = 1 << 20

linux = pytest.mark.skipif(sys.platform != "linux", reason="blocks are ordinary memory elsewhere")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    let_go()
    yield tmp_path
    let_go()


def held() -> int:
    """Bytes that the process holds of files."""
    return scratch._held_of_files()


def in_a_file(block: np.ndarray) -> bool:
    return isinstance(block.base, mmap.mmap) or isinstance(getattr(block.base, "obj", None), mmap.mmap)


@linux
def test_values_stay_when_nothing_is_held_of_them() -> None:
    block = scratch.block(8 * MEBIBYTE)
    assert in_a_file(block)
    block[:] = np.arange(block.size) % 251
    before = held()
    scratch._watchman.let_go()
    assert held() <= before - 7 * MEBIBYTE
    assert (block == np.arange(block.size) % 251).all()


@linux
def test_no_more_is_held_than_the_limit_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "HELD_BYTES", 16 * MEBIBYTE)
    monkeypatch.setattr(scratch, "_TICK_SECONDS", 0.0)
    blocks = [scratch.block(8 * MEBIBYTE) for _ in range(12)]
    least, most = held(), []

    def fill(number: int) -> None:
        blocks[number][:] = number
        scratch.look()
        most.append(held() - least)

    for number in range(12):
        fill(number)
    assert max(most) <= 24 * MEBIBYTE, "the limit, and what was filled since"
    assert [int(block[-1]) for block in blocks] == list(range(12))


@linux
def test_nothing_is_held_of_an_array_that_rests() -> None:
    array = fresh((2, 6_000_000))
    array.fill(0.25)
    before = held()
    assert memory.rest(array[:, 10:]).base is not None
    assert held() <= before - 40 * MEBIBYTE
    assert array.min() == 0.25
    memory.rest(np.ones((2, 2), np.float32))


@linux
def test_room_is_made_before_a_block_is_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "HELD_BYTES", 64 * MEBIBYTE)
    block = scratch.block(40 * MEBIBYTE)
    block.fill(1)
    full = held()
    scratch.expect(40 * MEBIBYTE)
    assert held() <= full - 36 * MEBIBYTE


@linux
def test_the_watchman_looks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "HELD_BYTES", 4 * MEBIBYTE)
    block = scratch.block(32 * MEBIBYTE)
    before = held()
    block.fill(1)
    waited = threading.Event()
    for _ in range(500):
        if held() <= before + 4 * MEBIBYTE:
            break
        waited.wait(0.02)
    assert held() <= before + 4 * MEBIBYTE
    assert block.sum() == block.size


@linux
def test_pieces_of_work_are_looked_after(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    monkeypatch.setattr(scratch, "look", lambda: looks.append(1))
    each(lambda number: number, [1])
    each(lambda number: number, [1, 2, 3])
    assert len(looks) == 4


@linux
def test_a_pass_over_a_block_enters_the_system_by_pieces_of_two_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "_piece", scratch._LARGE_PAGE)
    monkeypatch.setattr(scratch, "_DEAR_SECONDS", 100.0)
    block = scratch.block(64 * MEBIBYTE)
    if scratch._piece != scratch._LARGE_PAGE:
        pytest.skip("this system maps no 2 MB of a file as one")
    scratch._watchman.let_go()
    before = scratch._faults()
    np.add(block, 1, out=block)
    assert scratch._faults() - before < 2000, "16,384 pages of 4 kB"
    assert block.min() == block.max() == 1


@linux
def test_where_large_pages_fail_later_blocks_are_written_in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "_piece", scratch._LARGE_PAGE)
    counts = iter((0, 100_000))
    monkeypatch.setattr(scratch, "_faults", lambda: next(counts))
    first = scratch.block(4 * MEBIBYTE)
    assert scratch._piece == scratch._SMALL_PIECE
    counts = iter((0, 0))
    again = scratch.block(4 * MEBIBYTE)
    assert not first.any()
    assert not again.any()


@linux
def test_where_memory_is_dear_later_blocks_are_written_in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "_piece", scratch._LARGE_PAGE)
    monkeypatch.setattr(scratch, "_DEAR_SECONDS", -1.0)
    written: list[int] = []
    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda file, data, at: written.append(len(data)) or real(file, data, at))
    assert not scratch.block(20 * MEBIBYTE).any()
    assert set(written[:8]) == {2 * MEBIBYTE}
    assert set(written[8:]) == {scratch._SMALL_PIECE}
    written.clear()
    monkeypatch.setattr(scratch, "_MOST_AT_HAND", 8 * MEBIBYTE)
    scratch.block(10 * MEBIBYTE)
    assert set(written) == {2 * MEBIBYTE}, "too long for what lies about in small pieces"


@linux
def test_memory_at_hand_is_not_asked_for_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "_piece", scratch._SMALL_PIECE)
    block = scratch.block(32 * MEBIBYTE)
    rows = block[: 30 * MEBIBYTE].reshape(2, -1)
    scratch._watchman.let_go()
    before = scratch._faults()
    scratch.have_at_hand(rows[:, 1000:-1000])
    held_by = scratch._faults()
    np.add(rows, 1, out=rows)
    assert scratch._faults() - held_by < 100
    assert held_by - before < 7_000, "the system maps a folio of 64 kB as one"
    assert rows.min() == rows.max() == 1
    scratch.have_at_hand(np.zeros(3))


@linux
def test_what_is_idle_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "_IDLE_SECONDS", 0.05)
    array = fresh((2, 6_000_000))
    del array
    memory.set_aside()
    waited = threading.Event()
    for _ in range(250):
        if not memory._free:
            break
        waited.wait(0.02)
    assert memory._free == []


@linux
def test_no_file_is_seen_or_left(own_folder: Path) -> None:
    block = scratch.block(MEBIBYTE)
    block.fill(3)
    assert list(own_folder.iterdir()) == []
    del block
    assert list(own_folder.iterdir()) == []


@linux
def test_a_full_disk_gives_ordinary_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    block = scratch.block(MEBIBYTE)
    assert block.shape == (MEBIBYTE,)
    assert not in_a_file(block)


@linux
def test_half_of_a_disk_stays_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "_LARGEST_SHARE", 0.0)
    assert not in_a_file(scratch.block(MEBIBYTE))


def test_a_system_that_cannot_do_that_has_ordinary_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch.sys, "platform", "darwin")
    assert not in_a_file(scratch.block(MEBIBYTE))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_takes_none_of_its_parents_free_memory() -> None:
    array = fresh((2, 6_000_000))
    array.fill(1.0)
    where = array.__array_interface__["data"][0]
    del array
    assert len(memory._free) == 1
    child = os.fork()
    if child == 0:
        own = fresh((2, 6_000_000))
        own.fill(2.0)
        os._exit(0 if memory._free == [] and own.min() == 2.0 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    again = fresh((2, 6_000_000))
    assert again.__array_interface__["data"][0] == where
    assert again.max() == 1.0, "what the child wrote lies elsewhere"
