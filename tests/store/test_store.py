"""The store by itself: what is kept comes back, what is damaged does not, and it never grows beyond its limit."""

import json
import multiprocessing
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.domain.errors import ParameterError
from workbench.domain.request import GenerationRequest
from workbench.domain.theory import Key
from workbench.store import Store, StoreSize, content_key, open_store, request_key, set_limit

RAMP = np.arange(2000, dtype=np.float32).reshape(2, 1000)
BYTES = RAMP.nbytes


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store", 10_000_000)


def named(number: int) -> str:
    return content_key("test", number, code="1")


def refuse() -> Any:
    raise AssertionError("made although it is kept")


def test_what_is_kept_comes_back_with_its_shape_and_type(store: Store) -> None:
    assert store.samples(named(1), lambda: RAMP) is RAMP
    again = store.samples(named(1), refuse)
    assert again.dtype == np.float32
    np.testing.assert_array_equal(again, RAMP)
    assert again.flags.writeable


def test_documents_keep_every_digit(store: Store) -> None:
    value = {"onset_beats": 0.1 + 0.2, "names": ["a", None]}
    store.document(named(2), lambda: value)
    assert store.document(named(2), refuse) == value


@pytest.mark.parametrize("spoil", ["flip", "cut", "index", "gone"])
def test_a_damaged_entry_is_dropped_and_made_again(store: Store, spoil: str) -> None:
    store.samples(named(1), lambda: RAMP)
    file = next(store.folder.glob("*/*/samples.npy"))
    if spoil == "flip":
        data = bytearray(file.read_bytes())
        data[-1] ^= 1
        file.write_bytes(data)
    elif spoil == "cut":
        file.write_bytes(file.read_bytes()[:-4])
    elif spoil == "index":
        (file.parent / "entry.json").write_text("{")
    else:
        file.unlink()
    made = store.samples(named(1), lambda: RAMP + 1)
    np.testing.assert_array_equal(made, RAMP + 1)
    np.testing.assert_array_equal(store.samples(named(1), refuse), RAMP + 1)


def test_what_was_unused_for_longest_goes_first(tmp_path: Path) -> None:
    store = Store(tmp_path, 4 * BYTES)
    for number in range(3):
        store.samples(named(number), lambda: RAMP)
        os.utime(tmp_path / named(number)[:2] / named(number) / "entry.json", (number, number))
    store.samples(named(0), refuse)  # used now: entry 1 is the oldest
    store.samples(named(3), lambda: RAMP)
    assert [store.holds(named(number)) for number in range(4)] == [True, False, True, True]
    assert store.size().bytes <= store.limit_bytes


def test_what_would_fill_more_than_half_of_it_is_not_kept(tmp_path: Path) -> None:
    store = Store(tmp_path, 2 * BYTES - 1)
    assert store.samples(named(1), lambda: RAMP) is RAMP
    assert store.size() == StoreSize(0, 0)


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = Store(tmp_path / "file" / "store", 10_000_000)
    assert store.samples(named(1), lambda: RAMP) is RAMP
    assert store.document(named(2), lambda: [1]) == [1]
    assert store.size().entries == 0


def test_files_are_copied_in_and_out(store: Store, tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "stems").mkdir(parents=True)
    target.mkdir()
    (source / "stems" / "bass.wav").write_bytes(b"RIFF")
    store.keep_folder(named(5), source, {"beside.json": "{}"})
    assert store.copy_to(named(5), target)
    assert {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()} == {
        "stems/bass.wav", "beside.json",
    }  # fmt: skip
    assert not store.copy_to(named(6), target)


def test_a_folder_that_is_changed_later_is_not_given_out(store: Store, tmp_path: Path) -> None:
    """Files are kept by links where that works: a change in place must not come back as what was kept."""
    source, target = tmp_path / "source", tmp_path / "target"
    for folder in (source, target):
        folder.mkdir()
    (source / "master.wav").write_bytes(b"sound")
    store.keep_folder(named(7), source, {})
    assert store.copy_to(named(7), target)
    (target / "master.wav").write_bytes(b"retagged by the user")
    (target / "master.wav").unlink()
    assert store.copy_to(named(7), target), "what was given out is another file"
    with (source / "master.wav").open("r+b") as file:
        file.write(b"S")
    assert not store.copy_to(named(7), target)
    assert list(target.iterdir()) == [], "nor is anything of it left there"
    assert not store.holds(named(7))


def test_clear_tells_what_there_was_and_sweeps_old_drafts(store: Store) -> None:
    store.samples(named(1), lambda: RAMP)
    old, new = store.folder / ".draft-old", store.folder / ".draft-new"
    for draft in (old, new):
        draft.mkdir()
    os.utime(old, (0, 0))
    assert store.clear() == StoreSize(1, BYTES + 128)  # the header of a .npy file takes 128 bytes
    assert store.size() == StoreSize(0, 0)
    assert not old.exists()
    assert new.exists()  # another process may be writing it


def _write_many(folder: Path, first: int) -> None:
    store = Store(folder, 12 * BYTES)
    for turn in range(60):
        number = (first + turn) % 16
        made = store.samples(named(number), lambda number=number: RAMP + number)  # type: ignore[misc]
        assert np.array_equal(made, RAMP + number)


def test_several_processes_write_read_and_evict_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write_many, args=(tmp_path, 5 * number)) for number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    for index in tmp_path.glob("[0-9a-f][0-9a-f]/*/entry.json"):
        assert (index.parent / "samples.npy").stat().st_size == json.loads(index.read_text())["samples.npy"][0]


def test_the_limit_is_remembered_and_makes_room_at_once(tmp_path: Path) -> None:
    large = np.zeros((2, 100_000), np.float32)
    store = set_limit(5_000_000, tmp_path)
    for number in range(3):
        store.samples(named(number), lambda: large)
    assert open_store(tmp_path).limit_bytes == 5_000_000
    set_limit(1_000_000, tmp_path)
    assert open_store(tmp_path).size().entries == 1
    with pytest.raises(ParameterError, match="at least 1 MB"):
        set_limit(10, tmp_path)


def test_a_key_follows_every_input() -> None:
    keys = [
        content_key("render", (1, 2), code="a"),
        content_key("mix", (1, 2), code="a"),
        content_key("render", (1, 2.5), code="a"),
        content_key("render", (1, 2), code="b"),
        content_key("render", 1, 2, code="a"),
        content_key("render", Key(5, "minor"), code="a"),
        content_key("render", Key(5, "major"), code="a"),
        content_key("render", RAMP, code="a"),
        content_key("render", RAMP.astype(np.float64), code="a"),
        content_key("render", RAMP + 1, code="a"),
    ]
    assert len(set(keys)) == len(keys)
    assert content_key("x", {"a": 1, "b": 2}, code="") == content_key("x", {"b": 2, "a": 1}, code="")
    with pytest.raises(ParameterError, match="expected plain values"):
        content_key("x", print, code="")


def test_a_request_is_another_one_when_the_users_files_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    request = GenerationRequest.from_concept("night drive", seed=1)
    before = request_key(request)
    assert request_key(GenerationRequest.from_concept("night drive", seed=1)) == before
    assert request_key(GenerationRequest.from_concept("night drive", seed=2)) != before
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "measured.json").write_text("{}")
    assert request_key(request) == before
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles" / "mine.yaml").write_text("mix: {}")
    assert request_key(request) != before
