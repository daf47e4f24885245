// Knobs of a controller: which is learned for what, and one turn at a time on its way to Python, the newest of many.
// bfKnobs(parent, {model, ask, on}) -> {connect, state, turned, answered}
function bfKnobs(parent, { model, ask, on }) {
  const REST_MS = 700, PATIENCE_MS = 3000;
  const box = bfMake("div", "bf-midi", parent), row = bfMake("div", "bf-tools", box);
  const connect = bfButton("bf-tool bf-connect", row, "Connect MIDI", "Ask the browser for the MIDI devices of this machine");
  const told = bfMake("span", "bf-midi-state", row, "Not connected.");
  told.setAttribute("role", "status");
  const learning = bfMake("div", "bf-tools bf-learning", box);
  const label = bfMake("label", "bf-slider", learning, "Parameter"), targets = bfMake("select", "bf-select", label);
  const learn = bfButton("bf-tool", learning, "Learn", "Bind the knob that is turned next to this parameter", () => ask("learn", { parameter: targets.value }));
  const list = bfMake("ul", "bf-bindings", box);
  let moves = new Map(), busy = 0, last = "", rest = 0;

  const bound = (channel, control) => model.get("bindings").some((one) => one.channel === channel && one.control === control);
  function turned(channel, control, value, stamp) {
    if (!model.get("learning") && !bound(channel, control)) return;
    moves.set(`${channel} ${control}`, { move: [channel, control, value], stamp });
    if (!busy) send();
  }
  function send() {
    const all = [...moves.values()], names = [...moves.keys()].sort().join();
    moves = new Map();
    clearTimeout(busy);
    clearTimeout(rest);
    busy = setTimeout(() => { busy = 0; if (moves.size) send(); }, PATIENCE_MS);
    // A knob that rests ends its step of the history.
    rest = setTimeout(() => { last = ""; }, REST_MS);
    ask("control", { moves: all.map((one) => one.move), again: names === last, stamp: all[0].stamp });
    last = names;
  }
  on(["targets", "element"], () => {
    const was = targets.value;
    targets.replaceChildren();
    for (const { name, words } of model.get("targets")) bfMake("option", "", targets, words).value = name;
    if (model.get("targets").some(({ name }) => name === was)) targets.value = was;
  });
  on(["learning"], () => {
    learn.setAttribute("aria-pressed", String(Boolean(model.get("learning"))));
    learn.textContent = model.get("learning") ? "Turn a knob" : "Learn";
  });
  on(["bindings"], () => {
    list.replaceChildren();
    list.hidden = !model.get("bindings").length;
    for (const { channel, control, words } of model.get("bindings")) {
      const item = bfMake("li", "", list);
      bfMake("span", "", item, `channel ${channel + 1}, controller ${control}: ${words}`);
      bfButton("bf-tool", item, "Forget", `Controller ${control} of channel ${channel + 1} moves nothing`, () => ask("forget", { channel, control }));
    }
  });
  on(["failed", "message"], () => { if (model.get("failed")) answered(); });
  function answered() {
    clearTimeout(busy);
    busy = 0;
    if (moves.size) send();
  }
  return {
    connect, turned, answered,
    state({ text, failed, connected }) {
      told.textContent = text;
      told.classList.toggle("bf-failed", failed);
      connect.textContent = connected ? "MIDI connected" : "Connect MIDI";
      connect.setAttribute("aria-pressed", String(connected));
    },
  };
}
