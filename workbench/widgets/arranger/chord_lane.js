// The chords of the bars that the note grid shows: a press or Enter on a bar's makes them a field, Enter states them.
// bfChordLane(parent, {send(edit)}) -> {show(grid), refused(edit, why), accepted()}
// What is refused stays as it was typed, marked, with the reason below it.
function bfChordLane(parent, { send }) {
  const lane = bfMake("div", "bf-chord-lane", parent);
  lane.setAttribute("role", "group");
  lane.setAttribute("aria-label", "Chords");
  let shown = "", at = 0, open = null, waiting = null;
  function show(grid) {
    const { first, chords } = grid;
    const key = JSON.stringify([first, chords]);
    // A field in which somebody writes stays, whatever comes meanwhile; not where other bars are shown.
    if (open && first !== at) open.leave();
    waiting = open ? grid : null;
    if (open || key === shown) return;
    [shown, at] = [key, first];
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
    field.focus();
    field.select();
    let reason = null, sent = false;
    const leave = () => {
      // What is taken out of the page loses the focus, which would call this again.
      field.onblur = null;
      open = null;
      if (reason) reason.remove();
      const held = document.activeElement === field;
      if (field.isConnected) field.replaceWith(button);
      if (held) button.focus();
      const fresh = waiting;
      waiting = null;
      if (fresh) show(fresh);
    };
    if (open) open.leave();
    open = {
      bar, leave,
      get sent() { return sent; },
      refused(why) {
        sent = false;
        field.setAttribute("aria-invalid", "true");
        if (!reason) reason = bfMake("div", "bf-chord-why", lane);
        reason.id ||= `bf-chord-why-${Math.random().toString(36).slice(2)}`;
        reason.textContent = why;
        field.setAttribute("aria-describedby", reason.id);
        reason.style.left = `${Math.max(0, Math.min(field.offsetLeft, lane.clientWidth - 340))}px`;
      },
    };
    field.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === "Escape") leave();
      if (event.key !== "Enter") return;
      // Or the key would press the button that it comes back to.
      event.preventDefault();
      const wanted = field.value.trim();
      if (!wanted || wanted === text) return leave();
      sent = true;
      // Without lines each chord would be a bar.
      send({ edit: "chords", bars: [bar, bar], chords: wanted.includes("|") ? wanted : `| ${wanted} |` });
    };
    field.oninput = () => field.removeAttribute("aria-invalid");
    field.onblur = () => { if (!sent && !reason) leave(); };
  }
  return {
    show,
    refused: (edit, why) => { const mine = Boolean(open && open.sent && edit.bars && edit.bars[0] === open.bar); if (mine) open.refused(why); return mine; },
    accepted: () => { if (open && open.sent) open.leave(); },
  };
}
