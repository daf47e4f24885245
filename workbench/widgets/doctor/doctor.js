// The doctor: what was found by tool, what logs tell, and a live curve of what this kernel uses.
function render({ model, el }) {
  const frame = bfPanel(el, model, "doctor", "Doctor");
  const { shell, head, body, ask, on } = frame;
  const look = bfButton("bf-tool bf-main bf-examine", head, "Examine", "Look at machine, networks, samples, services and project", () => ask("examine"));
  const logs = bfButton("bf-tool bf-logs", head, "Read the logs", "What failed in earlier runs, how often, and what helps", () => ask("read_logs"));
  const live = bfButton("bf-tool bf-watch", head, "", "", () => ask("watch", { on: !model.get("watching") }));
  const monitor = bfMake("div", "bf-monitor", body);
  const canvas = bfMake("canvas", "bf-use", monitor);
  canvas.setAttribute("role", "img");
  const use = bfMake("div", "bf-read", monitor);
  const found = bfMake("div", "bf-findings", body);
  const failed = bfMake("div", "bf-failures", body);
  const WORDS = { ok: "good", warn: "warning", fail: "failure" };
  function table(parent, caption, names, rows) {
    const box = bfMake("div", "bf-scroll", parent);
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", caption);
    const own = bfMake("table", "", box);
    bfMake("caption", "", own, caption);
    const line = bfMake("tr", "", bfMake("thead", "", own));
    for (const name of names) bfMake("th", "", line, name).scope = "col";
    const body = bfMake("tbody", "", own);
    for (const row of rows) row(bfMake("tr", "", body));
  }
  function remedy(cell, code, text) {
    if (!code) return;
    const box = bfMake("div", "bf-remedy", cell);
    bfMake("b", "", box, code);
    box.append(` ${text}`);
  }
  function findings() {
    found.textContent = "";
    const rank = { fail: 0, warn: 1, ok: 2 };
    const all = [...model.get("findings")].sort((a, b) => rank[a.outcome] - rank[b.outcome]);
    if (!all.length) return;
    table(found, "What was found", ["", "tool", "what", "how it is"], all.map((one) => (tr) => {
      tr.className = `bf-${one.outcome}`;
      bfMake("td", "bf-outcome", tr, WORDS[one.outcome]);
      bfMake("td", "", tr, one.tool);
      bfMake("td", "", tr, one.subject);
      const cell = bfMake("td", "", tr, one.message);
      remedy(cell, one.code, `${one.meaning}: ${one.remedy}`);
    }));
  }
  function failures() {
    failed.textContent = "";
    const all = model.get("failures");
    if (!all.length) return;
    table(failed, "What failed in the logs", ["code", "what", "times", "runs", "last", "what was told"], all.map((one) => (tr) => {
      for (const text of [one.code || "unknown", one.title, String(one.count), String(one.runs), one.last]) bfMake("td", "", tr, text);
      const cell = bfMake("td", "", tr, one.example);
      remedy(cell, one.code, one.remedy);
    }));
  }
  function looks() {
    const all = model.get("looks"), on = model.get("watching");
    monitor.hidden = !on && !all.length;
    live.textContent = on ? "Stop watching" : "Watch";
    live.title = on ? "End the live look and judge what was seen" : "See what this kernel uses while something is made";
    live.setAttribute("aria-label", live.title);
    live.setAttribute("aria-pressed", String(on));
    if (monitor.hidden || !all.length) { use.textContent = on ? "looking" : ""; return; }
    const { g, w, h } = bfSharp(canvas);
    if (!w) return;
    const curve = (values, most, colour) => {
      g.strokeStyle = colour;
      g.lineWidth = 1.5;
      g.beginPath();
      values.forEach((value, i) => {
        const x = values.length > 1 ? (i / (values.length - 1)) * w : w, y = h - 2 - (h - 4) * Math.min(1, value / most);
        if (i) g.lineTo(x, y); else g.moveTo(x, y);
      });
      g.stroke();
    };
    g.fillStyle = bfColour(canvas, "--bf-line");
    g.fillRect(0, h - 1, w, 1);
    const last = all[all.length - 1];
    curve(all.map((one) => one.memory_mb), Math.max(...all.map((one) => one.memory_mb + one.free_mb)), bfColour(canvas, "--bf-muted"));
    curve(all.map((one) => one.cores), Math.max(1, ...all.map((one) => one.cores)), bfColour(canvas, "--bf-accent"));
    use.textContent = `${last.cores.toFixed(2)} cores, ${last.memory_mb.toFixed(0)} MB, read ${last.read_mb.toFixed(1)} MB, written ${last.written_mb.toFixed(1)} MB; ${(100 * last.busy).toFixed(0)} % of the processors busy`;
    canvas.setAttribute("aria-label", `Use over time: ${use.textContent}`);
  }
  on(["findings"], findings);
  on(["failures"], failures);
  on(["looks", "watching"], looks);
  on(["progress"], () => { look.disabled = logs.disabled = model.get("progress") >= 0; });
  frame.onEnd(bfOnTheme(looks));
  shell.dataset.loaded = "true";
  return frame.dispose;
}
export default { render };
