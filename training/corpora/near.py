"""Near duplicates among songs of corpora, so that no song stands in training and in validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from training.corpora.song import CorpusSong


def song_signature(song: CorpusSong) -> npt.NDArray[np.uint32]:
    """The signature (128,) of a song by the bars of all its parts."""
    from workbench.analysis.near_duplicates import bar_shingles, signature_of

    return signature_of(bar_shingles(part.onsets_beats, part.pitches, song.bar_beats) for part in song.parts.values())


def near_groups(songs: Sequence[CorpusSong]) -> npt.NDArray[np.int64]:
    """A group number for each song (n,); those of one group are near duplicates."""
    from workbench.analysis.near_duplicates import near_duplicate_groups

    if not songs:
        return np.zeros(0, np.int64)
    return near_duplicate_groups(np.stack([song_signature(song) for song in songs]))


def content_names(songs: Sequence[CorpusSong], digests: Sequence[str]) -> list[str]:
    """The digest of each song's content, near duplicates under that of the first of them.

    Where all are near duplicates each keeps its own: a few variations are better than no validation.
    """
    from workbench.analysis.near_duplicates import group_names

    groups = near_groups(songs)
    return group_names(groups, digests) if len(set(groups.tolist())) > 1 else list(digests)


def near_counts(songs: Sequence[CorpusSong]) -> Mapping[str, int]:
    """How many songs have near duplicates, in how many groups, and how many groups stand on both sides of the split."""
    groups = near_groups(songs).tolist()
    sides: dict[int, list[str]] = {}
    for group, song in zip(groups, songs, strict=True):
        sides.setdefault(group, []).append(song.split)
    near = [splits for splits in sides.values() if len(splits) > 1]
    return {
        "songs": sum(map(len, near)),
        "groups": len(near),
        "across": sum(len(set(splits)) > 1 for splits in near),
    }
