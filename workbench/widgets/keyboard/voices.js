// Voices of an instrument whose keys Python rendered: each key starts at once, softer or louder, and is let go.
// bfVoices(engine, ask) -> {take(bank), load(info, buffers), press, release, pedal, bend, silence}
function bfVoices(engine, ask) {
  const CHUNK = 6, STEAL_SECONDS = 0.012;
  let bank = { id: "" }, sounds = new Map(), asked = new Set(), queue = [], center = 60, waiting = null;
  let out = null, begun = false, pedalDown = false, bent = 0;
  const sounding = new Map();

  function take(next) {
    if (next.id === bank.id) return;
    bank = next;
    [sounds, asked, waiting] = [new Map(), new Set(), null];
    around(center);
  }
  // Keys near a pitch are asked for first: those under the hand, then outwards.
  function around(pitch) {
    center = pitch;
    const wanted = bank.pads && bank.pads.length ? bank.pads.map((pad) => pad.pitch) : Array.from({ length: 37 }, (_, index) => pitch + Math.ceil(index / 2) * (index % 2 ? 1 : -1));
    queue = wanted.filter((one) => one >= bank.low && one <= bank.high && !asked.has(one));
    next();
  }
  function next() {
    if (!begun || waiting || !queue.length) return;
    const chunk = queue.splice(0, CHUNK);
    chunk.forEach((pitch) => asked.add(pitch));
    waiting = chunk;
    ask("send_keys", { pitches: chunk, bank: bank.id });
  }
  async function load(info, buffers) {
    if (info.bank !== bank.id) { waiting = null; next(); return; }
    const made = await Promise.all(info.pitches.map((_, index) => engine.buffer(info, buffers[index])));
    info.pitches.forEach((pitch, index) => sounds.set(pitch, made[index]));
    waiting = null;
    next();
  }
  function loudness(velocity) {
    const share = (bank.velocity - velocity) / 127;
    return bank.velocity_db === null ? (velocity / bank.velocity) ** bank.velocity_power : 10 ** ((-bank.velocity_db * share) / 20);
  }
  async function press(key, pitch, velocity) {
    if (!out) out = await engine.ready();
    const sound = sounds.get(pitch);
    if (!sound) { if (!asked.has(pitch)) { queue.unshift(pitch); next(); } return false; }
    if (bank.one_voice) for (const own of [...sounding.keys()]) fade(own, STEAL_SECONDS);
    fade(key, STEAL_SECONDS);
    const node = out.context.createBufferSource(), level = out.context.createGain();
    node.buffer = sound;
    node.detune.value = 100 * bent;
    level.gain.value = loudness(velocity);
    node.connect(level).connect(out.output);
    const voice = { node, level, down: true };
    node.onended = () => { if (sounding.get(key) === voice) sounding.delete(key); };
    node.start();
    sounding.set(key, voice);
    return true;
  }
  function fade(key, seconds) {
    const voice = sounding.get(key);
    if (!voice) return;
    sounding.delete(key);
    const now = out.context.currentTime;
    voice.level.gain.setTargetAtTime(0, now, seconds / 3);
    voice.node.stop(now + 2.5 * seconds);
  }
  function release(key) {
    const voice = sounding.get(key);
    if (!voice) return;
    voice.down = false;
    // Drums ring as they are; what the pedal holds waits for it.
    if (!pedalDown && !bank.pads.length) fade(key, bank.release_ms / 2300);
  }
  function pedal(down) {
    pedalDown = down;
    if (!down) for (const [key, voice] of [...sounding]) if (!voice.down) release(key);
  }
  function bend(semitones) {
    bent = semitones;
    for (const voice of sounding.values()) voice.node.detune.value = 100 * semitones;
  }
  return {
    take, load, around, press, release, pedal, bend,
    // The loop comes first: how loud keys are is taken from it.
    begin: () => { begun = true; next(); },
    silence: () => { for (const key of [...sounding.keys()]) fade(key, STEAL_SECONDS); },
    get ready() { return sounds.size; },
    get sounding() { return sounding.size; },
  };
}
