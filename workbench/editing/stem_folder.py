"""A folder of stems becomes a song: each element plays its recording, and edits that need no notes work on it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from workbench.analysis.audio_reading import open_audio
from workbench.analysis.key import estimate_key
from workbench.analysis.rhythm import estimate_tempo
from workbench.concept import translate
from workbench.domain.arrays import Signal
from workbench.domain.audio import Audio, summed
from workbench.domain.chord_symbols import NO_CHORD
from workbench.domain.clock import Progress
from workbench.domain.edit_state import EditState
from workbench.domain.elements import ELEMENTS, is_drums
from workbench.domain.errors import ParameterError, did_you_mean
from workbench.domain.naming import latin_id
from workbench.domain.plan import Decision, Plan, SectionPlan
from workbench.domain.recordings import MOST_BARS, marks
from workbench.domain.request import GenerationRequest, parse_request
from workbench.domain.results import Track
from workbench.domain.score import Part, Score
from workbench.domain.song import parse_section_name
from workbench.domain.sound_files import files_below
from workbench.domain.theory import Chord, Key, Metre
from workbench.editing.adopting import IMPORTED, Adopted
from workbench.editing.edits import HIGHEST_BPM, LOWEST_BPM
from workbench.editing.song import Song
from workbench.output.daw.session_reading import sessions_in
from workbench.pipeline import finish
from workbench.rendering import keep_recording
from workbench.store import Store

LEFT_OUT = "none"
"""What a file is called that is no stem."""

_WORDS: Mapping[str, str] = {
    LEFT_OUT: r"mix|mixdown|master|mastered|premaster|preview|reference|click|metronome",
    "percussion": r"drums?|percussion|percs?|beats?|kit|kicks?|bd|snares?|sd|hats?|hihats?|hh|claps?|toms?|cymbals?|"
    r"overheads?|oh|shakers?|congas?|bongos?|loops?|breaks?",
    "bass": r"bass|basses|bassline|sub|808s?",
    "leads": r"leads?|melody|melodies|vocals?|vox|voice|singer|singing|hook|solo|topline|arps?|flute|sax|trumpet|brass|"
    r"violin",
    "pads": r"pads?|chords?|keys|keyboards?|piano|rhodes|organ|strings|synths?|guitars?|gtr|choir|harmony|backing|"
    r"atmos|ambience|texture|fx",
}
"""Words of file names; where two kinds are named, the earlier kind counts: `bass drum` is said otherwise below."""

_DRUM_WORDS = re.compile(r"bass[ _-]*drums?|sub[ _-]*kick")
_USUAL_RATES_HZ = (44100, 48000, 88200, 96000)
_USUAL_BPM, _NEAR_BPM = 120.0, 0.05
_SECTION = re.compile(r"\s*([^\d,]+(?:\s\d+)?)[\s:]\s*(\d+)\s*$")


@dataclass(frozen=True, slots=True)
class StemWishes:
    """What is known of a folder of stems. `tempo_bpm` and `key` are estimated where nothing is stated.

    `elements` tells by file name (with or without suffix) which element a file is, or `none`. `sections` names sections
    with their bars: "intro 4, verse 8, chorus 8".
    """

    tempo_bpm: float | None = None
    key: str | None = None
    metre: str = "4/4"
    sections: str = ""
    elements: Mapping[str, str] | None = None


def is_stem_folder(path: str | Path) -> bool:
    """Whether a path is a folder with sound in it, and neither a bundle nor the folder of a session."""
    folder = Path(path)
    if not folder.is_dir() or (folder / "manifest.json").exists() or sessions_in(folder):
        return False
    return bool(files_below(folder))


def adopt_stems(
    folder: str | Path, wishes: StemWishes | None = None, *, concept: str | None = None, seed: int = 0
) -> Adopted:
    """Make a song of a folder of stems in WAV, FLAC or any other format that is read.

    Files of one element are summed; all begin together, and a shorter one ends in silence. The sounds are kept in the
    user's folder of recordings, so that the song can be edited when the folder is gone.

    Raises
    ------
    ParameterError
        If a file is of no element that its name or `wishes` tell, or if tempo, key or sections do not fit.
    AudioFileError
        If a file cannot be read.
    """
    wishes = wishes or StemWishes()
    place = Path(folder)
    title = place.resolve().name
    files, remarks = _files(place, wishes.elements or {})
    rate, more = _common_rate(files)
    remarks += more
    stems = _stems(files, rate)
    tempo_bpm, how_fast = _tempo(stems, wishes)
    key, which_key = _key(stems, wishes)
    remarks += [*how_fast, *which_key]
    metre = Metre.parse(wishes.metre)
    seconds = next(iter(stems.values())).duration_seconds
    bars = math.ceil(seconds * tempo_bpm / 60.0 / metre.bar_beats - 1e-6)
    if bars > MOST_BARS:
        raise ParameterError(f"{place} lasts {bars:,} bars at {tempo_bpm:g} BPM: expected at most {MOST_BARS:,}")
    places = _sections(wishes.sections, bars)
    request = _request(title, concept, seed, (tempo_bpm, key, metre, rate), [name for name, _ in places], list(stems))
    sections = _laid(places, tuple(stems), translate(request))
    plan = replace(
        translate(request),
        sections=sections,
        palette=tuple(stems),
        patches={element: keep_recording(audio, f"{title}-{element}") for element, audio in stems.items()},
        processing_style="neutral",
    )
    plan = replace(plan, decisions=(*plan.decisions, *_decisions(title, files, remarks)))
    part = marks(bars, metre.bar_beats)
    silent = Chord(0.0, bars * metre.bar_beats, 0, NO_CHORD, 0)
    parts = {element: Part(element, part) for element in stems}
    score = Score(title, plan.tempo_bpm, metre, key, sections, (silent,), parts)
    return Adopted(request, Song(plan, score, EditState(), tuple(remarks)))


def import_stems(
    folder: str | Path,
    wishes: StemWishes | None = None,
    *,
    concept: str | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    store: Store | None = None,
) -> Track:
    """Make a track of a folder of stems; the parameters are those of `adopt_stems` and `generate`.

    Returns
    -------
    Track
        Its mix, of shape (2, n), is the sum of the stems, bit for bit; its master has the loudness and the ceiling of
        its delivery, and no colour.

    Raises
    ------
    ParameterError, AudioFileError
        As `adopt_stems`.

    Examples
    --------
    >>> import workbench
    >>> track = workbench.import_stems("stems", StemWishes(tempo_bpm=120.0))  # doctest: +SKIP
    >>> track.plan.tempo_bpm  # doctest: +SKIP
    120.0
    """
    adopted = adopt_stems(folder, wishes, concept=concept, seed=seed)
    song = adopted.song
    return finish(adopted.request, song.plan, song.score, model_hashes={}, progress=progress, store=store)


def element_of(name: str) -> str | None:
    """The element that a file's name tells, `none` for a finished mix, or None.

    Examples
    --------
    >>> [element_of(name) for name in ("03 Sub Bass", "Drüms", "LeadVox_L", "my song MASTER", "take 3")]
    ['bass', 'percussion', 'leads', 'none', None]
    """
    plain = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)
    text = re.sub(r"[^a-z0-9]+", " ", spaced.casefold())
    text = re.sub(r"(?<=[a-z])(?=\d)(?!\d*s?\b)|(?<=\d)(?=[a-z]{2})", " ", text)
    if _DRUM_WORDS.search(text):
        return "percussion"
    return next((kind for kind, words in _WORDS.items() if re.search(rf"\b(?:{words})\d*\b", text)), None)


def _files(place: Path, stated: Mapping[str, str]) -> tuple[dict[Path, str], list[str]]:
    """Each stem with its element, in the house's order, and what is left out."""
    found = files_below(place)
    if not found:
        raise ParameterError(f"{place} holds no sound: expected stems in WAV, FLAC, AIFF, MP3, OGG or Opus")
    names = {file: {file.name.casefold(), file.stem.casefold()} for file in found}
    asked = {name.casefold(): element for name, element in stated.items()}
    for name, element in asked.items():
        if not any(name in own for own in names.values()):
            known = [file.name for file in found]
            raise ParameterError(f"no stem is called {name!r}{did_you_mean(name, known)}: there are {', '.join(known)}")
        if element not in (*ELEMENTS, LEFT_OUT):
            raise ParameterError(f"{name}: expected {', '.join(ELEMENTS)} or {LEFT_OUT}, got {element!r}")
    chosen = {
        file: next((asked[name] for name in own if name in asked), None) or element_of(file.stem)
        for file, own in names.items()
    }
    unknown = [file.name for file, element in chosen.items() if element is None]
    if unknown:
        raise ParameterError(
            f"{', '.join(unknown)}: no element is in the name: say which, such as --as '{unknown[0]}=leads' "
            f"({', '.join(ELEMENTS)} or {LEFT_OUT})"
        )
    left = [file.name for file, element in chosen.items() if element == LEFT_OUT]
    stems = {file: element for file, element in chosen.items() if element and element != LEFT_OUT}
    if not stems:
        raise ParameterError(f"{place} holds no stems: {', '.join(left)} are left out")
    ordered = sorted(stems.items(), key=lambda item: (ELEMENTS.index(item[1]), item[0]))
    return dict(ordered), [f"left out: {', '.join(left)}"] if left else []


