// The desk: what a control does is heard at once over the stems that are there; let go, it is one edit of the song.
const BANDS = [
  { kind: "low_shelf", frequency_hz: 120, gain_db: 0, q: 0.7071, name: "Low", low: 30, high: 500 },
  { kind: "peak", frequency_hz: 1200, gain_db: 0, q: 0.9, name: "Mid", low: 150, high: 8000 },
  { kind: "high_shelf", frequency_hz: 6500, gain_db: 0, q: 0.7071, name: "High", low: 1500, high: 16000 },
];
const asBand = ({ kind, frequency_hz, gain_db, q }) => ({ kind, frequency_hz, gain_db, q });
const bandsOf = (channel) => BANDS.map((band) => ({ ...band, ...(channel.eq.find((one) => one.kind === band.kind) || {}) }));

function render({ model, el }) {
  const frame = bfInstrument(el, model, "mixer", "Mixer");
  const { shell, body, ask } = frame;
  const strips = new Map();
  const soloed = new Set();
  const sized = new ResizeObserver(() => requestAnimationFrame(() => redraw()));
  let mixed = {}, chosen = null, wanted = null, last = 0, redraw = () => {};
  const engine = bfEngine({
    onState: (playing) => {
      transport.state(playing);
      for (const strip of strips.values()) { if (playing) strip.begin(); else strip.meter(0); }
    },
    onTick: () => {
      const now = performance.now();
      if (!engine.playing || now - last < 50) return;
      last = now;
      const levels = engine.levels();
      transport.show(levels);
      for (const [name, strip] of strips) strip.meter(levels.channels.get(name) || 0);
    },
  });
  const transport = bfTransport(frame, engine, { onLast: (...bars) => places.show(...bars) });
  frame.onOpened(() => { engine.drop(); mixed = {}; soloed.clear(); for (const one of strips.values()) one.forget(); });
  const places = bfBarsChooser(transport.row, frame, model, (first, end) => ask("listen", { first, last: end }));
  bfButton("bf-tool bf-main", transport.row, "Finish", "Make the whole track with the master, measure it, and save the song", () => ask("finish"));
  const desk = bfMake("div", "bf-strips", body);
  const tone = bfMake("div", "bf-tone", body);

  // What the page adds to the stem as Python mixed it: the difference of level, sides and bands.
  function apply(channel) {
    const was = mixed[channel.name] || channel;
    const heard = !channel.mute && (!soloed.size || soloed.has(channel.name));
    const [left, right] = bfPan(channel.pan), [oldLeft, oldRight] = bfPan(was.pan);
    const undone = bandsOf(was).map((band) => ({ ...asBand(band), gain_db: -band.gain_db }));
    engine.shape(channel.name, {
      gain: heard ? bfGain(channel.gain_db - was.gain_db) : 0,
      left: left / Math.max(oldLeft, 0.05),
      right: right / Math.max(oldRight, 0.05),
      bands: [...undone, ...bandsOf(channel).map(asBand)],
    });
    if (wanted) {
      shell.dataset.moved = (performance.now() - wanted).toFixed(1);
      shell.dataset.output = (1000 * engine.latency).toFixed(1);
    }
    wanted = null;
  }
  function strip(first) {
    let channel = structuredClone(first);
    const box = bfMake("div", "bf-strip", desk);
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", channel.name);
    box.style.setProperty("--bf-own", channel.colour);
    bfButton("bf-name", box, channel.name, `Equaliser and sends of ${channel.name}`, () => choose(channel.name));
    // Keys and wheels move in many small steps: what is held together becomes one edit, and until it is answered the
    // control stands where the hand put it.
    let held = {}, timer = 0, pending = 0;
    const sent = (fields) => {
      Object.assign(held, fields);
      clearTimeout(timer);
      timer = setTimeout(() => { timer = 0; pending += 1; ask("move", { element: channel.name, ...held }); held = {}; }, 160);
    };
    const control = (parent, label, field, low, high, step, unit) => {
      const input = bfMake("input", `bf-${field}`, parent);
      Object.assign(input, { type: "range", min: low, max: high, step });
      input.setAttribute("aria-label", `${label} of ${channel.name}`);
      const read = bfMake("output", "", parent);
      const show = () => {
        input.value = channel[field];
        read.textContent = field === "pan" ? panWord(channel.pan) : `${Number(channel[field]) > 0 ? "+" : ""}${Number(channel[field]).toFixed(1)} ${unit}`;
        input.setAttribute("aria-valuetext", read.textContent);
      };
      input.oninput = () => { wanted = performance.now(); channel[field] = Number(input.value); show(); apply(channel); };
      input.onchange = () => sent({ [field]: channel[field] });
      const put = (value) => { wanted = performance.now(); channel[field] = value; show(); apply(channel); sent({ [field]: value }); };
      input.ondblclick = () => put(0);
      // The place is read and typed in hundredths: -30 is 30 left.
      const scale = field === "pan" ? 100 : 1;
      bfTyped(read, `${label} of ${channel.name}`, { low: low * scale, high: high * scale, now: () => channel[field] * scale, set: (value) => put(value / scale), number: field === "pan" ? panNumber : Number });
      return show;
    };
    const place = bfMake("div", "bf-place", box);
    const showPan = control(place, "Pan", "pan", -1, 1, 0.02, "");
    const column = bfMake("div", "bf-column", box);
    const showGain = control(column, "Fader", "gain_db", -48, 12, 0.1, "dB");
    const meter = bfMake("div", "bf-level", column);
    const fill = bfMake("i", "", meter);
    const clip = bfMake("i", "bf-over", column);
    clip.title = `Lights up once ${channel.name} is above 0 dBFS, until play begins again`;
    const keys = bfMake("div", "bf-keys", box);
    const mute = bfButton("bf-key bf-mute", keys, "M", `Mute ${channel.name}`, () => {
      wanted = performance.now();
      channel.mute = !channel.mute;
      show();
      apply(channel);
      sent({ mute: channel.mute });
    });
    const solo = bfButton("bf-key bf-solo", keys, "S", `Solo ${channel.name}`, () => {
      wanted = performance.now();
      soloed.has(channel.name) ? soloed.delete(channel.name) : soloed.add(channel.name);
      for (const one of strips.values()) one.show();
    });
    function show() {
      showPan();
      showGain();
      mute.setAttribute("aria-pressed", String(channel.mute));
      solo.setAttribute("aria-pressed", String(soloed.has(channel.name)));
      apply(channel);
    }
    return {
      box, show, sent,
      get channel() { return channel; },
      take(next) {
        if (pending || timer) return;
        const toned = ({ eq, reverb_send_db, delay_send_db }) => JSON.stringify([eq, reverb_send_db, delay_send_db]);
        const other = toned(channel) !== toned(next);
        channel = structuredClone(next);
        show();
        // What was undone, or moved in another instrument, shows in the equaliser and the sends too.
        if (other && chosen === channel.name) showTone();
      },
      answered(next) { pending = Math.max(0, pending - 1); this.take(next); },
      forget() { pending = 0; },
      begin() { clip.classList.remove("bf-lit"); },
      meter(level) { if (level > 1) clip.classList.add("bf-lit"); fill.style.height = `${Math.max(0, Math.min(100, (20 * Math.log10(Math.max(1e-4, level)) + 60) / 0.6))}%`; },
    };
  }
  function panNumber(text) {
    const [, size, side] = /^([\d.]+)\s*(l|r|left|right)$/i.exec(text) || [];
    if (side) return (side[0].toLowerCase() === "l" ? -1 : 1) * Number(size);
    return /^cent(er|re)$/i.test(text) ? 0 : Number(text);
  }
  const panWord = (value) => (Math.abs(value) < 0.01 ? "center" : `${Math.round(Math.abs(value) * 100)} ${value < 0 ? "left" : "right"}`);

  function choose(name) {
    chosen = name;
    for (const [own, one] of strips) one.box.classList.toggle("bf-chosen", own === name);
    showTone();
  }
  function showTone() {
    tone.replaceChildren();
    const own = strips.get(chosen);
    if (!own) return;
    const canvas = bfMake("canvas", "bf-curve bf-asks", tone);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Equaliser curve of ${chosen}; the sliders beside it set the same`);
    const rows = bfMake("div", "bf-bands", tone);
    const bands = bandsOf(own.channel);
    const touch = () => { wanted = performance.now(); own.channel.eq = bands.filter((band) => band.gain_db).map(asBand); apply(own.channel); draw(); };
    const send = () => own.sent({ eq: own.channel.eq });
    const refresh = [];
    for (const band of bands) {
      const row = bfMake("div", "bf-band", rows);
      bfMake("span", "bf-band-name", row, band.name);
      // A slider and its value stay side by side.
      for (const [field, low, high, step, label] of [["gain_db", -18, 18, 0.1, "gain, dB"], ["at", Math.log2(band.low), Math.log2(band.high), 0.01, "frequency"]]) {
        const pair = bfMake("span", "bf-band-pair", row), input = bfMake("input", "", pair);
        Object.assign(input, { type: "range", min: low, max: high, step });
        input.setAttribute("aria-label", `${band.name} ${label} of ${chosen}`);
        const read = bfMake("output", "", pair);
        refresh.push(() => {
          input.value = field === "at" ? Math.log2(band.frequency_hz) : band.gain_db;
          read.textContent = field === "at" ? `${Math.round(band.frequency_hz)} Hz` : `${band.gain_db.toFixed(1)} dB`;
          input.setAttribute("aria-valuetext", read.textContent);
        });
        input.oninput = () => {
          if (field === "at") band.frequency_hz = Math.round(2 ** Number(input.value)); else band.gain_db = Number(input.value);
          touch();
        };
        input.onchange = send;
        const put = (value) => { band[field === "at" ? "frequency_hz" : field] = value; touch(); send(); };
        const usual = BANDS.find((one) => one.kind === band.kind);
        input.ondblclick = () => put(field === "at" ? usual.frequency_hz : 0);
        bfTyped(read, `${band.name} ${label} of ${chosen}`, field === "at"
          ? { low: band.low, high: band.high, now: () => band.frequency_hz, set: (value) => put(Math.round(value)) }
          : { low, high, now: () => band.gain_db, set: put });
      }
    }
    for (const [field, label] of [["reverb_send_db", "Reverb send"], ["delay_send_db", "Delay send"]]) {
      const row = bfMake("div", "bf-band", rows);
      bfMake("span", "bf-band-name", row, label);
      const input = bfMake("input", "", row);
      const level = own.channel[field];
      Object.assign(input, { type: "range", min: -60, max: 6, step: 0.5, value: level === null ? -60 : level });
      input.setAttribute("aria-label", `${label} of ${chosen}, dB`);
      const read = bfMake("output", "", row, level === null ? "off" : `${level.toFixed(1)} dB`);
      input.oninput = () => { read.textContent = `${Number(input.value).toFixed(1)} dB`; };
      input.onchange = () => own.sent({ [field]: Number(input.value) });
      const put = (value) => { input.value = value; input.oninput(); input.onchange(); };
      bfTyped(read, `${label} of ${chosen}`, { low: -60, high: 6, now: () => Number(input.value), set: put });
    }
    const SPAN = 20;
    const x = (hz) => (Math.log10(hz / 20) / 3) * canvas.clientWidth, y = (db) => (0.5 - db / (2 * SPAN)) * canvas.clientHeight;
    function draw() {
      refresh.forEach((one) => one());
      const { g, w, h } = bfSharp(canvas);
      if (!w) return;
      g.fillStyle = bfColour(shell, "--bf-raised");
      g.fillRect(0, 0, w, h);
      g.fillStyle = bfColour(shell, "--bf-muted");
      g.font = "10px system-ui, 'DejaVu Sans', sans-serif";
      for (const hz of [50, 100, 200, 500, 1000, 2000, 5000, 10000]) {
        g.globalAlpha = 0.35;
        g.fillRect(x(hz), 0, 0.5, h);
        g.globalAlpha = 1;
        g.fillText(hz < 1000 ? hz : `${hz / 1000}k`, x(hz) + 3, h - 4);
      }
      g.fillRect(0, y(0), w, 0.5);
      const hz = Float32Array.from({ length: 200 }, (_, i) => 20 * 10 ** ((3 * i) / 199));
      const gains = engine.response(bands.map(asBand), hz);
      g.strokeStyle = own.channel.colour;
      g.lineWidth = 2;
      g.beginPath();
      hz.forEach((value, i) => g.lineTo(x(value), y(20 * Math.log10(gains[i]))));
      g.stroke();
      g.fillStyle = own.channel.colour;
      for (const band of bands) { g.beginPath(); g.arc(x(band.frequency_hz), y(band.gain_db), 6, 0, 7); g.fill(); }
    }
    let held = null;
    const near = (event) => {
      const box = canvas.getBoundingClientRect(), px = event.clientX - box.left;
      return bands.reduce((best, band) => (Math.abs(x(band.frequency_hz) - px) < Math.abs(x(best.frequency_hz) - px) ? band : best));
    };
    canvas.onpointerdown = (event) => { held = near(event); canvas.setPointerCapture(event.pointerId); canvas.onpointermove(event); };
    canvas.onpointermove = (event) => {
      if (!held) return;
      const box = canvas.getBoundingClientRect();
      const hz = 20 * 10 ** ((3 * (event.clientX - box.left)) / box.width);
      held.frequency_hz = Math.round(Math.max(held.low, Math.min(held.high, hz)));
      held.gain_db = Math.round(10 * Math.max(-18, Math.min(18, SPAN * (1 - (2 * (event.clientY - box.top)) / box.height)))) / 10;
      touch();
    };
    canvas.onpointerup = () => { held = null; send(); };
    redraw = draw;
    // It has no size while its notebook lies behind another.
    sized.disconnect();
    sized.observe(canvas);
  }
  const themed = bfOnTheme(() => redraw());
  function showChannels() {
    const channels = model.get("channels");
    if ([...strips.keys()].join() !== channels.map((one) => one.name).join()) {
      desk.replaceChildren();
      strips.clear();
      for (const channel of channels) strips.set(channel.name, strip(channel));
    }
    for (const channel of channels) strips.get(channel.name).take(channel);
    if (!strips.has(chosen) && channels.length) choose(channels[0].name);
  }
  frame.on(["channels"], () => frame.still(showChannels));
  frame.on(["failed", "message"], () => {
    if (!model.get("failed")) return;
    for (const channel of model.get("channels")) { strips.get(channel.name).forget(); strips.get(channel.name).take(channel); }
  });
  const hear = async (content, buffers) => {
    if (!content.sound) return;
    await engine.load(content.sound, buffers);
    Object.assign(mixed, content.sound.mixed);
    frame.still(() => {
      for (const channel of model.get("channels")) if (content.sound.mixed[channel.name]) strips.get(channel.name).answered(channel);
      for (const one of strips.values()) one.show();
    });
    shell.dataset.loaded = String(Number(shell.dataset.loaded || 0) + 1);
  };
  model.on("msg:custom", hear);
  places.hear();
  return () => { model.off("msg:custom", hear); sized.disconnect(); themed(); frame.dispose(); engine.dispose(); };
}
export default { render };
