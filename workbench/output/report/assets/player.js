// A player for a master and its stems, kept in step: used by the HTML report and by the notebook widget.
// mountPlayer(root, {tracks: [{name, label, colour, src}], sections: [{name, start, end, energy}],
//                    duration, peaks, accent, measured: {lufs, dbtp}, onTime, downloads: [{label, name}]})
// -> {seek, toggle, dispose}
// Keys: space, arrows (5 s, volume), L loops the section under the playhead, Home.
function mountPlayer(root, options) {
  const { tracks, sections, duration, peaks, accent, onTime } = options;
  const shell = bfMake("div", "bf bf-player", root);
  shell.setAttribute("role", "group");
  shell.setAttribute("aria-label", "Player: space plays, arrows move, L loops");
  const alone = bfOnlyOne(() => pause());
  const top = bfMake("div", "bf-transport", shell);
  const play = bfMake("button", "bf-play", top);
  play.type = "button";
  play.setAttribute("aria-label", "Play");
  const strip = bfMake("div", "bf-strip", top);
  const names = bfMake("div", "bf-strip-names", strip);
  const canvas = bfMake("canvas", "bf-wave", strip);
  const time = bfMake("div", "bf-time", top, `0:00 / ${bfClock(duration)}`);
  const tools = bfMake("div", "bf-tools", shell);
  const rows = bfMake("div", "bf-rows", shell);
  const note = bfMake("div", "bf-note", shell);
  note.hidden = true;

  for (const s of sections) {
    const label = bfMake("span", "", names, s.name);
    label.style.left = `${(100 * s.start) / duration}%`;
    label.style.width = `${(100 * (s.end - s.start)) / duration}%`;
  }

  const voices = tracks.map((track) => {
    const audio = new Audio();
    audio.preload = track.name === "master" ? "metadata" : "none";
    audio.src = track.src;
    audio.addEventListener("error", () => {
      note.hidden = false;
      note.textContent = "The audio could not be opened. This page plays the files of its own bundle: keep it beside them.";
      shell.classList.add("bf-silent");
    });
    return { ...track, audio, muted: false, solo: false };
  });
  const master = voices.find((v) => v.name === "master") || voices[0];
  const stems = voices.filter((v) => v !== master);
  let source = "master";
  let playing = false;
  let looped = null;
  let frame = 0;

  const clockVoice = () => (source === "master" || !stems.length ? master : stems[0]);
  const sounding = () => (source === "master" || !stems.length ? [master] : stems);
  const position = () => clockVoice().audio.currentTime || 0;

  function levels() {
    const anySolo = stems.some((v) => v.solo);
    master.audio.muted = source !== "master";
    for (const v of stems) v.audio.muted = source === "master" || v.muted || (anySolo && !v.solo);
    for (const v of voices) {
      v.row.classList.toggle("bf-off", v.audio.muted);
      v.row.classList.toggle("bf-on", !v.audio.muted);
      if (v.muteButton) v.muteButton.setAttribute("aria-pressed", String(v.muted));
      if (v.soloButton) v.soloButton.setAttribute("aria-pressed", String(v.solo));
    }
  }
  function choose(next) {
    if (next !== source) {
      const at = position();
      const was = playing;
      pause();
      source = next;
      for (const v of sounding()) v.audio.currentTime = at;
      if (was) start();
    }
    levels();
  }
  async function start() {
    const at = position();
    alone.claim();
    meter.wake(!playing);
    playing = true;
    play.classList.add("bf-playing");
    play.setAttribute("aria-label", "Pause");
    for (const v of sounding()) if (Math.abs(v.audio.currentTime - at) > 0.02) v.audio.currentTime = at;
    try {
      await Promise.all(sounding().map((v) => v.audio.play()));
    } catch (error) {
      if (error.name !== "AbortError") pause();
    }
    tick();
  }
  function pause() {
    playing = false;
    play.classList.remove("bf-playing");
    play.setAttribute("aria-label", "Play");
    meter.rest();
    for (const v of voices) v.audio.pause();
  }
  function seek(seconds) {
    const at = Math.max(0, Math.min(duration, seconds));
    for (const v of sounding()) v.audio.currentTime = at;
    draw(at);
    if (onTime) onTime(at);
  }
  function tick() {
    cancelAnimationFrame(frame);
    const at = position();
    // Media elements run on clocks of their own: one that strays by more than 60 ms is put back.
    for (const v of sounding()) if (Math.abs(v.audio.currentTime - at) > 0.06) v.audio.currentTime = at;
    draw(at);
    if (playing) meter.show();
    if (onTime) onTime(at);
    if (looped && (at >= looped.end || at < looped.start - 0.1 || clockVoice().audio.ended)) return seek(looped.start), start();
    if (clockVoice().audio.ended) pause();
    if (playing) frame = requestAnimationFrame(tick);
  }
  function draw(at) {
    const width = canvas.clientWidth || 600;
    const height = canvas.clientHeight || 56;
    const scale = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    const g = canvas.getContext("2d");
    g.setTransform(scale, 0, 0, scale, 0, 0);
    g.clearRect(0, 0, width, height);
    for (const s of sections) {
      g.fillStyle = accent;
      g.globalAlpha = 0.03 + 0.13 * s.energy;
      g.fillRect((s.start / duration) * width, 0, ((s.end - s.start) / duration) * width - 1, height);
    }
    g.globalAlpha = 1;
    const bar = 3;
    const count = Math.floor(width / bar);
    const [played, ahead] = ["--bf-accent", "--bf-faint"].map((name) => bfColour(shell, name));
    for (let i = 0; i < count; i++) {
      const from = Math.floor((i / count) * peaks.length);
      const to = Math.max(from + 1, Math.floor(((i + 1) / count) * peaks.length));
      let peak = 0;
      for (let k = from; k < to; k++) peak = Math.max(peak, peaks[k]);
      const h = Math.max(1.5, peak * (height - 6));
      g.fillStyle = (i / count) * duration <= at ? played : ahead;
      g.fillRect(i * bar, (height - h) / 2, bar - 1, h);
    }
    if (looped) {
      g.fillStyle = accent;
      g.fillRect((looped.start / duration) * width, height - 3, ((looped.end - looped.start) / duration) * width, 3);
    }
    g.fillStyle = bfColour(shell, "--bf-ink");
    g.fillRect(Math.min(width - 1.5, (at / duration) * width), 0, 1.5, height);
    time.textContent = `${bfClock(at)} / ${bfClock(duration)}`;
  }

  for (const v of voices) {
    v.row = bfMake("div", "bf-row", rows);
    const name = bfMake("button", "bf-name", v.row);
    name.type = "button";
    const chip = bfMake("i", "bf-chip", name);
    chip.style.background = v.colour;
    name.appendChild(document.createTextNode(v.label));
    if (v === master) {
      name.title = "Play the finished master";
      name.onclick = () => choose("master");
      continue;
    }
    name.title = "Play this stem alone";
    name.onclick = () => {
      for (const other of stems) { other.solo = other === v; other.muted = false; }
      choose("stems");
    };
    v.soloButton = bfMake("button", "bf-key", v.row, "S");
    v.soloButton.type = "button";
    v.soloButton.title = `Solo ${v.label}`;
    v.soloButton.onclick = () => { v.solo = !v.solo; choose("stems"); };
    v.muteButton = bfMake("button", "bf-key", v.row, "M");
    v.muteButton.type = "button";
    v.muteButton.title = `Mute ${v.label}`;
    v.muteButton.onclick = () => { v.muted = !v.muted; choose("stems"); };
  }
  const toggle = () => (playing ? pause() : start());
  const meter = bfMeter(tools, voices, options.measured);
  const volume = bfSlider(tools, "Volume", 0, 1, 0.01, 1, (value) => { for (const v of voices) v.audio.volume = value; });
  const speed = bfMake("select", "bf-speed", tools);
  speed.setAttribute("aria-label", "Speed");
  for (const rate of [0.5, 0.75, 1, 1.25, 1.5]) {
    const option = bfMake("option", "", speed, `${rate}\u00d7`);
    option.value = rate;
    option.selected = rate === 1;
  }
  speed.onchange = () => { for (const v of voices) v.audio.playbackRate = Number(speed.value); };
  const loop = bfButton("bf-tool", tools, "Loop", "Loop the section under the playhead (L)", () => {
    const at = position();
    const section = sections.find((s) => at >= s.start && at < s.end - 0.01);
    looped = looped ? null : section || { start: 0, end: duration };
    loop.setAttribute("aria-pressed", String(Boolean(looped)));
    draw(at);
  });
  loop.setAttribute("aria-pressed", "false");
  for (const file of options.downloads || []) {
    const link = bfMake("a", "bf-tool", tools, file.label);
    Object.assign(link, { href: file.src || tracks[0].src, download: file.name, title: `Save ${file.name}` });
  }
  bfKeys(shell, {
    " ": toggle,
    arrowright: () => seek(position() + 5),
    arrowleft: () => seek(position() - 5),
    arrowup: () => volume.move(0.1),
    arrowdown: () => volume.move(-0.1),
    home: () => seek(0),
    l: () => loop.click(),
  });
  play.onclick = toggle;
  canvas.onclick = (event) => {
    const box = canvas.getBoundingClientRect();
    seek(((event.clientX - box.left) / box.width) * duration);
  };
  const watcher = new ResizeObserver(() => draw(position()));
  watcher.observe(canvas);
  const unwatch = bfOnTheme(() => draw(position()));
  rows.hidden = !stems.length;
  levels();
  draw(0);
  return {
    seek,
    toggle,
    dispose() {
      pause();
      alone.release();
      meter.close();
      cancelAnimationFrame(frame);
      watcher.disconnect();
      unwatch();
      for (const v of voices) v.audio.removeAttribute("src");
    },
  };
}

