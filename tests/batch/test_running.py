"""A batch from its lines to its table: everything once, whatever failed or stopped in between."""

import json
from pathlib import Path

import pytest

from tests.backends.inline import Inline
from tests.batch.conftest import short_lines, short_request
from workbench.batch import BatchLine, LineResult, Place, make_line, numbered, run_batch
from workbench.batch.recording import batch_metrics, log_batch
from workbench.batch.table import read_table, table_bytes
from workbench.domain.errors import OutputError, ParameterError
from workbench.domain.request import GenerationRequest
from workbench.domain.results import Track


def place_in(folder: Path) -> Place:
    return Place(str(folder / "batch"))


def rows_of(place: Place) -> list[dict[str, object]]:
    data = place.read("table.parquet")
    assert data is not None
    return read_table(data)


def test_every_line_is_made_and_reported(made: list[int], tmp_path: Path) -> None:
    place, told = place_in(tmp_path), []
    summary = run_batch(short_lines(3), place, Inline(), progress=lambda fraction, text: told.append((fraction, text)))
    assert made == [0, 1, 2]
    assert told[0] == (0.0, "0 of 3 songs")
    assert (told[-1][0], told[-1][1].split(",")[0]) == (1.0, "3 of 3 songs")
    rows = rows_of(place)
    assert [(row["line"], row["state"], row["attempts"], row["lost"]) for row in rows] == [
        (1, "done", 1, 0), (2, "done", 1, 0), (3, "done", 1, 0),
    ]  # fmt: skip
    assert [row["request.options.seed"] for row in rows] == [0, 1, 2]
    assert rows[0]["measured.integrated_loudness_lufs"] == pytest.approx(-14.02)
    manifest = json.loads((tmp_path / "batch" / str(rows[0]["folder"]) / "manifest.json").read_text())
    assert rows[0]["master_sha256"] == manifest["files"]["master.wav"]["sha256"]
    assert len(summary.made) == 3


def test_a_batch_goes_on_with_what_is_missing(made: list[int], tmp_path: Path) -> None:
    place = place_in(tmp_path)
    run_batch(short_lines(2), place, Inline())
    summary = run_batch(short_lines(3), place, Inline())
    assert made == [0, 1, 2]
    assert (len(summary.kept), len(summary.made)) == (2, 1)


def test_lines_of_an_earlier_run_stay_in_the_table(made: list[int], tmp_path: Path) -> None:
    """Found in a trial: a run over one of three lines left a table of one row beside three songs."""
    place = place_in(tmp_path)
    run_batch(short_lines(3), place, Inline())
    run_batch(short_lines(3)[1:2], place, Inline())
    assert made == [0, 1, 2]
    assert sorted(row["request.options.seed"] for row in rows_of(place)) == [0, 1, 2]


def test_equal_requests_are_made_once(made: list[int], tmp_path: Path) -> None:
    lines = numbered([short_request(1), short_request(2), short_request(1)])
    run_batch(lines, place_in(tmp_path), Inline())
    assert made == [1, 2]
    assert [row["state"] for row in rows_of(place_in(tmp_path))] == ["done"] * 3


def test_a_bundle_that_was_not_journalled_is_not_made_again(made: list[int], tmp_path: Path) -> None:
    place, (line,) = place_in(tmp_path), short_lines(1)
    run_batch([line], place, Inline())
    before = rows_of(place)[0]
    (tmp_path / "batch" / "journal" / f"{line.id}.json").unlink()
    run_batch([line], place, Inline())
    assert made == [0]
    after = rows_of(place)[0]
    assert (after["bundle_sha256"], after["attempts"]) == (before["bundle_sha256"], 2)


def test_failures_are_tried_again_and_reported(
    monkeypatch: pytest.MonkeyPatch, tiny_track: Track, tmp_path: Path
) -> None:
    tries: list[int] = []

    def generate(request: GenerationRequest) -> Track:
        seed = request.options.seed
        tries.append(seed)
        if seed == 1:
            raise ParameterError("patch 'nothing' is not there")
        if seed == 2 or (seed == 3 and tries.count(3) == 1):
            raise OSError("no space left on device")
        return tiny_track

    monkeypatch.setattr("workbench.pipeline.generate", generate)
    summary = run_batch(short_lines(4), place_in(tmp_path), Inline(), retries=2, pause_seconds=0.0)
    assert {seed: tries.count(seed) for seed in range(4)} == {0: 1, 1: 1, 2: 3, 3: 2}
    told = {
        row["request.options.seed"]: (row["state"], row["reason"], row["attempts"])
        for row in rows_of(place_in(tmp_path))
    }
    assert told == {
        0: ("done", "", 1),
        1: ("failed", "patch 'nothing' is not there", 1),
        2: ("failed", "OSError: no space left on device", 3),
        3: ("done", "OSError: no space left on device", 2),
    }
    assert (len(summary.failed), summary.retried) == (2, 2)
    assert batch_metrics(summary)["songs/failed"] == 2.0


