"""Somebody who never saw JSON makes a song, arranges, mixes, plays and exports it: by hand, in one JupyterLab."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tests.browser.instrument_pages import Open, dark, edits, keep, light, look, narrow, ready, told
from workbench.output import load_song

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]

NOTEBOOKS = ("01_explore", "02_arrange_and_edit", "03_mix_and_sound_design", "04_midi")
SENTENCE = "driving synthwave at night, 12 seconds, 160 bpm"


def test_a_song_is_made_changed_mixed_and_exported(
    opened: Open, workspace: Callable[..., Path], visit: Any, repository: Path
) -> None:
    root = workspace()
    page = opened(*NOTEBOOKS)
    song = _make(page)
    assert (root / "out" / song / "master.wav").is_file()
    _arrange(page, song)
    _mix(page, song, root)
    _play(page, song)
    _come_back(page, root / "out" / song)
    _export(page, root, song)
    keep(page, repository, "songs")
    _save_as(page, root, song)
    dark(page, "mixer")
    light(page, "mixer")
    narrow(page, "mixer")
    assert visit.outside == []
    assert [error for error in visit.errors if "404" not in error] == []


def _make(page: Any) -> str:
    """A sentence becomes a song, which is kept."""
    explorer = page.locator(".bf-explorer")
    explorer.locator(".bf-tag").first.wait_for()
    assert explorer.locator(".bf-songbar").is_hidden()
    explorer.locator(".bf-concept").fill(SENTENCE)
    page.wait_for_function("() => document.querySelector('.bf-side').textContent.includes('160 BPM')")
    explorer.locator(".bf-generate").click()
    told(page, "explorer", "the song is ready, and kept as driving-synthwave")
    look(page, "explorer", "kept")
    return str(explorer.get_attribute("data-song"))


def _go(page: Any, widget: str, word: str, notebook: str, own: str) -> Any:
    """Press the way on, and run what it opens."""
    page.locator(f".bf-{widget} .bf-way", has_text=word).click()
    page.wait_for_function("name => window.jupyterapp.shell.currentWidget.title.label.startsWith(name)", arg=notebook)
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.sessionContext?.session?.kernel?.status === 'idle'"
    )
    page.evaluate(
        "() => { window.ran = false; window.jupyterapp.commands.execute('notebook:run-all-cells')"
        ".then(() => { window.ran = true; }); }"
    )
    page.wait_for_function("() => window.ran === true", timeout=300_000)
    return ready(page, own)


def _arrange(page: Any, song: str) -> None:
    arranger = _go(page, "explorer", "arrange", "02_", "arranger")
    _hear_before_opening(page)
    assert arranger.get_attribute("data-song") == song
    arranger.locator("[aria-label='Element that is changed']").select_option("bass")
    arranger.locator("button", has_text="+ octave").click()
    told(page, "arranger", "transpose: bass")
    arranger.locator(".bf-song-state", has_text="changes kept; Save renders master and stems").wait_for()


def _hear_before_opening(page: Any) -> None:
    """The list of songs, by keys alone; looked at in both themes and narrow."""
    shelf = ready(page, "shelf")
    assert shelf.locator("tbody tr").count() == 1
    shelf.locator(".bf-hear").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.bf-shelf .bf-hear').textContent === '■'")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.bf-shelf .bf-hear').textContent === '▶'")
    dark(page, "shelf")
    light(page, "shelf")
    narrow(page, "shelf")
    ready(page, "arranger")


def _mix(page: Any, song: str, root: Path) -> None:
    """The mixer takes up what was arranged before anything is saved; Finish ends with a player and links."""
    mixer = _go(page, "arranger", "mix", "03_", "mixer")
    assert mixer.get_attribute("data-song") == song
    assert [edit["edit"] for edit in edits(mixer)] == ["transpose"]
    mixer.locator("[aria-label='Fader of bass']").focus()
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    told(page, "mixer", "bass: gain -0.5 dB")
    mixer.locator("button", has_text="Finish").click()
    told(page, "mixer", f"saved as {song}:")
    page.wait_for_function("() => document.querySelector('.bf-mixer .bf-song-player .bf-time')")
    address = mixer.locator(".bf-song-files a", has_text="master.wav").get_attribute("href")
    served = page.evaluate(
        "async address => { const answer = await fetch(address); return [answer.status, (await answer.blob()).size]; }",
        address,
    )
    assert served == [200, (root / "out" / song / "master.wav").stat().st_size], address
    mixer.locator(".bf-song-player .bf-play").click()
    page.wait_for_function(
        "() => document.querySelector('.bf-mixer .bf-song-player .bf-time').textContent.startsWith('0:01')"
    )
    look(page, "mixer", "finished")
    mixer.locator(".bf-song-player .bf-play").click()
    assert edits(mixer)[-1]["gain_db"] == -0.5


def _play(page: Any, song: str) -> None:
    keyboard = _go(page, "mixer", "play", "04_", "keyboard")
    assert keyboard.get_attribute("data-song") == song
    keyboard.locator("[aria-label=Patch]").select_option(index=1)
    told(page, "keyboard", " plays ")
    keyboard.locator(".bf-save").focus()
    page.keyboard.press("Enter")
    told(page, "keyboard", f"saved as {song}")


def _come_back(page: Any, bundle: Path) -> None:
    """The mixer, still open, takes up what the keyboard saved; the command line would too."""
    page.evaluate(
        "() => { for (const one of window.jupyterapp.shell.widgets('main'))"
        " if (one.title.label.startsWith('03_')) window.jupyterapp.shell.activateById(one.id); }"
    )
    told(page, "mixer", f"opened: {bundle.name}")
    mixer = ready(page, "mixer")
    assert [edit["edit"] for edit in edits(mixer)] == ["transpose", "mix", "patch"]
    assert [edit["edit"] for edit in load_song(bundle)[2].history] == ["transpose", "mix", "patch"]
    manifest = json.loads((bundle / "manifest.json").read_text())
    assert manifest["request"]["parameters"]["creative"]["concept"] == SENTENCE


def _export(page: Any, root: Path, song: str) -> None:
    mixer = page.locator(".bf-mixer")
    mixer.locator(".bf-songbar button", has_text="Export").focus()
    page.keyboard.press("Enter")
    mixer.locator(".bf-song-panel select").select_option("reaper")
    mixer.locator(".bf-export").click()
    told(page, "mixer", f"exported to exports/{song}")
    folder = root / "exports" / song
    assert (folder / "session" / song / f"{song}.rpp").is_file()
    assert {path.stem for path in (folder / "stems").iterdir()} >= {"bass", "percussion"}
    assert soundfile.info(folder / "master.wav").frames > 12 * 44100
    page.wait_for_function("() => document.querySelector('.bf-mixer .bf-song-player .bf-time')")
    assert mixer.locator(".bf-song-files a").count() > 8


def _save_as(page: Any, root: Path, song: str) -> None:
    """A name that is taken leaves the field open, to be mended; a free one closes it."""
    mixer = page.locator(".bf-mixer")
    mixer.locator(".bf-songbar button", has_text="Save as").focus()
    page.keyboard.press("Enter")
    field = mixer.locator(".bf-song-input")
    field.fill(song)
    page.keyboard.press("Enter")
    told(page, "mixer", f"there is a song {song} already")
    assert field.is_visible()
    field.fill("by another name")
    page.keyboard.press("Enter")
    told(page, "mixer", "saved as by-another-name")
    field.wait_for(state="hidden")
    assert (root / "out" / "by-another-name" / "master.wav").is_file()
