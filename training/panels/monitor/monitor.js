// A training while it runs: its curves, its speed, and what the network writes at each moment, heard in step.
function render({ model, el }) {
  const frame = bfPanel(el, model, "training", `Training: ${model.get("element")}`);
  const { shell, head, body, ask, on } = frame;
  const WORDS = { ready: "Start", stopped: "Go on", failed: "Try again" };
  const start = bfButton("bf-tool bf-main", head, "Start", "Begin, or go on from the last checkpoint", () => ask("start"));
  const stop = bfButton("bf-tool", head, "Stop", "Write a checkpoint and stop; Go on takes it up", () => ask("stop"));
  const figures = bfMake("span", "bf-read", head);
  const link = bfMake("a", "", head, "this run in MLflow");
  link.target = "_blank";
  link.rel = "noopener";
  const kept = bfMake("div", "bf-tools", body), named = bfMake("label", "bf-slider", kept, "Keep as"), name = bfMake("input", "bf-song-input", named);
  Object.assign(name, { type: "text", value: `my-${model.get("element")}` });
  const keep = () => ask("keep", { name: name.value.trim() });
  name.onkeydown = (event) => { if (event.key === "Enter") { event.preventDefault(); keep(); } };
  bfButton("bf-tool", kept, "Keep", "Keep the trained network under this name: songs can use it, and it can be compared with others", keep);
  on(["has_weights", "state"], () => { kept.hidden = !model.get("has_weights") || ["reading", "learning"].includes(model.get("state")); });
  const panes = bfMake("div", "bf-panes", body);
  const pane = (title, label) => {
    const box = bfMake("div", "bf-pane", panes);
    bfMake("h4", "", box, title);
    return bfChart(box, label);
  };
  const loss = pane("Loss while learning", "Loss while learning"), nats = pane("Nats a note on validation, by field", "Validation");
  const row = bfMake("div", "bf-choices", body);
  const engine = bfEngine({ onState: (playing) => { play.classList.toggle("bf-playing", playing); play.setAttribute("aria-label", playing ? "Pause" : "Play"); }, onTick: () => {} });
  const play = bfButton("bf-play", row, "", "Play", () => engine.toggle());
  play.disabled = true;
  const label = bfMake("label", "bf-slider", row, "Song"), song = bfMake("select", "bf-select", label);
  song.onchange = () => hear(shown);
  const moments = bfMake("span", "bf-choices", row);
  moments.setAttribute("role", "group");
  moments.setAttribute("aria-label", "What the network writes, by step");
  const roll = bfMake("img", "bf-sample", body);
  roll.hidden = true;
  Object.assign(roll.style, { maxWidth: "100%", marginTop: "8px", borderRadius: "8px" });
  let shown = "", address = "";

  const COLOURS = ["#4a6fd1", "#c2543d", "#2e8b57", "#a86a1d", "#7a5fb5", "#3f8fa3"];
  const hear = (moment) => { if (moment) ask("hear", { moment, song: Number(song.value) }); };
  on(["state"], () => {
    const state = model.get("state");
    start.hidden = !WORDS[state];
    start.textContent = WORDS[state] || "";
    stop.hidden = !["reading", "learning"].includes(state);
    shell.dataset.state = state;
  });
  on(["step", "steps", "speed"], () => {
    const speed = model.get("speed"), left = speed > 0 ? (model.get("steps") - model.get("step")) / speed : 0;
    figures.textContent = model.get("step") ? `step ${model.get("step")} of ${model.get("steps")}, ${speed.toFixed(1)} steps a second${left ? `, ${bfClock(left)} left` : ""}` : "";
  });
  on(["url"], () => { link.hidden = !model.get("url"); link.href = model.get("url") || "#"; });
  on(["losses", "validation"], () => {
    const losses = model.get("losses"), accent = "--bf-accent";
    const smooth = [];
    losses.reduce((held, [step, value]) => { const next = held === null ? value : 0.85 * held + 0.15 * value; smooth.push([step, next]); return next; }, null);
    const x = [0, model.get("steps")];
    loss.draw({ lines: [{ values: losses, colour: accent, faint: true }, { name: smooth.length ? smooth[smooth.length - 1][1].toFixed(2) : "", values: smooth, colour: accent, width: 2 }], x, xTitle: "step", yTitle: "loss", xWhole: true });
    loss.tell(smooth.length ? `Loss while learning: ${smooth[0][1].toFixed(2)} at step ${smooth[0][0]}, ${smooth[smooth.length - 1][1].toFixed(2)} at step ${smooth[smooth.length - 1][0]}` : "Loss while learning: nothing yet");
    const fields = Object.entries(model.get("validation"));
    nats.draw({
      lines: fields.map(([name, values], index) => ({ name: name === "nll" ? "total" : name, values, colour: name === "nll" ? "--bf-ink" : COLOURS[index % COLOURS.length], width: name === "nll" ? 2.5 : 1.5 })),
      x, y: [0, undefined], xTitle: "step", yTitle: "nats a note", xWhole: true,
    });
    nats.tell(`Nats a note on validation: ${fields.map(([name, values]) => `${name === "nll" ? "total" : name} ${values[values.length - 1][1].toFixed(3)}`).join(", ") || "nothing yet"}`);
  });
  on(["songs"], () => {
    const was = song.value;
    song.replaceChildren();
    for (let number = 1; number <= model.get("songs"); number++) bfMake("option", "", song, String(number)).value = number;
    if (was && Number(was) <= model.get("songs")) song.value = was;
  });
  function choices() {
    row.hidden = !model.get("moments").length;
    moments.replaceChildren();
    for (const { name, title } of model.get("moments"))
      bfButton("bf-tool", moments, title, `Hear ${title}`, () => hear(name)).setAttribute("aria-pressed", String(name === shown));
  }
  on(["moments"], choices);
  const heard = async (content, buffers) => {
    if (!content.sound) return;
    await engine.load(content.sound, buffers.slice(0, 1));
    shown = content.sound.moment;
    URL.revokeObjectURL(address);
    address = URL.createObjectURL(new Blob([buffers[1]], { type: "image/png" }));
    roll.src = address;
    roll.alt = `Piano roll of ${shown}`;
    roll.hidden = false;
    play.disabled = false;
    choices();
    shell.dataset.heard = shown;
  };
  model.on("msg:custom", heard);
  frame.onEnd(() => model.off("msg:custom", heard));
  shell.dataset.loaded = "true";
  return () => { URL.revokeObjectURL(address); frame.dispose(); loss.dispose(); nats.dispose(); engine.dispose(); };
}
export default { render };
