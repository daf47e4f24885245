"""Many MIDI files as tables: nothing lost, nothing read twice, memory that does not grow."""

import importlib.util
import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from tests.backends.inline import Inline
from tests.training.corpora.tiny_midi import band, midi_track, write_song
from training.commands.corpora import main
from training.corpora.parsing import TaskFiles, parse_folder, parse_part, parts_of, read_parsed
from workbench.backends import Limits, carry_out, open_backend
from workbench.domain.errors import CorpusError


def tune(seed: int, transpose: int = 0) -> list[Any]:
    rng = np.random.default_rng(seed)
    rows = [(slot / 4, 0.2, int(rng.integers(50, 80)) + transpose) for slot in range(128) if rng.random() < 0.5]
    return [midi_track("lead", 0, 80, rows)]


def write_tunes(folder: Path, count: int) -> None:
    for seed in range(count):
        write_song(folder / f"{seed:03d}.mid", tune(seed))


class Counting(Inline):
    """Tells which parts it was given."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def submit(self, work: Callable[[Any], Any], item: Any, key: str) -> Future[Any]:
        self.given.append(item.name)
        return super().submit(work, item, key)


def test_notes_are_those_of_the_files(tmp_path: Path) -> None:
    write_song(tmp_path / "midi" / "band.mid", band(8))
    write_song(tmp_path / "midi" / "tune.mid", tune(1))
    (tmp_path / "midi" / "broken.mid").write_bytes(b"nothing")
    came = parse_folder(tmp_path / "midi", tmp_path / "out", Inline(), size=2)
    assert (came.files, came.left_out) == (3, 1)
    songs = {row["file"]: (row, notes) for row, notes in read_parsed(tmp_path / "out")}
    assert set(songs) == {"band.mid", "tune.mid"}
    row, notes = songs["tune.mid"]
    rng = np.random.default_rng(1)
    expected = [(slot / 4, int(rng.integers(50, 80))) for slot in range(128) if rng.random() < 0.5]
    assert list(zip(notes["onset_beats"].tolist(), notes["pitch"].tolist(), strict=True)) == expected
    assert set(notes["program"].tolist()) == {80}
    assert (row["bpm"], row["bar_beats"], row["notes"]) == (120.0, 4.0, len(expected))
    drums = songs["band.mid"][1]
    assert set(drums["pitch"][drums["drum"]].tolist()) >= {36, 42}


def test_it_goes_on_where_it_stopped_and_reads_what_changed(tmp_path: Path) -> None:
    write_tunes(tmp_path / "midi", 6)
    first, second, third = (Counting() for _ in range(3))
    parse_folder(tmp_path / "midi", tmp_path / "out", first, size=2)
    assert len(first.given) == 3
    next((tmp_path / "out" / "songs").glob("000001-*")).unlink()
    assert parse_folder(tmp_path / "midi", tmp_path / "out", second, size=2).parts_kept == 2
    assert [name[:6] for name in second.given] == ["000001"]
    write_song(tmp_path / "midi" / "005.mid", tune(99))
    parse_folder(tmp_path / "midi", tmp_path / "out", third, size=2)
    assert [name[:6] for name in third.given] == ["000002"]
    assert len(list((tmp_path / "out" / "notes").iterdir())) == 3


def test_near_duplicates_stand_on_one_side(tmp_path: Path) -> None:
    write_tunes(tmp_path / "midi", 30)
    for seed in range(10):
        write_song(tmp_path / "midi" / f"{seed:03d}-up.mid", tune(seed, transpose=3))
    came = parse_folder(tmp_path / "midi", tmp_path / "out", Inline())
    assert (came.near, came.groups) == (20, 10)
    sides = {
        split: {row["file"] for row, _ in read_parsed(tmp_path / "out", split)} for split in ("train", "validation")
    }
    assert len(sides["train"] | sides["validation"]) == 40
    assert all((f"{seed:03d}.mid" in sides["train"]) == (f"{seed:03d}-up.mid" in sides["train"]) for seed in range(10))


def test_tables_do_not_depend_on_the_engine(tmp_path: Path) -> None:
    write_tunes(tmp_path / "midi", 8)
    parse_folder(tmp_path / "midi", tmp_path / "one", Inline(), size=2)
    with open_backend("loky", jobs=2) as backend:
        parse_folder(tmp_path / "midi", tmp_path / "two", backend, size=2)
    tables = [
        {path.relative_to(tmp_path / out): path.read_bytes() for path in (tmp_path / out).rglob("*.parquet")}
        for out in ("one", "two")
    ]
    assert len(tables[0]) == 4 + 4 + 1
    assert tables[0] == tables[1]


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "midi").mkdir()
    with pytest.raises(CorpusError, match="holds no MIDI file"):
        parse_folder(tmp_path / "midi", tmp_path / "out", Inline())


def test_the_command_tells_what_came(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tunes(tmp_path / "midi", 3)
    write_song(tmp_path / "midi" / "copy.mid", tune(0, transpose=5))
    command = ["parse", str(tmp_path / "midi"), "--out", str(tmp_path / "out"), "--jobs", "1", "--quiet"]
    assert main(command) == 0
    told = capsys.readouterr().out
    assert told.startswith("4 of 4 files hold ")
    assert "2 of them are near duplicates, in 1 groups" in told


def perturbed_copies(source: Path, target: Path, count: int) -> None:
    """Files of the development data, each many times: transposed, and cut off somewhere; every part is a mixture."""
    symusic = pytest.importorskip("symusic", reason="symusic is not installed")
    rng = np.random.default_rng(7)
    originals = [symusic.Score(path) for path in sorted(source.rglob("*.mid")) if path.stat().st_size < 20_000][:400]
    for number in range(count):
        score = originals[number % len(originals)].copy()
        score.shift_pitch(int(rng.integers(-3, 4)), inplace=True)
        score = score.clip(0, int(score.end() * rng.uniform(0.6, 1.0)), clip_end=True)
        path = target / f"{number // 1000:03d}" / f"{number:06d}.mid"
        path.parent.mkdir(parents=True, exist_ok=True)
        score.dump_midi(path)


def weigh_part(part: TaskFiles, *, root: Path, out: Path) -> tuple[int, float, float, int]:
    """Parse a part; how many files it has, MiB that its process holds afterwards, processor seconds, process."""
    began = time.process_time()
    parse_part(part, root=root, out=out)
    seconds = time.process_time() - began
    return len(part.files), psutil.Process().memory_info().rss / 2**20, seconds, os.getpid()


def weigh_split(folders: tuple[Path, Path]) -> tuple[float, float]:
    """Part the songs of a folder that is parsed; most memory of the process in MiB, and its processor seconds."""
    began = time.process_time()
    assert parse_folder(*folders, Inline()).parts_kept > 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10, time.process_time() - began


def times_as_quick(parts: list[TaskFiles], root: Path, out: Path) -> tuple[float, float]:
    """How many times as long miditoolkit reads files as ours are read, and as `parse_part` takes; part by part."""
    import miditoolkit

    from workbench.midi.file import read_file, read_midi

    def reading(part: TaskFiles) -> None:
        for name in part.files:
            read_midi(read_file(root / name))

    def theirs(part: TaskFiles) -> None:
        for name in part.files:
            miditoolkit.MidiFile(str(root / name))

    ways = (reading, partial(parse_part, root=root, out=out), theirs)
    seconds = np.zeros(len(ways))
    for number, part in enumerate(parts):
        for way, work in enumerate(ways):
            began = time.process_time()
            work(part)
            # The first part warms up.
            seconds[way] += time.process_time() - began if number else 0.0
    return seconds[2] / seconds[0], seconds[2] / seconds[1]


@pytest.mark.long
def test_memory_is_flat_over_many_files(tmp_path: Path, development_data: Path) -> None:
    """Parsed by one process that does nothing else; `BEATSFOUNDRY_PARSED_FILES` states another number of files."""
    count = int(os.environ.get("BEATSFOUNDRY_PARSED_FILES", "20000"))
    midi, out = tmp_path / "midi", tmp_path / "out"
    perturbed_copies(development_data / "midi", midi, count)
    for folder in ("songs", "notes"):
        (out / folder).mkdir(parents=True)
    with open_backend("loky", jobs=1, limits=Limits(tasks=count)) as backend:
        weighed = list(carry_out(backend, partial(weigh_part, root=midi, out=out), parts_of(midi)))
    assert not [settled.reason for settled in weighed if settled.reason]
    results = [settled.result for settled in weighed if settled.result is not None]
    files = np.cumsum([result[0] for result in results])
    held = np.array([result[1] for result in results])
    assert files[-1] == count
    assert len({result[3] for result in results}) == 1
    tenth = files <= max(count // 10, files[0])
    for share in (0.1, 0.5, 1.0):
        reached = files <= share * count
        print(f"{files[reached][-1]} files: {held[reached][-1]:.0f} MiB, at most {held[reached].max():.0f} MiB")
    print(f"{count / sum(result[2] for result in results):.0f} files a second of one core, with Parquet and signatures")
    with open_backend("loky", jobs=1) as backend:
        split = next(iter(carry_out(backend, weigh_split, [(midi, out)]))).result
    assert split is not None
    print(f"near duplicates of all: {split[0]:.0f} MiB, {split[1]:.0f} s")
    assert held.max() <= 1.1 * held[tenth].max()
    if importlib.util.find_spec("miditoolkit"):
        parts = list(parts_of(midi))[:: max(1, len(results) // 8)]
        read, parsed = times_as_quick(parts, midi, out)
        print(f"miditoolkit reads {sum(len(part.files) for part in parts)} of them {read:.1f} times as long as we do, "
              f"{parsed:.1f} times as long as a part with Parquet and signatures takes")  # fmt: skip
        assert read >= 5.0


@pytest.mark.long
def test_parsing_is_five_times_as_quick_as_miditoolkit(development_data: Path) -> None:
    miditoolkit = pytest.importorskip("miditoolkit", reason="miditoolkit is not installed: pip install miditoolkit")
    from workbench.midi.file import read_file, read_midi

    files = sorted((development_data / "midi").rglob("*.mid"))[::16]

    def ours(path: Path) -> int:
        return read_midi(read_file(path)).note_count

    def theirs(path: Path) -> int:
        return sum(len(track.notes) for track in miditoolkit.MidiFile(str(path)).instruments)

    notes, seconds = {}, {ours: 0.0, theirs: 0.0}
    for read in (ours, theirs, ours, theirs):
        began = time.process_time()
        notes[read] = sum(map(read, files))
        seconds[read] += time.process_time() - began
    ratio = seconds[theirs] / seconds[ours]
    print(f"{len(files)} files, {notes[ours]:,} notes ({notes[theirs]:,}): {ratio:.1f} times as quick as miditoolkit")
    assert ratio >= 5.0
