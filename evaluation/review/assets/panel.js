// One question of a blind session at a time: sounds under letters, choices or sliders, a comment, and "next".
// Which version a letter stands for never comes to the page.
function render({ model, el }) {
  const shell = bfMake("div", "bf bf-review", el);
  shell.setAttribute("role", "group");
  const rest = bfRest(model, shell), inside = bfMake("div", "", shell);
  let player = null, asked = null, tell = () => {}, keys = {};
  bfKeys(shell, Object.fromEntries([..."0123456789", "Enter", "arrowup", "arrowdown"].map((key) => [key, () => { if (keys[key]) keys[key](); }])));
  function show() {
    const question = model.get("question");
    // A problem with an answer leaves the question as it stands, and what was heard of it.
    if (question.problem && question.trial === asked) { tell(question.problem); return; }
    if (player) player.dispose();
    player = null;
    keys = {};
    asked = question.trial;
    inside.replaceChildren();
    shell.setAttribute("aria-label", `Blind listening: ${question.progress}`);
    bfMake("div", "bf-review-count", inside, question.progress).setAttribute("role", "status");
    bfMake("p", "bf-review-ask", inside, question.problem || question.text);
    if (question.done) return;
    ask(question);
  }
  const listed = (names) => names.join(", ").replace(/, ([^,]*)$/, " and $1");
  function ask(question) {
    const values = {}, bytes = model.get("sounds");
    const sounds = question.sounds.map((sound, index) => ({ ...sound, bytes: bytes[index] }));
    let heard = {};
    const rated = question.kind === "mushra";
    const unheard = () => sounds.filter((sound) => sound.name !== "open" && (heard[sound.name] || 0) < question.least_heard).map((sound) => sound.label);
    const open = () => (rated ? question.letters.filter((letter) => !(letter in values)) : []);
    const said = () => {
      if (unheard().length) return `First listen to ${listed(unheard())}.`;
      if (open().length) return `First rate ${listed(open())}.`;
      return rated || "choice" in values ? "" : "First choose an answer.";
    };
    player = mountSwitcher(bfMake("div", "", inside), { sounds, keysOn: shell, numbers: false, onHeard: (seconds) => { heard = seconds; update(); } });
    const form = bfMake("div", "bf-review-form", inside);
    (rated ? sliders : choices)(form, question, values, () => update());
    const comment = bfMake("textarea", "bf-review-comment", inside);
    comment.placeholder = "Comment, if you like";
    comment.setAttribute("aria-label", "Comment, if you like; Esc goes back to the keys");
    comment.onkeydown = (event) => { if (event.key === "Escape") shell.focus(); };
    bfMake("div", "bf-review-count", inside, `Keys: space plays, letters switch, L marks a loop, ${rated ? "numbers rate what is heard by tens, up and down by 5" : "numbers answer"}, Enter goes on.`);
    const last = bfMake("div", "bf-review-last", inside);
    const next = bfMake("button", "bf-review-next", last, "Next");
    next.type = "button";
    const reason = bfMake("span", "bf-review-reason", last);
    reason.setAttribute("role", "status");
    tell = (text) => { if (reason.textContent !== text) reason.textContent = text; };
    function update() {
      next.disabled = Boolean(said()) || rest.now();
      tell(rest.now() ? "" : said());
    }
    next.onclick = () => {
      next.disabled = true;
      player.pause();
      model.send({ trial: question.trial, values, heard, comment: comment.value });
    };
    keys.Enter = () => next.click();
    update();
  }
  function choices(form, question, values, update) {
    question.choices.forEach(({ value, label }, index) => {
      const choice = bfMake("button", "bf-review-choice", form, `${label} (${index + 1})`);
      choice.type = "button";
      choice.dataset.letter = value;
      choice.setAttribute("aria-pressed", "false");
      choice.onclick = keys[String(index + 1)] = () => {
        values.choice = value;
        for (const other of form.children) other.setAttribute("aria-pressed", String(other === choice));
        update();
      };
    });
  }
  function sliders(form, question, values, update) {
    const all = new Map();
    for (const letter of question.letters) {
      const row = bfMake("label", "bf-review-row", form, `${letter} `);
      const slider = bfMake("input", "", row);
      Object.assign(slider, { type: "range", min: 0, max: 100, step: 1, value: 50 });
      slider.dataset.letter = letter;
      slider.setAttribute("aria-label", `Rating of ${letter}`);
      const shown = bfMake("output", "", row, "not rated");
      const rate = (to) => {
        slider.value = to;
        values[letter] = Number(slider.value);
        shown.textContent = slider.value;
        update();
      };
      all.set(letter, { rate, now: () => Number(slider.value) });
      // A click where the slider stands already is an answer too, and moves nothing.
      slider.oninput = slider.onclick = () => rate(slider.value);
    }
    bfMake("div", "bf-review-scale", form, "0 bad, 20 poor, 40 fair, 60 good, 80 excellent, 100 as the reference");
    const heardNow = (act) => () => { const own = all.get(player.chosen()); if (own) act(own); };
    for (let digit = 0; digit < 10; digit++) keys[String(digit)] = heardNow((own) => own.rate(digit ? 10 * digit : 100));
    keys.arrowup = heardNow((own) => own.rate(own.now() + 5));
    keys.arrowdown = heardNow((own) => own.rate(own.now() - 5));
  }
  model.on("change:question", show);
  show();
  rest.begin();
  return () => { model.off("change:question", show); rest.dispose(); if (player) player.dispose(); };
}
export default { render };
