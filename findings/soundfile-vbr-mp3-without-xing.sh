#!/bin/sh
# soundfile 0.14.0 (libsndfile 1.2.2): a variable-rate MP3 without its Xing frame is read in part, without an error.
#
# MP3 streams cut from a recording, or written to a pipe, have no frame that counts the others. One expects the length to
# be estimated and the reading to go on until the file ends. Both `info` and `read` stop at the estimate, which is made from
# the rate of the first frame: where that frame is louder than the rest is quiet, most of the recording is lost silently.
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

RATE, SECONDS = 48000, 20
time = np.arange(SECONDS * RATE) / RATE
sound = 0.003 * np.sin(2 * np.pi * 440 * time)
sound[4 * RATE : 12 * RATE] += np.random.default_rng(0).normal(size=8 * RATE) * 0.3
soundfile.write("whole.mp3", sound, RATE, format="MP3", subtype="MPEG_LAYER_III", bitrate_mode="VARIABLE")
data = open("whole.mp3", "rb").read()
rates = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
first_frame = 144 * rates[data[2] >> 4] * 1000 // RATE + (data[2] >> 1 & 1)
assert b"Xing" in data[:first_frame], "the first frame counts the others"
with open("cut.mp3", "wb") as file:
    file.write(data[first_frame:])

whole = len(soundfile.read("whole.mp3")[0]) / RATE
told, read = soundfile.info("cut.mp3").duration, len(soundfile.read("cut.mp3")[0]) / RATE
print(f"soundfile {soundfile.__version__}, libsndfile {soundfile.__libsndfile_version__}: {whole:.2f} s with the Xing frame;")
print(f"without it info tells {told:.2f} s and read returns {read:.2f} s of {SECONDS} s, and no error")
sys.exit(0 if abs(whole - SECONDS) < 0.1 and read < SECONDS - 1 and abs(told - read) < 0.1 else 1)
PY
