// What is played over the loop, as notes in quarter notes; with count-in and metronome.
// bfRecorder(engine, {settings, onTake, onState}) -> {time, start, stop, press, release, tick, rest}
// A take ends with the loop; overdubbed ones follow each other until they are stopped.
function bfRecorder(engine, { settings, onTake, onState }) {
  const EARLY_BEATS = 0.25, GRACE_SECONDS = 0.06, AHEAD_SECONDS = 0.25;
  let beats = null, state = "off", round = 0, notes = [], clicked = null, out = null;
  const open = new Map();

  // Seconds of the loop to quarter notes, and the other way.
  function between(from, to, value) {
    let index = 1;
    while (index < from.length - 1 && from[index] < value) index++;
    const share = (value - from[index - 1]) / (from[index] - from[index - 1] || 1);
    return to[index - 1] + share * (to[index] - to[index - 1]);
  }
  const total = () => beats.beats[beats.beats.length - 1];
  const length = () => beats.seconds[beats.seconds.length - 1];
  // Quarter notes since the first round began.
  function placeOf(time) {
    const at = engine.placeAt(time), rounds = Math.floor(at / length());
    return rounds * total() + between(beats.seconds, beats.beats, at - rounds * length());
  }
  // When what is heard now was played: the page's clock, put back by what the output delays.
  const heardAt = (stamp) => out.context.currentTime - (performance.now() - stamp) / 1000 - out.latency;

  async function start() {
    if (state !== "off" || !beats) return;
    out = await engine.ready();
    [notes, round, clicked] = [[], 0, null];
    open.clear();
    engine.pause();
    engine.seek(0);
    const beat = beats.seconds[1], after = settings.countIn ? beats.bar_beats * beat : 0;
    state = "counting";
    await engine.play({ after });
    onState(state);
  }
  function stop() {
    if (state === "off") return;
    const at = Math.max(0, placeOf(heardAt(performance.now())));
    const ended = state === "on";
    state = "off";
    if (ended) commit(round, at);
    open.clear();
    onState(state);
  }
  function press(key, pitch, velocity, stamp) {
    if (state === "off") return;
    let at = placeOf(heardAt(stamp));
    if (at < -EARLY_BEATS) return;
    at = Math.max(0, at);
    // Just before the loop begins again means its beginning.
    const nextRound = (Math.floor(at / total()) + 1) * total();
    if (settings.overdub && nextRound - at < EARLY_BEATS / 2) at = nextRound;
    const note = { round: Math.floor(at / total() + 1e-9), onset: at, end: null, pitch, velocity };
    open.set(key, note);
    notes.push(note);
  }
  function release(key, stamp) {
    const note = open.get(key);
    if (!note) return;
    open.delete(key);
    note.end = placeOf(heardAt(stamp));
  }
  function commit(which, until) {
    const end = Math.min(until, (which + 1) * total());
    const taken = notes.filter((note) => note.round === which).map((note) => {
      const over = note.end === null ? end : Math.min(note.end, end);
      return [note.onset - which * total(), Math.max(0, over - note.onset), note.pitch, note.velocity];
    });
    notes = notes.filter((note) => note.round > which);
    // A later turn of an overdub in which nobody played says nothing of the turns before it.
    if (!taken.length && which > 0) return;
    const bar = Math.ceil((end - which * total()) / beats.bar_beats - 1e-6);
    onTake(taken, Math.max(1, bar));
  }
  function tick() {
    if (settings.metronome || state !== "off") clicks();
    if (state === "off" || !engine.playing) return;
    const at = engine.placeAt(heardAt(performance.now()));
    if (state === "counting" && at >= 0) { state = "on"; onState(state); }
    if (at - GRACE_SECONDS < (round + 1) * length()) return;
    const done = round;
    round += 1;
    if (!settings.overdub) { state = "off"; open.clear(); onState(state); }
    commit(done, (done + 1) * total());
  }
  // Clicks of the next quarter of a second; during the count-in in any case.
  async function clicks() {
    if (!beats || !engine.playing) return;
    if (!out) out = await engine.ready();
    const now = engine.placeAt(out.context.currentTime), until = now + AHEAD_SECONDS, from = clicked === null || clicked > until + 1 ? now : clicked;
    clicked = until;
    const beat = beats.seconds[1];
    const places = [];
    if (state !== "off" && from < 0) for (let index = Math.ceil(beats.bar_beats); index > 0; index--) places.push([-index * beat, index === Math.ceil(beats.bar_beats)]);
    if (settings.metronome) for (let turn = Math.max(0, Math.floor(from / length())); turn * length() < until; turn++) for (const [seconds, strong] of beats.clicks) places.push([turn * length() + seconds, strong]);
    for (const [place, strong] of places) if (place >= from && place < until) click(out.context.currentTime + place - now, strong);
  }
  function click(when, strong) {
    const node = out.context.createOscillator(), level = out.context.createGain();
    node.frequency.value = strong ? 1760 : 1320;
    level.gain.setValueAtTime(strong ? 0.3 : 0.18, when);
    level.gain.exponentialRampToValueAtTime(0.001, when + 0.05);
    node.connect(level).connect(out.output);
    node.start(when);
    node.stop(when + 0.06);
  }
  return {
    start, stop, press, release, tick,
    toggle: () => (state === "off" ? start() : stop()),
    time: (next) => { if (state !== "off" && beats && JSON.stringify(next) !== JSON.stringify(beats)) stop(); beats = next; },
    rest: () => { clicked = null; if (state !== "off") stop(); },
    get state() { return state; },
  };
}
