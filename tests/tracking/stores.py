"""A PostgreSQL cluster, an object store and MLflow's server over both, of the test's own on the loopback address."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.tracking.servers import free_port, run_server
from workbench.tracking.dashboard import dashboard_command, dashboard_environment

BUCKET = "mlflow"
_TABLES = {"metrics": "run_uuid", "latest_metrics": "run_uuid", "params": "run_uuid", "tags": "run_uuid"}
"""Tables that hold what a run has, and the column that tells whose it is."""


@contextmanager
def postgres() -> Iterator[str]:
    """A fresh cluster with a database `mlflow`; its address. It is run by another user where the tests are root's."""
    initdb = shutil.which("initdb") or next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))[::-1]), None)
    if initdb is None:
        pytest.skip("no PostgreSQL on this machine: install it (apt-get install postgresql)")
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install psycopg[binary]")
    programs, port = Path(initdb).resolve().parent, free_port()
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    user = _other_user()
    as_user: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)

    def run(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **as_user)

    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
    try:
        run(str(initdb), "-D", str(folder / "data"), "-U", "mlflow", "--auth", "trust", "--encoding", "UTF8")
        control = [str(programs / "pg_ctl"), "-D", str(folder / "data"), "-w"]
        run(*control, "-o", options, "-l", str(folder / "log"), "start")
        try:
            run(str(programs / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "mlflow", "mlflow")
            yield f"postgresql://mlflow@127.0.0.1:{port}/mlflow"
        finally:
            run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _other_user() -> pwd.struct_passwd | None:
    """Whoever runs the cluster where this process is root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


@contextmanager
def object_store(folder: Path) -> Iterator[dict[str, str]]:
    """Moto's store with a bucket; the environment in which it is reached."""
    pytest.importorskip("moto", reason="moto is not installed: pip install moto flask flask-cors")
    boto3 = pytest.importorskip("boto3", reason="boto3 is not installed: pip install boto3")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    reached = {
        "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": address, "MLFLOW_S3_ENDPOINT_URL": address,
    }  # fmt: skip
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with run_server(command, {**os.environ, **reached}, folder / "moto.log", f"{address}/moto-api/"):
        bucket_of(boto3, reached).create()
        yield reached


def bucket_of(boto3: Any, reached: Mapping[str, str]) -> Any:
    """The bucket of an object store."""
    return boto3.resource(
        "s3", endpoint_url=reached["AWS_ENDPOINT_URL"], region_name=reached["AWS_DEFAULT_REGION"],
        aws_access_key_id="none", aws_secret_access_key="none",
    ).Bucket(BUCKET)  # fmt: skip


@contextmanager
def tracking_server(store: str, artifacts: str, environment: Mapping[str, str], folder: Path) -> Iterator[str]:
    """MLflow's server over a store; its address."""
    port = free_port()
    command = dashboard_command(port, store)
    command[command.index("--artifacts-destination") + 1] = artifacts
    address = f"http://127.0.0.1:{port}"
    with run_server(
        command, {**dashboard_environment(), **environment}, folder / f"mlflow-{port}.log", f"{address}/health"
    ):
        yield address


def multiply_runs(store: str, copies: int) -> list[tuple[str, str]]:
    """Give every run of a store so many copies, with metrics a little off; ids of runs and of their copies.

    What a copy holds in the database is what its run holds. Files are not copied.
    """
    import numpy as np
    from sqlalchemy import MetaData, create_engine, text

    rng = np.random.default_rng(1)
    engine, known = create_engine(store), MetaData()
    known.reflect(engine)
    with engine.begin() as connection:
        ids = [row[0] for row in connection.execute(text("SELECT run_uuid FROM runs"))]
        pairs = [
            {"old": old, "new": rng.bytes(16).hex(), "number": number, "factor": float(1 + 0.05 * rng.normal())}
            for number in range(1, copies + 1)
            for old in ids
        ]
        connection.execute(text("CREATE TABLE copied (old VARCHAR(32), new VARCHAR(32), number INTEGER, factor FLOAT)"))
        connection.execute(text("INSERT INTO copied VALUES (:old, :new, :number, :factor)"), pairs)
        connection.execute(text("CREATE INDEX copied_old ON copied (old)"))
        changed = {
            "runs": {
                "run_uuid": "c.new",
                "artifact_uri": "replace(t.artifact_uri, c.old, c.new)",
                "name": "t.name || '-' || c.number",
                "start_time": "t.start_time + c.number * 60000",
            }
        }
        changed |= {table: {column: "c.new"} for table, column in _TABLES.items()}
        changed["metrics"]["value"] = changed["latest_metrics"]["value"] = "t.value * c.factor"
        changed["tags"]["value"] = (
            "CASE WHEN t.key IN ('beatsfoundry.record', 'mlflow.runName') THEN t.value || '-' || c.number "
            "WHEN t.key = 'mlflow.parentRunId' THEN "
            "(SELECT p.new FROM copied p WHERE p.old = t.value AND p.number = c.number) ELSE t.value END"
        )
        for table, values in changed.items():
            columns = [column.name for column in known.tables[table].columns]
            chosen = ", ".join(values.get(name, f"t.{name}") for name in columns)
            connection.execute(
                text(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table} t "
                     "JOIN copied c ON c.old = t.run_uuid")
            )  # fmt: skip
        connection.execute(text("DROP TABLE copied"))
    engine.dispose()
    return [(pair["old"], pair["new"]) for pair in pairs]


def copy_objects(bucket: Any, pairs: Sequence[tuple[str, str]]) -> int:
    """Give the copies of runs their files; how many there are."""
    keys: dict[str, list[str]] = {}
    for one in bucket.objects.all():
        run = next((part for part in one.key.split("/") if len(part) == 32), "")
        keys.setdefault(run, []).append(one.key)
    copied = 0
    for old, new in pairs:
        for key in keys.get(old, ()):
            bucket.Object(key.replace(old, new)).copy_from(CopySource={"Bucket": BUCKET, "Key": key})
            copied += 1
    return copied


def copy_files(folder: Path, pairs: Sequence[tuple[str, str]]) -> None:
    """Give the copies of runs their files where those lie in a folder, as links."""
    places = {place.name: place for place in folder.glob("*/*")}
    for old, new in pairs:
        shutil.copytree(places[old], places[old].with_name(new), copy_function=os.link)
