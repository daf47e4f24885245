"""Search for a better recipe with Optuna (Akiba et al., KDD 2019): in parallel, pruned early, resumed by name.

The study lies in a database. Every process that is given the same database and the same name takes part in it,
whether it runs on this machine or on another one.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lightning

from training.config import TrainingConfig, load_config
from training.corpora import find_corpora
from training.dataset import EncodedPart
from training.fit import fit, load_parts
from training.presence import fit_to_data
from training.search_space import apply, load_space, recipe_text, space_data, suggest
from workbench.domain.cores import usable_cores
from workbench.domain.errors import ParameterError
from workbench.domain.files import write_text_atomically
from workbench.models.checkpoint import read_card
from workbench.tracking.addresses import sqlite_address

if TYPE_CHECKING:
    from optuna import Study, Trial

_HEARTBEAT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Sweep:
    """What every process of a sweep knows.

    Parameters
    ----------
    config : TrainingConfig
        The recipe that is changed.
    space : mapping
        See `search_space`.
    data : Path
        Folder that holds the corpora.
    out : Path
        A folder for each trial, and the best recipe.
    study : str
        Name of the study in the database `storage`.
    storage : str
        Database address.
    trials : int
        Trials of the study in all, those of other machines and of earlier calls included.
    limit : int, optional
        Songs of each corpus and split.
    parent_run : str, optional
        MLflow run below which the trials are logged.
    """

    config: TrainingConfig
    space: dict[str, Any]
    data: Path
    out: Path
    study: str
    storage: str
    trials: int
    limit: int | None = None
    parent_run: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SweepResult:
    """The best recipe (written to `recipe_path`), its nats a note on validation, and how many trials there were."""

    recipe_path: Path
    config: TrainingConfig
    nll: float
    finished: int
    pruned: int
    trials: Any

    def frame(self) -> Any:
        """The trials as a pandas table, best first."""
        return self.trials.sort_values("value")

    def _repr_html_(self) -> str:
        head = f"<p>{self.finished} trials finished, {self.pruned} were pruned; best {self.nll:.3f} nats a note</p>"
        return head + str(self.frame().to_html(index=False, float_format="{:.4g}".format))


def sweep(
    element: str,
    data: str | Path,
    *,
    trials: int,
    jobs: int = 1,
    space: str | Path | None = None,
    config: str | Path | None = None,
    corpora: Mapping[str, float] | None = None,
    study: str | None = None,
    storage: str | None = None,
    out: str | Path | None = None,
    limit: int | None = None,
    steps: int | None = None,
    track: bool = False,
) -> SweepResult:
    """Search for a better recipe of an element.

    Parameters
    ----------
    element, data : str, path
        What is searched for, and the folder that holds the corpora.
    trials, jobs : int
        Trials of the study in all - a study that was begun goes on to so many - and processes on this machine.
    space, config : path, optional
        YAML of choices and ranges (`search_spaces/default.yaml`), and the recipe to start from (the element's own).
    corpora : mapping corpus -> share, optional
        Instead of the recipe's.
    study, storage : str, optional
        Name and database address (ELEMENT, `sqlite:///OUT/study.db`); machines that share both share the study.
    out : path, optional
        By default `runs/sweep/ELEMENT`.
    limit, steps : int, optional
        Songs of each corpus and split, and steps of each trial, for a quick search.
    track : bool
        Log a parent run with a child for each trial to MLflow.

    Returns
    -------
    SweepResult
        `recipe_path` is a YAML that `beatsfoundry train --config` takes.

    Raises
    ------
    ParameterError
        If optuna is missing, if the study was begun with another search space, or if no trial has finished.
    CorpusError
        If a corpus is missing.
    """
    folder = Path(out or Path("runs") / "sweep" / element)
    recipe = _recipe(load_config(config or element, steps=steps, corpora=corpora), Path(data), as_it_is=bool(corpora))
    folder.mkdir(parents=True, exist_ok=True)
    job = Sweep(
        config=recipe, space=load_space(*([Path(space)] if space else [])), data=Path(data), out=folder,
        study=study or element, storage=storage or sqlite_address((folder / "study.db").resolve()),
        trials=trials, limit=limit, parent_run=_parent_run(study or element) if track else None,
    )  # fmt: skip
    opened = open_study(job)
    _run(job, jobs)
    return _result(job, opened)


def _recipe(recipe: TrainingConfig, data: Path, *, as_it_is: bool) -> TrainingConfig:
    """A recipe whose corpora are all there; unless `as_it_is`, those that are not in the folder are left out."""
    recipe = recipe if as_it_is else _fitted(recipe, data)
    find_corpora(data, tuple(recipe.corpora))
    return recipe


def _fitted(recipe: TrainingConfig, data: Path) -> TrainingConfig:
    """The recipe on the data that is there; what is missing is reported on standard error."""
    fitted = fit_to_data(recipe, data)
    for line in fitted.remarks:
        print(line, file=sys.stderr)
    return fitted.config


def open_study(job: Sweep) -> Study:
    """The study, begun if it is new. A trial whose process died counts as failed and is made up for.

    Raises
    ------
    ParameterError
        If optuna is missing, if the database cannot be reached, or if the study has another search space.
    """
    try:
        import optuna
    except ImportError:
        raise ParameterError("sweeps need optuna: install it with `pip install beatsfoundry[sweep]`") from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        storage = optuna.storages.RDBStorage(job.storage, heartbeat_interval=_HEARTBEAT_SECONDS)
        study = optuna.create_study(
            storage=storage, study_name=job.study, load_if_exists=True,
            # Seeded by process, or parallel workers would all draw the same first trials.
            sampler=optuna.samplers.TPESampler(seed=_seed(job), constant_liar=True),
            pruner=optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=job.config.validate_every),
        )  # fmt: skip
    except Exception as error:
        raise ParameterError(f"study {job.study!r} cannot be opened in {job.storage}: {_first_line(error)}") from None
    wanted = {"element": job.config.element, "space": space_data(job.space)}
    begun = {name: study.user_attrs.get(name, value) for name, value in wanted.items()}
    if begun != wanted:
        raise ParameterError(f"study {job.study!r} was begun with another element or search space: take another name")
    for name, value in wanted.items():
        study.set_user_attr(name, value)
    return study


def _seed(job: Sweep) -> int:
    return (job.config.seed * 1_000_003 + os.getpid() + time.time_ns()) % 2**32


def _run(job: Sweep, jobs: int) -> None:
    """Work off the study, here or in processes of its own."""
    if jobs == 1:
        work(job)
        return
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_work_quietly, args=(job, jobs)) for _ in range(jobs)]
    for worker in workers:
        worker.start()
    try:
        for worker in workers:
            worker.join()
    except BaseException:
        for worker in workers:
            worker.terminate()
            worker.join()
        raise
    if any(worker.exitcode for worker in workers):
        raise ParameterError("a process of the sweep has failed: run it with one job to see why")


def _work_quietly(job: Sweep, jobs: int) -> None:
    import torch

    from training.session import quiet

    torch.set_num_threads(max(1, usable_cores() // jobs))
    with quiet():
        work(job)


def work(job: Sweep) -> None:
    """Take trials of the study until there are enough."""
    import optuna

    study = open_study(job)
    parts = load_parts(job.data, job.config, job.limit)
    while True:
        optuna.storages.fail_stale_trials(study)
        counted = [trial.state.name for trial in study.get_trials(deepcopy=False)]
        if sum(state in ("COMPLETE", "PRUNED", "RUNNING") for state in counted) >= job.trials:
            return
        study.optimize(lambda trial: _objective(trial, job, parts), n_trials=1)


def _objective(trial: Trial, job: Sweep, parts: list[EncodedPart]) -> float:
    config = suggest(trial, job.space, job.config)
    folder = job.out / f"trial-{trial.number:03d}"
    # A number can only be there already from a study that was deleted.
    shutil.rmtree(folder, ignore_errors=True)
    with _logger(job, trial) as logger:
        try:
            weights = fit(
                config, job.data, folder, logger=logger, progress=False, parts=parts, callbacks=(_Prune(trial),)
            )
        finally:
            for checkpoint in folder.glob("*.ckpt"):
                checkpoint.unlink()
    return float(read_card(weights)["validation_nats_per_note"]["nll"])


class _Prune(lightning.Callback):
    """Reports each validation to the study and ends a trial that lags behind the others."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def on_validation_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Compare with other trials at the same step."""
        import optuna

        self._trial.report(float(trainer.callback_metrics["val_nll"]), trainer.global_step)
        if self._trial.should_prune():
            raise optuna.TrialPruned


@contextlib.contextmanager
def _logger(job: Sweep, trial: Trial) -> Iterator[Any]:
    if job.parent_run is None:
        yield False
        return
    from training.session import mlflow_logger

    yield mlflow_logger(f"{job.study}-{trial.number:03d}", {"mlflow.parentRunId": job.parent_run})


def _parent_run(study: str) -> str:
    from workbench.tracking.sweep_runs import sweep_run

    return sweep_run(study)


def _result(job: Sweep, study: Study) -> SweepResult:
    states = [trial.state.name for trial in study.get_trials(deepcopy=False)]
    if "COMPLETE" not in states:
        raise ParameterError(f"study {job.study!r}: no trial has finished: give it more trials")
    best = study.best_trial
    config = apply(job.config, best.params)
    path = job.out / "best.yaml"
    write_text_atomically(
        path, recipe_text(config, f"Trial {best.number} of study {job.study}: {best.value:.4f} nats a note.")
    )
    if job.parent_run is not None:
        from workbench.tracking.sweep_runs import finish_sweep

        finish_sweep(job.parent_run, best.params, float(best.value or 0.0), path)
    return SweepResult(
        path, config, float(best.value or 0.0), states.count("COMPLETE"), states.count("PRUNED"),
        study.trials_dataframe(attrs=("number", "state", "value", "params", "duration")),
    )  # fmt: skip


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
