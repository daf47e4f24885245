"""Regions whose sound is compared with sfizz: opcodes, key, velocity, how long the key is held, what is measured."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

RATE = 48000
SECONDS = 1.6
BANDS_HZ = (125, 250, 500, 1000, 2000, 4000, 8000)


@dataclass(frozen=True)
class Case:
    """A region; `windows` are seconds in which levels are read, `noise` has its spectrum read instead."""

    opcodes: str
    velocity: int = 127
    key: int = 60
    gate: float = 1.0
    windows: tuple[tuple[float, float], ...] = ((0.2, 0.6),)
    sample: str = "tone.wav"

    @property
    def text(self) -> str:
        """The SFZ file."""
        # sfizz streams long samples in the background, and drops what comes too late for a render off line.
        inside = self.opcodes if "<region>" in self.opcodes else f"<region> key=60 {self.opcodes}"
        return "<control> hint_ram_based=1\n" + inside.replace("<region>", f"<region> sample={self.sample}")


def write_samples(folder: Path) -> None:
    """A tone of whole periods of 100 frames, the same on two sides, noise, and a short tone that is to be looped."""
    time = np.arange(2 * RATE) / RATE
    tone = 0.5 * np.sin(2 * np.pi * 480 * time)
    soundfile.write(folder / "tone.wav", tone, RATE, subtype="FLOAT")
    soundfile.write(folder / "stereo.wav", np.stack([tone, 0.3 * np.cos(2 * np.pi * 720 * time)], 1), RATE, "FLOAT")
    soundfile.write(folder / "short.wav", tone[: RATE // 2], RATE, subtype="FLOAT")
    soundfile.write(folder / "rising.wav", tone[:RATE] * np.linspace(0.05, 1.0, RATE), RATE, subtype="FLOAT")
    noise = 0.1 * np.random.default_rng(0).standard_normal(3 * RATE)
    soundfile.write(folder / "noise.wav", noise, RATE, subtype="FLOAT")


EVERY_50_MS = tuple((0.05 * i, 0.05 * i + 0.05) for i in range(28))


def _velocities(opcodes: str) -> list[Case]:
    return [Case(opcodes, velocity) for velocity in (20, 64, 100)]


CASES = (
    *(case for track in (0, 25, 50, 80, 100, -100, -40) for case in _velocities(f"amp_veltrack={track}")),
    *_velocities("amp_velcurve_64=0.8"),
    *_velocities("amp_velcurve_1=0.2 amp_velcurve_127=1"),
    *_velocities("amp_velcurve_100=1 amp_veltrack=50"),
    Case("volume=-6"), Case("gain=-6"), Case("volume=-3 gain=-6"), Case("amplitude=50"),
    Case("amplitude=150 volume=-4"),
    Case("group_volume=-6 volume=-2"), Case("master_volume=-5"), Case("global_volume=-7"), Case("group_amplitude=50"),
    Case("amp_keytrack=-1 amp_keycenter=50"), Case("pan=50"), Case("pan=-100"), Case("pan=20", sample="stereo.wav"),
    Case("width=0", sample="stereo.wav"), Case("width=40 pan=-30", sample="stereo.wav"),
    Case("position=50", sample="stereo.wav"), Case("width=-100", sample="stereo.wav"),
    *_velocities("xfin_lovel=1 xfin_hivel=127"), *_velocities("xfout_lovel=30 xfout_hivel=120 xf_velcurve=gain"),
    Case("<region> xfin_lokey=40 xfin_hikey=80"), Case("<region> xfout_lokey=40 xfout_hikey=80 xf_keycurve=gain"),
    Case("volume_oncc20=6"), Case("<control> set_cc20=64 <region> key=60 volume_oncc20=6"),
    Case("<control> set_cc20=64 <region> key=60 amplitude_oncc20=100"),
    Case("<control> set_cc20=90 <region> key=60 xfin_locc20=0 xfin_hicc20=127"),
    Case("<control> set_cc20=64 <region> key=60 pan_oncc20=100"),
    Case("<control> set_cc20=64 <region> key=60 cutoff=400 cutoff_oncc20=2400", sample="noise.wav"),
    Case("key=-1"), Case("hikey=-1"), Case("end=-1"), Case("end=0"), Case("locc20=1"), Case("lobend=1"),
    Case("loprog=1"),
    Case("on_locc20=64 on_hicc20=127"), Case("hikey=-1 on_locc20=64 on_hicc20=127"),
    Case("<region> on_locc20=64 on_hicc20=127"),
    Case("<global> sw_default=20 <region> key=60 sw_last=20 <global> sw_default=21 <region> key=60 sw_last=21"),
    Case("<control> octave_offset=1 <region> key=48 sw_last=8 sw_default=8"),
    Case("<region> key=61 sample=tone.wav end=9000 group=1 off_by=1 <region> key=60 offset=9000 group=1 off_by=1"),
    Case("<region> key=60 trigger=release", gate=0.2, windows=EVERY_50_MS[:18]),
    Case("<region> key=60 trigger=release rt_dead=on", gate=0.2, windows=EVERY_50_MS[:18]),
    Case("<region> key=60 <region> key=60 trigger=release volume=-6", gate=0.2, windows=EVERY_50_MS[:18]),
    Case("<region> key=60 volume=-20 <region> key=60 trigger=release rt_decay=30", gate=0.4, windows=EVERY_50_MS[:18]),
    Case("<region> key=60 volume=-20 <region> key=60 trigger=release_key ampeg_decay=0.3 ampeg_sustain=10", gate=0.2,
         windows=EVERY_50_MS[:18]),
        Case("loop_mode=loop_continuous loop_start=2400 loop_end=9599 loop_crossfade=0.05", windows=EVERY_50_MS[:20],
         sample="rising.wav"),
    Case("cutoff_oncc20=1200 cutoff=1000", sample="noise.wav"),
    Case("seq_length=2 seq_position=2"), Case("lorand=0 hirand=0"), Case("trigger=first"), Case("trigger=legato"),
    Case("sw_last=20"), Case("sw_last=20 sw_default=20"), Case("sw_down=20"), Case("sw_up=20"), Case("sw_previous=20"),
    Case("sw_lolast=20 sw_hilast=24 sw_default=22"),
    Case("<region> pitch_keycenter=48", key=60), Case("tune=50"), Case("pitch=-30"), Case("transpose=7"),
    Case("<region> pitch_keytrack=50", key=72), Case("<region> pitch_keytrack=0", key=72),
    Case("pitch_veltrack=100", 64),
    Case("<region> pitch_keycenter=48 key=60"), Case("<region> key=60 pitch_keycenter=48"),
    Case("<group> pitch_keycenter=48 <region> key=60"), Case("<region> key=60 lokey=40 hikey=70", key=50),
    Case("<control> note_offset=-2 octave_offset=1 <region> key=50"),
    Case("<control> note_offset=5 <region> lokey=0 hikey=127 pitch_keycenter=55"),
    Case("#define $A tune=50 #define $B 7\n<region> key=60 $A transpose=$B"),
    Case("#define $K 60\n#define $K 48\n<region> key=60 pitch_keycenter=$K"),
    Case("#define $A 2\n#define $AB 12\n<region> key=60 transpose=$AB"),
    Case("#define $AB 12\n<region> key=60 transpose=$ABx"),
    Case("loop_mode=loop_continuous loop_start=4800 loop_end=4899", windows=((0.7, 1.0),), sample="short.wav"),
    Case("loop_mode=loop_continuous loop_start=4800 loop_end=9599", windows=EVERY_50_MS[:20], sample="short.wav"),
    Case("loopmode=loop_sustain loopstart=4800 loopend=9599", 127, 60, 0.5, EVERY_50_MS, "short.wav"),
    Case("loop_mode=loop_sustain loop_start=0 loop_end=9599 ampeg_release=2", 127, 60, 0.5, EVERY_50_MS, "rising.wav"),
    Case("loop_mode=loop_continuous loop_start=0 loop_end=9599 loop_count=2", windows=EVERY_50_MS, sample="rising.wav"),
    Case("loop_mode=loop_continuous", windows=EVERY_50_MS[:20], sample="short.wav"),
    Case("loop_mode=loop_continuous loop_end=999999", windows=EVERY_50_MS[:20], sample="short.wav"),
    Case("loop_mode=one_shot", 127, 60, 0.1, EVERY_50_MS, "short.wav"),
    Case("loop_mode=no_loop", 127, 60, 0.1, EVERY_50_MS, "short.wav"),
    Case("count=2", 127, 60, 0.1, EVERY_50_MS, "rising.wav"),
    Case("offset=24000", windows=EVERY_50_MS[:14], sample="rising.wav"),
    Case("end=24000", windows=EVERY_50_MS[:14], sample="rising.wav"),
    Case("direction=reverse", windows=EVERY_50_MS[:18], sample="rising.wav"),
    Case("delay=0.2", windows=EVERY_50_MS[:10]), Case("delay=0.5", 127, 60, 0.3, EVERY_50_MS),
    Case("ampeg_delay=0.2", windows=EVERY_50_MS[:10]), Case("ampeg_attack=0.5", windows=EVERY_50_MS[:14]),
    Case("ampeg_attack=0.4 ampeg_start=50", windows=EVERY_50_MS[:12]),
    Case("ampeg_hold=0.2 ampeg_decay=1 ampeg_sustain=20", windows=EVERY_50_MS[:20]),
    Case("ampeg_decay=0.6 ampeg_sustain=0", windows=EVERY_50_MS[:8]),
    Case("ampeg_release=1", 127, 60, 0.3, EVERY_50_MS[:18]), Case("ampeg_release=0.2", 127, 60, 0.3, EVERY_50_MS[:9]),
    Case("", 127, 60, 0.3, EVERY_50_MS[:6]),
    Case("ampeg_attack=1 ampeg_release=0.5", 127, 60, 0.3, EVERY_50_MS[:10]),
    Case("ampeg_vel2attack=0.5", 127, windows=EVERY_50_MS[:14]),
    Case("ampeg_vel2attack=0.5", 64, windows=EVERY_50_MS[:14]),
    Case("ampeg_attack=0.6 ampeg_vel2attack=-0.5", 100, windows=EVERY_50_MS[:14]),
    Case("ampeg_decay=2 ampeg_sustain=10 ampeg_vel2decay=-1", 100, windows=EVERY_50_MS[:14]),
    Case("ampeg_decay=0.5 ampeg_sustain=80 ampeg_vel2sustain=-60", 100, windows=EVERY_50_MS[:14]),
    Case("ampeg_release=0.2 ampeg_vel2release=0.6", 100, 60, 0.3, EVERY_50_MS[:14]),
    Case("<control> set_cc20=127 <region> key=60 ampeg_attack_oncc20=0.5", windows=EVERY_50_MS[:14]),
    Case("pitcheg_depth=1200 pitcheg_attack=0.2", windows=((0.4, 0.8),)),
    Case("pitcheg_depth=700 pitcheg_sustain=0 pitcheg_decay=0.3", windows=((0.5, 0.9),)),
    Case("pitcheg_depth=600 pitcheg_sustain=50 pitcheg_decay=0.3", windows=((0.5, 0.9),)),
    Case("pitcheg_vel2depth=1200", 64, windows=((0.4, 0.8),)),
    Case("amplfo_depth=6 amplfo_freq=2", windows=EVERY_50_MS[:18]),
    Case("amplfo_depth=6 amplfo_freq=2 amplfo_delay=0.2 amplfo_fade=0.4", windows=EVERY_50_MS[:18]),
    Case("lfo1_freq=2 lfo1_volume=6", windows=EVERY_50_MS[:18]),
    Case("lfo1_freq=2 lfo1_volume=6 lfo1_wave=3 lfo1_phase=0.25", windows=EVERY_50_MS[:18]),
    *(
        Case(f"{text}", sample="noise.wav")
        for text in (
            "cutoff=1000", "cutoff=1000 resonance=6", "cutoff=500 fil_type=lpf_1p", "cutoff=1000 fil_type=hpf_1p",
            "cutoff=1000 fil_type=hpf_2p resonance=3", "cutoff=1000 fil_type=lpf_4p", "cutoff=1000 fil_type=hpf_4p",
            "cutoff=1000 fil_type=bpf_2p resonance=6", "cutoff=1000 fil_type=brf_2p", "cutoff=4000 fil_type=lpf_6p",
            "cutoff=1000 fil_type=lsh fil_gain=6", "cutoff=1000 fil_type=hsh fil_gain=-9",
            "cutoff=1000 fil_type=peq fil_gain=9", "cutoff=1000 fil_type=pkf_2p fil_gain=9",
            "cutoff=1000 fil_type=apf_1p",
            "cutoff=1000 cutoff2=400 fil2_type=hpf_2p", "cutoff=1000 fil_type=nothing",
            "cutoff=500 fileg_depth=2400", "cutoff=500 fileg_depth=2400 fileg_sustain=50 fileg_decay=0.05",
            "eq1_gain=6", "eq2_gain=-9", "eq3_gain=6", "eq1_freq=2000 eq1_gain=12 eq1_bw=0.5",
            "eq1_freq=1000 eq1_gain=6 eq1_type=lshelf", "eq2_freq=1000 eq2_gain=-6 eq2_type=hshelf eq2_bw=2",
            "eq1_freq=1000 eq1_gain=6 eq2_gain=6",
        )
    ),
    Case("cutoff=500 fil_veltrack=2400", 64, sample="noise.wav"),
    Case("cutoff=500 fil_veltrack=2400", sample="noise.wav"),
    Case("<region> cutoff=500 fil_keytrack=100 fil_keycenter=36 pitch_keytrack=0", sample="noise.wav"),
    Case("cutoff=500 fileg_vel2depth=2400", 64, sample="noise.wav"),
    Case("eq1_freq=500 eq1_vel2freq=1500 eq1_vel2gain=9", 64, sample="noise.wav"),
    Case("cutoff=800 fillfo_depth=1200 fillfo_freq=0.01", sample="noise.wav"),
)  # fmt: skip
