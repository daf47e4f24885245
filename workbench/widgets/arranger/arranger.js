// The arranger: a ruler to choose bars on, notes and chords below it, and what may be done with the bars.
function render({ model, el }) {
  const frame = bfInstrument(el, model, "arranger", "Arranger");
  const { shell, body, ask } = frame;
  const soloed = new Set(), silent = new Set();
  let chosen = [1, Math.max(1, Math.min(4, model.get("bars")))], roll = null, name = model.get("song").name, shown = 0, waves = [];
  const start = () => model.get("roll").bars[chosen[0] - 1] || 0;
  const engine = bfEngine({
    onState: (playing) => transport.state(playing),
    onCompare: (state) => { transport.compared(state); waves.forEach((wave) => wave.draw()); },
    onTick: (at) => {
      if (roll) roll.follow(start() + at);
      waves.forEach((wave) => wave.place(at));
      if (!engine.playing || performance.now() - shown < 60) return;
      shown = performance.now();
      transport.show(engine.levels());
    },
  });
  const step = (by) => {
    const length = chosen[1] - chosen[0];
    const first = Math.max(1, Math.min(model.get("bars") - length, chosen[0] + by));
    choose(first, first + length);
  };
  const transport = bfTransport(frame, engine, {
    compares: true,
    onLast: (...bars) => show(...bars),
    keys: {
      arrowright: () => step(1),
      arrowleft: () => step(-1),
      "Shift+arrowright": () => choose(chosen[0], Math.min(model.get("bars"), chosen[1] + 1)),
      "Shift+arrowleft": () => choose(chosen[0], Math.max(chosen[0], chosen[1] - 1)),
      r: () => act("regenerate"),
      v: () => act("vary"),
    },
  });
  const row = bfMake("div", "bf-tools bf-places", body);
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", "Section to hear and change");
  const bars = bfMake("span", "bf-bars", row);
  bars.setAttribute("role", "status");
  const tools = bfMake("div", "bf-tools bf-acts", body);
  const picture = bfMake("div", "bf-picture", body);
  const hand = bfMake("div", "bf-hand", body);
  const parts = bfMake("div", "bf-parts", body);
  const which = bfMake("select", "bf-select", tools);
  which.setAttribute("aria-label", "Element that is changed");
  const where = () => (chosen[0] === 1 && chosen[1] === model.get("bars") ? {} : { bars: chosen });
  const element = () => (which.value ? { element: which.value } : {});
  const send = (edit) => ask("edit", { edit, stamp: performance.now() });
  const strength = { value: 0.5 };
  const act = (kind, more = {}) => send({ edit: kind, ...element(), ...where(), ...(kind === "vary" ? { strength: strength.value } : {}), ...more });
  bfButton("bf-tool bf-main", tools, "Regenerate", "Write these bars anew (R)", () => act("regenerate"));
  bfButton("bf-tool", tools, "Vary", "Write a share of these bars anew (V)", () => act("vary"));
  bfSlider(tools, "by", 0.05, 1, 0.05, 0.5, (value) => { strength.value = value; }).input.setAttribute("aria-label", "How much is varied");
  for (const [text, by] of [["\u2212 octave", -12], ["\u2212 tone", -2], ["+ tone", 2], ["+ octave", 12]])
    bfButton("bf-tool", tools, text, `Transpose by ${by} semitones`, () => act("transpose", { semitones: by }));
  // An element plays in some sections only: it is added where it does not, and dropped where it does.
  const plays = () => model.get("elements").some(({ name }) => name === which.value);
  const addKey = bfButton("bf-tool", tools, "Add", "Compose the element for these bars, where it does not play yet", () => act("add"));
  const dropKey = bfButton("bf-tool", tools, "Drop", "Take the element out of these bars; of the whole song where that is chosen", () => act(where().bars ? "mute" : "drop"));
  const able = () => { addKey.disabled = !which.value || which.value === "harmony"; dropKey.disabled = !plays(); };
  const chords = bfMake("input", "bf-chords", tools);
  Object.assign(chords, { type: "text", placeholder: "chords: Fm | Db Eb" });
  chords.setAttribute("aria-label", "Chords of these bars; bars parted by a line");
  chords.onkeydown = (event) => { if (event.key === "Enter" && chords.value.trim()) send({ edit: "chords", ...where(), chords: chords.value.trim() }); };

  chords.oninput = () => chords.removeAttribute("aria-invalid");
  const offer = bfButton("bf-tool bf-main", frame.line, "", "", () => send(model.get("refused").offer));
  const notes = bfNotes(hand, { send: (edit, serial) => ask("edit", { edit, serial, stamp: performance.now() }), state: send, swing: (percent, step) => ask("swing", { percent, step, stamp: performance.now() }) });
  // One element's notes are written at a time; the chosen bars of it are shown.
  function showNotes() {
    const name = plays() ? which.value : "";
    able();
    notes.hint(!name);
    if (name) ask("show_notes", { element: name, first: chosen[0], last: chosen[1] });
  }
  which.onchange = showNotes;
  frame.on(["refused"], () => {
    const { edit, why = "", offer: instead = {} } = model.get("refused");
    offer.hidden = !instead.edit;
    offer.textContent = `Add ${instead.element} here`;
    offer.title = `Compose ${instead.element} for these bars`;
    offer.setAttribute("aria-label", offer.title);
    if (!why || edit.edit !== "chords") return;
    if (!notes.refused(edit, why)) chords.setAttribute("aria-invalid", "true");
  });
  frame.on(["edits"], () => { notes.accepted(); chords.removeAttribute("aria-invalid"); });
  frame.on(["grid"], () => { if (which.value === model.get("grid").element) notes.show(model.get("grid")); });

  function show(first, last) {
    chosen = [first, last];
    if (roll) roll.select(first, last);
    bars.textContent = first === last ? `bar ${first}` : `bars ${first} to ${last}`;
  }
  function choose(first, last) {
    show(first, last);
    ask("listen", { first, last });
    showNotes();
  }
  function levels() {
    for (const { name } of model.get("elements"))
      engine.shape(name, { gain: silent.has(name) || (soloed.size && !soloed.has(name)) ? 0 : 1 });
    for (const box of parts.children) {
      const [mute, solo] = box.querySelectorAll(".bf-mute, .bf-solo");
      mute.setAttribute("aria-pressed", String(silent.has(box.dataset.name)));
      solo.setAttribute("aria-pressed", String(soloed.has(box.dataset.name)));
    }
  }
  const flip = (set, name) => { set.has(name) ? set.delete(name) : set.add(name); levels(); };
  function showElements() {
    const elements = model.get("elements"), was = which.value;
    which.replaceChildren();
    for (const [value, text] of [["", "all elements"], ...elements.map(({ name }) => [name, name]), ["harmony", "harmony"]]) bfMake("option", "", which, text).value = value;
    const absent = model.get("absent"), others = bfMake("optgroup", "", absent.length ? which : null);
    others.label = "not in the song";
    for (const name of absent) bfMake("option", "", others, name).value = name;
    which.value = elements.some(({ name }) => name === was) || absent.includes(was) || was === "harmony" ? was : "";
    if (which.value !== was || (plays() ? model.get("grid").element !== was : absent.includes(was))) showNotes();
    able();
    waves.forEach((wave) => wave.dispose());
    parts.replaceChildren();
    waves = [];
    for (const { name, colour, locked } of elements) {
      const box = bfMake("div", "bf-part", parts);
      box.dataset.name = name;
      box.style.setProperty("--bf-own", colour);
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", name);
      bfMake("span", "", box, name);
      bfButton("bf-key bf-mute", box, "M", `Mute ${name} while listening`, () => flip(silent, name));
      bfButton("bf-key bf-solo", box, "S", `Solo ${name}`, () => flip(soloed, name));
      const held = locked.length > 0;
      const lock = bfButton("bf-key bf-lock", box, "L", held ? `${name} is locked in bars ${locked.join(", ")}: unlock` : `Lock ${name} in these bars`, () => send({ edit: held ? "unlock" : "lock", element: name, ...(held ? {} : where()) }));
      lock.setAttribute("aria-pressed", String(held));
      waves.push(bfWave(box, engine, name, colour));
    }
    levels();
  }
  frame.on(["elements"], () => frame.still(showElements));
  function showSections() {
    row.replaceChildren(bars);
    for (const { name, first, last } of model.get("sections")) bfButton("bf-tool", row, name, `${name}: bars ${first} to ${last}`, () => choose(first, last));
    bfButton("bf-tool", row, "whole song", "Hear and change the whole song", () => choose(1, model.get("bars")));
  }
  frame.on(["sections", "bars"], () => frame.still(showSections));
  function showRoll() {
    const state = roll && roll.state();
    if (roll) { roll.dispose(); picture.replaceChildren(); }
    const data = model.get("roll");
    chosen = [Math.min(chosen[0], data.bars.length - 1), Math.min(chosen[1], data.bars.length - 1)];
    roll = mountRoll(picture, data, {
      state,
      onSelect: choose,
      onSeek: (at) => {
        if (at >= start() && at < start() + engine.seconds) return engine.seek(at - start());
        const bar = Math.max(1, data.bars.findIndex((one) => one > at));
        choose(bar, Math.min(data.bars.length - 1, bar + chosen[1] - chosen[0]));
      },
    });
    roll.select(...chosen);
    shell.dataset.notes = String(data.notes.length);
  }
  frame.on(["roll"], () => frame.still(showRoll));
  frame.onOpened(() => {
    engine.drop();
    if (model.get("song").name !== name) roll.whole();
    name = model.get("song").name;
    soloed.clear();
    silent.clear();
    levels();
    choose(1, Math.max(1, Math.min(4, model.get("bars"))));
  });
  const hear = async (content, buffers) => {
    if (!content.sound) return;
    const { latency } = await engine.load(content.sound, buffers);
    if (content.sound.stamp) shell.dataset.heard = [shell.dataset.heard, (performance.now() - content.sound.stamp + 1000 * latency).toFixed(0)].filter(Boolean).join();
    shell.dataset.loaded = String(Number(shell.dataset.loaded || 0) + 1);
  };
  model.on("msg:custom", hear);
  choose(...chosen);
  const themed = bfOnTheme(() => waves.forEach((wave) => wave.draw()));
  return () => { model.off("msg:custom", hear); themed(); waves.forEach((wave) => wave.dispose()); if (roll) roll.dispose(); frame.dispose(); engine.dispose(); };
}
export default { render };
