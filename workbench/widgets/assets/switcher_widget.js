// The notebook's switcher: all sounds play in step, one is heard; new sounds replace the old ones.
function render({ model, el }) {
  let player = null;
  function show() {
    if (player) player.dispose();
    el.replaceChildren();
    const names = model.get("names");
    const bytes = model.get("sounds");
    player = mountSwitcher(el, { sounds: names.map((name, index) => ({ name, label: name, bytes: bytes[index] })) });
  }
  model.on("change:sounds", show);
  show();
  return () => {
    model.off("change:sounds", show);
    player.dispose();
  };
}
export default { render };
