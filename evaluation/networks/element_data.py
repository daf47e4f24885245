"""One element under judgement: its data, and human music and samples side by side under the same conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from evaluation.networks.excerpt_writing import Write, network_writer, write_excerpts
from evaluation.networks.excerpts import LEAST_NOTES, ExcerptPlace, PartExcerpt, choose_places, cut, matched_excerpts
from evaluation.networks.features import Features, features_of
from evaluation.networks.ngram.baseline import Baseline, fit_baselines
from evaluation.networks.ngram.writer import write_with_ngram
from evaluation.networks.notes import ExcerptNotes, pool_notes
from training.config import TrainingConfig, load_config
from training.dataset import EncodedPart
from training.fit import load_parts
from training.presence import fit_to_data
from workbench.domain.arrays import Integers
from workbench.models.elements import get_spec
from workbench.models.registry import load_model
from workbench.models.spec import ElementSpec, Settings
from workbench.models.transformer import ElementTransformer


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Excerpts of one kind with their notes, features and source songs."""

    excerpts: tuple[PartExcerpt, ...]
    notes: ExcerptNotes
    features: Features
    songs: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.excerpts)


def side(excerpts: Sequence[PartExcerpt], spec: ElementSpec, *, least_notes: int = LEAST_NOTES) -> Side:
    """Measure excerpts; those with fewer notes are left out."""
    kept = tuple(excerpt for excerpt in excerpts if len(excerpt.notes) >= least_notes)
    notes = pool_notes(kept, spec)
    return Side(kept, notes, features_of(notes), tuple(excerpt.song_id for excerpt in kept))


@dataclass(frozen=True, slots=True, eq=False)
class JudgedSamples:
    """What the judges of samples see.

    Parameters
    ----------
    element : str
    human, matched : Side
        Validation excerpts, and training excerpts of matching conditions: human against human music.
    sample : Side
        What is judged.
    human_with_rests, sample_with_rests : Side
        Both sides at all places, those included that hold too few notes to be judged alone.
    others : mapping name -> Side
        Printed beside, such as the n-gram's samples.
    training : sequence of Rows
        The training parts, in which copies are looked for.
    """

    element: str
    human: Side
    matched: Side
    sample: Side
    human_with_rests: Side
    sample_with_rests: Side
    others: Mapping[str, Side]
    training: Sequence[Integers]


class ElementData:
    """An element with everything that its judges need, each made once, when it is first asked for.

    Parameters
    ----------
    element : str
    parts : sequence of EncodedPart
        Training and validation parts of the recipe's corpora.
    config : TrainingConfig
    model : ElementTransformer
        The network that is judged.
    settings : Settings, optional
        How it is sampled; by default as its spec says.
    n : int
        Excerpts a side.
    seed : int
    """

    def __init__(
        self,
        element: str,
        parts: Sequence[EncodedPart],
        config: TrainingConfig,
        model: ElementTransformer,
        *,
        settings: Settings | None = None,
        n: int = 500,
        seed: int = 0,
    ) -> None:
        self.element, self.spec, self.config, self.parts = element, get_spec(element), config, parts
        self.model, self.settings, self.n, self.seed = model, settings or self.spec.settings, n, seed

    @property
    def write(self) -> Write:
        """The network as a writer."""
        return network_writer(self.model, self.settings)

    @cached_property
    def validation(self) -> list[EncodedPart]:
        """Validation parts of the corpora that are validated on."""
        return self._parts_of("validation")

    @cached_property
    def training(self) -> list[EncodedPart]:
        """Training parts of the same corpora."""
        return self._parts_of("train")

    @cached_property
    def places(self) -> list[ExcerptPlace]:
        """Where the validation excerpts lie."""
        return choose_places(self.validation, self.n, self.seed)

    @cached_property
    def human(self) -> Side:
        """Validation excerpts with enough notes."""
        return side(self.human_with_rests.excerpts, self.spec)

    @cached_property
    def human_with_rests(self) -> Side:
        """Validation excerpts of all places."""
        cuts = [cut(self.validation[place.part], place.bar) for place in self.places]
        return side(cuts, self.spec, least_notes=0)

    @cached_property
    def matched(self) -> Side:
        """Training excerpts of matching conditions."""
        return side(matched_excerpts(self.human.excerpts, self.training, self.seed), self.spec)

    @cached_property
    def baselines(self) -> list[Baseline]:
        """The n-grams without and with the previous bar."""
        return fit_baselines(self.parts, self.config)

    @cached_property
    def written(self) -> tuple[list[PartExcerpt], list[Integers]]:
        """The network's samples: excerpts, and the rows that they were cut from."""
        return write_excerpts(self.write, self.validation, self.places, self.seed)

    @cached_property
    def ngram(self) -> Side:
        """Samples of the n-gram that sees the previous bar, under the same conditions."""
        baseline = self.baselines[1]
        excerpts, _ = write_excerpts(
            lambda jobs: write_with_ngram(baseline, jobs), self.validation, self.places, self.seed
        )
        return side(excerpts, self.spec)

    def compare(self, samples: Sequence[PartExcerpt], *, with_ngram: bool = False) -> JudgedSamples:
        """Samples of any origin beside the human excerpts."""
        return JudgedSamples(
            self.element, self.human, self.matched, side(samples, self.spec),
            self.human_with_rests, side(samples, self.spec, least_notes=0),
            {"n-gram": self.ngram} if with_ngram else {},
            [part.rows for part in self.parts if part.split == "train"],
        )  # fmt: skip

    def _parts_of(self, split: str) -> list[EncodedPart]:
        wanted = set(self.config.validate_on or self.config.corpora)
        return [part for part in self.parts if part.split == split and part.corpus in wanted]


def load_element_data(
    element: str,
    data: Path,
    *,
    settings: Settings | None = None,
    n: int = 500,
    seed: int = 0,
    model: ElementTransformer | None = None,
    parts: Sequence[EncodedPart] | None = None,
) -> ElementData:
    """An element with the data of its recipe, as far as it is there, and the weights in use (or those given).

    Raises
    ------
    CorpusError
        If no corpus of the recipe is there.
    ModelError
        If weights are missing or damaged.
    """
    config = fit_to_data(load_config(element), data).config if parts is None else load_config(element)
    encoded = load_parts(data, config) if parts is None else parts
    return ElementData(element, encoded, config, model or load_model(element), settings=settings, n=n, seed=seed)


def halves(whole: Side, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two halves of a side by source song, as row flags."""
    songs = np.unique(whole.songs)
    first = np.isin(whole.songs, np.random.default_rng(seed).permutation(songs)[::2])
    return first, ~first
