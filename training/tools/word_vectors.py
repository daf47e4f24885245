"""Make the table of word vectors by which `workbench.concept` finds the style nearest to words that it does not know.

Word embeddings of wordllama are centred, projected on their first 64 principal axes, scaled to length one and rounded
to bytes. The words are the whole English words among its tokens, and every word of the style files and mood lists.

    python -m training.tools.word_vectors --out workbench/concept/word_vectors.npz

needs `wordllama` (0.4.0.post1, MIT: its embeddings lie in the wheel) and `tokenizers`, which nothing else uses.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from training.tools.mood_words import load_embedding
from workbench.concept import list_styles, load_style
from workbench.concept.mood import load_lexicon, load_table
from workbench.concept.neighbours import LEAST_LETTERS
from workbench.concept.phrases import normalise
from workbench.domain.arrays import Floats

AXES = 64
"""48 to 128 axes find about as many styles; more carry noise."""


def own_words() -> set[str]:
    """Words of the style files and of the mood lists."""
    styles = [load_style(name) for name in list_styles()]
    texts: list[str] = [phrase for style in styles for phrase in (*style.aliases, *style.keywords)]
    return _words([*texts, *load_lexicon(), *load_table()])


def reduce_axes(vectors: Floats, axes: int = AXES) -> Floats:
    """Centre (n, d) vectors, project them on their first principal axes, and scale each to length one."""
    centred = vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)
    centred = centred - centred.mean(0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    # The sign of a principal axis is arbitrary: fix it, so that the table is the same everywhere.
    signs = np.sign(directions[np.arange(len(directions)), np.abs(directions).argmax(1)])
    reduced = centred @ (directions * signs[:, None])[:axes].T
    return np.asarray(reduced / (np.linalg.norm(reduced, axis=1, keepdims=True) + 1e-9))


def main(argv: Sequence[str] | None = None) -> int:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--out", type=Path, required=True, help="the table to write (.npz)")
    options = parser.parse_args(argv)
    embed, tokens = load_embedding()
    words = sorted(_words(tokens) | own_words())
    vectors = reduce_axes(embed(words))
    np.savez_compressed(
        options.out,
        words=np.frombuffer(" ".join(words).encode(), dtype=np.uint8),
        vectors=np.round(vectors * 127 / np.abs(vectors).max()).astype(np.int8),
    )
    print(f"{len(words)} words, {options.out.stat().st_size} bytes")
    return 0


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in re.findall(rf"[a-z]{{{LEAST_LETTERS},}}", normalise(text))}


if __name__ == "__main__":
    raise SystemExit(main())
