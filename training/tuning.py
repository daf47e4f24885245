"""The loop of fine-tuning: new windows, old ones between them, and a watch over what is gained and forgotten."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

import lightning
import torch
from torch import Tensor

from training.budget import Budget
from training.config import TrainingConfig
from training.dataset import EncodedPart
from training.fit import trainer_precision
from training.module import ElementDataModule, ElementModule
from workbench.models.lora import with_lora
from workbench.models.transformer import ElementTransformer

Method = Literal["lora", "full"]
State = dict[str, Tensor]
Nats = dict[str, float]
"""Nats a note by field; "nll" is their sum."""
NEW = "new"
"""The corpus name of the user's own parts while they are learned."""

MOST_BLOCKS = 800
"""Validation blocks of four bars that are measured at most, spread over the songs: about three seconds on a core."""
_LEAST_SHARE = 1 / 3
"""Share of the time that is for learning, however long it took to read."""
_STEPS_TO_PLAN = 5
_REPORT_EVERY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class TuningRecipe:
    """How a network is tuned.

    Parameters
    ----------
    method : {"lora", "full"}
        A low-rank change of `rank` beside frozen weights, or all weights.
    rank : int
    minutes : float
        Longest time of all, with measuring; the learning rate comes down in time for it.
    steps : int
        Optimiser steps at most.
    batch : int
        Windows a step.
    learning_rate : float
    replay : float
        Share of windows from the old data, where there is some.
    forgetting : float
        Rise of the old data's nats, as a share, beyond which a state is taken back towards the base.
    validate_every, patience : int
        Steps between validations; after `patience` of them without gain the loop ends.
    seed : int
    """

    method: Method = "lora"
    rank: int = 8
    minutes: float = 10.0
    steps: int = 240
    batch: int = 16
    learning_rate: float = 1e-3
    replay: float = 0.5
    forgetting: float = 0.025
    validate_every: int = 40
    patience: int = 3
    seed: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Tuned:
    """A tuned network in evaluation mode (with its low-rank changes, if those were learned) and its course.

    `course` holds (step, new nats, old nats or None) at each validation, the first before the first step. `share` is
    how far the kept state lies on the way from the base to what was learned: 1 is all the way. `before` are the base's
    nats by field, on new data and on old data (None where there is none); `measure_seconds` is how long it took to
    measure them the last time.
    """

    network: ElementTransformer
    course: tuple[tuple[int, float, float | None], ...]
    steps: int
    share: float
    seconds: float
    before: tuple[Nats, Nats | None]
    measure_seconds: float


def tune(
    network: ElementTransformer,
    new: Sequence[EncodedPart],
    old: Sequence[EncodedPart],
    config: TrainingConfig,
    recipe: TuningRecipe,
    *,
    logger: Any = False,
    budget: Budget | None = None,
) -> Tuned:
    """Teach a copy of a network the new parts; keep the state that is best on their validation part.

    If that state forgets more than is allowed, a state on the straight way back to the base is kept instead (weights of
    base and tuned network mixed: Wortsman et al., CVPR 2022).

    Parameters
    ----------
    network : ElementTransformer
        Stays as it is.
    new, old : sequence of EncodedPart
        Each with its train and validation part; `old` may be empty.
    config : TrainingConfig
        The recipe that the network was first trained by: shares of the old corpora, length of windows.
    recipe : TuningRecipe
    logger : Lightning logger or False
    budget : Budget, optional
        The time that is left, if it began before, and who is informed; by default the recipe's minutes from now.
    """
    budget = budget or Budget(60 * recipe.minutes)
    budget.ensure(_LEAST_SHARE)
    watch = _Watch(recipe, new, old, config, budget)
    config, parts = _mixed(config, recipe, new, old)
    module = ElementModule(config)
    torch.manual_seed(recipe.seed)
    if recipe.method == "lora":
        module.network = with_lora(network, recipe.rank, seed=recipe.seed)
    else:
        module.network = copy.deepcopy(network).requires_grad_(True)
    trainer = lightning.Trainer(
        accelerator="auto", devices=1, precision=trainer_precision(), max_steps=recipe.steps, limit_val_batches=0,
        gradient_clip_val=config.gradient_clip, callbacks=[watch], logger=logger, log_every_n_steps=20,
        enable_progress_bar=False, enable_model_summary=False, enable_checkpointing=False,
    )  # fmt: skip
    try:
        trainer.fit(module, ElementDataModule(parts, config))
    except SystemExit:
        # Lightning leaves the process after Ctrl-C; whoever called decides that.
        raise KeyboardInterrupt from None
    network = module.network.cpu()
    share = watch.settle(network)
    return Tuned(
        network.eval(),
        tuple(watch.course),
        trainer.global_step,
        share,
        watch.seconds,
        watch.before,
        watch.measure_seconds,
    )


