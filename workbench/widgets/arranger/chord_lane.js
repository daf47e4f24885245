// The chords of the bars that the note grid shows: a press or Enter on a bar's makes them a field, Enter states them.
// bfChordLane(parent, {send(edit)}) -> {show(grid)}
function bfChordLane(parent, { send }) {
  const lane = bfMake("div", "bf-chord-lane", parent);
  lane.setAttribute("role", "group");
  lane.setAttribute("aria-label", "Chords");
  let shown = "", open = false;
  function show({ first, chords }) {
    const key = JSON.stringify([first, chords]);
    // A field in which somebody writes stays, whatever comes meanwhile.
    if (open || key === shown) return;
    shown = key;
    lane.replaceChildren();
    chords.forEach((text, index) => {
      const bar = first + index;
      const button = bfButton("bf-chord", lane, text || "\u2013", `Chords of bar ${bar}: ${text || "none"}; press to write others`, () => write(button, bar, text));
    });
  }
  function write(button, bar, text) {
    const field = bfMake("input", "bf-chord");
    Object.assign(field, { type: "text", value: text, spellcheck: false });
    field.setAttribute("aria-label", `Chords of bar ${bar}, parted by spaces; Enter states them, Escape leaves them`);
    button.replaceWith(field);
    open = true;
    field.focus();
    field.select();
    const leave = () => {
      // What is taken out of the page loses the focus, which would call this again.
      field.onblur = null;
      open = false;
      if (field.isConnected) field.replaceWith(button);
    };
    field.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === "Escape") { leave(); button.focus(); }
      if (event.key !== "Enter") return;
      // Or the key would press the button that it comes back to.
      event.preventDefault();
      const wanted = field.value.trim();
      leave();
      button.focus();
      // Without lines each chord would be a bar.
      if (wanted && wanted !== text) send({ edit: "chords", bars: [bar, bar], chords: wanted.includes("|") ? wanted : `| ${wanted} |` });
    };
    field.onblur = leave;
  }
  return { show };
}
