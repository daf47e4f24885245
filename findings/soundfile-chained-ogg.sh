#!/bin/sh
# soundfile 0.14.0 (libsndfile 1.2.2): of a chained Ogg Vorbis stream the first link alone is read, without an error.
#
# Ogg allows streams to follow each other in one file (RFC 3533, section 4), as recorders of radio streams write them, and
# vorbisfile plays all of them. One expects `read` to return all links of one rate, or to refuse. It returns the first.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet soundfile==0.14.0 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys

import numpy as np
import soundfile

RATE = 48000
with open("chained.ogg", "wb") as chained:
    for seconds, hz in ((5, 440), (7, 660)):
        tone = 0.3 * np.sin(2 * np.pi * hz * np.arange(seconds * RATE) / RATE)
        soundfile.write("link.ogg", tone, RATE, format="OGG", subtype="VORBIS")
        chained.write(open("link.ogg", "rb").read())

told, read = soundfile.info("chained.ogg").duration, len(soundfile.read("chained.ogg")[0]) / RATE
print(f"soundfile {soundfile.__version__}, libsndfile {soundfile.__libsndfile_version__}: links of 5 s and 7 s;")
print(f"info tells {told:.2f} s and read returns {read:.2f} s, and no error")
sys.exit(0 if abs(told - 5) < 0.1 and abs(read - 5) < 0.1 else 1)
PY
