"""The data report: tables for the screen, and a page with a picture for each corpus."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from training.corpora.tally import CorpusTally, tempo_summary
from workbench.output.figures.palette import GRID, INK, MUTED, PAPER

_MOST_WORDS = 12
_STYLE = f"""
body {{ font: 15px/1.5 system-ui, sans-serif; color: {INK}; background: {PAPER}; max-width: 1100px; margin: 2em auto; }}
table {{ border-collapse: collapse; margin: 1em 0; }}
td, th {{ padding: .25em .8em; border-bottom: 1px solid {GRID}; text-align: right; vertical-align: top; }}
td:first-child, th:first-child, td.words {{ text-align: left; }}
th {{ color: {MUTED}; font-weight: 600; }} img {{ max-width: 100%; }} h2 {{ margin-top: 2em; }}
"""


def to_text(tallies: Sequence[CorpusTally]) -> str:
    """The report as plain text: a block for each corpus."""
    return "\n\n".join("\n".join(_text_lines(tally)) for tally in tallies)


def _text_lines(tally: CorpusTally) -> list[str]:
    lines = [tally.corpus]
    lines += [f"  {name:10} {text}" for name, text in _facts(tally)]
    for name, element in tally.elements.items():
        lines.append(
            f"  {name:10} {element.notes:,} notes in {element.songs:,} songs; {element.bars:,} bars, "
            f"{element.distinct_bars:,} of them distinct"
        )
    lines += [f"  dropped    {count:,}: {reason}" for reason, count in tally.reasons.items()]
    return lines


def _facts(tally: CorpusTally) -> list[tuple[str, str]]:
    counts, tempo = tally.counts, tempo_summary(tally.tempi_bpm)
    facts = [
        ("songs", f"{counts['kept']:,} of {counts['items']:,} kept ({_words(tally.splits)})"),
        ("bars", f"{counts['bars_kept']:,}" + (f" of {counts['bars_found']:,}" if counts["bars_found"] else "")),
        ("notes", f"{counts['notes_kept']:,}" + (f" of {counts['notes_found']:,}" if counts["notes_found"] else "")),
        ("chords", f"{counts['chords_kept']:,}" + (f" ({_words(tally.qualities)})" if tally.qualities else "")),
        ("tempo", f"{tempo['least']:g} to {tempo['greatest']:g} BPM, median {tempo['median']:g}" if tempo else "-"),
        ("metres", _words(tally.metres)),
        ("styles", _words(tally.styles)),
        ("keys", _words(tally.keys)),
        ("sections", f"{_words(tally.sections)} (bars)"),
    ]
    facts += [("alike", _alike(tally.near))] if tally.near["songs"] else []
    return facts + ([("moods", _words(tally.moods))] if tally.moods else [])


def _alike(near: Mapping[str, int]) -> str:
    groups = f"groups: {near['groups']:,}, on both sides of the split: {near['across']:,}"
    return f"{near['songs']:,} songs are near duplicates ({groups})"


def _words(counts: Mapping[str, int]) -> str:
    pairs = list(counts.items())
    text = ", ".join(f"{name} {count:,}" for name, count in pairs[:_MOST_WORDS])
    return text + (f", and {len(pairs) - _MOST_WORDS} more" if len(pairs) > _MOST_WORDS else "") or "-"


def to_json(tallies: Sequence[CorpusTally]) -> str:
    """The report as JSON, with the histograms."""
    return json.dumps({"corpora": [tally.to_json() for tally in tallies]}, indent=1)


def write_report(tallies: Sequence[CorpusTally], folder: Path) -> None:
    """Write `index.html`, `report.json` and a picture for each corpus into a folder that is there."""
    from training.corpora.report_figures import draw_report

    for tally in tallies:
        (folder / f"{tally.corpus}.png").write_bytes(draw_report(tally))
    (folder / "report.json").write_text(to_json(tallies), encoding="utf-8")
    (folder / "index.html").write_text(to_html(tallies), encoding="utf-8")


def to_html(tallies: Sequence[CorpusTally]) -> str:
    """The report as a page; its pictures lie beside it and nothing else is loaded."""
    body = "\n".join(_section(tally) for tally in tallies)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Data report</title>'
        f"<style>{_STYLE}</style></head>\n<body><h1>Data report</h1>\n{_overview(tallies)}\n{body}\n</body></html>\n"
    )


def _overview(tallies: Sequence[CorpusTally]) -> str:
    names = ("items", "kept", "dropped", "bars_kept", "notes_kept", "chords_kept")
    head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in ("corpus", *names))
    rows = [
        f'<tr><td><a href="#{tally.corpus}">{escape(tally.corpus)}</a></td>'
        + "".join(f"<td>{tally.counts[name]:,}</td>" for name in names)
        + "</tr>"
        for tally in tallies
    ]
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"


def _section(tally: CorpusTally) -> str:
    facts = "".join(
        f'<tr><td>{escape(name)}</td><td class="words">{escape(text)}</td></tr>' for name, text in _facts(tally)
    )
    elements = "".join(
        f"<tr><td>{escape(name)}</td><td>{element.songs:,}</td><td>{element.notes:,}</td><td>{element.bars:,}</td>"
        f"<td>{element.distinct_bars:,}</td></tr>"
        for name, element in tally.elements.items()
    )
    head = "<tr><th>element</th><th>songs</th><th>notes</th><th>bars</th><th>distinct bars</th></tr>"
    reasons = "".join(f"<tr><td>{escape(why)}</td><td>{count:,}</td></tr>" for why, count in tally.reasons.items())
    return "\n".join(
        [
            f'<h2 id="{tally.corpus}">{escape(tally.corpus)}</h2>',
            f"<table>{facts}</table>",
            f"<table>{head}{elements}</table>" if elements else "",
            f"<table><tr><th>why dropped</th><th>songs</th></tr>{reasons}</table>" if reasons else "",
            f'<img src="{tally.corpus}.png" alt="Histograms of {escape(tally.corpus)}">',
        ]
    )
