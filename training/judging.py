"""One measure for every network of an element, so that versions can be compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from training.config import TrainingConfig, load_config
from training.dataset import EncodedPart
from training.finetuning import new_parts
from training.fit import load_parts
from training.presence import fit_to_data
from training.sample_distance import sample_distance
from training.tuning import nats_per_note
from workbench.domain.errors import ParameterError
from workbench.models.registry import load_weights

Tell = Callable[[str], None]

TOLERANCES = {"nll": 0.005, "midi_nll": 0.005, "samples": 0.15, "midi_samples": 0.15}
"""By what share each figure may be worse. Samples are drawn, so theirs is wider: over four pairs of seeds the shipped
bass lies at 0.22 to 0.24 and the shipped percussion at 0.18 to 0.20."""


def measure_on(
    element: str, data: Path | None = None, midi: Path | None = None, *, tell: Tell = lambda line: None
) -> Callable[[Path], dict[str, float]]:
    """A function that measures a weights file on validation songs, always the same ones.

    It gives "nll", nats a note, and "samples", how far what the network writes for these songs lies from the songs
    themselves (see `sample_distance`); of a folder of MIDI the same as "midi_nll" and "midi_samples".

    Parameters
    ----------
    element : str
    data : Path, optional
        Folder that holds corpora; those of the element's recipe that are there are read, once.
    midi : Path, optional
        Folder of MIDI files. One of the two is needed.
    tell : callable
        Called with a line about what is missing, and what that changes.

    Raises
    ------
    CorpusError
        If no corpus or folder is there, or if it holds too little.
    ParameterError
        If neither data nor MIDI is given.
    """
    if data is None and midi is None:
        raise ParameterError("nothing to measure on: expected --data DIR with corpora, or --midi DIR with your songs")
    config = load_config(element)
    judged: list[tuple[str, Sequence[EncodedPart], TrainingConfig]] = []
    if data is not None:
        fitted = fit_to_data(config, data)
        for line in fitted.remarks:
            tell(line)
        judged.append(("", _held_out(load_parts(data, fitted.config)), fitted.config))
    if midi is not None:
        judged.append(("midi_", _held_out(new_parts(midi, element, tell=tell)), replace(config, validate_on=())))

    def measure(weights: Path) -> dict[str, float]:
        network = load_weights(weights, element)
        figures = {}
        for prefix, parts, recipe in judged:
            figures[f"{prefix}nll"] = nats_per_note(network, parts, recipe)["nll"]
            figures[f"{prefix}samples"] = sample_distance(network, parts)
        return figures

    return measure


def _held_out(parts: Sequence[EncodedPart]) -> list[EncodedPart]:
    return [part for part in parts if part.split == "validation"]
