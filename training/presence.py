"""A recipe on the data that is there: corpora that are absent are left out, and what that changes is said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from training.config import TrainingConfig
from training.corpora import check_data
from training.corpora.corpus import place_of
from training.corpora.registry import CORPORA, how_to_have
from workbench.domain.errors import CorpusError, unknown_name


@dataclass(frozen=True, slots=True)
class Fitted:
    """A recipe whose corpora are all there, and the lines that tell what was left out of it (none if nothing was)."""

    config: TrainingConfig
    remarks: tuple[str, ...] = ()


def fit_to_data(config: TrainingConfig, data: Path) -> Fitted:
    """The recipe with the corpora that a folder holds; their shares grow to fill what the absent ones leave.

    Corpora to validate on stay as they are where one of them is there; else all that are there serve.

    Raises
    ------
    CorpusError
        If the folder holds none of the recipe's corpora; the message tells how each is had.

    Examples
    --------
    >>> from training.config import load_config
    >>> from training.corpora.sets.tutorial import tutorial_data
    >>> recipe = load_config("bass", corpora={"tutorial": 0.5, "freedoom": 0.5})
    >>> dict(fit_to_data(recipe, tutorial_data()).config.corpora)
    {'tutorial': 1.0}
    """
    check_data(data)
    present = {name: share for name, share in config.corpora.items() if is_present(name, data)}
    absent = [name for name in config.corpora if name not in present]
    if not present:
        raise CorpusError(
            f"no corpus of the {config.element} recipe in {data}: {'; '.join(how_to_have(name) for name in absent)}; "
            "or train on what is there (train --corpora)"
        )
    if not absent:
        return Fitted(config)
    corpora = {name: share / sum(present.values()) for name, share in present.items()}
    validate_on = tuple(name for name in config.validate_on if name in present)
    remarks = tuple(_what_changes(name, config, corpora, data) for name in absent)
    return Fitted(replace(config, corpora=corpora, validate_on=validate_on), remarks)


def is_present(name: str, data: Path) -> bool:
    """Whether a data folder holds a corpus.

    Raises
    ------
    CorpusError
        If no corpus is called so.
    """
    if name not in CORPORA:
        raise unknown_name("corpus", name, CORPORA, CorpusError)
    return place_of(CORPORA[name], data).is_dir()


def _what_changes(name: str, config: TrainingConfig, corpora: dict[str, float], data: Path) -> str:
    rest = ", ".join(f"{other} {share:.0%}" for other, share in corpora.items())
    validated = not config.validate_on or name in config.validate_on
    figures = "; figures are of other songs than those of the whole recipe" if validated else ""
    share = f"{config.corpora[name]:.0%} of the {config.element} recipe"
    return f"without {name} ({share}), which is not in {data}: now {rest}{figures}; {how_to_have(name)}"
