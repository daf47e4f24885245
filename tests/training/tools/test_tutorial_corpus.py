"""The tutorial corpus: whole, small, spread over the styles, read as it was written, and made again by one call."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from training import tutorial_data
from training.corpora import CORPORA, read_corpora, read_corpus
from training.corpora.song import CorpusSong
from training.tools.tutorial_corpus import main, make_tutorial, tutorial_songs
from workbench.concept import list_styles, translate
from workbench.domain.errors import OutputError

MOST_BYTES = 2_000_000


@pytest.fixture(scope="module")
def index() -> dict[str, Any]:
    text = (tutorial_data() / "tutorial" / "index.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def songs() -> list[CorpusSong]:
    return list(read_corpora(tutorial_data(), ("tutorial",)))


def test_it_is_whole_and_small(index: dict[str, Any]) -> None:
    folder = tutorial_data() / "tutorial"
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES
    for entry in index["songs"]:
        assert hashlib.sha256((folder / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    assert len(files) == len(index["songs"]) + 2


def test_its_licence_and_limits_are_reported(index: dict[str, Any]) -> None:
    text = (tutorial_data() / "tutorial" / "README.md").read_text(encoding="utf-8")
    assert index["licence"] == "CC0-1.0"
    assert CORPORA["tutorial"].licence == "CC0"
    assert CORPORA["tutorial"].tier == "S"
    assert "CC0" in text
    assert "not for.** Judging quality" in text
    assert f"{len(index['songs'])} songs" in text


def test_every_style_in_several_keys_and_tempi(index: dict[str, Any]) -> None:
    styles = Counter(entry["style"] for entry in index["songs"])
    assert styles == dict.fromkeys(list_styles(), 4)
    assert Counter(entry["split"] for entry in index["songs"])["validation"] == len(styles)
    assert len({entry["key"] for entry in index["songs"]}) >= 20
    assert len({entry["tempo_bpm"] for entry in index["songs"]}) >= 30
    assert {entry["bars"] for entry in index["songs"]} == {24, 32, 40, 48}


def test_it_is_read_as_it_was_written(index: dict[str, Any], songs: list[CorpusSong]) -> None:
    assert len(songs) == len(index["songs"])
    for song, entry in zip(songs, index["songs"], strict=True):
        assert str(song.key) == entry["key"]
        assert song.tempo_bpm == pytest.approx(entry["tempo_bpm"], abs=0.01)
        assert " ".join(chord.symbol(song.key) for chord in song.chords) == entry["chords"]
        assert song.chords[0].onset_beats == 0.0
        assert song.chords[-1].end_beats == song.bars * 4.0
        spans = [text.split(":") for text in entry["sections"].split()]
        assert list(song.sections) == [name for name, bars in spans for _ in range(int(bars))]
        assert {name: len(table) for name, table in song.parts.items()} == {
            name: count for name, count in entry["notes"].items() if count
        }


def test_requests_become_the_style_that_is_meant() -> None:
    for song in tutorial_songs():
        assert translate(song.request()).style == song.style


@pytest.mark.filterwarnings("ignore")
def test_it_is_made_again_by_one_call(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("training.tools.tutorial_corpus.SONGS_PER_STYLE", 2)
    monkeypatch.setattr("training.tools.tutorial_corpus._BARS", (4, 4))
    monkeypatch.setattr("training.tools.tutorial_corpus._STRUCTURES", (("verse",), ("chorus",)))
    assert main([str(tmp_path / "a" / "tutorial"), "--styles", "ambient"]) == 0
    first = {path.name: path.read_bytes() for path in (tmp_path / "a" / "tutorial").rglob("*") if path.is_file()}
    make_tutorial(tmp_path / "b" / "tutorial", ["ambient"])
    again = {path.name: path.read_bytes() for path in (tmp_path / "b" / "tutorial").rglob("*") if path.is_file()}
    assert first == again
    assert [song.split for song in read_corpora(tmp_path / "a", ("tutorial",))] == ["train", "validation"]
    with pytest.raises(OutputError, match="exists already"):
        make_tutorial(tmp_path / "a" / "tutorial")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["tutorial"]


def test_a_file_without_key_is_dropped_with_the_reason(tmp_path: Path) -> None:
    import mido

    (tmp_path / "tutorial").mkdir()
    midi = mido.MidiFile()
    midi.tracks.append(mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500000)]))
    midi.save(tmp_path / "tutorial" / "x.mid")
    entry = {"id": "x", "file": "x.mid", "bars": 4, "split": "train", "model_style": "pop"}
    (tmp_path / "tutorial" / "index.json").write_text(json.dumps({"songs": [entry]}), encoding="utf-8")
    (reason,) = read_corpus(tmp_path, "tutorial", processes=1, use_cache=False).reasons
    assert reason.startswith("no key")
