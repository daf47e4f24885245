"""The Lightning side: a thin module around the plain network, and the data module that feeds it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import lightning
import torch
from torch.utils.data import DataLoader, Dataset, Sampler

from training.config import TrainingConfig
from training.dataset import (
    EncodedPart,
    TrainingWindows,
    Window,
    validation_windows,
)
from training.machines import shard
from workbench.domain.errors import ParameterError
from workbench.models.elements import get_spec
from workbench.models.spec import BAR_STEP
from workbench.models.transformer import Batch, ElementTransformer
from workbench.models.window import build_item, collate


class ElementModule(lightning.LightningModule):
    """Trains an `ElementTransformer` on the nats of its fields; validates in nats a note, by field."""

    def __init__(self, config: TrainingConfig) -> None:
        super().__init__()
        self.recipe = config
        self.horizon = config.steps
        """Step at which the learning rate has come down; a loop that must end sooner lowers it."""
        self.network = ElementTransformer(get_spec(config.element), config.model)
        self._sums: dict[str, float] = {}
        self._notes = 0
        self._parted = False

    def configure_model(self) -> None:
        """Part the network over the processes, once, where the strategy is to."""
        if self.device_mesh is not None and not self._parted:
            shard(self.network, self.device_mesh["data_parallel"])
            self._parted = True

    def training_step(self, batch: Batch, index: int) -> torch.Tensor:
        """Mean nats a row; with several processes, of the rows of all, since their gradients are averaged."""
        losses = self.network.losses(batch)
        rows = batch.scored.sum()
        if self.trainer.world_size > 1:
            rows = self.trainer.strategy.reduce(rows.float(), reduce_op="mean")
        loss = torch.stack([field.sum() for field in losses.values()]).sum() / rows
        self.log("train_nats_per_row", loss, sync_dist=True, prog_bar=True)
        return loss

    def on_train_batch_start(self, batch: Batch, batch_idx: int) -> None:
        """Seed dropout by step and process, so that a run that was stopped goes on exactly as one that was not."""
        torch.manual_seed(self.recipe.seed * 1_000_003 + self.global_step + 7_919_000_003 * self.global_rank)

    def on_validation_epoch_start(self) -> None:
        """Begin a new sum."""
        self._sums, self._notes = {}, 0

    def validation_step(self, batch: Batch, index: int) -> None:
        """Add up the nats by field and the notes."""
        for name, field in self.network.losses(batch).items():
            self._sums[name] = self._sums.get(name, 0.0) + float(field.double().sum())
        self._notes += int(((batch.fields[..., 0] != BAR_STEP) & batch.scored).sum())

    def on_validation_epoch_end(self) -> None:
        """Log nats a note by field and in total, over the blocks of all processes."""
        if self.trainer.world_size > 1:
            counted = torch.tensor([*self._sums.values(), self._notes], dtype=torch.float64)
            *sums, notes = self.trainer.strategy.reduce(counted.to(self.device), reduce_op="sum").tolist()
            self._sums, self._notes = dict(zip(self._sums, sums, strict=True)), round(notes)
        for name, value in self.nats_per_note().items():
            self.log(f"val_{name}", value)

    @property
    def validated_notes(self) -> int:
        """Notes that the last validation scored."""
        return self._notes

    def nats_per_note(self) -> dict[str, float]:
        """Validation nats a note by field, and "nll", their sum."""
        by_field = {name: value / max(1, self._notes) for name, value in self._sums.items()}
        return {**by_field, "nll": sum(by_field.values())}

    def configure_optimizers(self) -> Any:
        """AdamW without decay on vectors; linear warm-up, then a cosine to 3 %."""
        recipe = self.recipe
        matrices = [parameter for parameter in self.network.parameters() if parameter.dim() > 1]
        vectors = [parameter for parameter in self.network.parameters() if parameter.dim() <= 1]
        groups = [{"params": matrices, "weight_decay": recipe.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
        optimizer = torch.optim.AdamW(groups, lr=recipe.learning_rate, betas=(0.9, 0.98))

        def rate(step: int) -> float:
            progress = min(1.0, step / self.horizon)
            return min(1.0, (step + 1) / recipe.warm_up) * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * progress)))

        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}


class _ValidationWindows(Dataset[Any]):
    def __init__(self, parts: Sequence[EncodedPart], windows: Sequence[Window], element: str) -> None:
        self._parts, self._windows, self._spec = parts, windows, get_spec(element)

    def __len__(self) -> int:
        return len(self._windows)

    def __getitem__(self, index: int) -> Any:
        window = self._windows[index]
        part = self._parts[window.part]
        return build_item(
            part.rows, part.line_starts, part.conditioning, self._spec, window.first, window.last, window.scored_from
        )


class _From(Sampler[int]):
    """A process's share of the items from a start, in order: of each step's `batch` items the ones that are its own.

    So one step of several processes sees what one step of a single process sees. The length is that of the whole run,
    which is what Lightning counts in.
    """

    def __init__(self, start: int, length: int, batch: int, rank: int, processes: int) -> None:
        self._start, self._length, self._batch = start, length, batch
        self._share = batch // processes
        self._offset, self._processes = rank * self._share, processes

    def __iter__(self) -> Iterator[int]:
        for first in range(self._start + self._offset, self._length, self._batch):
            yield from range(first, first + self._share)

    def __len__(self) -> int:
        return self._length // self._processes


class ElementDataModule(lightning.LightningDataModule):
    """Encoded parts of one element as training windows and validation blocks.

    Parameters
    ----------
    parts : sequence of EncodedPart
    config : TrainingConfig
    validation_share : float
        Share of the validation blocks that is used while training (every n-th); 1 for a final figure.
    most_blocks : int, optional
        Of more validation blocks than these, every n-th is used.
    """

    def __init__(
        self, parts: Sequence[EncodedPart], config: TrainingConfig, validation_share: float = 1.0, *,
        most_blocks: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self._config = config
        self._train = [part for part in parts if part.split == "train"]
        self._validation = [
            part
            for part in parts
            if part.split == "validation" and (not config.validate_on or part.corpus in config.validate_on)
        ]
        self._stride = max(1, round(1 / validation_share))
        self._most = most_blocks

    def __str__(self) -> str:
        """What is learned from, in one line."""
        corpora = ", ".join(self._config.corpora)
        songs, held_out = len(self._train), len(self._validation)
        bars = sum(part.bars for part in self._train)
        return f"{self._config.element} from {corpora}: {songs:,} songs of {bars:,} bars, {held_out:,} to validate on"

    def train_dataloader(self) -> DataLoader[Any]:
        """Random windows, in an order fixed by the seed."""
        config = self._config
        windows = TrainingWindows(
            self._train, get_spec(config.element), config.corpora,
            rows=config.rows, size=config.steps * config.batch, seed=config.seed,
        )  # fmt: skip
        done = self.trainer.global_step * config.batch if self.trainer else 0
        rank, processes = self._place()
        if config.batch % processes:
            raise ParameterError(
                f"batch {config.batch} cannot be shared by {processes} processes: take a multiple of that"
            )
        sampler = _From(done, len(windows), config.batch, rank, processes)
        return DataLoader(windows, batch_size=config.batch // processes, collate_fn=collate, sampler=sampler)

    def val_dataloader(self) -> DataLoader[Any]:
        """Each four-bar block once, in order of length; with several processes each takes every n-th."""
        rank, processes = self._place()
        windows = validation_windows(self._validation, self._config.rows)
        stride = self._stride if self._most is None else max(self._stride, math.ceil(len(windows) / self._most))
        windows = windows[::stride]
        # Where there are too few to share, each takes all: an average over copies is the same, and nobody is idle.
        windows = windows if len(windows) < processes else windows[rank::processes]
        return DataLoader(
            _ValidationWindows(self._validation, windows, self._config.element), batch_size=32, collate_fn=collate
        )

    def _place(self) -> tuple[int, int]:
        """Number of this process, and how many there are."""
        return (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)
