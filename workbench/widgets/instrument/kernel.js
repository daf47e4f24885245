// What a page has of the Python behind it: whether it answers, and whether the notebook knows that something changed.
const bfRestLine = "Not running: choose Run > Run All Cells to play on. Shown is the last state.";
// Says in one line that no Python answers, and puts to rest what would ask it; what plays by itself goes on playing:
// a `.bf-player`, and whatever is marked by `data-bf-plays`. `asking` names what asks without being a control.
function bfRest(model, shell, asking = ".bf-asks") {
  const line = bfMake("div", "bf-resting", shell, bfRestLine);
  line.setAttribute("role", "status");
  line.hidden = true;
  const watcher = new MutationObserver(quiet);
  const session = model.widget_manager && model.widget_manager.context && model.widget_manager.context.sessionContext;
  const resters = [];
  let over = false;
  function quiet() {
    for (const node of shell.querySelectorAll("button, input, select, textarea"))
      if (!node.disabled && !node.closest(".bf-player, .bf-roll-shell, .bf-switcher, [data-bf-plays]")) node.disabled = true;
    for (const node of shell.querySelectorAll(asking)) node.inert = true;
  }
  // A widget lives as long as its kernel holds it; its layout, which comes and goes with it, tells whether one does.
  const now = () => { const layout = model.get("layout"); return over || Boolean(layout && layout.comm_live === false); };
  function look() {
    if (!now()) return;
    line.hidden = false;
    shell.dataset.bfResting = "";
    for (const act of resters.splice(0)) act();
    quiet();
    watcher.observe(shell, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
  }
  // A kernel that ends or dies takes all that it held along; JupyterLab tells the widgets of a restart alone.
  function ends(_, status) {
    if (!session.session || /^(dead|terminating|restarting|autorestarting)$/.test(status)) { over = true; look(); }
  }
  model.on("comm_live_update", look);
  if (session) { session.statusChanged.connect(ends); session.kernelChanged.connect(ends); }
  function dispose() {
    watcher.disconnect();
    model.off("comm_live_update", look);
    if (session) { session.statusChanged.disconnect(ends); session.kernelChanged.disconnect(ends); }
  }
  // Asked once all is built.
  return { now, onRest: (act) => resters.push(act), begin: () => queueMicrotask(look), dispose };
}
// Marks the notebook as changed; answers with a line where it will not hold the widget's state.
function bfChanged(model) {
  const manager = model.widget_manager;
  if (!manager || !manager.setDirty) return "";
  manager.setDirty();
  const kept = !manager.context || manager.context.model.dirty;
  return kept ? "" : "Not saved with the notebook: turn on Settings, Save Widget State Automatically.";
}
