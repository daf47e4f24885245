"""Fit the table of mood words that `workbench.concept` falls back on for words outside its hand-made lexicon.

A ridge regression maps word embeddings to valence and arousal. It learns from the lexicon's own words and, weaker,
from the sentences of EmoBank (Buechel and Hahn, EACL 2017; CC BY-SA 4.0), then rates every frequent word once. Only
these ratings ship: neither embeddings nor sentences are needed to read a mood.

    python -m training.tools.mood_words EMOBANK.csv --out workbench/concept/mood_words.npz

needs `wordllama` (0.4.0.post1, MIT: its embeddings lie in the wheel) and `tokenizers`, which nothing else uses.
"""

from __future__ import annotations

import argparse
import collections
import csv
import importlib
import importlib.util
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from workbench.concept.mood import load_lexicon
from workbench.domain.arrays import Floats
from workbench.domain.errors import CorpusError

Embed = Callable[[Sequence[str]], Floats]

LEXICON_WEIGHT = 30.0
"""A word of the lexicon counts as much as so many sentences."""
RIDGE = 30.0
SHARED_WORDS = 2
"""A word enters the table if so many training sentences hold it, or if it is a token of its own."""
LEAST_LENGTH = 0.28
"""Words nearer than this to the neutral middle are left out."""

_NEUTRAL_TEXT = """
half double swing straight slow fast quick minute minutes second seconds
album band bands bars bass beat beats build club dance dancing drop drum drums genre groove guitar guitars
hook instrument instruments instrumental intro jazz keys lead loop melody mixed music musical orchestra organ
outro percussion piano pieces play played player playing pop record recorded recording rhythm rock sample song
songs sound sounds string strings style synth tape techno tempo track tracks tune tunes vocal vocals voice
about above after again also another around because been before behind being below between both could does
each ever every from have having here into just like made make makes making many more most much only other
over same should some something such than that their them then there these they thing things this those
through under until upon very want wants well were what when where which while whose will with within would
your
"""
_NEUTRAL = frozenset(_NEUTRAL_TEXT.split())
"""Words that name music rather than a feeling, and words of grammar; they say nothing about a mood."""


def load_embedding() -> tuple[Embed, list[str]]:
    """The mean token vector of a text, scaled to length one, and the whole English words among the tokens.

    Raises
    ------
    CorpusError
        If wordllama or tokenizers is not installed.
    """
    found = importlib.util.find_spec("wordllama")
    if found is None or found.origin is None or importlib.util.find_spec("tokenizers") is None:
        raise CorpusError("mood words: expected wordllama and tokenizers; install both, wordllama with --no-deps")
    root = Path(found.origin).parent
    tokenizer = importlib.import_module("tokenizers").Tokenizer.from_file(
        str(root / "tokenizers/l2_supercat_tokenizer_config.json")
    )
    tokenizer.no_padding()
    weights = importlib.import_module("safetensors.numpy").load_file(root / "weights/l2_supercat_256.safetensors")
    table = np.asarray(next(iter(weights.values())), dtype=np.float64)

    def embed(texts: Sequence[str]) -> Floats:
        encoded = tokenizer.encode_batch(list(texts), add_special_tokens=False)
        rows = np.stack([table[item.ids].mean(0) if item.ids else np.zeros(table.shape[1]) for item in encoded])
        return np.asarray(rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9))

    words = [token[1:] for token in tokenizer.get_vocab() if re.fullmatch("▁[a-z]{4,}", token)]
    return embed, words


