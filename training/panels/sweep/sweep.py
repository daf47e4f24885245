"""A sweep in a notebook: its trials so far, which parameters pay, and the best recipe, while it runs too."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import traitlets

from workbench.domain.errors import ParameterError
from workbench.tracking.addresses import sqlite_address
from workbench.widgets.instrument import Answering, action, front_end, sheet

_HERE = Path(__file__).resolve().parent


class SweepView(Answering):
    """Trials of a study: value by trial with the best so far, any parameter against the value, and the whole table.

    Parameters
    ----------
    study : str
        Name of the study; `training.sweep` calls it after the element.
    storage : str, optional
        Database address; `study.db` in `folder` if left out.
    folder : path, optional
        Where the sweep lies; by default `runs/sweep/STUDY`.
    every_seconds : float
        How often the page looks again while *Follow* is on.
    """

    _esm = front_end(_HERE / "sweep.js")
    _css = sheet()
    study = traitlets.Unicode("").tag(sync=True)
    parameters: Any = traitlets.List().tag(sync=True)
    trials: Any = traitlets.List().tag(sync=True)
    best: Any = traitlets.Dict().tag(sync=True)
    following = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self, study: str, *, storage: str | None = None, folder: str | Path | None = None, every_seconds: float = 2.0
    ) -> None:
        super().__init__()
        place = Path(folder or Path("runs") / "sweep" / study)
        if storage is None and not (place / "study.db").is_file():
            raise ParameterError(f"no sweep {study!r} in {place}: expected its study.db there, or name a storage")
        self.study = study
        self._storage = storage or sqlite_address((place / "study.db").resolve())
        self._every = every_seconds
        self._over = threading.Event()
        self._follower: threading.Thread | None = None
        self.look()

    @action
    def look(self) -> None:
        """Read the trials as they are now."""
        trials = _read(self._storage, self.study)
        self.parameters = sorted({name for trial in trials for name in trial["params"]})
        self.trials = trials
        done = [trial for trial in trials if trial["state"] == "complete"]
        self.best = min(done, key=lambda trial: float(trial["value"]), default={})
        counts = {
            state: sum(trial["state"] == state for trial in trials)
            for state in ("complete", "pruned", "running", "fail")
        }
        self.tell(", ".join(f"{count} {state}" for state, count in counts.items() if count) or "no trial yet")

    @action
    def follow(self, on: bool) -> None:
        """Look again every few seconds, or no longer."""
        if on and not self.following:
            self._over.clear()
            self.following = True
            self._follower = threading.Thread(target=self._keep_looking, daemon=True)
            self._follower.start()
        elif not on:
            self._over.set()
            if self._follower is not None:
                self._follower.join()
            self.following = False

    def _keep_looking(self) -> None:
        while not self._over.wait(self._every):
            try:
                self.look()
            except ParameterError as error:
                self.tell(str(error), failed=True)


def _read(storage: str, study: str) -> list[dict[str, Any]]:
    """Trials as plain values."""
    try:
        import optuna
    except ImportError:
        raise ParameterError("sweeps need optuna: install it with `pip install beatsfoundry[sweep]`") from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        held = optuna.load_study(study_name=study, storage=storage).get_trials(deepcopy=False)
    except Exception as error:
        line = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        raise ParameterError(f"study {study!r} cannot be read in {storage}: {line}") from None
    return [
        {
            "number": trial.number,
            "state": trial.state.name.lower(),
            "value": _value(trial),
            "params": {name: value for name, value in trial.params.items() if isinstance(value, int | float | str)},
            "curve": [[step, value] for step, value in sorted(trial.intermediate_values.items())],
            "seconds": trial.duration.total_seconds() if trial.duration else None,
        }
        for trial in held
    ]


def _value(trial: Any) -> float | None:
    """The result; of a trial that was pruned or runs, its last validation."""
    if trial.value is not None:
        return float(trial.value)
    steps = trial.intermediate_values
    return float(steps[max(steps)]) if steps else None
