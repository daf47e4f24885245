"""A song of a corpus, arranged in a style: its chords and sections stay, tempo and players are the style's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from training.accompanist.players import play_bass_line, play_chords, play_drums
from training.corpora.song import CorpusSong
from workbench.composition.finishing import finished_drums, finished_line
from workbench.concept import load_style, translate
from workbench.concept.structure import assign_elements, shape_energy
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.request import parse_request
from workbench.domain.score import Part, Score
from workbench.domain.seeding import derived_seed, generator
from workbench.domain.theory import Key

PALETTE = ("percussion", "bass", "pads")
_UNNAMED = "verse"
"""What a section is taken for that the annotators did not name."""


def accompany(song: CorpusSong, style: str, *, name: str, seed: int) -> tuple[Plan, Score]:
    """Percussion, bass and pads for the chords of a song.

    Parameters
    ----------
    song : CorpusSong
        In 4/4, with chords.
    style : str
        A style of the workbench.
    name : str
        Names the result; with `seed` it decides every draw.
    seed : int

    Returns
    -------
    plan, score
        The same arguments give the same notes.
    """
    plan = arrange(song, style, name=name, seed=seed)
    rows = play_drums(plan)
    chords = song.chords
    parts = {
        "percussion": finished_drums(rows, plan, "percussion"),
        "bass": finished_line(play_bass_line(plan, chords, rows), plan, "bass", chords),
        "pads": finished_line(play_chords(plan, chords), plan, "pads", chords),
    }
    whole = {element: Part(element, notes) for element, notes in parts.items()}
    return plan, Score(name, plan.tempo_bpm, plan.metre, plan.key, plan.sections, chords, whole)


def arrange(song: CorpusSong, style: str, *, name: str, seed: int) -> Plan:
    """The plan of a song in a style: who plays where and how, at a tempo of the style."""
    manner = load_style(style)
    rng = generator(seed, "accompaniment", name)
    key = song.key or Key(song.chords[0].root, "major")
    technical = {
        "tempo": round(float(rng.uniform(manner.tempo_low_bpm, manner.tempo_high_bpm))),
        "metre": "4/4",
        "variation": round(float(rng.uniform(0.3, 0.7)), 2),
    }
    request = {
        "project_id": name,
        "parameters": {
            "creative": {"concept": style, "style": style},
            "technical": technical,
            "sound_design": {"palette": list(PALETTE), "texture_density": round(float(rng.uniform(0.3, 0.8)), 2)},
        },
        "options": {"seed": derived_seed(seed, name)},
    }
    plan = translate(parse_request(request))
    return replace(plan, key=key, sections=_sections(song, style, plan.arousal))


def _sections(song: CorpusSong, style: str, arousal: float) -> tuple[SectionPlan, ...]:
    manner, spans = load_style(style), list(section_spans(song))
    names = [name for name, _, _ in spans]
    energies = shape_energy(names, [bars for _, _, bars in spans], manner, arousal)
    elements = assign_elements(names, energies, PALETTE, manner)
    return tuple(
        SectionPlan(section, section, start, bars, energy, playing)
        for (section, start, bars), energy, playing in zip(spans, energies, elements, strict=True)
    )


def section_spans(song: CorpusSong) -> Iterator[tuple[str, int, int]]:
    """Name, first bar and length in bars of each section."""
    start = 0
    for bar in range(song.bars):
        ends = bar == song.bars - 1 or song.sections[bar + 1] != song.sections[bar] or song.remaining[bar] == 1
        if ends:
            yield song.sections[bar] or _UNNAMED, start, bar + 1 - start
            start = bar + 1
