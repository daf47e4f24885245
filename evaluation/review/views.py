"""Blind results as tables, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from evaluation.review.design import ListeningSession
from evaluation.review.outcome import ReviewResult, results
from evaluation.review.store import has_answers, load_answers
from workbench.domain.errors import ParameterError
from workbench.output.report.html_tables import plain_table
from workbench.output.report.text_tables import interval, number
from workbench.widgets.tables import HtmlTable

_VALUES = {"ab": "Share of choices", "abx": "Share right", "mushra": "Mean mark, 0 to 100"}


def review_view(result: ReviewResult) -> HtmlTable:
    """What a blind review shows."""
    return HtmlTable(_review_html(result))


def sessions_view(sessions: Sequence[ListeningSession], *, folder: Path | None = None) -> HtmlTable:
    """What sessions of blind listening show so far, of every reviewer; those that nobody has answered say so."""
    return HtmlTable("".join(f"<h4>{escape(one.name)}</h4>{_session_html(one, folder)}" for one in sessions))


def _session_html(session: ListeningSession, folder: Path | None) -> str:
    try:
        return _review_html(results(load_answers(session.name, folder=folder)))
    except ParameterError as error:
        problem = "nobody has answered yet" if not has_answers(session.name, folder=folder) else str(error)
        return f"<p>{escape(problem)}</p>"


def _review_html(result: ReviewResult) -> str:
    rows = [(one.version, number(one.value), interval(one.low, one.high), str(one.n)) for one in result.versions]
    count = len(result.reviewers)
    words = [f"<b>{escape(result.verdict)}</b>", f"{count} reviewer{'' if count == 1 else 's'}"]
    words += [f"p = {result.p_value:.3g}"] if result.p_value is not None else []
    words += [f"agreement {number(result.agreement)} (Krippendorff's alpha)"] if result.agreement is not None else []
    words += [f"left out: {escape(', '.join(result.left_out))}"] if result.left_out else []
    return f"<p>{'; '.join(words)}</p>" + plain_table(("Version", _VALUES[result.kind], "95 % interval", "n"), rows)
