#!/bin/sh
# Hydrogen 1.2.0-beta1 (Debian bookworm: hydrogen 1.2.0~beta1+dfsg-1): a well-formed song whose <song> begins on the line of
# the XML declaration is not read ("Unable to read XML document"), yet h2cli exports an empty song and exits with 0. The same
# bytes with a line break after the declaration sound. A check of the exit code, or of the XML, finds nothing wrong.
# Needs: apt-get install hydrogen=1.2.0~beta1+dfsg-1. Exits 0 if the behaviour is as told, 1 if it changed.
set -u
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
export HOME="$work" QT_QPA_PLATFORM=offscreen
song=/usr/share/hydrogen/data/demo_songs/GM_kit_demo1.h2song
python3 - "$song" "$work" <<'P'
import sys
text = open(sys.argv[1], encoding="utf-8").read()
head, rest = text.split("?>", 1)
open(sys.argv[2] + "/apart.h2song", "w", encoding="utf-8").write(head + "?>\n" + rest.lstrip())
open(sys.argv[2] + "/joined.h2song", "w", encoding="utf-8").write(head + "?>" + rest.lstrip())
P
dpkg-query -W hydrogen 2>/dev/null
for name in apart joined; do
    timeout 200 h2cli -s "$work/$name.h2song" -d fake -o "$work/$name.wav" -r 44100 -b 16 >"$work/$name.log" 2>&1
    echo "$name: exit $?, $(grep -c 'Unable to read XML document' "$work/$name.log") refusals in the log"
done
python3 - "$work" <<'P'
import array, sys, wave
def loudest(name):
    sound = wave.open(f"{sys.argv[1]}/{name}.wav")
    return max(map(abs, array.array("h", sound.readframes(sound.getnframes()))), default=0)
apart, joined = loudest("apart"), loudest("joined")
print("loudest sample: apart", apart, "joined", joined)
sys.exit(0 if apart > 1000 and joined == 0 else 1)
P
