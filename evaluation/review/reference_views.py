"""What the review notebooks show of references: what there is, distances, spectra, forms and chords."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from workbench.output.figures.labels import format_number
from workbench.output.report.html_tables import distances_html, folded, forms_table, plain_table
from workbench.widgets.pictures import embedded
from workbench.widgets.tables import HtmlTable

if TYPE_CHECKING:
    from IPython.display import Image

    from workbench.analysis.profile import Measurements
    from workbench.analysis.references import ReferenceProfile
    from workbench.domain.score import Score


def references_view(profiles: Sequence[ReferenceProfile]) -> HtmlTable:
    """What there is to compare with: a list that a click opens."""
    rows = [(one.id, one.title, one.author, ", ".join(one.styles), one.licence) for one in profiles]
    table = plain_table(("Reference", "Title", "Author", "Styles", "Licence"), rows)
    return HtmlTable(folded(f"{len(profiles)} references", table))


def distances_view(distances: Mapping[str, Mapping[str, float]], *, most: int = 6) -> HtmlTable:
    """Distances to the nearest references, nearest first, and how far the others lie."""
    ordered = sorted(distances.items(), key=lambda item: item[1].get("overall", math.inf))
    farther = [format_number(row["overall"]) for _, row in ordered[most:] if "overall" in row]
    others = f"<p>{len(farther)} others lie from {farther[0]} to {farther[-1]} overall.</p>" if farther else ""
    return HtmlTable(distances_html(dict(ordered[:most])) + others)


def against_references(measured: Measurements, profiles: Sequence[ReferenceProfile]) -> tuple[Image, Image]:
    """Spectrum over the references' range, and the radar."""
    from workbench.analysis.spectrum import THIRD_OCTAVE_HZ
    from workbench.output.figures.reference_figures import radar, spectrum_in_range

    spectra = [profile.third_octave_db for profile in profiles]
    spectrum = spectrum_in_range(THIRD_OCTAVE_HZ, measured.third_octave_db, spectra)
    return embedded(spectrum), embedded(radar(measured, [profile.measured for profile in profiles]))


def forms_picture(profiles: Sequence[ReferenceProfile], score: Score | None = None) -> Image:
    """Chords and sections of references over time, below those of a score where there is one."""
    from workbench.output.figures.reference_form import forms

    return embedded(forms(score, profiles))


def forms_view(profiles: Sequence[ReferenceProfile]) -> HtmlTable:
    """Styles, tempo with confidence, key, sections and chords of references."""
    return HtmlTable(forms_table(profiles))
