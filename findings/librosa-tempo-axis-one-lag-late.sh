#!/bin/sh
# librosa 0.11.0: `librosa.display.specshow(tempogram, y_axis="tempo")` draws the row of each lag at the tempo of the next
# lag. An onset strength that repeats every 20 frames (129.2 BPM at 22,050 Hz and 512 samples) has the peak of its
# tempogram in row 20, which `tempo_frequencies` calls 129.2 BPM; on the axis that row is centred at 123.0 BPM, so a line
# at the true tempo misses the ridge. (Row 0, lag 0, is left out of the coordinates but not of the rows.) Explicit
# `y_coords` for all rows, with any finite value for lag 0, put it right. Exits 0 while that is so.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/v"
"$work/v/bin/pip" install -q --disable-pip-version-check librosa==0.11.0 matplotlib==3.10.0 numpy==2.2.6 >/dev/null
MPLCONFIGDIR="$work" NUMBA_CACHE_DIR="$work" "$work/v/bin/python" - <<'PY'
import librosa, librosa.display, numpy as np
from matplotlib.figure import Figure

period = 20
onset = np.zeros(1000, np.float32)
onset[::period] = 1.0
gram = librosa.feature.tempogram(onset_envelope=onset, sr=22050, hop_length=512)
row = 1 + int(np.argmax(gram[1:2 * period - 5, 500]))
named = float(librosa.tempo_frequencies(len(gram), sr=22050, hop_length=512)[row])


def drawn_bpm(**more):
    mesh = librosa.display.specshow(gram, y_axis="tempo", x_axis="s", sr=22050, hop_length=512, ax=Figure().subplots(), **more)
    edges = mesh.get_coordinates()[:, 0, 1]
    return sorted((float(edges[row]), float(edges[row + 1])))


low, high = drawn_bpm()
every = librosa.tempo_frequencies(len(gram), sr=22050, hop_length=512)
every[0] = 2 * every[1]
low_right, high_right = drawn_bpm(y_coords=every)
print(f"librosa {librosa.__version__}: peak in row {row}, named {named:.1f} BPM, drawn from {low:.1f} to {high:.1f} BPM; "
      f"with explicit coordinates from {low_right:.1f} to {high_right:.1f}")
assert row == period and abs(named - 129.2) < 0.05
assert high < named and low < 123.05 < high, "the row lies where its tempo is now"
assert low_right < named < high_right
PY
