"""How well a key is kept to.

Conventions
-----------
The weighted score is MIREX's: 1 for the same key, 0.5 for a fifth above, 0.3 for the relative key, 0.2 for the parallel
key, else 0 (`mir_eval.key`). Modes are weighed as the major or minor that their third names. `key_exact` asks for
tonic and major or minor; `key_family` accepts whatever shares the scale, as the relative key does. The share of pitch
energy on the scale needs no decision by a detector and moves smoothly. All lie in 0..1, 1 is best; no key heard is 0.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from workbench.analysis.key import same_family
from workbench.domain.errors import ParameterError
from workbench.domain.theory import Key


def weighted_score(asked: Key, heard: Key | None) -> float:
    """MIREX's weighted score.

    Parameters
    ----------
    asked : Key
    heard : Key or None
        None is a key that was not heard.

    Returns
    -------
    float
        1, 0.5, 0.3, 0.2 or 0; 1 is best.

    Examples
    --------
    >>> weighted_score(Key.parse("A minor"), Key.parse("C major")), weighted_score(Key.parse("C"), Key.parse("G"))
    (0.3, 0.5)
    """
    if heard is None:
        return 0.0
    step, same_mode = (heard.tonic - asked.tonic) % 12, asked.has_minor_third == heard.has_minor_third
    if same_mode:
        return {0: 1.0, 7: 0.5}.get(step, 0.0)
    relative = 3 if asked.has_minor_third else 9
    return {relative: 0.3, 0: 0.2}.get(step, 0.0)


def scale_share(asked: Key, chroma: npt.ArrayLike) -> float:
    """Share of a pitch-class profile on the key's scale.

    Parameters
    ----------
    asked : Key
    chroma : array_like of shape (12,)
        Weights from C, 0 or more.

    Returns
    -------
    float
        0..1, 1 is best; 0 for silence.

    Raises
    ------
    ParameterError
        If there are not 12 values, or one is negative or not finite.

    Examples
    --------
    >>> scale_share(Key.parse("C major"), [1] * 12) == 7 / 12
    True
    """
    profile = np.asarray(chroma, np.float64)
    if profile.shape != (12,) or not np.isfinite(profile).all() or profile.min() < 0.0:
        raise ParameterError(f"pitch-class profile: expected 12 values from 0, got shape {profile.shape}")
    total = float(profile.sum())
    return float(profile[list(asked.pitch_classes)].sum()) / total if total > 0.0 else 0.0


def evaluate(asked: Key, heard: Key | None, chroma: npt.ArrayLike) -> dict[str, float]:
    """Every value of this file by name.

    Parameters
    ----------
    asked : Key
    heard : Key or None
        None is a key that was not heard.
    chroma : array_like of shape (12,)
        Weights from C, 0 or more.

    Returns
    -------
    dict of str to float
        0..1, 1 is best: `key_score`, `key_exact`, `key_family` and `scale_share`.

    Raises
    ------
    ParameterError
        See `scale_share`.

    Examples
    --------
    The relative key is of the family, and not the same:

    >>> found = evaluate(Key.parse("A minor"), Key.parse("C major"), [1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0])
    >>> found["key_exact"], found["key_family"], found["scale_share"]
    (0.0, 1.0, 1.0)
    """
    return {
        "key_score": weighted_score(asked, heard),
        "key_exact": float(weighted_score(asked, heard) == 1.0),
        "key_family": float(heard is not None and same_family(asked, heard)),
        "scale_share": scale_share(asked, chroma),
    }
