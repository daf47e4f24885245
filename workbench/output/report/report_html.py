"""The quality report as one HTML page that needs nothing else: style, script and pictures lie within it.

The players alone point outside, to the audio files beside the page in the same bundle.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from workbench.domain.results import Track
from workbench.output.figures.labels import format_number
from workbench.output.figures.track_figures import CAPTIONS, draw_all
from workbench.output.report import html_tables as tables
from workbench.output.report.player_data import player_data, track_names

if TYPE_CHECKING:
    from workbench.analysis.references import ReferenceProfile


def render(
    track: Track,
    *,
    figures: Mapping[str, bytes] | None = None,
    references: Sequence[ReferenceProfile] | None = None,
    audio_files: Mapping[str, str] | None = None,
    against: str = "",
) -> str:
    """The report of a track as HTML; the same track gives the same text.

    Parameters
    ----------
    track
        The finished track.
    figures
        PNG bytes by name of `track_figures.CAPTIONS`; drawn here where not given.
    references
        Profiles whose spectra are drawn beside the track's; by default those that the plan names.
    audio_files
        Paths relative to the page, by "master" and element; by default those of a bundle: `master.wav`,
        `stems/bass.wav` in the format of the delivery. Files that are not named get no player; an address that holds
        the sound itself (`page_audio.data_address`) makes the page stand alone.
    against
        What `report_references.references_section` gives; without it there is no such part.
    """
    pictures = draw_all(track, references=references) if figures is None else figures
    files = _default_files(track) if audio_files is None else audio_files
    parts = [
        _section("listen", "Listen", _player(track, files), plain=True),
        _section("against", "Against the references", against) if against else "",
        _section("checks", "Checks", _scroll(tables.checks_html(track.report))),
        _section("decisions", "From concept to plan", _decisions(track)),
        _section("pictures", "Pictures", _figures(pictures)),
        _section("measurements", "Measurements", _measurements(track)),
        _references(track),
        _section("provenance", "Provenance", _provenance(track)),
    ]
    style = "\n".join(tables.asset(f"{name}.css") for name in ("report", "tables", "player"))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(track.score.title)}</title>\n"
        f'<link rel="icon" href="data:,">\n<style>\n{style}</style>\n</head>\n'
        f"<body>\n{_header(track)}\n<main>\n{_navigation(track, against)}\n{''.join(parts)}</main>\n</body>\n</html>\n"
    )


def _header(track: Track) -> str:
    plan = track.plan
    seconds = round(track.master.duration_seconds)
    loudness = track.report.measurements.get("integrated_loudness_lufs")
    facts = [
        ("style", plan.style),
        ("tempo", f"{format_number(plan.tempo_bpm)} BPM"),
        ("key", str(plan.key)),
        ("metre", str(plan.metre)),
        ("length", f"{seconds // 60}:{seconds % 60:02d}"),
        ("sound", plan.processing_style),
        ("seed", str(plan.seed)),
    ]
    if loudness is not None:
        facts.append(("loudness", f"{format_number(loudness)} LUFS"))
    line, outcome = tables.verdict(track.report)
    items = "".join(f"<li>{escape(name)} <b>{escape(value)}</b></li>" for name, value in facts)
    return (
        f'<header><div class="inner"><h1>{escape(track.score.title)}</h1><p>{escape(plan.concept)}</p>'
        f'<ul class="facts"><li class="verdict">{tables.light(outcome)}{escape(line)}</li>{items}</ul></div></header>'
    )


def _navigation(track: Track, against: str) -> str:
    names = {"listen": "Listen", "against": "Against references", "checks": "Checks", "decisions": "Plan"}
    names |= {"pictures": "Pictures", "measurements": "Measurements", "references": "References"}
    names |= {"provenance": "Provenance"}
    missing = {key for key, there in (("against", against), ("references", track.report.references)) if not there}
    return "<nav>" + "".join(f'<a href="#{key}">{names[key]}</a>' for key in names if key not in missing) + "</nav>"


def _player(track: Track, files: Mapping[str, str]) -> str:
    tracks = [{**entry, "src": files[entry["name"]]} for entry in track_names(track) if entry["name"] in files]
    if not tracks:
        return '<p class="lede">No audio was delivered with this report.</p>'
    # "<" is escaped so that no text of the song can close the script element.
    data = json.dumps({**player_data(track), "tracks": tracks}, sort_keys=True).replace("<", "\\u003c")
    script = f'{tables.script("player.js")}mountPlayer(document.getElementById("player"), {data});'
    return f'<div id="player"></div>\n<script>\n{script}\n</script>'


def _decisions(track: Track) -> str:
    mood = track.request.parameters.creative.mood
    asked = f"Concept: {track.plan.concept}." if not mood else f"Concept: {track.plan.concept}. Mood: {mood}."
    placed = f"Valence {format_number(track.plan.valence)}, arousal {format_number(track.plan.arousal)} (each −1 to 1)."
    return f'<p class="lede">{escape(asked)} {placed}</p>{_scroll(tables.decisions_html(track.plan))}'


def _figures(pictures: Mapping[str, bytes]) -> str:
    return "".join(
        f"<figure><h3>{caption.title}</h3><figcaption>{caption.text}</figcaption>"
        f'<img alt="{caption.title}" src="data:image/png;base64,{base64.b64encode(pictures[name]).decode()}"></figure>'
        for name, caption in CAPTIONS.items()
        if name in pictures
    )


def _measurements(track: Track) -> str:
    groups = tables.measurements_html(track.report)
    return (
        '<div class="columns">'
        + "".join(f"<div><h3>{group.capitalize()}</h3>{table}</div>" for group, table in groups.items())
        + "</div>"
    )


def _references(track: Track) -> str:
    if not track.report.references:
        return ""
    lede = '<p class="lede">Distance from each reference; zero is the same.</p>'
    return _section("references", "Distance to references", lede + _scroll(tables.references_html(track.report)))


def _provenance(track: Track) -> str:
    # Seconds by stage stay out: they differ from run to run, and the same request gives the same page.
    return _scroll(tables.provenance_html(track.provenance))


def _section(key: str, title: str, body: str, *, plain: bool = False) -> str:
    if plain:
        return f'<section id="{key}" class="plain" aria-label="{title}">{body}</section>\n'
    return f'<section id="{key}"><h2>{title}</h2>{body}</section>\n'


def _scroll(table: str) -> str:
    return f'<div class="scroll">{table}</div>'


def _default_files(track: Track) -> dict[str, str]:
    delivery = track.plan.delivery
    suffix = delivery.suffix
    files = {"master": f"master{suffix}"}
    if delivery.stem_export:
        files |= {name: f"stems/{name}{suffix}" for name in track.mix.stems}
    return files
