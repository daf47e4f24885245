// The piano roll: draws what Python worked out, zooms, pans, tells of the note under the pointer, follows a player.
function render({ model, el }) {
  const data = model.get("data");
  const INK = "#1d2330", MUTED = "#667085", GRID = "#e4e7ec";
  const LEFT = 74, TOP = 40, BOTTOM = 22, LANE = 17, GAP = 8;
  const shell = bfMake("div", "bf-roll-shell", el);
  const bar = bfMake("div", "bf-roll-bar", shell);
  const canvas = bfMake("canvas", "bf-roll", shell);
  const tip = bfMake("div", "bf-tip", shell);
  tip.hidden = true;
  const hidden = new Set();
  let from = 0, to = data.duration, drag = null, head = model.get("playhead_seconds");

  data.elements.forEach((element, index) => {
    const key = bfMake("button", "bf-legend", bar);
    key.type = "button";
    key.title = `Show or hide ${element.name}`;
    key.setAttribute("aria-pressed", "true");
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
    const key = bfMake("button", "bf-tool", tools, text);
    key.type = "button";
    key.title = title;
    key.onclick = () => (factor ? zoom(factor, (from + to) / 2) : view(0, data.duration));
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
    canvas.width = Math.round(w * scale);
    canvas.height = Math.round(h * scale);
    const g = canvas.getContext("2d");
    g.setTransform(scale, 0, 0, scale, 0, 0);
    g.fillStyle = "#fff";
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
    if (head >= 0) {
      g.fillStyle = "#c8352b";
      g.fillRect(x(head) - 0.75, TOP - 16, 1.5, h - TOP - BOTTOM + 16);
    }
    g.restore();
    margin(g, h);
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
      g.fillStyle = "#c3c8d4";
      g.fillRect(left, 0, 1, floor);
      g.fillStyle = MUTED;
      g.save();
      g.beginPath();
      g.rect(left, 0, right - left - 4, TOP);
      g.clip();
      g.fillText(s.name, Math.max(left, LEFT) + 5, 14);
      g.restore();
    }
    const perBar = (w - LEFT) / ((to - from) / data.bar_seconds);
    const every = [1, 2, 4, 8, 16, 32].find((n) => n * perBar > 34) || 64;
    g.font = "11px system-ui, 'DejaVu Sans', sans-serif";
    const last = Math.ceil(data.duration / data.bar_seconds);
    for (let b = Math.max(0, Math.floor(from / data.bar_seconds)); b < last && b * data.bar_seconds <= to; b++) {
      const left = x(b * data.bar_seconds);
      if (perBar > 6) { g.fillStyle = GRID; g.fillRect(left, TOP, 1, floor - TOP); }
      if (b % every === 0) { g.fillStyle = MUTED; g.fillText(String(b + 1), left + 3, h - 7); }
      if (perBar > 120) {
        g.fillStyle = "#f0f2f6";
        for (let k = 1; k < data.beats; k++) g.fillRect(x((b + k / data.beats) * data.bar_seconds), TOP, 1, floor - TOP);
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
  function margin(g, h) {
    g.fillStyle = "#fff";
    g.fillRect(0, 0, LEFT, h);
    g.font = "11px system-ui, 'DejaVu Sans', sans-serif";
    g.textAlign = "right";
    g.fillStyle = MUTED;
    for (let p = data.low; p <= data.high; p++) if (p % 12 === 0) g.fillText(`C${p / 12 - 1}`, LEFT - 7, y(p) + rowHeight());
    data.lanes.forEach((lane, index) => g.fillText(lane, LEFT - 7, laneY(index) + 12));
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
  canvas.addEventListener("pointerdown", (event) => {
    drag = { px: event.clientX, from, to, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drag) return hover(event);
    const shift = ((event.clientX - drag.px) / (width() - LEFT)) * (drag.to - drag.from);
    if (Math.abs(event.clientX - drag.px) > 3) drag.moved = true;
    if (drag.moved) view(drag.from - shift, drag.to - shift);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (drag && !drag.moved) {
      const at = canvas.getBoundingClientRect();
      model.set("seek_seconds", Math.max(0, Math.min(data.duration, seconds(event.clientX - at.left))));
      model.save_changes();
    }
    drag = null;
  });
  canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
  const follow = () => {
    head = model.get("playhead_seconds");
    if (head > to || head < from) { if (to - from < data.duration) return view(head, head + (to - from)); }
    draw();
  };
  model.on("change:playhead_seconds", follow);
  canvas.style.height = `${Math.max(data.high < data.low ? 0 : 260, TOP + BOTTOM + lanesHeight + (data.high - data.low + 1) * 6)}px`;
  const watcher = new ResizeObserver(draw);
  watcher.observe(canvas);
  draw();
  return () => { watcher.disconnect(); model.off("change:playhead_seconds", follow); };
}
export default { render };
