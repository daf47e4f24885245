"""The tutorial corpus: songs that the workbench itself composed, so that training can be learned on any machine.

`python -m training.tools.tutorial_corpus DIR` writes it; the copy that ships lies in `data/tutorial`. The same weights
give the same files. It is made for learning the tools: a network that is trained on it learns what the shipped networks
do already.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.cli.parser import LineParser
from workbench.domain.errors import OutputError
from workbench.domain.files import atomic_folder
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest, parse_request
from workbench.domain.score import Score
from workbench.domain.seeding import derived_seed
from workbench.domain.units import beats_to_seconds

SONGS_PER_STYLE = 4
"""The last song of each style is for validation."""

_BARS = (32, 24, 48, 40)
_STRUCTURES: tuple[tuple[str, ...] | None, ...] = (
    None, ("intro", "verse", "chorus", "outro"), None, ("verse", "chorus", "bridge", "chorus"),
)  # fmt: skip
"""By song of a style: None leaves the form to the style."""
_TEMPO_PLACES = (0.5, 0.2, 0.8, 0.4)


@dataclass(frozen=True, slots=True)
class TutorialSong:
    """What a song of the corpus is asked for."""

    song_id: str
    style: str
    number: int

    @property
    def split(self) -> str:
        """Every fourth song of a style is held out."""
        return "validation" if self.number == SONGS_PER_STYLE - 1 else "train"

    def request(self) -> GenerationRequest:
        """Style, tempo, key, length and form; everything else is left to the translation."""
        from workbench.concept import load_style

        style, number = load_style(self.style), self.number
        modes = sorted(style.modes, key=lambda mode: -style.modes[mode])
        span = style.tempo_high_bpm - style.tempo_low_bpm
        tempo_bpm = float(round(style.tempo_low_bpm + _TEMPO_PLACES[number] * span))
        tonic = style.tonics[derived_seed(1, "tutorial tonic", self.song_id) % len(style.tonics)]
        technical: dict[str, Any] = {
            "tempo": tempo_bpm,
            "key": f"{tonic} {modes[number % 2 % len(modes)]}",
            "duration": round(beats_to_seconds(4.0 * _BARS[number], tempo_bpm), 3),
            "metre": "4/4",
        }
        if _STRUCTURES[number] is not None:
            technical["structure"] = list(_STRUCTURES[number] or ())
        return parse_request(
            {
                "project_id": self.song_id,
                "parameters": {"creative": {"concept": style.aliases[0]}, "technical": technical},
                "options": {"seed": derived_seed(1, "tutorial", self.song_id)},
            }
        )


def tutorial_songs(styles: Sequence[str] | None = None) -> Iterator[TutorialSong]:
    """The songs of the corpus, of all styles if none are named.

    Examples
    --------
    >>> [song.song_id for song in tutorial_songs(["house"])]
    ['house-1', 'house-2', 'house-3', 'house-4']
    """
    from workbench.concept import list_styles

    for style in styles or list_styles():
        for number in range(SONGS_PER_STYLE):
            yield TutorialSong(f"{style}-{number + 1}", style, number)


def make_tutorial(folder: Path, styles: Sequence[str] | None = None) -> Path:
    """Compose the corpus and write it: `index.json`, `README.md` and `midi/*.mid`.

    Parameters
    ----------
    folder : Path
        Must not exist yet; it is written beside its place and renamed at the end.
    styles : sequence of str, optional
        All styles if none are named.

    Raises
    ------
    OutputError
        If the folder exists already.
    ModelError
        If the networks' weights are missing or damaged.
    """
    from workbench.models.registry import model_hashes

    if folder.exists():
        raise OutputError(f"folder {folder} exists already: expected a new one")
    with atomic_folder(folder) as draft:
        (draft / "midi").mkdir()
        songs = []
        for song in tutorial_songs(styles):
            print(song.song_id, file=sys.stderr)
            songs.append(_write_song(song, draft))
        index = {"licence": "CC0-1.0", "weights": model_hashes(), "songs": songs}
        (draft / "index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
        (draft / "README.md").write_text(_DATASHEET.format(songs=len(songs), bars=sum(song["bars"] for song in songs)))
    return folder


def _write_song(song: TutorialSong, folder: Path) -> dict[str, Any]:
    from workbench.output import write_midi
    from workbench.pipeline import compose_only

    plan, score = compose_only(song.request())
    path = write_midi(score, folder / "midi" / f"{song.song_id}.mid")
    return _entry(song, plan, score, path)


def _entry(song: TutorialSong, plan: Plan, score: Score, path: Path) -> dict[str, Any]:
    return {
        "id": song.song_id,
        "file": f"midi/{path.name}",
        "split": song.split,
        "style": plan.style,
        "model_style": plan.model_style,
        "key": str(score.key),
        "tempo_bpm": score.tempo_bpm,
        "bars": score.bars,
        "sections": " ".join(f"{section.name}:{section.bars}" for section in score.sections),
        "chords": " ".join(chord.symbol(score.key) for chord in score.chords),
        "notes": {element: len(part.notes) for element, part in score.parts.items()},
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m training.tools.tutorial_corpus DIR`."""
    parser: argparse.ArgumentParser = LineParser(
        prog="python -m training.tools.tutorial_corpus", description=__doc__.split("\n")[0]
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="where it is written; must not exist yet")
    parser.add_argument("--styles", nargs="+", metavar="STYLE", help="these styles only")
    options = parser.parse_args(argv)
    make_tutorial(options.folder, options.styles)
    return 0


_DATASHEET = """# Tutorial corpus

{songs} songs, {bars} bars, in every style that the workbench knows: percussion, bass, pads and leads as far as the
style has them, with chord names, section markers, key and tempo in the file.

**How it was made.** By this project's own networks: `python -m training.tools.tutorial_corpus DIR` asks for each style
in several tempi, keys, forms and seeds, composes, and writes MIDI. No recording and no other data set lies in it; the
networks themselves were trained on the corpora that their cards name. `index.json` holds the sha256 of the weights that
wrote it and of every file.

**What it is for.** Learning the tools: it lets every training notebook, command and test run on any machine.

**What it is not for.** Judging quality. It holds what the networks do already, with the habits and mistakes of their
sampling; a network that is trained on it can at best become a copy of a copy. Figures that are measured on it say
nothing about human music. Weights that ship are never trained on it.

**Splits.** `train`, and `validation` (every fourth song of a style).

**Licence.** Dedicated to the public domain, [CC0 1.0](https://creativecommons.org/publicdomain/zero/1.0/).
"""


if __name__ == "__main__":
    sys.exit(main())
