"""The explorer as a plain object: the table follows the text, what is set by hand wins, the song is made."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
import soundfile

from tests.widgets.conftest import Page
from workbench import widgets
from workbench.domain.request import GenerationRequest
from workbench.session import Session


@pytest.fixture
def page() -> Page:
    return Page(widgets.Explorer("rainy lo-fi study beat", session=Session()))


def row(page: Page, label: str) -> Any:
    return next(one for one in page.widget.rows if one[0].lower() == label)


def test_the_table_follows_the_text(page: Page) -> None:
    page.ask("say", text="house at 126 bpm in A minor")
    assert page.widget.decided["parameters.technical.tempo"] == 126.0
    assert page.widget.decided["parameters.technical.key"] == "A minor"
    assert row(page, "tempo")[2] == "text"
    # Processor time, since others may work on the same machine.
    started = time.process_time()
    page.ask("say", text="house at 127 bpm in A minor")
    assert time.process_time() - started < 0.1
    assert page.widget.decided["parameters.technical.tempo"] == 127.0


def test_what_is_set_by_hand_wins_and_can_be_let_go(page: Page) -> None:
    page.ask("say", text="house at 126 bpm")
    page.ask("pin", path="parameters.technical.tempo", value=90)
    assert page.widget.request.parameters.technical.tempo == 90.0
    assert row(page, "tempo")[2] == "stated"
    assert page.widget.decided["parameters.technical.tempo"] == 90.0
    assert page.widget.json["parameters"]["technical"] == {"tempo": 90.0}
    page.ask("release", path="parameters.technical.tempo")
    assert page.widget.decided["parameters.technical.tempo"] == 126.0


def test_words_that_nothing_knows_are_shown(page: Page) -> None:
    page.ask("say", text="house with glorpish fennel")
    assert "glorpish fennel" in page.widget.not_used


def test_what_is_impossible_is_reported_and_the_last_plan_stays(page: Page) -> None:
    before = page.widget.rows
    page.ask("pin", path="parameters.technical.tempo", value=900)
    assert "900" in page.widget.problem
    assert page.widget.rows == before
    page.ask("release", path="parameters.technical.tempo")
    assert page.widget.problem == ""
    page.ask("pin", path="parameters.nothing", value=1)
    assert page.widget.failed
    assert "no field of the request" in page.widget.message


def test_every_field_of_the_request_has_a_control(page: Page) -> None:
    def leaves(model: Any, path: str = "") -> list[str]:
        found = []
        for name, info in model.model_fields.items():
            inner = getattr(info.annotation, "model_fields", None)
            found += leaves(info.annotation, f"{path}{name}.") if inner else [f"{path}{name}"]
        return found

    paths = [field["path"] for field in page.widget.fields]
    for leaf in leaves(GenerationRequest):
        if leaf not in ("project_id", "parameters.creative.concept"):
            assert any(path == leaf or path.startswith(f"{leaf}.") for path in paths), leaf


def test_ranges_are_those_of_the_schema(page: Page) -> None:
    fields = {field["path"]: field for field in page.widget.fields}
    tempo = fields["parameters.technical.tempo"]
    assert (tempo["low"], tempo["high"], tempo["unit"], tempo["whole"]) == (40, 240, "BPM", False)
    assert fields["options.seed"]["whole"]
    assert fields["options.format"]["options"] == ["wav", "aiff", "flac", "mp3"]
    assert fields["parameters.technical.metre"]["options"] == ["4/4", "3/4", "6/8", "12/8"]
    assert fields["options.preview"]["kind"] == "flag"
    assert fields["parameters.sound_design.palette"]["kind"] == "toggles"


def test_the_song_is_made_and_its_first_bars_come_first(page: Page) -> None:
    page.ask("say", text="driving synthwave at night")
    for path, value in (
        ("parameters.technical.duration", 8),
        ("parameters.technical.structure", ["verse"]),
        ("options.preview", True),
    ):
        page.ask("pin", path=path, value=value)
    page.ask("generate", another=True)
    assert page.widget.pinned["options.seed"] == 1
    page.widget.wait()
    assert not page.widget.failed, page.widget.message
    first = page.messages[0][0]["sound"]
    assert (first["bars"][0], first["play"]) == (1, True)
    assert page.widget.track.plan.seed == 1
    samples, rate = soundfile.read(io.BytesIO(page.widget.master))
    assert len(samples) / rate == pytest.approx(page.widget.track.master.duration_seconds, abs=0.1)
    assert page.widget.result["roll"]["notes"]
    assert page.widget.progress == -1.0
