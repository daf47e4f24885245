"""A batch in an object store that speaks S3: moto's, on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backends.inline import Inline
from tests.batch.conftest import short_lines
from workbench.batch import Place, run_batch
from workbench.batch.table import read_table
from workbench.dataset import write_dataset

pytest.importorskip("s3fs", reason="s3fs is not installed: pip install s3fs")
pytest.importorskip("moto", reason="moto is not installed: pip install moto flask flask-cors")

pytestmark = pytest.mark.filterwarnings("ignore")  # of botocore


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    s3fs.S3FileSystem().makedirs("songs", exist_ok=True)
    yield "s3://songs/batch"
    server.stop()


def test_a_batch_and_its_data_set_lie_in_a_bucket(made: list[int], bucket: str, tmp_path: Path) -> None:
    stored, local = Place(bucket), Place(str(tmp_path / "batch"))
    stored.check()
    for place in (stored, local):
        run_batch(short_lines(2), place, Inline())
    tables = [read_table(place.read("table.parquet") or b"") for place in (stored, local)]
    assert [row["bundle_sha256"] for row in tables[0]] == [row["bundle_sha256"] for row in tables[1]]
    again = run_batch(short_lines(3), stored, Inline())
    assert (len(again.kept), len(again.made)) == (2, 1)
    assert made == [0, 1, 0, 1, 2]
    summary = write_dataset(again, stored, Place("s3://songs/set"), name="set")
    assert summary.songs["train"] == 3
    assert Place("s3://songs/set").document("index.json") is not None


def test_a_bucket_that_is_not_there_is_reported(bucket: str) -> None:
    from workbench.domain.errors import OutputError

    with pytest.raises(OutputError, match="cannot be written"):
        Place("s3://nobody/batch").check()