def _common_rate(files: Mapping[Path, str]) -> tuple[int, list[str]]:
    """The rate that most stems have, if a song can have it; the others are resampled."""
    rates = {file: open_audio(file).audio.sample_rate_hz for file in files}
    rate = Counter(rates.values()).most_common(1)[0][0]
    rate = rate if rate in _USUAL_RATES_HZ else 48000
    moved = [f"{file.name} ({own} Hz)" for file, own in rates.items() if own != rate]
    return rate, [f"resampled to {rate} Hz: {', '.join(moved)}"] if moved else []


def _stems(files: Mapping[Path, str], rate: int) -> dict[str, Audio]:
    """The sound of each element, all of one length."""
    sums: dict[str, Signal] = {}
    for file, element in files.items():
        samples = open_audio(file, sample_rate_hz=rate).audio.samples
        sums[element] = _added(sums[element], samples) if element in sums else samples
    length = max(samples.shape[1] for samples in sums.values())
    return {element: Audio(_added(np.zeros((2, length), np.float32), s), rate) for element, s in sums.items()}


def _added(first: Signal, second: Signal) -> Signal:
    longer, shorter = (first, second) if first.shape[1] >= second.shape[1] else (second, first)
    total = longer.copy()
    total[:, : shorter.shape[1]] += shorter
    return total


