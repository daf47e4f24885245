// Plays stems of some bars in a loop and in step. Channels are shaped at once: level, sides, bands of an equaliser.
// A stem that is replaced goes on where the old one was. What was heard can be held as A, to compare what comes with it.
// bfEngine({onTick, onState, onCompare}) -> {load, play, pause, seek, shape, hold, compare, ...}
function bfEngine({ onTick, onState, onCompare }) {
  const FADE = 0.012, LEAD = 0.02;
  const channels = new Map();
  let context = null, output = null, match = null, meters = null, comparing = false;
  let seconds = 0, playing = false, startedAt = 0, offset = 0, frame = 0, volume = 1, bars = [1, 1];
  let lent = null;
  const alone = bfOnlyOne(() => pause());

  function open() {
    if (context) return;
    context = new (window.AudioContext || window.webkitAudioContext)({ latencyHint: "interactive" });
    output = context.createGain();
    output.gain.value = volume;
    match = context.createGain();
    match.connect(output);
    output.connect(context.destination);
    meters = bfMeters(context, output);
  }
  function channel(name) {
    if (channels.has(name)) return channels.get(name);
    const made = {
      input: context.createGain(), level: context.createGain(), sides: [context.createGain(), context.createGain()],
      meter: context.createAnalyser(), filters: [], source: null, buffer: null, held: null, gain: 1, bands: "",
    };
    made.meter.fftSize = 1024;
    const parts = context.createChannelSplitter(2), merged = context.createChannelMerger(2);
    made.input.connect(made.level);
    made.level.connect(parts);
    made.sides.forEach((side, index) => { parts.connect(side, index); side.connect(merged, 0, index); });
    merged.connect(made.meter);
    merged.connect(match);
    channels.set(name, made);
    return made;
  }
  function band({ kind, frequency_hz, gain_db, q }) {
    const filter = context.createBiquadFilter();
    filter.type = { peak: "peaking", low_shelf: "lowshelf", high_shelf: "highshelf" }[kind];
    filter.frequency.value = frequency_hz;
    filter.gain.value = gain_db;
    filter.Q.value = q;
    return filter;
  }
  function soft(param, value) { param.setTargetAtTime(value, context.currentTime, 0.006); }
  // {gain, left, right, bands}: linear gains; bands are heard in their order.
  function shape(name, { gain = 1, left = 1, right = 1, bands = [] }) {
    open();
    const own = channel(name);
    own.gain = gain;
    soft(own.level.gain, gain);
    soft(own.sides[0].gain, left);
    soft(own.sides[1].gain, right);
    const form = bands.map((one) => one.kind).join();
    if (form === own.bands) {
      own.filters.forEach((filter, index) => {
        soft(filter.gain, bands[index].gain_db);
        soft(filter.frequency, bands[index].frequency_hz);
        soft(filter.Q, bands[index].q);
      });
      return;
    }
    own.input.disconnect();
    own.filters.forEach((filter) => filter.disconnect());
    own.filters = bands.map(band);
    own.bands = form;
    [own.input, ...own.filters].forEach((node, index, all) => node.connect(all[index + 1] || own.level));
  }
  async function buffer(info, data) {
    open();
    const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
    if (info.form === "ogg") return context.decodeAudioData(bytes);
    const samples = new Int16Array(bytes);
    const made = context.createBuffer(2, samples.length / 2, info.rate);
    for (let side = 0; side < 2; side++) {
      const to = made.getChannelData(side);
      for (let i = 0; i < to.length; i++) to[i] = samples[2 * i + side] / 32767;
    }
    return made;
  }
  const phase = () => (playing && seconds ? (offset + Math.max(0, context.currentTime - startedAt)) % seconds : offset);
  const sounding = (own) => (comparing ? own.held : own.buffer);
  function begin(own, when, at) {
    if (own.source) {
      own.source.fade.gain.setTargetAtTime(0, when, FADE / 3);
      own.source.node.stop(when + 4 * FADE);
    }
    own.source = null;
    if (!sounding(own)) return;
    const node = context.createBufferSource(), fade = context.createGain();
    node.buffer = sounding(own);
    node.loop = true;
    node.loopEnd = seconds;
    fade.gain.setValueAtTime(0, when);
    fade.gain.linearRampToValueAtTime(1, when + FADE);
    node.connect(fade).connect(own.input);
    node.start(when, at % seconds);
    own.source = { node, fade };
  }
  function end(own) {
    if (!own.source) return;
    own.source.node.stop();
    own.source = null;
  }
  // What came from Python: other bars replace everything, the same bars only the stems that are named.
  async function load(info, buffers) {
    open();
    const same = info.bars.join() === bars.join() && Math.abs(info.seconds - seconds) < 1e-3;
    const made = await Promise.all(info.names.map((name, index) => buffer(info, buffers[index])));
    const at = phase();
    if (!same) {
      for (const own of channels.values()) { end(own); own.buffer = own.held = null; }
      [seconds, bars, offset] = [info.seconds, info.bars, info.seconds ? at % info.seconds : 0];
      startedAt = context.currentTime + LEAD;
    }
    // What is new is heard: whoever was listening to A is back with B.
    if (comparing) compare(false);
    // During a count-in what is new waits for the loop to begin.
    const when = Math.max(context.currentTime + LEAD, playing ? startedAt : 0);
    info.names.forEach((name, index) => {
      const own = channel(name);
      own.buffer = made[index];
      if (playing) begin(own, when, same ? (offset + when - startedAt) % seconds : offset);
    });
    if (same) tellCompare(); else hold();
    return { when, latency: LEAD + (context.outputLatency || context.baseLatency || 0) };
  }
  // Nothing of what was loaded is heard any more.
  function drop() {
    pause();
    for (const own of channels.values()) own.buffer = own.held = null;
    [seconds, bars, offset] = [0, [], 0];
    tellCompare();
  }
  // For what sounds beside the stems: where it goes, and by which clock.
  async function ready() {
    open();
    await context.resume();
    return { context, output, latency: context.outputLatency || context.baseLatency || 0 };
  }
  const differs = () => [...channels.values()].some((own) => own.buffer !== own.held);
  const tellCompare = () => { if (onCompare) onCompare({ comparing, differs: differs() }); };
  // Root mean square of all channels together, as A or as B, at the levels that they have now.
  function loudness(which) {
    const heard = [...channels.values()].filter((own) => own[which] && own.gain > 0);
    const length = Math.max(0, ...heard.map((own) => own[which].length));
    let energy = 0;
    for (let side = 0; side < 2; side++) {
      const sum = new Float32Array(length);
      for (const own of heard) {
        const from = own[which].getChannelData(Math.min(side, own[which].numberOfChannels - 1));
        for (let i = 0; i < from.length; i++) sum[i] += own.gain * from[i];
      }
      for (const value of sum) energy += value * value;
    }
    return Math.sqrt(energy / Math.max(1, 2 * length));
  }
  // From now on A is what is loaded now.
  function hold() {
    for (const own of channels.values()) own.held = own.buffer;
    if (comparing) compare(false); else tellCompare();
  }
  // A in place of B, or back, at the same beat and without a gap; the louder of the two is lowered to the other.
  function compare(on) {
    if (!context || (on && !differs())) return;
    comparing = on;
    const [a, b] = [loudness("held"), loudness("buffer")];
    const own = on ? a : b, other = on ? b : a;
    soft(match.gain, differs() && own > other && other > 0 ? other / own : 1);
    const when = Math.max(context.currentTime + LEAD, startedAt);
    if (playing) for (const one of channels.values()) if (one.buffer !== one.held) begin(one, when, (offset + when - startedAt) % seconds);
    tellCompare();
  }
  // Largest absolute sample of a buffer in each of some columns of equal length.
  function columnPeaks(from, columns) {
    const found = new Float32Array(columns), step = Math.max(1, (seconds * from.sampleRate) / columns);
    for (let side = 0; side < from.numberOfChannels; side++) {
      const data = from.getChannelData(side);
      for (let i = 0; i < data.length; i++) {
        const column = Math.min(columns - 1, Math.floor(i / step)), value = Math.abs(data[i]);
        if (value > found[column]) found[column] = value;
      }
    }
    return found;
  }
  const highest = new WeakMap();
  function highestPeak(from) {
    if (!highest.has(from)) highest.set(from, columnPeaks(from, 1)[0]);
    return highest.get(from);
  }
  // A channel's waveform by column, 1 where the loudest of all channels is highest; empty where nothing is loaded.
  function peaks(name, columns) {
    const from = channels.has(name) && sounding(channel(name));
    if (!from) return new Float32Array(0);
    const most = Math.max(1e-6, ...[...channels.values()].map(sounding).filter(Boolean).map(highestPeak));
    return columnPeaks(from, columns).map((peak) => peak / most);
  }
  // From now on, or from some seconds later, as after a count-in.
  async function play({ after = 0 } = {}) {
    if (!seconds && lent) await lent();
    if (!seconds) return;
    open();
    await context.resume();
    alone.claim();
    meters.reset();
    startedAt = context.currentTime + LEAD + after;
    for (const own of channels.values()) begin(own, startedAt, offset);
    playing = true;
    if (onState) onState(true);
    tick();
  }
  function pause() {
    if (!playing) return;
    offset = phase();
    playing = false;
    for (const own of channels.values()) end(own);
    cancelAnimationFrame(frame);
    if (onState) onState(false);
  }
  function seek(at) {
    const was = playing;
    pause();
    offset = Math.max(0, Math.min(at, seconds - 0.01));
    if (was) play(); else if (onTick) onTick(offset);
  }
  const block = new Float32Array(2048);
  const peakOf = (meter) => {
    const part = block.subarray(0, meter.fftSize);
    meter.getFloatTimeDomainData(part);
    let most = 0;
    for (const value of part) most = Math.max(most, Math.abs(value));
    return most;
  };
  const levels = () => ({ ...meters.read(), channels: new Map([...channels].map(([name, own]) => [name, peakOf(own.meter)])) });
  function tick() {
    if (!playing) return;
    if (onTick) onTick(phase());
    frame = requestAnimationFrame(tick);
  }
  return {
    // What is loaded when play is asked for and nothing else came.
    lend: (act) => { lent = act; },
    load, drop, play, pause, seek, shape, levels, hold, compare, peaks, buffer, ready,
    // Seconds of the loop that have passed at a time of the context, below 0 before it begins; rounds are not taken off.
    placeAt: (time) => offset + time - startedAt,
    toggle: () => (playing ? pause() : play()),
    setVolume: (value) => { volume = value; if (output) soft(output.gain, value); },
    response: (bands, hz) => {
      open();
      const total = new Float32Array(hz.length).fill(1), part = new Float32Array(hz.length), turn = new Float32Array(hz.length);
      for (const one of bands) {
        band(one).getFrequencyResponse(hz, part, turn);
        for (let i = 0; i < total.length; i++) total[i] *= part[i];
      }
      return total;
    },
    get playing() { return playing; },
    get latency() { return context ? context.outputLatency || context.baseLatency || 0 : 0; },
    get seconds() { return seconds; },
    get comparing() { return comparing; },
    get bars() { return bars; },
    dispose() { pause(); alone.release(); if (context) context.close(); },
  };
}
