"""Samples while a network learns: what it would write now, to hear and to see, beside what the songs hold themselves.

Before the first step and every `every` steps the network writes the same bars of the same validation songs from the
same seeds. MIDI, sound and piano roll go into the run's own folder and to MLflow, under `samples/step-000400/`;
`samples.html` plays any two of these moments beside each other. A sample that fails is reported in one line and never
ends a training.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import lightning
import numpy as np

from training.audition import audition
from training.dataset import EncodedPart
from training.excerpts import filled_bars, own_excerpt, write_excerpt
from training.module import ElementModule
from training.takes_page import takes_of, takes_page
from workbench.domain.files import atomic_folder
from workbench.domain.score import Score

SAMPLE_BARS = 8
PAGE = "samples.html"
_PAGE_NOTE = "The same bars of songs that are held out, from the same seeds: what the network writes as it learns."
_SONGS = 3

log = logging.getLogger(__name__)


class SampleWriter(lightning.Callback):
    """Lets the network write a few bars every so many steps.

    Parameters
    ----------
    parts : sequence of EncodedPart
        The validation songs among them are written anew.
    folder : Path
        The run's own.
    every : int
        Optimiser steps from one to the next; the first ones come with what the songs hold themselves.
    seed : int
    """

    def __init__(self, parts: Sequence[EncodedPart], folder: Path, *, every: int, seed: int) -> None:
        self._songs = choose_songs(parts)
        self._folder, self._every, self._seed = folder, every, seed
        self._written = -1

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Write what the network does before it learns anything."""
        if trainer.global_step == 0 and self._every <= trainer.max_steps:
            self._sample(trainer, module)

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Write samples where they are due."""
        if trainer.global_step % self._every == 0:
            self._sample(trainer, module)

    def on_train_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Write the samples of the last step, unless the whole run was shorter than the way to the first ones."""
        if trainer.global_step > self._every:
            self._sample(trainer, module)

    def _sample(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        if not trainer.is_global_zero or self._written == trainer.global_step:
            return
        element = _module(module).recipe.element
        if self._written < 0:
            self._keep(trainer, "songs", (own_excerpt(part, element, bar, SAMPLE_BARS) for part, bar in self._songs))
        self._written = trainer.global_step
        # A copy: training goes on with a network that was never moved or switched to evaluation.
        network = copy.deepcopy(_module(module).network).cpu().float().eval()
        scores = (write_excerpt(network, part, bar, SAMPLE_BARS, self._seed) for part, bar in self._songs)
        self._keep(trainer, f"step-{trainer.global_step:06d}", scores)

    def _keep(self, trainer: lightning.Trainer, name: str, scores: Iterable[Score]) -> None:
        try:
            with atomic_folder(self._folder / "samples" / name) as place:
                for number, score in enumerate(scores, 1):
                    audition(score, place, f"{number}")
            page = takes_page("Samples", takes_of(self._folder / "samples"), _PAGE_NOTE)
            (self._folder / PAGE).write_text(page, encoding="utf-8")
            _hand_in(trainer.logger, self._folder, name)
        except Exception as error:
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            log.warning("samples %s could not be made: %s; the training goes on", name, reason)


def _hand_in(logger: Any, folder: Path, name: str) -> None:
    """Log the samples of a moment, and the page as it is now, where there is a logger that takes files."""
    if hasattr(getattr(logger, "experiment", None), "log_artifacts"):
        logger.experiment.log_artifacts(logger.run_id, str(folder / "samples" / name), f"samples/{name}")
        logger.experiment.log_artifact(logger.run_id, str(folder / PAGE))


def choose_songs(parts: Sequence[EncodedPart], count: int = _SONGS) -> list[tuple[EncodedPart, int]]:
    """Validation songs far apart in their order, and of each the eight bars that are best filled.

    Returns
    -------
    list of (EncodedPart, first bar)
        Fewer than `count` if there are not so many.
    """
    held_out = [part for part in parts if part.split == "validation"]
    long = [part for part in held_out if part.bars >= SAMPLE_BARS] or held_out
    places = {round(place) for place in np.linspace(0, len(long) - 1, count)} if long else set()
    return [(long[place], _fullest(long[place])) for place in sorted(places)]


def _fullest(part: EncodedPart) -> int:
    """First bar of the eight, counted from the start in eights, in which most bars hold notes."""
    filled = filled_bars(part)
    starts = range(0, max(1, part.bars - SAMPLE_BARS + 1), SAMPLE_BARS)
    return max(starts, key=lambda start: (int(filled[start : start + SAMPLE_BARS].sum()), -start))


def _module(module: lightning.LightningModule) -> ElementModule:
    if not isinstance(module, ElementModule):
        raise TypeError(f"expected an ElementModule, got {type(module).__name__}")
    return module
