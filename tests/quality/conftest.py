"""A track of 32 s that keeps every promise, so that each test can break one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workbench.analysis.loudness import integrated_loudness
from workbench.domain.audio import Audio, Mix
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.score import Note, Part, Score
from workbench.domain.theory import Chord
from workbench.quality.facts import Facts, gather

RATE = 48000
BARS = 16
PALETTE = ("percussion", "bass", "pads", "leads")
SYMBOLS = ("Fm", "Bbm", "C", "Fm")


@pytest.fixture(scope="session")
def good_plan(tiny_plan: Plan) -> Plan:
    sections = (
        SectionPlan("intro", "intro", 0, 4, 0.2, ("percussion", "pads")),
        SectionPlan("verse", "verse", 4, 8, 0.5, PALETTE[:3]),
        SectionPlan("chorus", "chorus", 12, 4, 0.9, PALETTE),
    )
    return replace(tiny_plan, sections=sections)


@pytest.fixture(scope="session")
def good_score(good_plan: Plan) -> Score:
    chords = tuple(Chord.parse(SYMBOLS[bar % 4], onset_beats=4.0 * bar) for bar in range(BARS))
    drums = [Note(float(beat), 38 if beat % 2 else 36, 0.25, 100) for beat in range(4 * BARS)]
    drums += [Note(beat + 0.5, 42, 0.25, 80) for beat in range(4 * BARS)]
    bass = [Note(c.onset_beats + b, 29 + (c.root - 5) % 12, 0.9, 100) for c in chords[4:] for b in range(4)]
    pads = [Note(c.onset_beats, 53 + (p - 5) % 12, 4.0, 80) for c in chords for p in c.pitch_classes]
    leads = [Note(48.0 + 0.5 * step, 72 + (0, 5, 8)[step % 3], 0.5, 90) for step in range(32)]
    lines = {"percussion": drums, "bass": bass, "pads": pads, "leads": leads}
    parts = {element: Part(element, tuple(sorted(notes))) for element, notes in lines.items()}
    return Score("good", 120.0, good_plan.metre, good_plan.key, good_plan.sections, chords, parts)


def _voice(note: Note, level: float, harmonics: int, seed: int) -> np.ndarray:
    length = note.duration_beats * 0.5
    time = np.arange(round(length * RATE)) / RATE
    hz = 440.0 * 2 ** ((note.pitch - 69) / 12)
    phases = np.random.default_rng(seed).uniform(0, 6.28, harmonics)
    wave = sum(np.sin(2 * np.pi * hz * (h + 1) * time + phases[h]) / (h + 1) for h in range(harmonics))
    return level * wave * np.minimum(1.0, np.minimum(time / 0.01, (length - time) / 0.02))


def _drum(note: Note) -> np.ndarray:
    time = np.arange(RATE // 8) / RATE
    noise = np.random.default_rng(note.pitch).standard_normal(time.size)
    fade = np.minimum(1.0, (0.125 - time) / 0.03)
    if note.pitch == 36:
        return 0.7 * fade * np.sin(2 * np.pi * (50 * time + 3 * (1 - np.exp(-time * 40)))) * np.exp(-time * 18)
    return (0.3 if note.pitch == 38 else 0.12) * noise * np.exp(-time * (25 if note.pitch == 38 else 80))


def _stem(part: Part, seed: int) -> Audio:
    wave = np.zeros((2, round((2.0 * BARS + 1.0) * RATE)))
    for note in part.notes:
        if part.element == "percussion":
            hit = _drum(note)
        else:
            hit = _voice(note, {"bass": 0.12, "pads": 0.05, "leads": 0.08}[part.element], 6, seed)
        start = round(note.start_beats * 0.5 * RATE)
        right = np.roll(hit, 20) if part.element == "pads" else hit
        wave[:, start : start + hit.size] += np.stack([hit, right])
    return Audio(wave.astype(np.float32), RATE)


@pytest.fixture(scope="session")
def good_mix(good_score: Score) -> Mix:
    stems = {element: _stem(part, number) for number, (element, part) in enumerate(good_score.parts.items())}
    total = np.sum([stem.samples for stem in stems.values()], axis=0, dtype=np.float32)
    return Mix(Audio(total, RATE), stems)


@pytest.fixture(scope="session")
def good_master(good_mix: Mix) -> Audio:
    wave = good_mix.audio.samples.astype(np.float64)
    for _ in range(4):
        shaped = Audio((0.8 * np.tanh(wave / 0.8)).astype(np.float32), RATE)
        wave *= 10 ** ((-14.0 - integrated_loudness(shaped)) / 20)
    gain = 10 ** ((-14.0 - integrated_loudness(shaped)) / 20)
    return Audio((shaped.samples * np.float32(gain)).astype(np.float32), RATE)


@pytest.fixture(scope="session")
def good_facts(good_master: Audio, good_mix: Mix, good_score: Score, good_plan: Plan) -> Facts:
    return gather(master=good_master, mix=good_mix, score=good_score, plan=good_plan)
