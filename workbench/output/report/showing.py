"""What a notebook shows of a result: one line as text, and HTML with its own script that plays without a kernel."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from functools import singledispatch
from html import escape
from typing import Any

from workbench.domain.audio import Audio
from workbench.domain.plan import Plan
from workbench.domain.results import QualityReport, Track
from workbench.domain.score import Score
from workbench.output.figures.labels import format_number
from workbench.output.figures.palette import ACCENT, MASTER_COLOUR
from workbench.output.report import html_tables
from workbench.output.report.page_audio import MIME, small_for_page
from workbench.output.report.player_data import peaks, player_data
from workbench.output.report.roll_data import roll_data


def mime_bundle(value: Any) -> dict[str, str]:
    """What IPython asks a value for: `text/plain` and `text/html`."""
    return {"text/plain": summary(value), "text/html": page(value)}


@singledispatch
def summary(value: Any) -> str:
    """A value in one line.

    Examples
    --------
    >>> import numpy as np
    >>> summary(Audio(np.zeros((2, 96000), np.float32), 48000))
    'Audio: 2.0 s, stereo, 48000 Hz'
    """
    return repr(value)


@singledispatch
def page(value: Any) -> str:
    """A value as HTML that needs nothing else."""
    return f"<pre>{escape(repr(value))}</pre>"


@summary.register
def _(track: Track) -> str:
    return f"Track: {track.score.title}, {_facts(track.plan)}, {_length(track.master)}"


@summary.register
def _(plan: Plan) -> str:
    return f"Plan: {plan.concept}, {_facts(plan)}, {plan.bars} bars, {len(plan.decisions)} decisions"


@summary.register
def _(score: Score) -> str:
    parts = ", ".join(f"{name} {len(part.notes)}" for name, part in score.parts.items())
    return f"Score: {score.title}, {score.bars} bars, notes of {parts}"


@summary.register
def _(audio: Audio) -> str:
    return f"Audio: {audio.duration_seconds:.1f} s, stereo, {audio.sample_rate_hz} Hz"


@summary.register
def _(report: QualityReport) -> str:
    return f"QualityReport: {html_tables.verdict(report)[0]}"


@page.register
def _(track: Track) -> str:
    line, outcome = html_tables.verdict(track.report)
    head = (
        f'<div class="bf bf-headline"><b>{escape(track.score.title)}</b> {escape(_facts(track.plan))} '
        f"<span>{html_tables.light(outcome)}{escape(line)}</span></div>"
    )
    options = {**player_data(track), **_sound(track.master, track.score.title)}
    script = "const roll = mountRoll(root, data.roll, {onSeek: (at) => player.seek(at)});"
    player = "const player = mountPlayer(root, {...data.player, onTime: (at) => roll.follow(at)});"
    # The player comes first in the page and is named by the roll, so that both are there before anything is clicked.
    mounted = _mounted(f"{player}{script}", {"player": options, "roll": roll_data(track.score)}, ("player", "roll"))
    return _style("tables") + head + mounted


@page.register
def _(audio: Audio) -> str:
    options = {
        "duration": round(audio.duration_seconds, 3),
        "sections": [],
        "peaks": peaks(audio),
        "accent": ACCENT,
        **_sound(audio, "audio"),
    }
    return _mounted("mountPlayer(root, data);", options, ("player",))


@page.register
def _(score: Score) -> str:
    return _mounted("mountRoll(root, data);", roll_data(score), ("roll",))


@page.register
def _(plan: Plan) -> str:
    return _table(html_tables.decisions_html(plan))


@page.register
def _(report: QualityReport) -> str:
    line, outcome = html_tables.verdict(report)
    return _table(f"<p>{html_tables.light(outcome)}<b>{escape(line)}</b></p>{html_tables.checks_html(report)}")


def switcher(sounds: Mapping[str, bytes]) -> str:
    """Sounds (Ogg Vorbis) that are switched without a gap while they play, as HTML that needs nothing else."""
    options = {"sounds": [{"name": name, "label": name, "src": _address(data)} for name, data in sounds.items()]}
    return _mounted("mountSwitcher(root, data);", options, ("switcher",))


def _table(html: str) -> str:
    return f'{_style("tables")}<div class="bf" style="overflow-x:auto">{html}</div>'


def _mounted(code: str, data: Mapping[str, Any], parts: tuple[str, ...]) -> str:
    """An element with the script that fills it; nothing that the script declares reaches the page around it."""
    name = f"bf-{secrets.token_hex(6)}"
    # "<" is escaped so that no text of the song can close the script element.
    text = json.dumps(data).replace("<", "\\u003c")
    scripts = html_tables.scripts(*(f"{part}.js" for part in parts))
    return (
        f'{_style(*parts)}<div id="{name}"></div><script>(() => {{\n{scripts}\n'
        f'const root = document.getElementById("{name}");\nconst data = {text};\n{code}\n}})();</script>'
    )


def _style(*names: str) -> str:
    return f"<style>{''.join(html_tables.asset(f'{name}.css') for name in names)}</style>"


def _sound(audio: Audio, title: str) -> dict[str, Any]:
    """The sound as options of the player, within the page and to be saved from it."""
    address = _address(small_for_page(audio))
    name = "".join(letter if letter.isalnum() else "-" for letter in title.lower()).strip("-") or "audio"
    return {
        "tracks": [{"name": "master", "label": "master", "colour": MASTER_COLOUR, "src": address}],
        "downloads": [{"label": "Save", "name": f"{name}.ogg"}],
    }


def _address(data: bytes) -> str:
    return f"data:{MIME};base64,{base64.b64encode(data).decode()}"


def _facts(plan: Plan) -> str:
    return f"{plan.style}, {format_number(plan.tempo_bpm)} BPM, {plan.key}, seed {plan.seed}"


def _length(audio: Audio) -> str:
    seconds = round(audio.duration_seconds)
    return f"{seconds // 60}:{seconds % 60:02d}"
