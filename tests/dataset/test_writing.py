"""Data sets: shards that are read back, an index that holds, and splits that part no song."""

import hashlib
import io
import json
import tarfile
from dataclasses import replace
from pathlib import Path

import fsspec
import numpy as np
import pytest
import soundfile

from tests.backends.inline import Inline
from tests.batch.conftest import made as made
from tests.batch.conftest import short_lines, short_request
from workbench.batch import BatchSummary, Place, numbered, run_batch
from workbench.cli import main as cli
from workbench.dataset import Shares, read_samples, write_dataset
from workbench.dataset.groups import joined_groups, split_groups
from workbench.dataset.shards import write_shards
from workbench.domain.errors import OutputError, ParameterError


@pytest.fixture
def batch(made: list[int], tmp_path: Path) -> tuple[BatchSummary, Place]:
    """Three songs of different seeds, all of the notes of the tiny track."""
    place = Place(str(tmp_path / "batch"))
    return run_batch(short_lines(3), place, Inline()), place


def test_a_sample_holds_sound_notes_plan_and_labels(batch: tuple[BatchSummary, Place], tmp_path: Path) -> None:
    summary = write_dataset(*batch, Place(str(tmp_path / "set")), name="tiny")
    assert summary.songs == {"train": 3, "validation": 0, "test": 0}
    assert summary.groups == 1, "the songs have the same notes"
    samples = list(read_samples(tmp_path / "set", "train"))
    assert len(samples) == 3
    assert set(samples[0]) == {
        "__key__", "mix.wav", "percussion.wav", "bass.wav", "pads.wav", "leads.wav", "mid", "plan.json", "jams",
    }  # fmt: skip
    sound, rate = soundfile.read(io.BytesIO(samples[0]["bass.wav"]))
    assert (len(sound), rate) == (4 * 48000, 48000)
    labels = json.loads(samples[0]["jams"])
    assert labels["file_metadata"]["duration"] == pytest.approx(4.0)
    assert labels["file_metadata"]["identifiers"]["beatsfoundry"] == samples[0]["__key__"].decode()


def test_the_index_tells_every_file_and_its_checksum(batch: tuple[BatchSummary, Place], tmp_path: Path) -> None:
    write_dataset(*batch, Place(str(tmp_path / "set")), name="tiny")
    index = json.loads((tmp_path / "set" / "index.json").read_text())
    assert len(index["tracks"]) == 3
    for shard in (tmp_path / "set" / "shards").iterdir():
        with tarfile.open(shard) as tar:
            tar.extractall(tmp_path / "unpacked" / "train", filter="data")
    for key, files in index["tracks"].items():
        for path, checksum in files.values():
            assert hashlib.md5((tmp_path / "unpacked" / path).read_bytes()).hexdigest() == checksum
        assert index["metadata"][key]["shard"] == "train-000000.tar"
    card = (tmp_path / "set" / "README.md").read_text()
    assert "| train | 3 |" in card
    assert "- styles: house (3)" in card


def test_the_same_batch_gives_the_same_shards_anywhere(batch: tuple[BatchSummary, Place], tmp_path: Path) -> None:
    write_dataset(*batch, Place(str(tmp_path / "set")), name="tiny")
    write_dataset(*batch, Place("memory://bucket/set"), name="tiny")
    local = (tmp_path / "set" / "shards" / "train-000000.tar").read_bytes()
    assert fsspec.filesystem("memory").cat_file("/bucket/set/shards/train-000000.tar") == local


def test_failed_songs_are_left_out(batch: tuple[BatchSummary, Place], tmp_path: Path) -> None:
    summary, place = batch
    first, *_ = summary.ids
    results = {**summary.results, first: replace(summary.results[first], failure="no space left")}
    assert (
        write_dataset(replace(summary, results=results), place, Place(str(tmp_path / "set")), name="tiny").songs[
            "train"
        ]
        == 2
    )
    nothing = BatchSummary(summary.lines, {}, frozenset())
    with pytest.raises(OutputError, match="no finished song"):
        write_dataset(nothing, place, Place(str(tmp_path / "none")), name="tiny")