def read_emobank(path: Path) -> dict[str, tuple[list[str], Floats]]:
    """Sentences and (valence, arousal) in -1 to 1 by split ("train", "dev", "test").

    Raises
    ------
    CorpusError
        If the file is missing or has other columns.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        splits = {row["split"] for row in rows}
        return {
            split: (
                [row["text"].lower() for row in rows if row["split"] == split],
                np.array([[float(row["V"]), float(row["A"])] for row in rows if row["split"] == split]) / 2.0 - 1.5,
            )
            for split in splits
        }
    except (OSError, KeyError, ValueError) as error:
        raise CorpusError(f"EmoBank {path} cannot be read: expected columns split, V, A, text ({error})") from None


def fit_ridge(inputs: Floats, targets: Floats, weights: Floats, penalty: float = RIDGE) -> tuple[Floats, Floats]:
    """Weighted ridge regression; returns the matrix (inputs, 2) and the offset (2,)."""
    share = weights[:, None]
    centre, level = (inputs * share).sum(0) / share.sum(), (targets * share).sum(0) / share.sum()
    moved = inputs - centre
    gram = moved.T @ (moved * share) + penalty * np.eye(inputs.shape[1])
    matrix = np.linalg.solve(gram, moved.T @ ((targets - level) * share))
    return matrix, level - centre @ matrix


def correlations(predicted: Floats, true: Floats) -> tuple[float, float]:
    """Pearson's r for valence and for arousal."""
    return tuple(float(np.corrcoef(predicted[:, axis], true[:, axis])[0, 1]) for axis in range(2))  # type: ignore[return-value]


def main(argv: Sequence[str] | None = None) -> int:
    """Fit, print how well held-out words and sentences are rated, write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("emobank", type=Path, help="emobank.csv")
    parser.add_argument("--out", type=Path, required=True, help="the table to write (.npz)")
    options = parser.parse_args(argv)
    embed, tokens = load_embedding()
    corpus = read_emobank(options.emobank)
    words = list(load_lexicon())
    known, ratings = embed(words), np.array([load_lexicon()[word] for word in words])
    sentences, felt = corpus["train"]
    # Sentences are rated near the middle: give them the lexicon's spread, so that both speak of one scale.
    felt = (felt - felt.mean(0)) / felt.std(0) * ratings.std(0)
    rows = embed(sentences)

    def fitted(chosen: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
        weights = np.concatenate([np.ones(len(rows)), np.full(len(chosen), LEXICON_WEIGHT)])
        return fit_ridge(np.vstack([rows, known[chosen]]), np.vstack([felt, ratings[chosen]]), weights)

    order = np.random.default_rng(0).permutation(len(words))
    held = np.zeros_like(ratings)
    for fold in range(10):
        matrix, offset = fitted(np.setdiff1d(order, order[fold::10]))
        held[order[fold::10]] = known[order[fold::10]] @ matrix + offset
    matrix, offset = fitted(order)
    print("held-out lexicon words, r valence, arousal:", correlations(held, ratings))
    print(
        "EmoBank test sentences, r valence, arousal:",
        correlations(embed(corpus["test"][0]) @ matrix + offset, corpus["test"][1]),
    )
    _write(options.out, _vocabulary(sentences, tokens, set(words)), embed, matrix, offset)
    return 0


def _vocabulary(sentences: Sequence[str], tokens: Sequence[str], known: set[str]) -> list[str]:
    counts = collections.Counter(word for text in sentences for word in set(re.findall(r"[a-z]{4,16}", text)))
    frequent = {word for word, count in counts.items() if count >= SHARED_WORDS}
    return sorted((frequent | {token for token in tokens if token in counts}) - known - _NEUTRAL)


def _write(path: Path, words: list[str], embed: Embed, matrix: Floats, offset: Floats) -> None:
    scores = np.clip(embed(words) @ matrix + offset, -1.0, 1.0)
    strong = np.linalg.norm(scores, axis=1) >= LEAST_LENGTH
    kept = [word for word, keep in zip(words, strong.tolist(), strict=True) if keep]
    np.savez_compressed(
        path,
        words=np.frombuffer(" ".join(kept).encode(), dtype=np.uint8),
        scores=np.round(scores[strong] * 100).astype(np.int8),
    )
    print(f"{len(kept)} words, {path.stat().st_size} bytes")


if __name__ == "__main__":
    raise SystemExit(main())
