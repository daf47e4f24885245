"""A training run as people start it, from the command line or a notebook: trained, and logged with its weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.config import TrainingConfig

if TYPE_CHECKING:
    import lightning

    from training.dataset import EncodedPart
    from training.machines import Machines


@dataclass(frozen=True, slots=True)
class TrainedRun:
    """What came out: the weights, their card, and the address of the run in MLflow (None if it was not logged).

    Of several processes that share a training only the first knows more than where the weights lie.
    """

    weights: Path
    card: dict[str, Any]
    url: str | None


def train(
    config: TrainingConfig,
    data: Path,
    folder: Path,
    *,
    track: bool = True,
    limit: int | None = None,
    start: Path | None = None,
    machines: Machines | None = None,
    checkpoints: str | None = None,
    parts: list[EncodedPart] | None = None,
    progress: bool = False,
    callbacks: Sequence[lightning.Callback] = (),
    command: str | None = None,
) -> TrainedRun:
    """Train an element into `folder` and log the run; see `training.fit.fit`, which does the work.

    Parameters
    ----------
    track : bool
        Log curves, samples and weights to the workbench's MLflow store.

    Raises
    ------
    CorpusError
        If a corpus is missing, or if nothing is left to train or to validate on.
    """
    from training.session import is_first_process, mlflow_logger, quiet
    from workbench.models.checkpoint import read_card

    with quiet():
        from training.fit import fit, load_parts
        from training.machines import SINGLE
        from training.run_record import record_data, record_result, training_note

        parts = load_parts(data, config, limit) if parts is None else parts
        logger = mlflow_logger(run_name(config)) if track else None
        if logger is not None and is_first_process():
            record_data(logger, parts)
        weights = fit(
            config, data, folder, limit=limit, start=start, logger=logger or False, progress=progress,
            callbacks=callbacks, command=command, parts=parts, machines=machines or SINGLE,
            checkpoints=checkpoints,
        )  # fmt: skip
        if not is_first_process():
            return TrainedRun(weights, {}, None)
        if logger is not None:
            card = read_card(weights)
            record_result(logger, weights, card, kind="training", note=training_note(card, parts))
    return TrainedRun(weights, read_card(weights), None if logger is None else _url(logger))


def run_name(config: TrainingConfig) -> str:
    """What a run is called: element, length and data.

    Examples
    --------
    >>> from training.config import load_config
    >>> run_name(load_config("bass-small"))
    'bass, 1000 steps on accompaniment, freedoom'
    """
    return f"{config.element}, {config.steps} steps on {', '.join(config.corpora)}"


def _url(logger: Any) -> str:
    from workbench.tracking import default_tracking_uri
    from workbench.tracking.pages import run_url

    return run_url(default_tracking_uri(), str(logger.experiment_id), str(logger.run_id))
