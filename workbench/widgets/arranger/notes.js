// Notes of one element by hand: drawn, moved, stretched, deleted, louder or softer, by pointer and by keyboard.
// bfNotes(parent, {send(edit, serial), state(edit), swing(percent, step)}) -> {show(grid), hint(on), refused(edit, why), accepted()}; `state` takes chords. What is done is drawn at once; the notes that Python
// answers with replace it, unless they are older than what was done since.
function bfNotes(parent, { send, state, swing }) {
  const STEPS = [["1/4", 1], ["1/8", 1 / 2], ["1/8 triplet", 1 / 3], ["1/16", 1 / 4], ["1/16 triplet", 1 / 6], ["1/32", 1 / 8]];
  const WAIT_MS = 350, EDGE_PX = 7, BEAT_PX = 30;
  let data = null, notes = [], chosen = new Set(), sent = 0, waiting = 0, gesture = null, missed = null;
  let sweeping = false, step = 1 / 4, pencil = false, lastVelocity = 90, cursor = { at: 0, row: 0 };

  const hint = bfMake("p", "bf-hand-hint", parent, "Choose an element above to write its notes by hand.");
  const box = bfMake("div", "bf-hand-box", parent);
  box.hidden = true;
  const tools = bfMake("div", "bf-tools bf-hand-tools", box);
  const title = bfMake("b", "bf-hand-title", tools);
  const draw = bfButton("bf-tool", tools, "Draw", "Draw notes by pressing and dragging (D)", () => setPencil(!pencil));
  const label = bfMake("label", "bf-slider", tools, "Step");
  const steps = bfMake("select", "bf-select", label);
  for (const [text, value] of STEPS) bfMake("option", "", steps, text).value = value;
  steps.value = step;
  steps.onchange = () => { step = Number(steps.value); if (data) swingOf(); };
  const velocity = bfSlider(tools, "Velocity", 1, 127, 1, lastVelocity, (value) => {
    lastVelocity = value;
    change([...chosen], (note) => { note.velocity = value; });
    later();
  });
  velocity.input.setAttribute("aria-label", "Velocity of the selected notes, and of new ones");
  const swings = bfSlider(tools, "Swing", 50, 75, 0.5, 50, () => {}, (value) => `${value} %`);
  swings.input.parentElement.classList.add("bf-swing");
  swings.input.setAttribute("aria-label", "Swing of these bars in per cent: 50 is straight, 66.7 a triplet");
  swings.input.onchange = () => { flush(); swing(Number(swings.input.value), step >= 1 / 2 ? 1 / 2 : 1 / 4); };
  const trash = bfButton("bf-tool", tools, "Delete", "Delete the selected notes (Delete)", () => remove());
  const live = bfMake("span", "bf-hand-live", tools);
  live.setAttribute("role", "status");
  const scroll = bfMake("div", "bf-hand-scroll", box);
  const sheet = bfMake("div", "bf-hand-sheet bf-asks", scroll);
  const corner = bfMake("div", "bf-hand-corner", sheet), ruler = bfMake("div", "bf-hand-ruler", sheet);
  const chordName = bfMake("div", "bf-hand-corner bf-hand-chord-name", sheet, "chords"), lanes = bfChordLane(sheet, { send: state });
  const keys = bfMake("div", "bf-hand-keys", sheet), grid = bfMake("div", "bf-hand-grid", sheet);
  const laneName = bfMake("div", "bf-hand-corner bf-hand-lane-name", sheet, "velocity"), lane = bfMake("div", "bf-hand-lane", sheet);
  for (const node of [corner, ruler, chordName, keys, laneName, lane]) node.setAttribute("aria-hidden", "true");
  grid.tabIndex = 0;
  grid.setAttribute("role", "group");
  bfMake("p", "bf-hand-help", box, "Double click or Draw: new note. Drag: move, at its end stretch, with Alt velocity. Keys: arrows move the cursor, Enter draws or takes a note; arrows then move it, Shift+left and right stretch, Alt+up and down velocity, Ctrl+left and right the next note, Delete, Esc.");

  const swingOf = () => { swings.set(data.swing[step >= 1 / 2 ? 1 : 0]); };
  const total = () => (data.last - data.first + 1) * data.bar_beats;
  const tidy = (beats) => Math.round(beats * 1e6) / 1e6;
  const placeOf = (note) => (note.bar - data.first) * data.bar_beats + note.beat - 1;
  function setPlace(note, at) {
    const within = Math.max(0, Math.min(total() - 1 / 64, at));
    const bar = Math.floor(within / data.bar_beats + 1e-6);
    note.bar = data.first + bar;
    note.beat = Math.max(1, tidy(within - bar * data.bar_beats + 1));
  }
  function setRow(note, row) {
    const to = Math.max(0, Math.min(data.rows.length - 1, row));
    if (to !== note.row) note.pitch = data.rows[to].pitch;
    note.row = to;
  }
  const setVelocity = (note, value) => { note.velocity = Math.max(1, Math.min(127, Math.round(value))); };
  const setLength = (note, beats) => { note.length = Math.max(1 / 64, tidy(beats)); };
  const values = (note) => ({ bar: note.bar, beat: note.beat, pitch: note.pitch, length_beats: note.length, velocity: note.velocity });
  const named = ({ bar, beat, pitch }) => ({ bar, beat, pitch });
  const keyOf = (note) => `${note.bar} ${note.beat} ${note.pitch}`;
  const words = (note) => `${data.rows[note.row].label}, bar ${note.bar} beat ${Number(note.beat.toFixed(2))}, length ${Number(note.length.toFixed(2))}, velocity ${note.velocity}`;

  // Nodes
  function show(fresh) {
    if (fresh.serial < sent) return;
    if (gesture || sweeping || waiting) { missed = fresh; return; }
    missed = null;
    const other = !data || ["element", "first", "last"].some((name) => data[name] !== fresh[name]);
    sent = fresh.serial;
    const kept = new Set([...chosen].map(keyOf)), focused = notes.find((note) => note.node === document.activeElement);
    const top = data && data.rows[0].pitch, scrolled = scroll.scrollTop;
    data = fresh;
    lanes.show(data);
    swingOf();
    notes = data.notes.map(([bar, beat, pitch, length, velocity, row, shift]) => ({ bar, beat, pitch, length, velocity, row, shift }));
    notes.forEach((note) => { note.was = values(note); });
    chosen = new Set(other ? [] : notes.filter((note) => kept.has(keyOf(note))));
    ground();
    notes.forEach(addNode);
    mark();
    // Rows that came in above leave what is seen where it was.
    const above = other ? 0 : Math.max(0, data.rows.findIndex((row) => row.pitch === top));
    scroll.scrollTop = scrolled + above * rowHeight();
    cursor.row += above;
    const again = focused && !other && notes.find((note) => keyOf(note) === keyOf(focused));
    if (again) again.node.focus({ preventScroll: true });
    else if (focused) grid.focus({ preventScroll: true });
    if (other) {
      cursor = { at: 0, row: notes.length ? notes[0].row : Math.floor(data.rows.length / 2) };
      const middle = notes.length ? notes.reduce((sum, note) => sum + note.row, 0) / notes.length : cursor.row;
      scroll.scrollTop = Math.max(0, (middle + 1) * rowHeight() - scroll.clientHeight / 2);
    }
    placeCursor();
  }
  function ground() {
    box.style.setProperty("--bf-own", data.colour);
    box.style.setProperty("--bf-rows", data.rows.length);
    box.classList.toggle("bf-drums", data.drums);
    sheet.style.minWidth = `${84 + total() * BEAT_PX}px`;
    title.textContent = `${data.element}, ${data.first === data.last ? `bar ${data.first}` : `bars ${data.first} to ${data.last}`}`;
    grid.setAttribute("aria-label", `Notes of ${title.textContent}: arrows move the cursor, Enter draws or takes a note`);
    [ruler, keys, grid, lane].forEach((node) => node.replaceChildren());
    data.rows.forEach((row, index) => {
      const name = bfMake("span", row.black ? "bf-black" : "", keys, data.drums || !row.black ? row.label : "");
      name.style.top = `${(100 * index) / data.rows.length}%`;
      const stripe = bfMake("i", `bf-row${row.black || (data.drums && index % 2) ? " bf-black" : ""}${row.pitch % 12 === 0 && !data.drums ? " bf-octave" : ""}`, grid);
      stripe.style.top = name.style.top;
    });
    for (let beat = 0; beat < total() - 1e-6; beat += data.bar_beats % 1 ? 0.5 : 1) {
      const isBar = Math.abs(beat % data.bar_beats) < 1e-6, left = `${(100 * beat) / total()}%`;
      for (const node of [grid, lane]) bfMake("i", isBar ? "bf-bar" : "bf-beat", node).style.left = left;
      if (isBar) bfMake("span", "", ruler, String(data.first + Math.round(beat / data.bar_beats))).style.left = left;
    }
    for (const bar of data.locked) {
      const shade = bfMake("i", "bf-locked", grid);
      Object.assign(shade.style, { left: `${(100 * (bar - data.first) * data.bar_beats) / total()}%`, width: `${(100 * data.bar_beats) / total()}%` });
    }
    bfMake("i", "bf-cursor", grid);
  }
  function addNode(note) {
    note.node = bfMake("button", "bf-note", grid);
    note.node.type = "button";
    note.stalk = bfMake("i", "bf-stalk", lane);
    place(note);
  }
  function place(note) {
    // It is drawn where it sounds: the deviation lies beside its place.
    const left = `${(100 * Math.max(0, placeOf(note) + (note.shift || 0))) / total()}%`, share = 100 / data.rows.length;
    Object.assign(note.node.style, { left, top: `${note.row * share}%`, height: `${share}%`, width: `${Math.min(100 * note.length, 100 * (total() - placeOf(note))) / total()}%` });
    note.node.style.setProperty("--bf-loud", `${35 + (65 * note.velocity) / 127}%`);
    Object.assign(note.stalk.style, { left, height: `${(100 * note.velocity) / 127}%` });
    note.node.setAttribute("aria-label", words(note));
  }
  function mark() {
    const current = notes.find((note) => chosen.has(note)) || notes[0];
    for (const note of notes) {
      note.node.setAttribute("aria-pressed", String(chosen.has(note)));
      note.stalk.classList.toggle("bf-on", chosen.has(note));
      note.node.tabIndex = note === current ? 0 : -1;
    }
    trash.disabled = !chosen.size;
    const [one] = chosen;
    if (one) velocity.set(one.velocity);
    live.textContent = chosen.size > 1 ? `${chosen.size} notes selected` : one ? words(one) : "";
  }
  function placeCursor() {
    const node = grid.querySelector(".bf-cursor"), share = 100 / data.rows.length;
    Object.assign(node.style, { left: `${(100 * cursor.at) / total()}%`, top: `${cursor.row * share}%`, height: `${share}%`, width: `${(100 * step) / total()}%` });
  }
  const rowHeight = () => grid.clientHeight / data.rows.length;
  function select(note, more = false) {
    if (more) chosen.has(note) ? chosen.delete(note) : chosen.add(note);
    else if (!chosen.has(note)) chosen = new Set([note]);
    mark();
  }
  function setPencil(on) {
    pencil = on;
    draw.setAttribute("aria-pressed", String(on));
    grid.classList.toggle("bf-pencil", on);
  }

  // Edits
  function change(which, act) {
    for (const note of which) { act(note); place(note); }
    mark();
  }
  function post(fields) {
    sent += 1;
    send({ edit: "notes", element: data.element, ...fields }, sent);
  }
  // Keys that repeat are one edit, sent when they rest.
  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(flush, WAIT_MS);
  }
  function flush() {
    clearTimeout(waiting);
    waiting = 0;
    const changes = [];
    for (const note of notes) {
      const is = values(note), to = {};
      for (const name of Object.keys(is)) if (Math.abs(is[name] - note.was[name]) > 1e-6) to[name] = is[name];
      if (Object.keys(to).length) changes.push({ ...named(note.was), to });
      note.was = is;
    }
    if (changes.length) post({ change: changes });
    else if (missed && !gesture && !sweeping) show(missed);
  }
  function newNote(at, row) {
    const note = { row, pitch: data.rows[row].pitch, length: step, velocity: lastVelocity };
    setPlace(note, at);
    notes.push(note);
    addNode(note);
    chosen = new Set([note]);
    mark();
    return note;
  }
  function add(note) {
    note.was = values(note);
    flush();
    post({ add: [values(note)] });
  }
  function remove() {
    if (!chosen.size) return;
    flush();
    const gone = [...chosen], after = notes.find((note) => !chosen.has(note) && placeOf(note) >= placeOf(gone[0]));
    post({ remove: gone.map((note) => named(note.was)) });
    for (const note of gone) { note.node.remove(); note.stalk.remove(); }
    notes = notes.filter((note) => !chosen.has(note));
    chosen = new Set();
    mark();
    (after ? after.node : grid).focus({ preventScroll: true });
  }

  // Pointer
  function pointed(event) {
    const at = grid.getBoundingClientRect();
    const beats = ((event.clientX - at.left) / at.width) * total();
    const row = Math.floor(((event.clientY - at.top) / at.height) * data.rows.length);
    return { at: tidy(Math.max(0, Math.floor(beats / step + 1e-6) * step)), row: Math.max(0, Math.min(data.rows.length - 1, row)) };
  }
  const noteOf = (node) => notes.find((note) => note.node === node);
  function begin(event, kind, fields = {}) {
    gesture = { kind, x: event.clientX, y: event.clientY, starts: new Map([...chosen].map((note) => [note, { at: placeOf(note), ...note }])), ...fields };
    grid.setPointerCapture(event.pointerId);
  }
  grid.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    const note = noteOf(event.target);
    if (note) {
      flush();
      select(note, event.shiftKey);
      note.node.focus({ preventScroll: true });
      const edge = note.node.getBoundingClientRect().right - event.clientX < Math.min(EDGE_PX, note.node.clientWidth / 3);
      return begin(event, event.altKey ? "velocity" : edge ? "length" : "move");
    }
    cursor = pointed(event);
    placeCursor();
    grid.focus({ preventScroll: true });
    if (pencil) { flush(); const made = newNote(cursor.at, cursor.row); return begin(event, "length", { made }); }
    chosen = new Set();
    mark();
  });
  grid.addEventListener("pointermove", (event) => {
    if (!gesture) return;
    const beats = Math.round((((event.clientX - gesture.x) / grid.clientWidth) * total()) / step) * step;
    const rows = Math.round((event.clientY - gesture.y) / rowHeight());
    change(gesture.starts.keys(), (note) => {
      const was = gesture.starts.get(note);
      if (gesture.kind === "move") { setPlace(note, was.at + beats); setRow(note, was.row + rows); }
      if (gesture.kind === "length") setLength(note, was.length + beats > 1 / 64 ? was.length + beats : Math.min(was.length, step));
      if (gesture.kind === "velocity") setVelocity(note, was.velocity + (gesture.y - event.clientY));
    });
  });
  function end() {
    const held = gesture;
    gesture = null;
    if (!held) return;
    for (const note of held.starts.keys()) lastVelocity = note.velocity;
    if (held.made) { add(held.made); held.made.node.focus({ preventScroll: true }); } else flush();
  }
  grid.addEventListener("pointerup", end);
  grid.addEventListener("pointercancel", end);
  grid.addEventListener("dblclick", (event) => {
    // A captured pointer makes the grid the target of every click.
    if (pencil || noteOf(document.elementFromPoint(event.clientX, event.clientY))) return;
    const { at, row } = pointed(event), made = newNote(at, row);
    add(made);
    made.node.focus({ preventScroll: true });
  });
  // The lane: what is pressed nearest, and all that is passed over, takes the height of the pointer.
  function sweep(event) {
    const at = lane.getBoundingClientRect();
    const beats = ((event.clientX - at.left) / at.width) * total(), near = 8 * total() / at.width;
    const value = 127 * (1 - (event.clientY - at.top) / at.height);
    change(notes.filter((note) => Math.abs(placeOf(note) - beats) <= near), (note) => setVelocity(note, value));
  }
  lane.addEventListener("pointerdown", (event) => { sweeping = true; lane.setPointerCapture(event.pointerId); sweep(event); });
  lane.addEventListener("pointermove", (event) => { if (sweeping) sweep(event); });
  for (const name of ["pointerup", "pointercancel"]) lane.addEventListener(name, () => { sweeping = false; flush(); });

  // Keyboard
  const move = (beats, rows) => change([...chosen], (note) => { setPlace(note, placeOf(note) + beats); setRow(note, note.row + rows); });
  const stretch = (beats) => change([...chosen], (note) => setLength(note, note.length + beats > 1 / 64 ? note.length + beats : note.length));
  const louder = (by) => change([...chosen], (note) => { setVelocity(note, note.velocity + by); lastVelocity = note.velocity; });
  function neighbour(from, by) {
    const ordered = [...notes].sort((a, b) => placeOf(a) - placeOf(b) || b.row - a.row);
    const index = from ? ordered.indexOf(from) + by : by > 0 ? 0 : ordered.length - 1;
    const next = ordered[Math.max(0, Math.min(ordered.length - 1, index))];
    if (next) { chosen = new Set([next]); mark(); next.node.focus(); }
  }
  const ONE_NOTE = {
    arrowleft: () => move(-step, 0), arrowright: () => move(step, 0), arrowup: () => move(0, -1), arrowdown: () => move(0, 1),
    "Shift+arrowleft": () => stretch(-step), "Shift+arrowright": () => stretch(step),
    "Shift+arrowup": () => move(0, data.drums ? -1 : -12), "Shift+arrowdown": () => move(0, data.drums ? 1 : 12),
    "Alt+arrowup": () => louder(5), "Alt+arrowdown": () => louder(-5),
  };
  const walk = (beats, rows) => () => {
    cursor = { at: tidy(Math.max(0, Math.min(total() - step, cursor.at + beats * step))), row: Math.max(0, Math.min(data.rows.length - 1, cursor.row + rows)) };
    placeCursor();
    const note = under();
    live.textContent = note ? words(note) : `${data.rows[cursor.row].label}, bar ${data.first + Math.floor(cursor.at / data.bar_beats + 1e-6)} beat ${Number(((cursor.at % data.bar_beats) + 1).toFixed(2))}: empty`;
    grid.querySelector(".bf-cursor").scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const under = () => notes.find((note) => note.row === cursor.row && cursor.at > placeOf(note) - 1e-6 && cursor.at < placeOf(note) + note.length - 1e-6);
  const GROUND = {
    arrowleft: walk(-1, 0), arrowright: walk(1, 0), arrowup: walk(0, -1), arrowdown: walk(0, 1),
    enter: () => {
      const note = under() || newNote(cursor.at, cursor.row);
      if (!note.was) add(note);
      chosen = new Set([note]);
      mark();
      note.node.focus();
    },
  };
  grid.addEventListener("keydown", (event) => {
    const note = noteOf(event.target);
    const key = `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.shiftKey ? "Shift+" : ""}${event.altKey ? "Alt+" : ""}${event.key.toLowerCase()}`;
    const both = {
      "Ctrl+arrowright": () => neighbour(note, 1), "Ctrl+arrowleft": () => neighbour(note, -1),
      "Ctrl+a": () => { chosen = new Set(notes); mark(); },
      delete: remove, backspace: remove, d: () => setPencil(!pencil),
      escape: () => { flush(); chosen = new Set(); mark(); if (note) cursor = { at: placeOf(note), row: note.row }; placeCursor(); grid.focus(); },
    };
    const act = (note ? ONE_NOTE[key] : GROUND[key]) || both[key];
    if (!act) { if (key === "Ctrl+z") flush(); return; }
    event.preventDefault();
    event.stopPropagation();
    if (note && !chosen.has(note)) select(note);
    act();
    if (note && ONE_NOTE[key]) later();
  });
  grid.addEventListener("focusin", (event) => {
    const note = noteOf(event.target);
    if (note && !chosen.has(note) && !gesture) select(note);
  });
  return {
    show: (fresh) => { hint.hidden = true; box.hidden = false; show(fresh); },
    refused: lanes.refused,
    accepted: lanes.accepted,
    hint: (on) => { if (data) flush(); hint.hidden = !on; box.hidden = on || !data; },
  };
}
