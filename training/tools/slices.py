"""Makes the slices of music that ship with the networks, and writes their figures into the cards.

`python -m training.tools.slices` after networks were trained anew: `beatsfoundry doctor` holds every machine to them.
"""

from __future__ import annotations

from collections.abc import Iterator

from training.corpora import read_corpus
from training.corpora.sets.tutorial import tutorial_data
from training.dataset import EncodedPart, Window, encode_part, validation_windows
from workbench.models.checkpoint import load_compiled, read_card, write_card
from workbench.models.elements import SPECS, get_spec
from workbench.models.history import STEP_COLUMN
from workbench.models.registry import weights_path
from workbench.models.slices import Item, measure_slice, write_slice
from workbench.models.spec import BAR_STEP
from workbench.models.window import build_item

WINDOWS = 8
"""Windows of a slice, each of another song; of eight bars at most."""
LEAST_NOTES = 4


def make_slice(element: str) -> dict[str, object]:
    """Write an element's slice, and what its network makes of it into the card; returns what the card tells."""
    path = weights_path(element)
    items = list(_windows(element))
    figures = measure_slice(load_compiled(path), items)
    write_slice(element, items, figures.choices)
    slice_card: dict[str, object] = {
        "corpus": "tutorial",
        "notes": figures.notes,
        "nats_per_note": figures.nats_per_note,
    }
    write_card(path, {**read_card(path), "slice": slice_card})
    return slice_card


def _windows(element: str) -> Iterator[Item]:
    """The second block of the first songs that have one: with four bars of context, and past every intro's rests."""
    spec = get_spec(element)
    taken = 0
    for song in read_corpus(tutorial_data(), "tutorial", use_cache=False).songs:
        part = encode_part(song, spec)
        if part is None or taken == WINDOWS:
            continue
        blocks = sorted(validation_windows([part], spec.window_rows), key=lambda block: block.scored_from)[1:]
        window = next((block for block in blocks if _notes(part, block) >= LEAST_NOTES), None)
        if window is not None:
            taken += 1
            yield build_item(
                part.rows, part.line_starts, part.conditioning, spec, window.first, window.last, window.scored_from
            )


def _notes(part: EncodedPart, block: Window) -> int:
    return int((part.rows[block.scored_from : block.last, STEP_COLUMN] != BAR_STEP).sum())


if __name__ == "__main__":
    for name in SPECS:
        print(name, make_slice(name))
