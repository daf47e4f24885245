// Devices of Web MIDI: notes, pedal, bend and knobs of all inputs; what stands in the way is told in one line.
// bfWebMidi({onDown, onUp, onPedal, onBend, onKnob, onState}) -> {connect, already, dispose}
function bfWebMidi({ onDown, onUp, onPedal, onBend, onKnob, onState }) {
  let access = null;
  const BEND_SEMITONES = 2, OTHERWISE = "The computer keyboard and the pointer play all the same.";
  const tell = (text, failed = false) => onState({ text, failed, connected: Boolean(access) });

  function heard(event) {
    const [status, first, second = 0] = event.data, kind = status & 0xf0, channel = status & 0x0f, stamp = event.timeStamp || performance.now();
    const key = `midi ${channel} ${first}`;
    if (kind === 0x90 && second > 0) onDown(key, first, second, stamp);
    else if (kind === 0x80 || kind === 0x90) onUp(key, stamp);
    else if (kind === 0xe0) onBend(((first + 128 * second - 8192) / 8192) * BEND_SEMITONES);
    else if (kind === 0xb0) { if (first === 64) onPedal(second >= 64); onKnob(channel, first, second, stamp); }
  }
  function listen() {
    const inputs = [...access.inputs.values()].filter((input) => input.state !== "disconnected");
    for (const input of inputs) input.onmidimessage = heard;
    tell(inputs.length ? `MIDI: ${inputs.map((input) => input.name).join(", ")}` : "No MIDI input is there; one that is plugged in is taken at once.");
  }
  async function connect() {
    if (!window.isSecureContext) return tell(`Browsers allow MIDI on https and on localhost only: open JupyterLab there. ${OTHERWISE}`, true);
    if (!navigator.requestMIDIAccess) return tell(`This browser has no Web MIDI; Chrome, Edge and Firefox have it. ${OTHERWISE}`, true);
    try {
      access = await navigator.requestMIDIAccess({ sysex: false });
    } catch (error) {
      const denied = ["SecurityError", "NotAllowedError"].includes(error.name);
      return tell(`${denied ? "The browser does not allow MIDI here: allow it beside the address, then connect again." : `MIDI could not be opened (${error.message}).`} ${OTHERWISE}`, true);
    }
    access.onstatechange = listen;
    return listen();
  }
  // Where it was allowed before nobody has to ask again.
  async function already() {
    if (!navigator.permissions || !navigator.requestMIDIAccess) return;
    try {
      const { state } = await navigator.permissions.query({ name: "midi" });
      if (state === "granted") await connect();
    } catch { /* A browser that cannot tell is asked by the button. */ }
  }
  function dispose() {
    if (!access) return;
    access.onstatechange = null;
    for (const input of access.inputs.values()) input.onmidimessage = null;
  }
  return { connect, already, dispose };
}
