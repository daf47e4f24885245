// One question of a blind session at a time: sounds under letters, choices or sliders, a comment, and "next".
// Which version a letter stands for never comes to the page.
function render({ model, el }) {
  let player = null;
  function show() {
    if (player) player.dispose();
    player = null;
    el.replaceChildren();
    const question = model.get("question");
    const shell = bfMake("div", "bf-review", el);
    bfMake("div", "bf-review-count", shell, question.progress);
    bfMake("p", "bf-review-ask", shell, question.problem || question.text);
    if (question.done) return;
    const values = {};
    let heard = {};
    const bytes = model.get("sounds");
    const sounds = question.sounds.map((sound, index) => ({ ...sound, bytes: bytes[index] }));
    const next = bfMake("button", "bf-review-next", null, "Next");
    next.type = "button";
    next.disabled = true;
    const listened = () => sounds.every((sound) => sound.name === "open" || (heard[sound.name] || 0) >= question.least_heard);
    const complete = () => question.kind === "mushra" ? Object.keys(values).length === question.letters.length : "choice" in values;
    const update = () => {
      next.disabled = !(complete() && listened());
      next.title = listened() ? "" : "Listen to every sound first";
    };
    player = mountSwitcher(bfMake("div", "", shell), { sounds, keysOn: shell, onHeard: (seconds) => { heard = seconds; update(); } });
    const form = bfMake("div", "bf-review-form", shell);
    if (question.kind === "mushra") {
      for (const letter of question.letters) {
        const row = bfMake("label", "bf-review-row", form, `${letter} `);
        const slider = bfMake("input", "", row);
        Object.assign(slider, { type: "range", min: 0, max: 100, step: 1, value: 50 });
        slider.dataset.letter = letter;
        const shown = bfMake("output", "", row, "not rated");
        // A click where the slider stands already is an answer too, and moves nothing.
        slider.oninput = slider.onclick = () => {
          values[letter] = Number(slider.value);
          shown.textContent = slider.value;
          update();
        };
      }
      bfMake("div", "bf-review-scale", form, "0 bad, 20 poor, 40 fair, 60 good, 80 excellent, 100 as the reference");
    } else {
      for (const { value, label } of question.choices) {
        const choice = bfMake("button", "bf-review-choice", form, label);
        choice.type = "button";
        choice.dataset.letter = value;
        choice.onclick = () => {
          values.choice = value;
          for (const other of form.children) other.setAttribute("aria-pressed", String(other === choice));
          update();
        };
      }
    }
    const comment = bfMake("textarea", "bf-review-comment", shell);
    comment.placeholder = "Comment, if you like";
    bfMake("div", "bf-review-count", shell, "Keys: space plays, letters switch, L marks a loop.");
    shell.appendChild(next);
    next.onclick = () => {
      next.disabled = true;
      player.pause();
      model.send({ trial: question.trial, values, heard, comment: comment.value });
    };
  }
  model.on("change:question", show);
  show();
  return () => { if (player) player.dispose(); };
}
export default { render };
