"""Instruments named in the text -> the patch of an element that comes nearest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from workbench.concept.phrases import compile_phrases, find_phrases, normalise
from workbench.domain.data_files import read_shipped


@cache
def load_instruments() -> Mapping[str, tuple[str, str]]:
    """Instrument words and the (element, patch) that each stands for."""
    return {
        normalise(str(word)): (element, patch)
        for element, patches in read_shipped("workbench.concept", "instruments.yaml").items()
        for patch, words in patches.items()
        for word in words
    }


@cache
def instrument_pattern() -> re.Pattern[str]:
    """Finds names of instruments."""
    return compile_phrases(load_instruments())


def read_instruments(text: str) -> dict[str, tuple[str, str]]:
    """Patch and words by element for the first instrument of each that a text names.

    Examples
    --------
    >>> read_instruments("Rhodes chords and a muted trumpet, no strings")
    {'pads': ('soft-ep', 'rhodes'), 'leads': ('muted-horn', 'muted trumpet')}
    """
    found: dict[str, tuple[str, str]] = {}
    for hit in find_phrases(normalise(text), instrument_pattern()):
        element, patch = load_instruments()[hit.phrase]
        if not hit.negated:
            found.setdefault(element, (patch, hit.phrase))
    return found
