"""What is read off while a network learns: rows and notes a second, learning rate, size of the gradient, nats."""

from __future__ import annotations

import sys
import time
from typing import Any

import lightning
import torch

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
            module.log("gradient_norm", torch.nn.utils.get_total_norm(gradients))

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


class Told(lightning.Callback):
    """Tells on standard error where a training goes on from and what each validation brought, line by line."""

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Tell the first step."""
        if trainer.global_step:
            self._tell(trainer, f"goes on from step {trainer.global_step} of {trainer.max_steps}")
        else:
            self._tell(trainer, f"{trainer.max_steps} steps")

    def on_validation_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Tell the figure."""
        nats = float(trainer.callback_metrics["val_nll"])
        self._tell(trainer, f"step {trainer.global_step} of {trainer.max_steps}: {nats:.3f} nats a note")

    @staticmethod
    def _tell(trainer: lightning.Trainer, text: str) -> None:
        if trainer.is_global_zero:
            print(text, file=sys.stderr, flush=True)
