// Controls of fields that hold something for each section, or plug-ins for each element: rows of choices, no notation.
// A value for each section: `field.each` is how one is set, `field.song` whether the whole song may have one.
function bfSections(line, field, set, decided) {
  const box = bfMake("div", "bf-rows-by-name", line);
  let rows = [], sent = "", add = null, offered = null;
  // Names of the form as it stands; one that comes more often is also told by its number.
  function places() {
    const names = decided("parameters.technical.structure");
    if (!Array.isArray(names)) return field.places;
    const found = [];
    for (const name of names) {
      if (!found.includes(name)) found.push(name);
      const times = names.filter((one) => one === name).length;
      for (let number = 1; times > 1 && number <= times; number++) if (!found.includes(`${name} ${number}`)) found.push(`${name} ${number}`);
    }
    return found;
  }
  function value() {
    const full = rows.filter((row) => row.value !== "" && row.value !== undefined);
    const song = full.find((row) => row.place === "");
    const named = full.filter((row) => row.place !== "");
    if (!named.length) return song ? song.value : undefined;
    const all = Object.fromEntries(named.map((row) => [row.place, row.value]));
    // With some sections apart, the song's own line is that of every other one.
    if (song) for (const name of decided("parameters.technical.structure") || []) if (!(name in all) && !named.some((row) => row.place.startsWith(`${name} `))) all[name] = song.value;
    return all;
  }
  function changed() {
    const now = value();
    sent = JSON.stringify(now ?? null);
    set(now);
  }
  function editor(parent, row) {
    const where = row.place || "the whole song";
    if (field.each === "choice") {
      const input = bfMake("select", "bf-select", parent);
      for (const option of field.options) bfMake("option", "", input, String(option)).value = String(option);
      input.value = row.value;
      input.setAttribute("aria-label", `${field.label}, ${where}`);
      input.onchange = () => { row.value = input.value; changed(); };
      return input;
    }
    const input = bfMake("input", "", parent);
    Object.assign(input, { type: field.each, value: row.value ?? "", placeholder: field.example || "" });
    if (field.each === "number") Object.assign(input, { min: field.low, max: field.high, step: field.step });
    input.setAttribute("aria-label", `${field.label}, ${where}`);
    const take = () => {
      const own = field.each === "number" ? (input.value === "" ? "" : Number(input.value)) : input.value.trim();
      if (own === row.value) return;
      row.value = own;
      changed();
    };
    input.onchange = take;
    input.onkeydown = (event) => { if (event.key === "Enter") { event.preventDefault(); take(); } };
    return input;
  }
  // Sections that can be added: the form may change while one types.
  function offer() {
    const free = places().filter((place) => !rows.some((row) => row.place === place));
    if (add === document.activeElement || free.join() === offered) return;
    offered = free.join();
    add.replaceChildren();
    bfMake("option", "", add, "+ section").value = "";
    for (const place of free) bfMake("option", "", add, place).value = place;
  }
  function show(focused = null) {
    box.replaceChildren();
    offered = null;
    for (const row of rows) {
      const one = bfMake("div", "bf-row-by-name", box);
      bfMake("span", "bf-place", one, row.place || "song");
      const input = editor(one, row);
      if (row.place !== "") bfButton("bf-key", one, "\u00d7", `Take out ${row.place}`, () => { rows = rows.filter((other) => other !== row); show(); changed(); add.focus(); });
      if (row === focused) input.focus();
    }
    add = bfMake("select", "bf-select bf-add", box);
    add.setAttribute("aria-label", `${field.label}: add a section`);
    offer();
    add.onchange = () => {
      if (!add.value) return;
      const like = field.like ? decided(field.like) : undefined;
      const start = field.each === "text" ? "" : field.each === "choice" ? (field.options.includes(like) ? like : field.options[0]) : Number(like) || field.start;
      const row = { place: add.value, value: start };
      rows.push(row);
      show(row);
      if (start !== "") changed();
    };
  }
  return {
    value,
    take(now, pinned) {
      const next = pinned ? now : undefined;
      if (JSON.stringify(next ?? null) === sent && add) return offer();
      sent = JSON.stringify(next ?? null);
      rows = next && typeof next === "object" ? Object.entries(next).map(([place, own]) => ({ place, value: own })) : [];
      if (field.song) rows.unshift({ place: "", value: typeof next === "string" ? next : "" });
      show();
    },
  };
}
// Plug-in effects by element: chosen from those that this machine has, each with its parameters.
function bfInserts(line, field, set, { model, ask, on }) {
  const box = bfMake("div", "bf-rows-by-name", line);
  let rows = [], sent = "", open = new Set();
  const known = (name) => model.get("plugins").find((one) => one.name === name);
  function value() {
    const all = {};
    for (const { element, plugin, settings, bypass } of rows) {
      if (!plugin) continue;
      (all[element] ||= []).push({ plugin, ...(Object.keys(settings).length ? { settings } : {}), ...(bypass ? { bypass } : {}) });
    }
    return Object.keys(all).length ? all : undefined;
  }
  function changed() {
    const now = value();
    sent = JSON.stringify(now ?? null);
    set(now);
  }
  function parameters(parent, row) {
    const facts = known(row.plugin);
    if (!facts || !facts.parameters.length) return;
    const fold = bfMake("details", "bf-plugin", parent);
    bfMake("summary", "", fold, `Parameters of ${row.plugin}`);
    fold.open = open.has(row);
    fold.ontoggle = () => { if (fold.open) open.add(row); else open.delete(row); };
    for (const one of facts.parameters) {
      const label = bfMake("label", "bf-row-by-name", fold);
      bfMake("span", "bf-place", label, one.name);
      const now = row.settings[one.name] ?? one.value;
      if (one.options.length) {
        const input = bfMake("select", "bf-select", label);
        for (const option of one.options) bfMake("option", "", input, option).value = option;
        input.value = now;
        input.onchange = () => { row.settings[one.name] = input.value; changed(); };
        continue;
      }
      const input = bfMake("input", "", label), read = bfMake("output", "", label);
      Object.assign(input, { type: "range", min: one.low, max: one.high, step: (one.high - one.low) / 200 || 0.01, value: now });
      const tell = () => { read.textContent = `${Math.round(100 * Number(input.value)) / 100} ${one.unit}`; };
      input.oninput = tell;
      input.onchange = () => { row.settings[one.name] = Number(input.value); changed(); };
      tell();
    }
  }
  function choice(parent, name, options, now, act) {
    const input = bfMake("select", "bf-select", parent);
    input.setAttribute("aria-label", name);
    for (const option of options) bfMake("option", "", input, option).value = option;
    input.value = now;
    input.onchange = () => act(input.value);
    return input;
  }
  function show() {
    box.replaceChildren();
    const names = model.get("plugins").map((one) => one.name);
    rows.forEach((row, index) => {
      const one = bfMake("div", "bf-row-by-name", box);
      choice(one, `Element of plug-in ${index + 1}`, field.options, row.element, (own) => { row.element = own; changed(); });
      choice(one, `Plug-in ${index + 1}`, names.includes(row.plugin) ? names : [row.plugin, ...names], row.plugin, (own) => { row.plugin = own; row.settings = {}; show(); changed(); });
      const tick = bfMake("label", "bf-tick", one), input = bfMake("input", "", tick);
      Object.assign(input, { type: "checkbox", checked: row.bypass });
      tick.append("bypass");
      input.onchange = () => { row.bypass = input.checked; changed(); };
      bfButton("bf-key", one, "\u00d7", `Take out plug-in ${index + 1}, ${row.plugin}`, () => { rows.splice(index, 1); show(); changed(); });
      parameters(box, row);
    });
    if (names.length) bfButton("bf-tool", box, "+ plug-in", "Add a plug-in effect to an element", () => {
      rows.push({ element: field.options[0], plugin: names[0], settings: {}, bypass: false });
      show();
      changed();
    });
    else bfButton("bf-tool", box, "Look for plug-ins", "Look for the plug-in effects of this machine", () => ask("list_plugins"));
  }
  on(["plugins"], show);
  return {
    value,
    take(now, pinned) {
      const next = pinned ? now : undefined;
      if (JSON.stringify(next ?? null) === sent) return;
      sent = JSON.stringify(next ?? null);
      rows = Object.entries(next || {}).flatMap(([element, all]) => all.map(({ plugin, settings = {}, bypass = false }) => ({ element, plugin, settings: { ...settings }, bypass })));
      show();
    },
  };
}
