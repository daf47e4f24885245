"""Licences of the networks that write a song, and of the data that they learned from, as their cards tell them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.models.checkpoint import read_card
from workbench.models.elements import SPECS
from workbench.models.library import is_adapter, named_path
from workbench.models.registry import ships, weights_path

SHIPPED_LICENCE, OWN_LICENCE = "Apache-2.0", "its owner's"


def network_licences(names: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Under "models" the licence of each element's network, under "data" that of each data set behind them.

    Parameters
    ----------
    names : mapping element -> name
        Fine-tuned networks; the weights in use serve the other elements.

    Examples
    --------
    >>> licences = network_licences({})
    >>> licences["models"]["bass"], licences["data"]["freedoom"]
    ('Apache-2.0', 'BSD-3-Clause')
    """
    models: dict[str, str] = {}
    data: dict[str, str] = {}
    for element in SPECS:
        base = weights_path(element)
        models[element] = SHIPPED_LICENCE if ships(base) else OWN_LICENCE
        cards = [read_card(base)]
        if element in names:
            card = read_card(named_path(element, names[element]))
            models[f"{element}/{names[element]}"] = OWN_LICENCE
            # Whole weights stand in place of those in use, but began as they are.
            cards = [*cards, card] if is_adapter(card) else [card]
            if not is_adapter(card):
                del models[element]
        for card in cards:
            data |= _data_of(card)
    return {"models": models, "data": dict(sorted(data.items()))}


def _data_of(card: Mapping[str, Any]) -> dict[str, str]:
    return {str(one["name"]): str(one.get("licence", "not stated")) for one in card.get("data", ())}
