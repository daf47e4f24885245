// The sound designer: sliders of a patch over a loop; the newest turn wins while Python renders the one before.
function render({ model, el }) {
  const frame = bfInstrument(el, model, "designer", "Sound designer");
  const { shell, body, ask } = frame;
  let shown = 0;
  const engine = bfEngine({
    onState: (playing) => transport.state(playing),
    onCompare: (state) => transport.compared(state),
    onTick: () => {
      if (!engine.playing || performance.now() - shown < 60) return;
      shown = performance.now();
      transport.show(engine.levels());
    },
  });
  const transport = bfTransport(frame, engine, { compares: true, onLast: (...bars) => places.show(...bars) });
  frame.onOpened(() => { engine.drop(); turned = ""; });
  const places = bfBarsChooser(transport.row, frame, model, (first, last) => ask("listen", { first, last }));
  let alone = false;
  const solo = bfButton("bf-tool", transport.row, "Alone", "Hear this element alone", () => { alone = !alone; mute(); });
  function mute() {
    solo.setAttribute("aria-pressed", String(alone));
    for (const { name } of model.get("elements")) engine.shape(name, { gain: alone && name !== model.get("element") ? 0 : 1 });
  }
  const top = bfMake("div", "bf-tools bf-top", body);
  const tabs = bfMake("div", "bf-tabs", top);
  tabs.setAttribute("role", "group");
  tabs.setAttribute("aria-label", "Element");
  const patches = bfMake("select", "bf-select", top);
  patches.setAttribute("aria-label", "Patch");
  patches.onchange = () => ask("load", { patch: patches.value });
  const other = bfMake("select", "bf-select", top);
  other.setAttribute("aria-label", "Patch to move towards");
  const far = bfSlider(top, "towards it", 0, 1, 0.05, 0, (value) => turn({ do: "towards", other: other.value, amount: value }, `towards ${other.value}`));
  const name = bfMake("input", "bf-own-name", top);
  Object.assign(name, { type: "text", placeholder: "name of your own" });
  name.setAttribute("aria-label", "Name to save the sound under");
  bfButton("bf-tool bf-main", top, "Save sound", "Keep this sound under the name; requests can use it", () => ask("save", { name: name.value.trim() }));
  const groups = bfMake("div", "bf-groups", body);

  // One turn at a time is on its way; of each control that was turned meanwhile only the newest follows.
  let busy = "", turned = "", free = 0;
  const waiting = new Map();
  const onItsWay = (key) => busy === key || waiting.has(key);
  function turn(message, key) {
    waiting.set(key, { ...message, since: performance.now() });
    if (!busy) send();
  }
  function send() {
    const [[key, { since, ...message }]] = waiting;
    waiting.delete(key);
    busy = key;
    clearTimeout(free);
    free = setTimeout(answered, 4000);
    model.send({ ...message, again: key === turned, stamp: since });
    turned = key;
  }
  function answered() {
    busy = "";
    if (waiting.size) send(); else showPatch();
  }
  const released = () => { setTimeout(() => { if (!waiting.size) turned = ""; }, 0); };
  const knobs = new Map();
  const show = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2));
  // Frequencies and times are turned by ratios.
  const ratio = (knob) => /_(hz|ms)$/.test(knob.name) && knob.low > 0;
  function control(parent, knob) {
    const row = bfMake("label", "bf-knob", parent);
    row.title = knob.meaning;
    bfMake("span", "bf-knob-name", row, [knob.label, knob.unit].filter(Boolean).join(", "));
    const said = `${knob.group} ${knob.label}`;
    if (knob.options.length) {
      const input = bfMake("select", "bf-select", row);
      input.setAttribute("aria-label", `${said}: ${knob.meaning}`);
      for (const text of knob.options) bfMake("option", "", input, text).value = text;
      input.onchange = () => { turn({ do: "turn", name: knob.name, value: input.value }, knob.name); released(); };
      return { row, take: (now) => { input.value = now.value; } };
    }
    const input = bfMake("input", "", row);
    const [to, from] = ratio(knob) ? [Math.log, Math.exp] : [Number, Number];
    // Intervals and voices are whole, ratios of operators fine; what is dragged comes to rest on their halves.
    const last = knob.name.split(".").slice(-1)[0], harmonic = /ratio$/.test(last);
    const step = /semitones$|^unison$/.test(last) ? 1 : harmonic ? 0.01 : (to(knob.high) - to(knob.low)) / 200;
    Object.assign(input, { type: "range", min: to(knob.low), max: to(knob.high), step });
    input.setAttribute("aria-label", `${said}: ${knob.meaning}`);
    const read = bfMake("output", "", row);
    const tell = (value) => {
      read.textContent = step === 1 && Number.isInteger(value) ? String(value) : show(value);
      input.setAttribute("aria-valuetext", read.textContent);
    };
    let held = false, dragged = false, standing = knob;
    input.onpointerdown = () => { dragged = true; };
    input.onpointerup = input.onpointercancel = () => { dragged = false; };
    const put = (value) => {
      input.value = to(value);
      tell(value);
      turn({ do: "turn", name: knob.name, value }, knob.name);
      released();
    };
    bfTyped(read, said, { low: knob.low, high: knob.high, now: () => standing.value, set: put });
    input.ondblclick = () => put(standing.usual);
    input.oninput = () => {
      held = true;
      let value = Math.min(knob.high, Math.max(knob.low, from(Number(input.value))));
      const half = Math.round(2 * value) / 2;
      if (harmonic && dragged && half >= knob.low && Math.abs(value - half) < 0.12) value = half;
      tell(value);
      turn({ do: "turn", name: knob.name, value }, knob.name);
    };
    input.onchange = () => { held = false; released(); };
    return { row, take(now) { standing = now; if (held || onItsWay(knob.name)) return; input.value = to(now.value); tell(now.value); } };
  }
  function build(all) {
    groups.replaceChildren();
    knobs.clear();
    const boxes = new Map();
    for (const knob of all) {
      if (!boxes.has(knob.group)) {
        const box = bfMake("details", "bf-group", groups);
        box.open = boxes.size < 4;
        bfMake("summary", "", box, knob.group);
        boxes.set(knob.group, box);
      }
      knobs.set(knob.name, control(boxes.get(knob.group), knob));
    }
  }
  function showPatch() {
    const all = model.get("knobs");
    if ([...knobs.keys()].join() !== all.map((knob) => knob.name).join()) build(all);
    for (const knob of all) {
      knobs.get(knob.name).take(knob);
      knobs.get(knob.name).row.classList.toggle("bf-by-hand", knob.by_hand);
    }
    tabs.replaceChildren();
    for (const { name: own, colour } of model.get("elements")) {
      const tab = bfButton("bf-tool", tabs, own, `Sound of ${own}`, () => { turned = ""; ask("choose", { element: own }); });
      tab.setAttribute("aria-pressed", String(own === model.get("element")));
      tab.style.setProperty("border-bottom-color", colour);
    }
    for (const list of [patches, other]) {
      const was = list.value;
      list.replaceChildren();
      for (const own of model.get("patches")) bfMake("option", "", list, own).value = own;
      list.value = list === patches ? model.get("patch") : model.get("patches").includes(was) ? was : model.get("patches").find((own) => own !== model.get("patch")) || "";
    }
    far.input.onchange = released;
    if (alone) mute();
  }
  frame.on(["knobs", "patches", "patch", "element", "elements"], () => frame.still(showPatch));
  const hear = async (content, buffers) => {
    if (!content.sound) return;
    const { latency } = await engine.load(content.sound, buffers);
    if (content.sound.stamp) shell.dataset.heard = [shell.dataset.heard, (performance.now() - content.sound.stamp + 1000 * latency).toFixed(0)].filter(Boolean).join();
    shell.dataset.loaded = String(Number(shell.dataset.loaded || 0) + 1);
    if (content.sound.stamp || !busy) answered();
  };
  frame.on(["failed", "message"], () => { if (model.get("failed") && busy) answered(); });
  model.on("msg:custom", hear);
  places.hear();
  return () => { model.off("msg:custom", hear); clearTimeout(free); frame.dispose(); engine.dispose(); };
}
export default { render };