def test_a_shard_is_closed_once_it_is_full(tmp_path: Path) -> None:
    samples = [(f"song{number}", [("mid", bytes(600)), ("jams", bytes(600))]) for number in range(5)]
    stored = list(write_shards(samples, Place(str(tmp_path)), "train", shard_bytes=2000))
    assert [one.shard for one in stored[::2]] == ["train-000000.tar"] * 2 + ["train-000001.tar"] * 2 + [
        "train-000002.tar"
    ]
    keys = [sample["__key__"].decode() for sample in read_samples(tmp_path, "train", endings=["mid"])]
    assert keys == [f"song{number}" for number in range(5)]


def test_near_duplicates_and_songs_of_one_origin_are_one_group() -> None:
    rng = np.random.default_rng(0)
    signatures = rng.integers(0, 1 << 32, (6, 128), dtype=np.uint32)
    signatures[3] = signatures[0]
    groups = joined_groups(list("abcdef"), signatures, ["1", "2", "3", "4", "2", "4"])
    assert groups == {"a": "a", "b": "b", "c": "c", "d": "a", "e": "b", "f": "a"}


def test_no_group_stands_on_two_sides_and_every_side_has_one() -> None:
    groups = {f"{group}-{copy}": str(group) for group in range(30) for copy in range(1 + group % 4)}
    sides = split_groups(groups, Shares(0.1, 0.2))
    by_group = {group: {sides[name] for name in groups if groups[name] == group} for group in groups.values()}
    assert all(len(found) == 1 for found in by_group.values())
    counts = [sum(found == {side} for found in by_group.values()) for side in ("train", "validation", "test")]
    assert counts == [21, 3, 6]
    assert set(split_groups({"a": "a", "b": "b", "c": "c"}, Shares()).values()) == {"train", "validation", "test"}
    assert set(split_groups({"a": "a", "b": "a"}, Shares()).values()) == {"train"}


@pytest.mark.parametrize("shares", [(0.5, 0.5), (-0.1, 0.1)])
def test_impossible_shares_are_refused(shares: tuple[float, float]) -> None:
    with pytest.raises(ParameterError, match="below 1 together"):
        Shares(*shares)


def test_the_command_makes_a_set_of_real_songs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "set"
    grid = ["--grid", "seed=1,2,3", "--grid", "duration=4", "--grid", "preview=true"]
    assert cli.main(["dataset", "make", "house", *grid, "--jobs", "1", "--quiet", "--out", str(out)]) == 0
    assert "1 train, 1 validation, 1 test; 3 groups, 3 shards" in capsys.readouterr().out
    assert not (out / "batch").exists()
    before = (out / "index.json").read_bytes()
    assert cli.main(["dataset", "make", "house", "--quiet", "--out", str(out)]) == 2
    assert "holds a data set already: name another place, or overwrite it (--overwrite)" in capsys.readouterr().err
    assert (out / "index.json").read_bytes() == before
    (sample,) = read_samples(out, "test", endings=["jams", "mix.flac"])
    assert soundfile.info(io.BytesIO(sample["mix.flac"])).samplerate == 48000
    assert [one["namespace"] for one in json.loads(sample["jams"])["annotations"]][:2] == ["tempo", "beat"]


# webdataset 1.0 leaves the shard that it read open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_webdataset_reads_the_shards(batch: tuple[BatchSummary, Place], tmp_path: Path) -> None:
    webdataset = pytest.importorskip("webdataset", reason="webdataset is not installed: pip install webdataset")
    write_dataset(*batch, Place(str(tmp_path / "set")), name="tiny")
    shard = str(tmp_path / "set" / "shards" / "train-000000.tar")
    found = [
        {name: value for name, value in sample.items() if not name.startswith("__")}
        | {"__key__": sample["__key__"].encode()}
        for sample in webdataset.WebDataset(shard, shardshuffle=False)
    ]
    assert found == list(read_samples(tmp_path / "set", "train"))


def test_equal_requests_are_one_sample(made: list[int], tmp_path: Path) -> None:
    place = Place(str(tmp_path / "batch"))
    summary = run_batch(numbered([short_request(1), short_request(1)]), place, Inline())
    assert write_dataset(summary, place, Place(str(tmp_path / "set")), name="one").songs["train"] == 1
