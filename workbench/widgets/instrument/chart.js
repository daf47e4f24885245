// Lines and points over two axes, on a canvas that is told in words too.
// bfChart(parent, label) -> {draw({lines, points, x, y, xTitle, yTitle, xWhole, xNames, xLog})}; with `xWhole` ticks stand at whole
// numbers only, `xNames` are words for 0, 1, 2 ..., `xLog` is an axis by ratios. A line is {name, values: [[x, y]], colour, width}, a point
// {at: [x, y], colour, ring}; a colour is a value, or the theme's by its name ("--bf-accent").
function bfChart(parent, label) {
  const canvas = bfMake("canvas", "bf-chart", parent);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  const LEFT = 44, RIGHT = 74, TOP = 22, BOTTOM = 38;
  let held = { lines: [], points: [] };
  const tidy = (value) => (Math.abs(value) >= 1000 ? `${Math.round(value / 100) / 10}k` : String(Number(value.toPrecision(3))));
  function ticks(low, high, count) {
    const raw = (high - low) / count || 1, size = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((one) => one * size).find((one) => one >= raw);
    const found = [];
    for (let at = Math.ceil(low / step) * step; at <= high + step * 1e-9; at += step) found.push(at);
    return found;
  }
  function draw(next = held) {
    held = next;
    const { g, w, h } = bfSharp(canvas);
    if (!w) return;
    const all = [...held.lines.flatMap((line) => line.values), ...(held.points || []).map((point) => point.at)].filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
    const paint = (name) => (name.startsWith("--") ? bfColour(canvas, name) : name);
    const ink = bfColour(canvas, "--bf-ink"), muted = bfColour(canvas, "--bf-muted");
    g.font = "11px system-ui, 'DejaVu Sans', sans-serif";
    if (!all.length) { g.fillStyle = muted; g.fillText("nothing yet", LEFT, h / 2); canvas.dataset.drawn = "0"; return; }
    const span = (index, given) => {
      const values = all.map((one) => one[index]), low = given && given[0] !== undefined ? given[0] : Math.min(...values), high = given && given[1] !== undefined ? given[1] : Math.max(...values);
      const room = index ? 0.06 * (high - low || 1) : 0;
      if (low === high) return [low - 0.5, high + 0.5];
      return [low - (given && given[0] !== undefined ? 0 : room), high + room];
    };
    const onX = held.xLog ? Math.log10 : Number;
    const [x0, x1] = span(0, held.x).map(onX), [y0, y1] = span(1, held.y);
    const px = (x) => LEFT + ((onX(x) - x0) / (x1 - x0)) * (w - LEFT - RIGHT), py = (y) => h - BOTTOM - ((y - y0) / (y1 - y0)) * (h - TOP - BOTTOM);
    for (const at of ticks(y0, y1, 4)) {
      g.globalAlpha = 0.3; g.fillStyle = muted; g.fillRect(LEFT, py(at), w - LEFT - RIGHT, 1); g.globalAlpha = 1;
      g.fillStyle = muted; g.textAlign = "right"; g.fillText(tidy(at), LEFT - 6, py(at) + 4);
    }
    g.textAlign = "center";
    g.fillStyle = muted;
    // Of ticks that would touch, the later one is left out.
    let free = -Infinity;
    for (const [at, text] of marks()) {
      const half = g.measureText(text).width / 2;
      if (px(at) - half < free) continue;
      g.fillRect(px(at), h - BOTTOM, 1, 4);
      g.fillText(text, px(at), h - BOTTOM + 15);
      free = px(at) + half + 8;
    }
    if (held.xTitle) g.fillText(held.xTitle, LEFT + (w - LEFT - RIGHT) / 2, h - 7);
    g.textAlign = "left";
    if (held.yTitle) g.fillText(held.yTitle, 6, 13);
    function marks() {
      if (held.xNames) return held.xNames.map((name, index) => [index, name]);
      const values = [...new Set(all.map(([x]) => x))].sort((a, b) => a - b);
      // Few values are marked where they are.
      if (values.length < 4 || held.xLog) return values.map((at) => [at, tidy(at)]);
      return ticks(x0, x1, 5).filter((at) => !held.xWhole || Number.isInteger(at)).map((at) => [at, tidy(at)]);
    }
    const ends = [];
    for (const { name, values, colour = "--bf-ink", width = 1.5, faint = false } of held.lines) {
      if (!values.length) continue;
      g.globalAlpha = faint ? 0.35 : 1;
      g.strokeStyle = g.fillStyle = paint(colour);
      g.lineWidth = width;
      g.beginPath();
      values.forEach(([x, y], index) => (index ? g.lineTo(px(x), py(y)) : g.moveTo(px(x), py(y))));
      g.stroke();
      if (values.length < 30 && !faint) for (const [x, y] of values) { g.beginPath(); g.arc(px(x), py(y), 2.5, 0, 7); g.fill(); }
      g.globalAlpha = 1;
      const [x, y] = values[values.length - 1];
      if (name) ends.push({ name, x: px(x), y: py(y) });
    }
    // Names at the ends of lines, moved apart.
    ends.sort((a, b) => a.y - b.y);
    ends.forEach((end, index) => { if (index && end.y < ends[index - 1].y + 13) end.y = ends[index - 1].y + 13; });
    for (let index = ends.length - 1, most = h - BOTTOM - 6; index >= 0; index--, most -= 13) ends[index].y = Math.min(ends[index].y, most);
    for (const { name, x, y } of ends) { g.fillStyle = ink; g.fillText(name, Math.min(x + 5, w - RIGHT + 4), y + 4); }
    for (const { at: [x, y], colour = "--bf-ink", ring = false } of held.points || []) {
      g.beginPath();
      g.arc(px(x), py(y), 4, 0, 7);
      g.lineWidth = 1.5;
      g.strokeStyle = g.fillStyle = paint(colour);
      if (ring) g.stroke(); else g.fill();
    }
    canvas.dataset.drawn = String(all.length);
  }
  const resized = new ResizeObserver(() => requestAnimationFrame(() => draw()));
  resized.observe(canvas);
  const themed = bfOnTheme(() => draw());
  return { draw, canvas, tell: (text) => canvas.setAttribute("aria-label", text), dispose: () => { resized.disconnect(); themed(); } };
}
