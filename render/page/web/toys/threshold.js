// Two heaps of numbers and a bar between them: what lies above it of the one, and of the other, its control.

/** How many of each heap lie at or above the bar, and in how many pairs of the two the first has the larger number. */
tapehead.compute.above = (signal, control, bar) => {
  const count = (list) => list.filter((v) => v >= bar).length, sorted = [...control].sort((a, b) => a - b);
  const below = (v, also) => { let low = 0, high = sorted.length; while (low < high) { const mid = (low + high) >> 1; if (also ? sorted[mid] <= v : sorted[mid] < v) low = mid + 1; else high = mid; } return low; };
  const area = signal.reduce((sum, v) => sum + (below(v, false) + below(v, true)) / 2, 0) / signal.length / control.length;
  return { signal: count(signal), control: count(control), area };
};

tapehead.toys.threshold = (host, toy) => {
  const { signal: signalName = "signal", control: controlName = "control (nothing there)", of = "", steps = 200 } = toy.options;
  const signal = toy.data.signal.values, control = toy.data.control.values, marks = Object.keys(toy.data).filter((name) => !["signal", "control"].includes(name));
  const all = [...signal, ...control, ...marks.map((name) => toy.data[name].values[0])], low = Math.min(...all), top = Math.max(...all);
  const value = (k) => low + k / steps * (top - low);
  const knobs = kit.knobs({ bar: { label: "the bar", value: Math.round(steps * (toy.options.start ?? .6)), low: 0, high: steps, told: (k) => kit.number(value(k)) },
    control: { label: controlName, value: true }, ...(marks.length ? { mark: { label: "put the bar at", options: [["", "–"], ...marks.map((name) => [name, name])], value: "" } } : {}) },
  (name) => { if (name === "mark" && knobs.values.mark) knobs.set("bar", Math.round((toy.data[knobs.values.mark].values[0] - low) / (top - low) * steps)); else if (name === "bar" && marks.length) knobs.set("mark", ""); draw(); });
  // A bar that was put at a number stands exactly there.
  const bar = () => knobs.values.mark ? toy.data[knobs.values.mark].values[0] : value(knobs.values.bar);
  const bins = 60, heaps = [kit.bins(signal, low, top, bins), kit.bins(control, low, top, bins)].map((counts, k) => counts.map((v) => 100 * v / [signal, control][k].length));
  const most = Math.max(...heaps.flat()) * 1.1;
  const heap = kit.plane({ about: "two heaps and a bar", x: [low, top], y: [0, most], names: [of, "% of each heap"], wide: 420, high: 360 });
  const curve = kit.plane({ about: "the curve of all bars", x: [0, 1], y: [0, 1], names: [`above the bar: ${controlName}`, `above the bar: ${signalName}`], wide: 420, high: 360 });
  const steps_ = Array.from({ length: steps + 1 }, (_, k) => tapehead.compute.above(signal, control, value(k)));
  const table = kit.el("table"), says = kit.el("p", { class: "says", role: "status" });
  heap.svg.addEventListener("pointerdown", (event) => { knobs.set("bar", Math.max(0, Math.min(steps, Math.round((heap.at(event)[0] - low) / (top - low) * steps)))); if (marks.length) knobs.set("mark", ""); draw(); });
  const draw = () => {
    const found = tapehead.compute.above(signal, control, bar()), width = heap.px(low + (top - low) / bins) - heap.px(low);
    const bars = (counts, more) => counts.map((v, k) => kit.svg("rect", { x: heap.px(low + k / bins * (top - low)), width: width - .5, y: heap.py(v), height: heap.py(0) - heap.py(v), ...more }));
    heap.layer.replaceChildren(...bars(heaps[0], { fill: "var(--nap)", opacity: .8 }), ...(knobs.values.control ? bars(heaps[1], { fill: "var(--ear)", opacity: .55 }) : []),
      kit.line([heap.px(bar()), heap.py(0)], [heap.px(bar()), heap.py(most)], "var(--ink)", 3));
    const share = [found.control / control.length, found.signal / signal.length];
    curve.layer.replaceChildren(kit.line([curve.px(0), curve.py(0)], [curve.px(1), curve.py(1)], "var(--soft)", 1.5, "5 4"),
      kit.curve(steps_.map((each) => [curve.px(each.control / control.length), curve.py(each.signal / signal.length)]), "var(--nap)"),
      kit.dot(curve.px(share[0]), curve.py(share[1]), "var(--ink)", 7));
    const line = (name, count, many) => { const range = kit.wilson(count, many); return [name, `${count} of ${many}: ${kit.percent(count / many)} (95 %: ${kit.percent(range[0])} to ${kit.percent(range[1])})`]; };
    kit.fill(table, [line(signalName, found.signal, signal.length), line(controlName, found.control, control.length), ["area below the curve", kit.number(found.area)]]);
    says.textContent = `At ${kit.number(bar())} the bar lets through ${kit.percent(share[1])} of "${signalName}" and ${kit.percent(share[0])} of "${controlName}".`;
  };
  host.append(kit.el("div", { class: "panels" }, kit.el("figure", {}, heap.svg, kit.el("figcaption", {}, `Orange: ${signalName}. Blue: ${controlName}. Click to put the bar there.`)),
    kit.el("figure", {}, curve.svg, kit.el("figcaption", {}, "All bars at once; the dashed line is guessing."))), knobs.node, table, says, kit.source(...Object.values(toy.data)));
  draw();
  return {
    state: knobs.state,
    restore: (from) => { knobs.restore(from); draw(); },
    rows: () => [["bar", signalName, controlName], ...steps_.map((each, k) => [value(k), each.signal, each.control])],
    pictures: () => [heap.svg, curve.svg],
    now: () => ({ bar: bar(), ...tapehead.compute.above(signal, control, bar()) }),
  };
};
