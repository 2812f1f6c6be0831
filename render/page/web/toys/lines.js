// Curves over a computed axis, with a cursor that goes from place to place of it: only places that were computed, nothing
// in between.  A quantity without that axis is a level line, one for each of its places; along the axis `split` each
// place has a curve of its own, so that a control stands beside what it is the control of.
tapehead.toys.lines = (host, toy) => {
  const { x: along, control = "", y: yName = "", split = "", log = false } = toy.options;
  const given = Object.keys(toy.data).filter((name) => name !== along);
  // Where no quantity of that name is given it is an axis, whose labels are numbers.
  const xs = toy.data[along] ?? (() => {
    const of = toy.data[given.find((name) => toy.data[name].axes.includes(along))];
    return { axes: [along], values: kit.labels(of, along).map(Number), unit: "1" };
  })();
  const axis = xs.axes[0];
  // A quantity along `split` is taken apart: one for each of its places.
  for (const name of given) {
    const one = toy.data[name], at = one.axes.indexOf(split);
    if (at < 0) continue;
    const inside = one.shape.slice(at + 1).reduce((a, b) => a * b, 1), many = one.shape[at];
    kit.labels(one, split).forEach((label, place) => {
      toy.data[given.filter((each) => toy.data[each].axes.includes(split) || each === name).length > 1 ? `${name}, ${label}` : label] = { ...one,
        axes: one.axes.filter((each) => each !== split), shape: one.shape.filter((_, k) => k !== at),
        values: one.values.filter((_, k) => Math.floor(k / inside) % many === place) };
    });
    delete toy.data[name];
  }
  const names = Object.keys(toy.data).filter((name) => name !== along);
  const colours = ["var(--nap)", "var(--ear)", "var(--luck)", "var(--nose)", "var(--link)"];
  const dashes = ["", "7 4", "2 4", "9 3 2 3", "1 3"];
  const wide = 640, high = 330, edge = { left: 62, right: 12, top: 14, bottom: 42 };
  const shown = Object.fromEntries(names.map((name) => [name, true]));
  const where = {};
  let place = Math.floor(xs.values.length / 2);

  const others = (name) => toy.data[name].axes.filter((each) => each !== axis);
  const isCurve = (name) => toy.data[name].axes.includes(axis);
  for (const name of names) if (isCurve(name)) for (const each of others(name)) where[each] ??= 0;
  const value = (name, k) => kit.at(toy.data[name], { ...where, [axis]: k });
  // What is drawn of a quantity: one curve, or its single numbers as levels.
  const curves = (name) => isCurve(name)
    ? [{ label: name, at: (k) => value(name, k) }]
    : toy.data[name].values.map((level, k) => ({ at: () => level, level: true,
      label: toy.data[name].axes.length ? `${name}: ${kit.labels(toy.data[name], toy.data[name].axes[0])[k]}` : name }));
  const all = names.flatMap((name) => toy.data[name].values).filter((each) => each !== null);
  const low = log ? Math.min(...all.filter((each) => each > 0)) : Math.min(0, ...all), top = Math.max(...all) * 1.04;
  const scale = log ? (v) => Math.log10(Math.max(v, 1e-300)) : (v) => v;
  const px = (v) => edge.left + (scale(v) - scale(xs.values[0])) / (scale(xs.values[xs.values.length - 1]) - scale(xs.values[0])) * (wide - edge.left - edge.right);
  const py = (v) => edge.top + (scale(top) - scale(v)) / (scale(top) - scale(low)) * (high - edge.top - edge.bottom);

  const svg = kit.svg("svg", { viewBox: `0 0 ${wide} ${high}`, role: "img" });
  const table = kit.el("table");
  const ticks = (from, to, many) => kit.ticks([from, to], many, log);
  const draw = () => {
    svg.replaceChildren();
    for (const tick of ticks(low, top, 5)) svg.append(
      kit.svg("line", { x1: edge.left, x2: wide - edge.right, y1: py(tick), y2: py(tick), stroke: "var(--faint)" }),
      kit.svg("text", { class: "soft", x: edge.left - 8, y: py(tick) + 4, "text-anchor": "end" }, kit.mark(tick)));
    for (const tick of ticks(xs.values[0], xs.values[xs.values.length - 1], 7)) svg.append(
      kit.svg("text", { class: "soft", x: px(tick), y: high - 24, "text-anchor": "middle" }, kit.mark(tick)));
    svg.append(kit.svg("text", { x: wide - edge.right, y: high - 6, "text-anchor": "end" }, `${along}${xs.unit === "1" ? "" : `, ${xs.unit}`}`),
      kit.svg("text", { x: edge.left + 6, y: edge.top + 2 }, `${yName}${toy.data[names[0]].unit === "1" ? "" : `, ${toy.data[names[0]].unit}`}`));
    names.forEach((name, n) => {
      if (!shown[name]) return;
      for (const curve of curves(name)) {
        const points = xs.values.map((v, k) => [v, curve.at(k)]).filter((pair) => pair[1] !== null);
        svg.append(kit.svg("polyline", { fill: "none", stroke: colours[n % colours.length], "stroke-width": curve.level ? 1.3 : 2.6,
          "stroke-dasharray": dashes[n % dashes.length], points: points.map(([v, y]) => `${px(v)},${py(y)}`).join(" ") }));
      }
    });
    const here = xs.values[place];
    svg.append(kit.svg("line", { x1: px(here), x2: px(here), y1: edge.top, y2: high - edge.bottom, stroke: "var(--ink)", "stroke-dasharray": "3 3" }));
    const rows = [];
    names.forEach((name, n) => {
      if (!shown[name]) return;
      for (const curve of curves(name)) {
        const now = curve.at(place);
        if (!curve.level && now !== null) svg.append(kit.svg("circle", { cx: px(here), cy: py(now), r: 5.5, fill: colours[n % colours.length] }));
        rows.push(kit.el("tr", {}, kit.el("th", { scope: "row" }, curve.label), kit.el("td", {}, kit.number(now))));
      }
    });
    table.replaceChildren(kit.el("tbody", {}, rows));
    kit.set(svg, { "aria-label": `${yName} at ${along} ${kit.number(here)}` });
  };
  const move = (event) => {
    const box = svg.getBoundingClientRect(), at = (event.clientX - box.left) / box.width * wide;
    place = xs.values.reduce((best, v, k) => Math.abs(px(v) - at) < Math.abs(px(xs.values[best]) - at) ? k : best, 0);
    slider.set(place);
    shownAt();
    draw();
  };
  svg.addEventListener("pointerdown", (event) => { svg.setPointerCapture(event.pointerId); move(event); });
  svg.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse" || svg.hasPointerCapture(event.pointerId)) move(event); });
  const slider = kit.slider(along, 0, xs.values.length - 1, 1, place, (to) => { place = to; shownAt(); draw(); });
  const shownAt = () => { slider.node.querySelector("output").textContent = kit.number(xs.values[place]);
    slider.node.querySelector("input").setAttribute("aria-valuetext", kit.number(xs.values[place])); };
  const switches = names.map((name) => kit.check(name === control && !/control/.test(name) ? `${name} (control)` : name, true,
    (to) => { shown[name] = to; draw(); }));
  const selects = Object.keys(where).map((each) => {
    const of = names.find((name) => toy.data[name].axes.includes(each));
    return [each, kit.select(each, kit.labels(toy.data[of], each).map((label, k) => [String(k), label]), "0",
      (to) => { where[each] = Number(to); draw(); })];
  });
  host.append(svg, kit.el("div", { class: "knobs" }, slider.node, selects.map((each) => each[1].node), switches.map((each) => each.node)),
    table, kit.source(...names.map((name) => toy.data[name])));
  shownAt();
  draw();
  return {
    state: () => ({ at: place, off: names.flatMap((name, k) => shown[name] ? [] : [k]).join(" "), ...where }),
    restore: (state) => {
      const to = Number(state.at);
      if (Number.isInteger(to) && to >= 0 && to < xs.values.length) { place = to; slider.set(place); shownAt(); }
      const off = new Set(String(state.off ?? "").split(" ").filter(Boolean).map(Number));
      names.forEach((name, k) => { shown[name] = !off.has(k); switches[k].set(shown[name]); });
      for (const [each, select] of selects) {
        const of = names.find((name) => toy.data[name].axes.includes(each)), want = Number(state[each]);
        if (Number.isInteger(want) && want >= 0 && want < kit.labels(toy.data[of], each).length) { where[each] = want; select.set(String(want)); }
      }
      draw();
    },
    rows: () => [[along, ...names.flatMap((name) => curves(name).map((curve) => curve.label))],
      ...xs.values.map((v, k) => [v, ...names.flatMap((name) => curves(name).map((curve) => curve.at(k)))])],
    pictures: () => [svg],
    now: () => ({ x: xs.values[place], values: Object.fromEntries(names.flatMap((name) => curves(name).map((curve) => [curve.label, curve.at(place)]))) }),
  };
};
