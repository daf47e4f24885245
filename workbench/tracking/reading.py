"""Reads from MLflow what was logged: artifacts of a run, and runs by their tags."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from workbench.domain.errors import TrackingError
from workbench.tracking.store import default_tracking_uri, first_sentence, quiet, store_exists


def artifact_text(run_id: str, name: str, *, tracking_uri: str | None = None) -> str | None:
    """The text of an artifact; None where the store has no such run.

    Raises
    ------
    TrackingError
        If the store cannot be reached, or if the run has no such artifact.
    """
    uri = tracking_uri or default_tracking_uri()
    if not store_exists(uri):
        return None
    with quiet():
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException

        client = MlflowClient(tracking_uri=uri)
        try:
            client.get_run(run_id)
        except MlflowException as error:
            if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                return None
            raise TrackingError(f"the store {uri} cannot be read: {first_sentence(error)}") from error
        with TemporaryDirectory() as folder:
            try:
                return Path(client.download_artifacts(run_id, name, folder)).read_text(encoding="utf-8")
            except (MlflowException, OSError) as error:
                raise TrackingError(f"run {run_id} holds no {name}: {first_sentence(error)}") from error
