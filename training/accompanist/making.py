"""`corpora make accompaniment`: the corpus of generated accompaniment over the chords of public songs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.accompanist.arranging import accompany
from training.corpora import CORPORA, check_data, place_of, read_corpora
from training.corpora.composed import INDEX, MIDI
from training.corpora.registry import how_to_have
from training.corpora.song import CorpusSong
from workbench.concept import list_styles
from workbench.domain.clock import Progress
from workbench.domain.errors import CorpusError
from workbench.domain.files import atomic_folder
from workbench.domain.plan import Plan
from workbench.domain.score import Score
from workbench.domain.seeding import generator
from workbench.output import write_midi

FOLDER = "accompaniment"
DEFAULT_SONGS = 800
PROGRESSIONS = ("billboard", "pop909")
"""The public sets whose chords are accompanied."""
_LEAST_BARS = 8


@dataclass(frozen=True, slots=True)
class Commission:
    """A song of a public set and the style in which it is to be accompanied."""

    song: CorpusSong
    style: str

    @property
    def name(self) -> str:
        """What the accompaniment is called."""
        return f"{self.song.song_id}_{self.style}"


def make_accompaniment(
    data: Path, *, songs: int = DEFAULT_SONGS, seed: int = 1, progress: Progress | None = None
) -> Path:
    """Write the corpus below a data folder, from the chords of the public sets that it holds.

    Parameters
    ----------
    data : Path
        Folder of the corpora; `accompaniment` must not be there yet.
    songs : int
        Songs to write. Where there are more than songs with chords, these come again in other styles.
    seed : int
        The same data, number and seed give the same files.
    progress : callable, optional
        Called with a fraction 0..1 and the name of the song.

    Returns
    -------
    Path
        The folder with `index.json`, `README.md` and `midi/*.mid`.

    Raises
    ------
    CorpusError
        If the data folder holds no chords, or holds the corpus already.
    """
    check_data(data)
    folder = data / FOLDER
    if folder.exists():
        raise CorpusError(f"{folder} is there already: remove it to make the corpus anew")
    sources = _songs_with_chords(data)
    if not sources:
        ways = "; ".join(how_to_have(name) for name in PROGRESSIONS)
        raise CorpusError(f"no chord progressions in {data}: expected {' or '.join(PROGRESSIONS)}; {ways}")
    with atomic_folder(folder) as draft:
        (draft / MIDI).mkdir()
        entries = []
        for number, one in enumerate(commissions(sources, songs, seed)):
            if progress is not None:
                progress(number / songs, one.name)
            plan, score = accompany(one.song, one.style, name=one.name, seed=seed)
            path = write_midi(score, draft / MIDI / f"{one.name}.mid")
            entries.append(_entry(one, plan, score, path))
        index = {"licence": "CC0-1.0", "seed": seed, "songs": entries}
        (draft / INDEX).write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
        (draft / "README.md").write_text(_data_card(entries, songs, seed), encoding="utf-8")
    return folder


def commissions(sources: Sequence[CorpusSong], songs: int, seed: int) -> Iterator[Commission]:
    """Which song is accompanied in which style: each song once before any comes again, all styles equally often."""
    styles = list_styles()
    order = generator(seed, "commissions").permutation(len(sources)).tolist()
    for number in range(songs):
        round_, place = divmod(number, len(sources))
        # A song that comes again takes the style after its last one, so that no pair comes twice too soon.
        yield Commission(sources[order[place]], styles[(place + round_) % len(styles)])


def _songs_with_chords(data: Path) -> list[CorpusSong]:
    """Songs in 4/4 that sound chords, of the sets that are there, in the order of their names."""
    present = tuple(name for name in PROGRESSIONS if place_of(CORPORA[name], data).is_dir())
    found = read_corpora(data, present) if present else iter(())
    fitting = [song for song in found if song.bars >= _LEAST_BARS and any(chord.sounds for chord in song.chords)]
    return sorted(fitting, key=lambda song: song.song_id)


def _entry(one: Commission, plan: Plan, score: Score, path: Path) -> dict[str, Any]:
    return {
        "id": one.name,
        "file": f"{MIDI}/{path.name}",
        "split": one.song.split,
        "source": one.song.song_id,
        "style": one.style,
        "model_style": plan.model_style,
        "key": str(score.key),
        "tempo_bpm": score.tempo_bpm,
        "bars": score.bars,
        "notes": {element: len(part.notes) for element, part in score.parts.items()},
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }


def _data_card(entries: Sequence[dict[str, Any]], songs: int, seed: int) -> str:
    parts = ", ".join(
        f"{sum(entry['notes'][element] for entry in entries):,} of {element}" for element in entries[0]["notes"]
    )
    return _DATA_CARD.format(
        songs=len(entries),
        bars=f"{sum(entry['bars'] for entry in entries):,}",
        sources=len({entry["source"] for entry in entries}),
        styles=len({entry["style"] for entry in entries}),
        notes=parts,
        held_out=sum(entry["split"] == "validation" for entry in entries),
        command=f"beatsfoundry corpora make accompaniment --data DIR --songs {songs} --seed {seed}",
    )


_DATA_CARD = """# Generated accompaniment

{songs} songs, {bars} bars, over the chords and sections of {sources} songs of McGill Billboard and POP909, in {styles}
styles. Notes: {notes}. Chord names, section markers, key and tempo are in each file; `index.json` names source, style,
split and SHA-256.

**How it was made.** By rules, without a network: `{command}`.
Drums are drawn from the patterns of the workbench's styles, with their fills; the bass plays with the kick or in the
figures of its style; voicings move as little as they can and are played in figures. The tempo is drawn from the range
of the style; key, chords and sections are those of the source. The same data, number and seed give the same files.

**What it is for.** Training percussion, bass and pads on programmed accompaniment whose chords and sections are known.

**What it is not for.** Judging how people play: nobody played here. There is no melody. Rhythms repeat more than
people's do, and every line follows the rules above.

**Splits.** `validation` ({held_out} songs) where the source song validates in its own set, else `train`; the test songs
of the sources are left out.

**Licence.** The notes are dedicated to the public domain,
[CC0 1.0](https://creativecommons.org/publicdomain/zero/1.0/). The chord annotations are those of
[McGill Billboard](https://ddmal.music.mcgill.ca/research/The_McGill_Billboard_Project_(Chord_Analysis_Dataset)/)
(CC0; Burgoyne, Wild and Fujinaga, ISMIR 2011) and of [POP909](https://github.com/music-x-lab/POP909-Dataset)
(MIT; Wang et al., ISMIR 2020).
"""
