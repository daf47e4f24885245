// The keyboard: what is pressed sounds at once over the loop, is recorded as one edit, and knobs move parameters.
function render({ model, el }) {
  const QUANTIZE = [["off", 0], ["1/4", 1], ["1/8", 1 / 2], ["1/8 triplet", 1 / 3], ["1/16", 1 / 4], ["1/16 triplet", 1 / 6], ["1/32", 1 / 8]];
  const frame = bfInstrument(el, model, "keyboard", "Keyboard");
  const { shell, body, ask } = frame;
  const settings = { countIn: true, metronome: true, overdub: false };
  let base = 48, velocity = 100, grid = 1 / 4, shown = 0, bars = [1, 1], home = "";
  const engine = bfEngine({
    onState: (playing) => { transport.state(playing); if (!playing) recorder.rest(); },
    onTick: () => {
      recorder.tick();
      if (!engine.playing || performance.now() - shown < 60) return;
      shown = performance.now();
      transport.show(engine.levels());
    },
  });
  const voices = bfVoices(engine, ask);
  const recorder = bfRecorder(engine, {
    settings,
    onTake(notes, played) {
      const last = settings.overdub ? bars[1] : Math.min(bars[1], bars[0] + played - 1);
      ask("record", { notes, first: bars[0], last, grid, strength: Number(strength.input.value), overdub: settings.overdub });
    },
    onState: recording,
  });
  const transport = bfTransport(frame, engine, { onLast: (...bars) => places.show(...bars) });
  frame.onOpened(() => { recorder.rest(); engine.drop(); });
  const places = bfBarsChooser(transport.row, frame, model, (first, last) => { recorder.rest(); ask("listen", { first, last }); });

  const tools = bfMake("div", "bf-tools bf-top", body), tabs = bfMake("div", "bf-tabs", tools);
  tabs.setAttribute("role", "group");
  tabs.setAttribute("aria-label", "Element");
  const patches = bfMake("select", "bf-select", tools);
  patches.setAttribute("aria-label", "Patch");
  patches.onchange = () => ask("load", { patch: patches.value });
  const octave = bfMake("span", "bf-octave", tools);
  bfButton("bf-tool", tools, "−", "An octave down (Z)", () => shift(-12));
  bfButton("bf-tool", tools, "+", "An octave up (X)", () => shift(12));
  const hard = bfSlider(tools, "Velocity", 1, 127, 1, velocity, (value) => { velocity = value; });
  hard.input.setAttribute("aria-label", "Velocity of the computer's keys (C softer, V harder)");

  const takes = bfMake("div", "bf-tools bf-takes", body);
  const record = bfButton("bf-tool bf-record", takes, "Record", "Record what is played over these bars (R)", () => recorder.toggle());
  const tick = (text, name, title) => {
    const label = bfMake("label", "bf-tick", takes), input = bfMake("input", "", label);
    label.title = title;
    Object.assign(input, { type: "checkbox", checked: settings[name] });
    label.append(text);
    input.onchange = () => { settings[name] = input.checked; };
    return input;
  };
  tick("Count-in", "countIn", "One bar of clicks before the loop begins");
  tick("Metronome", "metronome", "Clicks on every beat while it plays");
  tick("Overdub", "overdub", "Keep what the element plays, round after round; without it a take replaces these bars");
  const label = bfMake("label", "bf-slider", takes, "Quantize"), steps = bfMake("select", "bf-select", label);
  for (const [text, value] of QUANTIZE) bfMake("option", "", steps, text).value = value;
  steps.value = grid;
  steps.onchange = () => { grid = Number(steps.value); };
  const strength = bfSlider(takes, "Strength", 0, 1, 0.05, 1, () => {});
  const live = bfMake("span", "bf-live", takes);
  live.setAttribute("role", "status");

  const down = new Map();
  async function press(key, pitch, loud, stamp) {
    if (down.has(key)) lift(key, stamp);
    const hit = loud === null ? velocity : loud;
    down.set(key, pitch);
    piano.mark(pitch, true);
    recorder.press(key, pitch, hit, stamp);
    const answered = await voices.press(key, pitch, hit);
    if (!down.has(key)) voices.release(key);
    if (answered) shell.dataset.keyed = (performance.now() - stamp).toFixed(1);
    shell.dataset.pressed = String(Number(shell.dataset.pressed || 0) + 1);
  }
  function lift(key, stamp) {
    if (!down.has(key)) return;
    const pitch = down.get(key);
    down.delete(key);
    if (![...down.values()].includes(pitch)) piano.mark(pitch, false);
    recorder.release(key, stamp);
    voices.release(key);
  }
  const piano = bfPiano(body, { onDown: press, onUp: lift });
  bfMake("p", "bf-keyboard-help", body, "Keys A to ' play, Z and X change the octave, C and V the velocity, R records, the space bar plays. On the keys, a press nearer to the front is louder.");
  function place() {
    const bank = model.get("bank");
    piano.build(bank, base);
    octave.textContent = bank.pads.length ? "" : `C${base / 12 - 1} to C${base / 12 + 1}`;
    voices.around(base + 12);
  }
  function shift(by) {
    const { low, high } = model.get("bank");
    const to = base + by;
    if (to + 24 < low || to > high) return;
    base = to;
    place();
  }
  const harder = (by) => hard.move(by);
  const COMMANDS = { KeyZ: () => shift(-12), KeyX: () => shift(12), KeyC: () => harder(-10), KeyV: () => harder(10), KeyR: () => recorder.toggle() };
  const typing = ({ tagName, type }) => /^(TEXTAREA|SELECT)$/.test(tagName) || (tagName === "INPUT" && !["range", "checkbox"].includes(type));
  function pitchOf(code) {
    const index = bfComputerKeys.indexOf(code), { pads } = model.get("bank");
    if (index < 0) return null;
    return pads.length ? (pads[index] ? pads[index].pitch : null) : base + index;
  }
  shell.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const pitch = pitchOf(event.code), command = COMMANDS[event.code];
    if (pitch === null && !command) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat) return;
    if (command) command(); else press(event.code, pitch, null, event.timeStamp);
  });
  shell.addEventListener("keyup", (event) => lift(event.code, event.timeStamp));
  const letGo = () => { for (const key of [...down.keys()]) lift(key, performance.now()); };
  shell.addEventListener("focusout", (event) => { if (!shell.contains(event.relatedTarget)) letGo(); });
  window.addEventListener("blur", letGo);

  function recording(state) {
    record.setAttribute("aria-pressed", String(state !== "off"));
    record.textContent = state === "off" ? "Record" : "Stop recording";
    live.textContent = { off: "", counting: "count-in", on: "recording" }[state];
    shell.dataset.recording = state;
    // What a take replaces is not heard under it.
    engine.shape(model.get("element"), { gain: state !== "off" && !settings.overdub ? 0 : 1 });
  }

  const knobs = bfKnobs(body, { model, ask, on: frame.on });
  const midi = bfWebMidi({
    onDown: press,
    onUp: lift,
    onPedal: voices.pedal,
    onBend: voices.bend,
    onKnob: knobs.turned,
    onState: knobs.state,
  });
  knobs.connect.onclick = () => midi.connect();
  midi.already();

  frame.on(["elements", "element"], () => {
    tabs.replaceChildren();
    for (const { name, colour } of model.get("elements")) {
      const tab = bfButton("bf-tool", tabs, name, `Play ${name}`, () => { recorder.rest(); ask("choose", { element: name }); });
      tab.setAttribute("aria-pressed", String(name === model.get("element")));
      tab.style.setProperty("border-bottom-color", colour);
      if (name === model.get("element")) shell.style.setProperty("--bf-own", colour);
    }
  });
  frame.on(["patches", "patch"], () => {
    patches.replaceChildren();
    const own = model.get("patch"), all = model.get("patches");
    for (const name of all.includes(own) ? all : [own, ...all]) bfMake("option", "", patches, name).value = name;
    patches.value = own;
  });
  frame.on(["bank"], () => {
    voices.silence();
    voices.take(model.get("bank"));
    if (home !== model.get("element")) {
      home = model.get("element");
      const { low, high, one_voice } = model.get("bank");
      base = Math.max(Math.ceil(low / 12) * 12, Math.min(Math.floor((high - 24) / 12) * 12, model.get("bank").pads.length ? 36 : home === "bass" ? 36 : one_voice ? 60 : 48));
    }
    place();
  });
  const hear = async (content, buffers) => {
    if (content.keys) {
      await voices.load(content.keys, buffers);
      shell.dataset.keys = String(voices.ready);
    }
    if (!content.sound) return;
    bars = content.sound.bars;
    recorder.time(content.sound.time);
    const { latency } = await engine.load(content.sound, buffers);
    if (content.sound.stamp) shell.dataset.heard = (performance.now() - content.sound.stamp + 1000 * latency).toFixed(0);
    shell.dataset.loaded = String(Number(shell.dataset.loaded || 0) + 1);
    knobs.answered();
    voices.begin();
  };
  model.on("msg:custom", hear);
  places.hear();
  return () => {
    model.off("msg:custom", hear);
    window.removeEventListener("blur", letGo);
    letGo();
    midi.dispose();
    frame.dispose();
    engine.dispose();
  };
}
export default { render };
