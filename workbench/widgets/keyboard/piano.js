// Keys of a piano, or pads of a kit, to be pressed by pointer, by the computer's keyboard and by Enter.
// bfPiano(parent, {onDown, onUp}) -> {build(bank, base, colour), mark(pitch, on)}
const bfComputerKeys = ["KeyA", "KeyW", "KeyS", "KeyE", "KeyD", "KeyF", "KeyT", "KeyG", "KeyY", "KeyH", "KeyU", "KeyJ", "KeyK", "KeyO", "KeyL", "KeyP", "Semicolon", "Quote"];
const bfKeyName = (code) => ({ Semicolon: ";", Quote: "'" }[code] || code.slice(3));
function bfPiano(parent, { onDown, onUp }) {
  const NAMES = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"], KEYS = 25, ENTER_MS = 400;
  const box = bfMake("div", "bf-piano bf-asks", bfMake("div", "bf-piano-scroll", parent));
  box.setAttribute("role", "group");
  const nodes = new Map();
  let held = null;
  const isBlack = (pitch) => [1, 3, 6, 8, 10].includes(pitch % 12);
  const nameOf = (pitch) => `${NAMES[pitch % 12]}${Math.floor(pitch / 12) - 1}`;

  function add(pitch, name, letter, black) {
    const node = bfMake("button", `bf-piano-key${black ? " bf-black" : ""}`, box);
    node.type = "button";
    node.dataset.pitch = pitch;
    node.setAttribute("aria-label", letter ? `${name}, key ${letter}` : name);
    bfMake("span", "bf-piano-letter", node, letter);
    bfMake("span", "bf-piano-name", node, name);
    nodes.set(pitch, node);
    return node;
  }
  function build(bank, base) {
    box.replaceChildren();
    nodes.clear();
    box.classList.toggle("bf-pads", bank.pads.length > 0);
    box.setAttribute("aria-label", bank.pads.length ? "Pads" : "Keys");
    if (bank.pads.length) {
      bank.pads.forEach(({ pitch, label }, index) => add(pitch, label, bfComputerKeys[index] ? bfKeyName(bfComputerKeys[index]) : "", false));
      return;
    }
    const whites = Array.from({ length: KEYS }, (_, index) => base + index).filter((pitch) => !isBlack(pitch)).length;
    let white = 0;
    for (let index = 0; index < KEYS; index++) {
      const pitch = base + index, black = isBlack(pitch);
      const node = add(pitch, nameOf(pitch), index < bfComputerKeys.length ? bfKeyName(bfComputerKeys[index]) : "", black);
      node.style.left = `${(100 * (black ? white - 0.3 : white)) / whites}%`;
      node.style.width = `${(100 * (black ? 0.6 : 1)) / whites}%`;
      node.disabled = pitch < bank.low || pitch > bank.high;
      if (!black) white += 1;
    }
  }
  const pitchAt = (event) => {
    const node = document.elementFromPoint(event.clientX, event.clientY);
    const key = node && node.closest && node.closest(".bf-piano-key");
    return key && box.contains(key) && !key.disabled ? Number(key.dataset.pitch) : null;
  };
  // A key is louder the nearer to its front it is struck.
  const struck = (event, pitch) => {
    const { top, height } = nodes.get(pitch).getBoundingClientRect();
    return Math.round(50 + 75 * Math.max(0, Math.min(1, (event.clientY - top) / height)));
  };
  function glide(event) {
    const pitch = pitchAt(event);
    if (pitch === held) return;
    if (held !== null) onUp("pointer", event.timeStamp);
    held = pitch;
    if (pitch !== null) onDown("pointer", pitch, struck(event, pitch), event.timeStamp);
  }
  function end(event) {
    if (held !== null) onUp("pointer", event.timeStamp);
    held = null;
  }
  box.addEventListener("pointerdown", (event) => { if (!event.button) { box.setPointerCapture(event.pointerId); glide(event); } });
  box.addEventListener("pointermove", (event) => { if (event.buttons & 1 && box.hasPointerCapture(event.pointerId)) glide(event); });
  for (const name of ["pointerup", "pointercancel"]) box.addEventListener(name, end);
  // Enter and the space bar on a key, and the click of a screen reader: a short note.
  box.addEventListener("click", (event) => {
    const key = event.target.closest(".bf-piano-key");
    if (event.detail !== 0 || !key) return;
    onDown("enter", Number(key.dataset.pitch), null, event.timeStamp);
    setTimeout(() => onUp("enter", performance.now()), ENTER_MS);
  });
  return {
    build,
    has: (pitch) => nodes.has(pitch),
    mark(pitch, on) { const node = nodes.get(pitch); if (node) node.classList.toggle("bf-down", on); },
  };
}
