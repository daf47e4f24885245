#!/bin/sh
# pysfizz 0.1.3 (sfizz 1.2): an offline render loses everything behind the first part of a long sample.
#
# `pysfizz.Synth` switches sfizz to freewheeling, so one expects a render off line to wait for the sample. The library
# preloads about 8192 frames and streams the rest from a thread in the background; `render_note` does not wait for it, and
# voices that reach the end of what is loaded are silent. A tone of 2 s, played for 1 s, falls silent after about 0.17 s in
# many fresh synths. `hint_ram_based=1` in a `<control>` header, which reads samples whole, gives the whole second always.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pysfizz==0.1.3 numpy==2.4.6 soundfile==0.14.0
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys

import numpy as np
import pysfizz
import soundfile

RATE = 48000
soundfile.write("a.wav", 0.5 * np.sin(2 * np.pi * 480 * np.arange(2 * RATE) / RATE), RATE, subtype="FLOAT")


def silent_share(prefix: str, tries: int = 30) -> int:
    """How many of the renders are silent from 0.3 to 0.6 s, inside a note of 1 s."""
    with open("x.sfz", "w") as file:
        file.write(prefix + "<region> sample=a.wav key=60\n")
    silent = 0
    for _ in range(tries):
        synth = pysfizz.Synth(RATE, 64)
        assert synth.load_sfz_file("x.sfz")
        sound = synth.render_note(60, 100, 1.0, 1.2)
        silent += float(np.abs(sound[:, int(0.3 * RATE) : int(0.6 * RATE)]).max()) < 1e-4
    return silent


streamed, whole = silent_share(""), silent_share("<control> hint_ram_based=1\n")
print(f"pysfizz {pysfizz.__version__}: of 30 renders {streamed} silent when streamed, {whole} with hint_ram_based=1")
sys.exit(0 if streamed > 0 and whole == 0 else 1)
PY
