"""The page of a comparison: verdict, both versions of each track to switch between, and the table. It stands alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from evaluation.suites.comparison import REPORTED, Comparison, Difference
from evaluation.suites.tables import difference_cells, remarks, verdict_line
from workbench.analysis.audio_reading import read_audio
from workbench.analysis.levels import at_equal_loudness
from workbench.domain.audio import Audio
from workbench.domain.errors import WorkbenchError
from workbench.output.report.html_tables import asset, light
from workbench.output.report.report_references import switcher_html

COMPARISON_FILE = "comparison.html"
TRACK_SOUND = "master.ogg"
"""What a suite keeps of each track to be heard."""

MOST_HEARD = 6
"""Tracks that a page lets one hear."""

LIGHTS = {
    "worse": "fail", "better": "pass", "differs": "warn",
    "not comparable": "not applicable", "no difference shown": "not applicable",
}  # fmt: skip
_HEADS = (
    "Verdict", "Metric", "Before", "After", "Difference", "95 % interval", "n", "Estimator errs by", "Least track",
)  # fmt: skip


def comparison_page(found: Comparison, sounds: Mapping[str, Mapping[str, Audio]]) -> str:
    """A comparison as a page.

    Parameters
    ----------
    found
        What was compared.
    sounds
        By track, the sound of each version by its name (`heard_pairs`).
    """
    title = f"{found.second} against {found.first}"
    players = "".join(_player(f"pair-{number}", *pair) for number, pair in enumerate(sounds.items()))
    note = "Each pair runs on when you switch, at equal loudness; the tracks that moved most stand first."
    heard = f'<section><h2>By ear</h2><p class="lede">{note}</p>{players}</section>' if sounds else ""
    style = "\n".join(asset(f"{name}.css") for name in ("report", "tables"))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{escape(title)}</title>\n<link rel="icon" href="data:,">\n<style>\n{style}</style>\n</head>\n<body>\n'
        f'<header><div class="inner"><h1>{escape(title)}</h1><ul class="facts"><li class="verdict">'
        f"{light(found.outcome)}{escape(verdict_line(found))}</li><li>{len(found.tracks)} tracks in both</li></ul>"
        f'</div></header>\n<main>{heard}<section><h2>By metrics</h2><div class="bf scroll">{rows_html(found)}</div>'
        f"{remarks_html(found)}</section></main>\n</body>\n</html>\n"
    )


def rows_html(found: Comparison, *, everything: bool = False) -> str:
    """The table of what became worse, better, differs or cannot be compared; a line where there is nothing."""
    rows = found.rows if everything else found.with_verdict(*REPORTED)
    if not rows:
        return "<p>No metric shows a difference that counts.</p>"
    head = "".join(f'<th scope="col">{text}</th>' for text in _HEADS)
    body = "".join(_row_html(row) for row in rows)
    return f'<table class="bf-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def remarks_html(found: Comparison) -> str:
    """Reasons, and what only one of the runs has."""
    return "".join(f"<p>{escape(line)}</p>" for line in remarks(found))


def moved_most(found: Comparison) -> list[str]:
    """Tracks in both runs, those that are least in a metric that is reported first."""
    worst_tracks = [row.worst_track for row in found.with_verdict(*REPORTED)]
    return list(dict.fromkeys([*worst_tracks, *found.tracks]))


def heard_pairs(
    found: Comparison, first: str | Path, second: str | Path, *, most: int = MOST_HEARD
) -> dict[str, dict[str, Audio]]:
    """Both versions of the tracks that moved most, by track and run, cut to the same stretch and equally loud.

    Only folders of runs hold sound; a track of which either version is not there or not readable is left out.
    """
    pairs: dict[str, dict[str, Audio]] = {}
    for track in moved_most(found):
        if len(pairs) == most:
            break
        try:
            sounds = {name: _sound(run, track) for name, run in _named_runs(found, first, second)}
            pairs[track] = at_equal_loudness(sounds, together=True)
        except WorkbenchError:
            continue
    return pairs


def _named_runs(found: Comparison, first: str | Path, second: str | Path) -> Sequence[tuple[str, Path]]:
    # Runs of one name are distinguished, or one sound would hide the other.
    names = (found.first, found.second) if found.first != found.second else ("before", "after")
    return tuple(zip(names, (Path(first), Path(second)), strict=True))


def _sound(run: Path, track: str) -> Audio:
    folder = run if run.is_dir() else run.parent
    return read_audio(folder / "tracks" / track / TRACK_SOUND)


def _player(key: str, track: str, versions: Mapping[str, Audio]) -> str:
    labelled = {name: (name, audio) for name, audio in versions.items()}
    return f"<h3>{escape(track)}</h3>{switcher_html(labelled, key=key)}"


def _row_html(row: Difference) -> str:
    verdict, *cells = difference_cells(row)
    first = f'<td style="white-space:nowrap">{light(LIGHTS[verdict])}{verdict}</td>'
    return f"<tr>{first}{''.join(f'<td>{escape(text)}</td>' for text in (*cells, row.worst_track))}</tr>"
