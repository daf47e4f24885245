"""The loop of fine-tuning: new windows, old ones between them, and a watch over what is gained and forgotten."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

import lightning
import torch
from torch import Tensor

from training.config import TrainingConfig
from training.dataset import EncodedPart
from training.fit import trainer_precision
from training.module import ElementData, ElementModule
from workbench.models.lora import with_lora
from workbench.models.transformer import ElementTransformer

Method = Literal["lora", "full"]
State = dict[str, Tensor]
NEW = "new"
"""The corpus name of the user's own parts while they are learned."""


@dataclass(frozen=True, slots=True)
class TuningRecipe:
    """How a network is tuned.

    Parameters
    ----------
    method : {"lora", "full"}
        A low-rank change of `rank` beside frozen weights, or all weights.
    rank : int
    minutes : float
        Longest time of the loop; the learning rate comes down in time for it.
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
    minutes: float = 8.0
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
    how far the kept state lies on the way from the base to what was learned: 1 is all the way.
    """

    network: ElementTransformer
    course: tuple[tuple[int, float, float | None], ...]
    steps: int
    share: float
    seconds: float


def tune(
    network: ElementTransformer,
    new: Sequence[EncodedPart],
    old: Sequence[EncodedPart],
    config: TrainingConfig,
    recipe: TuningRecipe,
    *,
    logger: Any = False,
    report: Callable[[float, str], None] | None = None,
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
    report : callable, optional
        Called with a fraction 0..1 and how far it is.
    """
    watch = _Watch(recipe, new, old, config, report)
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
        trainer.fit(module, ElementData(parts, config))
    except SystemExit:
        # Lightning leaves the process after Ctrl-C; whoever called decides that.
        raise KeyboardInterrupt from None
    network = module.network.cpu()
    share = watch.settle(network)
    return Tuned(network.eval(), tuple(watch.course), trainer.global_step, share, watch.seconds)


def nats_per_note(
    network: ElementTransformer, parts: Sequence[EncodedPart], config: TrainingConfig
) -> dict[str, float]:
    """Nats a note by field and in total ("nll") on the validation blocks of `parts`, by the measure of training."""
    module = ElementModule(config)
    module.network = network
    device, training = next(network.parameters()).device, network.training
    network.eval()
    module.on_validation_epoch_start()
    with torch.no_grad():
        for number, batch in enumerate(ElementData(parts, config).val_dataloader()):
            module.validation_step(type(batch)(*(tensor.to(device) for tensor in batch)), number)
    network.train(training)
    return {name: round(value, 4) for name, value in module.nats_per_note().items()}


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
        report: Callable[[float, str], None] | None,
    ) -> None:  # fmt: skip
        self.course: list[tuple[int, float, float | None]] = []
        self.seconds = 0.0
        self._recipe, self._new, self._old, self._config = recipe, new, old, config
        self._report = report or (lambda fraction, message: None)
        self._start: State = {}
        self._best: tuple[float, float | None, State] = (math.inf, None, {})
        self._waited, self._started = 0, 0.0

    def on_train_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """The figures before the first step."""
        self._started = time.monotonic()
        self._start = _state(_network_of(pl_module))
        self._measure(trainer, _network_of(pl_module))

    def on_train_batch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Measure when it is due; end when time is up or when nothing is gained any more."""
        recipe, step = self._recipe, trainer.global_step
        self.seconds = time.monotonic() - self._started
        late = self.seconds > recipe.minutes * 60
        if step % recipe.validate_every == 0 or step >= recipe.steps or late:
            self._measure(trainer, _network_of(pl_module))
            trainer.should_stop = late or self._waited >= recipe.patience

    def settle(self, network: ElementTransformer) -> float:
        """Load the state to keep; return how far from the base it lies."""
        _, old, best = self._best
        if self._remembers(old):
            network.load_state_dict(best)
            return 1.0
        for share in (0.8, 0.6, 0.4, 0.2):
            mixed = {name: torch.lerp(self._start[name], tensor, share) for name, tensor in best.items()}
            network.load_state_dict(mixed)
            if self._remembers(nats_per_note(network, self._old, self._config)["nll"]):
                return share
        network.load_state_dict(self._start)
        return 0.0

    def _remembers(self, old: float | None) -> bool:
        return old is None or old <= (self.course[0][2] or 0.0) * (1 + self._recipe.forgetting)

    def _measure(self, trainer: lightning.Trainer, network: ElementTransformer) -> None:
        new = nats_per_note(network, self._new, replace(self._config, validate_on=()))["nll"]
        old = nats_per_note(network, self._old, self._config)["nll"] if self._old else None
        step = trainer.global_step
        self.course.append((step, new, old))
        for logger in trainer.loggers:
            logger.log_metrics({"new_nll": new} | ({} if old is None else {"old_nll": old}), step)
        on_old = "" if old is None else f", old {old:.3f}"
        self._report(step / self._recipe.steps, f"step {step}: new {new:.3f} nats a note{on_old}")
        self._waited += 1
        if new < self._best[0]:
            self._best, self._waited = (new, old, _state(network)), 0


def _network_of(module: lightning.LightningModule) -> ElementTransformer:
    return cast(ElementModule, module).network


def _state(network: ElementTransformer) -> State:
    return {name: tensor.detach().cpu().clone() for name, tensor in network.state_dict().items()}
