"""What the training notebooks show: tables, pictures, a curve that grows while a network learns, samples to hear."""

from __future__ import annotations

import io
import shutil
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as w
import lightning
import torch

from training.audition import sound
from training.config import TrainingConfig, load_config
from training.corpora import CORPORA, CorpusReading
from training.corpora.sets.tutorial import tutorial_data
from training.dataset import EncodedPart
from training.pictures import loss_curves
from training.presence import fit_to_data, is_present
from workbench.domain.score import Score
from workbench.models.history import STEP_COLUMN
from workbench.models.spec import BAR_STEP
from workbench.output.figures.drawing import to_png
from workbench.output.figures.labels import format_number
from workbench.output.figures.palette import INK, MUTED
from workbench.output.report.html_tables import plain_table
from workbench.tracking import workspace
from workbench.widgets.pictures import embedded as embedded
from workbench.widgets.progress import ProgressBar
from workbench.widgets.roll import PianoRoll
from workbench.widgets.tables import HtmlTable

if TYPE_CHECKING:
    from training.finetuning import FineTuneResult
    from workbench.models.transformer import ElementTransformer

_REDRAW_SECONDS = 2.0
_MEANINGS = {
    "corpora": "share of each corpus in what is drawn",
    "validate_on": "corpora of the validation figure; all of them if none is named",
    "model": "size of the network",
    "rows": "longest window, in notes and bar lines",
    "batch": "windows a step",
    "steps": "optimiser steps",
    "learning_rate": "AdamW; warms up, then falls as a cosine to 3 %",
    "weight_decay": "on matrices only",
    "gradient_clip": "largest norm of the gradient",
    "warm_up": "steps until the full rate",
    "validate_every": "steps between validations",
    "patience": "validations without gain until it stops early",
    "checkpoint_every": "steps between the checkpoints that a stopped run goes on from",
    "sample_every": "steps between samples to hear",
    "seed": "of windows, weights and dropout",
}


def choose_recipe(element: str, data: Path, *, name: str = "small", **changes: Any) -> TrainingConfig:
    """The recipe of that name with the corpora that `data` holds; on the tutorial corpus if it holds none of them.

    Raises
    ------
    ParameterError
        If there is no such recipe.
    """
    recipe = load_config(f"{element}-{name}" if name else element)
    corpora = dict(fit_to_data(recipe, data).config.corpora) if holds_corpora(data, recipe) else {"tutorial": 1.0}
    return load_config(f"{element}-{name}" if name else element, corpora=corpora, **changes)


def holds_corpora(data: Path, recipe: TrainingConfig) -> bool:
    """Whether a data folder holds a corpus of a recipe."""
    return any(is_present(corpus, data) for corpus in recipe.corpora)


def recipe_table(config: TrainingConfig) -> HtmlTable:
    """Every value of a recipe and what it means."""
    shares = {name: f"{share:.0%}" for name, share in config.corpora.items()}
    values = {**asdict(config), "corpora": shares}
    rows = [(name, _text_of(values[name]), meaning) for name, meaning in _MEANINGS.items()]
    return HtmlTable(plain_table(("Recipe", config.element, "What it means"), rows))


def data_table(parts: Sequence[EncodedPart]) -> HtmlTable:
    """Songs, bars, notes, tempi and styles by corpus and split."""
    groups: dict[tuple[str, str], list[EncodedPart]] = defaultdict(list)
    for part in parts:
        groups[part.corpus, part.split].append(part)
    rows = []
    for (corpus, split), group in sorted(groups.items()):
        tempi = [part.context.tempo_bpm for part in group]
        styles = sorted({part.context.style for part in group if part.context.style})
        text = ", ".join(styles[:8]) + (f" and {len(styles) - 8} more" if len(styles) > 8 else "")
        notes = sum(int((part.rows[:, STEP_COLUMN] != BAR_STEP).sum()) for part in group)
        bars = sum(part.bars for part in group)
        speed = f"{min(tempi):.0f} to {max(tempi):.0f}"
        licence = CORPORA[corpus].licence if corpus in CORPORA else ""
        rows.append((corpus, split, f"{len(group):,}", f"{bars:,}", f"{notes:,}", speed, text, licence))
    heads = ("Corpus", "Split", "Songs", "Bars", "Notes", "BPM", "Styles", "Licence")
    return HtmlTable(plain_table(heads, rows, numeric=(2, 3, 4)))


