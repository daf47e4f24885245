"""A fine-tuning as people start it, from the command line or a notebook: tuned, heard before and after, and logged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from training.corpora.song import CorpusSong
    from training.dataset import EncodedPart
    from training.finetuning import FineTuneResult

_SAMPLES_SECONDS = 60.0
"""What of the minutes is kept for composing and playing one song twice."""


def finetune_run(
    element: str,
    midi: str | Path | Iterable[CorpusSong],
    name: str,
    *,
    track: bool = True,
    samples: Path | None = None,
    concept: str | None = None,
    **options: Any,
) -> FineTuneResult:
    """`training.finetune` as one run in MLflow: parameters, data, curves, weights, and the page of before and after.

    Parameters
    ----------
    element, midi, name, options
        As of `training.finetune`.
    track : bool
        Log the run.
    samples : Path, optional
        Folder for the same song before and after; none is composed if it is left out.
    concept : str, optional
        What that song is asked to be.

    Raises
    ------
    CorpusError, ModelError, ParameterError
        As `training.finetune`.
    """
    from training.session import quiet, where_logged

    with quiet():
        from training.before_after import PAGE, write_before_after
        from training.finetuning import finetune

        run = _Run(f"{element}/{name}")
        tell = options.get("report") or (lambda fraction, message: None)
        result = finetune(
            element, midi, name, open_run=run.open if track else None, on_parts=run.take,
            after_seconds=_SAMPLES_SECONDS if samples is not None else 0.0, **options,
        )  # fmt: skip
        files: dict[str, Path] = {}
        if samples is not None:
            seed = options.get("seed", 1)
            tell(result.seconds / (result.seconds + _SAMPLES_SECONDS), "one song by both networks, to compare by ear")
            files = write_before_after(element, name, samples, concept=concept or None, seed=seed)
        if run.logger is not None:
            _record(run.logger, result, run.learned, files)
            result = replace(result, run=where_logged(run.logger))
        tell(1.0, "done")
    return replace(result, page=files.get(PAGE))


@dataclass(slots=True)
class _Run:
    """The run in MLflow, once it is open, and what is learned in it."""

    name: str
    logger: Any = None
    learned: list[EncodedPart] = field(default_factory=list)

    def open(self) -> Any:
        from training.session import mlflow_logger

        self.logger = mlflow_logger(self.name)
        return self.logger

    def take(self, parts: Sequence[EncodedPart]) -> None:
        from training.run_record import record_data

        self.learned.extend(parts)
        if self.logger is not None:
            record_data(self.logger, parts)


def _record(logger: Any, result: FineTuneResult, learned: Sequence[EncodedPart], files: dict[str, Path]) -> None:
    from training.run_record import record_result, tuning_note
    from workbench.models.checkpoint import read_card

    note = tuning_note(str(result).splitlines()[0], learned)
    record_result(logger, result.path, read_card(result.path), kind="fine-tuning", note=note)
    for path in files.values():
        folder = None if path.suffix == ".html" else "samples"
        logger.experiment.log_artifact(logger.run_id, str(path), folder)
