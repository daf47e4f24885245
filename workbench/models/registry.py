"""Which weights serve which element: those that ship, a folder of the user's own, or a fine-tuned network by name."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.domain.elements import ELEMENTS, likeness
from workbench.domain.errors import ModelError
from workbench.models.library import check_base, is_adapter, load_adapter, named_path

if TYPE_CHECKING:
    from workbench.models.network import Network
    from workbench.models.transformer import ElementTransformer

_SHIPPED = Path(__file__).parent / "weights"
_KIND = "BEATSFOUNDRY_NETWORKS"


def weights_path(element: str) -> Path:
    """The weights file of an element, or of the one that it is like.

    Below `BEATSFOUNDRY_WEIGHTS` if that is set and holds one, else as shipped.

    Raises
    ------
    ModelError
        If there is none.
    """
    own = os.environ.get("BEATSFOUNDRY_WEIGHTS")
    folders = ([Path(own)] if own else []) + [_SHIPPED]
    for name in likeness(element):
        for folder in folders:
            path = folder / f"{name}.safetensors"
            if path.is_file():
                return path
    raise ModelError(f"there are no weights for {element!r}: expected {element}.safetensors in {folders[-1]}")


def ships(path: Path) -> bool:
    """Whether weights are those that ship, and not a user's own."""
    return path.parent == _SHIPPED


def load_model(element: str, name: str | None = None) -> ElementTransformer:
    """The element's network, read once in a process; `name` asks for a fine-tuned one of the user's library.

    Raises
    ------
    ModelError
        If the weights are missing or damaged, or if an adapter was made for other weights than those in use.
    """
    return load_weights(weights_path(element) if name is None else named_path(element, name), element)


def load_network(element: str, name: str | None = None) -> Network:
    """The element's network to write music with, read once in a process; `name` as in `load_model`.

    It is the compiled one, which needs no PyTorch. `BEATSFOUNDRY_NETWORKS=torch` in the environment takes PyTorch's
    in its place.

    Raises
    ------
    ModelError
        As `load_model`, or if that variable holds another word.
    """
    kind = os.environ.get(_KIND, "compiled")
    if kind not in ("compiled", "torch"):
        raise ModelError(f"{_KIND} is {kind!r}: expected compiled or torch")
    path = weights_path(element) if name is None else named_path(element, name)
    if kind == "torch" or _base_of(path, element) is not None:
        from workbench.models.torch_network import TorchNetwork, compiled

        model = load_weights(path, element)
        return TorchNetwork(model) if kind == "torch" else compiled(model)
    return _load_network(path, path.stat().st_mtime_ns)


def load_weights(path: Path, element: str) -> ElementTransformer:
    """The network in a file: whole weights, or an adapter merged into the element's weights in use.

    Raises
    ------
    ModelError
        As `load_model`, or if the file is for another element.
    """
    base = _base_of(path, element)
    if base is None:
        return _load(path, path.stat().st_mtime_ns)
    return _load_merged(path, path.stat().st_mtime_ns, base, base.stat().st_mtime_ns)


@functools.lru_cache(maxsize=16)
def _load_network(path: Path, modified: int) -> Network:
    from workbench.models.checkpoint import load_compiled

    return load_compiled(path)


@functools.lru_cache(maxsize=16)
def _load(path: Path, modified: int) -> ElementTransformer:
    from workbench.models.checkpoint import load_checkpoint

    return load_checkpoint(path)


@functools.lru_cache(maxsize=16)
def _load_merged(path: Path, modified: int, base: Path, base_modified: int) -> ElementTransformer:
    from workbench.models.checkpoint import file_hash

    return load_adapter(path, _load(base, base_modified), file_hash(base))


def _base_of(path: Path, element: str) -> Path | None:
    """The weights that an adapter changes; None for whole weights. Checks that the file fits the element."""
    from workbench.models.checkpoint import file_hash, read_card

    card = read_card(path)
    if card["element"] not in likeness(element):
        raise ModelError(f"model {path.stem!r} is for {card['element']}, not for {element}")
    if not is_adapter(card):
        return None
    base = weights_path(element)
    check_base(path, card, file_hash(base))
    return base


def check_models(names: Mapping[str, str]) -> None:
    """Refuse names of fine-tuned networks that are not there or do not fit, before any work is done.

    Parameters
    ----------
    names : mapping element -> name

    Raises
    ------
    ModelError
        As `load_model`.
    """
    for element, name in names.items():
        _base_of(named_path(element, name), element)


def model_hashes(names: Mapping[str, str] | None = None) -> dict[str, str]:
    """The sha256 of what writes each element: of its weights in use, and as "element/name" of a fine-tuned network.

    An adapter stands beside the weights that it changes; whole fine-tuned weights stand in their place.
    """
    from workbench.models.checkpoint import file_hash

    hashes = {}
    for element in ("harmony", *ELEMENTS):
        named = (names or {}).get(element)
        path = None if named is None else named_path(element, named)
        if path is None or _base_of(path, element) is not None:
            hashes[element] = file_hash(weights_path(element))
        if path is not None:
            hashes[f"{element}/{named}"] = file_hash(path)
    return hashes
