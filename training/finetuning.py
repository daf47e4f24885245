"""Fine-tune an element on a folder of one's own MIDI: what was gained on the new data and what was lost on the old."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from training.budget import Budget
from training.config import TrainingConfig, load_config
from training.corpora import CORPORA, read_corpora, read_folder
from training.corpora.song import CorpusSong
from training.dataset import EncodedPart, encode_part
from training.fit import provenance
from training.presence import Fitted, fit_to_data
from training.tuning import MOST_BLOCKS, NEW, Method, Nats, Tuned, TuningRecipe, nats_per_note, tune
from workbench.domain.errors import CorpusError, ModelError, ParameterError
from workbench.domain.paths import home_dir
from workbench.midi.file import MIDI_SUFFIXES
from workbench.models.checkpoint import file_hash, save_checkpoint
from workbench.models.elements import get_spec
from workbench.models.library import both_appear, check_name, save_adapter
from workbench.models.lora import adapter_state, merged
from workbench.models.registry import load_model, weights_path
from workbench.models.spec import BAR_STEP
from workbench.models.transformer import ElementTransformer

_VALIDATION_SHARE = 0.2
_OLD_SONGS = {"train": 60, "validation": 16}
"""How many songs of each old corpus are read: enough to remember by and to measure on, quick to read."""
RESERVED_NAMES = ("champion", "challenger")

LEARNING_RATES: dict[Method, float] = {"lora": 1e-3, "full": 2e-4}
"""Learning rates that were measured to gain most within a few minutes; see docs/decisions/012."""


@dataclass(frozen=True, slots=True)
class FineTuneResult:
    """What fine-tuning brought: nats a note by field ("nll" is their sum), before and after, on new and on old data.

    The old figures are None where no old data was given. `page` plays a song before and after, if one was made; `run`
    is where it was logged. A notebook shows the table by itself.
    """

    element: str
    name: str
    method: Method
    path: Path
    bytes: int
    files: int
    steps: int
    seconds: float
    new_before: Nats
    new_after: Nats
    old_before: Nats | None
    old_after: Nats | None
    page: Path | None = None
    run: str = ""

    @property
    def gain(self) -> float:
        """By what share the nats on the new data fell."""
        return 1.0 - self.new_after["nll"] / self.new_before["nll"]

    @property
    def forgetting(self) -> float | None:
        """By what share the nats on the old data rose; None where it was not measured."""
        if self.old_before is None or self.old_after is None:
            return None
        return self.old_after["nll"] / self.old_before["nll"] - 1.0

    def frame(self) -> Any:
        """A pandas table: one row a field, nats a note before and after."""
        import pandas

        columns = {"new before": self.new_before, "new after": self.new_after}
        if self.old_before is not None and self.old_after is not None:
            columns |= {"old before": self.old_before, "old after": self.old_after}
        return pandas.DataFrame(columns)

    def __str__(self) -> str:
        """The table with a line above it."""
        lost = "not measured" if self.forgetting is None else f"{self.forgetting:+.1%}"
        head = (
            f"{self.element}/{self.name} ({self.method}, {self.bytes / 1e6:.2f} MB, {self.files} files, "
            f"{self.steps} steps, {self.seconds / 60:.1f} min): new data {-self.gain:+.1%}, old data {lost}"
        )
        return f"{head}\n{self.frame().to_string(float_format='{:.3f}'.format)}"

    def _repr_html_(self) -> str:
        head = str(self).splitlines()[0]
        return f"<p>{head}</p>{self.frame().to_html(float_format='{:.3f}'.format)}"


def finetune(
    element: str,
    midi: str | Path | Iterable[CorpusSong],
    name: str,
    *,
    method: Method = "lora",
    rank: int = 8,
    minutes: float = 10.0,
    data: str | Path | None = None,
    steps: int = 240,
    learning_rate: float | None = None,
    seed: int = 1,
    overwrite: bool = False,
    library: Path | None = None,
    open_run: Callable[[], Any] | None = None,
    report: Callable[[float, str], None] | None = None,
    after_seconds: float = 0.0,
    on_parts: Callable[[Sequence[EncodedPart]], None] = lambda parts: None,
) -> FineTuneResult:
    """Teach the weights in use a folder of MIDI, and keep the result under a name that requests can ask for.

    Parameters
    ----------
    element, name : str
        "harmony", "percussion", "bass", "pads" or "leads", and what requests call it: `"models": {"bass": name}`.
    midi : path or songs
        A folder of MIDI files, or songs that were read already.
    method, rank, minutes, steps, learning_rate, seed
        As of `TuningRecipe`; the learning rate is by default the method's of `LEARNING_RATES`.
    data : path, optional
        A folder that holds corpora that the element was trained on, or some of them. Where it is given, old songs are
        replayed between new ones, and what is forgotten of them is measured.
    overwrite, library : bool, Path
        Whether a network of that name may be replaced; the folder of named networks, by default where requests look.
    open_run : callable, optional
        Called once the arguments hold; gives the Lightning logger.
    report, on_parts : callable, optional
        Called with a fraction 0..1 of the expected time and what is being done; with all parts when they are read.
    after_seconds : float
        How much of the minutes is kept for what follows.

    Raises
    ------
    CorpusError
        If the folder holds too little of the element.
    ModelError, ParameterError
        If element, name or a number cannot be, or if the name is taken.
    """
    rate = _checked_rate(method, steps, learning_rate, seed)
    path = _checked_path(element, name, library, overwrite=overwrite)
    recipe = TuningRecipe(method=method, rank=rank, minutes=minutes, steps=steps, learning_rate=rate, seed=seed)
    logger = False if open_run is None else open_run()
    budget = Budget(60 * minutes, report, after_seconds=after_seconds)
    return _tune_and_write(element, midi, path, recipe, data, logger, budget, on_parts)


def _tune_and_write(
    element: str, midi: str | Path | Iterable[CorpusSong], path: Path, recipe: TuningRecipe, data: str | Path | None,
    logger: Any, budget: Budget, on_parts: Callable[[Sequence[EncodedPart]], None],
) -> FineTuneResult:  # fmt: skip
    """Read, tune, measure what was written, write: values of the network as it will be read back."""

    def tell(line: str) -> None:
        budget.tell(line, budget.left_seconds)

    tell("reading the new songs")
    new = new_parts(midi, element, tell=tell)
    config = load_config(element)
    if data is not None:
        config = _with_remarks(fit_to_data(config, Path(data)), tell)
        tell("reading old songs (kept for the next time)")
    old = [] if data is None else old_parts(Path(data), config)
    on_parts([*new, *old])
    base = load_model(element)
    tell("measuring the network as it is")
    tuned = tune(base, new, old, config, recipe, logger=logger, budget=budget)
    budget.tell("measuring what was learned", tuned.measure_seconds)
    written = _as_written(tuned, base, recipe.method)
    nats = _nats(tuned, written, new, old, config)
    card = _card(path.stem, recipe, config, tuned, new, old, nats, budget.elapsed_seconds)
    _write(path, recipe.method, tuned, base, card)
    budget.tell("written", 0.0)
    return FineTuneResult(
        element, path.stem, recipe.method, path, path.stat().st_size, len(new), tuned.steps, budget.elapsed_seconds,
        **nats,
    )  # fmt: skip


def new_parts(
    midi: str | Path | Iterable[CorpusSong], element: str, *, tell: Callable[[str], None] = lambda message: None
) -> list[EncodedPart]:
    """The element's part of each new song, a fifth of them for validation (by content, so that it stays the same).

    `tell` is called with a line about files that are left out, and why.

    Raises
    ------
    CorpusError
        If the folder is missing, or if fewer than two songs hold the element.
    """
    songs = tuple(_songs_of_folder(Path(midi), tell) if isinstance(midi, str | Path) else midi)
    parts = [replace(part, corpus=NEW) for song in songs if (part := encode_part(song, get_spec(element))) is not None]
    if len(parts) < len(songs):
        tell(f"{len(songs) - len(parts)} of {len(songs)} songs hold no {element}")
    if len(parts) < 2:
        raise CorpusError(f"{len(parts)} of the songs hold {element}: expected at least two, better fifty")
    if {part.split for part in parts} == {"train", "validation"}:
        return parts
    ordered = sorted(parts, key=lambda part: hashlib.sha256(part.rows.tobytes()).digest())
    held = max(1, round(_VALIDATION_SHARE * len(parts)))
    return [replace(part, split="validation" if n < held else "train") for n, part in enumerate(ordered)]


def _songs_of_folder(folder: Path, tell: Callable[[str], None]) -> tuple[CorpusSong, ...]:
    reading = read_folder(folder)
    if not reading.outcomes:
        raise CorpusError(f"{folder} holds no MIDI file: expected {', '.join(MIDI_SUFFIXES)}")
    if reading.dropped:
        tell(reading.left_out())
    if not reading.songs:
        raise CorpusError(f"{folder} holds no MIDI file that can be learned from: {reading.left_out()}")
    return reading.songs


def _with_remarks(fitted: Fitted, tell: Callable[[str], None]) -> TrainingConfig:
    for line in fitted.remarks:
        tell(line)
    return fitted.config


def old_parts(data: Path, config: TrainingConfig) -> list[EncodedPart]:
    """Some songs of each corpus of the element's recipe, to remember by ("train") and to measure on ("validation").

    They are drawn by a hash of their names, so they are spread over the corpus and always the same.

    Raises
    ------
    CorpusError
        If a corpus is missing.
    """
    spec, parts = get_spec(config.element), []
    left = {(name, split): count for name in config.corpora for split, count in _OLD_SONGS.items()}
    songs = read_corpora(data, tuple(config.corpora))
    for song in sorted(songs, key=lambda song: hashlib.sha256(song.song_id.encode()).digest()):
        if left[song.corpus, song.split] > 0 and (part := encode_part(song, spec)) is not None:
            left[song.corpus, song.split] -= 1
            parts.append(part)
    return parts


def _checked_path(element: str, name: str, library: Path | None, *, overwrite: bool) -> Path:
    """Where a fine-tuned network will be written; element and name are refused that cannot be."""
    get_spec(element)
    check_name(name)
    if name in RESERVED_NAMES:
        raise ModelError(f"model name {name!r} is an alias of the registry: take another one")
    path = (library or home_dir() / "models") / element / f"{name}.safetensors"
    if path.exists() and not overwrite:
        raise ModelError(
            f"model {name!r} for {element} is there already: take another name, or overwrite it (--overwrite)"
        )
    return path


def _checked_rate(method: Method, steps: int, learning_rate: float | None, seed: int) -> float:
    """The learning rate; numbers are refused that no fine-tuning can have."""
    if steps < 1:
        raise ParameterError(f"steps {steps}: expected at least 1")
    if learning_rate is not None and not 0.0 < learning_rate < math.inf:
        raise ParameterError(f"learning rate {learning_rate:g}: expected a number above 0")
    if seed < 0:
        raise ParameterError(f"seed {seed}: expected 0 or more")
    if method not in LEARNING_RATES:
        raise ParameterError(f"method {method!r} is not known: expected lora or full")
    return LEARNING_RATES[method] if learning_rate is None else learning_rate


def _as_written(tuned: Tuned, base: ElementTransformer, method: Method) -> ElementTransformer:
    """The network as it will be read back: in half precision, an adapter merged."""
    if method == "lora":
        return merged(base, {name: tensor.half() for name, tensor in adapter_state(tuned.network).items()})
    return tuned.network.half().float()


def _nats(
    tuned: Tuned, written: ElementTransformer, new: Sequence[EncodedPart], old: Sequence[EncodedPart],
    config: TrainingConfig,
) -> dict[str, Any]:  # fmt: skip
    new_before, old_before = tuned.before
    every = replace(config, validate_on=())
    return {
        "new_before": new_before, "new_after": nats_per_note(written, new, every, most=MOST_BLOCKS),
        "old_before": old_before, "old_after": nats_per_note(written, old, config, most=MOST_BLOCKS) if old else None,
    }  # fmt: skip


def _card(
    name: str, recipe: TuningRecipe, config: TrainingConfig, tuned: Tuned, new: Sequence[EncodedPart],
    old: Sequence[EncodedPart], nats: dict[str, Any], seconds: float,
) -> dict[str, Any]:  # fmt: skip
    return {
        "name": name,
        "method": recipe.method,
        "rank": recipe.rank if recipe.method == "lora" else None,
        "recipe": asdict(recipe),
        "steps": tuned.steps,
        "share": tuned.share,
        "seconds": round(seconds, 1),
        **provenance([*new, *old]),
        "data": _data(recipe, config, new, old),
        "new_data": _counts(new),
        "old_data": _counts(old) or "not measured",
        "nats_per_note": nats,
        "course": [list(entry) for entry in tuned.course],
    }


def _data(
    recipe: TuningRecipe, config: TrainingConfig, new: Sequence[EncodedPart], old: Sequence[EncodedPart]
) -> list[dict[str, Any]]:
    """What was learned from, as cards of trainings tell it: the user's folder, and each corpus that was replayed."""
    songs = Counter((part.corpus, part.split) for part in (*new, *old))
    replayed = {name: share for name, share in config.corpora.items() if songs[name, "train"]}
    shares = {NEW: 1.0 - (recipe.replay if replayed else 0.0)}
    shares |= {name: recipe.replay * share / sum(replayed.values()) for name, share in replayed.items()}
    return [
        {
            "name": "folder" if name == NEW else name, "share": share,
            "licence": CORPORA["folder" if name == NEW else name].licence,
            "train_songs": songs[name, "train"], "validation_songs": songs[name, "validation"],
        }
        for name, share in shares.items()
    ]  # fmt: skip


def _counts(parts: Sequence[EncodedPart]) -> dict[str, Any]:
    songs = Counter(f"{part.split}_songs" for part in parts)
    notes = Counter[str]()
    for part in parts:
        notes[f"{part.split}_notes"] += int((part.rows[:, 2] != BAR_STEP).sum())
    return {**songs, **notes}


def _write(path: Path, method: Method, tuned: Tuned, base: ElementTransformer, card: dict[str, Any]) -> None:
    base_sha256 = file_hash(weights_path(base.spec.name))
    if method == "lora":
        save_adapter(adapter_state(tuned.network), path, base, base_sha256, card)
        return
    with both_appear(path) as draft:
        save_checkpoint(tuned.network, draft, {"base_sha256": base_sha256, **card})
