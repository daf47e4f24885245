// What every player and widget is built of; it stands before their own scripts.
function bfMake(tag, name, parent, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  if (parent) parent.appendChild(node);
  return node;
}
function bfButton(name, parent, text, title, onClick) {
  const button = bfMake("button", name, parent, text);
  button.type = "button";
  if (title) { button.title = title; button.setAttribute("aria-label", title); }
  if (onClick) button.onclick = onClick;
  return button;
}
function bfClock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}
// A colour of the theme as it stands, for canvases: style sheets name them, such as "--bf-ink".
function bfColour(node, name) {
  return getComputedStyle(node).getPropertyValue(name).trim() || "#888";
}
// Draw again when JupyterLab's theme changes: a canvas keeps the colours that it was drawn with.
function bfOnTheme(draw) {
  const watcher = new MutationObserver(() => requestAnimationFrame(draw));
  watcher.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"] });
  return () => watcher.disconnect();
}
// Whatever plays in a page claims it, and whatever played before falls silent.
function bfOnlyOne(stop) {
  const own = {};
  const listen = (event) => { if (event.detail !== own) stop(); };
  document.addEventListener("bf-claim", listen);
  return {
    claim: () => document.dispatchEvent(new CustomEvent("bf-claim", { detail: own })),
    release: () => document.removeEventListener("bf-claim", listen),
  };
}
// Keys of a shell: the notebook around it leaves them alone, and fields in it keep their own.
function bfKeys(shell, keys) {
  shell.tabIndex = 0;
  // JupyterLab looks for this mark on what has the focus alone, before it takes a key for one of its own.
  shell.addEventListener("focusin", (event) => { event.target.dataset.lmSuppressShortcuts = "true"; });
  shell.addEventListener("keydown", (event) => {
    const { tagName, type } = event.target;
    const slides = type === "range" && /^(Arrow|Home|End|Page)/.test(event.key);
    const typing = slides || /^(TEXTAREA|SELECT)$/.test(tagName) || (tagName === "INPUT" && type !== "range");
    const combined = `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.shiftKey && event.key.length > 1 ? "Shift+" : ""}${event.key}`;
    const act = keys[combined] || keys[combined.toLowerCase()];
    if (!act || typing || (tagName === "BUTTON" && (event.key === " " || event.key === "Enter"))) return;
    event.preventDefault();
    event.stopPropagation();
    act(event);
  });
}
function bfSlider(parent, name, low, high, step, value, onInput) {
  const label = bfMake("label", "bf-slider", parent, name);
  const input = bfMake("input", "", label);
  Object.assign(input, { type: "range", min: low, max: high, step, value });
  input.oninput = () => onInput(Number(input.value));
  return { input, move: (by) => { input.value = Number(input.value) + by; input.oninput(); } };
}
