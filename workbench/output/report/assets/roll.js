// The piano roll: draws what Python worked out, zooms, pans, tells of the note under the pointer, follows a player.
// mountRoll(root, data, {onSeek, onSelect, state}) -> {follow, select, whole, state, paint, dispose}; `onSelect(first, last)`
// makes the ruler choose bars (from 1); `state` is what `state()` of another roll gave: what of the song is shown.
function mountRoll(root, data, options = {}) {
  // The margin is as wide as the roll allows.
  let LEFT = 74;
  const TOP = 40, BOTTOM = 22, LANE = 17, GAP = 8;
  const shell = bfMake("div", "bf bf-roll-shell", root);
  let INK, MUTED, GRID, PAPER;
  let chosen = null;
  const bar = bfMake("div", "bf-roll-bar", shell);
  const canvas = bfMake("canvas", "bf-roll", shell);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `Piano roll: ${data.notes.length} notes of ${data.elements.map((e) => e.name).join(", ")}`);
  const tip = bfMake("div", "bf-tip", shell);
  tip.hidden = true;
  const still = document.createElement("canvas");
  const kept = options.state || { from: 0, to: Infinity, hidden: [] };
  const hidden = new Set([...data.elements.keys()].filter((index) => kept.hidden.includes(data.elements[index].name)));
  let from = 0, to = data.duration, drag = null, head = -1;

  data.elements.forEach((element, index) => {
    const key = bfButton("bf-legend", bar, "", `Show or hide ${element.name}`);
    key.setAttribute("aria-pressed", String(!hidden.has(index)));
    bfMake("i", "", key).style.background = element.colour;
    key.appendChild(document.createTextNode(element.name));
    key.onclick = () => {
      hidden.has(index) ? hidden.delete(index) : hidden.add(index);
      key.setAttribute("aria-pressed", String(!hidden.has(index)));
      draw();
    };
  });
  const tools = bfMake("div", "bf-tools", bar);
  for (const [text, title, factor] of [["\u2212", "Zoom out", 2], ["+", "Zoom in", 0.5], ["Fit", "Show the whole song", 0]]) {
    const key = bfButton("bf-tool", tools, text, title);
    key.onclick = () => (factor ? zoom(factor, looked()) : whole());
  }

  const lanesHeight = data.lanes.length ? data.lanes.length * LANE + GAP : 0;
  const height = () => canvas.clientHeight;
  const width = () => canvas.clientWidth;
  const x = (seconds) => LEFT + ((seconds - from) / (to - from)) * (width() - LEFT);
  const seconds = (px) => from + ((px - LEFT) / (width() - LEFT)) * (to - from);
  const rowHeight = () => (height() - TOP - BOTTOM - lanesHeight) / (data.high - data.low + 1);
  const y = (pitch) => TOP + (data.high - pitch) * rowHeight();
  const laneY = (lane) => height() - BOTTOM - (lane + 1) * LANE;

  function view(a, b) {
    const span = Math.min(data.duration, Math.max(data.bar_seconds / 2, b - a));
    from = Math.max(0, Math.min(a, data.duration - span));
    to = from + span;
    draw();
  }
  const whole = () => view(0, data.duration);
  // What is zoomed into: the chosen bars where they are seen, else the middle.
  function looked() {
    const at = chosen ? (data.bars[chosen[0] - 1] + data.bars[chosen[1]]) / 2 : -1;
    return at >= from && at <= to ? at : (from + to) / 2;
  }
  function zoom(factor, at) {
    const share = (at - from) / (to - from);
    const span = (to - from) * factor;
    view(at - share * span, at + (1 - share) * span);
  }
  function box(note) {
    const [start, length, row, , , drum] = note;
    const left = x(start);
    if (drum) return [left, laneY(row) + 2, Math.max(2.5, Math.min(x(start + length) - left, 7)), LANE - 4];
    return [left, y(row), Math.max(2, x(start + length) - left - 0.5), Math.max(2.5, rowHeight() - 0.8)];
  }
  function draw() {
    const scale = window.devicePixelRatio || 1;
    const w = width(), h = height();
    if (!w) return;
    LEFT = w < 420 ? 48 : 74;
    canvas.width = still.width = Math.round(w * scale);
    canvas.height = still.height = Math.round(h * scale);
    const g = still.getContext("2d");
    g.setTransform(scale, 0, 0, scale, 0, 0);
    [INK, MUTED, GRID, PAPER] = ["--bf-ink", "--bf-muted", "--bf-line", "--bf-paper"].map((name) => bfColour(shell, name));
    g.fillStyle = PAPER;
    g.fillRect(0, 0, w, h);
    g.save();
    g.beginPath();
    g.rect(LEFT, 0, w - LEFT, h);
    g.clip();
    grid(g, w, h);
    for (const note of data.notes) {
      if (hidden.has(note[4]) || note[0] > to || note[0] + note[1] < from - 1) continue;
      g.globalAlpha = 0.4 + (0.6 * note[3]) / 127;
      g.fillStyle = data.elements[note[4]].colour;
      const [bx, by, bw, bh] = box(note);
      g.beginPath();
      g.roundRect(bx, by, bw, bh, Math.min(2, bh / 2));
      g.fill();
    }
    g.globalAlpha = 1;
    if (chosen) {
      g.fillStyle = data.accent;
      g.globalAlpha = 0.16;
      g.fillRect(x(data.bars[chosen[0] - 1]), 0, x(data.bars[chosen[1]]) - x(data.bars[chosen[0] - 1]), h - BOTTOM);
      g.globalAlpha = 1;
    }
    g.restore();
    margin(g, h);
    show();
  }
  // What was drawn, and the line that follows the sound: all that changes from frame to frame.
  function show() {
    if (!still.width || !canvas.width) return;
    const scale = window.devicePixelRatio || 1, g = canvas.getContext("2d");
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.drawImage(still, 0, 0);
    if (head < from || head > to) return;
    g.setTransform(scale, 0, 0, scale, 0, 0);
    g.fillStyle = "#c8352b";
    g.fillRect(x(head) - 0.75, TOP - 16, 1.5, height() - TOP - BOTTOM + 16);
  }
  function grid(g, w, h) {
    const floor = h - BOTTOM;
    g.font = "600 12px system-ui, 'DejaVu Sans', sans-serif";
    for (const s of data.sections) {
      const left = x(s.start), right = x(s.end);
      g.globalAlpha = 0.02 + 0.11 * s.energy;
      g.fillStyle = data.accent;
      g.fillRect(left, TOP, right - left, floor - TOP);
      g.globalAlpha = 1;
      g.fillStyle = bfColour(shell, "--bf-edge");
      g.fillRect(left, 0, 1, floor);
      g.fillStyle = MUTED;
      const at = Math.max(left, LEFT) + 5;
      g.fillText(fitted(g, s.name, right - at - 2), at, 14);
    }
    const perBar = (w - LEFT) / ((to - from) / data.bar_seconds);
    const every = [1, 2, 4, 8, 16, 32].find((n) => n * perBar > 34) || 64;
    g.font = "11px system-ui, 'DejaVu Sans', sans-serif";
    for (let b = 0; b < data.bars.length - 1; b++) {
      if (data.bars[b + 1] < from || data.bars[b] > to) continue;
      const left = x(data.bars[b]), next = x(data.bars[b + 1]);
      if (perBar > 6) { g.fillStyle = GRID; g.fillRect(left, TOP, 1, floor - TOP); }
      if (b % every === 0) { g.fillStyle = MUTED; g.fillText(String(b + 1), left + 3, h - 7); }
      if (perBar > 120) {
        g.fillStyle = GRID;
        for (let k = 1; k < data.beats; k++) g.fillRect(left + (k / data.beats) * (next - left), TOP, 1, floor - TOP);
      }
    }
    g.fillStyle = GRID;
    for (let p = data.low; p <= data.high; p++) if (p % 12 === 0) g.fillRect(LEFT, y(p) + rowHeight(), w, 1);
    if (lanesHeight) g.fillRect(LEFT, floor - lanesHeight + GAP / 2, w, 1);
    g.fillStyle = INK;
    let free = -1e9, shown = "";
    for (const c of data.chords) {
      const left = x(c.start);
      if (left < free || c.symbol === shown || left > w) continue;
      g.fillText(c.symbol, left + 4, 32);
      free = left + g.measureText(c.symbol).width + 9;
      shown = c.symbol;
    }
  }
  // A text that is shortened where it has no room.
  function fitted(g, text, room) {
    let length = text.length;
    const shown = () => (length === text.length ? text : `${text.slice(0, length)}\u2026`);
    while (length && g.measureText(shown()).width > room) length -= 1;
    return length ? shown() : "";
  }
  function margin(g, h) {
    g.fillStyle = PAPER;
    g.fillRect(0, 0, LEFT, h);
    g.font = "11px system-ui, 'DejaVu Sans', sans-serif";
    g.textAlign = "right";
    g.fillStyle = MUTED;
    for (let p = data.low; p <= data.high; p++) if (p % 12 === 0) g.fillText(`C${p / 12 - 1}`, LEFT - 7, y(p) + rowHeight());
    data.lanes.forEach((lane, index) => g.fillText(fitted(g, lane, LEFT - 9), LEFT - 7, laneY(index) + 12));
    g.fillText("bar", LEFT - 7, h - 7);
    g.textAlign = "left";
  }
  const NAMES = ["C", "C\u266f", "D", "E\u266d", "E", "F", "F\u266f", "G", "A\u266d", "A", "B\u266d", "B"];
  function hover(event) {
    const at = canvas.getBoundingClientRect();
    const px = event.clientX - at.left, py = event.clientY - at.top;
    const hit = data.notes.find((note) => {
      if (hidden.has(note[4])) return false;
      const [bx, by, bw, bh] = box(note);
      return px >= bx - 1 && px <= bx + bw + 1 && py >= by && py <= by + bh;
    });
    tip.hidden = !hit;
    if (!hit) return;
    const [start, , row, velocity, element, drum, place] = hit;
    const name = drum ? data.lanes[row] : `${NAMES[row % 12]}${Math.floor(row / 12) - 1}`;
    tip.textContent = `${data.elements[element].name}: ${name}, velocity ${velocity}, bar ${place}, ${start.toFixed(2)} s`;
    tip.style.left = `${Math.min(px + 14, width() - 260)}px`;
    tip.style.top = `${py + 46}px`;
  }
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return;
    event.preventDefault();
    const at = canvas.getBoundingClientRect();
    zoom((event.deltaY || event.deltaX) > 0 ? 1.25 : 0.8, seconds(event.clientX - at.left));
  }, { passive: false });
  const barAt = (px) => {
    const at = Math.max(0, Math.min(data.duration - 1e-6, seconds(px)));
    return Math.max(1, data.bars.findIndex((start) => start > at));
  };
  const placeOf = (event) => {
    const at = canvas.getBoundingClientRect();
    return [event.clientX - at.left, event.clientY - at.top];
  };
  function select(first, last) {
    chosen = first ? [Math.min(first, last), Math.max(first, last)] : null;
    draw();
  }
  canvas.addEventListener("pointerdown", (event) => {
    const [px, py] = placeOf(event);
    drag = { px: event.clientX, from, to, moved: false, bar: options.onSelect && (py < TOP || py > height() - BOTTOM) ? barAt(px) : 0, high: py < 18 };
    canvas.setPointerCapture(event.pointerId);
    if (drag.bar) select(drag.bar, drag.bar);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drag) return hover(event);
    const shift = ((event.clientX - drag.px) / (width() - LEFT)) * (drag.to - drag.from);
    if (Math.abs(event.clientX - drag.px) > 3) drag.moved = true;
    if (drag.bar) return drag.moved && select(drag.bar, barAt(placeOf(event)[0]));
    if (drag.moved) view(drag.from - shift, drag.to - shift);
  });
  canvas.addEventListener("pointerup", (event) => {
    const held = drag;
    drag = null;
    if (!held) return;
    if (held.bar) {
      // A click on a section's name takes all of it.
      const section = held.high && !held.moved && data.sections.find((s) => data.bars[held.bar - 1] < s.end - 1e-3);
      if (section) select(bar1(section.start), bar1(section.end) - 1);
      return options.onSelect(...chosen);
    }
    if (!held.moved && options.onSeek) options.onSeek(Math.max(0, Math.min(data.duration, seconds(placeOf(event)[0]))));
  });
  const bar1 = (start) => data.bars.findIndex((at) => at > start - 1e-3) + 1;
  canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
  function follow(at) {
    head = at;
    if ((head > to || head < from) && to - from < data.duration) return view(head, head + (to - from));
    show();
  }
  function fit() {
    const rows = data.high < data.low ? 0 : (data.high - data.low + 1) * 6;
    canvas.style.height = `${Math.max(rows ? 260 : 0, TOP + BOTTOM + lanesHeight + rows)}px`;
  }
  fit();
  const watcher = new ResizeObserver(draw);
  watcher.observe(canvas);
  const unwatch = bfOnTheme(draw);
  view(kept.from, kept.to);
  return {
    follow,
    select,
    whole,
    state: () => ({ from, to: to - from < data.duration ? to : Infinity, hidden: [...hidden].map((index) => data.elements[index].name) }),
    paint: draw,
    dispose() { watcher.disconnect(); unwatch(); },
  };
}
