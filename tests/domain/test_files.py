"""A file or folder appears whole; after an error what was there stands, and nothing lies beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.domain.files import atomic_file, atomic_folder, write_text_atomically


def test_a_file_replaces_the_one_before_and_makes_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "new" / "song.json"
    write_text_atomically(path, "one")
    write_text_atomically(path, "zwei \N{EIGHTH NOTE}")
    assert path.read_bytes() == "zwei \N{EIGHTH NOTE}".encode()
    assert list(path.parent.iterdir()) == [path]


def test_a_file_is_not_seen_before_the_end_and_an_error_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    path.write_text("old")

    def interrupted() -> None:
        with atomic_file(path) as place:
            assert place.name == "song.wav"
            place.write_text("half")
            assert path.read_text() == "old"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_replaces_the_one_before_as_a_whole(tmp_path: Path) -> None:
    folder = tmp_path / "takes" / "step 8"
    with atomic_folder(folder) as place:
        (place / "1.mid").touch()
        assert not folder.exists()
    with atomic_folder(folder) as place:
        (place / "2.mid").touch()
        assert [path.name for path in folder.iterdir()] == ["1.mid"]
    assert [path.name for path in folder.iterdir()] == ["2.mid"]
    assert list(folder.parent.iterdir()) == [folder]


def test_an_error_leaves_the_old_folder(tmp_path: Path) -> None:
    folder = tmp_path / "takes"
    folder.mkdir()
    (folder / "1.mid").touch()

    def failing() -> None:
        with atomic_folder(folder) as place:
            (place / "2.mid").touch()
            raise ValueError("no room")

    with pytest.raises(ValueError, match="no room"):
        failing()
    assert [path.name for path in folder.iterdir()] == ["1.mid"]
    assert list(tmp_path.iterdir()) == [folder]


def test_folders_that_were_made_for_nothing_go_again(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no room"), atomic_file(tmp_path / "a" / "b" / "song.wav"):
        raise ValueError("no room")
    assert not list(tmp_path.iterdir())
