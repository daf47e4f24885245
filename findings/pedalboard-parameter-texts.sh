#!/bin/sh
# pedalboard 0.9.26: loading a VST3 plug-in asks each of its parameters for a thousand texts.
#
# One expects a plug-in to be there when it is loaded, and its parameters to be looked at when they are asked for. Instead the
# constructor builds every parameter, and each finds out its range from the texts that the plug-in shows at a thousand places.
# With Debian's ZamVerb, six parameters whose texts take milliseconds, that is a minute; an instrument has 2,080 parameters more,
# since JUCE makes one of every MIDI controller of every channel. Asking is not without effect either: ZamVerb loads its room
# anew, and says so on standard error, each time. Nothing says what it is waiting for.
#
# Needs zam-plugins (VST3). Exit code 1 if the behaviour is gone.
set -eu
plugin=/usr/lib/vst3/ZamVerb.vst3
test -d "$plugin" || { echo "needs Debian's zam-plugins: $plugin is not there" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pedalboard==0.9.26 numpy==2.4.6
"$folder/venv/bin/python" - "$plugin" 2>/dev/null <<'PY'
import os
import sys
import time

from importlib.metadata import version

import pedalboard


def seconds() -> float:
    began = time.monotonic()
    held.append(pedalboard.VST3Plugin(sys.argv[1]))
    return time.monotonic() - began


held: list = []
mixin = next(base for base in pedalboard.VST3Plugin.__mro__ if "_get_parameters" in vars(base))
own = mixin._get_parameters
mixin._get_parameters = lambda self: {}
without = seconds()
parameters = len(held[0]._parameters)
mixin._get_parameters = own
usual = seconds()
print(f"pedalboard {version('pedalboard')}: {parameters} parameters, loaded in {usual:.1f} s;", end=" ")
print(f"in {without:.1f} s where none of them is looked at", flush=True)
os._exit(0 if usual > 4 * without else 1)
PY
