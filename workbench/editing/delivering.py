"""The same song in another delivery: format, sample rate, bits, loudness, stems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.domain.clock import Progress
from workbench.domain.deliveries import load_delivery
from workbench.domain.plan import Delivery, Plan
from workbench.domain.request import GenerationRequest, parse_request
from workbench.domain.results import Track
from workbench.output import load
from workbench.pipeline import finish, load_references


def redeliver(source: Track | str | Path, options: Mapping[str, Any], *, progress: Progress | None = None) -> Track:
    """Master and write a finished song anew for another delivery; notes, desk and stems stay.

    Parameters
    ----------
    source : Track or path
        A track, or the folder of its bundle. It stays as it is.
    options : mapping
        Those of a request's options that change: `format`, `sample_rate` (Hz), `bit_depth`, `delivery`,
        `target_loudness` (LUFS), `stem_export`. At another sample rate the stems are rendered anew.
    progress : callable, optional
        As for `generate`.

    Returns
    -------
    Track
        The song in its new delivery, without alternatives.

    Raises
    ------
    ParameterError
        If an option is not known or out of range.
    OutputError
        If the folder is no finished bundle.
    """
    track = source if isinstance(source, Track) else load(source)
    request = _with_options(track.request, options)
    plan = replace(track.plan, delivery=_delivery(track.plan, request, options))
    same_rate = plan.delivery.sample_rate_hz == track.plan.delivery.sample_rate_hz
    standing = track.mix if same_rate and track.mix.desk is not None else None
    made = finish(
        request, plan, track.score, references=load_references(request),
        model_hashes=track.provenance.model_hashes, standing=standing, progress=progress,
    )  # fmt: skip
    return replace(made, edits=track.edits)


def _with_options(request: GenerationRequest, options: Mapping[str, Any]) -> GenerationRequest:
    form = request.model_dump(mode="json", exclude_unset=True)
    return parse_request({**form, "options": {**form.get("options", {}), **options, "iterations": 1}})


def _delivery(plan: Plan, request: GenerationRequest, changed: Mapping[str, Any]) -> Delivery:
    """What the plan delivers, with the changed options in force; a loudness that is stated wins over a delivery's."""
    options, before = request.options, plan.delivery
    profile = load_delivery(options.delivery) if changed.get("delivery") and options.delivery else None
    target, ceiling = (
        (profile.target_lufs, profile.ceiling_dbtp) if profile else (before.target_lufs, before.ceiling_dbtp)
    )
    if options.target_loudness is not None:
        target = options.target_loudness
    return replace(
        before,
        format=options.format,
        sample_rate_hz=options.sample_rate,
        bit_depth=options.bit_depth or before.bit_depth,
        target_lufs=target,
        ceiling_dbtp=ceiling,
        stem_export=options.stem_export,
    )