// Level, loudness and true peak of what is heard. Only sounds that lie in the page can be looked into: a file beside a
// page that was opened from disk would fall silent, and so the page tells what was measured of the track.
function bfMeter(parent, voices, measured) {
  if (!voices.every((v) => /^(blob|data):/.test(v.audio.src))) {
    if (measured) bfMake("span", "bf-read", parent, `master ${measured.lufs.toFixed(1)} LUFS, peak ${measured.dbtp.toFixed(1)} dBTP`);
    return { wake() {}, show() {}, rest() {}, close() {} };
  }
  const READS_MS = 60;
  const levels = bfLevels(parent);
  let context = null, meters = null, shown = 0;
  return {
    wake(anew) {
      if (context) context.resume();
      else {
        context = new (window.AudioContext || window.webkitAudioContext)();
        const all = context.createGain();
        for (const v of voices) context.createMediaElementSource(v.audio).connect(all);
        meters = bfMeters(context, all);
        all.connect(context.destination);
      }
      // A loop that begins again is still the same listening.
      if (!anew) return;
      meters.reset();
      levels.begin();
    },
    show() {
      if (!meters || performance.now() - shown < READS_MS) return;
      shown = performance.now();
      levels.show(meters.read());
    },
    rest: () => levels.fall(),
    close() { if (context) context.close(); },
  };
}
