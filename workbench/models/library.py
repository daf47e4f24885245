"""Fine-tuned networks by name: low-rank adapters and whole weights, in a folder for each element.

`NAME.safetensors` with its card `NAME.json` lies in `ELEMENT/` below the folder that `BEATSFOUNDRY_WEIGHTS` names, or
below `models/` in the user's own folder.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.domain.drafts import draft_beside
from workbench.domain.errors import ModelError
from workbench.domain.paths import MODEL_NAME, home_dir

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.models.transformer import ElementTransformer

LONGEST_NAME = 64
LARGEST_ADAPTER_BYTES = 1_000_000


def folders(element: str) -> tuple[Path, ...]:
    """Where an element's named networks are looked for, first places first."""
    own = os.environ.get("BEATSFOUNDRY_WEIGHTS")
    roots = ([Path(own)] if own else []) + [home_dir() / "models"]
    return tuple(root / element for root in roots)


def list_names(element: str) -> list[str]:
    """Names of the element's fine-tuned networks, sorted."""
    return sorted({path.stem for folder in folders(element) for path in folder.glob("*.safetensors")})


def named_path(element: str, name: str) -> Path:
    """The weights file of a named network.

    Raises
    ------
    ModelError
        If the name is none, or if there is no such network; the message lists those that there are.
    """
    check_name(name)
    for folder in folders(element):
        path = folder / f"{name}.safetensors"
        if path.is_file():
            return path
    there = ", ".join(list_names(element)) or "none yet"
    raise ModelError(
        f"model {name!r} for {element} is not there: there are {there}; `beatsfoundry finetune {element}` makes one"
    )


def check_name(name: str) -> None:
    """Refuse what cannot be the name of a network, and so of a file.

    Raises
    ------
    ModelError
        If it holds other than letters, digits, '.', '_' and '-', or is too long.

    Examples
    --------
    >>> check_name("../../etc/passwd")
    Traceback (most recent call last):
    workbench.domain.errors.ModelError: model name '../../etc/passwd' is none: expected letters, digits, ...
    """
    if not re.fullmatch(MODEL_NAME, name) or len(name) > LONGEST_NAME:
        raise ModelError(
            f"model name {name[:80]!r} is none: expected letters, digits, '.', '_' and '-', "
            f"at most {LONGEST_NAME}, the first a letter or digit"
        )


def is_adapter(card: Mapping[str, Any]) -> bool:
    """Whether a card tells of a low-rank change of other weights."""
    return card.get("method") == "lora"


def load_adapter(path: Path, base: ElementTransformer, base_sha256: str) -> ElementTransformer:
    """The base network with an adapter merged into its weights.

    Raises
    ------
    ModelError
        If the adapter is damaged, or was made for other base weights.
    """
    from safetensors.torch import load_file

    from workbench.models.checkpoint import file_hash, read_card
    from workbench.models.lora import merged

    card = read_card(path)
    check_base(path, card, base_sha256)
    if file_hash(path) != card["sha256"]:
        raise ModelError(f"adapter {path.name} is damaged: its sha256 is not the one that its card tells")
    return merged(base, load_file(str(path)))


def check_base(path: Path, card: Mapping[str, Any], base_sha256: str) -> None:
    """Refuse an adapter that was made for other base weights.

    Raises
    ------
    ModelError
        If the base that the card tells is not the one given.
    """
    if card.get("base_sha256") != base_sha256:
        raise ModelError(
            f"adapter {path.stem!r} was made for other {card['element']} weights ({str(card.get('base_sha256'))[:12]}) "
            f"than those in use ({base_sha256[:12]}): fine-tune again"
        )


def save_adapter(
    state: Mapping[str, Tensor], path: Path, base: ElementTransformer, base_sha256: str, card: dict[str, Any]
) -> None:
    """Write an adapter in half precision with its card; both appear whole or not at all.

    Raises
    ------
    ModelError
        If it would be larger than 1 MB.
    """
    import torch
    from safetensors.torch import save_file

    from workbench.models.checkpoint import file_hash, write_card

    size_bytes = sum(2 * tensor.numel() for tensor in state.values())
    if size_bytes > LARGEST_ADAPTER_BYTES * 0.98:
        raise ModelError(f"adapter {path.stem!r} would take {size_bytes / 1e6:.2f} MB, at most 1 MB: take a lower rank")
    with both_appear(path) as draft:
        save_file({name: tensor.to(torch.float16).contiguous() for name, tensor in state.items()}, str(draft))
        identity = {"element": base.spec.name, "config": asdict(base.config), "sha256": file_hash(draft)}
        write_card(draft, {**identity, "method": "lora", "base_sha256": base_sha256, **card})


def keep_network(weights: Path, element: str, name: str) -> Path:
    """Copy weights and their card to the user's networks, where requests find them under a name; returns the file.

    Raises
    ------
    ModelError
        If the name is none or taken, or if there are no weights.
    """
    check_name(name)
    if name in list_names(element):
        raise ModelError(f"there is a network {name} of {element} already: choose another name")
    if not weights.is_file() or not weights.with_suffix(".json").is_file():
        raise ModelError(f"{weights} is not there: a training writes it when it is finished")
    target = home_dir() / "models" / element / f"{name}.safetensors"
    with both_appear(target) as draft:
        for suffix in (".json", ".safetensors"):
            shutil.copyfile(weights.with_suffix(suffix), draft.with_suffix(suffix))
    return target


@contextmanager
def both_appear(path: Path) -> Iterator[Path]:
    """A place beside `path` to write weights and card to; at the end both are renamed to where they belong."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with draft_beside(path) as folder:
        draft = folder / path.name
        yield draft
        draft.chmod(0o644)
        for suffix in (".json", ".safetensors"):
            draft.with_suffix(suffix).replace(path.with_suffix(suffix))
