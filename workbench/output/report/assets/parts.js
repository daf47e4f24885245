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
// JupyterLab takes a key before the page does, unless what has the focus is marked. Within a shell everything is marked
// for each key but those of the whole Lab: save, search, print, commands, panels. None of these changes a cell.
function bfLabKeys(shell) {
  shell.dataset.bfKeys = "";
  if (window.bfLabKeysKept) return;
  window.bfLabKeysKept = true;
  const ofTheLab = ({ key, ctrlKey, metaKey, altKey, shiftKey }) => (ctrlKey || metaKey) && !altKey && (shiftKey ? /^[a-ln-y[\]]$/i : /^[bfghijps,]$/i).test(key);
  window.addEventListener("keydown", (event) => {
    const own = event.target.closest && event.target.closest("[data-bf-keys]");
    // Where Python answers no more a cell may be run from within its output.
    const runs = own && "bfResting" in own.dataset && event.shiftKey && event.key === "Enter";
    if (own) event.target.toggleAttribute("data-lm-suppress-shortcuts", !ofTheLab(event) && !runs);
  }, true);
  bfSpace();
}
// Space belongs to the transport, as in a studio program: it presses a control only where the focus came by keyboard.
function bfSpace() {
  const pressed = ({ tagName, type }) => /^(BUTTON|SUMMARY|A|SELECT)$/.test(tagName) || (tagName === "INPUT" && /^(range|checkbox|radio)$/.test(type));
  const own = ({ key, target, ctrlKey, metaKey, altKey }) => key === " " && !(ctrlKey || metaKey || altKey) && target.closest && target.closest("[data-bf-keys]") && pressed(target);
  window.addEventListener("pointerdown", () => { window.bfPointed = true; }, true);
  window.addEventListener("keydown", (event) => { if (event.key === "Tab") window.bfPointed = false; }, true);
  // Some browsers press a button when the key goes up.
  window.addEventListener("keyup", (event) => { if (window.bfPointed && own(event)) event.preventDefault(); }, true);
  // What no shell took for itself: the nearest transport that can be heard takes it.
  window.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || !window.bfPointed || !own(event)) return;
    event.preventDefault();
    const shell = event.target.closest("[data-bf-keys]");
    const play = [...shell.querySelectorAll(".bf-play")].find((one) => !one.disabled && one.checkVisibility());
    if (play && !event.repeat) play.click();
  });
}
// What has the focus may be drawn anew, hidden or put to rest while it is worked on: what now stands in its place takes
// the focus, or else the shell, so that the next key is not the notebook's.
function bfHoldFocus(shell) {
  if (shell.dataset.bfHolds) return;
  shell.dataset.bfHolds = "true";
  const nameOf = (node) => node.getAttribute("aria-label") || node.textContent;
  let last = null, left = null;
  shell.addEventListener("focusin", ({ target }) => {
    const way = [];
    for (let node = target; node && node !== shell; node = node.parentElement) way.unshift([...node.parentElement.children].indexOf(node));
    last = { node: target, way, name: nameOf(target) };
  });
  shell.addEventListener("focusout", (event) => {
    if (event.relatedTarget) { last = null; return; }
    // A node that is taken out of the page loses the focus first; a click beside it does the same for good.
    left = last;
    last = null;
    setTimeout(() => { left = null; }, 0);
  });
  const able = (node) => node && node.isConnected && !node.disabled && node.checkVisibility();
  function inPlaceOf({ node, way, name }) {
    const alike = [...shell.querySelectorAll(node.tagName)].find((one) => nameOf(one) === name && able(one));
    if (alike) return alike;
    let at = shell;
    for (const index of way) {
      const next = at.children[Math.min(index, at.children.length - 1)];
      if (!next) break;
      at = next;
    }
    return at.tagName === node.tagName && able(at) ? at : shell;
  }
  const watcher = new MutationObserver((changes) => {
    const held = last || left;
    if (!held || (document.activeElement !== document.body && document.activeElement !== held.node)) return;
    // Whether it is to be seen costs a layout, and only an attribute changes it.
    if (changes.some((one) => one.type === "attributes") ? able(held.node) : held.node.isConnected) return;
    left = null;
    if (shell.isConnected) inPlaceOf(held).focus({ preventScroll: true });
  });
  watcher.observe(shell, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled", "hidden"] });
}
// Keys of a shell: the notebook around it leaves them alone, and fields in it keep their own.
function bfKeys(shell, keys) {
  shell.tabIndex = 0;
  bfLabKeys(shell);
  bfHoldFocus(shell);
  shell.addEventListener("keydown", (event) => {
    const { tagName, type } = event.target;
    const slides = type === "range" && /^(Arrow|Home|End|Page)/.test(event.key);
    const typing = slides || /^(TEXTAREA|SELECT)$/.test(tagName) || (tagName === "INPUT" && type !== "range");
    const combined = `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.shiftKey && event.key.length > 1 ? "Shift+" : ""}${event.key}`;
    const act = keys[combined] || keys[combined.toLowerCase()];
    const presses = /^(BUTTON|SUMMARY|A)$/.test(tagName) && (event.key === "Enter" || (event.key === " " && !window.bfPointed));
    if (!act || typing || presses) return;
    event.preventDefault();
    event.stopPropagation();
    act(event);
  });
}
// A slider with what it says beside it: a share of one as per cent, or as `read` has it.
function bfSlider(parent, name, low, high, step, value, onInput, read = (now) => (high <= 1 ? `${Math.round(100 * now)} %` : String(now))) {
  const label = bfMake("label", "bf-slider", parent, name);
  const input = bfMake("input", "", label);
  Object.assign(input, { type: "range", min: low, max: high, step, value });
  input.setAttribute("aria-label", name);
  const shown = bfMake("output", "bf-said", label);
  const tell = () => { shown.textContent = read(Number(input.value)); input.setAttribute("aria-valuetext", shown.textContent); };
  input.oninput = () => { tell(); onInput(Number(input.value)); };
  tell();
  return { input, move: (by) => { input.value = Number(input.value) + by; input.oninput(); }, set: (now) => { input.value = now; tell(); } };
}
