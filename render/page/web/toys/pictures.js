// Pictures that were computed before, along one computed axis; beside them the same walk of a control.  The numbers
// below are those of the picture that is shown, and nothing is made up between two places.
tapehead.toys.pictures = (host, toy) => {
  const { along, beside, control, places = "" } = toy.options;
  const shown = toy.data.picture, axes = shown.axes, numbers = Object.keys(toy.data).filter((name) => name !== "picture" && name !== places);
  const size = (axis) => shown.shape[axes.indexOf(axis)];
  const told = (k) => places ? kit.number(toy.data[places].values[k]) : kit.labels(shown, along)[k];
  const spec = { [along]: { label: toy.options.label ?? along, value: toy.options.start ?? 0, low: 0, high: size(along) - 1, told } };
  spec[beside] = { label: beside, options: kit.places(shown, beside), value: 0 };
  const other = kit.labels(shown, beside).indexOf(control);
  spec.beside = { label: "beside it (control)", options: kit.places(shown, beside), value: Math.max(0, other) };
  for (const axis of axes) if (axis !== along && axis !== beside) spec[axis] = { label: axis, options: kit.places(shown, axis), value: 0 };
  for (const name of numbers) for (const axis of toy.data[name].axes)
    if (!axes.includes(axis) && !spec[axis]) spec[axis] = { label: axis, options: kit.places(toy.data[name], axis), value: 0 };
  spec.both = { label: "the control beside it", value: true };
  const knobs = kit.knobs(spec, () => draw());

  const edge = 250, thumb = Math.min(64, Math.floor((edge - 4) / Math.min(size(along), 7)));
  const lines = Math.ceil(size(along) / Math.floor(edge / thumb));
  const svg = [0, 1].map(() => kit.svg("svg", { viewBox: `0 0 ${edge} ${edge + 6 + lines * thumb}`, role: "group" }));
  const caption = svg.map(() => kit.el("figcaption"));
  const figures = svg.map((one, k) => kit.el("figure", {}, one, caption[k]));
  const table = kit.el("table"), says = kit.el("p", { class: "says", role: "status" });
  const where = (side, place = knobs.values[along]) => {
    const made = {};
    for (const axis of Object.keys(spec)) if (!["beside", "both"].includes(axis)) made[axis] = Number(knobs.values[axis]);
    made[along] = Number(place);
    if (side) made[beside] = Number(knobs.values.beside);
    return made;
  };
  const picture = (at) => {
    let index = 0;
    axes.forEach((axis, k) => { index = index * shown.shape[k] + at[axis]; });
    return shown.pictures[index];
  };
  const value = (name, side) => kit.at(toy.data[name], where(side));
  const title = (side) => [kit.labels(shown, beside)[where(side)[beside]], `${spec[along].label} ${told(knobs.values[along])}`].join(", ");
  const draw = () => {
    const here = knobs.values[along], across = Math.floor(edge / thumb);
    svg.forEach((one, side) => {
      kit.set(one, { "aria-label": title(side) });
      one.replaceChildren(kit.image(picture(where(side)), 0, 0, edge, title(side)));
      for (let k = 0; k < size(along); k += 1) {
        const at = [(k % across) * thumb, edge + 6 + Math.floor(k / across) * thumb];
        const small = kit.image(picture(where(side, k)), at[0] + 1, at[1] + 1, thumb - 2, `${spec[along].label} ${told(k)}`);
        small.setAttribute("class", "cell");
        small.addEventListener("click", () => { knobs.set(along, k); draw(); });
        one.append(small);
        if (k === here) one.append(kit.svg("rect", { x: at[0] + 1, y: at[1] + 1, width: thumb - 2, height: thumb - 2, fill: "none",
          stroke: "var(--mark)", "stroke-width": 3 }));
      }
      caption[side].textContent = title(side);
    });
    figures[1].hidden = !knobs.values.both;
    kit.fill(table, [["numbers", title(0), ...(knobs.values.both ? [title(1)] : [])], ...numbers.map((name) => [name +
      toy.data[name].axes.filter((axis) => !axes.includes(axis)).map((axis) => `, ${kit.labels(toy.data[name], axis)[Number(knobs.values[axis])]}`).join(""),
      kit.number(value(name, 0)), ...(knobs.values.both ? [kit.number(value(name, 1))] : [])])], true);
    says.textContent = `${title(0)}${knobs.values.both ? `; beside it ${title(1)}` : ""}.`;
  };
  host.append(kit.el("div", { class: "panels" }, figures), knobs.node, table, says, kit.source(...Object.values(toy.data)));
  draw();
  return {
    state: knobs.state,
    restore: (from) => { knobs.restore(from); draw(); },
    rows: () => [[spec[along].label, ...numbers.flatMap((name) => [`${name}, ${kit.labels(shown, beside)[where(0)[beside]]}`, `${name}, ${kit.labels(shown, beside)[where(1)[beside]]}`])],
      ...Array.from({ length: size(along) }, (_, k) => [told(k), ...numbers.flatMap((name) => [0, 1].map((side) => kit.at(toy.data[name], where(side, k))))])],
    pictures: () => knobs.values.both ? svg : [svg[0]],
    now: () => ({ numbers: Object.fromEntries(numbers.map((name) => [name, [value(name, 0), value(name, 1)]])), pictures: [picture(where(0)), picture(where(1))] }),
  };
};
