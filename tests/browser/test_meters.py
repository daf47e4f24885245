"""The page's meters on signals whose loudness and true peak are known."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]

# A sine of a frequency, level and phase on the left and, times `right`, on the right; the last of many readings.
_READ = """async ({ hz, db, right, seconds, late }) => {
  const context = new AudioContext({ sampleRate: 48000 }), merge = context.createChannelMerger(2);
  await context.resume();
  const length = 48000, buffer = context.createBuffer(2, length, 48000), level = 10 ** (db / 20);
  for (let i = 0; i < length; i++) {
    const value = level * Math.sin((2 * Math.PI * hz * i) / 48000 + Math.PI / 4);
    buffer.getChannelData(0)[i] = value;
    buffer.getChannelData(1)[i] = right * value;
  }
  const source = context.createBufferSource(), out = context.createGain(), silent = context.createGain();
  Object.assign(source, { buffer, loop: true });
  silent.gain.value = 0;
  source.connect(out).connect(silent).connect(context.destination);
  const meters = bfMeters(context, out);
  // A page is held up between two reads now and then, and the sound goes on meanwhile.
  const read = AnalyserNode.prototype.getFloatTimeDomainData;
  let reads = 0;
  AnalyserNode.prototype.getFloatTimeDomainData = function (data) {
    reads += 1;
    if (late && reads % 6 < 2) for (const end = performance.now() + 25; performance.now() < end;);
    read.call(this, data);
  };
  source.start();
  await new Promise(done => setTimeout(done, 800));
  meters.reset();
  let last = null;
  const all = [];
  const until = context.currentTime + seconds;
  while (context.currentTime < until) {
    last = meters.read();
    all.push(last.correlation);
    await new Promise(done => setTimeout(done, 50));
  }
  AnalyserNode.prototype.getFloatTimeDomainData = read;
  await context.close();
  return { ...last, lowest: Math.min(...all), highest: Math.max(...all) };
}"""


@pytest.fixture
def meters(visit: Any, repository: Path) -> Any:
    script = (repository / "workbench" / "output" / "report" / "assets" / "meters.js").read_text(encoding="utf-8")
    visit.page.goto("about:blank")
    visit.page.add_script_tag(content=script)

    def read(hz: float, db: float, right: float = 1.0, seconds: float = 1.2, late: bool = False) -> Any:
        return visit.page.evaluate(_READ, {"hz": hz, "db": db, "right": right, "seconds": seconds, "late": late})

    return read


def test_a_sine_reads_as_the_standard_says(meters: Any) -> None:
    # EBU Tech 3341, case 1: 1 kHz at -23 dBFS on both sides reads -23 LUFS, whatever is read.
    found = meters(1000.0, -23.0)
    for name in ("momentary", "shortTerm", "integrated"):
        assert found[name] == pytest.approx(-23.0, abs=0.1)
    assert found["truePeak"] == pytest.approx(-23.0, abs=0.2)
    assert found["correlation"] == pytest.approx(1.0, abs=0.01)


def test_peaks_between_samples_and_opposite_sides(meters: Any) -> None:
    # Tech 3341, case 16: a quarter of the rate, 45 degrees off: samples lie 3 dB below the peaks.
    found = meters(12000.0, -6.0, right=-1.0, seconds=0.6)
    assert 20 * math.log10(found["peak"]) == pytest.approx(-9.0, abs=0.1)
    assert found["truePeak"] == pytest.approx(-6.0, abs=0.4)
    assert found["correlation"] == pytest.approx(-1.0, abs=0.01)


def test_sides_of_one_moment_are_compared(meters: Any) -> None:
    found = meters(1000.0, -23.0, late=True)
    assert found["lowest"] == pytest.approx(1.0, abs=0.01)
    assert meters(997.0, -23.0, right=-1.0, late=True)["highest"] == pytest.approx(-1.0, abs=0.01)
