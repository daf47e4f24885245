// Tracks of two runs: a table with lights, both versions in step under one playhead, metrics in their bands, remarks.
function render({ model, el }) {
  const frame = bfPanel(el, model, "tracks", "Tracks");
  const { shell, body, ask, on } = frame;
  const names = model.get("names"), WORDS = { ok: "good", warn: "look", fail: "failure" };
  let shown = 0, which = names[names.length - 1], waves = [];
  const engine = bfEngine({
    onState: (playing) => transport.state(playing),
    onTick: (at) => {
      waves.forEach((wave) => wave.place(at));
      clock.textContent = `${bfClock(at)} of ${bfClock(engine.seconds)}`;
      now = at;
      if (!engine.playing || performance.now() - shown < 60) return;
      shown = performance.now();
      transport.show(engine.levels());
    },
  });
  let now = 0;
  const move = (by) => { const all = model.get("tracks"), at = all.findIndex((one) => one.id === model.get("track")); const next = all[Math.max(0, Math.min(all.length - 1, at + by))]; if (next && next.id !== model.get("track")) ask("choose", { track: next.id }); };
  const keys = { c: () => say.focus(), n: () => move(1), p: () => move(-1), arrowleft: () => engine.seek(now - 5), arrowright: () => engine.seek(Math.min(now + 5, engine.seconds - 0.1)) };
  names.forEach((name, index) => { keys["ab"[index]] = () => hear(name); });
  const transport = bfTransport(frame, engine, { keys });
  const clock = bfMake("span", "bf-read", transport.row, "");
  const list = bfMake("div", "", body), box = bfMake("div", "", body);
  box.hidden = true;
  const title = bfMake("div", "bf-choices", box), lines = bfMake("div", "bf-waves", box), row = bfMake("div", "bf-choices", box);
  const say = bfMake("input", "bf-say", row);
  Object.assign(say, { type: "text", maxLength: 2000, placeholder: "remark at this time (C)" });
  say.setAttribute("aria-label", "Remark at the time that is heard");
  const keep = () => { if (say.value.trim()) ask("remark", { seconds: now, text: say.value, version: which, page: location.origin + location.pathname }); say.value = ""; };
  say.onkeydown = (event) => { if (event.key === "Enter") keep(); if (event.key === "Escape") shell.focus(); };
  bfButton("bf-tool bf-main", row, "Keep", "Keep the remark at this time", keep);
  const remarked = bfMake("ul", "bf-remarks", box), metrics = bfMake("div", "", box);
  bfMake("p", "bf-keys-help", body, "Keys: space plays, A and B switch, left and right move by 5 s, N and P choose tracks, C writes a remark.");

  function hear(name) {
    which = name;
    for (const one of names) engine.shape(one, { gain: one === which ? 1 : 0 });
    for (const line of lines.querySelectorAll(".bf-line")) {
      line.classList.toggle("bf-on", line.dataset.name === which);
      line.querySelector("button").setAttribute("aria-pressed", String(line.dataset.name === which));
    }
    shell.dataset.version = which;
  }
  const light = (kind, text) => {
    const own = bfMake("span", "");
    bfMake("i", `bf-light bf-${kind}`, own);
    own.append(text || WORDS[kind]);
    return own;
  };
  // Checks by their names; the codes, which commands print, at a closer look.
  const checked = ({ light: kind, checks }) => {
    const own = light(kind, checks.map((one) => one.title).join(", "));
    own.title = checks.map((one) => `${one.code} ${one.title}`).join(", ");
    return own;
  };
  on(["tracks", "track", "urls"], () => {
    list.replaceChildren();
    const all = model.get("tracks"), urls = model.get("urls");
    const link = (id) => {
      if (!urls[id]) return "";
      const own = bfMake("a", "", null, "MLflow");
      Object.assign(own, { href: urls[id], target: "_blank", rel: "noopener" });
      own.setAttribute("aria-label", `${id} in MLflow`);
      return own;
    };
    const table = bfTable(list, `Tracks of ${names[names.length - 1]}`, ["track", "checks", "style", "seed", ...(names.length > 1 ? ["down", "up"] : []), "remarks", "run"], all.map((one) => [one.id, checked(one), one.style, String(one.seed), ...(names.length > 1 ? [String(one.down), String(one.up)] : []), one.remarks ? String(one.remarks) : "", link(one.id)]), (index) => ask("choose", { track: all[index].id }));
    table.rows.forEach((tr, index) => tr.classList.toggle("bf-on", all[index].id === model.get("track")));
    if (names.length > 1) bfMake("p", "bf-hint", list, "Down and up count the metrics of one track that moved by more than counts, for worse and for better. One track may do so by chance: what the version made worse or better is told over all tracks.");
    box.hidden = !model.get("track");
    title.replaceChildren();
    bfMake("b", "", title, model.get("track"));
  });
  on(["metrics", "reference"], () => {
    metrics.replaceChildren();
    const text = (value) => (value === null ? "" : String(Number(value.toPrecision(4))));
    bfTable(metrics, `Metrics${model.get("reference") ? `, beside ${model.get("reference")}` : ""}`, ["", "metric", ...(names.length > 1 ? [names[0]] : []), names[names.length - 1], "unit", "references, 10 to 90 %"], model.get("metrics").map((one) => [
      light(one.light, one.verdict || (one.light === "warn" ? "outside" : "")), one.title, ...(names.length > 1 ? [text(one.before)] : []), text(one.now), one.unit, one.band ? band(one) : "",
    ]));
  });
  // The band of the references, its median, and where the versions lie.
  function band({ title: name, band: [low, middle, high], before, now: value, light: kind }) {
    const NS = "http://www.w3.org/2000/svg", svg = document.createElementNS(NS, "svg");
    svg.setAttribute("class", "bf-band");
    svg.setAttribute("viewBox", "0 0 150 14");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", `${name}: ${value.toPrecision(4)}; references from ${low.toPrecision(4)} over ${middle.toPrecision(4)} to ${high.toPrecision(4)}`);
    const room = high - low, x = (at) => 8 + 134 * Math.max(0, Math.min(1, (at - low + room) / (3 * room)));
    const add = (tag, fields) => { const node = document.createElementNS(NS, tag); for (const [key, one] of Object.entries(fields)) node.setAttribute(key, one); svg.appendChild(node); };
    add("rect", { x: x(low), y: 3, width: x(high) - x(low), height: 8, rx: 3, fill: "var(--bf-edge)" });
    add("rect", { x: x(middle) - 0.75, y: 1, width: 1.5, height: 12, fill: "var(--bf-muted)" });
    if (before !== null) add("circle", { cx: x(before), cy: 7, r: 3.5, fill: "none", stroke: "var(--bf-ink)", "stroke-width": 1.3 });
    add("circle", { cx: x(value), cy: 7, r: 4, fill: kind === "ok" ? "#2e8b57" : kind === "warn" ? "#d08a1d" : "#c8352b" });
    return svg;
  }
  on(["remarks"], remarks);
  function remarks() {
    remarked.replaceChildren();
    for (const pin of lines.querySelectorAll(".bf-pin")) pin.remove();
    const wave = lines.querySelector(".bf-wave");
    model.get("remarks").forEach((one, index) => {
      const item = bfMake("li", "", remarked);
      bfButton("bf-link", item, bfClock(one.seconds), `Hear ${bfClock(one.seconds)}`, () => { if (names.includes(one.version)) hear(one.version); engine.seek(one.seconds); });
      bfMake("span", "", item, `${one.text} (${one.reviewer}, ${one.version})`);
      bfButton("bf-tool", item, "Take back", `Take back the remark at ${bfClock(one.seconds)}`, () => ask("withdraw", { number: index }));
      if (!wave || !engine.seconds) return;
      const pin = bfButton("bf-pin", wave, "", `${bfClock(one.seconds)}: ${one.text}`, (event) => { event.stopPropagation(); engine.seek(one.seconds); });
      pin.style.left = `${(100 * one.seconds) / engine.seconds}%`;
    });
  }
  const heard = async (content, buffers) => {
    if (!content.sound) return;
    const playing = engine.playing;
    engine.pause();
    await engine.load({ ...content.sound, bars: [content.sound.track] }, buffers);
    waves.forEach((wave) => wave.dispose());
    lines.replaceChildren();
    waves = content.sound.names.map((name, index) => {
      const line = bfMake("div", "bf-line", lines);
      line.dataset.name = name;
      bfButton("bf-tool", line, names.length > 1 ? `${"AB"[index]}: ${name}` : name, `Hear ${name}`, () => hear(name));
      return bfWave(line, engine, name, "--bf-accent");
    });
    hear(content.sound.names.includes(which) ? which : content.sound.names[0]);
    waves.forEach((wave) => wave.draw());
    engine.seek(0);
    remarks();
    if (playing) engine.play();
    shell.dataset.heard = content.sound.track;
  };
  model.on("msg:custom", heard);
  frame.onEnd(() => model.off("msg:custom", heard));
  ask("links");
  shell.dataset.loaded = "true";
  return () => { waves.forEach((wave) => wave.dispose()); frame.dispose(); engine.dispose(); };
}
export default { render };
