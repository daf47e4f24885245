#!/bin/sh
# Hydrogen 1.2.0-beta1 (Debian bookworm: hydrogen 1.2.0~beta1+dfsg-1): a note's <leadlag> works one way only when a song
# is exported. -0.5 plays 2.5 ticks early, as documented; +0.5, which should play 2.5 ticks late, plays on the tick.
# A file that keeps microtiming by lag loses half of it without a word.
# Needs: apt-get install hydrogen=1.2.0~beta1+dfsg-1. Exits 0 if the behaviour is as told, 1 if it changed.
set -u
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
export HOME="$work" QT_QPA_PLATFORM=offscreen
cat > "$work/make.py" <<'P'
import sys
note = lambda at, lag: (f"<note><position>{at}</position><leadlag>{lag}</leadlag><velocity>1</velocity><pan>0</pan><pitch>0</pitch>"
    "<probability>1</probability><key>C0</key><length>-1</length><instrument>0</instrument><note_off>false</note_off></note>")
print(f"""<?xml version="1.0" encoding="UTF-8"?>
<song><version>1.2.0</version><bpm>120</bpm><volume>1</volume><name>x</name>
<author/><notes/><license/><loopEnabled>false</loopEnabled><patternModeMode>true</patternModeMode><mode>song</mode>
<humanize_time>0</humanize_time><humanize_velocity>0</humanize_velocity><swing_factor>0</swing_factor>
<componentList><drumkitComponent><id>0</id><name>Main</name><volume>1</volume></drumkitComponent></componentList>
<instrumentList><instrument><id>0</id><name>Stick</name><drumkit>GMRockKit</drumkit><drumkitLookup>2</drumkitLookup>
<volume>1</volume><isMuted>false</isMuted><isSoloed>false</isSoloed><pan>0</pan><gain>1</gain>
<applyVelocity>true</applyVelocity><filterActive>false</filterActive><filterCutoff>1</filterCutoff>
<filterResonance>0</filterResonance><Attack>0</Attack><Decay>0</Decay><Sustain>1</Sustain><Release>1000</Release>
<muteGroup>-1</muteGroup><isStopNote>false</isStopNote><sampleSelectionAlgo>VELOCITY</sampleSelectionAlgo>
<midiOutChannel>-1</midiOutChannel><midiOutNote>37</midiOutNote><isHihat>-1</isHihat><lower_cc>0</lower_cc><higher_cc>127</higher_cc>
<instrumentComponent><component_id>0</component_id><gain>1</gain><layer><filename>SideStick-Hard.wav</filename><min>0</min>
<max>1</max><gain>1</gain><pitch>0</pitch></layer></instrumentComponent></instrument></instrumentList>
<patternList><pattern><name>p</name><size>192</size><denominator>4</denominator><noteList>{note(48, 0)}{note(96, 0.5)}
{note(144, -0.5)}</noteList></pattern></patternList><virtualPatternList/>
<patternSequence><group><patternID>p</patternID></group></patternSequence></song>""")
P
cat > "$work/hear.py" <<'P'
import array, sys, wave
sound = wave.open(sys.argv[1]); rate = sound.getframerate()
loud = [abs(v) for v in array.array("h", sound.readframes(sound.getnframes()))[::sound.getnchannels()]]
ticks = []
for near in (48, 96, 144):
    start = round((near - 12) * rate / 96)
    at = next(n for n in range(start, len(loud)) if loud[n] > 300)
    ticks.append(at * 96 / rate - near)
print("ticks off the grid for leadlag 0, +0.5, -0.5:", [round(t, 1) for t in ticks])
sys.exit(0 if abs(ticks[1] - ticks[0]) < 0.3 and abs(ticks[2] - ticks[0] + 2.5) < 0.3 else 1)
P
python3 "$work/make.py" > "$work/x.h2song"
dpkg-query -W hydrogen 2>/dev/null
timeout 120 h2cli -s "$work/x.h2song" -d fake -o "$work/x.wav" -r 48000 -b 16 >/dev/null 2>&1 || { echo "export failed"; exit 1; }
python3 "$work/hear.py" "$work/x.wav"
