// Controls that widgets share: frames, tables, transport, waveforms.
// What every widget with a page shows: its frame, a bar of progress, the line of answer. What the page shows anew marks
// the notebook as changed, so that it is saved with it; where no Python answers, it says so and rests.
function bfPanel(el, model, name, title) {
  const shell = bfMake("section", `bf bf-instrument bf-${name}`, el);
  shell.setAttribute("aria-label", title);
  shell.tabIndex = 0;
  bfLabKeys(shell);
  bfHoldFocus(shell);
  const head = bfMake("div", "bf-head", shell);
  bfMake("b", "bf-title", head, title);
  const rest = bfRest(model, shell);
  // What is answered stands above what is worked on, where it is seen.
  const line = bfMake("div", "bf-line", shell);
  const body = bfMake("div", "bf-body", shell);
  const foot = bfMake("div", "bf-foot", shell);
  const bar = bfMake("progress", "bf-progress", line);
  bar.max = 1;
  bar.setAttribute("aria-label", "Progress");
  const message = bfMake("div", "bf-message", line);
  message.setAttribute("role", "status");
  const unsaved = bfMake("div", "bf-not-kept", foot);
  // What takes longer than a moment says that it goes on, in place of the answer to what was asked before.
  const working = bfMake("div", "bf-working", line, "Working\u2026");
  let open = 0, slow = 0;
  function wait(more) {
    open = Math.max(0, open + more);
    clearTimeout(slow);
    const shown = (on) => { working.hidden = !on; message.hidden = on; };
    if (open) slow = setTimeout(() => shown(!rest.now()), 600); else shown(false);
  }
  wait(0);
  const ask = (what, fields = {}) => { if (rest.now()) return; model.send({ do: what, ...fields }); wait(1); };
  const stops = [rest.dispose];
  const PASSING = ["message", "failed", "progress", "can_undo", "can_redo", "refused", "song", "songs", "ways", "answered"];
  function on(names, act) {
    for (const one of names) {
      const changed = () => { act(); if (!PASSING.includes(one)) unsaved.textContent = bfChanged(model); };
      model.on(`change:${one}`, changed);
      stops.push(() => model.off(`change:${one}`, changed));
    }
    act();
  }
  on(["message", "failed", "progress"], () => {
    message.textContent = model.get("message");
    message.classList.toggle("bf-failed", model.get("failed"));
    bar.hidden = model.get("progress") < 0 || rest.now();
    bar.value = Math.max(0, model.get("progress"));
  });
  let taken = model.get("answered");
  on(["answered"], () => { wait(taken - model.get("answered")); taken = model.get("answered"); });
  stops.push(() => clearTimeout(slow));
  rest.begin();
  return { shell, head, line, body, foot, ask, on, resting: rest.now, onRest: rest.onRest, onEnd: (act) => stops.push(act), dispose: () => stops.forEach((act) => act()) };
}
// What would draw a control anew while a pointer holds it waits until it is let go: `still(act)` runs `act` then, at once
// where nothing is held.
function bfStill(shell) {
  const waiting = new Set();
  let held = false;
  const press = () => { held = true; };
  function release() {
    held = false;
    // What is let go answers first.
    setTimeout(() => { if (!held) { const acts = [...waiting]; waiting.clear(); acts.forEach((act) => act()); } }, 0);
  }
  shell.addEventListener("pointerdown", press, true);
  for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, release, true);
  return {
    still: (act) => { if (held) waiting.add(act); else act(); },
    dispose: () => { for (const name of ["pointerup", "pointercancel"]) window.removeEventListener(name, release, true); },
  };
}
// The frame of an instrument: also its history, and its edits as JSON.
function bfInstrument(el, model, name, title) {
  const frame = bfPanel(el, model, name, title), { line, foot, ask, on } = frame;
  const songs = bfSongBar(frame, model), hands = bfStill(frame.shell);
  frame.onEnd(hands.dispose);
  const json = bfMake("details", "bf-json", foot);
  bfMake("summary", "", json, "Edits as JSON");
  const text = bfMake("pre", "", json);
  text.tabIndex = 0;
  text.setAttribute("aria-label", "Edits as JSON");
  const undo = bfButton("bf-tool", null, "Undo", "Undo (Ctrl+Z)", () => ask("undo"));
  const redo = bfButton("bf-tool", null, "Redo", "Redo (Ctrl+Y)", () => ask("redo"));
  const stop = bfButton("bf-tool", line, "Stop", "Stop what is being made", () => ask("stop"));
  on(["progress"], () => { stop.hidden = model.get("progress") < 0 || frame.resting(); });
  on(["edits", "can_undo", "can_redo"], () => {
    const edits = model.get("edits");
    json.hidden = !edits.length;
    text.textContent = edits.map((edit) => JSON.stringify(edit)).join(",\n");
    undo.disabled = !model.get("can_undo");
    redo.disabled = !model.get("can_redo");
  });
  // Another song was taken up: whatever was heard belongs to the one before.
  const onOpened = (act) => { model.on("change:opened", act); frame.onEnd(() => model.off("change:opened", act)); };
  return { ...frame, undo, redo, songs, onOpened, still: hands.still, last: () => model.get("last_loop") };
}
// A table in a box that scrolls by itself; `rows` are lists of texts or of nodes, `act(index)` makes rows into buttons.
function bfTable(parent, caption, names, rows, act = null) {
  const box = bfMake("div", "bf-scroll", parent);
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", caption);
  const table = bfMake("table", "", box);
  bfMake("caption", "", table, caption);
  const line = bfMake("tr", "", bfMake("thead", "", table));
  for (const name of names) bfMake("th", "", line, name).scope = "col";
  const body = bfMake("tbody", "", table);
  rows.forEach((row, index) => {
    const tr = bfMake("tr", "", body);
    row.forEach((cell, column) => {
      const td = bfMake("td", "", tr);
      if (cell instanceof Node) td.append(cell);
      else if (!column && act) bfButton("bf-link", td, cell, null, () => act(index));
      else td.textContent = cell;
    });
  });
  return { box, rows: [...body.children] };
}
// Play, loop of bars, volume, level, A against B. `engine` gets its keys here, and without Python what was heard last.
// `onLast(first, last)` shows which bars those are.
function bfTransport(frame, engine, { keys = {}, compares = false, onLast = null } = {}) {
  const { shell, undo, redo, last } = frame;
  const row = bfMake("div", "bf-tools", frame.head);
  const play = bfButton("bf-play", row, "", "Play (space)", () => engine.toggle());
  const volume = bfSlider(row, "Volume", 0, 1, 0.01, 1, (value) => engine.setVolume(value));
  const levels = bfLevels(row);
  if (undo) row.append(undo, redo);
  const hold = bfButton("bf-tool bf-hold", compares ? row : null, "Hold", "Hold what is heard now as A, to compare changes with it (H)", () => engine.hold());
  const ab = bfButton("bf-tool bf-ab", compares ? row : null, "A / B", "Hear A, what was held, at the loudness of B, the song as it stands (B)", () => engine.compare(!engine.comparing));
  ab.disabled = true;
  ab.setAttribute("aria-pressed", "false");
  bfKeys(shell, {
    " ": () => engine.toggle(),
    arrowup: () => volume.move(0.1),
    arrowdown: () => volume.move(-0.1),
    home: () => engine.seek(0),
    ...(compares ? { h: () => hold.click(), b: () => ab.click() } : {}),
    "Ctrl+z": () => undo && undo.click(),
    "Ctrl+y": () => redo && redo.click(),
    ...keys,
  });
  const playable = () => { play.dataset.bfPlays = volume.input.dataset.bfPlays = ""; };
  frame.onRest(() => {
    const loop = last && !engine.seconds ? last() : {};
    if (loop.names) {
      engine.lend(() => engine.load(loop, [loop.data]));
      if (onLast) onLast(...loop.bars);
    } else if (!engine.seconds) return;
    playable();
    play.disabled = volume.input.disabled = false;
  });
  return {
    row,
    state(playing) {
      play.classList.toggle("bf-playing", playing);
      play.setAttribute("aria-label", playing ? "Pause (space)" : "Play (space)");
      // What has been heard lies in the page, and can be heard again without Python.
      playable();
      if (playing) levels.begin(); else levels.fall();
    },
    compared({ comparing, differs }) {
      ab.disabled = !differs;
      ab.setAttribute("aria-pressed", String(comparing));
      ab.textContent = comparing ? "A" : differs ? "B" : "A / B";
    },
    show: levels.show,
  };
}
// The value beside a slider: a click or Enter makes it a field, in which Enter states a number and Escape leaves it.
function bfTyped(read, label, { low, high, now, set, number = Number }) {
  read.tabIndex = 0;
  read.setAttribute("role", "button");
  read.setAttribute("aria-label", `${label}: type a value`);
  read.title = "Press to type a value";
  read.classList.add("bf-typed");
  function write() {
    const field = bfMake("input", "bf-typed-field");
    Object.assign(field, { type: "text", inputMode: "decimal", value: String(Number(now().toFixed(3))) });
    field.setAttribute("aria-label", `${label}: ${low} to ${high}`);
    read.replaceWith(field);
    field.focus();
    field.select();
    const leave = (focus) => { field.onblur = null; field.replaceWith(read); if (focus) read.focus(); };
    field.onblur = () => leave(false);
    field.oninput = () => { field.setCustomValidity(""); field.removeAttribute("aria-invalid"); };
    field.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === "Escape") leave(true);
      if (event.key !== "Enter") return;
      event.preventDefault();
      const value = number(field.value.trim().replace(",", ".").replace("\u2212", "-"));
      if (!field.value.trim() || !(value >= low && value <= high)) {
        field.setAttribute("aria-invalid", "true");
        field.setCustomValidity(`${low} to ${high}`);
        return field.reportValidity();
      }
      leave(true);
      set(value);
    };
  }
  read.onclick = (event) => { event.preventDefault(); write(); };
  read.onkeydown = (event) => { if (event.key === "Enter") { event.preventDefault(); write(); } };
}
// Which bars are heard: a section, or the whole song; `onChoose(first, last)`. A song that is opened begins with its first.
function bfBarsChooser(parent, frame, model, onChoose) {
  const choose = bfMake("select", "bf-select", parent);
  choose.setAttribute("aria-label", "Bars that are heard");
  let places = [];
  frame.on(["sections", "bars"], () => {
    const was = choose.selectedIndex;
    places = [...model.get("sections").map((s) => [`${s.name}: bars ${s.first} to ${s.last}${s.silent ? ", silent" : ""}`, s.first, s.last, s.silent]), ["whole song", 1, model.get("bars")]];
    choose.replaceChildren();
    places.forEach(([label], index) => { bfMake("option", "", choose, label).value = index; });
    choose.selectedIndex = was < 0 ? places.findIndex(([, , , silent]) => !silent) : Math.min(was, places.length - 1);
  });
  const hear = () => onChoose(...places[Number(choose.value)].slice(1, 3));
  choose.onchange = hear;
  frame.onOpened(() => { choose.selectedIndex = 0; hear(); });
  function show(first, last) {
    let index = places.findIndex((one) => one[1] === first && one[2] === last);
    if (index < 0) {
      index = places.push([`bars ${first} to ${last}`, first, last]) - 1;
      bfMake("option", "", choose, places[index][0]).value = index;
    }
    choose.selectedIndex = index;
  }
  return { node: choose, hear, show };
}
const bfGain = (db) => 10 ** (db / 20);
const bfPan = (place) => [Math.SQRT2 * Math.cos(((place + 1) * Math.PI) / 4), Math.SQRT2 * Math.sin(((place + 1) * Math.PI) / 4)];
// A canvas cleared to draw on in the page's pixels, as sharp as the screen is; of no width where it is hidden.
function bfSharp(canvas) {
  const scale = window.devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight;
  canvas.width = w * scale;
  canvas.height = h * scale;
  const g = canvas.getContext("2d");
  g.scale(scale, scale);
  return { g, w, h };
}
// A stem of the bars that are heard, drawn as its waveform in a colour or in the theme's by its name ("--bf-accent");
// `place` moves the line that follows the sound.
function bfWave(parent, engine, name, colour) {
  const box = bfMake("div", "bf-wave", parent), canvas = bfMake("canvas", "", box), line = bfMake("i", "", box);
  canvas.setAttribute("aria-hidden", "true");
  box.onclick = (event) => {
    const { left, width } = box.getBoundingClientRect();
    engine.seek(((event.clientX - left) / width) * engine.seconds);
  };
  function draw() {
    if (!canvas.clientWidth) return;
    const { g, w, h } = bfSharp(canvas);
    g.fillStyle = bfColour(box, "--bf-line");
    g.fillRect(0, h / 2, w, 0.5);
    g.fillStyle = colour.startsWith("--") ? bfColour(box, colour) : colour;
    engine.peaks(name, w).forEach((peak, x) => { const tall = Math.max(0.5, Math.min(1, peak) * h); g.fillRect(x, (h - tall) / 2, 1, tall); });
  }
  const resized = new ResizeObserver(() => requestAnimationFrame(draw));
  resized.observe(box);
  const themed = bfOnTheme(draw);
  return {
    draw,
    place: (at) => { line.style.left = `${engine.seconds ? (100 * at) / engine.seconds : 0}%`; },
    dispose: () => { resized.disconnect(); themed(); },
  };
}
