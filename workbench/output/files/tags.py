"""What a sound file says of itself: title, project, seed, tempo, key, and that an AI took part.

The same song gives the same tags: they hold no date. A stem says only what no edit of another element changes, so that
it keeps its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from workbench.domain.errors import ParameterError
from workbench.domain.results import Track
from workbench.domain.theory import Key

SOFTWARE = "BeatsFoundry"
_SHIPPED_LICENCE = "Apache-2.0"
_HASH_DIGITS = 12
_ISRC = re.compile("[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
_EXAMPLE = "FR-Z03-98-00212"


@dataclass(frozen=True, slots=True)
class Tags:
    """Texts of a file; what is empty or None is not written.

    `extra` holds those that formats have no field for. Loudness is in LUFS, true peak in dBTP; `isrc` as `parse_isrc`
    gives it.
    """

    title: str
    statement: str
    project: str = ""
    genre: str = ""
    tempo_bpm: float | None = None
    key: Key | None = None
    artist: str = ""
    isrc: str = ""
    extra: Mapping[str, str] | None = None
    loudness_lufs: float | None = None
    true_peak_dbtp: float | None = None

    @property
    def key_name(self) -> str:
        """The key as ID3 writes it: tonic, and m where the third is minor; empty if none is known.

        Examples
        --------
        >>> Tags("", "", key=Key.parse("D dorian")).key_name
        'Dm'
        """
        return "" if self.key is None else self.key.name_of(self.key.tonic) + "m" * self.key.has_minor_third

    @property
    def words(self) -> dict[str, str]:
        """Seed and all else by name, the tempo with its fraction, the key with its mode."""
        musical = {} if self.tempo_bpm is None else {"tempo": f"{self.tempo_bpm:g}"}
        if self.key is not None:
            musical["key"] = str(self.key)
        return {**(self.extra or {}), **musical}


def parse_isrc(text: str) -> str:
    """An International Standard Recording Code (ISO 3901) without its hyphens: country, registrant, year, number.

    Raises
    ------
    ParameterError
        If it is none.

    Examples
    --------
    >>> parse_isrc("fr-z03-98-00212")
    'FRZ039800212'
    """
    plain = text.strip().replace("-", "").upper()
    if not _ISRC.fullmatch(plain):
        form = "two letters, three letters or digits, seven digits"
        raise ParameterError(f"ISRC {text!r}: expected {form}, as {_EXAMPLE}")
    return plain


def master_tags(track: Track) -> Tags:
    """What the master says."""
    plan, measured = track.plan, track.report.measurements
    return Tags(
        title=track.score.title,
        project=plan.project_id,
        genre=plan.style,
        tempo_bpm=plan.tempo_bpm,
        key=plan.key,
        statement=_statement(track),
        extra={"seed": str(track.provenance.seed), "part": "master"},
        loudness_lufs=_finite(measured.get("integrated_loudness_lufs")),
        true_peak_dbtp=_finite(measured.get("true_peak_dbtp")),
    )


def stem_tags(track: Track, element: str) -> Tags:
    """What the stem of an element says."""
    plan = track.plan
    return Tags(
        title=f"{track.score.title} ({element})",
        project=plan.project_id,
        genre=plan.style,
        tempo_bpm=plan.tempo_bpm,
        statement=f"AI-assisted music, made with {SOFTWARE}.",
        extra={"seed": str(track.provenance.seed), "part": element},
    )


def _statement(track: Track) -> str:
    """That an AI took part, with the networks that wrote the notes and their licences."""
    hashes = track.provenance.model_hashes
    if not hashes:
        return f"AI-assisted music, made with {SOFTWARE}. No network wrote its notes."
    networks = ", ".join(
        f"{element} {digest[:_HASH_DIGITS]} ({_licence(track.plan.models.get(element))})"
        for element, digest in sorted(hashes.items())
    )
    return f"AI-assisted music, made with {SOFTWARE}. Networks that wrote its notes: {networks}."


def _licence(fine_tuned: str | None) -> str:
    return _SHIPPED_LICENCE if fine_tuned is None else f"{fine_tuned}, fine-tuned by its user"


def _finite(value: float | None) -> float | None:
    """A level that a chunk of 16-bit hundredths can hold."""
    return value if value is not None and -300.0 < value < 300.0 else None
