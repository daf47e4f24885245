"""The part of a report that holds a track against reference tracks: to hear at equal loudness, and to see."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from workbench.domain.audio import Audio
from workbench.domain.results import Track
from workbench.output.report.html_tables import asset, forms_table, script
from workbench.output.report.page_audio import data_address

if TYPE_CHECKING:
    from workbench.analysis.references import ReferenceProfile

MOST_FORMS = 6
_FORMS_TOLD = (
    "Chords and beginnings of sections: of this track as written, of the nearest references as heard. A colour is a "
    "root, darker in minor; a tempo stands with the confidence of its estimate."
)


def references_section(
    track: Track, profiles: Sequence[ReferenceProfile], sounds: Mapping[str, Audio], *, name: str
) -> str:
    """Players and pictures against references.

    Parameters
    ----------
    track
        The track.
    profiles
        The references; at least three for a range to be drawn.
    sounds
        Their audio, by id, as far as this machine has it.
    name
        What the set of references is called, such as "house".
    """
    from workbench.analysis.distances import distance
    from workbench.analysis.profile import measure
    from workbench.analysis.spectrum import THIRD_OCTAVE_HZ
    from workbench.output.figures.drawing import to_png
    from workbench.output.figures.reference_figures import outside_range, radar, spectrum_in_range
    from workbench.output.figures.reference_form import forms

    measured = measure(track.master, expected_bpm=track.plan.tempo_bpm)
    parts = [_listening(track, sounds)]
    if len(profiles) >= 3:
        others = [profile.measured for profile in profiles]
        spectra = [profile.third_octave_db for profile in profiles]
        parts.append(_figure(
            "Spectrum over the references", f"Third octaves of this track over the range of {escape(name)}.",
            to_png(spectrum_in_range(THIRD_OCTAVE_HZ, measured.third_octave_db, spectra)),
        ))  # fmt: skip
        parts.append(_figure(
            "Among the references", _shown(outside_range(measured, others), name), to_png(radar(measured, others)),
            narrow=True,
        ))  # fmt: skip
    nearest = sorted(profiles, key=lambda profile: distance(measured, profile.measured)["overall"])[:MOST_FORMS]
    if nearest:
        parts.append(_figure("Form and harmony", _FORMS_TOLD, to_png(forms(track.score, nearest))))
        parts.append(f'<div class="scroll">{forms_table(nearest)}</div>')
    return "".join(parts)


def switcher_html(sounds: Mapping[str, tuple[str, Audio]], *, key: str) -> str:
    """A player that switches without a gap between sounds by name: (label, audio)."""
    listed = [{"name": name, "label": label, "src": data_address(audio)} for name, (label, audio) in sounds.items()]
    data = json.dumps({"sounds": listed}, sort_keys=True).replace("<", "\\u003c")
    return (
        f'<div id="{key}"></div><style>{asset("switcher.css")}</style><script>\n{script("switcher.js")}'
        f'mountSwitcher(document.getElementById("{key}"), {data});\n</script>'
    )


def _listening(track: Track, sounds: Mapping[str, Audio]) -> str:
    if not sounds:
        return (
            '<p class="lede">No reference can be heard here: profiles hold no sound. Add the file with '
            "<code>beatsfoundry references add FILE</code>, or put it into <code>audio/</code> of your references.</p>"
        )
    from workbench.analysis.levels import at_equal_loudness

    level = at_equal_loudness({"track": track.master, **sounds})
    labels = {"track": "this track", **{name: name for name in sounds}}
    return '<p class="lede">Switch at any time: both run on, at equal loudness.</p>' + switcher_html(
        {name: (labels[name], audio) for name, audio in level.items()}, key="switcher"
    )


def _shown(outside: Sequence[str], name: str) -> str:
    ring = f"The ring holds the middle four fifths of {escape(name)}, the dashed line their median."
    return f"{ring} Beyond it: {', '.join(outside)}." if outside else f"{ring} This track lies within."


def _figure(title: str, text: str, png: bytes, *, narrow: bool = False) -> str:
    style = ' style="max-width: 620px"' if narrow else ""
    source = base64.b64encode(png).decode()
    return (
        f"<figure{style}><h3>{title}</h3><figcaption>{text}</figcaption>"
        f'<img alt="{title}" src="data:image/png;base64,{source}"></figure>'
    )
