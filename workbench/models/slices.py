"""A slice of music for each element that ships, and what a network makes of it: nats a note, and its likeliest choices.

The slices are windows of the tutorial corpus (CC0), encoded. Whether the weights are those of their card, the hash
tells; whether they compute on this machine what they computed where they were made, only music does.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from workbench.domain.errors import ModelError
from workbench.models.network import CompiledNetwork, room
from workbench.models.spec import BAR_STEP

Item = dict[str, npt.NDArray[np.int64]]
"""A window as `window.build_item` makes it."""

_FOLDER = Path(__file__).parent / "weights" / "slices"
_FLAGS = ("bar", "cell")


@dataclass(frozen=True, slots=True)
class SliceFigures:
    """What a network makes of a slice: nats a note by field with "nll" for the sum, and its likeliest choices."""

    notes: int
    nats_per_note: dict[str, float]
    choices: npt.NDArray[np.int16]


def read_slice(element: str) -> tuple[list[Item], npt.NDArray[np.int16]]:
    """The windows of an element's slice, and the choices of the network that ships.

    Raises
    ------
    ModelError
        If the file is missing or damaged.
    """
    path = _FOLDER / f"{element}.npz"
    try:
        with np.load(path) as file:
            return [_item(file, number) for number in range(int(file["windows"]))], file["choices"]
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{path.name}, a slice of music to try networks on, cannot be read: {error}") from None


def write_slice(element: str, items: list[Item], choices: npt.NDArray[np.int16]) -> Path:
    """Keep the windows of an element's slice with the choices of the network that ships."""
    arrays: dict[str, npt.NDArray[np.generic]] = {"windows": np.array(len(items)), "choices": choices}
    for number, item in enumerate(items):
        for name, value in item.items():
            if name in _FLAGS:
                arrays[f"{number}/{name}"] = np.packbits(value.astype(bool), axis=1)
                arrays[f"{number}/{name}/width"] = np.array(value.shape[1])
            else:
                arrays[f"{number}/{name}"] = value.astype(np.int16)
    path = _FOLDER / f"{element}.npz"
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]
    return path


def measure_slice(network: CompiledNetwork, items: list[Item]) -> SliceFigures:
    """What a network makes of a slice.

    Raises
    ------
    ModelError
        If the slice was encoded for a network of another form.
    """
    names = ("step", "symbol", *network.spec.attributes)
    sums, notes, chosen = dict.fromkeys(names, 0.0), 0, []
    try:
        for item in items:
            is_note = (item["fields"][:, 0] != BAR_STEP) & item["scored"].astype(bool)
            notes += int(is_note.sum())
            likeliest = []
            for column, (name, logits) in enumerate(zip(names, _logits(network, item), strict=True)):
                counted = item["scored"].astype(bool) if column == 0 else is_note
                sums[name] += float(_nats(logits, item["fields"][:, column])[counted].sum())
                likeliest.append(np.where(counted, logits.argmax(axis=1), -1))
            chosen.append(np.stack(likeliest, axis=1))
    except (IndexError, ValueError, KeyError) as error:
        raise ModelError(f"the slice of {network.spec.name} is none for this network: {error}") from None
    nats = {name: round(value / max(notes, 1), 4) for name, value in sums.items()}
    whole = round(sum(sums.values()) / max(notes, 1), 4)
    return SliceFigures(notes, {**nats, "nll": whole}, np.concatenate(chosen).astype(np.int16))


def _item(file: np.lib.npyio.NpzFile, number: int) -> Item:
    prefix = f"{number}/"
    names = [name.removeprefix(prefix) for name in file.files if name.startswith(prefix)]
    item = {name: file[prefix + name].astype(np.int64) for name in names if name.split("/")[0] not in _FLAGS}
    for name in _FLAGS:
        packed, width = file[prefix + name], int(file[f"{prefix}{name}/width"])
        item[name] = np.unpackbits(packed, axis=1, count=width).astype(np.int64)
    return item


def _logits(network: CompiledNetwork, item: Item) -> list[npt.NDArray[np.float32]]:
    """Logits of each field, (T, size), every choice in sight of the true ones before it."""
    fields = item["fields"]
    memory = room(network.config, 1, len(fields))
    places = np.stack([np.zeros(len(fields), np.int64), np.arange(len(fields))], axis=1)
    bars = network.embed_bars(item["prefix"], item["bar"].astype(np.uint8))
    rows = np.concatenate([network.start[None], network.embed_rows(fields[:-1])]) + bars[item["bar_index"]]
    stream = network.run_trunk(rows.astype(np.float32), item["next_steps"], memory, places)
    logits = [network.choose(0, stream)]
    stream = network.with_step(stream, fields[:, 0], item["cell"].astype(np.uint8))
    logits.append(network.choose(1, stream))
    stream = network.with_symbol(stream, fields[:, 1], item["memory"], memory, places)
    last = len(network.spec.attributes) - 1
    for number in range(last + 1):
        logits.append(network.choose(2 + number, stream))
        if number < last:
            stream = network.with_attribute(stream, number, fields[:, 2 + number])
    return logits


def _nats(logits: npt.NDArray[np.float32], target: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    values = logits.astype(np.float64)
    values -= values.max(axis=1, keepdims=True)
    taken = values[np.arange(len(target)), target]
    return np.asarray(np.log(np.exp(values).sum(axis=1)) - taken)
