"""Fit an element: corpora in, safetensors with a card out. A stopped run goes on from its last checkpoint."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint

from training.calibration import apply_temperatures, fit_temperatures
from training.callbacks import Meters
from training.checkpoints import check_place, fetched_checkpoint, read_checkpoint
from training.config import TrainingConfig
from training.corpora import CORPORA, read_corpora
from training.dataset import EncodedPart, encode_part
from training.machines import SINGLE, Machines
from training.module import ElementDataModule, ElementModule
from training.provenance import data_hash, git_revision
from training.samples import SampleWriter
from workbench.domain.errors import CorpusError, ModelError
from workbench.models.checkpoint import load_checkpoint, read_card, save_checkpoint
from workbench.models.elements import get_spec

_VALIDATION_SHARE_WHILE_TRAINING = 0.25


def load_parts(data: Path, config: TrainingConfig, limit: int | None = None) -> list[EncodedPart]:
    """Read and encode the recipe's corpora.

    Parameters
    ----------
    data : Path
        Folder that holds the corpora.
    config : TrainingConfig
    limit : int, optional
        At most so many songs of each corpus and split, for a quick try.

    Raises
    ------
    CorpusError
        If a corpus is missing, or if nothing is left to train or to validate on.
    """
    spec = get_spec(config.element)
    parts, seen = [], Counter[tuple[str, str]]()
    for song in read_corpora(data, tuple(config.corpora)):
        if limit is not None and seen[song.corpus, song.split] >= limit:
            continue
        part = encode_part(song, spec)
        if part is not None:
            seen[song.corpus, song.split] += 1
            parts.append(part)
    for split in ("train", "validation"):
        if not any(part.split == split for part in parts):
            raise CorpusError(f"{data} holds no {split} song with {config.element}")
    return parts


def fit(
    config: TrainingConfig,
    data: Path,
    run_dir: Path,
    *,
    limit: int | None = None,
    start: Path | None = None,
    logger: Any = False,
    progress: bool = True,
    callbacks: Sequence[lightning.Callback] = (),
    parts: list[EncodedPart] | None = None,
    machines: Machines = SINGLE,
    checkpoints: str | None = None,
    command: str | None = None,
) -> Path:
    """Train an element and write its weights.

    Parameters
    ----------
    config, data, run_dir : TrainingConfig, Path, Path
        The recipe, the folder that holds the corpora, and where checkpoints and the result go.
    limit, start : int, Path, optional
        Songs of each corpus and split; weights to start from, of the size of the recipe's network.
    logger, progress, callbacks
        Lightning logger or False; whether a progress bar is shown; what is called beside checkpoints and stopping.
    parts, command : list of EncodedPart, str, optional
        What `load_parts` gave, where it was called already; what was typed, for the card.
    machines, checkpoints : Machines, str
        Processes and machines that share the work. A folder that all of them see, or an address that fsspec knows
        (`s3://bucket/run`), for checkpoints instead of `run_dir`; a `last.ckpt` found there is resumed.

    Returns
    -------
    Path
        The weights, `run_dir/<element>.safetensors`, with the card beside them; only the first process writes them.
    """
    lightning.seed_everything(config.seed, verbose=False)
    started = time.monotonic()
    parts = load_parts(data, config, limit) if parts is None else parts
    module = _module(config, start)
    place = check_place(str(run_dir) if checkpoints is None else checkpoints)
    best = ModelCheckpoint(place, filename="best", monitor="val_nll", save_top_k=1, enable_version_counter=False)
    watchers = [_last_checkpoint(config, place), best, *([Meters()] if logger else []), *callbacks]
    if config.sample_every:
        watchers.append(SampleWriter(parts, run_dir, every=config.sample_every, seed=config.seed))
    origin = provenance(parts, command)
    trainer = _trainer(config, run_dir, machines, watchers, precision=origin["precision"], logger=logger, bar=progress)
    if logger:
        logger.log_hyperparams({**asdict(config), **origin})
    data_module = ElementDataModule(parts, config, _VALIDATION_SHARE_WHILE_TRAINING)
    _train(trainer, module, data_module, fetched_checkpoint(place, run_dir))
    path = run_dir / f"{config.element}.safetensors"
    if trainer.global_rank == 0:
        module = _best(config, best.best_model_path)
        temperatures, metrics = calibrate(module, parts, config), validate(module, parts, config)
        card = describe(config, parts, metrics, trainer.global_step, time.monotonic() - started, origin)
        earlier = {} if start is None else {"started_from": earlier_training(start)}
        save_checkpoint(module.network, path, card | {"temperatures": temperatures} | earlier)
    return path


def _best(config: TrainingConfig, place: str) -> ElementModule:
    """The network of the best checkpoint: of one that was parted each process holds a part, the checkpoint is whole."""
    module = ElementModule(config)
    module.load_state_dict(read_checkpoint(place)["state_dict"])
    return module


def _module(config: TrainingConfig, start: Path | None) -> ElementModule:
    module = ElementModule(config)
    if start is not None:
        module.network.load_state_dict(matching_weights(start, config))
    return module


def _trainer(
    config: TrainingConfig,
    run_dir: Path,
    machines: Machines,
    callbacks: Sequence[lightning.Callback],
    *,
    precision: Any,
    logger: Any,
    bar: bool,
) -> lightning.Trainer:
    """Lightning's trainer for a recipe: it validates by steps, stops early, and keeps a checkpoint to go on from."""
    return lightning.Trainer(
        accelerator=machines.accelerator, devices=machines.devices, num_nodes=machines.nodes,
        strategy=machines.lightning_strategy(), use_distributed_sampler=False, precision=precision,
        max_steps=config.steps,
        val_check_interval=min(config.validate_every, config.steps), check_val_every_n_epoch=None,
        gradient_clip_val=config.gradient_clip,
        callbacks=[EarlyStopping("val_nll", patience=config.patience), *callbacks],
        logger=logger, enable_progress_bar=bar, enable_model_summary=False, log_every_n_steps=20,
        num_sanity_val_steps=0, default_root_dir=run_dir,
    )  # fmt: skip


