// The songs at hand: one is open, and whatever stands on its session shows it.
function render({ model, el }) {
  const frame = bfInstrument(el, model, "shelf", "Songs");
  frame.songs.fix();
  frame.shell.dataset.loaded = "1";
  bfKeys(frame.shell, {});
  return () => frame.dispose();
}
export default { render };
