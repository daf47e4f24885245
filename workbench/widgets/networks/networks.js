// Networks of an element: the list, a card, the registry, and two of them on one prompt, switched in step.
function render({ model, el }) {
  const frame = bfPanel(el, model, "networks", "Networks");
  const { shell, body, ask, on } = frame;
  let shown = 0, side = "A", rolls = [], alone = false;
  const engine = bfEngine({
    onState: (playing) => transport.state(playing),
    onTick: (at) => {
      rolls.forEach((roll) => roll.follow(at));
      if (!engine.playing || performance.now() - shown < 60) return;
      shown = performance.now();
      transport.show(engine.levels());
    },
  });
  const transport = bfTransport(frame, engine, { keys: { a: () => choose("A"), b: () => choose("B") } });
  const tabs = bfMake("div", "bf-choices", body);
  tabs.setAttribute("role", "group");
  tabs.setAttribute("aria-label", "Element");
  const list = bfMake("div", "", body), row = bfMake("div", "bf-choices", body);
  const look = bfButton("bf-tool", row, "Registry", "List the versions of the registry with their aliases", () => ask("registry"));
  const registered = bfMake("div", "", body);
  const card = bfMake("details", "bf-card", body), summary = bfMake("summary", "", card), inside = bfMake("div", "", card);

  const prompt = bfMake("div", "bf-choices bf-prompt", body);
  const concept = bfMake("input", "", prompt);
  Object.assign(concept, { type: "text", value: "pop song, 100 bpm, 30 seconds" });
  concept.style.flex = "1 1 220px";
  concept.setAttribute("aria-label", "What both networks are asked for");
  const seed = bfMake("input", "", prompt);
  Object.assign(seed, { type: "number", value: 1, min: 0, step: 1 });
  seed.style.width = "70px";
  seed.setAttribute("aria-label", "Seed");
  const chooser = (name) => { const own = bfMake("select", "bf-select", prompt); own.setAttribute("aria-label", `Network ${name}`); return own; };
  const [first, second] = [chooser("A"), chooser("B")];
  const compare = bfButton("bf-tool bf-main", prompt, "Compare", "Let both write the element of this song", () => ask("compare", { first: first.value, second: second.value, concept: concept.value, seed: Math.round(Number(seed.value)) || 0 }));
  const hint = bfMake("p", "bf-hint", body);
  const sides = bfMake("div", "bf-choices", body);
  sides.setAttribute("role", "group");
  sides.setAttribute("aria-label", "Which of the two is heard");
  const buttons = ["A", "B"].map((one) => bfButton("bf-tool", sides, one, `Hear ${one} (${one})`, () => choose(one)));
  const panes = bfMake("div", "bf-panes", body);
  sides.hidden = true;
  function choose(one) {
    side = one;
    for (const name of ["A", "B"]) engine.shape(name, { gain: name === side ? 1 : 0 });
    buttons.forEach((button, index) => button.setAttribute("aria-pressed", String("AB"[index] === side)));
    shell.dataset.side = side;
  }
  on(["element", "elements"], () => {
    tabs.replaceChildren();
    for (const name of model.get("elements")) bfButton("bf-tool", tabs, name, `Networks of ${name}`, () => ask("choose", { element: name })).setAttribute("aria-pressed", String(name === model.get("element")));
  });
  on(["networks", "chosen"], () => {
    list.replaceChildren();
    const all = model.get("networks");
    // Each figure is of held-back songs of the network's own data: beside each other they compare only where these are the same.
    const corpora = new Set(all.filter((one) => one.nats !== null).map((one) => one.data));
    const table = bfTable(list, `Networks of ${model.get("element")}`, ["network", "kind", "nats a note", "steps", "trained on", "date", "sha256"], all.map((one) => [one.name, one.kind, one.nats === null ? "" : `${one.nats.toFixed(3)}${corpora.size > 1 ? ` on ${one.data || "unknown songs"}` : ""}`, one.steps, one.data, one.date, one.sha256]), (index) => { card.open = true; ask("show", { name: all[index].name }); });
    table.rows.forEach((tr, index) => tr.classList.toggle("bf-on", all[index].name === model.get("chosen")));
    if (corpora.size > 1) bfMake("p", "bf-hint", list, "Nats a note are measured on songs like those that the network learned from: figures of different data do not compare. Compare by ear below.");
    for (const own of [first, second]) {
      const was = own.value;
      own.replaceChildren();
      for (const { name } of all) bfMake("option", "", own, name).value = name;
      own.value = all.some((one) => one.name === was) ? was : own === second ? all[all.length - 1].name : all[0].name;
    }
    if (all.length > 1 && second.value === first.value) second.value = all.find((one) => one.name !== first.value).name;
    alone = all.length < 2;
    compare.disabled = alone;
    hint.textContent = alone ? `To compare, ${model.get("element")} needs a second network: keep one that you trained (Keep, in a training), teach one your MIDI (11_fine_tune_on_your_midi), or press Registry and Load.` : "";
  });
  on(["card", "chosen"], () => {
    summary.textContent = `Card of ${model.get("element")}, ${model.get("chosen")}`;
    inside.replaceChildren();
    bfTable(inside, summary.textContent, ["entry", "value"], model.get("card"));
  });
  on(["versions"], () => {
    registered.replaceChildren();
    const all = model.get("versions");
    if (!all.length) return;
    const fetching = (one) => bfButton("bf-tool", null, "Load", `Copy version ${one.version} to your networks as v${one.version}`, () => ask("fetch", { version: one.version, name: `v${one.version}` }));
    bfTable(registered, "Versions in the registry", ["version", "name", "kind", "aliases", "figures", "sha256", ""], all.map((one) => [String(one.version), one.name, one.kind, one.aliases.join(", "), Object.entries(one.figures).slice(0, 4).map(([name, value]) => `${name} ${value.toFixed(3)}`).join(", "), one.sha256, fetching(one)]));
  });
  on(["progress"], () => { look.disabled = model.get("progress") >= 0; compare.disabled = alone || look.disabled; });
  on(["rolls", "compared"], () => {
    rolls.forEach((roll) => roll.dispose());
    panes.replaceChildren();
    const { a, b } = model.get("compared"), all = model.get("rolls");
    sides.hidden = !all.length;
    rolls = all.map((data, index) => {
      const box = bfMake("div", "bf-pane", panes);
      bfMake("h4", "", box, `${"AB"[index]}: ${[a, b][index]}`);
      return mountRoll(box, data, { onSeek: (at) => engine.seek(at) });
    });
    if (all.length) buttons.forEach((button, index) => { button.textContent = `${"AB"[index]}: ${[a, b][index]}`; });
  });
  const heard = async (content, buffers) => {
    if (!content.sound) return;
    engine.pause();
    await engine.load(content.sound, buffers);
    choose("A");
    engine.seek(0);
    shell.dataset.heard = String(Number(shell.dataset.heard || 0) + 1);
  };
  model.on("msg:custom", heard);
  frame.onEnd(() => model.off("msg:custom", heard));
  shell.dataset.loaded = "true";
  return () => { rolls.forEach((roll) => roll.dispose()); frame.dispose(); engine.dispose(); };
}
export default { render };
