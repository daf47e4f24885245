// The explorer: text above, controls of the request to the left, what was decided to the right, the song below.
function render({ model, el }) {
  const frame = bfInstrument(el, model, "explorer", "Explorer");
  const { shell, head, body, ask } = frame;
  const engine = bfEngine({ onState: (playing) => { first.hidden = !playing; } });
  const first = bfButton("bf-tool", head, "Pause the first bars", "Pause the first bars", () => engine.pause());
  first.hidden = true;
  const box = bfMake("div", "bf-say", body);
  const text = bfMake("textarea", "bf-concept", box);
  Object.assign(text, { rows: 2, value: model.get("concept"), placeholder: "late-night drive through the rain, warm and a little sad" });
  text.setAttribute("aria-label", "Concept: describe the music");
  const keys = bfMake("div", "bf-tools", box);
  // While a song is made the button tells how far it is, and Stop stands beside it.
  const generate = bfButton("bf-tool bf-main bf-generate", keys, "Generate", "Make the song (Ctrl+Enter)", () => { if (!model.get("making")) ask("generate"); });
  const halt = bfButton("bf-tool bf-halt", keys, "Stop", "Stop making the song", () => { ask("stop"); generate.focus(); });
  const reseed = bfButton("bf-tool", keys, "Another seed", "The same words, another song", () => ask("generate", { another: true }));
  let typing = 0, typedAt = 0;
  text.oninput = () => {
    typedAt = performance.now();
    clearTimeout(typing);
    typing = setTimeout(() => ask("say", { text: text.value }), 25);
  };
  text.onkeydown = (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); generate.click(); } };
  const unread = bfMake("div", "bf-unread", body);
  unread.setAttribute("role", "status");
  const offer = bfMake("div", "bf-tools bf-offer", body);
  frame.on(["making", "progress"], () => {
    // A page that was saved while a song was made is not making it any more.
    const making = model.get("making") && !frame.resting();
    generate.textContent = making ? `Making\u2026 ${Math.round(100 * Math.max(0, model.get("progress")))} %` : "Generate";
    generate.setAttribute("aria-label", making ? generate.textContent : generate.title);
    generate.setAttribute("aria-disabled", String(making));
    halt.hidden = !making;
    reseed.disabled = making;
    if (!making) engine.pause();
  });
  // The request of an explorer before this one, until a song is made of another.
  frame.on(["offered"], () => {
    const { concept, pinned } = model.get("offered"), hand = Object.keys(pinned || {}).length;
    const focused = offer.contains(document.activeElement);
    offer.replaceChildren();
    offer.hidden = !concept && !hand;
    if (offer.hidden) { if (focused) text.focus(); return; }
    const own = concept.length > 90 ? `${concept.slice(0, 89)}\u2026` : concept;
    const go = bfButton("bf-tool bf-go-on", offer, `Go on with: \u201c${own}\u201d${hand ? `, ${hand} set by hand` : ""}`, null, () => ask("go_on"));
    go.title = "Take up the words and settings that stood here before";
    if (focused) go.focus();
  });
  const columns = bfMake("div", "bf-columns", body);
  const form = bfMake("div", "bf-form", columns);
  const side = bfMake("div", "bf-side", columns);
  side.tabIndex = 0;
  side.setAttribute("aria-label", "What was decided, and why");
  side.setAttribute("role", "region");
  const song = bfMake("div", "bf-song", body);
  body.append(frame.songs.box);
  frame.songs.makes();
  const asked = bfMake("details", "bf-json", body);
  bfMake("summary", "", asked, "Request as JSON");
  const request = bfMake("pre", "", asked);
  request.tabIndex = 0;
  request.setAttribute("aria-label", "Request as JSON");

  const controls = new Map();
  const format = (value) => (typeof value === "number" ? String(Math.round(value * 100) / 100) : Array.isArray(value) ? value.join(", ") : String(value ?? ""));
  function row(parent, field) {
    const line = bfMake("div", "bf-field", parent);
    line.title = field.help;
    const pin = bfButton("bf-pin", line, "", `Set ${field.label} by hand`, () => {
      if (field.path in model.get("pinned")) ask("release", { path: field.path });
      else if (own.value() !== undefined) ask("pin", { path: field.path, value: own.value() });
    });
    bfMake("span", "bf-label", line, field.label);
    const set = (value) => ask(value === undefined ? "release" : "pin", value === undefined ? { path: field.path } : { path: field.path, value });
    const own = KINDS[field.kind](line, field, set);
    // What is wrong with the field stands below it, as long as it is.
    const told = bfMake("div", "bf-wrong", line);
    told.setAttribute("role", "alert");
    controls.set(field.path, {
      mark(problem) {
        line.classList.toggle("bf-is-wrong", Boolean(problem));
        told.textContent = problem;
        for (const node of line.querySelectorAll("input, select")) {
          if (problem) node.setAttribute("aria-invalid", "true"); else node.removeAttribute("aria-invalid");
        }
        if (problem) line.closest("details").open = true;
      },
      focus() {
        line.closest("details").open = true;
        line.scrollIntoView({ block: "nearest" });
        const node = line.querySelector("input, select") || pin;
        node.focus();
      },
      take() {
        const pinned = field.path in model.get("pinned");
        const value = pinned ? model.get("pinned")[field.path] : model.get("decided")[field.path];
        pin.setAttribute("aria-pressed", String(pinned));
        pin.title = pinned ? `${field.label} is set by hand: leave it to the text again` : `${field.label} is decided: set it by hand`;
        pin.setAttribute("aria-label", pin.title);
        line.classList.toggle("bf-pinned", pinned);
        own.take(value, pinned);
      },
    });
  }
  const named = (node, field) => { node.setAttribute("aria-label", `${field.label}: ${field.help}`); return node; };
  const KINDS = {
    number(line, field, set) {
      const input = named(bfMake("input", "", line), field);
      Object.assign(input, { type: field.whole && field.high > 1000 ? "number" : "range", min: field.low, max: field.high, step: field.step });
      const read = bfMake("output", "", line, "");
      let held = false;
      const tell = () => { read.textContent = input.type === "number" ? "" : `${format(Number(input.value))} ${field.unit}`; };
      input.oninput = () => { held = true; tell(); };
      input.onchange = () => { held = false; set(Number(input.value)); };
      return {
        value: () => Number(input.value),
        take(value) {
          if (held) return;
          const open = value === undefined || value === null || typeof value === "object" || Number.isNaN(Number(value));
          input.value = open ? (field.low + field.high) / 2 : Number(value);
          if (open) read.textContent = field.path.startsWith("macros.") ? "not moved" : "open"; else tell();
        },
      };
    },
    choice(line, field, set) {
      const input = named(bfMake("select", "bf-select", line), field);
      bfMake("option", "", input, field.open || "").value = "";
      for (const option of field.options) bfMake("option", "", input, String(option)).value = String(option);
      const value = () => field.options.find((option) => String(option) === input.value);
      input.onchange = () => set(value());
      return { value, take(now) { input.value = now === undefined || now === null ? "" : String(now).replace(/ .*Hz$| bits$/, ""); } };
    },
    many(line, field, set) {
      const input = named(bfMake("select", "bf-many", line), field);
      input.multiple = true;
      input.size = 3;
      for (const option of field.options) bfMake("option", "", input, option).value = option;
      const value = () => [...input.selectedOptions].map((option) => option.value);
      input.onchange = () => set(value().length ? value() : undefined);
      return { value, take(now) { for (const option of input.options) option.selected = (Array.isArray(now) ? now : []).includes(option.value); } };
    },
    flag(line, field, set) {
      const input = named(bfMake("input", "", line), field);
      input.type = "checkbox";
      input.onchange = () => set(input.checked);
      return { value: () => input.checked, take(now) { input.checked = now === true || now === "yes"; } };
    },
    text(line, field, set) {
      const input = named(bfMake("input", "", line), field);
      input.type = "text";
      let last = "";
      const apply = () => { const now = input.value.trim(); if (now !== last) { last = now; set(now || undefined); } };
      input.onchange = apply;
      input.onkeydown = (event) => { if (event.key === "Enter") { event.preventDefault(); apply(); } };
      return { value: () => input.value.trim() || undefined, take(now) { last = format(now); if (document.activeElement !== input) input.value = last; } };
    },
    sections: (line, field, set) => bfSections(line, field, set, (path) => model.get("pinned")[path] ?? model.get("decided")[path]),
    inserts: (line, field, set) => bfInserts(line, field, set, { model, ask, on: frame.on }),
    toggles(line, field, set) {
      const all = bfMake("div", "bf-toggles", line);
      let on = [];
      const value = () => on;
      const buttons = field.options.map(({ name, colour }) => {
        const button = bfButton("bf-toggle", all, name, `Whether ${name} plays`, () => set(field.options.map((one) => one.name).filter((one) => on.includes(one) !== (one === name))));
        button.style.setProperty("--bf-own", colour);
        return button;
      });
      return { value, take(now) { on = Array.isArray(now) ? now : []; buttons.forEach((button) => button.setAttribute("aria-pressed", String(on.includes(button.textContent)))); } };
    },
    blocks(line, field, set) {
      const all = bfMake("div", "bf-blocks", line);
      let names = [];
      let dragged = -1, followed = -1;
      const moved = (from, to) => { followed = to; const next = [...names]; next.splice(to, 0, ...next.splice(from, 1)); set(next); };
      function show() {
        const focused = all.contains(document.activeElement) && followed >= 0;
        all.replaceChildren();
        names.forEach((name, index) => {
          const block = bfButton("bf-block", all, name, `${name}, place ${index + 1}: arrows move it, Delete takes it out`);
          // A block that arrows move takes the focus along.
          if (focused && index === followed) block.focus({ preventScroll: true });
          block.draggable = true;
          block.ondragstart = (event) => { dragged = index; event.dataTransfer.setData("text/plain", name); };
          block.ondragover = (event) => event.preventDefault();
          block.ondrop = (event) => { event.preventDefault(); if (dragged >= 0) moved(dragged, index); };
          block.onkeydown = (event) => {
            const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
            if (step && names[index + step] !== undefined) { event.stopPropagation(); event.preventDefault(); moved(index, index + step); }
            if (event.key === "Delete" && names.length > 1) { event.stopPropagation(); set(names.filter((_, at) => at !== index)); }
          };
        });
        const add = bfMake("select", "bf-select", all);
        add.setAttribute("aria-label", "Add a section");
        bfMake("option", "", add, "+").value = "";
        for (const option of field.options) bfMake("option", "", add, option).value = option;
        add.onchange = () => set([...names, add.value]);
      }
      return { value: () => (names.length ? names : undefined), take(now) { names = Array.isArray(now) ? now : []; show(); } };
    },
  };
  const groups = new Map();
  const opened = ["Music", "Sound", "Macros"];
  for (const field of model.get("fields")) {
    if (!groups.has(field.group)) {
      const group = bfMake("details", "bf-group", form);
      group.open = opened.includes(field.group);
      bfMake("summary", "", group, field.group);
      groups.set(field.group, group);
    }
    row(groups.get(field.group), field);
  }
  frame.on(["pinned", "decided"], () => { for (const one of controls.values()) one.take(); });
  const SOURCES = { stated: "by hand", text: "the text", mood: "the mood", style: "the style", reference: "a reference", default: "default" };
  frame.on(["rows", "not_used", "problem", "wrong", "blocked", "moved"], () => {
    const wrong = model.get("wrong"), problem = wrong ? "" : model.get("problem"), words = model.get("not_used");
    const blocked = model.get("blocked"), moved = model.get("moved");
    for (const [path, one] of controls) one.mark(path === wrong ? model.get("problem") : "");
    const said = problem ? `${problem[0].toUpperCase()}${problem.slice(1)}` : [moved && `Not as asked: ${moved}`, words && `Not understood: ${words}`].filter(Boolean).join(". ");
    unread.textContent = blocked || said;
    unread.classList.toggle("bf-failed", Boolean(problem || blocked));
    const table = bfMake("table", "bf-table");
    const top = bfMake("tr", "", bfMake("thead", "", table));
    for (const title of ["Parameter", "Value", "Decided by"]) bfMake("th", "", top, title).scope = "col";
    const lines = bfMake("tbody", "", table);
    for (const [label, value, source, reason, against] of model.get("rows")) {
      const line = bfMake("tr", against ? "bf-against" : "", lines);
      line.title = against || reason;
      bfMake("td", "key", line, label);
      bfMake("td", "", line, value);
      bfMake("span", `bf-tag ${source}`, bfMake("td", "", line), SOURCES[source]);
    }
    side.replaceChildren(table);
    if (typedAt) shell.dataset.translated = (performance.now() - typedAt).toFixed(0);
  });
  frame.on(["json"], () => { request.textContent = JSON.stringify(model.get("json"), null, 1); });
  frame.on(["concept"], () => { if (document.activeElement !== text) text.value = model.get("concept"); });
  let shown = [];
  const close = () => { shown.forEach((act) => act()); shown = []; song.replaceChildren(); };
  frame.on(["result", "master"], () => {
    const { player, roll, title, verdict } = model.get("result"), bytes = model.get("master");
    close();
    if (!player || !bytes || !bytes.byteLength) return;
    engine.pause();
    bfMake("div", "bf-headline", song, `${title}: ${verdict}`);
    const address = URL.createObjectURL(new Blob([bytes], { type: "audio/ogg" }));
    const tracks = [{ name: "master", label: "master", colour: player.accent, src: address }];
    const heard = mountPlayer(song, { ...player, tracks, downloads: [{ label: "Save", name: "song.ogg" }], onTime: (at) => drawn.follow(at) });
    const drawn = mountRoll(song, roll, { onSeek: (at) => heard.seek(at) });
    shown = [heard.dispose, drawn.dispose, () => URL.revokeObjectURL(address)];
  });
  // A press that is blocked leads to what is to be mended.
  const lead = (path) => {
    const one = controls.get(path);
    if (!one) { text.focus(); return; }
    one.focus();
  };
  const hear = async (content, buffers) => {
    if (content.blocked !== undefined) lead(content.blocked);
    if (!content.sound) return;
    await engine.load(content.sound, buffers);
    shell.dataset.loaded = "1";
    if (content.sound.play) engine.play();
  };
  model.on("msg:custom", hear);
  bfKeys(shell, {});
  return () => { model.off("msg:custom", hear); close(); frame.dispose(); engine.dispose(); };
}
export default { render };