def _last_checkpoint(config: TrainingConfig, place: str) -> ModelCheckpoint:
    """Keeps what a stopped run goes on from."""
    return ModelCheckpoint(
        place, filename="last", every_n_train_steps=config.checkpoint_every, enable_version_counter=False
    )


def _train(trainer: lightning.Trainer, module: ElementModule, data: ElementDataModule, resume: Path | None) -> None:
    try:
        trainer.fit(module, data, ckpt_path=None if resume is None else str(resume), weights_only=True)
    except SystemExit:
        # Lightning leaves the process after Ctrl-C; whoever called decides that.
        raise KeyboardInterrupt from None


def matching_weights(start: Path, config: TrainingConfig) -> dict[str, torch.Tensor]:
    """Weights to start from.

    Raises
    ------
    ModelError
        If they are missing or damaged, or are not of the recipe's element and size.
    """
    network = load_checkpoint(start)
    same_size = replace(network.config, dropout=config.model.dropout) == config.model
    if network.spec.name != config.element or not same_size:
        raise ModelError(f"weights {start.name} do not fit the recipe: expected {config.element} of {config.model}")
    return network.state_dict()


def earlier_training(start: Path) -> dict[str, Any]:
    """What the card tells of the weights that a training started from."""
    card = read_card(start)
    return {key: card[key] for key in ("sha256", "recipe", "steps", "minutes", "started_from") if key in card}


def calibrate(module: ElementModule, parts: list[EncodedPart], config: TrainingConfig) -> dict[str, float]:
    """Make the network no surer than it is right on validation blocks; the temperatures that were folded in."""
    network = module.network.cpu().eval()
    temperatures = fit_temperatures(network, ElementDataModule(parts, config).val_dataloader())
    apply_temperatures(network, temperatures)
    return temperatures


def validate(module: ElementModule, parts: list[EncodedPart], config: TrainingConfig) -> dict[str, float]:
    """Nats a note on every validation block, by field and in total."""
    trainer = lightning.Trainer(
        accelerator="cpu", devices=1, logger=False, enable_progress_bar=False, enable_model_summary=False,
        enable_checkpointing=False,
    )  # fmt: skip
    trainer.validate(module, ElementDataModule(parts, config), verbose=False)
    return {name: round(value, 4) for name, value in module.nats_per_note().items()}


def provenance(parts: Sequence[EncodedPart], command: str | None = None) -> dict[str, Any]:
    """What else a run depends on, for its log and card: command, data, code, PyTorch, arithmetic, date."""
    return {
        "command": command,
        "data_sha256": data_hash(parts),
        "git_revision": git_revision(),
        "torch": torch.__version__.split("+")[0],
        "precision": trainer_precision(),
        "date": datetime.now(tz=UTC).date().isoformat(),
    }


def describe(
    config: TrainingConfig, parts: list[EncodedPart], metrics: dict[str, float], steps: int, seconds: float,
    origin: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """What the model card tells: recipe, origin, time, data with licences and citations, validation figures."""
    songs = Counter((part.corpus, part.split) for part in parts)
    corpora = [
        {
            "name": name, "share": share, "tier": CORPORA[name].tier, "licence": CORPORA[name].licence,
            "citation": CORPORA[name].citation, "train_songs": songs[name, "train"],
            "validation_songs": songs[name, "validation"],
        }
        for name, share in config.corpora.items()
    ]  # fmt: skip
    recipe = json.loads(json.dumps(asdict(config)))
    return {
        "recipe": recipe,
        "steps": steps,
        "minutes": round(seconds / 60, 1),
        **origin,
        "data": corpora,
        "validation_nats_per_note": metrics,
    }


def trainer_precision() -> Any:
    """Lightning's name of the precision to train in: bf16 only where the processor computes in it, and so is faster."""
    return "bf16-mixed" if torch.cuda.is_available() or _has_bf16() else "32-true"


def _has_bf16() -> bool:
    try:
        return "avx512_bf16" in Path("/proc/cpuinfo").read_text() or "amx_bf16" in Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
