"""A training in a notebook: started, stopped and resumed by buttons, with its curves and samples while it learns."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lightning
import torch
import traitlets

from training.config import TrainingConfig
from training.run import TrainedRun, train
from workbench.domain.audio import Audio
from workbench.domain.errors import ParameterError, WorkbenchError
from workbench.models.library import keep_network
from workbench.widgets.instrument import Answering, action, front_end, loop_of, sheet
from workbench.widgets.networks.networks import show_kept

if TYPE_CHECKING:
    from training.dataset import EncodedPart

_HERE = Path(__file__).resolve().parent
_EVERY_SECONDS = 0.5
MOST_POINTS = 400
"""Of the training curve that the page draws; it shows the mean of the steps between."""


class TrainingStoppedError(WorkbenchError):
    """The training was stopped by hand, after its state was written."""


class TrainingMonitor(Answering):
    """Trains an element while the page shows loss, validation by field, speed, and what the network writes so far.

    *Stop* writes a checkpoint, and *Go on* takes it up: the network, the optimiser and the curve are where they were.

    Parameters
    ----------
    config : TrainingConfig
        The recipe; its `sample_every` says how often the network writes what can be heard.
    data, folder : path
        Corpora, and where checkpoints, samples and weights go.
    limit : int, optional
        At most so many songs of each corpus and split.
    parts : list of EncodedPart, optional
        What was read of the corpora already.
    track : bool
        Log the run to MLflow.

    Attributes
    ----------
    run : TrainedRun or None
        The finished training.
    """

    _esm = front_end(_HERE / "monitor.js")
    _css = sheet()
    state = traitlets.Unicode("ready").tag(sync=True)
    element = traitlets.Unicode("").tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    steps = traitlets.Int(1).tag(sync=True)
    losses: Any = traitlets.List().tag(sync=True)
    validation: Any = traitlets.Dict().tag(sync=True)
    speed = traitlets.Float(0.0).tag(sync=True)
    moments: Any = traitlets.List().tag(sync=True)
    songs = traitlets.Int(0).tag(sync=True)
    url = traitlets.Unicode("").tag(sync=True)
    has_weights = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        config: TrainingConfig,
        data: str | Path,
        folder: str | Path,
        *,
        limit: int | None = None,
        parts: list[EncodedPart] | None = None,
        track: bool = True,
    ) -> None:
        super().__init__()
        if not isinstance(config, TrainingConfig):
            raise ParameterError(f"TrainingMonitor: expected a recipe, got {type(config).__name__}")
        self.config, self._data, self._folder = config, Path(data), Path(folder)
        self._limit, self._parts, self._track = limit, parts, track
        self._over = threading.Event()
        self.run: TrainedRun | None = None
        self.element, self.steps = config.element, config.steps
        if (self._folder / "last.ckpt").is_file():
            self.state = "stopped"
            self.tell("a training was stopped here: it goes on from its last checkpoint")
        self.look()

    @action
    def start(self) -> None:
        """Begin, or go on from the last checkpoint."""
        if self.state == "done":
            raise ParameterError("this training is finished: take another folder for another one")
        self._over.clear()
        self.begin(self._train)

    @action
    def stop(self) -> None:
        """Write a checkpoint after the step that is being made, and stop there."""
        self._over.set()

    @action
    def look(self) -> None:
        """Find the samples that have been written."""
        names = sorted(path.name for path in (self._folder / "samples").glob("*") if path.is_dir())
        steps = [name for name in names if name.startswith("step-")]
        self.moments = [{"name": name, "title": f"step {int(name[5:])}"} for name in steps] + [
            {"name": "songs", "title": "the songs"} for name in names if name == "songs"
        ]
        self.has_weights = self._weights.is_file()
        self.songs = max((len(list((self._folder / "samples" / name).glob("*.mp3"))) for name in names), default=0)

    @action
    def hear(self, moment: str, song: int) -> None:
        """Send what the network wrote at a moment, `step-000120` or `songs`, of a song from 1: sound and piano roll."""
        import soundfile

        known = [one["name"] for one in self.moments]
        if moment not in known or song not in range(1, self.songs + 1):
            raise ParameterError(f"sample {song!r} of {moment!r} is not there: {', '.join(known) or 'none yet'}")
        place = self._folder / "samples" / moment
        frames, rate = soundfile.read(place / f"{song}.mp3", dtype="float32", always_2d=True)
        message, buffers = loop_of({"sample": Audio(frames.T, rate)}, (song, song), moment=moment)
        self.send(message, [*buffers, (place / f"{song}.png").read_bytes()])

    @action
    def keep(self, name: str) -> None:
        """Keep the trained network under a name, for requests and to compare it with others."""
        keep_network(self._weights, self.config.element, str(name).strip())
        show_kept(self.config.element)
        self.tell(f"kept: a song is written by it with {self.config.element} network {name}; it can be compared below")

    @property
    def _weights(self) -> Path:
        return self._folder / f"{self.config.element}.safetensors"

    def _train(self) -> None:
        self.state = "reading"
        self.tell("reading the data")
        try:
            self.run = train(
                self.config, self._data, self._folder, track=self._track, limit=self._limit, parts=self._parts,
                callbacks=(_Watch(self),),
            )  # fmt: skip
        except TrainingStoppedError as stopped:
            self.state = "stopped"
            self.tell(str(stopped))
            return
        except Exception as error:
            self.state = "failed"
            self.tell(" ".join(str(error).split())[:300] or type(error).__name__, failed=True)
            return
        self.look()
        self.url, self.state = self.run.url or "", "done"
        nats = self.run.card["validation_nats_per_note"]["nll"]
        self.tell(f"learned for {self.run.card['steps']} steps: {nats:.3f} nats a note on validation")


class _Watch(lightning.Callback):
    """Keeps the curves, shows them now and then, and ends the training where the page asks for it."""

    def __init__(self, page: TrainingMonitor) -> None:
        self._page = page
        self._losses: list[tuple[int, float]] = []
        self._validation: dict[str, list[tuple[int, float]]] = {}
        self._shown, self._began, self._first, self._notes = 0.0, 0.0, 0, 0

    def state_dict(self) -> dict[str, Any]:
        """What checkpoints keep, so that a run that goes on shows the whole curve."""
        return {"losses": list(self._losses), "validation": {name: list(at) for name, at in self._validation.items()}}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take up the curve of the run that stopped."""
        self._losses = [(int(step), float(loss)) for step, loss in state_dict["losses"]]
        self._validation = {name: [tuple(one) for one in at] for name, at in state_dict["validation"].items()}

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Say that it begins."""
        self._began, self._first = time.monotonic(), trainer.global_step
        self._page.state = "learning"
        self._show(trainer)

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Add the step's loss; stop after it where that was asked for."""
        loss = outputs["loss"] if isinstance(outputs, dict) else outputs
        self._losses.append((trainer.global_step, float(torch.as_tensor(loss))))
        if self._page._over.is_set():
            trainer.save_checkpoint(self._page._folder / "last.ckpt")
            self._show(trainer)
            raise TrainingStoppedError(
                f"stopped at step {trainer.global_step} of {trainer.max_steps}: it goes on from there"
            )
        if time.monotonic() - self._shown > _EVERY_SECONDS:
            self._show(trainer)

    def on_validation_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Add the figures of the validation."""
        if trainer.state.fn != "fit":
            return
        for name, value in trainer.callback_metrics.items():
            if name.startswith("val_"):
                self._validation.setdefault(name.removeprefix("val_"), []).append((trainer.global_step, float(value)))
        self._show(trainer)

    def on_train_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Show all of it."""
        self._show(trainer)
        self._page.tell("learned; the last validation takes a moment")

    def _show(self, trainer: lightning.Trainer) -> None:
        page, self._shown = self._page, time.monotonic()
        done = trainer.global_step - self._first
        with page.hold_sync():
            page.step, page.steps = trainer.global_step, max(1, trainer.max_steps)
            page.losses = thinned(self._losses, MOST_POINTS)
            page.validation = {name: [list(one) for one in at] for name, at in self._validation.items()}
            page.speed = done / max(1e-6, self._shown - self._began)
            page.progress = min(1.0, trainer.global_step / page.steps)
            page.look()
            last = self._validation.get("nll")
            page.tell(
                f"step {page.step} of {page.steps}" + (f", {last[-1][1]:.3f} nats a note on validation" if last else "")
            )


def thinned(points: list[tuple[int, float]], most: int) -> list[list[float]]:
    """At most so many points: means of equal stretches, each at its last step.

    Examples
    --------
    >>> thinned([(1, 4.0), (2, 2.0), (3, 1.0), (4, 3.0)], 2)
    [[2, 3.0], [4, 2.0]]
    """
    stretch = -(-len(points) // most) or 1
    groups = [points[start : start + stretch] for start in range(0, len(points), stretch)]
    return [[group[-1][0], sum(loss for _, loss in group) / len(group)] for group in groups]