def nats_per_note(
    network: ElementTransformer, parts: Sequence[EncodedPart], config: TrainingConfig, *, most: int | None = None
) -> Nats:
    """Nats a note by field and in total ("nll") on the validation blocks of `parts`, by the measure of training.

    Of more than `most` blocks every n-th is measured, from the shortest to the longest.
    """
    figures = validated(network, parts, config, most=most).nats_per_note()
    return {name: round(value, 4) for name, value in figures.items()}


def validated(
    network: ElementTransformer, parts: Sequence[EncodedPart], config: TrainingConfig, *, most: int | None = None
) -> ElementModule:
    """A module that has measured the validation blocks of `parts`; the network is left as it was."""
    module = ElementModule(config)
    module.network = network
    device, training = next(network.parameters()).device, network.training
    network.eval()
    module.on_validation_epoch_start()
    with torch.no_grad():
        for number, batch in enumerate(ElementDataModule(parts, config, most_blocks=most).val_dataloader()):
            module.validation_step(type(batch)(*(tensor.to(device) for tensor in batch)), number)
    network.train(training)
    return module


def _mixed(
    config: TrainingConfig, recipe: TuningRecipe, new: Sequence[EncodedPart], old: Sequence[EncodedPart]
) -> tuple[TrainingConfig, list[EncodedPart]]:
    """The recipe of the loop, and the parts that it draws from."""
    replay = recipe.replay if any(part.split == "train" for part in old) else 0.0
    shares = {NEW: 1.0 - replay} | {name: replay * share for name, share in config.corpora.items()}
    changed = replace(
        config, corpora=shares, validate_on=(), batch=recipe.batch, steps=recipe.steps, seed=recipe.seed,
        learning_rate=recipe.learning_rate, warm_up=min(20, recipe.steps),
        weight_decay=0.0 if recipe.method == "lora" else config.weight_decay,
    )  # fmt: skip
    return changed, [*new, *(part for part in old if replay)]