def test_an_interruption_leaves_a_table_and_goes_on(made: list[int], tmp_path: Path) -> None:
    def stop(fraction: float, message: str) -> None:
        if fraction > 0.4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_batch(short_lines(4), place_in(tmp_path), Inline(), progress=stop)
    assert [row["state"] for row in rows_of(place_in(tmp_path))] == ["done", "done", "open", "open"]
    run_batch(short_lines(4), place_in(tmp_path), Inline())
    assert made == [0, 1, 2, 3]


def test_the_bundle_of_the_worker_that_was_first_stays(made: list[int], tmp_path: Path) -> None:
    place, (line,) = place_in(tmp_path), short_lines(1)
    folder = tmp_path / "batch" / "songs" / line.id

    class Rival(Place):
        """Finds no bundle at first, as a worker that looked before another one finished."""

        def document(self, name: str) -> dict[str, object] | None:
            return None if name.endswith("manifest.json") and not made else super().document(name)

    first = make_line(line, place)
    inode = folder.stat().st_ino
    made.clear()
    (tmp_path / "batch" / "journal" / f"{line.id}.json").unlink()
    second = make_line(line, Rival(place.url))
    assert made == [0]
    assert (second.failure, second.row) == ("", first.row)
    assert folder.stat().st_ino == inode


def test_an_object_store_holds_the_same(made: list[int], tmp_path: Path) -> None:
    stored, local = Place("memory://bucket/batch"), place_in(tmp_path)
    for place in (stored, local):
        run_batch(short_lines(2), place, Inline())
    hashes = [[row["bundle_sha256"] for row in rows_of(place)] for place in (stored, local)]
    assert hashes[0] == hashes[1]
    again = run_batch(short_lines(2), stored, Inline())
    assert len(again.kept) == 2
    assert made == [0, 1, 0, 1]


def test_another_version_does_not_go_on(made: list[int], tmp_path: Path) -> None:
    place = place_in(tmp_path)
    run_batch(short_lines(1), place, Inline())
    told = place.document("batch.json")
    assert told is not None
    place.write_document("batch.json", {**told, "code": "another"})
    with pytest.raises(OutputError, match="begun by another version"):
        run_batch(short_lines(1), place, Inline())


def test_a_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(OutputError, match=r"holds no batch\.json"):
        run_batch(short_lines(1), Place(str(tmp_path)), Inline())


@pytest.mark.parametrize("url", ["nothing://bucket/batch", "/proc/batch"])
def test_a_place_that_cannot_be_written_is_refused(url: str) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        Place(url).check()


def test_a_batch_is_one_run_however_often_it_is_logged(made: list[int], tmp_path: Path) -> None:
    from mlflow import MlflowClient

    store = f"sqlite:///{tmp_path / 'mlflow.db'}"
    lines: tuple[BatchLine, ...] = short_lines(2)
    summary = run_batch(lines, place_in(tmp_path), Inline())
    first, second = (log_batch(summary, place_in(tmp_path), {"jobs": 1}, tracking_uri=store) for _ in range(2))
    assert first.run_id == second.run_id
    client = MlflowClient(store)
    run = client.get_run(first.run_id)
    assert run.data.metrics["songs/done"] == 2.0
    assert run.data.metrics["mean/integrated_loudness_lufs"] == pytest.approx(-14.02)
    assert {item.path for item in client.list_artifacts(first.run_id)} == {"table.parquet", "failures.json"}


def test_columns_of_several_types_can_be_written() -> None:
    rows = [{"a": 1, "b": 1}, {"a": 2.5, "b": "x"}, {"c": True}]
    assert read_table(table_bytes(rows)) == [
        {"a": 1.0, "b": "1", "c": None}, {"a": 2.5, "b": '"x"', "c": None}, {"a": None, "b": None, "c": True},
    ]  # fmt: skip


def test_a_result_keeps_its_form_in_the_journal(tmp_path: Path) -> None:
    from dataclasses import asdict

    result = LineResult("abc", worker="host:1", seconds=1.5, row={"style": "house"})
    assert LineResult(**json.loads(json.dumps(asdict(result)))) == result
