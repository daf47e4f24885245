// Switches between sounds without a gap: all play in step, one is heard. Used by the report and by blind reviews.
// mountSwitcher(root, {sounds: [{name, label, src | bytes}], onHeard, keysOn, numbers}) -> {choose, chosen, play, pause, seconds, dispose}
// Keys, while `keysOn` (the switcher itself if left out) has the focus: space plays, a letter or a number (unless
// `numbers` is false) chooses, L loops.
function mountSwitcher(root, options) {
  const { sounds, onHeard } = options;
  const FADE_SECONDS = 0.012;
  const shell = bfMake("div", "bf bf-switcher", root);
  const alone = bfOnlyOne(() => pause());
  const play = bfMake("button", "bf-switch-play", shell, "Play");
  play.type = "button";
  const keys = bfMake("div", "bf-switch-keys", shell);
  const time = bfMake("span", "bf-switch-time", shell, "0:00");
  const place = bfMake("input", "bf-switch-place", shell);
  Object.assign(place, { type: "range", min: 0, max: 1, step: 0.001, value: 0 });
  place.setAttribute("aria-label", "Position");
  const loop = bfMake("button", "bf-switch-loop", shell);
  loop.type = "button";
  const note = bfMake("div", "bf-switch-note", shell);
  note.hidden = true;

  let context = null;
  let voices = [];
  let chosen = sounds[0].name;
  let playing = false;
  let offset = 0;
  let startedAt = 0;
  let frame = 0;
  let heardSince = 0;
  // The part that is repeated: the whole until its beginning, and then its end, are marked.
  let from = null;
  let to = null;
  const heard = Object.fromEntries(sounds.map((sound) => [sound.name, 0]));

  const bytesOf = (sound) => {
    if (sound.bytes) return sound.bytes.buffer.slice(sound.bytes.byteOffset, sound.bytes.byteOffset + sound.bytes.byteLength);
    const text = atob(sound.src.slice(sound.src.indexOf(",") + 1));
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes.buffer;
  };
  async function load() {
    if (context) return;
    context = new (window.AudioContext || window.webkitAudioContext)();
    const buffers = await Promise.all(sounds.map((sound) => context.decodeAudioData(bytesOf(sound))));
    voices = buffers.map((buffer, index) => {
      const gain = context.createGain();
      gain.connect(context.destination);
      return { name: sounds[index].name, buffer, gain, source: null };
    });
  }
  const duration = () => Math.min(...voices.map((voice) => voice.buffer.duration));
  const looped = () => (to === null ? [0, duration()] : [from, to]);
  const position = () => {
    if (!playing) return offset;
    const [first, last] = looped();
    return first + ((offset - first + context.currentTime - startedAt) % (last - first));
  };
  // First press: it begins here. Second: it ends here. Third: the whole again.
  function markLoop() {
    if (!voices.length) return;
    const at = position();
    if (from === null) from = at;
    else if (to === null && at - from > 0.1) to = at;
    else from = to = null;
    if (playing) {
      pause();
      start();
    }
    show();
  }
  function stop() {
    for (const voice of voices) {
      if (voice.source) voice.source.stop();
      voice.source = null;
    }
  }
  function count() {
    // How long each sound was heard: a review may ask that all were.
    if (playing) heard[chosen] += context.currentTime - heardSince;
    heardSince = context ? context.currentTime : 0;
    if (onHeard) onHeard({ ...heard });
  }
  async function start() {
    try {
      await load();
      await context.resume();
    } catch (error) {
      note.hidden = false;
      note.textContent = `The sound could not be opened (${error.name}).`;
      return;
    }
    alone.claim();
    const [first, last] = looped();
    if (offset < first || offset >= last) offset = first;
    for (const voice of voices) {
      voice.source = context.createBufferSource();
      voice.source.buffer = voice.buffer;
      voice.source.loop = true;
      voice.source.loopStart = first;
      voice.source.loopEnd = last;
      voice.source.connect(voice.gain);
      voice.gain.gain.value = voice.name === chosen ? 1 : 0;
    }
    startedAt = context.currentTime + 0.03;
    heardSince = startedAt;
    for (const voice of voices) voice.source.start(startedAt, offset);
    playing = true;
    show();
    tick();
  }
  function pause() {
    if (!playing) return;
    count();
    offset = position();
    playing = false;
    stop();
    cancelAnimationFrame(frame);
    show();
  }
  function choose(name) {
    count();
    chosen = name;
    if (context) {
      for (const voice of voices) {
        const gain = voice.gain.gain;
        gain.cancelScheduledValues(context.currentTime);
        gain.setValueAtTime(gain.value, context.currentTime);
        gain.linearRampToValueAtTime(voice.name === chosen ? 1 : 0, context.currentTime + FADE_SECONDS);
      }
    }
    show();
  }
  function show() {
    play.textContent = playing ? "Pause" : "Play";
    shell.dataset.playing = String(playing);
    shell.dataset.chosen = chosen;
    shell.dataset.loop = to === null ? "" : `${from.toFixed(2)} ${to.toFixed(2)}`;
    loop.textContent = from === null ? "Loop from here" : to === null ? `Loop ${bfClock(from)} to here` : `Loop ${bfClock(from)} to ${bfClock(to)} \u00d7`;
    loop.setAttribute("aria-pressed", String(to !== null));
    for (const key of keys.children) key.setAttribute("aria-pressed", String(key.dataset.name === chosen));
  }
  function tick() {
    const at = position();
    time.textContent = `${bfClock(at)} / ${bfClock(duration())}`;
    shell.dataset.seconds = at.toFixed(2);
    if (document.activeElement !== place) place.value = at / duration();
    if (!playing) return;
    count();
    frame = requestAnimationFrame(tick);
  }
  for (const sound of sounds) {
    const key = bfMake("button", "bf-switch-key", keys, sound.label);
    key.type = "button";
    key.dataset.name = sound.name;
    key.onclick = () => choose(sound.name);
  }
  const toggle = () => (playing ? pause() : start());
  play.onclick = toggle;
  loop.onclick = markLoop;
  const keyboard = options.keysOn || shell;
  keyboard.tabIndex = 0;
  // JupyterLab would take A and B for its own and insert cells.
  bfLabKeys(keyboard);
  bfHoldFocus(keyboard);
  const onKey = (event) => {
    const field = event.target.closest("textarea, input:not([type='range'])");
    if (field || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toUpperCase();
    const sound = sounds.find((one) => one.label === key) || (options.numbers !== false && sounds[Number(key) - 1]);
    if (key === " ") toggle();
    else if (sound && key.length === 1) choose(sound.name);
    else if (key === "L") markLoop();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  keyboard.addEventListener("keydown", onKey);
  place.oninput = () => {
    const was = playing;
    if (was) pause();
    offset = Number(place.value) * (voices.length ? duration() : 0);
    if (was) start();
  };
  show();
  return {
    choose,
    chosen: () => chosen,
    play: start,
    pause,
    seconds: () => ({ ...heard }),
    dispose() {
      pause();
      alone.release();
      keyboard.removeEventListener("keydown", onKey);
      if (context) context.close();
    },
  };
}
