"""What people say of a track while they listen, on the track's run in MLflow; and where runs of records are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbench.domain.errors import TrackingError
from workbench.tracking.pages import run_url
from workbench.tracking.records import find_run, require_answer
from workbench.tracking.store import default_tracking_uri, first_sentence, quiet, store_exists

REMARKS_FILE = "remarks.json"
COUNT_TAG = "remarks"
_HEADING = "\n## Remarks\n\n"
_NOTE = "mlflow.note.content"


def run_urls(experiment: str, records: Iterable[str], *, tracking_uri: str | None = None) -> dict[str, str]:
    """The pages of the runs of records, by record; those that were not logged are left out.

    Raises
    ------
    TrackingError
        If the store cannot be read.
    """
    uri = tracking_uri or default_tracking_uri()
    if not store_exists(uri):
        return {}
    require_answer(uri)
    with quiet():
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException

        client = MlflowClient(tracking_uri=uri)
        try:
            place = client.get_experiment_by_name(experiment)
            if place is None:
                return {}
            found = {record: find_run(client, place.experiment_id, record) for record in records}
        except MlflowException as error:
            raise TrackingError(f"the store {uri} cannot be read: {first_sentence(error)}") from error
        return {
            record: run_url(uri, place.experiment_id, run.info.run_id)
            for record, run in found.items()
            if run is not None
        }


def write_remarks(
    experiment: str, record: str, text: str, lines: Sequence[str], *, tracking_uri: str | None = None
) -> str | None:
    """Put remarks on the run of a record: as the artifact `remarks.json`, and as lines of its description.

    Parameters
    ----------
    experiment, record : str
        Where the run is.
    text : str
        The artifact.
    lines : sequence of str
        Markdown, in place of what was remarked before.

    Returns
    -------
    str or None
        The address of the run's page; None where it was not logged.

    Raises
    ------
    TrackingError
        If the store cannot be written.
    """
    uri = tracking_uri or default_tracking_uri()
    if not store_exists(uri):
        return None
    require_answer(uri)
    with quiet():
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException

        client = MlflowClient(tracking_uri=uri)
        try:
            place = client.get_experiment_by_name(experiment)
            run = None if place is None else find_run(client, place.experiment_id, record)
            if place is None or run is None:
                return None
            note = str(run.data.tags.get(_NOTE, "")).split(_HEADING)[0].rstrip("\n") + "\n"
            listed = _HEADING + "".join(f"- {line}\n" for line in lines) if lines else ""
            client.log_text(run.info.run_id, text, REMARKS_FILE)
            client.set_tag(run.info.run_id, _NOTE, note + listed)
            client.set_tag(run.info.run_id, COUNT_TAG, str(len(lines)))
        except (MlflowException, OSError) as error:
            raise TrackingError(f"remarks could not be written to {uri}: {first_sentence(error)}") from error
        return run_url(uri, place.experiment_id, run.info.run_id)
