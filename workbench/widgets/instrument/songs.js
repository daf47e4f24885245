// The song as a whole, above every instrument: its name, open, save, export, and the way on to other notebooks.
// What the page knows of the folder that Jupyter serves; links and players of files stand on it.
function bfServed() {
  let config = {};
  try { config = JSON.parse(document.getElementById("jupyter-config-data").textContent); } catch { /* no Jupyter around */ }
  const root = String(config.serverRoot || "");
  const below = (one) => (root && one.startsWith(root === "/" ? "/" : `${root}/`) ? one.slice(root.length).replace(/^\//, "") : null);
  return {
    relative: ({ path = "", short = "" }) => below(path) ?? below(short),
    address: (relative) => `${config.baseUrl || "/"}files/${relative.split("/").map(encodeURIComponent).join("/")}`,
    // JupyterLab runs a command that an element names when it is clicked.
    command(node, name, args) {
      node.dataset.commandlinkerCommand = name;
      node.dataset.commandlinkerArgs = JSON.stringify(args);
      return node;
    },
  };
}
// One sound at a time, of bytes that Python sends; `on` says which button it belongs to.
function bfSnippet() {
  const audio = new Audio(), alone = bfOnlyOne(() => stop());
  let address = "", state = null;
  function stop() {
    audio.pause();
    if (state) state(false);
    state = null;
  }
  audio.onended = stop;
  return {
    stop,
    play(bytes, onState) {
      stop();
      if (address) URL.revokeObjectURL(address);
      address = URL.createObjectURL(new Blob([bytes], { type: "audio/ogg" }));
      audio.src = address;
      alone.claim();
      state = onState;
      onState(true);
      audio.play().catch(stop);
    },
    dispose() { stop(); alone.release(); if (address) URL.revokeObjectURL(address); },
  };
}
function bfSongBar({ shell, body, ask, on, onEnd }, model) {
  const served = bfServed(), snippet = bfSnippet();
  const box = bfMake("div", "bf-songs", body), row = bfMake("div", "bf-tools bf-songbar", box);
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", "Song");
  const named = bfMake("span", "bf-song-name", row), name = bfMake("b", "", named), facts = bfMake("span", "bf-song-facts", named);
  const state = bfMake("span", "bf-song-state", row);
  state.setAttribute("role", "status");
  const tools = bfMake("span", "bf-tools", row);
  const panels = { open: bfMake("div", "bf-song-panel", box), save: bfMake("div", "bf-song-panel", box), export: bfMake("div", "bf-song-panel", box) };
  const result = bfMake("div", "bf-song-result", box);
  let shown = "", fixed = "";
  const keys = {};
  function panel(which) {
    shown = shown === which ? "" : which;
    for (const [own, node] of Object.entries(panels)) {
      node.hidden = own !== shown && own !== fixed;
      if (keys[own]) keys[own].setAttribute("aria-expanded", String(!node.hidden));
    }
    if (shown === "open") ask("list_songs");
    if (shown === "save") { input.value = model.get("song").proposal || ""; input.focus(); input.select(); }
    if (shown !== "open") snippet.stop();
  }
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !shown) return;
    event.stopPropagation();
    const was = shown;
    panel(was);
    keys[was].focus();
  });
  const folds = (which, text, title) => {
    keys[which] = bfButton("bf-tool", tools, text, title, () => panel(which));
    keys[which].setAttribute("aria-expanded", "false");
  };
  folds("open", "Open", "Open another song: the songs at hand, the newest first");
  const save = bfButton("bf-tool bf-save", tools, "Save", "Finish the song and keep it", () => ask("save_song"));
  folds("save", "Save as", "Keep the song under another name; the one that is there stays");
  folds("export", "Export", "Write master, stems, MIDI or the session of a studio program");
  const again = bfButton("bf-tool", tools, "Open again", "Take the song up as the other notebook left it", () => ask("open_again"));
  const follow = bfButton("bf-tool bf-follow", tools, "", null, () => { ask("open_song", { name: model.get("song").went_to }); shell.focus(); });

  // Open: a list with a player and a link for each song.
  let listed = [];
  const playing = (button, own) => (is) => { button.textContent = is ? "■" : "▶"; button.setAttribute("aria-label", `${is ? "Stop" : "Hear"} ${own}`); button.setAttribute("aria-pressed", String(is)); };
  let waiting = null, leaving = "";
  function hear(button, own) {
    if (button.getAttribute("aria-pressed") === "true") return snippet.stop();
    waiting = { own, state: playing(button, own) };
    ask("hear_song", { name: own });
  }
  on(["songs"], () => {
    listed = model.get("songs");
    panels.open.replaceChildren();
    if (!listed.length) return void bfMake("p", "bf-song-none", panels.open, "No song is here yet: make one in 00_quickstart or 01_explore.");
    const rows = listed.map((one) => {
      const button = bfButton("bf-key bf-hear", null, "▶", `Hear ${one.name}`);
      button.setAttribute("aria-pressed", "false");
      button.onclick = () => hear(button, one.name);
      const first = bfMake("span", "bf-song-cell");
      const link = bfButton("bf-link", null, one.name, `Open ${one.name}`, () => {
        ask("open_song", { name: one.name, leave: leaving === one.name });
        leaving = one.name;
      });
      if (one.here) { link.setAttribute("aria-current", "true"); link.append(" (open)"); }
      first.append(button, link);
      return [first, one.concept, one.style, one.length, `${one.key}, ${one.tempo}`, `${one.changed}${one.unsaved ? ", not saved" : ""}`];
    });
    const table = bfTable(panels.open, "Songs at hand", ["Song", "Concept", "Style", "Length", "Key and tempo", "Changed"], rows);
    table.rows.forEach((line, index) => line.classList.toggle("bf-on", listed[index].here));
  });

  // Save as.
  const form = bfMake("div", "bf-tools", panels.save), label = bfMake("label", "bf-slider", form, "Name"), input = bfMake("input", "bf-song-input", label);
  input.type = "text";
  // The field stays until the song is kept: a name that is refused is mended there.
  let naming = false;
  const keep = () => { naming = true; ask("save_song_as", { name: input.value.trim() }); };
  on(["failed", "message"], () => {
    if (!naming || !model.get("failed")) return;
    naming = false;
    input.focus();
  });
  input.onkeydown = (event) => { if (event.key === "Enter" && input.value.trim()) { event.preventDefault(); keep(); } };
  bfButton("bf-tool bf-main", form, "Save under this name", null, keep);

  // Export.
  const choices = bfMake("div", "bf-tools", panels.export), ticks = {};
  for (const [part, text] of [["master", "Master"], ["stems", "Stems"], ["midi", "MIDI"]]) {
    const tick = bfMake("label", "bf-tick", choices);
    ticks[part] = bfMake("input", "", tick);
    Object.assign(ticks[part], { type: "checkbox", checked: true });
    tick.append(text);
  }
  const studio = bfMake("label", "bf-slider", choices, "Session for"), daw = bfMake("select", "bf-select", studio);
  const DAWS = { ableton: "Ableton Live", ardour: "Ardour", dawproject: "DAWproject (Bitwig, Cubase, Studio One)", reaper: "REAPER", lmms: "LMMS", hydrogen: "Hydrogen", musicxml: "lead sheet (MusicXML)", pdf: "lead sheet (PDF)" };
  bfMake("option", "", daw, "no program").value = "";
  for (const own of model.get("daws")) bfMake("option", "", daw, DAWS[own] || own).value = own;
  bfButton("bf-tool bf-main bf-export", choices, "Export these", "Finish the song and write what is chosen to a new folder", () => {
    ask("export_files", { parts: Object.keys(ticks).filter((part) => ticks[part].checked), daw: daw.value });
  });

  // What was written: a player, and a link to each file.
  let end = null, number = 0, seen = 0;
  const close = () => { if (end) end(); end = null; };
  on(["written"], () => {
    close();
    result.replaceChildren();
    const { files, folder, player, line, open } = model.get("written");
    result.hidden = !files;
    if (!files) return;
    const fresh = seen !== 0;
    number = model.get("written").number;
    const where = served.relative(folder), fold = bfMake("details", "", result), top = bfMake("summary", "", fold);
    bfMake("b", "", top, where ?? folder.path);
    bfMake("span", "bf-song-facts", top, ` ${line}`);
    bfMake("div", "bf-song-player", fold);
    const list = bfMake("ul", "bf-song-files", fold);
    for (const file of files) {
      const item = bfMake("li", "", list), relative = served.relative(file), size = file.megabytes < 0.1 ? "" : ` ${file.megabytes.toFixed(1)} MB`;
      if (relative === null) { bfMake("span", "", item, `${file.path}${size}`); continue; }
      const link = bfMake("a", "", item, file.label), beside = file.beside ? served.relative(file.beside) : null;
      if (beside !== null) {
        Object.assign(served.command(link, "filebrowser:go-to-path", { path: beside }), { href: "#", title: "Show the session's folder in the file browser: its sounds lie beside it" });
        continue;
      }
      Object.assign(link, { href: served.address(relative), download: relative.split("/").pop(), title: `Save ${file.label} to this computer` });
      item.append(size);
    }
    if (where !== null) served.command(bfButton("bf-tool", fold, "Show in the file browser", `Show the folder ${where} in the file browser`), "filebrowser:go-to-path", { path: where });
    let asked = false;
    fold.ontoggle = () => {
      if (!fold.open || asked || shell.classList.contains("bf-explorer")) return;
      asked = true;
      ask("hear_written");
    };
    if (fresh) fold.open = open;
  });
  seen = 1;

  // Where it can be gone on with.
  const on_ = bfMake("span", "bf-tools bf-ways", row), hidden = bfMake("a", "", on_);
  hidden.hidden = true;
  on(["ways"], () => {
    on_.replaceChildren(hidden);
    const ways = model.get("ways").map((one) => ({ ...one, relative: served.relative(one) })).filter((one) => one.relative !== null);
    if (ways.length) bfMake("span", "bf-song-facts", on_, "Open in");
    for (const { word, relative } of ways) bfButton("bf-tool bf-way", on_, word, `Go on with this song in ${relative.split("/").pop()}`, () => ask("hand_over", { to: relative }));
  });

  on(["written"], () => {
    if (!naming) return;
    naming = false;
    if (shown !== "save") return;
    panel("save");
    keys.save.focus();
  });
  on(["song"], () => {
    const { name: own, concept, facts: what, unsaved, kept, conflict, went_to: went } = model.get("song");
    row.classList.toggle("bf-no-song", what === undefined);
    name.textContent = what === undefined ? "no song yet" : own || "new song";
    named.title = concept || "";
    facts.textContent = what || "";
    state.textContent = what === undefined ? "" : conflict ? "changed in another notebook too" : went ? `its changes went to ${went}` : kept ? "changes kept; Save renders master and stems" : unsaved ? (own ? "changes not saved" : "not saved") : "saved";
    state.classList.toggle("bf-unsaved", Boolean((unsaved && !kept) || conflict || went));
    again.hidden = !conflict;
    follow.hidden = !went;
    follow.textContent = went ? `Open ${went}` : "";
    for (const node of [save, keys.save, keys.export]) node.disabled = what === undefined;
    on_.hidden = !own;
    shell.dataset.song = own || "";
  });
  const heard = (content, buffers) => {
    if (content.song && waiting && waiting.own === content.song) snippet.play(buffers[0], waiting.state);
    if (content.handed) served.command(hidden, "docmanager:open", { path: content.handed }).click();
    if (content.written && content.written === number) {
      close();
      const place = result.querySelector(".bf-song-player"), { player } = model.get("written");
      const address = URL.createObjectURL(new Blob([buffers[0]], { type: "audio/ogg" }));
      const one = mountPlayer(place, { ...player, tracks: [{ name: "master", label: "master", colour: player.accent, src: address }] });
      end = () => { one.dispose(); place.replaceChildren(); URL.revokeObjectURL(address); };
    }
  };
  model.on("msg:custom", heard);
  // Another notebook may have changed the song, or handed one over, while this one was out of sight.
  let away = false;
  const watch = new IntersectionObserver(([entry]) => {
    if (entry.isIntersecting && away) ask("look");
    away = !entry.isIntersecting;
  });
  watch.observe(shell);
  onEnd(() => { model.off("msg:custom", heard); watch.disconnect(); close(); snippet.dispose(); });
  panel("");
  return {
    box,
    // Where a song is made from words, none is opened.
    makes() { keys.open.hidden = true; box.classList.add("bf-makes"); },
    // The list stays open: it is what the widget is for.
    fix() { fixed = "open"; keys.open.hidden = true; panels.open.hidden = false; ask("list_songs"); },
  };
}
