"""What is read off while a network learns: rows and notes a second, learning rate, size of the gradient, nats."""

from __future__ import annotations

import sys
import time
from typing import Any

import lightning
import torch

from training.session import where_logged
from workbench.domain.clock import readable_duration
from workbench.models.spec import BAR_STEP


class Meters(lightning.Callback):
    """Logs the speed of the training steps, the learning rate and the gradient's norm.

    Validation, samples and reading are not counted in the speed. The norm is that of all gradients together before
    they are clipped.
    """

    def __init__(self) -> None:
        self._rows = self._notes = 0
        self._seconds = self._began = 0.0

    def on_train_batch_start(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """Start the clock of this step."""
        self._began = time.perf_counter()

    def on_before_optimizer_step(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, optimizer: torch.optim.Optimizer
    ) -> None:
        """Measure the gradient where a figure is due."""
        if self._is_due(trainer):
            gradients = [parameter.grad for parameter in module.parameters() if parameter.grad is not None]
            norm = torch.nn.utils.get_total_norm(gradients)
            # Of a network that is parted over processes each has a part of it.
            module.log("gradient_norm", norm.full_tensor() if hasattr(norm, "full_tensor") else norm)

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Count rows and notes of the step, and log where figures are due."""
        self._seconds += time.perf_counter() - self._began
        self._rows += int(batch.scored.sum())
        self._notes += int(((batch.fields[..., 0] != BAR_STEP) & batch.scored).sum())
        if self._is_due(trainer, done=True):
            module.log("rows_per_second", self._rows / self._seconds)
            module.log("notes_per_second", self._notes / self._seconds)
            module.log("learning_rate", trainer.optimizers[0].param_groups[0]["lr"])
            self._rows, self._notes, self._seconds = 0, 0, 0.0

    @staticmethod
    def _is_due(trainer: lightning.Trainer, *, done: bool = False) -> bool:
        every: int = trainer.log_every_n_steps  # type: ignore[attr-defined]
        return (trainer.global_step + (0 if done else 1)) % max(1, every) == 0


class ProgressLog(lightning.Callback):
    """Tells on standard error what a training begins with, how it goes, and what each validation brought, by lines.

    Parameters
    ----------
    every_seconds : float or None
        Seconds between two lines of progress; None tells none, as beside a progress bar.
    """

    def __init__(self, every_seconds: float | None = 10.0) -> None:
        self._every = every_seconds
        self._nats, self._rows, self._notes = torch.zeros(()), torch.zeros(()), torch.zeros(())
        self._began = self._logged_at = 0.0
        self._first = 0

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Tell data, size, steps and where the run is logged."""
        data: Any = trainer.datamodule  # type: ignore[attr-defined]
        size = sum(parameter.numel() for parameter in module.parameters())
        self._tell(trainer, f"{data}; {size:,} parameters; {trainer.max_steps} steps; {_logged(trainer)}")
        if trainer.global_step:
            self._tell(trainer, f"goes on from step {trainer.global_step} of {trainer.max_steps}")
        self._first, self._began = trainer.global_step, time.monotonic()
        self._logged_at = self._began

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Tell step, loss and time left where a line is due; the loss is that of the steps since the last line."""
        if self._every is None:
            return
        rows = batch.scored.sum()
        self._nats = self._nats.to(rows.device) + outputs["loss"].detach() * rows
        self._rows = self._rows.to(rows.device) + rows
        self._notes = self._notes.to(rows.device) + ((batch.fields[..., 0] != BAR_STEP) & batch.scored).sum()
        now = time.monotonic()
        if now - self._logged_at < self._every:
            return
        nats, rows_done, notes = float(self._nats), float(self._rows), float(self._notes)
        done = trainer.global_step - self._first
        left = (now - self._began) / max(1, done) * (trainer.max_steps - trainer.global_step)
        self._tell(
            trainer,
            f"step {trainer.global_step} of {trainer.max_steps}: loss {nats / max(1.0, rows_done):.3f} nats a row, "
            f"{nats / max(1.0, notes):.3f} nats a note while learning, about {readable_duration(left)} left",
        )
        self._nats, self._rows, self._notes = torch.zeros(()), torch.zeros(()), torch.zeros(())
        self._logged_at = now

    def on_validation_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Tell the figure."""
        nats = float(trainer.callback_metrics["val_nll"])
        self._tell(trainer, f"step {trainer.global_step} of {trainer.max_steps}: {nats:.3f} nats a note on validation")

    @staticmethod
    def _tell(trainer: lightning.Trainer, text: str) -> None:
        if trainer.is_global_zero:
            print(text, file=sys.stderr, flush=True)


def _logged(trainer: lightning.Trainer) -> str:
    """Where the run can be looked at."""
    logger: Any = trainer.logger
    if logger is None or not hasattr(logger, "experiment_id"):
        return f"not logged; checkpoints in {trainer.default_root_dir}"
    return f"logged at {where_logged(logger)}"
