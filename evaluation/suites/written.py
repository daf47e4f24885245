"""A song without sound, and how it waits on disk between writing and sounding, so that a run that stops loses none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.domain.errors import ParameterError
from workbench.domain.files import write_text_atomically
from workbench.domain.plain_data import from_plain, to_plain
from workbench.domain.plan import Plan
from workbench.domain.plan_form import plan_from_dict, plan_to_dict
from workbench.domain.score import Score


@dataclass(frozen=True, slots=True)
class Written:
    """A song without sound, what its notes tell, and the hashes of the networks that wrote it."""

    plan: Plan
    score: Score
    model_hashes: Mapping[str, str]
    metrics: Mapping[str, float]


def keep_written(path: Path, written: Written, key: str) -> None:
    """Write a song to disk, whole or not at all; `key` tells request and code."""
    form = {
        "key": key,
        "plan": plan_to_dict(written.plan),
        "score": to_plain(written.score),
        "model_hashes": dict(written.model_hashes),
        "figures": dict(written.metrics),
    }
    write_text_atomically(path, json.dumps(form, allow_nan=False) + "\n")


def kept_written(path: Path, key: str) -> Written | None:
    """The song that `keep_written` left; None if there is none, or one of another request or other code."""
    try:
        form = json.loads(path.read_text(encoding="utf-8"))
        if form["key"] != key:
            return None
        plan, score = plan_from_dict(form["plan"]), from_plain(Score, form["score"])
        return Written(plan, score, form["model_hashes"], form["figures"])
    except (OSError, ValueError, TypeError, KeyError, ParameterError):
        return None