class LiveCurve(lightning.Callback):
    """The loss as a picture that grows in the notebook while a network learns; `widget` is what is shown.

    Hand it to `training.run.train` among the callbacks.
    """

    def __init__(self) -> None:
        self.bar = ProgressBar()
        self._image = w.Image(format="png", layout=w.Layout(width="100%"))
        self.widget = w.VBox([self.bar, self._image], layout=w.Layout(width="100%"))
        self.training: list[tuple[int, float]] = []
        self.validation: dict[str, list[tuple[int, float]]] = {}
        self._drawn = 0.0

    def state_dict(self) -> dict[str, Any]:
        """What checkpoints keep, so that a run that goes on shows the whole curve."""
        return {"training": list(self.training), "validation": {name: list(at) for name, at in self.validation.items()}}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take up the curve of the run that stopped."""
        self.training = list(state_dict["training"])
        self.validation = {name: list(at) for name, at in state_dict["validation"].items()}

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Say that the data is read and that it begins."""
        self.bar(0.0, "learning")

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Add the step's loss, and draw now and then."""
        loss = outputs["loss"] if isinstance(outputs, Mapping) else outputs
        self.training.append((trainer.global_step, float(torch.as_tensor(loss))))
        if time.monotonic() - self._drawn > _REDRAW_SECONDS:
            self._draw(trainer)

    def on_validation_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Add the validation's figures and draw."""
        if trainer.state.fn == "fit":
            for name, value in trainer.callback_metrics.items():
                if name.startswith("val_"):
                    points = self.validation.setdefault(name.removeprefix("val_"), [])
                    points.append((trainer.global_step, float(value)))
            self._draw(trainer)

    def on_train_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Draw the whole curve."""
        self._draw(trainer)
        self.bar(1.0, f"learned for {trainer.global_step} steps; the last validation takes a moment")

    def _draw(self, trainer: lightning.Trainer) -> None:
        steps = max(1, trainer.max_steps)
        self._image.value = to_png(loss_curves(self.training, self.validation, steps))
        last = self.validation.get("nll")
        text = f", {last[-1][1]:.3f} nats a note on validation" if last else ""
        self.bar(min(1.0, trainer.global_step / steps), f"step {trainer.global_step} of {steps}{text}")
        self._drawn = time.monotonic()


def hear(score: Score, title: str = "") -> w.Widget:
    """A score to play and to look at, under its title."""
    head = w.HTML(f'<b style="color:{INK}">{escape(title)}</b> <span style="color:{MUTED}">{_facts(score)}</span>')
    player = w.Audio(value=_mp3(score), format="mp3", autoplay=False, loop=False)
    return w.VBox([head, player, PianoRoll(score)], layout=w.Layout(width="100%", margin="0 0 14px 0"))


def compare(scores: Mapping[str, Score]) -> w.Widget:
    """Scores under each other, each under its title, to play and to look at."""
    return w.VBox([hear(score, title) for title, score in scores.items()], layout=w.Layout(width="100%"))


def figures_of(
    networks: Mapping[str, ElementTransformer], parts: Sequence[EncodedPart], config: TrainingConfig
) -> dict[str, dict[str, float]]:
    """Nats a note of each network, by field and in total, on the validation songs among `parts`, of whatever corpus."""
    from training.tuning import nats_per_note

    config = replace(config, validate_on=())
    return {name: nats_per_note(network, parts, config) for name, network in networks.items()}


def example_folder(folder: Path, styles: Sequence[str]) -> Path:
    """A folder of MIDI files like a user's own: the tutorial songs of some styles, copied into `folder`."""
    source = tutorial_data() / "tutorial" / "midi"
    folder.mkdir(parents=True, exist_ok=True)
    for style in styles:
        for path in sorted(source.glob(f"{style}-?.mid")):
            shutil.copy(path, folder / path.name)
    return folder


def folder_table(reading: CorpusReading) -> HtmlTable:
    """What was read of each file: bars, key, tempo and notes by element, or why it was left out."""
    rows = []
    for outcome in reading.outcomes:
        song = outcome.song
        if song is None:
            rows.append((outcome.name, "", "", "", outcome.reason))
            continue
        text = ", ".join(f"{len(table)} {element}" for element, table in song.parts.items())
        rows.append((outcome.name, str(song.bars), str(song.key or ""), format_number(song.tempo_bpm), text))
    return HtmlTable(plain_table(("File", "Bars", "Key", "BPM", "Notes, or why it is left out"), rows, numeric=(1, 3)))


def finetune(element: str, folder: Path, name: str, **options: Any) -> FineTuneResult:
    """`training.finetune` as one run in MLflow, with the same song before and after; the options are the same."""
    from training.tuned_run import finetune_run

    options.setdefault("samples", workspace() / "runs" / "finetune" / element / name)
    return finetune_run(element, folder, name, **options)


def card_table(cards: Mapping[str, Mapping[str, Any]]) -> HtmlTable:
    """Model cards beside each other: how each came to be, and its figure."""
    heads = ("Network", "Nats a note", "Steps", "Minutes", "Width", "Trained on", "Licences", "Precision", "Date")
    rows = []
    for name, card in cards.items():
        data = card.get("data", [])
        trained_on = ", ".join(f"{entry['name']} {entry['share']:.0%}" for entry in data)
        licences = "; ".join(dict.fromkeys(entry["licence"] for entry in data))
        nats = card.get("validation_nats_per_note", {}).get("nll")
        width = card["config"]["width"]
        figure = "" if nats is None else f"{nats:.3f}"
        text = [str(card.get(key) or "") for key in ("steps", "minutes")]
        rows.append((name, figure, *text, str(width), trained_on, licences, *_origin(card)))
    return HtmlTable(plain_table(heads, rows, numeric=(1, 2, 3, 4)))


def _origin(card: Mapping[str, Any]) -> tuple[str, str]:
    return str(card.get("precision") or ""), str(card.get("date") or "")


def _facts(score: Score) -> str:
    counts = ", ".join(f"{len(part.notes)} {name}" for name, part in score.parts.items())
    return f"{format_number(score.tempo_bpm)} BPM, {score.key if score.chords else 'no chords'}; notes: {counts}"


def _mp3(score: Score) -> bytes:
    import soundfile

    audio = sound(score)
    buffer = io.BytesIO()
    soundfile.write(buffer, audio.samples.T, audio.sample_rate_hz, format="MP3", subtype="MPEG_LAYER_III")
    return buffer.getvalue()


def _text_of(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name.replace('_', ' ')} {_text_of(item)}" for name, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "\N{EN DASH}"
    return f"{value:g}" if isinstance(value, float) else str(value)
