"""Score, edits and desk as compact JSON documents: what a bundle needs, to be taken up again exactly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from workbench.domain.audio import Desk
from workbench.domain.plain_data import to_plain


def compact(value: Any) -> bytes:
    r"""A frozen value as one line of JSON; numbers are written so that they are read back the same.

    Examples
    --------
    >>> from workbench.domain.score import Note
    >>> compact(Note(0.0, 60, 1.0, 90))
    b'{"onset_beats":0.0,"pitch":60,"duration_beats":1.0,"velocity":90,"shift_beats":0.0}\n'
    """
    return (json.dumps(to_plain(value), separators=(",", ":"), ensure_ascii=False, allow_nan=False) + "\n").encode()


def desk_document(desk: Desk) -> bytes:
    """The desk's settings as one line of JSON."""
    curves = {"side_gain": _numbers(desk.side_gain), "gain": _numbers(desk.gain)}
    return compact(
        {"eq_db": desk.curves, "hop_samples": desk.hop_samples, "length_samples": desk.length_samples, **curves}
    )


def desk_from_document(data: Mapping[str, Any]) -> Desk:
    """The desk that `desk_document` laid out."""
    return Desk(
        curves={str(name): tuple(map(float, gains)) for name, gains in data["eq_db"].items()},
        side_gain=np.array(data["side_gain"], np.float32),
        gain=np.array(data["gain"], np.float32),
        hop_samples=int(data["hop_samples"]),
        length_samples=int(data["length_samples"]),
    )


def _numbers(curve: Any) -> list[float]:
    """The shortest decimals that give the same float32 again."""
    return [float(str(value)) for value in curve]
