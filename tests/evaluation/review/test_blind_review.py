"""Sessions are blind, balanced and level-matched; results follow the tests that they name."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation.review import (
    ReviewPanel,
    ab_session,
    abx_session,
    load_answers,
    mushra_session,
    results,
    to_csv,
    write_csv,
)
from evaluation.review.design import NO_PREFERENCE, Answer, ListeningSession
from evaluation.review.outcome import krippendorff_alpha
from evaluation.review.store import save_answers
from evaluation.review.views import review_view, sessions_view
from workbench.analysis.levels import at_equal_loudness
from workbench.analysis.loudness import integrated_loudness
from workbench.analysis.peaks import true_peak_dbtp
from workbench.domain.audio import Audio
from workbench.domain.errors import ParameterError

RATE = 24000


def tone(hz: float, level: float, seconds: float = 3.0) -> Audio:
    wave = level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)
    return Audio(np.stack([wave, wave]).astype(np.float32), RATE)


ITEMS = {"one": {"old": tone(200, 0.5), "new": tone(300, 0.1)}, "two": {"old": tone(400, 0.2), "new": tone(500, 0.9)}}
HEARD = {"A": 2.0, "B": 1.0}


def test_sounds_are_equally_loud_and_none_clips() -> None:
    level = at_equal_loudness({"quiet": tone(300, 0.02), "loud": tone(400, 0.99), "long": tone(500, 0.3, 40.0)})
    lufs = [integrated_loudness(audio) for audio in level.values()]
    assert max(lufs) - min(lufs) < 0.05
    assert all(true_peak_dbtp(audio) <= -0.99 for audio in level.values())
    assert level["long"].duration_seconds == 30.0


def test_orders_are_balanced_and_differ_by_reviewer() -> None:
    session = ab_session(ITEMS, name="s", reviewer="ann", repeats=6)
    assert len(session.trials) == 12
    assert sum(trial.versions["A"] == "new" for trial in session.trials) == 6
    again = ab_session(ITEMS, name="s", reviewer="ann", repeats=6)
    assert [trial.versions for trial in again.trials] == [trial.versions for trial in session.trials]
    other = ab_session(ITEMS, name="s", reviewer="ben", repeats=6)
    assert [trial.versions for trial in other.trials] != [trial.versions for trial in session.trials]
    x = [trial.versions["X"] for trial in abx_session(ITEMS, name="s", reviewer="ann", repeats=6).trials]
    assert x.count("new") == 6


def test_letters_hide_what_they_stand_for() -> None:
    items = {"one": {"reference": tone(200, 0.5), "a-secret": tone(300, 0.1), "b-secret": tone(600, 0.1)}}
    panel = ReviewPanel(mushra_session(items, name="s", reviewer="ann"), track=False)
    told = str(panel.question)
    assert "secret" not in told
    assert "anchor" not in told
    assert panel.question["letters"] == ["A", "B", "C", "D", "E"]
    assert [sound["label"] for sound in panel.question["sounds"]] == ["Reference", "A", "B", "C", "D", "E"]
    assert all(sound[:4] == b"OggS" for sound in panel.sounds)


def test_versions_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ParameterError, match="same two versions"):
        ab_session({"one": {"old": tone(200, 0.5)}}, name="s", reviewer="ann")
    with pytest.raises(ParameterError, match="reference"):
        mushra_session({"one": {"old": tone(200, 0.5), "new": tone(300, 0.5)}}, name="s", reviewer="ann")


def answered(session: ListeningSession, folder: Path, choose: Any) -> list[Answer]:
    panel = ReviewPanel(session, folder=folder, track=False)
    for trial in session.trials:
        panel.answer(choose(trial), comment="fine", heard=dict.fromkeys(trial.versions, 1.5))
    assert panel.question["done"]
    with pytest.raises(ParameterError, match="over"):
        panel.answer({"choice": "A"})
    return panel.answers


def test_a_clear_preference_is_shown_and_an_even_one_is_not(tmp_path: Path) -> None:
    session = ab_session(ITEMS, name="s", reviewer="ann", repeats=6)
    answers = answered(session, tmp_path, lambda trial: {"choice": "A" if trial.versions["A"] == "new" else "B"})
    found = results(answers)
    assert found.verdict == "new is preferred"
    assert found.p_value == pytest.approx(2 * 0.5**12)
    even = results(answered(session, tmp_path / "even", lambda trial: {"choice": "A"}))
    assert even.verdict == "no preference shown"
    assert {one.value for one in even.versions} == {0.5}


def test_no_preference_is_an_answer_that_the_sign_test_leaves_out(tmp_path: Path) -> None:
    session = ab_session(ITEMS, name="s", reviewer="ann", repeats=6)
    decided = iter([True] * 6 + [False] * 6)

    def choose(trial: Any) -> dict[str, str]:
        return {"choice": "A" if trial.versions["A"] == "new" else "B"} if next(decided) else {"choice": NO_PREFERENCE}

    found = results(answered(session, tmp_path, choose))
    rows = {one.version: (one.value, one.n) for one in found.versions}
    assert rows == {"new": (1.0, 6), "old": (0.0, 6), NO_PREFERENCE: (0.5, 12)}
    # Six of six: both tails of the binomial distribution.
    assert found.p_value == pytest.approx(2 * 0.5**6)
    tied = results(answered(session, tmp_path / "tied", lambda trial: {"choice": NO_PREFERENCE}))
    assert (tied.p_value, tied.verdict) == (1.0, "no preference shown")
    abx = ReviewPanel(abx_session(ITEMS, name="x", reviewer="ann"), folder=tmp_path, track=False)
    with pytest.raises(ParameterError, match="expected A, B"):
        abx.answer({"choice": NO_PREFERENCE}, heard={**HEARD, "X": 1.0})


def test_controls_tell_who_listens(tmp_path: Path) -> None:
    def prefer(*versions: str) -> Any:
        return lambda trial: {"choice": "A" if trial.versions["A"] in versions else "B"}

    # Noise has highs that its anchor lacks, and equal loudness keeps level from telling them apart.
    rng = np.random.default_rng(0)
    noise = [Audio(rng.normal(0, 0.1, (2, 3 * RATE)).astype(np.float32), RATE) for _ in range(2)]
    items = {"one": {"old": noise[0], "new": noise[1]}}
    session = ab_session(items, name="s", reviewer="ann", repeats=8, controls=3)
    controls = [trial for trial in session.trials if "anchor" in trial.versions.values()]
    assert (len(session.trials), len(controls)) == (11, 3)
    lufs = [integrated_loudness(sound) for sound in controls[0].sounds.values()]
    assert abs(lufs[0] - lufs[1]) < 0.05
    answered(session, tmp_path, lambda t: {"choice": "A" if t.versions["B"] in ("anchor", "old") else "B"})
    deaf = ab_session(items, name="s", reviewer="ben", repeats=8, controls=3)
    answered(deaf, tmp_path, prefer("anchor", "old"))
    found = results(load_answers("s", folder=tmp_path))
    assert found.left_out == ("ben",)
    assert [(one.version, one.value, one.n) for one in found.versions] == [("new", 1.0, 8), ("old", 0.0, 8)]
    assert found.verdict == "new is preferred"


def test_anchors_of_ratings_end_where_the_standard_says() -> None:
    rng = np.random.default_rng(1)
    noise = Audio(rng.normal(0, 0.1, (2, 96000)).astype(np.float32), 48000)
    (trial,) = mushra_session({"one": {"reference": noise, "x": noise}}, name="s", reviewer="ann").trials
    for letter, version in trial.versions.items():
        power = np.abs(np.fft.rfft(trial.sounds[letter].samples[0])) ** 2
        hz = np.fft.rfftfreq(trial.sounds[letter].samples.shape[1], 1 / 48000)
        level = {centre: power[abs(hz - centre) < 100].mean() for centre in (1000, 3500, 7000, 14000)}
        below_db = {centre: 10 * np.log10(level[1000] / value) for centre, value in level.items()}
        edge = {"anchor": 3500, "mid anchor": 7000}.get(version)
        if edge is None:
            assert max(below_db.values()) < 1.5, version
        else:
            assert 2.0 < below_db[edge] < 7.5, version
            assert below_db[2 * edge] > 20.0, version


def test_abx_counts_what_was_reported_right(tmp_path: Path) -> None:
    session = abx_session(ITEMS, name="x", reviewer="ann", repeats=8)
    right = results(
        answered(session, tmp_path, lambda t: {"choice": "A" if t.versions["A"] == t.versions["X"] else "B"})
    )
    assert (right.verdict, right.versions[0].value) == ("a difference is heard", 1.0)
    guessed = results(answered(session, tmp_path / "guessed", lambda t: {"choice": "A"}))
    assert guessed.verdict == "no difference shown"


def test_ratings_leave_out_who_does_not_hear_the_reference(tmp_path: Path) -> None:
    versions = {"reference": tone(200, 0.5), "good": tone(300, 0.4), "poor": tone(90, 0.4)}
    items = {f"item {n}": versions for n in range(4)}
    scores = {"reference": 100, "good": 80, "poor": 30, "mid anchor": 25, "anchor": 15}
    for reviewer in ("ann", "ben"):
        session = mushra_session(items, name="m", reviewer=reviewer)
        answered(session, tmp_path, lambda t: {letter: scores[version] for letter, version in t.versions.items()})
    deaf = mushra_session(items, name="m", reviewer="cat")
    answered(deaf, tmp_path, lambda t: dict.fromkeys(t.versions, 50))
    found = results(load_answers("m", folder=tmp_path))
    assert found.left_out == ("cat",)
    assert [(one.version, one.value) for one in found.versions] == [
        ("reference", 100.0), ("good", 80.0), ("poor", 30.0), ("mid anchor", 25.0),
        ("anchor", 15.0),
    ]  # fmt: skip
    assert found.verdict == "good is rated above poor"
    assert found.agreement == 1.0


@pytest.mark.parametrize(
    ("marks", "verdict"),
    [
        ([(98, 60), (97, 66), (99, 63)], "dark is rated below the reference"),
        ([(98, 97), (97, 99), (99, 98)], "no difference from the reference shown"),
        ([(98, 60)], "no difference from the reference shown"),
    ],
)
def test_one_version_alone_is_held_to_the_reference(marks: list[tuple[int, int]], verdict: str) -> None:
    answers = [
        Answer("x", "mushra", f"reviewer {n}", "one", 0, ratings={"reference": best, "dark": mark, "anchor": 10})
        for n, (best, mark) in enumerate(marks)
    ]
    assert results(answers).verdict == verdict


def test_agreement_takes_two_reviewers_and_two_items() -> None:
    def told(reviewers: str, items: str) -> list[Answer]:
        return [Answer("x", "abx", who, one, 0, "A" if one == "p" else "B", "A") for who in reviewers for one in items]

    assert results(told("ab", "pq")).agreement == 1.0
    assert results(told("a", "pq")).agreement is None
    assert results(told("ab", "p")).agreement is None
    assert "agreement" not in review_view(results(told("ab", "p")))._repr_html_()
    assert "agreement 1 (" in review_view(results(told("ab", "pq")))._repr_html_()
    assert ">Share right</th>" in review_view(results(told("ab", "pq")))._repr_html_()


def test_wrong_answers_are_refused_and_a_double_click_answers_once(tmp_path: Path) -> None:
    panel = ReviewPanel(ab_session(ITEMS, name="s", reviewer="ann"), folder=tmp_path, track=False)
    with pytest.raises(ParameterError, match="expected A, B, no preference, got 'C'"):
        panel.answer({"choice": "C"})
    for _ in range(2):
        panel._receive(panel, {"trial": 0, "values": {"choice": "A"}, "heard": HEARD, "comment": ""}, [])
    assert len(panel.answers) == 1


def test_a_session_that_stopped_goes_on_and_another_one_begins_anew(tmp_path: Path) -> None:
    session = ab_session(ITEMS, name="s", reviewer="ann", repeats=3)
    first = ReviewPanel(session, folder=tmp_path, track=False)
    for _ in range(2):
        first.answer({"choice": "A"}, comment="rounder", heard=HEARD)
    again = ReviewPanel(session, folder=tmp_path, track=False)
    assert again.question["progress"] == "Question 3 of " + str(len(session.trials))
    assert again.answers == first.answers
    for _ in session.trials[2:]:
        again.answer({"choice": "B"}, heard=HEARD)
    assert ReviewPanel(session, folder=tmp_path, track=False).question["done"]
    # Other questions under the same name are asked from the first on; so is another reviewer.
    other = {"another": next(iter(ITEMS.values()))}
    assert ReviewPanel(ab_session(other, name="s", reviewer="ann"), folder=tmp_path, track=False).answers == []
    assert ReviewPanel(ab_session(ITEMS, name="s", reviewer="ben"), folder=tmp_path, track=False).answers == []


def test_other_sounds_of_the_same_names_are_asked_anew(tmp_path: Path) -> None:
    """As when a song is made again: earlier answers count no longer, and are kept beside the new ones."""
    first = ReviewPanel(ab_session(ITEMS, name="s", reviewer="ann"), folder=tmp_path, track=False)
    for _ in first.session.trials:
        first.answer({"choice": "A"}, heard=HEARD)
    remade = {**ITEMS, "two": {**ITEMS["two"], "new": tone(510, 0.9)}}
    second = ReviewPanel(ab_session(remade, name="s", reviewer="ann"), folder=tmp_path, track=False)
    assert second.answers == []
    second.answer({"choice": "B"}, heard=HEARD)
    assert load_answers("s", folder=tmp_path) == second.answers
    (kept,) = tmp_path.rglob("ann.json.1")
    assert len(json.loads(kept.read_text())) == len(first.answers)


def test_csv_has_a_line_for_each_judgement(tmp_path: Path) -> None:
    session = ab_session(ITEMS, name="s", reviewer="ann", repeats=2)
    answers = answered(session, tmp_path, lambda trial: {"choice": "B"})
    rows = list(csv.DictReader(io.StringIO(to_csv(answers))))
    assert len(rows) == 4
    assert {row["reviewer"] for row in rows} == {"ann"}
    assert all(row["version"] in ("old", "new") and row["comment"] == "fine" for row in rows)


def test_several_sessions_are_reported_and_written_together(tmp_path: Path) -> None:
    asked, nobody = (ab_session(ITEMS, name=name, reviewer="ann", repeats=2) for name in ("asked", "not asked"))
    answered(asked, tmp_path, lambda trial: {"choice": "B"})
    html = sessions_view([asked, nobody], folder=tmp_path).html
    first, second = html.split("<h4>not asked</h4>")
    assert "1 reviewer;" in first.replace("</p>", ";")
    assert "nobody" not in first
    assert "nobody has answered yet" in second
    assert write_csv([asked, nobody], tmp_path / "out" / "answers.csv", folder=tmp_path) == 4
    written = (tmp_path / "out" / "answers.csv").read_text()
    assert {row["session"] for row in csv.DictReader(io.StringIO(written))} == {"asked"}
    assert write_csv([nobody], tmp_path / "none.csv", folder=tmp_path) == 0


@pytest.mark.filterwarnings("ignore")  # MLflow and its database warn of their own affairs
def test_a_finished_session_is_logged_for_its_reviewer(tmp_path: Path, monkeypatch: Any) -> None:
    from mlflow import MlflowClient

    uri = f"sqlite:///{tmp_path}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    panel = ReviewPanel(ab_session(ITEMS, name="s", reviewer="ann"), folder=tmp_path)
    for _ in range(2):
        panel.answer({"choice": "A"}, comment="warm", heard=HEARD)
    client = MlflowClient(tracking_uri=uri)
    runs = client.search_runs([client.get_experiment_by_name("beatsfoundry/review").experiment_id])
    assert [run.data.tags["reviewer"] for run in runs] == ["ann"]
    assert runs[0].data.metrics["review/trials"] == 2.0
    assert "warm" in runs[0].data.tags["mlflow.note.content"]
    assert panel.problem == ""


def test_answers_of_two_people_do_not_share_a_file(tmp_path: Path) -> None:
    mixed = [Answer("s", "ab", who, "one", 0, "old") for who in ("ann", "ben")]
    with pytest.raises(ParameterError, match="one reviewer"):
        save_answers(mixed, folder=tmp_path)
    with pytest.raises(ParameterError, match="nobody has answered"):
        load_answers("none", folder=tmp_path)
    with pytest.raises(ParameterError, match="one kind"):
        results([])


def test_agreement_is_one_for_the_same_and_nothing_for_chance() -> None:
    rng = np.random.default_rng(0)
    assert krippendorff_alpha([[1, 1, 1], [0, 0, 0]], level="nominal") == 1.0
    chance = krippendorff_alpha([list(rng.integers(0, 2, 4)) for _ in range(400)], level="nominal")
    assert chance is not None
    assert abs(chance) < 0.08
    # Krippendorff 2011, example C (nominal, missing data left out): 0.743.
    table = [
        [1, 1, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4], [1, 1, 2, 1],
        [2, 2, 2, 2], [5, 5, 5], [1, 1], [3],
    ]  # fmt: skip
    assert krippendorff_alpha(table, level="nominal") == pytest.approx(0.743, abs=0.001)
    assert krippendorff_alpha(table, level="interval") == pytest.approx(0.849, abs=0.001)
    assert krippendorff_alpha([[1]], level="nominal") is None
    # Of one item nothing can be told: whatever the answers, it would come out as chance.
    assert krippendorff_alpha([[1, 1, 1, 2]], level="nominal") is None


@pytest.mark.parametrize("make", [ab_session, abx_session])
def test_both_versions_of_every_question_are_equally_loud(make: Any) -> None:
    """Between the versions of ITEMS lie 14 and 13 dB: whoever hears that need not listen for anything else."""
    for trial in make(ITEMS, name="s", reviewer="ann", repeats=2).trials:
        lufs = [integrated_loudness(sound) for sound in trial.sounds.values()]
        assert max(lufs) - min(lufs) < 0.05
        assert len({sound.samples.shape for sound in trial.sounds.values()}) == 1


def test_controls_and_rated_sounds_are_equally_loud_too() -> None:
    """The anchors lost their highs: what is heard of them is to be that, not that they are softer."""
    versions = {"reference": tone(200, 0.5), "loud": tone(300, 0.9), "soft": tone(2000, 0.05)}
    (rated,) = mushra_session({"one": versions}, name="m", reviewer="ann").trials
    bright = {"one": {"old": tone(5000, 0.5), "new": tone(4500, 0.3)}}
    asked = ab_session(bright, name="s", reviewer="ann", controls=4).trials
    controls = [trial for trial in asked if "anchor" in trial.versions.values()]
    assert len(controls) == 4
    assert rated.open is not None
    for sounds in ({**rated.sounds, "open": rated.open}, *(trial.sounds for trial in controls)):
        lufs = [integrated_loudness(sound) for sound in sounds.values()]
        assert max(lufs) - min(lufs) < 0.05


def test_abx_asks_whether_more_is_reported_right_than_by_guessing() -> None:
    """12 right of 16: the upper tail of the binomial distribution, 2517 / 65536; 4 of 16 is no difference heard."""

    def told(right: int) -> list[Answer]:
        return [Answer("x", "abx", "ann", "one", n, "old" if n < right else "new", "old") for n in range(16)]

    assert results(told(12)).p_value == pytest.approx(2517 / 65536)
    assert results(told(12)).verdict == "a difference is heard"
    low = results(told(2))
    assert low.p_value == pytest.approx(1.0, abs=0.001)
    assert low.verdict == "no difference shown"


@pytest.mark.parametrize("heard", [None, {}, {"A": 3.0}, {"A": 3.0, "B": 0.2}])
def test_a_question_is_not_answered_before_all_was_heard(heard: Any, tmp_path: Path) -> None:
    panel = ReviewPanel(ab_session(ITEMS, name="s", reviewer="ann"), folder=tmp_path, track=False)
    with pytest.raises(ParameterError, match=r"listen to .*B first"):
        panel.answer({"choice": "A"}, heard=heard)
    panel._receive(panel, {"trial": 0, "values": {"choice": "A"}, "heard": heard or {}}, [])
    assert panel.answers == []
    assert "listen to" in panel.question["problem"]
    panel.answer({"choice": "A"}, heard=HEARD)
    assert len(panel.answers) == 1


def test_in_abx_x_is_heard_too(tmp_path: Path) -> None:
    panel = ReviewPanel(abx_session(ITEMS, name="s", reviewer="ann"), folder=tmp_path, track=False)
    with pytest.raises(ParameterError, match="listen to X first"):
        panel.answer({"choice": "A"}, heard=HEARD)
