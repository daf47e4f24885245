// A data set: a list to search, the bars of a song to see and hear, and what was dropped.
function render({ model, el }) {
  const frame = bfPanel(el, model, "dataset", "Data set");
  const { shell, body, ask, on } = frame;
  let roll = null, shown = 0;
  const engine = bfEngine({
    onState: (playing) => transport.state(playing),
    onTick: (at) => {
      if (roll) roll.follow(at);
      if (!engine.playing || performance.now() - shown < 60) return;
      shown = performance.now();
      transport.show(engine.levels());
    },
  });
  const page = (by) => {
    const at = model.get("shown");
    if (!at.bars) return;
    const first = Math.max(1, Math.min(at.bars - (at.bars - 1) % 8, at.first + 8 * by));
    if (first !== at.first) ask("hear", { corpus: at.corpus, number: at.number, bar: first });
  };
  const transport = bfTransport(frame, engine, { keys: { arrowleft: () => page(-1), arrowright: () => page(1) } });
  const counts = bfMake("div", "", body);
  const row = bfMake("div", "bf-choices", body);
  const find = bfMake("input", "", row);
  Object.assign(find, { type: "text", placeholder: "search: minor, rock, validation ..." });
  find.setAttribute("aria-label", "Search songs by name, style, key, split or element");
  let wait = 0;
  find.oninput = () => { clearTimeout(wait); wait = setTimeout(() => ask("search", { text: find.value }), 150); };
  const list = bfMake("div", "", body);
  const places = bfMake("div", "bf-choices", body);
  const title = bfMake("b", "", places);
  const back = bfButton("bf-tool", places, "◂", "The eight bars before (left)", () => page(-1));
  const forth = bfButton("bf-tool", places, "▸", "The next eight bars (right)", () => page(1));
  const picture = bfMake("div", "", body), dropped = bfMake("div", "", body);
  let table = null;
  on(["corpora"], () => {
    counts.replaceChildren();
    bfTable(counts, "Corpora", ["corpus", "files", "kept", "dropped", "bars kept", "notes kept"], model.get("corpora").map((one) => [one.name, ...["items", "kept", "dropped", "bars_kept", "notes_kept"].map((key) => one[key].toLocaleString("en"))]));
  });
  on(["reasons"], () => {
    dropped.replaceChildren();
    if (model.get("reasons").length) bfTable(dropped, "Dropped, and why", ["corpus", "why", "files", "such as"], model.get("reasons").map((one) => [one.corpus, one.reason, String(one.count), one.examples]));
  });
  function mark() {
    const at = model.get("shown");
    if (table) table.rows.forEach((tr, index) => { const own = model.get("rows")[index]; tr.classList.toggle("bf-on", own.corpus === at.corpus && own.number === at.number); });
  }
  on(["rows"], () => {
    list.replaceChildren();
    const rows = model.get("rows");
    table = bfTable(list, "Songs", ["song", "corpus", "split", "style", "key", "BPM", "metre", "bars", "notes"], rows.map((one) => one.cells), (index) => ask("hear", { corpus: rows[index].corpus, number: rows[index].number }));
    mark();
    shell.dataset.rows = String(rows.length);
  });
  on(["shown"], () => {
    const at = model.get("shown");
    places.hidden = !at.bars;
    if (!at.bars) return;
    title.textContent = `${at.title}, bars ${at.first} to ${at.last} of ${at.bars}`;
    back.disabled = at.first <= 1;
    forth.disabled = at.last >= at.bars;
    mark();
  });
  on(["roll"], () => {
    if (roll) roll.dispose();
    picture.replaceChildren();
    roll = model.get("roll").notes ? mountRoll(picture, model.get("roll"), { onSeek: (at) => engine.seek(at) }) : null;
  });
  const heard = async (content, buffers) => {
    if (!content.sound) return;
    const first = !engine.seconds;
    engine.pause();
    await engine.load(content.sound, buffers);
    engine.seek(0);
    if (!first || !engine.playing) engine.play();
    shell.dataset.heard = String(Number(shell.dataset.heard || 0) + 1);
  };
  model.on("msg:custom", heard);
  frame.onEnd(() => model.off("msg:custom", heard));
  shell.dataset.loaded = "true";
  return () => { clearTimeout(wait); if (roll) roll.dispose(); frame.dispose(); engine.dispose(); };
}
export default { render };
