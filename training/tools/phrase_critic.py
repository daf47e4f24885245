"""The critic of phrases: what tells people's four bars of melody from what the network draws.

`python -m training.tools.phrase_critic --data DIR` measures human phrases of the corpora below DIR, and draws of the
network under the same conditions, and writes the weights that `workbench.composition.song_likeness` reads.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from training.corpora import read_corpora
from training.dataset import EncodedPart, encode_part
from training.excerpts import filled_bars, own_excerpt, write_excerpt
from workbench.composition.song_likeness import FEATURES, FEWEST_NOTES, phrase_features, widened
from workbench.domain.arrays import Floats
from workbench.domain.score import Score
from workbench.models.elements import LEADS
from workbench.models.registry import load_model

CORPORA = ("pop909", "freedoom", "easyrpg")
"""Melodies under licences that what ships may learn from."""
PHRASE_BARS, PHRASES_A_SONG, MOST_SONGS = 4, 3, 150
_SEED, _STRENGTH = 0, 0.05


def phrases(data: Path) -> Iterator[tuple[EncodedPart, int]]:
    """Parts with the first bar of a phrase that people filled, a few in each song of the training split."""
    songs = [song for song in read_corpora(data, CORPORA) if song.split == "train" and "leads" in song.parts]
    for song in songs[:: max(1, len(songs) // MOST_SONGS)]:
        part = encode_part(song, LEADS)
        if part is None or part.bar_beats != PHRASE_BARS:
            continue
        filled = filled_bars(part)
        starts = [
            bar for bar in range(0, part.bars - PHRASE_BARS, PHRASE_BARS) if filled[bar : bar + PHRASE_BARS].all()
        ]
        for start in starts[:: max(1, len(starts) // PHRASES_A_SONG)][:PHRASES_A_SONG]:
            yield part, start


def measure(data: Path) -> tuple[Floats, Floats, list[str]]:
    """Features of human phrases and of draws in their place, (n, features) each, and the song of each pair."""
    network = load_model("leads", None)
    settings = replace(LEADS.settings, guidance=0.0, nucleus=0.97)
    human, drawn, songs = [], [], []
    for part, start in phrases(data):
        pair = [
            _features(own_excerpt(part, "leads", start, PHRASE_BARS)),
            _features(write_excerpt(network, part, start, PHRASE_BARS, _SEED, settings)),
        ]
        if all(features is not None for features in pair):
            human.append(pair[0])
            drawn.append(pair[1])
            songs.append(part.song_id)
    return np.array(human), np.array(drawn), songs


def _features(score: Score) -> Floats | None:
    """Shape of the lead in a score that is one phrase."""
    notes = score.parts["leads"].notes
    if len(notes) < FEWEST_NOTES:
        return None
    return phrase_features(notes, score.chords, 0.0, PHRASE_BARS, PHRASE_BARS)


def fit(human: Floats, drawn: Floats) -> dict[str, Any]:
    """Means, spreads and weights of a logistic regression that tells people's phrases from drawn ones."""
    from sklearn.linear_model import LogisticRegression

    values = widened(np.concatenate([human, drawn]))
    label = np.r_[np.ones(len(human)), np.zeros(len(drawn))]
    means, spreads = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-6)
    model = LogisticRegression(C=_STRENGTH, max_iter=2000).fit((values - means) / spreads, label)
    rounded = {"means": means, "spreads": spreads, "weights": model.coef_[0]}
    return {name: [round(float(value), 5) for value in array] for name, array in rounded.items()} | {
        "intercept": round(float(model.intercept_[0]), 5)
    }


def main() -> None:
    """Measure, fit, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m training.tools.phrase_critic", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the corpora")
    parser.add_argument("--out", type=Path, default=Path("workbench/composition/phrase_critic.yaml"), metavar="FILE")
    options = parser.parse_args()
    human, drawn, songs = measure(options.data)
    head = (
        f"# Features {', '.join(FEATURES)},\n# then their squares. From {len(human)} phrases of {len(set(songs))} songs"
    )
    head += f" ({', '.join(CORPORA)}, training split) and as many draws;\n"
    head += "# `python -m training.tools.phrase_critic` writes it.\n"
    text = yaml.safe_dump(fit(human, drawn), width=110, sort_keys=False, default_flow_style=None)
    options.out.write_text(head + text, encoding="utf-8")


if __name__ == "__main__":
    main()
