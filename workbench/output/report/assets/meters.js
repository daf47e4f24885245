// Loudness (ITU-R BS.1770-5), true peak and correlation of what a node plays, while it plays.
// bfMeters(context, node) -> {read(), reset()}; read() gives dB values: momentary, shortTerm, integrated, truePeak, peak.
function bfMeters(context, node) {
  const rate = context.sampleRate, BLOCK = 0.4, HOP = 0.1, LOWEST = -70;
  // K-weighting: a shelf for the head, a high-pass; the bilinear transform of BS.1770's filters at this rate.
  function shelf() {
    const k = Math.tan((Math.PI * 1681.974450955533) / rate), q = 0.7071752369554196, vh = 10 ** (3.999843853973347 / 20), vb = vh ** 0.4996667741545416;
    const a0 = 1 + k / q + k * k;
    return [[(vh + (vb * k) / q + k * k) / a0, (2 * (k * k - vh)) / a0, (vh - (vb * k) / q + k * k) / a0], [1, (2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0]];
  }
  function highPass() {
    const k = Math.tan((Math.PI * 38.13547087602444) / rate), q = 0.5003270373238773, a0 = 1 + k / q + k * k;
    return [[1, -2, 1], [1, (2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0]];
  }
  const first = context.createIIRFilter(...shelf()), second = context.createIIRFilter(...highPass());
  const parts = (from, size) => {
    const split = context.createChannelSplitter(2);
    from.connect(split);
    return [0, 1].map((side) => {
      const tap = context.createAnalyser();
      tap.fftSize = size;
      split.connect(tap, side);
      return { tap, data: new Float32Array(size) };
    });
  };
  // Two channels always: a mono signal is the same on both.
  const both = context.createGain();
  both.channelCount = 2;
  both.channelCountMode = "explicit";
  node.connect(both);
  both.connect(first);
  first.connect(second);
  const plain = parts(both, 8192), weighted = parts(second, 32768);
  const length = Math.round(BLOCK * rate);

  // Four times oversampled by a windowed sinc of 12 taps a phase, as the standard's own interpolator has.
  const TAPS = 12, PHASES = 4;
  const sinc = Array.from({ length: PHASES }, (_, phase) => Float32Array.from({ length: TAPS }, (__, tap) => {
    const at = tap - TAPS / 2 + 1 - phase / PHASES, window = 0.5 + 0.5 * Math.cos((Math.PI * at) / (TAPS / 2));
    return (Math.abs(at) < 1e-9 ? 1 : Math.sin(Math.PI * at) / (Math.PI * at)) * window;
  }));
  function highest(data) {
    let most = 0, inner = 0;
    for (const value of data) inner = Math.max(inner, Math.abs(value));
    for (let i = TAPS / 2 - 1; i < data.length - TAPS / 2; i++) {
      // Between small samples no high peak lies.
      if (Math.abs(data[i]) < 0.4 * inner) continue;
      for (let phase = 1; phase < PHASES; phase++) {
        let sum = 0;
        for (let tap = 0; tap < TAPS; tap++) sum += sinc[phase][tap] * data[i + tap - TAPS / 2 + 1];
        most = Math.max(most, Math.abs(sum));
      }
    }
    return { sample: inner, between: Math.max(inner, most) };
  }
  // The sound goes on between two reads: both sides are of one moment where the left is the same before and after the
  // right is read. What was read last stands where that does not come about.
  const before = new Float32Array(plain[0].data.length), SETTLES = 8;
  let correlation = 1;
  function readSides() {
    const [left, right] = plain;
    for (let tries = 0; tries < SETTLES; tries++) {
      left.tap.getFloatTimeDomainData(before);
      right.tap.getFloatTimeDomainData(right.data);
      left.tap.getFloatTimeDomainData(left.data);
      if (before.every((value, i) => value === left.data[i])) { correlation = correlationOf(left.data, right.data); return; }
    }
  }
  function correlationOf(left, right) {
    let crossed = 0, lefts = 1e-12, rights = 1e-12;
    for (let i = left.length - 4096; i < left.length; i++) { crossed += left[i] * right[i]; lefts += left[i] * left[i]; rights += right[i] * right[i]; }
    return crossed / Math.sqrt(lefts * rights);
  }
  const decibels = (energy) => (energy > 0 ? Math.max(LOWEST, -0.691 + 10 * Math.log10(energy)) : LOWEST);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  let blocks = [], due = 0, begun = 0, top = 0, energy = 0;
  // The mean of all blocks above -70 LUFS and above what lies 10 LU below their mean.
  function gated() {
    const loud = blocks.filter((one) => decibels(one) > LOWEST), gate = decibels(mean(loud)) - 10;
    return loud.length ? decibels(mean(loud.filter((one) => decibels(one) > gate))) : LOWEST;
  }
  function read() {
    const now = context.currentTime;
    if (!begun) begun = now;
    energy = 0;
    for (const { tap, data } of weighted) {
      tap.getFloatTimeDomainData(data);
      let sum = 0;
      for (let i = data.length - length; i < data.length; i++) sum += data[i] * data[i];
      energy += sum / length;
    }
    if (now - begun >= BLOCK && now >= due) { blocks.push(energy); due = now + 0.9 * HOP; }
    readSides();
    let peak = 0;
    for (const { data } of plain) {
      const { sample, between } = highest(data);
      peak = Math.max(peak, sample);
      top = Math.max(top, between);
    }
    return {
      momentary: decibels(energy), shortTerm: decibels(mean(blocks.slice(-30))), integrated: gated(),
      peak, truePeak: 20 * Math.log10(Math.max(1e-4, top)), correlation,
    };
  }
  return { read, reset: () => { [blocks, due, begun, top] = [[], 0, 0, 0]; } };
}
