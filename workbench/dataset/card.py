"""The card of a data set, with what can be filled in of Gebru et al., Datasheets for Datasets (2021)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.domain.request import GenerationRequest
from workbench.provenance import installed_versions

_MOST_NAMES = 30
_CARD = """\
# {name}

Songs that BeatsFoundry composed, rendered, mixed and mastered. Their labels are exact: they are written from the score
that the sound was made from.

| | songs |
|---|---|
{splits}

{hours:.2f} hours, {gigabytes:.2f} GB in {shards} shards.

## Composition

- styles: {styles}
- tempi: {slowest:g} to {fastest:g} BPM (quarter notes)
- concepts: {concepts}
- seeds: {seeds:,} different, {first_seed} to {last_seed}

A sample holds the master (`mix.flac`), a stem for each element, the score (`mid`), the plan with a reason for each
decision (`plan.json`) and labels (`jams`, version 0.3.4): tempo of the felt beat, beats with their place in the bar,
chords in Harte's syntax, keys, sections, elements by section, and the notes of each element where they sound.

## Split

{groups:,} groups. Songs that share half of their pairs of bars, in whatever key, and songs of the same concept and seed
are one group, and a group stands on one side.

## Making

- {versions}
- weights (SHA-256 over all networks of a song): {weights}
- `index.json` holds the MD5 of every file; the same requests give the same bytes again

## Licence and use

The songs are made by a program. BeatsFoundry (Apache-2.0) claims no right in them; its NOTICE credits the data that the
networks learned from. What the requests named of yours (samples, networks, styles) keeps its own licence.

Nobody played or sang here: instruments are synthesised, timing and timbre vary less than in records. What learns from
this set alone must be tried on recordings before it is relied on.
"""


@dataclass(frozen=True, slots=True)
class DatasetSummary:
    """What a data set holds: songs by split, groups, shards, bytes and seconds of sound."""

    songs: Mapping[str, int]
    groups: int
    shards: int
    bytes: int
    seconds: float


def card_of(
    name: str, summary: DatasetSummary, requests: Sequence[GenerationRequest], rows: Sequence[Mapping[str, Any]]
) -> str:
    """The card as Markdown: what the set holds, how it was made, how it is split, what it may be used for."""
    seeds = {request.options.seed for request in requests}
    tempi = [float(row["tempo_bpm"]) for row in rows]
    return _CARD.format(
        name=name,
        splits="\n".join(f"| {split} | {count:,} |" for split, count in summary.songs.items()),
        hours=summary.seconds / 3600.0,
        gigabytes=summary.bytes / 1e9,
        shards=summary.shards,
        styles=_counted(str(row["style"]) for row in rows),
        slowest=min(tempi),
        fastest=max(tempi),
        concepts=_counted(request.parameters.creative.concept for request in requests),
        seeds=len(seeds),
        first_seed=min(seeds),
        last_seed=max(seeds),
        groups=summary.groups,
        versions=", ".join(f"{package} {version}" for package, version in installed_versions().items()),
        weights=", ".join(sorted({str(row["weights_sha256"])[:16] for row in rows})),
    )


def _counted(names: Iterable[str]) -> str:
    counts = Counter(names).most_common()
    listed = ", ".join(f"{name} ({count})" for name, count in counts[:_MOST_NAMES])
    return listed + (f", and {len(counts) - _MOST_NAMES} more" if len(counts) > _MOST_NAMES else "")