class _Watch(lightning.Callback):
    """Measures new and old data every so often, keeps the best state, and ends the loop in time."""

    def __init__(
        self, recipe: TuningRecipe, new: Sequence[EncodedPart], old: Sequence[EncodedPart], config: TrainingConfig,
        budget: Budget,
    ) -> None:  # fmt: skip
        self.course: list[tuple[int, float, float | None]] = []
        self.before: tuple[Nats, Nats | None] = ({}, None)
        self.seconds = 0.0
        self._recipe, self._new, self._old, self._config = recipe, new, old, config
        self._budget = budget
        self._start: State = {}
        self._best: tuple[float, float | None, State] = (math.inf, None, {})
        self._waited, self._started, self._reported = 0, 0.0, 0.0
        self.measure_seconds = self._measured_seconds = 0.0

    def on_train_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """The figures before the first step."""
        self._started = time.monotonic()
        self._start = _state(_module(pl_module).network)
        self._measure(trainer, _module(pl_module))

    def on_train_batch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Measure when it is due; end when time is up or when nothing is gained any more."""
        recipe, step, module = self._recipe, trainer.global_step, _module(pl_module)
        self.seconds = time.monotonic() - self._started
        if step == _STEPS_TO_PLAN:
            self._plan(step, module)
        late = self._budget.left_seconds < self._closing_seconds
        if step % recipe.validate_every == 0 or step >= module.horizon or late:
            self._measure(trainer, module)
            trainer.should_stop = step >= module.horizon or late or self._waited >= recipe.patience
        elif time.monotonic() - self._reported > _REPORT_EVERY_SECONDS:
            self._tell(f"step {step} of {module.horizon}", step, module)

    def _plan(self, step: int, module: ElementModule) -> None:
        """Lower the number of steps to those for which there is time; raise it again, up to the recipe's."""
        pace = self._step_seconds(step) + self.measure_seconds / self._recipe.validate_every
        steps = step + int((self._budget.left_seconds - self._closing_seconds) / max(pace, 1e-9))
        module.horizon = max(step + 1, min(self._recipe.steps, steps))

    def _step_seconds(self, step: int) -> float:
        return (time.monotonic() - self._started - self._measured_seconds) / max(1, step)

    @property
    def _closing_seconds(self) -> float:
        """What comes after the last step: its figures, those on the way back to the base, and the written network's."""
        return (4 if self._old else 2) * self.measure_seconds

    def _tell(self, message: str, step: int, module: ElementModule) -> None:
        if step < _STEPS_TO_PLAN:
            # Nothing is known of the pace yet.
            self._budget.tell(message, self._budget.left_seconds)
        else:
            ahead = max(0, module.horizon - step)
            measures = ahead // self._recipe.validate_every
            seconds = ahead * self._step_seconds(step) + measures * self.measure_seconds + self._closing_seconds
            self._budget.tell(message, min(seconds, self._budget.left_seconds))
        self._reported = time.monotonic()

    def settle(self, network: ElementTransformer) -> float:
        """Load the state to keep; return how far from the base it lies."""
        _, old, best = self._best
        if self._remembers(old):
            network.load_state_dict(best)
            return 1.0
        for share in (0.8, 0.6, 0.4, 0.2):
            mixed = {name: torch.lerp(self._start[name], tensor, share) for name, tensor in best.items()}
            network.load_state_dict(mixed)
            if self._remembers(nats_per_note(network, self._old, self._config, most=MOST_BLOCKS)["nll"]):
                return share
        network.load_state_dict(self._start)
        return 0.0

    def _remembers(self, old: float | None) -> bool:
        return old is None or old <= (self.course[0][2] or 0.0) * (1 + self._recipe.forgetting)

    def _measure(self, trainer: lightning.Trainer, module: ElementModule) -> None:
        began, network, step = time.monotonic(), module.network, trainer.global_step
        every = replace(self._config, validate_on=())
        new = nats_per_note(network, self._new, every, most=MOST_BLOCKS)
        old = nats_per_note(network, self._old, self._config, most=MOST_BLOCKS) if self._old else None
        self.measure_seconds = time.monotonic() - began
        self._measured_seconds += self.measure_seconds
        if not self.course:
            self.before = new, old
        old_nll = None if old is None else old["nll"]
        self.course.append((step, new["nll"], old_nll))
        for logger in trainer.loggers:
            logger.log_metrics({"new_nll": new["nll"]} | ({} if old_nll is None else {"old_nll": old_nll}), step)
        if step >= _STEPS_TO_PLAN:
            self._plan(step, module)
        on_old = "" if old_nll is None else f", old {old_nll:.3f}"
        self._tell(f"step {step} of {module.horizon}: new {new['nll']:.3f} nats a note{on_old}", step, module)
        self._waited += 1
        if new["nll"] < self._best[0]:
            self._best, self._waited = (new["nll"], old_nll, _state(network)), 0


def _module(module: lightning.LightningModule) -> ElementModule:
    return cast(ElementModule, module)


def _state(network: ElementTransformer) -> State:
    return {name: tensor.detach().cpu().clone() for name, tensor in network.state_dict().items()}
