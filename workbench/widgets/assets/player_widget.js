// The notebook's player: turns the bytes that Python sent into addresses that audio elements can open.
function render({ model, el }) {
  const addresses = [];
  const tracks = model.get("tracks").map((track) => {
    const address = URL.createObjectURL(new Blob([track.audio], { type: track.mime }));
    addresses.push(address);
    return { name: track.name, label: track.label, colour: track.colour, src: address };
  });
  let told = -1;
  const player = mountPlayer(el, {
    ...model.get("data"),
    tracks,
    onTime(seconds) {
      if (Math.abs(seconds - told) < 0.04) return;
      told = seconds;
      model.set("position_seconds", seconds);
      // Kept in the page, for the piano roll beside it: the kernel need not hear of every step.
    },
  });
  const seek = () => player.seek(model.get("seek_seconds"));
  model.on("change:seek_seconds", seek);
  return () => {
    model.off("change:seek_seconds", seek);
    player.dispose();
    addresses.forEach((address) => URL.revokeObjectURL(address));
  };
}
export default { render };
