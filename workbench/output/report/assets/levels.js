// Level, loudness, true peak and clip light of what is heard; they fall when it stops.
// bfLevels(parent) -> {begin, show(levels), fall}
function bfLevels(parent) {
  const CLIPS_DBTP = 0;
  const meter = bfMake("div", "bf-meter", parent);
  meter.setAttribute("role", "meter");
  meter.setAttribute("aria-label", "Level");
  for (const [name, value] of [["valuemin", -80], ["valuemax", 0], ["valuenow", -80]]) meter.setAttribute(`aria-${name}`, value);
  const fill = bfMake("i", "", meter);
  const clip = bfButton("bf-clip", parent, "clip", "Lit: a peak was above 0 dBTP since the start. Press to put it out.", () => light(false));
  clip.dataset.bfPlays = "";
  const read = bfMake("span", "bf-read", parent, "");
  read.title = "Loudness of the last 0.4 s and since the start, highest true peak since the start, correlation of the sides";
  let last = null, passed = -Infinity;
  const lufs = (value) => (value <= -70 ? "\u2212\u221e" : value.toFixed(1));
  function light(on) {
    clip.classList.toggle("bf-lit", on);
    clip.setAttribute("aria-pressed", String(on));
    if (!on && last) passed = last.truePeak;
  }
  function tell(levels, now) {
    read.textContent = `${lufs(now)} LUFS, all ${lufs(levels.integrated)}, peak ${levels.truePeak.toFixed(1)} dBTP, correlation ${levels.correlation.toFixed(2)}`;
  }
  light(false);
  return {
    begin() {
      last = null;
      passed = -Infinity;
      light(false);
    },
    show(levels) {
      last = levels;
      const db = 20 * Math.log10(Math.max(1e-4, levels.peak));
      fill.style.width = `${Math.max(0, Math.min(100, (db + 48) / 0.48))}%`;
      meter.setAttribute("aria-valuenow", db.toFixed(1));
      fill.classList.toggle("bf-hot", db > -0.5);
      if (levels.truePeak > Math.max(CLIPS_DBTP, passed)) light(true);
      tell(levels, levels.momentary);
    },
    fall() {
      fill.style.width = "0";
      meter.setAttribute("aria-valuenow", -80);
      if (last) tell(last, -Infinity);
    },
  };
}
