from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.training.corpora.tiny_midi import band, write_song
from training.corpora import gathering, read_corpora, read_folder
from training.corpora.cache import cache_dir, item_key
from training.corpora.items import Item, Outcome, Reader
from training.corpora.sets.folder import CORPUS
from training.corpora.song import CorpusSong


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for number in range(5):
        write_song(tmp_path / f"{number}.mid", band(8, transpose=number))
    (tmp_path / "broken.mid").write_bytes(b"MThd")
    return tmp_path


def assert_equal(first: CorpusSong, second: CorpusSong) -> None:
    for name in CorpusSong.__slots__:
        if name == "parts":
            assert list(first.parts) == list(second.parts)
            for element, part in first.parts.items():
                for column in ("onsets_beats", "durations_beats", "pitches", "velocities"):
                    one, other = getattr(part, column), getattr(second.parts[element], column)
                    np.testing.assert_array_equal(one, other)
                    assert one.dtype == other.dtype
        elif name == "remaining":
            np.testing.assert_array_equal(first.remaining, second.remaining)
        else:
            assert getattr(first, name) == getattr(second, name), name


def test_the_result_depends_neither_on_processes_nor_on_the_cache(files: Path) -> None:
    plain = read_folder(files, processes=1, use_cache=False)
    assert not cache_dir().exists()
    parallel = read_folder(files, processes=2)
    cached = read_folder(files, processes=1)
    assert [outcome.name for outcome in plain.outcomes] == ["0.mid", "1.mid", "2.mid", "3.mid", "4.mid", "broken.mid"]
    for other in (parallel, cached):
        assert [outcome.name for outcome in other.outcomes] == [outcome.name for outcome in plain.outcomes]
        assert other.counts() == plain.counts()
        assert other.reasons == plain.reasons
        for one, another in zip(plain.songs, other.songs, strict=True):
            assert_equal(one, another)


def test_what_was_read_is_not_read_again(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read_folder(files)

    def refuse(read: object, item: Item) -> Outcome:
        raise AssertionError(f"{item.name} is read again")

    monkeypatch.setattr(gathering, "read_outcome", refuse)
    assert read_folder(files).counts() == first.counts()
    write_song(files / "2.mid", band(9))
    with pytest.raises(AssertionError, match=r"2\.mid is read again"):
        read_folder(files)


def test_the_key_follows_content_facts_and_version_but_not_the_place(tmp_path: Path) -> None:
    one, two = write_song(tmp_path / "a" / "x.mid", band(8)), write_song(tmp_path / "b" / "x.mid", band(8))
    key = item_key(Item("x", (one,), {"roles": []}), CORPUS.reader)
    assert item_key(Item("x", (two,), {"roles": []}), CORPUS.reader) == key
    write_song(two, band(9))
    others = {
        item_key(Item("x", (two,), {"roles": []}), CORPUS.reader),
        item_key(Item("x", (one,), {"roles": [[1, "bass"]]}), CORPUS.reader),
        item_key(Item("y", (one,), {"roles": []}), CORPUS.reader),
        item_key(Item("x", (one,), {"roles": []}), Reader(CORPUS.reader.find, CORPUS.reader.read, version=2)),
        item_key(Item("x", (one,), {"roles": []}, "dropped"), CORPUS.reader),
    }
    assert len(others | {key}) == 6


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\x10\0\0\0\0\0\0\0{}              "])
def test_a_damaged_cache_is_written_anew(files: Path, damage: bytes) -> None:
    before = read_folder(files)
    kept = sorted(cache_dir().rglob("*.safetensors"))
    assert len(kept) == 6
    for path in kept:
        path.write_bytes(damage)
    assert read_folder(files).counts() == before.counts()
    assert all(path.read_bytes() != damage for path in kept)


def test_a_home_that_cannot_be_written_does_no_harm(files: Path, home: Path) -> None:
    (home / "cache").write_text("a file where the folder should be", encoding="utf-8")
    assert len(read_folder(files).songs) == 5


def test_kept_and_dropped_are_counted(files: Path) -> None:
    reading = read_folder(files)
    counts = reading.counts()
    assert (counts["items"], counts["kept"], counts["dropped"]) == (6, 5, 1)
    assert (counts["bars_found"], counts["bars_kept"]) == (40, 40)
    assert counts["notes_found"] == counts["notes_kept"] == sum(
        len(part) for song in reading.songs for part in song.parts.values()
    )  # fmt: skip
    assert reading.reasons == {"damaged MIDI: the header ends too early": 1}


def test_songs_come_as_an_iterator_in_a_steady_order(groove_data: Path) -> None:
    songs = read_corpora(groove_data, ("groove",), processes=2)
    assert next(songs).song_id == "take0"
    assert [song.song_id for song in songs] == [f"take{number}" for number in range(1, 7)]