def _tempo(stems: Mapping[str, Audio], wishes: StemWishes) -> tuple[float, list[str]]:
    """The tempo that is stated, or else the one that is heard in drums or all."""
    if wishes.tempo_bpm is not None:
        if not LOWEST_BPM <= wishes.tempo_bpm <= HIGHEST_BPM:
            raise ParameterError(f"tempo: expected {LOWEST_BPM} to {HIGHEST_BPM} BPM, got {wishes.tempo_bpm:g}")
        return wishes.tempo_bpm, []
    fit = estimate_tempo(stems.get("percussion") or summed(stems.values()))
    if not fit.is_steady or not LOWEST_BPM <= fit.bpm <= HIGHEST_BPM:
        return _USUAL_BPM, [f"no steady tempo is heard: bars are counted at {_USUAL_BPM:g} BPM, state it with --tempo"]
    whole = round(fit.bpm)
    bpm = float(whole) if abs(fit.bpm - whole) < _NEAR_BPM else round(fit.bpm, 3)
    return bpm, [f"tempo {bpm:g} BPM is estimated: state it with --tempo if it is another"]


def _key(stems: Mapping[str, Audio], wishes: StemWishes) -> tuple[Key, list[str]]:
    """The key that is stated, or else the one that is heard beside the drums."""
    if wishes.key is not None:
        return Key.parse(wishes.key), []
    pitched = [audio for element, audio in stems.items() if not is_drums(element)]
    found = estimate_key(summed(pitched)) if pitched else None
    if found is None or not found.is_tonal:
        return Key.parse("C major"), ["no key is heard: C major is written, state it with --key"]
    return found.key, [f"key {found.key} is estimated: state it with --key if it is another"]


def _sections(text: str, bars: int) -> list[tuple[str, int]]:
    """Sections with their bars; all of it is one theme where nothing is stated, and the last one takes what is left."""
    if not text.strip():
        return [("theme", bars)]
    found = []
    for piece in text.split(","):
        match = _SECTION.match(piece)
        if match is None or int(match[2]) < 1:
            raise ParameterError(
                f"sections: expected names with bars such as 'intro 4, verse 8', got {piece.strip()!r}"
            )
        found.append((parse_section_name(match[1]), int(match[2])))
    stated = sum(count for _, count in found)
    if stated > bars:
        raise ParameterError(f"sections: {stated} bars are stated, and the stems last {bars}")
    name, count = found[-1]
    return [*found[:-1], (name, count + bars - stated)]


def _laid(places: Sequence[tuple[str, int]], elements: tuple[str, ...], plan: Plan) -> tuple[SectionPlan, ...]:
    energies = {section.name: section.energy for section in plan.sections}
    sections, start = [], 0
    for name, bars in places:
        sections.append(SectionPlan(name, name, start, bars, energies.get(name, 0.5), elements))
        start += bars
    return tuple(sections)


def _request(
    title: str,
    concept: str | None,
    seed: int,
    known: tuple[float, Key, Metre, int],
    names: Sequence[str],
    palette: Sequence[str],
) -> GenerationRequest:
    tempo_bpm, key, metre, rate = known
    return parse_request(
        {
            "project_id": latin_id(title) or "stems",
            "parameters": {
                "creative": {"concept": concept or title or "a song"},
                "technical": {
                    "tempo": tempo_bpm, "key": str(key), "metre": str(metre), "structure": list(names)[:64],
                },
                "sound_design": {"palette": list(palette)},
            },
            "options": {"seed": seed, "sample_rate": rate},
        }
    )  # fmt: skip


def _decisions(title: str, files: Mapping[Path, str], remarks: Sequence[str]) -> list[Decision]:
    stems = [Decision(IMPORTED, file.name, "stated", f"a recording of {element}") for file, element in files.items()]
    what = Decision(IMPORTED, title, "stated", f"{len(files)} stems of a folder")
    return [what, *stems, *(Decision(IMPORTED, title, "stated", one, one) for one in remarks)]
