"""One measure for every network of an element, so that versions can be compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from training.config import load_config
from training.finetuning import new_parts
from training.fit import load_parts
from training.tuning import nats_per_note
from workbench.models.registry import load_weights


def measure_on(element: str, data: Path, midi: Path | None = None) -> Callable[[Path], dict[str, float]]:
    """A function that measures a weights file: "nll" in nats a note on the validation songs of the element's corpora,
    and "midi_nll" on the validation songs of a folder of MIDI.

    Parameters
    ----------
    element : str
    data : Path
        Folder that holds the corpora; read once.
    midi : Path, optional

    Raises
    ------
    CorpusError
        If a corpus or the folder is missing, or holds too little.
    """
    config = load_config(element)
    old = [part for part in load_parts(data, config) if part.split == "validation"]
    new = [] if midi is None else new_parts(midi, element)

    def measure(weights: Path) -> dict[str, float]:
        network = load_weights(weights, element)
        figures = {"nll": nats_per_note(network, old, config)["nll"]}
        if new:
            figures["midi_nll"] = nats_per_note(network, new, replace(config, validate_on=()))["nll"]
        return figures

    return measure
