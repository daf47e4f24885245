// A sweep: trials by number, a parameter against the value, learning curves, and the table.
function render({ model, el }) {
  const frame = bfPanel(el, model, "sweep", `Sweep: ${model.get("study")}`);
  const { shell, head, body, ask, on } = frame;
  bfButton("bf-tool", head, "Look again", "Read the trials as they are now", () => ask("look"));
  const follow = bfButton("bf-tool", head, "Follow", "Look again every few seconds", () => ask("follow", { on: !model.get("following") }));
  const best = bfMake("p", "", body);
  const panes = bfMake("div", "bf-panes", body);
  const pane = (title, label) => {
    const box = bfMake("div", "bf-pane", panes), line = bfMake("h4", "", box, title);
    return { line, chart: bfChart(box, label) };
  };
  const byTrial = pane("Nats a note by trial, and the best so far", "Value by trial"), byParameter = pane("", "Value by parameter"), curves = pane("Nats a note by step", "Learning curves");
  const which = bfMake("select", "bf-select", byParameter.line);
  which.setAttribute("aria-label", "Parameter");
  which.onchange = () => draw();
  const list = bfMake("div", "", body);
  const text = (value) => (typeof value === "number" ? String(Number(value.toPrecision(4))) : value === null || value === undefined ? "" : String(value));
  function draw() {
    const all = model.get("trials").filter((trial) => trial.value !== null), accent = "--bf-accent", muted = "--bf-muted";
    const point = (trial, x) => ({ at: [x, trial.value], colour: trial.state === "complete" ? accent : muted, ring: trial.state !== "complete" });
    let least = Infinity;
    const steps = all.filter((trial) => trial.state === "complete").map((trial) => { least = Math.min(least, trial.value); return [trial.number, least]; });
    byTrial.chart.draw({ lines: [{ name: steps.length ? least.toFixed(3) : "", values: steps, colour: accent, faint: false }], points: all.map((trial) => point(trial, trial.number)), xTitle: "trial", yTitle: "nats a note", xWhole: true });
    byTrial.chart.tell(`Value by trial: ${all.length} trials${steps.length ? `, the best ${least.toFixed(3)}` : ""}; rings were pruned or run`);
    const name = which.value, holders = all.filter((trial) => name in trial.params);
    const words = [...new Set(holders.map((trial) => trial.params[name]))].sort(), numbers = words.every((one) => typeof one === "number");
    const wide = numbers && words.length && Math.min(...words) > 0 && Math.max(...words) > 20 * Math.min(...words);
    byParameter.chart.draw({ lines: [], points: holders.map((trial) => point(trial, numbers ? trial.params[name] : words.indexOf(trial.params[name]))), xTitle: name, yTitle: "nats a note", xNames: numbers ? null : words, xLog: wide });
    byParameter.chart.tell(`Value by ${name}${numbers ? "" : `; from left to right ${words.join(", ")}`}`);
    const top = model.get("best").number;
    curves.chart.draw({ lines: model.get("trials").filter((trial) => trial.curve.length).map((trial) => ({ name: trial.number === top ? `trial ${top}` : "", values: trial.curve, colour: trial.number === top ? accent : muted, width: trial.number === top ? 2.5 : 1, faint: trial.number !== top })), xTitle: "step", yTitle: "nats a note", xWhole: true });
    curves.chart.tell(`Learning curves of ${model.get("trials").length} trials`);
  }
  on(["parameters"], () => {
    const was = which.value;
    which.replaceChildren();
    for (const name of model.get("parameters")) bfMake("option", "", which, name).value = name;
    if (model.get("parameters").includes(was)) which.value = was;
  });
  on(["trials", "best"], () => {
    const chosen = model.get("best");
    best.textContent = chosen.params ? `Best: trial ${chosen.number}, ${chosen.value.toFixed(4)} nats a note; ${Object.entries(chosen.params).map(([name, value]) => `${name} ${text(value)}`).join(", ")}` : "No trial has finished yet.";
    list.replaceChildren();
    const ordered = [...model.get("trials")].sort((a, b) => (a.value ?? Infinity) - (b.value ?? Infinity));
    bfTable(list, "Trials, best first", ["trial", "state", "nats a note", "seconds", ...model.get("parameters")], ordered.map((trial) => [String(trial.number), trial.state, text(trial.value), trial.seconds === null ? "" : trial.seconds.toFixed(0), ...model.get("parameters").map((name) => text(trial.params[name]))]));
    draw();
  });
  on(["following"], () => follow.setAttribute("aria-pressed", String(model.get("following"))));
  shell.dataset.loaded = "true";
  return () => { frame.dispose(); [byTrial, byParameter, curves].forEach((one) => one.chart.dispose()); };
}
export default { render };
