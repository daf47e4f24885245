"""The notebook view of a blind session: one question at a time, answers kept on disk after each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from evaluation.review.design import NO_PREFERENCE, Answer, ListeningSession, Trial
from evaluation.review.store import answers_so_far, log_answers, save_answers
from workbench.domain.errors import ParameterError, TrackingError
from workbench.output.report.page_audio import encode_for_page
from workbench.widgets.instrument import front_end, sheet

_ASSETS = Path(__file__).resolve().parent / "assets"
LEAST_HEARD_SECONDS = 0.5
"""How long each sound of a question is heard before it is answered."""
_ASK = {
    "ab": "Which do you prefer?",
    "abx": "Which of A and B is X?",
    "mushra": "How good is each beside the reference? One of them is the reference itself.",
}


class ReviewPanel(anywidget.AnyWidget):
    """Asks every question of a session; letters alone reach the page.

    Whoever has answered some of the questions before goes on with the next one.

    Parameters
    ----------
    session
        What is asked, of whom.
    folder
        Where answers are kept; by default `runs/review` of the workspace.
    track
        Whether the finished session is logged in MLflow.
    """

    _esm = front_end(_ASSETS / "panel.js", "switcher.js")
    _css = sheet("switcher.css") + (_ASSETS / "panel.css").read_text(encoding="utf-8")
    question: Any = traitlets.Dict().tag(sync=True)
    sounds: Any = traitlets.List().tag(sync=True)

    def __init__(self, session: ListeningSession, *, folder: Path | None = None, track: bool = True) -> None:
        super().__init__()
        self.session, self.folder, self.track = session, folder, track
        self.answers: list[Answer] = answers_so_far(session, folder=folder)
        self.problem = ""
        self.on_msg(self._receive)
        self._ask()

    def answer(self, values: Mapping[str, Any], *, comment: str = "", heard: Mapping[str, float] | None = None) -> None:
        """Answer the present question: {"choice": "A"}, or ratings by letter; then the next one is asked.

        Parameters
        ----------
        values
            The choice (A or B; in AB also "no preference"), or the ratings.
        comment
            Whatever the reviewer adds.
        heard
            Seconds that each letter was listened to (X too); half a second each at least.

        Raises
        ------
        ParameterError
            If every question was answered, if the values do not answer this one, or if a sound was not heard.
        """
        number = len(self.answers)
        if number >= len(self.session.trials):
            raise ParameterError("the session is over: every question was answered")
        trial = self.session.trials[number]
        answer = self._answer(trial, number, values, comment, heard or {})
        unheard = [letter for letter in trial.versions if (heard or {}).get(letter, 0.0) < LEAST_HEARD_SECONDS]
        if unheard:
            raise ParameterError(f"answer: listen to {', '.join(unheard)} first, {LEAST_HEARD_SECONDS:g} s at least")
        self.answers.append(answer)
        save_answers(self.answers, folder=self.folder)
        if len(self.answers) == len(self.session.trials) and self.track:
            try:
                log_answers(self.answers)
            except TrackingError as error:
                self.problem = str(error)
        self._ask()

    def _answer(
        self, trial: Trial, number: int, values: Mapping[str, Any], comment: str, heard: Mapping[str, float]
    ) -> Answer:
        session, letters = self.session, trial.versions
        seconds: dict[str, float] = {}
        for letter, version in letters.items():
            seconds[version] = round(seconds.get(version, 0.0) + float(heard.get(letter, 0.0)), 1)
        common: dict[str, Any] = {
            "session": session.name, "kind": session.kind, "reviewer": session.reviewer, "item": trial.item,
            "trial": number, "comment": comment.strip(), "heard_seconds": seconds, "digest": trial.digest,
        }  # fmt: skip
        if session.kind == "mushra":
            if set(values) != set(letters) or not all(0 <= float(value) <= 100 for value in values.values()):
                raise ParameterError(f"ratings: expected 0 to 100 for each of {', '.join(letters)}")
            return Answer(**common, ratings={letters[letter]: float(value) for letter, value in values.items()})
        allowed = [one["value"] for one in _choices(session)]
        if values.get("choice") not in allowed:
            raise ParameterError(f"choice: expected {', '.join(allowed)}, got {values.get('choice')!r}")
        chosen = str(values["choice"])
        return Answer(**common, choice=letters.get(chosen, chosen), truth=letters.get("X", ""))

    def _receive(self, _: Any, message: Mapping[str, Any], __: Any) -> None:
        # A click that comes twice answers once; the page asks for an answer only when all sounds were heard.
        if message.get("trial") != len(self.answers):
            return
        try:
            self.answer(message["values"], comment=message.get("comment", ""), heard=message.get("heard", {}))
        except ParameterError as error:
            self.question = {**self.question, "problem": str(error)}

    def _ask(self) -> None:
        number, count = len(self.answers), len(self.session.trials)
        if number == count:
            self.sounds = []
            remark = self.problem or "Your answers are kept; a session of another name asks again."
            self.question = {"done": True, "progress": f"{count} of {count} answered", "text": f"Thank you. {remark}"}
            return
        trial = self.session.trials[number]
        letters = sorted(letter for letter in trial.versions if letter != "X")
        order = [*letters, *(["X"] if "X" in trial.versions else [])]
        named = [{"name": letter, "label": letter} for letter in order]
        sounds = [trial.sounds[letter] for letter in order]
        if trial.open is not None:
            named, sounds = [{"name": "open", "label": "Reference"}, *named], [trial.open, *sounds]
        self.sounds = [encode_for_page(sound) for sound in sounds]
        self.question = {
            "done": False, "kind": self.session.kind, "trial": number, "letters": letters, "sounds": named,
            "progress": f"Question {number + 1} of {count}", "text": _ASK[self.session.kind],
            "least_heard": LEAST_HEARD_SECONDS, "choices": _choices(self.session),
        }  # fmt: skip


def _choices(session: ListeningSession) -> list[dict[str, str]]:
    """What can be answered by a click: value and label."""
    if session.kind == "mushra":
        return []
    choice = "I prefer {}" if session.kind == "ab" else "X is {}"
    letters = [{"value": letter, "label": choice.format(letter)} for letter in ("A", "B")]
    # Who must choose although nothing is preferred adds noise; in ABX there is a right answer, and guessing is one.
    none = {"value": NO_PREFERENCE, "label": "No preference"}
    return [*letters, none] if session.kind == "ab" else letters
