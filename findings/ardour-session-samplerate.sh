#!/bin/sh
# Ardour 7.3 (Debian bookworm: ardour 1:7.3.0+ds0-1): a session whose root states sample-rate="48000" is refused with
# "Cannot get samplerate from session." when <Config> lacks the option native-file-data-format, which has nothing to do
# with the rate. A guess from the message (the rate is missing or misspelt) is wrong.
# Needs: apt-get install ardour=1:7.3.0+ds0-1. Exits 0 if the behaviour is as told, 1 if it changed.
set -u
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
export HOME="$work"
ardour7-new_empty_session "$work/s" s >/dev/null 2>&1 || { echo "ardour7-new_empty_session failed"; exit 1; }
grep -q 'sample-rate="48000"' "$work/s/s.ardour" || exit 1
grep -v 'native-file-data-format' "$work/s/s.ardour" > "$work/t" && cp "$work/t" "$work/s/s.ardour"
told=$(ardour7-export -o "$work/o.wav" "$work/s" s 2>&1); code=$?
echo "exit $code: $told" | head -3
ardour7-export --version 2>/dev/null | head -1
echo "$told" | grep -q "Cannot get samplerate from session" && grep -q 'sample-rate="48000"' "$work/s/s.ardour"
