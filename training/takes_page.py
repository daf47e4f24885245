"""What a network writes at several moments, on one page: chosen by a slider, two moments side by side.

The page holds its sounds, pictures and MIDI files itself and asks for nothing else, so it also plays inside the frame
in which MLflow shows an artifact, which may run scripts and load nothing.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 1.5rem; color: #1d2733; background: #fff; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5rem; }
.side { min-width: 0; } .side img { width: 100%; } .side audio { width: 100%; }
input[type=range] { width: 100%; } output { font-weight: 600; }
"""
_SCRIPT = """
const takes = JSON.parse(document.getElementById("takes").textContent);
const songs = [...new Set(takes.flatMap(take => take.songs.map(song => song.name)))];
const choice = document.getElementById("song");
choice.parentElement.hidden = songs.length < 2;
for (const name of songs) choice.add(new Option(name, name));
const sides = [...document.querySelectorAll(".side")];
function show(side, place) {
  const take = takes[place], song = take.songs.find(one => one.name === choice.value) || take.songs[0];
  side.querySelector("output").textContent = take.title;
  const audio = side.querySelector("audio"), at = audio.currentTime;
  audio.src = song.audio; audio.currentTime = at;
  side.querySelector("img").src = song.roll;
  side.querySelector("a").href = song.midi;
}
sides.forEach((side, number) => {
  const slider = side.querySelector("input");
  slider.max = takes.length - 1;
  slider.value = number ? takes.length - 1 : 0;
  slider.oninput = () => show(side, Number(slider.value));
  side.querySelector("audio").onplay = () =>
    sides.filter(other => other !== side).forEach(other => other.querySelector("audio").pause());
  show(side, Number(slider.value));
});
choice.onchange = () => sides.forEach(side => show(side, Number(side.querySelector("input").value)));
"""
_SIDE = """<section class="side"><output></output>
<input type="range" min="0" step="1" aria-label="moment">
<audio controls loop preload="auto"></audio><img alt="piano roll"><br><a download="take.mid">MIDI</a></section>"""


@dataclass(frozen=True, slots=True)
class TrainingTake:
    """A moment: its title, and for each song the place of its files without their endings .mid, .mp3 and .png."""

    title: str
    songs: Mapping[str, Path]


def takes_page(title: str, takes: Sequence[TrainingTake], note: str = "") -> str:
    """The page as HTML: the first moment on the left, the last on the right, a slider below each.

    Parameters
    ----------
    title : str
    takes : sequence of TrainingTake
        In order of time; one at least.
    note : str
        What there is to say, under the title.
    """
    data = json.dumps([{"title": take.title, "songs": [_song(*song) for song in take.songs.items()]} for take in takes])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
        f"<h1>{escape(title)}</h1><p>{escape(note)}</p>"
        f'<p><label>Song <select id="song"></select></label></p><div class="pair">{_SIDE}{_SIDE}</div>'
        # "</" would end the element, whatever stands around it.
        f'<script type="application/json" id="takes">{data.replace("</", "<" + chr(92) + "/")}</script>'
        f"<script>{_SCRIPT}</script></html>"
    )


def takes_of(folder: Path) -> list[TrainingTake]:
    """The samples of a run in the order of their steps, and at the end the songs themselves."""
    found = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    ordered = sorted(found, key=lambda path: (path.name == "songs", path.name))
    return [
        TrainingTake(_title(path.name), {file.stem: file.with_suffix("") for file in sorted(path.glob("*.mid"))})
        for path in ordered
    ]


def _title(name: str) -> str:
    step = 0 if name == "songs" else int(name.removeprefix("step-"))
    return "the songs themselves" if name == "songs" else f"after step {step:,}" if step else "before"


def _song(name: str, place: Path) -> dict[str, str]:
    kinds = (("audio", "mp3", "audio/mpeg"), ("roll", "png", "image/png"), ("midi", "mid", "audio/midi"))
    return {"name": name} | {key: _address(place.with_suffix(f".{suffix}"), mime) for key, suffix, mime in kinds}


def _address(path: Path, mime: str) -> str:
    return f"data:{mime};base64,{base64.b64encode(path.read_bytes()).decode()}"
